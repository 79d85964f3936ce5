//! Limits that are not to be seen: what keeps some by a name of its own, and what hands requests on to who may.

use crate::program::module::Expr;
use crate::program::{FunctionAt, Route, Value};

use super::answer::functions_of;
use super::judged::{Asked, at};
use super::parameters::Thing;

/// What names of limits hold, in small letters and without `_`.
const WORDS: [&str; 3] = ["ratelimit", "throttl", "toomany"];

impl Asked<'_> {
    /// Why a route may be limited though nothing of the packages that are asked for was found on its way.
    pub(super) fn may_limit(&self, route: &Route, thing: &Thing) -> Option<String> {
        if !thing.is_limiter() {
            return None;
        }
        let by_hand = || {
            route
                .handler
                .iter()
                .find_map(|handler| self.limits_by_hand(handler, thing))
        };
        by_hand()
            .or_else(|| self.names_limits(route))
            .or_else(|| self.hands_on(route))
    }

    fn names_limits(&self, route: &Route) -> Option<String> {
        let on_the_way = route.chain.iter().flat_map(|one| &one.values);
        let mut functions = on_the_way
            .chain(&route.handler)
            .flat_map(|value| functions_of(self.program, value).into_iter().chain(wrapper(value)));
        let own = functions.find(|function| {
            let mut known = self.guards.naming.borrow_mut();
            *known.entry(*function).or_insert_with(|| self.reaches_limits(*function))
        })?;
        let place = self.shown_place(own);
        Some(format!(
            "what is called in {place} names limits of its own, which are not judged"
        ))
    }

    fn reaches_limits(&self, function: FunctionAt) -> bool {
        let says = |name: &str| {
            let plain = name.replace('_', "").to_ascii_lowercase();
            WORDS.iter().any(|word| plain.contains(word))
        };
        let reach = self.program.reach_from(function);
        reach.live().any(|live| {
            let module = self.program.module(live.module);
            let function = module.function(live.function);
            let mut mentions = function.mentions.iter().map(|name| module.binding(*name));
            mentions.any(|binding| says(&binding.name)) || function.members.iter().any(|name| says(name))
        })
    }

    /// Whether a handler asks another server whose address stands elsewhere: that one may limit.
    fn hands_on(&self, route: &Route) -> Option<String> {
        let mut functions = route.handler.iter().flat_map(|value| functions_of(self.program, value));
        let own = functions.find(|function| self.asks_another(*function))?;
        let place = self.shown_place(own);
        Some(format!(
            "the handler in {place} hands on to another server, which may limit"
        ))
    }

    fn asks_another(&self, function: FunctionAt) -> bool {
        let module = self.program.module(function.module);
        let is_outside = |text: &str| text.starts_with("http");
        let mut is_found = false;
        module.each_expr(function.function, &mut |expr| {
            let Expr::Call(callee, arguments) = module.expr(expr) else {
                return;
            };
            let is_fetch = matches!(module.expr(*callee), Expr::Global(name) if name.as_ref() == "fetch");
            is_found |= is_fetch
                && arguments.first().is_some_and(|address| match module.expr(*address) {
                    Expr::Text(text) => !is_outside(text),
                    Expr::Template(texts, _) => !texts.first().is_some_and(|text| is_outside(text)),
                    _ => true,
                });
        });
        is_found
    }

    fn shown_place(&self, function: FunctionAt) -> String {
        let start = self
            .program
            .module(function.module)
            .function(function.function)
            .span
            .start;
        at(&self.program.place(function.module, &(start..start)))
    }
}

/// The program's own function that wraps what it is given.
fn wrapper(value: &Value) -> Option<FunctionAt> {
    match value {
        Value::Result(of, _) => match of.as_ref() {
            Value::Function(wrapper) => Some(*wrapper),
            _ => None,
        },
        _ => None,
    }
}
