//! What is said beside the code: one remark a finding, for annotations and workflow commands alike.

use std::borrow::Cow;

use crate::model::{ControlReport, FindingReport, RegressionKind, Report, Verdict};

use super::escape::{clip, visible};
use super::view::{Failing, View, Worse, headline, place};
use super::waiver;

/// How loud a remark is; the loudest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Loudness {
    /// It blocks the merge.
    Error,
    /// It fails and this change may have to do with it.
    Warning,
    /// It failed before this change, too.
    Notice,
}

/// One remark. Its texts are plain, on lines of their own, with nothing hidden in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Remark {
    pub(super) loudness: Loudness,
    /// A path of the repository; `None` for what has no place but the summary.
    pub(super) path: Option<String>,
    pub(super) lines: (u32, u32),
    /// First column and the one after the last, only of a remark on one line.
    pub(super) columns: Option<(u32, u32)>,
    pub(super) title: String,
    pub(super) message: String,
    /// The waiver that would accept it, as TOML.
    pub(super) waiver: Option<String>,
}

/// All remarks, the loudest first, then as every format orders them.
pub(super) fn remarks(report: &Report) -> Vec<Remark> {
    let view = View::new(report);
    let has_error = view.regressions.iter().any(|worse| worse.regression.gates);
    // When no regression explains a no-go, what failed before does, and a notice would be too quiet for it.
    let inherited = match report.verdict.decision {
        Verdict::NoGo if !has_error => Loudness::Warning,
        Verdict::NoGo | Verdict::Go => Loudness::Notice,
    };
    let mut all: Vec<Remark> = view
        .regressions
        .iter()
        .map(|worse| of_regression(report, worse))
        .collect();
    all.extend(
        view.failing
            .iter()
            .flat_map(|failing| of_failing(report, failing, inherited)),
    );
    all.sort_by_key(|remark| remark.loudness);
    all
}

/// Whether a path is one of the repository's files, and no name of a pack or of a setting.
pub(super) fn is_file(path: &str) -> bool {
    let is_name = ["builtin:", "github:"].iter().any(|prefix| path.starts_with(prefix));
    !path.is_empty() && path != "." && !is_name && !path.starts_with('/')
}

fn of_regression(report: &Report, worse: &Worse<'_>) -> Remark {
    let regression = worse.regression;
    let loudness = if regression.gates {
        Loudness::Error
    } else {
        Loudness::Warning
    };
    let place = worse.place();
    let what = regression.control.as_deref().unwrap_or(match regression.kind {
        RegressionKind::Finding | RegressionKind::Unknown | RegressionKind::NotApplicable => "regression",
        RegressionKind::Weakening | RegressionKind::Policy => "policy",
        RegressionKind::Workflow => "workflow",
    });
    let accept = match (regression.kind, worse.control) {
        (RegressionKind::Finding, Some(control)) => Some(snippet(report, control, worse.finding)),
        _ => None,
    };
    Remark {
        loudness,
        path: place.map(|(path, _)| path.to_owned()).filter(|path| is_file(path)),
        lines: lines(place.and_then(|(_, line)| line), worse.finding),
        columns: columns(place, worse.finding),
        title: title(&format!("{}: {what}", regression.severity.as_str())),
        message: message(
            headline(worse.missed(), worse.finding, &regression.message),
            "new in this change",
            &worse.remedy(),
        ),
        waiver: accept,
    }
}

fn of_failing(report: &Report, failing: &Failing<'_>, inherited: Loudness) -> Vec<Remark> {
    let control = failing.control;
    let title = title(&format!("{}: {}", control.severity.as_str(), control.id));
    let remark = |finding: Option<&FindingReport>| {
        let is_old = finding.and_then(|finding| finding.introduced) == Some(false) || control.change.is_some();
        let place = finding.and_then(place);
        let says = finding.map_or(control.reason.as_str(), |finding| finding.message.as_str());
        Remark {
            loudness: if is_old { inherited } else { Loudness::Warning },
            path: place.map(|(path, _)| path.to_owned()).filter(|path| is_file(path)),
            lines: lines(place.and_then(|(_, line)| line), finding),
            columns: columns(place, finding),
            title: title.clone(),
            message: message(
                headline(Some(control), finding, says),
                if is_old { "was so before this change" } else { "" },
                &control.remediation,
            ),
            waiver: Some(snippet(report, control, finding)),
        }
    };
    if failing.findings.is_empty() {
        return vec![remark(None)];
    }
    failing.findings.iter().map(|finding| remark(Some(finding))).collect()
}

/// The waiver for a control, or for one finding of it that has a place of its own.
pub(super) fn snippet(report: &Report, control: &ControlReport, finding: Option<&FindingReport>) -> String {
    const DAYS: u64 = 30;
    let expires = report
        .as_of
        .checked_add_days(chrono::Days::new(DAYS))
        .unwrap_or(report.as_of);
    // Without a column the place is an anchor for a missing thing, and no path that a waiver could name.
    let own = finding
        .filter(|finding| finding.column.is_some())
        .and_then(|finding| finding.path.as_deref());
    waiver(&control.id, own.filter(|path| is_file(path)), expires)
}

fn title(text: &str) -> String {
    // GitHub takes at most 255 characters.
    clip(&visible(text), 200)
}

fn message((head, rest): (Cow<'_, str>, Option<String>), when: &str, remedy: &str) -> String {
    const LONGEST: usize = 1_000;
    let mut text = clip(&visible(&head), LONGEST);
    if !when.is_empty() {
        text.push_str(&format!(" ({when})"));
    }
    if let Some(rest) = rest {
        text.push_str(&format!("\n{}", clip(&visible(&rest), LONGEST)));
    }
    if !remedy.is_empty() {
        text.push_str(&format!("\nWhat to do: {}", clip(&visible(remedy), LONGEST)));
    }
    text
}

fn lines(line: Option<u32>, finding: Option<&FindingReport>) -> (u32, u32) {
    let first = line.unwrap_or(1).max(1);
    let last = finding.and_then(|finding| finding.end_line).unwrap_or(first);
    (first, last.max(first))
}

/// The columns of a finding that stands at this place, on one line.
fn columns(place: Option<(&str, Option<u32>)>, finding: Option<&FindingReport>) -> Option<(u32, u32)> {
    let (_, line) = place?;
    let finding = finding.filter(|finding| line.is_some() && finding.line == line)?;
    let first = finding.column?.max(1);
    let is_one_line = finding.end_line.is_none_or(|end| Some(end) == line);
    is_one_line.then(|| (first, finding.end_column.unwrap_or(first).max(first)))
}
