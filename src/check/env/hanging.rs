//! What hangs on a variable that a person sets: what is read behind it is needed only with it, and says nothing of what
//! is read elsewhere.

use crate::program::module::{BindingId, BindingKind, Expr, ExprId, FunctionId, Logical, Property, Step};

use super::names::is_set_by_platforms;
use super::reads::{Look, Way};

/// How many names and functions a question is followed through.
const MOST_NAMES: usize = 3;

impl Look<'_> {
    /// Whether a test asks for a variable that a person sets: what hangs on it is needed only with it.
    pub(super) fn depends(&self, test: ExprId) -> bool {
        self.asks(test, true, MOST_NAMES)
    }

    /// Whether a test is that a variable which a person sets is missing.
    pub(super) fn is_without(&self, test: ExprId) -> bool {
        self.asks(test, false, MOST_NAMES)
    }

    /// Whether an expression holds only where a variable that a person sets `is_set`, or only where it is not.
    fn asks(&self, test: ExprId, is_set: bool, left: usize) -> bool {
        let module = self.module;
        let of = |expr: ExprId| self.asks(expr, is_set, left);
        match module.expr(test) {
            Expr::Unary("!", of) => self.asks(*of, !is_set, left),
            // With a variable set both sides hold, without it one that fails will do.
            Expr::Logical(Logical::And, one, other) if is_set => of(*one) || of(*other),
            Expr::Logical(Logical::And, one, other) => of(*one) && of(*other),
            Expr::Logical(Logical::Or, one, other) if is_set => of(*one) && of(*other),
            Expr::Logical(Logical::Or, one, other) => of(*one) || of(*other),
            // `process.env.STORAGE === "s3"`: a word that is no deployment's name.
            Expr::Binary("===" | "==", one, other) => is_set && self.is_chosen(*one, *other),
            Expr::Binary(..) => false,
            Expr::Name(binding) if left > 0 => self.is_told_by(*binding, is_set, left - 1),
            Expr::Call(callee, arguments) => match module.expr(*callee) {
                Expr::Global(name) if &**name == "Boolean" => arguments.first().is_some_and(|one| of(*one)),
                Expr::Name(binding) if left > 0 && arguments.is_empty() => {
                    let own = self.own(*binding);
                    own.is_some_and(|own| self.is_answered(own, is_set, left - 1))
                }
                _ => is_set && self.has_part(test),
            },
            _ => is_set && self.has_part(test),
        }
    }

    fn is_set(&self, expr: ExprId) -> bool {
        self.variable(expr).is_some_and(|name| !is_set_by_platforms(name))
    }

    /// Whether an expression is a variable, or has one among its parts: `process.env.HOSTS.split(",")`.
    fn has_part(&self, expr: ExprId) -> bool {
        let module = self.module;
        let (mut found, mut is_turned) = (false, false);
        module.each_part(expr, &mut |part| {
            found |= self.is_set(part);
            is_turned |= matches!(module.expr(part), Expr::Unary("!", _) | Expr::Binary(..));
        });
        found && !is_turned
    }

    fn is_chosen(&self, one: ExprId, other: ExprId) -> bool {
        let is_word = |expr: ExprId| {
            matches!(self.module.expr(expr), Expr::Text(word)
                if !word.is_empty() && !word.starts_with("prod") && !word.starts_with("live"))
        };
        self.is_set(one) && is_word(other) || self.is_set(other) && is_word(one)
    }

    /// `const address = process.env.ADDRESS`, `const enabled = Boolean(process.env.ADDRESS)`.
    fn is_told_by(&self, binding: BindingId, is_set: bool, left: usize) -> bool {
        let mut given = self.module.binding(binding).given.iter();
        match given.next() {
            Some(only) if given.next().is_none() && only.path.is_empty() => {
                only.value.is_some_and(|value| self.asks(value, is_set, left))
            }
            _ => false,
        }
    }

    /// The function of the module that a name stands for.
    fn own(&self, name: BindingId) -> Option<FunctionId> {
        let binding = self.module.binding(name);
        match &binding.kind {
            BindingKind::Function(function) => Some(*function),
            _ => binding
                .given
                .iter()
                .find_map(|given| match self.module.expr(given.value?) {
                    Expr::Function(function) => Some(*function),
                    _ => None,
                }),
        }
    }

    /// Whether all that a function does is to say whether a variable is set.
    fn is_answered(&self, own: FunctionId, is_set: bool, left: usize) -> bool {
        match self.module.function(own).steps.as_slice() {
            [Step::Return(Some(said))] => self.asks(*said, is_set, left),
            _ => false,
        }
    }

    /// Whether a test is that a variable which a person sets is missing, and steps then leave without a call: what
    /// comes after them is needed only with it.
    pub(super) fn leaves_without(&self, test: ExprId, then: &[Step]) -> bool {
        let module = self.module;
        let is_said = |said: ExprId| {
            matches!(
                module.expr(said),
                Expr::Null | Expr::Undefined | Expr::Bool(false) | Expr::Object(_) | Expr::List(_)
            )
        };
        let is_calm = then.last().is_some_and(|step| match step {
            Step::Return(None) => true,
            // Who calls something to say so needs what comes after it.
            Step::Return(Some(said)) => is_said(*said),
            _ => false,
        });
        is_calm && self.is_without(test)
    }

    /// Marks what steps read as needed only with something else.
    pub(super) fn only_then(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) => self.all_hanging(*expr),
                Step::Branch(branch) => branch.arms.iter().for_each(|arm| self.only_then(arm)),
                Step::Throw(_) | Step::Return(None) | Step::Jump => {}
            }
        }
    }

    /// Marks what an expression reads as needed only with something else.
    pub(super) fn all_hanging(&mut self, expr: ExprId) {
        let mut read = Vec::new();
        self.module
            .each_part(expr, &mut |part| read.extend(self.variable(part).map(|_| part)));
        read.into_iter().for_each(|part| self.mark(part, Way::Hanging));
    }

    /// `env: { address: process.env.ADDRESS }` in a configuration hands a variable down under another name: who reads
    /// that says whether it may be missing.
    pub(super) fn handed_down(&mut self, properties: &[Property]) {
        let module = self.module;
        let handed = properties
            .iter()
            .filter(|property| property.key.as_deref() == Some("env"));
        for property in handed {
            if let Expr::Object(inner) = module.expr(property.value) {
                let read = inner.iter().filter(|inner| self.variable(inner.value).is_some());
                let read: Vec<ExprId> = read.map(|inner| inner.value).collect();
                read.into_iter().for_each(|value| self.mark(value, Way::Hanging));
            }
        }
    }
}
