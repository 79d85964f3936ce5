//! How far it came with what is not on a route's way.

use super::answer::Passes;
use super::judged::{Asked, at};
use super::parameters::Thing;
use crate::model::Component;
use crate::program::{FunctionAt, UseKind, is_registration};

impl Asked<'_> {
    /// What there is to say of what is not on a route's way: how far it came.
    pub(super) fn lacks(&self, thing: &Thing) -> String {
        let made = self.made.get_or_init(|| {
            let beginnings = thing.beginnings();
            let packages = self.program.usage().of_packages(&beginnings);
            let mut uses = packages
                .filter(|(package, _)| thing.is_of(package))
                .flat_map(|(_, uses)| uses);
            let made = uses.find(|found| {
                let is_made = matches!(found.kind, UseKind::Call | UseKind::Construction);
                let is_mounted = || found.at().is_some_and(|call| is_registration(self.program, call));
                is_made && thing.is(&found.package, &found.path) && self.is_own(found.function) && !is_mounted()
            })?;
            let place = self.program.place(
                made.function.module,
                &self.program.module(made.function.module).span(made.expr?),
            );
            let is_mounted = self
                .routes
                .iter()
                .any(|route| !matches!(self.passes(route, thing), Passes::No));
            let how_far = if is_mounted {
                "mounted for other routes"
            } else {
                "never mounted"
            };
            Some(format!("it is made in {}, and {how_far}", at(&place)))
        });
        match made {
            Some(made) => format!("no {} on its way; {made}", thing.shown()),
            None => format!("no {} on its way", thing.shown()),
        }
    }

    /// Whether a function stands in one of the components that are asked about.
    fn is_own(&self, function: FunctionAt) -> bool {
        let path = &self.program.linked(function.module).path;
        let owner = Component::of(self.all, path);
        owner.is_some_and(|owner| self.components.iter().any(|own| own.path == owner.path))
    }
}
