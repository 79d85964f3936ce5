//! Whether errors of routes are handled by something that is mounted behind them.

use std::sync::Arc;

use super::judged::{Asked, at, unmodelled};
use crate::model::{Component, Evidence, Examined, Gap, Related, Strength};
use crate::program::{Asks, ErrorHandler, Program, Reach};

impl Asked<'_> {
    pub(super) fn errors<'b>(
        &self,
        handlers: impl Iterator<Item = &'b ErrorHandler>,
        reaches: &[Arc<Reach>],
    ) -> Examined {
        let (sure, doubtful): (Vec<&ErrorHandler>, Vec<&ErrorHandler>) =
            handlers.partition(|one| one.middleware.doubt.is_none());
        // Of several the one counts behind which the fewest routes stand.
        if let Some(best) = sure.into_iter().min_by_key(|one| (one.behind.len(), one.is_overtaken)) {
            return guarding(best);
        }
        if let Some(why) = doubtful.first().and_then(|one| one.middleware.doubt) {
            return unmodelled(format!("the handler of errors: {why}"));
        }
        if let Some(why) = self.edges.first() {
            return unmodelled(why.clone());
        }
        if let Some(unread) = reaches.iter().find_map(|reach| reach.unread(self.program, &[])) {
            return Examined::unknown(unread);
        }
        if let Some(library) = self
            .components
            .iter()
            .find(|component| is_library(self.program, component))
        {
            let what = format!(
                "`{}` starts nothing itself, and who loads it may handle errors",
                library.path
            );
            return unmodelled(what);
        }
        let message = "no handler of errors, a function with four parameters, is mounted behind the routes";
        Examined::fail(message, vec![Gap::missing("error handler", message)])
    }
}

/// Whether others load all that a component gives: what they mount stands in their application.
fn is_library(program: &Program, component: &Component) -> bool {
    let mut entries = program.entries(component).iter().peekable();
    entries.peek().is_some() && entries.all(|entry| entry.asks == Asks::Exports && !entry.is_called())
}

/// Express calls it with the errors of what stands before it, and of nothing else.
fn guarding(handler: &ErrorHandler) -> Examined {
    let place = &handler.middleware.place;
    let Some(first) = handler.behind.first() else {
        if handler.is_overtaken {
            return unmodelled(format!(
                "a function that nobody waits for may add routes behind the handler of errors in {}",
                at(place)
            ));
        }
        let evidence = Evidence::new(place.clone(), "", Strength::Wired, "error handler");
        let reason = format!("errors are handled by what is mounted in `{}`", place.path);
        return Examined::pass(reason, vec![evidence]);
    };
    let behind = handler.behind.len();
    let routes = if behind == 1 { "a route stands" } else { "routes stand" };
    let message = format!(
        "{routes} behind the handler of errors in {}, such as that in {}: Express does not call it with their errors",
        at(place),
        at(first)
    );
    // A few that are left out are no handler that is missing.
    if behind < handler.before {
        return unmodelled(message);
    }
    let mut gap = Gap::missing("error handler", message.clone());
    gap.related.push(Related {
        place: place.clone(),
        message: "this is mounted before them".to_owned(),
    });
    Examined::fail(message, vec![gap])
}
