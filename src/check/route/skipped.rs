//! Whether a function that requests pass through decides itself which of them pass what it uses.

use super::parameters::Thing;
use crate::program::module::{BindingId, BranchKind, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Program, path_of};

/// Whether a function hands some requests on before it comes to what is asked for, or beside it:
/// `isHook(request) ? next() : parse(request, response, next)`.
pub(super) fn is_skipped(program: &Program, function: FunctionAt, thing: &Thing) -> bool {
    let module = program.module(function.module);
    let own = module.function(function.function);
    let Some([next]) = own.parameters.get(2).map(|third| third.bindings.as_slice()) else {
        return false;
    };
    let look = Look {
        program,
        at: function,
        module,
        next: *next,
        thing,
    };
    // What is used further down decides nothing here.
    own.steps.iter().any(|step| look.uses_in(step)) && look.skips(&own.steps) == Some(true)
}

struct Look<'a> {
    program: &'a Program,
    at: FunctionAt,
    module: &'a Module,
    next: BindingId,
    thing: &'a Thing,
}

impl Look<'_> {
    /// Whether some steps hand on without it; `None` where they do not come to it.
    fn skips(&self, steps: &[Step]) -> Option<bool> {
        for step in steps {
            if let Step::Branch(branch) = step
                && branch.kind == BranchKind::If
            {
                let own = branch.arms.iter().filter(|arm| self.uses_among(arm));
                let others = branch.arms.iter().filter(|arm| !self.uses_among(arm));
                if others.flatten().any(|step| self.hands_on(step)) {
                    return Some(true);
                }
                if let Some(skips) = own
                    .filter_map(|arm| self.skips(arm))
                    .reduce(|left, right| left || right)
                {
                    return Some(skips);
                }
            } else if self.uses_in(step) {
                return Some(match step {
                    Step::Do(expr) | Step::Return(Some(expr)) => self.chooses(*expr),
                    Step::Branch(branch) => branch.arms.iter().filter_map(|arm| self.skips(arm)).any(|skips| skips),
                    Step::Bind(..) | Step::Throw(_) | Step::Return(None) | Step::Jump => false,
                });
            }
        }
        None
    }

    /// `test ? next() : parse(…)`.
    fn chooses(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Conditional(_, yes, no) => {
                self.is_next(*yes) && self.uses(*no) || self.is_next(*no) && self.uses(*yes)
            }
            Expr::Await(inner) => self.chooses(*inner),
            _ => false,
        }
    }

    fn uses_among(&self, steps: &[Step]) -> bool {
        steps.iter().any(|step| self.uses_in(step))
    }

    fn uses_in(&self, step: &Step) -> bool {
        match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => self.uses(*expr),
            Step::Return(None) | Step::Jump => false,
            Step::Branch(branch) => {
                branch.test.is_some_and(|test| self.uses(test)) || branch.arms.iter().any(|arm| self.uses_among(arm))
            }
        }
    }

    /// Whether an expression calls what is asked for.
    fn uses(&self, expr: ExprId) -> bool {
        let mut is_used = false;
        self.module.each_part(expr, &mut |part| {
            if let Expr::Call(callee, _) = self.module.expr(part) {
                let values = self.program.values(At {
                    module: self.at.module,
                    expr: *callee,
                });
                is_used |= values.iter().any(|value| {
                    path_of(value).is_some_and(|(package, path)| {
                        self.thing.is(&package, &path) || self.thing.is(&package, path.trim_end_matches("()"))
                    })
                });
            }
        });
        is_used
    }

    fn hands_on(&self, step: &Step) -> bool {
        match step {
            Step::Do(expr) | Step::Return(Some(expr)) => self.is_next(*expr),
            _ => false,
        }
    }

    /// `next()`.
    fn is_next(&self, expr: ExprId) -> bool {
        matches!(self.module.expr(expr), Expr::Call(callee, arguments)
            if arguments.is_empty() && matches!(self.module.expr(*callee), Expr::Name(name) if *name == self.next))
    }
}
