//! What a handler takes of the body, and where that goes: looked at, handed on, kept as it came.

use std::collections::BTreeSet;

use super::judged::Asked;
use crate::program::module::{BindingId, BindingKind, BranchKind, Expr, ExprId, FunctionId, Logical, Module, Step};
use crate::program::{At, FunctionAt, Value, path_of};

/// Functions that hand the body on to each other.
const DEEPEST: u32 = 4;

/// Parts of the names of functions that look at what they are handed.
const CHECKS: [&str; 21] = [
    "accept",
    "allow",
    "assert",
    "check",
    "clean",
    "decode",
    "ensure",
    "filter",
    "guard",
    "hash",
    "normali",
    "omit",
    "parse",
    "pick",
    "require",
    "sanit",
    "schema",
    "signature",
    "test",
    "valid",
    "verif",
];

/// The names under which stores are handed a row.
pub(super) const ROWS: [&str; 8] = [
    "$set",
    "$setOnInsert",
    "create",
    "data",
    "defaults",
    "set",
    "update",
    "values",
];

/// Operators that compare.
const COMPARES: [&str; 10] = ["==", "===", "!=", "!==", "<", ">", "<=", ">=", "in", "instanceof"];

/// What was found of a handler and what it calls.
#[derive(Default)]
pub(super) struct Found {
    /// Whether anything of the body is taken.
    pub(super) is_taken: bool,
    /// Whether anything that was taken is looked at.
    pub(super) is_looked_at: bool,
    /// Whether it is asked whether anything of it is there.
    pub(super) is_asked_for: bool,
    /// Why it may be.
    pub(super) doubt: Option<String>,
    /// What keeps the whole of it, in words.
    pub(super) kept: Option<String>,
    /// What keeps some of its parts, in words.
    pub(super) kept_parts: Option<String>,
}

/// A function that is handed a request, or what was sent.
pub(super) struct Taking<'a, 'b> {
    pub(super) asked: &'a Asked<'b>,
    pub(super) at: FunctionAt,
    pub(super) within: Vec<FunctionId>,
    /// Names of the request, of all that was sent, and of something of it.
    pub(super) requests: BTreeSet<BindingId>,
    pub(super) wholes: BTreeSet<BindingId>,
    pub(super) parts: BTreeSet<BindingId>,
    /// Names of parts of which nothing was made.
    pub(super) raw: BTreeSet<BindingId>,
    depth: u32,
    /// The function that wraps the handler, where this is what it makes: what it is given is followed by itself.
    wrapper: Option<FunctionAt>,
}

impl<'a, 'b> Taking<'a, 'b> {
    fn new(asked: &'a Asked<'b>, at: FunctionAt, depth: u32) -> Self {
        Self {
            asked,
            at,
            within: asked.within(at),
            requests: BTreeSet::new(),
            wholes: BTreeSet::new(),
            parts: BTreeSet::new(),
            raw: BTreeSet::new(),
            depth,
            wrapper: None,
        }
    }

    /// Follows what a route's handler takes.
    pub(super) fn handler(asked: &'a Asked<'b>, at: FunctionAt, found: &mut Found) {
        let mut taking = Self::new(asked, at, 0);
        let module = taking.module();
        let parameters = &module.function(at.function).parameters;
        let is_decorated = parameters.iter().any(|parameter| !parameter.decorators.is_empty());
        for (index, parameter) in parameters.iter().enumerate() {
            if is_decorated {
                taking.decorated(&parameter.bindings, &parameter.decorators, found);
                continue;
            }
            for name in &parameter.bindings {
                taking.seeded(*name, index);
            }
        }
        taking.follow(found);
    }

    /// Follows what a function does with the request that hands it on to a handler.
    pub(super) fn wrapper(asked: &'a Asked<'b>, at: FunctionAt, found: &mut Found) {
        let mut taking = Self::new(asked, at, 0);
        let own = taking.module().function(at.function);
        taking.wrapper = Some(FunctionAt {
            function: own.parent,
            ..at
        });
        for (index, parameter) in own.parameters.iter().enumerate() {
            for name in &parameter.bindings {
                taking.seeded(*name, index);
            }
        }
        taking.follow(found);
    }

    pub(super) fn module(&self) -> &'a Module {
        self.asked.program.module(self.at.module)
    }

    /// What is called, or handed over as a schema or a decorator.
    pub(super) fn values(&self, expr: ExprId) -> Vec<Value> {
        let module = self.at.module;
        self.asked.program.callees(At { module, expr })
    }

    /// Finds the names that are given what was sent, then all that is done with them.
    fn follow(&mut self, found: &mut Found) {
        let module = self.module();
        loop {
            let before = (self.wholes.len(), self.parts.len());
            for inner in self.within.clone() {
                self.bound(&module.function(inner).steps);
                let mut assigned = Vec::new();
                module.each_expr(inner, &mut |expr| {
                    if let Expr::Assign(_, target, value) = module.expr(expr) {
                        assigned.push((*target, *value));
                    }
                });
                for (target, value) in assigned {
                    match module.expr(target) {
                        Expr::Name(name) => self.gives(&[*name], value),
                        Expr::Pattern(names) => self.gives(names, value),
                        _ => {}
                    }
                }
            }
            if before == (self.wholes.len(), self.parts.len()) {
                break;
            }
        }
        let again = self.wholes.iter().any(|name| module.binding(*name).given.len() > 1);
        if again {
            doubt(found, "a name of the body is given something else, too");
        }
        for inner in self.within.clone() {
            self.tests(&module.function(inner).steps, found);
            let mut exprs = Vec::new();
            module.each_expr(inner, &mut |expr| exprs.push(expr));
            for expr in exprs {
                found.is_taken |= self.is_whole(expr);
                self.done(inner, expr, found);
                if found.is_looked_at {
                    return;
                }
            }
        }
    }

    fn bound(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Bind(names, value) => self.gives(names, *value),
                Step::Branch(branch) => branch.arms.iter().for_each(|arm| self.bound(arm)),
                _ => {}
            }
        }
    }

    fn gives(&mut self, names: &[BindingId], value: ExprId) {
        let module = self.module();
        let (is_whole, is_request) = (self.is_whole(value), self.is_request(value));
        let is_of_it = is_whole || self.is_of_it(value);
        for name in names {
            let given = &module.binding(*name).given;
            let given = given.iter().find(|given| given.value == Some(value));
            let path: Option<Vec<&str>> = given.map(|given| given.path.iter().map(|part| &**part).collect());
            match path.as_deref() {
                Some([]) if is_whole => drop(self.wholes.insert(*name)),
                Some(["body"]) if is_request => drop(self.wholes.insert(*name)),
                Some(["body", ..]) if is_request => drop(self.parts.insert(*name)),
                _ if is_of_it => drop(self.parts.insert(*name)),
                _ => continue,
            }
            self.gives_raw(*name, value, path.is_some_and(|path| !path.is_empty()));
        }
    }

    /// `request`, `ctx.request`, `c.req`.
    pub(super) fn is_request(&self, expr: ExprId) -> bool {
        match self.module().expr(expr) {
            Expr::Name(name) => self.requests.contains(name),
            Expr::Member(object, name) => {
                matches!(&**name, "req" | "request")
                    && matches!(self.module().expr(*object), Expr::Name(_))
                    && self.is_request(*object)
            }
            _ => false,
        }
    }

    /// Whether an expression is all that was sent, or an object that holds all of it: `{ ...request.body, owner }`.
    pub(super) fn is_whole(&self, expr: ExprId) -> bool {
        let module = self.module();
        match module.expr(expr) {
            Expr::Name(name) => self.wholes.contains(name),
            Expr::Member(object, name) => &**name == "body" && self.is_request(*object),
            Expr::Await(of) | Expr::Spread(of) => self.is_whole(*of),
            Expr::Call(callee, arguments) => match module.expr(*callee) {
                Expr::Member(object, name) if &**name == "json" && arguments.is_empty() => self.is_request(*object),
                Expr::Member(object, name) if &**name == "catch" => self.is_whole(*object),
                _ => false,
            },
            Expr::Object(properties) => properties.iter().any(|property| {
                // `{ data: request.body }`; what is put below a name of its own is kept as a note.
                let is_row = property.key.as_deref().is_none_or(|key| ROWS.contains(&key));
                is_row && self.is_whole(property.value)
            }),
            // `request.body || {}`
            Expr::Logical(Logical::Or | Logical::Coalesce, left, right) => {
                self.is_whole(*left) && matches!(module.expr(*right), Expr::Object(none) if none.is_empty())
            }
            _ => false,
        }
    }

    /// Whether something of what was sent is in an expression. What a store gives back is another thing.
    pub(super) fn is_of_it(&self, expr: ExprId) -> bool {
        let module = self.module();
        if let Expr::Name(name) = module.expr(expr)
            && self.parts.contains(name)
        {
            return true;
        }
        if self.is_whole(expr) {
            return true;
        }
        if let Expr::Call(..) | Expr::New(..) = module.expr(expr)
            && self.is_a_store(expr)
        {
            return false;
        }
        let mut is_in = false;
        module
            .expr(expr)
            .parts(&mut |part| is_in = is_in || self.is_of_it(part));
        is_in
    }

    /// What branches ask of it.
    fn tests(&self, steps: &[Step], found: &mut Found) {
        for step in steps {
            if let Step::Branch(branch) = step {
                if let Some(test) = branch.test.filter(|test| self.is_of_it(*test)) {
                    match branch.kind {
                        BranchKind::If => self.asks(test, found),
                        _ => found.is_looked_at = true,
                    }
                }
                branch.arms.iter().for_each(|arm| self.tests(arm, found));
            }
        }
    }

    fn asks(&self, test: ExprId, found: &mut Found) {
        match self.is_presence(test) {
            true => found.is_asked_for = true,
            false => found.is_looked_at = true,
        }
    }

    fn done(&self, inner: FunctionId, expr: ExprId, found: &mut Found) {
        let module = self.module();
        match module.expr(expr) {
            Expr::Conditional(test, ..) if self.is_of_it(*test) => self.asks(*test, found),
            Expr::Logical(Logical::And, left, _) if self.is_of_it(*left) => self.asks(*left, found),
            Expr::Logical(_, left, _) if self.is_of_it(*left) && self.is_presence(*left) => {}
            Expr::Logical(_, left, _) if self.is_of_it(*left) && !self.is_whole(expr) => {
                doubt(found, "something of the body has another value where it is missing");
            }
            Expr::Binary(operator, left, right)
                if COMPARES.contains(operator) && (self.is_of_it(*left) || self.is_of_it(*right)) =>
            {
                self.asks(expr, found);
            }
            Expr::Unary("!", of) if self.is_of_it(*of) => self.asks(*of, found),
            Expr::Unary("typeof", of) if self.is_of_it(*of) => found.is_looked_at = true,
            Expr::Unary("delete", of) if self.is_of_it(*of) => doubt(found, "something is taken out of the body"),
            Expr::Assign(_, target, value)
                if matches!(module.expr(*target), Expr::Member(object, _) | Expr::Index(object, _) if self.is_of_it(*object))
                    && self.is_of_it(*value) =>
            {
                doubt(found, "something of the body is made anew");
            }
            Expr::Index(_, index) if self.is_of_it(*index) => doubt(found, "something of the body is looked up"),
            Expr::Call(callee, arguments) | Expr::New(callee, arguments) => {
                self.called((inner, expr), *callee, arguments, found);
            }
            _ => {}
        }
    }

    fn called(&self, (inner, call): (FunctionId, ExprId), callee: ExprId, arguments: &[ExprId], found: &mut Found) {
        let module = self.module();
        let from = FunctionAt {
            function: inner,
            ..self.at
        };
        if self.is_whole(call) {
            return;
        }
        let receiver = match module.expr(callee) {
            Expr::Member(object, _) => Some(*object),
            _ => None,
        };
        // `request.body.name.match(…)`: a method may ask anything.
        if receiver.is_some_and(|object| self.is_of_it(object)) {
            return doubt(found, "a method of something of the body is called");
        }
        let (is_of_it, is_handed) = (
            arguments.iter().any(|argument| self.is_of_it(*argument)),
            arguments.iter().any(|argument| self.is_request(*argument)),
        );
        if !is_of_it && !is_handed || self.asked.program.is_telling(from, callee) {
            return;
        }
        let name = name_of(module, callee).to_owned();
        let small = name.to_ascii_lowercase();
        if is_of_it && name != "JSON.stringify" && CHECKS.iter().any(|check| small.contains(check)) {
            found.is_looked_at = true;
            return;
        }
        let is_whole = arguments.iter().any(|argument| self.is_whole(*argument));
        if self.is_a_store(call) {
            match is_whole {
                true => self.kept(call, (&name, arguments), found),
                false => self.kept_parts(call, (&name, arguments), found),
            }
            return;
        }
        if name == "assign" && matches!(receiver.map(|of| module.expr(of)), Some(Expr::Global(of)) if &**of == "Object")
        {
            if is_whole && let [into, _, ..] = arguments {
                self.assigned(call, *into, found);
            }
            return;
        }
        if self.asked.program.is_answer(from, call) {
            return;
        }
        self.handed_on(callee, arguments, is_whole, found);
    }

    /// What a function does that is handed it.
    fn handed_on(&self, callee: ExprId, arguments: &[ExprId], is_whole: bool, found: &mut Found) {
        let why = || {
            let place = self.place(callee);
            format!("what is handed the body or the request in {place} could not be followed")
        };
        for value in self.values(callee) {
            match value {
                Value::Function(function) if self.depth < DEEPEST => self.handed(function, arguments, found),
                Value::Parameter(of, _) if self.wrapper == Some(of) => {}
                Value::Global(_) if !is_whole => {}
                other if path_of(&other).is_some() && !is_whole => {}
                _ => doubt(found, &why()),
            }
        }
    }

    fn handed(&self, function: FunctionAt, arguments: &[ExprId], found: &mut Found) {
        let mut next = Self::new(self.asked, function, self.depth + 1);
        let module = next.module();
        for (parameter, argument) in module.function(function.function).parameters.iter().zip(arguments) {
            let (is_whole, is_request) = (self.is_whole(*argument), self.is_request(*argument));
            for name in &parameter.bindings {
                let binding = module.binding(*name);
                let path = binding.given.first().map_or(&[][..], |given| given.path.as_slice());
                let is_parameter = matches!(binding.kind, BindingKind::Parameter(_));
                match path {
                    [] if is_parameter && is_request => drop(next.requests.insert(*name)),
                    [] if is_parameter && is_whole => drop(next.wholes.insert(*name)),
                    [first] if is_request && &**first == "body" => drop(next.wholes.insert(*name)),
                    _ if self.is_of_it(*argument) => drop(next.parts.insert(*name)),
                    _ => continue,
                }
                if self.is_raw(*argument) || !path.is_empty() && (is_whole || is_request) {
                    next.raw.insert(*name);
                }
            }
        }
        next.follow(found);
    }
}

pub(super) fn doubt(found: &mut Found, why: &str) {
    found.doubt.get_or_insert_with(|| why.to_owned());
}

/// The last name of what is called.
pub(super) fn name_of(module: &Module, callee: ExprId) -> &str {
    match module.expr(callee) {
        Expr::Member(_, name) | Expr::Global(name) => name,
        Expr::Name(name) => &module.binding(*name).name,
        _ => "",
    }
}
