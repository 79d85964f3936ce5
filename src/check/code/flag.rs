//! Which variable of the environment says whether a call is made: `if (OPEN) app.use(cors({ origin: true }))`.

use std::sync::Arc;

use crate::program::module::{BranchKind, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, ModuleId, Program, Value};
use crate::text::Span;

/// Names that stand for other names are followed so far.
const DEEPEST: u32 = 4;

/// The variable of the environment that chooses between a call and something else. The stage is none: what production is
/// is known.
pub(in crate::check) fn flag_of(program: &Program, function: FunctionAt, call: At) -> Option<Arc<str>> {
    let module = program.module(function.module);
    let look = Look {
        program,
        id: function.module,
        module,
        call: module.span(call.expr),
    };
    look.in_steps(&module.function(function.function).steps)
}

struct Look<'a> {
    program: &'a Program,
    id: ModuleId,
    module: &'a Module,
    call: Span,
}

impl Look<'_> {
    fn holds(&self, expr: ExprId) -> bool {
        let span = self.module.span(expr);
        span.start <= self.call.start && self.call.end <= span.end
    }

    fn in_steps(&self, steps: &[Step]) -> Option<Arc<str>> {
        steps.iter().find_map(|step| match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                self.in_expression(*expr)
            }
            Step::Return(None) | Step::Jump => None,
            Step::Branch(branch) => {
                let is_within = branch.span.start <= self.call.start && self.call.end <= branch.span.end;
                let test = branch.test.filter(|_| is_within && branch.kind == BranchKind::If);
                let chosen = test.filter(|test| !self.holds(*test));
                let inner = || branch.arms.iter().find_map(|arm| self.in_steps(arm));
                chosen.and_then(|test| self.variable(self.id, test, 0)).or_else(inner)
            }
        })
    }

    /// `OPEN ? cors({ origin: true }) : cors({ origin: list })`, `OPEN && cors({ origin: true })`.
    fn in_expression(&self, expr: ExprId) -> Option<Arc<str>> {
        let mut parts = Vec::new();
        self.module.each_part(expr, &mut |part| parts.push(part));
        parts.into_iter().find_map(|part| match self.module.expr(part) {
            Expr::Conditional(test, yes, no) if self.holds(*yes) || self.holds(*no) => self.variable(self.id, *test, 0),
            Expr::Logical(_, test, right) if self.holds(*right) => self.variable(self.id, *test, 0),
            _ => None,
        })
    }

    /// A variable that a condition asks about.
    fn variable(&self, id: ModuleId, test: ExprId, depth: u32) -> Option<Arc<str>> {
        let mut parts = Vec::new();
        self.program.module(id).each_part(test, &mut |part| parts.push(part));
        parts.into_iter().find_map(|expr| {
            let values = self.program.values(At { module: id, expr });
            values.iter().find_map(|value| match value {
                Value::Unknown(at) if depth < DEEPEST && (at.module, at.expr) != (id, expr) => {
                    self.variable(at.module, at.expr, depth + 1)
                }
                value => environment(value),
            })
        })
    }
}

fn environment(value: &Value) -> Option<Arc<str>> {
    match value {
        Value::Environment(name) if name.as_ref() != "NODE_ENV" => Some(name.clone()),
        Value::Result(of, _) | Value::Member(of, _) => environment(of),
        _ => None,
    }
}
