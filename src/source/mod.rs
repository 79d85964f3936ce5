//! A repository from disk, through GitHub's API, or from memory → `Snapshot`.
//!
//! Law: a source tells what is there and judges nothing. What it can't read is `Unread` with the cause,
//! never absent. All sources pass one contract suite. May use `github`, `policy`, `check` (the plan's
//! needs), `artifact`, `model` and `text`; the only room beside `github`, `publish` and `cli` that may do IO.
#![allow(
    clippy::disallowed_methods,
    reason = "this room reads the repository from disk, which is its work"
)]

mod blob;
mod gather;
mod github;
mod local;
mod memory;
mod offline;
mod store;
mod together;

pub use blob::blob_id;
pub use gather::{Detection, fetch, gather, gather_listed, gather_more, read_one, without_excluded};
pub use github::Github;
pub use local::Local;
pub use memory::{Content, Memory};
pub use offline::Offline;
pub use store::Store;
pub use together::Together;

use std::collections::BTreeSet;

use crate::model::{Cause, Entry, Fact, FactKey, Read, RepoPath, Tree, Unread};

/// The largest file that is read, in bytes: 1 MiB.
///
/// What is larger is data, a bundle or a dump: searching it costs more than all other files together and
/// settles nothing. Its size is known from the listing, so it is never opened.
pub const LARGEST_FILE: u64 = 1 << 20;

/// What a source says of a file larger than `LARGEST_FILE`.
pub fn too_large(path: &RepoPath, size: u64) -> Unread {
    Unread::new(
        Cause::Size,
        format!("`{path}` has {size} bytes, and files over {LARGEST_FILE} bytes are not read"),
        "split it, or keep it outside the repository",
    )
}

/// A revision that a source can list and read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Revision {
    /// The files on disk: a working tree, or a folder without git.
    WorkingTree,
    /// A commit's full id.
    Commit(String),
}

/// Why a source can't answer at all: the run ends with status 3.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The user's fault: no such repository, ref or folder.
    #[error("{what}")]
    NotFound {
        /// What was looked for, and where.
        what: String,
    },
    /// The environment's fault: permission, network, limit.
    #[error("{what}")]
    Unreachable {
        /// What was tried, and what came back.
        what: String,
    },
    /// Our own limit: a repository format that is not modelled.
    #[error("{what}")]
    Unsupported {
        /// What is not supported.
        what: String,
    },
}

/// Where a change comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ancestry {
    /// The full id of the commit that the base's name means.
    pub tip: String,
    /// The best common ancestor; `None` when there is none, or it is not to be had (a shallow clone).
    pub merge_base: Option<String>,
}

/// A file to be read: its path and what the tree says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The path.
    pub path: RepoPath,
    /// The tree's entry.
    pub entry: Entry,
}

/// One repository.
///
/// Native `async fn` through generics: nothing here is made into a trait object.
#[allow(
    async_fn_in_trait,
    reason = "one thread drives one source, so no future has to be Send"
)]
pub trait Source {
    /// The full id of the commit that a name (commit, branch, tag) means.
    async fn resolve(&mut self, name: &str) -> Result<String, SourceError>;

    /// The best common ancestor of two commits; `None` when they have none, or it is not to be had (a shallow clone).
    async fn merge_base(&mut self, left: &str, right: &str) -> Result<Option<String>, SourceError>;

    /// Where a change comes from: the commit that `name` means, and its best common ancestor with `head`.
    async fn ancestry(&mut self, head: &str, name: &str) -> Result<Ancestry, SourceError> {
        let tip = self.resolve(name).await?;
        let merge_base = self.merge_base(head, &tip).await?;
        Ok(Ancestry { tip, merge_base })
    }

    /// Whether it is worth saying beforehand what will be read.
    fn is_dear(&self) -> bool {
        false
    }

    /// Says what will be read soon, of this revision or of others, so that a source for which each asking is
    /// dear can get it at once. What can't be got is asked for again when it is read.
    async fn expect(&mut self, _revision: &Revision, _wanted: &[Wanted]) {}

    /// All paths at a revision.
    async fn tree(&mut self, revision: &Revision) -> Result<Tree, SourceError>;

    /// The content of files of a revision, in the order asked for. Never fails as a whole: each file is
    /// `Here` or `Unread`.
    async fn read(&mut self, revision: &Revision, wanted: &[Wanted]) -> Vec<Read>;

    /// Facts outside the tree.
    async fn facts(&mut self, keys: &BTreeSet<FactKey>) -> Vec<(FactKey, Fact)>;

    /// Requests made to a server so far.
    fn requests(&self) -> u64;
}
