//! What a call gives.

use std::sync::Arc;

use smallvec::smallvec;

use crate::program::linked::{At, FunctionAt, ModuleId};
use crate::program::module::{ExportName, Expr, ExprId, Step};

use super::search::{DEEPEST, Search};
use super::{Literal, Value, Values};

impl Search<'_> {
    pub(super) fn called(&mut self, callee: Value, call: At) -> Values {
        if self.depth >= DEEPEST || self.fuel == 0 {
            return smallvec![Value::Unknown(call)];
        }
        self.depth += 1;
        let found = self.called_within(callee, call);
        self.depth -= 1;
        found
    }

    pub(super) fn called_within(&mut self, callee: Value, call: At) -> Values {
        match callee {
            Value::Function(function) => self.returned(function, call),
            Value::Module(id) => {
                let whole = self.export(id, &ExportName::Default);
                let known = whole
                    .into_iter()
                    .filter(|value| *value != Value::Module(id))
                    .collect::<Values>();
                match known.is_empty() {
                    true => smallvec![Value::Unknown(call)],
                    false => known.into_iter().flat_map(|value| self.called(value, call)).collect(),
                }
            }
            Value::Member(of, name) if matches!(of.as_ref(), Value::Function(_)) && name.as_ref() == "bind" => {
                smallvec![Arc::unwrap_or_clone(of)]
            }
            // `const start = sdk.start.bind(sdk)`.
            Value::Package(package, path)
                if path.len() > 1 && path.last().is_some_and(|name| name.as_ref() == "bind") =>
            {
                smallvec![Value::Package(package, path[..path.len() - 1].into())]
            }
            Value::Member(of, name)
                if name.as_ref() == "bind" && matches!(of.as_ref(), Value::Member(..) | Value::Package(..)) =>
            {
                smallvec![Arc::unwrap_or_clone(of)]
            }
            Value::Member(of, name)
                if matches!(name.as_ref(), "freeze" | "assign")
                    && matches!(of.as_ref(), Value::Global(global) if global.as_ref() == "Object") =>
            {
                self.argument(call, 0)
            }
            // `const [a, b] = await Promise.all([import("a"), import("b")])`.
            Value::Member(of, name)
                if name.as_ref() == "all"
                    && matches!(of.as_ref(), Value::Global(global) if global.as_ref() == "Promise") =>
            {
                self.argument(call, 0)
            }
            Value::Unknown(_) | Value::Literal(_) | Value::Class(..) | Value::Object(_) | Value::List(_) => {
                smallvec![Value::Unknown(call)]
            }
            Value::Member(ref of, ref name) if name.as_ref() == "get" && is_map(of) => {
                let mut found = self.put_in(call);
                found.push(Value::Result(Arc::new(callee), call));
                found
            }
            other => smallvec![Value::Result(Arc::new(other), call)],
        }
    }

    /// What is put into the map that a call takes something out of: `this.limiters.get(key)`.
    fn put_in(&mut self, call: At) -> Values {
        let module = self.module(call.module);
        let Expr::Call(callee, _) = module.expr(call.expr) else {
            return Values::new();
        };
        let Expr::Member(object, _) = module.expr(*callee) else {
            return Values::new();
        };
        let class = match self.this(call).as_slice() {
            [Value::Instance(_, class)] => Some(*class),
            _ => None,
        };
        let put = self.program.kept(call.module, *object, class).iter();
        let values = put.flat_map(|expr| self.expr(At { expr: *expr, ..call }));
        // What was taken out before and is put back says nothing new.
        values.filter(|value| !matches!(value, Value::Unknown(_))).collect()
    }

    pub(super) fn argument(&mut self, call: At, index: usize) -> Values {
        match self.module(call.module).expr(call.expr) {
            Expr::Call(_, arguments) | Expr::New(_, arguments) => match arguments.get(index) {
                Some(expr)
                    if arguments
                        .iter()
                        .take(index)
                        .all(|before| !self.is_spread(call.module, *before)) =>
                {
                    self.expr(At {
                        module: call.module,
                        expr: *expr,
                    })
                }
                Some(_) => smallvec![Value::Unknown(call)],
                None => smallvec![Value::Literal(Literal::Undefined)],
            },
            _ => smallvec![Value::Unknown(call)],
        }
    }

    pub(super) fn is_spread(&self, module: ModuleId, expr: ExprId) -> bool {
        matches!(self.module(module).expr(expr), Expr::Spread(_))
    }

    /// What a function of the program returns; its parameters are what this call gives.
    pub(super) fn returned(&mut self, function: FunctionAt, call: At) -> Values {
        if self.depth >= DEEPEST - 4 {
            return smallvec![Value::Unknown(call)];
        }
        self.depth += 4;
        let module = self.module(function.module);
        let mut returned = Vec::new();
        collect_returned(&module.function(function.function).steps, &mut returned);
        let mut found = Values::new();
        for expr in returned {
            let values = self.expr(At {
                module: function.module,
                expr,
            });
            for value in values {
                found.extend(self.with_arguments(value, function, call));
            }
        }
        self.depth -= 4;
        let is_closure = |value: &Value| match value {
            Value::Function(at) => {
                at.module == function.module && module.function(at.function).parent == function.function
            }
            _ => false,
        };
        // `wrap(async (request, response) => …)`: what comes of it calls what it was given, which nobody finds in it.
        if found.iter().any(is_closure) && self.is_given_a_function(call) {
            found.push(Value::Result(Arc::new(Value::Function(function)), call));
        }
        if found.is_empty() {
            found.push(Value::Literal(Literal::Undefined));
        }
        found
    }

    fn is_given_a_function(&mut self, call: At) -> bool {
        let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = self.module(call.module).expr(call.expr) else {
            return false;
        };
        let arguments = arguments.to_vec();
        arguments.into_iter().any(|expr| {
            let at = At {
                module: call.module,
                expr,
            };
            self.expr(at).iter().any(|value| matches!(value, Value::Function(_)))
        })
    }

    pub(super) fn with_arguments(&mut self, value: Value, function: FunctionAt, call: At) -> Values {
        match value {
            Value::Parameter(of, index) if of == function => self.argument(call, index as usize),
            Value::Member(of, name) => {
                let inner = self.with_arguments(Arc::unwrap_or_clone(of), function, call);
                self.members(inner, &name, call)
            }
            Value::Result(of, at) => {
                let inner = self.with_arguments(Arc::unwrap_or_clone(of), function, call);
                let made = inner.into_iter().map(|of| Value::Result(Arc::new(of), at));
                made.collect()
            }
            other => smallvec![other],
        }
    }
}

/// `new Map()`.
fn is_map(value: &Value) -> bool {
    match value {
        Value::Result(of, _) => {
            matches!(of.as_ref(), Value::Global(name) if matches!(name.as_ref(), "Map" | "WeakMap"))
        }
        _ => false,
    }
}

/// What a function's steps return, wherever that stands.
pub(super) fn collect_returned(steps: &[Step], returned: &mut Vec<ExprId>) {
    for step in steps {
        match step {
            Step::Return(Some(expr)) => returned.push(*expr),
            Step::Branch(branch) => branch.arms.iter().for_each(|arm| collect_returned(arm, returned)),
            Step::Do(_) | Step::Bind(..) | Step::Return(None) | Step::Throw(_) | Step::Jump => {}
        }
    }
}
