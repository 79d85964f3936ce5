//! Whether what a function is given stands, as it is, in a text that is put together: `` `… WHERE id = ${id}` ``.

use crate::program::module::{BindingKind, Expr, ExprId, Logical, Module};
use crate::program::{At, Program, Value};

use super::written::{callers, written};

/// Names, and functions that call each other, that are followed.
const DEEPEST: u32 = 6;
/// Words in names of what makes a part harmless, or says that it is chosen.
const HARMLESS: [&str; 7] = [
    "escape",
    "quote",
    "ident",
    "sanitiz",
    "sanitis",
    "placeholder",
    "allowed",
];

/// What is spliced into a text, in the words of the code; `None` where nothing is seen to be.
pub(super) fn spliced(program: &Program, at: At) -> Option<String> {
    Look { program }.text(at, 0)
}

struct Look<'a> {
    program: &'a Program,
}

impl<'a> Look<'a> {
    fn module(&self, at: At) -> &'a Module {
        self.program.module(at.module)
    }

    /// What is spliced into the text that an expression is.
    fn text(&self, at: At, depth: u32) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        let module = self.module(at);
        let here = |expr: ExprId| At { expr, ..at };
        let deeper = |expr: ExprId| self.text(here(expr), depth + 1);
        match module.expr(at.expr) {
            Expr::Template(_, holes) => holes.iter().find_map(|hole| self.hole(here(*hole), depth)),
            Expr::Binary("+", left, right) => {
                let sides = [*left, *right];
                let is_text = |expr: &ExprId| {
                    matches!(
                        module.expr(*expr),
                        Expr::Text(_) | Expr::Template(..) | Expr::Binary("+", ..)
                    )
                };
                let each = sides.iter().find_map(|side| match is_text(side) {
                    true => deeper(*side),
                    false => self.hole(here(*side), depth),
                });
                each.filter(|_| sides.iter().any(is_text))
            }
            Expr::Conditional(_, left, right) | Expr::Logical(Logical::Or | Logical::Coalesce, left, right) => {
                deeper(*left).or_else(|| deeper(*right))
            }
            Expr::Name(name) => {
                let given = module.binding(*name).given.iter().filter(|given| given.path.is_empty());
                let own = given.filter_map(|given| given.value).find_map(deeper);
                let added = || {
                    module.expressions.iter().find_map(|(expr, _)| match expr {
                        Expr::Assign("+=", target, value) if *module.expr(*target) == Expr::Name(*name) => {
                            deeper(*value)
                        }
                        _ => None,
                    })
                };
                own.or_else(added).or_else(|| self.handed(at, depth))
            }
            _ => None,
        }
    }

    /// What is spliced into the text that the callers of a function hand it.
    fn handed(&self, at: At, depth: u32) -> Option<String> {
        let values = self.program.values(at);
        values.iter().find_map(|value| match value {
            Value::Parameter(function, index) => {
                let known = self.program.module(function.module).function(function.function);
                let calls = callers(self.program, *function, known.name.as_ref()?);
                let index = usize::try_from(*index).ok()?;
                calls.as_ref().as_ref()?.iter().find_map(|call| {
                    let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = self.module(*call).expr(call.expr)
                    else {
                        return None;
                    };
                    let expr = *arguments.get(index)?;
                    self.text(At { expr, ..*call }, depth + 1)
                })
            }
            _ => None,
        })
    }

    /// A part that stands in a text, where it is what a function is given.
    fn hole(&self, at: At, depth: u32) -> Option<String> {
        if let Some(inner) = self.text(at, depth + 1) {
            return Some(inner);
        }
        if self.is_harmless(at) || !written(self.program, at).is_given() {
            return None;
        }
        let linked = self.program.linked(at.module);
        let words = linked.document.words(&self.module(at).span(at.expr));
        Some(words.lines().next().unwrap_or_default().chars().take(60).collect())
    }

    /// Numbers, places of values, and what is escaped or chosen from what stands in the code.
    fn is_harmless(&self, at: At) -> bool {
        let module = self.module(at);
        let inner = |expr: ExprId| self.is_harmless(At { expr, ..at });
        match module.expr(at.expr) {
            Expr::Number(_) | Expr::Unary(..) => true,
            Expr::Binary(operator, left, right) => *operator != "+" || inner(*left) || inner(*right),
            Expr::Member(_, name) => name.as_ref() == "length" || is_said(name),
            Expr::Name(name) => {
                let binding = module.binding(*name);
                let mut given = binding.given.iter().filter_map(|given| given.value);
                is_said(&binding.name)
                    // The place of an item: `(value, index) => …`.
                    || binding.kind == BindingKind::Parameter(1) && module.function(binding.function).name.is_none()
                    || given.any(inner)
            }
            // `ALLOWED[request.query.sort]`
            Expr::Index(..) => true,
            // `list.includes(sort) ? sort : "id"`: what is chosen there is not followed, and may be anything.
            Expr::Call(callee, arguments) => match module.expr(*callee) {
                Expr::Member(list, name) if matches!(name.as_ref(), "join" | "map" | "repeat" | "fill") => {
                    inner(*list)
                        || name.as_ref() == "map" && self.leaves_items(at, arguments)
                        || name.as_ref() == "repeat"
                }
                Expr::Member(_, name) => is_said(name),
                Expr::Name(name) => is_said(&module.binding(*name).name),
                _ => false,
            },
            _ => false,
        }
    }

    /// `values.map(() => "?")`, `values.map((_, index) => `$${index + 1}`)`: the items themselves stand in none of it.
    fn leaves_items(&self, at: At, arguments: &[ExprId]) -> bool {
        let module = self.module(at);
        let Some(Expr::Function(function)) = arguments.first().map(|first| module.expr(*first)) else {
            return false;
        };
        let own = module.function(*function);
        let items = own
            .parameters
            .first()
            .map_or(&[][..], |first| first.bindings.as_slice());
        !items.iter().any(|item| own.mentions.contains(item))
    }
}

/// Whether a name says that what it stands for is escaped or chosen; in capitals it is the code's own.
fn is_said(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    HARMLESS.iter().any(|word| lower.contains(word))
        || name.len() > 1 && name.bytes().all(|byte| !byte.is_ascii_lowercase())
}
