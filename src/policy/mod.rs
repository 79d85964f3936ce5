//! TOML → `Policy`, or the list of all its mistakes with places.
//!
//! Law: every mistake at once, each with file, place, label and help. No IO: the texts of a policy and of
//! what it extends are handed in. May use `check`, `artifact`, `model` and `text`.

mod amend;
mod assemble;
mod builtin;
mod compare;
mod condition;
mod controls;
mod file;
mod loader;
mod mistakes;
mod nesting;
mod part;
mod reference;
mod rules;
mod schema;
mod settings;
mod shape;
mod stricter;
mod syntax;
mod tree;
mod types;
mod validate;
mod vouch;

pub use amend::{Amended, Amendment, NoToml, write_attestation, write_waiver};
pub use builtin::BUILTIN;
pub use compare::{Weakening, WeakeningKind, compare};
pub use loader::{Loader, Step, Text};
pub use reference::PackRef;
pub use schema::schema;
pub use types::{Attestation, Bind, ChecklistRules, ComponentRule, Places, Policy, Waiver};

/// How the ids begin of controls that are made from what a checklist's items name. No policy writes such a control;
/// a waiver or an attestation may speak of one.
pub const NAMED: &str = "checklist.names.";

/// Where a repository keeps its policy, the first one found counting.
pub const PATHS: [&str; 2] = [".github/readiness.toml", "readiness.toml"];
