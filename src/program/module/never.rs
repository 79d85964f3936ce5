//! What production never does: behind a `return`, under `if (false)`, right of `false &&`.
//!
//! It is taken out of the functions that it stands in and kept as functions that nobody calls, so that who asks for it
//! is told where it stands.

use std::collections::BTreeSet;

use super::constant::known_alone;
use super::{
    BindingId, Branch, BranchKind, Expr, ExprId, Function, FunctionId, FunctionKind, Logical, Module, Step, TOP_LEVEL,
};
use crate::text::Span;

/// Takes it out of every function of a module.
pub(super) fn take_out(module: &mut Module) {
    let is_settled = module.expressions.iter().any(|(expr, _)| settles(module, expr));
    for index in 0..module.functions.len() {
        let steps = std::mem::take(&mut module.functions[index].steps);
        let mut cut = Cut {
            module,
            is_settled,
            dead: Vec::new(),
        };
        let (steps, _) = cut.steps(steps);
        let dead = cut.dead;
        module.functions[index].steps = steps;
        if let (false, Ok(parent)) = (dead.is_empty(), u32::try_from(index)) {
            keep(module, FunctionId(parent), dead);
        }
    }
}

/// Whether what an expression comes to is known before anything runs.
fn settles(module: &Module, expr: &Expr) -> bool {
    match expr {
        Expr::Logical(Logical::And | Logical::Or, test, _) | Expr::Conditional(test, ..) => {
            known_alone(module, *test).is_some()
        }
        _ => false,
    }
}

/// Keeps what is never done as functions of their own.
fn keep(module: &mut Module, parent: FunctionId, dead: Vec<Vec<Step>>) {
    let mut pieces: Vec<Span> = Vec::new();
    for steps in dead {
        let (mut names, mut span) = (BTreeSet::new(), None);
        steps
            .iter()
            .for_each(|step| names_in(module, step, &mut names, &mut span));
        // A bare `return` behind another one.
        let Some(span) = span else { continue };
        let Ok(id) = u32::try_from(module.functions.len()) else {
            return;
        };
        for request in &mut module.requests {
            if request.function == parent && holds(&span, &request.span) {
                request.function = FunctionId(id);
            }
        }
        for binding in &mut module.bindings {
            if binding.given.len() > 1 {
                // What it is given in production is what it is.
                let is_given = |given: &super::Given| given.value.is_some() && !holds(&span, &given.span);
                if binding.given.iter().any(is_given) {
                    binding.given.retain(|given| !holds(&span, &given.span));
                }
            }
        }
        module.functions.push(Function {
            name: None,
            span: span.clone(),
            kind: FunctionKind::Never,
            is_async: false,
            parent,
            parameters: Vec::new(),
            steps,
            mentions: names.into_iter().collect(),
            members: Vec::new(),
        });
        pieces.push(span);
    }
    unmention(module, parent, &pieces);
}

/// A name that a function mentions in what is never done alone is not mentioned.
fn unmention(module: &mut Module, function: FunctionId, pieces: &[Span]) {
    let is_in = |spans: &[Span], span: &Span| spans.iter().any(|outer| holds(outer, span));
    let inner = module.functions.iter().zip(0_u32..).filter(|(inner, index)| {
        inner.parent == function && *index != TOP_LEVEL.0 && inner.kind != FunctionKind::Never
    });
    let inner: Vec<Span> = inner.map(|(inner, _)| inner.span.clone()).collect();
    let own = module.function(function).span.clone();
    let (mut dead, mut live) = (BTreeSet::new(), BTreeSet::new());
    for (expr, span) in &module.expressions {
        let Expr::Name(name) = expr else { continue };
        let span = span.start as usize..span.end as usize;
        if !holds(&own, &span) {
            continue;
        }
        if is_in(pieces, &span) {
            dead.insert(*name);
        } else if !is_in(&inner, &span) {
            live.insert(*name);
        }
    }
    let index = function.0 as usize;
    module.functions[index]
        .mentions
        .retain(|name| live.contains(name) || !dead.contains(name));
}

fn names_in(module: &Module, step: &Step, names: &mut BTreeSet<BindingId>, span: &mut Option<Span>) {
    let mut expression = |expr: ExprId| {
        let own = module.span(expr);
        *span = Some(match span.take() {
            Some(known) => known.start.min(own.start)..known.end.max(own.end),
            None => own,
        });
        module.each_part(expr, &mut |part| {
            if let Expr::Name(name) = module.expr(part) {
                names.insert(*name);
            }
        });
    };
    match step {
        Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => expression(*expr),
        Step::Return(None) | Step::Jump => {}
        Step::Branch(branch) => {
            branch.test.into_iter().for_each(&mut expression);
            for step in branch.arms.iter().flatten() {
                names_in(module, step, names, span);
            }
        }
    }
}

fn holds(outer: &Span, inner: &Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

struct Cut<'a> {
    module: &'a mut Module,
    /// Whether any of its expressions is settled; of most modules none is, and then none has to be followed.
    is_settled: bool,
    dead: Vec<Vec<Step>>,
}

impl Cut<'_> {
    /// The steps that may be done, and whether nothing behind them is.
    fn steps(&mut self, steps: Vec<Step>) -> (Vec<Step>, bool) {
        let mut live = Vec::with_capacity(steps.len());
        let mut rest = steps.into_iter();
        let mut leaves = false;
        for step in rest.by_ref() {
            let (step, last) = self.step(step);
            live.push(step);
            if last {
                leaves = true;
                break;
            }
        }
        let behind: Vec<Step> = rest.collect();
        if !behind.is_empty() {
            self.dead.push(behind);
        }
        (live, leaves)
    }

    fn step(&mut self, step: Step) -> (Step, bool) {
        match step {
            Step::Do(expr) => {
                self.expression(expr);
                let is_end = self.module.ends_all(expr);
                (Step::Do(expr), is_end)
            }
            Step::Bind(names, expr) => {
                self.expression(expr);
                (Step::Bind(names, expr), false)
            }
            Step::Return(value) => {
                value.into_iter().for_each(|expr| self.expression(expr));
                (Step::Return(value), true)
            }
            Step::Throw(expr) => {
                self.expression(expr);
                (Step::Throw(expr), true)
            }
            Step::Jump => (Step::Jump, true),
            Step::Branch(branch) => {
                let (branch, leaves) = self.branch(*branch);
                (Step::Branch(Box::new(branch)), leaves)
            }
        }
    }

    fn branch(&mut self, branch: Branch) -> (Branch, bool) {
        let test = branch.test.filter(|_| branch.kind == BranchKind::If);
        let known = test.and_then(|test| known_alone(self.module, test));
        branch.test.into_iter().for_each(|test| self.expression(test));
        let mut leaving = Vec::with_capacity(branch.arms.len());
        let mut arms = Vec::with_capacity(branch.arms.len());
        for (arm, index) in branch.arms.into_iter().zip(0_usize..) {
            if known.is_some_and(|known| known != (index == 0)) {
                if !arm.is_empty() {
                    self.dead.push(arm);
                }
                arms.push(Vec::new());
                leaving.push(None);
            } else {
                let (arm, leaves) = self.steps(arm);
                arms.push(arm);
                leaving.push(Some(leaves));
            }
        }
        let leaves = match branch.kind {
            // An absent `else` is an arm that goes on.
            BranchKind::If => {
                let goes_on = leaving.len() < 2 && known != Some(true);
                !goes_on && leaving.iter().flatten().all(|leaves| *leaves) && leaving.iter().any(Option::is_some)
            }
            BranchKind::Try => leaving.get(2) == Some(&Some(true)),
            BranchKind::Switch | BranchKind::Loop => false,
        };
        (Branch { arms, ..branch }, leaves)
    }

    /// What an expression never comes to: `false && …`, `isProduction ? … : never`.
    fn expression(&mut self, expr: ExprId) {
        if !self.is_settled {
            return;
        }
        let known = |test: &ExprId| known_alone(self.module, *test);
        let (taken, dead) = match self.module.expr(expr) {
            Expr::Logical(operator @ (Logical::And | Logical::Or), left, right) => match known(left) {
                Some(left_is) if left_is == (*operator == Logical::And) => (vec![*left, *right], None),
                Some(_) => (vec![*left], Some(*right)),
                None => (Vec::new(), None),
            },
            Expr::Conditional(test, yes, no) => match known(test) {
                Some(true) => (vec![*test, *yes], Some(*no)),
                Some(false) => (vec![*test, *no], Some(*yes)),
                None => (Vec::new(), None),
            },
            _ => (Vec::new(), None),
        };
        if let Some(dead) = dead {
            self.dead.push(vec![Step::Do(dead)]);
        }
        if !taken.is_empty() {
            self.module.expressions[expr.0 as usize].0 = Expr::Sequence(taken.into());
        }
        let mut parts = Vec::new();
        self.module.expr(expr).parts(&mut |part| parts.push(part));
        for part in parts {
            self.expression(part);
        }
    }
}
