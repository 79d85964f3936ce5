//! Functions that read the variable of which they are given the name: `required("DATABASE_URL")`.

use std::collections::{BTreeMap, BTreeSet};

use super::names::is_variable;
use super::reads::Reads;
use crate::program::module::{Expr, ExprId, FunctionId, TOP_LEVEL};
use crate::program::{At, FunctionAt, ModuleId, Program, Value};

/// Those that are given nothing but names as they are written, wherever they are used, and nothing when a module is
/// loaded: what they read is known, and that they validate nothing when the program starts.
pub(super) fn asked_by_name(program: &Program, all: &BTreeMap<ModuleId, Reads>) -> BTreeSet<FunctionAt> {
    let mut getters: BTreeMap<FunctionAt, u32> = BTreeMap::new();
    for (&module, reads) in all {
        let is_open = |function| reads.handing.iter().any(|(handing, _)| *handing == function);
        let own = reads.getters.iter().filter(|(function, ..)| is_open(*function));
        getters.extend(own.map(|&(function, index, _)| (FunctionAt { module, function }, index)));
    }
    let names: BTreeSet<&str> = getters
        .keys()
        .filter_map(|at| program.module(at.module).function(at.function).name.as_deref())
        .collect();
    if names.is_empty() {
        return BTreeSet::new();
    }
    let (mut named, mut others) = (BTreeSet::new(), BTreeSet::new());
    for (id, linked) in program.modules() {
        let module = &linked.module;
        let is_one = |expr: ExprId| match module.expr(expr) {
            Expr::Name(binding) => names.contains(&*module.binding(*binding).name),
            Expr::Member(_, name) => names.contains(&**name),
            _ => false,
        };
        let meant = |expr: ExprId| {
            let values = program.values(At { module: id, expr }).into_iter();
            values.filter_map(|value| match value {
                Value::Function(function) => getters.get(&function).map(|index| (function, *index)),
                _ => None,
            })
        };
        let functions = (0..module.functions.len()).filter_map(|index| u32::try_from(index).ok().map(FunctionId));
        for function in functions {
            let mut calls = Vec::new();
            module.each_expr(function, &mut |expr| {
                if let Expr::Call(callee, arguments) | Expr::New(callee, arguments) = module.expr(expr) {
                    calls.push((*callee, arguments));
                }
            });
            for (callee, arguments) in calls {
                // `names.forEach(required)`.
                for argument in arguments.iter().filter(|argument| is_one(**argument)) {
                    others.extend(meant(*argument).map(|(getter, _)| getter));
                }
                for (getter, index) in is_one(callee).then(|| meant(callee)).into_iter().flatten() {
                    let name = usize::try_from(index).ok().and_then(|index| arguments.get(index));
                    let is_written =
                        name.is_some_and(|name| matches!(module.expr(*name), Expr::Text(text) if is_variable(text)));
                    // Who asks for some as soon as it is loaded may ask for all that matter.
                    let is_late = function != TOP_LEVEL;
                    if is_written && is_late { &mut named } else { &mut others }.insert(getter);
                }
            }
        }
    }
    named.difference(&others).copied().collect()
}
