//! Whether what a request passes through was made as it is asked for.

use std::sync::Arc;

use super::judged::Asked;
use super::parameters::Thing;
use crate::check::code::{Argument, Truth};
use crate::program::module::{Expr, ExprId};
use crate::program::{At, Middleware, UseKind, Value, path_of};

impl Asked<'_> {
    /// Whether what is mounted was made with such arguments as are asked for.
    pub(super) fn is_fit(&self, middleware: &Middleware, thing: &Thing) -> Truth {
        if thing.with.is_empty() {
            return Truth::Yes;
        }
        let each = middleware.values.iter().map(|value| match path_of(value) {
            // What a server calls by itself was handed its options where it was registered.
            Some(_) => made_by(value).map_or_else(|| self.are_all_fit(thing), |call| self.is_made_so(call, thing)),
            // Which of them a function of the program hands on to is not followed.
            None => self.are_all_fit(thing),
        });
        each.reduce(Truth::one_of_several).unwrap_or(Truth::Yes)
    }

    fn is_made_so(&self, call: At, thing: &Thing) -> Truth {
        let each = thing
            .with
            .iter()
            .map(|argument| match argument.holds(self.program, call) {
                // What no object of the program says is not said by one that could not be followed, either.
                Truth::Unknown(_) if !argument.must_be_given() && !self.is_said(argument) => Truth::Yes,
                truth => truth,
            });
        each.reduce(Truth::and).unwrap_or(Truth::Yes)
    }

    fn are_all_fit(&self, thing: &Thing) -> Truth {
        let beginnings = thing.beginnings();
        let packages = self.program.usage().of_packages(&beginnings);
        let uses = packages.flat_map(|(_, uses)| uses);
        let made = uses.filter(|found| {
            let is_made = matches!(found.kind, UseKind::Call | UseKind::Construction);
            is_made && !found.path.ends_with("()") && thing.is(&found.package, &found.path)
        });
        let truths = made.filter_map(|found| Some(self.is_made_so(found.at()?, thing)));
        match truths.reduce(Truth::and) {
            Some(Truth::No(why) | Truth::Unknown(why)) => Truth::Unknown(why),
            Some(Truth::Yes) | None => Truth::Yes,
        }
    }

    /// Whether any object of the program may say otherwise than is asked for.
    fn is_said(&self, argument: &Argument) -> bool {
        let Some(option) = argument.option() else { return true };
        let mut said = self.said.borrow_mut();
        *said.entry(option.to_owned()).or_insert_with(|| {
            let mut modules = self.program.modules();
            modules.any(|(module, linked)| {
                let mut properties = linked.module.expressions.iter().flat_map(|(expr, _)| match expr {
                    Expr::Object(properties) => &**properties,
                    _ => &[],
                });
                properties.any(|property| {
                    let expr = property.value;
                    property.key.as_deref() == Some(option) && self.says_otherwise(argument, At { module, expr })
                })
            })
        })
    }

    /// `({ skip = false }) => limit({ skip })` says what those say who call it, and what stands there for want of that.
    fn says_otherwise(&self, argument: &Argument, at: At) -> bool {
        let module = self.program.module(at.module);
        let holds = |expr: ExprId| argument.fits(self.program, At { expr, ..at }) == Truth::Yes;
        let Expr::Name(binding) = module.expr(at.expr) else {
            return !holds(at.expr);
        };
        let given = &module.binding(*binding).given;
        let is_handed = |path: &[Arc<str>]| path.last().is_some_and(|last| Some(last.as_ref()) == argument.option());
        match given.as_slice() {
            [one] if is_handed(&one.path) => one.default.is_some_and(|default| !holds(default)),
            _ => !holds(at.expr),
        }
    }
}

/// The call that made a value first, of something that a package gives.
pub(super) fn made_by(value: &Value) -> Option<At> {
    let mut made = None;
    let mut at = value;
    while let Value::Result(of, _) | Value::Member(of, _) = at {
        if let Value::Result(_, call) = at {
            made = Some(*call);
        }
        at = of;
    }
    made
}
