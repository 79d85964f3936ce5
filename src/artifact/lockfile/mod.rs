//! Which versions are installed: lockfiles, and which of them governs a folder.

mod governing;
mod node;
mod python;
mod unresolved;

use std::sync::Arc;

use crate::text::HashMap;

use crate::model::{Cause, RepoPath, Snapshot, Unread};
use crate::text::{Document, View};

use super::{Ecosystem, ParseError};

pub use governing::{
    Governing, governing, holder_above, is_built_alone, lockfile_needs, lockfiles_of, workspace_needs,
};
use node::{BunLock, PackageLock, PnpmLock, YarnLock};
use python::PipfileLock;
pub use unresolved::{Unresolved, unresolved};

/// A locked package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The folder that it is locked for, relative to the lockfile's; `None` where the lockfile knows no folders.
    pub at: Option<String>,
    /// The requirement that it is locked for, where the lockfile says so.
    pub requirement: Option<String>,
    /// Its version.
    pub version: String,
}

/// A lockfile's content: packages by their normalised names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    packages: HashMap<String, Vec<Locked>>,
}

impl Lock {
    /// How many names it locks.
    pub fn len(&self) -> usize {
        self.packages.len()
    }

    /// Whether it locks nothing.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// The versions that a folder (relative to the lockfile's, the empty string for the same) may get of a
    /// package, each once. Several are returned where the lockfile does not tell which it is.
    pub fn versions(&self, folder: &str, name: &str, requirement: &str) -> Vec<&str> {
        let all = self.packages.get(name).map_or(&[][..], Vec::as_slice);
        let exact: Vec<&Locked> = all
            .iter()
            .filter(|locked| locked.requirement.as_deref() == Some(requirement))
            .collect();
        let nearest = std::iter::once(folder)
            .chain(super::manifest::above(folder))
            .map(|at| {
                all.iter()
                    .filter(|locked| locked.at.as_deref() == Some(at))
                    .collect::<Vec<_>>()
            })
            .find(|found| !found.is_empty());
        let chosen = match (exact.is_empty(), nearest) {
            (false, _) => exact,
            (true, Some(nearest)) => nearest,
            // What is locked for other folders alone is not this folder's.
            (true, None) => all.iter().filter(|locked| locked.at.is_none()).collect(),
        };
        let mut versions: Vec<&str> = chosen.iter().map(|locked| locked.version.as_str()).collect();
        versions.sort_unstable();
        versions.dedup();
        versions
    }

    fn insert(&mut self, name: &str, locked: Locked) {
        self.packages.entry(name.to_owned()).or_default().push(locked);
    }

    fn insert_plain(&mut self, name: &str, version: &str) {
        let locked = Locked {
            at: None,
            requirement: None,
            version: version.to_owned(),
        };
        self.insert(name, locked);
    }
}

/// A lockfile's content, or why there is none; shared, as a document keeps it.
type Parsed = Arc<Result<Lock, ParseError>>;

/// The content of a lockfile; `Ok(None)` when the tree has none there.
///
/// # Errors
/// What could not be read or parsed.
pub fn lock(snapshot: &Snapshot, path: &RepoPath) -> Result<Option<Arc<Result<Lock, ParseError>>>, Unread> {
    if path.file_name() == "bun.lockb" {
        return Err(Unread::new(
            Cause::Unmodelled,
            format!("`{path}` is Bun's binary lockfile, which is not modelled"),
            "keep `bun.lock`, the text",
        ));
    }
    let Some(document) = snapshot.read(path.as_str()).text(path.as_str())? else {
        return Ok(None);
    };
    let parsed = match path.file_name() {
        "package-lock.json" | "npm-shrinkwrap.json" => Arc::clone(&document.view::<PackageLock>().0),
        "yarn.lock" => Arc::clone(&document.view::<YarnLock>().0),
        "pnpm-lock.yaml" => Arc::clone(&document.view::<PnpmLock>().0),
        "bun.lock" => Arc::clone(&document.view::<BunLock>().0),
        "Pipfile.lock" => Arc::clone(&document.view::<PipfileLock>().0),
        "Cargo.lock" => Arc::clone(&document.view::<CargoLock>().0),
        _ => Arc::clone(&document.view::<PythonTomlLock>().0),
    };
    if let Err(error) = parsed.as_ref() {
        return Err(super::manifest::unparsed(path, &document, error));
    }
    Ok(Some(parsed))
}

/// `Cargo.lock`.
struct CargoLock(Parsed);

impl View for CargoLock {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(packages_of(document, Ecosystem::Cargo)))
    }
}

/// `poetry.lock`, `uv.lock`, `pdm.lock` and `pylock.toml`.
struct PythonTomlLock(Parsed);

impl View for PythonTomlLock {
    fn parse(document: &Document) -> Self {
        Self(Arc::new(packages_of(document, Ecosystem::Pypi)))
    }
}

/// The text of a lockfile that no unfinished merge has damaged.
fn whole_text(document: &Document) -> Result<&str, ParseError> {
    let text = document.text().map_err(|_| ParseError {
        message: "it is not text".to_owned(),
        span: None,
    })?;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") {
            return Err(ParseError {
                message: "it holds the marks of an unfinished merge".to_owned(),
                span: Some(start..start + line.trim_end().len()),
            });
        }
        start += line.len();
    }
    Ok(text)
}

/// The `[[package]]` tables that Cargo, Poetry, uv and PDM write: by lines, since tools write them always
/// alike, and a tree of a lockfile's every hash would cost more than it tells.
fn packages_of(document: &Document, ecosystem: Ecosystem) -> Result<Lock, ParseError> {
    let text = whole_text(document)?;
    let mut lock = Lock::default();
    let mut is_package = false;
    let (mut name, mut version) = (None, None);
    for line in text.lines().map(str::trim).chain(["[end]"]) {
        if line.starts_with('[') {
            if let (Some(name), Some(version)) = (name.take(), version.take()) {
                lock.insert_plain(&ecosystem.normalise(name), version);
            }
            is_package = matches!(line, "[[package]]" | "[[packages]]");
            (name, version) = (None, None);
        } else if is_package && let Some((key, value)) = line.split_once('=') {
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "name" => name = Some(value),
                "version" => version = Some(value),
                _ => {}
            }
        }
    }
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_toml_lockfiles_are_found_with_all_their_versions() {
        let text = b"version = 4\n\n[[package]]\nname = \"actix_web\"\nversion = \"4.1.0\"\n\n[[package]]\nname = \"actix-web\"\nversion = \"3.0.0\"\n\n[metadata]\nname = \"no\"\nversion = \"1\"\n";
        let lock = packages_of(&Document::new(&text[..]), Ecosystem::Cargo).expect("parses");
        assert_eq!(lock.versions("", "actix-web", ""), ["3.0.0", "4.1.0"]);
        assert_eq!(lock.len(), 1);
    }

    #[test]
    fn an_unfinished_merge_is_no_lockfile() {
        let document = Document::new(&b"a\n<<<<<<< HEAD\n"[..]);
        let error = packages_of(&document, Ecosystem::Cargo).expect_err("is refused");
        assert_eq!(error.span, Some(2..14));
    }
}
