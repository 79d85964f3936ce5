//! The names that functions mention and that come from packages.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::linked::{FunctionAt, ModuleId, Program};
use super::module::{BindingId, FunctionId, Module};
use super::usage::beginning;
use super::values::path_of;

/// The functions that mention a name that comes from a package: by the package, with the path within it, and by what of
/// it, as in `Use`.
#[derive(Debug, Default)]
pub struct Mentions(BTreeMap<Arc<str>, BTreeMap<Arc<str>, Vec<FunctionAt>>>);

/// What one module's functions mention.
type Mentioned = BTreeMap<(Arc<str>, String), Vec<FunctionAt>>;

impl Mentions {
    pub(super) fn of(program: &Program) -> Self {
        let mut all = Self::default();
        for module in mentioned(program) {
            for ((package, path), functions) in module {
                let paths = all.0.entry(package).or_default();
                paths.entry(path.into()).or_default().extend(functions);
            }
        }
        all
    }

    /// What of packages that begin like one of these is mentioned: the package, what of it, and by which functions.
    pub fn of_packages<'a>(
        &'a self,
        beginnings: &[&str],
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a [FunctionAt])> {
        let packages = beginning(&self.0, beginnings).into_iter();
        packages.flat_map(|(package, paths)| {
            let paths = paths.iter();
            paths.map(move |(path, functions)| (package, path.as_ref(), functions.as_slice()))
        })
    }
}

fn mentioned(program: &Program) -> Vec<Mentioned> {
    let modules: Vec<(ModuleId, &Module)> = program.modules().map(|(id, linked)| (id, &*linked.module)).collect();
    let each = modules.into_par_iter().map(|(id, module)| {
        let mut found = Mentioned::new();
        // What a name is does not depend on who mentions it.
        let mut known: BTreeMap<BindingId, Vec<(Arc<str>, String)>> = BTreeMap::new();
        for (function, index) in module.functions.iter().zip(0_u32..) {
            for binding in &function.mentions {
                let values = known.entry(*binding).or_insert_with(|| {
                    let values = program.binding_values(id, *binding);
                    values.iter().filter_map(path_of).collect()
                });
                for value in values.iter() {
                    let at = FunctionAt {
                        module: id,
                        function: FunctionId(index),
                    };
                    match found.get_mut(value) {
                        Some(functions) => functions.push(at),
                        None => {
                            found.insert(value.clone(), vec![at]);
                        }
                    }
                }
            }
        }
        found
    });
    each.collect()
}
