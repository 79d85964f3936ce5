//! Indicators of Nest's Terminus: what they give back says whether all is well, and nothing is thrown.

use crate::check::code::Truth;
use crate::program::module::{Expr, ExprId, Module, Step};
use crate::program::{FunctionAt, Program, Target};

/// Whether steps of an indicator give back that it is down, which Terminus answers as a failure. Before version 11 that
/// depended on the version. `None` where they say nothing of the kind.
pub(super) fn says_down(program: &Program, function: FunctionAt, steps: &[Step]) -> Option<Truth> {
    let targets = &program.linked(function.module).targets;
    let is_of_terminus =
        |target: &Target| matches!(target, Target::Package(name, _) if name.as_ref() == "@nestjs/terminus");
    if !targets.iter().any(is_of_terminus) {
        return None;
    }
    let module = program.module(function.module);
    let found = steps.iter().filter_map(|step| match step {
        Step::Return(Some(expr)) => said(module, *expr),
        Step::Branch(branch) => {
            let arms = branch.arms.iter().filter_map(|arm| says_down(program, function, arm));
            // What only one of them gives back may not be given back.
            arms.map(|_| unclear()).next()
        }
        _ => None,
    });
    found.last()
}

fn unclear() -> Truth {
    Truth::Unknown(
        "whether what an indicator gives back counts as a failure depends on the version of Terminus".to_owned(),
    )
}

/// `indicator.down()`, `this.getStatus(key, false)`, `{ database: { status: "down" } }`.
fn said(module: &Module, expr: ExprId) -> Option<Truth> {
    match module.expr(expr) {
        Expr::Await(inner) => said(module, *inner),
        Expr::Call(callee, arguments) => match module.expr(*callee) {
            Expr::Member(_, name) if name.as_ref() == "down" => Some(Truth::Yes),
            Expr::Member(_, name) if name.as_ref() == "getStatus" => {
                let is_up = arguments
                    .get(1)
                    .is_some_and(|state| *module.expr(*state) == Expr::Bool(true));
                (!is_up).then(unclear)
            }
            _ => None,
        },
        _ => {
            let mut is_down = false;
            module.each_part(expr, &mut |part| {
                is_down |= matches!(module.expr(part), Expr::Text(text) if text.as_ref() == "down");
            });
            is_down.then(unclear)
        }
    }
}
