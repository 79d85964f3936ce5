//! Mistakes that the user can mend, each with its place: all of them, in the order of the files.

use std::collections::BTreeSet;

use annotate_snippets::{AnnotationKind, Group, Level as Grade, Origin};

use crate::text::{Diagnostic, Label, Level};

use super::super::escape::{for_log, visible};
use super::super::{Colour, Sources};
use super::paint::{Ink, paint, renderer};
use super::snippet::{Spot, element};

/// Every diagnostic with its lines, sorted by file and place, and a last line that says how many there are.
/// Nothing for none.
pub fn diagnostics(all: &[Diagnostic], sources: Sources<'_>, colour: Colour) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut sorted: Vec<&Diagnostic> = all.iter().collect();
    sorted.sort_by_key(|diagnostic| {
        let place = diagnostic.labels.first();
        let place = place.map(|label| (label.path.as_str(), label.span.start, label.span.end));
        (place, diagnostic.level, diagnostic.title.as_str())
    });
    let renderer = renderer(colour);
    let mut out = String::new();
    for diagnostic in &sorted {
        out.push_str(&renderer.render(&[group(diagnostic, sources)]));
        out.push_str("\n\n");
    }
    out.push_str(&paint(colour, Ink::Strong, &sum(&sorted)));
    out.push('\n');
    for_log(&out)
}

fn group(diagnostic: &Diagnostic, sources: Sources<'_>) -> Group<'static> {
    let level = match diagnostic.level {
        Level::Error => Grade::ERROR,
        Level::Warning => Grade::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(visible(&diagnostic.title)));
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let kind = if index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        group = place(group, label, kind, sources);
    }
    match &diagnostic.help {
        Some(help) => group.element(Grade::HELP.message(visible(help))),
        None => group,
    }
}

fn place(group: Group<'static>, label: &Label, kind: AnnotationKind, sources: Sources<'_>) -> Group<'static> {
    match sources(&label.path) {
        Some(document) => {
            let spot = Spot::of(&label.path, &document, &label.span);
            group.element(element(sources, &spot, kind, &label.message))
        }
        None => {
            let group = group.element(Origin::path(visible(&label.path)));
            if label.message.is_empty() {
                return group;
            }
            group.element(Grade::NOTE.message(visible(&label.message)))
        }
    }
}

/// "3 mistakes and 1 warning in 2 files".
fn sum(all: &[&Diagnostic]) -> String {
    let count = |level| all.iter().filter(|diagnostic| diagnostic.level == level).count();
    let files: BTreeSet<&str> = all
        .iter()
        .filter_map(|diagnostic| diagnostic.labels.first())
        .map(|label| label.path.as_str())
        .collect();
    let parts: Vec<String> = [(count(Level::Error), "mistake"), (count(Level::Warning), "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let parts = parts.join(" and ");
    match files.len() {
        0 => parts,
        number => format!("{parts} in {}", counted(number, "file")),
    }
}

fn counted(count: usize, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}
