//! Sites that are taken out of a text: what `origin` is given after `split`, `map` and the like.

use crate::program::module::Expr;
use crate::program::{At, Literal, Program, Value};

use super::origin::{DEEPEST, not_followed};
use super::truth::Truth;

/// `(process.env.ORIGINS || "http://localhost:5173").split(",").map((origin) => origin.trim())` is what it is taken from.
pub(super) fn taken_apart(program: &Program, callee: At, name: &str, depth: u32) -> Truth {
    const SAME: [&str; 4] = ["split", "map", "filter", "trim"];
    let module = program.module(callee.module);
    let Expr::Member(object, method) = module.expr(callee.expr) else {
        return not_followed(name);
    };
    if !SAME.contains(&method.as_ref()) {
        return not_followed(name);
    }
    let from = program.values(At {
        expr: *object,
        ..callee
    });
    let truths = from.into_iter().map(|value| match value {
        Value::Literal(Literal::Text(text)) if !text.contains('*') => Truth::Yes,
        Value::Unknown(inner) => match program.module(inner.module).expr(inner.expr) {
            Expr::Call(callee, _) if depth < DEEPEST => {
                taken_apart(program, At { expr: *callee, ..inner }, name, depth + 1)
            }
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
