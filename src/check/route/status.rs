//! Whether code answers with the status of a server's failure.

use crate::program::module::{BindingId, BindingKind, BranchKind, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Literal, Program, Value, path_of};

use super::numbers;

/// Calls that set a status.
pub(super) const ANSWERS: [&str; 4] = ["status", "code", "sendStatus", "writeHead"];

/// Keys that do.
pub(in crate::check) const KEYS: [&str; 2] = ["status", "statusCode"];

/// Whether a name is that of an answer's status: `status`, `statusCode`, `httpStatus`, `code`.
pub(in crate::check) fn is_of_status(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("status") || name.ends_with("code")
}

/// Helpers that are handed the answer, and functions within functions.
pub(super) const DEEPEST: u32 = 3;

/// Whether code answers with the status of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fails {
    No,
    Maybe,
    Yes,
}

/// Looks for such statuses.
pub(super) struct Statuses<'a> {
    pub(super) program: &'a Program,
}

impl<'a> Statuses<'a> {
    fn module(&self, function: FunctionAt) -> &'a Module {
        self.program.module(function.module)
    }

    /// Whether a function answers so, or throws.
    pub(super) fn fails(&self, function: FunctionAt, depth: u32) -> Fails {
        let steps = &self.module(function).function(function.function).steps;
        self.steps_fail(function, steps, depth)
    }

    /// Whether steps answer with the status of a failure, or throw. What only another error's `catch` does is left out.
    pub(super) fn steps_fail(&self, function: FunctionAt, steps: &[Step], depth: u32) -> Fails {
        let each = steps.iter().map(|step| match step {
            Step::Throw(_) => Fails::Yes,
            Step::Do(expr) => self.fails_in(function, *expr, Fails::No, depth),
            Step::Bind(names, expr) => {
                let meant = numbers::of_names(self.program, function, names);
                self.fails_in(function, *expr, meant, depth)
            }
            Step::Return(Some(expr)) => self.fails_in(function, *expr, Fails::Yes, depth),
            Step::Return(None) | Step::Jump => Fails::No,
            Step::Branch(branch) => {
                let test = branch
                    .test
                    .map_or(Fails::No, |test| self.fails_in(function, test, Fails::No, depth));
                let arms = branch.arms.iter().enumerate();
                let arms = arms.filter(|(index, _)| branch.kind != BranchKind::Try || *index != 1);
                let arms = arms.map(|(index, arm)| match (branch.kind, index, branch.arms.get(1)) {
                    // What is thrown there ends where it is caught.
                    (BranchKind::Try, 0, Some(handler)) if !handler.is_empty() && throws(arm) => {
                        self.steps_fail(function, handler, depth)
                    }
                    _ => self.steps_fail(function, arm, depth),
                });
                arms.max().unwrap_or(Fails::No).max(test)
            }
        });
        each.max().unwrap_or(Fails::No)
    }

    /// The same of a handler, whose answer may be what a helper gives back: `return responses.serviceUnavailable()`.
    pub(super) fn handler_fails(&self, function: FunctionAt) -> Fails {
        let steps = &self.module(function).function(function.function).steps;
        self.fails(function, DEEPEST)
            .max(self.given_back_fails(function, steps))
    }

    fn given_back_fails(&self, function: FunctionAt, steps: &[Step]) -> Fails {
        let each = steps.iter().map(|step| match step {
            Step::Return(Some(expr)) => self.helper_fails(function, *expr),
            Step::Branch(branch) => {
                let arms = branch.arms.iter().enumerate();
                let arms = arms.filter(|(index, _)| branch.kind != BranchKind::Try || *index != 1);
                let arms = arms.map(|(_, arm)| self.given_back_fails(function, arm));
                arms.max().unwrap_or(Fails::No)
            }
            _ => Fails::No,
        });
        each.max().unwrap_or(Fails::No)
    }

    fn helper_fails(&self, function: FunctionAt, expr: ExprId) -> Fails {
        let callee = match self.module(function).expr(expr) {
            Expr::Await(inner) => return self.helper_fails(function, *inner),
            Expr::Conditional(_, yes, no) => {
                return self.helper_fails(function, *yes).max(self.helper_fails(function, *no));
            }
            Expr::Call(callee, _) => *callee,
            _ => return Fails::No,
        };
        let values = self.program.values(At {
            module: function.module,
            expr: callee,
        });
        let each = values.iter().map(|value| match value {
            Value::Function(helper) => self.fails(*helper, DEEPEST - 1),
            Value::Unknown(_) => Fails::Maybe,
            other => match path_of(other) {
                Some((package, _)) if !says_its_status(&package) => Fails::Maybe,
                _ => Fails::No,
            },
        });
        each.max().unwrap_or(Fails::Maybe)
    }

    /// Whether an expression answers so; a number counts where it stands for a status.
    fn fails_in(&self, function: FunctionAt, expr: ExprId, meant: Fails, depth: u32) -> Fails {
        let mut parts = Vec::new();
        self.module(function).each_part(expr, &mut |part| parts.push(part));
        let each = parts.into_iter().map(|part| self.part_fails(function, part, depth));
        let written = numbers::written(self.program, function, expr, meant);
        each.max().unwrap_or(Fails::No).max(written)
    }

    fn part_fails(&self, function: FunctionAt, part: ExprId, depth: u32) -> Fails {
        let module = self.module(function);
        match module.expr(part) {
            Expr::Function(within) if depth > 0 => self.fails(
                FunctionAt {
                    function: *within,
                    ..function
                },
                depth - 1,
            ),
            Expr::Member(object, name) if is_a_failing_name(name) && is_about_status(module, *object) => Fails::Yes,
            Expr::Assign(_, target, value) => match module.expr(*target) {
                Expr::Member(_, name) if KEYS.contains(&&**name) => self.status_of(function, *value),
                _ => Fails::No,
            },
            Expr::Call(callee, arguments) => self.call_fails(function, *callee, arguments, depth),
            _ => Fails::No,
        }
    }

    fn call_fails(&self, function: FunctionAt, callee: ExprId, arguments: &[ExprId], depth: u32) -> Fails {
        const GIVES_UP: [&str; 8] = [
            "exit",
            "reject",
            "serviceUnavailable",
            "serverUnavailable",
            "internalServerError",
            "internal",
            "badGateway",
            "badImplementation",
        ];
        let module = self.module(function);
        match module.expr(callee) {
            Expr::Member(_, name) if ANSWERS.contains(&&**name) => {
                return arguments
                    .first()
                    .map_or(Fails::No, |first| self.status_of(function, *first));
            }
            Expr::Member(_, name) if GIVES_UP.contains(&&**name) => return Fails::Yes,
            // `next(error)`, `reject(error)`.
            Expr::Name(name) if !arguments.is_empty() && is_parameter(module, *name) => {
                let name = &module.binding(*name).name;
                if matches!(&**name, "next" | "done" | "reject") {
                    return Fails::Yes;
                }
            }
            _ => {}
        }
        let is_answer = |argument: &ExprId| {
            matches!(module.expr(*argument), Expr::Name(name)
                if module.binding(*name).kind == BindingKind::Parameter(1))
        };
        if depth == 0 || !arguments.iter().any(is_answer) {
            return Fails::No;
        }
        // A helper that is handed the answer.
        let values = self.program.values(At {
            module: function.module,
            expr: callee,
        });
        let each = values.iter().map(|value| match value {
            Value::Function(helper) => self.fails(*helper, depth - 1),
            _ => Fails::Maybe,
        });
        each.max().unwrap_or(Fails::Maybe)
    }

    /// Whether what an answer's status is set to may be that of a failure; numbers that are written there are seen beside.
    fn status_of(&self, function: FunctionAt, expr: ExprId) -> Fails {
        let module = self.module(function);
        match module.expr(expr) {
            Expr::Number(number) => status(*number),
            Expr::Text(_) | Expr::Conditional(..) => Fails::No,
            Expr::Member(_, name) if matches!(&**name, "OK" | "CREATED" | "ACCEPTED" | "NO_CONTENT") => Fails::No,
            _ => {
                let values = self.program.values(At {
                    module: function.module,
                    expr,
                });
                let each = values.iter().map(|value| match value {
                    Value::Literal(Literal::Number(number)) => status(*number),
                    // Who calls it writes the number.
                    Value::Literal(_) | Value::Parameter(..) => Fails::No,
                    _ => Fails::Maybe,
                });
                each.max().unwrap_or(Fails::Maybe)
            }
        }
    }
}

/// Packages whose answers are given the status where they are made.
fn says_its_status(package: &str) -> bool {
    let known = ["express", "fastify", "hono", "koa", "next", "@nestjs/"];
    known.iter().any(|name| package.starts_with(name))
}

/// Whether steps throw on, in some case.
pub(super) fn throws(steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Throw(_) => true,
        Step::Branch(branch) => branch.arms.iter().any(|arm| throws(arm)),
        _ => false,
    })
}

/// Whether a number may be the status of a server's failure; one that blames the client says little of the server.
pub(super) fn status(number: f64) -> Fails {
    match number {
        number if (500.0..600.0).contains(&number) => Fails::Yes,
        number if (400.0..500.0).contains(&number) => Fails::Maybe,
        _ => Fails::No,
    }
}

/// `SERVICE_UNAVAILABLE`, `INTERNAL_SERVER_ERROR`.
fn is_a_failing_name(name: &str) -> bool {
    let words = ["UNAVAILABLE", "ERROR", "GATEWAY", "TIMEOUT"];
    name == name.to_ascii_uppercase() && words.iter().any(|word| name.contains(word))
}

fn is_about_status(module: &Module, object: ExprId) -> bool {
    let name = match module.expr(object) {
        Expr::Name(name) => &module.binding(*name).name,
        Expr::Member(_, name) | Expr::Global(name) => name,
        _ => return false,
    };
    name.to_ascii_lowercase().contains("status") || name.to_ascii_lowercase().contains("http")
}

fn is_parameter(module: &Module, name: BindingId) -> bool {
    matches!(module.binding(name).kind, BindingKind::Parameter(_))
}
