//! The team's own priorities, as words and signs say them.

use crate::model::Severity;

use super::marks::{has_word, normal};

const WORDS: [(Severity, &[&str]); 4] = [
    (
        Severity::Critical,
        &[
            "critical",
            "p0",
            "blocker",
            "must have",
            "kritisch",
            "crítico",
            "crítica",
            "critique",
            "críticas",
        ],
    ),
    (
        Severity::High,
        &["high", "p1", "should have", "hoch", "alta", "alto", "haute", "élevée"],
    ),
    (
        Severity::Medium,
        &["medium", "p2", "mittel", "média", "media", "moyenne"],
    ),
    (
        Severity::Low,
        &["low", "p3", "p4", "nice to have", "niedrig", "baixa", "baja", "basse"],
    ),
];

/// The priority that a heading names.
pub(super) fn of_heading(words: &str) -> Option<Severity> {
    let text = normal(words);
    let found = WORDS
        .iter()
        .find(|(_, list)| list.iter().any(|word| has_word(&text, word)));
    match found {
        Some((severity, _)) => Some(*severity),
        None => words.contains('🔴').then_some(Severity::Critical),
    }
}

/// The priority that a line of its own gives: `**Priority:** 🔴 HIGH`.
pub(super) fn of_value(words: &str) -> Option<Severity> {
    of_heading(words).or_else(|| {
        let signs = [('🟠', Severity::High), ('🟡', Severity::Medium), ('🟢', Severity::Low)];
        signs
            .into_iter()
            .find(|(sign, _)| words.contains(*sign))
            .map(|(_, severity)| severity)
    })
}

/// The priority that an item's own words give. A plain word is part of the sentence (`high load`): only what is
/// set off counts, by brackets, by capitals, as a number or by a sign.
pub(super) fn of_item(words: &str) -> Option<Severity> {
    if words.contains('🔴') {
        return Some(Severity::Critical);
    }
    let set_off = words
        .split(|character: char| !character.is_alphanumeric())
        .find_map(|word| match word {
            "P0" | "CRITICAL" | "BLOCKER" => Some(Severity::Critical),
            "P1" | "HIGH" => Some(Severity::High),
            "P2" | "MEDIUM" => Some(Severity::Medium),
            "P3" | "P4" | "LOW" => Some(Severity::Low),
            _ => None,
        });
    set_off.or_else(|| {
        let inside = |open: char, close: char| {
            let rest = words.split_once(open)?.1;
            let inside = rest.split_once(close)?.0;
            if inside.split_whitespace().count() <= 2 {
                of_heading(inside)
            } else {
                None
            }
        };
        inside('(', ')').or_else(|| inside('[', ']'))
    })
}
