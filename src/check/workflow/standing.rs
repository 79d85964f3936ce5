//! What holds for a step by where it stands.

use crate::artifact::workflow::{Flag, Holds, Text, holds};

/// What holds for all that is below a job or a step.
#[derive(Clone, Default)]
pub(super) struct Standing {
    /// Why its failure fails nothing, if so.
    pub(super) tolerated: Option<&'static str>,
    /// Why it can't be told whether it is run, or whether its failure counts, in words that follow its own.
    pub(super) doubt: Option<String>,
    /// Whether its script ends before it.
    pub(super) is_unreached: bool,
    /// Why GitHub starts nothing of its workflow, if so.
    pub(super) refused: Option<String>,
    /// What fails before it in any case, so that it is never run, and the first command that this is true of.
    pub(super) broken: Option<(String, usize)>,
}

impl Standing {
    /// Whether it is known that it is never run, whatever it is.
    pub(super) fn is_dead(&self) -> bool {
        self.broken.is_some() || self.refused.is_some()
    }

    /// This with a condition and a tolerance taken in; `None` for what never runs.
    pub(super) fn within(&self, condition: Option<&Text>, tolerated: Flag, events: &[String]) -> Option<Self> {
        let mut inner = self.clone();
        if let Some(condition) = condition {
            let answers: Vec<Holds> = events.iter().map(|event| holds(&condition.text, Some(event))).collect();
            if answers.iter().all(|answer| *answer == Holds::Never) {
                return None;
            }
            if !answers.contains(&Holds::Always) {
                inner.doubt = Some(under(&condition.text));
            }
        }
        match tolerated {
            Flag::No => {}
            Flag::Yes => inner.tolerated = Some("`continue-on-error` is set"),
            Flag::Depends => inner.doubt = Some(under("continue-on-error")),
        }
        Some(inner)
    }
}

/// Words for what is run only where something holds.
pub(super) fn under(condition: &str) -> String {
    format!("is run only under a condition: `{condition}`")
}
