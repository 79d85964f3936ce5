//! What a handler does: something, nothing, or always the same.

use crate::program::linked::{FunctionAt, Program};
use crate::program::module::{Expr, ExprId, Module, Step};
use crate::program::values::Value;

/// What a handler does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nature {
    /// It asks, computes or changes something.
    Real,
    /// It answers what is written in it, whatever is asked.
    Constant,
    /// It does nothing.
    Nothing,
    /// It could not be followed.
    Unknown,
}

/// Methods by which a handler answers.
const ANSWERS: [&str; 16] = [
    "json",
    "send",
    "end",
    "status",
    "sendStatus",
    "code",
    "type",
    "set",
    "header",
    "setHeader",
    "redirect",
    "render",
    "text",
    "html",
    "write",
    "writeHead",
];
/// Objects whose methods tell people, not the client.
const TELLING: [&str; 4] = ["console", "logger", "log", "winston"];

/// What the values of a handler do; of several the one that does most.
pub(super) fn nature(program: &Program, handler: &[Value]) -> Nature {
    let each = handler.iter().map(|value| match value {
        Value::Function(function) => of_function(program, *function),
        // What a package's wrapper is given is what it runs.
        Value::Result(_, call) => wrapped(program, *call),
        _ => Nature::Unknown,
    });
    each.reduce(|left, right| match (left, right) {
        (Nature::Real, _) | (_, Nature::Real) => Nature::Real,
        (Nature::Unknown, _) | (_, Nature::Unknown) => Nature::Unknown,
        (Nature::Constant, _) | (_, Nature::Constant) => Nature::Constant,
        (Nature::Nothing, Nature::Nothing) => Nature::Nothing,
    })
    .unwrap_or(Nature::Unknown)
}

fn wrapped(program: &Program, call: super::At) -> Nature {
    let module = program.module(call.module);
    let Expr::Call(_, arguments) = module.expr(call.expr) else {
        return Nature::Unknown;
    };
    let values: Vec<Value> = arguments
        .iter()
        .flat_map(|expr| {
            program.values(super::At {
                module: call.module,
                expr: *expr,
            })
        })
        .filter(|value| matches!(value, Value::Function(_)))
        .collect();
    match values.as_slice() {
        [Value::Function(function)] => of_function(program, *function),
        _ => Nature::Unknown,
    }
}

fn of_function(program: &Program, at: FunctionAt) -> Nature {
    let module = program.module(at.module);
    let function = module.function(at.function);
    if function.steps.is_empty() {
        return Nature::Nothing;
    }
    let mut seen = Seen {
        module,
        answers: false,
        acts: false,
    };
    let parameters: Vec<_> = function
        .parameters
        .iter()
        .flat_map(|parameter| parameter.bindings.clone())
        .collect();
    for step in &function.steps {
        seen.step(step, &parameters);
    }
    match (seen.acts, seen.answers) {
        (true, _) => Nature::Real,
        (false, true) => Nature::Constant,
        (false, false) => Nature::Nothing,
    }
}

struct Seen<'a> {
    module: &'a Module,
    answers: bool,
    acts: bool,
}

impl Seen<'_> {
    fn step(&mut self, step: &Step, parameters: &[crate::program::module::BindingId]) {
        match step {
            Step::Return(Some(expr)) => {
                self.answers |= !matches!(self.module.expr(*expr), Expr::Undefined);
                self.expression(*expr, parameters);
            }
            Step::Do(expr) | Step::Bind(_, expr) | Step::Throw(expr) => self.expression(*expr, parameters),
            Step::Return(None) | Step::Jump => {}
            Step::Branch(branch) => {
                if let Some(test) = branch.test {
                    self.expression(test, parameters);
                }
                for step in branch.arms.iter().flatten() {
                    self.step(step, parameters);
                }
            }
        }
    }

    fn expression(&mut self, expr: ExprId, parameters: &[crate::program::module::BindingId]) {
        let module = self.module;
        module.each_part(expr, &mut |part| match module.expr(part) {
            Expr::Call(callee, _) => match module.expr(*callee) {
                Expr::Member(object, name)
                    if ANSWERS.contains(&name.as_ref()) && is_about(module, *object, parameters) =>
                {
                    self.answers = true;
                }
                Expr::Member(object, _) if is_telling(module, *object) => {}
                Expr::Member(object, name) if is_clock(module, *object, name) => {}
                // `next()` hands on.
                Expr::Name(binding) if parameters.contains(binding) => {}
                _ => self.acts = true,
            },
            Expr::New(callee, _) => {
                let is_date =
                    matches!(module.expr(*callee), Expr::Global(name) if matches!(name.as_ref(), "Date" | "Response"));
                self.acts |= !is_date;
            }
            Expr::Await(_) | Expr::Tagged(..) | Expr::Yield(_) => self.acts = true,
            _ => {}
        });
    }
}

/// Whether an object is one of the function's own parameters, or what its methods gave.
fn is_about(module: &Module, expr: ExprId, parameters: &[crate::program::module::BindingId]) -> bool {
    match module.expr(expr) {
        Expr::Name(binding) => parameters.contains(binding),
        Expr::Global(name) => matches!(name.as_ref(), "Response"),
        Expr::Member(object, _) | Expr::Call(object, _) => is_about(module, *object, parameters),
        _ => false,
    }
}

fn is_telling(module: &Module, expr: ExprId) -> bool {
    match module.expr(expr) {
        Expr::Global(name) => TELLING.contains(&name.as_ref()),
        Expr::Name(binding) => TELLING.contains(&module.binding(*binding).name.as_ref()),
        Expr::Member(_, name) => TELLING.contains(&name.as_ref()),
        _ => false,
    }
}

/// `Date.now()`, `process.uptime()`, `new Date().toISOString()`.
fn is_clock(module: &Module, object: ExprId, name: &str) -> bool {
    match module.expr(object) {
        Expr::Global(global) => matches!(
            (global.as_ref(), name),
            ("Date", "now") | ("process", _) | ("NextResponse", "json") | ("Math", _)
        ),
        Expr::New(callee, _) => matches!(module.expr(*callee), Expr::Global(global) if global.as_ref() == "Date"),
        // `NextResponse.json({ … })`.
        Expr::Name(binding) => module.binding(*binding).name.as_ref() == "NextResponse" && name == "json",
        _ => false,
    }
}
