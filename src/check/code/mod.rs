//! `code`: whether what production starts uses something of a package.

mod acting;
mod alone;
mod argument;
mod beside;
mod browsers;
mod caught;
mod clock;
mod filled;
mod flag;
mod further;
mod held;
mod idle;
mod judged;
mod named;
mod origin;
mod parameters;
mod pattern;
mod said;
mod seen;
mod spliced;
mod spot;
mod taken;
mod tallied;
mod truth;
mod unseen;
mod unset;
mod without;
mod written;

use serde_json::Value;

use crate::model::{Examined, Needs};
use crate::program::Program;

use super::{Check, Kind, Problem, View};
pub(super) use argument::Argument;
pub(super) use browsers::is_for_browsers;
pub(super) use flag::flag_of;
pub(super) use parameters::OneOrManyArguments;
use parameters::{Parameters, Question};
pub(super) use parameters::{bare, beginning, is_like, is_path_like, listed, normal_path};
pub(super) use said::saying;
pub(super) use seen::{Seen, options, within};
pub(super) use truth::Truth;

/// The kind.
pub const KIND: Kind = Kind {
    name: "code",
    summary: "Whether what production starts uses something of a package.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

#[derive(Debug)]
struct CodeCheck(Question);

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = super::parameters::read(value)?;
    Ok(Box::new(CodeCheck(Question::new(parameters)?)))
}

impl Check for CodeCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        Program::needs(view.snapshot)
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let component = view.component.filter(|_| !self.0.from_root);
        judged::examine(&self.0, &View { component, ..*view })
    }
}
