//! What is done with an event whatever it is, beside what its kind decides.

use crate::program::module::{BindingId, BranchKind, Expr, ExprId, Module, Step};

/// What only says something: to people, or to whoever asks.
const SAYING: [&str; 14] = [
    "captureException",
    "captureMessage",
    "constructEvent",
    "constructEventAsync",
    "debug",
    "end",
    "error",
    "info",
    "json",
    "log",
    "send",
    "status",
    "stringify",
    "warn",
];

/// Whether steps hand something on whose `type` they ask for, outside of what that decides: `await keep(event)` in front of
/// `switch (event.type)`.
pub(super) fn hands_on(module: &Module, steps: &[Step]) -> bool {
    let mut told = Vec::new();
    each_step(steps, true, &mut |expr| {
        module.each_part(expr, &mut |part| told.extend(told_apart(module, part)));
    });
    let mut hands = false;
    each_step(steps, false, &mut |expr| {
        module.each_part(expr, &mut |part| hands |= is_handed(module, part, &told));
    });
    hands
}

/// The name of which an expression asks the type.
fn told_apart(module: &Module, expr: ExprId) -> Option<BindingId> {
    match module.expr(expr) {
        Expr::Member(of, name) if name.as_ref() == "type" => match module.expr(*of) {
            Expr::Name(binding) => Some(*binding),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a call is handed one of these names, or a part of what it stands for.
fn is_handed(module: &Module, call: ExprId, names: &[BindingId]) -> bool {
    let Expr::Call(callee, arguments) = module.expr(call) else {
        return false;
    };
    let called = match module.expr(*callee) {
        Expr::Member(_, name) => name.as_ref(),
        Expr::Name(binding) => module.binding(*binding).name.as_ref(),
        _ => return false,
    };
    let is_of = |argument: &ExprId| {
        let mut is_of = false;
        module.each_part(*argument, &mut |part| {
            is_of |= matches!(module.expr(part), Expr::Name(binding) if names.contains(binding));
        });
        is_of
    };
    !SAYING.contains(&called) && arguments.iter().any(is_of)
}

/// The expressions of steps and of what they try; with `tests`, what branches ask for as well.
fn each_step(steps: &[Step], tests: bool, visit: &mut impl FnMut(ExprId)) {
    for step in steps {
        match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) => visit(*expr),
            Step::Branch(branch) => {
                if let Some(test) = branch.test.filter(|_| tests) {
                    visit(test);
                }
                if branch.kind == BranchKind::Try {
                    branch.arms.iter().for_each(|arm| each_step(arm, tests, visit));
                }
            }
            Step::Throw(_) | Step::Return(None) | Step::Jump => {}
        }
    }
}
