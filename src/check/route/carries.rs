//! What answers carry because a function that requests pass before their handler sets it by its own hand.

use super::answer::functions_of;
use super::judged::{Asked, at};
use crate::program::module::{Expr, ExprId, FunctionId, Module, Property, Step};
use crate::program::{At, FunctionAt, Middleware, Program, Route};

/// Methods of an answer, or of what stands for request and answer, that set a header.
const SETS: [&str; 4] = ["setHeader", "set", "header", "append"];

/// Functions that hand the answer on to each other.
const DEEPEST: u32 = 3;

/// Whether the answers of a route carry a header.
pub(super) enum Carries {
    Yes,
    No,
    Unknown(String),
}

/// How sure it is that a function sets a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sets {
    Never,
    /// In some case, or one whose name is put together.
    Perhaps,
    Always,
}

impl Asked<'_> {
    /// Whether something that stands before a route's handler or is called with its answer, and is no part of the route
    /// itself, sets one of these.
    pub(super) fn carries(&self, route: &Route, headers: &[String]) -> Carries {
        let mut unknown = None;
        let before = route.chain.iter().filter(|one| one.place != route.place);
        for middleware in before.chain(&route.answering) {
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
        let setting = Setting {
            program: self.program,
            headers,
        };
        // The same stands before most routes.
        let mut known = self.carried.borrow_mut();
        let each = functions
            .into_iter()
            .map(|function| *known.entry(function).or_insert_with(|| setting.by(function, 0)));
        each.max().unwrap_or(Sets::Never)
    }
}

fn doubt(middleware: &Middleware) -> String {
    let why = middleware
        .doubt
        .unwrap_or("it sets headers in some cases, or by names that are put together");
    format!("{why} ({})", at(&middleware.place))
}

/// Whether a step may end the function: what stands behind it runs in some case.
fn may_leave(step: &Step) -> bool {
    match step {
        Step::Return(_) | Step::Throw(_) => true,
        Step::Branch(branch) => branch.arms.iter().flatten().any(may_leave),
        Step::Do(_) | Step::Bind(..) | Step::Jump => false,
    }
}

/// Whose value a call is made on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Receiver {
    /// Something that the function was handed, or made itself: the answer may be in it.
    Own,
    /// Something that was there before the request.
    Outside,
}

struct Setting<'a> {
    program: &'a Program,
    headers: &'a [String],
}

impl Setting<'_> {
    /// What a function sets.
    fn by(&self, function: FunctionAt, depth: u32) -> Sets {
        let module = self.program.module(function.module);
        let steps = &module.function(function.function).steps;
        self.steps(function, steps, Sets::Always, depth)
    }

    /// What steps set; what stands in a branch is set in some case, and so is what stands behind one that may leave.
    fn steps(&self, from: FunctionAt, steps: &[Step], most: Sets, depth: u32) -> Sets {
        let (mut found, mut most) = (Sets::Never, most);
        for step in steps {
            let one = match step {
                Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) => {
                    self.expression(from, *expr, depth).min(most)
                }
                Step::Branch(branch) => {
                    let arms = branch.arms.iter();
                    let arms = arms.map(|arm| self.steps(from, arm, Sets::Perhaps, depth));
                    arms.max().unwrap_or(Sets::Never)
                }
                Step::Throw(_) | Step::Return(None) | Step::Jump => Sets::Never,
            };
            found = found.max(one);
            if may_leave(step) {
                most = Sets::Perhaps;
            }
        }
        found
    }

    /// What an expression sets: `response.setHeader("X-Frame-Options", "DENY")`, `response.set({ "X-Frame-Options": "DENY" })`,
    /// and each of a row of such calls.
    fn expression(&self, from: FunctionAt, expr: ExprId, depth: u32) -> Sets {
        let module = self.program.module(from.module);
        let mut found = Sets::Never;
        let mut is_direct = true;
        module.each_part(expr, &mut |part| match module.expr(part) {
            // What hangs on a test, or on how often a function is called, is set in some case.
            Expr::Logical(..) | Expr::Conditional(..) => is_direct = false,
            _ => {}
        });
        module.each_part(expr, &mut |part| {
            let one = match module.expr(part) {
                Expr::Call(callee, arguments) => match module.expr(*callee) {
                    Expr::Member(object, name) if SETS.contains(&name.as_ref()) => {
                        self.call(module, arguments, receiver(module, from.function, *object))
                    }
                    _ => self.helper(from, *callee, arguments, depth),
                },
                // `Object.entries(headers).forEach(([name, value]) => response.setHeader(name, value))`
                Expr::Function(within) => {
                    let steps = &module.function(*within).steps;
                    self.steps(from, steps, Sets::Perhaps, depth)
                }
                _ => Sets::Never,
            };
            found = found.max(if is_direct { one } else { one.min(Sets::Perhaps) });
        });
        found
    }

    /// What a call of `set` or the like sets.
    fn call(&self, module: &Module, arguments: &[ExprId], receiver: Receiver) -> Sets {
        let is_it = |name: &str| self.headers.iter().any(|header| header.eq_ignore_ascii_case(name));
        let most = match receiver {
            Receiver::Own => Sets::Always,
            Receiver::Outside => Sets::Perhaps,
        };
        let one = match (arguments.first().map(|first| module.expr(*first)), arguments) {
            (Some(Expr::Text(text)), [_, value, ..]) if is_it(text) && protects(module, text, *value) => Sets::Always,
            (Some(Expr::Text(_)), _) => Sets::Never,
            (Some(Expr::Object(properties)), [_]) => {
                let named = |property: &&Property| property.key.as_deref().is_some_and(is_it);
                let protects = |property: &Property| {
                    let name = property.key.as_deref().unwrap_or_default();
                    protects(module, name, property.value)
                };
                if properties.iter().filter(named).any(protects) {
                    Sets::Always
                } else if properties.iter().any(|property| property.key.is_none()) {
                    Sets::Perhaps
                } else {
                    Sets::Never
                }
            }
            // Of `hits.set(request.ip, count)` it is known that it is no answer; of what a function is handed it is not.
            (Some(_), _) if receiver == Receiver::Own => Sets::Perhaps,
            (Some(_) | None, _) => Sets::Never,
        };
        one.min(most)
    }

    /// What a function of the program's own sets that is handed the answer: `secure(response)`.
    fn helper(&self, from: FunctionAt, callee: ExprId, arguments: &[ExprId], depth: u32) -> Sets {
        let module = self.program.module(from.module);
        let is_handed = |argument: &ExprId| {
            matches!(module.expr(*argument), Expr::Name(_))
                && receiver(module, from.function, *argument) == Receiver::Own
        };
        if depth >= DEEPEST || !arguments.iter().any(is_handed) {
            return Sets::Never;
        }
        let values = self.program.values(At {
            module: from.module,
            expr: callee,
        });
        let functions = values.iter().flat_map(|value| functions_of(self.program, value));
        let each = functions.map(|function| self.by(function, depth + 1).min(Sets::Perhaps));
        each.max().unwrap_or(Sets::Never)
    }
}

/// Whose value an expression is: that of a name which the function binds, or a function within it, or another's.
fn receiver(module: &Module, function: FunctionId, mut expr: ExprId) -> Receiver {
    let mut is_whole = true;
    loop {
        match module.expr(expr) {
            Expr::Member(object, _) | Expr::Index(object, _) => expr = *object,
            Expr::Call(callee, _) => expr = *callee,
            Expr::Await(object) => expr = *object,
            Expr::Name(name) => {
                let mut around = module.around(module.binding(*name).function);
                return match around.any(|outer| outer == function) {
                    true => Receiver::Own,
                    false => Receiver::Outside,
                };
            }
            Expr::This if !is_whole => return Receiver::Outside,
            Expr::Global(_) => return Receiver::Outside,
            _ => return Receiver::Own,
        }
        is_whole = false;
    }
}

/// Whether a header's value, where it is written down, turns something off: `ALLOWALL` does not.
fn protects(module: &Module, name: &str, value: ExprId) -> bool {
    let Expr::Text(value) = module.expr(value) else {
        return true;
    };
    let value = value.trim().to_ascii_lowercase();
    match name.to_ascii_lowercase().as_str() {
        "x-frame-options" => value == "deny" || value == "sameorigin",
        "x-content-type-options" => value == "nosniff",
        _ => !value.is_empty(),
    }
}
