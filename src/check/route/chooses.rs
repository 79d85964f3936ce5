//! Whether a function of the repository asks nobody for some texts: one that takes statements for a database and answers
//! those that it does not know by itself is no proof that the database is there.

use crate::program::module::{Branch, BranchKind, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Program, Value};

/// Whether a call hands a function a constant text, and that decides whether the function asks at all: `if (text.includes(…))`.
pub(super) fn by_text(program: &Program, call: At, called: FunctionAt, asks: impl Fn(ExprId) -> bool) -> bool {
    let Expr::Call(_, arguments) = program.module(call.module).expr(call.expr) else {
        return false;
    };
    let is_text = |expr: &ExprId| matches!(program.module(call.module).expr(*expr), Expr::Text(_));
    if !arguments.first().is_some_and(is_text) {
        return false;
    }
    let look = Look {
        program,
        module: program.module(called.module),
        called,
        asks,
    };
    let steps = &look.module.function(called.function).steps;
    look.is_chosen(steps) && !look.asks_surely(steps)
}

struct Look<'a, F> {
    program: &'a Program,
    module: &'a Module,
    called: FunctionAt,
    asks: F,
}

impl<F: Fn(ExprId) -> bool> Look<'_, F> {
    fn part_asks(&self, expr: ExprId) -> bool {
        let mut found = false;
        self.module
            .each_part(expr, &mut |part| found = found || (self.asks)(part));
        found
    }

    /// Whether steps ask whatever is tested in them.
    fn asks_surely(&self, steps: &[Step]) -> bool {
        steps.iter().any(|step| match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                self.part_asks(*expr)
            }
            Step::Return(None) | Step::Jump => false,
            Step::Branch(branch) => {
                let arms = &branch.arms;
                branch.test.is_some_and(|test| self.part_asks(test))
                    || match branch.kind {
                        BranchKind::If => arms.len() > 1 && arms.iter().all(|arm| self.asks_surely(arm)),
                        BranchKind::Try => arms.first().is_some_and(|arm| self.asks_surely(arm)),
                        BranchKind::Switch | BranchKind::Loop => false,
                    }
            }
        })
    }

    /// Whether some of the asking hangs on the text.
    fn is_chosen(&self, steps: &[Step]) -> bool {
        let mut branches = steps.iter().filter_map(|step| match step {
            Step::Branch(branch) => Some(branch),
            _ => None,
        });
        branches.any(|branch| self.hangs(branch) || branch.arms.iter().any(|arm| self.is_chosen(arm)))
    }

    fn hangs(&self, branch: &Branch) -> bool {
        let is_test = matches!(branch.kind, BranchKind::If | BranchKind::Switch);
        let names_text = |test: ExprId| {
            let mut named = false;
            self.module
                .each_part(test, &mut |part| named = named || self.is_first(part));
            named
        };
        is_test && branch.test.is_some_and(names_text) && branch.arms.iter().any(|arm| self.may_ask(arm))
    }

    fn may_ask(&self, steps: &[Step]) -> bool {
        steps.iter().any(|step| match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                self.part_asks(*expr)
            }
            Step::Return(None) | Step::Jump => false,
            Step::Branch(branch) => branch.arms.iter().any(|arm| self.may_ask(arm)),
        })
    }

    /// Whether an expression is the first parameter.
    fn is_first(&self, expr: ExprId) -> bool {
        let is_name = matches!(self.module.expr(expr), Expr::Name(_));
        let at = At {
            module: self.called.module,
            expr,
        };
        let is_it = |value: &Value| matches!(value, Value::Parameter(of, 0) if *of == self.called);
        is_name && self.program.values(at).iter().any(is_it)
    }
}
