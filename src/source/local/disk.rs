//! Files on disk, read without ever following a symbolic link.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::model::{Cause, EntryKind, Read, RepoPath, Unread};
use crate::source::blob::{blob_id, without_carriage_returns};
use crate::source::{LARGEST_FILE, Wanted, too_large};
use crate::text::Document;

/// A folder on disk.
pub(super) struct Disk {
    root: PathBuf,
    /// Where a path's text is not the name on disk, since that is not UTF-8.
    names: Mutex<HashMap<RepoPath, PathBuf>>,
}

/// What a folder inside of the root is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A folder, as are all above it.
    Folder,
    /// It or one above it is a symbolic link, which may lead anywhere.
    Linked,
    /// It is not there, or no folder.
    Gone,
}

/// The standing of folders, each looked at once.
pub(super) struct Guard<'a> {
    root: &'a Path,
    known: HashMap<PathBuf, Standing>,
}

impl<'a> Guard<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self {
            root,
            known: HashMap::new(),
        }
    }

    /// The standing of the folder that a path lies in.
    pub(super) fn above(&mut self, path: &Path) -> Standing {
        let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
            return Standing::Folder;
        };
        if let Some(known) = self.known.get(folder) {
            return *known;
        }
        // No index that git wrote has such a path; one that was made to have it leads nowhere either.
        let is_plain =
            |part: Component<'_>| matches!(part, Component::Normal(name) if !name.eq_ignore_ascii_case(".git"));
        if !path.components().all(is_plain) {
            return Standing::Linked;
        }
        let standing = match self.above(folder) {
            Standing::Folder => match fs::symlink_metadata(self.root.join(folder)) {
                Ok(found) if found.is_dir() => Standing::Folder,
                Ok(found) if found.is_symlink() => Standing::Linked,
                Ok(_) | Err(_) => Standing::Gone,
            },
            other @ (Standing::Linked | Standing::Gone) => other,
        };
        self.known.insert(folder.to_path_buf(), standing);
        standing
    }
}

/// What looking for one file gave.
enum Looked {
    Settled(Read),
    /// What is on disk is not what git stores: its own copy is wanted.
    Elsewhere,
}

impl Disk {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            names: Mutex::default(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Keeps the name on disk of a path whose text is another.
    pub(super) fn keep_name(&self, path: RepoPath, name: PathBuf) {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        // Two names may become one text; the tree keeps the first.
        names.entry(path).or_insert(name);
    }

    /// The files' content, read on all cores. Where the bytes on disk are not those of the entry's id, nor
    /// are so once line breaks are as git stores them, `elsewhere` is asked.
    pub(super) fn read(&self, wanted: &[Wanted], elsewhere: impl Fn(&Wanted) -> Read) -> Vec<Read> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let mut guard = Guard::new(&self.root);
        let places: Vec<(PathBuf, Standing)> = wanted
            .iter()
            .map(|one| {
                let name = names.get(&one.path).cloned();
                let name = name.unwrap_or_else(|| PathBuf::from(one.path.as_str()));
                let standing = guard.above(&name);
                (name, standing)
            })
            .collect();
        let looked: Vec<Looked> = wanted
            .par_iter()
            .zip(&places)
            .map(|(one, (name, standing))| self.look(one, name, *standing))
            .collect();
        let settle = |(looked, one): (Looked, &Wanted)| match looked {
            Looked::Settled(read) => read,
            Looked::Elsewhere => elsewhere(one),
        };
        looked.into_iter().zip(wanted).map(settle).collect()
    }

    fn look(&self, wanted: &Wanted, name: &Path, standing: Standing) -> Looked {
        let path = &wanted.path;
        if standing == Standing::Linked {
            return Looked::Settled(Read::Unread(Unread::new(
                Cause::Unmodelled,
                format!("`{path}` lies behind a symbolic link or outside of the repository, which is not followed"),
                "keep a folder there",
            )));
        }
        if let Some(size) = wanted.entry.size.filter(|size| *size > LARGEST_FILE) {
            return Looked::Settled(Read::Unread(too_large(path, size)));
        }
        match (self.bytes(name, wanted.entry.kind), wanted.entry.id) {
            (Ok(Bytes::Whole(bytes)), None) => Looked::Settled(here(bytes)),
            (Ok(Bytes::Large(size)), None) => Looked::Settled(Read::Unread(too_large(path, size))),
            (Ok(Bytes::Whole(bytes)), Some(id)) => {
                if blob_id(&bytes) == id {
                    return Looked::Settled(here(bytes));
                }
                match without_carriage_returns(&bytes) {
                    Some(text) if blob_id(&text) == id => Looked::Settled(here(text)),
                    Some(_) | None => Looked::Elsewhere,
                }
            }
            (Ok(Bytes::Large(_)), Some(_)) => Looked::Elsewhere,
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Looked::Elsewhere,
            (Err(error), _) => Looked::Settled(Read::Unread(Unread::new(
                Cause::Permission,
                format!("`{path}` can't be read: {}", error.kind()),
                "let the user who runs readygate read it",
            ))),
        }
    }

    fn bytes(&self, name: &Path, kind: EntryKind) -> io::Result<Bytes> {
        let place = self.root.join(name);
        let found = fs::symlink_metadata(&place)?;
        if found.is_symlink() && kind == EntryKind::Symlink {
            return Ok(Bytes::Whole(link_target(&place)?));
        }
        if !found.is_file() {
            // Opening a pipe would wait for ever, and a link may lead anywhere.
            return Err(io::ErrorKind::NotFound.into());
        }
        if found.len() > LARGEST_FILE {
            return Ok(Bytes::Large(found.len()));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default() + 1);
        let read = fs::File::open(&place)?.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
        if read as u64 > LARGEST_FILE {
            return Ok(Bytes::Large(read as u64));
        }
        Ok(Bytes::Whole(bytes))
    }
}

enum Bytes {
    Whole(Vec<u8>),
    Large(u64),
}

fn here(bytes: Vec<u8>) -> Read {
    Read::Here(Arc::new(Document::new(bytes)))
}

/// A link's target as git stores it.
pub(super) fn link_target(place: &Path) -> io::Result<Vec<u8>> {
    let target = fs::read_link(place)?;
    let target = gix::path::into_bstr(target).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(target.into_owned().into())
}
