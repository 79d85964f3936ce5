//! From what a build writes to the source that it is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::{Json, Node};
use crate::model::{Class, Read, RepoPath, Snapshot, Tree};

use super::alias::{self, Alias};
use super::bundle;
use super::linked::Program;
use super::module::Language;

/// Folders that builds write to, by custom.
const OUTPUT: [&str; 7] = ["dist", "build", "out", "lib", ".build", "output", "dist-server"];
const ENDINGS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];
/// Configurations that extend each other.
const DEEPEST: u32 = 8;

/// How a repository is built, as far as its configurations say.
#[derive(Debug)]
pub(super) struct Compiled {
    tree: Arc<Tree>,
    /// Folders that are written, each with those that it is made of; inner ones first.
    folders: Vec<(RepoPath, Vec<RepoPath>)>,
    /// Files that are written, without their ending.
    files: BTreeMap<String, RepoPath>,
    roots: Vec<(String, String)>,
    aliases: Vec<Alias>,
}

impl Compiled {
    /// Reads the configurations of a snapshot whose modules are known.
    pub(super) fn of(snapshot: &Snapshot, program: &Program) -> Self {
        let mut compiled = Self {
            tree: Arc::clone(&snapshot.tree),
            folders: Vec::new(),
            files: BTreeMap::new(),
            roots: bundle::page_roots(program),
            aliases: alias::aliases(snapshot, program),
        };
        for (path, _) in snapshot.tree.iter().filter(|(path, _)| is_tsconfig(path)) {
            compiled.folders.extend(output_of(snapshot, path));
        }
        for link in bundle::links(snapshot, program) {
            if link.is_folder {
                compiled.folders.push((link.to, vec![link.from]));
            } else if let Some(source) = compiled.as_source(&link.from) {
                compiled
                    .files
                    .entry(without_ending(link.to.as_str()).to_owned())
                    .or_insert(source);
            }
        }
        compiled.folders.sort_by(|left, right| {
            let depth = |path: &RepoPath| std::cmp::Reverse(path.as_str().len());
            (depth(&left.0), left).cmp(&(depth(&right.0), right))
        });
        compiled
    }

    /// The tree that it is of.
    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The source of a path that a command or a manifest names, written or not: `backend/dist/server.js` is made of
    /// `backend/src/server.ts`.
    pub(super) fn source_of(&self, path: &str) -> Option<RepoPath> {
        let path = RepoPath::new(path);
        if self.tree.class(path.as_str()) == Class::Source && self.is_source(path.as_str()) {
            return Some(path);
        }
        let stem = without_ending(path.as_str());
        let made = self
            .files
            .get(stem)
            .or_else(|| self.files.get(&format!("{stem}/index")));
        made.cloned()
            .or_else(|| self.by_folder(&path))
            .or_else(|| self.by_custom(&path))
            .or_else(|| self.as_source(&path))
    }

    /// The folders of the pages that the bundler of a folder builds.
    pub(super) fn page_roots<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a str> {
        self.roots
            .iter()
            .filter(move |(of, _)| of == folder)
            .map(|(_, root)| root.as_str())
    }

    /// The names for files and folders that hold for a file.
    pub(super) fn aliases<'a>(&'a self, from: &'a RepoPath) -> impl Iterator<Item = &'a Alias> {
        self.aliases.iter().filter(|alias| from.is_within(&alias.folder))
    }

    fn by_folder(&self, path: &RepoPath) -> Option<RepoPath> {
        self.folders.iter().find_map(|(written, sources)| {
            let rest = if path == written {
                ""
            } else {
                path.relative_to(written.as_str())?
            };
            sources.iter().find_map(|source| self.as_source(&source.join(rest)))
        })
    }

    fn by_custom(&self, path: &RepoPath) -> Option<RepoPath> {
        let parts: Vec<&str> = path.as_str().split('/').collect();
        let written = parts.iter().enumerate().filter(|(_, part)| OUTPUT.contains(part));
        let candidates = written.flat_map(|(at, _)| {
            let root = parts[..at].join("/");
            let rest = &parts[at + 1..];
            let whole = rest.join("/");
            let mut candidates = vec![format!("src/{whole}"), whole.clone(), format!("app/{whole}")];
            if let [_, deeper @ ..] = rest {
                // `dist/backend/src/index.js`: the whole repository is compiled from its root.
                candidates.push(deeper.join("/"));
            }
            if let [folders @ .., file] = rest {
                // `dist/apps/api/main.js`: each application keeps its own `src`.
                candidates.push(format!("{}/src/{file}", folders.join("/")));
            }
            candidates
                .into_iter()
                .map(move |candidate| from_folder(&root, &candidate))
        });
        let candidates: Vec<RepoPath> = candidates.collect();
        candidates.iter().find_map(|candidate| self.as_source(candidate))
    }

    fn is_source(&self, path: &str) -> bool {
        let is_file = self.tree.get(path).is_some_and(|entry| entry.is_file());
        is_file && Language::of(path).is_some() && self.tree.class(path) != Class::Vendored
    }

    /// The file itself, or the one that it is compiled from, or a folder's index.
    fn as_source(&self, path: &RepoPath) -> Option<RepoPath> {
        if self.is_source(path.as_str()) {
            return Some(path.clone());
        }
        let stem = without_ending(path.as_str());
        let inner = from_folder(stem, "index");
        let mut stems = [stem, inner.as_str()].into_iter().map(|stem| format!("{stem}."));
        stems.find_map(|start| {
            // Most guesses lead nowhere.
            self.tree.starting_with(&start).next()?;
            let mut files = ENDINGS.iter().map(|ending| format!("{start}{ending}"));
            let found = files.find(|candidate| self.is_source(candidate));
            found.map(|candidate| RepoPath::new(&candidate))
        })
    }
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

/// A path without the ending of a module.
pub(super) fn without_ending(path: &str) -> &str {
    let (stem, ending) = path.rsplit_once('.').unwrap_or((path, ""));
    if ENDINGS.contains(&ending) { stem } else { path }
}

/// Whether a file configures the compiler of TypeScript.
pub(super) fn is_tsconfig(path: &RepoPath) -> bool {
    let name = path.file_name();
    name.starts_with("tsconfig") && name.ends_with(".json")
}

/// The files that a configuration extends, by their paths.
pub(super) fn extended(path: &RepoPath, root: &Node) -> Vec<RepoPath> {
    let Some(extends) = root.get("extends") else {
        return Vec::new();
    };
    let one = extends.as_str().into_iter();
    let names = one
        .chain(extends.items().iter().filter_map(Node::as_str))
        .filter(|name| name.starts_with('.'));
    let path_of = |name: &str| {
        let name = if name.ends_with(".json") {
            name.to_owned()
        } else {
            format!("{name}.json")
        };
        from_folder(path.parent(), &name)
    };
    names.map(path_of).collect()
}

/// The folder that a configuration writes to, with those that it is made of.
fn output_of(snapshot: &Snapshot, path: &RepoPath) -> Option<(RepoPath, Vec<RepoPath>)> {
    let option = |key: &str| setting(snapshot, path, &["compilerOptions", key], 0);
    let written = option("outDir").filter(|written| !written.as_str().is_empty())?;
    let folder = RepoPath::new(path.parent());
    let mut sources = Vec::new();
    if let Some(root) = option("rootDir") {
        sources.push(root);
    } else if let Read::Here(document) = snapshot.read(path.as_str())
        && let Ok(root) = &document.view::<Json>().0
    {
        // Without a root it is the deepest folder of all that is compiled.
        let included = root.get("include").map_or(&[][..], Node::items);
        let plain = included
            .iter()
            .filter_map(Node::as_str)
            .map(|glob| glob.split('*').next().unwrap_or(glob));
        sources.extend(plain.map(|plain| from_folder(folder.as_str(), plain)));
    }
    sources.extend([folder.join("src"), folder]);
    Some((written, sources))
}

/// A path that a configuration or one that it extends sets, seen from the one that sets it.
fn setting(snapshot: &Snapshot, path: &RepoPath, keys: &[&str], depth: u32) -> Option<RepoPath> {
    let Read::Here(document) = snapshot.read(path.as_str()) else {
        return None;
    };
    let json = document.view::<Json>();
    let root = json.0.as_deref().ok()?;
    if let Some(value) = root.at(keys).and_then(Node::as_str) {
        return Some(from_folder(path.parent(), value));
    }
    let mut bases = extended(path, root);
    bases.reverse();
    bases
        .iter()
        .filter(|_| depth < DEEPEST)
        .find_map(|base| setting(snapshot, base, keys, depth + 1))
}
