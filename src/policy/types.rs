//! A policy that has no mistake.

use std::collections::BTreeMap;

use crate::check::{Control, Origin, Plan};
use crate::model::{Date, Gate, PathGlob, PolicyReport, RepoPath};

use super::NAMED;

/// What ready means for one repository: everything it extends taken in, every control tuned.
#[derive(Debug)]
pub struct Policy {
    /// Where it comes from.
    pub source: PolicyReport,
    /// What blocks.
    pub gate: Gate,
    /// Paths that are not looked at.
    pub exclude: Vec<PathGlob>,
    /// Corrections of the components found.
    pub components: Vec<ComponentRule>,
    /// The team's own documents.
    pub checklist: ChecklistRules,
    /// The enabled controls, by id.
    pub plan: Plan,
    /// Accepted gaps.
    pub waivers: Vec<Waiver>,
    /// People's words.
    pub attestations: Vec<Attestation>,
    /// Where it says so.
    pub places: Places,
}

impl Policy {
    /// The same policy for controls that are made from what a checklist's items name, with the words and waivers that
    /// speak of such.
    pub fn of_named(&self, controls: Vec<Control>) -> Self {
        Self {
            source: self.source.clone(),
            gate: self.gate.clone(),
            exclude: self.exclude.clone(),
            components: self.components.clone(),
            checklist: self.checklist.clone(),
            plan: Plan::new(controls),
            waivers: (self
                .waivers
                .iter()
                .filter(|waiver| waiver.control.starts_with(NAMED))
                .cloned())
            .collect(),
            attestations: (self
                .attestations
                .iter()
                .filter(|word| word.control.starts_with(NAMED))
                .cloned())
            .collect(),
            places: self.places.clone(),
        }
    }
}

/// Where a policy says what has no origin of its own, for those who point at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// The policy's own text, its first line.
    pub policy: Option<Origin>,
    /// The last `[gate]` table.
    pub gate: Option<Origin>,
    /// Each pattern of `exclude`.
    pub exclude: BTreeMap<String, Origin>,
    /// The last `[checklist]` table.
    pub checklist: Option<Origin>,
    /// The last `[controls."ID"]` table of each control that has one; one whose control is not in the plan disables it.
    pub tuned: BTreeMap<String, Origin>,
}

/// A `[[component]]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentRule {
    /// The folder; `.` for the root.
    pub path: RepoPath,
    /// Where production starts.
    pub entry: Vec<RepoPath>,
}

/// The `[checklist]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChecklistRules {
    /// The documents.
    pub files: Vec<RepoPath>,
    /// Corrections of the computed bindings.
    pub binds: Vec<Bind>,
}

/// A `[[checklist.bind]]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    /// The item's words.
    pub item: String,
    /// The controls it is bound to; none refuses.
    pub controls: Vec<String>,
}

/// A `[[waiver]]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiver {
    /// The control whose gap is accepted.
    pub control: String,
    /// The paths it is limited to; `None` for all.
    pub path: Option<String>,
    /// Why.
    pub reason: String,
    /// Who accepted it.
    pub owner: String,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where it is written.
    pub origin: Origin,
}

/// An `[[attestation]]` table.
#[derive(Debug, Clone, PartialEq)]
pub struct Attestation {
    /// The control vouched for.
    pub control: String,
    /// Who vouches.
    pub by: String,
    /// Since when.
    pub on: Date,
    /// The last day on which it counts.
    pub expires: Date,
    /// Where the evidence is.
    pub evidence: String,
    /// Patterns of the paths it covers; none for something outside the repository.
    pub paths: Vec<String>,
    /// `sha256:` and the digest of those paths when it was signed.
    pub digest: Option<String>,
    /// Where it is written.
    pub origin: Origin,
}
