//! Who calls a function by its name.
//!
//! Each asks for another function, and to look through all modules for each is dear: calls are put in order by the name
//! that they are made by once, and what those of one name call is told once.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::text::HashMap;

use super::linked::{At, FunctionAt, ModuleId, Program, Site};
use super::module::{Expr, ExprId, FunctionId};
use super::values::Value;

/// A call: where it stands among what its function evaluates, and what is called.
#[derive(Debug)]
struct Call {
    function: FunctionAt,
    place: u32,
    expr: ExprId,
    callee: ExprId,
}

/// A call of a function, with its place among what its own function evaluates.
type Found = (FunctionAt, u32, ExprId);

/// The functions that calls call, each with its calls.
type Told = HashMap<FunctionAt, Vec<Found>>;

/// The calls of a program, by what they are made by.
#[derive(Debug, Default)]
pub(super) struct Called {
    calls: OnceLock<Calls>,
    /// What is called by a name of the module.
    by_name: OnceLock<Told>,
    /// What is called as a member, by that member's name.
    by_member: Mutex<HashMap<Arc<str>, Arc<Told>>>,
}

#[derive(Debug, Default)]
struct Calls {
    names: Vec<Call>,
    members: HashMap<Arc<str>, Vec<Call>>,
}

impl Calls {
    fn of(program: &Program) -> Self {
        let mut calls = Self::default();
        for (id, linked) in program.modules() {
            for (_, index) in linked.module.functions.iter().zip(0_u32..) {
                let function = FunctionId(index);
                let at = FunctionAt { module: id, function };
                let mut place = 0;
                linked.module.each_expr(function, &mut |expr| {
                    place += 1;
                    calls.add(program, at, place, expr);
                });
            }
        }
        calls
    }

    fn add(&mut self, program: &Program, function: FunctionAt, place: u32, expr: ExprId) {
        let module = program.module(function.module);
        let Expr::Call(callee, _) = module.expr(expr) else {
            return;
        };
        let call = Call {
            function,
            place,
            expr,
            callee: *callee,
        };
        match module.expr(*callee) {
            Expr::Name(_) => self.names.push(call),
            Expr::Member(_, name) => match self.members.get_mut(name) {
                Some(known) => known.push(call),
                None => {
                    self.members.insert(Arc::clone(name), vec![call]);
                }
            },
            _ => {}
        }
    }
}

/// What calls call, each in the order of modules and functions.
fn told(program: &Program, calls: &[Call]) -> Told {
    let mut told = Told::default();
    for call in calls {
        let values = program.few_values(At {
            module: call.function.module,
            expr: call.callee,
        });
        for (index, value) in values.iter().enumerate() {
            if let Value::Function(called) = value
                && !values[..index].contains(value)
            {
                let found = (call.function, call.place, call.expr);
                told.entry(*called).or_default().push(found);
            }
        }
    }
    told
}

impl Called {
    fn calls(&self, program: &Program) -> &Calls {
        self.calls.get_or_init(|| Calls::of(program))
    }

    fn of_member(&self, program: &Program, name: &Arc<str>) -> Arc<Told> {
        let lock = || self.by_member.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(name).map(Arc::clone);
        known.unwrap_or_else(|| {
            let calls = self.calls(program).members.get(name);
            let found = Arc::new(told(program, calls.map_or(&[][..], Vec::as_slice)));
            lock().insert(Arc::clone(name), Arc::clone(&found));
            found
        })
    }

    fn of_names(&self, program: &Program) -> &Told {
        self.by_name.get_or_init(|| told(program, &self.calls(program).names))
    }
}

impl Program {
    /// The calls of a function by its name, with the functions that they stand in, in the order of modules and of evaluation. In
    /// its own module another name for it is none.
    pub fn callers_by_name(&self, called: FunctionAt) -> Vec<Site> {
        let Some(name) = &self.module(called.module).function(called.function).name else {
            return Vec::new();
        };
        let is_named = |(caller, _, call): &&Found| is_named(self, called.module, name, caller.module, *call);
        let by_name = self.called.of_names(self).get(&called).into_iter().flatten();
        let mut found: Vec<Found> = by_name.filter(is_named).copied().collect();
        let by_member = self.called.of_member(self, name);
        found.extend(by_member.get(&called).into_iter().flatten());
        found.sort_unstable();
        found.into_iter().map(|(function, _, call)| (function, call)).collect()
    }
}

fn is_named(program: &Program, own: ModuleId, name: &str, module: ModuleId, call: ExprId) -> bool {
    let there = program.module(module);
    match there.expr(call) {
        Expr::Call(callee, _) => match there.expr(*callee) {
            Expr::Name(binding) => module != own || there.binding(*binding).name.as_ref() == name,
            _ => false,
        },
        _ => false,
    }
}
