//! What stands behind a file that catches all paths below its own.

use std::collections::BTreeSet;

use crate::program::linked::{At, FunctionAt, ModuleId, Program};
use crate::program::module::{BindingKind, Expr, ExprId};
use crate::program::server::RouterId;
use crate::program::server::collect::Collected;
use crate::program::server::made::router_of;
use crate::program::values::{Value, path_of};

/// What answers the paths below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Catch {
    /// A router whose routes are followed.
    Followed,
    /// One thing for all of them: files, a package's own endpoints.
    Own,
    /// Anything: it may look at the path and choose.
    Any,
}

/// Beginnings of packages whose handlers answer what they are made for, and are given no routes.
const OWN: [&str; 25] = [
    "next-auth",
    "@auth/",
    "better-auth",
    "@better-auth/",
    "@clerk/",
    "@kinde-oss/",
    "@workos-inc/",
    "@auth0/",
    "@logto/",
    "@trpc/",
    "graphql-yoga",
    "@as-integrations/next",
    "@apollo/",
    "uploadthing",
    "inngest",
    "@trigger.dev/",
    "@upstash/",
    "@tus/",
    "oidc-provider",
    "@keystatic/",
    "next-sanity",
    "@payloadcms/",
    "@boxyhq/",
    "@uploadthing/",
    "@supabase/",
];

/// Packages that make an application which is called itself.
const FRAMEWORKS: [&str; 6] = ["express", "fastify", "koa", "next-connect", "@nestjs/core", "micro"];

/// What answers the paths below, by what handles them.
pub(super) fn catch(program: &Program, collected: &Collected, above: &str, handler: &[Value]) -> Catch {
    let each: Vec<Catch> = handler
        .iter()
        .map(|value| one(program, collected, above, value))
        .collect();
    match each.as_slice() {
        [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
        _ => Catch::Any,
    }
}

fn one(program: &Program, collected: &Collected, above: &str, value: &Value) -> Catch {
    if let Some((package, path)) = path_of(value) {
        let is_adapter = matches!(
            package.as_ref(),
            "hono/vercel" | "hono/nextjs" | "@hono/node-server/vercel"
        ) && path.starts_with("handle");
        return match value {
            Value::Result(_, call) if is_adapter => given(program, collected, *call),
            _ if OWN.iter().any(|name| package.starts_with(name)) => Catch::Own,
            _ => Catch::Any,
        };
    }
    let functions: Vec<FunctionAt> = match value {
        Value::Function(function) => vec![*function],
        Value::Result(_, call) => program.functions_given_to(*call),
        _ => Vec::new(),
    };
    let modules: BTreeSet<ModuleId> = functions.iter().map(|function| function.module).collect();
    // Near the root another server may be asked for whatever was asked.
    let depth = above.split('/').filter(|part| !part.is_empty()).count();
    let may_route = |module: &ModuleId| hands_on(program, *module) || depth <= 1 && asks(program, *module);
    match modules.is_empty() || modules.iter().any(may_route) {
        true => Catch::Any,
        false => Catch::Own,
    }
}

/// Whether a module hands requests to something of a package that may route them: `router.handle(request)`,
/// `app.fetch(request)`, `app(request, response)`.
fn hands_on(program: &Program, id: ModuleId) -> bool {
    const HANDING: [&str; 7] = [
        "callback",
        "dispatch",
        "emit",
        "fetch",
        "handle",
        "handleRequest",
        "handler",
    ];
    let module = program.module(id);
    module.expressions.iter().any(|(expr, _)| {
        let Expr::Call(callee, arguments) = expr else {
            return false;
        };
        // The very request that came in: what a function makes of it is asked about something.
        let is_given = |argument: &ExprId| matches!(module.expr(*argument), Expr::Name(name) if matches!(module.binding(*name).kind, BindingKind::Parameter(_)));
        if !arguments.iter().any(is_given) {
            return false;
        }
        let is_named = match module.expr(*callee) {
            Expr::Member(_, name) => HANDING.contains(&name.as_ref()),
            Expr::Name(_) | Expr::Call(..) => false,
            _ => return false,
        };
        let values = program.values(At {
            module: id,
            expr: *callee,
        });
        values.iter().any(|value| {
            // What a package made is called itself.
            let is_made = matches!(value, Value::Result(..));
            match path_of(value) {
                Some((package, _)) => {
                    let is_own = OWN.iter().any(|name| package.starts_with(name));
                    let is_framework = FRAMEWORKS.contains(&package.as_ref());
                    !is_own && (is_named || is_made && is_framework)
                }
                // Whatever it is, it is handed the request by the name of one who routes.
                None => is_named && matches!(value, Value::Unknown(_) | Value::Parameter(..)),
            }
        })
    })
}

/// Whether a module asks another server for something.
fn asks(program: &Program, id: ModuleId) -> bool {
    let module = program.module(id);
    module.expressions.iter().any(|(expr, _)| match expr {
        Expr::Call(callee, _) => {
            matches!(module.expr(*callee), Expr::Global(name) if name.as_ref() == "fetch")
        }
        _ => false,
    })
}

/// Hono's `handle(app)`.
fn given(program: &Program, collected: &Collected, call: At) -> Catch {
    let Expr::Call(_, arguments) = program.module(call.module).expr(call.expr) else {
        return Catch::Any;
    };
    let Some(first) = arguments.first() else {
        return Catch::Any;
    };
    let values = program.values(At {
        module: call.module,
        expr: *first,
    });
    let is_known = |value: &Value| {
        let router: Option<RouterId> = router_of(program, value);
        router.is_some_and(|router| collected.done.contains_key(&router))
    };
    match values.iter().all(is_known) {
        true => Catch::Followed,
        false => Catch::Any,
    }
}
