//! A snapshot's tree as the resolver of modules wants it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

use crate::model::Tree;
use crate::text::{Document, HashMap};

/// The tree as a disk whose root is the repository's.
#[derive(Clone)]
pub(super) struct Files {
    known: Option<Arc<Known>>,
}

struct Known {
    tree: Arc<Tree>,
    texts: HashMap<String, Arc<Document>>,
}

impl Files {
    /// Of a tree, and the texts of the files that tell how modules are found.
    pub(super) fn of(tree: Arc<Tree>, texts: HashMap<String, Arc<Document>>) -> Self {
        Self {
            known: Some(Arc::new(Known { tree, texts })),
        }
    }

    fn entry(&self, path: &Path) -> io::Result<FileMetadata> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let known = self.known.as_ref().ok_or_else(missing)?;
        let path = path.to_str().ok_or_else(missing)?.trim_matches('/');
        if path.split('/').any(|part| part == "node_modules") {
            return Err(missing());
        }
        if path.is_empty() {
            return Ok(FileMetadata::new(false, true, false));
        }
        match known.tree.get(path) {
            Some(entry) if entry.is_file() => Ok(FileMetadata::new(true, false, false)),
            Some(_) => Err(missing()),
            None if known.tree.has_folder(path) => Ok(FileMetadata::new(false, true, false)),
            None => Err(missing()),
        }
    }
}

impl FileSystem for Files {
    fn new() -> Self {
        Self { known: None }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let known = self.known.as_ref().ok_or_else(missing)?;
        let path = path.to_str().ok_or_else(missing)?.trim_matches('/');
        let document = known.texts.get(path).ok_or_else(missing)?;
        Ok(document.bytes().to_vec())
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.entry(path)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.entry(path)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        Ok(path.to_owned())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }
}
