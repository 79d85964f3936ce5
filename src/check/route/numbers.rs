//! Which numbers in an expression stand for the status of an answer: `setTimeout(retry, 500)` and `limit(500)` set none.

use crate::program::module::{BindingId, BindingKind, Expr, ExprId};
use crate::program::{At, FunctionAt, Program, Value};

use super::status::{ANSWERS, Fails, is_of_status, status};

/// Words in names of what is handed a status.
const ANSWERING: [&str; 17] = [
    "json",
    "text",
    "html",
    "body",
    "send",
    "respon",
    "reply",
    "status",
    "error",
    "exception",
    "fail",
    "abort",
    "answer",
    "problem",
    "render",
    "unhealthy",
    "http",
];
/// Words in names of what is handed how long to wait, or how many of something.
const MEASURING: [&str; 14] = [
    "timeout", "delay", "sleep", "wait", "limit", "take", "retry", "interval", "throttle", "debounce", "race", "slice",
    "round", "min",
];

/// Whether some number of an expression is the status of a failure, where the whole stands for a status as surely as is meant.
pub(super) fn written(program: &Program, function: FunctionAt, expr: ExprId, meant: Fails) -> Fails {
    Numbers { program, function }.within(expr, meant)
}

/// Whether names stand for a status: they are called so, or handed to what sets one.
pub(super) fn of_names(program: &Program, function: FunctionAt, names: &[BindingId]) -> Fails {
    let module = program.module(function.module);
    let is_called_so = |name: &BindingId| is_of_status(&module.binding(*name).name);
    if names.iter().any(is_called_so) {
        return Fails::Yes;
    }
    let numbers = Numbers { program, function };
    let is_one = |expr: ExprId| matches!(module.expr(expr), Expr::Name(name) if names.contains(name));
    let each = module.expressions.iter().map(|(expr, _)| match expr {
        Expr::Call(callee, arguments) | Expr::New(callee, arguments) => {
            let own = arguments.iter().enumerate().filter(|(_, argument)| is_one(**argument));
            let handed = own.map(|(index, _)| numbers.handed(*callee, arguments, index));
            handed.max().unwrap_or(Fails::No)
        }
        Expr::Object(properties) => {
            let mut own = properties.iter().filter(|property| is_one(property.value));
            is_told(own.any(|property| property.key.as_deref().is_some_and(is_of_status)))
        }
        _ => Fails::No,
    });
    each.max().unwrap_or(Fails::No)
}

struct Numbers<'a> {
    program: &'a Program,
    function: FunctionAt,
}

impl Numbers<'_> {
    fn within(&self, expr: ExprId, meant: Fails) -> Fails {
        let module = self.program.module(self.function.module);
        let of_parts = |whole: &Expr, meant: Fails| {
            let mut found = Fails::No;
            whole.parts(&mut |part| found = found.max(self.within(part, meant)));
            found
        };
        match module.expr(expr) {
            Expr::Number(number) => status(*number).min(meant),
            Expr::Conditional(test, yes, no) => {
                let chosen = self.within(*yes, meant).max(self.within(*no, meant));
                chosen.max(self.within(*test, Fails::No))
            }
            Expr::Assign(_, target, value) => {
                let meant = match module.expr(*target) {
                    Expr::Name(name) => of_names(self.program, self.function, &[*name]),
                    Expr::Member(_, name) => is_told(is_of_status(name)),
                    _ => Fails::No,
                };
                self.within(*value, meant)
            }
            Expr::Object(properties) => {
                let each = properties.iter().map(|property| {
                    let meant = match &property.key {
                        Some(key) => is_told(is_of_status(key)),
                        None => meant,
                    };
                    self.within(property.value, meant)
                });
                each.max().unwrap_or(Fails::No)
            }
            Expr::Call(callee, arguments) | Expr::New(callee, arguments) => {
                let each = arguments.iter().enumerate();
                let each = each.map(|(index, argument)| self.within(*argument, self.handed(*callee, arguments, index)));
                each.max().unwrap_or(Fails::No).max(self.within(*callee, Fails::No))
            }
            whole @ (Expr::Logical(..)
            | Expr::Await(_)
            | Expr::Spread(_)
            | Expr::Sequence(_)
            | Expr::List(_)
            | Expr::Other(_)) => of_parts(whole, meant),
            whole => of_parts(whole, Fails::No),
        }
    }

    /// Whether what a call is handed is a status.
    fn handed(&self, callee: ExprId, arguments: &[ExprId], index: usize) -> Fails {
        let module = self.program.module(self.function.module);
        let name = match module.expr(callee) {
            Expr::Member(_, name) | Expr::Global(name) => name.as_ref(),
            Expr::Name(name) => module.binding(*name).name.as_ref(),
            _ => "",
        };
        if ANSWERS.contains(&name) {
            return is_told(index == 0);
        }
        let name = name.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let is_answer = |argument: &ExprId| {
            matches!(module.expr(*argument), Expr::Name(name)
                if module.binding(*name).kind == BindingKind::Parameter(1))
        };
        if has(&MEASURING) {
            return Fails::No;
        }
        if has(&ANSWERING) || arguments.iter().any(is_answer) {
            return Fails::Yes;
        }
        let at = At {
            module: self.function.module,
            expr: callee,
        };
        // What a function of one's own makes of it was not looked into.
        let values = self.program.values(at);
        match values
            .iter()
            .any(|value| matches!(value, Value::Function(_) | Value::Unknown(_) | Value::Class(..)))
        {
            true => Fails::Maybe,
            false => Fails::No,
        }
    }
}

fn is_told(is_so: bool) -> Fails {
    if is_so { Fails::Yes } else { Fails::No }
}
