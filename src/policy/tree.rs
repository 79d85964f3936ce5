//! TOML text → the spanned tree, with all syntax errors.

use serde_json::Value as Json;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::artifact::{Key, Node, Value};
use crate::text::Span;

/// Deeper nesting than any policy has; the TOML parser stops values at 80, and dotted keys can multiply that.
const DEEPEST: usize = 100;

/// What a text is as TOML, as far as it is TOML.
pub(super) struct Tree {
    /// What could be read.
    pub(super) root: Node,
    /// What could not, and where.
    pub(super) errors: Vec<(Span, String)>,
}

/// Parses TOML; never fails as a whole.
pub(super) fn parse(text: &str) -> Tree {
    let (table, errors) = DeTable::parse_recoverable(text);
    let whole = 0..text.len();
    let mut errors: Vec<(Span, String)> = errors
        .iter()
        .map(|error| (error.span().unwrap_or(0..0), error.message().to_owned()))
        .collect();
    let mut too_deep = Vec::new();
    let root = Node {
        value: table_value(table.get_ref(), 0, &mut too_deep),
        span: whole,
    };
    errors.extend(too_deep.into_iter().map(|span| (span, "nested too deeply".to_owned())));
    Tree { root, errors }
}

fn table_value(table: &DeTable<'_>, depth: usize, too_deep: &mut Vec<Span>) -> Value {
    let mut entries: Vec<(Key, Node)> = table
        .iter()
        .map(|(key, value)| {
            let key = Key {
                text: key.get_ref().clone().into_owned(),
                span: key.span(),
            };
            (key, node(value, depth + 1, too_deep))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.span.start);
    Value::Map(entries)
}

fn node(value: &Spanned<DeValue<'_>>, depth: usize, too_deep: &mut Vec<Span>) -> Node {
    let span = value.span();
    if depth > DEEPEST {
        too_deep.push(span.clone());
        return Node {
            value: Value::Null,
            span,
        };
    }
    let value = match value.get_ref() {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Integer(number) => Value::Number(integer(number.as_str(), number.radix())),
        DeValue::Float(number) => Value::Number(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, depth + 1, too_deep)).collect()),
        DeValue::Table(table) => table_value(table, depth, too_deep),
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
