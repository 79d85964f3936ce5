//! Commits, trees and blobs from git's object database.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice};
use gix::objs::{Kind, TreeRefIter, tree::EntryKind as Mode};

use crate::model::{BlobId, Cause, Class, Entry, EntryKind, Read, RepoPath, Unread};
use crate::source::{LARGEST_FILE, SourceError, Wanted, too_large};
use crate::text::Document;

use super::Listing;

/// More entries than this are not listed: a few trees that name each other can stand for billions of paths.
const MOST_ENTRIES: usize = 1_000_000;

/// The object database of one repository.
pub(super) struct Objects {
    repository: gix::Repository,
    /// Sizes that were looked up, shared by head and base.
    sizes: RefCell<HashMap<ObjectId, Option<u64>>>,
}

impl Objects {
    pub(super) fn new(repository: gix::Repository) -> Self {
        Self {
            repository,
            sizes: RefCell::default(),
        }
    }

    pub(super) fn repository(&self) -> &gix::Repository {
        &self.repository
    }

    /// The commit that a name means. A branch that is only known from `origin` is found by its plain name,
    /// too: a checkout in CI has no other branches of its own.
    pub(super) fn resolve(&self, name: &str) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        [name.to_owned(), format!("refs/remotes/origin/{name}")]
            .iter()
            .find_map(|name| {
                let id = self.repository.rev_parse_single(name.as_bytes().as_bstr()).ok()?;
                let commit = id.object().ok()?.peel_to_commit().ok()?;
                Some(commit.id.to_string())
            })
    }

    pub(super) fn merge_base(&self, left: &str, right: &str, shallow: bool) -> Result<Option<String>, SourceError> {
        let (left, right) = (self.commit(left)?, self.commit(right)?);
        match self.repository.merge_base(left, right) {
            Ok(base) => Ok(base.map(|id| id.to_string())),
            // Where history was cut off there is nothing to be found, which is no error.
            Err(_) if shallow => Ok(None),
            Err(error) => Err(SourceError::Unreachable {
                what: format!("the history of `{left}` and `{right}` can't be read: {error}"),
            }),
        }
    }

    /// All paths of a commit, with the sizes of all blobs but those of vendored files, which are never read.
    pub(super) fn list(&self, commit: &str) -> Result<Listing, SourceError> {
        let mut listing = self.list_names(commit)?;
        for (path, entry) in &mut listing.entries {
            if entry.kind != EntryKind::Submodule && !Class::of(path.as_str()).is_never_read() {
                entry.size = entry.id.and_then(|id| self.size(id));
            }
        }
        Ok(listing)
    }

    /// All paths of a commit, without sizes.
    pub(super) fn list_names(&self, commit: &str) -> Result<Listing, SourceError> {
        let id = self.commit(commit)?;
        let unreachable = |error: gix::Error| SourceError::Unreachable {
            what: format!("commit `{commit}` can't be read: {error}"),
        };
        let object = self.repository.find_object(id).map_err(unreachable)?;
        let tree = object.peel_to_tree().map_err(unreachable)?;
        let mut listing = Listing::default();
        self.list_below(tree.id, BString::default(), &mut listing);
        Ok(listing)
    }

    /// The paths of a tree, below a folder's name. What is missing is told by the listing.
    pub(super) fn list_below(&self, tree: ObjectId, folder: BString, listing: &mut Listing) {
        let mut open = vec![(tree, folder)];
        while let Some((id, folder)) = open.pop() {
            if listing.entries.len() > MOST_ENTRIES {
                listing.truncated = Some(format!("it has more than {MOST_ENTRIES} paths"));
                return;
            }
            if self.list_one(id, &folder, listing, &mut open).is_none() {
                let name = RepoPath::new(&folder.to_str_lossy());
                listing
                    .truncated
                    .get_or_insert(format!("the clone lacks the folder `{name}`"));
            }
        }
    }

    fn list_one(
        &self,
        id: ObjectId,
        folder: &BString,
        listing: &mut Listing,
        open: &mut Vec<(ObjectId, BString)>,
    ) -> Option<()> {
        let object = self.repository.try_find_object(id).ok()??;
        if object.kind != Kind::Tree {
            return None;
        }
        for entry in TreeRefIter::from_bytes(&object.data, self.repository.object_hash()) {
            let entry = entry.ok()?;
            let mut path = folder.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(entry.filename);
            let kind = match entry.mode.kind() {
                Mode::Tree => {
                    open.push((entry.oid.to_owned(), path));
                    continue;
                }
                Mode::Blob => EntryKind::File,
                Mode::BlobExecutable => EntryKind::Executable,
                Mode::Link => EntryKind::Symlink,
                Mode::Commit => EntryKind::Submodule,
            };
            let found = Entry {
                kind,
                id: blob(entry.oid),
                size: None,
            };
            listing.entries.push((RepoPath::new(&path.to_str_lossy()), found));
        }
        Some(())
    }

    /// A blob's size, where the clone has it.
    pub(super) fn size(&self, id: BlobId) -> Option<u64> {
        let id = ObjectId::from_bytes_or_panic(&id.0);
        *self.sizes.borrow_mut().entry(id).or_insert_with(|| {
            let header = self.repository.try_find_header(id).ok()??;
            Some(header.size())
        })
    }

    /// Keeps a blob's size that the checkout told: looking it up in a pack costs more than all else of a base.
    pub(super) fn keep_size(&self, id: BlobId, size: u64) {
        self.sizes
            .borrow_mut()
            .insert(ObjectId::from_bytes_or_panic(&id.0), Some(size));
    }

    /// A blob's bytes, where the clone has it and it is not too large.
    pub(super) fn small_blob(&self, id: BlobId, limit: u64) -> Option<Vec<u8>> {
        if self.size(id)? > limit {
            return None;
        }
        let id = ObjectId::from_bytes_or_panic(&id.0);
        let mut object = self.repository.try_find_object(id).ok()??;
        (object.kind == Kind::Blob).then(|| std::mem::take(&mut object.data))
    }

    /// The content of a blob by its entry's id.
    pub(super) fn read(&self, wanted: &Wanted) -> Read {
        let path = &wanted.path;
        let missing = |what: String| {
            Read::Unread(Unread::new(
                Cause::Network,
                what,
                "fetch it (`git fetch --refetch --no-filter`), or use `--repo`",
            ))
        };
        let Some(id) = wanted.entry.id else {
            return missing(format!("`{path}` can't be read"));
        };
        match self.size(id) {
            None => missing(format!("the content of `{path}` (blob {id}) is not in this clone")),
            Some(size) if size > LARGEST_FILE => Read::Unread(too_large(path, size)),
            Some(_) => match self.small_blob(id, LARGEST_FILE) {
                Some(bytes) => Read::Here(Arc::new(Document::new(bytes))),
                None => missing(format!(
                    "the content of `{path}` (blob {id}) is not in this clone, or damaged there"
                )),
            },
        }
    }

    fn commit(&self, id: &str) -> Result<ObjectId, SourceError> {
        ObjectId::from_hex(id.as_bytes())
            .ok()
            .filter(|id| self.repository.has_object(id))
            .ok_or_else(|| SourceError::NotFound {
                what: format!("there is no commit `{id}` in this clone"),
            })
    }
}

/// Our own shape of a SHA-1.
pub(super) fn blob(id: &gix::hash::oid) -> Option<BlobId> {
    <[u8; 20]>::try_from(id.as_bytes()).ok().map(BlobId)
}
