//! What a line of code asks for: a variable, a DNS record, a database index.

use std::ops::Range;

/// What a line lists, and where it stands in the line, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listed {
    /// A variable's name.
    Variable(Range<usize>),
    /// A DNS record, whole.
    Record(Range<usize>),
    /// The statement that makes a database index.
    Index(Range<usize>),
}

/// Reads a line of code. What it says of a variable beyond its name is left out: it may be a secret.
pub(super) fn listed(line: &str) -> Option<Listed> {
    let end = line.trim_end().len();
    let start = end - line[..end].trim_start().len();
    let text = &line[start..end];
    let first = text.split_whitespace().next()?;
    if ["A", "AAAA", "CNAME", "TXT", "MX", "NS", "CAA"].contains(&first) {
        let is_record = text.split_whitespace().count() >= 3;
        return is_record.then_some(Listed::Record(start..end));
    }
    let upper = text.get(..20.min(text.len())).unwrap_or("").to_ascii_uppercase();
    if upper.starts_with("CREATE INDEX ") || upper.starts_with("CREATE UNIQUE INDEX") {
        return Some(Listed::Index(start..end));
    }
    variable(text).map(|name| Listed::Variable(start + name.start..start + name.end))
}

/// The name in `NAME=value`, `export NAME=value` and `- NAME=value`. A command behind the value makes it one
/// word of a command line.
fn variable(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for before in ["export ", "- "] {
        if text.starts_with(before) {
            start = before.len();
        }
    }
    let (name, value) = text[start..].split_once('=')?;
    let is_name = name.len() >= 3
        && name.starts_with(|character: char| character.is_ascii_uppercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let value = value.trim_start();
    let is_quoted = value.starts_with(['"', '\'', '<']);
    let is_alone = is_quoted
        || value
            .split_whitespace()
            .nth(1)
            .is_none_or(|word| word.starts_with(['#', '(', '/']));
    (is_name && is_alone).then(|| start..start + name.len())
}
