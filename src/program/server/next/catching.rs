//! What stands behind a file that catches all paths below its own.

use crate::program::linked::{At, FunctionAt, Program};
use crate::program::module::Expr;
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

/// What answers the paths below `above`, by what handles them.
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
    // Behind an address of its own, a function that takes the rest of the path by its name takes names and files out of
    // it; one that hands the whole request on may hand it to a router.
    let depth = above.split('/').filter(|part| !part.is_empty()).count();
    let functions: Vec<FunctionAt> = match value {
        Value::Function(function) => vec![*function],
        Value::Result(_, call) => program.functions_given_to(*call),
        _ => Vec::new(),
    };
    let takes = |at: &FunctionAt| {
        let members = &program.module(at.module).function(at.function).members;
        members.iter().any(|name| matches!(name.as_ref(), "params" | "query"))
    };
    match depth > 1 && !functions.is_empty() && functions.iter().all(takes) {
        true => Catch::Own,
        false => Catch::Any,
    }
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
