//! Conditions that are known before anything runs: what production never does is not reached.

use super::{BindingKind, Branch, BranchKind, Expr, ExprId, Logical, Module};

/// Names of names that are followed.
const DEEPEST: u32 = 6;

/// Whether an arm never runs in production: behind `if (false)`, `if (process.env.NODE_ENV === "development")`.
pub(in crate::program) fn is_dead(module: &Module, branch: &Branch, arm: usize) -> bool {
    let test = branch.test.filter(|_| branch.kind == BranchKind::If);
    let known = test.and_then(|test| in_production(module, test, 0));
    known.is_some_and(|known| known != (arm == 0))
}

fn in_production(module: &Module, test: ExprId, depth: u32) -> Option<bool> {
    if depth > DEEPEST {
        return None;
    }
    let more = |part: ExprId| in_production(module, part, depth + 1);
    match module.expr(test) {
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
        Expr::Binary(operator @ ("==" | "===" | "!=" | "!=="), left, right) => {
            let said = match (module.expr(*left), module.expr(*right)) {
                (Expr::Text(said), _) if is_environment(module, *right) => said,
                (_, Expr::Text(said)) if is_environment(module, *left) => said,
                _ => return None,
            };
            Some((said.as_ref() == "production") == operator.starts_with("=="))
        }
        Expr::Member(object, name) if is_meta_environment(module, *object) => match name.as_ref() {
            "DEV" => Some(false),
            "PROD" => Some(true),
            _ => None,
        },
        Expr::Name(name) => {
            let binding = module.binding(*name);
            match (&binding.kind, binding.given.as_slice()) {
                (BindingKind::Constant, [given]) if given.path.is_empty() => more(given.value?),
                _ => None,
            }
        }
        _ => None,
    }
}

/// `process.env.NODE_ENV`.
fn is_environment(module: &Module, expr: ExprId) -> bool {
    let Expr::Member(object, name) = module.expr(expr) else {
        return false;
    };
    let Expr::Member(process, env) = module.expr(*object) else {
        return false;
    };
    let is_process = matches!(module.expr(*process), Expr::Global(global) if global.as_ref() == "process");
    name.as_ref() == "NODE_ENV" && env.as_ref() == "env" && is_process
}

/// `import.meta.env`.
fn is_meta_environment(module: &Module, expr: ExprId) -> bool {
    matches!(module.expr(expr), Expr::Member(meta, env)
        if env.as_ref() == "env" && matches!(module.expr(*meta), Expr::Meta(_)))
}
