//! What is given to properties: `limits.payment = …`, `this.mailer = …`.

use std::collections::HashMap;
use std::sync::Arc;

use super::linked::{ModuleId, Program};
use super::module::{BindingId, ClassId, Expr, ExprId, FunctionId, MemberValue, Module};
use super::values::Value;

/// The assignments to properties of one module.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    to_names: HashMap<(BindingId, Box<str>), Vec<(ExprId, FunctionId)>>,
    to_this: HashMap<(ClassId, Box<str>), Vec<ExprId>>,
}

impl Assigned {
    fn of(module: &Module) -> Self {
        let mut assigned = Self::default();
        let owners = owners(module);
        for index in 0..module.functions.len() {
            let Ok(index) = u32::try_from(index) else { break };
            let function = FunctionId(index);
            module.each_expr(function, &mut |expr| {
                let Expr::Assign("=" | "||=" | "??=", target, value) = module.expr(expr) else {
                    return;
                };
                let Expr::Member(object, name) = module.expr(*target) else {
                    return;
                };
                match module.expr(*object) {
                    Expr::Name(binding) => {
                        let key = (*binding, name.clone());
                        assigned.to_names.entry(key).or_default().push((*value, function));
                    }
                    Expr::This => {
                        if let Some(class) = owner(module, &owners, function) {
                            assigned.to_this.entry((class, name.clone())).or_default().push(*value);
                        }
                    }
                    _ => {}
                }
            });
        }
        assigned
    }
}

fn owners(module: &Module) -> HashMap<FunctionId, ClassId> {
    let mut owners = HashMap::new();
    for (class, index) in module.classes.iter().zip(0_u32..) {
        let methods = class.members.iter().filter_map(|member| match member.value {
            MemberValue::Method(function) => Some(function),
            MemberValue::Field(_) => None,
        });
        for function in methods.chain(class.constructor) {
            owners.insert(function, ClassId(index));
        }
    }
    owners
}

/// The class whose `this` a function sees: its own, or that of the function around it.
fn owner(module: &Module, owners: &HashMap<FunctionId, ClassId>, function: FunctionId) -> Option<ClassId> {
    let mut at = function;
    loop {
        if let Some(class) = owners.get(&at) {
            return Some(*class);
        }
        let parent = module.function(at).parent;
        if parent == at {
            return None;
        }
        at = parent;
    }
}

impl Program {
    fn assignments(&self, module: ModuleId) -> &Assigned {
        let linked = self.linked(module);
        linked.assigned.get_or_init(|| Assigned::of(&linked.module))
    }

    /// What is given to a property of a name, and in which function.
    pub(super) fn assigned(&self, module: ModuleId, binding: BindingId, name: &str) -> &[(ExprId, FunctionId)] {
        let known = &self.assignments(module).to_names;
        known.get(&(binding, name.into())).map_or(&[], Vec::as_slice)
    }

    /// What a class's methods give to a property of `this`.
    pub(super) fn assigned_to_this(&self, module: ModuleId, class: ClassId, name: &str) -> &[ExprId] {
        let known = &self.assignments(module).to_this;
        known.get(&(class, name.into())).map_or(&[], Vec::as_slice)
    }

    pub(super) fn known_values(&self, key: (ModuleId, BindingId)) -> Option<Vec<Value>> {
        let known = self.values.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.get(&key).map(|values| values.as_ref().clone())
    }

    pub(super) fn keep_values(&self, key: (ModuleId, BindingId), values: &[Value]) {
        let mut known = self.values.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.entry(key).or_insert_with(|| Arc::new(values.to_vec()));
    }
}
