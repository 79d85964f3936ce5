//! What a route's own functions do before its handler: with Express the last one often only shows what came of it.

use super::answer::functions_of;
use super::judged::Asked;
use super::parameters::Thing;
use crate::program::{FunctionAt, Route};

impl Asked<'_> {
    /// Whether a function that stands before the handler of this route alone does something; a guard that many routes
    /// share is none.
    pub(super) fn is_done_before(&self, route: &Route) -> bool {
        let mut doing = self.own(route).filter(|function| !self.program.does_nothing(*function));
        doing.any(|function| !self.is_shared(function, route))
    }

    /// Whether such a function reaches what is asked for.
    pub(super) fn is_called_before(&self, route: &Route, thing: &Thing) -> bool {
        let mut reaching = self.own(route).filter(|function| self.reaches(*function, thing));
        reaching.any(|function| !self.is_shared(function, route))
    }

    /// The functions that a route is given before its handler.
    pub(super) fn own<'b>(&'b self, route: &'b Route) -> impl Iterator<Item = FunctionAt> + 'b {
        let own = route.chain.iter().filter(|one| one.place == route.place);
        let values = own.flat_map(|one| &one.values);
        values.flat_map(|value| functions_of(self.program, value))
    }

    fn is_shared(&self, function: FunctionAt, route: &Route) -> bool {
        let others = self.routes.iter().filter(|other| other.place != route.place);
        let mut values = others.flat_map(|other| other.chain.iter().flat_map(|one| &one.values).chain(&other.handler));
        values.any(|value| functions_of(self.program, value).contains(&function))
    }
}
