//! The syntax errors of a text, and how far they reach.

use std::collections::HashSet;

use crate::text::{Document, Span};

use super::mistakes::{Words, quoted};

/// The syntax errors of a text.
pub(super) struct Syntax {
    /// Each error with the parser's words.
    pub(super) errors: Vec<(Span, String)>,
    /// The lines, from 1, on which one stands.
    pub(super) lines: HashSet<u32>,
    /// Whether one may have swallowed what follows it.
    pub(super) has_swallowed: bool,
    /// Where lines begin that open a table.
    headers: Vec<usize>,
    /// Those of the tables, by their place in `headers`, that have an error.
    sections: HashSet<usize>,
}

impl Syntax {
    /// The errors of a text, and whether one of them has swallowed what follows it.
    pub(super) fn new(errors: Vec<(Span, String)>, has_swallowed: bool, text: &str) -> Self {
        let document = Document::new(text.as_bytes());
        let hiding = || errors.iter().filter(|(_, message)| !is_duplicate(message));
        let headers = if errors.is_empty() { Vec::new() } else { headers(text) };
        Self {
            lines: errors
                .iter()
                .map(|(span, _)| document.position(span.start).line)
                .collect(),
            has_swallowed,
            sections: hiding().map(|(span, _)| section(&headers, span.start)).collect(),
            headers,
            errors,
        }
    }

    /// Whether something of the table at this place may be hidden by an error.
    pub(super) fn may_hide(&self, at: usize) -> bool {
        self.has_swallowed || self.sections.contains(&section(&self.headers, at))
    }
}

fn headers(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut headers = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            headers.push(at);
        }
        at += line.len();
    }
    headers
}

/// The number of tables opened up to a place.
fn section(headers: &[usize], at: usize) -> usize {
    headers.partition_point(|header| *header <= at)
}

fn is_duplicate(message: &str) -> bool {
    message.starts_with("duplicate")
}

/// A syntax error in words.
pub(super) fn words(message: &str) -> Words {
    if is_duplicate(message) {
        let help = "keep one of them; a list of tables needs two brackets: `[[waiver]]`";
        return Words::new("this key is written twice", "the second time", help);
    }
    let title = format!("this is not TOML: {}", quoted(message));
    Words::new(title, "here", "see https://toml.io for how TOML is written")
}
