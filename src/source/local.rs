//! A repository on disk: a git checkout, a bare repository, or any folder. No git binary is run, nothing
//! is written, no filter and no hook is executed, and nothing is fetched.
//!
//! The working tree of a checkout is what git tracks, with the bytes on disk as git would store them:
//! every document that is handed out hashes to the id of its entry, so that a checkout and GitHub's API
//! speak of the same content whatever line breaks or LFS files the checkout has.

mod disk;
mod folder;
mod index;
mod lines;
mod objects;
mod open;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gix::bstr::ByteSlice;

use crate::model::{Cause, Entry, Fact, FactKey, Read, RepoPath, Tree, Unread};

use super::{Revision, Source, SourceError, Wanted};

use disk::Disk;
use objects::Objects;
use open::{discover, name_on_github};

/// A repository on disk.
pub struct Local {
    home: Home,
    /// The path as the user named it, for messages.
    named: String,
    /// The working tree as it was listed, so that asking whether it is dirty costs no second look.
    listed: Option<Listing>,
}

enum Home {
    Folder(Disk),
    Bare(Objects),
    Checkout(Objects, Disk),
}

/// Paths with what stands there, and what is missing among them.
#[derive(Debug, Clone, Default)]
struct Listing {
    entries: Vec<(RepoPath, Entry)>,
    truncated: Option<String>,
}

impl Listing {
    fn into_tree(self) -> Tree {
        let tree = Tree::new(self.entries);
        match self.truncated {
            Some(why) => tree.truncated(why),
            None => tree,
        }
    }
}

impl Local {
    /// Opens what is at this path: the git repository that it lies in (as a whole, also from a subfolder),
    /// a bare repository, or a folder without git.
    ///
    /// Whoever owns the repository, it is only read: configured commands are never run, and the environment's
    /// `GIT_DIR` and its like don't count.
    ///
    /// # Errors
    /// `NotFound` where there is no such folder, `Unsupported` for a format that is not modelled (SHA-256,
    /// reftable), `Unreachable` where it can't be opened.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        let named = path.display().to_string();
        if !path.is_dir() {
            let what = if path.exists() {
                format!("`{named}` is not a folder")
            } else {
                format!("there is no folder `{named}`")
            };
            return Err(SourceError::NotFound { what });
        }
        let home = match discover(path, &named)? {
            None => Home::Folder(Disk::new(path.to_path_buf())),
            Some(repository) => match repository.workdir().map(PathBuf::from) {
                Some(root) => Home::Checkout(Objects::new(repository), Disk::new(root)),
                None => Home::Bare(Objects::new(repository)),
            },
        };
        Ok(Self {
            home,
            named,
            listed: None,
        })
    }

    /// The folder that is judged: the checkout's root, or the folder without git; `None` for a bare repository.
    pub fn root(&self) -> Option<&Path> {
        match &self.home {
            Home::Folder(disk) | Home::Checkout(_, disk) => Some(disk.root()),
            Home::Bare(_) => None,
        }
    }

    /// Whether there is a git repository.
    pub fn is_git(&self) -> bool {
        self.objects().is_some()
    }

    /// The id of the commit that `HEAD` means; `None` without git or before the first commit.
    pub fn head(&self) -> Option<String> {
        let id = self.objects()?.repository().head_id().ok()?;
        Some(id.to_string())
    }

    /// The current branch; `None` without git or with a detached `HEAD`.
    pub fn reference(&self) -> Option<String> {
        let name = self.objects()?.repository().head_name().ok()??;
        Some(name.shorten().to_str_lossy().into_owned())
    }

    /// `owner/name` on github.com, from the URL of the remote `origin`.
    pub fn repository_name(&self) -> Option<String> {
        let repository = self.objects()?.repository();
        let config = repository.config_snapshot();
        let url = config.string("remote.origin.url")?;
        name_on_github(&url.to_str_lossy())
    }

    /// Whether the clone lacks history.
    pub fn is_shallow(&self) -> bool {
        self.objects()
            .is_some_and(|objects| objects.repository().is_shallow().unwrap_or(false))
    }

    /// Whether what git tracks differs from `HEAD`: staged or not, in content, mode or presence. Untracked
    /// files don't count, nor does what lies inside of submodules.
    ///
    /// # Errors
    /// The working tree or `HEAD` can't be listed.
    pub fn dirty(&mut self) -> Result<bool, SourceError> {
        if matches!(self.home, Home::Folder(_) | Home::Bare(_)) {
            return Ok(false);
        }
        let working = self.working_tree()?.into_tree();
        let head = match (self.head(), self.objects_mut()) {
            (Some(head), Some(objects)) => objects.list_names(&head)?.into_tree(),
            (None, _) | (_, None) => Tree::default(),
        };
        let same = working.len() == head.len()
            && working
                .iter()
                .zip(head.iter())
                .all(|(left, right)| left.0 == right.0 && left.1.kind == right.1.kind && left.1.id == right.1.id);
        Ok(!same)
    }

    fn objects(&self) -> Option<&Objects> {
        match &self.home {
            Home::Folder(_) => None,
            Home::Bare(objects) | Home::Checkout(objects, _) => Some(objects),
        }
    }

    fn objects_mut(&mut self) -> Option<&mut Objects> {
        match &mut self.home {
            Home::Folder(_) => None,
            Home::Bare(objects) | Home::Checkout(objects, _) => Some(objects),
        }
    }

    fn git(&mut self, what: &str) -> Result<&mut Objects, SourceError> {
        let named = self.named.clone();
        let what = what.to_owned();
        self.objects_mut().ok_or_else(|| SourceError::NotFound {
            what: format!("`{named}` is no git repository, so it has no {what}"),
        })
    }

    fn working_tree(&mut self) -> Result<Listing, SourceError> {
        if let Some(listed) = &self.listed {
            return Ok(listed.clone());
        }
        let listing = match &mut self.home {
            Home::Folder(disk) => folder::list(disk)?,
            Home::Bare(objects) => match objects.repository().head_id().ok().map(|id| id.to_string()) {
                Some(head) => objects.list(&head)?,
                None => Listing::default(),
            },
            Home::Checkout(objects, disk) => index::list(objects, disk)?,
        };
        self.listed = Some(listing.clone());
        Ok(listing)
    }
}

impl Source for Local {
    async fn resolve(&mut self, name: &str) -> Result<String, SourceError> {
        let named = self.named.clone();
        let shallow = self.is_shallow();
        let objects = self.git(&format!("commit `{name}`"))?;
        if let Some(id) = objects.resolve(name) {
            return Ok(id);
        }
        let mut what = format!("`{name}` is no commit, branch or tag of `{named}`");
        if objects.repository().head_id().is_err() {
            what.push_str(", which has no commit yet");
        } else if shallow {
            what.push_str(", which is a shallow clone: fetch its whole history (`fetch-depth: 0`)");
        }
        Err(SourceError::NotFound { what })
    }

    async fn merge_base(&mut self, left: &str, right: &str) -> Result<Option<String>, SourceError> {
        let shallow = self.is_shallow();
        self.git("history")?.merge_base(left, right, shallow)
    }

    async fn tree(&mut self, revision: &Revision) -> Result<Tree, SourceError> {
        match revision {
            Revision::Commit(id) => Ok(self.git(&format!("commit `{id}`"))?.list(id)?.into_tree()),
            Revision::WorkingTree => {
                let tree = self.working_tree()?.into_tree();
                Ok(if self.is_git() { tree } else { tree.untracked() })
            }
        }
    }

    async fn read(&mut self, revision: &Revision, wanted: &[Wanted]) -> Vec<Read> {
        match (revision, &self.home) {
            (Revision::WorkingTree, Home::Folder(disk)) => disk.read(wanted, |one| {
                let what = format!("`{}` changed while it was read", one.path);
                Read::Unread(Unread::new(Cause::Limit, what, "run readygate again"))
            }),
            (Revision::WorkingTree, Home::Checkout(objects, disk)) => disk.read(wanted, |one| objects.read(one)),
            (Revision::Commit(_), Home::Checkout(objects, _)) | (_, Home::Bare(objects)) => {
                wanted.iter().map(|one| objects.read(one)).collect()
            }
            (Revision::Commit(id), Home::Folder(_)) => wanted
                .iter()
                .map(|one| {
                    let what = format!("`{}` at `{id}` can't be read: the folder has no git", one.path);
                    Read::Unread(Unread::new(Cause::Limit, what, "run readygate on a checkout"))
                })
                .collect(),
        }
    }

    async fn facts(&mut self, keys: &BTreeSet<FactKey>) -> Vec<(FactKey, Fact)> {
        // A clone tells nothing of the repository's settings.
        let unread = |key: &FactKey| {
            Fact::Unread(Unread::new(
                Cause::Permission,
                format!("`{key}` is a setting on GitHub, which was not asked"),
                "set GITHUB_TOKEN, or use `--repo`",
            ))
        };
        keys.iter().map(|key| (key.clone(), unread(key))).collect()
    }

    fn requests(&self) -> u64 {
        0
    }
}
