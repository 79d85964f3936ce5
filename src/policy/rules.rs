//! What single rules of a JSON Schema say, and in which words.

use serde_json::{Map, Value as Json};

use crate::artifact::{Node, Value};
use crate::model::Date;

use super::mistakes::listed;

/// Help that offers the nearest right word.
pub(super) fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}

/// Whether a part of a path is a place in a list.
pub(super) fn is_index(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// The list at a key of a schema; an empty one where there is none.
pub(super) fn list<'a>(rules: &'a Map<String, Json>, key: &str) -> &'a [Json] {
    rules.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// The types that a schema allows; none where it allows all.
pub(super) fn types_of(rules: &Map<String, Json>) -> Vec<&str> {
    match rules.get("type") {
        Some(Json::String(name)) => vec![name],
        Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
        Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_)) | None => Vec::new(),
    }
}

/// Whether a schema allows a value of this type.
pub(super) fn accepts(rules: &Map<String, Json>, node: &Node) -> bool {
    let types = types_of(rules);
    types.is_empty() || types.iter().any(|name| is_of_type(name, node))
}

fn is_of_type(name: &str, node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => number.is_finite() && (name == "number" || name == "integer" && number.fract() == 0.0),
        Value::String(_) => name == "string",
        Value::List(_) => name == "array",
        Value::Map(_) => name == "object",
    }
}

/// What a person calls a type of JSON Schema.
pub(super) fn type_words(name: &str) -> &str {
    match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a table",
        other => other,
    }
}

/// What a person calls a value of this type.
pub(super) fn kind_words(node: &Node) -> &'static str {
    match &node.value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a table",
    }
}

/// The values that are allowed, if they are counted out.
pub(super) fn words_of(rules: &Map<String, Json>) -> Option<Vec<&Json>> {
    if let Some(word) = rules.get("const") {
        return Some(vec![word]);
    }
    rules
        .get("enum")
        .and_then(Json::as_array)
        .map(|words| words.iter().collect())
}

/// A value as a person reads it.
pub(super) fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The keys that a schema names.
pub(super) fn property_names(rules: &Map<String, Json>) -> impl Iterator<Item = &str> {
    let properties = rules.get("properties").and_then(Json::as_object);
    properties.into_iter().flat_map(Map::keys).map(String::as_str)
}

/// Whether a schema names this key.
pub(super) fn has_property(schema: &Json, name: &str) -> bool {
    schema.get("properties").is_some_and(|known| known.get(name).is_some())
}

/// Help that lists the keys there may be.
pub(super) fn keys_help(rules: &Map<String, Json>) -> String {
    format!("it may have: {}", listed(property_names(rules)))
}

/// The first paragraph of a schema's description, as help.
pub(super) fn description(schema: &Json) -> Option<String> {
    schema.as_object().and_then(rules_description)
}

/// The first paragraph of a description, as help.
pub(super) fn rules_description(rules: &Map<String, Json>) -> Option<String> {
    let text = rules.get("description").and_then(Json::as_str)?;
    let first = text.split("\n\n").next().unwrap_or(text).replace('\n', " ");
    Some(first.trim_end_matches('.').to_owned())
}

/// Whether a text is a day of the calendar.
pub(super) fn is_date(text: &str) -> bool {
    let is_formed = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    is_formed && text.parse::<Date>().is_ok()
}
