//! Texts as code writes them, with holes for what is not known.

use crate::program::module::{Expr, ExprId};
use crate::program::{At, Literal, Program, Value};

use super::address::HOLE;

/// Templates within templates are followed so far.
const DEEPEST: u32 = 4;
/// Nobody writes an address of more parts, and each may hold such a text again.
const MOST_PARTS: usize = 12;

/// The text that an expression is, `HOLE` where a part of it is not known. `None` where nothing of it is.
pub(super) fn written(program: &Program, at: At) -> Option<String> {
    within(program, at, 0)
}

fn within(program: &Program, at: At, depth: u32) -> Option<String> {
    let module = program.module(at.module);
    let inner = |expr: ExprId| At {
        module: at.module,
        expr,
    };
    match module.expr(at.expr) {
        Expr::Text(text) => Some(text.to_string()),
        _ if depth > DEEPEST => None,
        Expr::Template(texts, holes) if holes.len() <= MOST_PARTS => {
            let mut text = String::new();
            for (index, part) in texts.iter().enumerate() {
                text.push_str(part);
                if let Some(hole) = holes.get(index) {
                    push(program, inner(*hole), depth, &mut text);
                }
            }
            Some(text)
        }
        Expr::Binary("+", left, right) => {
            let mut text = String::new();
            push(program, inner(*left), depth, &mut text);
            push(program, inner(*right), depth, &mut text);
            Some(text)
        }
        Expr::Template(..) => None,
        _ => match program.values(at).as_slice() {
            [Value::Literal(Literal::Text(text))] => Some(text.to_string()),
            [Value::Unknown(other)] if *other != at => within(program, *other, depth + 1),
            _ => None,
        },
    }
}

fn push(program: &Program, at: At, depth: u32, text: &mut String) {
    match within(program, at, depth + 1) {
        Some(part) => text.push_str(&part),
        None => text.push(HOLE),
    }
}

/// The first hole of a text that begins with one.
pub(super) fn base_of(program: &Program, at: At) -> Option<At> {
    base_within(program, at, 0)
}

fn base_within(program: &Program, at: At, depth: u32) -> Option<At> {
    if depth > DEEPEST {
        return None;
    }
    let next = |expr: ExprId| At {
        module: at.module,
        expr,
    };
    match program.module(at.module).expr(at.expr) {
        Expr::Template(texts, holes) if texts.first().is_some_and(|text| text.is_empty()) => {
            let first = holes.first().copied()?;
            base_within(program, next(first), depth + 1)
        }
        Expr::Binary("+", left, _) => base_within(program, next(*left), depth + 1),
        Expr::Text(_) | Expr::Template(..) => None,
        _ => match program.values(at).as_slice() {
            [Value::Unknown(other)] if *other != at => base_within(program, *other, depth + 1).or(Some(at)),
            _ => Some(at),
        },
    }
}

/// The names by which code calls what stands at the head of an address: the variable of the environment, and the
/// last name written, in small letters without signs.
pub(super) fn names_of(program: &Program, at: At) -> Vec<String> {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect()
    };
    let linked = program.linked(at.module);
    // What a function is handed is not what it gives.
    let named = match linked.module.expr(at.expr) {
        Expr::Call(callee, _) => *callee,
        _ => at.expr,
    };
    let words = linked.document.words(&linked.module.span(named));
    let last = words.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    let mut names: Vec<String> = last.filter(|name| !name.is_empty()).map(plain).collect();
    for value in program.values(at) {
        if let Value::Environment(name) = value {
            names.push(plain(&name));
        }
    }
    names
}
