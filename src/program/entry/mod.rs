//! Where production starts.

mod command;
mod convention;
mod platform;

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::declared;
use crate::model::{Component, Place, RepoPath, Snapshot};

use super::compiled::{from_folder, source_of};
use super::linked::{ModuleId, Program};
use command::{Started, started};

/// A module that production starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The module.
    pub module: ModuleId,
    /// Who runs it.
    pub side: Side,
    /// What says so, in words: "`start` in `backend/package.json`".
    pub why: String,
    /// Where that stands.
    pub place: Option<Place>,
}

/// Who runs a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// A server or a job of the team's.
    Server,
    /// A visitor's browser.
    Browser,
}

/// Files beside the modules that say what is started.
pub(super) fn tells(path: &RepoPath) -> bool {
    platform::tells(path)
}

/// The modules that production starts for a component, in order. Empty where nothing says so.
pub(super) fn entries(snapshot: &Snapshot, program: &Program, component: &Component) -> Vec<Entry> {
    let mut finder = Finder {
        snapshot,
        program,
        found: BTreeSet::new(),
        seen: BTreeSet::new(),
        names: package_names(snapshot),
    };
    finder.find(component);
    finder.found.into_iter().collect()
}

fn package_names(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for component in &snapshot.components {
        for (_, known) in declared(snapshot, component.folder()) {
            if let Ok(known) = known
                && let Some(name) = &known.manifest().name
            {
                names
                    .entry(name.clone())
                    .or_insert_with(|| component.folder().to_owned());
            }
        }
    }
    names
}

struct Finder<'a> {
    snapshot: &'a Snapshot,
    program: &'a Program,
    found: BTreeSet<Entry>,
    seen: BTreeSet<(String, String)>,
    names: BTreeMap<String, String>,
}

impl Finder<'_> {
    fn find(&mut self, component: &Component) {
        let folder = component.folder();
        self.script(folder, "start", 0);
        for scripted in ["start:prod", "start:production", "serve"] {
            if self.found.is_empty() {
                self.script(folder, scripted, 0);
            }
        }
        for (command, folder, why, place) in platform::commands(self.snapshot, folder) {
            self.command(&command, &folder, &why, Some(&place), 0);
        }
        convention::entries(self, component);
        if self.found.is_empty() {
            for path in &component.entry {
                self.file(path, folder, Side::Server, "the manifest names it", None);
            }
        }
        if self.found.is_empty() {
            // A script for those who work on it tells what is started where nothing else does.
            for name in ["dev", "start:dev", "develop", "watch"] {
                if self.found.is_empty() {
                    self.script(folder, name, 0);
                }
            }
        }
    }

    fn script(&mut self, folder: &str, name: &str, depth: u32) {
        if depth > 5 || !self.seen.insert((folder.to_owned(), name.to_owned())) {
            return;
        }
        let known: Vec<_> = declared(self.snapshot, folder)
            .into_iter()
            .filter_map(|(_, known)| known.ok())
            .collect();
        for manifest in &known {
            let scripts = manifest.manifest().scripts.iter();
            for script in scripts.filter(|script| script.name == name) {
                let document = self.snapshot.read(manifest.path.as_str());
                let place = match document {
                    crate::model::Read::Here(document) => Place::span(&manifest.path, &document, &script.span),
                    _ => Place::file(&manifest.path),
                };
                let why = format!("`{name}` in `{}`", manifest.path);
                self.command(&script.command, folder, &why, Some(&place), depth);
            }
        }
    }

    fn command(&mut self, command: &str, folder: &str, why: &str, place: Option<&Place>, depth: u32) {
        for one in started(command, folder) {
            match one {
                Started::File(path) => self.file(&path, folder, Side::Server, why, place),
                Started::Script(at, name) => {
                    let at = match at.strip_prefix('@') {
                        Some(package) => self.member(package, folder),
                        None => at,
                    };
                    self.script(&at, &name, depth + 1);
                }
                Started::Next(at) => convention::next(self, &at, why, place),
                Started::Nest(at) => convention::nest(self, &at, why, place),
                Started::Remix(_) => {}
                Started::Static(at) => convention::browser(self, &at, why, place),
                Started::Manager(path) => {
                    for (script, why, place) in platform::managed(self.snapshot, &path) {
                        self.file(&script, folder, Side::Server, &why, Some(&place));
                    }
                }
            }
        }
    }

    fn member(&self, package: &str, folder: &str) -> String {
        let by_name = self
            .names
            .get(package)
            .or_else(|| self.names.get(&format!("@{package}")));
        by_name
            .cloned()
            .unwrap_or_else(|| from_folder(folder, package).as_str().to_owned())
    }

    /// A file that is started, by its source.
    fn file(&mut self, path: &RepoPath, folder: &str, side: Side, why: &str, place: Option<&Place>) {
        let source = source_of(&self.snapshot.tree, folder, path.as_str());
        if let Some(module) = source.and_then(|source| self.program.find(source.as_str())) {
            self.found.insert(Entry {
                module,
                side,
                why: why.to_owned(),
                place: place.cloned(),
            });
        }
    }
}
