//! Telling GitHub and the runner: check run, comment, issue, job summary, outputs, files.
//!
//! Law: nothing here changes the verdict, and nothing that fails here does either: what can't be published is
//! said in the log, and the exit status stands. What changes something on GitHub is sent once. A comment of
//! somebody else is never touched. May use `github`, `report`, `judge`, `model` and `text`; does IO.

#![allow(
    clippy::disallowed_methods,
    reason = "this room writes the runner's files, which is its work"
)]

mod check_run;
mod comment;
mod files;
mod issue;
mod mark;
mod stop;

use crate::github::{GithubError, Kind, Route};

pub use check_run::CheckRun;
pub use comment::{comment, marker};
pub use files::{append_summary, outputs, write_outputs, write_report};
pub use issue::{Earlier, OpenIssue, close_issue, earlier_record, open_issue, write_issue};
pub use stop::{stop_outputs, stop_summary};

/// The repository that is published to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Its owner's login.
    pub owner: String,
    /// Its name.
    pub name: String,
}

impl Repository {
    fn route(&self) -> Route {
        Route::repository(&self.owner, &self.name)
    }
}

/// What became of something that was to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// GitHub has it.
    Done,
    /// There was nothing to publish or to change.
    Nothing,
    /// GitHub refused, so it has nothing of it: to be told in another way. A pull request from a fork has a
    /// token that may write nothing.
    Refused(GithubError),
    /// There was no answer: GitHub may have it or not, and to tell it again may tell it twice.
    Unsure(GithubError),
}

impl From<GithubError> for Outcome {
    fn from(error: GithubError) -> Self {
        match error.kind {
            Kind::NotFound
            | Kind::Unauthorized
            | Kind::Forbidden { .. }
            | Kind::RateLimited { .. }
            | Kind::Rejected => Self::Refused(error),
            Kind::Unavailable | Kind::Malformed | Kind::TooLarge => Self::Unsure(error),
        }
    }
}
