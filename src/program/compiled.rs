//! From what a build writes to the source that it is made of.

use crate::model::{Class, RepoPath, Tree};

use super::module::Language;

/// Folders that builds write to.
const OUTPUT: [&str; 6] = ["dist", "build", "out", "lib", ".build", "output"];
const ENDINGS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// The source of a path that a command or a manifest names, written or not: `backend/dist/server.js` is made of
/// `backend/src/server.ts`. The folder is that of the component.
pub(super) fn source_of(tree: &Tree, folder: &str, path: &str) -> Option<RepoPath> {
    let path = RepoPath::new(path);
    let root = RepoPath::new(folder);
    let relative = path.relative_to(folder).unwrap_or(path.as_str()).to_owned();
    let mut candidates = vec![relative.clone()];
    let mut parts = relative.splitn(2, '/');
    if let (Some(first), Some(rest)) = (parts.next(), parts.next())
        && OUTPUT.contains(&first)
    {
        candidates = vec![format!("src/{rest}"), rest.to_owned(), format!("app/{rest}")];
        if let Some((_, deeper)) = rest.split_once('/') {
            // `dist/backend/src/index.js`: the whole repository is compiled from its root.
            candidates.push(deeper.to_owned());
        }
        candidates.push(relative);
    }
    candidates
        .iter()
        .find_map(|candidate| as_source(tree, &root.join(candidate)))
}

/// A path as it is seen from a folder: `..` and `.` are followed; what leads out of the repository ends at its root.
pub(super) fn from_folder(folder: &str, path: &str) -> RepoPath {
    let mut parts: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').collect()
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty() && *part != ".");
    RepoPath::new(&parts.join("/"))
}

/// The file itself, or the one that it is compiled from, or a folder's index.
fn as_source(tree: &Tree, path: &RepoPath) -> Option<RepoPath> {
    let is_source = |path: &str| {
        let is_file = tree.get(path).is_some_and(|entry| entry.is_file());
        is_file && Language::of(path).is_some() && tree.class(path) != Class::Vendored
    };
    if is_source(path.as_str()) {
        return Some(path.clone());
    }
    let text = path.as_str();
    let stem = ENDINGS
        .iter()
        .find_map(|ending| text.strip_suffix(&format!(".{ending}")))
        .unwrap_or(text);
    ENDINGS
        .iter()
        .map(|ending| format!("{stem}.{ending}"))
        .chain(ENDINGS.iter().map(|ending| format!("{stem}/index.{ending}")))
        .find(|candidate| is_source(candidate))
        .map(|candidate| RepoPath::new(&candidate))
}
