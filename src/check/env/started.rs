//! The functions that modules call as they are loaded: what these stop for stops the start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::program::module::{Expr, ExprId, TOP_LEVEL};
use crate::program::{At, FunctionAt, ModuleId, Program, Reach, Value};

use super::reads::{Reads, Way};

/// How far a call is followed: `start()`, which calls `validate()`, which calls `required()`.
const DEEPEST: usize = 3;

/// What runs as soon as a live module is loaded: its top level, and the functions that this calls, directly or by others.
pub(super) fn at_start(
    program: &Program,
    all: &BTreeMap<ModuleId, Reads>,
    reaches: &[Arc<Reach>],
) -> BTreeSet<FunctionAt> {
    let is_live = |at: FunctionAt| reaches.iter().any(|reach| reach.is_live(at));
    let top = |module: ModuleId| FunctionAt {
        module,
        function: TOP_LEVEL,
    };
    let modules: BTreeSet<ModuleId> = program.modules().map(|(id, _)| id).collect();
    let mut found: BTreeSet<FunctionAt> = modules.into_iter().map(top).filter(|at| is_live(*at)).collect();
    // Calls are only followed where a function stops for something.
    let stops = |(id, reads): (&ModuleId, &Reads)| {
        reads.readings.iter().any(|reading| {
            let at = FunctionAt {
                module: *id,
                function: reading.function,
            };
            reading.way == Way::Demanding && reading.function != TOP_LEVEL && is_live(at)
        })
    };
    if !all.iter().any(stops) {
        return found;
    }
    let mut open: Vec<FunctionAt> = found.iter().copied().collect();
    for _ in 0..DEEPEST {
        let called = open.iter().flat_map(|at| called_in(program, *at));
        open = called.filter(|at| found.insert(*at)).collect();
    }
    found
}

/// The functions that a function calls by their names, or where it writes them down: `(async () => { … })()`.
fn called_in(program: &Program, at: FunctionAt) -> Vec<FunctionAt> {
    let module = program.module(at.module);
    let mut callees: Vec<ExprId> = Vec::new();
    module.each_expr(at.function, &mut |expr| {
        if let Expr::Call(callee, _) = module.expr(expr)
            && matches!(module.expr(*callee), Expr::Name(_) | Expr::Function(_))
        {
            callees.push(*callee);
        }
    });
    let values = callees.into_iter().flat_map(|expr| {
        program.values(At {
            module: at.module,
            expr,
        })
    });
    values
        .filter_map(|value| match value {
            Value::Function(called) => Some(called),
            _ => None,
        })
        .collect()
}
