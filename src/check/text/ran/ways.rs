//! All ways in which some steps may end that are handed a failure: arms of conditions are held apart, so that what one of
//! them swallows is not taken for thrown on.

use std::ops::BitOr;

use crate::program::module::{BindingKind, Branch, BranchKind, Expr, ExprId, Logical, Step};
use crate::program::{At, FunctionAt, Program, Value};

use super::ending::{Ending, exits, is_status};

/// Functions that call each other and are followed.
const DEEPEST: u32 = 3;

/// Words in names that count how often something was tried: the last try does what is behind the condition.
const TRIES: [&str; 5] = ["attempt", "retr", "tries", "remaining", "trial"];

/// The ways in which steps may end; several where conditions choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ways(u8);

impl Ways {
    /// What comes behind is done.
    const FALLS: Self = Self(1);
    /// The function is left as if nothing had happened.
    const LEAVES: Self = Self(2);
    /// The loop or the `switch` is left.
    const JUMPS: Self = Self(4);
    const THROWS: Self = Self(8);
    const EXITS: Self = Self(16);
    const LOUD: Self = Self(8 | 16);

    const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// These, and where they go on, those of what comes behind.
    fn then(self, next: impl FnOnce() -> Self) -> Self {
        match self.has(Self::FALLS) {
            true => self.without(Self::FALLS) | next(),
            false => self,
        }
    }

    /// What they come to for who handed them the failure.
    pub(super) const fn ending(self) -> Ending {
        match (self.has(Self::LOUD), self.without(Self::LOUD).0 != 0) {
            (false, _) => Ending::GoesOn,
            (true, true) => Ending::Sometimes,
            (true, false) if self.has(Self::THROWS) => Ending::Throws,
            (true, false) => Ending::Exits,
        }
    }

    /// Those of a function that is called with a failure.
    pub(super) fn of_function(program: &Program, at: FunctionAt, depth: u32) -> Self {
        let steps = &program.module(at.module).function(at.function).steps;
        Look { program, at, depth }.steps(steps)
    }
}

impl BitOr for Ways {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A function whose steps are looked at.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) program: &'a Program,
    pub(super) at: FunctionAt,
    /// The functions that called it, counted from the one that was handed the failure.
    pub(super) depth: u32,
}

impl Look<'_> {
    pub(super) fn steps(self, steps: &[Step]) -> Ways {
        let each = steps.iter();
        each.fold(Ways::FALLS, |ways, step| ways.then(|| self.step(step)))
    }

    fn step(self, step: &Step) -> Ways {
        match step {
            Step::Throw(_) => Ways::THROWS,
            Step::Do(expr) | Step::Bind(_, expr) => self.expression(*expr),
            Step::Return(expr) => expr
                .map_or(Ways::FALLS, |expr| self.expression(expr))
                .then(|| Ways::LEAVES),
            Step::Jump => Ways::JUMPS,
            Step::Branch(branch) => {
                let tested = branch.test.map_or(Ways::FALLS, |test| self.expression(test));
                tested.then(|| self.branch(branch))
            }
        }
    }

    fn branch(self, branch: &Branch) -> Ways {
        let arm = |place: usize| branch.arms.get(place).map_or(Ways::FALLS, |arm| self.steps(arm));
        match branch.kind {
            BranchKind::If => match branch.test {
                Some(test) => self.chosen(test, arm(0), arm(1)),
                None => arm(0) | arm(1),
            },
            BranchKind::Loop => landed(arm(0)) | Ways::FALLS,
            BranchKind::Switch => {
                let each = (0..branch.arms.len()).map(|place| landed(arm(place)));
                each.fold(Ways::FALLS, Ways::bitor)
            }
            BranchKind::Try => {
                let has_handler = branch.arms.get(1).is_some_and(|handler| !handler.is_empty())
                    || branch.arms.get(2).is_none_or(Vec::is_empty);
                let tried = match arm(0) {
                    ways if has_handler && ways.has(Ways::THROWS) => ways.without(Ways::THROWS) | arm(1),
                    ways => ways,
                };
                match arm(2) {
                    // What a finaliser does takes the place of what was to be done.
                    last if !last.has(Ways::FALLS) => last,
                    last => tried | last.without(Ways::FALLS),
                }
            }
        }
    }

    /// The ways behind a condition.
    fn chosen(self, test: ExprId, held: Ways, otherwise: Ways) -> Ways {
        match self.holds(test) {
            Some(true) => held,
            Some(false) => otherwise,
            // The last try ends what the tries before it go on from.
            None if self.counts_tries(test) && held.ending().is_sure() => held,
            None if self.counts_tries(test) && otherwise.ending().is_sure() => otherwise,
            None => held | otherwise,
        }
    }

    fn expression(self, expr: ExprId) -> Ways {
        let module = self.program.module(self.at.module);
        match module.expr(expr) {
            Expr::Conditional(test, yes, no) => {
                let chosen = || self.chosen(*test, self.expression(*yes), self.expression(*no));
                self.expression(*test).then(chosen)
            }
            Expr::Logical(operator, left, right) => {
                let right = || self.expression(*right);
                let chosen = || match operator {
                    Logical::And => self.chosen(*left, right(), Ways::FALLS),
                    Logical::Or => self.chosen(*left, Ways::FALLS, right()),
                    Logical::Coalesce => right() | Ways::FALLS,
                };
                self.expression(*left).then(chosen)
            }
            whole => {
                let mut ways = Ways::FALLS;
                whole.parts(&mut |part| ways = ways.then(|| self.expression(part)));
                // `process.exit(0)` leaves, and tells of no failure.
                let is_well_left = || {
                    is_well_left(
                        self.program,
                        At {
                            module: self.at.module,
                            expr,
                        },
                    )
                };
                ways.then(|| if is_well_left() { Ways::LEAVES } else { self.done(whole) })
            }
        }
    }

    /// What an expression does once its parts are there.
    fn done(self, whole: &Expr) -> Ways {
        let module = self.program.module(self.at.module);
        let here = |expr: ExprId| At {
            module: self.at.module,
            expr,
        };
        match whole {
            Expr::Call(callee, arguments) => self.call(*callee, arguments),
            Expr::Assign(_, target, value) if is_status(self.program, here(*target)) => match module.expr(*value) {
                Expr::Number(status) if *status == 0.0 => Ways::FALLS,
                _ => Ways::EXITS,
            },
            _ => Ways::FALLS,
        }
    }

    fn call(self, callee: ExprId, arguments: &[ExprId]) -> Ways {
        let module = self.program.module(self.at.module);
        let at = At {
            module: self.at.module,
            expr: callee,
        };
        if exits(self.program, at, arguments) {
            return Ways::EXITS;
        }
        // `reject(error)` of the promise around it, and `next(error)` of whoever called.
        if let Expr::Name(name) = module.expr(callee)
            && matches!(module.binding(*name).name.as_ref(), "reject" | "rej" | "next")
            && !arguments.is_empty()
        {
            return Ways::THROWS;
        }
        if self.depth >= DEEPEST {
            return Ways::FALLS;
        }
        let values = self.program.values(at);
        let functions = values.iter().filter_map(|value| match value {
            Value::Function(function) => Some(Ways::of_function(self.program, *function, self.depth + 1)),
            _ => None,
        });
        let ways = functions.reduce(Ways::bitor).unwrap_or(Ways::FALLS);
        // Who called it goes on where it returns.
        match ways.has(Ways::LEAVES | Ways::JUMPS) {
            true => ways.without(Ways::LEAVES | Ways::JUMPS) | Ways::FALLS,
            false => ways,
        }
    }
}

impl Look<'_> {
    /// What a condition is where something failed: `if (error)`, `code !== 0`; `None` where that is not known.
    fn holds(self, test: ExprId) -> Option<bool> {
        let module = self.program.module(self.at.module);
        match module.expr(test) {
            Expr::Name(_) => self.is_failure(test).then_some(true),
            Expr::Unary("!", inner) => Some(!self.holds(*inner)?),
            Expr::Logical(Logical::Or, left, right) => match (self.holds(*left), self.holds(*right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Expr::Logical(Logical::And, left, right) => match (self.holds(*left), self.holds(*right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Expr::Binary(operator, left, right) if self.is_failure(*left) => {
                let is_nothing = match module.expr(*right) {
                    Expr::Number(number) => *number == 0.0,
                    Expr::Null | Expr::Undefined => true,
                    _ => false,
                };
                match *operator {
                    "==" | "===" if is_nothing => Some(false),
                    "!=" | "!==" | ">" if is_nothing => Some(true),
                    _ => None,
                }
            }
            _ => module.in_production(test),
        }
    }

    /// Whether it is the failure itself: what a `catch` caught, or the first thing that a handler is given.
    fn is_failure(self, expr: ExprId) -> bool {
        let module = self.program.module(self.at.module);
        let Expr::Name(name) = module.expr(expr) else {
            return false;
        };
        let binding = module.binding(*name);
        match binding.kind {
            BindingKind::Other => true,
            BindingKind::Parameter(0) => {
                binding.function == self.at.function && binding.given.iter().all(|given| given.path.is_empty())
            }
            _ => false,
        }
    }

    /// Whether a condition asks how often something was tried.
    fn counts_tries(self, test: ExprId) -> bool {
        let module = self.program.module(self.at.module);
        let mut is_asked = false;
        module.each_part(test, &mut |part| {
            let name = match module.expr(part) {
                Expr::Name(name) => &module.binding(*name).name,
                Expr::Member(_, name) => name,
                _ => return,
            };
            let name = name.to_ascii_lowercase();
            is_asked |= TRIES.iter().any(|word| name.contains(word));
        });
        is_asked
    }
}

/// What a loop or a `switch` makes of what its body does.
fn landed(ways: Ways) -> Ways {
    match ways.has(Ways::JUMPS) {
        true => ways.without(Ways::JUMPS) | Ways::FALLS,
        false => ways,
    }
}

/// Whether a call leaves the process as if all were well: `process.exit()`, `process.exit(0)`.
pub(super) fn is_well_left(program: &Program, call: At) -> bool {
    let module = program.module(call.module);
    let is_zero = |expr: &ExprId| matches!(module.expr(*expr), Expr::Number(status) if *status == 0.0);
    matches!(module.asked_of_process(call.expr), Some(("exit", arguments)) if arguments.first().is_none_or(is_zero))
}
