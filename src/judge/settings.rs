//! Settings against those of an earlier report: what changed so that a control no longer holds.
//!
//! Settings are outside the tree, so no pull request is charged with them; a scheduled run tells when they change.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::model::{Fact, FactKey, Facts, OutcomeKind, Report, Unread};

/// The settings of one report, as far as they were known.
pub type Record = BTreeMap<FactKey, Value>;

/// A setting that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftedSetting {
    /// The fact: `branch.protected`.
    pub key: FactKey,
    /// What it was.
    pub before: Value,
    /// What it is.
    pub now: Value,
    /// Ids of the controls that ask for it and do not pass.
    pub controls: Vec<String>,
}

/// The settings against an earlier report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// What changed so that a control no longer passes, by key.
    pub settings: Vec<DriftedSetting>,
    /// Settings that the earlier report knows and that could not be read now.
    pub unseen: Vec<(FactKey, Unread)>,
    /// What is known now; of what could not be read, what was known before.
    pub record: Record,
}

/// Compares the settings that the controls ask about with those of an earlier report.
///
/// A setting that changed counts where a control that asks for it fails or is unknown: what is as wished, or accepted
/// by a waiver, is nobody's task. `askers` tells the controls by fact (`Plan::askers`).
pub fn drift(before: &Record, facts: &Facts, askers: &BTreeMap<FactKey, BTreeSet<String>>, report: &Report) -> Drift {
    let mut drift = Drift::default();
    for (key, ids) in askers {
        let known = before.get(key);
        // A part of the truth can't be held against the whole.
        let value = match facts.get(key) {
            Fact::Known { value, .. } => value,
            Fact::AtLeast { unread, .. } | Fact::Unread(unread) => {
                if let Some(value) = known {
                    drift.unseen.push((key.clone(), unread));
                    drift.record.insert(key.clone(), value.clone());
                }
                continue;
            }
        };
        drift.record.insert(key.clone(), value.clone());
        let Some(before) = known.filter(|before| **before != value) else {
            continue;
        };
        let controls: Vec<String> = ids.iter().filter(|id| is_open(report, id)).cloned().collect();
        if !controls.is_empty() {
            drift.settings.push(DriftedSetting {
                key: key.clone(),
                before: before.clone(),
                now: value,
                controls,
            });
        }
    }
    drift
}

fn is_open(report: &Report, id: &str) -> bool {
    let mut outcomes = report.controls.iter().filter(|control| control.id == id);
    outcomes.any(|control| match control.outcome {
        OutcomeKind::Fail | OutcomeKind::Unknown => true,
        OutcomeKind::Pass | OutcomeKind::NotApplicable | OutcomeKind::Waived => false,
    })
}
