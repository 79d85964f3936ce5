//! `route`: whether a server answers a path, what the request passes through, and whether its handler does anything.

mod address;
mod answer;
mod asking;
mod before;
mod body;
mod carries;
mod chooses;
mod decides;
mod decorators;
mod effect;
mod errors;
mod fit;
mod guard;
mod hands_on;
mod hands_out;
mod indicator;
mod judged;
mod kept;
mod lets_through;
mod limits;
mod looked;
mod made;
mod no_server;
mod numbers;
mod open;
mod parameters;
mod plain;
mod proxied;
mod refuses;
mod row;
mod sent;
mod service;
mod skipped;
mod status;
mod taken;
mod telling;
mod thing;
mod untold;
mod words;

use serde_json::Value;

use crate::model::{Examined, Needs};
use crate::program::Program;

use super::{Check, Kind, Problem, View};
use parameters::{Parameters, Question};

pub(in crate::check) use status::{KEYS, is_of_status};

/// The kind.
pub const KIND: Kind = Kind {
    name: "route",
    summary: "Whether a server answers a path, and what a request passes through on the way.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

#[derive(Debug)]
struct RouteCheck(Question);

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = super::parameters::read(value)?;
    Ok(Box::new(RouteCheck(Question::new(parameters)?)))
}

impl Check for RouteCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        Program::needs(view.snapshot)
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        judged::examine(&self.0, view)
    }
}
