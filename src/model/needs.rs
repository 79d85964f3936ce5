//! What a check wants to see, by name.

use std::collections::BTreeSet;

use super::{FactKey, RepoPath};

/// Files and facts to be gathered. Needs are united, so twenty controls cost one reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Paths of files in the tree.
    pub files: BTreeSet<RepoPath>,
    /// Names of facts.
    pub facts: BTreeSet<FactKey>,
}

impl Needs {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// These files.
    pub fn files(paths: impl IntoIterator<Item = RepoPath>) -> Self {
        Self {
            files: paths.into_iter().collect(),
            facts: BTreeSet::new(),
        }
    }

    /// These facts.
    pub fn facts<K: Into<FactKey>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self {
            files: BTreeSet::new(),
            facts: keys.into_iter().map(Into::into).collect(),
        }
    }

    /// Takes in what another wants.
    pub fn unite(&mut self, other: Needs) {
        self.files.extend(other.files);
        self.facts.extend(other.facts);
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.facts.is_empty()
    }
}
