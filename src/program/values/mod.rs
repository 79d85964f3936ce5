//! What an expression may be: names are followed through assignments, imports, exports and calls.

mod call;
mod export;
mod member;
mod names;
mod parsed;
mod proxy;
mod search;

use std::sync::Arc;

use smallvec::SmallVec;

use super::linked::{At, FunctionAt, ModuleId, Program};
use super::module::{BindingId, ClassId, ExportName, Expr, ExprId};
use search::Search;

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A text.
    Text(Arc<str>),
    /// A number.
    Number(f64),
    /// A truth value.
    Bool(bool),
    /// `null`.
    Null,
    /// `undefined`.
    Undefined,
}

/// All that an expression may be: of most there is one.
pub(super) type Values = SmallVec<[Value; 1]>;

/// Something that an expression may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Something that a package gives: its name with the path within it, and the names taken out of it. The default
    /// export is the package itself. What Node.js brings along is `node:fs`.
    Package(Arc<str>, Arc<[Arc<str>]>),
    /// What a call or construction of it gives, and which.
    Result(Arc<Value>, At),
    /// A property of it.
    Member(Arc<Value>, Arc<str>),
    /// A module of the program, as a whole.
    Module(ModuleId),
    /// A function.
    Function(FunctionAt),
    /// A class.
    Class(ModuleId, ClassId),
    /// What constructing a class gives.
    Instance(ModuleId, ClassId),
    /// A constant.
    Literal(Literal),
    /// An object, where it is written.
    Object(At),
    /// A list, where it is written.
    List(At),
    /// An element, where it is written.
    Element(At),
    /// What the environment sets under this name.
    Environment(Arc<str>),
    /// Something that the runtime has.
    Global(Arc<str>),
    /// What a function is given, by index.
    Parameter(FunctionAt, u32),
    /// It could not be followed further than this.
    Unknown(At),
}

/// The same in the same order, each but once.
pub(super) fn once<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut kept = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

impl Program {
    /// All that an expression may be, in the order of the ways to it; never empty.
    pub fn values(&self, at: At) -> Vec<Value> {
        self.few_values(at).into_vec()
    }

    /// The same, without memory of its own where there is one.
    pub(super) fn few_values(&self, at: At) -> Values {
        Search::new(self).expr(at)
    }

    /// All that an expression may be where it is called: a module is what it gives as a whole,
    /// `require("./setup")(app)`.
    pub fn callees(&self, at: At) -> Vec<Value> {
        self.where_called(self.few_values(at)).into_vec()
    }

    /// What values are where they are called.
    pub(super) fn where_called(&self, values: Values) -> Values {
        if !values.iter().any(|value| matches!(value, Value::Module(_))) {
            return values;
        }
        let each = values.into_iter().flat_map(|value| match value {
            Value::Module(id) => Search::new(self).export(id, &ExportName::Default),
            other => Values::from_buf([other]),
        });
        each.collect()
    }

    /// All that a name of a module may be.
    pub fn binding_values(&self, module: ModuleId, binding: BindingId) -> Vec<Value> {
        let mut search = Search::new(self);
        let at = At {
            module,
            expr: ExprId(0),
        };
        search.binding(at, binding).into_vec()
    }

    /// What is taken out of values by names, outermost first.
    pub(super) fn parts_of(&self, values: Values, path: &[Arc<str>], at: At) -> Values {
        let mut search = Search::new(self);
        // Of most there is one, which needs no list.
        let each_once = |values: Values| match values.len() {
            0 | 1 => values,
            _ => Values::from_vec(once(values)),
        };
        let parts = |values, name| search.members(each_once(values), name, at);
        path.iter().fold(values, parts)
    }

    /// What a module gives under a name.
    pub fn exported(&self, module: ModuleId, name: &ExportName) -> Vec<Value> {
        let mut search = Search::new(self);
        search.export(module, name).into_vec()
    }

    /// What a call of something gives.
    pub(super) fn given_back(&self, callee: Value, call: At) -> Values {
        Search::new(self).called(callee, call)
    }

    /// All that a function may return.
    pub(super) fn returned_by(&self, function: FunctionAt) -> Vec<Value> {
        let mut returned = Vec::new();
        let steps = &self.module(function.module).function(function.function).steps;
        call::collect_returned(steps, &mut returned);
        let module = function.module;
        let each = returned.into_iter().map(|expr| self.values(At { module, expr }));
        each.flatten().collect()
    }

    /// The functions of the program that a call is given as arguments, also where another wraps them:
    /// `versioned(caught(async (request) => …))`.
    pub fn functions_given_to(&self, call: At) -> Vec<FunctionAt> {
        let mut found = Vec::new();
        self.given_to(call, 0, &mut found);
        once(found)
    }

    fn given_to(&self, call: At, depth: u32, found: &mut Vec<FunctionAt>) {
        const DEEPEST: u32 = 4;
        let module = self.module(call.module);
        let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = module.expr(call.expr) else {
            return;
        };
        let values = arguments.iter().flat_map(|expr| {
            self.values(At {
                module: call.module,
                expr: *expr,
            })
        });
        for value in values {
            match value {
                Value::Function(function) => found.push(function),
                Value::Result(_, inner) if depth < DEEPEST && inner != call => {
                    self.given_to(inner, depth + 1, found);
                }
                _ => {}
            }
        }
    }
}

/// The package and the path in it that a value comes from: `PrismaClient().user.findMany`.
pub fn path_of(value: &Value) -> Option<(Arc<str>, String)> {
    let mut root = value;
    while let Value::Result(of, _) | Value::Member(of, _) = root {
        root = of;
    }
    let Value::Package(name, first) = root else { return None };
    let mut path = first.join(".");
    take_out(value, &mut path);
    Some((name.clone(), path))
}

/// Adds what is taken out of a value's root.
fn take_out(value: &Value, path: &mut String) {
    match value {
        Value::Result(of, _) => {
            take_out(of, path);
            path.push_str("()");
        }
        Value::Member(of, member) => {
            take_out(of, path);
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(member);
        }
        _ => {}
    }
}
