//! One statement of SQL.

use crate::text::Span;

use super::sql::{Change, Column, Key};
use super::token::{Token, TokenKind};

/// The words of a statement, read from the front.
struct Words<'a> {
    rest: &'a [Token],
}

/// Adds what a statement does; something that is not understood is `Other`.
pub(super) fn statement(tokens: &[Token], changes: &mut Vec<(Change, Span)>) {
    let whole = span(tokens);
    let mut words = Words { rest: tokens };
    let before = changes.len();
    if words.take("create") {
        create(&mut words, &whole, changes);
    } else if words.take("alter") && words.take("table") {
        alter(&mut words, changes);
    } else if words.take("drop") && words.take("table") {
        words.take_all(&["if", "exists"]);
        while let Some((table, at)) = words.name() {
            changes.push((Change::DropTable { table }, whole.start..at.end));
            if !words.take(",") {
                break;
            }
        }
    } else if matches!(tokens, [first, second, ..] if is_word(first, "drop") && is_word(second, "index")) {
        // `drop` was taken above.
        words.take("index");
        words.take("concurrently");
        words.take_all(&["if", "exists"]);
        while let Some((name, at)) = words.name() {
            changes.push((Change::DropKey { name }, whole.start..at.end));
            if !words.take(",") {
                break;
            }
        }
    } else if matches!(tokens, [first, second, ..] if is_word(first, "alter") && is_word(second, "index")) {
        words.take("index");
        words.take_all(&["if", "exists"]);
        if let Some((name, _)) = words.name()
            && words.take("rename")
            && words.take("to")
            && let Some((to, at)) = words.name()
        {
            changes.push((Change::RenameKey { name, to }, whole.start..at.end));
        }
    } else if words.take("truncate") {
        words.take("table");
        words.take("only");
        if let Some((table, at)) = words.name() {
            changes.push((Change::Empty { table }, whole.start..at.end));
        }
    } else if words.take("delete") && words.take("from") {
        let has_condition = words
            .rest
            .iter()
            .any(|token| is_word(token, "where") || is_word(token, "using"));
        if let Some((table, at)) = words.name().filter(|_| !has_condition) {
            changes.push((Change::Empty { table }, whole.start..at.end));
        }
    }
    if changes.len() == before {
        changes.push((Change::Other, whole));
    }
}

fn span(tokens: &[Token]) -> Span {
    let start = tokens.first().map_or(0, |token| token.span.start);
    start..tokens.last().map_or(start, |token| token.span.end)
}

fn is_word(token: &Token, word: &str) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Sign) && token.text == word
}

impl<'a> Words<'a> {
    fn take(&mut self, word: &str) -> bool {
        match self.rest {
            [first, rest @ ..] if is_word(first, word) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn take_all(&mut self, words: &[&str]) {
        for word in words {
            self.take(word);
        }
    }

    /// A name, the last part of it where it has a schema.
    fn name(&mut self) -> Option<(String, Span)> {
        let mut found = None;
        while let [first, rest @ ..] = self.rest {
            if !matches!(first.kind, TokenKind::Word | TokenKind::Quoted) {
                break;
            }
            found = Some((first.text.clone(), first.span.clone()));
            self.rest = rest;
            if !self.take(".") {
                break;
            }
        }
        found
    }

    /// What stands in the parentheses that open here, cut at its commas.
    fn items(&mut self) -> Option<Vec<&'a [Token]>> {
        let rest = self.rest;
        if !self.take("(") {
            return None;
        }
        let mut depth = 1_u32;
        let mut items = Vec::new();
        let mut start = 1;
        for (at, token) in rest.iter().enumerate().skip(1) {
            match token.text.as_str() {
                "(" if token.kind == TokenKind::Sign => depth += 1,
                ")" if token.kind == TokenKind::Sign => {
                    depth -= 1;
                    if depth == 0 {
                        items.push(&rest[start..at]);
                        self.rest = &rest[at + 1..];
                        return Some(items);
                    }
                }
                "," if token.kind == TokenKind::Sign && depth == 1 => {
                    items.push(&rest[start..at]);
                    start = at + 1;
                }
                _ => {}
            }
        }
        // It is not closed: nothing of it is believed.
        None
    }

    /// The names in parentheses; an expression is an empty one.
    fn columns(&mut self) -> Option<Vec<String>> {
        let items = self.items()?;
        let name = |item: &[Token]| match item {
            [first, rest @ ..] if rest.first().is_none_or(|next| next.text != "(" && next.text != ".") => {
                first.text.clone()
            }
            // MySQL indexes the first letters of a column: `name(20)`.
            [first, open, length, _close, ..] if open.text == "(" && length.kind == TokenKind::Value => {
                first.text.clone()
            }
            _ => String::new(),
        };
        Some(items.into_iter().map(name).collect())
    }
}

fn create(words: &mut Words<'_>, whole: &Span, changes: &mut Vec<(Change, Span)>) {
    for word in [
        "or",
        "replace",
        "global",
        "local",
        "temporary",
        "temp",
        "unlogged",
        "unique",
        "fulltext",
        "spatial",
    ] {
        words.take(word);
    }
    if words.take("table") {
        words.take_all(&["if", "not", "exists"]);
        let Some((table, _)) = words.name() else { return };
        let Some(items) = words.items() else { return };
        let (mut columns, mut keys) = (Vec::new(), Vec::new());
        for item in items {
            table_item(item, &mut columns, &mut keys);
        }
        let change = Change::CreateTable { table, columns, keys };
        changes.push((change, whole.clone()));
    } else if words.take("clustered") || words.take("nonclustered") || words.take("index") {
        words.take("index");
        words.take("concurrently");
        words.take_all(&["if", "not", "exists"]);
        let mut name = None;
        if !words.take("on") {
            name = words.name().map(|(name, _)| name);
            if !words.take("on") {
                return;
            }
        }
        words.take("only");
        let Some((table, _)) = words.name() else { return };
        if words.take("using") {
            words.name();
        }
        let Some(columns) = words.columns() else { return };
        // A part of the rows alone is indexed: whoever looks for others is not helped.
        let is_partial = words.rest.iter().any(|token| is_word(token, "where"));
        let is_not_null = words
            .rest
            .windows(3)
            .any(|three| is_word(&three[0], "is") && is_word(&three[1], "not") && is_word(&three[2], "null"));
        if !is_partial || is_not_null {
            let key = Key::Index(columns);
            changes.push((Change::AddKey { table, key, name }, whole.clone()));
        }
    }
}

/// A column or a key within `CREATE TABLE ( … )`.
fn table_item(item: &[Token], columns: &mut Vec<Column>, keys: &mut Vec<Key>) {
    if let Some(key) = key(item) {
        keys.push(key);
    } else if let Some((column, more)) = column(item) {
        columns.push(column);
        keys.extend(more);
    }
}

/// A key that is written on its own.
fn key(item: &[Token]) -> Option<Key> {
    let whole = span(item);
    let mut words = Words { rest: item };
    if words.take("constraint") {
        words.name();
    }
    if words.take("foreign") && words.take("key") {
        if !words.rest.first().is_some_and(|token| is_word(token, "(")) {
            words.name();
        }
        return words.columns().map(|columns| Key::Foreign(columns, whole));
    }
    let is_index = if words.take("primary") {
        words.take("key")
    } else if words.take("unique") {
        words.take("key");
        words.take("index");
        true
    } else {
        words.take("index") || words.take("key")
    };
    if !is_index {
        return None;
    }
    if !words.rest.first().is_some_and(|token| is_word(token, "(")) {
        words.name();
    }
    words.columns().map(Key::Index)
}

/// A column with the keys that it brings along.
fn column(item: &[Token]) -> Option<(Column, Vec<Key>)> {
    const NO_COLUMNS: [&str; 6] = ["constraint", "check", "exclude", "like", "period", "fulltext"];
    let first = item.first()?;
    let is_name = match first.kind {
        TokenKind::Quoted => true,
        TokenKind::Word => !NO_COLUMNS.contains(&first.text.as_str()),
        TokenKind::Value | TokenKind::Sign => false,
    };
    if !is_name {
        return None;
    }
    let mut depth = 0_u32;
    let mut keys = Vec::new();
    let one = || vec![first.text.clone()];
    for (at, token) in item.iter().enumerate().skip(1) {
        match token.text.as_str() {
            "(" if token.kind == TokenKind::Sign => depth += 1,
            ")" if token.kind == TokenKind::Sign => depth = depth.saturating_sub(1),
            "primary" | "unique" if depth == 0 && token.kind == TokenKind::Word => keys.push(Key::Index(one())),
            "references" if depth == 0 && token.kind == TokenKind::Word => {
                let end = item.get(at + 1).map_or(token.span.end, |next| next.span.end);
                keys.push(Key::Foreign(one(), first.span.start..end));
            }
            _ => {}
        }
    }
    let column = Column {
        name: first.text.clone(),
        span: first.span.clone(),
    };
    Some((column, keys))
}

fn alter(words: &mut Words<'_>, changes: &mut Vec<(Change, Span)>) {
    words.take_all(&["if", "exists"]);
    words.take("only");
    let Some((table, _)) = words.name() else { return };
    let mut depth = 0_u32;
    let actions = words.rest.split(|token| {
        match token.text.as_str() {
            "(" if token.kind == TokenKind::Sign => depth += 1,
            ")" if token.kind == TokenKind::Sign => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.kind == TokenKind::Sign && token.text == ","
    });
    for tokens in actions {
        let at = span(tokens);
        let change = action(&table, tokens).unwrap_or(Change::Other);
        changes.push((change, at));
    }
}

fn action(table: &str, tokens: &[Token]) -> Option<Change> {
    let mut words = Words { rest: tokens };
    if words.take("add") {
        return addition(table, &mut words);
    }
    if words.take("drop") {
        return removal(table, &mut words);
    }
    if words.take("rename") {
        return renaming(table, &mut words);
    }
    let table = table.to_owned();
    if words.take("modify") || words.take("change") {
        words.take("column");
        let (column, _) = words.name()?;
        return Some(Change::ChangeType { table, column });
    }
    if words.take("alter") {
        words.take("column");
        let (column, _) = words.name()?;
        words.take_all(&["set", "data"]);
        return words.take("type").then_some(Change::ChangeType { table, column });
    }
    None
}

/// Behind `ADD`.
fn addition(table: &str, words: &mut Words<'_>) -> Option<Change> {
    let table = table.to_owned();
    if let Some(key) = key(words.rest) {
        let name = words.take("constraint").then(|| words.name()).flatten();
        let name = name.map(|(name, _)| name);
        return Some(Change::AddKey { table, key, name });
    }
    words.take("column");
    words.take_all(&["if", "not", "exists"]);
    let (column, keys) = column(words.rest)?;
    Some(Change::AddColumn { table, column, keys })
}

/// Behind `DROP`.
fn removal(table: &str, words: &mut Words<'_>) -> Option<Change> {
    /// What can be dropped beside a column, whose word may be left out.
    const OTHERS: [&str; 8] = [
        "constraint",
        "index",
        "key",
        "primary",
        "foreign",
        "default",
        "check",
        "partition",
    ];
    let is_named = words.take("column");
    let is_other = words
        .rest
        .first()
        .is_some_and(|next| next.kind == TokenKind::Word && OTHERS.contains(&next.text.as_str()));
    if is_other && !is_named {
        // MySQL's `DROP INDEX x` within a table, and the constraint that makes an index.
        let has_name = ["constraint", "index", "key"].iter().any(|word| words.take(word)) || {
            words.take("foreign") && words.take("key")
        };
        words.take_all(&["if", "exists"]);
        return has_name
            .then(|| words.name())
            .flatten()
            .map(|(name, _)| Change::DropKey { name });
    }
    words.take_all(&["if", "exists"]);
    let (column, _) = words.name()?;
    let table = table.to_owned();
    Some(Change::DropColumn { table, column })
}

/// Behind `RENAME`.
fn renaming(table: &str, words: &mut Words<'_>) -> Option<Change> {
    let table = table.to_owned();
    if words.take("to") || words.take("as") {
        return words.name().map(|(to, _)| Change::RenameTable { table, to });
    }
    if words.take("constraint") || words.take("index") || words.take("key") {
        let (name, _) = words.name()?;
        let to = words.take("to").then(|| words.name()).flatten();
        return to.map(|(to, _)| Change::RenameKey { name, to });
    }
    words.take("column");
    let (column, _) = words.name()?;
    words
        .take("to")
        .then(|| words.name())
        .flatten()
        .map(|(to, _)| Change::RenameColumn { table, column, to })
}
