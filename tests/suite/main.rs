//! The integration tests, one binary: linking once is most of their cost.

#![allow(
    clippy::unwrap_used,
    reason = "a test that panics has failed, which is what is meant"
)]
#![allow(clippy::disallowed_methods, reason = "tests read fixtures, make folders and run git")]

mod action;
mod beyond;
mod change;
mod checklist;
mod checks;
mod cli;
mod components;
mod contract;
mod delivery;
mod doctor;
mod drift;
mod examples;
mod frameworks;
mod fuzz;
mod gather;
pub mod github;
mod gitignore;
mod import;
mod judge;
mod kinds_page;
mod lines;
mod local;
mod mounting;
mod named;
mod packs;
mod policy;
mod publish;
mod refactorings;
pub mod report;
mod silent;
mod smoke;
mod trust;
mod verdicts;
mod vouch;
