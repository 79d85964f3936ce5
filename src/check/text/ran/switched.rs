//! Whether a variable of the environment that nobody here sets says whether something is started at all.

use std::sync::Arc;

use crate::check::code::flag_of;
use crate::program::module::{BranchKind, ExprId, Step};
use crate::program::{At, FunctionAt, Value};

use super::Ran;
use super::ending::{Ending, of_steps};

/// Functions that call each other and are followed.
const DEEPEST: u32 = 3;

/// The variable by which nobody knows whether a call of a function is made.
pub(super) fn by(ran: &Ran, at: FunctionAt, call: ExprId) -> Option<Arc<str>> {
    within(ran, at, call, 0)
}

fn within(ran: &Ran, at: FunctionAt, call: ExprId, depth: u32) -> Option<Arc<str>> {
    let own = At {
        module: at.module,
        expr: call,
    };
    let is_open = |name: &Arc<str>| ran.settings.leaves_open(name);
    let chosen = flag_of(&ran.program, at, own).filter(is_open);
    if let Some(name) = chosen.or_else(|| left_before(ran, at, call).filter(is_open)) {
        return Some(name);
    }
    if depth >= DEEPEST {
        return None;
    }
    // One call that no variable switches is enough.
    let callers = ran.program.callers_by_name(at);
    let mut names = callers
        .into_iter()
        .map(|(caller, call)| within(ran, caller, call, depth + 1));
    let first = names.next()??;
    names.all(|name| name.is_some()).then_some(first)
}

/// `if (process.env.SKIP_MIGRATIONS) return;` before it.
fn left_before(ran: &Ran, at: FunctionAt, call: ExprId) -> Option<Arc<str>> {
    let module = ran.program.module(at.module);
    let place = module.span(call).start;
    let steps = &module.function(at.function).steps;
    steps.iter().find_map(|step| {
        let Step::Branch(branch) = step else { return None };
        let leaves = |arm: &Vec<Step>| {
            let is_end = matches!(arm.last(), Some(Step::Return(_))) || leaves_well(ran, at, arm);
            is_end && of_steps(&ran.program, at, arm) == Ending::GoesOn
        };
        let is_way_out = branch.kind == BranchKind::If && branch.span.end <= place && branch.arms.iter().any(leaves);
        let test = branch.test.filter(|_| is_way_out)?;
        let mut parts = Vec::new();
        module.each_part(test, &mut |part| parts.push(part));
        let values = parts.into_iter().flat_map(|expr| {
            ran.program.values(At {
                module: at.module,
                expr,
            })
        });
        values.into_iter().find_map(|value| match value {
            Value::Environment(name) if name.as_ref() != "NODE_ENV" => Some(name),
            _ => None,
        })
    })
}

/// Whether steps end with `process.exit(0)`.
fn leaves_well(ran: &Ran, at: FunctionAt, arm: &[Step]) -> bool {
    let Some(Step::Do(expr)) = arm.last() else {
        return false;
    };
    super::ways::is_well_left(
        &ran.program,
        At {
            module: at.module,
            expr: *expr,
        },
    )
}
