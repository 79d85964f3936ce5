//! Packages that make servers and routers: those whose routes are followed, and those of which no more is known than
//! that they serve.

use std::sync::Arc;

use crate::program::usage::Use;

/// Packages whose call or construction makes a router that is followed, with the names taken out of them.
const FOLLOWED: [(&str, &[&str]); 13] = [
    ("express", &[]),
    ("express", &["Router"]),
    ("express-promise-router", &[]),
    ("fastify", &[]),
    ("fastify", &["fastify"]),
    ("fastify", &["Fastify"]),
    ("@koa/router", &[]),
    ("koa-router", &[]),
    ("koa", &[]),
    ("hono", &["Hono"]),
    ("@hono/zod-openapi", &["OpenAPIHono"]),
    ("polka", &[]),
    ("restana", &[]),
];

/// Packages that make servers, or their routers, which are not followed, with the names of which one does so; none for any.
const FOREIGN: [(&str, &[&str]); 25] = [
    ("@adonisjs/core", &[]),
    ("@apollo/server/standalone", &["startStandaloneServer"]),
    ("@elysiajs/node", &[]),
    ("@hapi/hapi", &["", "Server", "server"]),
    ("@loopback/rest", &[]),
    ("@oak/oak", &["Application"]),
    ("@tinyhttp/app", &["App"]),
    ("@trpc/server/adapters/standalone", &[]),
    ("egg", &[]),
    ("elysia", &["", "Elysia"]),
    ("h3", &["H3", "createApp"]),
    ("hapi", &["", "Server", "server"]),
    ("hyper-express", &["Server"]),
    ("json-server", &["create"]),
    ("micro", &["", "serve"]),
    ("moleculer-web", &[]),
    ("node:http", &["Server", "createServer"]),
    ("node:http2", &["createSecureServer", "createServer"]),
    ("node:https", &["Server", "createServer"]),
    ("restify", &["createServer"]),
    ("sails", &[]),
    ("socket.io", &["", "Server"]),
    ("uWebSockets.js", &["App", "SSLApp"]),
    ("ultimate-express", &[""]),
    ("ws", &["Server", "WebSocketServer"]),
];

/// Whether a package makes routers that are followed.
pub(super) fn is_followed(package: &str) -> bool {
    FOLLOWED.iter().any(|(known, _)| *known == package)
}

/// Whether calling or constructing this makes a router that is followed.
pub(super) fn makes(name: &str, path: &[Arc<str>]) -> bool {
    FOLLOWED.iter().any(|(package, names)| {
        *package == name
            && names.len() == path.len()
            && names.iter().zip(path).all(|(left, right)| *left == right.as_ref())
    })
}

/// Whether calling or constructing this makes a server that is not followed.
pub(super) fn makes_foreign(found: &Use) -> bool {
    FOREIGN.iter().any(|(package, names)| {
        *package == found.package.as_ref()
            && (names.contains(&found.path.as_ref()) || names.is_empty() && !found.path.contains('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::{FOREIGN, is_followed};

    #[test]
    fn nothing_is_both_followed_and_foreign() {
        let foreign = FOREIGN.iter().map(|(package, _)| *package);
        let both: Vec<&str> = foreign.filter(|package| is_followed(package)).collect();
        assert!(both.is_empty(), "{both:?}");
    }
}
