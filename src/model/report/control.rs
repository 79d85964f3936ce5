//! What a run says of one control.

use serde::Serialize;

use super::{Change, OutcomeKind};
use crate::model::{Cause, Date, Severity, Strength};

/// One (control, component) pair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ControlReport {
    /// The control's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How grave a gap is.
    pub severity: Severity,
    /// Its category.
    pub category: String,
    /// The component's folder; `None` for a control of the whole repository.
    pub component: Option<String>,
    /// The outcome.
    pub outcome: OutcomeKind,
    /// Why it is unknown.
    pub cause: Option<Cause>,
    /// Against the merge base; `None` without one.
    pub change: Option<Change>,
    /// One sentence that a person understands.
    pub reason: String,
    /// What speaks for the outcome.
    pub evidence: Vec<EvidenceReport>,
    /// Where it falls short.
    pub findings: Vec<FindingReport>,
    /// What to do.
    pub remediation: String,
    /// The waiver that accepts the gap.
    pub waiver: Option<Waived>,
    /// The attestation that vouches for it.
    pub attestation: Option<Attested>,
    /// What happens without it. Not in the contract's minimum, and an addition to it.
    pub rationale: String,
    /// Where the policy demands it: path and line, for the second label of a finding.
    pub demanded_by: Option<(String, u32)>,
    /// Where it does not apply: what a checklist's line that asks for it is told, if the policy says that it may ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<OutcomeKind>,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceReport {
    /// The file, or the name of who said so.
    pub path: String,
    /// The line.
    pub line: Option<u32>,
    /// The column.
    pub column: Option<u32>,
    /// The words found, secrets masked.
    pub text: String,
    /// How strong it is.
    pub strength: Strength,
}

/// One place where a control falls short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingReport {
    /// What is wrong.
    pub message: String,
    /// Where it is shown: the finding's own place, or its anchor. `None` where there is nowhere but the summary.
    pub path: Option<String>,
    /// The line.
    pub line: Option<u32>,
    /// The column.
    pub column: Option<u32>,
    /// The last line.
    pub end_line: Option<u32>,
    /// The column after the last character.
    pub end_column: Option<u32>,
    /// Which finding it is, across edits, moves and renames.
    pub fingerprint: String,
    /// Further places.
    pub related: Vec<RelatedReport>,
    /// Whether the merge base has it not; `None` without a merge base.
    pub introduced: Option<bool>,
}

/// A further place of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelatedReport {
    /// The file.
    pub path: String,
    /// The line.
    pub line: Option<u32>,
    /// What is to be said of it.
    pub message: String,
}

/// The waiver in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waived {
    /// Why the gap is accepted.
    pub reason: String,
    /// Who accepted it.
    pub owner: String,
    /// The last day on which it counts.
    pub expires: Date,
    /// The paths it is limited to.
    pub path: Option<String>,
}

/// The attestation in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attested {
    /// Who vouches.
    pub by: String,
    /// Since when.
    pub on: Date,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where the evidence is.
    pub evidence: String,
}
