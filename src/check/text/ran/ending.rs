//! Whether some steps end what runs them: they throw, or leave the process with a status that tells of a failure.

use crate::program::module::{Expr, ExprId, Step};
use crate::program::{At, FunctionAt, Program, Value, path_of};

/// Functions that call each other and are followed.
const DEEPEST: u32 = 3;

/// What becomes of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// What runs it ends, too.
    Counts,
    /// Nobody learns of it.
    Lost,
    /// That is not known.
    Open,
}

impl End {
    /// What holds of a failure that may go either way.
    pub(super) fn either(self, other: Self) -> Self {
        if self == other { self } else { Self::Open }
    }
}

/// How some steps end, in the strongest way that stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    GoesOn,
    /// They throw, or reject a promise.
    Throws,
    /// They leave the process.
    Exits,
}

/// How a function ends that is called with a failure.
pub(super) fn of_function(program: &Program, function: FunctionAt) -> Ending {
    within(program, function, 0)
}

fn within(program: &Program, function: FunctionAt, depth: u32) -> Ending {
    let steps = &program.module(function.module).function(function.function).steps;
    of_steps_within(program, function, steps, depth)
}

/// How some steps of a function end.
pub(super) fn of_steps(program: &Program, function: FunctionAt, steps: &[Step]) -> Ending {
    of_steps_within(program, function, steps, 0)
}

fn of_steps_within(program: &Program, at: FunctionAt, steps: &[Step], depth: u32) -> Ending {
    let each = steps.iter().map(|step| match step {
        Step::Throw(_) => Ending::Throws,
        Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) => of_expression(program, at, *expr, depth),
        Step::Return(None) | Step::Jump => Ending::GoesOn,
        Step::Branch(branch) => {
            let tested = branch.test.map(|test| of_expression(program, at, test, depth));
            let arms = branch.arms.iter().map(|arm| of_steps_within(program, at, arm, depth));
            arms.chain(tested).max().unwrap_or(Ending::GoesOn)
        }
    });
    each.max().unwrap_or(Ending::GoesOn)
}

fn of_expression(program: &Program, at: FunctionAt, expr: ExprId, depth: u32) -> Ending {
    let module = program.module(at.module);
    let mut parts = Vec::new();
    module.each_part(expr, &mut |part| parts.push(part));
    let each = parts.into_iter().map(|part| match module.expr(part) {
        Expr::Call(callee, arguments) => of_call(program, at, *callee, arguments, depth),
        Expr::Assign(_, target, value)
            if is_status(
                program,
                At {
                    module: at.module,
                    expr: *target,
                },
            ) =>
        {
            match module.expr(*value) {
                Expr::Number(status) if *status == 0.0 => Ending::GoesOn,
                _ => Ending::Exits,
            }
        }
        _ => Ending::GoesOn,
    });
    each.max().unwrap_or(Ending::GoesOn)
}

fn of_call(program: &Program, at: FunctionAt, callee: ExprId, arguments: &[ExprId], depth: u32) -> Ending {
    let module = program.module(at.module);
    if exits(
        program,
        At {
            module: at.module,
            expr: callee,
        },
        arguments,
    ) {
        return Ending::Exits;
    }
    // `reject(error)` of the promise around it, and `next(error)` of whoever called.
    if let Expr::Name(name) = module.expr(callee)
        && matches!(module.binding(*name).name.as_ref(), "reject" | "rej" | "next")
        && !arguments.is_empty()
    {
        return Ending::Throws;
    }
    if depth >= DEEPEST {
        return Ending::GoesOn;
    }
    let values = program.values(At {
        module: at.module,
        expr: callee,
    });
    let functions = values.iter().filter_map(|value| match value {
        Value::Function(function) => Some(within(program, *function, depth + 1)),
        _ => None,
    });
    functions.max().unwrap_or(Ending::GoesOn)
}

/// Whether a call leaves the process with a status that tells of a failure: `process.exit(1)`.
pub(super) fn exits(program: &Program, callee: At, arguments: &[ExprId]) -> bool {
    let module = program.module(callee.module);
    let is_process = |object: ExprId| {
        matches!(module.expr(object), Expr::Global(global) if global.as_ref() == "process")
            || is_of_process(program, At { expr: object, ..callee }, "")
    };
    let is_exit = match module.expr(callee.expr) {
        Expr::Member(object, name) => matches!(name.as_ref(), "exit" | "abort" | "reallyExit") && is_process(*object),
        _ => is_of_process(program, callee, "exit") || is_of_process(program, callee, "abort"),
    };
    let is_abort = matches!(module.expr(callee.expr), Expr::Member(_, name) if name.as_ref() == "abort");
    let is_well = match arguments.first().map(|first| module.expr(*first)) {
        None | Some(Expr::Undefined) => true,
        Some(Expr::Number(status)) => *status == 0.0,
        Some(_) => false,
    };
    is_exit && (is_abort || !is_well)
}

/// Whether an expression is something of `node:process`.
fn is_of_process(program: &Program, at: At, name: &str) -> bool {
    let values = program.values(at);
    values.iter().filter_map(path_of).any(|(package, path)| {
        package.strip_prefix("node:").unwrap_or(&package) == "process"
            && (path == name || path == format!("default.{name}"))
    })
}

/// `process.exitCode`
pub(super) fn is_status(program: &Program, target: At) -> bool {
    let module = program.module(target.module);
    match module.expr(target.expr) {
        Expr::Member(object, name) if name.as_ref() == "exitCode" => {
            matches!(module.expr(*object), Expr::Global(global) if global.as_ref() == "process")
                || is_of_process(
                    program,
                    At {
                        expr: *object,
                        ..target
                    },
                    "",
                )
        }
        _ => false,
    }
}
