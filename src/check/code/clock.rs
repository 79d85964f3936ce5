//! Whether a call is only made by the clock, for a job or by an event of the process, and never for a request.

use std::collections::BTreeSet;

use crate::program::module::{Binding, BindingId, BindingKind, Expr, ExprId, FunctionId};
use crate::program::{At, FunctionAt, JobRole, Program, Value, jobs, path_of};

/// Functions that call each other and are followed.
const DEEPEST: u32 = 4;
/// What calls what it is given later.
const TIMERS: [&str; 3] = ["setInterval", "setTimeout", "setImmediate"];
/// Packages whose events are those of jobs.
const OF_JOBS: [&str; 7] = ["agenda", "bee-queue", "bull", "bullmq", "cron", "node-cron", "pg-boss"];

/// The functions that something else than a request calls.
pub(super) fn by_the_clock(program: &Program) -> BTreeSet<FunctionAt> {
    let known = jobs(program);
    let consumers = known.sites.iter().filter(|site| site.role == JobRole::Consumer);
    let handlers = consumers.flat_map(|site| &site.handlers);
    let mut found: BTreeSet<FunctionAt> = handlers
        .chain(known.schedules.iter().flat_map(|schedule| &schedule.handlers))
        .copied()
        .collect();
    for (id, linked) in program.modules() {
        for (expr, _) in &linked.module.expressions {
            let Expr::Call(callee, arguments) = expr else { continue };
            let at = At {
                module: id,
                expr: *callee,
            };
            if arguments.is_empty() || !waits(program, at) {
                continue;
            }
            for argument in arguments {
                let values = program.values(At {
                    module: id,
                    expr: *argument,
                });
                found.extend(values.into_iter().filter_map(|value| match value {
                    Value::Function(function) => Some(function),
                    _ => None,
                }));
            }
        }
    }
    found
}

/// Whether what is called calls what it is given when time has passed, or when the process or a job tells of something.
fn waits(program: &Program, callee: At) -> bool {
    let module = program.module(callee.module);
    match module.expr(callee.expr) {
        Expr::Global(name) => TIMERS.contains(&name.as_ref()),
        Expr::Member(object, name) if matches!(name.as_ref(), "on" | "once" | "addListener") => {
            let is_of_jobs = |object: ExprId| {
                let values = program.values(At { expr: object, ..callee });
                let mut packages = values.iter().filter_map(path_of).map(|(package, _)| package);
                packages.any(|package| OF_JOBS.contains(&package.as_ref()) || package.ends_with("process"))
            };
            matches!(module.expr(*object), Expr::Global(global) if global.as_ref() == "process") || is_of_jobs(*object)
        }
        _ => false,
    }
}

/// Whether a function runs in no other way.
pub(super) fn only(program: &Program, later: &BTreeSet<FunctionAt>, function: FunctionAt) -> bool {
    within(program, later, function, 0)
}

fn within(program: &Program, later: &BTreeSet<FunctionAt>, function: FunctionAt, depth: u32) -> bool {
    let module = program.module(function.module);
    let around: Vec<FunctionAt> = module
        .around(function.function)
        .map(|inner| FunctionAt {
            function: inner,
            ..function
        })
        .collect();
    if around.iter().any(|outer| later.contains(outer)) {
        return true;
    }
    if depth >= DEEPEST {
        return false;
    }
    // What nobody is seen to call may be called by anything.
    around.iter().any(|outer| {
        let users = users(program, *outer);
        !users.is_empty() && users.iter().all(|user| within(program, later, *user, depth + 1))
    })
}

/// The functions that call one, or hand it on in its own module: `clean().catch(report)`.
fn users(program: &Program, function: FunctionAt) -> Vec<FunctionAt> {
    let module = program.module(function.module);
    let mut found: Vec<FunctionAt> = program
        .callers_by_name(function)
        .into_iter()
        .map(|(caller, _)| caller)
        .collect();
    let is_it = |binding: &Binding| {
        let mut given = binding.given.iter().filter_map(|given| given.value);
        binding.kind == BindingKind::Function(function.function)
            || given.any(|value| *module.expr(value) == Expr::Function(function.function))
    };
    let names = module
        .bindings
        .iter()
        .zip(0_u32..)
        .filter(|(binding, _)| is_it(binding));
    for (_, index) in names {
        let users = module.functions.iter().zip(0_u32..);
        let users = users.filter(|(user, _)| user.mentions.contains(&BindingId(index)));
        found.extend(users.map(|(_, user)| FunctionAt {
            function: FunctionId(user),
            ..function
        }));
    }
    found.sort_unstable();
    found.dedup();
    // Where it calls itself it is reached already.
    found.retain(|user| *user != function);
    found
}
