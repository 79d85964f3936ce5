//! The signs and words by which people say how far something is.

use super::State;

/// A sign before the words of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// `✅`, `✓`.
    Yes,
    /// `❌`, `✗`.
    No,
    /// `⚠️`, `🚧`, `🔄`.
    Halfway,
    /// `🚫`, `⛔`.
    Stopped,
    /// Any other emoji: decoration.
    Decoration,
}

impl Sign {
    /// What the sign alone says of a line.
    pub fn state(self) -> Option<State> {
        match self {
            Self::Yes => Some(State::Claimed),
            Self::No => Some(State::Todo),
            Self::Halfway => Some(State::Partial),
            Self::Stopped => Some(State::Blocked),
            Self::Decoration => None,
        }
    }
}

/// What the symbol in a box says; `None` for a symbol that is none of a box, as in `[1]`.
pub(super) fn state_of_symbol(symbol: &str) -> Option<State> {
    Some(match symbol {
        "" | " " | "\u{a0}" | "_" | "o" | "O" => State::Todo,
        "x" | "X" | "✓" | "✔" | "✅" | "☑" | "√" | "х" | "Х" => State::Done,
        "~" | "/" | "." | "▶" | "🔄" | "🚧" | "⏳" => State::Partial,
        "!" | "⚠" | "🚫" | "⛔" | "?" => State::Blocked,
        "-" | "—" | "–" | ">" => State::Dropped,
        "❌" | "✗" | "✘" => State::Todo,
        _ => return None,
    })
}

/// The signs at the beginning, the first that says a state counting, and their length with the space behind.
pub(super) fn sign(text: &str) -> (Option<Sign>, usize) {
    let mut found = None;
    let mut length = 0;
    for character in text.chars() {
        let sign = match character {
            '✅' | '✓' | '✔' | '🟩' => Some(Sign::Yes),
            '❌' | '✗' | '✘' | '✖' => Some(Sign::No),
            '⚠' | '🚧' | '🔄' | '⏳' | '🟨' => Some(Sign::Halfway),
            '🚫' | '⛔' => Some(Sign::Stopped),
            _ if is_emoji(character) => Some(Sign::Decoration),
            _ => None,
        };
        match sign {
            Some(sign) if found.is_none_or(|found| found == Sign::Decoration) => found = Some(sign),
            Some(_) => {}
            None if character.is_whitespace() && length > 0 => {}
            None => break,
        }
        length += character.len_utf8();
    }
    (found, if found.is_some() { length } else { 0 })
}

/// Whether a character is a pictograph or belongs to one.
pub(super) fn is_emoji(character: char) -> bool {
    matches!(u32::from(character),
        0x2190..=0x21FF | 0x2300..=0x23FF | 0x25A0..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF
        | 0x1F000..=0x1FAFF | 0xFE0F | 0x200D | 0x20E3 | 0xE0020..=0xE007F)
}

/// Words of a status in several languages, the more particular ones first: `not implemented` is no `implemented`.
const STATUS: [(State, &[&str]); 5] = [
    (
        State::Blocked,
        &[
            "blocked",
            "on hold",
            "bloqueado",
            "bloqueada",
            "bloqué",
            "blockiert",
            "차단",
        ],
    ),
    (
        State::Dropped,
        &[
            "dropped",
            "won't do",
            "wont do",
            "cancelled",
            "canceled",
            "not applicable",
            "cancelado",
            "entfällt",
        ],
    ),
    (
        State::Partial,
        &[
            "in progress",
            "partial",
            "partially",
            "partly",
            "mostly",
            "started",
            "ongoing",
            "wip",
            "needs",
            "basic",
            "almost",
            "in arbeit",
            "em andamento",
            "parcial",
            "parcialmente",
            "en progreso",
            "en curso",
            "en cours",
            "partiel",
            "partiellement",
            "teilweise",
            "진행",
            "進行中",
            "进行中",
        ],
    ),
    (
        State::Todo,
        &[
            "not started",
            "not implemented",
            "not set up",
            "not done",
            "not configured",
            "not ready",
            "missing",
            "todo",
            "to do",
            "pending",
            "open",
            "incomplete",
            "fehlt",
            "offen",
            "pendente",
            "pendiente",
            "faltando",
            "falta",
            "manquant",
            "à faire",
            "미완료",
            "未完成",
        ],
    ),
    (
        State::Done,
        &[
            "done",
            "complete",
            "completed",
            "implemented",
            "finished",
            "resolved",
            "fixed",
            "working",
            "already",
            "configured",
            "verified",
            "ready",
            "erledigt",
            "fertig",
            "concluído",
            "concluída",
            "pronto",
            "completado",
            "completada",
            "hecho",
            "listo",
            "terminé",
            "fait",
            "완료",
            "完了",
            "已完成",
        ],
    ),
];

/// What words say of how far something is; `None` if they say nothing of it.
pub(super) fn state_of_words(words: &str) -> Option<State> {
    let words = normal(words);
    let found = STATUS
        .iter()
        .find(|(_, list)| list.iter().any(|word| has_word(&words, word)));
    found.map(|(state, _)| *state)
}

/// Words in lower case, with one space between and around them, signs removed.
pub(super) fn normal(words: &str) -> String {
    let mut normal = String::with_capacity(words.len() + 2);
    normal.push(' ');
    for character in words.chars() {
        if character.is_alphanumeric() || character == '\'' {
            normal.extend(character.to_lowercase());
        } else if !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    if !normal.ends_with(' ') {
        normal.push(' ');
    }
    normal
}

/// Whether normal words hold this word or phrase as a whole. Scripts without spaces hold it anywhere.
pub(super) fn has_word(normal: &str, word: &str) -> bool {
    let is_spaced = word.is_ascii() || word.chars().all(|character| u32::from(character) < 0x2E80);
    if !is_spaced {
        return normal.contains(word);
    }
    // Many words are asked for of each line: a comparison at each space is less than a search for each.
    let mut spaces = memchr::memchr_iter(b' ', normal.as_bytes());
    spaces.any(|at| {
        normal[at + 1..]
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with(' '))
    })
}

/// Words of a heading whose lines are plans, so that a sign before each of them is decoration.
const PLAN: [&str; 14] = [
    "week",
    "month",
    "next steps",
    "must do",
    "quick start",
    "immediate",
    "short term",
    "long term",
    "roadmap",
    "recommended",
    "before launch",
    "próximos passos",
    "nächste schritte",
    "prochaines étapes",
];

/// Whether a heading announces what is to be done.
pub(super) fn is_plan(heading: &str) -> bool {
    let words = normal(heading);
    PLAN.iter().any(|word| has_word(&words, word))
}

/// The claim that stands in the words of an item: in brackets, or behind a sign. Its place in the words, its
/// words and what they say.
pub(super) fn claim(words: &str) -> Option<(std::ops::Range<usize>, State)> {
    let mut open = None;
    for (at, character) in words.char_indices() {
        match character {
            '(' => open = Some(at),
            ')' => {
                let Some(start) = open.take() else { continue };
                let inside = &words[start + 1..at];
                if let Some(state) = claimed(inside) {
                    return Some((start..at + 1, state));
                }
            }
            '✅' | '✔' => {
                let is_outside = open.is_none();
                if is_outside && at > 0 {
                    return Some((at..words.len(), said(&words[at..])));
                }
            }
            _ => {}
        }
    }
    None
}

/// What the words in brackets claim.
fn claimed(inside: &str) -> Option<State> {
    let has_sign = inside.contains(['✅', '✓', '✔']);
    let words = normal(inside);
    let is_word = ["already", "done", "implemented", "bereits", "já", "ya está", "déjà"];
    let has_word = is_word.iter().any(|word| has_word(&words, word));
    if !has_sign && !has_word || has_word_not(&words) {
        return None;
    }
    Some(said(inside))
}

fn has_word_not(words: &str) -> bool {
    ["not", "if", "when", "until", "must be", "to be", "should be"]
        .iter()
        .any(|word| has_word(words, word))
}

fn said(words: &str) -> State {
    match state_of_words(words) {
        Some(State::Partial) => State::Partial,
        Some(State::Done | State::Todo | State::Claimed | State::Blocked | State::Dropped) | None => State::Claimed,
    }
}

/// Labels of fields that people write with a box or a status and that are nothing to be done.
const LABELS: [&str; 30] = [
    "file",
    "files",
    "owner",
    "date",
    "current status",
    "current estimate",
    "current",
    "status",
    "assignee",
    "estimate",
    "effort",
    "time estimate",
    "estimated time",
    "notes",
    "note",
    "impact",
    "location",
    "deadline",
    "reviewer",
    "reviewed by",
    "approved by",
    "signature",
    "signed",
    "name",
    "due",
    "priority",
    "last updated",
    "datum",
    "data",
    "fecha",
];

/// Whether the words are a field's label, or a place to sign.
pub(super) fn is_label(words: &str) -> bool {
    if words.contains("____") {
        return true;
    }
    let Some((label, _)) = words.split_once(':') else {
        return false;
    };
    let label = normal(label);
    LABELS.contains(&label.trim())
}
