//! A value in words, without a secret.

use crate::artifact::{Node, Value};
use crate::text::{Document, redact};

/// Parts of keys whose values are likely to be secrets.
const SECRET: [&str; 11] = [
    "password",
    "passwd",
    "secret",
    "token",
    "credential",
    "private",
    "apikey",
    "api-key",
    "api_key",
    "auth",
    "dsn",
];

/// Whether a key's name says that its value is a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET.iter().any(|part| name.contains(part))
}

/// A value in words: what it is, masked where it may be a secret, and short.
pub(super) fn words(node: &Node, document: &Document, is_hidden: bool) -> String {
    match &node.value {
        Value::Null => "empty".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a table".to_owned(),
        Value::Number(_) | Value::String(_) if is_hidden => "`…`".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{}`", document.words(&node.span)),
        Value::String(text) => format!("`{}`", short(text)),
    }
}

fn short(text: &str) -> String {
    const LONGEST: usize = 80;
    let first = text.lines().next().unwrap_or_default();
    let masked = redact(first);
    if first.len() < text.trim_end().len() || masked.chars().count() > LONGEST {
        masked.chars().take(LONGEST).collect::<String>() + "…"
    } else {
        masked
    }
}
