//! What a route's own functions do before its handler: with Express the last one often only shows what came of it.

use super::judged::{Asked, functions_of};
use crate::program::{FunctionAt, Route};

impl Asked<'_> {
    /// Whether a function that stands before the handler of this route alone does something; a guard that many routes
    /// share is none.
    pub(super) fn is_done_before(&self, route: &Route) -> bool {
        let own = route.chain.iter().filter(|one| one.place == route.place);
        let values = own.flat_map(|one| &one.values);
        let functions = values.flat_map(|value| functions_of(self.program, value));
        let mut doing = functions.filter(|function| !self.program.does_nothing(*function));
        doing.any(|function| !self.is_shared(function, route))
    }

    fn is_shared(&self, function: FunctionAt, route: &Route) -> bool {
        let others = self.routes.iter().filter(|other| other.place != route.place);
        let mut values = others.flat_map(|other| other.chain.iter().flat_map(|one| &one.values).chain(&other.handler));
        values.any(|value| functions_of(self.program, value).contains(&function))
    }
}
