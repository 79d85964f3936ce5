//! Two sources as one: the files from one, the facts from the other.

use std::collections::BTreeSet;

use crate::model::{Fact, FactKey, Read, Tree};

use super::{Ancestry, Revision, Source, SourceError, Wanted};

/// A checkout's files with the settings that GitHub tells.
#[derive(Debug)]
pub struct Together<S, F> {
    /// Where commits, trees and files are read.
    pub files: S,
    /// Where facts are read.
    pub facts: F,
}

impl<S: Source, F: Source> Source for Together<S, F> {
    async fn resolve(&mut self, name: &str) -> Result<String, SourceError> {
        self.files.resolve(name).await
    }

    async fn merge_base(&mut self, left: &str, right: &str) -> Result<Option<String>, SourceError> {
        self.files.merge_base(left, right).await
    }

    async fn ancestry(&mut self, head: &str, name: &str) -> Result<Ancestry, SourceError> {
        self.files.ancestry(head, name).await
    }

    fn is_dear(&self) -> bool {
        self.files.is_dear()
    }

    async fn expect(&mut self, revision: &Revision, wanted: &[Wanted]) {
        self.files.expect(revision, wanted).await;
    }

    async fn tree(&mut self, revision: &Revision) -> Result<Tree, SourceError> {
        self.files.tree(revision).await
    }

    async fn read(&mut self, revision: &Revision, wanted: &[Wanted]) -> Vec<Read> {
        self.files.read(revision, wanted).await
    }

    async fn facts(&mut self, keys: &BTreeSet<FactKey>) -> Vec<(FactKey, Fact)> {
        self.facts.facts(keys).await
    }

    fn requests(&self) -> u64 {
        self.files.requests() + self.facts.requests()
    }
}
