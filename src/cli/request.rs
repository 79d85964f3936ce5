//! What is to be judged, as the command line or the event says it.

use glob::Pattern as IdPattern;

use crate::model::{Date, FailOn, RepoPath, SourceKind};
use crate::policy::Text;
use crate::source::Revision;

/// What is to be judged.
pub struct Request {
    /// The revision.
    pub head: Revision,
    /// Its commit; `None` in a folder without git.
    pub head_sha: Option<String>,
    /// What it is compared with.
    pub against: Against,
    /// Which policy judges.
    pub policy: PolicyChoice,
    /// What the user says about the level.
    pub level: Level,
    /// Only controls whose id matches one of these; all, if there is none.
    pub only: Vec<IdPattern>,
    /// No control whose id matches one of these.
    pub skip: Vec<IdPattern>,
    /// The checklists to be held against the evidence; where there is none, those that the policy names.
    pub checklists: Vec<RepoPath>,
    /// The day on which expiries are judged.
    pub as_of: Date,
    /// What the report says of the target; commits are filled in here.
    pub named: Named,
    /// The workflow that runs the gate, where it is known: `.github/workflows/readiness.yml`.
    pub workflow: Option<RepoPath>,
}

/// What the target is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// `owner/name`.
    pub repository: Option<String>,
    /// The ref as the user or the event named it.
    pub reference: Option<String>,
    /// Whether the working tree differs from its commit.
    pub dirty: bool,
    /// Where the repository is read.
    pub source: SourceKind,
}

/// What head is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// Nothing.
    Nothing,
    /// A branch that head is to be merged into: the merge base's findings, the tip's policy.
    Branch(String),
    /// A branch that head waits to be merged into, in a queue: the findings of the commit that it is put on, the
    /// tip's policy.
    Queue {
        /// The branch.
        branch: String,
        /// The commit that head is put on top of.
        onto: String,
    },
    /// What the branch was before a push: its findings; head's own policy judges, as it is the branch's.
    Before(String),
}

/// Which policy judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyChoice {
    /// The one that the repository holds, else `builtin:default`.
    Found,
    /// The one that the repository holds, else this one, which lies beside what git tracks: somebody is writing it.
    Untracked(Text),
    /// The file at this path of the repository.
    At(String),
    /// This text, whatever the repository holds.
    Given(Text),
}

/// What the user says about the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing.
    AsPolicy,
    /// This level.
    Override(FailOn),
    /// This level, if it is stricter than the policy's.
    Tighten(FailOn),
}
