//! TOML → `Policy`, or the list of all its mistakes with places.
//!
//! Law: every mistake at once, each with file, place, label and help. No IO: the texts of a policy and of
//! what it extends are handed in. May use `check`, `model` and `text`.

mod types;

pub use types::{Attestation, Bind, ChecklistRules, ComponentRule, Policy, Waiver};
