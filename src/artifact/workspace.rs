//! What a package brings along by other packages of the same repository.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Class, RepoPath, Snapshot, Tree, Unread};

use super::lockfile::holder_above;
use super::manifest::{self, Declared, Dependency, Ecosystem, Group, Requirement, above, in_folder, resolve};

/// A package of the repository that another one depends on in production, directly or by others, or one that stands above it.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The packages by which it came, the first being what the one asked about declares, the last itself; none for one that
    /// stands above.
    pub by: Vec<String>,
    /// Its manifest.
    pub declared: Declared,
}

/// All that a folder's package brings along.
#[derive(Debug, Default)]
pub struct BroughtAlong {
    /// The packages, the nearest first.
    pub packages: Vec<Brought>,
    /// Why there may be more.
    pub unread: Option<Unread>,
}

/// The manifests that [`brought_along`] reads.
pub fn brought_along_needs(tree: &Tree) -> BTreeSet<RepoPath> {
    let manifests = tree
        .with_name("package.json")
        .filter(|(path, _)| is_manifest(tree, path));
    let tells = ["pnpm-workspace.yaml", "lerna.json"].map(|name| tree.with_name(name));
    let files = manifests.chain(tells.into_iter().flatten());
    files
        .filter(|(_, entry)| entry.is_file())
        .map(|(path, _)| path.clone())
        .collect()
}

fn is_manifest(tree: &Tree, path: &RepoPath) -> bool {
    match tree.class(path.as_str()) {
        Class::Source | Class::Example | Class::Documentation | Class::Generated => true,
        Class::Vendored | Class::Built | Class::Test | Class::Archived => false,
    }
}

/// The packages of the repository that the one in a folder depends on in production (`workspace:*`, or a version that a
/// member of the same workspace has), and those that these depend on. npm, pnpm, Yarn and Bun link them into each other
/// instead of asking a registry: <https://docs.npmjs.com/cli/using-npm/workspaces>, <https://pnpm.io/workspaces>.
pub fn brought_along(snapshot: &Snapshot, folder: &str) -> Arc<BroughtAlong> {
    let known = snapshot.derive(|snapshot| Known {
        packages: Packages::of(snapshot),
        found: Mutex::default(),
    });
    let lock = || known.found.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = lock().get(folder) {
        return Arc::clone(found);
    }
    let found = Arc::new(known.packages.from(snapshot, folder));
    lock().insert(folder.to_owned(), Arc::clone(&found));
    found
}

struct Known {
    packages: Packages,
    found: Mutex<HashMap<String, Arc<BroughtAlong>>>,
}

/// The packages of a repository by their names.
struct Packages {
    folders: BTreeMap<String, String>,
    /// A manifest whose name is not known.
    unread: Option<Unread>,
}

impl Packages {
    fn of(snapshot: &Snapshot) -> Self {
        let tree = &snapshot.tree;
        let mut found = Self {
            folders: BTreeMap::new(),
            unread: None,
        };
        for (path, _) in tree
            .with_name("package.json")
            .filter(|(path, _)| is_manifest(tree, path))
        {
            match manifest::read(snapshot, path, None) {
                Ok(Some(declared)) => {
                    if let Some(name) = declared.manifest().name.clone() {
                        found.folders.entry(name).or_insert_with(|| path.parent().to_owned());
                    }
                }
                Ok(None) => {}
                Err(unread) => {
                    found.unread.get_or_insert(unread);
                }
            }
        }
        found
    }

    fn from(&self, snapshot: &Snapshot, folder: &str) -> BroughtAlong {
        let mut along = BroughtAlong::default();
        // What is installed above is found from below: <https://nodejs.org/api/modules.html#loading-from-node_modules-folders>
        for above in above(folder) {
            let path = RepoPath::new(&in_folder(above, "package.json"));
            if let Ok(Some(declared)) = manifest::read(snapshot, &path, None) {
                let by = Vec::new();
                along.packages.push(Brought { by, declared });
            }
        }
        let mut seen: BTreeSet<String> = [folder.to_owned()].into();
        let mut open: VecDeque<(String, Vec<String>)> = [(folder.to_owned(), Vec::new())].into();
        while let Some((at, by)) = open.pop_front() {
            let path = RepoPath::new(&in_folder(&at, "package.json"));
            let Ok(Some(declared)) = manifest::read(snapshot, &path, None) else {
                continue;
            };
            for (dependency, group) in declared.dependencies() {
                if !matches!(group, Group::Runtime | Group::Optional | Group::Peer) {
                    continue;
                }
                match self.linked(snapshot, &at, dependency) {
                    Linked::At(next) if seen.insert(next.clone()) => {
                        let name = dependency.alias.as_ref().unwrap_or(&dependency.name);
                        open.push_back((next, by.iter().chain([name]).cloned().collect()));
                    }
                    Linked::At(_) | Linked::No => {}
                    Linked::Unknown => along.unread = along.unread.take().or_else(|| self.unread.clone()),
                }
            }
            if !by.is_empty() {
                along.packages.push(Brought { by, declared });
            }
        }
        along
    }

    /// The folder of the repository that a dependency is linked to.
    fn linked(&self, snapshot: &Snapshot, from: &str, dependency: &Dependency) -> Linked {
        let folder = self.folders.get(&dependency.name);
        match &dependency.requirement {
            Requirement::Elsewhere(text) => {
                if let Some(path) = ["file:", "link:", "portal:"]
                    .iter()
                    .find_map(|protocol| text.strip_prefix(protocol))
                {
                    let target = resolve(from, path).map(|path| path.to_string());
                    let known = target.filter(|target| self.folders.values().any(|folder| folder == target));
                    return known.map_or(Linked::No, Linked::At);
                }
                match (text.starts_with("workspace:"), folder) {
                    (true, Some(folder)) => Linked::At(folder.clone()),
                    (true, None) => Linked::Unknown,
                    (false, _) => Linked::No,
                }
            }
            // A version is the workspace's own member, or that of a registry where they share no workspace.
            Requirement::Range(_) | Requirement::Inherited => {
                let Some(folder) = folder else { return Linked::No };
                let holder = holder_above(snapshot, Ecosystem::Npm, folder);
                let is_shared = holder.is_some_and(|holder| {
                    holder == from || holder_above(snapshot, Ecosystem::Npm, from).as_ref() == Some(&holder)
                });
                if is_shared {
                    Linked::At(folder.clone())
                } else {
                    Linked::No
                }
            }
        }
    }
}

/// Where a dependency leads.
enum Linked {
    /// To this folder.
    At(String),
    /// Out of the repository.
    No,
    /// Into the repository, to a package that was not found.
    Unknown,
}
