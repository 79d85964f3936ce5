//! JSON, with the comments and trailing commas that `tsconfig.json` and its like may hold.

use std::sync::Arc;

use crate::text::HashMap;
use jsonc_parser::ast;
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::text::{Document, Span, View};

use super::source::{self, DEEPEST, mistake, too_deep};
use super::{Key, Node, ParseError, Value};

/// A JSON or JSONC document. Of two entries with one key the last counts, as for every reader of JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub Result<Arc<Node>, ParseError>);

impl View for Json {
    fn parse(document: &Document) -> Self {
        Self(source::text(document).and_then(|(text, start)| parse(text, start).map(Arc::new)))
    }
}

fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn parse(text: &str, start: usize) -> Result<Node, ParseError> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options())
        .map_err(|error| mistake(lower_first(&error.kind().to_string()), span(error.range(), start)))?;
    match parsed.value {
        Some(value) => convert(&value, start, 0),
        None => Err(mistake("there is no value in this file", start..start + text.len())),
    }
}

fn convert(value: &ast::Value<'_>, start: usize, depth: usize) -> Result<Node, ParseError> {
    let span = span(value.range(), start);
    if depth > DEEPEST {
        return Err(too_deep(span));
    }
    let value = match value {
        ast::Value::NullKeyword(_) => Value::Null,
        ast::Value::BooleanLit(literal) => Value::Bool(literal.value),
        ast::Value::StringLit(literal) => Value::String(literal.value.to_string()),
        ast::Value::NumberLit(literal) => match literal.value.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => return Err(mistake("this is no number", span)),
        },
        ast::Value::Array(array) => Value::List(
            array
                .elements
                .iter()
                .map(|element| convert(element, start, depth + 1))
                .collect::<Result<_, _>>()?,
        ),
        ast::Value::Object(object) => Value::Map(entries(object, start, depth)?),
    };
    Ok(Node { value, span })
}

fn entries(object: &ast::Object<'_>, start: usize, depth: usize) -> Result<Vec<(Key, Node)>, ParseError> {
    let properties = &object.properties;
    let last: HashMap<&str, usize> = properties
        .iter()
        .enumerate()
        .map(|(index, property)| (property.name.as_str(), index))
        .collect();
    let mut entries = Vec::with_capacity(last.len());
    for (index, property) in properties.iter().enumerate() {
        let name = property.name.as_str();
        if last.get(name) != Some(&index) {
            continue;
        }
        let key = Key {
            text: name.to_owned(),
            span: span(property.name.range(), start),
        };
        entries.push((key, convert(&property.value, start, depth + 1)?));
    }
    Ok(entries)
}

fn span(range: Range, start: usize) -> Span {
    start + range.start..start + range.end
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<Arc<Node>, ParseError> {
        Document::new(text.as_bytes()).view::<Json>().0.clone()
    }

    #[test]
    fn comments_and_trailing_commas_are_tolerated_and_spans_are_bytes() {
        let text = "{ // ü\n  \"a\": [1, \"ö\",],\n}\n";
        let node = json(text).expect("parses");
        let (key, list) = node.entry("a").expect("has a");
        assert_eq!(&text[key.span.clone()], "\"a\"");
        assert_eq!(&text[list.span.clone()], "[1, \"ö\",]");
        assert_eq!(&text[list.items()[1].span.clone()], "\"ö\"");
        assert_eq!(list.items()[1].as_str(), Some("ö"));
    }

    #[test]
    fn a_byte_order_mark_moves_the_spans_and_the_last_of_two_keys_counts() {
        let text = "\u{FEFF}{\"a\":1,\"a\":2}";
        let node = json(text).expect("parses");
        let found = node.get("a").expect("has a");
        assert_eq!(found.value, Value::Number(2.0));
        assert_eq!(&text[found.span.clone()], "2");
        assert_eq!(node.entries().len(), 1);
    }

    #[test]
    fn what_is_no_json_is_an_error_with_a_place() {
        for text in ["", "{", "{\"a\" 1}", "{a: 1}", "['a']", "{}{}"] {
            let error = json(text).expect_err(text);
            assert!(error.span.is_some() && !error.message.is_empty(), "{text}: {error:?}");
        }
        assert!(json(&"[".repeat(100_000)).is_err());
        assert!(json(&format!("{}{}", "[".repeat(300), "]".repeat(300))).is_err());
    }
}
