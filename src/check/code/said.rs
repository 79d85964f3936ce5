//! Functions that say a text: an address that they ask, written there or as a constant that they name.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::late::Late;
use crate::program::module::{BindingId, BindingKind, Expr, ExprId, FunctionId, Imported, TOP_LEVEL};
use crate::program::{FunctionAt, Literal, ModuleId, Program, Value};

/// The functions that say what matches, each with the expression that does.
pub(in crate::check) fn saying(program: &Program, pattern: &Late) -> BTreeMap<FunctionAt, ExprId> {
    let sites = program.texts_like(pattern.as_str(), |text| pattern.is_match(text));
    let mut found = BTreeMap::new();
    let mut names = BTreeSet::new();
    for (at, expr) in sites.iter() {
        if at.function != TOP_LEVEL {
            found.entry(*at).or_insert(*expr);
            continue;
        }
        // What is said when a module is loaded is kept by a name: `const mails = axios.create({ baseURL })`.
        let module = program.module(at.module);
        let span = module.span(*expr);
        for (binding, index) in module.bindings.iter().zip(0_u32..) {
            let holds = binding.given.iter().filter_map(|given| given.value).any(|value| {
                let whole = module.span(value);
                whole.start <= span.start && span.end <= whole.end
            });
            if holds && binding.function == TOP_LEVEL {
                names.insert(binding.name.clone());
                found.extend(mentioning(program, at.module, BindingId(index)));
            }
        }
    }
    if names.is_empty() {
        return found;
    }
    for (id, linked) in program.modules() {
        for (binding, index) in linked.module.bindings.iter().zip(0_u32..) {
            let BindingKind::Import(_, Imported::Named(name)) = &binding.kind else {
                continue;
            };
            let says = |value: &Value| matches!(value, Value::Literal(Literal::Text(text)) if pattern.is_match(text));
            if names.contains(name) && program.binding_values(id, BindingId(index)).iter().any(says) {
                found.extend(mentioning(program, id, BindingId(index)));
            }
        }
    }
    found
}

/// The functions of a module that mention a name, with where they do.
fn mentioning(program: &Program, id: ModuleId, binding: BindingId) -> Vec<(FunctionAt, ExprId)> {
    let module = program.module(id);
    let functions = module.functions.iter().zip(0_u32..);
    let own = functions.filter(|(function, index)| *index != TOP_LEVEL.0 && function.mentions.contains(&binding));
    let each = own.filter_map(|(_, index)| {
        let function = FunctionId(index);
        let mut named = None;
        module.each_expr(function, &mut |expr| {
            if matches!(module.expr(expr), Expr::Name(name) if *name == binding) {
                named = named.or(Some(expr));
            }
        });
        Some((FunctionAt { module: id, function }, named?))
    });
    each.collect()
}
