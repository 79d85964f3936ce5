//! Questions that ask by packages whether there is a server: one that is made by something else is there, too.

use crate::artifact::Ecosystem;
use crate::model::{Cause, Component, Examined, Unread};
use crate::program::{Program, Side};

use super::super::View;
use super::GroupFilter;
use super::declared::Names;

/// The package that whoever asks for servers names first.
const NAMED_FIRST: &str = "express";
/// Packages whose routes are followed, and which only some lists name.
const FOLLOWED: [&str; 3] = ["hono", "polka", "restana"];

/// A question about what serves in production.
pub(super) struct Asked<'a> {
    view: &'a View<'a>,
    names: &'a Names,
}

impl<'a> Asked<'a> {
    /// `None` where it is not about servers of Node.js, or where there is none.
    pub(super) fn of(
        view: &'a View<'a>,
        ecosystem: Option<Ecosystem>,
        (names, group, version): (&'a Names, GroupFilter, Option<&str>),
    ) -> Option<Self> {
        let is_of_npm = ecosystem.is_none_or(|asked| asked == Ecosystem::Npm);
        let is_asked = is_of_npm && group == GroupFilter::Runtime && version.is_none() && names.names(NAMED_FIRST);
        let asked = is_asked.then_some(Self { view, names })?;
        let has_node = asked.components().next().is_some();
        has_node.then_some(asked)
    }

    fn components(&self) -> impl Iterator<Item = &'a Component> {
        let all = match self.view.component {
            Some(component) => std::slice::from_ref(component),
            None => &self.view.snapshot.components,
        };
        all.iter()
            .filter(|component| component.kinds.iter().any(|kind| kind == "node"))
    }

    /// What is not known for a server of which the question does not speak.
    pub(super) fn examine(&self) -> Option<Examined> {
        let program = Program::of(self.view.snapshot);
        self.components().find_map(|component| {
            if let Some(foreign) = program.foreign_server(component) {
                return Some(Examined::unknown(foreign.unread()));
            }
            // What others load is served where they do so.
            if !program.is_run(component) {
                return None;
            }
            // One framework alone is asked for where only that one wants something.
            let reach = program.reach(component, Side::Server);
            let is_served_by = |name: &&str| !self.names.names(name) && reach.loads_package(&program, name);
            let mut others = FOLLOWED.iter().copied().filter(|_| self.names.are_several());
            let other = others.find(is_served_by)?;
            let what = format!(
                "`{other}` serves `{}`, and what is asked here is not known of it",
                component.path
            );
            let is_serving = program.routes(component).has_server;
            is_serving.then(|| Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest it")))
        })
    }
}
