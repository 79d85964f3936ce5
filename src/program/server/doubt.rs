//! Why something may not be done to a router, though the code for it is there: conditions, returns before it, events.

use std::sync::Arc;

use super::collect::Collector;
use crate::program::linked::{At, FunctionAt, ModuleId};
use crate::program::module::constant::{Facts, in_production};
use crate::program::module::{BindingKind, Branch, BranchKind, Expr, ExprId, Logical, Module, Step, TOP_LEVEL};
use crate::program::values::{Literal, Value};
use crate::text::Span;

/// A loop may have no turn, unless its list is known.
pub(super) const IN_A_LOOP: &str = "it is mounted in a loop";
const ON_CONDITION: &str = "it is mounted under a condition";
const BEHIND_A_RETURN: &str = "it is mounted behind a return under a condition";
const ON_AN_EVENT: &str = "it is mounted when something happens";

/// Callers of callers that are looked at, and callers of one function.
const DEEPEST: u32 = 12;
pub(super) const MOST: usize = 16;

/// Methods and functions that call what they are given when something happens, and perhaps never.
const EVENTS: [&str; 8] = [
    "on",
    "once",
    "addListener",
    "addEventListener",
    "catch",
    "setTimeout",
    "setInterval",
    "setImmediate",
];

/// Where a function is called.
#[derive(Debug, Clone)]
pub(super) struct Site {
    /// By whom.
    pub(super) at: FunctionAt,
    /// The call, or the call that it is given to.
    call: Span,
    /// Whether that waits for an event.
    is_event: bool,
    /// What it is handed by name; `None` where it is handed to something that calls it.
    pub(super) arguments: Option<Vec<ExprId>>,
}

impl Collector<'_> {
    /// Remembers where the functions are called that this one calls, or gives to others as they are written.
    pub(super) fn sites_in(&mut self, at: FunctionAt) {
        let module = self.module(at.module);
        let mut calls = Vec::new();
        module.each_expr(at.function, &mut |expr| {
            if let Expr::Call(callee, arguments) | Expr::New(callee, arguments) = module.expr(expr) {
                calls.push((expr, *callee, arguments));
            }
        });
        for (call, callee, arguments) in calls {
            let site = |is_event, arguments| Site {
                at,
                call: module.span(call),
                is_event,
                arguments,
            };
            let name = match module.expr(callee) {
                Expr::Member(_, name) | Expr::Global(name) => name.as_ref(),
                _ => "",
            };
            for (index, argument) in arguments.iter().enumerate() {
                if let Expr::Function(function) = module.expr(*argument) {
                    let given = FunctionAt {
                        module: at.module,
                        function: *function,
                    };
                    self.sites
                        .entry(given)
                        .or_default()
                        .push(site(EVENTS.contains(&name), None));
                    if let (0, Expr::Member(list, _), "forEach" | "map") = (index, module.expr(callee), name) {
                        self.lists.insert(given, *list);
                    }
                }
            }
            if is_called_by_name(module, callee) {
                for value in self.named(at.module, call, callee) {
                    for function in self.entered(&value) {
                        let arguments = Some(arguments.to_vec());
                        self.sites.entry(function).or_default().push(site(false, arguments));
                    }
                }
            }
        }
    }

    /// The functions that are handed the arguments where a value is called, or made: a class's constructor, and where none
    /// is written that of the class it extends.
    fn entered(&self, value: &Value) -> Vec<FunctionAt> {
        let (mut value, mut found) = (value.clone(), Vec::new());
        for _ in 0..DEEPEST {
            let (id, class) = match value {
                Value::Function(function) => return vec![function],
                Value::Class(id, class) => (id, self.module(id).class(class)),
                _ => break,
            };
            let Some(function) = class.constructor else { break };
            found.push(FunctionAt { module: id, function });
            let is_written = self.module(id).function(function).span != class.span;
            match class.extends.filter(|_| !is_written) {
                Some(extends) => value = self.base(id, extends),
                None => break,
            }
        }
        found
    }

    /// The class that another extends.
    fn base(&self, id: ModuleId, extends: ExprId) -> Value {
        let none = Value::Unknown(At {
            module: id,
            expr: extends,
        });
        self.values(id, extends).into_iter().next().unwrap_or(none)
    }

    /// What is called: `super(…)` is the constructor of the class that the one around it extends.
    fn named(&self, id: ModuleId, call: ExprId, callee: ExprId) -> Vec<Value> {
        let module = self.module(id);
        if *module.expr(callee) != Expr::Super {
            return self.callees(id, callee);
        }
        let span = module.span(call);
        let around = module.classes.iter().filter(|class| holds(&class.span, &span));
        let extends = around
            .min_by_key(|class| class.span.len())
            .and_then(|class| class.extends);
        extends.map(|extends| self.base(id, extends)).into_iter().collect()
    }

    /// Why what stands at a place of a function may not run; `None` where it does as soon as the server starts, and where
    /// nobody is seen to call the function, which is live all the same.
    pub(super) fn doubt(&self, at: FunctionAt, span: &Span) -> Option<&'static str> {
        self.doubt_from(at, span, 0)
    }

    fn doubt_from(&self, at: FunctionAt, span: &Span, depth: u32) -> Option<&'static str> {
        let steps = &self.module(at.module).function(at.function).steps;
        let own = self.in_steps(at.module, steps, span, None).flatten();
        if own.is_some() || at.function == TOP_LEVEL || depth >= DEEPEST {
            return own;
        }
        let sites = self.sites.get(&at)?;
        let mut first = None;
        for site in sites.iter().take(MOST) {
            let why = match site.is_event {
                true => Some(ON_AN_EVENT),
                // A list that is looped over is seldom empty.
                false => self
                    .doubt_from(site.at, &site.call, depth + 1)
                    .filter(|why| *why != IN_A_LOOP),
            };
            // One call for sure is enough.
            first = Some(first.unwrap_or(why?));
        }
        first
    }

    /// The doubt at a place within steps; `None` where the place is not within them.
    fn in_steps(
        &self,
        id: ModuleId,
        steps: &[Step],
        span: &Span,
        outer: Option<&'static str>,
    ) -> Option<Option<&'static str>> {
        let module = self.module(id);
        let mut doubt = outer;
        for step in steps {
            match step {
                Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                    if holds(&module.span(*expr), span) {
                        return Some(doubt.or_else(|| self.in_expression(id, *expr, span)));
                    }
                }
                Step::Branch(branch) if holds(&branch.span, span) => {
                    if let Some(test) = branch.test.filter(|test| holds(&module.span(*test), span)) {
                        return Some(doubt.or_else(|| self.in_expression(id, test, span)));
                    }
                    for (index, arm) in branch.arms.iter().enumerate() {
                        let inner = doubt.or_else(|| self.in_arm(id, branch, index));
                        if let Some(found) = self.in_steps(id, arm, span, inner) {
                            return Some(found);
                        }
                    }
                }
                Step::Branch(branch) => {
                    doubt = doubt.or_else(|| self.may_leave(id, branch).then_some(BEHIND_A_RETURN));
                }
                Step::Return(None) | Step::Jump => {}
            }
        }
        None
    }

    fn in_arm(&self, id: ModuleId, branch: &Branch, arm: usize) -> Option<&'static str> {
        match branch.kind {
            BranchKind::Try if arm != 1 => None,
            BranchKind::If if self.runs_in_production(id, branch, arm) == Some(true) => None,
            BranchKind::Loop => Some(IN_A_LOOP),
            BranchKind::If | BranchKind::Switch | BranchKind::Try => Some(ON_CONDITION),
        }
    }

    /// The doubt at a place within an expression: `a && b`, `a ? b : c`.
    fn in_expression(&self, id: ModuleId, expr: ExprId, span: &Span) -> Option<&'static str> {
        let module = self.module(id);
        let is_in = |part: ExprId| holds(&module.span(part), span);
        let mut at = expr;
        loop {
            let is_sure = match module.expr(at) {
                Expr::Logical(Logical::And, left, right) if is_in(*right) => {
                    self.in_production(id, *left) == Some(true)
                }
                Expr::Logical(Logical::Or | Logical::Coalesce, left, right) if is_in(*right) => {
                    self.in_production(id, *left) == Some(false)
                }
                Expr::Conditional(test, yes, no) if is_in(*yes) || is_in(*no) => {
                    self.in_production(id, *test) == Some(is_in(*yes))
                }
                _ => true,
            };
            if !is_sure {
                return Some(ON_CONDITION);
            }
            let mut next = None;
            module
                .expr(at)
                .parts(&mut |part| next = next.or(is_in(part).then_some(part)));
            at = next?;
        }
    }

    /// Whether what follows a branch may not run, as one of its arms leaves.
    fn may_leave(&self, id: ModuleId, branch: &Branch) -> bool {
        let arms = branch.arms.iter().enumerate();
        let mut running = arms.filter(|(index, _)| self.runs_in_production(id, branch, *index) != Some(false));
        let is_loop = matches!(branch.kind, BranchKind::Loop | BranchKind::Switch);
        running.any(|(_, arm)| leaves(self.module(id), arm, is_loop))
    }

    /// Whether an arm of an `if` runs in production; `None` is not known.
    fn runs_in_production(&self, id: ModuleId, branch: &Branch, arm: usize) -> Option<bool> {
        let test = branch.test.filter(|_| branch.kind == BranchKind::If)?;
        Some(self.in_production(id, test)? == (arm == 0))
    }

    /// What a condition is in production; names are followed through the program.
    fn in_production(&self, id: ModuleId, test: ExprId) -> Option<bool> {
        in_production(&Followed { collector: self, id }, test, 0)
    }
}

/// What a module's conditions are, seen from the whole program.
struct Followed<'a, 'b> {
    collector: &'a Collector<'b>,
    id: ModuleId,
}

impl Facts for Followed<'_, '_> {
    fn module(&self) -> &Module {
        self.collector.module(self.id)
    }

    fn text(&self, expr: ExprId) -> Option<Arc<str>> {
        match self.collector.values(self.id, expr).as_slice() {
            [Value::Literal(Literal::Text(text))] => Some(text.clone()),
            _ => None,
        }
    }

    /// With or without a default: production sets it.
    fn is_environment(&self, expr: ExprId) -> bool {
        let values = self.collector.values(self.id, expr);
        let is_it = |value: &Value| matches!(value, Value::Environment(name) if name.as_ref() == "NODE_ENV");
        let is_default = |value: &Value| matches!(value, Value::Literal(_));
        values.iter().any(is_it) && values.iter().all(|value| is_it(value) || is_default(value))
    }

    /// `require.main === module`: production starts the file itself.
    fn is_started(&self, main: ExprId, module: ExprId) -> bool {
        let lowered = self.module();
        let is_global =
            |expr: ExprId, name: &str| matches!(lowered.expr(expr), Expr::Global(known) if known.as_ref() == name);
        matches!(lowered.expr(main), Expr::Member(of, name) if name.as_ref() == "main" && is_global(*of, "require"))
            && is_global(module, "module")
    }

    fn named(&self, expr: ExprId, depth: u32) -> Option<bool> {
        match self.collector.values(self.id, expr).as_slice() {
            [Value::Unknown(at)] if (at.module, at.expr) != (self.id, expr) => {
                let there = Followed {
                    collector: self.collector,
                    id: at.module,
                };
                in_production(&there, at.expr, depth)
            }
            [Value::Literal(Literal::Bool(known))] => Some(*known),
            // Servers are what a cluster's workers are.
            [Value::Package(package, path)] if bare(package) == "cluster" => match path.last()?.as_ref() {
                "isMaster" | "isPrimary" => Some(false),
                "isWorker" => Some(true),
                _ => None,
            },
            _ => None,
        }
    }
}

fn bare(package: &str) -> &str {
    package.strip_prefix("node:").unwrap_or(package)
}

fn holds(outer: &Span, inner: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// `setup()`, `(() => { … })()`, `require("./setup")()`, `this.setup()`, `super()`, and `setup.limits()` of something that
/// is imported or made here.
fn is_called_by_name(module: &Module, callee: ExprId) -> bool {
    match module.expr(callee) {
        Expr::Name(_) | Expr::Function(_) | Expr::Load(_) | Expr::Super => true,
        Expr::Member(object, _) => match module.expr(*object) {
            Expr::This | Expr::Load(_) => true,
            Expr::Name(binding) => match module.binding(*binding).kind {
                BindingKind::Import(..) => true,
                // `const docs = new Docs()`.
                BindingKind::Constant => module.binding(*binding).given.iter().any(|given| {
                    given
                        .value
                        .is_some_and(|value| matches!(module.expr(value), Expr::New(..)))
                }),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// Whether steps hold a `return`, or a jump out of the loop around them, at any depth; where the process ends, nothing is
/// left undone.
fn leaves(module: &Module, steps: &[Step], is_in_loop: bool) -> bool {
    for step in steps {
        match step {
            Step::Do(expr) | Step::Return(Some(expr)) if module.ends_all(*expr) => return false,
            Step::Return(_) => return true,
            Step::Jump if !is_in_loop => return true,
            Step::Branch(branch) => {
                let is_loop = is_in_loop || matches!(branch.kind, BranchKind::Loop | BranchKind::Switch);
                if branch.arms.iter().any(|arm| leaves(module, arm, is_loop)) {
                    return true;
                }
            }
            Step::Jump | Step::Do(_) | Step::Bind(..) | Step::Throw(_) => {}
        }
    }
    false
}
