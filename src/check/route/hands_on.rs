//! Middleware that lets everybody through, whatever it asks: what it learns of who comes only the handler can heed.

use crate::program::module::{BindingId, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Program, Value, path_of};

/// Functions that call each other.
const DEEPEST: u32 = 4;

/// Methods that write down a header or a line, or make something of a value: they answer nothing and refuse nobody.
const PLAIN: [&str; 34] = [
    "debug",
    "emit",
    "endsWith",
    "error",
    "filter",
    "find",
    "get",
    "getHeader",
    "has",
    "header",
    "hrtime",
    "includes",
    "info",
    "join",
    "log",
    "map",
    "now",
    "on",
    "once",
    "push",
    "random",
    "removeHeader",
    "replace",
    "set",
    "setHeader",
    "slice",
    "some",
    "split",
    "startsWith",
    "toISOString",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "warn",
];

/// Packages that make up a value.
const MADE_UP: [&str; 5] = ["crypto", "nanoid", "node:crypto", "on-finished", "uuid"];

/// Whether middleware of Express's, or what a limiter calls with a request too many, ends by calling `next()` and cannot end otherwise: it throws nothing, answers nothing,
/// returns nowhere else, and calls nothing but what is known to be harmless. What it hands over to be called later, such as
/// when the answer is sent, comes too late to refuse anybody.
pub(super) fn hands_on(program: &Program, at: FunctionAt) -> bool {
    let module = program.module(at.module);
    let function = module.function(at.function);
    let Some(next) = function
        .parameters
        .get(2)
        .and_then(|parameter| parameter.bindings.first())
    else {
        return false;
    };
    let ends_so = match function.steps.last() {
        Some(Step::Do(expr) | Step::Return(Some(expr))) => is_call_of(module, *expr, *next),
        _ => false,
    };
    matches!(function.parameters.len(), 3 | 4)
        && ends_so
        && function.steps.iter().all(|step| goes_on(module, step, *next))
        && is_quiet(program, at, Some(*next), 0)
}

/// `next()`, without an error.
fn is_call_of(module: &Module, expr: ExprId, next: BindingId) -> bool {
    matches!(module.expr(expr), Expr::Call(callee, arguments)
        if arguments.is_empty() && *module.expr(*callee) == Expr::Name(next))
}

/// Whether what comes after a step is come to, or `next()` was called.
fn goes_on(module: &Module, step: &Step, next: BindingId) -> bool {
    match step {
        Step::Do(_) | Step::Bind(..) => true,
        Step::Return(Some(expr)) => is_call_of(module, *expr, next),
        Step::Return(None) | Step::Throw(_) | Step::Jump => false,
        Step::Branch(branch) => branch.arms.iter().flatten().all(|step| goes_on(module, step, next)),
    }
}

/// Whether a function throws nothing and calls nothing that may throw or answer.
fn is_quiet(program: &Program, at: FunctionAt, next: Option<BindingId>, depth: u32) -> bool {
    let module = program.module(at.module);
    if depth >= DEEPEST || throws(&module.function(at.function).steps) {
        return false;
    }
    let mut is_quiet = true;
    module.each_expr(at.function, &mut |expr| {
        is_quiet = is_quiet
            && match module.expr(expr) {
                Expr::Call(callee, arguments) => match module.expr(*callee) {
                    Expr::Name(name) if Some(*name) == next => arguments.is_empty(),
                    Expr::Global(name) => matches!(name.as_ref(), "Boolean" | "Number" | "String" | "parseInt"),
                    _ => is_quiet_call(program, at, *callee, depth),
                },
                Expr::New(callee, _) => matches!(module.expr(*callee), Expr::Global(name) if name.as_ref() == "Date"),
                Expr::Await(_) | Expr::Yield(_) | Expr::Tagged(..) => false,
                _ => true,
            };
    });
    is_quiet
}

/// Whether what is called is a quiet function of the program, a logger, what makes up a value, or a plain method.
fn is_quiet_call(program: &Program, at: FunctionAt, callee: ExprId, depth: u32) -> bool {
    let is_plain = matches!(program.module(at.module).expr(callee), Expr::Member(_, name) if PLAIN.contains(&&**name));
    let values = program.values(At {
        module: at.module,
        expr: callee,
    });
    let is_known = |value: &Value| match (value, path_of(value)) {
        (Value::Function(function), _) => is_quiet(program, *function, None, depth + 1),
        (_, Some((package, _))) => MADE_UP.contains(&package.as_ref()),
        (_, None) => is_plain,
    };
    program.is_telling(at, callee) || !values.is_empty() && values.iter().all(is_known)
}

fn throws(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Throw(_) => true,
        Step::Branch(branch) => branch.arms.iter().any(|arm| throws(arm)),
        _ => false,
    })
}
