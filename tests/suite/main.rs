//! The integration tests, one binary: linking once is most of their cost.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is meant"
)]
#![allow(clippy::disallowed_methods, reason = "tests read fixtures, make folders and run git")]

mod checks;
mod contract;
mod delivery;
mod gather;
mod judge;
mod local;
mod policy;
mod components;
mod gitignore;
#[cfg(feature = "shell")]
pub mod github;
#[cfg(feature = "shell")]
mod publish;
pub mod report;
