//! Words by which code tells people or answers, and what an expression is about.

use super::deed::{DEEPEST, Doing};
use super::harmless::{ANSWERS, is_telling};
use crate::program::module::{BindingId, BindingKind, Expr, ExprId, Module, Step};
use crate::program::values::Value;

impl Doing<'_> {
    /// Whether what is returned may be acted upon: neither an answer, nor a mere yes or no.
    pub(super) fn tells_more(&self, expr: ExprId, depth: usize) -> bool {
        let module = self.module();
        match module.expr(expr) {
            Expr::Bool(_) | Expr::Null | Expr::Undefined | Expr::Number(_) => false,
            Expr::Await(inner) => self.tells_more(*inner, depth),
            Expr::Object(properties) => properties.iter().any(|property| {
                !matches!(
                    module.expr(property.value),
                    Expr::Text(_) | Expr::Bool(_) | Expr::Number(_) | Expr::Null
                )
            }),
            Expr::Call(callee, _) => {
                let is_said = self.is_answer(expr) || self.is_telling(*callee) || is_settled(module, *callee);
                !is_said && self.gives_more(*callee, depth)
            }
            Expr::New(..) => !self.is_answer(expr),
            _ => true,
        }
    }

    /// Whether what a call of a function of the program gives may be acted upon.
    fn gives_more(&self, callee: ExprId, depth: usize) -> bool {
        let values = self.value(callee);
        let gives = |value: &Value| match value {
            Value::Function(function) if depth < DEEPEST => {
                let inner = Self::new(self.program, *function);
                let mut returned = Vec::new();
                returns(
                    &self.program.module(function.module).function(function.function).steps,
                    &mut returned,
                );
                returned.into_iter().any(|expr| inner.tells_more(expr, depth + 1))
            }
            _ => true,
        };
        values.is_empty() || values.iter().any(gives)
    }

    pub(super) fn is_answer(&self, expr: ExprId) -> bool {
        let module = self.module();
        match module.expr(expr) {
            Expr::Call(callee, _) => self.is_answering(*callee),
            Expr::New(callee, _) => match module.expr(*callee) {
                Expr::Global(name) => name.ends_with("Response"),
                Expr::Name(binding) => module.binding(*binding).name.ends_with("Response"),
                _ => false,
            },
            Expr::Await(inner) => self.is_answer(*inner),
            _ => false,
        }
    }

    /// `response.json`, `reply.code(400).send`, `NextResponse.json`, `next`.
    pub(super) fn is_answering(&self, callee: ExprId) -> bool {
        let module = self.module();
        match module.expr(callee) {
            Expr::Member(object, name) if ANSWERS.contains(&name.as_ref()) => responds(module, *object),
            Expr::Name(binding) => matches!(module.binding(*binding).name.as_ref(), "next" | "done"),
            _ => false,
        }
    }

    /// `console.log`, `this.logger.warn`, `logger.child(…).info`, `log`.
    pub(super) fn is_telling(&self, callee: ExprId) -> bool {
        let module = self.module();
        match module.expr(callee) {
            Expr::Member(object, name) => {
                is_telling(module, *object)
                    || is_named_logger(module, *object)
                    || matches!(name.as_ref(), "child") && self.is_telling(*object)
                    || matches!(module.expr(*object), Expr::Call(inner, _) if self.is_telling(*inner))
            }
            Expr::Name(binding) => {
                matches!(module.binding(*binding).name.as_ref(), "log" | "debug" | "logger")
                    && !self
                        .value(callee)
                        .iter()
                        .any(|value| matches!(value, Value::Function(_)))
            }
            _ => false,
        }
    }
}

/// `stripeLogger`, `Logger`, `this.webhookLogger`.
fn is_named_logger(module: &Module, expr: ExprId) -> bool {
    let name = match module.expr(expr) {
        Expr::Name(binding) => &module.binding(*binding).name,
        Expr::Member(_, name) | Expr::Global(name) => name,
        _ => return false,
    };
    name.ends_with("ogger")
}

/// `Promise.resolve()`.
fn is_settled(module: &Module, callee: ExprId) -> bool {
    matches!(module.expr(callee), Expr::Member(object, name)
        if name.as_ref() == "resolve"
            && matches!(module.expr(*object), Expr::Global(global) if global.as_ref() == "Promise"))
}

/// Packages that write logs alone.
pub(super) fn is_logger(package: &str) -> bool {
    const LOGGERS: [&str; 12] = [
        "bunyan", "chalk", "consola", "debug", "kleur", "log4js", "loglevel", "npmlog", "pino", "signale", "tslog",
        "winston",
    ];
    LOGGERS.contains(&package)
}

/// Whether it is what answers, or what its methods gave.
fn responds(module: &Module, expr: ExprId) -> bool {
    match module.expr(expr) {
        Expr::Name(binding) => {
            let binding = module.binding(*binding);
            // `(q, r) => r.end()`.
            is_responder(&binding.name) || binding.kind == BindingKind::Parameter(1) && binding.name.len() <= 2
        }
        Expr::Global(name) => name.ends_with("Response"),
        Expr::Member(object, _) | Expr::Call(object, _) => responds(module, *object),
        _ => false,
    }
}

pub(super) fn is_responder(name: &str) -> bool {
    matches!(
        name,
        "res" | "response" | "reply" | "resp" | "ctx" | "context" | "c" | "h" | "_res" | "NextResponse"
    )
}

/// The name that an expression takes something out of.
pub(super) fn root(module: &Module, expr: ExprId) -> Option<BindingId> {
    match module.expr(expr) {
        Expr::Name(binding) => Some(*binding),
        Expr::Member(object, _) | Expr::Index(object, _) => root(module, *object),
        _ => None,
    }
}

/// Whether an expression mentions one of these names.
pub(super) fn mentions(module: &Module, expr: ExprId, names: &[BindingId]) -> bool {
    let mut is_mentioned = false;
    module.each_part(expr, &mut |part| {
        is_mentioned |= matches!(module.expr(part), Expr::Name(name) if names.contains(name));
    });
    is_mentioned
}

/// What steps return, wherever that stands.
pub(super) fn returns(steps: &[Step], returned: &mut Vec<ExprId>) {
    for step in steps {
        match step {
            Step::Return(Some(expr)) => returned.push(*expr),
            Step::Branch(branch) => branch.arms.iter().for_each(|arm| returns(arm, returned)),
            Step::Do(_) | Step::Bind(..) | Step::Return(None) | Step::Throw(_) | Step::Jump => {}
        }
    }
}
