//! Clients that a server makes for itself.

use crate::program::module::{Expr, TOP_LEVEL};
use crate::program::{At, Program, Value, path_of};

/// Whether a value is a client of Supabase that is made once, by the key of the service:
/// `createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY)` where a module is loaded.
pub(super) fn is_made_by_the_service(program: &Program, value: &Value) -> bool {
    let (Value::Result(_, call), Some((package, _))) = (value, path_of(value)) else {
        return false;
    };
    let module = program.module(call.module);
    let Expr::Call(_, arguments) = module.expr(call.expr) else {
        return false;
    };
    let mut is_once = false;
    module.each_expr(TOP_LEVEL, &mut |expr| is_once |= expr == call.expr);
    let keys = arguments.get(1).map(|key| program.values(At { expr: *key, ..*call }));
    let is_key = |key: &Value| matches!(key, Value::Environment(name) if name.contains("SERVICE"));
    package.as_ref() == "@supabase/supabase-js"
        && is_once
        && keys.is_some_and(|keys| !keys.is_empty() && keys.iter().all(is_key))
}
