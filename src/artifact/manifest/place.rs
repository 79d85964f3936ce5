//! Where manifests stand: which paths are manifests, and the folder that each belongs to.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Class, RepoPath, Snapshot, Tree};

use super::{Ecosystem, Group};

/// A path below a folder; the root is the empty string.
pub(crate) fn in_folder(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

/// The folders above this one, the nearest first, the root last.
pub(crate) fn above(folder: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!folder.is_empty()).then_some(folder);
    std::iter::from_fn(move || {
        let here = rest?;
        let parent = here.rsplit_once('/').map_or("", |(parent, _)| parent);
        rest = (!parent.is_empty()).then_some(parent);
        Some(parent)
    })
}

/// Whether a file name is one by which pip's requirements are kept.
pub(super) fn is_requirements(name: &str) -> bool {
    name.strip_suffix(".txt").is_some_and(|stem| {
        stem.strip_prefix("requirements")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']))
            || stem.ends_with("-requirements")
            || stem.ends_with("_requirements")
    })
}

/// What the path of a requirements file says of its dependencies.
pub(super) fn group_of_requirements(path: &RepoPath) -> Option<Group> {
    let name = path.file_name().to_ascii_lowercase();
    let words: Vec<&str> = name.split(|letter: char| !letter.is_ascii_alphabetic()).collect();
    let marks = [
        "dev",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "lint",
        "docs",
        "doc",
        "ci",
        "local",
        "typing",
    ];
    let is_requirements_file = is_requirements(path.file_name()) || path.parent().ends_with("requirements");
    (is_requirements_file && words.iter().any(|word| marks.contains(word))).then_some(Group::Development)
}

/// The folder that a manifest belongs to: `requirements/base.txt` is its parent's.
pub(crate) fn folder_of(path: &RepoPath) -> &str {
    let parent = path.parent();
    let of_requirements =
        path.file_name().ends_with(".txt") && (parent == "requirements" || parent.ends_with("/requirements"));
    if of_requirements {
        parent.rsplit_once('/').map_or("", |(folder, _)| folder)
    } else {
        parent
    }
}

/// Whether a path names a manifest that counts: by its name, and by its folders (law 8: vendored, built,
/// generated, test, example and documentation folders hold none), nor do folders with a dot before their name, which
/// tools keep for themselves.
pub(crate) fn is_manifest(tree: &Tree, path: &RepoPath) -> bool {
    let in_requirements = || folder_of(path) != path.parent();
    let is_of_a_tool = || path.parent().split('/').any(|folder| folder.starts_with('.'));
    (Ecosystem::of_manifest(path.file_name()).is_some() || in_requirements())
        && tree.class(path.as_str()) == Class::Source
        && !is_of_a_tool()
}

/// The paths of the manifests of one folder, as the tree has them, sorted; files they include are not among them.
pub fn manifest_paths(tree: &Tree, folder: &str) -> BTreeSet<RepoPath> {
    let names = [
        "package.json",
        "pyproject.toml",
        "Pipfile",
        "setup.py",
        "Cargo.toml",
        "go.mod",
    ];
    let others = [
        "dev-requirements.txt",
        "test-requirements.txt",
        "dev_requirements.txt",
        "test_requirements.txt",
    ];
    let named = names
        .iter()
        .chain(&others)
        .map(|name| in_folder(folder, name))
        .filter(|path| tree.get(path).is_some())
        .map(|path| RepoPath::new(&path));
    let requirements = tree
        .starting_with(&in_folder(folder, "requirements"))
        .map(|(path, _)| path.clone());
    named
        .chain(requirements)
        .filter(|path| folder_of(path) == folder && is_manifest(tree, path))
        .collect()
}

/// The manifests of folders that were asked for.
#[derive(Default)]
struct OfFolders(Mutex<HashMap<String, Arc<BTreeSet<RepoPath>>>>);

/// The same as `manifest_paths`, looked for once in a snapshot: every question about dependencies asks.
pub(crate) fn manifests_of(snapshot: &Snapshot, folder: &str) -> Arc<BTreeSet<RepoPath>> {
    let known = snapshot.keep(|_| OfFolders::default());
    let mut known = known.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(folder) {
        return Arc::clone(found);
    }
    let found = Arc::new(manifest_paths(&snapshot.tree, folder));
    known.insert(folder.to_owned(), Arc::clone(&found));
    found
}

struct Folders(BTreeSet<String>);

/// The folders that hold a manifest, sorted; the root is the empty string. Looked for once in a snapshot.
pub fn manifest_folders(snapshot: &Snapshot) -> BTreeSet<String> {
    let folders = snapshot.keep(|snapshot| {
        let tree = &snapshot.tree;
        let paths = tree.iter().map(|(path, _)| path).filter(|path| is_manifest(tree, path));
        Folders(paths.map(|path| folder_of(path).to_owned()).collect())
    });
    folders.0.clone()
}

/// A relative path from a folder, with `.` and `..` taken out; `None` when it leaves the repository.
pub(crate) fn resolve(folder: &str, relative: &str) -> Option<RepoPath> {
    let mut parts: Vec<&str> = if relative.starts_with('/') {
        return None;
    } else {
        folder.split('/').filter(|part| !part.is_empty()).collect()
    };
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(RepoPath::new(&parts.join("/")))
}
