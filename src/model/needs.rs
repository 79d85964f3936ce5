//! What a check wants to see, by name.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::text::HashSet;

use super::{FactKey, RepoPath};

/// Files and facts to be gathered. Needs are united, so twenty controls cost one reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Paths of files in the tree.
    pub files: BTreeSet<RepoPath>,
    /// Names of facts.
    pub facts: BTreeSet<FactKey>,
    /// Files that many ask for together, each set once however many ask.
    shared: Vec<Arc<BTreeSet<RepoPath>>>,
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
            ..Self::default()
        }
    }

    /// These files, for which others ask too.
    pub fn shared(files: Arc<BTreeSet<RepoPath>>) -> Self {
        let shared = if files.is_empty() { Vec::new() } else { vec![files] };
        Self {
            shared,
            ..Self::default()
        }
    }

    /// These facts.
    pub fn facts<K: Into<FactKey>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self {
            facts: keys.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }

    /// Takes in what another wants.
    pub fn unite(&mut self, mut other: Needs) {
        // The smaller is put into the larger.
        if self.files.len() < other.files.len() {
            std::mem::swap(&mut self.files, &mut other.files);
        }
        self.files.extend(other.files);
        self.facts.extend(other.facts);
        for set in other.shared {
            if !self.shared.iter().any(|known| Arc::ptr_eq(known, &set)) {
                self.shared.push(set);
            }
        }
    }

    /// The same, with all files in one set.
    #[must_use]
    pub fn joined(mut self) -> Self {
        // Most files are wanted by many.
        let mut seen: HashSet<&RepoPath> = HashSet::default();
        let shared = std::mem::take(&mut self.shared);
        let files = shared.iter().flat_map(|set| set.iter());
        self.files.extend(files.filter(|path| seen.insert(path)).cloned());
        self
    }

    /// Whether a file is wanted.
    pub fn wants_files(&self) -> bool {
        !self.files.is_empty() || !self.shared.is_empty()
    }

    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        !self.wants_files() && self.facts.is_empty()
    }
}
