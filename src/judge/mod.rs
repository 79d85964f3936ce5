//! Outcomes, fingerprints, head against base, and the verdict.
//!
//! Law: the verdict is made here alone, from (gate, head, base, day), by pure functions. A wrong pass and
//! a wrong block are equally bad: head against itself finds nothing, what is moved or renamed regresses
//! nothing, and what could not be seen is never charged to a change. May use `checklist`, `policy`, `check`,
//! `artifact`, `model` and `text`.

mod about;
mod anchor;
mod approval;
mod assess;
mod bound;
mod charge;
mod checklist;
mod claims;
mod compare;
mod decide;
mod doubts;
mod exact;
mod fingerprint;
mod lineage;
mod matching;
mod moves;
mod notice;
mod pairing;
mod report;
mod settings;
mod setup;
mod shows;
mod similarity;
mod vouch;
mod waive;

pub use anchor::line_in_head;
pub use approval::{Approval, Membership, Review, approval, approvers, candidates, teams};
pub use assess::{Assessed, Assessment, Finding, Side, Standing, assess};
pub use bound::{Bound, bound, strays};
pub use charge::{Weakening, charge};
pub use checklist::{checklist_items, lost_items};
pub use claims::{Held, HeldItem, ItemVerdict, checklist_reports, hold};
pub use compare::{Comparison, compare};
pub use decide::{Baseline, Conclusion, Ending, decide, score};
pub use fingerprint::{Identity, fingerprint, normalise};
pub use moves::{Moves, WantedReads, moves, moves_wanted};
pub use report::{Material, report};
pub use settings::{Drift, DriftedSetting, Record, drift};
pub use setup::{
    Diagnosis, Feature, FeatureKind, Grade, PolicyFacts, PolicyState, Setup, diagnose, is_gate_step, is_stopped,
    setup_needs,
};
pub use vouch::{Undigested, digest};
