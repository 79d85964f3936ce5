//! What moved between base and head: files by blob or similarity, folders and components by their files.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Entry, Gap, Needs, RepoPath, Snapshot};

use super::compare::placed_paths;
use super::lineage::{self, Lineage};
use super::pairing::{difference, pair_equal};
use super::similarity::pair_similar;
use super::{Assessed, waive};

/// Names of base as head knows them. Paths that both sides have stand for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moves {
    files: BTreeMap<RepoPath, RepoPath>,
    back: BTreeMap<RepoPath, RepoPath>,
    folders: BTreeMap<String, String>,
    components: BTreeMap<String, String>,
    lineage: Lineage,
}

/// Files to be read so that more moves can be told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedReads {
    /// From head.
    pub head: Needs,
    /// From base.
    pub base: Needs,
}

/// What moved. Only files that one side alone has are looked at, so big trees cost one walk.
pub fn moves(head: &Snapshot, base: &Snapshot) -> Moves {
    let mut difference = difference(&head.tree, &base.tree);
    let mut files = pair_equal(&mut difference);
    files.extend(pair_similar((&difference.gone, base), (&difference.come, head)));
    let back: BTreeMap<RepoPath, RepoPath> = files.iter().map(|(old, new)| (new.clone(), old.clone())).collect();
    let mut folders = lineage::folders(&files, head);
    let lineage = lineage::components(&files, &folders, head, base);
    let gone = lineage
        .moved()
        .iter()
        .filter(|(old, _)| !head.tree.has_folder(old.folder()));
    let components: BTreeMap<String, String> = gone
        .map(|(old, new)| (old.folder().to_owned(), new.folder().to_owned()))
        .collect();
    folders.extend(components.clone());
    Moves {
        files,
        back,
        folders,
        components,
        lineage,
    }
}

impl Moves {
    /// A path of base at which something stands, as head knows it: a file or folder that moved, or what
    /// lies in a component that did.
    pub fn path(&self, path: &str) -> RepoPath {
        let own = self.files.get(path).cloned();
        let folder = || self.folders.get(path).map(|folder| RepoPath::new(folder));
        own.or_else(folder)
            .or_else(|| follow(&self.components, path))
            .unwrap_or_else(|| RepoPath::new(path))
    }

    /// A path of base at which something is expected, as head knows it: what is missing in a folder that
    /// moved is missing where the folder is now.
    pub fn expected(&self, path: &str) -> RepoPath {
        follow(&self.folders, path).unwrap_or_else(|| self.path(path))
    }

    /// A path of head as base knew it.
    pub fn path_in_base(&self, path: &RepoPath) -> RepoPath {
        self.back.get(path).unwrap_or(path).clone()
    }

    /// What a gap of base is about, with its paths as head knows them.
    pub fn subject(&self, gap: &Gap) -> String {
        let parts = waive::subjects(&gap.subject).map(|part| {
            let moved = match gap.place {
                Some(_) => self.path(part),
                None => self.expected(part),
            };
            // Only what moved is rewritten: a subject may be a name that is no path at all.
            if moved.as_str() == RepoPath::new(part).as_str() {
                part.to_owned()
            } else {
                moved.as_str().to_owned()
            }
        });
        parts.collect::<Vec<_>>().join(" | ")
    }

    /// Where a component of base is in head; `None` when it is no more.
    pub fn component(&self, folder: &str) -> Option<&RepoPath> {
        self.lineage.in_head(folder)
    }

    /// The components of base that a component of head stems from: those that are it, the one of the same
    /// folder first; for a new one, the one that most of its files lay in.
    pub fn sources(&self, folder: &str) -> &[RepoPath] {
        self.lineage.sources(folder)
    }
}

/// The path below the nearest folder above it that moved.
fn follow(folders: &BTreeMap<String, String>, path: &str) -> Option<RepoPath> {
    let mut end = path.len();
    loop {
        if let Some(folder) = folders.get(&path[..end]) {
            let rest = path[end..].trim_start_matches('/');
            let folder = RepoPath::new(folder);
            return Some(if rest.is_empty() { folder } else { folder.join(rest) });
        }
        end = path[..end].rfind('/')?;
    }
}

/// More pairs than this are not worth their requests; git's own limit is of the same kind.
const MOST_PAIRS: usize = 100;

/// The files to be read so that findings can be followed: for each control, vanished paths of base that
/// carry findings and new paths of head that do, as far as they may be one file.
pub fn moves_wanted(head: (&Snapshot, &[Assessed]), base: (&Snapshot, &[Assessed])) -> WantedReads {
    let mut difference = difference(&head.0.tree, &base.0.tree);
    pair_equal(&mut difference);
    let gone: BTreeMap<&RepoPath, &Entry> = difference.gone.into_iter().collect();
    let come: BTreeMap<&RepoPath, &Entry> = difference.come.into_iter().collect();
    let (old, new) = (placed_paths(base.1), placed_paths(head.1));
    let mut pairs: BTreeSet<(RepoPath, RepoPath)> = BTreeSet::new();
    for (control, new_paths) in &new {
        let Some(old_paths) = old.get(control) else { continue };
        for from in old_paths {
            let Some(was) = gone.get(from) else { continue };
            let alike = new_paths
                .iter()
                .filter(|to| from.file_name() == to.file_name() || from.extension() == to.extension())
                .filter(|to| come.get(to).is_some_and(|is| may_be_similar(was, is)));
            for to in alike {
                if pairs.len() == MOST_PAIRS {
                    break;
                }
                pairs.insert((from.clone(), to.clone()));
            }
        }
    }
    let unread = |snapshot: &Snapshot, paths: Vec<RepoPath>| {
        Needs::files(paths.into_iter().filter(|path| !snapshot.has_read(path)))
    };
    let (from, to) = pairs.into_iter().unzip();
    WantedReads {
        head: unread(head.0, to),
        base: unread(base.0, from),
    }
}

/// Sizes tell when half of the larger one can't be shared.
fn may_be_similar(was: &Entry, is: &Entry) -> bool {
    match (was.size, is.size) {
        (Some(was), Some(is)) => was.max(is) <= was.min(is).saturating_mul(2),
        (None, _) | (_, None) => true,
    }
}
