//! What a value must not name: a limiter's key that is made of a header is chosen by whoever sends it.

use super::truth::Truth;
use crate::check::late::Late;
use crate::program::module::{Expr, ExprId, Logical, Module};
use crate::program::{FunctionAt, Literal, Program, Value, path_of};

/// What must not be named, and what else may be named with it.
#[derive(Debug)]
pub(super) struct Without {
    pub(super) pattern: Late,
    /// What makes it fine where it is named as well: an account beside an address.
    pub(super) beside: Option<Late>,
}

/// Whether neither a value nor, of a function, what it reaches names what matches.
pub(super) fn without(program: &Program, value: &Value, Without { pattern, beside }: &Without, name: &str) -> Truth {
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
    let is_beside = |beside: &Late| {
        let is_alone = |live| instead(program, live, pattern, beside);
        reach.live().any(|live| named(program, live, beside).is_some()) && !reach.live().any(is_alone)
    };
    match reach.live().find_map(|live| named(program, live, pattern)) {
        Some(_) if beside.as_ref().is_some_and(is_beside) => Truth::Yes,
        Some(word) => Truth::No(format!("{name} goes by `{word}`")),
        None => Truth::Yes,
    }
}

/// Whether a function takes what is fine only for want of what must not be named: `request.body.key ?? request.ip`.
fn instead(program: &Program, at: FunctionAt, pattern: &Late, beside: &Late) -> bool {
    let module = program.module(at.module);
    let says = |whole: ExprId, pattern: &Late| {
        let mut is_said = false;
        module.each_part(whole, &mut |part| {
            is_said |= matches!(module.expr(part), Expr::Member(_, word) | Expr::Text(word) if pattern.is_match(word));
        });
        is_said
    };
    let mut found = false;
    module.each_expr(at.function, &mut |expr| {
        if let Expr::Logical(Logical::Or | Logical::Coalesce, left, right) = module.expr(expr) {
            found |= says(*left, pattern) && !says(*left, beside) && says(*right, beside);
        }
    });
    found
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
    let mut called = Vec::new();
    module.each_expr(at.function, &mut |expr| {
        if let Expr::Call(callee, _) = module.expr(expr) {
            called.push(*callee);
        }
    });
    // `({ query }) => query.key`
    let own = module.bindings.iter().filter(|binding| binding.function == at.function);
    let taken = own.flat_map(|binding| binding.given.iter().flat_map(|given| &given.path));
    let mut found = taken.map(|word| word.to_string()).find(|word| pattern.is_match(word));
    module.each_expr(at.function, &mut |expr| {
        let word = match module.expr(expr) {
            Expr::Member(_, word) if called.contains(&expr) => format!("{word}()"),
            Expr::Member(_, word) | Expr::Text(word) => word.to_string(),
            Expr::Name(name) if called.contains(&expr) => format!("{}()", module.binding(*name).name),
            _ => return,
        };
        if found.is_none() && pattern.is_match(&word) && !is_never(expr) {
            found = Some(word);
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
