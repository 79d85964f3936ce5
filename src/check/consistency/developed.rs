//! Routes that a server has where it is developed alone: `if (!isProduction) router.post("/seed", …)`.

use crate::program::Program;
use crate::program::module::{Expr, FunctionId, FunctionKind, Module};

use super::address::{Part, answered, fits, is_catch_all, requested};
use super::requests::Call;

/// The methods and paths that are registered in what production never does, as they are written there: what their routers
/// are mounted at is not looked for.
pub(super) fn developed(program: &Program) -> Vec<(String, Vec<Part>)> {
    let mut found = Vec::new();
    for (_, linked) in program.modules() {
        let module = &linked.module;
        let each = (0_u32..).map(FunctionId).zip(&module.functions);
        for (id, _) in each.filter(|(_, function)| function.kind == FunctionKind::Never) {
            module.each_expr(id, &mut |expr| found.extend(registered(module, module.expr(expr))));
        }
    }
    found
}

/// `router.post("/path", …)`
fn registered(module: &Module, call: &Expr) -> Option<(String, Vec<Part>)> {
    let Expr::Call(callee, arguments) = call else {
        return None;
    };
    let Expr::Member(_, name) = module.expr(*callee) else {
        return None;
    };
    let method = match &**name {
        "get" | "post" | "put" | "patch" | "delete" => name.to_ascii_uppercase(),
        "all" | "use" => "*".to_owned(),
        _ => return None,
    };
    let [path, _, ..] = &**arguments else { return None };
    let Expr::Text(path) = module.expr(*path) else {
        return None;
    };
    let mut answer = answered(path);
    if &**name == "use" {
        answer.push(Part::Rest);
    }
    (path.starts_with('/') && !is_catch_all(&answer)).then_some((method, answer))
}

/// Whether one of them may be what a request asks for, wherever it is mounted.
pub(super) fn is_answered_in(developed: &[(String, Vec<Part>)], call: &Call) -> bool {
    let request = requested(&call.path);
    developed.iter().any(|(method, answer)| {
        let is_method = method == "*" || call.method.as_deref().is_none_or(|asked| asked == method);
        let is_behind = |skipped: usize| match &request[skipped..] {
            [] => false,
            rest => fits(rest, answer),
        };
        is_method && (0..request.len()).any(is_behind)
    })
}
