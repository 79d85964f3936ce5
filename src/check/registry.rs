//! The table of check kinds: one line each.

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::Check;

/// A mistake in a condition's parameters, for the policy room to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The keys and indices that lead to the value within the condition's own table; empty for the whole.
    pub at: Vec<String>,
    /// What is wrong, one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Problem {
    /// A mistake at a key.
    pub fn at(keys: &[&str], message: impl Into<String>) -> Self {
        Self {
            at: keys.iter().map(|key| (*key).to_owned()).collect(),
            message: message.into(),
            help: None,
        }
    }
}

/// Builds a check from parameters that have the kind's shape already, or tells all their mistakes.
pub type Build = fn(&Value) -> Result<Box<dyn Check>, Vec<Problem>>;

/// One kind of check.
pub struct Kind {
    /// Its name in a policy: the key of its table.
    pub name: &'static str,
    /// What it settles, one sentence.
    pub summary: &'static str,
    /// The shape of its parameters.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// Builds the check from parameters that have that shape already.
    pub build: Build,
}

/// All kinds, by name.
pub const KINDS: &[Kind] = &[
    super::attestation::KIND,
    super::branch::KIND,
    super::code::KIND,
    super::consistency::KIND,
    super::container::KIND,
    super::dependency::KIND,
    super::env::KIND,
    super::gitignore::KIND,
    super::jobs::KIND,
    super::path::KIND,
    super::repository::KIND,
    super::route::KIND,
    super::schema::KIND,
    super::secret::KIND,
    super::text::KIND,
    super::value::KIND,
    super::workflow::KIND,
];

/// The kind of this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
