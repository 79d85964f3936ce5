//! Routers by the values that they are: where one is made, and what it is made with.

use super::RouterId;
use crate::model::Place;
use crate::program::linked::{At, Program};
use crate::program::module::Expr;
use crate::program::values::{Literal, Value};

/// Where a router is made.
pub(super) fn made_at(program: &Program, router: RouterId) -> Option<Place> {
    match router {
        RouterId::Made(at) => Some(program.place(at.module, &program.module(at.module).span(at.expr))),
        RouterId::Given(..) => None,
    }
}

/// The router that a value is, whatever was done to it on the way.
pub(super) fn router_of(program: &Program, value: &Value) -> Option<RouterId> {
    let Value::Result(of, at) = value else { return None };
    match of.as_ref() {
        Value::Package(name, path) if super::makers::makes(name, path) => Some(RouterId::Made(*at)),
        Value::Member(inner, name) => {
            let is_itself = match name.as_ref() {
                "get" | "post" | "put" | "patch" | "delete" | "routes" | "middleware" => true,
                "route" => mounts(program, *at),
                name => super::plugin::ITSELF.contains(&name),
            };
            is_itself.then(|| router_of(program, inner))?
        }
        _ => None,
    }
}

/// Whether a call of `route` mounts another router, as Hono's does, which gives the application itself:
/// `app.route("/users", users)`. With a path alone it gives what stands at that path.
pub(super) fn mounts(program: &Program, call: At) -> bool {
    matches!(program.module(call.module).expr(call.expr), Expr::Call(_, arguments) if arguments.len() > 1)
}

/// The prefix that a router is made with, as Koa's are: `new Router({ prefix: "/users" })`; the inner `None` where it is
/// not known.
pub(super) fn own_prefix(program: &Program, router: RouterId) -> Option<Option<String>> {
    let RouterId::Made(at) = router else { return None };
    let module = program.module(at.module);
    let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = module.expr(at.expr) else {
        return None;
    };
    let Expr::Object(properties) = module.expr(*arguments.first()?) else {
        return None;
    };
    let prefix = properties
        .iter()
        .find(|property| property.key.as_deref() == Some("prefix"))?;
    let values = program.values(At {
        module: at.module,
        expr: prefix.value,
    });
    Some(match values.as_slice() {
        [Value::Literal(Literal::Text(text))] => Some(text.to_string()),
        _ => None,
    })
}

/// Whether calling this made a router of Express's.
pub(super) fn is_express(program: &Program, router: RouterId) -> bool {
    let RouterId::Made(at) = router else { return false };
    let (Expr::Call(callee, _) | Expr::New(callee, _)) = program.module(at.module).expr(at.expr) else {
        return false;
    };
    let callee = At {
        module: at.module,
        expr: *callee,
    };
    let values = program.values(callee);
    values
        .iter()
        .any(|value| matches!(value, Value::Package(name, _) if name.as_ref() == "express"))
}
