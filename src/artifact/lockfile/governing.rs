//! Which lockfile governs a folder: its own, or that of the workspace above which it is a member of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::text::HashMap;

use crate::model::{Cause, EntryKind, PathGlob, RepoPath, Snapshot, Tree, Unread};

use super::super::manifest::{self, PnpmWorkspace, Role, above, in_folder};
use super::super::{Ecosystem, Json, Node};

/// Which lockfiles govern a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Governing {
    /// These, all in one folder. Several when tools left one each.
    Lockfiles(Vec<RepoPath>),
    /// None.
    None,
    /// It can't be told.
    Unclear(Unread),
}

/// The names of lockfiles by ecosystem. Go's `go.sum` holds checksums; the versions stand in `go.mod`.
fn names(ecosystem: Ecosystem) -> &'static [&'static str] {
    match ecosystem {
        Ecosystem::Npm => &[
            "npm-shrinkwrap.json",
            "package-lock.json",
            "pnpm-lock.yaml",
            "yarn.lock",
            "bun.lock",
            "bun.lockb",
        ],
        Ecosystem::Pypi => &["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"],
        Ecosystem::Cargo => &["Cargo.lock"],
        Ecosystem::Go => &["go.sum"],
    }
}

/// Files beside a root that say a tool manages what lies below, in a way that is not modelled.
const MANAGED: [&str; 4] = ["lerna.json", "nx.json", "rush.json", "turbo.json"];

/// The files that `governing` reads for a folder: its manifests and those above it.
pub fn workspace_needs(tree: &Tree, ecosystem: Ecosystem, folder: &str) -> BTreeSet<RepoPath> {
    let manifests: &[&str] = match ecosystem {
        Ecosystem::Npm => &["package.json", "pnpm-workspace.yaml", "lerna.json"],
        Ecosystem::Pypi => &["pyproject.toml"],
        Ecosystem::Cargo => &["Cargo.toml"],
        Ecosystem::Go => &[],
    };
    upward(tree, manifests, folder)
}

/// The lockfiles that may govern a folder, for `lock` to read.
pub fn lockfile_needs(tree: &Tree, ecosystem: Ecosystem, folder: &str) -> BTreeSet<RepoPath> {
    let readable: Vec<&str> = names(ecosystem)
        .iter()
        .copied()
        .filter(|name| !matches!(*name, "bun.lockb" | "go.sum"))
        .collect();
    upward(tree, &readable, folder)
}

fn upward(tree: &Tree, names: &[&str], folder: &str) -> BTreeSet<RepoPath> {
    std::iter::once(folder)
        .chain(above(folder))
        .flat_map(|folder| names.iter().map(move |name| in_folder(folder, name)))
        .filter(|path| tree.get(path).is_some())
        .map(|path| RepoPath::new(&path))
        .collect()
}

/// Which lockfiles govern the package in a folder.
pub fn governing(snapshot: &Snapshot, ecosystem: Ecosystem, folder: &str) -> Governing {
    let own = lockfiles_in(&snapshot.tree, ecosystem, folder);
    match own {
        Err(unread) => return Governing::Unclear(unread),
        Ok(found) if !found.is_empty() && !is_passed_over(snapshot, folder, &found) => {
            return Governing::Lockfiles(found);
        }
        Ok(_) => {}
    }
    if ecosystem == Ecosystem::Go {
        return absent(&snapshot.tree, folder);
    }
    for root in above(folder) {
        let found = match lockfiles_in(&snapshot.tree, ecosystem, root) {
            Err(unread) => return Governing::Unclear(unread),
            Ok(found) => found,
        };
        match membership(snapshot, ecosystem, root, folder) {
            Membership::Member if !found.is_empty() => return Governing::Lockfiles(found),
            Membership::Unclear(unread) if !found.is_empty() => return Governing::Unclear(unread),
            Membership::Member => return absent(&snapshot.tree, folder),
            Membership::Unclear(_) | Membership::Stranger => {}
        }
    }
    absent(&snapshot.tree, folder)
}

/// Whether a lockfile is one that nothing reads: pnpm keeps one for all members of a workspace, and of a member's own it
/// knows nothing, unless it is told to or the member is installed where the rest of the workspace is not.
/// <https://pnpm.io/settings#sharedworkspacelockfile>
fn is_passed_over(snapshot: &Snapshot, folder: &str, own: &[RepoPath]) -> bool {
    let has = |folder: &str, name: &str| snapshot.tree.get(&in_folder(folder, name)).is_some();
    let is_pnpm = matches!(own, [one] if one.file_name() == "pnpm-lock.yaml");
    let shares = |root: &str| {
        let path = in_folder(root, "pnpm-workspace.yaml");
        let document = snapshot.read(&path).text(&path).ok().flatten();
        let text = document.as_ref().and_then(|document| document.text().ok());
        text.is_some_and(|text| !text.contains("sharedWorkspaceLockfile")) && !has(root, ".npmrc")
    };
    let root = || holder_above(snapshot, Ecosystem::Npm, folder);
    is_pnpm && !is_built_alone(&snapshot.tree, folder) && root().is_some_and(|root| shares(&root))
}

/// The lockfiles that pin the packages of a folder: its own, and those of the workspace that it is a member of.
///
/// # Errors
/// What can't be told.
pub fn lockfiles_of(snapshot: &Snapshot, ecosystem: Ecosystem, folder: &str) -> Result<Vec<RepoPath>, Unread> {
    let mut found = lockfiles_in(&snapshot.tree, ecosystem, folder)?;
    for root in above(folder) {
        let above = lockfiles_in(&snapshot.tree, ecosystem, root)?;
        match membership(snapshot, ecosystem, root, folder) {
            Membership::Member => {
                found.extend(above);
                break;
            }
            Membership::Unclear(unread) if !above.is_empty() && !found.is_empty() => return Err(unread),
            Membership::Unclear(_) | Membership::Stranger => {}
        }
    }
    Ok(found)
}

/// Whether a folder has what has it built or deployed by itself, where the rest of the repository is not.
pub fn is_built_alone(tree: &Tree, folder: &str) -> bool {
    const ALONE: [&str; 10] = [
        ".npmrc",
        "Dockerfile",
        "Procfile",
        "app.yaml",
        "fly.toml",
        "netlify.toml",
        "railway.json",
        "railway.toml",
        "render.yaml",
        "vercel.json",
    ];
    ALONE.iter().any(|name| tree.get(&in_folder(folder, name)).is_some())
}

/// The folder of the workspace above that a folder is a member of, if one surely is.
pub fn holder_above(snapshot: &Snapshot, ecosystem: Ecosystem, folder: &str) -> Option<String> {
    above(folder)
        .find(|root| membership(snapshot, ecosystem, root, folder) == Membership::Member)
        .map(str::to_owned)
}

fn absent(tree: &Tree, folder: &str) -> Governing {
    match tree.truncation() {
        None => Governing::None,
        Some(why) => Governing::Unclear(Unread::new(
            Cause::Limit,
            format!(
                "the listing of files is not whole ({why}), so a lockfile of `{}` may be there",
                shown(folder)
            ),
            "run readygate on a checkout",
        )),
    }
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn lockfiles_in(tree: &Tree, ecosystem: Ecosystem, folder: &str) -> Result<Vec<RepoPath>, Unread> {
    let mut found = Vec::new();
    for name in names(ecosystem) {
        let path = in_folder(folder, name);
        match tree.get(&path).map(|entry| entry.kind) {
            None => {}
            Some(EntryKind::File | EntryKind::Executable) => found.push(RepoPath::new(&path)),
            Some(EntryKind::Symlink | EntryKind::Submodule) => {
                return Err(Unread::new(
                    Cause::Unmodelled,
                    format!("`{path}` is a link, which is not followed"),
                    "keep a file there",
                ));
            }
        }
    }
    Ok(found)
}

#[derive(Debug, PartialEq, Eq)]
enum Membership {
    Member,
    Stranger,
    Unclear(Unread),
}

fn membership(snapshot: &Snapshot, ecosystem: Ecosystem, root: &str, folder: &str) -> Membership {
    let Some(relative) = RepoPath::new(folder).relative_to(root).map(str::to_owned) else {
        return Membership::Stranger;
    };
    let patterns = match members(snapshot, ecosystem, root) {
        Ok(patterns) => patterns,
        Err(unread) => return Membership::Unclear(unread),
    };
    let is_managed = ecosystem == Ecosystem::Npm
        && MANAGED
            .iter()
            .any(|name| snapshot.tree.get(&in_folder(root, name)).is_some());
    match (patterns, ecosystem) {
        // Cargo itself refuses a package below a workspace that it does not belong to.
        (Some(_), Ecosystem::Cargo) => Membership::Member,
        (Some(patterns), _) if is_listed(&globs(snapshot), &patterns, &relative) => Membership::Member,
        (_, _) if is_managed => Membership::Unclear(Unread::new(
            Cause::Unmodelled,
            format!("whether the tool at `{}` manages `{folder}` can't be told", shown(root)),
            "list it in the workspace, or keep a lockfile beside it",
        )),
        (_, _) => Membership::Stranger,
    }
}

/// The members' patterns of the workspace at a folder; `None` when it holds none.
fn members(snapshot: &Snapshot, ecosystem: Ecosystem, root: &str) -> Result<Option<Vec<String>>, Unread> {
    let mut found: Option<Vec<String>> = None;
    let name = match ecosystem {
        Ecosystem::Npm => "package.json",
        Ecosystem::Pypi => "pyproject.toml",
        Ecosystem::Cargo => "Cargo.toml",
        Ecosystem::Go => return Ok(None),
    };
    let path = RepoPath::new(&in_folder(root, name));
    if snapshot.tree.get(path.as_str()).is_some()
        && let Some(declared) = manifest::read(snapshot, &path, None)?
    {
        found = declared.manifest().members.clone();
        if ecosystem == Ecosystem::Cargo && declared.manifest().role == Role::Workspace {
            found.get_or_insert_default();
        }
    }
    if ecosystem == Ecosystem::Npm {
        let path = RepoPath::new(&in_folder(root, "pnpm-workspace.yaml"));
        if let Some(document) = snapshot.read(path.as_str()).text(path.as_str())? {
            match &document.view::<PnpmWorkspace>().0 {
                Ok(patterns) => found.get_or_insert_default().extend(patterns.iter().cloned()),
                Err(error) => return Err(manifest::unparsed(&path, &document, error)),
            }
        }
        let path = RepoPath::new(&in_folder(root, "lerna.json"));
        if let Some(document) = snapshot.read(path.as_str()).text(path.as_str())?
            && let Ok(lerna) = &document.view::<Json>().0
            && let Some(packages) = lerna.get("packages")
        {
            let patterns = packages.items().iter().filter_map(Node::as_str).map(str::to_owned);
            found.get_or_insert_default().extend(patterns);
        }
    }
    Ok(found)
}

/// The patterns of workspaces, compiled: each is held against many folders, by many who ask. `None` is no pattern.
#[derive(Default)]
struct Globs(Mutex<HashMap<String, Option<Arc<PathGlob>>>>);

impl Globs {
    fn get(&self, pattern: &str) -> Option<Arc<PathGlob>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(glob) = known.get(pattern) {
            return glob.clone();
        }
        let glob = PathGlob::new(pattern).ok().map(Arc::new);
        known.insert(pattern.to_owned(), glob.clone());
        glob
    }
}

fn globs(snapshot: &Snapshot) -> Arc<Globs> {
    snapshot.keep(|_| Globs::default())
}

/// Whether patterns list a folder; a later `!pattern` takes it out again.
fn is_listed(globs: &Globs, patterns: &[String], relative: &str) -> bool {
    patterns.iter().fold(false, |listed, pattern| {
        let (pattern, takes_out) = match pattern.strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (pattern.as_str(), false),
        };
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        let matches = globs.get(pattern).is_some_and(|glob| glob.matches(relative));
        if matches { !takes_out } else { listed }
    })
}

#[cfg(test)]
mod tests {
    use super::{Globs, is_listed};

    #[test]
    fn members_are_listed_by_patterns_of_which_the_last_counts() {
        let patterns: Vec<String> = ["packages/*", "./apps/web/", "!packages/old"].map(str::to_owned).into();
        let is_listed = |folder: &str| is_listed(&Globs::default(), &patterns, folder);
        assert!(is_listed("packages/a") && is_listed("apps/web"));
        assert!(!is_listed("packages/old") && !is_listed("packages/a/b"));
    }
}
