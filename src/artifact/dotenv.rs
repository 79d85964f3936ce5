//! Environment files: lines of `KEY=VALUE`.

use std::collections::HashMap;
use std::sync::Arc;

use crate::text::{Document, Span, View};

use super::source::{self, mistake};
use super::{Key, Node, ParseError, Value};

/// An environment file: a table whose values are all text.
///
/// The values may be secrets: whoever shows one leaks it. Read as the common loaders read it: `export` before
/// a key, quotes over several lines, comments, the last of two entries with one key; a line that is no entry
/// is passed over, unless no line is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Dotenv(pub Result<Arc<Node>, ParseError>);

impl View for Dotenv {
    fn parse(document: &Document) -> Self {
        Self(source::text(document).and_then(|(text, start)| parse(text, start).map(Arc::new)))
    }
}

fn parse(text: &str, start: usize) -> Result<Node, ParseError> {
    let mut entries: Vec<(Key, Node)> = Vec::new();
    let mut stranger: Option<Span> = None;
    let mut at = 0;
    while at < text.len() {
        let end = line_end(text, at);
        let line = &text[at..end];
        let content = line.trim_start();
        let from = at + (line.len() - content.len());
        if content.trim_end().is_empty() || content.starts_with('#') {
            at = end + 1;
            continue;
        }
        match entry(text, from, end) {
            Some(found) => {
                at = line_end(text, found.end.max(from)) + 1;
                entries.push(found.shifted(start));
            }
            None => {
                stranger.get_or_insert(start + from..start + end);
                at = end + 1;
            }
        }
    }
    if let (true, Some(span)) = (entries.is_empty(), stranger) {
        return Err(mistake("this is no line of the form KEY=VALUE", span));
    }
    Ok(Node {
        value: Value::Map(last_of_each(entries)),
        span: start..start + text.len(),
    })
}

struct Entry {
    key: Span,
    value: Span,
    text: String,
    name: String,
    /// Where the entry ends: past a closing quote, which may be lines further down.
    end: usize,
}

impl Entry {
    fn shifted(self, start: usize) -> (Key, Node) {
        let key = Key {
            text: self.name,
            span: start + self.key.start..start + self.key.end,
        };
        let value = Node {
            value: Value::String(self.text),
            span: start + self.value.start..start + self.value.end,
        };
        (key, value)
    }
}

fn entry(text: &str, from: usize, end: usize) -> Option<Entry> {
    let line = &text[from..end];
    let after_export = line
        .strip_prefix("export")
        .filter(|rest| rest.starts_with([' ', '\t']))
        .map_or(line, str::trim_start);
    let key_start = from + (line.len() - after_export.len());
    let is_key = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-');
    let length = after_export.find(|character| !is_key(character))?;
    if length == 0 {
        return None;
    }
    let name = after_export[..length].to_owned();
    let rest = after_export[length..].trim_start();
    let assigned = rest
        .strip_prefix('=')
        .or_else(|| rest.strip_prefix(':').filter(|rest| rest.starts_with([' ', '\t'])))?;
    let value = assigned.trim_start();
    let value_start = end - value.len();
    let (span, content, past) = quoted(text, value_start).unwrap_or_else(|| unquoted(text, value_start, end));
    Some(Entry {
        key: key_start..key_start + length,
        value: span,
        text: content,
        name,
        end: past,
    })
}

/// A value in quotes: what is between them, and where they end. `None` when no quote opens, or none closes.
fn quoted(text: &str, from: usize) -> Option<(Span, String, usize)> {
    let quote = text[from..]
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let inner = from + 1;
    let mut escaped = false;
    let length = text[inner..].char_indices().find_map(|(at, character)| {
        let closes = character == quote && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(at)
    })?;
    let raw = &text[inner..inner + length];
    let content = if quote == '"' {
        raw.replace("\\n", "\n").replace("\\\"", "\"")
    } else {
        raw.to_owned()
    };
    Some((inner..inner + length, content, inner + length + 1))
}

fn unquoted(text: &str, from: usize, end: usize) -> (Span, String, usize) {
    let raw = &text[from..end];
    let mut before = ' ';
    let comment = raw.char_indices().find_map(|(at, character)| {
        let opens = character == '#' && before.is_whitespace();
        before = character;
        opens.then_some(at)
    });
    let value = raw[..comment.unwrap_or(raw.len())].trim_end();
    (from..from + value.len(), value.to_owned(), end)
}

fn line_end(text: &str, from: usize) -> usize {
    text.get(from..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |length| from + length)
}

fn last_of_each(entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    let last: HashMap<String, usize> = entries
        .iter()
        .enumerate()
        .map(|(index, (key, _))| (key.text.clone(), index))
        .collect();
    entries
        .into_iter()
        .enumerate()
        .filter(|(index, (key, _))| last.get(&key.text) == Some(index))
        .map(|(_, entry)| entry)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dotenv(text: &str) -> Result<Arc<Node>, ParseError> {
        Document::new(text.as_bytes()).view::<Dotenv>().0.clone()
    }

    #[test]
    fn keys_values_quotes_and_comments() {
        let text =
            "# c\nA=1\r\nexport B = two words # c\nC=\"x # y\" # c\nD='a\nb'\nE=\nF: g\nURL=http://h/#f\n\nA=2\n";
        let node = dotenv(text).expect("parses");
        let value = |key| node.get(key).and_then(Node::as_str).expect("is there");
        assert_eq!((value("A"), value("B"), value("C")), ("2", "two words", "x # y"));
        assert_eq!(
            (value("D"), value("E"), value("F"), value("URL")),
            ("a\nb", "", "g", "http://h/#f")
        );
        let (key, node) = node.entry("B").expect("is there");
        assert_eq!((&text[key.span.clone()], &text[node.span.clone()]), ("B", "two words"));
    }

    #[test]
    fn prose_is_passed_over_and_prose_alone_is_an_error() {
        assert_eq!(dotenv("some prose\nA=1\n").expect("parses").entries().len(), 1);
        assert!(dotenv("some prose\n").is_err_and(|error| error.span == Some(0..10)));
        assert_eq!(dotenv("").expect("parses").entries(), []);
        assert_eq!(dotenv("A=\"open\nB=1\n").expect("parses").entries().len(), 2);
    }
}
