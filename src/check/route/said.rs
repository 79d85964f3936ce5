//! Functions that say a text: an address that they ask, written there or as a constant that they name.

use std::collections::BTreeSet;

use crate::check::late::Late;
use crate::program::module::{BindingId, BindingKind, FunctionId, Imported, TOP_LEVEL};
use crate::program::{FunctionAt, Literal, ModuleId, Program, Value};

/// The functions that say what matches.
pub(super) fn saying(program: &Program, pattern: &Late) -> BTreeSet<FunctionAt> {
    let sites = program.texts_like(pattern.as_str(), |text| pattern.is_match(text));
    let mut found = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (at, expr) in sites.iter() {
        if at.function != TOP_LEVEL {
            found.insert(*at);
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

/// The functions of a module that mention a name.
fn mentioning(program: &Program, id: ModuleId, binding: BindingId) -> Vec<FunctionAt> {
    let functions = program.module(id).functions.iter().zip(0_u32..);
    let own = functions.filter(|(function, index)| *index != TOP_LEVEL.0 && function.mentions.contains(&binding));
    own.map(|(_, index)| FunctionAt {
        module: id,
        function: FunctionId(index),
    })
    .collect()
}
