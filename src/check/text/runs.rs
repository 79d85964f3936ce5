//! Which matches stand in code that production loads.

use std::sync::Arc;

use crate::check::View;
use crate::model::{Cause, Component, RepoPath, Unread};
use crate::program::module::Language;
use crate::program::{Program, Reach, Side};

/// Names of modules that are started by themselves.
const STARTED: [&str; 12] = [
    "app",
    "bootstrap",
    "cli",
    "consumer",
    "cron",
    "entry",
    "index",
    "main",
    "scheduler",
    "server",
    "start",
    "worker",
];
/// Folders whose modules are started by themselves, or loaded by pages.
const STARTING: [&str; 13] = [
    "assets",
    "bin",
    "commands",
    "cron",
    "crons",
    "functions",
    "jobs",
    "public",
    "scripts",
    "static",
    "tasks",
    "worker",
    "workers",
];

/// Names that Next.js alone looks for, beside its folder of pages: elsewhere nobody starts them.
const OF_NEXT: [&str; 4] = ["instrumentation", "instrumentation-client", "middleware", "proxy"];

/// What production loads of the modules in a snapshot.
pub(super) struct Runs<'a> {
    view: &'a View<'a>,
    program: Arc<Program>,
    /// The component whose production is meant; without it, that of any.
    asked: Option<&'a Component>,
    /// What the server and the browser of each that is meant load.
    reaches: Vec<(&'a Component, [Arc<Reach>; 2])>,
}

/// Whether production loads a file.
pub(super) enum Loaded {
    /// It does, or files of this kind are not followed.
    Yes,
    /// It does not.
    No,
    /// That is not known.
    Unread(Unread),
}

impl<'a> Runs<'a> {
    /// What production of a component loads, or, without one, of any.
    pub(super) fn of(view: &'a View<'a>, asked: Option<&'a Component>) -> Self {
        let program = Program::of(view.snapshot);
        let is_meant = |component: &&Component| asked.is_none_or(|asked| asked.path == component.path);
        let components = view.snapshot.components.iter().filter(is_meant);
        let reaches = components
            .map(|component| {
                let sides = [Side::Server, Side::Browser];
                (component, sides.map(|side| program.reach(component, side)))
            })
            .collect();
        Self {
            view,
            program,
            asked,
            reaches,
        }
    }

    /// Whether production loads a file. What a part loads that something else of the repository starts counts, too.
    pub(super) fn loads(&self, path: &RepoPath) -> Loaded {
        if Language::of(path.as_str()).is_none() {
            return Loaded::Yes;
        }
        let Some(id) = self.program.find(path.as_str()) else {
            let what = format!("`{path}` could not be followed, so it is not known whether production loads it");
            return Loaded::Unread(Unread::new(Cause::Unmodelled, what, "attest it"));
        };
        let mut all = self.reaches.iter().flat_map(|(_, sides)| sides);
        if all.any(|reach| reach.is_loaded(id)) {
            return Loaded::Yes;
        }
        let owner = self
            .asked
            .or_else(|| Component::of(&self.view.snapshot.components, path));
        if owner.is_none() && Component::is_left_out(&self.view.snapshot.components, path) {
            return Loaded::No;
        }
        let owned = self
            .reaches
            .iter()
            .find(|(component, _)| owner.is_some_and(|owner| owner.path == component.path));
        let Some((_, sides)) = owned else {
            let what = format!("`{path}` belongs to no component, so it is not known whether production loads it");
            return Loaded::Unread(Unread::new(Cause::Unmodelled, what, "attest it"));
        };
        if let Some(unread) = self.may_start(owner, path) {
            return Loaded::Unread(unread);
        }
        match self.may_load(sides, path) {
            Some(unread) => Loaded::Unread(unread),
            None => Loaded::No,
        }
    }

    /// Why a file may be started past all that is followed: a container's entry, a timer and a page name it by its path.
    fn may_start(&self, owner: Option<&Component>, path: &RepoPath) -> Option<Unread> {
        let folder = owner.map_or("", Component::folder);
        let stem = path.file_name().split('.').next().unwrap_or_default();
        let is_of_next =
            OF_NEXT.contains(&stem) && owner.is_some_and(|owner| owner.kinds.iter().any(|kind| kind == "next"));
        let mut parts = path.parent().split('/');
        let is_told = STARTED.contains(&stem) || parts.any(|part| STARTING.contains(&part));
        if is_told || path.parent() == folder && !is_of_next {
            let what = format!("nothing was seen to load `{path}`, and it may be started by itself");
            return Some(Unread::new(
                Cause::Unmodelled,
                what,
                "load it from what production starts, or attest it",
            ));
        }
        // What such files load is not followed.
        let mut below = self.view.snapshot.tree.below(folder);
        let (other, _) =
            below.find(|(other, entry)| entry.is_file() && matches!(other.extension(), Some("mdx" | "astro")))?;
        let what = format!("`{path}` may be loaded in `{other}`, which is not followed");
        Some(Unread::new(Cause::Unmodelled, what, "attest it"))
    }

    /// Why a file that nothing was seen to load may be loaded all the same.
    fn may_load(&self, sides: &[Arc<Reach>; 2], path: &RepoPath) -> Option<Unread> {
        if !sides.iter().any(|reach| reach.has_entry()) {
            return sides.first().map(|reach| reach.nowhere());
        }
        if let Some(unread) = sides.iter().find_map(|reach| reach.unread(&self.program, &[])) {
            return Some(unread);
        }
        if let Some(foreign) = sides.iter().find_map(|reach| reach.foreign().next()) {
            let what = format!("`{foreign}` is loaded and not followed, and may load `{path}`");
            return Some(Unread::new(Cause::Unmodelled, what, "attest it"));
        }
        let edge = sides.iter().find_map(|reach| reach.open_edge())?;
        let line = edge
            .place
            .line
            .map_or_else(String::new, |line| format!(", line {line}"));
        let what = format!(
            "`{path}` may be loaded in `{}`{line}, which was not followed: {}",
            edge.place.path, edge.why
        );
        let settle = "load a file of this repository by a constant name, or attest it";
        Some(Unread::new(Cause::Unmodelled, what, settle))
    }
}
