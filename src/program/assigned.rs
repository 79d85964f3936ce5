//! What is given to properties: `limits.payment = …`, `this.mailer = …`.

use std::sync::Arc;

use crate::text::HashMap;
use rustc_hash::{FxHashMap, FxHashSet};

use super::linked::{At, ModuleId, Program};
use super::module::{BindingId, ClassId, Expr, ExprId, FunctionId, FunctionKind, MemberValue, Module, Step};

/// The assignments to properties of one module.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    to_names: FxHashMap<BindingId, HashMap<Arc<str>, Vec<(ExprId, FunctionId)>>>,
    to_this: FxHashMap<ClassId, HashMap<Arc<str>, Vec<ExprId>>>,
    filled: FxHashMap<BindingId, Vec<Filled>>,
    handed_on: FxHashMap<BindingId, Vec<(ExprId, usize)>>,
    holders: FxHashMap<ExprId, Vec<BindingId>>,
    kept: FxHashMap<Keeper, Vec<ExprId>>,
}

/// What keeps others by a key: `limiters` of `limiters.set(key, limiter)`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Keeper {
    /// A name.
    Name(BindingId),
    /// A property of `this`, in the methods of a class.
    Own(ClassId, Arc<str>),
}

/// Something that is put into the object that a name holds: `options.cookie.secure = true`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Where, from the name on; `None` for what is computed.
    pub path: Vec<Option<Arc<str>>>,
    /// What; `None` where it is not known.
    pub value: Option<ExprId>,
    /// The function that does it.
    pub function: FunctionId,
    /// Whether that function does it whenever it comes that far, whatever was there before.
    pub is_plain: bool,
    /// The whole assignment.
    pub expr: ExprId,
}

impl Assigned {
    fn of(module: &Module) -> Self {
        let mut assigned = Self::default();
        let owners = owners(module);
        for index in 0..module.functions.len() {
            let Ok(index) = u32::try_from(index) else { break };
            let function = FunctionId(index);
            if module.function(function).kind == FunctionKind::Never {
                continue;
            }
            let steps: FxHashSet<ExprId> = own_steps(module, function);
            module.each_expr(function, &mut |expr| {
                assigned.fill(module, function, expr, steps.contains(&expr));
                assigned.keep(module, expr, || owner(module, &owners, function));
                let Expr::Assign("=" | "||=" | "??=", target, value) = module.expr(expr) else {
                    return;
                };
                let Expr::Member(object, name) = module.expr(*target) else {
                    return;
                };
                match module.expr(*object) {
                    Expr::Name(binding) => {
                        let names = assigned.to_names.entry(*binding).or_default();
                        names.entry(name.clone()).or_default().push((*value, function));
                    }
                    Expr::This => {
                        if let Some(class) = owner(module, &owners, function) {
                            let names = assigned.to_this.entry(class).or_default();
                            names.entry(name.clone()).or_default().push(*value);
                        }
                    }
                    _ => {}
                }
            });
        }
        for (binding, index) in module.bindings.iter().zip(0_u32..) {
            for given in binding.given.iter().filter(|given| given.path.is_empty()) {
                if let Some(value) = given.value
                    && matches!(module.expr(value), Expr::Object(_))
                {
                    assigned.holders.entry(value).or_default().push(BindingId(index));
                }
            }
        }
        assigned
    }

    /// `limiters.set(key, limiter)`, `this.limiters.set(key, limiter)`.
    fn keep(&mut self, module: &Module, expr: ExprId, class: impl Fn() -> Option<ClassId>) {
        let Expr::Call(callee, arguments) = module.expr(expr) else {
            return;
        };
        let (Expr::Member(object, name), [_, value]) = (module.expr(*callee), arguments.as_ref()) else {
            return;
        };
        if name.as_ref() == "set"
            && let Some(keeper) = keeper(module, *object, class)
        {
            self.kept.entry(keeper).or_default().push(*value);
        }
    }

    fn fill(&mut self, module: &Module, function: FunctionId, expr: ExprId, is_step: bool) {
        match module.expr(expr) {
            Expr::Assign(operator, target, value) => {
                let Some((binding, path)) = chain(module, *target) else {
                    return;
                };
                self.filled.entry(binding).or_default().push(Filled {
                    path,
                    value: matches!(*operator, "=" | "||=" | "??=").then_some(*value),
                    function,
                    is_plain: is_step && *operator == "=",
                    expr,
                });
            }
            Expr::Call(callee, arguments) => {
                for (index, argument) in arguments.iter().enumerate() {
                    let Expr::Name(binding) = module.expr(*argument) else {
                        continue;
                    };
                    if index == 0 && is_object_assign(module, *callee) {
                        self.filled.entry(*binding).or_default().push(Filled {
                            path: Vec::new(),
                            value: None,
                            function,
                            is_plain: false,
                            expr,
                        });
                    } else {
                        self.handed_on.entry(*binding).or_default().push((expr, index));
                    }
                }
            }
            _ => {}
        }
    }
}

/// The name or the property that an expression is.
fn keeper(module: &Module, object: ExprId, class: impl Fn() -> Option<ClassId>) -> Option<Keeper> {
    match module.expr(object) {
        Expr::Name(binding) => Some(Keeper::Name(*binding)),
        Expr::Member(of, name) if *module.expr(*of) == Expr::This => Some(Keeper::Own(class()?, name.clone())),
        _ => None,
    }
}

/// What a function does under no condition.
fn own_steps(module: &Module, function: FunctionId) -> FxHashSet<ExprId> {
    let steps = module.function(function).steps.iter();
    steps
        .filter_map(|step| match step {
            Step::Do(expr) => Some(*expr),
            Step::Bind(..) | Step::Return(_) | Step::Throw(_) | Step::Jump | Step::Branch(_) => None,
        })
        .collect()
}

/// The name and the path of `name.a.b` and `name.a[b]`.
fn chain(module: &Module, target: ExprId) -> Option<(BindingId, Vec<Option<Arc<str>>>)> {
    let (mut at, mut path) = (target, Vec::new());
    loop {
        match module.expr(at) {
            Expr::Member(object, name) => {
                path.push(Some(name.clone()));
                at = *object;
            }
            Expr::Index(object, _) => {
                path.push(None);
                at = *object;
            }
            Expr::Name(binding) if !path.is_empty() => {
                path.reverse();
                return Some((*binding, path));
            }
            _ => return None,
        }
    }
}

fn is_object_assign(module: &Module, callee: ExprId) -> bool {
    match module.expr(callee) {
        Expr::Member(object, name) => {
            matches!(name.as_ref(), "assign" | "defineProperty" | "defineProperties")
                && matches!(module.expr(*object), Expr::Global(global) if global.as_ref() == "Object")
        }
        _ => false,
    }
}

fn owners(module: &Module) -> FxHashMap<FunctionId, ClassId> {
    let mut owners = FxHashMap::default();
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
fn owner(module: &Module, owners: &FxHashMap<FunctionId, ClassId>, function: FunctionId) -> Option<ClassId> {
    module.around(function).find_map(|at| owners.get(&at).copied())
}

impl Program {
    fn assignments(&self, module: ModuleId) -> &Assigned {
        let linked = self.linked(module);
        linked.assigned.get_or_init(|| Assigned::of(&linked.module))
    }

    /// What is given to a property of a name, and in which function.
    pub(super) fn assigned(&self, module: ModuleId, binding: BindingId, name: &str) -> &[(ExprId, FunctionId)] {
        let known = self.assignments(module).to_names.get(&binding);
        known.and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// What a class's methods give to a property of `this`.
    pub(super) fn assigned_to_this(&self, module: ModuleId, class: ClassId, name: &str) -> &[ExprId] {
        let known = self.assignments(module).to_this.get(&class);
        known.and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// All that is put into the object that a name holds, in the order of the functions that do it.
    pub fn filled(&self, module: ModuleId, binding: BindingId) -> &[Filled] {
        let known = &self.assignments(module).filled;
        known.get(&binding).map_or(&[], Vec::as_slice)
    }

    /// The calls that a name is handed to as it is, each with which argument it is.
    pub fn handed_on(&self, module: ModuleId, binding: BindingId) -> &[(ExprId, usize)] {
        let known = &self.assignments(module).handed_on;
        known.get(&binding).map_or(&[], Vec::as_slice)
    }

    /// What a module puts into a collection by `set`; `class` is that whose `this` stands there.
    pub(super) fn kept(&self, module: ModuleId, object: ExprId, class: Option<ClassId>) -> &[ExprId] {
        let keeper = keeper(self.module(module), object, || class);
        let known = keeper.and_then(|keeper| self.assignments(module).kept.get(&keeper));
        known.map_or(&[], Vec::as_slice)
    }

    /// The names that an object is given to where it is written.
    pub fn holders(&self, object: At) -> &[BindingId] {
        let known = &self.assignments(object.module).holders;
        known.get(&object.expr).map_or(&[], Vec::as_slice)
    }
}
