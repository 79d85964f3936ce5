//! Plugins that a server calls by itself, with the options that stand beside them where they are registered.

use std::sync::Arc;

use crate::program::linked::{At, Program};
use crate::program::module::{Expr, ExprId, FunctionId};
use crate::program::values::path_of;

use super::collect::Collector;
use super::{Use, UseKind};

impl Collector<'_> {
    /// What a server is given to call with options of its own: `server.register(helmet, { hsts: false })`.
    pub(super) fn registered(&mut self, function: FunctionId, call: ExprId) {
        let at = At {
            module: self.id,
            expr: call,
        };
        let Some((package, path)) = plugin_of(self.program, at) else {
            return;
        };
        let function = self.at(function);
        self.found.push(Use {
            package,
            path: path.into(),
            kind: UseKind::Call,
            function,
            expr: Some(call),
            request: None,
        });
    }
}

/// The package, and what of it, that a call registers with a Fastify server, which calls it with what stands beside it.
fn plugin_of(program: &Program, call: At) -> Option<(Arc<str>, String)> {
    let module = program.module(call.module);
    let Expr::Call(callee, arguments) = module.expr(call.expr) else {
        return None;
    };
    let is_register = matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "register");
    let plugin = At {
        expr: *arguments.first().filter(|_| is_register)?,
        ..call
    };
    let values = program.few_values(plugin);
    let mut known = values.iter().filter_map(path_of);
    known.find(|(package, _)| package.contains("fastify"))
}

/// Whether a call registers a plugin with a server.
pub fn is_registration(program: &Program, call: At) -> bool {
    plugin_of(program, call).is_some()
}

/// What a call hands to what is called: a server that calls a plugin hands it what stands beside it.
pub fn handed_to_called(program: &Program, call: At) -> Option<&[ExprId]> {
    let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = program.module(call.module).expr(call.expr) else {
        return None;
    };
    let own = usize::from(is_registration(program, call));
    arguments.get(own..)
}
