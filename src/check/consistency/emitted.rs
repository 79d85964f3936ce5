//! What plain Node finds of what `tsc` wrote: imports stand there as they stand in the source.
//!
//! A name of `paths` is no package, and in a module of ECMAScript Node adds no ending and looks into no folder
//! (<https://nodejs.org/api/esm.html#mandatory-file-extensions>). Only what is loaded at the top of the team's own modules
//! is asked about, from what nothing but plain `node` starts.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{Json, Node, resolve};
use crate::check::View;
use crate::model::{Cause, Class, Component, Gap, Needs, Read, RepoPath, Unread};
use crate::program::module::{Binding, BindingKind, ExportName, Exported, Imported, Request, RequestKind, TOP_LEVEL};
use crate::program::{Emitted, Linked, ModuleId, Program, Side, Target, Written, emitted};
use crate::text::Span;

use super::Tally;
use super::changing::told;
use super::emitting::{Build, build};
use super::packages::{declared_above, is_load, is_within, members, spared};

/// Packages that change how Node finds modules, once something loads them.
const HOOKS: [&str; 9] = [
    "module-alias",
    "tsconfig-paths",
    "app-module-path",
    "alias-hq",
    "tsx",
    "ts-node",
    "jiti",
    "@swc-node/register",
    "@babel/register",
];
/// Names that are given from module to module.
const DEEPEST: u32 = 6;

/// An import that Node can't follow.
struct Lost {
    module: ModuleId,
    span: Span,
    specifier: String,
    why: String,
}

/// What one component's builds lose, and why that may be otherwise.
struct Losing<'a> {
    component: &'a Component,
    lost: Vec<Lost>,
    doubt: Option<String>,
}

/// The files that say more of how a component is built, where that matters.
pub(super) fn needs(view: &View<'_>) -> Needs {
    let losing = losing(view).into_iter();
    Needs::files(losing.flat_map(|losing| told(view, losing.component).cloned()))
}

/// Says of each of them what stops Node.
pub(super) fn examine(view: &View<'_>, tally: &mut Tally<'_>) {
    let program = Program::of(view.snapshot);
    for losing in losing(view) {
        for lost in losing.lost {
            let path = &program.linked(lost.module).path;
            if tally.is_left_out(path.as_str()) {
                continue;
            }
            match &losing.doubt {
                None => {
                    let place = program.place(lost.module, &lost.span);
                    let subject = format!("{path} {}", lost.specifier);
                    let why = format!("`{path}` loads `{}`: {}", lost.specifier, lost.why);
                    tally.gaps.push(Gap::at(place, &subject, why));
                }
                Some(doubt) => {
                    let what = format!(
                        "`{path}` loads `{}`, which plain Node does not find as `tsc` writes it, and {doubt}",
                        lost.specifier
                    );
                    let settle = "have one build for production, or attest it";
                    tally.unread(Unread::new(Cause::Unmodelled, what, settle));
                }
            }
        }
    }
}

fn losing<'a>(view: &View<'a>) -> Vec<Losing<'a>> {
    let program = Program::of(view.snapshot);
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    asked
        .filter_map(|component| of_component(view, &program, component))
        .filter(|losing| !losing.lost.is_empty())
        .collect()
}

fn of_component<'a>(view: &View<'a>, program: &Program, component: &'a Component) -> Option<Losing<'a>> {
    let entries = program.entries(component).iter();
    let own = entries.filter(|entry| entry.side == Side::Server);
    let mut started: BTreeMap<ModuleId, (&RepoPath, bool)> = BTreeMap::new();
    for entry in own {
        match &entry.written {
            Written::No => {}
            Written::Always(path) => drop(started.insert(entry.module, (path, true))),
            Written::Perhaps(path) => drop(started.insert(entry.module, (path, false))),
        }
    }
    // Most components are left here.
    let (written, _) = *started.values().next()?;
    let Build { configuration, doubt } = build(view, component)?;
    let (emitted, doubt) = match emitted(view.snapshot, &configuration) {
        Ok(emitted) => (emitted?, doubt),
        Err(why) => (anything(written), Some(why)),
    };
    let into = emitted.into.as_ref()?;
    let is_written = |path: &RepoPath| path.is_within(into.as_str()) && view.tree().get(path.as_str()).is_none();
    if !started.values().all(|(path, _)| is_written(path)) {
        return None;
    }
    let look = Look::new(view, program, component, &emitted, written)?;
    let lost = look.walk(started.keys().copied().collect())?;
    let is_only = started.values().all(|(_, is_only)| *is_only);
    let doubt = doubt.or_else(|| (!is_only).then(|| "something else starts it, too".to_owned()));
    Some(Losing { component, lost, doubt })
}

/// What a configuration that can't be read whole may say: any name is one of its `paths`.
fn anything(written: &RepoPath) -> Emitted {
    Emitted {
        into: Some(RepoPath::new(written.parent())),
        module: None,
        names: vec!["*".to_owned()],
        is_rooted: false,
        selected: None,
    }
}

/// What goes round the modules that a component's servers load.
struct Look<'a> {
    view: &'a View<'a>,
    program: &'a Program,
    component: &'a Component,
    emitted: &'a Emitted,
    /// The file that is started.
    written: &'a RepoPath,
    /// Packages that are installed, or stand in the repository.
    packages: BTreeSet<String>,
    /// Whether the manifest makes modules of ECMAScript of files whose names don't say what they are.
    is_esm: bool,
}

impl<'a> Look<'a> {
    fn new(
        view: &'a View<'a>,
        program: &'a Program,
        component: &'a Component,
        emitted: &'a Emitted,
        written: &'a RepoPath,
    ) -> Option<Self> {
        let mut packages = declared_above(view, component.folder())?;
        packages.extend(members(view));
        let manifest = component.path.join("package.json");
        let manifest = RepoPath::new(manifest.as_str().trim_start_matches("./"));
        let Read::Here(document) = view.snapshot.read(manifest.as_str()) else {
            return None;
        };
        let json = document.view::<Json>();
        let root = json.0.as_deref().ok()?;
        Some(Self {
            view,
            program,
            component,
            emitted,
            written,
            packages,
            is_esm: root.get("type").and_then(Node::as_str) == Some("module"),
        })
    }

    /// What is lost of all that is loaded, of each module the first; nothing is known where a module that is loaded
    /// may change how the others are found.
    fn walk(&self, mut open: Vec<ModuleId>) -> Option<Vec<Lost>> {
        let mut seen = BTreeSet::new();
        let mut lost = BTreeMap::new();
        while let Some(id) = open.pop() {
            let linked = self.program.linked(id);
            if !seen.insert(id) || !self.is_own(linked) {
                continue;
            }
            if linked.module.unread.is_some() || hooks(linked) {
                return None;
            }
            let spared = spared(&linked.module);
            for (index, request) in linked.module.requests.iter().enumerate() {
                let Some(Target::Module(next)) = linked.targets.get(index) else {
                    continue;
                };
                let is_at_start = is_load(request.kind) && request.function == TOP_LEVEL;
                if !is_at_start || is_within(&spared, &request.span) || !self.is_value(linked, index) {
                    continue;
                }
                if let Some(found) = self.lost(id, request, *next) {
                    lost.entry(id).or_insert(found);
                }
                open.push(*next);
            }
        }
        Some(lost.into_values().collect())
    }

    /// Whether a module is compiled with those that are started.
    fn is_own(&self, linked: &Linked) -> bool {
        let owner = Component::of(&self.view.snapshot.components, &linked.path);
        let is_typescript = matches!(linked.path.extension(), Some("ts" | "tsx" | "mts" | "cts"));
        is_typescript
            && !linked.path.as_str().ends_with(".d.ts")
            && self.view.tree().class(linked.path.as_str()) == Class::Source
            && owner.is_some_and(|owner| owner.path == self.component.path)
    }

    /// Whether an import stands in what is written: names of types are left out of it.
    fn is_value(&self, linked: &Linked, index: usize) -> bool {
        let is_it = |request: u32| request as usize == index;
        let module = &linked.module;
        let imported = |binding: &Binding| match &binding.kind {
            BindingKind::Import(request, imported) if is_it(request.0) => Some(imported.clone()),
            _ => None,
        };
        let taken: Vec<Imported> = module.bindings.iter().filter_map(imported).collect();
        let given = module.exports.iter().filter_map(|export| match &export.what {
            Exported::From(request, _) if is_it(request.0) && export.name == ExportName::Star => {
                Some(Imported::Namespace)
            }
            Exported::From(request, imported) if is_it(request.0) => Some(imported.clone()),
            _ => None,
        });
        let names: Vec<Imported> = taken.into_iter().chain(given).collect();
        let is_bare = names.is_empty() && module.requests[index].kind != RequestKind::Export;
        let Some(Target::Module(target)) = linked.targets.get(index) else {
            return false;
        };
        is_bare || names.iter().any(|name| self.gives(*target, name, 0))
    }

    /// Whether what is taken from a module is known to be there when it runs.
    fn gives(&self, id: ModuleId, name: &Imported, depth: u32) -> bool {
        let linked = self.program.linked(id);
        let module = &linked.module;
        let from = |request: usize, name: &Imported| match linked.targets.get(request) {
            Some(Target::Module(next)) => depth < DEEPEST && self.gives(*next, name, depth + 1),
            _ => false,
        };
        let is_value = |what: &Exported| match what {
            Exported::Value(_) => true,
            Exported::From(request, name) => from(request.0 as usize, name),
            Exported::Binding(binding) => match &module.binding(*binding).kind {
                BindingKind::Constant | BindingKind::Variable | BindingKind::Function(_) | BindingKind::Class(_) => {
                    true
                }
                BindingKind::Import(request, name) => from(request.0 as usize, name),
                // An enumeration may be a constant one, of which nothing is left.
                BindingKind::Parameter(_) | BindingKind::Other => false,
            },
        };
        module.exports.iter().any(|export| match (&export.name, name) {
            (_, Imported::Namespace) => true,
            (ExportName::Default, Imported::Default) => is_value(&export.what),
            (ExportName::Named(given), Imported::Named(asked)) => given == asked && is_value(&export.what),
            (ExportName::Star, Imported::Named(_)) => match &export.what {
                Exported::From(request, _) => from(request.0 as usize, name),
                Exported::Binding(_) | Exported::Value(_) => false,
            },
            _ => false,
        })
    }

    fn lost(&self, module: ModuleId, request: &Request, target: ModuleId) -> Option<Lost> {
        let specifier = request.specifier.as_deref()?;
        let why = if specifier.starts_with('.') {
            self.without_ending(module, request, target, specifier)?
        } else {
            self.by_name(specifier)?
        };
        Some(Lost {
            module,
            span: request.span.clone(),
            specifier: specifier.to_owned(),
            why,
        })
    }

    /// A name of `paths`, which Node takes for a package.
    fn by_name(&self, specifier: &str) -> Option<String> {
        let is_like = |name: &String| match name.split_once('*') {
            Some((start, end)) => specifier.starts_with(start) && specifier.ends_with(end),
            None => name == specifier,
        };
        let mut parts = specifier.split('/');
        let first = parts.next()?;
        let package = match parts.next() {
            Some(second) if first.starts_with('@') => format!("{first}/{second}"),
            _ => first.to_owned(),
        };
        let is_name = !specifier.starts_with(['/', '#']) && !specifier.contains([':', '!', '?']);
        if !is_name || !self.emitted.names.iter().any(is_like) || self.packages.contains(&package) {
            return None;
        }
        Some(format!(
            "`tsc` leaves this name of its `paths` in what it writes, and there is no package `{package}` for the plain \
             `node` that starts `{}`, which stops; have `tsc-alias` run after `tsc`, or use a bundler",
            self.written
        ))
    }

    /// A relative path that Node takes as it stands, in a module of ECMAScript.
    fn without_ending(&self, module: ModuleId, request: &Request, target: ModuleId, specifier: &str) -> Option<String> {
        const MODULES: [&str; 5] = ["es6", "es2015", "es2020", "es2022", "esnext"];
        let from = &self.program.linked(module).path;
        let is_esm = self.is_esm && from.extension() != Some("cts") || from.extension() == Some("mts");
        let writes_esm = self
            .emitted
            .module
            .as_deref()
            .is_some_and(|module| MODULES.contains(&module));
        if !is_esm || !writes_esm || request.kind == RequestKind::Require || self.has_inner_manifest(from) {
            return None;
        }
        let asked = resolve(from.parent(), specifier)?;
        let target = &self.program.linked(target).path;
        let stem = target.as_str().rsplit_once('.')?.0;
        let trimmed = specifier.trim_end_matches('/');
        if stem == asked.as_str() && !specifier.ends_with('/') {
            return Some(format!(
                "in a module of ECMAScript Node adds no ending, and the plain `node` that starts `{}` stops with \
                 `ERR_MODULE_NOT_FOUND`; write `{trimmed}.js`, or use a bundler",
                self.written
            ));
        }
        let is_folder = stem.strip_suffix("/index") == Some(asked.as_str());
        is_folder.then(|| {
            format!(
                "in a module of ECMAScript Node looks into no folder, and the plain `node` that starts `{}` stops with \
                 `ERR_UNSUPPORTED_DIR_IMPORT`; write `{trimmed}/index.js`, or use a bundler",
                self.written
            )
        })
    }

    /// Whether another manifest than the component's own stands above a module.
    fn has_inner_manifest(&self, path: &RepoPath) -> bool {
        let mut folder = path.parent();
        while folder != self.component.folder() && !folder.is_empty() {
            if self.view.tree().get(&format!("{folder}/package.json")).is_some() {
                return true;
            }
            folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
        false
    }
}

/// Whether a module loads what may change how Node finds others.
fn hooks(linked: &Linked) -> bool {
    let module = &linked.module;
    linked.targets.iter().zip(0_u32..).any(|(target, index)| match target {
        Target::Package(name, within) => {
            let whole = if within.is_empty() {
                name.as_ref().to_owned()
            } else {
                format!("{name}/{within}")
            };
            HOOKS.contains(&name.as_ref()) || HOOKS.contains(&whole.as_str())
        }
        // Of what Node says of modules, what makes a `require` changes nothing.
        Target::Builtin(name) if name.as_ref() == "module" => !module.bindings.iter().any(|binding| {
            let make = Imported::Named("createRequire".into());
            matches!(&binding.kind, BindingKind::Import(request, imported) if request.0 == index && *imported == make)
        }),
        _ => false,
    })
}
