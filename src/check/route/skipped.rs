//! Whether a function that requests pass through decides itself which of them pass what it uses.

use super::parameters::Thing;
use crate::program::module::{BindingId, BindingKind, BranchKind, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Program, path_of};

/// Whether a function hands some requests on before it comes to what is asked for, or beside it:
/// `isHook(request) ? next() : parse(request, response, next)`.
pub(super) fn is_skipped(program: &Program, function: FunctionAt, thing: &Thing) -> bool {
    let module = program.module(function.module);
    let own = module.function(function.function);
    let next = match own.parameters.get(2).map(|third| third.bindings.as_slice()) {
        Some([next]) => Some(*next),
        Some(_) => return false,
        None => None,
    };
    let look = Look {
        program,
        at: function,
        module,
        next,
        thing,
    };
    // What is used further down decides nothing here.
    own.steps.iter().any(|step| look.uses_in(step))
        && match next {
            Some(_) => look.skips(&own.steps) == Some(true),
            None => look.leaves_out(&own.steps),
        }
}

struct Look<'a> {
    program: &'a Program,
    at: FunctionAt,
    module: &'a Module,
    /// What hands on; a function without it hands on what it doesn't answer.
    next: Option<BindingId>,
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

    /// Whether a function that hands on what it does not answer decides by the request whether it comes to it: Next.js's
    /// middleware, which asks for the path, or a guard.
    fn leaves_out(&self, steps: &[Step]) -> bool {
        for step in steps {
            let Step::Branch(branch) = step else {
                match step {
                    Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr)
                        if self.uses(*expr) =>
                    {
                        return self.is_chosen(*expr);
                    }
                    _ => continue,
                }
            };
            let is_by_request = branch.test.is_some_and(|test| self.is_of_request(test, 0));
            let is_used = self.uses_in(step);
            // However deep it hands on, and whichever case the request is.
            if is_by_request && (self.hands_on_within(&branch.arms) || is_used && branch.kind == BranchKind::Switch) {
                return true;
            }
            if branch.kind == BranchKind::If && is_by_request && !branch.test.is_some_and(|test| self.uses(test)) {
                let lacks = |arm: &&Vec<Step>| !self.uses_among(arm) && !self.ends(arm);
                let is_whole = branch.arms.len() > 1 && branch.arms.iter().all(|arm| !arm.is_empty());
                let hands_on = branch.arms.iter().any(|arm| self.returns_on(arm));
                if hands_on || is_used && (!is_whole || branch.arms.iter().any(|arm| lacks(&arm))) {
                    return true;
                }
            }
            if is_used {
                return branch
                    .arms
                    .iter()
                    .any(|arm| self.uses_among(arm) && self.leaves_out(arm));
            }
        }
        false
    }

    /// Whether an arm hands on at some place within.
    fn hands_on_within(&self, arms: &[Vec<Step>]) -> bool {
        arms.iter().any(|arm| {
            self.returns_on(arm)
                || arm.iter().any(|step| match step {
                    Step::Branch(branch) => self.hands_on_within(&branch.arms),
                    _ => false,
                })
        })
    }

    /// Whether the request decides within an expression: `path.startsWith("/api") ? await limit() : true`.
    fn is_chosen(&self, expr: ExprId) -> bool {
        let mut is_chosen = false;
        self.module.each_part(expr, &mut |part| {
            is_chosen |= match self.module.expr(part) {
                Expr::Conditional(test, yes, no) => self.is_of_request(*test, 0) && (self.uses(*yes) || self.uses(*no)),
                Expr::Logical(_, test, right) => self.is_of_request(*test, 0) && self.uses(*right),
                _ => false,
            };
        });
        is_chosen
    }

    /// Whether steps answer or throw at their end.
    fn ends(&self, steps: &[Step]) -> bool {
        match steps.last() {
            Some(Step::Throw(_)) => true,
            Some(Step::Return(Some(expr))) => !self.is_handing_on(*expr),
            Some(Step::Return(None) | Step::Jump | Step::Do(_) | Step::Bind(..) | Step::Branch(_)) | None => false,
        }
    }

    /// Whether steps hand on at their end.
    fn returns_on(&self, steps: &[Step]) -> bool {
        match steps.last() {
            Some(Step::Return(None)) => true,
            Some(Step::Return(Some(expr))) => self.is_handing_on(*expr) && !self.uses(*expr),
            Some(Step::Throw(_) | Step::Jump | Step::Do(_) | Step::Bind(..) | Step::Branch(_)) | None => false,
        }
    }

    /// `NextResponse.next()`, `next()`, `next.handle()`, `true`, nothing.
    fn is_handing_on(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Undefined | Expr::Null | Expr::Bool(true) => true,
            Expr::Await(inner) => self.is_handing_on(*inner),
            Expr::Call(callee, _) => match self.module.expr(*callee) {
                Expr::Member(_, name) => matches!(name.as_ref(), "next" | "handle" | "rewrite"),
                Expr::Name(name) => self.module.binding(*name).name.as_ref() == "next",
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression says something of the request: by a parameter, or by a name that was given some of one.
    fn is_of_request(&self, expr: ExprId, depth: u32) -> bool {
        const DEEPEST: u32 = 4;
        let mut names = Vec::new();
        self.module.each_part(expr, &mut |part| {
            if let Expr::Name(name) = self.module.expr(part) {
                names.push(*name);
            }
        });
        names.into_iter().any(|name| {
            let binding = self.module.binding(name);
            if binding.function != self.at.function {
                return false;
            }
            let mut given = binding.given.iter().filter_map(|given| given.value);
            matches!(binding.kind, BindingKind::Parameter(_))
                || depth < DEEPEST && given.any(|value| self.is_of_request(value, depth + 1))
        })
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
            if arguments.is_empty() && matches!(self.module.expr(*callee), Expr::Name(name) if Some(*name) == self.next))
    }
}
