//! Whether a text decides something that acts: `case "payment_intent.succeeded": await fulfil(order)`.
//!
//! A text may stand in a comparison, as a case, as a key with its handler, or beside a handler in a call. What its branch
//! does is asked then; where it stands otherwise, that is not known.

use std::cell::Cell;

use crate::program::module::{BindingId, Branch, BranchKind, Expr, ExprId, Logical, Module, Step};
use crate::program::{At, Deed, FunctionAt, Program, Value};

use super::held::Held;
use super::judged::at;
use super::truth::Truth;

/// Names of names that are followed.
const DEEPEST: u32 = 2;

/// What comes of what a text decides.
pub(super) fn acts(program: &Program, is_live: IsLive<'_>, function: FunctionAt, text: ExprId) -> Truth {
    let refused = Cell::new(None);
    let look = Look {
        program,
        is_live,
        at: function,
        module: program.module(function.module),
        targets: vec![text],
        text,
        is_truth: false,
        is_list: false,
        depth: 0,
        refused: &refused,
    };
    match look.module.expr(text) {
        Expr::Text(_) => {
            let steps = &look.module.function(function.function).steps;
            let decided = look.steps(steps).max(look.decorated());
            // What is handed on beside it may be done with whatever came.
            let is_beside = decided == Some(Deed::Nothing) && super::beside::hands_on(look.module, steps);
            look.told(if is_beside { Some(Deed::Unclear) } else { decided })
        }
        // The value of a key that is such a text.
        _ => look.told(Some(look.handler(text).unwrap_or(Deed::Unclear))),
    }
}

/// Whether production reaches a function.
pub(super) type IsLive<'a> = &'a dyn Fn(FunctionAt) -> bool;

/// What an expression makes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// It does not hold it.
    Absent,
    /// It is the text, or a list that holds it.
    Bare,
    /// It is true where the text is what came, or where it is not.
    Compared(bool),
    /// What it decides does this.
    Decided(Deed),
}

pub(super) struct Look<'a> {
    pub(super) program: &'a Program,
    pub(super) is_live: IsLive<'a>,
    pub(super) at: FunctionAt,
    pub(super) module: &'a Module,
    /// The text, or what stands for it.
    pub(super) targets: Vec<ExprId>,
    /// The text itself, in the module that it stands in.
    pub(super) text: ExprId,
    /// Whether these are true where the text came.
    pub(super) is_truth: bool,
    /// Whether these are a list of which the text is one.
    pub(super) is_list: bool,
    pub(super) depth: u32,
    /// A call of what is decided that is refused each time.
    pub(super) refused: &'a Cell<Option<At>>,
}

impl Look<'_> {
    fn told(&self, deed: Option<Deed>) -> Truth {
        match deed {
            Some(Deed::Acts) => Truth::Yes,
            Some(Deed::Nothing) => Truth::No("what is done where it comes only logs, answers, or is empty".to_owned()),
            Some(Deed::Unclear) | None => Truth::Unknown(match self.refused.get() {
                Some(call) => self.rejected(call),
                None => "what is done where it comes could not be followed".to_owned(),
            }),
        }
    }

    /// What is decided in some steps; `None` where they do not hold the text.
    pub(super) fn steps(&self, steps: &[Step]) -> Option<Deed> {
        let mut deed: Option<Deed> = None;
        for (step, rest) in steps.iter().zip(1..).map(|(step, next)| (step, &steps[next..])) {
            let found = match step {
                Step::Do(expr) | Step::Return(Some(expr)) | Step::Throw(expr) => self.alone(*expr, None),
                Step::Bind(names, expr) => self.alone(*expr, Some(names)),
                Step::Return(None) | Step::Jump => None,
                Step::Branch(branch) => self.branch(branch, rest),
            };
            deed = deed.max(found);
        }
        deed
    }

    /// An expression that stands alone, or is given to names.
    fn alone(&self, expr: ExprId, names: Option<&[BindingId]>) -> Option<Deed> {
        let held = match self.find(expr) {
            Found::Absent => return None,
            Found::Decided(deed) => return Some(deed),
            Found::Compared(true) => Held::Truth,
            Found::Compared(false) => return Some(Deed::Unclear),
            Found::Bare => self.held(expr),
        };
        match (names, self.depth < DEEPEST) {
            (Some([name]), true) => Some(self.named(*name, &held)),
            _ => Some(Deed::Unclear),
        }
    }

    fn branch(&self, branch: &Branch, rest: &[Step]) -> Option<Deed> {
        let tested = branch.test.map_or(Found::Absent, |test| self.find(test));
        let first = branch.arms.first().map_or(&[][..], Vec::as_slice);
        match (branch.kind, tested) {
            (_, Found::Absent) => {}
            (_, Found::Decided(deed)) => return Some(deed),
            (BranchKind::If, Found::Compared(true)) => return Some(self.done(first)),
            (BranchKind::If, Found::Compared(false)) => {
                let otherwise = branch.arms.get(1).map_or(&[][..], Vec::as_slice);
                let is_sole = branch
                    .test
                    .is_some_and(|test| matches!(self.module.expr(test), Expr::Binary(..)));
                return Some(match (leaves(first), is_sole) {
                    (true, true) => self.done(otherwise).max(self.done(rest)),
                    // What comes next is done for others, too: what is decided further down is told there.
                    (true, false) => self.done(otherwise).max(self.direct(rest)),
                    (false, _) => self.done(otherwise),
                });
            }
            _ => return Some(Deed::Unclear),
        }
        if branch.kind == BranchKind::Switch
            && let Some(deed) = self.case(branch)
        {
            return Some(deed);
        }
        let arms = branch.arms.iter().filter_map(|arm| self.steps(arm));
        arms.reduce(Deed::max)
    }

    /// What is done from the text's own case on, until something leaves the switch.
    fn case(&self, branch: &Branch) -> Option<Deed> {
        let is_own = |arm: &Vec<Step>| match arm.first() {
            Some(Step::Do(expr)) => !matches!(self.find(*expr), Found::Absent),
            _ => false,
        };
        let own = branch.arms.iter().position(is_own)?;
        let mut done = Vec::new();
        for arm in &branch.arms[own..] {
            let body = match arm.first() {
                Some(Step::Do(test)) if std::ptr::eq(arm, &branch.arms[own]) || is_test(self.module, *test) => {
                    &arm[1..]
                }
                _ => arm.as_slice(),
            };
            done.extend(body.iter().cloned());
            if leaves(body) {
                break;
            }
        }
        let deed = self.done(&done);
        // `default: return;`: what stands behind the switch is done for the cases alone.
        let is_filter = done.iter().all(|step| *step == Step::Jump) && branch.arms.iter().any(|arm| ends(arm));
        Some(if is_filter { deed.max(Deed::Unclear) } else { deed })
    }

    /// What steps do that the text decides on: of those that a list decides on only what is not asked of others again.
    fn done(&self, steps: &[Step]) -> Deed {
        match self.is_list {
            true => self.direct(steps),
            false => self.deed_of(steps),
        }
    }

    /// What steps do; what a client of the database refuses each time comes to no end.
    fn deed_of(&self, steps: &[Step]) -> Deed {
        let deed = self.program.deed_of_steps(self.at, steps);
        self.unless(deed, || self.program.refused_in_steps(self.at, steps))
    }

    /// What calling a value does.
    pub(super) fn deed_of_value(&self, value: &Value) -> Deed {
        let deed = self.program.deed_of_value(value);
        self.unless(deed, || self.program.refused_in_value(value))
    }

    fn unless(&self, deed: Deed, refused: impl FnOnce() -> Option<At>) -> Deed {
        match (deed, (deed == Deed::Acts).then(refused).flatten()) {
            (_, Some(call)) => {
                self.refused.set(Some(call));
                Deed::Unclear
            }
            (deed, None) => deed,
        }
    }

    fn rejected(&self, call: At) -> String {
        let place = self
            .program
            .place(call.module, &self.program.module(call.module).span(call.expr));
        format!(
            "Prisma refuses the call in {}, which asks for one row by what is not unique",
            at(&place)
        )
    }

    /// What steps do whatever else is asked in them.
    fn direct(&self, steps: &[Step]) -> Deed {
        let each = steps.iter().map(|step| match step {
            Step::Branch(branch) if branch.kind == BranchKind::Try => {
                branch.arms.first().map_or(Deed::Unclear, |arm| self.direct(arm))
            }
            Step::Branch(_) => Deed::Unclear,
            step => self.deed_of(std::slice::from_ref(step)),
        });
        // What is done for each of a list may tell them apart in what it calls.
        each.max().map_or(Deed::Unclear, |deed| deed.max(Deed::Unclear))
    }

    fn find(&self, expr: ExprId) -> Found {
        if self.targets.contains(&expr) {
            return if self.is_truth {
                Found::Compared(true)
            } else {
                Found::Bare
            };
        }
        match self.module.expr(expr) {
            Expr::Binary(operator @ ("===" | "==" | "!==" | "!="), left, right) => {
                match self.find(*left).or(self.find(*right)) {
                    Found::Bare => Found::Compared(operator.starts_with('=')),
                    Found::Compared(_) => Found::Decided(Deed::Unclear),
                    found => found,
                }
            }
            Expr::Unary("!", inner) => match self.find(*inner) {
                Found::Compared(is) => Found::Compared(!is),
                found => found,
            },
            Expr::Logical(Logical::And, left, right) => self.both(*left, *right),
            Expr::Logical(Logical::Or, left, right) => match (self.find(*left), self.find(*right)) {
                (Found::Compared(false), Found::Absent) => match self.deed(*right) {
                    Deed::Acts => Found::Decided(Deed::Acts),
                    _ => Found::Compared(false),
                },
                (left, right) => left.or(right),
            },
            Expr::Conditional(test, yes, no) => self.chosen(*test, *yes, *no),
            Expr::Call(callee, arguments) => self.call(*callee, arguments),
            Expr::List(items) => self.beside(items),
            Expr::Await(inner) | Expr::Spread(inner) => self.find(*inner),
            // In a text that is put together it decides nothing.
            Expr::Template(..) => Found::Absent,
            other => {
                let mut found = Found::Absent;
                other.parts(&mut |part| found = found.or(self.find(part)));
                found
            }
        }
    }

    fn both(&self, left: ExprId, right: ExprId) -> Found {
        match (self.find(left), self.find(right)) {
            // `type === "x" && (await handle())`.
            (Found::Compared(true), Found::Absent) if self.deed(right) == Deed::Acts => Found::Decided(Deed::Acts),
            (left, right) => left.or(right),
        }
    }

    fn chosen(&self, test: ExprId, yes: ExprId, no: ExprId) -> Found {
        let taken = match self.find(test) {
            Found::Compared(true) => yes,
            Found::Compared(false) => no,
            Found::Absent => return self.find(yes).or(self.find(no)),
            found => return found,
        };
        // What it gives may be acted upon.
        Found::Decided(self.deed(taken).max(Deed::Unclear))
    }

    fn call(&self, callee: ExprId, arguments: &[ExprId]) -> Found {
        const HOLDS: [&str; 3] = ["includes", "has", "contains"];
        const EQUALS: [&str; 4] = ["startsWith", "endsWith", "equals", "includes"];
        let method = match self.module.expr(callee) {
            Expr::Member(object, name) => Some((*object, name.as_ref())),
            _ => None,
        };
        let given = self.beside(arguments);
        match (method, given) {
            (Some((object, name)), Found::Absent) => match self.find(object) {
                Found::Bare if HOLDS.contains(&name) => Found::Compared(true),
                Found::Bare | Found::Compared(_) => Found::Decided(Deed::Unclear),
                found => found,
            },
            (None, Found::Absent) => self.find(callee),
            (Some((_, name)), Found::Bare) if EQUALS.contains(&name) => Found::Compared(true),
            (_, Found::Bare | Found::Compared(_)) => Found::Decided(Deed::Unclear),
            (_, given @ Found::Decided(_)) => given,
        }
    }

    /// A text among others: beside its handler, as in `on("x", handle)` and `["x", handle]`, it is decided.
    fn beside(&self, items: &[ExprId]) -> Found {
        let found = items.iter().map(|item| self.find(*item));
        let found = found.reduce(Found::or).unwrap_or(Found::Absent);
        if found != Found::Bare || !items.iter().any(|item| self.targets.contains(item)) {
            return found;
        }
        let deeds = items.iter().filter_map(|item| self.handler(*item));
        deeds.reduce(Deed::max).map_or(found, Found::Decided)
    }

    /// What a function does that an expression is.
    fn handler(&self, expr: ExprId) -> Option<Deed> {
        if let Expr::Text(_) = self.module.expr(expr) {
            return None;
        }
        let values = self.program.values(At {
            module: self.at.module,
            expr,
        });
        let functions = values.iter().filter(|value| matches!(value, Value::Function(_)));
        functions.map(|value| self.deed_of_value(value)).reduce(Deed::max)
    }

    fn deed(&self, expr: ExprId) -> Deed {
        let deed = self.program.deed_of(self.at, expr);
        self.unless(deed, || self.program.refused_in(self.at, expr))
    }
}

impl Found {
    /// What is found in one of two.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Absent, found) | (found, Self::Absent) => found,
            (Self::Decided(one), Self::Decided(two)) => Self::Decided(one.max(two)),
            (Self::Decided(deed), _) | (_, Self::Decided(deed)) => Self::Decided(deed),
            (Self::Compared(is), Self::Compared(other)) if is == other => Self::Compared(is),
            (Self::Bare, Self::Bare) => Self::Bare,
            _ => Self::Decided(Deed::Unclear),
        }
    }
}

/// Whether what a case begins with is what it is for: `default:` has none, and begins with what it does.
fn is_test(module: &Module, expr: ExprId) -> bool {
    matches!(
        module.expr(expr),
        Expr::Text(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Name(_) | Expr::Member(..) | Expr::Binary(..)
    )
}

/// Whether nothing behind some steps is done.
fn leaves(steps: &[Step]) -> bool {
    match steps.last() {
        Some(Step::Jump) => true,
        _ => ends(steps),
    }
}

/// Whether a function ends in some steps.
fn ends(steps: &[Step]) -> bool {
    match steps.last() {
        Some(Step::Return(_) | Step::Throw(_)) => true,
        Some(Step::Branch(branch)) => {
            branch.kind == BranchKind::If && branch.arms.len() == 2 && branch.arms.iter().all(|arm| leaves(arm))
        }
        _ => false,
    }
}
