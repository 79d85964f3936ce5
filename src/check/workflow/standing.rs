//! What holds for a step by where it stands.

use crate::artifact::workflow::{Flag, Holds, Text, holds};

/// What holds for all that is below a job or a step.
#[derive(Clone, Default)]
pub(super) struct Standing {
    /// Why its failure fails nothing, if so.
    pub(super) tolerated: Option<&'static str>,
    pub(super) condition: Option<String>,
    /// What fails before it in any case, so that it is never run, and the first command that this is true of.
    pub(super) broken: Option<(String, usize)>,
}

impl Standing {
    /// This with a condition and a tolerance taken in; `None` for what never runs.
    pub(super) fn within(&self, condition: Option<&Text>, tolerated: Flag, events: &[String]) -> Option<Self> {
        let mut inner = self.clone();
        if let Some(condition) = condition {
            let answers: Vec<Holds> = events.iter().map(|event| holds(&condition.text, Some(event))).collect();
            if answers.iter().all(|answer| *answer == Holds::Never) {
                return None;
            }
            if !answers.contains(&Holds::Always) {
                inner.condition = Some(condition.text.clone());
            }
        }
        match tolerated {
            Flag::No => {}
            Flag::Yes => inner.tolerated = Some("`continue-on-error` is set"),
            Flag::Depends => inner.condition = Some("continue-on-error".to_owned()),
        }
        Some(inner)
    }
}
