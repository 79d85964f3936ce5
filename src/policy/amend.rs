//! A policy's text with one waiver or attestation more, every other byte as it was.
//!
//! The places come from the spanned tree and the values are spliced in: a document that is parsed and written anew
//! would lose its line ends.

use std::collections::BTreeSet;
use std::str::FromStr;

use toml_edit::{Array, Datetime, Value};

use crate::artifact::Node;
use crate::model::Date;
use crate::text::Span;

use super::{Attestation, Waiver, tree};

/// What became of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amendment {
    /// There was none like it.
    Added,
    /// One of the same control and paths was there and says the new things now.
    Renewed,
}

/// A policy's text amended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amended {
    /// The whole text.
    pub text: String,
    /// What became of the table.
    pub amendment: Amendment,
}

/// The text is no TOML, so that there is no place to write to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy can't be read: {0}")]
pub struct NoToml(String);

/// Writes an attestation: into the table of the same control and paths, else as a new one. Its origin does not count.
///
/// # Errors
/// The text is no TOML.
pub fn write_attestation(text: &str, attestation: &Attestation) -> Result<Amended, NoToml> {
    let mut entries = vec![
        ("control", Value::from(attestation.control.as_str())),
        ("by", Value::from(attestation.by.as_str())),
        ("on", day(attestation.on)),
        ("expires", day(attestation.expires)),
        ("evidence", Value::from(attestation.evidence.as_str())),
    ];
    if !attestation.paths.is_empty() {
        entries.push(("paths", Value::Array(attestation.paths.iter().collect::<Array>())));
    }
    if let Some(digest) = &attestation.digest {
        entries.push(("digest", Value::from(digest.as_str())));
    }
    let paths: BTreeSet<&str> = attestation.paths.iter().map(String::as_str).collect();
    let is_same = |node: &Node| {
        let known = node.get("paths").map_or(&[][..], Node::items);
        let known: BTreeSet<&str> = known.iter().filter_map(Node::as_str).collect();
        says(node, "control", &attestation.control) && known == paths
    };
    write(text, "attestation", &entries, &is_same)
}

/// Writes a waiver: into the table of the same control and path, else as a new one. Its origin does not count.
///
/// # Errors
/// The text is no TOML.
pub fn write_waiver(text: &str, waiver: &Waiver) -> Result<Amended, NoToml> {
    let mut entries = vec![("control", Value::from(waiver.control.as_str()))];
    if let Some(path) = &waiver.path {
        entries.push(("path", Value::from(path.as_str())));
    }
    entries.push(("reason", Value::from(waiver.reason.as_str())));
    entries.push(("owner", Value::from(waiver.owner.as_str())));
    entries.push(("expires", day(waiver.expires)));
    let is_same = |node: &Node| {
        let path = node.get("path").and_then(Node::as_str);
        says(node, "control", &waiver.control) && path == waiver.path.as_deref()
    };
    write(text, "waiver", &entries, &is_same)
}

fn says(node: &Node, key: &str, value: &str) -> bool {
    node.get(key).and_then(Node::as_str) == Some(value)
}

fn day(date: Date) -> Value {
    let text = date.to_string();
    Datetime::from_str(&text).map_or_else(|_| Value::from(text.as_str()), Value::from)
}

/// A place and what stands there instead.
type Splice = (Span, String);

/// A table's keys and values.
type Entries<'a> = [(&'a str, Value)];

fn write(text: &str, table: &str, entries: &Entries<'_>, is_same: &dyn Fn(&Node) -> bool) -> Result<Amended, NoToml> {
    let tree = tree::parse(text);
    if let Some((_, message)) = tree.errors.first() {
        return Err(NoToml(message.clone()));
    }
    let page = Page::new(text);
    let list = tree.root.get(table);
    let items = list.map_or(&[][..], Node::items);
    // Of several that are the same, which a person has written, the last is the newest.
    let (splices, amendment) = match items.iter().rev().find(|node| is_same(node)) {
        Some(node) => (page.renewed(node, entries), Amendment::Renewed),
        None => (vec![page.added(table, list, entries)], Amendment::Added),
    };
    Ok(Amended {
        text: spliced(text, splices),
        amendment,
    })
}

struct Page<'a> {
    text: &'a str,
    line_end: &'static str,
}

impl<'a> Page<'a> {
    fn new(text: &'a str) -> Self {
        let first = text.find('\n').map_or("", |at| &text[..at]);
        let line_end = if first.ends_with('\r') { "\r\n" } else { "\n" };
        Self { text, line_end }
    }

    /// The values of a table that differ, and the keys that it has not.
    fn renewed(&self, node: &Node, entries: &Entries<'_>) -> Vec<Splice> {
        let mut splices = Vec::new();
        let mut missing = Vec::new();
        for (key, value) in entries {
            match (node.get(key), value) {
                (None, _) => missing.push((*key, value)),
                // The same patterns, in whatever order: those were what the table was found by.
                (Some(_), Value::Array(_)) => {}
                (Some(known), _) if known.as_str() == Some(plain(value).as_str()) => {}
                (Some(known), _) => splices.push((known.span.clone(), shown(value))),
            }
        }
        let last = node.entries().iter().map(|(_, value)| value.span.end).max();
        let Some(last) = last.filter(|_| !missing.is_empty()) else {
            return splices;
        };
        let (at, added) = if self.is_inline(node) {
            let keys = missing.iter().map(|(key, value)| format!(", {key} = {}", shown(value)));
            (last, keys.collect::<String>())
        } else {
            let at = self.line_after(last);
            let keys = missing
                .iter()
                .map(|(key, value)| format!("{key} = {}{}", shown(value), self.line_end));
            (at, self.break_before(at) + &keys.collect::<String>())
        };
        splices.push((at..at, added));
        splices
    }

    /// A new table, below the last of its kind.
    fn added(&self, table: &str, list: Option<&Node>, entries: &Entries<'_>) -> Splice {
        let items = list.map_or(&[][..], Node::items);
        let inline = |entries: &Entries<'_>| {
            let keys: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{key} = {}", shown(value)))
                .collect();
            format!("{{ {} }}", keys.join(", "))
        };
        let at = match (list, items.last()) {
            // `attestation = []`, which no `[[attestation]]` may follow.
            (Some(list), None) => return (list.span.clone(), format!("[{}]", inline(entries))),
            (Some(_), Some(last)) if self.is_inline(last) => {
                let at = last.span.end;
                return (at..at, format!(",{}  {}", self.line_end, inline(entries)));
            }
            (Some(_), Some(last)) => {
                let end = last.entries().iter().map(|(_, value)| value.span.end).max();
                self.line_after(end.unwrap_or(last.span.end))
            }
            (None, _) => self.text.len(),
        };
        let end = self.line_end;
        let mut block = self.break_before(at);
        let is_blank_before = self.text[..at].trim_start_matches('\u{FEFF}').is_empty()
            || self.text[..at].ends_with("\n\n")
            || self.text[..at].ends_with("\n\r\n");
        if !is_blank_before {
            block.push_str(end);
        }
        block.push_str(&format!("[[{table}]]{end}"));
        for (key, value) in entries {
            block.push_str(&format!("{key} = {}{end}", shown(value)));
        }
        if !self.text[at..].is_empty() && !self.text[at..].starts_with(['\n', '\r']) {
            block.push_str(end);
        }
        (at..at, block)
    }

    fn is_inline(&self, node: &Node) -> bool {
        self.text
            .get(node.span.clone())
            .is_some_and(|text| text.starts_with('{'))
    }

    /// Where the line after this byte begins, or the text ends.
    fn line_after(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |length| at + length + 1)
    }

    /// A line end, where the text before has none.
    fn break_before(&self, at: usize) -> String {
        let before = self.text[..at].trim_start_matches('\u{FEFF}');
        if before.is_empty() || before.ends_with('\n') {
            String::new()
        } else {
            self.line_end.to_owned()
        }
    }
}

/// A value as TOML.
fn shown(value: &Value) -> String {
    value.to_string().trim().to_owned()
}

/// A value as the spanned tree has it: dates are text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| shown(value), str::to_owned)
}

fn spliced(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|(span, _)| (span.start, span.end));
    let mut out = String::with_capacity(text.len() + 400);
    let mut at = 0;
    for (span, new) in splices {
        out.push_str(&text[at..span.start]);
        out.push_str(&new);
        at = span.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests;
