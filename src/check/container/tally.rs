//! What a question comes to over several files.

use crate::model::{Cause, Evidence, Examined, Gap, Place, Strength, Unread};

use super::super::files::{MOST_SHOWN, cut};

/// Gaps, evidence and what could not be told. A gap counts before what is not known, and that before evidence.
#[derive(Default)]
pub(super) struct Tally {
    gaps: Vec<Gap>,
    evidence: Vec<Evidence>,
    unread: Option<Unread>,
}

impl Tally {
    /// Something is as it should be.
    pub(super) fn good(&mut self, place: Place, words: &str) {
        let subject = place.path.as_str().to_owned();
        self.evidence
            .push(Evidence::new(place, words, Strength::Present, subject));
    }

    /// Something is not; `words` tell it from others of its file, and hold no place.
    pub(super) fn bad(&mut self, place: Place, words: &str, message: impl Into<String>) {
        let gap = Gap::at(place, words, message);
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Something can't be told, because it is not modelled.
    pub(super) fn open(&mut self, what: impl Into<String>, settle: &str) {
        self.unread(Unread::new(Cause::Unmodelled, what, settle));
    }

    /// Something could not be read.
    pub(super) fn unread(&mut self, unread: Unread) {
        self.unread.get_or_insert(unread);
    }

    /// The outcome: `met` says what holds where nothing is wrong, `nothing` why the question is about nothing.
    pub(super) fn examined(mut self, met: &str, nothing: &str) -> Examined {
        if let Some(first) = self.gaps.first() {
            let more = match self.gaps.len() {
                1 => String::new(),
                all => format!(" (and {} more)", all - 1),
            };
            let reason = format!("{}{more}", first.message);
            cut(&mut self.gaps, "containers");
            self.evidence.truncate(MOST_SHOWN);
            return Examined::fail(reason, self.gaps).with_evidence(self.evidence);
        }
        if let Some(unread) = self.unread {
            return Examined::unknown(unread);
        }
        if self.evidence.is_empty() {
            return Examined::not_applicable(nothing);
        }
        self.evidence.truncate(MOST_SHOWN);
        Examined::pass(met, self.evidence)
    }
}
