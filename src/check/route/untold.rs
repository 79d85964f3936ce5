//! What a handler may call without anybody seeing it: methods of what functions were handed, where no call of the program
//! says what that is.

use std::collections::BTreeSet;

use super::answer::functions_of;
use super::judged::{Asked, at};
use super::parameters::Thing;
use crate::check::code::is_like;
use crate::program::module::Expr;
use crate::program::{FunctionAt, Lost, Untold};

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

/// Packages that give such.
const DATABASES: [&str; 12] = [
    "@prisma/client",
    "ioredis",
    "knex",
    "mongodb",
    "mongoose",
    "mysql",
    "mysql2",
    "pg",
    "postgres",
    "redis",
    "sequelize",
    "typeorm",
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
        let (name, function, expr) = match untold.find(|untold| self.may_be(untold, thing)) {
            Some(untold) => (&untold.name, untold.function, untold.expr),
            None => {
                let all = || usage.lost().iter().filter(|lost| self.may_ask_a_store(lost, thing));
                let lost = match self.users_of(thing) {
                    Some(users) => {
                        let mut stores = users.stores.get_or_init(|| all().collect()).iter().copied();
                        stores.find(|lost| reach.is_live(lost.function))?
                    }
                    None => all().find(|lost| reach.is_live(lost.function))?,
                };
                (&lost.name, lost.function, lost.expr)
            }
        };
        let module = self.program.module(function.module);
        let place = self.program.place(function.module, &module.span(expr));
        Some(format!(
            "`{name}` is called in {}, of something that could not be traced",
            at(&place)
        ))
    }

    /// Whether a call of something that could not be traced is one of what its name says to be a store, where one is asked
    /// for: `this.pool.execute(…)`.
    fn may_ask_a_store(&self, lost: &Lost, thing: &Thing) -> bool {
        let module = self.program.module(lost.function.module);
        let Expr::Call(callee, _) = module.expr(lost.expr) else {
            return false;
        };
        let Expr::Member(object, name) = module.expr(*callee) else {
            return false;
        };
        let of = match module.expr(*object) {
            Expr::Name(binding) => &module.binding(*binding).name,
            Expr::Member(_, name) => name,
            _ => return false,
        };
        let is_store = STORES.iter().any(|store| of.eq_ignore_ascii_case(store));
        is_store && DATABASES.iter().any(|package| thing.is_of(package)) && names_call(name, thing)
    }

    fn may_be(&self, untold: &Untold, thing: &Thing) -> bool {
        let is_store = |name: &str| STORES.iter().any(|store| name.eq_ignore_ascii_case(store));
        names_call(&untold.name, thing)
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

/// Whether a method may be one that is asked for, by its name.
fn names_call(name: &str, thing: &Thing) -> bool {
    match thing.paths.as_slice() {
        [] => !PLAIN.contains(&name),
        _ => thing.last_names().iter().any(|last| is_like(last, name)),
    }
}
