//! What the controls that a checklist asks for make of the working tree: which look at nothing here, and which want a
//! person's word.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::check::{Judged, UNATTESTED};
use crate::checklist::Binding;
use crate::model::Outcome;
use crate::policy::Policy;
use crate::source::{Local, Offline, Revision, Store, Together, gather};

use super::listed::DETECTION;
use super::stop::Stop;

/// Controls by what becomes of them here.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Those that look at what is not here.
    pub beside: BTreeSet<String>,
    /// Those that a person's word would settle, and nothing else.
    pub unsigned: BTreeSet<String>,
    /// Those that are not met, whatever a person says.
    pub missed: BTreeSet<String>,
}

/// What the controls that items are bound to make of the working tree; the policy's other controls are gone then.
///
/// # Errors
/// The tree can't be listed.
pub(super) async fn applied(policy: &mut Policy, bindings: &[Vec<Binding>]) -> Result<Applied, Stop> {
    let bound: BTreeSet<&str> = bindings
        .iter()
        .flatten()
        .map(|binding| binding.control.as_str())
        .collect();
    policy.plan.retain(|info| bound.contains(info.id.as_str()));
    let mut source = Together {
        files: Local::open(Path::new("."))?,
        facts: Offline::new("no request was made"),
    };
    let head = Revision::WorkingTree;
    let snapshot = gather(&mut source, &head, policy, &mut Store::new(), DETECTION).await?;
    let judged = policy.plan.examine(&snapshot);
    let mut by_control: BTreeMap<usize, Vec<&Judged>> = BTreeMap::new();
    for judged in &judged {
        by_control.entry(judged.control).or_default().push(judged);
    }
    let mut applied = Applied::default();
    for (index, judged) in by_control {
        let control = &policy.plan.controls()[index];
        let is_out = judged
            .iter()
            .all(|judged| judged.examined.outcome == Outcome::NotApplicable);
        let failing = judged.iter().filter(|judged| judged.examined.outcome == Outcome::Fail);
        let wants_word = |judged: &Judged| judged.examined.gaps.iter().all(|gap| gap.subject == UNATTESTED);
        let (mut is_unsigned, mut is_missed) = (false, false);
        for judged in failing {
            let wants_word = wants_word(judged);
            is_unsigned |= wants_word;
            is_missed |= !wants_word;
        }
        let is_asked = control.check.word_days().is_some();
        if is_asked && (is_out && !control.origin.is_own() || is_unsigned) {
            applied.unsigned.insert(control.info.id.clone());
        }
        if is_missed {
            applied.missed.insert(control.info.id.clone());
        }
        if is_out {
            applied.beside.insert(control.info.id.clone());
        }
    }
    Ok(applied)
}
