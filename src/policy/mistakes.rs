//! The mistakes found so far, put in order at the end.

use crate::text::{Diagnostic, Label, Level, Span, nearest};

use super::file::File;

/// So many mistakes are told one by one; whoever has more begins with these.
const MOST: usize = 100;
/// Looking for the nearest word is the one thing here that costs more than the text is long: so many words
/// are compared for one policy.
const MOST_COMPARED: usize = 10_000;
/// Longer words are shown shortened, and no near word is sought for them.
const LONGEST_WORD: usize = 64;

/// All mistakes, each with the rank of its file.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    found: Vec<(usize, Diagnostic)>,
    compared: usize,
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
    /// Keeps a mistake at a place of a file, unless what is wrong there was told as a syntax error.
    pub(super) fn push(&mut self, file: &File, span: &Span, words: Words) {
        if !file.is_beside_syntax_error(span) {
            self.push_always(file, span, words);
        }
    }

    /// Keeps a mistake at a place of a file.
    pub(super) fn push_always(&mut self, file: &File, span: &Span, words: Words) {
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
        let before = self.found.len();
        self.push(file, span, words);
        if let Some((_, new)) = self.found.get_mut(before) {
            new.labels.push(second);
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The nearest right word to a misspelt one.
    pub(super) fn nearest<'a>(&mut self, word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        let left = MOST_COMPARED.saturating_sub(self.compared);
        let candidates: Vec<&str> = candidates.take(left).collect();
        self.compared += candidates.len();
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
    nearest(word, candidates)
}

/// A word from the policy as a message shows it: on one line, and not longer than a message should be.
pub(super) fn shown(word: &str) -> String {
    cut(word, LONGEST_WORD)
}

/// Somebody else's words as a message shows them: on one line, and as long as a sentence.
pub(super) fn quoted(words: &str) -> String {
    cut(words, 4 * LONGEST_WORD)
}

fn cut(text: &str, longest: usize) -> String {
    let mut out = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == longest {
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
