//! Where folders and components of base went, and where head's components come from.

use std::collections::BTreeMap;

use crate::model::{Component, RepoPath, Snapshot};

/// Components of base and head, tied together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lineage {
    forward: BTreeMap<RepoPath, RepoPath>,
    sources: BTreeMap<RepoPath, Vec<RepoPath>>,
    moved: Vec<(Component, Component)>,
}

impl Lineage {
    /// Where a component of base is in head.
    pub(super) fn in_head(&self, folder: &str) -> Option<&RepoPath> {
        self.forward.get(folder)
    }

    /// The components of base that one of head stems from.
    pub(super) fn sources(&self, folder: &str) -> &[RepoPath] {
        self.sources.get(folder).map_or(&[], Vec::as_slice)
    }

    /// Those that are elsewhere now.
    pub(super) fn moved(&self) -> &[(Component, Component)] {
        &self.moved
    }
}

/// Folders that head has no more, and the folder that most of their moved files went to.
pub(super) fn folders(files: &BTreeMap<RepoPath, RepoPath>, head: &Snapshot) -> BTreeMap<String, String> {
    let mut votes: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (old, new) in files {
        let (mut from, mut to) = (old.parent(), new.parent());
        // The tail that both share moved along: `a/x/f` → `b/x/f` speaks for `a/x` → `b/x` and for `a` → `b`.
        while !from.is_empty() && from != to {
            *votes.entry(from).or_default().entry(to).or_default() += 1;
            let (from_above, from_name) = from.rsplit_once('/').unwrap_or(("", from));
            let (to_above, to_name) = to.rsplit_once('/').unwrap_or(("", to));
            if from_name != to_name {
                break;
            }
            (from, to) = (from_above, to_above);
        }
    }
    let gone = votes.into_iter().filter(|(from, _)| !head.tree.has_folder(from));
    gone.filter_map(|(from, targets)| Some((from.to_owned(), winner(targets)?.0.to_owned())))
        .collect()
}

/// The one with the most votes; of equals the first.
fn winner<K: Ord>(votes: BTreeMap<K, usize>) -> Option<(K, usize)> {
    votes
        .into_iter()
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// Ties the components of both sides together.
pub(super) fn components(
    files: &BTreeMap<RepoPath, RepoPath>,
    folders: &BTreeMap<String, String>,
    head: &Snapshot,
    base: &Snapshot,
) -> Lineage {
    let mut lineage = Lineage::default();
    let find = |path: &RepoPath| head.components.iter().find(|component| component.path == *path);
    for old in &base.components {
        if find(&old.path).is_some() {
            lineage.forward.insert(old.path.clone(), old.path.clone());
        } else if let Some(new) = destination(old, files, folders, head, base) {
            lineage.forward.insert(old.path.clone(), new.path.clone());
            lineage.moved.push((old.clone(), new.clone()));
        }
    }
    for (old, new) in &lineage.forward {
        let sources = lineage.sources.entry(new.clone()).or_default();
        if old == new {
            sources.insert(0, old.clone());
        } else {
            sources.push(old.clone());
        }
    }
    let back: BTreeMap<&RepoPath, &RepoPath> = files.iter().map(|(old, new)| (new, old)).collect();
    for new in &head.components {
        if !lineage.sources.contains_key(&new.path)
            && let Some(origin) = origin(new, &back, head, base)
        {
            lineage.sources.insert(new.path.clone(), vec![origin]);
        }
    }
    lineage
}

/// Where a component went whose folder is none in head: after its manifest, its folder, or most of its files.
fn destination<'a>(
    old: &Component,
    files: &BTreeMap<RepoPath, RepoPath>,
    folders: &BTreeMap<String, String>,
    head: &'a Snapshot,
    base: &Snapshot,
) -> Option<&'a Component> {
    let in_folder = |folder: &str| head.components.iter().find(|component| component.folder() == folder);
    let by_manifest = old.manifest.as_ref().and_then(|manifest| files.get(manifest));
    if let Some(found) = by_manifest.and_then(|manifest| in_folder(manifest.parent())) {
        return Some(found);
    }
    if let Some(found) = folders.get(old.folder()).and_then(|folder| in_folder(folder)) {
        return Some(found);
    }
    let mut votes: BTreeMap<&RepoPath, usize> = BTreeMap::new();
    let mut total = 0;
    for (path, _) in base.tree.below(old.folder()) {
        let now = files.get(path).unwrap_or(path);
        if head.tree.get(now.as_str()).is_none() || owner(base, path) != Some(&old.path) {
            continue;
        }
        total += 1;
        if let Some(owner) = owner(head, now) {
            *votes.entry(owner).or_default() += 1;
        }
    }
    let (path, count) = winner(votes)?;
    (2 * count > total)
        .then(|| head.components.iter().find(|component| component.path == *path))
        .flatten()
}

/// The component of base that at least half of a new component's files lay in, its manifest aside, which is
/// what made it one.
fn origin(
    new: &Component,
    back: &BTreeMap<&RepoPath, &RepoPath>,
    head: &Snapshot,
    base: &Snapshot,
) -> Option<RepoPath> {
    let mut votes: BTreeMap<&RepoPath, usize> = BTreeMap::new();
    let mut total = 0;
    for (path, _) in head.tree.below(new.folder()) {
        if owner(head, path) != Some(&new.path) || new.manifest.as_ref() == Some(path) {
            continue;
        }
        total += 1;
        let was = back.get(path).copied().unwrap_or(path);
        if base.tree.get(was.as_str()).is_some()
            && let Some(owner) = owner(base, was)
        {
            *votes.entry(owner).or_default() += 1;
        }
    }
    let (path, count) = winner(votes)?;
    (2 * count >= total).then(|| path.clone())
}

fn owner<'a>(snapshot: &'a Snapshot, path: &RepoPath) -> Option<&'a RepoPath> {
    Component::of(&snapshot.components, path).map(|component| &component.path)
}
