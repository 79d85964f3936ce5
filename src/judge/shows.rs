//! What a line says that the evidence for its controls does not show.

use crate::checklist::{Beyond, Binding, ending, protection, scripts_run};
use crate::model::{OutcomeKind, Strength};

use super::about::Seen;
use super::doubts::{Parts, shown, written};
use super::exact;

/// The words of a line that nothing shows, though all its controls are met; nothing where all is shown.
pub(super) fn not_shown(beyond: &Beyond<'_>, all: &[Seen<'_>], parts: &Parts<'_>) -> Option<String> {
    // A control that looks at nothing here has no words to lend.
    let looks = |binding: &&Binding| {
        let mut own = all.iter().filter(|seen| seen.found.info.id == binding.control);
        own.any(|seen| seen.outcome != OutcomeKind::NotApplicable)
    };
    let bindings: Vec<Binding> = beyond.bindings.iter().filter(looks).cloned().collect();
    let beyond = Beyond {
        bindings: &bindings,
        ..*beyond
    };
    exact::not_shown(&beyond.item.text, all)
        .or_else(|| beyond.not_shown(&shown(all), written(all)))
        .or_else(|| {
            if beyond.is_told() {
                None
            } else {
                seen_nowhere(&beyond, all, parts)
            }
        })
}

/// What is seen only where something is run, or where something stands in the way.
fn seen_nowhere(beyond: &Beyond<'_>, all: &[Seen<'_>], parts: &Parts<'_>) -> Option<String> {
    let passing = || all.iter().filter(|seen| seen.outcome == OutcomeKind::Pass);
    let mut evidence = passing().flat_map(Seen::all_evidence);
    let is_only_there = evidence.all(|found| found.strength == Strength::Present);
    if is_only_there && let Some(words) = ending(beyond.item) {
        return Some(words);
    }
    // That a handful of bad patterns is not there is no protection.
    let is_absence = |seen: &Seen<'_>| seen.found.is_absence && seen.found.evidence.is_empty();
    if passing().all(is_absence)
        && let Some(word) = protection(beyond.item)
    {
        return Some(word);
    }
    another_script(beyond, all, parts)
}

/// A command of the line that runs a script of the root, where the scripts that were found are another component's.
fn another_script(beyond: &Beyond<'_>, all: &[Seen<'_>], parts: &Parts<'_>) -> Option<String> {
    let has_root = parts.all.iter().any(|component| component.folder().is_empty());
    if !parts.about.is_empty() || !has_root {
        return None;
    }
    let script = scripts_run(beyond.item).into_iter().next()?;
    let scripts = all.iter().flat_map(Seen::all_evidence);
    let scripts = scripts.filter(|found| found.text.starts_with("scripts."));
    let mut paths = scripts.map(|found| found.place.path.as_str()).peekable();
    paths.peek()?;
    (!paths.any(|path| path == "package.json")).then(|| format!("run {script}"))
}
