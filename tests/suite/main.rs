//! The integration tests, one binary: linking once is most of their cost.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is meant"
)]

#[cfg(feature = "shell")]
pub mod github;
#[cfg(feature = "shell")]
mod publish;
pub mod report;
