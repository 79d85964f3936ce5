//! `attestation`: what no machine can see here, and a named person vouches for.
//!
//! The check alone never holds: whether somebody vouches is written in the policy's `[[attestation]]`
//! tables, which `judge` weighs against the day and the tree.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::model::{Examined, Gap, Needs};

use super::{Check, Kind, Problem, View};

/// The subject of the gap that a missing word leaves.
pub const UNATTESTED: &str = "attestation";

/// The kind, for the registry.
pub const KIND: Kind = Kind {
    name: "attestation",
    summary: "A named person vouches, for a limited time, for what no machine can see in the repository.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build: |value| {
        let parameters: Parameters =
            serde_json::from_value(value.clone()).map_err(|error| vec![Problem::at(&[], error.to_string())])?;
        Word::new(parameters).map(|word| Box::new(word) as Box<dyn Check>)
    },
};

/// Asks for a person's word.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Parameters {
    /// What the person vouches for, one sentence: "A restore from the last backup was tried and worked."
    statement: String,
    /// The longest time in days for which the word counts, from the day on which it was given.
    #[serde(default = "default_days")]
    #[schemars(range(min = 1, max = 3650))]
    max_days: u32,
}

fn default_days() -> u32 {
    90
}

#[derive(Debug)]
struct Word {
    statement: String,
    max_days: u32,
}

impl Word {
    fn new(parameters: Parameters) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let statement = parameters.statement.trim().trim_end_matches('.').to_owned();
        if statement.is_empty() {
            let mut problem = Problem::at(&["statement"], "nobody can vouch for an empty statement");
            problem.help = Some("say in one sentence what the person vouches for".to_owned());
            problems.push(problem);
        }
        if !(1..=3650).contains(&parameters.max_days) {
            let message = "`max-days` is a number of days from 1 to 3650";
            problems.push(Problem::at(&["max-days"], message));
        }
        if problems.is_empty() {
            Ok(Self {
                statement,
                max_days: parameters.max_days,
            })
        } else {
            Err(problems)
        }
    }
}

impl Check for Word {
    fn asks_of_sources(&self) -> bool {
        false
    }

    fn needs(&self, _view: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, _view: &View<'_>) -> Examined {
        let message = format!("nobody vouches for this yet: {}", self.statement);
        Examined::fail(message.clone(), vec![Gap::missing(UNATTESTED, message)])
    }

    fn word_days(&self) -> Option<u32> {
        Some(self.max_days)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::Engine;
    use crate::model::{Outcome, Snapshot};

    #[test]
    fn without_a_word_it_fails_and_says_what_is_to_be_vouched_for() {
        let check = (KIND.build)(&json!({ "statement": "A restore was tried." })).expect("builds");
        let (snapshot, engine) = (Snapshot::default(), Engine::new([]));
        let view = View {
            snapshot: &snapshot,
            component: None,
            engine: &engine,
        };
        let examined = check.examine(&view);
        assert_eq!(examined.outcome, Outcome::Fail);
        assert_eq!(examined.reason, "nobody vouches for this yet: A restore was tried");
        assert_eq!(examined.gaps[0].subject, "attestation");
        assert_eq!(check.word_days(), Some(90));
    }

    #[test]
    fn every_mistake_is_named_with_its_key() {
        let problems = (KIND.build)(&json!({ "statement": " ", "max-days": 0 })).expect_err("is refused");
        let keys: Vec<&str> = problems.iter().map(|problem| problem.at[0].as_str()).collect();
        assert_eq!(keys, ["statement", "max-days"]);
    }
}
