//! The verdict: the table of what gates, as a pure function.

use std::cmp::Reverse;

use crate::model::{
    FailOn, Gate, OutcomeKind, Regression, RegressionKind, Severity, UnknownRule, Verdict, VerdictReport,
};

use super::{Assessed, Standing};

/// Whether there is a merge base that head was compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Baseline {
    /// Head was compared.
    Known,
    /// There is nothing to compare with.
    Absent,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending<'a> {
    /// It came to a verdict.
    Judged(&'a VerdictReport),
    /// Wrong usage or an invalid policy.
    Misused,
    /// Head, base or the policy could not be read: a no-go.
    Unreadable,
}

/// What the check run says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conclusion {
    /// Nothing gates.
    Success,
    /// Something does.
    Failure,
    /// Something fails, and the gate is told never to fail.
    Neutral,
}

impl Ending<'_> {
    /// The exit status: 0 go, 1 no-go, 2 misused, 3 unreadable.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Judged(verdict) => match verdict.decision {
                Verdict::Go => 0,
                Verdict::NoGo => 1,
            },
            Self::Misused => 2,
            Self::Unreadable => 3,
        }
    }

    /// The check run's conclusion.
    pub fn conclusion(self) -> Conclusion {
        match self {
            Self::Judged(verdict) => match verdict.decision {
                Verdict::Go if verdict.neutral => Conclusion::Neutral,
                Verdict::Go => Conclusion::Success,
                Verdict::NoGo => Conclusion::Failure,
            },
            Self::Misused | Self::Unreadable => Conclusion::Failure,
        }
    }
}

impl Conclusion {
    /// GitHub's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Neutral => "neutral",
        }
    }
}

/// What gates under a level.
enum Level {
    Never,
    Regression,
    Severity(Severity),
}

impl Level {
    fn of(fail_on: FailOn, baseline: Baseline) -> Self {
        match (fail_on, baseline) {
            (FailOn::Never, _) => Self::Never,
            (FailOn::Regression, Baseline::Known) => Self::Regression,
            (FailOn::Regression, Baseline::Absent) | (FailOn::Critical, _) => Self::Severity(Severity::Critical),
            (FailOn::High, _) => Self::Severity(Severity::High),
            (FailOn::Medium, _) => Self::Severity(Severity::Medium),
            (FailOn::Low, _) => Self::Severity(Severity::Low),
        }
    }
}

/// Go or no-go, with the reasons.
///
/// `regression` gates on regressions alone; a severity on every control of it or above that fails, inherited
/// ones too, and on regressions of it or above; `never` on nothing. An unknown outcome gates only where the
/// gate says so for its severity, and where it is at or above the level.
pub fn decide(gate: &Gate, head: &[Assessed], regressions: &[Regression], baseline: Baseline) -> VerdictReport {
    let verdict = decide_at(gate, gate.fail_on, head, regressions, baseline);
    let Some(level) = gate.tightened else { return verdict };
    let second = decide_at(gate, level, head, regressions, baseline);
    match (verdict.decision, second.decision) {
        (_, Verdict::Go) => verdict,
        (Verdict::Go, Verdict::NoGo) => second,
        (Verdict::NoGo, Verdict::NoGo) => {
            let mut reasons = verdict.reasons;
            let new = second.reasons.into_iter().filter(|reason| !reasons.contains(reason));
            let new: Vec<String> = new.collect();
            reasons.extend(new);
            VerdictReport { reasons, ..second }
        }
    }
}

fn decide_at(
    gate: &Gate,
    fail_on: FailOn,
    head: &[Assessed],
    regressions: &[Regression],
    baseline: Baseline,
) -> VerdictReport {
    let binding = || head.iter().filter(|item| item.standing == Standing::Binding);
    let failing = gravest_first(binding().filter(|item| item.outcome == OutcomeKind::Fail));
    let unsettled = gravest_first(binding().filter(|item| unknown_fails(gate, item)));
    let mut worse: Vec<&Regression> = regressions.iter().filter(|found| found.gates).collect();
    worse.sort_by_key(|found| {
        (
            Reverse(found.severity),
            &found.control,
            &found.component,
            &found.message,
        )
    });

    let mut reasons = Vec::new();
    if fail_on == FailOn::Regression && baseline == Baseline::Absent {
        reasons.push("there is no base to compare with, so `regression` is judged as `critical`".to_owned());
    }
    let told = reasons.len();
    let mut neutral = false;
    match Level::of(fail_on, baseline) {
        Level::Never => {
            neutral = !(failing.is_empty() && unsettled.is_empty() && worse.is_empty());
            if neutral {
                reasons.push(never_gates(failing.len() + unsettled.len(), worse.len()));
            }
        }
        Level::Regression => {
            reasons.extend(worse_reason(&worse, None));
            reasons.extend(unknown_reason(&unsettled));
        }
        Level::Severity(severity) => {
            let at_level = |item: &&Assessed| item.info.severity >= severity;
            let worse: Vec<&Regression> = worse.into_iter().filter(|found| found.severity >= severity).collect();
            let failing: Vec<&Assessed> = failing.into_iter().filter(at_level).collect();
            let unsettled: Vec<&Assessed> = unsettled.into_iter().filter(at_level).collect();
            reasons.extend(worse_reason(&worse, Some(severity)));
            reasons.extend(failing_reason(&failing, severity));
            reasons.extend(unknown_reason(&unsettled));
        }
    }
    let decision = if neutral || reasons.len() == told {
        Verdict::Go
    } else {
        Verdict::NoGo
    };
    if reasons.len() == told {
        reasons.push(nothing_gates(fail_on, baseline));
    }
    VerdictReport {
        decision,
        reasons,
        score: score(head),
        neutral,
    }
}

/// 100 × severity-weighted passes ÷ applicable, rounded down, so that only all is 100; what is unknown or
/// waived has not passed. `None` where nothing applies. For reading only, never the gate.
pub fn score(head: &[Assessed]) -> Option<u8> {
    let (mut passed, mut applicable) = (0, 0);
    for item in head.iter().filter(|item| item.standing == Standing::Binding) {
        let weight = item.info.severity.weight();
        match item.outcome {
            OutcomeKind::Pass => {
                passed += weight;
                applicable += weight;
            }
            OutcomeKind::Fail | OutcomeKind::Unknown | OutcomeKind::Waived => applicable += weight,
            OutcomeKind::NotApplicable => {}
        }
    }
    let percent = (100 * passed).checked_div(applicable)?;
    u8::try_from(percent).ok()
}

/// The order of the reasons is not that of the input.
fn gravest_first<'a>(items: impl Iterator<Item = &'a Assessed>) -> Vec<&'a Assessed> {
    let mut items: Vec<&Assessed> = items.collect();
    items.sort_by(|left, right| {
        let key = |item: &'a Assessed| (Reverse(item.info.severity), &item.info.id, item.folder());
        key(left).cmp(&key(right))
    });
    items
}

fn unknown_fails(gate: &Gate, item: &Assessed) -> bool {
    item.outcome == OutcomeKind::Unknown
        && item.waiver.is_none()
        && match gate.unknown_at(item.info.severity) {
            UnknownRule::Report => false,
            UnknownRule::Fail => true,
        }
}

fn nothing_gates(fail_on: FailOn, baseline: Baseline) -> String {
    match (fail_on, baseline) {
        (FailOn::Never, _) => "nothing fails".to_owned(),
        (FailOn::Regression, Baseline::Known) => "nothing got worse against the merge base".to_owned(),
        (FailOn::Regression, Baseline::Absent) | (FailOn::Critical, _) => "no critical control fails".to_owned(),
        (FailOn::High | FailOn::Medium | FailOn::Low, _) => {
            format!("no control of severity {} or above fails", fail_on.as_str())
        }
    }
}

fn never_gates(failing: usize, worse: usize) -> String {
    let controls = match failing {
        0 => None,
        1 => Some("1 control fails".to_owned()),
        count => Some(format!("{count} controls fail")),
    };
    let worse = match worse {
        0 => None,
        1 => Some("1 thing got worse".to_owned()),
        count => Some(format!("{count} things got worse")),
    };
    let what: Vec<String> = controls.into_iter().chain(worse).collect();
    format!("{}, and `fail-on = \"never\"` blocks nothing", what.join(" and "))
}

fn worse_reason(worse: &[&Regression], severity: Option<Severity>) -> Option<String> {
    let names = worse.iter().map(|found| match (&found.control, &found.component) {
        (Some(control), component) => name(control, component.as_deref(), found.severity),
        (None, _) => match found.kind {
            RegressionKind::Workflow => "the gate's workflow".to_owned(),
            RegressionKind::Policy => "the policy is invalid".to_owned(),
            RegressionKind::Finding
            | RegressionKind::Unknown
            | RegressionKind::NotApplicable
            | RegressionKind::Weakening => found.message.clone(),
        },
    });
    let names = list(names)?;
    let level = severity.map(at_or_above).unwrap_or_default();
    Some(match worse.len() {
        1 => format!("1 regression{level} against the merge base: {names}"),
        count => format!("{count} regressions{level} against the merge base: {names}"),
    })
}

fn failing_reason(failing: &[&Assessed], severity: Severity) -> Option<String> {
    let names = list(failing.iter().map(|item| item_name(item)))?;
    let level = at_or_above(severity);
    Some(match failing.len() {
        1 => format!("1 control{level} fails: {names}"),
        count => format!("{count} controls{level} fail: {names}"),
    })
}

fn unknown_reason(unsettled: &[&Assessed]) -> Option<String> {
    let names = list(unsettled.iter().map(|item| item_name(item)))?;
    Some(match unsettled.len() {
        1 => format!("1 control could not be settled, which `[gate] unknown` counts as failing: {names}"),
        count => format!("{count} controls could not be settled, which `[gate] unknown` counts as failing: {names}"),
    })
}

fn at_or_above(severity: Severity) -> String {
    if severity == Severity::Critical {
        " of severity critical".to_owned()
    } else {
        format!(" of severity {} or above", severity.as_str())
    }
}

fn item_name(item: &Assessed) -> String {
    name(&item.info.id, item.folder(), item.info.severity)
}

fn name(control: &str, component: Option<&str>, severity: Severity) -> String {
    match component {
        None | Some(".") => format!("`{control}` ({})", severity.as_str()),
        Some(folder) => format!("`{control}` in `{folder}` ({})", severity.as_str()),
    }
}

/// The first five different names, and how many more there are.
fn list(names: impl Iterator<Item = String>) -> Option<String> {
    const SHOWN: usize = 5;
    let mut distinct: Vec<String> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for name in names {
        if known.insert(name.clone()) {
            distinct.push(name);
        }
    }
    let more = distinct.len().saturating_sub(SHOWN);
    distinct.truncate(SHOWN);
    let shown = distinct.join(", ");
    match (distinct.len(), more) {
        (0, _) => None,
        (_, 0) => Some(shown),
        (_, more) => Some(format!("{shown} and {more} more")),
    }
}
