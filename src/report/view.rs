//! The one order in which every format tells the same things: worst first.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::escape::{has_long_code, short_code};
use crate::model::{Cause, Change, ControlReport, FindingReport, OutcomeKind, Regression, RegressionKind, Report};

/// A report's parts in the order of telling. It picks and sorts; it decides nothing.
pub(super) struct View<'a> {
    /// Worst first: those that gate, by severity, by place.
    pub(super) regressions: Vec<Worse<'a>>,
    /// Failing controls with what is no regression, by severity, then id and component.
    pub(super) failing: Vec<Failing<'a>>,
    /// Unsettled controls by cause.
    pub(super) unknown: Vec<(Cause, Vec<&'a ControlReport>)>,
    /// What failed in the merge base and passes now.
    pub(super) fixed: Vec<&'a ControlReport>,
    /// Accepted gaps.
    pub(super) waived: Vec<&'a ControlReport>,
    /// What passes by a person's word.
    pub(super) attested: Vec<&'a ControlReport>,
}

/// A regression with the control and the finding that it is about.
#[derive(Clone, Copy)]
pub(super) struct Worse<'a> {
    pub(super) regression: &'a Regression,
    pub(super) control: Option<&'a ControlReport>,
    pub(super) finding: Option<&'a FindingReport>,
    pub(super) telling: Telling,
}

/// How much is said of a regression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// All there is to say.
    Whole,
    /// What and where: the rest was said of an earlier finding of the same control.
    Again,
}

/// A failing control with those of its findings that are no regressions.
pub(super) struct Failing<'a> {
    pub(super) control: &'a ControlReport,
    pub(super) findings: Vec<&'a FindingReport>,
}

impl<'a> View<'a> {
    pub(super) fn new(report: &'a Report) -> Self {
        let regressions = regressions(report);
        let by_outcome = |outcome| report.controls.iter().filter(move |control| control.outcome == outcome);
        let mut unknown: BTreeMap<Cause, Vec<&ControlReport>> = BTreeMap::new();
        for control in by_outcome(OutcomeKind::Unknown) {
            // A control that is unknown without a cause has our own limit as its cause: nothing else is known of it.
            unknown
                .entry(control.cause.unwrap_or(Cause::Unmodelled))
                .or_default()
                .push(control);
        }
        Self {
            failing: failing(report, &regressions),
            regressions,
            unknown: unknown.into_iter().collect(),
            fixed: by_change(report, Change::Fixed),
            waived: by_outcome(OutcomeKind::Waived).collect(),
            attested: by_outcome(OutcomeKind::Pass)
                .filter(|control| control.attestation.is_some())
                .collect(),
        }
    }

    /// The first thing to mend: the worst regression, else the worst failing control.
    pub(super) fn first(&self) -> Option<First<'a>> {
        let worse = self.regressions.iter().find(|worse| worse.regression.gates);
        if let Some(worse) = worse.or(self.regressions.first().filter(|_| self.failing.is_empty())) {
            return Some(First {
                control: worse.control,
                place: worse.place(),
                remedy: worse.remedy(),
            });
        }
        self.failing.first().map(|failing| First {
            control: Some(failing.control),
            place: failing.findings.first().and_then(|finding| place(finding)),
            remedy: failing.control.remediation.clone(),
        })
    }
}

/// What to mend first.
pub(super) struct First<'a> {
    pub(super) control: Option<&'a ControlReport>,
    pub(super) place: Option<(&'a str, Option<u32>)>,
    pub(super) remedy: String,
}

impl<'a> Worse<'a> {
    pub(super) fn place(&self) -> Option<(&'a str, Option<u32>)> {
        let own = self.regression.path.as_deref().map(|path| (path, self.regression.line));
        own.or_else(|| self.finding.and_then(place))
    }

    /// The control whose requirement is not met any more; nothing where something else is the matter with it.
    pub(super) fn missed(&self) -> Option<&'a ControlReport> {
        match self.regression.kind {
            RegressionKind::Finding => self.control,
            RegressionKind::Unknown
            | RegressionKind::NotApplicable
            | RegressionKind::Weakening
            | RegressionKind::Workflow
            | RegressionKind::Policy => None,
        }
    }

    /// What to do about it. A weakening has no remediation of its own: it is taken back or approved.
    pub(super) fn remedy(&self) -> String {
        let remediation = || self.control.map(|control| control.remediation.clone());
        let own = match self.regression.kind {
            RegressionKind::Finding | RegressionKind::NotApplicable => remediation(),
            // The reason says what could not be read; the control's remediation would be about something else.
            RegressionKind::Unknown => None,
            RegressionKind::Weakening | RegressionKind::Workflow | RegressionKind::Policy => None,
        };
        own.filter(|text| !text.is_empty())
            .unwrap_or_else(|| remedy(self.regression.kind).to_owned())
    }
}

fn remedy(kind: RegressionKind) -> &'static str {
    match kind {
        RegressionKind::Finding => "Take the change back, or mend what it says",
        RegressionKind::Unknown => "Mend the file so that it can be read again",
        RegressionKind::NotApplicable => "Put back what the control speaks of, or let an owner remove the control",
        RegressionKind::Weakening => "Take it back, or let a code owner of the policy approve this pull request",
        RegressionKind::Workflow => {
            "Leave the workflow as it is, or let a code owner of the policy approve this pull request"
        }
        RegressionKind::Policy => "Mend the policy: `readygate policy check` lists its mistakes",
    }
}

/// What would settle an unknown outcome of this cause, where its reason does not say it.
pub(super) fn settle(cause: Cause) -> &'static str {
    match cause {
        Cause::Permission => "a token that may read it (input `settings-token`)",
        Cause::Limit => "another run later, or a run on a checkout",
        Cause::Network => "another run with the server in reach",
        Cause::Size => "smaller files, or an `exclude` for them",
        Cause::Parse => "mending the files so that they can be parsed",
        Cause::Encoding => "saving the files as UTF-8 text",
        Cause::Generated => "committing what the files are generated from",
        Cause::Unmodelled => "a person's word: an `[[attestation]]` in the policy",
    }
}

/// What stands first of what fails, and what is left to be said after it. What is wrong at a line says it best, or a short
/// sentence; where how it was looked for makes a long one, or one of patterns, the requirement comes first.
pub(super) fn headline<'a>(
    control: Option<&'a ControlReport>,
    finding: Option<&FindingReport>,
    says: &'a str,
) -> (Cow<'a, str>, Option<String>) {
    const SHORT: usize = 140;
    let has_line = finding.is_some_and(|finding| finding.line.is_some() && finding.column.is_some());
    let is_short = says.chars().count() <= SHORT;
    let is_clear = has_line || (is_short && !has_long_code(says));
    match control.filter(|control| !is_clear && !control.title.is_empty() && control.title != says) {
        Some(control) => (format!("not met: {}", control.title).into(), Some(short_code(says))),
        None => (says.into(), None),
    }
}

/// The control's reason, where it says something that no finding says: that it does not gate yet, or that a
/// waiver has run out.
pub(super) fn further(control: &ControlReport, said: &str) -> Option<String> {
    let reason = control.reason.as_str();
    let is_said = reason == said || control.findings.iter().any(|finding| finding.message == reason);
    (!is_said && !reason.is_empty()).then(|| short_code(reason))
}

/// A finding's place, if it has one.
pub(super) fn place(finding: &FindingReport) -> Option<(&str, Option<u32>)> {
    finding.path.as_deref().map(|path| (path, finding.line))
}

fn by_change(report: &Report, change: Change) -> Vec<&ControlReport> {
    let mut found: Vec<_> = report
        .controls
        .iter()
        .filter(|control| control.change == Some(change))
        .collect();
    found.sort_by_key(|control| (std::cmp::Reverse(control.severity), &control.id, &control.component));
    found
}

fn regressions(report: &Report) -> Vec<Worse<'_>> {
    let controls: HashMap<(&str, Option<&str>), &ControlReport> = report
        .controls
        .iter()
        .map(|control| ((control.id.as_str(), control.component.as_deref()), control))
        .collect();
    let mut findings = HashMap::new();
    for control in &report.controls {
        for finding in &control.findings {
            let key = (
                control.id.as_str(),
                control.component.as_deref(),
                finding.fingerprint.as_str(),
            );
            findings.entry(key).or_insert(finding);
        }
    }
    let mut found: Vec<Worse<'_>> = report
        .regressions
        .iter()
        .map(|regression| {
            let component = regression.component.as_deref();
            let id = regression.control.as_deref();
            let fingerprint = regression.fingerprint.as_deref();
            let key = id
                .zip(fingerprint)
                .map(|(id, fingerprint)| (id, component, fingerprint));
            Worse {
                regression,
                control: id.and_then(|id| controls.get(&(id, component)).copied()),
                finding: key.and_then(|key| findings.get(&key).copied()),
                telling: Telling::Whole,
            }
        })
        .collect();
    found.sort_by_key(|worse| {
        let regression = worse.regression;
        let grave = std::cmp::Reverse((regression.gates, regression.severity));
        (
            grave,
            &regression.path,
            regression.line,
            &regression.control,
            &regression.message,
        )
    });
    let mut told = HashSet::new();
    for worse in &mut found {
        let subject = (&worse.regression.control, &worse.regression.component);
        if worse.control.is_some() && !told.insert(subject) {
            worse.telling = Telling::Again;
        }
    }
    found
}

fn failing<'a>(report: &'a Report, regressions: &[Worse<'a>]) -> Vec<Failing<'a>> {
    let told: HashSet<*const FindingReport> = regressions
        .iter()
        .filter_map(|worse| worse.finding)
        .map(std::ptr::from_ref)
        .collect();
    let mut found: Vec<Failing<'a>> = report
        .controls
        .iter()
        .filter(|control| control.outcome == OutcomeKind::Fail)
        .map(|control| Failing {
            control,
            findings: control
                .findings
                .iter()
                .filter(|finding| !told.contains(&std::ptr::from_ref(*finding)))
                .collect(),
        })
        .filter(|failing| !failing.findings.is_empty() || failing.control.findings.is_empty())
        .collect();
    found.sort_by_key(|failing| {
        let control = failing.control;
        (std::cmp::Reverse(control.severity), &control.id, &control.component)
    });
    found
}
