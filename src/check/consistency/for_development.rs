//! Packages that a server loads wherever it is started, that the manifest names for development alone, and that the image
//! which starts it is left without.
//!
//! Only what plain Node is given is asked about, as it is written or as `tsc` writes it: what a bundler writes has its packages
//! inside.

use std::collections::BTreeSet;

use crate::artifact::{Ecosystem, Governing, Group, Json, declared, governing, lockfile_needs, workspace_needs};
use crate::check::View;
use crate::check::container;
use crate::model::{Cause, Class, Component, Gap, Needs, RepoPath, Unread};
use crate::program::module::TOP_LEVEL;
use crate::program::{Asks, ModuleId, Program, Side, Target, Written};
use crate::text::Span;

use super::Tally;
use super::emitting::build;
use super::packages::{folder_of, is_load, is_plain, is_within, spared};

/// Packages that write one file of many.
const BUNDLERS: [&str; 14] = [
    "@babel/cli",
    "@swc/cli",
    "@vercel/ncc",
    "bun",
    "esbuild",
    "parcel",
    "pkgroll",
    "rolldown",
    "rollup",
    "tsdown",
    "tsup",
    "unbuild",
    "vite",
    "webpack",
];

/// A load of a package that is named for development alone.
struct Loading {
    name: String,
    path: RepoPath,
    module: ModuleId,
    span: Span,
    /// The folder of its manifest.
    folder: String,
}

/// The files that tell what images install, where it matters.
pub(super) fn needs(view: &View<'_>) -> Needs {
    let found = loading(view);
    let folders: BTreeSet<&str> = found.iter().map(|found| found.folder.as_str()).collect();
    let mut needs = Needs::none();
    for folder in folders {
        needs.files.extend(lockfile_needs(view.tree(), Ecosystem::Npm, folder));
        needs.files.extend(workspace_needs(view.tree(), Ecosystem::Npm, folder));
    }
    if !found.is_empty() {
        needs.unite(container::started_needs(view));
    }
    needs
}

/// Says of each of them whether the image has it.
pub(super) fn examine(view: &View<'_>, tally: &mut Tally<'_>) {
    let program = Program::of(view.snapshot);
    let mut known = BTreeSet::new();
    for found in loading(view) {
        if tally.is_left_out(&found.name) || !known.insert((found.folder.clone(), found.name.clone())) {
            continue;
        }
        let Some(lean) = container::left_out(view, &found.folder, &found.name) else {
            continue;
        };
        let what = format!(
            "`{}` loads the package `{}`, which the manifest names for development alone, and `{}` of `{}` leaves it out",
            found.path, found.name, lean.command, lean.path
        );
        match is_brought(view, &found) {
            Some(true) => {}
            Some(false) => {
                let place = program.place(found.module, &found.span);
                let subject = format!("{} {}", found.path, found.name);
                let why = format!("{what}: what the image starts stops there");
                tally.gaps.push(Gap::at(place, &subject, why));
            }
            None => {
                let what = format!("{what}, unless another package brings it along");
                tally.unread(Unread::new(Cause::Unmodelled, what, "move it to `dependencies`"));
            }
        }
    }
}

/// Whether another package brings one along for production, where the code finds it; `None` where the lockfile does not tell.
fn is_brought(view: &View<'_>, found: &Loading) -> Option<bool> {
    let Governing::Lockfiles(paths) = governing(view.snapshot, Ecosystem::Npm, &found.folder) else {
        return None;
    };
    let [path] = paths.as_slice() else { return None };
    match path.file_name() {
        // What is not declared is no package's own to load.
        "pnpm-lock.yaml" => Some(false),
        "package-lock.json" | "npm-shrinkwrap.json" => {
            let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten()?;
            let json = document.view::<Json>();
            let packages = json.0.as_deref().ok()?.get("packages")?;
            let one = packages.get(&format!("node_modules/{}", found.name))?;
            let is_lean = one.get("dev").and_then(|dev| dev.as_bool()) == Some(true);
            let is_perhaps = one.get("devOptional").is_some();
            (!is_perhaps).then_some(!is_lean)
        }
        _ => None,
    }
}

/// The loads of packages that are named for development alone, in the order of modules.
fn loading(view: &View<'_>) -> Vec<Loading> {
    let program = Program::of(view.snapshot);
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    let mut found = Vec::new();
    for component in asked {
        for module in at_start(view, &program, component) {
            of_module(view, &program, module, &mut found);
        }
    }
    found
}

fn of_module(view: &View<'_>, program: &Program, id: ModuleId, found: &mut Vec<Loading>) {
    let linked = program.linked(id);
    if view.tree().class(linked.path.as_str()) != Class::Source {
        return;
    }
    let folder = folder_of(view, &linked.path);
    let tried = spared(&linked.module);
    for (request, target) in linked.module.requests.iter().zip(&linked.targets) {
        let Target::Package(name, _) = target else { continue };
        let is_asked = is_load(request.kind) && request.function == TOP_LEVEL && !is_within(&tried, &request.span);
        if is_asked && is_plain(name) && is_for_development(view, &folder, name) {
            found.push(Loading {
                name: name.as_ref().to_owned(),
                path: linked.path.clone(),
                module: id,
                span: request.span.clone(),
                folder: folder.clone(),
            });
        }
    }
}

fn is_for_development(view: &View<'_>, folder: &str, name: &str) -> bool {
    let all = declared(view.snapshot, folder);
    let known = all.into_iter().filter_map(|(_, known)| known.ok());
    let mut groups = Vec::new();
    for known in known {
        let own = known
            .dependencies()
            .filter(|(one, _)| one.name == name || one.alias.as_deref() == Some(name));
        groups.extend(own.map(|(_, group)| group));
    }
    !groups.is_empty() && groups.iter().all(|group| *group == Group::Development)
}

/// The modules of a component that are loaded wherever plain Node starts it.
fn at_start(view: &View<'_>, program: &Program, component: &Component) -> BTreeSet<ModuleId> {
    let bundles = || {
        let all = declared(view.snapshot, component.folder());
        let mut known = all.into_iter().filter_map(|(_, known)| known.ok());
        known.any(|known| {
            known
                .dependencies()
                .any(|(one, _)| BUNDLERS.contains(&one.name.as_str()))
        })
    };
    let entries = program.entries(component).iter();
    let run: Vec<_> = entries
        .filter(|entry| entry.side == Side::Server && entry.asks == Asks::Run)
        .collect();
    let mut seen = BTreeSet::new();
    if run.is_empty() || bundles() {
        return seen;
    }
    let is_by_tsc = || build(view, component).is_some_and(|build| build.doubt.is_none());
    let is_given = |entry: &&&crate::program::Entry| {
        let path = &program.linked(entry.module).path;
        match entry.written {
            Written::No => matches!(path.extension(), Some("js" | "cjs" | "mjs")),
            Written::Always(_) => is_by_tsc(),
            Written::Perhaps(_) => false,
        }
    };
    let mut open: Vec<ModuleId> = run.iter().filter(is_given).map(|entry| entry.module).collect();
    while let Some(module) = open.pop() {
        if !seen.insert(module) {
            continue;
        }
        let linked = program.linked(module);
        let tried = spared(&linked.module);
        for (request, target) in linked.module.requests.iter().zip(&linked.targets) {
            let is_loaded = is_load(request.kind) && request.function == TOP_LEVEL && !is_within(&tried, &request.span);
            if let (Target::Module(next), true) = (target, is_loaded) {
                open.push(*next);
            }
        }
    }
    seen
}
