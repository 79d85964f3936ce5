//! What is to be said of waivers and attestations themselves: expired, void, stale, unused.

use crate::check::Origin;
use crate::model::{Date, Notice, NoticeKind, OutcomeKind, STALE_DAYS};
use crate::policy::Policy;

use super::assess::Scales;

/// Why a waiver or an attestation does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What kind of reason it is.
    pub kind: NoticeKind,
    /// A sentence that goes on from "the attestation by @ana".
    pub words: String,
}

impl Refusal {
    /// A reason of this kind in words.
    pub(super) fn new(kind: NoticeKind, words: impl Into<String>) -> Self {
        Self {
            kind,
            words: words.into(),
        }
    }
}

/// The notices of a side, by place.
pub(super) fn notices(scales: &Scales<'_>, policy: &Policy, as_of: Date) -> Vec<Notice> {
    let teller = Teller { scales, policy, as_of };
    let words = scales.words.iter().filter_map(|(word, is_used)| {
        let of = word.attestation;
        let (end, refusal) = match &word.standing {
            Ok(attested) => (attested.expires, None),
            Err(refusal) => (of.expires, Some(refusal)),
        };
        let told = match refusal {
            Some(refusal) => refusal.clone(),
            None if *is_used => teller.stale(end, &format!("`readygate attest {}` renews it", of.control))?,
            None => teller.unused(&of.control, Paper::Attestation),
        };
        let subject = format!("the attestation of `{}` by {}", of.control, of.by);
        Some(notice(&of.origin, &of.control, &subject, told))
    });
    let waivers = scales.waivers.iter().filter_map(|(waiver, is_used)| {
        let of = waiver.waiver;
        let told = match &waiver.standing {
            Err(refusal) => refusal.clone(),
            Ok(_) if *is_used => teller.stale(of.expires, "then its gaps count again")?,
            Ok(_) => teller.unused(&of.control, Paper::Waiver),
        };
        let subject = format!("the waiver of `{}` by {}", of.control, of.owner);
        Some(notice(&of.origin, &of.control, &subject, told))
    });
    let mut notices: Vec<Notice> = words.chain(waivers).collect();
    notices.sort();
    notices.dedup();
    notices
}

/// What a notice is about.
#[derive(Clone, Copy)]
enum Paper {
    Attestation,
    Waiver,
}

struct Teller<'a> {
    scales: &'a Scales<'a>,
    policy: &'a Policy,
    as_of: Date,
}

impl Teller<'_> {
    /// What counts and ends soon.
    fn stale(&self, end: Date, then: &str) -> Option<Refusal> {
        let days = (end - self.as_of).num_days();
        let left = match days {
            0 => "today".to_owned(),
            1 => "tomorrow".to_owned(),
            2..=STALE_DAYS => format!("in {days} days"),
            _ => return None,
        };
        Some(Refusal::new(
            NoticeKind::Stale,
            format!("ends {left}, on {end}: {then}"),
        ))
    }

    /// What counts and is of no use.
    fn unused(&self, control: &str, paper: Paper) -> Refusal {
        let outcomes = self.scales.outcomes.get(control);
        let has = |kind| outcomes.is_some_and(|outcomes| outcomes.contains(&kind));
        let words = match paper {
            _ if !self.policy.plan.ids().contains(control) => "is not needed: the policy has no such control enabled",
            Paper::Waiver if has(OutcomeKind::Fail) => "is not needed: no gap that there is lies in its path",
            Paper::Waiver if has(OutcomeKind::Unknown) => {
                "covers nothing yet: the control is unknown, and a path accepts only gaps that are seen"
            }
            Paper::Attestation if has(OutcomeKind::Fail) || has(OutcomeKind::Unknown) => {
                "is not needed: another one lasts longer, or the gap is in a component that it does not cover"
            }
            Paper::Waiver | Paper::Attestation if has(OutcomeKind::Pass) => "is not needed: there is no such gap",
            Paper::Waiver | Paper::Attestation => "is not needed: nothing here is what the control speaks of",
        };
        Refusal::new(NoticeKind::Unused, words)
    }
}

fn notice(origin: &Origin, control: &str, subject: &str, told: Refusal) -> Notice {
    Notice {
        path: origin.path.clone(),
        line: origin.line,
        kind: told.kind,
        control: control.to_owned(),
        message: format!("{subject} {}", told.words),
    }
}
