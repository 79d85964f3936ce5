//! What a folder declares that it is made with: names, requirements, scripts, workspaces.

mod cargo;
mod go;
mod npm;
mod place;
mod pypi;
mod requirements;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{Cause, Read, RepoPath, Snapshot, Unread};
use crate::text::{Document, Span};

use super::{Node, ParseError, Value};

pub use cargo::CargoToml;
pub use go::GoMod;
pub use npm::{PackageJson, PnpmWorkspace};
pub(crate) use place::{above, folder_of, in_folder, is_manifest, manifests_of, resolve};
pub use place::{manifest_folders, manifest_paths};
pub use pypi::{Pipfile, PyprojectToml};
pub use requirements::Requirements;

use place::{group_of_requirements, is_requirements};

/// A package registry with its rules for names and versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    /// Node.js: `package.json`.
    Npm,
    /// Python: `pyproject.toml`, `requirements.txt`, `Pipfile`.
    Pypi,
    /// Rust: `Cargo.toml`.
    Cargo,
    /// Go: `go.mod`.
    Go,
}

impl Ecosystem {
    /// The word for it in a policy.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pypi => "pypi",
            Self::Cargo => "cargo",
            Self::Go => "go",
        }
    }

    /// The word for a component made with it.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Npm => "node",
            Self::Pypi => "python",
            Self::Cargo => "rust",
            Self::Go => "go",
        }
    }

    /// The ecosystem that a file name is a manifest of.
    pub fn of_manifest(file_name: &str) -> Option<Self> {
        match file_name {
            "package.json" => Some(Self::Npm),
            "pyproject.toml" | "Pipfile" | "setup.py" => Some(Self::Pypi),
            "Cargo.toml" => Some(Self::Cargo),
            "go.mod" => Some(Self::Go),
            name => is_requirements(name).then_some(Self::Pypi),
        }
    }

    /// The form in which this ecosystem compares names: PyPI's is PEP 503's, Cargo takes `_` for `-`.
    pub fn normalise(self, name: &str) -> String {
        match self {
            Self::Npm | Self::Go => name.to_owned(),
            Self::Cargo => name.to_ascii_lowercase().replace('_', "-"),
            Self::Pypi => pypi::normalise(name),
        }
    }
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Used in production.
    Runtime,
    /// Used by those who work on it: tests, linters.
    Development,
    /// Used in production where it can be installed, or where an extra asks for it.
    Optional,
    /// Used to build it.
    Build,
    /// Expected to be there: the one who installs it brings it.
    Peer,
}

/// Which versions of a dependency will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// A range in the ecosystem's own words; the empty text is any version.
    Range(String),
    /// What the workspace's root says (Cargo's `workspace = true`).
    Inherited,
    /// Not from the registry, or not by its number: a path, a repository, an address, a tag.
    Elsewhere(String),
}

/// A declared dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The package's name, normalised.
    pub name: String,
    /// The name that the code knows it by, if that is another.
    pub alias: Option<String>,
    /// The versions that will do.
    pub requirement: Requirement,
    /// What it is for.
    pub group: Group,
    /// Where it is declared.
    pub span: Span,
}

/// A named command of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Its name.
    pub name: String,
    /// What it runs.
    pub command: String,
    /// Where it is written.
    pub span: Span,
}

/// What a manifest stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Something of its own: a package, an application.
    #[default]
    Package,
    /// It holds a workspace, and nothing of its own.
    Workspace,
    /// It configures tools, or marks a folder, and declares nothing.
    Marker,
}

/// A manifest's content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    /// The package's name, as written.
    pub name: Option<String>,
    /// What it stands for, as far as this file alone tells.
    pub role: Role,
    /// What it declares, in the order of the file.
    pub dependencies: Vec<Dependency>,
    /// What members of its workspace may inherit.
    pub shared: Vec<Dependency>,
    /// Its commands.
    pub scripts: Vec<Script>,
    /// The members of its workspace, as patterns below its folder; `None` if it is no workspace.
    pub members: Option<Vec<String>>,
    /// Files it says are started or are its main module, relative to its folder; they may not exist.
    pub entries: Vec<String>,
    /// Whether it says what others may import from it (`exports`).
    pub exports: bool,
    /// Further files that it takes dependencies from, relative to its folder.
    pub includes: Vec<String>,
    /// Why its list of dependencies is not whole, a sentence without a full stop.
    pub open: Option<String>,
    /// Whether it says that it is an application, which is deployed as it is.
    pub application: Tells,
    /// The package manager that it names (`packageManager`), without its version.
    pub manager: Option<String>,
    /// Lines that leave the version to the day of the installation.
    pub unpinned: Vec<Span>,
}

/// What a manifest tells of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tells {
    /// Nothing.
    #[default]
    Nothing,
    /// It is so.
    Yes,
    /// It is not so.
    No,
}

/// A manifest's content, or why there is none; shared, as a document keeps it.
pub type Parsed = Arc<Result<Manifest, ParseError>>;

/// A manifest at its place.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Where it stands.
    pub path: RepoPath,
    /// Its ecosystem.
    pub ecosystem: Ecosystem,
    /// Its bytes.
    pub document: Arc<Document>,
    /// Its content; never an error.
    parsed: Parsed,
    /// What the file's name says of all its dependencies (`requirements-dev.txt`).
    group: Option<Group>,
}

static NOTHING: Manifest = Manifest {
    name: None,
    role: Role::Package,
    dependencies: Vec::new(),
    shared: Vec::new(),
    scripts: Vec::new(),
    members: None,
    entries: Vec::new(),
    exports: false,
    includes: Vec::new(),
    open: None,
    application: Tells::Nothing,
    manager: None,
    unpinned: Vec::new(),
};

impl Declared {
    /// What it declares.
    pub fn manifest(&self) -> &Manifest {
        self.parsed.as_ref().as_ref().unwrap_or(&NOTHING)
    }

    /// Its dependencies with what they are for.
    pub fn dependencies(&self) -> impl Iterator<Item = (&Dependency, Group)> {
        self.manifest()
            .dependencies
            .iter()
            .map(|dependency| (dependency, self.group.unwrap_or(dependency.group)))
    }

    /// Whether its file name says that it is for those who work on it.
    pub fn is_for_development(&self) -> bool {
        self.group == Some(Group::Development)
    }
}

/// The manifests of one folder with the files that they include, by path; what can't be read or parsed is
/// said in its place.
pub fn declared(snapshot: &Snapshot, folder: &str) -> Vec<(RepoPath, Result<Declared, Unread>)> {
    let mut wanted: Vec<(RepoPath, Option<Group>)> = manifests_of(snapshot, folder)
        .iter()
        .map(|path| (path.clone(), group_of_requirements(path)))
        .collect();
    let mut seen: BTreeSet<RepoPath> = wanted.iter().map(|(path, _)| path.clone()).collect();
    let mut found = Vec::new();
    let mut next = 0;
    // A file included by one that is read in production is read in production, whatever its name.
    while let Some((path, group)) = wanted.get(next).cloned() {
        next += 1;
        match read(snapshot, &path, group) {
            Ok(None) => {}
            Err(unread) => found.push((path, Err(unread))),
            Ok(Some(declared)) => {
                for include in &declared.manifest().includes {
                    let target = resolve(path.parent(), include);
                    let Some(target) = target.filter(|_| wanted.len() < MOST_MANIFESTS) else {
                        continue;
                    };
                    if group.is_none()
                        && let Some(known) = wanted[next..].iter_mut().find(|(path, _)| *path == target)
                    {
                        known.1 = None;
                    }
                    if seen.insert(target.clone()) {
                        wanted.push((target, group));
                    }
                }
                found.push((path, Ok(declared)));
            }
        }
    }
    found.sort_by(|left, right| left.0.cmp(&right.0));
    found
}

/// More manifests than this in one folder are not followed: a limit against a hostile repository.
const MOST_MANIFESTS: usize = 200;

/// One manifest; `Ok(None)` when the tree has none there.
pub(crate) fn read(snapshot: &Snapshot, path: &RepoPath, group: Option<Group>) -> Result<Option<Declared>, Unread> {
    let ecosystem = Ecosystem::of_manifest(path.file_name()).unwrap_or(Ecosystem::Pypi);
    let document = match snapshot.read(path.as_str()) {
        // A program that declares by running: nothing in it is read.
        Read::Here(_) | Read::Unread(_) if path.file_name() == "setup.py" => {
            return Err(Unread::new(
                Cause::Unmodelled,
                format!("`{path}` declares dependencies in a way that is not modelled"),
                "declare them in `pyproject.toml`",
            ));
        }
        read => match read.text(path.as_str())? {
            None => return Ok(None),
            Some(document) => document,
        },
    };
    let parsed = parse(path, &document);
    if let Err(error) = parsed.as_ref() {
        return Err(unparsed(path, &document, error));
    }
    Ok(Some(Declared {
        path: path.clone(),
        ecosystem,
        document,
        parsed,
        group,
    }))
}

/// What to say of a file that can't be parsed.
pub(crate) fn unparsed(path: &RepoPath, document: &Document, error: &ParseError) -> Unread {
    let line = error.span.as_ref().map_or_else(String::new, |span| {
        format!(" (line {})", document.position(span.start).line)
    });
    Unread::new(
        Cause::Parse,
        format!("`{path}` can't be parsed: {}{line}", error.message),
        format!("mend `{path}`"),
    )
}

/// A manifest's content by its file name.
fn parse(path: &RepoPath, document: &Document) -> Parsed {
    match path.file_name() {
        "package.json" => Arc::clone(&document.view::<PackageJson>().0),
        "pyproject.toml" => Arc::clone(&document.view::<PyprojectToml>().0),
        "Pipfile" => Arc::clone(&document.view::<Pipfile>().0),
        "Cargo.toml" => Arc::clone(&document.view::<CargoToml>().0),
        "go.mod" => Arc::clone(&document.view::<GoMod>().0),
        _ => Arc::clone(&document.view::<Requirements>().0),
    }
}

/// The root table of a file, or the error that it has none.
fn root_table(parsed: &Result<Arc<Node>, ParseError>) -> Result<&Node, ParseError> {
    match parsed {
        Err(error) => Err(error.clone()),
        Ok(node) => match node.value {
            Value::Map(_) => Ok(node),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => Err(ParseError {
                message: "its content is not a table".to_owned(),
                span: Some(node.span.clone()),
            }),
        },
    }
}

/// The texts of a list; of one text, itself.
fn texts(node: Option<&Node>) -> Vec<String> {
    let Some(node) = node else {
        return Vec::new();
    };
    match node.as_str() {
        Some(text) => vec![text.to_owned()],
        None => node
            .items()
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
    }
}
