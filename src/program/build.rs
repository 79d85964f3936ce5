//! From a snapshot to its program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::model::{Class, Component, Entry, EntryKind, Needs, Read, RepoPath, Snapshot, Tree};
use crate::text::Document;

use super::compiled::Compiled;
use super::entry;
use super::erasing::{self, Erasing};
use super::linked::{Linked, ModuleId, Program, Target};
use super::missing::{self, Missing};
use super::module::{Desk, Language, Module, RequestKind, spread};
use super::refused;
use super::resolve::{Found, Resolver, is_configuration};

/// Files above this many bytes are not read: no hand-written module comes near.
const LARGEST: u64 = 1 << 20;

/// A module as each language reads it: a blob may stand at paths of several.
struct JavaScript(Arc<Module>);
struct TypeScript(Arc<Module>);
struct Tsx(Arc<Module>);

fn lowered(desk: &mut Desk, document: &Document, language: Language) -> Arc<Module> {
    let mut parse = |document: &Document| Arc::new(Module::parse_on(desk, document, language));
    match language {
        Language::JavaScript => Arc::clone(&document.derive(|document| JavaScript(parse(document))).0),
        Language::TypeScript => Arc::clone(&document.derive(|document| TypeScript(parse(document))).0),
        Language::Tsx => Arc::clone(&document.derive(|document| Tsx(parse(document))).0),
    }
}

/// What a file holds that is no part of a program, such as a test; `None` where it is no module by its name.
pub fn module_of(path: &RepoPath, document: &Document) -> Option<Arc<Module>> {
    Some(lowered(&mut Desk::default(), document, Language::of(path.as_str())?))
}

/// Reads files that are no part of a program, so that `module_of` has them at hand.
pub fn read_modules(snapshot: &Snapshot, paths: &[RepoPath]) {
    spread(paths, |desk, path| {
        if let (Read::Here(document), Some(language)) = (snapshot.read(path.as_str()), Language::of(path.as_str())) {
            lowered(desk, &document, language);
        }
    });
}

/// Why a document that was asked for as a module is none, if it was: nothing is parsed for this.
pub fn known_unread(document: &Document) -> Option<Arc<str>> {
    let read = [
        document.known::<JavaScript>().map(|known| Arc::clone(&known.0)),
        document.known::<TypeScript>().map(|known| Arc::clone(&known.0)),
        document.known::<Tsx>().map(|known| Arc::clone(&known.0)),
    ];
    read.into_iter().flatten().find_map(|module| module.unread.clone())
}

struct Wanted(Arc<BTreeSet<RepoPath>>);

/// The program of a side that has all that it asked for.
struct Whole(Arc<Program>);

/// The programs of the sides so far, with what they were made of.
#[derive(Default)]
struct Sides(Mutex<Vec<(Inputs, Arc<Program>)>>);

/// All that a program is made of.
struct Inputs {
    tree: Arc<Tree>,
    components: Vec<Component>,
    read: Vec<(RepoPath, Read)>,
}

impl Inputs {
    /// Whether a program of another side would be made of the same.
    fn are_those_of(&self, snapshot: &Snapshot) -> bool {
        let is_same = |(path, read): &(RepoPath, Read)| read.is_same(&snapshot.read(path.as_str()));
        self.components == snapshot.components && self.read.iter().all(is_same) && self.tree.is_alike(&snapshot.tree)
    }
}

fn wanted(snapshot: &Snapshot) -> BTreeSet<RepoPath> {
    let node: Vec<&Component> = node_components(snapshot);
    if node.is_empty() {
        return BTreeSet::new();
    }
    let odd = odd_folders(&node);
    let files = written(snapshot, &odd, "what tells of programs", |path, entry| {
        let is_small = entry.size.is_none_or(|size| size <= LARGEST);
        entry.is_file() && is_small && (Language::of(path.as_str()).is_some() || tells(path))
    });
    let files = files.into_iter().filter(|path| !snapshot.has_read(path));
    let mut wanted: BTreeSet<RepoPath> = files.cloned().collect();
    wanted.extend(erasing::wanted(snapshot));
    wanted
}

impl Program {
    /// The files that a program is made of and that are not read yet: the modules of components that are made with
    /// Node.js, and what tells how they are found and started.
    pub fn needs(snapshot: &Snapshot) -> Needs {
        // Many controls ask; the tree is looked through once for each round of reading.
        Needs::shared(Self::wanted(snapshot))
    }

    fn wanted(snapshot: &Snapshot) -> Arc<BTreeSet<RepoPath>> {
        let wanted = snapshot.derive(|snapshot| Wanted(Arc::new(wanted(snapshot))));
        Arc::clone(&wanted.0)
    }

    /// The program of a snapshot in which these are read; made once.
    pub fn of(snapshot: &Snapshot) -> Arc<Self> {
        // What is read later for others is no part of a program that has all that it asked for.
        if Self::wanted(snapshot).is_empty() {
            Arc::clone(&snapshot.keep(|snapshot| Whole(Self::of_side(snapshot))).0)
        } else {
            snapshot.derive(Self::build)
        }
    }

    /// The program of the other side, where nothing differs that it is made of: one changed page of documentation needs no
    /// second one.
    fn of_side(snapshot: &Snapshot) -> Arc<Self> {
        let sides = snapshot.shared::<Sides>();
        let lock = || sides.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it =
            |(inputs, program): &(Inputs, Arc<Self>)| inputs.are_those_of(snapshot).then(|| Arc::clone(program));
        if let Some(known) = lock().iter().find_map(is_it) {
            return known;
        }
        let (program, mut asked) = Snapshot::noting(|| Self::build(snapshot));
        // Modules are read by other threads.
        asked.extend(paths_of_modules(snapshot).into_iter().map(|(path, _)| path));
        let read = asked.into_iter().map(|path| {
            let read = snapshot.read(path.as_str());
            (path, read)
        });
        let inputs = Inputs {
            tree: Arc::clone(&snapshot.tree),
            components: snapshot.components.clone(),
            read: read.collect(),
        };
        let program = Arc::new(program);
        lock().push((inputs, Arc::clone(&program)));
        program
    }

    fn build(snapshot: &Snapshot) -> Self {
        let paths = paths_of_modules(snapshot);
        let modules = spread(&paths, |desk, (path, language)| {
            let (document, module) = match snapshot.read(path.as_str()).text(path.as_str()) {
                Ok(Some(document)) => {
                    let module = lowered(desk, &document, *language);
                    (document, module)
                }
                Ok(None) => return None,
                // It is there and holds nobody knows what: who starts or loads it must come upon it.
                Err(why) => (Arc::new(Document::new(Vec::new())), Arc::new(Module::unread(why.what))),
            };
            let values = module.bindings.iter().map(|_| OnceLock::new()).collect();
            Some(Linked {
                path: path.clone(),
                document,
                module,
                values,
                targets: Vec::new(),
                assigned: OnceLock::new(),
            })
        });
        let mut program = Self::new(modules.into_iter().flatten().collect());
        let compiled = Compiled::of(snapshot, &program);
        program.link(snapshot, &compiled);
        program.models = refused::models(snapshot);
        program.entries = entry::entries(snapshot, &program, &compiled);
        program
    }

    fn link(&mut self, snapshot: &Snapshot, compiled: &Compiled) {
        let gitignores = missing::gitignores(snapshot);
        let resolver = Resolver::new(snapshot, compiled, Missing::new(snapshot, &gitignores));
        let erasing = Erasing::of(snapshot);
        let by_path: BTreeMap<RepoPath, ModuleId> =
            self.modules().map(|(id, linked)| (linked.path.clone(), id)).collect();
        let targets: Vec<Vec<Target>> = self
            .linked_modules()
            .par_iter()
            .map(|linked| {
                let component = Component::of(&snapshot.components, &linked.path).map_or("", Component::folder);
                let requests = linked.module.requests.iter();
                let erases = erasing.erases(&linked.path);
                requests
                    .map(|request| match (&request.specifier, request.kind) {
                        (_, RequestKind::Type) => Target::Erased,
                        (_, RequestKind::Unused) if erases => Target::Erased,
                        (None, _) => Target::Unresolved("what it loads is computed".into()),
                        (Some(specifier), RequestKind::File) => {
                            let found = resolver.started(&linked.path, specifier, component);
                            let found = found.and_then(|path| by_path.get(&path));
                            found.map_or(Target::Erased, |id| Target::Module(*id))
                        }
                        (Some(specifier), RequestKind::Require) => {
                            target(resolver.required(&linked.path, specifier, component), &by_path)
                        }
                        (Some(specifier), _) => target(resolver.resolve(&linked.path, specifier, component), &by_path),
                    })
                    .collect()
            })
            .collect();
        self.set_targets(targets);
    }
}

/// What a request leads to that was followed to a file, a package or nowhere.
fn target(found: Found, by_path: &BTreeMap<RepoPath, ModuleId>) -> Target {
    match found {
        Found::File(path) => match by_path.get(&path) {
            Some(id) => Target::Module(*id),
            None => Target::File(path),
        },
        Found::Package(name, within) => Target::Package(name, within),
        Found::Builtin(name) => Target::Builtin(name),
        Found::Missing(why) => Target::Missing(why),
        Found::Nothing(why) => Target::Unresolved(why),
    }
}

/// The modules of components that are made with Node.js, and their languages.
fn paths_of_modules(snapshot: &Snapshot) -> Vec<(RepoPath, Language)> {
    let node = node_components(snapshot);
    let odd = odd_folders(&node);
    let files = written(snapshot, &odd, "modules", |path, entry| {
        entry.kind != EntryKind::Symlink && Language::of(path.as_str()).is_some()
    });
    let files = files.into_iter();
    files
        .filter_map(|path| Some((path.clone(), Language::of(path.as_str())?)))
        .collect()
}

fn node_components(snapshot: &Snapshot) -> Vec<&Component> {
    let is_node = |component: &&Component| component.kinds.iter().any(|kind| kind == "node");
    snapshot.components.iter().filter(is_node).collect()
}

/// The files that the team wrote for production and that pass a test of this name.
fn written<'a>(
    snapshot: &'a Snapshot,
    odd: &[&str],
    name: &str,
    is_one: impl Fn(&RepoPath, &Entry) -> bool,
) -> Vec<&'a RepoPath> {
    let name = format!("{name} {odd:?}");
    let found = snapshot.tree.those(&name, |path, entry, class| {
        is_written(class, odd, path) && is_one(path, entry)
    });
    found.into_iter().map(|(path, _)| path).collect()
}

/// Whether the team wrote a file for production: by its class, seen from the component where that itself lies in a
/// folder that is called `docs` or `examples`.
fn is_written(class: Class, odd: &[&str], path: &RepoPath) -> bool {
    match class {
        // What is only shown, generated or laid aside is running code where running code loads it.
        Class::Source | Class::Example | Class::Documentation | Class::Generated | Class::Archived => return true,
        Class::Vendored | Class::Built | Class::Test => {}
    }
    odd.iter().any(|folder| {
        let relative = path.relative_to(folder);
        relative.is_some_and(|relative| Class::of(relative) == Class::Source)
    })
}

/// The folders of components that lie in a folder which is called `docs`, `examples` or the like.
fn odd_folders<'a>(node: &[&'a Component]) -> Vec<&'a str> {
    let folders = node.iter().map(|component| component.folder());
    let is_odd = |folder: &&str| {
        let is_other = Class::of(&RepoPath::new(folder).join("x").to_string()) != Class::Source;
        !folder.is_empty() && is_other && Class::of(folder) != Class::Vendored
    };
    folders.filter(is_odd).collect()
}

/// Whether a file that is no module tells how modules are found, made or started.
fn tells(path: &RepoPath) -> bool {
    is_configuration(path) || entry::tells(path) || missing::tells(path) || refused::tells(path)
}

#[cfg(test)]
mod tests;

/// Reads a small program from paths and texts.
#[cfg(test)]
pub(crate) fn of_files(files: &[(&str, &str)]) -> (Snapshot, Arc<Program>) {
    let snapshot = snapshot_of(files);
    let program = Program::of(&snapshot);
    (snapshot, program)
}

#[cfg(test)]
fn snapshot_of(files: &[(&str, &str)]) -> Snapshot {
    use crate::model::Tree;
    let entry = Entry {
        kind: EntryKind::File,
        id: None,
        size: None,
    };
    let paths = files.iter().map(|(path, _)| (RepoPath::new(path), entry.clone()));
    let mut snapshot = Snapshot::new(Arc::new(Tree::new(paths.collect())));
    for (path, text) in files {
        let document = Arc::new(Document::new(text.as_bytes().to_vec()));
        snapshot.insert(RepoPath::new(path), Read::Here(document));
    }
    snapshot.components = crate::artifact::components(&snapshot);
    snapshot
}
