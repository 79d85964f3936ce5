//! Promises that are waited for together.

use crate::program::module::{Expr, ExprId, Module};

/// Whether a list is what `Promise.all` is given.
pub(super) fn is_awaited_together(module: &Module, list: ExprId) -> bool {
    let is_of_promises = |callee: ExprId| match module.expr(callee) {
        Expr::Member(of, name) => {
            matches!(module.expr(*of), Expr::Global(global) if global.as_ref() == "Promise")
                && matches!(name.as_ref(), "all" | "allSettled")
        }
        _ => false,
    };
    module.expressions.iter().any(|(expr, _)| match expr {
        Expr::Call(callee, arguments) => arguments.first() == Some(&list) && is_of_promises(*callee),
        _ => false,
    })
}
