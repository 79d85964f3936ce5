//! Whether all that a handler does is plain enough to say that its status tells nothing.

use super::answer::functions_of;
use super::judged::Asked;
use super::parameters::Thing;
use super::status::{ANSWERS, DEEPEST, Fails, KEYS, Statuses, throws};
use crate::program::module::{BindingKind, Expr, ExprId, Module};
use crate::program::{At, FunctionAt, Route, Value};

/// Calls that end an answer in another way than with a status.
const ENDS: [&str; 4] = ["abort", "assert", "destroy", "error"];
/// Loggers have an `error`, too.
const TELLS: [&str; 6] = ["console", "log", "logger", "winston", "pino", "sentry"];

impl Asked<'_> {
    /// Whether nothing in a route's handler may set its status, or throw, in a way that is not seen.
    pub(super) fn is_plain(&self, route: &Route, thing: &Thing) -> bool {
        let mut functions = route.handler.iter().flat_map(|value| functions_of(self.program, value));
        functions.all(|function| self.is_plain_function(function, thing, 0))
    }

    fn is_plain_function(&self, function: FunctionAt, thing: &Thing, depth: u32) -> bool {
        let module = self.program.module(function.module);
        let (mut exprs, mut is_plain) = (Vec::new(), true);
        module.each_expr(function.function, &mut |expr| exprs.push(expr));
        for expr in exprs {
            is_plain &= match module.expr(expr) {
                Expr::Object(properties) => properties.iter().all(|property| {
                    let is_status = property.key.as_ref().is_some_and(|key| KEYS.contains(&&**key));
                    !is_status || is_said(module, property.value)
                }),
                Expr::New(callee, _) => !is_an_error(module, *callee),
                Expr::Function(within) => {
                    let within = FunctionAt {
                        function: *within,
                        ..function
                    };
                    depth >= DEEPEST || self.is_plain_function(within, thing, depth + 1)
                }
                Expr::Call(callee, arguments) => self.is_plain_call(function, (*callee, arguments), thing, depth),
                _ => true,
            };
        }
        is_plain
    }

    fn is_plain_call(
        &self,
        function: FunctionAt,
        (callee, arguments): (ExprId, &[ExprId]),
        thing: &Thing,
        depth: u32,
    ) -> bool {
        let module = self.program.module(function.module);
        let is_handed_an_error = arguments.iter().any(|argument| is_named_an_error(module, *argument));
        match module.expr(callee) {
            Expr::Member(_, name) if ANSWERS.contains(&&**name) => {
                return arguments.first().is_none_or(|first| is_said(module, *first));
            }
            Expr::Member(object, name) => {
                if is_telling(module, *object) {
                    return true;
                }
                // `reply.send(error)`, `c.json(body, status)`.
                let is_sent = matches!(&**name, "send" | "json" | "text" | "body" | "html");
                let is_second_said = arguments.get(1).is_none_or(|second| is_said(module, *second));
                if is_sent && (is_handed_an_error || !is_second_said) || ENDS.contains(&&**name) {
                    return false;
                }
            }
            // `next(error)` by whatever name.
            Expr::Name(name) if matches!(module.binding(*name).kind, BindingKind::Parameter(_)) => return false,
            _ => {}
        }
        let values = self.program.values(At {
            module: function.module,
            expr: callee,
        });
        values.iter().all(|value| match value {
            Value::Function(called) if self.reaches(*called, thing) => true,
            Value::Function(called) => {
                let steps = &self.program.module(called.module).function(called.function).steps;
                let statuses = Statuses { program: self.program };
                let is_silent = statuses.fails(*called, DEEPEST) == Fails::No && !throws(steps);
                is_silent && depth < DEEPEST && self.is_plain_function(*called, thing, depth + 1)
            }
            // What can't be followed may answer where it is handed the answer, or what was caught.
            Value::Unknown(_) => {
                let is_answer = |argument: &ExprId| {
                    matches!(module.expr(*argument), Expr::Name(name)
                        if matches!(module.binding(*name).kind, BindingKind::Parameter(0 | 1)))
                };
                !arguments.iter().any(is_answer) && !is_handed_an_error
            }
            _ => true,
        })
    }
}

/// Whether a status is written where it stands: a number, a text, or one of several texts.
fn is_said(module: &Module, expr: ExprId) -> bool {
    match module.expr(expr) {
        Expr::Number(_) | Expr::Text(_) | Expr::Template(..) | Expr::Object(_) | Expr::Bool(_) => true,
        Expr::Conditional(_, yes, no) => {
            let is_text = |expr: &ExprId| matches!(module.expr(*expr), Expr::Text(_));
            is_text(yes) && is_text(no)
        }
        _ => false,
    }
}

fn is_named_an_error(module: &Module, expr: ExprId) -> bool {
    matches!(module.expr(expr), Expr::Name(name) if {
        let name = module.binding(*name).name.to_ascii_lowercase();
        name.starts_with("err") || matches!(&*name, "e" | "ex" | "exception" | "reason" | "cause")
    })
}

fn is_an_error(module: &Module, callee: ExprId) -> bool {
    let name = match module.expr(callee) {
        Expr::Global(name) | Expr::Member(_, name) => name,
        Expr::Name(name) => &module.binding(*name).name,
        _ => return true,
    };
    name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Response")
}

fn is_telling(module: &Module, object: ExprId) -> bool {
    let name = match module.expr(object) {
        Expr::Global(name) | Expr::Member(_, name) => name,
        Expr::Name(name) => &module.binding(*name).name,
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    TELLS.iter().any(|word| name.contains(word))
}
