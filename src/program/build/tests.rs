//! Small trees, read as a snapshot: what is started, where requests lead, what is reached.

use std::collections::BTreeSet;

use super::{of_files, snapshot_of};
use crate::model::{Component, Snapshot};
use crate::program::{FunctionAt, Program, Side, Target};

mod called;
mod entries;
mod hostile;
mod owners;
mod reaches;
mod requests;
mod sides;
mod told;

type Files<'a> = &'a [(&'a str, &'a str)];

fn component<'a>(snapshot: &'a Snapshot, path: &str) -> &'a Component {
    let known = snapshot
        .components
        .iter()
        .find(|component| component.path.as_str() == path);
    known.unwrap_or_else(|| panic!("no component at {path}: {:?}", snapshot.components))
}

/// The paths that are started for a component on a side.
fn entries(files: Files<'_>, path: &str, side: Side) -> Vec<String> {
    let (snapshot, program) = of_files(files);
    let entries = program
        .entries(component(&snapshot, path))
        .iter()
        .filter(|entry| entry.side == side);
    let paths: BTreeSet<String> = entries
        .map(|entry| program.linked(entry.module).path.to_string())
        .collect();
    paths.into_iter().collect()
}

/// Where the requests of a file lead, in their order.
fn requests(files: Files<'_>, path: &str) -> Vec<String> {
    let (_, program) = of_files(files);
    let id = program.find(path).expect("the file is a module");
    let targets = program.linked(id).targets.iter();
    targets
        .map(|target| match target {
            Target::Module(id) => program.linked(*id).path.to_string(),
            Target::Package(name, within) if within.is_empty() => format!("package {name}"),
            Target::Package(name, within) => format!("package {name} {within}"),
            Target::Builtin(name) => format!("builtin {name}"),
            Target::File(path) => format!("file {path}"),
            Target::Erased => "types".to_owned(),
            Target::Missing(why) => format!("missing: {why}"),
            Target::Unresolved(why) => format!("unresolved: {why}"),
        })
        .collect()
}

fn name(program: &Program, at: FunctionAt) -> String {
    let linked = program.linked(at.module);
    let name = linked.module.function(at.function).name.as_deref().unwrap_or("");
    format!("{}:{name}", linked.path)
}

/// The named functions that the server may call, with their files.
fn live(files: Files<'_>, path: &str) -> BTreeSet<String> {
    let (snapshot, program) = of_files(files);
    let reach = program.reach(component(&snapshot, path), Side::Server);
    let names = reach.live().map(|at| name(&program, at));
    names.filter(|name| !name.ends_with(':')).collect()
}

/// The modules that the server loads.
fn loaded(files: Files<'_>, path: &str) -> Vec<String> {
    let (snapshot, program) = of_files(files);
    let reach = program.reach(component(&snapshot, path), Side::Server);
    let loaded = program.modules().filter(|(id, _)| reach.is_loaded(*id));
    loaded.map(|(_, linked)| linked.path.to_string()).collect()
}
