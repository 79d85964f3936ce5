//! Guards, interceptors and middleware that are classes of the program: what they do stands in a few methods.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::answer::functions_of;
use super::judged::{Asked, at};
use super::parameters::Thing;
use super::skipped::is_skipped;
use crate::program::module::{ClassId, Expr, ExprId, MemberValue};
use crate::program::{At, FunctionAt, ModuleId, Value, path_of};

/// Classes that extend each other.
const DEEPEST: u32 = 8;

/// The methods by which Nest asks what stands before a handler. A pipe's is none of them: it is given a value that was
/// sent, and does not know by whom.
const ASKED: [&str; 3] = ["canActivate", "intercept", "use"];

/// The methods in which a package's guard decides; one that is written anew may decide otherwise.
const DECIDING: [&str; 4] = ["canActivate", "handleRequest", "shouldSkip", "intercept"];

/// A class of the program.
type ClassAt = (ModuleId, ClassId);

/// What was found of classes and functions: each route asks for the same.
#[derive(Default)]
pub(super) struct Known {
    classes: RefCell<BTreeMap<(ClassAt, usize), Option<bool>>>,
    limiting: RefCell<BTreeMap<FunctionAt, bool>>,
    /// Whether functions name limits in what they reach.
    pub(super) naming: RefCell<BTreeMap<FunctionAt, bool>>,
}

impl Asked<'_> {
    /// Whether a class is what is asked for, by what it extends, or uses it in what it is asked to do. `None` where it
    /// could not be followed.
    pub(super) fn is_class(&self, class: ClassAt, thing: &Thing) -> Option<bool> {
        let key = (class, std::ptr::from_ref(thing).addr());
        if let Some(known) = self.guards.classes.borrow().get(&key) {
            return *known;
        }
        let found = self.is_class_within(class, thing, 0);
        self.guards.classes.borrow_mut().insert(key, found);
        found
    }

    /// Whether a function answers by its own hand that there were too many requests, where that is what is asked for.
    pub(super) fn limits(&self, function: FunctionAt, thing: &Thing) -> bool {
        if !thing.is_limiter() {
            return false;
        }
        let mut known = self.guards.limiting.borrow_mut();
        *known.entry(function).or_insert_with(|| {
            let reach = self.program.reach_from(function);
            reach.live().any(|at| self.answers_too_many(at))
        })
    }

    /// What a function or class that answers so says of itself, where that is all that is known.
    pub(super) fn limits_by_hand(&self, value: &Value, thing: &Thing) -> Option<String> {
        let functions = match value {
            Value::Class(module, class) | Value::Instance(module, class) => self.asked_of((*module, *class))?,
            other => functions_of(self.program, other),
        };
        let own = functions.into_iter().find(|function| self.limits(*function, thing))?;
        let module = self.program.module(own.module);
        let function = module.function(own.function);
        let name = match (value, &function.name) {
            (Value::Class(module, class) | Value::Instance(module, class), _) => {
                self.program.module(*module).class(*class).name.clone()
            }
            (_, name) => name.clone(),
        };
        let start = function.span.start;
        Some(format!(
            "`{}` in {} answers by its own hand that there were too many requests, and whom it counts is not judged",
            name.as_deref().unwrap_or("a function"),
            at(&self.program.place(own.module, &(start..start)))
        ))
    }

    fn answers_too_many(&self, at: FunctionAt) -> bool {
        const STATUS: f64 = 429.0;
        let module = self.program.module(at.module);
        // Who asks whether others answered so limits nobody.
        let mut compared = Vec::new();
        module.each_expr(at.function, &mut |expr| {
            if let Expr::Binary(_, left, right) = module.expr(expr) {
                compared.extend([*left, *right]);
            }
        });
        let mut is_said = false;
        module.each_expr(at.function, &mut |expr| {
            is_said |= match module.expr(expr) {
                _ if compared.contains(&expr) => false,
                Expr::Number(number) => *number == STATUS,
                Expr::Text(text) => text.as_ref() == "429",
                Expr::Member(_, name) => name.as_ref() == "TOO_MANY_REQUESTS" || name.starts_with("TooManyRequests"),
                Expr::Name(name) => module.binding(*name).name.starts_with("TooManyRequests"),
                _ => false,
            };
        });
        is_said
    }

    fn is_class_within(&self, (id, class): ClassAt, thing: &Thing, depth: u32) -> Option<bool> {
        let own = self.asked_of((id, class))?;
        let (using, others): (Vec<FunctionAt>, Vec<FunctionAt>) =
            own.iter().partition(|function| self.reaches(**function, thing));
        if using.iter().any(|function| is_skipped(self.program, *function, thing)) {
            return None;
        }
        if !using.is_empty() {
            return Some(true);
        }
        let is_closed = others.iter().all(|function| self.is_followed(*function, thing));
        let extends = self.program.module(id).class(class).extends;
        let based = extends.map_or(Some(false), |extends| self.is_base(id, extends, thing, depth));
        match based {
            // What is written anew may leave out what the base does.
            Some(true) if self.decides((id, class)) => None,
            Some(true) => Some(true),
            Some(false) if is_closed => Some(false),
            Some(false) | None => None,
        }
    }

    fn is_base(&self, id: ModuleId, extends: ExprId, thing: &Thing, depth: u32) -> Option<bool> {
        let bases = self.program.values(At {
            module: id,
            expr: extends,
        });
        let each = bases.iter().map(|base| match (base, path_of(base)) {
            (_, Some((package, path))) => Some(thing.is(&package, &path)),
            (Value::Class(id, class), None) if depth < DEEPEST => self.is_class_within((*id, *class), thing, depth + 1),
            _ => None,
        });
        let known: Vec<bool> = each.collect::<Option<_>>()?;
        match known.as_slice() {
            [first, rest @ ..] if rest.iter().all(|other| other == first) => Some(*first),
            _ => None,
        }
    }

    /// The functions by which a class is asked; `None` where one of them is no function that is written there.
    fn asked_of(&self, (id, class): ClassAt) -> Option<Vec<FunctionAt>> {
        let members = &self.program.module(id).class(class).members;
        let asked = members
            .iter()
            .filter(|member| member.name.as_deref().is_some_and(|name| ASKED.contains(&name)));
        let mut found = Vec::new();
        for member in asked {
            match member.value {
                MemberValue::Method(function) => found.push(FunctionAt { module: id, function }),
                MemberValue::Field(value) => {
                    for value in self.program.values(At {
                        module: id,
                        expr: value?,
                    }) {
                        let Value::Function(function) = value else { return None };
                        found.push(function);
                    }
                }
            }
        }
        Some(found)
    }

    fn decides(&self, (id, class): ClassAt) -> bool {
        let mut members = self.program.module(id).class(class).members.iter();
        members.any(|member| member.name.as_deref().is_some_and(|name| DECIDING.contains(&name)))
    }

    /// Whether all that such a function does could be followed: it asks nothing that was handed in from outside, loads
    /// nothing that could not be read, and limits nothing by its own hand.
    fn is_followed(&self, function: FunctionAt, thing: &Thing) -> bool {
        let reach = self.program.reach_from(function);
        let is_whole = reach.open_edge().is_none() && reach.unread(self.program, &[]).is_none();
        is_whole && !self.asks_what_is_handed_in(function) && !self.limits(function, thing)
    }

    /// Whether a method calls something of its own object of which nobody knows what it is.
    fn asks_what_is_handed_in(&self, function: FunctionAt) -> bool {
        let module = self.program.module(function.module);
        let mut is_asked = false;
        let count = u32::try_from(module.functions.len()).unwrap_or(u32::MAX);
        let whole = &module.function(function.function).span;
        let inner = (0..count).map(crate::program::module::FunctionId).filter(|inner| {
            let span = &module.function(*inner).span;
            whole.start <= span.start && span.end <= whole.end
        });
        for inner in inner {
            module.each_expr(inner, &mut |expr| {
                let Expr::Call(callee, _) = module.expr(expr) else {
                    return;
                };
                is_asked |= self.own_part(function.module, *callee).is_some_and(|part| {
                    let values = self.program.values(At {
                        module: function.module,
                        expr: part,
                    });
                    values
                        .iter()
                        .any(|value| matches!(value, Value::Unknown(_) | Value::Parameter(..)))
                });
            });
        }
        is_asked
    }

    /// `this.x` of `this.x.y.z`, and of `this.x` itself.
    fn own_part(&self, id: ModuleId, callee: ExprId) -> Option<ExprId> {
        let module = self.program.module(id);
        let mut at = callee;
        loop {
            let (Expr::Member(object, _) | Expr::Index(object, _) | Expr::Call(object, _)) = module.expr(at) else {
                return None;
            };
            if let (Expr::This, Expr::Member(..)) = (module.expr(*object), module.expr(at)) {
                return Some(at);
            }
            at = *object;
        }
    }
}
