//! Accepted gaps: which waiver counts on this day, and what it covers.

use chrono::Days;

use crate::model::{Date, Gap, Gate, NoticeKind, PathGlob, Waived};
use crate::policy::Waiver;

use super::notice::Refusal;

/// A waiver weighed.
pub(super) struct Weighed<'a> {
    /// As the policy has it.
    pub waiver: &'a Waiver,
    /// In force, or why it is not.
    pub standing: Result<Waived, Refusal>,
    glob: Option<PathGlob>,
}

/// Weighs a waiver against the day and the longest time that the gate allows.
pub(super) fn weigh<'a>(waiver: &'a Waiver, gate: &Gate, as_of: Date) -> Weighed<'a> {
    let (glob, mistake) = match waiver.path.as_deref().map(PathGlob::new) {
        None => (None, None),
        Some(Ok(glob)) => (Some(glob), None),
        Some(Err(why)) => (None, Some(format!("does not count: its path can't be used: {why}"))),
    };
    let latest = as_of.checked_add_days(Days::new(u64::from(gate.max_waiver_days)));
    let standing = if let Some(mistake) = mistake {
        Err(Refusal::new(NoticeKind::Refused, mistake))
    } else if waiver.expires < as_of {
        Err(Refusal::new(
            NoticeKind::Expired,
            format!("expired on {}", waiver.expires),
        ))
    } else if latest.is_some_and(|latest| waiver.expires > latest) {
        let words = format!(
            "does not count: it ends on {}, more than the {} days from today that the gate allows",
            waiver.expires, gate.max_waiver_days
        );
        Err(Refusal::new(NoticeKind::Refused, words))
    } else {
        Ok(Waived {
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            expires: waiver.expires,
            path: waiver.path.clone(),
        })
    };
    Weighed { waiver, standing, glob }
}

impl Weighed<'_> {
    /// Whether it is limited to some paths.
    pub(super) fn is_limited(&self) -> bool {
        self.waiver.path.is_some()
    }

    /// Whether it covers a gap: by the place where it stands, or by the path that is missing.
    pub(super) fn covers(&self, gap: &Gap) -> bool {
        if !self.is_limited() {
            return true;
        }
        let Some(glob) = &self.glob else { return false };
        gap.place
            .as_ref()
            .is_some_and(|place| glob.matches(place.path.as_str()))
            || subjects(&gap.subject).any(|subject| glob.matches(subject))
    }
}

/// The things that a subject names: several joined by ` | ` where one of them would do.
pub(super) fn subjects(subject: &str) -> impl Iterator<Item = &str> {
    subject.split(" | ")
}
