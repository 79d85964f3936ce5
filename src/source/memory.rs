//! A repository made in memory: what tests judge, and what the other sources are compared with.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha1::{Digest, Sha1};

use crate::model::{BlobId, Cause, Entry, EntryKind, Fact, FactKey, Facts, Read, RepoPath, Tree, Unread};
use crate::text::Document;

use super::{LARGEST_FILE, Revision, Source, SourceError, Wanted, blob_id, too_large};

/// What stands at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file.
    File(Vec<u8>),
    /// A file that may be run.
    Executable(Vec<u8>),
    /// A symbolic link: its target's text.
    Symlink(Vec<u8>),
    /// Another repository's commit.
    Submodule(BlobId),
}

impl Content {
    /// A file of this text.
    pub fn text(text: &str) -> Self {
        Self::File(text.as_bytes().to_vec())
    }

    fn entry(&self) -> Entry {
        let (kind, bytes) = match self {
            Self::File(bytes) => (EntryKind::File, bytes),
            Self::Executable(bytes) => (EntryKind::Executable, bytes),
            Self::Symlink(target) => (EntryKind::Symlink, target),
            Self::Submodule(commit) => {
                return Entry {
                    kind: EntryKind::Submodule,
                    id: Some(*commit),
                    size: None,
                };
            }
        };
        Entry {
            kind,
            id: Some(blob_id(bytes)),
            size: Some(bytes.len() as u64),
        }
    }
}

#[derive(Debug)]
struct Commit {
    parents: Vec<String>,
    entries: Vec<(RepoPath, Entry)>,
}

/// Commits, branches and facts in memory. It answers as the other sources do and makes no request.
#[derive(Debug, Default)]
pub struct Memory {
    commits: BTreeMap<String, Commit>,
    names: BTreeMap<String, String>,
    blobs: BTreeMap<BlobId, Arc<[u8]>>,
    working: Option<Vec<(RepoPath, Entry)>>,
    truncated: Option<String>,
    unreadable: BTreeMap<RepoPath, Unread>,
    facts: Facts,
}

impl Memory {
    /// A repository without a commit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a commit of exactly these files and makes it `HEAD`. Gives its id, which depends on its parents
    /// and files alone.
    pub fn commit<'a>(&mut self, parents: &[&str], files: impl IntoIterator<Item = (&'a [u8], &'a Content)>) -> String {
        let entries = self.keep(files);
        let mut hasher = Sha1::new();
        parents
            .iter()
            .for_each(|parent| hasher.update(format!("parent {parent}\n")));
        for (path, entry) in &entries {
            hasher.update(format!("{path}\0{entry:?}\n"));
        }
        let id = BlobId(hasher.finalize().into()).to_string();
        let parents = parents.iter().map(|parent| (*parent).to_owned()).collect();
        self.commits.insert(id.clone(), Commit { parents, entries });
        self.names.insert("HEAD".to_owned(), id.clone());
        id
    }

    /// Names a commit: a branch, a tag, `HEAD`.
    pub fn name(&mut self, name: &str, commit: &str) {
        self.names.insert(name.to_owned(), commit.to_owned());
    }

    /// Sets the working tree's files; until then they are those of `HEAD`.
    pub fn set_working_tree<'a>(&mut self, files: impl IntoIterator<Item = (&'a [u8], &'a Content)>) {
        self.working = Some(self.keep(files));
    }

    /// Sets a fact.
    pub fn set_fact(&mut self, key: impl Into<FactKey>, fact: Fact) {
        self.facts.insert(key.into(), fact);
    }

    /// Makes every listing one that lacks entries.
    pub fn set_truncated(&mut self, why: impl Into<String>) {
        self.truncated = Some(why.into());
    }

    /// Makes a path one that can't be read.
    pub fn set_unread(&mut self, path: RepoPath, unread: Unread) {
        self.unreadable.insert(path, unread);
    }

    fn keep<'a>(&mut self, files: impl IntoIterator<Item = (&'a [u8], &'a Content)>) -> Vec<(RepoPath, Entry)> {
        let mut entries = Vec::new();
        for (path, content) in files {
            let entry = content.entry();
            match (content, entry.id) {
                (Content::File(bytes) | Content::Executable(bytes) | Content::Symlink(bytes), Some(id)) => {
                    self.blobs.insert(id, Arc::from(bytes.as_slice()));
                }
                (Content::Submodule(_), _) | (_, None) => {}
            }
            entries.push((RepoPath::new(&String::from_utf8_lossy(path)), entry));
        }
        entries.sort_by(|left, right| left.0.cmp(&right.0));
        entries
    }

    /// A commit with all its ancestors.
    fn history(&self, commit: &str) -> BTreeSet<&str> {
        let mut known = BTreeSet::new();
        let mut open: Vec<&str> = self
            .commits
            .get_key_value(commit)
            .map(|(id, _)| id.as_str())
            .into_iter()
            .collect();
        while let Some(id) = open.pop() {
            if known.insert(id)
                && let Some(commit) = self.commits.get(id)
            {
                open.extend(commit.parents.iter().map(String::as_str));
            }
        }
        known
    }
}

impl Source for Memory {
    async fn resolve(&mut self, name: &str) -> Result<String, SourceError> {
        if let Some(commit) = self.names.get(name) {
            return Ok(commit.clone());
        }
        let mut of_prefix = self.commits.keys().filter(|id| name.len() >= 4 && id.starts_with(name));
        match (of_prefix.next(), of_prefix.next()) {
            (Some(id), None) => Ok(id.clone()),
            (None, _) | (Some(_), Some(_)) => Err(SourceError::NotFound {
                what: format!("`{name}` is no commit, branch or tag"),
            }),
        }
    }

    async fn merge_base(&mut self, left: &str, right: &str) -> Result<Option<String>, SourceError> {
        let right = self.history(right);
        let common: BTreeSet<&str> = self.history(left).intersection(&right).copied().collect();
        let best = common.iter().find(|candidate| {
            let newer = common.iter().filter(|other| other != candidate);
            !newer.into_iter().any(|other| self.history(other).contains(**candidate))
        });
        Ok(best.map(|id| (*id).to_owned()))
    }

    async fn tree(&mut self, revision: &Revision) -> Result<Tree, SourceError> {
        let entries = match (revision, &self.working) {
            (Revision::WorkingTree, Some(entries)) => entries.clone(),
            (Revision::WorkingTree, None) => self
                .names
                .get("HEAD")
                .and_then(|id| self.commits.get(id))
                .map(|commit| commit.entries.clone())
                .unwrap_or_default(),
            (Revision::Commit(id), _) => match self.commits.get(id) {
                Some(commit) => commit.entries.clone(),
                None => {
                    return Err(SourceError::NotFound {
                        what: format!("there is no commit `{id}`"),
                    });
                }
            },
        };
        let tree = Tree::new(entries);
        Ok(match &self.truncated {
            Some(why) => tree.truncated(why.clone()),
            None => tree,
        })
    }

    async fn read(&mut self, _: &Revision, wanted: &[Wanted]) -> Vec<Read> {
        let read = |one: &Wanted| {
            if let Some(unread) = self.unreadable.get(&one.path) {
                return Read::Unread(unread.clone());
            }
            match one.entry.id.and_then(|id| self.blobs.get(&id)) {
                Some(bytes) if bytes.len() as u64 > LARGEST_FILE => {
                    Read::Unread(too_large(&one.path, bytes.len() as u64))
                }
                Some(bytes) => Read::Here(Arc::new(Document::new(bytes.to_vec()))),
                None => Read::Unread(Unread::new(
                    Cause::Network,
                    format!("the content of `{}` is not here", one.path),
                    "",
                )),
            }
        };
        wanted.iter().map(read).collect()
    }

    async fn facts(&mut self, keys: &BTreeSet<FactKey>) -> Vec<(FactKey, Fact)> {
        let fact = |key: &FactKey| {
            if self.facts.has(key) {
                return (key.clone(), self.facts.get(key));
            }
            let unread = Unread::new(Cause::Permission, format!("`{key}` is not known here"), "set it");
            (key.clone(), Fact::Unread(unread))
        };
        keys.iter().map(fact).collect()
    }

    fn requests(&self) -> u64 {
        0
    }
}
