//! The files of a repository at one revision, by path.

mod by_path;

use std::sync::{Arc, Mutex, OnceLock};

use crate::text::HashMap;

use super::path::Shape;
use super::{Class, PathGlob, RepoPath};
use by_path::ByPath;

/// A git blob's SHA-1 id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId(pub [u8; 20]);

impl BlobId {
    /// Reads 40 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 20];
        if text.len() != 40 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl std::fmt::Display for BlobId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl std::fmt::Debug for BlobId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "BlobId({self})")
    }
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A file.
    File,
    /// A file that may be run.
    Executable,
    /// A symbolic link: its blob is the target's text. It is never followed.
    Symlink,
    /// Another repository's commit; nothing below it is read.
    Submodule,
}

/// One path's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What stands there.
    pub kind: EntryKind,
    /// The blob's id; `None` in a folder without git, where a file is known by its path alone.
    pub id: Option<BlobId>,
    /// The size in bytes where the listing gives it.
    pub size: Option<u64>,
}

impl Entry {
    /// Whether it is a file that can be read.
    pub fn is_file(&self) -> bool {
        matches!(self.kind, EntryKind::File | EntryKind::Executable)
    }
}

/// All paths at one revision, sorted; folders are implied.
#[derive(Debug, Default)]
pub struct Tree {
    entries: Vec<(RepoPath, Entry)>,
    truncated: Option<String>,
    tracked: bool,
    left_out: Vec<RepoPath>,
    by_path: OnceLock<ByPath>,
    by_name: OnceLock<HashMap<String, Vec<usize>>>,
    by_extension: OnceLock<HashMap<String, Vec<usize>>>,
    classes: OnceLock<Vec<Class>>,
    has_vendored: OnceLock<bool>,
    selections: Mutex<HashMap<String, Arc<OnceLock<Vec<usize>>>>>,
    remembered: Mutex<HashMap<String, Arc<OnceLock<Vec<usize>>>>>,
}

/// Where to look for entries before they are tested one by one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Within<'a> {
    /// At one path.
    At(&'a str),
    /// Among those of this file name.
    Named(&'a str),
    /// Below this folder.
    Below(&'a str),
    /// Below this folder, among those that have one of these behind the last full stop.
    Ending(&'a str, &'a [&'a str]),
    /// The same where these are in small letters, and the paths in any.
    EndingAnyhow(&'a str, &'a [&'a str]),
}

impl Tree {
    /// A tree from its entries in any order; of two with one path the first counts.
    pub fn new(mut entries: Vec<(RepoPath, Entry)>) -> Self {
        entries.sort_by(|left, right| left.0.cmp(&right.0));
        entries.dedup_by(|later, earlier| later.0 == earlier.0);
        Self {
            entries,
            tracked: true,
            ..Self::default()
        }
    }

    /// The same tree, said to lack entries, and why: an absent path is then unknown.
    #[must_use]
    pub fn truncated(mut self, why: impl Into<String>) -> Self {
        self.truncated = Some(why.into());
        self
    }

    /// The same tree, listed from a folder without git: what git tracks or ignores is unknown.
    #[must_use]
    pub fn untracked(mut self) -> Self {
        self.tracked = false;
        self
    }

    /// The same tree, and which paths the policy excludes from it.
    #[must_use]
    pub fn leaving_out(mut self, mut paths: Vec<RepoPath>) -> Self {
        paths.sort();
        self.left_out = paths;
        self
    }

    /// The paths that are there and that the policy lets nobody look at, in order.
    pub fn left_out(&self) -> &[RepoPath] {
        &self.left_out
    }

    /// Why the listing is not whole, if it is not.
    pub fn truncation(&self) -> Option<&str> {
        self.truncated.as_deref()
    }

    /// Whether the listing is git's own: every entry is tracked.
    pub fn is_tracked(&self) -> bool {
        self.tracked
    }

    /// Whether both list the same kinds of entries at the same paths, whatever these hold.
    pub fn is_alike(&self, other: &Self) -> bool {
        let listed = |tree: &Self| {
            (
                tree.truncated.clone(),
                tree.tracked,
                tree.left_out.clone(),
                tree.entries.len(),
            )
        };
        let pairs = || self.entries.iter().zip(&other.entries);
        listed(self) == listed(other)
            && pairs().all(|((path, entry), (other, beside))| path == other && entry.kind == beside.kind)
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&RepoPath, &Entry)> {
        self.entries.iter().map(|(path, entry)| (path, entry))
    }

    /// The entry at a path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        self.index_of(path).map(|index| &self.entries[index].1)
    }

    /// The entry at a path with its own path.
    pub fn get_with_path(&self, path: &str) -> Option<(&RepoPath, &Entry)> {
        self.index_of(path)
            .map(|index| (&self.entries[index].0, &self.entries[index].1))
    }

    /// Whether a folder of this path holds anything.
    pub fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// All entries below a folder; of the root, all.
    pub fn below(&self, folder: &str) -> impl Iterator<Item = (&RepoPath, &Entry)> {
        self.range_below(folder)
            .map(|index| (&self.entries[index].0, &self.entries[index].1))
    }

    /// All entries whose path starts with this text, in order: `a/req` finds `a/requirements.txt` and `a/req/x`.
    pub fn starting_with<'a>(&'a self, prefix: &str) -> impl Iterator<Item = (&'a RepoPath, &'a Entry)> + use<'a> {
        let start = self.entries.partition_point(|(path, _)| path.as_str() < prefix);
        let prefix = prefix.to_owned();
        self.entries[start..]
            .iter()
            .take_while(move |(path, _)| path.as_str().starts_with(&prefix))
            .map(|(path, entry)| (path, entry))
    }

    /// Whether any path starts with this text.
    pub(crate) fn has_beginning(&self, prefix: &str) -> bool {
        let start = self.entries.partition_point(|(path, _)| path.as_str() < prefix);
        let first = self.entries.get(start);
        first.is_some_and(|(path, _)| path.as_str().starts_with(prefix))
    }

    /// All entries that match a pattern, in order, whatever their class.
    pub fn matching<'a>(&'a self, glob: &'a PathGlob) -> impl Iterator<Item = (&'a RepoPath, &'a Entry)> {
        let candidates: Box<dyn Iterator<Item = usize> + 'a> = match glob.shape() {
            Shape::Exact => Box::new(self.index_of(glob.source()).into_iter()),
            Shape::Named(name) => Box::new(self.named(name).iter().copied()),
            Shape::Below(folder) => Box::new(self.range_below(folder)),
        };
        candidates
            .map(|index| (&self.entries[index].0, &self.entries[index].1))
            .filter(|(path, _)| glob.matches(path.as_str()))
    }

    /// The class of a path that the tree has; of another path, by its name alone.
    pub fn class(&self, path: &str) -> Class {
        let classes = self.all_classes();
        self.index_of(path)
            .map_or_else(|| Class::of(path), |index| classes[index])
    }

    /// All entries of this file name, in order.
    pub fn with_name<'a>(&'a self, name: &str) -> impl Iterator<Item = (&'a RepoPath, &'a Entry)> {
        self.named(name)
            .iter()
            .map(|index| (&self.entries[*index].0, &self.entries[*index].1))
    }

    /// The places of the entries within that pass a test, in order. They are found once for a key, which
    /// must say all that they depend on: the same patterns are asked by many controls, in needs and in judging.
    pub(crate) fn select(
        &self,
        key: String,
        within: Within<'_>,
        is_match: impl Fn(&RepoPath, Class) -> bool,
    ) -> Arc<OnceLock<Vec<usize>>> {
        let cell = {
            let mut selections = self.selections.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            Arc::clone(selections.entry(key).or_default())
        };
        let classes = self.all_classes();
        cell.get_or_init(|| {
            let is_one = |index: &usize| is_match(&self.entries[*index].0, classes[*index]);
            // Few of many: a list of all candidates would keep its room for them.
            let mut found: Vec<usize> = match within {
                Within::At(path) => self.index_of(path).into_iter().filter(is_one).collect(),
                Within::Named(name) => self.named(name).iter().copied().filter(is_one).collect(),
                Within::Below(folder) => self.range_below(folder).filter(is_one).collect(),
                Within::Ending(folder, extensions) => {
                    let ending = self.ending(folder, extensions);
                    ending.into_iter().filter(is_one).collect()
                }
                Within::EndingAnyhow(folder, extensions) => {
                    let known = self.extensions().keys().map(String::as_str);
                    let wanted = known.filter(|known| extensions.contains(&known.to_lowercase().as_str()));
                    let ending = self.ending(folder, &wanted.collect::<Vec<_>>());
                    ending.into_iter().filter(is_one).collect()
                }
            };
            found.shrink_to_fit();
            found
        });
        cell
    }

    /// The entry at a place in the order of paths, with its class.
    pub(crate) fn nth(&self, index: usize) -> (&RepoPath, &Entry, Class) {
        let (path, entry) = &self.entries[index];
        (path, entry, self.all_classes()[index])
    }

    /// Of places in the order of paths, those below a folder.
    pub(crate) fn those_below<'a>(&self, folder: &str, places: &'a [usize]) -> &'a [usize] {
        let below = self.range_below(folder);
        let before = |end: usize| places.partition_point(|place| *place < end);
        &places[before(below.start)..before(below.end)]
    }

    /// What `find` finds in this tree, found once for a key, which must say all that it depends on.
    pub(crate) fn remember(&self, key: String, find: impl FnOnce() -> Vec<usize>) -> Vec<(&RepoPath, &Entry)> {
        let cell = {
            let mut known = self.remembered.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            Arc::clone(known.entry(key).or_default())
        };
        let found = cell.get_or_init(|| {
            let mut found = find();
            found.shrink_to_fit();
            found
        });
        let entry = |index: &usize| (&self.entries[*index].0, &self.entries[*index].1);
        found.iter().map(entry).collect()
    }

    /// The entries that pass a test, in order, found once for a name, which must say what the test is: every control asks
    /// again in every round of reading.
    pub(crate) fn those(
        &self,
        name: &str,
        is_one: impl Fn(&RepoPath, &Entry, Class) -> bool,
    ) -> Vec<(&RepoPath, &Entry)> {
        self.remember(name.to_owned(), || {
            let entries = self.entries.iter().zip(self.all_classes()).enumerate();
            let found = entries.filter(|(_, ((path, entry), class))| is_one(path, entry, **class));
            found.map(|(index, _)| index).collect()
        })
    }

    /// Whether anything in it is vendored.
    pub(crate) fn has_vendored(&self) -> bool {
        *self
            .has_vendored
            .get_or_init(|| self.all_classes().contains(&Class::Vendored))
    }

    fn all_classes(&self) -> &[Class] {
        self.classes.get_or_init(|| {
            let fetched = self.fetched();
            let is_fetched = |path: &str| fetched.iter().any(|folder| path.starts_with(folder.as_str()));
            let class = |(path, _): &(RepoPath, Entry)| match Class::of(path.as_str()) {
                Class::Archived | Class::Built => Class::of(path.as_str()),
                _ if is_fetched(path.as_str()) => Class::Vendored,
                class => class,
            };
            self.entries.iter().map(class).collect()
        })
    }

    /// The folders into which Foundry fetches what contracts use, each with a slash at its end.
    /// <https://getfoundry.sh/projects/dependencies>
    fn fetched(&self) -> Vec<String> {
        let settings = self.with_name("foundry.toml").map(|(path, _)| path);
        let own = settings.filter(|path| !path.as_str().contains("lib/"));
        own.map(|path| match path.parent() {
            "" => "lib/".to_owned(),
            folder => format!("{folder}/lib/"),
        })
        .collect()
    }

    fn named(&self, name: &str) -> &[usize] {
        let index = self.by_name.get_or_init(|| {
            let mut index: HashMap<String, Vec<usize>> = HashMap::default();
            for (at, (path, _)) in self.entries.iter().enumerate() {
                index.entry(path.file_name().to_owned()).or_default().push(at);
            }
            index
        });
        index.get(name).map_or(&[], Vec::as_slice)
    }

    /// The places of all, by what stands behind their last full stop.
    fn extensions(&self) -> &HashMap<String, Vec<usize>> {
        self.by_extension.get_or_init(|| {
            let mut index: HashMap<String, Vec<usize>> = HashMap::default();
            for (at, (path, _)) in self.entries.iter().enumerate() {
                if let Some((_, extension)) = path.as_str().rsplit_once('.') {
                    match index.get_mut(extension) {
                        Some(known) => known.push(at),
                        None => {
                            index.insert(extension.to_owned(), vec![at]);
                        }
                    }
                }
            }
            index
        })
    }

    /// The places below a folder of what has one of these behind its last full stop, in order.
    fn ending(&self, folder: &str, extensions: &[&str]) -> Vec<usize> {
        let index = self.extensions();
        let below = self.range_below(folder);
        let known = extensions.iter().filter_map(|extension| index.get(*extension));
        let within = known.flat_map(|all| {
            let start = all.partition_point(|at| *at < below.start);
            let end = all.partition_point(|at| *at < below.end);
            &all[start..end]
        });
        let mut found: Vec<usize> = within.copied().collect();
        if extensions.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    fn index_of(&self, path: &str) -> Option<usize> {
        let by_path = self.by_path.get_or_init(|| ByPath::of(&self.entries));
        by_path.find(path, |index| self.entries[index].0.as_str())
    }

    fn range_below(&self, folder: &str) -> std::ops::Range<usize> {
        if folder.is_empty() || folder == "." {
            return 0..self.entries.len();
        }
        // In byte order all of `folder/…` lies between `folder/` and `folder0`, '0' following '/'.
        let first = format!("{folder}/");
        let past = format!("{folder}0");
        let start = self.entries.partition_point(|(path, _)| path.as_str() < first.as_str());
        let end = self.entries.partition_point(|(path, _)| path.as_str() < past.as_str());
        start..end
    }
}

#[cfg(test)]
impl Tree {
    /// A tree of plain files of which nothing but the paths is known.
    pub(crate) fn of_paths(paths: &[&str]) -> Self {
        let entry = Entry {
            kind: EntryKind::File,
            id: None,
            size: None,
        };
        Self::new(paths.iter().map(|path| (RepoPath::new(path), entry.clone())).collect())
    }
}

#[cfg(test)]
mod tests;
