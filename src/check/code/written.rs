//! Whether a text is written in the code as a whole, or put together from what somebody else says.

use std::sync::Arc;

use crate::program::module::{BindingId, BindingKind, Expr, ExprId, Imported, Logical, Module};
use crate::program::{At, Callers, FunctionAt, Literal, ModuleId, Program, Value};

/// A text is followed so deep, and through so many expressions: it is written by hand.
const DEEPEST: u32 = 12;
const MOST: u32 = 400;

/// What gives numbers, truth values or dates, whatever it is given.
const SAFE: [&str; 9] = [
    "Number",
    "parseInt",
    "parseFloat",
    "Boolean",
    "BigInt",
    "isNaN",
    "Math",
    "Date",
    "performance",
];

/// Methods of texts and lists that give a text, or a list, made of what they are called on and what they are given.
const PLAIN: [&str; 20] = [
    "join",
    "trim",
    "trimStart",
    "trimEnd",
    "toUpperCase",
    "toLowerCase",
    "replace",
    "replaceAll",
    "slice",
    "substring",
    "repeat",
    "concat",
    "padStart",
    "padEnd",
    "toString",
    "split",
    "flat",
    "sort",
    "reverse",
    "at",
];

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Written {
    /// It stands in the code, or is made of what stands there.
    Constant,
    /// A part of it is what a function is given; in words.
    Given(String),
    /// It could not be followed; in words.
    Unknown(String),
}

impl Written {
    /// Whether no other part changes the answer any more.
    pub(super) fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }

    /// A text that is made of two.
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Given(why), _) | (_, Self::Given(why)) => Self::Given(why),
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::Constant, Self::Constant) => Self::Constant,
        }
    }
}

/// Where the text of an expression comes from.
pub(super) fn written(program: &Program, at: At) -> Written {
    let mut look = Look {
        program,
        depth: 0,
        fuel: MOST,
    };
    look.expr(at)
}

struct Look<'a> {
    program: &'a Program,
    depth: u32,
    fuel: u32,
}

fn lost(what: &str) -> Written {
    Written::Unknown(format!("{what} could not be followed"))
}

impl<'a> Look<'a> {
    fn module(&self, id: ModuleId) -> &'a Module {
        self.program.module(id)
    }

    fn expr(&mut self, at: At) -> Written {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return lost("a part of it");
        }
        self.depth += 1;
        self.fuel -= 1;
        let found = self.expr_within(at);
        self.depth -= 1;
        found
    }

    fn all(&mut self, module: ModuleId, parts: impl IntoIterator<Item = ExprId>) -> Written {
        let mut found = Written::Constant;
        for expr in parts {
            found = found.with(self.expr(At { module, expr }));
            if found.is_given() {
                break;
            }
        }
        found
    }

    fn expr_within(&mut self, at: At) -> Written {
        let module = self.module(at.module);
        match module.expr(at.expr) {
            Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Null | Expr::Undefined | Expr::Regex(_) => {
                Written::Constant
            }
            Expr::Template(_, parts) | Expr::List(parts) | Expr::Other(parts) => {
                self.all(at.module, parts.iter().copied())
            }
            Expr::Binary("+", left, right) => self.all(at.module, [*left, *right]),
            // Numbers and truth values.
            Expr::Binary(..) | Expr::Unary(..) => Written::Constant,
            Expr::Conditional(_, left, right) | Expr::Logical(Logical::Or | Logical::Coalesce, left, right) => {
                self.all(at.module, [*left, *right])
            }
            Expr::Logical(Logical::And, _, inner)
            | Expr::Await(inner)
            | Expr::Spread(inner)
            | Expr::Assign("=", _, inner) => self.all(at.module, [*inner]),
            Expr::Object(properties) => self.all(at.module, properties.iter().map(|property| property.value)),
            // One of several texts, by whatever key.
            Expr::Index(object, _) => self.all(at.module, [*object]),
            Expr::Name(binding) => match self.grown(at.module, *binding) {
                Some(parts) => self.all(at.module, parts),
                None => self.values(at),
            },
            Expr::Call(callee, arguments) => match module.expr(*callee) {
                Expr::Member(object, name) if PLAIN.contains(&name.as_ref()) => {
                    self.all(at.module, std::iter::once(*object).chain(arguments.iter().copied()))
                }
                _ => self.values(at),
            },
            _ => self.values(at),
        }
    }

    /// All parts of a text that grows: `let text = "…"; text += "…"`.
    fn grown(&self, id: ModuleId, binding: BindingId) -> Option<Vec<ExprId>> {
        let module = self.module(id);
        let known = module.binding(binding);
        let is_of_names = matches!(known.kind, BindingKind::Variable);
        if !is_of_names || known.given.iter().all(|given| given.value.is_some()) {
            return None;
        }
        let added: Vec<ExprId> = module
            .expressions
            .iter()
            .filter_map(|(expr, _)| match expr {
                Expr::Assign("+=", target, value) if *module.expr(*target) == Expr::Name(binding) => Some(*value),
                _ => None,
            })
            .collect();
        let given: Vec<ExprId> = known.given.iter().filter_map(|given| given.value).collect();
        let is_plain = known.given.iter().all(|given| given.path.is_empty());
        // What a loop or a pattern gives it is not known.
        (is_plain && given.len() + added.len() == known.given.len()).then(|| given.into_iter().chain(added).collect())
    }

    fn values(&mut self, at: At) -> Written {
        let mut found = Written::Constant;
        for value in self.program.values(at) {
            found = found.with(self.value(&value, at));
            if found.is_given() {
                break;
            }
        }
        found
    }

    fn value(&mut self, value: &Value, from: At) -> Written {
        match value {
            Value::Literal(literal) => match literal {
                Literal::Text(_) | Literal::Number(_) | Literal::Bool(_) | Literal::Null | Literal::Undefined => {
                    Written::Constant
                }
            },
            Value::List(at) | Value::Object(at) | Value::Unknown(at) if *at != from => self.expr(*at),
            Value::Parameter(function, index) => self.parameter(*function, *index),
            Value::Environment(name) => lost(&format!("what the environment sets as `{name}`")),
            Value::Member(..) | Value::Result(..) => self.made(value),
            _ => lost(&format!("`{}`", self.words(from))),
        }
    }

    /// What is taken out of something, or what a call of it gives.
    fn made(&mut self, value: &Value) -> Written {
        let (mut root, mut calls) = (value, Vec::new());
        loop {
            root = match root {
                Value::Member(of, _) => of,
                Value::Result(of, call) => {
                    calls.push(*call);
                    of
                }
                _ => break,
            };
        }
        match root {
            Value::Parameter(function, index) => self.parameter(*function, *index),
            Value::Global(name) if SAFE.contains(&name.as_ref()) => Written::Constant,
            Value::Global(name) => {
                let mut found = Written::Constant;
                for call in &calls {
                    if let Expr::Call(_, arguments) | Expr::New(_, arguments) = self.module(call.module).expr(call.expr)
                    {
                        found = found.with(self.all(call.module, arguments.iter().copied()));
                    }
                }
                match found {
                    Written::Constant if calls.is_empty() => lost(&format!("`{name}`")),
                    found => found,
                }
            }
            _ => match calls.first() {
                Some(call) => lost(&format!("what `{}` gives", self.words(*call))),
                None => lost("a part of it"),
            },
        }
    }

    /// What the callers of a function give it; where the program calls it nowhere, others do.
    fn parameter(&mut self, function: FunctionAt, index: u32) -> Written {
        let module = self.module(function.module);
        let known = module.function(function.function);
        let parameter = usize::try_from(index)
            .ok()
            .and_then(|index| known.parameters.get(index));
        let name = parameter
            .and_then(|parameter| parameter.bindings.first())
            .map(|binding| module.binding(*binding).name.to_string());
        let given = || {
            let name = name.as_ref().map_or_else(String::new, |name| format!(" as `{name}`"));
            Written::Given(format!("it is put together from what a function is given{name}"))
        };
        let Some(own) = known.name.as_ref().filter(|_| self.depth < DEEPEST) else {
            return given();
        };
        let calls = callers(self.program, function, own);
        let Some(calls) = calls.as_ref() else {
            return given();
        };
        if calls.is_empty() || parameter.is_some_and(|parameter| parameter.is_rest) {
            return given();
        }
        self.depth += 1;
        let mut found = Written::Constant;
        for call in calls {
            let Expr::Call(_, arguments) = self.module(call.module).expr(call.expr) else {
                continue;
            };
            let argument = usize::try_from(index).ok().and_then(|index| arguments.get(index));
            found = found.with(argument.map_or(Written::Constant, |expr| {
                self.expr(At {
                    module: call.module,
                    expr: *expr,
                })
            }));
            if found.is_given() {
                break;
            }
        }
        self.depth -= 1;
        found
    }

    fn words(&self, at: At) -> String {
        let linked = self.program.linked(at.module);
        let words = linked.document.words(&self.module(at.module).span(at.expr));
        words.lines().next().unwrap_or_default().chars().take(60).collect()
    }
}

/// The calls of a function of this name, wherever they stand; `None` where it is handed on as a value, so that anybody may
/// call it.
pub(super) fn callers(program: &Program, function: FunctionAt, name: &Arc<str>) -> Callers {
    program.callers(function, || find_callers(program, function, name))
}

fn find_callers(program: &Program, function: FunctionAt, name: &Arc<str>) -> Option<Vec<At>> {
    let mut calls = Vec::new();
    for (id, linked) in program.modules() {
        let module = &linked.module;
        let may_be = |expr: ExprId| match module.expr(expr) {
            Expr::Member(_, member) => member == name,
            Expr::Name(binding) => {
                let binding = module.binding(*binding);
                binding.name == *name
                    || match &binding.kind {
                        BindingKind::Import(_, Imported::Named(imported)) => imported == name,
                        BindingKind::Import(_, Imported::Default) => true,
                        _ => false,
                    }
            }
            _ => false,
        };
        let is_it = |expr: ExprId| {
            let values = program.values(At { module: id, expr });
            values.contains(&Value::Function(function))
        };
        for ((expr, _), index) in module.expressions.iter().zip(0_u32..) {
            match expr {
                Expr::Call(callee, arguments) => {
                    if may_be(*callee) && is_it(*callee) {
                        calls.push(At {
                            module: id,
                            expr: ExprId(index),
                        });
                    }
                    if arguments.iter().any(|argument| may_be(*argument) && is_it(*argument)) {
                        return None;
                    }
                }
                Expr::Object(properties) => {
                    let mut values = properties.iter().map(|property| property.value);
                    // `{ find }` of a module that gives on its functions is asked for by its name again.
                    if values
                        .any(|value| matches!(module.expr(value), Expr::Member(..)) && may_be(value) && is_it(value))
                    {
                        return None;
                    }
                }
                _ => {}
            }
        }
    }
    Some(calls)
}
