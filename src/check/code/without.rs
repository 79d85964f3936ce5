//! What a value must not name: a limiter's key that is made of a header is chosen by whoever sends it.

use super::truth::Truth;
use crate::check::late::Late;
use crate::program::module::{Expr, ExprId, Logical, Module};
use crate::program::{FunctionAt, Literal, Program, Value, path_of};

/// Whether neither a value nor, of a function, what it reaches names what matches.
pub(super) fn without(program: &Program, value: &Value, pattern: &Late, name: &str) -> Truth {
    let function = match value {
        Value::Function(function) => *function,
        Value::Literal(Literal::Text(text)) if pattern.is_match(text) => {
            return Truth::No(format!("{name} is `{text}`"));
        }
        Value::Literal(_) | Value::Class(..) | Value::Instance(..) => return Truth::Yes,
        // What a package gives is known by its name.
        other if path_of(other).is_some() => return Truth::Yes,
        _ => return Truth::Unknown(format!("{name} could not be followed to a value")),
    };
    let reach = program.reach_from(function);
    match reach.live().find_map(|live| named(program, live, pattern)) {
        Some(word) => Truth::No(format!("{name} goes by `{word}`")),
        None => Truth::Yes,
    }
}

/// What a function names or says that matches.
fn named(program: &Program, at: FunctionAt, pattern: &Late) -> Option<String> {
    let module = program.module(at.module);
    let mut never = Vec::new();
    module.each_expr(at.function, &mut |expr| {
        if let Expr::Logical(Logical::Or | Logical::Coalesce, left, right) = module.expr(expr)
            && is_always_there(module, *left)
        {
            never.push(module.span(*right));
        }
    });
    let is_never = |expr: ExprId| {
        let span = module.span(expr);
        never
            .iter()
            .any(|whole| whole.start <= span.start && span.end <= whole.end)
    };
    let mut found = None;
    module.each_expr(at.function, &mut |expr| {
        if let Expr::Member(_, word) | Expr::Text(word) = module.expr(expr)
            && found.is_none()
            && pattern.is_match(word)
            && !is_never(expr)
        {
            found = Some(word.to_string());
        }
    });
    found
}

/// Whether an address is taken that every connection has: `request.ip || request.headers["x-forwarded-for"]` never comes to
/// its right side.
fn is_always_there(module: &Module, expr: ExprId) -> bool {
    let mut is_there = false;
    module.each_part(expr, &mut |part| {
        is_there |=
            matches!(module.expr(part), Expr::Member(_, name) if matches!(name.as_ref(), "ip" | "remoteAddress"));
    });
    is_there
}
