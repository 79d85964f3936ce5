//! The mistakes found so far, put in order at the end.

use crate::text::{Diagnostic, Label, Level, Span, nearest};

use super::file::File;

/// So many mistakes are told one by one; whoever has more begins with these.
const MOST: usize = 100;
/// Looking for the nearest word is the one thing here that costs more than the text is long.
const MOST_CANDIDATES: usize = 2_000;
/// Longer words are shown shortened, and no near word is sought for them.
const LONGEST_WORD: usize = 64;

/// All mistakes, each with the rank of its file.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    found: Vec<(usize, Diagnostic)>,
}

/// One mistake's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    /// What is wrong, one sentence without a full stop.
    pub(super) title: String,
    /// What is said at the place.
    pub(super) label: String,
    /// What to do.
    pub(super) help: Option<String>,
}

impl Words {
    /// Words with help.
    pub(super) fn new(title: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            label: label.into(),
            help: Some(help.into()),
        }
    }
}

impl Mistakes {
    /// Keeps a mistake at a place of a file.
    pub(super) fn push(&mut self, file: &File, span: &Span, words: Words) {
        let diagnostic = Diagnostic {
            level: Level::Error,
            title: words.title,
            labels: vec![file.label(span, words.label)],
            help: words.help,
        };
        self.found.push((file.rank, diagnostic));
    }

    /// Keeps a mistake that speaks of a second place.
    pub(super) fn push_with(&mut self, file: &File, span: &Span, words: Words, second: Label) {
        self.push(file, span, words);
        if let Some((_, last)) = self.found.last_mut() {
            last.labels.push(second);
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Help for a misspelt word: the nearest right one.
    pub(super) fn did_you_mean<'a>(
        &self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        if self.found.len() > MOST {
            return None;
        }
        near(word, candidates)
    }

    /// The mistakes by file and place, the first hundred, and how many more there are.
    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|left, right| {
            place_of(left)
                .cmp(&place_of(right))
                .then_with(|| left.1.title.cmp(&right.1.title))
        });
        let more = self.found.len().saturating_sub(MOST);
        let mut told: Vec<Diagnostic> = self.found.into_iter().take(MOST).map(|(_, found)| found).collect();
        if more > 0 {
            told.push(Diagnostic {
                level: Level::Error,
                title: format!("and {more} more {}", if more == 1 { "mistake" } else { "mistakes" }),
                labels: Vec::new(),
                help: Some(format!("mend these {MOST} first")),
            });
        }
        told
    }
}

fn place_of(found: &(usize, Diagnostic)) -> (usize, usize) {
    let start = found.1.labels.first().map_or(0, |label| label.span.start);
    (found.0, start)
}

/// The nearest right word, within bounds that keep hostile input from costing time.
pub(super) fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST_WORD {
        return None;
    }
    let candidates = candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_WORD);
    nearest(word, candidates.take(MOST_CANDIDATES))
}

/// A word from the policy as a message shows it: on one line, and not longer than a message should be.
pub(super) fn shown(word: &str) -> String {
    let mut out = String::new();
    for (count, character) in word.chars().enumerate() {
        if count == LONGEST_WORD {
            out.push('…');
            break;
        }
        if character.is_control() {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    out
}

/// Words as a list that a sentence can hold: "`a`, `b`".
pub(super) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{}`", shown(word))).collect();
    words.join(", ")
}
