//! When something is done to a router.

use std::collections::{BTreeMap, BTreeSet};

use super::collect::{Collected, Collector};
use super::{RouterId, What};
use crate::program::linked::{At, FunctionAt};
use crate::program::module::{Expr, ExprId, TOP_LEVEL};
use crate::program::values::Value;
use crate::text::Span;

/// Why what a function does that nobody waits for may come behind what is written behind its call.
pub(super) const UNAWAITED: &str = "it is mounted by a function that nobody waits for";

impl Collector<'_> {
    /// Remembers the first place where each function of this module is called by this one.
    pub(super) fn callers_in(&mut self, at: FunctionAt) {
        let module = self.module(at.module);
        let mut calls: Vec<(ExprId, ExprId, bool)> = Vec::new();
        let mut awaited: BTreeSet<ExprId> = BTreeSet::new();
        module.each_expr(at.function, &mut |expr| match module.expr(expr) {
            Expr::Call(callee, arguments) => {
                calls.push((expr, *callee, false));
                awaited.extend(self.listens_then(at, expr, *callee, arguments));
            }
            Expr::Await(inner) => {
                awaited.insert(*inner);
            }
            _ => {}
        });
        for call in &mut calls {
            call.2 = awaited.contains(&call.0);
        }
        for (call, callee, is_awaited) in calls {
            let is_plain = match module.expr(callee) {
                Expr::Name(_) | Expr::Function(_) => true,
                Expr::Member(object, _) => matches!(module.expr(*object), Expr::This),
                _ => false,
            };
            if !is_plain {
                continue;
            }
            let values = self.program.values(At {
                module: at.module,
                expr: callee,
            });
            for value in values {
                if let Value::Function(function) = value
                    && function.module == at.module
                    && function.function != at.function
                {
                    let known = (at.function, module.span(call), is_awaited);
                    self.callers.entry(function).or_insert(known);
                }
            }
        }
    }

    /// `start().then(() => app.listen(3000))`: nobody is served before, where nothing is mounted meanwhile.
    fn listens_then(&self, at: FunctionAt, call: ExprId, callee: ExprId, arguments: &[ExprId]) -> Option<ExprId> {
        // What is called meanwhile may mount; these write or listen to what happens.
        const QUIET: [&str; 8] = ["on", "once", "log", "info", "warn", "error", "debug", "catch"];
        let module = self.module(at.module);
        let (Expr::Member(awaited, then), Some(next)) = (module.expr(callee), arguments.first()) else {
            return None;
        };
        let Expr::Function(next) = module.expr(*next) else {
            return None;
        };
        if then.as_ref() != "then" {
            return None;
        }
        let is_named = |expr: ExprId, names: &[&str]| {
            matches!(module.expr(expr), Expr::Call(callee, _)
                if matches!(module.expr(*callee), Expr::Member(_, name) if names.contains(&name.as_ref())))
        };
        let (mut listens, mut mounts) = (false, false);
        module.each_expr(*next, &mut |expr| listens |= is_named(expr, &["listen"]));
        let end = module.span(call).end;
        module.each_expr(at.function, &mut |expr| {
            let is_call = matches!(module.expr(expr), Expr::Call(..) | Expr::Await(_));
            mounts |= is_call && module.span(expr).start >= end && !is_named(expr, &QUIET);
        });
        (listens && !mounts).then_some(*awaited)
    }

    /// When something runs, as positions from the module down to the call; and how many of these lead to each call on the
    /// way that begins it and is not waited for.
    pub(super) fn order(&self, at: FunctionAt, span: &Span) -> (Vec<u32>, Vec<usize>) {
        let mut positions = vec![position(span.end)];
        let mut late = Vec::new();
        let (mut function, mut span) = (at.function, span.clone());
        for _ in 0..12 {
            if function == TOP_LEVEL {
                break;
            }
            let here = FunctionAt {
                module: at.module,
                function,
            };
            let Some((caller, call, is_awaited)) = self.callers.get(&here) else {
                break;
            };
            if !is_awaited && self.waits_before(here, &span) {
                late.push(positions.len());
            }
            positions.push(position(call.end));
            (function, span) = (*caller, call.clone());
        }
        positions.push(self.order.get(&at.module).copied().unwrap_or(u32::MAX));
        positions.reverse();
        let late = late.into_iter().map(|below| positions.len() - below).collect();
        (positions, late)
    }

    /// The function in which the callers of callers within a module end, where that is not the module itself.
    pub(super) fn begun_by(&self, at: FunctionAt) -> Option<FunctionAt> {
        let mut here = at;
        for _ in 0..12 {
            if here.function == TOP_LEVEL {
                return None;
            }
            let Some((caller, ..)) = self.callers.get(&here) else {
                break;
            };
            here.function = *caller;
        }
        Some(here)
    }

    pub(super) fn waits_before(&self, at: FunctionAt, span: &Span) -> bool {
        let module = self.module(at.module);
        let mut waits = false;
        module.each_expr(at.function, &mut |expr| {
            waits |= matches!(module.expr(expr), Expr::Await(_)) && module.span(expr).end <= span.start;
        });
        waits && module.function(at.function).is_async
    }
}

impl Collected {
    /// What is done by a function that nobody waits for may come behind what is done after its call. Where nothing is, the
    /// order within the function is all that there is, and it holds: `start().catch(stop)`.
    pub(super) fn settle(&mut self) {
        let mut above: BTreeMap<RouterId, BTreeSet<RouterId>> = BTreeMap::new();
        for (router, done) in &self.done {
            for one in done {
                if let What::Handed(given, ..) = &one.what {
                    above.entry(*given).or_default().insert(*router);
                }
            }
        }
        let mut overtaken: Vec<(RouterId, usize)> = Vec::new();
        for (router, done) in &self.done {
            for (index, one) in done.iter().enumerate() {
                let mut late = one.late.iter().filter_map(|length| one.order.get(..*length));
                if late.any(|call| self.goes_on(*router, call, &above)) {
                    overtaken.push((*router, index));
                }
            }
        }
        for (router, index) in overtaken {
            if let Some(one) = self.done.get_mut(&router).and_then(|done| done.get_mut(index)) {
                one.doubt.get_or_insert(UNAWAITED);
            }
        }
    }

    /// Whether something is done to a router after a call, and not by it; to one that was handed on, also where it came from.
    fn goes_on(&self, router: RouterId, call: &[u32], above: &BTreeMap<RouterId, BTreeSet<RouterId>>) -> bool {
        let (mut open, mut seen) = (vec![router], BTreeSet::from([router]));
        while let Some(router) = open.pop() {
            let mut done = self.done.get(&router).into_iter().flatten();
            if done.any(|one| one.order.as_slice() > call && !one.order.starts_with(call)) {
                return true;
            }
            let outer = above.get(&router).into_iter().flatten().copied();
            open.extend(outer.filter(|outer| seen.insert(*outer)));
        }
        false
    }
}

fn position(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
