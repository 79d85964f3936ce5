//! Limiters that refuse nobody: what they are told to do with one request too many lets it through, or answers nothing.

use crate::artifact::{Requirement, declared};
use crate::check::View;
use crate::model::Component;
use crate::program::module::{Branch, BranchKind, Expr, ExprId, Module, Step};
use crate::program::{FunctionAt, Program, Value};

use super::hands_on::hands_on;
use super::judged::Asked;

/// What express-rate-limit does with one request too many, where it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    /// It refuses it, or nobody knows better.
    Refuses,
    /// It hands it on, and at most tells people.
    HandsOn,
    /// It neither answers nor hands on: what asked waits, and nothing is seen to end it.
    Silent,
}

/// What the `handler` of a limiter does.
pub(super) fn beyond(program: &Program, limiter: &Value) -> Beyond {
    let handlers = program.option_of(limiter, "handler");
    let each: Vec<Beyond> = handlers
        .iter()
        .map(|value| match value {
            Value::Function(function) if hands_on(program, *function) => Beyond::HandsOn,
            Value::Function(function) if is_silent(program.module(function.module), *function) => Beyond::Silent,
            _ => Beyond::Refuses,
        })
        .collect();
    match each.as_slice() {
        [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
        _ => Beyond::Refuses,
    }
}

/// Whether a function names neither the answer nor what hands on, throws nothing, and hands nobody the request, by which
/// the answer can be come by as well.
fn is_silent(module: &Module, at: FunctionAt) -> bool {
    let function = module.function(at.function);
    let names: Vec<_> = function.parameters.iter().flat_map(|one| &one.bindings).collect();
    let Some((request, others)) = names.split_first() else {
        return !throws(&function.steps);
    };
    let is_within = |start: u32, end: u32| function.span.start <= start as usize && end as usize <= function.span.end;
    let mut within = module
        .expressions
        .iter()
        .filter(|(_, span)| is_within(span.start, span.end));
    let is_request = |expr: &ExprId| *module.expr(*expr) == Expr::Name(**request);
    let is_taken = within.any(|(expr, _)| match expr {
        Expr::Name(name) => others.contains(&name),
        Expr::Call(_, arguments) => arguments.iter().any(is_request),
        Expr::Member(object, name) => name.as_ref() == "res" && is_request(object),
        _ => false,
    });
    !is_taken && !function.parameters.iter().any(|one| one.is_rest) && !throws(&function.steps)
}

fn throws(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Throw(_) => true,
        Step::Branch(branch) => branch.arms.iter().any(|arm| throws(arm)),
        _ => false,
    })
}

impl Asked<'_> {
    /// Whether an asynchronous function that Express 4 calls lets an error escape: nobody answers then, and Node.js ends the
    /// process for want of somebody who catches it.
    pub(super) fn escapes(&self, at: FunctionAt) -> bool {
        let module = self.program.module(at.module);
        let function = module.function(at.function);
        self.is_express_4 && function.is_async && function.parameters.len() == 3 && escapes(module, &function.steps)
    }
}

/// Whether steps throw, or wait for a limiter's `consume`, which throws where there were too many.
fn escapes(module: &Module, steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Throw(_) => true,
        Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) => consumes(module, *expr),
        Step::Return(None) | Step::Jump => false,
        Step::Branch(branch) => uncaught(branch).any(|arm| escapes(module, arm)),
    })
}

/// The parts of a statement whose errors leave it.
fn uncaught(branch: &Branch) -> impl Iterator<Item = &Vec<Step>> {
    let caught = usize::from(branch.kind == BranchKind::Try);
    branch.arms.iter().skip(caught)
}

/// `await limiter.consume(key)`.
fn consumes(module: &Module, expr: ExprId) -> bool {
    let Expr::Await(inner) = module.expr(expr) else {
        return false;
    };
    matches!(module.expr(*inner), Expr::Call(callee, _)
        if matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "consume"))
}

/// Whether components declare Express, and none of them another than its fourth version; with `express-async-errors` it
/// answers for what escapes.
pub(super) fn is_express_4(view: &View<'_>, components: &[&Component]) -> bool {
    let (mut found, mut others) = (false, false);
    for component in components {
        let folder = match component.path.as_str() {
            "." => "",
            folder => folder,
        };
        for (_, declared) in declared(view.snapshot, folder) {
            let Ok(declared) = declared else { continue };
            for (dependency, _) in declared.dependencies() {
                match (dependency.name.as_str(), &dependency.requirement) {
                    ("express", Requirement::Range(range)) if is_4(range) => found = true,
                    ("express" | "express-async-errors", _) => others = true,
                    _ => {}
                }
            }
        }
    }
    found && !others
}

/// `^4.18.2`, `4.x`.
fn is_4(range: &str) -> bool {
    let number = range.trim().trim_start_matches(['^', '~', '=', 'v']);
    let rest = number.strip_prefix('4');
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') && !rest.contains(' '))
}
