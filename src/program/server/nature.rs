//! What a handler does: something, nothing, or always the same.

use super::harmless::{ANSWERS, PLAIN, READS, SHAPES, is_clock, is_failure, is_made_up, is_plain, is_pure, is_telling};
use crate::program::linked::{At, FunctionAt, Program};
use crate::program::module::{BindingId, Expr, ExprId, Module, Step};
use crate::program::values::{Value, path_of};

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

/// Functions within functions that are looked at.
const DEEPEST: usize = 5;

/// What the values of a handler do; of several the one that does most.
pub(super) fn nature(program: &Program, handler: &[Value]) -> Nature {
    let wrappers: Vec<FunctionAt> = handler.iter().filter_map(wrapper).collect();
    // The function that a wrapper makes runs what the wrapper is given.
    let is_made = |value: &&Value| match value {
        Value::Function(at) => {
            let parent = program.module(at.module).function(at.function).parent;
            wrappers.contains(&FunctionAt {
                module: at.module,
                function: parent,
            })
        }
        _ => false,
    };
    let each = handler.iter().filter(|value| !is_made(value)).map(|value| match value {
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

/// The function of the program whose call a value is.
fn wrapper(value: &Value) -> Option<FunctionAt> {
    match value {
        Value::Result(of, _) => match of.as_ref() {
            Value::Function(at) => Some(*at),
            _ => None,
        },
        _ => None,
    }
}

fn wrapped(program: &Program, call: At) -> Nature {
    let module = program.module(call.module);
    let Expr::Call(_, arguments) = module.expr(call.expr) else {
        return Nature::Unknown;
    };
    let values: Vec<Value> = arguments
        .iter()
        .flat_map(|expr| {
            program.values(At {
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
    Seen::of(program, at, &[], &mut Vec::new())
}

struct Seen<'a> {
    program: &'a Program,
    at: FunctionAt,
    parameters: Vec<BindingId>,
    /// The functions that are being looked at.
    open: &'a mut Vec<FunctionAt>,
    answers: bool,
    acts: bool,
}

impl<'a> Seen<'a> {
    fn of(program: &'a Program, at: FunctionAt, outer: &[BindingId], open: &'a mut Vec<FunctionAt>) -> Nature {
        let function = program.module(at.module).function(at.function);
        if function.steps.is_empty() {
            return Nature::Nothing;
        }
        // What calls itself, or what stands so deep, is taken to do something.
        if open.contains(&at) || open.len() >= DEEPEST {
            return Nature::Real;
        }
        open.push(at);
        let parameters = function
            .parameters
            .iter()
            .flat_map(|parameter| parameter.bindings.clone());
        let mut seen = Seen {
            program,
            at,
            parameters: parameters.chain(outer.iter().copied()).collect(),
            open,
            answers: false,
            acts: false,
        };
        for step in &function.steps {
            seen.step(step);
        }
        let nature = match (seen.acts, seen.answers) {
            (true, _) => Nature::Real,
            (false, true) => Nature::Constant,
            (false, false) => Nature::Nothing,
        };
        seen.open.pop();
        nature
    }

    fn module(&self) -> &'a Module {
        self.program.module(self.at.module)
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Return(Some(expr)) => {
                self.answers |= !matches!(self.module().expr(*expr), Expr::Undefined);
                self.expression(*expr);
            }
            Step::Do(expr) | Step::Bind(_, expr) | Step::Throw(expr) => self.expression(*expr),
            Step::Return(None) | Step::Jump => {}
            Step::Branch(branch) => {
                if let Some(test) = branch.test {
                    self.expression(test);
                }
                for step in branch.arms.iter().flatten() {
                    self.step(step);
                }
            }
        }
    }

    fn expression(&mut self, expr: ExprId) {
        let module = self.module();
        let mut parts = Vec::new();
        module.each_part(expr, &mut |part| parts.push(part));
        for part in parts {
            if self.acts {
                return;
            }
            match module.expr(part) {
                Expr::Call(callee, arguments) => self.call(*callee, arguments),
                Expr::New(callee, arguments) => match module.expr(*callee) {
                    Expr::Global(name) if PLAIN.contains(&name.as_ref()) => self.given(arguments),
                    Expr::Name(name) if module.binding(*name).name.ends_with("Response") => {}
                    Expr::Name(name) if is_failure(&module.binding(*name).name) => {}
                    Expr::Global(name) if is_failure(name) => {}
                    _ => self.acts = true,
                },
                // What outlives the request is changed.
                Expr::Assign(_, target, _) => self.acts |= self.is_outside(*target),
                Expr::Unary("++" | "--" | "delete", target) => self.acts |= self.is_outside(*target),
                Expr::Tagged(..) | Expr::Yield(_) => self.acts = true,
                _ => {}
            }
        }
    }

    fn call(&mut self, callee: ExprId, arguments: &[ExprId]) {
        let module = self.module();
        match module.expr(callee) {
            Expr::Member(object, name)
                if ANSWERS.contains(&name.as_ref()) && is_about(module, *object, &self.parameters) =>
            {
                self.answers = true;
            }
            Expr::Member(object, _) if is_telling(module, *object) => {}
            Expr::Member(object, name) if is_clock(module, *object, name) => {}
            Expr::Member(object, name)
                if READS.contains(&name.as_ref()) && is_request(module, *object, &self.parameters) => {}
            // `next()` hands on.
            Expr::Name(binding) if self.parameters.contains(binding) => {}
            Expr::Global(name) if PLAIN.contains(&name.as_ref()) => self.given(arguments),
            Expr::Member(object, name) if matches!(module.expr(*object), Expr::Global(global) if is_plain(global, name)) =>
            {
                self.given(arguments);
            }
            _ => self.called(callee, arguments),
        }
    }

    /// A call of something that has to be found first.
    fn called(&mut self, callee: ExprId, arguments: &[ExprId]) {
        let at = At {
            module: self.at.module,
            expr: callee,
        };
        let values = self.program.values(at);
        if let Some(Expr::List(items)) = arguments.first().map(|first| self.module().expr(*first))
            && items.is_empty()
            && values.iter().all(is_health_check)
        {
            // It checks nothing, and says that all is well.
            self.answers = true;
            return;
        }
        let mut is_known = !values.is_empty();
        for value in &values {
            match value {
                Value::Function(function) => {
                    let nature = Seen::of(self.program, *function, &[], self.open);
                    self.acts |= matches!(nature, Nature::Real | Nature::Unknown);
                }
                _ if path_of(value).is_some_and(|(package, path)| is_pure(&package) || is_made_up(&package, &path)) => {
                }
                _ => is_known = false,
            }
        }
        if is_known {
            return self.given(arguments);
        }
        // `list.map(…)`: what it is given may do something.
        match self.module().expr(callee) {
            Expr::Member(object, name) if SHAPES.contains(&name.as_ref()) && self.is_data(*object) => {
                self.given(arguments);
            }
            Expr::Member(object, name) if self.is_injected(*object) => self.by_name(name),
            _ => self.acts = true,
        }
    }

    /// `this.users`, which a framework has put there.
    fn is_injected(&self, expr: ExprId) -> bool {
        let module = self.module();
        matches!(module.expr(expr), Expr::Member(of, _) if matches!(module.expr(*of), Expr::This))
            && self.program.is_decorated(self.at)
    }

    /// A method of something that was injected: each of this name.
    fn by_name(&mut self, name: &str) {
        let program = self.program;
        let methods = program.decorated_methods(name);
        let methods: Vec<FunctionAt> = methods.filter(|method| *method != self.at).collect();
        // None: it is a package's, or made in another way.
        self.acts |= methods.is_empty()
            || methods.into_iter().any(|method| {
                matches!(
                    Seen::of(program, method, &[], self.open),
                    Nature::Real | Nature::Unknown
                )
            });
    }

    /// Functions that are handed over are called.
    fn given(&mut self, arguments: &[ExprId]) {
        for argument in arguments {
            if let Expr::Function(function) = self.module().expr(*argument) {
                let function = FunctionAt {
                    module: self.at.module,
                    function: *function,
                };
                // What answers within it answers for the handler around it.
                let nature = Seen::of(self.program, function, &self.parameters, self.open);
                self.acts |= nature == Nature::Real;
                self.answers |= nature == Nature::Constant;
            }
        }
    }

    /// Whether it is a text, a number, a list or the like, written here or asked for.
    fn is_data(&self, expr: ExprId) -> bool {
        let module = self.module();
        match module.expr(expr) {
            Expr::Text(_) | Expr::Template(..) | Expr::Number(_) | Expr::List(_) | Expr::Object(_) | Expr::Regex(_) => {
                true
            }
            Expr::Call(callee, _) => matches!(module.expr(*callee), Expr::Member(..)),
            Expr::Name(_) | Expr::Member(..) => {
                let at = At {
                    module: self.at.module,
                    expr,
                };
                let values = self.program.values(at);
                let is_data = |value: &Value| matches!(value, Value::Literal(_) | Value::List(_) | Value::Object(_));
                is_request(module, expr, &self.parameters) || values.iter().all(is_data)
            }
            _ => false,
        }
    }

    /// Whether what is changed is none of the function's own names, nor the answer.
    fn is_outside(&self, target: ExprId) -> bool {
        let module = self.module();
        match module.expr(target) {
            Expr::Name(binding) => module.binding(*binding).function != self.at.function,
            Expr::Member(object, name) => match module.expr(*object) {
                Expr::Name(binding) if self.parameters.contains(binding) => {
                    !matches!(name.as_ref(), "status" | "statusCode" | "body" | "type")
                }
                Expr::Member(inner, name) if name.as_ref() == "locals" => self.is_outside(*inner),
                Expr::Name(binding) => module.binding(*binding).function != self.at.function,
                _ => true,
            },
            Expr::Index(..) => true,
            _ => false,
        }
    }
}

/// `HealthCheckService.check` of Terminus, which answers for the checks in its list.
fn is_health_check(value: &Value) -> bool {
    path_of(value).is_some_and(|(package, path)| package.as_ref() == "@nestjs/terminus" && path.ends_with(".check"))
}

/// Whether an expression is the request, or a part of it that holds what was sent.
fn is_request(module: &Module, expr: ExprId, parameters: &[BindingId]) -> bool {
    const PARTS: [&str; 12] = [
        "body",
        "cookies",
        "headers",
        "method",
        "nextUrl",
        "params",
        "path",
        "query",
        "req",
        "request",
        "searchParams",
        "url",
    ];
    match module.expr(expr) {
        Expr::Name(binding) => parameters.contains(binding),
        Expr::Member(object, name) => PARTS.contains(&name.as_ref()) && is_request(module, *object, parameters),
        _ => false,
    }
}

/// Whether an object is one of the function's own parameters, or what its methods gave.
fn is_about(module: &Module, expr: ExprId, parameters: &[BindingId]) -> bool {
    match module.expr(expr) {
        Expr::Name(binding) => parameters.contains(binding),
        Expr::Global(name) => matches!(name.as_ref(), "Response"),
        Expr::Member(object, _) | Expr::Call(object, _) => is_about(module, *object, parameters),
        _ => false,
    }
}
