//! The integration tests, one binary: linking once is most of their cost.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is meant"
)]

mod checks;
mod judge;
#![allow(clippy::disallowed_methods, reason = "tests read fixtures, make folders and run git")]
mod contract;
mod gather;
mod local;
mod policy;
#[cfg(feature = "shell")]
pub mod github;
pub mod report;

mod delivery;
