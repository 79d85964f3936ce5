//! Functions that read the variable of which they are given the name: `required("DATABASE_URL")`.

use std::collections::{BTreeMap, BTreeSet};

use super::names::is_variable;
use super::reads::Reads;
use crate::program::module::{Expr, ExprId};
use crate::program::{At, FunctionAt, ModuleId, Program, Value};

/// Those that are given nothing but names as they are written, wherever they are used: what they read is known.
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
        for (expr, _) in &module.expressions {
            let (Expr::Call(callee, arguments) | Expr::New(callee, arguments)) = expr else {
                continue;
            };
            // `names.forEach(required)`.
            for argument in arguments.iter().filter(|argument| is_one(**argument)) {
                others.extend(meant(*argument).map(|(function, _)| function));
            }
            for (function, index) in is_one(*callee).then(|| meant(*callee)).into_iter().flatten() {
                let name = usize::try_from(index).ok().and_then(|index| arguments.get(index));
                let is_written =
                    name.is_some_and(|name| matches!(module.expr(*name), Expr::Text(text) if is_variable(text)));
                if is_written { &mut named } else { &mut others }.insert(function);
            }
        }
    }
    named.difference(&others).copied().collect()
}
