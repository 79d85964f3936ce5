//! What an `origin` of CORS middleware lets in where nobody has set the variable that it is taken from.
//!
//! `process.env.CORS_ORIGIN || "*"` is closed only as long as somebody remembers the variable.

use std::sync::Arc;

use crate::program::module::{BindingKind, Expr, Logical};
use crate::program::{At, Literal, Program, Value, handed_to_called};

use super::filled::puts;
use super::origin::not_followed;
use super::seen::options;
use super::taken::is_of_environment;
use super::truth::Truth;

/// Names that stand for other names are followed so far.
const DEEPEST: u32 = 3;

/// Whether an option of a call's argument is closed where the environment says nothing: `No` where what stands in its
/// place is every origin. What is put into the options later is followed by who asks what they are.
pub(super) fn closed_unset(program: &Program, call: At, (index, keys): (usize, &[String]), name: &str) -> Truth {
    let given = handed_to_called(program, call).and_then(|arguments| arguments.get(index));
    let Some(argument) = given.map(|expr| At { expr: *expr, ..call }) else {
        return Truth::Yes;
    };
    if !puts(program, call, argument, keys).is_empty() {
        return Truth::Yes;
    }
    let Some(options) = options(program, argument, keys) else {
        return not_followed(name);
    };
    match options.into_iter().find_map(|option| open_instead(program, option, 0)) {
        Some(variable) => Truth::No(format!("{name} is every origin where `{variable}` is not set")),
        None => Truth::Yes,
    }
}

/// The variable without which every origin is let in.
fn open_instead(program: &Program, at: At, depth: u32) -> Option<Arc<str>> {
    let module = program.module(at.module);
    match module.expr(at.expr) {
        Expr::Logical(Logical::Or | Logical::Coalesce, asked, instead) => {
            let variable = variable(&program.values(At { expr: *asked, ..at }))?;
            let instead = program.values(At { expr: *instead, ..at });
            instead.iter().all(is_open).then_some(variable)
        }
        Expr::Name(binding) if depth < DEEPEST => {
            let binding = module.binding(*binding);
            let [given] = binding.given.as_slice() else { return None };
            let value = given.value.filter(|_| given.path.is_empty())?;
            let is_kept = matches!(binding.kind, BindingKind::Constant | BindingKind::Variable);
            is_kept.then(|| open_instead(program, At { expr: value, ..at }, depth + 1))?
        }
        _ => None,
    }
}

/// The variable of the environment that all of these are taken from.
fn variable(values: &[Value]) -> Option<Arc<str>> {
    let [value] = values else { return None };
    let mut root = value;
    while let Value::Result(of, _) | Value::Member(of, _) = root {
        root = of;
    }
    match root {
        Value::Environment(name) if is_of_environment(value) => Some(name.clone()),
        _ => None,
    }
}

fn is_open(value: &Value) -> bool {
    match value {
        Value::Literal(Literal::Text(text)) => text.as_ref() == "*",
        Value::Literal(Literal::Bool(is_any)) => *is_any,
        _ => false,
    }
}
