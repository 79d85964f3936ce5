//! What is put into an options object after it is written: `options.expiresIn = "1h"`.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::program::module::{BindingId, Expr, TOP_LEVEL};
use crate::program::{At, Filled, ModuleId, Program, Value};

/// Something that is put where a key leads, or around it.
pub(super) struct Put {
    /// What; `None` where that could not be followed.
    pub(super) value: Option<At>,
    /// How many of the keys lead to it; the others lead on within it.
    pub(super) keys: usize,
    /// Whether it is there whenever the call is made.
    pub(super) is_sure: bool,
    start: usize,
}

/// All that is put into the object of an argument where these keys lead, in the order of the file.
pub(super) fn puts(program: &Program, call: At, argument: At, keys: &[String]) -> Vec<Put> {
    let mut puts = Vec::new();
    for (module, binding) in holders(program, argument) {
        for filled in program.filled(module, binding) {
            let Some(mut put) = put(module, filled, keys) else {
                continue;
            };
            put.is_sure = module == call.module && is_sure(program, call, binding, filled);
            put.start = program.module(module).span(filled.expr).start;
            puts.push(put);
        }
        for (passed, index) in program.handed_on(module, binding) {
            if module != call.module || *passed != call.expr {
                let at = At { module, expr: *passed };
                puts.extend(by_function(program, at, *index, keys));
            }
        }
    }
    puts.sort_by_key(|put| put.start);
    puts
}

fn put(module: ModuleId, filled: &Filled, keys: &[String]) -> Option<Put> {
    let is_there = |(part, key): (&Option<Arc<str>>, &String)| part.as_deref().is_none_or(|part| part == key);
    let leads = filled.path.len() <= keys.len() && filled.path.iter().zip(keys).all(is_there);
    let is_known = filled.path.iter().all(Option::is_some);
    leads.then_some(Put {
        value: filled.value.filter(|_| is_known).map(|expr| At { module, expr }),
        keys: filled.path.len(),
        is_sure: false,
        start: 0,
    })
}

/// A function of the program that is handed the object may fill it.
fn by_function(program: &Program, call: At, index: usize, keys: &[String]) -> Option<Put> {
    let Expr::Call(callee, _) = program.module(call.module).expr(call.expr) else {
        return None;
    };
    let callee = At {
        module: call.module,
        expr: *callee,
    };
    let fills = program.values(callee).into_iter().any(|value| match value {
        Value::Function(function) => {
            let known = program.module(function.module).function(function.function);
            let names = known
                .parameters
                .get(index)
                .map_or(&[][..], |parameter| &parameter.bindings);
            names.iter().any(|name| {
                let filled = program.filled(function.module, *name);
                filled.iter().any(|filled| put(function.module, filled, keys).is_some())
            })
        }
        _ => false,
    });
    fills.then_some(Put {
        value: None,
        keys: 0,
        is_sure: false,
        start: program.module(call.module).span(call.expr).start,
    })
}

/// The names that hold the object: the argument's own, and those that it was given to where it is written.
fn holders(program: &Program, argument: At) -> BTreeSet<(ModuleId, BindingId)> {
    let mut holders = BTreeSet::new();
    if let Expr::Name(binding) = program.module(argument.module).expr(argument.expr) {
        holders.insert((argument.module, *binding));
    }
    for value in program.values(argument) {
        if let Value::Object(object) = value {
            let names = program.holders(object).iter();
            holders.extend(names.map(|binding| (object.module, *binding)));
        }
    }
    holders
}

/// Whether it is put there on every way to the call: before it in the same function, and under no condition.
fn is_sure(program: &Program, call: At, binding: BindingId, filled: &Filled) -> bool {
    let module = program.module(call.module);
    let at = module.span(call.expr);
    let around = &module.function(filled.function).span;
    let is_within = filled.function == TOP_LEVEL || around.start <= at.start && at.end <= around.end;
    let is_given_once = module.binding(binding).given.len() <= 1;
    filled.is_plain && is_within && is_given_once && module.span(filled.expr).end <= at.start
}
