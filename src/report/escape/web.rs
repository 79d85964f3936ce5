//! Addresses and JSON.

use std::fmt::Write;

use super::is_hidden;

/// A path as part of an address: every byte but letters, digits, `-`, `.`, `_`, `~` and `/` percent-encoded
/// (RFC 3986), so that it can end neither the address nor the brackets around it.
pub fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            // Writing to a string can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A JSON document in which hidden characters and `##[` stand as escapes. Both occur in strings alone, where
/// the escape means the same: the document's value does not change, and a terminal that prints it is safe.
pub fn json(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    let mut rest = document;
    while !rest.is_empty() {
        // Most of a document is plain.
        let is_plain = |byte: &u8| matches!(byte, b'\n' | b' '..=b'Z' | b'\\'..=b'~');
        let plain = rest.bytes().take_while(|byte| is_plain(byte)).count();
        let (before, after) = rest.split_at(plain);
        out.push_str(before);
        let mut characters = after.chars();
        let Some(character) = characters.next() else { break };
        rest = characters.as_str();
        if character == '[' && out.ends_with("##") {
            out.push_str("\\u005b");
        } else if character != '\n' && is_hidden(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_encoded_and_folders_stay() {
        assert_eq!(uri("app/[id]/a b#c.ts"), "app/%5Bid%5D/a%20b%23c.ts");
        assert_eq!(uri("ü:)"), "%C3%BC%3A%29");
    }

    proptest! {
        #[test]
        fn json_keeps_its_value(text in any::<String>()) {
            let value = serde_json::json!({ "a": [text, "##[x]\u{9b}\u{202e}\u{E0041}"] });
            let escaped = json(&serde_json::to_string_pretty(&value).expect("serialises"));
            prop_assert!(!escaped.chars().any(|character| character != '\n' && is_hidden(character)));
            prop_assert!(!escaped.contains("##["));
            let back: serde_json::Value = serde_json::from_str(&escaped).expect("is JSON");
            prop_assert_eq!(back, value);
        }
    }
}
