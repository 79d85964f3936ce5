//! All that is known of a repository at one revision.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

use crate::text::HashMap;

use crate::text::{Document, NotText};

use super::{Cause, Component, EntryKind, Facts, RepoPath, Tree, Unread};

/// What reading a path gives.
#[derive(Debug, Clone)]
pub enum Read {
    /// The file's content.
    Here(Arc<Document>),
    /// The tree has no such file.
    Absent,
    /// It is there, or may be, and was not read.
    Unread(Unread),
}

impl Read {
    /// Whether both are one document, or nothing for the same reason.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Here(one), Self::Here(other)) => Arc::ptr_eq(one, other),
            (Self::Absent, Self::Absent) => true,
            (Self::Unread(one), Self::Unread(other)) => one == other,
            (Self::Here(_) | Self::Absent | Self::Unread(_), _) => false,
        }
    }

    /// The content as text, or why there is none. `Ok(None)` is a file that does not exist.
    ///
    /// # Errors
    /// What was not read, and why.
    pub fn text(self, path: &str) -> Result<Option<Arc<Document>>, Unread> {
        match self {
            Self::Absent => Ok(None),
            Self::Unread(unread) => Err(unread),
            Self::Here(document) => match document.not_text() {
                None => Ok(Some(document)),
                Some(why) => Err(not_text(path, why)),
            },
        }
    }
}

fn not_text(path: &str, why: NotText) -> Unread {
    match why {
        NotText::Binary => Unread::new(Cause::Encoding, format!("`{path}` is binary"), "keep it as text"),
        NotText::Encoding => Unread::new(Cause::Encoding, format!("`{path}` is not UTF-8"), "save it as UTF-8"),
        NotText::LfsPointer => {
            let what = format!("`{path}` is a Git LFS pointer, whose content is not in the repository");
            Unread::new(Cause::Encoding, what, "keep this file in git itself")
        }
    }
}

/// Immutable once gathered: the tree, the files read, the facts, the components.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The paths.
    pub tree: Arc<Tree>,
    /// Facts outside the tree.
    pub facts: Facts,
    /// The components, sorted by path; never empty once gathered.
    pub components: Vec<Component>,
    files: HashMap<RepoPath, Read>,
    views: Mutex<HashMap<TypeId, Kept>>,
    kept: Mutex<HashMap<TypeId, Kept>>,
    sides: Sides,
}

/// What is made for one side of a comparison and may do for the other.
#[derive(Debug, Clone, Default)]
pub struct Sides(Arc<Mutex<HashMap<TypeId, Kept>>>);

thread_local! {
    /// The paths that this thread asks for, where somebody wants to know.
    static NOTED: RefCell<Option<BTreeSet<RepoPath>>> = const { RefCell::new(None) };
}

type Kept = Arc<OnceLock<Arc<dyn Any + Send + Sync>>>;

impl Snapshot {
    /// A snapshot of which only the tree is known.
    pub fn new(tree: Arc<Tree>) -> Self {
        Self {
            tree,
            ..Self::default()
        }
    }

    /// The same snapshot, as one of several sides.
    #[must_use]
    pub fn one_of(mut self, sides: &Sides) -> Self {
        self.sides = sides.clone();
        self
    }

    /// What all sides keep of this type.
    pub fn shared<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.made(&self.sides.0, |_| T::default())
    }

    /// Does this, and says which paths the thread asked for.
    pub fn noting<T>(work: impl FnOnce() -> T) -> (T, BTreeSet<RepoPath>) {
        let before = NOTED.replace(Some(BTreeSet::new()));
        let done = work();
        (done, NOTED.replace(before).unwrap_or_default())
    }

    /// Keeps what reading a path gave.
    pub fn insert(&mut self, path: RepoPath, read: Read) {
        self.files.insert(path, read);
        self.views
            .get_mut()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clear();
    }

    /// What `make` makes of the snapshot, made at the first call for this type and kept until more is read.
    pub fn derive<T: Send + Sync + 'static>(&self, make: impl FnOnce(&Snapshot) -> T) -> Arc<T> {
        self.made(&self.views, make)
    }

    /// The same of what stays true whatever else is read: what is made of the tree, of the components, or of files that
    /// were read.
    pub fn keep<T: Send + Sync + 'static>(&self, make: impl FnOnce(&Snapshot) -> T) -> Arc<T> {
        self.made(&self.kept, make)
    }

    fn made<T: Send + Sync + 'static>(
        &self,
        views: &Mutex<HashMap<TypeId, Kept>>,
        make: impl FnOnce(&Snapshot) -> T,
    ) -> Arc<T> {
        let cell = {
            let mut views = views.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            Arc::clone(views.entry(TypeId::of::<T>()).or_default())
        };
        // Outside the lock: a second thread waits for this type alone.
        let made = cell.get_or_init(|| Arc::new(make(self)));
        match Arc::clone(made).downcast::<T>() {
            Ok(view) => view,
            Err(_) => unreachable!("views are keyed by their type"),
        }
    }

    /// Whether this path was asked for already.
    pub fn has_read(&self, path: &RepoPath) -> bool {
        self.files.contains_key(path)
    }

    /// The paths that were asked for.
    pub fn read_paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.files.keys()
    }

    /// What is known of a path. One that no check asked for is unread, never absent.
    pub fn read(&self, path: &str) -> Read {
        NOTED.with_borrow_mut(|noted| {
            if let Some(noted) = noted {
                noted.insert(RepoPath::new(path));
            }
        });
        if let Some(read) = self.files.get(path) {
            return read.clone();
        }
        match self.tree.get(path).map(|entry| entry.kind) {
            None => match self.tree.truncation() {
                None => Read::Absent,
                Some(why) => Read::Unread(Unread::new(
                    Cause::Limit,
                    format!("the listing of files is not whole ({why}), so `{path}` may be there"),
                    "run readygate on a checkout",
                )),
            },
            Some(EntryKind::Symlink) => Read::Unread(Unread::new(
                Cause::Unmodelled,
                format!("`{path}` is a symbolic link, which is not followed"),
                "keep a file there",
            )),
            Some(EntryKind::Submodule) => Read::Unread(Unread::new(
                Cause::Unmodelled,
                format!("`{path}` is a submodule, whose files are not read"),
                "gate that repository itself",
            )),
            Some(EntryKind::File | EntryKind::Executable) => Read::Unread(Unread::new(
                Cause::Unmodelled,
                format!("`{path}` was not asked for"),
                "this is a mistake of readygate: please report it",
            )),
        }
    }
}
