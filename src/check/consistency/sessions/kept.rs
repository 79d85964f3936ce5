//! Tokens that pages keep where every script reads them.

use crate::model::Place;
use crate::program::module::{Expr, ExprId, Module};
use crate::program::{At, Literal, Program, Reach, Value};

/// Where a page puts a token into the browser's storage: `localStorage.setItem("token", token)`.
pub(super) fn kept(program: &Program, reach: &Reach) -> Option<Place> {
    reach.live().find_map(|function| {
        let module = program.module(function.module);
        let mut found = None;
        module.each_expr(function.function, &mut |expr| {
            let Expr::Call(callee, arguments) = module.expr(expr) else {
                return;
            };
            let at = At {
                module: function.module,
                expr,
            };
            let is_kept = is_storage(module, *callee)
                && arguments
                    .first()
                    .is_some_and(|name| is_token(program, At { expr: *name, ..at }));
            if is_kept && found.is_none() {
                found = Some(program.place(function.module, &module.span(expr)));
            }
        });
        found
    })
}

/// `localStorage.setItem`, `window.sessionStorage.setItem`.
fn is_storage(module: &Module, callee: ExprId) -> bool {
    let Expr::Member(storage, method) = module.expr(callee) else {
        return false;
    };
    let (Expr::Global(name) | Expr::Member(_, name)) = module.expr(*storage) else {
        return false;
    };
    method.as_ref() == "setItem" && matches!(name.as_ref(), "localStorage" | "sessionStorage")
}

fn is_token(program: &Program, name: At) -> bool {
    let is_one = |name: &str| {
        let name = name.to_ascii_lowercase();
        let others = [
            "csrf", "xsrf", "expir", "demo", "reset", "invite", "push", "fcm", "device",
        ];
        let is_named = ["token", "jwt"].iter().any(|word| name.contains(word));
        is_named && !others.iter().any(|word| name.contains(word))
    };
    let named = match program.module(name.module).expr(name.expr) {
        Expr::Name(binding) => is_one(&program.module(name.module).binding(*binding).name),
        _ => false,
    };
    let mut values = program.values(name).into_iter();
    named || values.any(|value| matches!(value, Value::Literal(Literal::Text(text)) if is_one(&text)))
}
