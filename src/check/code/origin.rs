//! Which sites an `origin` of CORS middleware lets in: an address, a list, a pattern, or a function that is asked for each.
//!
//! A function is called with the origin and a callback, <https://github.com/expressjs/cors#configuration-options>. What it
//! lets in is said only where all that it hands to the callback is seen.

use crate::program::module::{BindingId, BindingKind, Branch, Expr, ExprId, FunctionId, FunctionKind, Module, Step};
use crate::program::{At, FunctionAt, Literal, ModuleId, Program, Value};

use super::pattern::{Openness, of_ending, of_pattern};
use super::taken::{is_of_environment, taken_apart};
use super::truth::Truth;

/// Functions that a function asks are followed so far.
pub(super) const DEEPEST: u32 = 3;

/// Whether one value of `origin` lets only chosen sites in.
pub(super) fn judge(program: &Program, value: &Value, name: &str) -> Truth {
    match value {
        Value::Literal(Literal::Bool(true)) => Truth::No(format!("{name} is `true`, which answers with any origin")),
        Value::Literal(Literal::Text(text)) if text.as_ref() == "*" => Truth::No(format!("{name} is `*`")),
        Value::Literal(Literal::Null | Literal::Undefined) => Truth::No(format!("{name} is nothing, which is `*`")),
        Value::Literal(_) | Value::Environment(_) => Truth::Yes,
        Value::List(at) => list(program, *at, name),
        Value::Function(function) => Checker::of(program, *function).truth(name),
        Value::Unknown(at) => written(program, *at, name),
        other if is_of_environment(other) => Truth::Yes,
        _ => not_followed(name),
    }
}

pub(super) fn not_followed(name: &str) -> Truth {
    Truth::Unknown(format!("{name} could not be followed to a value"))
}

fn list(program: &Program, at: At, name: &str) -> Truth {
    let Expr::List(items) = program.module(at.module).expr(at.expr) else {
        return not_followed(name);
    };
    let each = items.iter().map(|item| {
        let item = At { expr: *item, ..at };
        let values = program.values(item).into_iter();
        let truths = values.map(|value| match value {
            Value::List(_) | Value::Function(_) => not_followed(name),
            value => judge(program, &value, name),
        });
        // An item that may be one or another is as open as the one that is more so.
        truths.reduce(Truth::and).unwrap_or(Truth::Yes)
    });
    each.reduce(Truth::and).unwrap_or(Truth::Yes)
}

/// A pattern, or an address with holes in it.
fn written(program: &Program, at: At, name: &str) -> Truth {
    match program.module(at.module).expr(at.expr) {
        Expr::Regex(pattern) => match of_pattern(pattern) {
            Openness::Open(why) => Truth::No(format!("{name} is a pattern {why}")),
            Openness::Chosen => Truth::Yes,
            Openness::Unknown => Truth::Unknown(format!("which addresses the pattern of {name} lets in is not known")),
        },
        Expr::Template(texts, _) if texts.first().is_some_and(|text| text.starts_with("http")) => Truth::Yes,
        Expr::Call(..) => taken_apart(program, at, name, 0),
        _ => not_followed(name),
    }
}

/// What a function that is asked for each origin does.
struct Checker<'a> {
    program: &'a Program,
    /// It lets an origin in whatever it is.
    lets_in: bool,
    /// It refuses, or lets in what a comparison says.
    refuses: bool,
    /// It compares the origin with something.
    compares: bool,
    /// A way in for strangers.
    open: Option<String>,
    /// What could not be followed.
    lost: Option<String>,
    depth: u32,
}

/// The names that stand for the origin and for the callback in a function.
struct Names {
    module: ModuleId,
    origin: Vec<BindingId>,
    callback: Vec<BindingId>,
}

impl<'a> Checker<'a> {
    fn of(program: &'a Program, function: FunctionAt) -> Self {
        let mut checker = Self {
            program,
            lets_in: false,
            refuses: false,
            compares: false,
            open: None,
            lost: None,
            depth: 0,
        };
        let module = program.module(function.module);
        let parameters = &module.function(function.function).parameters;
        match parameters.as_slice() {
            [origin, callback, ..] => {
                let names = Names {
                    module: function.module,
                    origin: origin.bindings.clone(),
                    callback: callback.bindings.clone(),
                };
                checker.function(function.function, &names);
            }
            _ => checker.lost = Some("its function is not given a callback".to_owned()),
        }
        checker
    }

    fn truth(self, name: &str) -> Truth {
        match (self.open, self.lost) {
            (Some(why), _) => Truth::No(format!("the function of {name} lets in {why}")),
            (None, Some(why)) => Truth::Unknown(format!("{name}: {why}")),
            (None, None) if self.refuses && self.compares => Truth::Yes,
            (None, None) if self.lets_in && !self.refuses => {
                Truth::No(format!("the function of {name} lets every origin in"))
            }
            (None, None) => Truth::Unknown(format!("what the function of {name} refuses could not be followed")),
        }
    }

    fn module(&self, names: &Names) -> &'a Module {
        self.program.module(names.module)
    }

    /// A function and what is written in it: the callback may be called by either.
    fn function(&mut self, function: FunctionId, names: &Names) {
        let module = self.module(names);
        self.steps(&module.function(function).steps, names, Under::Always);
        let count = u32::try_from(module.functions.len()).unwrap_or(u32::MAX);
        for inner in (0..count).map(FunctionId).filter(|inner| *inner != function) {
            let inside = module.function(inner);
            if inside.parent == function && inside.kind != FunctionKind::Never {
                self.function(inner, names);
            }
        }
    }

    fn steps(&mut self, steps: &[Step], names: &Names, under: Under) {
        for step in steps {
            match step {
                Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                    self.expression(*expr, names, under);
                }
                Step::Return(None) | Step::Jump => {}
                Step::Branch(branch) => self.branch(branch, names, under),
            }
        }
    }

    fn branch(&mut self, branch: &Branch, names: &Names, under: Under) {
        let mut inside = under;
        if let Some(test) = branch.test {
            self.expression(test, names, under);
            if is_about_the_stage(self.module(names), test) {
                inside = Under::Stage;
            }
        }
        for arm in &branch.arms {
            self.steps(arm, names, inside);
        }
    }

    fn expression(&mut self, expr: ExprId, names: &Names, under: Under) {
        let module = self.module(names);
        let under = if is_about_the_stage(module, expr) {
            Under::Stage
        } else {
            under
        };
        let mut parts = Vec::new();
        module.each_part(expr, &mut |part| parts.push(part));
        for part in parts {
            match module.expr(part) {
                Expr::Call(callee, arguments) => self.call(*callee, arguments, names, under),
                Expr::Binary("===" | "==" | "!==" | "!=", left, right) => {
                    let is_origin = |expr: &ExprId| is_name_of(module, *expr, &names.origin);
                    self.compares |= is_origin(left) || is_origin(right);
                }
                _ => {}
            }
        }
    }

    fn call(&mut self, callee: ExprId, arguments: &[ExprId], names: &Names, under: Under) {
        let module = self.module(names);
        if is_name_of(module, callee, &names.callback) {
            return self.answer(arguments, names);
        }
        if arguments.iter().any(|expr| is_name_of(module, *expr, &names.callback)) {
            self.lost.get_or_insert("its callback is handed on".to_owned());
        }
        let is_told = |expr: &ExprId| mentions(module, *expr, &names.origin);
        if let Expr::Member(object, method) = module.expr(callee) {
            self.method(*object, method, arguments, names, under);
        } else if let Some(index) = arguments
            .iter()
            .position(|expr| is_name_of(module, *expr, &names.origin))
        {
            self.asked(callee, index, names, under);
        } else if arguments.iter().any(is_told) {
            self.lost
                .get_or_insert("what it asks about the origin could not be followed".to_owned());
        }
    }

    /// `callback(error, allowed)`.
    fn answer(&mut self, arguments: &[ExprId], names: &Names) {
        let of = |expr: &ExprId| {
            self.program.values(At {
                module: names.module,
                expr: *expr,
            })
        };
        let is_nothing = |value: &Value| {
            matches!(
                value,
                Value::Literal(Literal::Null | Literal::Undefined | Literal::Bool(false))
            )
        };
        let error = arguments.first().map(of).unwrap_or_default();
        if !error.iter().all(is_nothing) {
            self.refuses = true;
            return;
        }
        let Some(allowed) = arguments.get(1) else {
            self.refuses = true;
            return;
        };
        let is_origin = |value: &Value| {
            matches!(value, Value::Parameter(_, 0))
                || is_name_of(self.program.module(names.module), *allowed, &names.origin)
        };
        let values = of(allowed);
        let is_let_in =
            |value: &Value| matches!(value, Value::Literal(Literal::Bool(true) | Literal::Text(_))) || is_origin(value);
        if values.iter().all(is_let_in) {
            self.lets_in = true;
        } else {
            // It depends on what is computed here.
            self.refuses = true;
        }
    }

    /// `allowed.includes(origin)`, `origin.endsWith(".example.com")`, `pattern.test(origin)`.
    fn method(&mut self, object: ExprId, method: &str, arguments: &[ExprId], names: &Names, under: Under) {
        let module = self.module(names);
        let first = arguments.first().copied();
        let is_origin_given = first.is_some_and(|expr| mentions(module, expr, &names.origin));
        let is_of_origin = mentions(module, object, &names.origin);
        match method {
            "includes" | "indexOf" | "has" | "get" | "some" | "find" | "every" | "findIndex" if !is_of_origin => {
                self.compares |= is_origin_given || matches!(method, "some" | "find" | "every" | "findIndex");
                self.patterns_of(object, names, under);
            }
            "test" | "exec" => {
                self.compares |= is_origin_given;
                self.patterns_of(object, names, under);
            }
            "match" | "search" if is_of_origin => {
                self.compares = true;
                if let Some(first) = first {
                    self.patterns_of(first, names, under);
                }
            }
            "endsWith" | "startsWith" | "includes" | "indexOf" if is_of_origin => {
                self.compares = true;
                let values = first.map(|expr| {
                    self.program.values(At {
                        module: names.module,
                        expr,
                    })
                });
                for value in values.into_iter().flatten() {
                    if let Value::Literal(Literal::Text(text)) = value {
                        self.found(of_ending(method, &text), under);
                    }
                }
            }
            _ => {}
        }
    }

    /// A function of the program that is asked about the origin.
    fn asked(&mut self, callee: ExprId, index: usize, names: &Names, under: Under) {
        let values = self.program.values(At {
            module: names.module,
            expr: callee,
        });
        for value in values {
            match value {
                Value::Function(function) if self.depth < DEEPEST => {
                    let module = self.program.module(function.module);
                    let parameter = module.function(function.function).parameters.get(index);
                    let names = Names {
                        module: function.module,
                        origin: parameter
                            .map(|parameter| parameter.bindings.clone())
                            .unwrap_or_default(),
                        callback: Vec::new(),
                    };
                    self.depth += 1;
                    let before = (self.lets_in, self.open.take(), self.lost.take());
                    self.function(function.function, &names);
                    self.lets_in = before.0;
                    let (open, lost) = (self.open.take(), self.lost.take());
                    self.open = before.1;
                    self.lost = before.2.or(lost);
                    match (open, under) {
                        (Some(why), Under::Always) => {
                            self.open.get_or_insert(why);
                        }
                        (Some(why), Under::Stage) => {
                            self.lost
                                .get_or_insert(format!("only in some stages its function lets in {why}"));
                        }
                        (None, _) => {}
                    }
                    self.depth -= 1;
                }
                // `console.log(origin)` is no method of ours; a package may decide anything.
                Value::Global(_) => {}
                _ => {
                    self.lost
                        .get_or_insert("what it asks about the origin could not be followed".to_owned());
                }
            }
        }
    }

    /// The patterns that an expression is, or that stand in the list that it is.
    fn patterns_of(&mut self, expr: ExprId, names: &Names, under: Under) {
        let at = At {
            module: names.module,
            expr,
        };
        for value in self.program.values(at) {
            match value {
                Value::Unknown(at) => {
                    if let Expr::Regex(pattern) = self.program.module(at.module).expr(at.expr) {
                        self.found(of_pattern(pattern), under);
                    }
                }
                Value::List(list) => {
                    let Expr::List(items) = self.program.module(list.module).expr(list.expr) else {
                        continue;
                    };
                    for item in items {
                        if let Expr::Regex(pattern) = self.program.module(list.module).expr(*item) {
                            self.found(of_pattern(pattern), under);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn found(&mut self, openness: Openness, under: Under) {
        match (openness, under) {
            (Openness::Open(why), Under::Always) => {
                self.open.get_or_insert(format!("what matches a pattern {why}"));
            }
            (Openness::Open(_), Under::Stage) => {
                self.lost
                    .get_or_insert("it lets strangers in, and whether in production depends on the stage".to_owned());
            }
            (Openness::Unknown, _) => {
                self.lost
                    .get_or_insert("which addresses its pattern lets in is not known".to_owned());
            }
            (Openness::Chosen, _) => {}
        }
    }
}

/// Whether something depends on where the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Under {
    Always,
    Stage,
}

fn is_name_of(module: &Module, expr: ExprId, names: &[BindingId]) -> bool {
    matches!(module.expr(expr), Expr::Name(binding) if names.contains(binding))
}

fn mentions(module: &Module, expr: ExprId, names: &[BindingId]) -> bool {
    let mut is_found = false;
    module.each_part(expr, &mut |part| is_found |= is_name_of(module, part, names));
    is_found
}

/// Whether an expression asks for the stage: `process.env.NODE_ENV`, or a name such as `isDevelopment`.
fn is_about_the_stage(module: &Module, expr: ExprId) -> bool {
    const STAGES: [&str; 7] = ["dev", "development", "prod", "production", "staging", "local", "debug"];
    let is_stage = |name: &str| {
        let name = name.to_ascii_lowercase().replace('_', "");
        let name = name.trim_start_matches("is").trim_start_matches("in");
        let name = name
            .trim_end_matches("environment")
            .trim_end_matches("env")
            .trim_end_matches("mode");
        STAGES.contains(&name)
    };
    let mut is_found = false;
    module.each_part(expr, &mut |part| match module.expr(part) {
        Expr::Member(_, name) => {
            is_found |= matches!(name.as_ref(), "NODE_ENV" | "VERCEL_ENV" | "APP_ENV") || is_stage(name)
        }
        Expr::Name(binding) => {
            let binding = module.binding(*binding);
            let is_plain = !matches!(binding.kind, BindingKind::Parameter(_));
            is_found |= is_plain && is_stage(&binding.name);
        }
        _ => {}
    });
    is_found
}
