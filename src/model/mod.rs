//! The nouns that every room shares. No decisions are made here.
//!
//! Law: plain data and look-ups over it; may use `text` alone; no IO, no clock, no environment.

mod class;
mod component;
mod control;
mod facts;
mod gate;
mod needs;
mod outcome;
mod path;
mod report;
mod snapshot;
mod tree;

pub use class::Class;
pub use component::Component;
pub use control::{ControlInfo, Scope, Severity};
pub use facts::{Fact, FactKey, Facts};
pub use gate::{FailOn, Gate, UnknownRule, WeakeningRule};
pub use needs::Needs;
pub use outcome::{Cause, Evidence, Examined, Gap, Outcome, Place, Related, Strength, Unread};
pub(crate) use path::Shape;
pub use path::{PathGlob, RepoPath};
pub use report::{
    Attested, Change, ChecklistReport, ControlReport, Cost, Counts, EvidenceReport, FindingReport, ItemReport, Notice,
    NoticeKind, OutcomeKind, PolicyReport, Progress, Regression, RegressionKind, RelatedReport, Report, STALE_DAYS,
    SourceKind, Target, Tool, Verdict, VerdictReport, Waived,
};
pub use snapshot::{Read, Sides, Snapshot};
pub(crate) use tree::Within;
pub use tree::{BlobId, Entry, EntryKind, Tree};

/// A calendar day. Readiness knows no hours: what expires, expires at the end of its day.
pub type Date = chrono::NaiveDate;
