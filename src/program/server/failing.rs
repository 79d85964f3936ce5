//! What Express calls with the errors of routes.

use super::Middleware;
use crate::program::linked::{FunctionAt, Program};
use crate::program::module::{BindingId, Expr, ExprId, Parameter};
use crate::program::values::Value;

/// Whether Express calls it with errors of a route: a function with four parameters, which is how it tells them apart,
/// and behind some route.
pub(super) fn is_error_handler(program: &Program, middleware: &Middleware) -> bool {
    middleware.values.iter().any(|value| match value {
        Value::Function(at) => length(program, *at) == 4 && may_answer(program, *at),
        _ => false,
    })
}

/// Whether a handler of errors does something with the response but note the error on it: what only hands errors on
/// leaves them to Express.
fn may_answer(program: &Program, at: FunctionAt) -> bool {
    let module = program.module(at.module);
    let function = module.function(at.function);
    let named = |index: usize| match function.parameters.get(index).map(|one| one.bindings.as_slice()) {
        Some([name]) => Some(*name),
        _ => None,
    };
    let (Some(response), Some(next)) = (named(2), named(3)) else {
        return true;
    };
    let is_name = |expr: ExprId, name: BindingId| matches!(module.expr(expr), Expr::Name(known) if *known == name);
    let (mut is_used, mut hands_on) = (false, false);
    // Functions within are part of it.
    for (expr, span) in &module.expressions {
        if (span.start as usize) < function.span.start || function.span.end < span.end as usize {
            continue;
        }
        let (Expr::Call(callee, arguments) | Expr::New(callee, arguments)) = expr else {
            continue;
        };
        hands_on |= is_name(*callee, next);
        let mut root = *callee;
        while let Expr::Member(of, _) | Expr::Index(of, _) | Expr::Call(of, _) = module.expr(root) {
            root = *of;
        }
        is_used |= is_name(root, response) || arguments.iter().any(|argument| is_name(*argument, response));
    }
    is_used || !hands_on
}

/// A function's `length`: the parameters before the first with a default, and before what takes the rest.
fn length(program: &Program, at: FunctionAt) -> usize {
    let module = program.module(at.module);
    let parameters = module.function(at.function).parameters.iter();
    let is_counted = |parameter: &&Parameter| {
        let has_default = |name: &BindingId| {
            let given = module.binding(*name).given.first();
            given.is_some_and(|given| given.path.is_empty() && given.default.is_some())
        };
        !parameter.is_rest && !parameter.bindings.iter().any(has_default)
    };
    parameters.take_while(is_counted).count()
}
