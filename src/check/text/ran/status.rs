//! Whether somebody looks at the status of what was run: `if (result.status !== 0) process.exit(1)`.

use crate::program::module::{BindingId, Expr, ExprId, Logical};
use crate::program::{At, FunctionAt};

use super::Ran;
use super::ending::{End, Ending, exits, is_status, of_steps};
use super::follow::shows;
use super::shape::{Stands, stands};

/// Names that are given each other.
const DEEPEST: u32 = 4;

/// What becomes of the status that a call gives.
pub(super) fn looked_at(ran: &Ran, at: FunctionAt, call: ExprId) -> End {
    used(ran, at, call, 0)
}

/// What becomes of a value that has the status.
fn used(ran: &Ran, at: FunctionAt, expr: ExprId, depth: u32) -> End {
    let module = ran.program.module(at.module);
    let shape = ran.shape(at.module);
    let mut inner = expr;
    loop {
        if depth < DEEPEST
            && let Some(end) = named(ran, at, inner, depth)
        {
            return end;
        }
        let Some(whole) = shape.parent(inner) else { break };
        match module.expr(whole) {
            Expr::Assign(_, target, _)
                if is_status(
                    &ran.program,
                    At {
                        module: at.module,
                        expr: *target,
                    },
                ) =>
            {
                return End::Counts;
            }
            Expr::Call(callee, arguments) if *callee != inner => {
                let is_exit = exits(
                    &ran.program,
                    At {
                        module: at.module,
                        expr: *callee,
                    },
                    arguments,
                );
                return match is_exit {
                    true => End::Counts,
                    false if shows(module, *callee) => End::Lost,
                    false => End::Open,
                };
            }
            Expr::Logical(Logical::And | Logical::Or, left, right) if *left == inner && ends(ran, at, *right) => {
                return End::Counts;
            }
            Expr::Conditional(test, yes, no) if *test == inner && (ends(ran, at, *yes) || ends(ran, at, *no)) => {
                return End::Counts;
            }
            _ => {}
        }
        inner = whole;
    }
    match stands(&module.function(at.function).steps, inner) {
        Some(Stands::Tested(arms)) => match arms.iter().map(|arm| of_steps(&ran.program, at, arm)).max() {
            Some(Ending::Exits | Ending::Throws) => End::Counts,
            Some(Ending::Sometimes) => End::Open,
            Some(Ending::GoesOn) | None => End::Lost,
        },
        Some(Stands::Thrown) => End::Counts,
        Some(Stands::Done) => End::Lost,
        Some(Stands::Returned) | None => End::Open,
    }
}

/// What becomes of it by the names that are given it; `None` where there are none.
fn named(ran: &Ran, at: FunctionAt, expr: ExprId, depth: u32) -> Option<End> {
    let module = ran.program.module(at.module);
    let shape = ran.shape(at.module);
    let mut ends = Vec::new();
    let mut is_given = false;
    for (binding, index) in module.bindings.iter().zip(0_u32..) {
        if !binding.given.iter().any(|given| given.value == Some(expr)) {
            continue;
        }
        is_given = true;
        let name = Expr::Name(BindingId(index));
        for ((known, _), index) in module.expressions.iter().zip(0_u32..) {
            let mention = ExprId(index);
            if let (true, Some(owner)) = (*known == name, shape.owner(mention)) {
                let owner = FunctionAt {
                    module: at.module,
                    function: owner,
                };
                ends.push(used(ran, owner, mention, depth + 1));
            }
        }
    }
    is_given.then(|| match ends {
        ends if ends.contains(&End::Counts) => End::Counts,
        ends if ends.contains(&End::Open) => End::Open,
        _ => End::Lost,
    })
}

/// Whether an expression leaves the process.
fn ends(ran: &Ran, at: FunctionAt, expr: ExprId) -> bool {
    let module = ran.program.module(at.module);
    let mut is_end = false;
    module.each_part(expr, &mut |part| {
        if let Expr::Call(callee, arguments) = module.expr(part) {
            is_end |= exits(
                &ran.program,
                At {
                    module: at.module,
                    expr: *callee,
                },
                arguments,
            );
        }
    });
    is_end
}
