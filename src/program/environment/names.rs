//! Under which names something is asked for: constants, and the items of constant lists.

use super::super::module::{BindingId, BindingKind, EACH, Expr, ExprId, FunctionId, Module};
use super::reader::Reader;

/// Names that an expression may stand for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Names {
    /// These.
    Known(Vec<Box<str>>),
    /// What its function is told.
    Told(Told),
    /// It is computed.
    Unknown,
}

/// A name that a function is told: a parameter, and what is put around it (`VITE_${name}`).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// The function.
    pub(super) function: FunctionId,
    /// The parameter, by index.
    pub(super) parameter: u32,
    before: Box<str>,
    after: Box<str>,
}

impl Told {
    /// The name that is read when the function is told this one.
    pub(super) fn name(&self, told: &str) -> Box<str> {
        format!("{}{told}{}", self.before, self.after).into()
    }
}

/// So many steps are followed from a name to what it was given at most.
const STEPS: u32 = 8;
/// So many items are looked at for one list at most, those of lists spread into it included.
const ITEMS: u32 = 2_000;

impl Reader<'_> {
    /// The names that an expression may stand for.
    pub(super) fn names(&self, expr: ExprId) -> Names {
        match self.module.expr(expr) {
            Expr::Text(text) => Names::Known(vec![text.clone()]),
            Expr::Name(binding) => self.names_of_binding(*binding, &[]),
            Expr::Template(texts, holes) => match (texts.as_slice(), holes.as_slice()) {
                ([before, after], [hole]) => self.affixed(before, *hole, after),
                _ => Names::Unknown,
            },
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
                Some(list) => self.listed_names(list, &path),
                None if path.is_empty() => Names::Told(Told {
                    function: binding.function,
                    parameter: index,
                    before: "".into(),
                    after: "".into(),
                }),
                None => Names::Unknown,
            };
        }
        let Some(value) = given.value else {
            return Names::Unknown;
        };
        match path.split_first() {
            Some((each, rest)) if each.as_ref() == EACH => self.listed_names(value, rest),
            Some(_) => Names::Unknown,
            None => match self.module.expr(value) {
                Expr::Text(text) => Names::Known(vec![text.clone()]),
                Expr::Template(texts, holes) => match (texts.as_slice(), holes.as_slice()) {
                    ([before, after], [hole]) => self.affixed(before, *hole, after),
                    _ => Names::Unknown,
                },
                _ => Names::Unknown,
            },
        }
    }

    /// A name with texts around it.
    fn affixed(&self, before: &str, hole: ExprId, after: &str) -> Names {
        let Expr::Name(binding) = self.module.expr(hole) else {
            return Names::Unknown;
        };
        // A name made of a name made of … is not followed.
        let is_made = self
            .only_value(*binding)
            .is_some_and(|value| matches!(self.module.expr(value), Expr::Template(..)));
        if is_made {
            return Names::Unknown;
        }
        match self.names_of_binding(*binding, &[]) {
            Names::Known(names) => Names::Known(
                names
                    .iter()
                    .map(|name| format!("{before}{name}{after}").into())
                    .collect(),
            ),
            Names::Told(told) => Names::Told(Told {
                before: before.into(),
                after: after.into(),
                ..told
            }),
            Names::Unknown => Names::Unknown,
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

    fn listed_names(&self, list: ExprId, path: &[Box<str>]) -> Names {
        let mut fuel = ITEMS;
        let texts = self.texts(list, path, STEPS, &mut fuel);
        texts.map_or(Names::Unknown, Names::Known)
    }

    /// The texts in a constant list, or that stand at a path in its items.
    fn texts(&self, list: ExprId, path: &[Box<str>], steps: u32, fuel: &mut u32) -> Option<Vec<Box<str>>> {
        let steps = steps.checked_sub(1)?;
        *fuel = fuel.checked_sub(1)?;
        match self.module.expr(list) {
            Expr::Name(binding) => {
                let mut texts = self.texts(self.only_value(*binding)?, path, steps, fuel)?;
                let more = self.pushed.get(binding).map_or(&[][..], Vec::as_slice);
                self.items(more, path, steps, fuel, &mut texts)?;
                Some(texts)
            }
            Expr::New(_, arguments) => self.texts(*arguments.first()?, path, steps, fuel),
            Expr::List(items) => {
                let mut texts = Vec::new();
                self.items(items, path, steps, fuel, &mut texts)?;
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

    fn items(
        &self,
        items: &[ExprId],
        path: &[Box<str>],
        steps: u32,
        fuel: &mut u32,
        texts: &mut Vec<Box<str>>,
    ) -> Option<()> {
        for item in items {
            *fuel = fuel.checked_sub(1)?;
            match self.module.expr(*item) {
                Expr::Spread(inner) => texts.extend(self.texts(*inner, path, steps, fuel)?),
                _ => texts.push(self.text_at(*item, path)?),
            }
        }
        Some(())
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
