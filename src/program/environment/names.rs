//! Under which names something is asked for: constants, and the items of constant lists.

use super::super::module::{BindingId, BindingKind, EACH, Expr, ExprId, FunctionId, Module};
use super::reader::Reader;

/// Names that an expression may stand for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Names {
    /// These.
    Known(Vec<Box<str>>),
    /// What its function is given, by index.
    Parameter(FunctionId, u32),
    /// It is computed.
    Unknown,
}

/// So many steps are followed from a name to a list at most.
const STEPS: u32 = 8;

impl Reader<'_> {
    /// The names that an expression may stand for.
    pub(super) fn names(&self, expr: ExprId) -> Names {
        match self.module.expr(expr) {
            Expr::Text(text) => Names::Known(vec![text.clone()]),
            Expr::Name(binding) => self.names_of_binding(*binding, &[]),
            Expr::Member(object, part) => match self.module.expr(*object) {
                Expr::Name(binding) => self.names_of_binding(*binding, std::slice::from_ref(part)),
                _ => Names::Unknown,
            },
            _ => Names::Unknown,
        }
    }

    fn names_of_binding(&self, id: BindingId, rest: &[Box<str>]) -> Names {
        let binding = self.module.binding(id);
        let [given] = binding.given.as_slice() else {
            return Names::Unknown;
        };
        let path: Vec<Box<str>> = given.path.iter().chain(rest).cloned().collect();
        if let BindingKind::Parameter(index) = binding.kind {
            return match self.list_of_callback(binding.function, index) {
                Some(list) => known(self.texts(list, &path, STEPS)),
                None if path.is_empty() => Names::Parameter(binding.function, index),
                None => Names::Unknown,
            };
        }
        let Some(value) = given.value else {
            return Names::Unknown;
        };
        match path.split_first() {
            Some((each, rest)) if each.as_ref() == EACH => known(self.texts(value, rest, STEPS)),
            Some(_) => Names::Unknown,
            None => match self.module.expr(value) {
                Expr::Text(text) => Names::Known(vec![text.clone()]),
                _ => Names::Unknown,
            },
        }
    }

    /// The list whose items a function is called with: `list.forEach(function)`.
    fn list_of_callback(&self, function: FunctionId, index: u32) -> Option<ExprId> {
        let expr = *self.functions.get(&function)?;
        let Expr::Call(callee, arguments) = self.module.expr(self.parent(expr)?) else {
            return None;
        };
        let Expr::Member(list, method) = self.module.expr(*callee) else {
            return None;
        };
        let is_each = match method.as_ref() {
            "forEach" | "map" | "filter" | "every" | "some" | "find" | "flatMap" => index == 0,
            "reduce" => index == 1,
            _ => false,
        };
        (is_each && arguments.first() == Some(&expr)).then_some(*list)
    }

    /// The texts in a constant list, or that stand at a path in its items.
    fn texts(&self, list: ExprId, path: &[Box<str>], steps: u32) -> Option<Vec<Box<str>>> {
        let steps = steps.checked_sub(1)?;
        match self.module.expr(list) {
            Expr::Name(binding) => self.texts(self.only_value(*binding)?, path, steps),
            Expr::New(_, arguments) => self.texts(*arguments.first()?, path, steps),
            Expr::List(items) => {
                let mut texts = Vec::new();
                for item in items {
                    match self.module.expr(*item) {
                        Expr::Spread(inner) => texts.extend(self.texts(*inner, path, steps)?),
                        _ => texts.push(self.text_at(*item, path)?),
                    }
                }
                Some(texts)
            }
            // `Object.keys(…)`, and the first of each of `Object.entries(…)`.
            Expr::Call(callee, arguments) => {
                let Expr::Member(object, method) = self.module.expr(*callee) else {
                    return None;
                };
                let is_object = matches!(self.module.expr(*object), Expr::Global(name) if name.as_ref() == "Object");
                let is_keys = match (method.as_ref(), path) {
                    ("keys", []) => true,
                    ("entries", [first]) => first.as_ref() == "0",
                    _ => false,
                };
                let of = (is_object && is_keys).then(|| arguments.first()).flatten()?;
                let Expr::Object(properties) = self.module.expr(self.followed(*of)) else {
                    return None;
                };
                properties.iter().map(|property| property.key.clone()).collect()
            }
            _ => None,
        }
    }

    fn text_at(&self, item: ExprId, path: &[Box<str>]) -> Option<Box<str>> {
        let mut at = item;
        for name in path {
            at = match self.module.expr(at) {
                Expr::Object(properties) => {
                    properties
                        .iter()
                        .find(|property| property.key.as_ref() == Some(name))?
                        .value
                }
                Expr::List(items) => *items.get(name.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        match self.module.expr(at) {
            Expr::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The one value that a name is ever given, as a whole.
    pub(super) fn only_value(&self, id: BindingId) -> Option<ExprId> {
        only_value(self.module, id)
    }

    /// An expression, or what the name that it is was given.
    pub(super) fn followed(&self, expr: ExprId) -> ExprId {
        let mut at = expr;
        for _ in 0..STEPS {
            let Expr::Name(binding) = self.module.expr(at) else {
                break;
            };
            let Some(value) = self.only_value(*binding) else { break };
            at = value;
        }
        at
    }
}

fn only_value(module: &Module, id: BindingId) -> Option<ExprId> {
    let binding = module.binding(id);
    let [given] = binding.given.as_slice() else { return None };
    let is_given = !matches!(binding.kind, BindingKind::Parameter(_)) && given.path.is_empty();
    given.value.filter(|_| is_given)
}

fn known(texts: Option<Vec<Box<str>>>) -> Names {
    texts.map_or(Names::Unknown, Names::Known)
}
