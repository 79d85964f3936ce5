//! Who refuses somebody: whoever does so knows users.

use crate::program::module::{Expr, ExprId, Module};
use crate::program::{FunctionAt, Program};

/// Whether a function answers that somebody is unknown: whoever does so knows users. Who looks whether others answered so
/// does not.
pub(super) fn refuses(program: &Program, at: FunctionAt) -> bool {
    const UNKNOWN: f64 = 401.0;
    let module = program.module(at.module);
    let (mut compared, mut refuses) = (Vec::new(), false);
    module.each_expr(at.function, &mut |expr| {
        if let Expr::Binary(_, left, right) = module.expr(expr) {
            compared.extend([*left, *right]);
        }
    });
    module.each_expr(at.function, &mut |expr| {
        refuses |= !compared.contains(&expr)
            && match module.expr(expr) {
                Expr::Number(number) => *number == UNKNOWN,
                Expr::Text(text) => text.to_ascii_lowercase().starts_with("unauthori"),
                Expr::Member(_, name) => name.to_ascii_lowercase().starts_with("unauthori"),
                Expr::Name(name) => module.binding(*name).name.starts_with("Unauthori"),
                _ => false,
            };
    });
    refuses
}

/// Whether an expression says that somebody is unknown, or may not.
pub(super) fn is_refusal(module: &Module, expr: ExprId) -> bool {
    const UNKNOWN: f64 = 401.0;
    const FORBIDDEN: f64 = 403.0;
    let says = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("unauthori") || text.contains("forbidden") || text == "401" || text == "403"
    };
    match module.expr(expr) {
        Expr::Number(number) => *number == UNKNOWN || *number == FORBIDDEN,
        Expr::Text(text) => says(text),
        Expr::Member(_, name) => says(name),
        Expr::Name(name) => says(&module.binding(*name).name),
        _ => false,
    }
}
