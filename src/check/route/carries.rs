//! What answers carry because a function that requests pass before their handler sets it by its own hand.

use super::answer::functions_of;
use super::judged::{Asked, at};
use crate::program::module::{Expr, ExprId, Module, Step};
use crate::program::{FunctionAt, Middleware, Route};

/// Methods of an answer, or of what stands for request and answer, that set a header.
const SETS: [&str; 4] = ["setHeader", "set", "header", "append"];

/// Whether the answers of a route carry a header.
pub(super) enum Carries {
    Yes,
    No,
    Unknown(String),
}

/// How sure it is that a function sets a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sets {
    Never,
    /// In some case, or one whose name is put together.
    Perhaps,
    Always,
}

impl Asked<'_> {
    /// Whether something that stands before a route's handler, and is no part of the route itself, sets one of these.
    pub(super) fn carries(&self, route: &Route, headers: &[String]) -> Carries {
        let mut unknown = None;
        for middleware in route.chain.iter().filter(|one| one.place != route.place) {
            let each = middleware
                .values
                .iter()
                .map(|value| self.sets(functions_of(self.program, value), headers));
            // Where it may be one of several, the least of them is sure.
            let sets = each.reduce(Sets::min).unwrap_or(Sets::Never);
            match (sets, middleware.doubt) {
                (Sets::Always, None) => return Carries::Yes,
                (Sets::Always | Sets::Perhaps, _) => drop(unknown.get_or_insert_with(|| doubt(middleware))),
                (Sets::Never, _) => {}
            }
        }
        unknown.map_or(Carries::No, Carries::Unknown)
    }

    fn sets(&self, functions: Vec<FunctionAt>, headers: &[String]) -> Sets {
        let each = functions.into_iter().map(|function| {
            let module = self.program.module(function.module);
            let steps = &module.function(function.function).steps;
            sets_in(module, steps, headers, Sets::Always)
        });
        each.max().unwrap_or(Sets::Never)
    }
}

fn doubt(middleware: &Middleware) -> String {
    let why = middleware
        .doubt
        .unwrap_or("it sets headers in some cases, or by names that are put together");
    format!("{why} ({})", at(&middleware.place))
}

/// What steps set; what stands in a branch is set in some case.
fn sets_in(module: &Module, steps: &[Step], headers: &[String], most: Sets) -> Sets {
    let mut found = Sets::Never;
    for step in steps {
        let one = match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) => {
                sets_at(module, *expr, headers).min(most)
            }
            Step::Branch(branch) => {
                let arms = branch
                    .arms
                    .iter()
                    .map(|arm| sets_in(module, arm, headers, Sets::Perhaps));
                arms.max().unwrap_or(Sets::Never)
            }
            Step::Throw(_) | Step::Return(None) | Step::Jump => Sets::Never,
        };
        found = found.max(one);
    }
    found
}

/// What an expression sets: `response.setHeader("X-Frame-Options", "DENY")`, `response.set({ "X-Frame-Options": "DENY" })`,
/// and each of a row of such calls.
fn sets_at(module: &Module, expr: ExprId, headers: &[String]) -> Sets {
    let is_it = |name: &str| headers.iter().any(|header| header.eq_ignore_ascii_case(name));
    let mut found = Sets::Never;
    let mut is_direct = true;
    module.each_part(expr, &mut |part| match module.expr(part) {
        // What hangs on a test, or on how often a function is called, is set in some case.
        Expr::Logical(..) | Expr::Conditional(..) => is_direct = false,
        _ => {}
    });
    module.each_part(expr, &mut |part| {
        let Expr::Call(callee, arguments) = module.expr(part) else {
            return;
        };
        let Expr::Member(_, name) = module.expr(*callee) else {
            return;
        };
        if !SETS.contains(&name.as_ref()) {
            return;
        }
        let one = match (arguments.first().map(|first| module.expr(*first)), arguments.len()) {
            (Some(Expr::Text(text)), 2..) if is_it(text) => Sets::Always,
            (Some(Expr::Text(_)), _) => Sets::Never,
            (Some(Expr::Object(properties)), 1) => {
                let mut keys = properties.iter().map(|property| property.key.as_deref());
                match keys.clone().flatten().any(is_it) {
                    true => Sets::Always,
                    false if keys.any(|key| key.is_none()) => Sets::Perhaps,
                    false => Sets::Never,
                }
            }
            // Of `map.set(key, value)` nobody knows that it is no answer.
            (Some(_), _) => Sets::Perhaps,
            (None, _) => Sets::Never,
        };
        found = found.max(if is_direct { one } else { one.min(Sets::Perhaps) });
    });
    found
}
