//! The result of a run, as every format tells it and as `--format json` prints it.
//!
//! The shape is a contract with users' scripts: fields are added, never renamed or removed.

mod control;

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Component, Date, Severity};

pub use control::{Attested, ControlReport, EvidenceReport, FindingReport, RelatedReport, Waived};

/// The whole result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The version of this shape: 1.
    pub version: u32,
    /// Who made it.
    pub tool: Tool,
    /// The day on which expiries were judged.
    pub as_of: Date,
    /// What was judged.
    pub target: Target,
    /// By which policy.
    pub policy: PolicyReport,
    /// Go or no-go.
    pub verdict: VerdictReport,
    /// (control, component) pairs by outcome.
    pub counts: Counts,
    /// The components, by path.
    pub components: Vec<Component>,
    /// Every (control, component) pair, by id and path.
    pub controls: Vec<ControlReport>,
    /// The checklists read.
    pub checklists: Vec<ChecklistReport>,
    /// What this change made worse.
    pub regressions: Vec<Regression>,
    /// Waivers and attestations that don't count, are not needed or end soon, by place. An addition to the contract.
    pub notices: Vec<Notice>,
    /// What it cost. The one part that differs between two runs on the same input.
    pub cost: Cost,
}

/// The program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// `readygate`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Where the repository was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// From disk.
    Local,
    /// Through GitHub's API.
    Github,
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// `owner/name`, where it is known.
    pub repository: Option<String>,
    /// The ref, as the user or the event named it.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// Head's commit; `None` in a folder without git.
    pub sha: Option<String>,
    /// Whether the working tree differs from `sha`.
    pub dirty: bool,
    /// The commit that findings are compared with.
    pub merge_base: Option<String>,
    /// The base branch's tip, whose policy judges.
    pub base: Option<String>,
    /// Where it was read.
    pub source: SourceKind,
}

/// The policy that judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyReport {
    /// Its path, or `builtin:NAME`.
    pub path: String,
    /// The commit that it was read from; `None` for a local file or a built-in one.
    pub sha: Option<String>,
    /// The packs that it extends, in the order in which they were taken in.
    pub packs: Vec<String>,
}

/// Go or no-go. Made by `judge::decide` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Verdict {
    /// The merge may go on.
    #[serde(rename = "go")]
    Go,
    /// It may not.
    #[serde(rename = "no-go")]
    NoGo,
}

impl Verdict {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo => "no-go",
        }
    }
}

/// The decision with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictReport {
    /// Go or no-go.
    pub decision: Verdict,
    /// Why, each one sentence; never empty.
    pub reasons: Vec<String>,
    /// 0 to 100, for reading only; `None` where nothing applies.
    pub score: Option<u8>,
    /// Whether the check run is to be neutral: `fail-on = "never"` with something failing. Not part of the JSON.
    #[serde(skip)]
    pub neutral: bool,
}

/// Pairs by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Met.
    pub pass: u32,
    /// Not met.
    pub fail: u32,
    /// Not settled.
    pub unknown: u32,
    /// Nothing here that it speaks of.
    pub not_applicable: u32,
    /// An accepted gap.
    pub waived: u32,
}

/// A control's outcome after waivers and attestations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// Met.
    Pass,
    /// Not met.
    Fail,
    /// Not settled.
    Unknown,
    /// Nothing here that it speaks of.
    NotApplicable,
    /// An accepted gap.
    Waived,
}

impl OutcomeKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not-applicable",
            Self::Waived => "waived",
        }
    }
}

/// How an outcome compares with the merge base's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Worse than before, by the rules of regressions.
    Regressed,
    /// It failed and now passes.
    Fixed,
    /// Neither.
    Unchanged,
}

/// What is to be said of a waiver or an attestation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Its last day is past.
    Expired,
    /// The files that it covers are not those that were signed.
    Void,
    /// It does not count for another reason.
    Refused,
    /// It counts, and ends within [`STALE_DAYS`].
    Stale,
    /// It counts, and nothing needs it.
    Unused,
}

/// So many days before its end a waiver or an attestation is called stale, so that renewing it is not forgotten.
pub const STALE_DAYS: i64 = 14;

/// Something that the people who keep the policy want to know of a waiver or an attestation, and that decides
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Notice {
    /// The policy file.
    pub path: String,
    /// The line in it.
    pub line: u32,
    /// What kind it is.
    pub kind: NoticeKind,
    /// The control that the waiver or attestation is about.
    pub control: String,
    /// One sentence without a full stop.
    pub message: String,
}

/// What kind of regression it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RegressionKind {
    /// A finding that the merge base has not.
    Finding,
    /// An outcome that was settled and is unknown because of the content.
    Unknown,
    /// An outcome that turned not-applicable while the component still exists.
    NotApplicable,
    /// Head's policy asks for less.
    Weakening,
    /// Head changes the workflow that runs the gate.
    Workflow,
    /// Head's policy is invalid, and base's was not.
    Policy,
}

/// Something that this change made worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Regression {
    /// What kind it is.
    pub kind: RegressionKind,
    /// The control, if it is about one.
    pub control: Option<String>,
    /// The component, if it is about one.
    pub component: Option<String>,
    /// The control's severity; a weakening has the severity of what it weakens.
    pub severity: Severity,
    /// Where it is shown.
    pub path: Option<String>,
    /// The line.
    pub line: Option<u32>,
    /// What happened, one sentence without a full stop.
    pub message: String,
    /// The finding, if it is one.
    pub fingerprint: Option<String>,
    /// Whether it gates: a weakening under `weakening = "report"`, or an approved one, does not.
    pub gates: bool,
}

/// One checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChecklistReport {
    /// The document.
    pub path: String,
    /// Controls that its items ask for and that concern something here: of these so many are met.
    pub progress: Progress,
    /// How many items have which verdict.
    pub counts: BTreeMap<String, usize>,
    /// Its items, by line.
    pub items: Vec<ItemReport>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// How far a checklist's controls are met; ten boxes for one control are one step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Those that pass, by evidence or a person's word.
    pub met: usize,
    /// All that apply.
    pub controls: usize,
}

/// One item of a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemReport {
    /// The line.
    pub line: u32,
    /// The words.
    pub text: String,
    /// What the document says of it.
    pub state: String,
    /// The controls it is bound to.
    pub controls: Vec<String>,
    /// What the evidence says of it.
    pub verdict: String,
    /// Why, one sentence.
    pub reason: String,
    /// The place that decides.
    pub evidence: Option<RelatedReport>,
    /// Whether it says that it is done, and did not in the merge base; `None` without a merge base.
    pub newly_done: Option<bool>,
}

/// What a run cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// Entries in head's tree.
    pub files_listed: u64,
    /// Blobs read, head and base together.
    pub files_read: u64,
    /// Their bytes.
    pub bytes_read: u64,
    /// Files of head that are no evidence, by why: a class that was not opened, or `large`, `binary`, `encoding`,
    /// `minified`, `generated`, `unparsed`.
    pub skipped: BTreeMap<String, u64>,
    /// Requests to GitHub.
    pub api_requests: u64,
    /// Wall time.
    pub elapsed_ms: u64,
}
