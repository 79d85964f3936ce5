//! Facts where no request may be made.

use std::collections::BTreeSet;

use crate::model::{Cause, Fact, FactKey, Read, Tree, Unread};

use super::{Revision, Source, SourceError, Wanted};

/// A source that knows no fact and no file, and why: the facts' half of a run without requests.
#[derive(Debug, Clone)]
pub struct Offline {
    why: String,
}

impl Offline {
    /// A source that answers so: "there is no GITHUB_TOKEN".
    pub fn new(why: &str) -> Self {
        Self { why: why.to_owned() }
    }

    fn nothing<T>(&self) -> Result<T, SourceError> {
        Err(SourceError::Unreachable { what: self.why.clone() })
    }
}

impl Source for Offline {
    async fn resolve(&mut self, _name: &str) -> Result<String, SourceError> {
        self.nothing()
    }

    async fn merge_base(&mut self, _left: &str, _right: &str) -> Result<Option<String>, SourceError> {
        self.nothing()
    }

    async fn tree(&mut self, _revision: &Revision) -> Result<Tree, SourceError> {
        self.nothing()
    }

    async fn read(&mut self, _revision: &Revision, wanted: &[Wanted]) -> Vec<Read> {
        let unread = |one: &Wanted| {
            Read::Unread(Unread::new(
                Cause::Network,
                format!("`{}` was not read: {}", one.path, self.why),
                "",
            ))
        };
        wanted.iter().map(unread).collect()
    }

    async fn facts(&mut self, keys: &BTreeSet<FactKey>) -> Vec<(FactKey, Fact)> {
        let unread = |key: &FactKey| {
            let what = format!("`{key}` is a setting on GitHub: {}", self.why);
            let settle = "run online in a clone of a GitHub repository, with `GITHUB_TOKEN` set";
            (key.clone(), Fact::Unread(Unread::new(Cause::Network, what, settle)))
        };
        keys.iter().map(unread).collect()
    }

    fn requests(&self) -> u64 {
        0
    }
}
