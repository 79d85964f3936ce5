//! What a script's words say, and where they stand.

use crate::artifact::workflow::Job;
use crate::text::{Document, Span};

/// At most this many combinations of a matrix are looked at.
const MOST_VARIANTS: usize = 64;

/// Whether a command names a path: as a word of its own, or as the start of one.
pub(super) fn names_path(text: &str, path: &str) -> bool {
    text.split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '=' | ','))
        .map(|word| word.trim_start_matches("./"))
        .any(|word| {
            word.strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

/// A run's script and folder for each combination of the matrix's values that they name.
pub(super) fn variants(job: &Job, script: &str, folder: &str) -> Vec<(String, String)> {
    let mut found = vec![(script.to_owned(), folder.to_owned())];
    for (key, values) in &job.matrix {
        let marks = [format!("${{{{ matrix.{key} }}}}"), format!("${{{{matrix.{key}}}}}")];
        let is_named = marks.iter().any(|mark| script.contains(mark) || folder.contains(mark));
        if !is_named || found.len() * values.len() > MOST_VARIANTS {
            continue;
        }
        found = found
            .iter()
            .flat_map(|(script, folder)| {
                values.iter().map(|value| {
                    let fill = |text: &str| {
                        marks
                            .iter()
                            .fold(text.to_owned(), |text, mark| text.replace(mark, value))
                    };
                    (fill(script), fill(folder))
                })
            })
            .collect();
    }
    found
}

/// Where a line of a script stands in the file; the script as a whole where that can't be told.
pub(super) fn line_of(document: &Document, script: &Span, line: usize, text: &str) -> Span {
    let start = document.position(script.start).line;
    let first = text.split_whitespace().next().unwrap_or("");
    // A block starts on the line after its mark, or with its mark, as the parser places it.
    let candidates = [0, 1].map(|skipped| {
        start
            .saturating_add(u32::try_from(line).unwrap_or(0))
            .saturating_add(skipped)
    });
    candidates
        .into_iter()
        .filter_map(|line| document.line_span(line))
        .map(|span| trimmed(document.words(&span).as_str(), span))
        .find(|span| span.start < script.end.max(script.start + 1) && document.words(span).contains(first))
        .unwrap_or_else(|| script.clone())
}

fn trimmed(words: &str, span: Span) -> Span {
    let start = span.start + (words.len() - words.trim_start().len());
    let end = span.end - (words.len() - words.trim_end().len());
    start..end.max(start)
}
