//! What each expression of a module is a part of, and which function evaluates it.

use crate::program::module::{Expr, ExprId, FunctionId, Module, Step};

/// The shape of a module.
#[derive(Debug)]
pub(super) struct Shape {
    parents: Vec<Option<ExprId>>,
    owners: Vec<Option<FunctionId>>,
}

/// How an expression stands in the steps of its function.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stands<'a> {
    /// For its effect, or given to names.
    Done,
    Returned,
    Thrown,
    /// It is what a branch depends on.
    Tested(&'a [Vec<Step>]),
}

impl Shape {
    pub(super) fn of(module: &Module) -> Self {
        let count = module.expressions.len();
        let (mut parents, mut owners) = (vec![None; count], vec![None; count]);
        for ((expr, _), index) in module.expressions.iter().zip(0_u32..) {
            expr.parts(&mut |part| {
                if let Some(parent) = parents.get_mut(part.0 as usize) {
                    *parent = Some(ExprId(index));
                }
            });
        }
        for (_, index) in module.functions.iter().zip(0_u32..) {
            module.each_expr(FunctionId(index), &mut |expr| {
                if let Some(owner) = owners.get_mut(expr.0 as usize) {
                    *owner = Some(FunctionId(index));
                }
            });
        }
        Self { parents, owners }
    }

    pub(super) fn parent(&self, expr: ExprId) -> Option<ExprId> {
        self.parents.get(expr.0 as usize).copied().flatten()
    }

    /// The function that evaluates it; `None` of what stands outside of steps, such as a decorator.
    pub(super) fn owner(&self, expr: ExprId) -> Option<FunctionId> {
        self.owners.get(expr.0 as usize).copied().flatten()
    }

    /// The text that holds a byte.
    pub(super) fn text_at(&self, module: &Module, byte: usize) -> Option<ExprId> {
        let each = module.expressions.iter().zip(0_u32..);
        let texts = each.filter(|((expr, span), _)| {
            let is_text = matches!(expr, Expr::Text(_) | Expr::Template(..) | Expr::Tagged(..));
            is_text && (span.start as usize..span.end as usize).contains(&byte)
        });
        let smallest = texts.min_by_key(|((_, span), _)| span.end - span.start)?;
        Some(ExprId(smallest.1))
    }

    /// Where a function is written as an expression.
    pub(super) fn written(module: &Module, function: FunctionId) -> Option<ExprId> {
        let mut each = module.expressions.iter().zip(0_u32..);
        let found = each.find(|((expr, _), _)| *expr == Expr::Function(function))?;
        Some(ExprId(found.1))
    }
}

/// How the whole of an expression stands in some steps; `None` where they do not hold it.
pub(super) fn stands(steps: &[Step], root: ExprId) -> Option<Stands<'_>> {
    steps.iter().find_map(|step| match step {
        Step::Do(expr) | Step::Bind(_, expr) => (*expr == root).then_some(Stands::Done),
        Step::Return(Some(expr)) => (*expr == root).then_some(Stands::Returned),
        Step::Throw(expr) => (*expr == root).then_some(Stands::Thrown),
        Step::Return(None) | Step::Jump => None,
        Step::Branch(branch) if branch.test == Some(root) => Some(Stands::Tested(&branch.arms)),
        Step::Branch(branch) => branch.arms.iter().find_map(|arm| stands(arm, root)),
    })
}
