//! TOML.

use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::text::{Document, Span, View};

use super::source::{self, DEEPEST, mistake, too_deep};
use super::{Key, Node, ParseError, Value};

/// A TOML document. Dates are text.
#[derive(Debug, Clone, PartialEq)]
pub struct Toml(pub Result<Arc<Node>, ParseError>);

impl View for Toml {
    fn parse(document: &Document) -> Self {
        Self(source::text(document).and_then(|(text, start)| parse(text, start).map(Arc::new)))
    }
}

fn parse(text: &str, start: usize) -> Result<Node, ParseError> {
    let table = DeTable::parse(text).map_err(|error| ParseError {
        message: error.message().to_owned(),
        span: error.span().map(|span| moved(&span, start)),
    })?;
    let entries = entries(table.get_ref(), start, 0)?;
    Ok(Node {
        value: Value::Map(entries),
        span: start..start + text.len(),
    })
}

fn convert(value: &Spanned<DeValue<'_>>, start: usize, depth: usize) -> Result<Node, ParseError> {
    let span = moved(&value.span(), start);
    if depth > DEEPEST {
        return Err(too_deep(span));
    }
    let value = match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(integer) => Value::Number(number(integer).ok_or_else(|| no_number(&span))?),
        DeValue::Float(float) => {
            let digits = float.as_str().replace('_', "");
            Value::Number(digits.parse().map_err(|_| no_number(&span))?)
        }
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| convert(item, start, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => Value::Map(entries(table, start, depth)?),
    };
    Ok(Node { value, span })
}

fn entries(table: &DeTable<'_>, start: usize, depth: usize) -> Result<Vec<(Key, Node)>, ParseError> {
    let mut entries = Vec::with_capacity(table.len());
    for (key, value) in table {
        let key = Key {
            text: key.get_ref().to_string(),
            span: moved(&key.span(), start),
        };
        entries.push((key, convert(value, start, depth + 1)?));
    }
    // The parser's map is sorted by key; a reader of findings expects the order of the file.
    entries.sort_by_key(|(key, _)| key.span.start);
    Ok(entries)
}

fn number(integer: &DeInteger<'_>) -> Option<f64> {
    let digits = integer.as_str().replace('_', "");
    i128::from_str_radix(&digits, integer.radix())
        .ok()
        .map(|number| number as f64)
}

fn no_number(span: &Span) -> ParseError {
    mistake("this number can't be represented", span.clone())
}

fn moved(span: &Span, start: usize) -> Span {
    start + span.start..start + span.end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toml(text: &str) -> Result<Arc<Node>, ParseError> {
        Document::new(text.as_bytes()).view::<Toml>().0.clone()
    }

    #[test]
    fn tables_arrays_and_dotted_keys_keep_order_and_spans() {
        let text = "z = 1\na.b = \"ü\"\n[t]\nx = 1_000\n[[l]]\nn = 0x10\n[[l]]\nn = 2026-11-20\n";
        let node = toml(text).expect("parses");
        let keys: Vec<&str> = node.entries().iter().map(|(key, _)| key.text.as_str()).collect();
        assert_eq!(keys, ["z", "a", "t", "l"]);
        assert_eq!(&text[node.at(&["a", "b"]).expect("there").span.clone()], "\"ü\"");
        assert_eq!(
            node.at(&["t", "x"]).map(|node| &node.value),
            Some(&Value::Number(1000.0))
        );
        assert_eq!(
            node.at(&["l", "0", "n"]).map(|node| &node.value),
            Some(&Value::Number(16.0))
        );
        assert_eq!(node.at(&["l", "1", "n"]).and_then(Node::as_str), Some("2026-11-20"));
    }

    #[test]
    fn a_mistake_has_its_place_and_an_empty_file_is_an_empty_table() {
        let error = toml("a = 1\nb = = 2\n").expect_err("no TOML");
        assert!(error.span.is_some_and(|span| span.start >= 6), "{:?}", error.message);
        assert!(toml("a = 1\na = 2\n").is_err());
        assert_eq!(toml("").expect("parses").entries(), []);
        assert!(toml(&format!("a = {}", "[".repeat(50_000))).is_err());
    }
}
