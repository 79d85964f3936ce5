//! What a component has for production by other packages of the repository.

use std::sync::Arc;

use crate::artifact::{Brought, BroughtAlong, Dependency, Ecosystem, Group, brought_along};
use crate::model::{Component, Evidence, Examined, Place, Strength};
use crate::program::{Program, Side};

use super::super::View;
use super::GroupFilter;
use super::declared::Names;

/// A question about one component's production.
pub(super) struct Asked<'a> {
    view: &'a View<'a>,
    component: &'a Component,
    brought: Arc<BroughtAlong>,
}

impl<'a> Asked<'a> {
    /// `None` where other packages of the repository bring nothing that is asked about.
    pub(super) fn of(
        view: &'a View<'a>,
        ecosystem: Option<Ecosystem>,
        group: GroupFilter,
        version: Option<&str>,
    ) -> Option<Self> {
        let component = view.component?;
        let is_of_npm = ecosystem.is_none_or(|asked| asked == Ecosystem::Npm);
        // A version is asked for where it is declared.
        let is_asked = is_of_npm && group == GroupFilter::Runtime && version.is_none();
        is_asked.then(|| Self {
            view,
            component,
            brought: brought_along(view.snapshot, component.folder()),
        })
    }

    /// The packages that declare one of these names.
    fn declaring<'b>(&'b self, names: &'b Names) -> impl Iterator<Item = (&'b Brought, &'b Dependency)> {
        self.brought.packages.iter().flat_map(move |brought| {
            let all = brought.declared.dependencies();
            // A peer is brought by who installs the package.
            let hits = all.filter(move |(dependency, group)| {
                let is_brought = GroupFilter::Runtime.takes(*group) && *group != Group::Peer;
                is_brought && names.has(brought.declared.ecosystem, dependency)
            });
            hits.map(move |(dependency, _)| (brought, dependency))
        })
    }

    /// Whether the answer depends on what production loads.
    pub(super) fn needs_program(&self, names: &Names) -> bool {
        self.declaring(names).next().is_some()
    }

    /// What they bring of these names; `None` where they surely bring nothing. What no module that production
    /// loads asks for, or only for its types, is not brought.
    pub(super) fn examine(&self, names: &Names) -> Option<Examined> {
        for (brought, dependency) in self.declaring(names) {
            let declared = &brought.declared;
            let program = Program::of(self.view.snapshot);
            let is_loaded = [Side::Server, Side::Browser].into_iter().any(|side| {
                let reach = program.reach(self.component, side);
                reach.loads_package(&program, &dependency.name)
            });
            // A framework that a script runs need not be asked for by any module.
            let is_run = dependency.name == "next" && self.component.kinds.iter().any(|kind| kind == "next");
            if !is_loaded && !is_run {
                continue;
            }
            let by: Vec<String> = brought.by.iter().map(|name| format!("`{name}`")).collect();
            let stands = match by.as_slice() {
                [] => format!("`{}` stands below `{}`", self.component.path, declared.path),
                by => format!("`{}` depends on {}", self.component.path, by.join(", by that on ")),
            };
            let reason = match by.is_empty() {
                true => format!("{stands}, which declares `{}`", dependency.name),
                false => format!("{stands}, and `{}` declares `{}`", declared.path, dependency.name),
            };
            let place = Place::span(&declared.path, &declared.document, &dependency.span);
            let words = declared.document.words(&dependency.span);
            let evidence = Evidence::new(place, &words, Strength::Present, names.subject());
            return Some(Examined::pass(reason, vec![evidence]));
        }
        self.brought.unread.clone().map(Examined::unknown)
    }
}
