//! The result of a run, put together: here everything is counted, so that no format has to.

use crate::model::{
    ChecklistReport, ControlReport, Cost, Counts, Date, Evidence, EvidenceReport, FindingReport, Gate, Notice,
    OutcomeKind, Place, PolicyReport, Regression, Related, RelatedReport, Report, Target, Tool,
};

use super::anchor::places;
use super::compare::sort;
use super::{Assessed, Baseline, Comparison, Finding, Side, Standing, decide};

/// All that a report is made of.
#[derive(Debug)]
pub struct Material<'a> {
    /// The program.
    pub tool: Tool,
    /// The day.
    pub as_of: Date,
    /// What was judged.
    pub target: Target,
    /// By which policy.
    pub policy: PolicyReport,
    /// The gate in force: the policy's, tightened by options.
    pub gate: &'a Gate,
    /// Head.
    pub head: Side<'a>,
    /// How head compares with the merge base; `None` without one.
    pub comparison: Option<Comparison>,
    /// Regressions beside those of the comparison: weakenings, charged already.
    pub charged: Vec<Regression>,
    /// The checklists read.
    pub checklists: Vec<ChecklistReport>,
    /// What is to be said of waivers and attestations.
    pub notices: Vec<Notice>,
    /// What it cost.
    pub cost: Cost,
}

/// The result.
pub fn report(material: Material<'_>) -> Report {
    let head = material.head;
    let baseline = match material.comparison {
        Some(_) => Baseline::Known,
        None => Baseline::Absent,
    };
    let comparison = material.comparison.unwrap_or_else(|| alone(head));
    let items = head.items.iter().enumerate();
    let mut controls: Vec<ControlReport> = items.map(|(index, item)| control(item, index, &comparison)).collect();
    controls.sort_by(|left, right| (&left.id, &left.component).cmp(&(&right.id, &right.component)));
    let mut regressions = comparison.regressions;
    regressions.extend(material.charged);
    sort(&mut regressions);
    let mut components = head.snapshot.components.clone();
    components.sort_by(|left, right| left.path.cmp(&right.path));
    Report {
        version: 1,
        tool: material.tool,
        as_of: material.as_of,
        target: material.target,
        policy: material.policy,
        verdict: decide(material.gate, head.items, &regressions, baseline),
        counts: count(head.items),
        components,
        controls,
        checklists: material.checklists,
        regressions,
        notices: material.notices,
        cost: material.cost,
    }
}

/// Head without anything to compare it with.
fn alone(head: Side<'_>) -> Comparison {
    let untold = head.items.iter().map(|item| vec![None; item.findings.len()]);
    Comparison {
        changes: vec![None; head.items.len()],
        introduced: untold.collect(),
        places: places(head, None),
        regressions: Vec::new(),
    }
}

fn count(items: &[Assessed]) -> Counts {
    let mut counts = Counts::default();
    for item in items {
        let counter = match item.outcome {
            OutcomeKind::Pass => &mut counts.pass,
            OutcomeKind::Fail => &mut counts.fail,
            OutcomeKind::Unknown => &mut counts.unknown,
            OutcomeKind::NotApplicable => &mut counts.not_applicable,
            OutcomeKind::Waived => &mut counts.waived,
        };
        *counter += 1;
    }
    counts
}

fn control(item: &Assessed, index: usize, comparison: &Comparison) -> ControlReport {
    let is_waived = item.outcome == OutcomeKind::Waived;
    let shown = item
        .findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| is_waived || finding.waived.is_none());
    let findings = shown.map(|(at, found)| {
        let place = comparison.places[index][at].as_ref();
        finding(found, place, comparison.introduced[index][at])
    });
    ControlReport {
        id: item.info.id.clone(),
        title: item.info.title.clone(),
        severity: item.info.severity,
        category: item.info.category.clone(),
        component: item.folder().map(str::to_owned),
        outcome: item.outcome,
        cause: item.unread.as_ref().map(|unread| unread.cause),
        change: comparison.changes[index],
        reason: reason(item),
        evidence: item.evidence.iter().map(evidence).collect(),
        findings: findings.collect(),
        remediation: item.info.remediation.clone(),
        waiver: item.waiver.clone(),
        attestation: item.attestation.clone(),
        rationale: item.info.rationale.clone(),
        demanded_by: item.origin.as_ref().map(|origin| (origin.path.clone(), origin.line)),
        asked: item.asked.as_ref().map(|asked| asked.outcome),
    }
}

/// The reason, with what would settle it where it is unknown.
fn reason(item: &Assessed) -> String {
    let settle = item.unread.as_ref().filter(|unread| !unread.settle.is_empty());
    let reason = match settle {
        Some(unread) => format!("{}; to settle it, {}", item.reason, unread.settle),
        None => item.reason.clone(),
    };
    match item.standing {
        Standing::Binding => reason,
        Standing::Preview => format!("only head's policy asks for this, so it does not gate yet: {reason}"),
    }
}

fn evidence(found: &Evidence) -> EvidenceReport {
    EvidenceReport {
        path: found.place.path.as_str().to_owned(),
        line: found.place.line,
        column: found.place.column,
        text: found.text.clone(),
        strength: found.strength,
    }
}

fn finding(found: &Finding, place: Option<&Place>, introduced: Option<bool>) -> FindingReport {
    FindingReport {
        message: found.gap.message.clone(),
        path: place.map(|place| place.path.as_str().to_owned()),
        line: place.and_then(|place| place.line),
        column: place.and_then(|place| place.column),
        end_line: place.and_then(|place| place.end_line),
        end_column: place.and_then(|place| place.end_column),
        fingerprint: found.fingerprint.clone(),
        related: found.gap.related.iter().map(related).collect(),
        introduced,
    }
}

pub(super) fn related(found: &Related) -> RelatedReport {
    RelatedReport {
        path: found.place.path.as_str().to_owned(),
        line: found.place.line,
        message: found.message.clone(),
    }
}
