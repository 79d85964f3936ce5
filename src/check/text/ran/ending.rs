//! Whether some steps end what runs them: they throw, or leave the process with a status that tells of a failure.

use crate::program::module::{Expr, ExprId, Step};
use crate::program::{At, FunctionAt, Program, path_of};

use super::ways::{Look, Ways};

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

/// How some steps end that are handed a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Ending {
    GoesOn,
    /// They throw or leave the process under a condition, and go on where it does not hold.
    Sometimes,
    /// They throw, or reject a promise.
    Throws,
    /// They leave the process.
    Exits,
}

impl Ending {
    /// Whether they end what runs them, whatever the conditions are.
    pub(super) const fn is_sure(self) -> bool {
        matches!(self, Self::Throws | Self::Exits)
    }
}

/// How a function ends that is called with a failure.
pub(super) fn of_function(program: &Program, function: FunctionAt) -> Ending {
    Ways::of_function(program, function, 0).ending()
}

/// How some steps of a function end.
pub(super) fn of_steps(program: &Program, function: FunctionAt, steps: &[Step]) -> Ending {
    let look = Look {
        program,
        at: function,
        depth: 0,
    };
    look.steps(steps).ending()
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
