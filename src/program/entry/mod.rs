//! Where production starts.

mod command;
mod convention;
mod docker;
mod handing;
mod plain;
mod platform;

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{Declared, declared};
use crate::model::{Component, Place, Read, RepoPath, Snapshot};

use super::compiled::{Compiled, from_folder};
use super::linked::{Linked, ModuleId, Program, Target};
use command::{Started, started};
use platform::Told;

pub use plain::Written;

/// A module that production starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The module.
    pub module: ModuleId,
    /// Who runs it.
    pub side: Side,
    /// What is asked of it.
    pub asks: Asks,
    /// What says so, in words: "`start` in `backend/package.json`".
    pub why: String,
    /// Where that stands.
    pub place: Option<Place>,
    /// Whether plain `node` is given what a build writes of it.
    pub written: Written,
}

/// Who runs a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// A server or a job of the team's.
    Server,
    /// A visitor's browser.
    Browser,
}

/// What is asked of a module that is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asks {
    /// That it runs: what it gives beside a default is for others who load it.
    Run,
    /// What it gives: a framework or a platform calls it.
    Exports,
}

/// Scripts that follow each other: of `npm run a` within `a` within ….
const DEEPEST: u32 = 5;

/// Files beside the modules that say what is started.
pub(super) fn tells(path: &RepoPath) -> bool {
    platform::tells(path)
}

/// The modules that production starts, by component; nothing for one of which nothing says so.
pub(super) fn entries(snapshot: &Snapshot, program: &Program, compiled: &Compiled) -> BTreeMap<RepoPath, Vec<Entry>> {
    let told = platform::told(snapshot);
    let names = package_names(snapshot);
    let of = |component: &Component| {
        let mut finder = Finder {
            snapshot,
            program,
            compiled,
            names: &names,
            found: BTreeMap::new(),
            seen: BTreeSet::new(),
            only: None,
            asks: Asks::Exports,
            plain: None,
        };
        finder.find(component, &told);
        (component.path.clone(), finder.found.into_values().collect())
    };
    let mut found: BTreeMap<RepoPath, Vec<Entry>> = snapshot.components.iter().map(of).collect();
    handing::hand_on(snapshot, program, &mut found);
    let owner = |(_, linked): (_, &Linked)| Component::of(&snapshot.components, &linked.path);
    let owners: Vec<Option<&Component>> = program.modules().map(owner).collect();
    for component in &snapshot.components {
        let own = found.entry(component.path.clone()).or_default();
        if own.iter().all(|entry| entry.why == BY_MANIFEST) {
            asked_for(program, &owners, component, own);
        }
    }
    found
}

/// Why what a manifest names is an entry.
const BY_MANIFEST: &str = "the manifest names it";
/// Why what others load is an entry.
const BY_OTHERS: &str = "another package loads it";

impl Entry {
    /// Whether a framework or a platform calls what it gives; what a package gives is for whoever loads it.
    pub fn is_called(&self) -> bool {
        self.asks == Asks::Exports && self.why != BY_MANIFEST && self.why != BY_OTHERS
    }
}

/// What a package that starts nothing itself is asked for: the modules that those of other components load, whichever
/// of its files these are.
fn asked_for(program: &Program, owners: &[Option<&Component>], component: &Component, entries: &mut Vec<Entry>) {
    let is_own = |id: ModuleId| {
        let owner = owners.get(id.0 as usize).copied().flatten();
        owner.is_some_and(|owner| std::ptr::eq(owner, component))
    };
    let mut asked: BTreeSet<ModuleId> = BTreeSet::new();
    for (id, linked) in program.modules() {
        let targets = linked.targets.iter().filter_map(|target| match target {
            Target::Module(id) => Some(*id),
            Target::Package(..)
            | Target::Builtin(_)
            | Target::File(_)
            | Target::Erased
            | Target::Missing(_)
            | Target::Unresolved(_) => None,
        });
        let own: Vec<ModuleId> = targets.filter(|id| is_own(*id)).collect();
        if !own.is_empty() && !is_own(id) {
            asked.extend(own);
        }
    }
    let known: BTreeSet<ModuleId> = entries.iter().map(|entry| entry.module).collect();
    entries.extend(asked.difference(&known).map(|module| Entry {
        module: *module,
        side: Side::Server,
        asks: Asks::Exports,
        why: BY_OTHERS.to_owned(),
        place: None,
        written: Written::No,
    }));
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
    compiled: &'a Compiled,
    names: &'a BTreeMap<String, String>,
    found: BTreeMap<(ModuleId, Side), Entry>,
    seen: BTreeSet<(String, String)>,
    /// The component that alone is looked for, where a platform is told what to start.
    only: Option<RepoPath>,
    /// What is asked of what is found next.
    asks: Asks,
    /// The file that plain `node` is given next.
    plain: Option<RepoPath>,
}

impl Finder<'_> {
    fn find(&mut self, component: &Component, told: &[Told]) {
        let folder = component.folder();
        self.detect(component, told);
        if let Some(named) = self.named(component) {
            // The policy corrects what is detected.
            let known = self.found.clone();
            self.found.retain(|(_, side), _| *side == Side::Browser);
            for path in named {
                let is_page = self
                    .program
                    .find(path.as_str())
                    .is_some_and(|id| self.found.contains_key(&(id, Side::Browser)));
                if !is_page {
                    self.file(&path, folder, Side::Server, "the policy names it", None);
                }
            }
            for (key, entry) in &mut self.found {
                // What starts it is still what is detected.
                entry.written = known.get(key).map(|known| known.written.clone()).unwrap_or_default();
            }
        }
    }

    fn detect(&mut self, component: &Component, told: &[Told]) {
        let folder = component.folder();
        if convention::is_mobile(component) {
            // Its scripts are for those who work on it.
            convention::mobile(self, component);
            return;
        }
        self.asks = Asks::Run;
        // What is said to be production's may load more than what is started without a word.
        for scripted in ["start", "start:prod", "start:production"] {
            self.script(folder, scripted, 0);
        }
        if self.found.is_empty() {
            self.script(folder, "serve", 0);
        }
        for one in told {
            // Wherever it is written, what it starts is of the component in whose folder that stands.
            self.only = Some(component.path.clone());
            // These name the file of a function, not a command.
            let is_function = ["vercel.json", "serverless.yml", "serverless.yaml"].contains(&one.from.file_name());
            self.asks = if is_function { Asks::Exports } else { Asks::Run };
            self.told(one, 0);
        }
        self.only = None;
        self.asks = Asks::Exports;
        convention::entries(self, component);
        if self.found.is_empty() {
            for path in &component.entry {
                self.file(path, folder, Side::Server, BY_MANIFEST, None);
            }
        }
        // A script for those who work on it tells what is started where nothing else does.
        self.asks = Asks::Run;
        for name in ["dev", "start:dev", "develop", "watch"] {
            if self.found.is_empty() {
                self.script(folder, name, 0);
            }
        }
        self.asks = Asks::Exports;
    }

    /// The files that the policy names, which replace what the manifest names.
    fn named(&self, component: &Component) -> Option<Vec<RepoPath>> {
        let folder = component.folder();
        let by_manifest: BTreeSet<RepoPath> = self
            .manifests(folder)
            .iter()
            .flat_map(|known| known.manifest().entries.clone())
            .map(|entry| from_folder(folder, &entry))
            .collect();
        let is_policy = component.entry.iter().any(|path| !by_manifest.contains(path));
        is_policy.then(|| component.entry.clone())
    }

    fn manifests(&self, folder: &str) -> Vec<Declared> {
        let known = declared(self.snapshot, folder).into_iter();
        known.filter_map(|(_, known)| known.ok()).collect()
    }

    /// Runs what a platform is told in the first folder in which it starts something.
    fn told(&mut self, told: &Told, depth: u32) {
        for folder in &told.folders {
            if self.command(&told.command, folder, &told.why, Some(&told.place), depth) {
                break;
            }
        }
    }

    /// Runs the scripts of this name, which may end in `*`; whether there is one.
    fn script(&mut self, folder: &str, name: &str, depth: u32) -> bool {
        let mut is_there = false;
        for manifest in self.manifests(folder) {
            for script in &manifest.manifest().scripts {
                let is_meant = match name.strip_suffix('*') {
                    Some(start) => script.name.starts_with(start),
                    None => script.name == name,
                };
                if !is_meant {
                    continue;
                }
                is_there = true;
                if depth > DEEPEST || !self.seen.insert((folder.to_owned(), script.name.clone())) {
                    continue;
                }
                let place = match self.snapshot.read(manifest.path.as_str()) {
                    Read::Here(document) => Place::span(&manifest.path, &document, &script.span),
                    Read::Absent | Read::Unread(_) => Place::file(&manifest.path),
                };
                let why = format!("`{}` in `{}`", script.name, manifest.path);
                self.command(&script.command, folder, &why, Some(&place), depth + 1);
            }
        }
        is_there
    }

    /// Whether the command leads to something that is there.
    fn command(&mut self, command: &str, folder: &str, why: &str, place: Option<&Place>, depth: u32) -> bool {
        if depth > DEEPEST {
            return false;
        }
        let mut is_there = false;
        for one in started(command, folder) {
            is_there |= match one {
                Started::File(path) => self.file(&path, folder, Side::Server, why, place),
                Started::Plain(path) => {
                    self.plain = Some(path.clone());
                    let is_there = self.file(&path, folder, Side::Server, why, place);
                    self.plain = None;
                    is_there
                }
                Started::Shell(path) => self.shell(&path, folder, why, depth),
                Started::Script(at, name) => {
                    let at = match at.strip_prefix('@') {
                        Some(package) => self.member(package, folder),
                        None => at,
                    };
                    self.script(&at, &name, depth)
                }
                Started::Next(at) => {
                    let asks = std::mem::replace(&mut self.asks, Asks::Exports);
                    let is_next = convention::next(self, &at, why, place);
                    self.asks = asks;
                    is_next
                }
                Started::Nest(at, project) => convention::nest(self, &at, project.as_deref(), why, place),
                Started::Static(at) => convention::browser(self, &at, why, place),
                Started::Manager(path) => {
                    let told = platform::managed(self.snapshot, &path);
                    told.iter().for_each(|one| self.told(one, depth + 1));
                    !told.is_empty()
                }
            };
        }
        is_there
    }

    /// A shell script, run in a folder.
    fn shell(&mut self, path: &RepoPath, folder: &str, why: &str, depth: u32) -> bool {
        // In an image it may stand elsewhere: by its name it is known.
        let named = || {
            self.snapshot
                .tree
                .with_name(path.file_name())
                .next()
                .map(|(path, _)| path.clone())
        };
        let path = if self.snapshot.tree.get(path.as_str()).is_some() {
            Some(path.clone())
        } else {
            named()
        };
        let Some(path) =
            path.filter(|path| depth <= DEEPEST && self.seen.insert((folder.to_owned(), path.to_string())))
        else {
            return false;
        };
        let Read::Here(document) = self.snapshot.read(path.as_str()) else {
            return false;
        };
        let Ok(text) = document.text() else { return false };
        self.command(
            text,
            folder,
            &format!("{why} by `{path}`"),
            Some(&Place::file(&path)),
            depth + 1,
        )
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

    /// A file that is started, by its source; whether there is one.
    fn file(&mut self, path: &RepoPath, folder: &str, side: Side, why: &str, place: Option<&Place>) -> bool {
        let Some(source) = self.source(path, folder) else {
            return false;
        };
        self.add(source.as_str(), side, why, place)
    }

    fn source(&self, path: &RepoPath, folder: &str) -> Option<RepoPath> {
        // `node .` runs what the manifest names.
        let named = self
            .manifests(path.as_str())
            .into_iter()
            .flat_map(|known| known.manifest().entries.clone());
        let named = named.map(|entry| from_folder(path.as_str(), &entry));
        let from_root = path.relative_to(folder).map(RepoPath::new);
        let mut asked = named.chain([path.clone()]).chain(from_root);
        asked.find_map(|path| self.compiled.source_of(path.as_str()))
    }

    /// A module that is started; whether there is one.
    fn add(&mut self, path: &str, side: Side, why: &str, place: Option<&Place>) -> bool {
        let Some(module) = self.program.find(path) else {
            return false;
        };
        let owner = Component::of(&self.snapshot.components, &RepoPath::new(path));
        let is_wanted = self
            .only
            .as_ref()
            .is_none_or(|only| owner.is_some_and(|owner| owner.path == *only));
        if is_wanted {
            let asks = self.asks;
            let written = self.plain.clone().filter(|plain| plain.as_str() != path);
            let written = written.map_or(Written::No, Written::Always);
            let known = self.found.get(&(module, side)).map(|entry| entry.written.clone());
            let written = known.map_or(written.clone(), |known| known.and(&written));
            let entry = self.found.entry((module, side)).or_insert_with(|| Entry {
                module,
                side,
                asks,
                why: why.to_owned(),
                place: place.cloned(),
                written: Written::No,
            });
            entry.written = written;
            entry.asks = entry.asks.max(asks);
        }
        true
    }
}
