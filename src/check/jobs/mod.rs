//! `jobs`: whether work that is put off is done: queues with somebody at either end, and what runs by the clock.

mod judged;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Examined, Needs};
use crate::program::Program;

use super::parameters::{OneOrMany, read};
use super::{Check, Kind, Problem, View};

/// The kind.
pub const KIND: Kind = Kind {
    name: "jobs",
    summary: "Whether queues are both filled and emptied, or something runs by the clock.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// Whether work that is put off is done by what production starts.
///
/// `{ of = "queue" }`: there is a queue, and each has code that puts jobs in and code that takes them out, both reached.
/// `{ of = "queue", name = "mail*" }`: the same of queues with such names.
/// `{ of = "schedule" }`: something runs by the clock. A queue that is only made does no work, and neither does a worker
/// that nothing feeds. Either end may stand in another component: workers often do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "JobsParameters")]
pub(super) struct Parameters {
    /// What is asked about.
    of: Of,
    /// The queue's name, or several; `*` stands for any letters. Without it every queue is meant.
    name: Option<OneOrMany>,
    /// How many of the queues must be so: each of them (the default), or one.
    #[serde(default)]
    which: Which,
}

/// How many of the queues must be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "JobsWhich")]
pub(super) enum Which {
    /// Each.
    #[default]
    Each,
    /// One.
    One,
}

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "JobsOf")]
pub(super) enum Of {
    /// Queues of jobs.
    Queue,
    /// What runs by the clock.
    Schedule,
}

/// A question that was understood.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) of: Of,
    pub(super) names: Vec<String>,
    pub(super) which: Which,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let names = parameters.name.map_or_else(Vec::new, |names| names.as_slice().to_vec());
    if parameters.of == Of::Schedule && (!names.is_empty() || parameters.which == Which::One) {
        return Err(vec![Problem::at(
            &["name"],
            "what runs by the clock has no name, and `which` is about queues",
        )]);
    }
    Ok(Box::new(Question {
        of: parameters.of,
        names,
        which: parameters.which,
    }))
}

impl Check for Question {
    fn needs(&self, view: &View<'_>) -> Needs {
        Program::needs(view.snapshot)
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        judged::examine(self, view)
    }
}
