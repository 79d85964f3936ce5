//! Whether a failure that is caught is told further on: by a name that is asked for, or by what is given back.

use crate::program::module::{BindingId, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Program};

use super::ending::{End, exits, of_steps};
use super::follow::shows;

/// What becomes of a failure that a handler does not end with: `catch { failed = true } … if (failed) process.exit(1)`.
pub(super) fn told(program: &Program, at: FunctionAt, handler: &[Step]) -> End {
    let module = program.module(at.module);
    let mut names = Vec::new();
    given(module, handler, &mut names);
    let is_asked = module.around(at.function).any(|function| {
        let at = FunctionAt { function, ..at };
        !names.is_empty() && asked(program, at, &module.function(function).steps, &names)
    });
    match is_asked {
        true => End::Counts,
        false if gives_back(module, handler) => End::Open,
        false => End::Lost,
    }
}

/// Whether steps give something back that may tell of the failure.
pub(super) fn gives_back(module: &Module, steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Return(Some(expr)) => match module.expr(*expr) {
            Expr::Undefined | Expr::Null => false,
            Expr::Call(callee, _) => !shows(module, *callee),
            _ => true,
        },
        Step::Branch(branch) => branch.arms.iter().any(|arm| gives_back(module, arm)),
        _ => false,
    })
}

/// The names that steps give something to.
fn given(module: &Module, steps: &[Step], names: &mut Vec<BindingId>) {
    for step in steps {
        match step {
            Step::Do(expr) => module.each_part(*expr, &mut |part| {
                if let Expr::Assign(_, target, _) | Expr::Unary("++", target) = module.expr(part)
                    && let Expr::Name(name) = module.expr(*target)
                {
                    names.push(*name);
                }
            }),
            Step::Branch(branch) => branch.arms.iter().for_each(|arm| given(module, arm, names)),
            _ => {}
        }
    }
}

/// Whether some step ends by what one of these names holds.
fn asked(program: &Program, at: FunctionAt, steps: &[Step], names: &[BindingId]) -> bool {
    let module = program.module(at.module);
    let mentions = |expr: ExprId| {
        let mut is_there = false;
        module.each_part(expr, &mut |part| {
            is_there |= matches!(module.expr(part), Expr::Name(name) if names.contains(name));
        });
        is_there
    };
    steps.iter().any(|step| match step {
        Step::Branch(branch) => {
            let ends = |arm: &Vec<Step>| of_steps(program, at, arm).is_sure();
            branch.test.is_some_and(mentions) && branch.arms.iter().any(ends)
                || branch.arms.iter().any(|arm| asked(program, at, arm, names))
        }
        Step::Do(expr) | Step::Return(Some(expr)) => {
            let mut is_end = false;
            module.each_part(*expr, &mut |part| {
                if let Expr::Call(callee, arguments) = module.expr(part) {
                    let callee = At {
                        module: at.module,
                        expr: *callee,
                    };
                    is_end |= exits(program, callee, arguments);
                }
            });
            is_end && mentions(*expr)
        }
        _ => false,
    })
}
