//! What a part of a function does: the branch of a condition, the handler of an error, one expression.
//!
//! What is known to be harmless does nothing: logging, answering, reading the clock or the request, shaping values.
//! Everything else that is called acts, so that nobody is told of a lack by mistake.

use std::collections::BTreeSet;

use super::harmless::{PLAIN, SHAPES, is_clock, is_failure, is_made_up, is_plain, is_pure};
use super::telling::{is_logger, is_responder, mentions, returns, root};
use crate::program::linked::{At, FunctionAt, Program};
use crate::program::module::{BindingId, Expr, ExprId, Module, Step, TOP_LEVEL};
use crate::program::values::{Value, path_of};

/// Functions within functions that are looked at.
pub(super) const DEEPEST: usize = 6;

/// What a part of a function does; of two the one that does more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// It changes and asks nothing: it is empty, or tells people, or answers.
    Nothing,
    /// It gives something to what comes after it, and whether that acts is not followed.
    Unclear,
    /// It asks or changes something.
    Acts,
}

impl Program {
    /// What some steps of a function do.
    pub fn deed_of_steps(&self, at: FunctionAt, steps: &[Step]) -> Deed {
        let mut doing = Doing::new(self, at);
        doing.steps(steps);
        doing.settled()
    }

    /// What an expression of a function does.
    pub fn deed_of(&self, at: FunctionAt, expr: ExprId) -> Deed {
        let mut doing = Doing::new(self, at);
        doing.expression(expr);
        doing.settled()
    }

    /// What calling a value does.
    pub fn deed_of_value(&self, value: &Value) -> Deed {
        match value {
            Value::Function(function) => Doing::of(self, *function, &mut Vec::new()),
            Value::Literal(_) => Deed::Nothing,
            _ => Deed::Acts,
        }
    }

    /// Whether an expression answers a request: `response.status(400).end()`, `NextResponse.json(…)`, `next(error)`.
    pub fn is_answer(&self, at: FunctionAt, expr: ExprId) -> bool {
        Doing::new(self, at).is_answer(expr)
    }

    /// Whether what is called only tells people: `console.log`, `this.logger.warn`, what a package gives that writes logs.
    pub fn is_telling(&self, at: FunctionAt, callee: ExprId) -> bool {
        let doing = Doing::new(self, at);
        let is_logging = |value: &Value| path_of(value).is_some_and(|(package, _)| is_logger(&package));
        doing.is_telling(callee) || doing.value(callee).iter().any(is_logging)
    }
}

pub(super) struct Doing<'a> {
    pub(super) program: &'a Program,
    at: FunctionAt,
    /// The functions around this one that are being looked at.
    open: Vec<FunctionAt>,
    deed: Deed,
    /// Names that are given something here, and may be used further down.
    given: BTreeSet<BindingId>,
    /// Names that are made here.
    own: BTreeSet<BindingId>,
}

impl<'a> Doing<'a> {
    pub(super) fn new(program: &'a Program, at: FunctionAt) -> Self {
        Self {
            program,
            at,
            open: vec![at],
            deed: Deed::Nothing,
            given: BTreeSet::new(),
            own: BTreeSet::new(),
        }
    }

    /// What a whole function does; what it gives back is no deed.
    fn of(program: &'a Program, at: FunctionAt, open: &mut Vec<FunctionAt>) -> Deed {
        // A call of itself adds nothing to what it does.
        if open.contains(&at) {
            return Deed::Nothing;
        }
        if open.len() >= DEEPEST {
            return Deed::Unclear;
        }
        open.push(at);
        let mut doing = Self {
            open: std::mem::take(open),
            ..Self::new(program, at)
        };
        for step in &program.module(at.module).function(at.function).steps {
            doing.step(step);
        }
        *open = std::mem::take(&mut doing.open);
        open.pop();
        doing.deed
    }

    pub(super) fn module(&self) -> &'a Module {
        self.program.module(self.at.module)
    }

    pub(super) fn value(&self, expr: ExprId) -> Vec<Value> {
        self.program.values(At {
            module: self.at.module,
            expr,
        })
    }

    fn is(&mut self, deed: Deed) {
        self.deed = self.deed.max(deed);
    }

    /// A part of a function gives what it returns, and what it puts into names from outside, to what comes after it.
    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            self.step(step);
        }
        let mut returned = Vec::new();
        returns(steps, &mut returned);
        for expr in returned {
            if self.tells_more(expr, 0) {
                self.is(Deed::Unclear);
            }
        }
    }

    /// What is done once names that were given something are followed to where they are used.
    fn settled(mut self) -> Deed {
        let given: Vec<BindingId> = self.given.difference(&self.own).copied().collect();
        if self.deed == Deed::Acts || given.is_empty() {
            return self.deed;
        }
        let module = self.module();
        let mut calls = Vec::new();
        module.each_expr(self.at.function, &mut |expr| {
            if let Expr::Call(..) | Expr::New(..) = module.expr(expr)
                && mentions(module, expr, &given)
            {
                calls.push(expr);
            }
        });
        self.is(Deed::Unclear);
        let acts = |call: &ExprId| {
            let mut doing = Self::new(self.program, self.at);
            doing.expression(*call);
            doing.deed == Deed::Acts
        };
        if calls.iter().any(acts) {
            return Deed::Acts;
        }
        self.deed
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Bind(names, expr) => {
                self.own.extend(names.iter().copied());
                self.expression(*expr);
            }
            Step::Do(expr) | Step::Return(Some(expr)) | Step::Throw(expr) => self.expression(*expr),
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
            if self.deed == Deed::Acts {
                return;
            }
            match module.expr(part) {
                Expr::Call(callee, arguments) => self.call(*callee, arguments),
                Expr::New(callee, arguments) => self.made(*callee, arguments),
                Expr::Assign(_, target, _) | Expr::Unary("++" | "--" | "delete", target) => self.assigned(*target),
                Expr::Tagged(..) | Expr::Yield(_) => self.is(Deed::Acts),
                _ => {}
            }
        }
    }

    fn made(&mut self, callee: ExprId, arguments: &[ExprId]) {
        let module = self.module();
        let name = match module.expr(callee) {
            Expr::Global(name) => name.as_ref(),
            Expr::Name(binding) => module.binding(*binding).name.as_ref(),
            Expr::Member(_, name) => name.as_ref(),
            _ => "",
        };
        match PLAIN.contains(&name) || name.ends_with("Response") || is_failure(name) {
            true => self.handed(arguments),
            false => self.is(Deed::Acts),
        }
    }

    fn assigned(&mut self, target: ExprId) {
        let module = self.module();
        match module.expr(target) {
            Expr::Name(binding) => match module.binding(*binding).function {
                TOP_LEVEL => self.is(Deed::Acts),
                _ => {
                    self.given.insert(*binding);
                }
            },
            Expr::Pattern(names) => self.given.extend(names.iter().copied()),
            Expr::Member(object, name) => match root(module, *object) {
                Some(binding) if is_responder(&module.binding(binding).name) => {
                    // `ctx.state.order = …` is read by what comes after it.
                    if !matches!(name.as_ref(), "status" | "statusCode" | "body" | "type") {
                        self.is(Deed::Unclear);
                    }
                }
                Some(binding) if module.binding(binding).function != TOP_LEVEL => {
                    self.given.insert(binding);
                }
                _ => self.is(Deed::Acts),
            },
            Expr::Index(object, _) => match root(module, *object) {
                Some(binding) if module.binding(binding).function != TOP_LEVEL => {
                    self.given.insert(binding);
                }
                _ => self.is(Deed::Acts),
            },
            _ => self.is(Deed::Unclear),
        }
    }

    fn call(&mut self, callee: ExprId, arguments: &[ExprId]) {
        let module = self.module();
        if self.is_answering(callee) || self.is_telling(callee) {
            return;
        }
        match module.expr(callee) {
            Expr::Member(object, name) if is_clock(module, *object, name) => {}
            Expr::Global(name) if PLAIN.contains(&name.as_ref()) => self.handed(arguments),
            Expr::Member(object, name) if matches!(module.expr(*object), Expr::Global(global) if is_plain(global, name)) =>
            {
                self.handed(arguments);
            }
            _ => self.called(callee, arguments),
        }
    }

    /// A call of something that has to be found first.
    fn called(&mut self, callee: ExprId, arguments: &[ExprId]) {
        let module = self.module();
        let values = self.value(callee);
        let mut is_known = !values.is_empty();
        for value in &values {
            match value {
                Value::Function(function) => {
                    let deed = Self::of(self.program, *function, &mut self.open);
                    self.is(deed);
                }
                _ if path_of(value).is_some_and(|(package, path)| {
                    is_pure(&package) || is_made_up(&package, &path) || is_logger(&package)
                }) => {}
                _ => is_known = false,
            }
        }
        if is_known {
            return self.handed(arguments);
        }
        match module.expr(callee) {
            // `list.map(…)`: what it is given may do something.
            Expr::Member(_, name)
                if SHAPES.contains(&name.as_ref()) && !values.iter().any(|value| path_of(value).is_some()) =>
            {
                self.handed(arguments);
            }
            Expr::Member(object, name)
                if self.is_injected(*object) && !values.iter().any(|value| path_of(value).is_some()) =>
            {
                self.by_name(name);
            }
            _ => self.is(Deed::Acts),
        }
    }

    /// `this.payments`, which a framework has put there.
    fn is_injected(&self, expr: ExprId) -> bool {
        let module = self.module();
        matches!(module.expr(expr), Expr::Member(of, _) if matches!(module.expr(*of), Expr::This))
            && self.program.is_decorated(self.at)
    }

    /// A method of something that was injected: each of this name.
    fn by_name(&mut self, name: &str) {
        let methods = self.program.decorated_methods(name).filter(|method| *method != self.at);
        let methods: Vec<FunctionAt> = methods.collect();
        // None: it is a package's, or made in another way.
        if methods.is_empty() {
            self.is(Deed::Acts);
        }
        for method in methods {
            let deed = Self::of(self.program, method, &mut self.open);
            self.is(deed);
        }
    }

    /// Functions that are handed over are called.
    fn handed(&mut self, arguments: &[ExprId]) {
        for argument in arguments {
            let function = match self.module().expr(*argument) {
                Expr::Function(function) => *function,
                Expr::Name(_) => {
                    for value in self.value(*argument) {
                        if let Value::Function(function) = value {
                            let deed = Self::of(self.program, function, &mut self.open);
                            self.is(deed);
                        }
                    }
                    continue;
                }
                _ => continue,
            };
            let at = FunctionAt {
                module: self.at.module,
                function,
            };
            let deed = Self::of(self.program, at, &mut self.open);
            self.is(deed);
        }
    }
}
