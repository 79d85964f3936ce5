//! Which matches stand in code that production loads.

use std::sync::Arc;

use crate::check::View;
use crate::model::{Cause, Component, RepoPath, Unread};
use crate::program::module::Language;
use crate::program::{Program, Reach, Side};

/// What production loads of the modules in a snapshot.
pub(super) struct Runs<'a> {
    view: &'a View<'a>,
    program: Arc<Program>,
    /// What each component's server and browser load.
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
    pub(super) fn of(view: &'a View<'a>) -> Self {
        let program = Program::of(view.snapshot);
        let components = view.snapshot.components.iter();
        let reaches = components
            .map(|component| {
                let sides = [Side::Server, Side::Browser];
                (component, sides.map(|side| program.reach(component, side)))
            })
            .collect();
        Self { view, program, reaches }
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
        let owner = Component::of(&self.view.snapshot.components, path);
        let owned = self
            .reaches
            .iter()
            .find(|(component, _)| owner.is_some_and(|owner| owner.path == component.path));
        let Some((_, sides)) = owned else {
            let what = format!("`{path}` belongs to no component, so it is not known whether production loads it");
            return Loaded::Unread(Unread::new(Cause::Unmodelled, what, "attest it"));
        };
        match self.may_load(sides, path) {
            Some(unread) => Loaded::Unread(unread),
            None => Loaded::No,
        }
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
