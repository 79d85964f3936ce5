//! Sites that are taken out of a text: what `origin` is given after `split`, `map` and the like.

use crate::program::module::{Expr, FunctionId, Module, Step};
use crate::program::{At, Literal, Program, Value};

use super::origin::{DEEPEST, not_followed};
use super::truth::Truth;

/// `(process.env.ORIGINS || "http://localhost:5173").split(",").map((origin) => origin.trim())` is what it is taken from.
pub(super) fn taken_apart(program: &Program, call: At, name: &str, depth: u32) -> Truth {
    const SAME: [&str; 4] = ["split", "map", "filter", "trim"];
    let module = program.module(call.module);
    let Expr::Call(callee, arguments) = module.expr(call.expr) else {
        return not_followed(name);
    };
    let Expr::Member(object, method) = module.expr(*callee) else {
        return not_followed(name);
    };
    let is_trimmed = || match arguments.first().map(|given| module.expr(*given)) {
        Some(Expr::Function(given)) => trims(module, *given),
        _ => false,
    };
    if !SAME.contains(&method.as_ref()) || method.as_ref() == "map" && !is_trimmed() {
        return not_followed(name);
    }
    let from = program.values(At { expr: *object, ..call });
    let truths = from.into_iter().map(|value| match value {
        Value::Literal(Literal::Text(text)) if !text.contains('*') => Truth::Yes,
        Value::Unknown(inner) => match program.module(inner.module).expr(inner.expr) {
            Expr::Call(..) if depth < DEEPEST => taken_apart(program, inner, name, depth + 1),
            // `process.env[key]`, in a function that is handed the name.
            Expr::Index(object, _) if is_the_environment(program, At { expr: *object, ..inner }) => Truth::Yes,
            _ => not_followed(name),
        },
        value if is_of_environment(&value) => Truth::Yes,
        _ => not_followed(name),
    });
    truths.reduce(Truth::and).unwrap_or_else(|| not_followed(name))
}

/// `process.env.ORIGINS.split(",")`.
pub(super) fn is_of_environment(value: &Value) -> bool {
    match value {
        Value::Environment(_) => true,
        Value::Result(of, _) | Value::Member(of, _) => is_of_environment(of),
        _ => false,
    }
}

/// Whether an expression is `process.env`.
fn is_the_environment(program: &Program, at: At) -> bool {
    let module = program.module(at.module);
    match module.expr(at.expr) {
        Expr::Member(of, name) if name.as_ref() == "env" => {
            matches!(module.expr(*of), Expr::Global(process) if process.as_ref() == "process")
        }
        _ => false,
    }
}

/// Whether a function gives back what it is given, without spaces or letters at its ends, or in small letters.
fn trims(module: &Module, function: FunctionId) -> bool {
    const TRIMS: [&str; 6] = ["trim", "trimStart", "trimEnd", "toLowerCase", "replace", "toString"];
    let mut trims = true;
    module.each_expr(function, &mut |expr| {
        trims &= match module.expr(expr) {
            Expr::Call(callee, _) => {
                matches!(module.expr(*callee), Expr::Member(_, name) if TRIMS.contains(&name.as_ref()))
            }
            Expr::Member(..) | Expr::Name(_) | Expr::Text(_) | Expr::Regex(_) => true,
            _ => false,
        };
    });
    let steps = &module.function(function).steps;
    let is_regex = |step: &Step| matches!(step, Step::Return(Some(expr)) if matches!(module.expr(*expr), Expr::Regex(_) | Expr::Text(_)));
    trims && !steps.iter().any(is_regex)
}
