//! What stands in an answer: pure functions over headers and bytes.

use http::Uri;
use http::header::{HeaderMap, LINK};
use serde_json::Value;

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Whether it begins as JSON does: an error page of a proxy does not. Nothing at all is an answer, too.
pub(super) fn is_json(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    first.is_none_or(|byte| matches!(byte, b'{' | b'[' | b'"' | b'n' | b't' | b'f' | b'0'..=b'9' | b'-'))
}

pub(super) fn parse(bytes: &[u8]) -> Result<Value, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|error| format!("not JSON: {error}"))
}

/// GitHub's `message`, with the details of `errors` that say what was wrong.
pub(super) fn message_of(body: &Value) -> String {
    let mut message = body["message"].as_str().unwrap_or_default().to_owned();
    for error in body["errors"].as_array().into_iter().flatten() {
        let words = error.as_str().or_else(|| error["message"].as_str());
        let words = words.or_else(|| error["code"].as_str()).unwrap_or_default();
        if !words.is_empty() {
            message = format!("{message}; {words}");
        }
    }
    message
}

pub(super) fn entries_of(page: Value) -> Option<Vec<Value>> {
    match page {
        Value::Array(entries) => Some(entries),
        Value::Object(members) => members.into_iter().find_map(|(_, member)| match member {
            Value::Array(entries) => Some(entries),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// The address with `rel="next"` in a `Link` header.
pub(super) fn next_page(headers: &HeaderMap) -> Option<Uri> {
    let links = header(headers, LINK.as_str())?;
    links.split(',').find_map(|link| {
        let (address, relation) = link.split_once('>')?;
        relation
            .contains("rel=\"next\"")
            .then(|| address.trim().trim_start_matches('<').parse().ok())
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_of_html_is_not_an_answer_and_nothing_is() {
        assert!(is_json(b"  {\"a\":1}") && is_json(b"") && is_json(b"[]"));
        assert!(!is_json(b"\n<!DOCTYPE html>"));
        assert_eq!(parse(b" "), Ok(Value::Null));
        assert!(parse(b"{\"a\":").is_err());
    }

    #[test]
    fn the_next_page_is_found_among_links() {
        let mut headers = HeaderMap::new();
        let links = "<https://h/x?page=1>; rel=\"prev\", <https://h/x?page=3>; rel=\"next\", <https://h/x?page=9>; rel=\"last\"";
        headers.insert(LINK, http::HeaderValue::from_static(links));
        assert_eq!(
            next_page(&headers).map(|uri| uri.to_string()),
            Some("https://h/x?page=3".to_owned())
        );
        headers.insert(
            LINK,
            http::HeaderValue::from_static("<https://h/x?page=1>; rel=\"prev\""),
        );
        assert_eq!(next_page(&headers), None);
    }

    #[test]
    fn entries_are_an_array_or_an_objects_array() {
        assert_eq!(entries_of(json!([1])), Some(vec![json!(1)]));
        assert_eq!(
            entries_of(json!({"total_count": 1, "check_runs": [2]})),
            Some(vec![json!(2)])
        );
        assert_eq!(entries_of(json!({"message": "no"})), None);
    }

    #[test]
    fn the_details_of_a_refusal_are_kept() {
        let body =
            json!({"message": "Validation Failed", "errors": [{"code": "custom", "message": "No more than 50"}, "x"]});
        assert_eq!(message_of(&body), "Validation Failed; No more than 50; x");
    }
}
