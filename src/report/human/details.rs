//! Snippets: every regression, and the gravest of what fails.

use annotate_snippets::{AnnotationKind, Group, Level};

use crate::model::{ControlReport, FindingReport, Severity};

use super::super::Setting;
use super::super::escape::{clip_words, visible};
use super::super::view::{Failing, Telling, View, Worse, further, headline};
use super::paint::renderer;
use super::snippet::{Spot, element};

/// Failing controls that are shown with a snippet; the rest has a line of the summary.
const MOST_FAILING: usize = 10;
/// Further places of one finding or control that are named.
const MOST_PLACES: usize = 4;
/// Characters of one note.
const LONGEST_NOTE: usize = 500;

pub(super) fn details(view: &View<'_>, setting: &Setting<'_>) -> String {
    let mut groups: Vec<Group<'static>> = view
        .regressions
        .iter()
        .map(|worse| regression(worse, setting))
        .collect();
    let grave = view
        .failing
        .iter()
        .filter(|failing| failing.control.severity >= Severity::High)
        .take(MOST_FAILING);
    groups.extend(grave.map(|failing| failing_control(failing, setting)));
    let renderer = renderer(setting.colour);
    let mut out = String::new();
    for group in groups {
        if !out.is_empty() {
            out.push('\n');
        }
        // One at a time: rendered together, the later groups would be told as children of the first.
        out.push_str(&renderer.render(&[group]));
        out.push('\n');
    }
    out
}

fn regression(worse: &Worse<'_>, setting: &Setting<'_>) -> Group<'static> {
    let what = worse.regression;
    let level = if what.gates { Level::ERROR } else { Level::WARNING };
    let (head, rest) = headline(worse.missed(), worse.finding, &what.message);
    let mut title = level.with_name(Some("regression")).primary_title(visible(&head));
    if let Some(id) = &what.control {
        title = title.id(visible(id));
    }
    let mut group = Group::with_title(title);
    if let Some((path, line)) = worse.place() {
        let spot = spot(path, line, worse.finding);
        // Without columns it is a line near which something is missing, and not what is wrong with that line.
        let label = if spot.columns.is_some() { "" } else { "about here" };
        group = group.element(element(setting.sources, &spot, AnnotationKind::Primary, label));
    }
    if let Some(rest) = rest {
        group = note(group, &rest);
    }
    group = related(group, worse.finding, setting);
    let gates = if what.gates { "" } else { "; reported, does not block" };
    group = note(group, &format!("{}, new in this change{gates}", what.severity.as_str()));
    if worse.telling == Telling::Again {
        return group;
    }
    group = why(group, worse.control);
    group = demanded(group, worse.control);
    group.element(Level::HELP.message(clip_words(&visible(&worse.remedy()), LONGEST_NOTE)))
}

fn failing_control(failing: &Failing<'_>, setting: &Setting<'_>) -> Group<'static> {
    let control = failing.control;
    let first = failing.findings.first();
    let says = first.map_or(control.reason.as_str(), |finding| finding.message.as_str());
    let (head, rest) = headline(Some(control), first.copied(), says);
    let title = Level::WARNING
        .with_name(Some(control.severity.as_str()))
        .primary_title(visible(&head))
        .id(visible(&control.id));
    let mut group = Group::with_title(title);
    if let Some((path, line)) = first.and_then(|finding| super::super::view::place(finding)) {
        let spot = spot(path, line, first.copied());
        group = group.element(element(setting.sources, &spot, AnnotationKind::Primary, ""));
    }
    if let Some(rest) = rest {
        group = note(group, &rest);
    }
    group = related(group, first.copied(), setting);
    let others = others(failing.findings.get(1..).unwrap_or_default());
    if !others.is_empty() {
        group = note(group, &format!("also at {others}"));
    }
    if let Some(reason) = further(control, says) {
        group = note(group, &reason);
    }
    if control.change.is_some() {
        group = note(group, "it was so before this change");
    }
    group = why(group, Some(control));
    group = demanded(group, Some(control));
    if control.remediation.is_empty() {
        return group;
    }
    group.element(Level::HELP.message(clip_words(&visible(&control.remediation), LONGEST_NOTE)))
}

fn others(findings: &[&FindingReport]) -> String {
    let mut places: Vec<String> = findings
        .iter()
        .filter_map(|finding| super::super::view::place(finding))
        .map(|(path, line)| at(path, line))
        .collect();
    places.dedup();
    let more = places.len().saturating_sub(MOST_PLACES);
    places.truncate(MOST_PLACES);
    let list = places.join(", ");
    if more > 0 {
        format!("{list} and {more} more")
    } else {
        list
    }
}

fn related(mut group: Group<'static>, finding: Option<&FindingReport>, setting: &Setting<'_>) -> Group<'static> {
    let all = finding.map_or(&[][..], |finding| &finding.related);
    for place in all.iter().take(MOST_PLACES) {
        group = match place.line {
            Some(line) if (setting.sources)(&place.path).is_some() => {
                let spot = Spot {
                    path: &place.path,
                    line,
                    columns: None,
                };
                let label = clip_words(&place.message, LONGEST_NOTE);
                group.element(element(setting.sources, &spot, AnnotationKind::Context, &label))
            }
            line => note(group, &format!("{}: {}", at(&place.path, line), place.message)),
        };
    }
    group
}

fn why(group: Group<'static>, control: Option<&ControlReport>) -> Group<'static> {
    match control.filter(|control| !control.rationale.is_empty()) {
        Some(control) => note(group, &format!("without it: {}", control.rationale)),
        None => group,
    }
}

fn demanded(group: Group<'static>, control: Option<&ControlReport>) -> Group<'static> {
    match control.and_then(|control| control.demanded_by.as_ref()) {
        Some((path, line)) => note(group, &format!("demanded by {}", at(path, Some(*line)))),
        None => group,
    }
}

fn note(group: Group<'static>, text: &str) -> Group<'static> {
    group.element(Level::NOTE.message(clip_words(&visible(text), LONGEST_NOTE)))
}

fn spot<'a>(path: &'a str, line: Option<u32>, finding: Option<&FindingReport>) -> Spot<'a> {
    let finding = finding.filter(|finding| finding.path.as_deref() == Some(path) && finding.line == line);
    let columns = finding.and_then(|finding| {
        let is_one_line = finding.end_line.is_none_or(|end| Some(end) == line);
        let after = finding.end_column.filter(|_| is_one_line).unwrap_or(u32::MAX);
        finding.column.map(|first| (first, after))
    });
    Spot {
        path,
        line: line.unwrap_or(1),
        columns,
    }
}

fn at(path: &str, line: Option<u32>) -> String {
    line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
}
