//! Links that pages make of a list: `items.map(item => <Link href={item.href}>)`.

use std::collections::BTreeMap;

use crate::program::module::{Expr, ExprId, FunctionId, Module, Property};
use crate::program::{At, Program, Value};

/// Lists within lists, and names of names, that are followed.
const DEEPEST: u32 = 4;
/// What says that an item is not shown to everyone, or not yet: whether it is linked is not known.
const PERHAPS: [&str; 9] = [
    "beta",
    "condition",
    "disabled",
    "enabled",
    "feature",
    "flag",
    "hidden",
    "show",
    "soon",
];

/// The lists of a module that something is made of, item by item.
pub(super) struct Listed<'a> {
    program: &'a Program,
    /// The list that a function is called with the items of.
    lists: BTreeMap<FunctionId, At>,
}

impl<'a> Listed<'a> {
    pub(super) fn of(program: &'a Program, at: impl Fn(ExprId) -> At, module: &Module) -> Self {
        let mut lists = BTreeMap::new();
        for (expr, _) in &module.expressions {
            if let Expr::Call(callee, arguments) = expr
                && let Expr::Member(list, name) = module.expr(*callee)
                && matches!(name.as_ref(), "map" | "flatMap" | "forEach")
                && let Some(Expr::Function(each)) = arguments.first().map(|first| module.expr(*first))
            {
                lists.insert(*each, at(*list));
            }
        }
        Self { program, lists }
    }

    /// The texts that a part of each item comes to, where they are written; nothing where the list or an item of it is
    /// not followed.
    pub(super) fn texts(&self, at: At) -> Vec<(String, At)> {
        let values = self.program.values(at);
        let [Value::Member(item, key)] = values.as_slice() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for value in self.parts_of_items(item, key, at, 0).into_iter().flatten() {
            if let Expr::Text(text) = self.program.module(value.module).expr(value.expr) {
                found.push((text.to_string(), value));
            }
        }
        found
    }

    /// What stands under a key of each item of the list that a function is called for.
    fn parts_of_items(&self, item: &Value, key: &str, from: At, depth: u32) -> Option<Vec<At>> {
        let Value::Parameter(of, 0) = item else { return None };
        if of.module != from.module || depth > DEEPEST {
            return None;
        }
        let items = self.items(*self.lists.get(&of.function)?, depth + 1)?;
        let mut parts = Vec::new();
        for item in items {
            let Expr::Object(properties) = self.program.module(item.module).expr(item.expr) else {
                return None;
            };
            if properties.iter().any(is_doubtful) {
                continue;
            }
            let held = properties.iter().find(|one| one.key.as_deref() == Some(key));
            parts.extend(held.map(|one| At {
                module: item.module,
                expr: one.value,
            }));
        }
        Some(parts)
    }

    /// The items of what is a list, as far as it is written down.
    fn items(&self, list: At, depth: u32) -> Option<Vec<At>> {
        if depth > DEEPEST {
            return None;
        }
        match self.program.values(list).as_slice() {
            [Value::List(at)] => match self.program.module(at.module).expr(at.expr) {
                Expr::List(items) => {
                    let module = at.module;
                    Some(items.iter().map(|expr| At { module, expr: *expr }).collect())
                }
                _ => None,
            },
            [Value::Member(item, key)] => {
                let lists = self.parts_of_items(item, key, list, depth + 1)?;
                let each: Option<Vec<Vec<At>>> = lists.into_iter().map(|one| self.items(one, depth + 1)).collect();
                Some(each?.into_iter().flatten().collect())
            }
            _ => None,
        }
    }
}

/// Whether a property says that its item is not linked, or not for everyone. `...x` may.
fn is_doubtful(property: &Property) -> bool {
    property.key.as_deref().is_none_or(|key| {
        let key = key.to_ascii_lowercase();
        PERHAPS.iter().any(|word| key.contains(word))
    })
}
