//! Whether a call that throws ends what depends on it: a verification in a `try` whose `catch` goes on verifies nothing.

use crate::program::module::{BindingId, BranchKind, Expr, ExprId, FunctionId, Module, Step};
use crate::program::{Deed, FunctionAt, Program};

use super::acting::IsLive;
use super::truth::Truth;

/// Functions that call each other and are followed.
const DEEPEST: u32 = 3;

/// Whether nothing goes on where a call throws.
pub(super) fn refuses(program: &Program, is_live: IsLive<'_>, function: FunctionAt, call: ExprId) -> Truth {
    within(program, is_live, function, call, 0)
}

fn within(program: &Program, is_live: IsLive<'_>, function: FunctionAt, call: ExprId, depth: u32) -> Truth {
    let module = program.module(function.module);
    let look = Look {
        program,
        at: function,
        module,
        call,
    };
    let own = module.function(function.function);
    match look.steps(&own.steps, &mut Vec::new()) {
        Some(Escape::Settled(truth)) => truth,
        Some(Escape::Thrown) if depth < DEEPEST => program
            .callers_by_name(function)
            .into_iter()
            .filter(|(caller, _)| is_live(*caller))
            .map(|(caller, call)| within(program, is_live, caller, call, depth + 1))
            .reduce(Truth::and)
            .unwrap_or(Truth::Yes),
        Some(Escape::Thrown) | None => Truth::Yes,
    }
}

/// What becomes of what the call throws.
enum Escape {
    /// It leaves the steps.
    Thrown,
    /// It is caught.
    Settled(Truth),
}

struct Look<'a> {
    program: &'a Program,
    at: FunctionAt,
    module: &'a Module,
    call: ExprId,
}

impl Look<'_> {
    /// What becomes of it in some steps, with those that come behind them; `None` where they do not hold the call.
    fn steps<'s>(&self, steps: &'s [Step], after: &mut Vec<&'s [Step]>) -> Option<Escape> {
        for (index, step) in steps.iter().enumerate() {
            match step {
                Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                    if self.holds(*expr) {
                        return Some(self.in_expression(*expr));
                    }
                }
                Step::Return(None) | Step::Jump => {}
                Step::Branch(branch) => {
                    if branch.test.is_some_and(|test| self.holds(test)) {
                        return Some(Escape::Thrown);
                    }
                    after.push(&steps[index + 1..]);
                    let depth = after.len();
                    for (arm, place) in branch.arms.iter().zip(0_u32..) {
                        let Some(escape) = self.steps(arm, after) else { continue };
                        // What comes behind deeper steps is left out with them.
                        after.truncate(depth);
                        let handler = branch.arms.get(1).filter(|handler| !handler.is_empty());
                        return Some(match (escape, handler) {
                            (Escape::Thrown, Some(handler)) if branch.kind == BranchKind::Try && place == 0 => {
                                self.handled(handler, arm, after)
                            }
                            (escape, _) => escape,
                        });
                    }
                    after.pop();
                }
            }
        }
        None
    }

    fn holds(&self, expr: ExprId) -> bool {
        let mut is_held = false;
        self.module.each_part(expr, &mut |part| is_held |= part == self.call);
        is_held
    }

    /// `verify(…).catch(() => JSON.parse(body))`.
    fn in_expression(&self, expr: ExprId) -> Escape {
        let mut escape = Escape::Thrown;
        self.module.each_part(expr, &mut |part| {
            let Expr::Call(callee, arguments) = self.module.expr(part) else {
                return;
            };
            let Expr::Member(object, name) = self.module.expr(*callee) else {
                return;
            };
            if name.as_ref() != "catch" || !self.holds(*object) {
                return;
            }
            let handler = arguments.first().map(|handler| self.module.expr(*handler));
            escape = match handler {
                Some(Expr::Function(function)) => self.handed(*function),
                _ => Escape::Settled(Truth::Unknown(
                    "what catches its error could not be followed".to_owned(),
                )),
            };
        });
        escape
    }

    fn handed(&self, function: FunctionId) -> Escape {
        let steps = &self.module.function(function).steps;
        match steps.last() {
            _ if self.believes(steps, None) == Believes::Always => Escape::Settled(Truth::No(BELIEVED.to_owned())),
            Some(Step::Throw(_)) => Escape::Thrown,
            _ => Escape::Settled(Truth::Unknown(
                "what catches its error could not be followed".to_owned(),
            )),
        }
    }

    /// What a `catch` makes of it: `tried` is what it stands behind, `after` what comes behind the whole.
    fn handled(&self, handler: &[Step], tried: &[Step], after: &[&[Step]]) -> Escape {
        let given = self.given(tried);
        match self.believes(handler, given) {
            Believes::Always => return Escape::Settled(Truth::No(BELIEVED.to_owned())),
            Believes::Perhaps => {
                let why = "what catches its error may believe what was sent all the same";
                return Escape::Settled(Truth::Unknown(why.to_owned()));
            }
            Believes::Never => {}
        }
        match ending(handler) {
            Ending::Throws => return Escape::Thrown,
            Ending::Leaves => return Escape::Settled(Truth::Yes),
            Ending::GoesOn => {}
        }
        if self.hands_on(handler) {
            return Escape::Settled(Truth::No(
                "what catches its error hands the request on all the same".to_owned(),
            ));
        }
        let after: Vec<Step> = after.iter().rev().flat_map(|steps| steps.iter().cloned()).collect();
        Escape::Settled(self.goes_on(handler, &after, given))
    }

    /// What comes of a `catch` that does not leave.
    fn goes_on(&self, handler: &[Step], after: &[Step], given: Option<BindingId>) -> Truth {
        let is_once = given.is_some_and(|name| self.is_given_once(name));
        let stops = |step: &&Step| {
            self.program.deed_of_steps(self.at, std::slice::from_ref(*step)) == Deed::Acts || self.guards(step, given)
        };
        let Some(step) = after.iter().find(stops) else {
            return Truth::Yes;
        };
        // `if (!event) return response.status(400).end()`.
        if self.guards(step, given) {
            return match is_once {
                true => Truth::Yes,
                false => Truth::Unknown("what it gives may be given by something else as well".to_owned()),
            };
        }
        // Answered, and what it would have given is not there for what comes behind.
        if self.answers(handler) && is_once {
            return Truth::Yes;
        }
        Truth::No("what catches its error goes on as if it had held".to_owned())
    }

    /// The name that is given what the call gives.
    fn given(&self, tried: &[Step]) -> Option<BindingId> {
        tried.iter().find_map(|step| match step {
            Step::Bind(names, expr) if self.holds(*expr) => names.first().copied(),
            Step::Do(expr) if self.holds(*expr) => match self.module.expr(*expr) {
                Expr::Assign(_, target, _) => match self.module.expr(*target) {
                    Expr::Name(name) => Some(*name),
                    _ => None,
                },
                _ => None,
            },
            Step::Branch(branch) => branch.arms.iter().find_map(|arm| self.given(arm)),
            _ => None,
        })
    }

    fn is_given_once(&self, name: BindingId) -> bool {
        let given = self.module.binding(name).given.iter();
        let is_something = |expr: &ExprId| !matches!(self.module.expr(*expr), Expr::Null | Expr::Undefined);
        given
            .filter(|given| given.value.as_ref().is_some_and(is_something))
            .count()
            <= 1
    }

    /// Whether steps put what was sent in the place of what was to be verified.
    fn believes(&self, steps: &[Step], given: Option<BindingId>) -> Believes {
        let each = steps.iter().map(|step| match step {
            Step::Return(Some(expr)) | Step::Bind(_, expr) if self.is_parsed(*expr) => Believes::Always,
            Step::Do(expr) => match self.module.expr(*expr) {
                Expr::Assign(_, target, value) => {
                    let is_it = given.is_some_and(|name| *self.module.expr(*target) == Expr::Name(name));
                    let is_nothing = matches!(self.module.expr(*value), Expr::Null | Expr::Undefined | Expr::Bool(_));
                    match is_it && !is_nothing || self.is_parsed(*value) {
                        true => Believes::Always,
                        false => Believes::Never,
                    }
                }
                _ => Believes::Never,
            },
            Step::Branch(branch) => {
                let arms = branch.arms.iter().map(|arm| self.believes(arm, given));
                match arms.max() {
                    Some(Believes::Always | Believes::Perhaps) => Believes::Perhaps,
                    Some(Believes::Never) | None => Believes::Never,
                }
            }
            _ => Believes::Never,
        });
        each.max().unwrap_or(Believes::Never)
    }

    /// `JSON.parse(request.body)`, `request.body`.
    fn is_parsed(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Await(inner) => self.is_parsed(*inner),
            Expr::Call(callee, _) => matches!(self.module.expr(*callee), Expr::Member(object, name)
                if name.as_ref() == "parse"
                    && matches!(self.module.expr(*object), Expr::Global(global) if global.as_ref() == "JSON")),
            Expr::Member(_, name) => matches!(name.as_ref(), "body" | "rawBody"),
            _ => false,
        }
    }

    /// `next()`, without an error.
    fn hands_on(&self, steps: &[Step]) -> bool {
        let own = self.module.function(self.at.function);
        let Some([next]) = own.parameters.get(2).map(|third| third.bindings.as_slice()) else {
            return false;
        };
        steps.iter().any(|step| match step {
            Step::Do(expr) | Step::Return(Some(expr)) => {
                matches!(self.module.expr(*expr), Expr::Call(callee, arguments)
                    if arguments.is_empty() && *self.module.expr(*callee) == Expr::Name(*next))
            }
            _ => false,
        })
    }

    fn answers(&self, steps: &[Step]) -> bool {
        steps.iter().any(|step| match step {
            Step::Do(expr) | Step::Return(Some(expr)) => self.program.is_answer(self.at, *expr),
            Step::Branch(branch) => branch.arms.iter().any(|arm| self.answers(arm)),
            _ => false,
        })
    }

    /// Whether a step leaves where the name was given nothing.
    fn guards(&self, step: &Step, given: Option<BindingId>) -> bool {
        let (Step::Branch(branch), Some(name)) = (step, given) else {
            return false;
        };
        let is_asked = branch.test.is_some_and(|test| self.asks_for(test, name));
        // `if (event) { … }` does nothing without it.
        branch.kind == BranchKind::If && is_asked
    }
}

impl Look<'_> {
    /// Whether a condition asks if there is something in a name.
    fn asks_for(&self, test: ExprId, name: BindingId) -> bool {
        match self.module.expr(test) {
            Expr::Name(asked) => *asked == name,
            Expr::Unary("!", inner) => self.asks_for(*inner, name),
            Expr::Binary("==" | "===" | "!=" | "!==", left, right) | Expr::Logical(_, left, right) => {
                self.asks_for(*left, name) || self.asks_for(*right, name)
            }
            _ => false,
        }
    }
}

const BELIEVED: &str = "what catches its error believes what was sent all the same";

/// Whether what was sent is believed although it was not verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Believes {
    Never,
    /// Under a condition.
    Perhaps,
    Always,
}

/// How steps end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Throws,
    Leaves,
    GoesOn,
}

fn ending(steps: &[Step]) -> Ending {
    match steps.last() {
        Some(Step::Throw(_)) => Ending::Throws,
        Some(Step::Return(_) | Step::Jump) => Ending::Leaves,
        Some(Step::Branch(branch)) if branch.kind == BranchKind::If && branch.arms.len() == 2 => {
            match (ending(&branch.arms[0]), ending(&branch.arms[1])) {
                (Ending::Throws, Ending::Throws) => Ending::Throws,
                (Ending::GoesOn, _) | (_, Ending::GoesOn) => Ending::GoesOn,
                _ => Ending::Leaves,
            }
        }
        _ => Ending::GoesOn,
    }
}
