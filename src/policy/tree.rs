//! TOML text → the spanned tree, with all syntax errors.

use std::borrow::Cow;

use serde_json::Value as Json;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::artifact::{Key, Node, Value};
use crate::text::Span;

use super::nesting;

/// Deeper nesting than any policy has.
const DEEPEST: usize = 100;

/// What a text is as TOML, as far as it is TOML.
pub(super) struct Tree {
    /// What could be read.
    pub(super) root: Node,
    /// What could not, and where, in order.
    pub(super) errors: Vec<(Span, String)>,
    /// Whether an error may have swallowed what follows it.
    pub(super) has_swallowed: bool,
}

/// Errors after which the parser goes on with the next line, so that they hide one value and no more.
const LOCAL: [&str; 8] = [
    "duplicate",
    "invalid date",
    "invalid time",
    "invalid integer",
    "invalid float",
    "invalid basic string",
    "invalid literal string",
    "string values must be quoted",
];
/// Errors at which the parser gives the rest of the text up, although only their line is wrong.
const OF_A_LINE: [&str; 2] = ["key with no value", "invalid unquoted key"];
/// So many lines are taken out, one at a time, for the sake of what follows them.
const MOST_LINES_TAKEN_OUT: usize = 10;

/// Parses TOML; never fails as a whole.
pub(super) fn parse(text: &str) -> Tree {
    if let Some(at) = nesting::too_deep(text, DEEPEST) {
        let root = Node {
            value: Value::Map(Vec::new()),
            span: 0..text.len(),
        };
        return Tree {
            root,
            errors: vec![(at..at + 1, format!("nested more than {DEEPEST} deep"))],
            has_swallowed: true,
        };
    }
    let mut text = Cow::Borrowed(text);
    let mut taken_out = Vec::new();
    loop {
        let (table, errors) = DeTable::parse_recoverable(&text);
        let mut errors: Vec<(Span, String)> = errors
            .iter()
            .map(|error| (error.span().unwrap_or(0..0), error.message().to_owned()))
            .collect();
        errors.sort_by_key(|(span, _)| span.start);
        let of_a_line = errors.iter().find(|(_, message)| begins(message, &OF_A_LINE));
        if let Some(error) = of_a_line.filter(|_| taken_out.len() < MOST_LINES_TAKEN_OUT) {
            let without = without_line(&text, error.0.start);
            taken_out.push(error.clone());
            text = Cow::Owned(without);
            continue;
        }
        let has_swallowed = errors.iter().any(|(_, message)| !begins(message, &LOCAL));
        errors.append(&mut taken_out);
        errors.sort_by_key(|(span, _)| span.start);
        let root = Node {
            value: table_value(table.get_ref()),
            span: 0..text.len(),
        };
        return Tree {
            root,
            errors,
            has_swallowed,
        };
    }
}

fn begins(message: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| message.starts_with(start))
}

/// The text with blanks in place of the line at a byte, so that all else keeps its place.
fn without_line(text: &str, at: usize) -> String {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let start = bytes[..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |before| before + 1);
    let end = bytes[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(bytes.len(), |length| at + length);
    let mut without = String::with_capacity(text.len());
    without.push_str(text.get(..start).unwrap_or_default());
    without.extend(std::iter::repeat_n(' ', end - start));
    without.push_str(text.get(end..).unwrap_or_default());
    without
}

fn table_value(table: &DeTable<'_>) -> Value {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let key = Key {
                text: key.get_ref().clone().into_owned(),
                span: key.span(),
            };
            (key, node(value))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    Value::Map(entries)
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    let value = match value.get_ref() {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Integer(number) => Value::Number(integer(number.as_str(), number.radix())),
        DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(node).collect()),
        DeValue::Table(table) => table_value(table),
    };
    Node { value, span }
}

fn integer(digits: &str, radix: u32) -> f64 {
    // 2^53 and more is no count that a policy has, so the nearest double is as good as the number.
    i64::from_str_radix(digits, radix).map_or(f64::NAN, |number| number as f64)
}

/// The largest whole number that a double holds exactly: 2^53.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A tree as JSON, whose objects are ordered by key: equal trees give equal texts.
pub(super) fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Number(number) if number.fract() == 0.0 && number.abs() <= LARGEST_WHOLE => Json::from(*number as i64),
        Value::Number(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::String(text) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            let mut sorted: Vec<(&str, &Node)> =
                entries.iter().map(|(key, value)| (key.text.as_str(), value)).collect();
            sorted.sort_by_key(|(key, _)| *key);
            Json::Object(
                sorted
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), json(value)))
                    .collect(),
            )
        }
    }
}
