//! The tables without which a statement of SQL fails.

use crate::text::Span;

use super::token::{Token, TokenKind};

/// A table that has to be there when a statement runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its name in small letters, without its schema. Other schemas than `public` and `dbo` are left out: they are often
    /// those of a platform.
    pub table: String,
    /// What the statement does with it.
    pub by: NeededBy,
    /// From the statement's beginning to the name, or the name behind `REFERENCES` and `FROM`.
    pub span: Span,
}

/// What a statement does with a table that has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeededBy {
    /// `ALTER TABLE t …`, of any action.
    Alter,
    /// `DROP TABLE t`
    Drop,
    /// `CREATE INDEX … ON t`
    Index,
    /// `CREATE POLICY … ON t`
    Policy,
    /// `INSERT INTO … SELECT … FROM t`
    Read,
    /// `REFERENCES t` within what makes or alters another table. SQLite takes one that is not there.
    Reference,
    /// `CREATE TRIGGER … ON t`
    Trigger,
    /// `INSERT INTO t`, `UPDATE t`, `DELETE FROM t`
    Write,
}

/// The tables that the statements of a file need. None where a file has blocks (`BEGIN … END`): what stands in one may run
/// later, or only where the table is there.
pub(super) fn needed(tokens: &[Token]) -> Vec<Needed> {
    let mut found = Vec::new();
    if tokens.windows(2).any(is_block) || is_elsewhere(tokens) {
        return found;
    }
    for statement in tokens.split(|token| token.kind == TokenKind::Sign && token.text == ";") {
        of_statement(statement, &mut found);
    }
    found
}

/// `BEGIN` in front of another statement; a transaction's ends there.
fn is_block(pair: &[Token]) -> bool {
    const OF_A_TRANSACTION: [&str; 9] = [
        ";",
        "transaction",
        "tran",
        "work",
        "isolation",
        "read",
        "deferred",
        "immediate",
        "exclusive",
    ];
    is_word(&pair[0], "begin") && !OF_A_TRANSACTION.contains(&pair[1].text.as_str())
}

/// Whether names stand in a schema that the file chose by itself: `SET search_path TO auth`.
fn is_elsewhere(tokens: &[Token]) -> bool {
    let mut statements = tokens.split(|token| token.kind == TokenKind::Sign && token.text == ";");
    statements.any(|words| {
        words.first().is_some_and(|first| is_word(first, "set"))
            && words.iter().take(3).any(|word| is_word(word, "search_path"))
            && !words.iter().any(|word| word.text == "public")
    })
}

fn of_statement(tokens: &[Token], found: &mut Vec<Needed>) {
    let start = tokens.first().map_or(0, |token| token.span.start);
    let mut words = tokens;
    let mut add = |name: Option<(String, Span)>, by: NeededBy| {
        if let Some((table, at)) = name {
            let span = match by {
                NeededBy::Read | NeededBy::Reference => at,
                _ => start..at.end,
            };
            found.push(Needed { table, by, span });
        }
    };
    match take_any(&mut words, &["alter", "create", "delete", "drop", "insert", "update"]) {
        Some("alter") if take(&mut words, "table") && !take(&mut words, "if") => {
            take(&mut words, "only");
            add(own_name(words), NeededBy::Alter);
            references(words, &mut add);
        }
        Some("create") => created(words, &mut add),
        Some("delete") if take(&mut words, "from") => {
            take(&mut words, "only");
            add(own_name(words), NeededBy::Write);
        }
        Some("drop") if take(&mut words, "table") && !take(&mut words, "if") => {
            add(own_name(words), NeededBy::Drop);
        }
        Some("insert") if take(&mut words, "into") => {
            add(own_name(words), NeededBy::Write);
            if !words.iter().any(|word| is_word(word, "with")) {
                read(words, &mut add);
            }
        }
        Some("update") => {
            take(&mut words, "only");
            add(
                own_name(words).filter(|(name, _)| !is_alias(name, words)),
                NeededBy::Write,
            );
        }
        _ => {}
    }
}

/// `UPDATE o SET … FROM orders AS o`: the name is given later.
fn is_alias(name: &str, words: &[Token]) -> bool {
    words
        .windows(2)
        .skip(1)
        .any(|pair| pair[0].text == name && pair[1].text != ".")
        || words.last().is_some_and(|last| words.len() > 1 && last.text == name)
}

/// Behind `CREATE`.
fn created(mut words: &[Token], add: &mut impl FnMut(Option<(String, Span)>, NeededBy)) {
    while take_any(&mut words, &["or", "replace", "unique", "constraint", "unlogged"]).is_some() {}
    if take(&mut words, "table") {
        references(words, add);
        return;
    }
    let by = match take_any(&mut words, &["index", "policy", "trigger"]) {
        Some("index") => NeededBy::Index,
        Some("policy") => NeededBy::Policy,
        Some(_) => NeededBy::Trigger,
        None => return,
    };
    if let Some(on) = words.iter().position(|word| is_word(word, "on")) {
        words = &words[on + 1..];
        take(&mut words, "only");
        add(own_name(words), by);
    }
}

/// The names behind `REFERENCES`.
fn references(words: &[Token], add: &mut impl FnMut(Option<(String, Span)>, NeededBy)) {
    for (at, word) in words.iter().enumerate() {
        if is_word(word, "references") {
            add(own_name(&words[at + 1..]), NeededBy::Reference);
        }
    }
}

/// The first name behind `FROM` outside of parentheses.
fn read(words: &[Token], add: &mut impl FnMut(Option<(String, Span)>, NeededBy)) {
    let mut depth = 0_u32;
    let mut has_select = false;
    for (at, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "(" if word.kind == TokenKind::Sign => depth += 1,
            ")" if word.kind == TokenKind::Sign => depth = depth.saturating_sub(1),
            "select" if depth == 0 && word.kind == TokenKind::Word => has_select = true,
            "from" if depth == 0 && has_select && word.kind == TokenKind::Word => {
                let is_distinct = at
                    .checked_sub(1)
                    .is_some_and(|before| is_word(&words[before], "distinct"));
                // `FROM split(names)` is a function's rows.
                let is_call = words.get(at + 2).is_some_and(|next| is_word(next, "("));
                if !is_distinct {
                    add(own_name(&words[at + 1..]).filter(|_| !is_call), NeededBy::Read);
                    return;
                }
            }
            _ => {}
        }
    }
}

/// The name that stands first, where it is a table's of the team's own: neither a function's nor the system's.
fn own_name(mut words: &[Token]) -> Option<(String, Span)> {
    let mut parts: Vec<&Token> = Vec::new();
    while let [first, rest @ ..] = words {
        if !matches!(first.kind, TokenKind::Word | TokenKind::Quoted) {
            return None;
        }
        parts.push(first);
        words = rest;
        match words {
            [dot, rest @ ..] if is_word(dot, ".") => words = rest,
            _ => break,
        }
    }
    let table = match parts.as_slice() {
        [table] => table,
        [schema, table] if matches!(schema.text.as_str(), "public" | "dbo") => table,
        _ => return None,
    };
    // Databases differ in what they make of other letters, and what is put in by a tool is no name.
    let is_plain = table
        .text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    (is_plain && !table.text.is_empty() && !is_of_the_system(table)).then(|| (table.text.clone(), table.span.clone()))
}

/// Tables that the database, an extension or the tool that runs migrations makes; words that stand where a name may.
fn is_of_the_system(table: &Token) -> bool {
    const KNOWN: [&str; 5] = ["dual", "inserted", "deleted", "geometry_columns", "spatial_ref_sys"];
    const NO_NAMES: [&str; 8] = ["all", "if", "lateral", "only", "select", "set", "statement", "table"];
    let name = table.text.as_str();
    let is_word = table.kind == TokenKind::Word;
    name.starts_with("pg_")
        || name.starts_with("sqlite_")
        || name.contains("migration")
        || name.contains("schema_history")
        || KNOWN.contains(&name)
        || is_word && NO_NAMES.contains(&name)
}

fn is_word(token: &Token, word: &str) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Sign) && token.text == word
}

fn take(words: &mut &[Token], word: &str) -> bool {
    take_any(words, &[word]).is_some()
}

fn take_any<'w>(words: &mut &[Token], wanted: &[&'w str]) -> Option<&'w str> {
    let (first, rest) = words.split_first()?;
    let taken = wanted.iter().copied().find(|word| is_word(first, word))?;
    *words = rest;
    Some(taken)
}
