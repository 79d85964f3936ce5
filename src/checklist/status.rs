//! What fields and headings say of how far something is.

use super::State;
use super::marks::{self, Sign, has_word, normal};

/// What people call the field that tells a status.
pub(super) const STATUS_LABELS: [&str; 10] = [
    "status",
    "current status",
    "overall status",
    "estado",
    "estado actual",
    "status atual",
    "statut",
    "stand",
    "상태",
    "状态",
];

/// The value of a field with one of these labels: `Status: done`.
pub(super) fn field<'a>(words: &'a str, labels: &[&str]) -> Option<&'a str> {
    let (label, value) = words.split_once(':')?;
    let label = normal(label);
    labels.contains(&label.trim()).then(|| value.trim())
}

/// A status that words say is no tick.
pub(super) fn not_ticked(state: State) -> State {
    match state {
        State::Done => State::Claimed,
        State::Todo | State::Claimed | State::Partial | State::Blocked | State::Dropped => state,
    }
}

/// What a heading says of the lines below it: by a sign with words that agree, or as a status word alone.
pub(super) fn heading_state(words: &str, text: &str) -> Option<State> {
    let said = marks::state_of_words(text).map(not_ticked);
    match marks::sign(words).0 {
        Some(Sign::Yes) => said.filter(|state| *state == State::Claimed && !text_is_title(text)),
        Some(Sign::No) => Some(State::Todo),
        Some(Sign::Halfway) => said,
        Some(Sign::Stopped) => Some(State::Blocked),
        Some(Sign::Decoration) | None => said.filter(|_| {
            let words = normal(text);
            let alone = [
                "completed",
                "done",
                "implemented",
                "already implemented",
                "missing",
                "in progress",
                "to do",
            ];
            alone.contains(&words.trim())
        }),
    }
}

/// Whether a heading is a title (`✅ Production ready checklist`) rather than a status.
fn text_is_title(text: &str) -> bool {
    let words = normal(text);
    ["checklist", "production", "plan", "verification"]
        .iter()
        .any(|word| has_word(&words, word))
}

/// Words that are struck through are dropped, unless what follows says that they are done.
pub(super) fn struck(words: &str, state: State) -> State {
    let Some((_, rest)) = words.trim().strip_prefix("~~").and_then(|rest| rest.split_once("~~")) else {
        return state;
    };
    match marks::state_of_words(rest) {
        Some(State::Done) => State::Claimed,
        Some(_) | None => State::Dropped,
    }
}

/// Whether a line is a thematic break.
pub(super) fn is_break(line: &str) -> bool {
    let marks = line.bytes().filter(|byte| *byte != b' ');
    line.len() >= 3 && (marks.clone().all(|byte| byte == b'-') || marks.clone().all(|byte| byte == b'*'))
}
