//! The check kinds: each asks for what it needs by name, and judges what it was given.
//!
//! Law: no check does IO. `needs` and `examine` are pure and synchronous; what was not read is
//! `unknown`, names what would settle it, and never becomes a pass. A kind is one file and one line
//! in `registry`. May use `program`, `artifact`, `model` and `text`.

mod attestation;
mod beside;
pub mod branch;
mod capital;
mod code;
mod commanded;
mod condition;
mod consistency;
mod container;
mod control;
mod dependency;
mod env;
mod files;
mod gitignore;
mod jobs;
mod late;
mod lenient;
mod literals;
mod lockfiles;
mod parameters;
mod path;
mod plan;
mod programs;
mod registry;
pub mod repository;
mod route;
mod runner;
mod scan;
mod schema;
mod secret;
mod services;
mod setting;
mod settled;
mod stand_in;
mod text;
mod value;
mod workflow;

pub use attestation::UNATTESTED;
pub use condition::Condition;
pub use control::{Control, Origin};
pub(crate) use late::shipped;
pub use plan::{Judged, Plan};
pub use registry::{Build, KINDS, Kind, Problem, kind};
pub use scan::{Engine, Hit, Pattern, Search};
pub(crate) use secret::in_prose as secrets_in_prose;
pub use setting::{Shape, is_setting};
pub use settled::Leaf;

use crate::model::{Component, Examined, Needs, Snapshot};

/// What a check sees: one snapshot, and the component it is asked about.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The repository.
    pub snapshot: &'a Snapshot,
    /// The component; `None` for a control of the whole repository.
    pub component: Option<&'a Component>,
    /// All text patterns of the plan, compiled into one pass.
    pub engine: &'a Engine,
}

impl View<'_> {
    /// The folder that patterns start from: the component's, or the root (the empty string).
    pub fn folder(&self) -> &str {
        self.component.map_or("", Component::folder)
    }

    /// The whole repository, where a question about a component is about what stands around it.
    pub(crate) fn rooted(self, is_from_root: bool) -> Self {
        let component = self.component.filter(|_| !is_from_root);
        Self { component, ..self }
    }
}

/// The test of one condition.
pub trait Check: Send + Sync + std::fmt::Debug {
    /// What it wants to see, given what is known so far. Called again after each round of gathering
    /// (at most three) until nothing new is wanted. Only paths that the tree has are worth asking for.
    fn needs(&self, view: &View<'_>) -> Needs;

    /// What it makes of what it was given.
    fn examine(&self, view: &View<'_>) -> Examined;

    /// Of an answer that it does not hold: that in the words of somebody who wishes so. `None` where its reason says it
    /// as it is.
    fn wished(&self, _view: &View<'_>, _examined: &Examined) -> Option<String> {
        None
    }

    /// The text patterns that it looks for, so that all are searched in one pass.
    fn patterns(&self) -> &[Pattern] {
        &[]
    }

    /// Whether it asks for something of what runs, so that a folder without sources of its own has no answer; what is
    /// asked of a folder itself (what git ignores, what pins its packages) it has.
    fn asks_of_sources(&self) -> bool {
        true
    }

    /// Whether it asks that things agree which need not be there: where they are gone, nothing is lost.
    fn asks_agreement(&self) -> bool {
        false
    }

    /// Whether it asks only that something is not there.
    fn asks_absence(&self) -> bool {
        false
    }

    /// Of a check that only a person's word can meet: the longest time, in days, for which a word counts.
    fn word_days(&self) -> Option<u32> {
        None
    }
}
