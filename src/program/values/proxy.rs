//! What stands behind a `Proxy` whose handler takes everything from something else: a client that is made when it is first
//! used.

use smallvec::smallvec;

use crate::program::linked::At;
use crate::program::module::{BindingKind, Expr, ExprId, FunctionId, Module};

use super::search::Search;
use super::{Value, Values};

/// Whether what is constructed is the language's `Proxy`.
pub(super) fn is_proxy(module: &Module, callee: ExprId) -> bool {
    matches!(module.expr(callee), Expr::Global(name) if name.as_ref() == "Proxy")
}

impl Search<'_> {
    /// `new Proxy({}, { get: (_, name) => client()[name] })` is what `client()` gives, as far as what is taken out of it.
    pub(super) fn behind_proxy(&mut self, at: At, arguments: &[ExprId]) -> Values {
        let module = self.module(at.module);
        let here = |expr| At {
            module: at.module,
            expr,
        };
        let handler = arguments.get(1).and_then(|handler| match module.expr(*handler) {
            Expr::Object(properties) => properties
                .iter()
                .find(|property| property.key.as_deref() == Some("get")),
            _ => None,
        });
        let Some(Expr::Function(get)) = handler.map(|property| module.expr(property.value)) else {
            return smallvec![Value::Unknown(at)];
        };
        match taken_from(module, *get) {
            Some(object) => self.expr(here(object)),
            None => smallvec![Value::Unknown(at)],
        }
    }
}

/// What a handler takes the property from that it is asked for, where that is one thing: `x` of `x[name]` and of
/// `Reflect.get(x, name)`.
fn taken_from(module: &Module, get: FunctionId) -> Option<ExprId> {
    let is_name = |expr: ExprId| match module.expr(expr) {
        Expr::Name(name) => {
            let name = module.binding(*name);
            name.function == get && matches!(name.kind, BindingKind::Parameter(1))
        }
        _ => false,
    };
    let is_target = |expr: ExprId| match module.expr(expr) {
        Expr::Name(name) => matches!(module.binding(*name).kind, BindingKind::Parameter(_)),
        _ => false,
    };
    let mut found = Vec::new();
    module.each_expr(get, &mut |expr| match module.expr(expr) {
        Expr::Index(object, name) if is_name(*name) => found.push(*object),
        Expr::Call(callee, arguments) => {
            let is_get = matches!(module.expr(*callee), Expr::Member(of, get)
                if get.as_ref() == "get" && matches!(module.expr(*of), Expr::Global(of) if of.as_ref() == "Reflect"));
            if let ([object, name, ..], true) = (arguments.as_ref(), is_get)
                && is_name(*name)
            {
                found.push(*object);
            }
        }
        _ => {}
    });
    // What the target itself has, it has beside.
    found.retain(|object| !is_target(*object));
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}
