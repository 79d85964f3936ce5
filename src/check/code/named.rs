//! What an argument is called, where its value says nothing: `hash(request.body.password)`, `hash(refreshToken)`.

use crate::check::late::Late;
use crate::program::module::{BindingId, Expr, ExprId, Module};
use crate::program::{At, FunctionAt, Program, Value};

use super::truth::Truth;
use super::written::callers;

/// Names of names, and functions that hand something on, that are followed.
const DEEPEST: u32 = 3;

/// Names by which a thing is known, and names of other things.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) like: Late,
    pub(super) unlike: Option<Late>,
}

/// What the names of an expression say.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    /// It is what is meant.
    Meant,
    /// It is something else, of this name.
    Other(String),
    /// They say nothing.
    Nothing,
}

impl Named {
    /// Whether an argument of a call is called so. Where it is called nothing of the kind, that is not known.
    pub(super) fn holds(&self, program: &Program, call: At, index: usize, name: &str) -> Truth {
        let module = program.module(call.module);
        let look = Look {
            named: self,
            program,
            at: call,
            module,
        };
        let said = match module.expr(call.expr) {
            Expr::Call(_, arguments) | Expr::New(_, arguments) => match arguments.get(index) {
                Some(argument) => look.argument(*argument, 0),
                None => Said::Nothing,
            },
            // It is handed on (`promisify(scrypt)`): what is called then is looked for.
            _ => look.handed_on(index),
        };
        match said {
            Said::Meant => Truth::Yes,
            Said::Other(other) => Truth::No(format!("{name} is `{other}`")),
            Said::Nothing => Truth::Unknown(format!("nothing says what {name} is")),
        }
    }

    fn of_name(&self, name: &str) -> Said {
        if self.unlike.as_ref().is_some_and(|unlike| unlike.is_match(name)) {
            return Said::Other(name.to_owned());
        }
        match self.like.is_match(name) {
            true => Said::Meant,
            false => Said::Nothing,
        }
    }
}

impl Said {
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Meant => Self::Meant,
            Self::Nothing => other(),
            Self::Other(name) => match other() {
                Self::Meant => Self::Meant,
                Self::Nothing | Self::Other(_) => Self::Other(name),
            },
        }
    }
}

struct Look<'a> {
    named: &'a Named,
    program: &'a Program,
    /// The call.
    at: At,
    module: &'a Module,
}

impl<'a> Look<'a> {
    /// What an argument is: by its own names, by what it is given, and by the function around the call.
    fn argument(&self, argument: ExprId, depth: u32) -> Said {
        let own = self.expression(argument, 0);
        if own != Said::Nothing {
            return own;
        }
        let handed = self.handed(argument, depth);
        if handed != Said::Nothing {
            return handed;
        }
        self.around()
    }

    /// The names of an expression.
    fn expression(&self, expr: ExprId, depth: u32) -> Said {
        /// Methods that give the same in another shape.
        const SHAPES: [&str; 7] = ["trim", "toString", "normalize", "slice", "substring", "value", "data"];
        if depth > 8 {
            return Said::Nothing;
        }
        let more = |part: ExprId| self.expression(part, depth + 1);
        match self.module.expr(expr) {
            Expr::Name(binding) => {
                let name = &self.module.binding(*binding).name;
                self.named.of_name(name).or(|| self.given(*binding, depth))
            }
            Expr::Member(object, name) => match SHAPES.contains(&name.as_ref()) {
                true => more(*object),
                false => self.named.of_name(name),
            },
            Expr::Index(_, key) => match self.module.expr(*key) {
                Expr::Text(key) => self.named.of_name(key),
                _ => Said::Nothing,
            },
            Expr::Call(callee, arguments) => {
                let given = arguments
                    .iter()
                    .fold(Said::Nothing, |said, part| said.or(|| more(*part)));
                given.or(|| more(*callee))
            }
            Expr::Text(_) => Said::Nothing,
            Expr::Function(_) | Expr::Class(_) | Expr::Object(_) => Said::Nothing,
            other => {
                let mut said = Said::Nothing;
                other.parts(&mut |part| said = std::mem::replace(&mut said, Said::Nothing).or(|| more(part)));
                said
            }
        }
    }

    /// What a name is given: `const { password: plain } = request.body`.
    fn given(&self, binding: BindingId, depth: u32) -> Said {
        let mut said = Said::Nothing;
        for given in &self.module.binding(binding).given {
            let by_path = || given.path.last().map_or(Said::Nothing, |key| self.named.of_name(key));
            let by_value = || match given.value.filter(|_| given.path.is_empty()) {
                Some(value) => self.expression(value, depth + 1),
                None => Said::Nothing,
            };
            said = said.or(by_path).or(by_value);
        }
        said
    }

    /// What the callers of the function around it hand over.
    fn handed(&self, argument: ExprId, depth: u32) -> Said {
        let at = At {
            expr: argument,
            ..self.at
        };
        let parameters = self.program.values(at).into_iter().filter_map(|value| match value {
            Value::Parameter(function, index) => Some((function, index)),
            _ => None,
        });
        let mut said = Said::Nothing;
        for (function, index) in parameters {
            said = said.or(|| self.by_callers(function, index, depth));
        }
        said
    }

    fn by_callers(&self, function: FunctionAt, index: u32, depth: u32) -> Said {
        let known = self.program.module(function.module).function(function.function);
        let Some(name) = known.name.as_ref().filter(|_| depth < DEEPEST) else {
            return Said::Nothing;
        };
        let calls = callers(self.program, function, name);
        let Some(calls) = calls.as_ref() else {
            return Said::Nothing;
        };
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        calls.iter().fold(Said::Nothing, |said, &call| {
            said.or(|| {
                let look = Look {
                    at: call,
                    module: self.program.module(call.module),
                    ..*self
                };
                match look.module.expr(call.expr) {
                    Expr::Call(_, arguments) => match arguments.get(index) {
                        Some(argument) => look.argument(*argument, depth + 1),
                        None => Said::Nothing,
                    },
                    _ => Said::Nothing,
                }
            })
        })
    }

    /// What the function around it is called, and what is given what it makes: `user.password = await hash(value)`.
    fn around(&self) -> Said {
        let holds = |expr: ExprId| {
            let mut is_held = false;
            self.module.each_part(expr, &mut |part| is_held |= part == self.at.expr);
            is_held
        };
        let span = self.module.span(self.at.expr);
        let is_around = |outer: &std::ops::Range<usize>| outer.start <= span.start && span.end <= outer.end;
        let mut said = Said::Nothing;
        for (expr, _) in &self.module.expressions {
            match expr {
                Expr::Assign(_, target, value) if holds(*value) => {
                    said = said.or(|| self.expression(*target, 0));
                }
                Expr::Object(properties) => {
                    for property in properties.iter().filter(|property| holds(property.value)) {
                        said = said.or(|| {
                            let key = property.key.as_ref();
                            key.map_or(Said::Nothing, |key| self.named.of_name(key))
                        });
                    }
                }
                _ => {}
            }
        }
        for binding in &self.module.bindings {
            let mut given = binding.given.iter().filter_map(|given| given.value);
            if given.any(holds) {
                said = said.or(|| self.named.of_name(&binding.name));
            }
        }
        let functions = self
            .module
            .functions
            .iter()
            .filter(|function| is_around(&function.span));
        for name in functions.filter_map(|function| function.name.as_ref()) {
            said = said.or(|| self.named.of_name(name));
        }
        said
    }

    /// What is called once it was handed to what makes another function of it: `promisify(scrypt)`.
    fn handed_on(&self, index: usize) -> Said {
        let holds = |expr: ExprId| {
            let mut is_held = false;
            self.module.each_part(expr, &mut |part| is_held |= part == self.at.expr);
            is_held
        };
        let names = (0_u32..).zip(&self.module.bindings);
        let names: Vec<BindingId> = names
            .filter(|(_, binding)| binding.given.iter().filter_map(|given| given.value).any(holds))
            .map(|(index, _)| BindingId(index))
            .collect();
        let mut said = Said::Nothing;
        for ((expr, _), at) in self.module.expressions.iter().zip(0_u32..) {
            let Expr::Call(callee, arguments) = expr else { continue };
            let is_it = matches!(self.module.expr(*callee), Expr::Name(name) if names.contains(name));
            if let (true, Some(argument)) = (is_it, arguments.get(index)) {
                let look = Look {
                    at: At {
                        module: self.at.module,
                        expr: ExprId(at),
                    },
                    ..*self
                };
                said = said.or(|| look.argument(*argument, 0));
            }
        }
        said
    }
}
