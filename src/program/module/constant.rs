//! Conditions that are known before anything runs: what production never does is not reached.

use std::sync::Arc;

use super::{BindingKind, Expr, ExprId, Logical, Module};

/// Conditions within conditions, and names of names, that are followed.
const DEEPEST: u32 = 8;

/// What is known of the parts of a condition: by one module alone, or by a whole program.
pub(in crate::program) trait Facts {
    /// The module that the condition stands in.
    fn module(&self) -> &Module;

    /// The text that an expression is.
    fn text(&self, expr: ExprId) -> Option<Arc<str>>;

    /// Whether it is `NODE_ENV`: production sets it.
    fn is_environment(&self, expr: ExprId) -> bool;

    /// Whether two that are compared are the same as soon as the file is started itself.
    fn is_started(&self, left: ExprId, right: ExprId) -> bool;

    /// What a name or a member is; deeper conditions start at this depth.
    fn named(&self, expr: ExprId, depth: u32) -> Option<bool>;
}

/// What a condition is in production, where `NODE_ENV` and constants alone decide: `NODE_ENV === "production"`, `!isTest`.
pub(in crate::program) fn in_production(facts: &impl Facts, test: ExprId, depth: u32) -> Option<bool> {
    if depth > DEEPEST {
        return None;
    }
    let more = |part: ExprId| in_production(facts, part, depth + 1);
    match facts.module().expr(test) {
        Expr::Bool(known) => Some(*known),
        Expr::Unary("!", inner) => Some(!more(*inner)?),
        Expr::Logical(Logical::And, left, right) => match (more(*left), more(*right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Expr::Logical(Logical::Or, left, right) => match (more(*left), more(*right)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Expr::Sequence(parts) => more(*parts.last()?),
        Expr::Binary(operator @ ("==" | "===" | "!=" | "!=="), left, right) => {
            if facts.is_started(*left, *right) || facts.is_started(*right, *left) {
                return Some(operator.starts_with("=="));
            }
            let said = match (facts.text(*right), facts.text(*left)) {
                (Some(said), _) if facts.is_environment(*left) => said,
                (_, Some(said)) if facts.is_environment(*right) => said,
                _ => return None,
            };
            Some((said.as_ref() == "production") == operator.starts_with("=="))
        }
        Expr::Member(object, name) if is_meta_environment(facts.module(), *object) => match name.as_ref() {
            "DEV" => Some(false),
            "PROD" => Some(true),
            _ => None,
        },
        Expr::Name(_) | Expr::Member(..) => facts.named(test, depth + 1),
        _ => None,
    }
}

/// The same by one module alone.
pub(in crate::program) fn known_alone(module: &Module, test: ExprId) -> Option<bool> {
    in_production(&Alone(module), test, 0)
}

/// What one module says of its conditions, before it is joined with others.
struct Alone<'a>(&'a Module);

impl Module {
    /// What a condition of this module is in production, where `NODE_ENV` and its own constants alone decide.
    pub fn in_production(&self, test: ExprId) -> Option<bool> {
        known_alone(self, test)
    }
}

impl Facts for Alone<'_> {
    fn module(&self) -> &Module {
        self.0
    }

    fn text(&self, expr: ExprId) -> Option<Arc<str>> {
        match self.0.expr(expr) {
            Expr::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// `process.env.NODE_ENV`, and `env.NODE_ENV` of an environment that was checked: nobody calls anything else so.
    fn is_environment(&self, expr: ExprId) -> bool {
        matches!(self.0.expr(expr), Expr::Member(_, name) if name.as_ref() == "NODE_ENV")
    }

    fn is_started(&self, _left: ExprId, _right: ExprId) -> bool {
        // Who starts the file is told by others.
        false
    }

    fn named(&self, expr: ExprId, depth: u32) -> Option<bool> {
        let Expr::Name(name) = self.0.expr(expr) else {
            return None;
        };
        let binding = self.0.binding(*name);
        match (&binding.kind, binding.given.as_slice()) {
            (BindingKind::Constant, [given]) if given.path.is_empty() => in_production(self, given.value?, depth),
            _ => None,
        }
    }
}

impl Module {
    /// `process.exit(…)`, `process.abort()`: nothing runs after it.
    pub fn ends_all(&self, expr: ExprId) -> bool {
        matches!(self.asked_of_process(expr), Some(("exit" | "abort", _)))
    }

    /// What a call asks the process to do, and with which arguments: `process.exit(1)`.
    pub fn asked_of_process(&self, call: ExprId) -> Option<(&str, &[ExprId])> {
        let Expr::Call(callee, arguments) = self.expr(call) else {
            return None;
        };
        let Expr::Member(object, name) = self.expr(*callee) else {
            return None;
        };
        matches!(self.expr(*object), Expr::Global(global) if global.as_ref() == "process")
            .then(|| (name.as_ref(), &**arguments))
    }
}

/// `import.meta.env`.
fn is_meta_environment(module: &Module, expr: ExprId) -> bool {
    matches!(module.expr(expr), Expr::Member(meta, env)
        if env.as_ref() == "env" && matches!(module.expr(*meta), Expr::Meta(_)))
}
