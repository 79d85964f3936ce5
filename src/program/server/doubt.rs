//! Why something may not be done to a router, though the code for it is there: conditions, returns before it, events.

use std::sync::Arc;

use super::collect::Collector;
use crate::program::linked::{At, FunctionAt, ModuleId};
use crate::program::module::{Branch, BranchKind, Expr, ExprId, Logical, Module, Step, TOP_LEVEL};
use crate::program::values::{Literal, Value};
use crate::text::Span;

/// A loop may have no turn, unless its list is known.
pub(super) const IN_A_LOOP: &str = "it is mounted in a loop";
const ON_CONDITION: &str = "it is mounted under a condition";
const BEHIND_A_RETURN: &str = "it is mounted behind a return under a condition";
const ON_AN_EVENT: &str = "it is mounted when something happens";

/// Callers of callers that are looked at, and callers of one function.
const DEEPEST: u32 = 12;
const MOST: usize = 16;

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
    at: FunctionAt,
    /// The call, or the call that it is given to.
    call: Span,
    /// Whether that waits for an event.
    is_event: bool,
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
            let site = |is_event| Site {
                at,
                call: module.span(call),
                is_event,
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
                    self.sites.entry(given).or_default().push(site(EVENTS.contains(&name)));
                    if let (0, Expr::Member(list, _), "forEach" | "map") = (index, module.expr(callee), name) {
                        self.lists.insert(given, *list);
                    }
                }
            }
            if is_called_by_name(module, callee) {
                for value in self.values(at.module, callee) {
                    if let Value::Function(function) = value {
                        self.sites.entry(function).or_default().push(site(false));
                    }
                }
            }
        }
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
                    self.in_production(id, *left, 0) == Some(true)
                }
                Expr::Logical(Logical::Or | Logical::Coalesce, left, right) if is_in(*right) => {
                    self.in_production(id, *left, 0) == Some(false)
                }
                Expr::Conditional(test, yes, no) if is_in(*yes) || is_in(*no) => {
                    self.in_production(id, *test, 0) == Some(is_in(*yes))
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
        running.any(|(_, arm)| leaves(arm, is_loop))
    }

    /// Whether an arm of an `if` runs in production; `None` is not known.
    fn runs_in_production(&self, id: ModuleId, branch: &Branch, arm: usize) -> Option<bool> {
        let test = branch.test.filter(|_| branch.kind == BranchKind::If)?;
        Some(self.in_production(id, test, 0)? == (arm == 0))
    }

    /// What a condition is in production, where `NODE_ENV` alone decides: `NODE_ENV === "production"`, `!isTest`.
    fn in_production(&self, id: ModuleId, test: ExprId, depth: u32) -> Option<bool> {
        if depth > 8 {
            return None;
        }
        let more = |part: ExprId| self.in_production(id, part, depth + 1);
        match self.module(id).expr(test) {
            Expr::Unary("!", inner) => Some(!more(*inner)?),
            Expr::Logical(Logical::And, left, right) => match (more(*left), more(*right)) {
                (Some(true), Some(true)) => Some(true),
                (Some(false), _) | (_, Some(false)) => Some(false),
                _ => None,
            },
            Expr::Logical(Logical::Or, left, right) => match (more(*left), more(*right)) {
                (Some(false), Some(false)) => Some(false),
                (Some(true), _) | (_, Some(true)) => Some(true),
                _ => None,
            },
            Expr::Binary(operator @ ("==" | "===" | "!=" | "!=="), left, right) => {
                if self.is_started(id, *left, *right) || self.is_started(id, *right, *left) {
                    return Some(operator.starts_with("=="));
                }
                let said = match (self.text(id, *right), self.text(id, *left)) {
                    (Some(said), _) if self.is_environment(id, *left) => said,
                    (_, Some(said)) if self.is_environment(id, *right) => said,
                    _ => return None,
                };
                Some((said.as_ref() == "production") == operator.starts_with("=="))
            }
            Expr::Name(_) | Expr::Member(..) => match self.values(id, test).as_slice() {
                [Value::Unknown(at)] if (at.module, at.expr) != (id, test) => {
                    self.in_production(at.module, at.expr, depth + 1)
                }
                [Value::Literal(Literal::Bool(known))] => Some(*known),
                // Servers are what a cluster's workers are.
                [Value::Package(package, path)] if bare(package) == "cluster" => match path.last()?.as_ref() {
                    "isMaster" | "isPrimary" => Some(false),
                    "isWorker" => Some(true),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// `require.main === module`: production starts the file itself.
    fn is_started(&self, id: ModuleId, main: ExprId, module: ExprId) -> bool {
        let lowered = self.module(id);
        let is_global =
            |expr: ExprId, name: &str| matches!(lowered.expr(expr), Expr::Global(known) if known.as_ref() == name);
        matches!(lowered.expr(main), Expr::Member(of, name) if name.as_ref() == "main" && is_global(*of, "require"))
            && is_global(module, "module")
    }

    fn text(&self, module: ModuleId, expr: ExprId) -> Option<Arc<str>> {
        match self.program.values(At { module, expr }).as_slice() {
            [Value::Literal(Literal::Text(text))] => Some(text.clone()),
            _ => None,
        }
    }

    /// Whether it is `NODE_ENV`, with or without a default: production sets it.
    fn is_environment(&self, id: ModuleId, expr: ExprId) -> bool {
        let values = self.values(id, expr);
        let is_it = |value: &Value| matches!(value, Value::Environment(name) if name.as_ref() == "NODE_ENV");
        let is_default = |value: &Value| matches!(value, Value::Literal(_));
        values.iter().any(is_it) && values.iter().all(|value| is_it(value) || is_default(value))
    }
}

fn bare(package: &str) -> &str {
    package.strip_prefix("node:").unwrap_or(package)
}

fn holds(outer: &Span, inner: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// `setup()`, `(() => { … })()`, `this.setup()`, and `setup.limits()` of something that is imported.
fn is_called_by_name(module: &Module, callee: ExprId) -> bool {
    match module.expr(callee) {
        Expr::Name(_) | Expr::Function(_) => true,
        Expr::Member(object, _) => match module.expr(*object) {
            Expr::This | Expr::Load(_) => true,
            Expr::Name(binding) => matches!(
                module.binding(*binding).kind,
                crate::program::module::BindingKind::Import(..)
            ),
            _ => false,
        },
        _ => false,
    }
}

/// Whether steps hold a `return`, or a jump out of the loop around them, at any depth.
fn leaves(steps: &[Step], is_in_loop: bool) -> bool {
    steps.iter().any(|step| match step {
        Step::Return(_) => true,
        Step::Jump => !is_in_loop,
        Step::Branch(branch) => {
            let is_loop = is_in_loop || matches!(branch.kind, BranchKind::Loop | BranchKind::Switch);
            branch.arms.iter().any(|arm| leaves(arm, is_loop))
        }
        Step::Do(_) | Step::Bind(..) | Step::Throw(_) => false,
    })
}
