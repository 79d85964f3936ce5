//! Settings that changed: the issue's text, and the record that the next run compares with.
//!
//! The record is JSON in an HTML comment, in the check run's text and in the issue's body: no further place, no further
//! permission. It is bounded, holds values of settings alone, and can't end its comment.

use serde_json::Value;

use crate::judge::{Drift, DriftedSetting, Record};

use super::escape::{clip, code, inline, uri, visible};

/// The longest record in bytes; a policy asks about some dozens of settings.
const LONGEST_RECORD: usize = 16_384;
/// Settings that are listed.
const MOST: usize = 50;
/// Characters of a value that is shown.
const LONGEST_VALUE: usize = 200;

/// The hidden first line of the issue of the gate with this name.
pub fn issue_marker(name: &str) -> String {
    format!("<!-- readygate:settings:{} -->", uri(name))
}

/// The record as a hidden line; `None` where it would be longer than it may be.
pub fn hidden_record(name: &str, record: &Record) -> Option<String> {
    let json = serde_json::to_string(record).ok()?;
    // Both stand in strings alone, where the escape means the same.
    let json = json.replace('>', "\\u003e").replace("--", "-\\u002d");
    let line = format!("{}{json} -->", opening(name));
    (line.len() <= LONGEST_RECORD).then_some(line)
}

/// The record in a text that holds one for the gate with this name.
pub fn read_record(name: &str, text: &str) -> Option<Record> {
    let opening = opening(name);
    let json = text
        .lines()
        .filter(|line| line.len() <= LONGEST_RECORD)
        .find_map(|line| line.trim_end().strip_prefix(&opening)?.strip_suffix(" -->"))?;
    serde_json::from_str(json).ok()
}

fn opening(name: &str) -> String {
    format!("<!-- readygate:record:{} ", uri(name))
}

/// The issue's title.
pub fn issue_title(name: &str) -> String {
    clip(
        &visible(&format!("{name}: settings changed since they were last as asked")),
        200,
    )
}

/// The issue's body: what changed since `before`, which is kept in it until somebody closes the issue.
pub fn issue_body(name: &str, drift: &Drift, before: &Record) -> String {
    let mut text = format!("{}\n", issue_marker(name));
    if let Some(record) = hidden_record(name, before) {
        text.push_str(&record);
        text.push('\n');
    }
    text.push_str("Settings of this repository are not what they were, and controls of the policy no longer hold:\n\n");
    for setting in drift.settings.iter().take(MOST) {
        text.push_str(&entry(setting));
    }
    if let more @ 1.. = drift.settings.len().saturating_sub(MOST) {
        text.push_str(&format!("- and {more} more\n"));
    }
    text.push_str(
        "\nNo pull request is blocked by this. Set them back, and the next scheduled run closes this issue; close it by \
         hand, and what they are now is what later runs compare with.\n",
    );
    text
}

fn entry(setting: &DriftedSetting) -> String {
    let controls: Vec<String> = setting
        .controls
        .iter()
        .take(10)
        .map(|id| code(&clip(id, LONGEST_VALUE)))
        .collect();
    format!(
        "- {} was {} and is {}: {}\n",
        code(&setting.key),
        value(&setting.before),
        value(&setting.now),
        controls.join(", ")
    )
}

fn value(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    code(&clip(&text, LONGEST_VALUE))
}

/// The comment with which the issue is closed.
pub fn in_order() -> &'static str {
    "Back in order: the settings are what they were, or the controls that ask for them hold again."
}

/// What the job summary says of the settings.
pub fn settings_summary(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("- {}\n", inline(line))).collect();
    format!("\n### Settings\n\n{}", lines.concat())
}

/// What changed, one plain line each.
pub fn drift_lines(drift: &Drift) -> Vec<String> {
    let changed = drift.settings.iter().take(MOST).map(|setting| {
        let plain = |value: &Value| clip(&visible(&value.to_string()), LONGEST_VALUE);
        format!(
            "`{}` was `{}` and is `{}`: {}",
            setting.key,
            plain(&setting.before),
            plain(&setting.now),
            setting.controls.join(", ")
        )
    });
    let unseen = drift.unseen.iter().take(MOST);
    let unseen = unseen.map(|(key, unread)| format!("`{key}` was known and is not now: {}", unread.what));
    changed.chain(unseen).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_record_is_read_back_whatever_it_holds_and_ends_no_comment() {
        let hostile = json!(["--> <b>@ana</b> <!-- readygate:record:readiness {} -->", "a--b\n-->"]);
        let record = Record::from([
            ("branch.required-checks".to_owned(), hostile),
            ("x".to_owned(), json!(-1)),
        ]);
        let line = hidden_record("a --> b", &record).expect("is short");
        assert_eq!(line.matches("-->").count(), 1, "{line}");
        assert_eq!(line.lines().count(), 1);
        assert_eq!(read_record("a --> b", &format!("one\n{line}\r\ntwo")), Some(record));
        assert_eq!(read_record("other", &line), None);
        assert_eq!(read_record("a", "<!-- readygate:record:a {oops -->"), None);
        let long = Record::from([("x".to_owned(), json!("y".repeat(LONGEST_RECORD)))]);
        assert_eq!(hidden_record("a", &long), None);
    }

    #[test]
    fn the_issue_says_what_changed_and_keeps_what_it_was() {
        let before = Record::from([("branch.protected".to_owned(), json!(true))]);
        let drift = Drift {
            settings: vec![DriftedSetting {
                key: "branch.protected".to_owned(),
                before: json!(true),
                now: json!("@ana <b>"),
                controls: vec!["a.b".to_owned()],
            }],
            ..Drift::default()
        };
        let body = issue_body("readiness", &drift, &before);
        assert!(
            body.contains("- `branch.protected` was `true` and is `@ana <b>`: `a.b`\n"),
            "{body}"
        );
        assert_eq!(body.lines().next(), Some("<!-- readygate:settings:readiness -->"));
        assert_eq!(read_record("readiness", &body), Some(before));
    }
}
