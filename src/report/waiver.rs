//! A waiver ready to be pasted into a policy.

use std::str::FromStr;

use toml_edit::{ArrayOfTables, Datetime, DocumentMut, Item, Table, value};

use crate::model::Date;

use super::escape::{is_hidden, visible};

/// A `[[waiver]]` table as TOML text, with a place for the reason and the owner.
///
/// `path` is a path of the repository, taken literally. It is left out when it has characters that can't be seen:
/// nobody should paste those.
pub fn waiver(control: &str, path: Option<&str>, expires: Date) -> String {
    let mut table = Table::new();
    // The policy room lets no id have such characters; a report that comes from elsewhere may.
    table.insert("control", value(visible(control)));
    if let Some(path) = path.filter(|path| !path.chars().any(is_hidden)) {
        table.insert("path", value(literal(path)));
    }
    table.insert("reason", value("why this gap is accepted for now"));
    table.insert("owner", value("@you"));
    let day = expires.to_string();
    table.insert(
        "expires",
        Datetime::from_str(&day).map_or_else(|_| value(day.as_str()), value),
    );
    let mut tables = ArrayOfTables::new();
    tables.push(table);
    let mut document = DocumentMut::new();
    document.insert("waiver", Item::ArrayOfTables(tables));
    document.to_string()
}

/// A path as a pattern that matches it alone.
fn literal(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if matches!(character, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PathGlob;
    use proptest::prelude::*;

    fn day() -> Date {
        Date::from_ymd_opt(2026, 12, 20).expect("a day")
    }

    #[test]
    fn it_reads_as_in_the_contract() {
        let expected = "[[waiver]]\ncontrol = \"db.backups\"\npath = \"infra/a.tf\"\n\
            reason = \"why this gap is accepted for now\"\nowner = \"@you\"\nexpires = 2026-12-20\n";
        assert_eq!(waiver("db.backups", Some("infra/a.tf"), day()), expected);
    }

    proptest! {
        #[test]
        fn any_path_is_quoted_and_matches_itself(path in "[a-z0-9\"'\\\\\\[\\]{}*?! .-]{1,12}") {
            let text = waiver("x.y", Some(&path), day());
            let parsed: toml::Table = text.parse().expect("is TOML");
            let table = parsed["waiver"][0].as_table().expect("a table").clone();
            prop_assert_eq!(table.len(), 5);
            let glob = PathGlob::new(table["path"].as_str().expect("a string"));
            // A leading `./` is taken off patterns and paths alike, which no path of a tree has.
            if let Ok(glob) = glob {
                prop_assert!(glob.matches(&path), "{} does not match {path}", glob.source());
            }
        }
    }
}
