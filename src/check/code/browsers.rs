//! Components that are for browsers alone: what they declare for a server is left over, and nobody's gap.

use crate::model::Component;
use crate::program::{Linked, Program, Side, Target};

/// What makes a server, or stands behind one.
const SERVING: [&str; 22] = [
    "@apollo/server",
    "@fastify/*",
    "@hapi/hapi",
    "@hono/node-server",
    "@nestjs/*",
    "@remix-run/*",
    "@sveltejs/kit",
    "apollo-server*",
    "astro",
    "express",
    "fastify",
    "firebase-functions*",
    "hono*",
    "koa",
    "micro",
    "next",
    "nuxt",
    "polka",
    "restify",
    "serve-handler",
    "socket.io",
    "ws",
];

/// Whether browsers are all that a component is made for, and none of its files loads what makes a server, or what is
/// asked for.
pub(in crate::check) fn is_for_browsers(
    program: &Program,
    component: &Component,
    is_asked_for: impl Fn(&Target) -> bool,
) -> bool {
    let is_started = |side| program.reach(component, side).has_entry();
    if is_started(Side::Server) || !is_started(Side::Browser) {
        return false;
    }
    let is_own = |linked: &&Linked| linked.path.is_within(component.folder());
    let mut own = program.modules().map(|(_, linked)| linked).filter(is_own);
    !own.any(|linked| {
        let mut targets = linked.targets.iter();
        targets.any(|target| serves(target) || is_asked_for(target))
    })
}

fn serves(target: &Target) -> bool {
    match target {
        Target::Package(name, _) => SERVING.iter().any(|known| super::is_like(known, name)),
        Target::Builtin(name) => matches!(name.as_ref(), "http" | "https" | "http2" | "net"),
        // What can't be followed may be anything.
        Target::Unresolved(_) => true,
        Target::Module(_) | Target::File(_) | Target::Erased | Target::Missing(_) => false,
    }
}
