//! What a handler may call without anybody seeing it: methods of what functions were handed, where no call of the program
//! says what that is.

use std::collections::BTreeSet;

use super::answer::functions_of;
use super::judged::{Asked, at};
use super::parameters::Thing;
use crate::check::code::is_like;
use crate::program::{FunctionAt, Untold};

/// Methods of texts, lists and promises, of requests and answers, and of what tells people: none of a client of something.
const PLAIN: [&str; 81] = [
    "accepts",
    "append",
    "arrayBuffer",
    "attachment",
    "body",
    "cb",
    "callback",
    "catch",
    "charAt",
    "clearCookie",
    "code",
    "concat",
    "cookie",
    "debug",
    "done",
    "download",
    "emit",
    "end",
    "endsWith",
    "error",
    "every",
    "filter",
    "finally",
    "flat",
    "flatMap",
    "flush",
    "forEach",
    "format",
    "formData",
    "fulfill",
    "header",
    "html",
    "includes",
    "indexOf",
    "info",
    "is",
    "isAuthenticated",
    "join",
    "json",
    "jsonp",
    "keys",
    "links",
    "location",
    "log",
    "map",
    "match",
    "next",
    "on",
    "once",
    "padEnd",
    "padStart",
    "pop",
    "push",
    "redirect",
    "reduce",
    "reject",
    "removeHeader",
    "render",
    "replace",
    "resolve",
    "send",
    "sendFile",
    "sendStatus",
    "set",
    "setHeader",
    "shift",
    "slice",
    "some",
    "sort",
    "split",
    "startsWith",
    "status",
    "text",
    "then",
    "toFixed",
    "toISOString",
    "toLowerCase",
    "toString",
    "trace",
    "trim",
    "warn",
];

/// Names of what requests and applications carry for their handlers: `request.app.locals.db.query(…)`.
const STORES: [&str; 14] = [
    "client",
    "database",
    "db",
    "em",
    "knex",
    "mongo",
    "mysql",
    "orm",
    "pg",
    "pool",
    "postgres",
    "prisma",
    "redis",
    "sequelize",
];

impl Asked<'_> {
    /// Why something that a handler reaches may call what is asked for: on something that nobody says what it is.
    pub(super) fn may_call(&self, handler: FunctionAt, thing: &Thing) -> Option<String> {
        if !self.users_of(thing).is_none_or(|users| users.is_loaded(self.program)) {
            return None;
        }
        let usage = self.program.usage();
        let reach = self.program.reach_from(handler);
        let mut untold = reach.live().flat_map(|function| usage.untold(function));
        let untold = untold.find(|untold| self.may_be(untold, thing))?;
        let id = untold.function.module;
        let place = self.program.place(id, &self.program.module(id).span(untold.expr));
        Some(format!(
            "`{}` is called in {}, of something that could not be traced",
            untold.name,
            at(&place)
        ))
    }

    fn may_be(&self, untold: &Untold, thing: &Thing) -> bool {
        let is_asked_for = match thing.paths.as_slice() {
            [] => !PLAIN.contains(&untold.name.as_ref()),
            paths => paths.iter().any(|path| {
                let last = path.rsplit('.').next().unwrap_or(path);
                last.trim_matches('*').len() > 2 && is_like(last, &untold.name)
            }),
        };
        let is_store = |name: &str| STORES.iter().any(|store| name.eq_ignore_ascii_case(store));
        is_asked_for
            && match untold.root {
                // What a server hands over is a request, unless something is put into it.
                Some(root) if self.is_asked(root) => untold.within.split('.').any(is_store),
                Some(_) | None => true,
            }
    }

    /// Whether a server calls a function with requests.
    fn is_asked(&self, function: FunctionAt) -> bool {
        let asked = self.asked.get_or_init(|| {
            let routes = self.routes.iter();
            let values = routes.flat_map(|route| route.chain.iter().flat_map(|one| &one.values).chain(&route.handler));
            values
                .flat_map(|value| functions_of(self.program, value))
                .collect::<BTreeSet<_>>()
        });
        asked.contains(&function)
    }
}
