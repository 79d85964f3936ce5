//! Facts outside the tree: settings of the repository and its branches, as GitHub tells them.

use std::collections::BTreeMap;

use super::{Cause, Unread};

/// A fact's name: `repository.default-branch`, `branch.required-approvals`. The names a source can
/// answer are listed by the check kinds that ask for them.
pub type FactKey = String;

/// What is known of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Its value, and where it was read: "ruleset `main`", "branch protection of `main`".
    Known {
        /// The value.
        value: serde_json::Value,
        /// Who said so.
        from: String,
    },
    /// A part of it: not everything that adds to it could be read, so it is this or more (a number of
    /// approvals, a list of required checks).
    AtLeast {
        /// What is certain.
        value: serde_json::Value,
        /// Who said so.
        from: String,
        /// What could not be read.
        unread: Unread,
    },
    /// It could not be read.
    Unread(Unread),
}

/// The facts that were asked for. Read once for head and base: a setting never regresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<FactKey, Fact>);

impl Facts {
    /// What is known of a fact; one that nobody asked for is unread.
    pub fn get(&self, key: &str) -> Fact {
        self.0.get(key).cloned().unwrap_or_else(|| {
            let what = format!("`{key}` was not asked for");
            Fact::Unread(Unread::new(
                Cause::Unmodelled,
                what,
                "this is a mistake of readygate: please report it",
            ))
        })
    }

    /// Whether it was asked for already.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Keeps a fact.
    pub fn insert(&mut self, key: FactKey, fact: Fact) {
        self.0.insert(key, fact);
    }
}
