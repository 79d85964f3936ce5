//! Routers joined into routes.

mod route;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::collect::Collected;
use super::failing::is_error_handler;
use super::made::{is_express, made_at, own_prefix, router_of};
use super::order::UNAWAITED;
use super::shadow::{Answers, Extent};
use super::{Done, ErrorHandler, Middleware, Nature, Route, RouterId, Routes, Scope, Stands, What};
use crate::program::linked::{FunctionAt, Program};
use crate::program::reach::Edge;
use crate::program::values::Value;

/// Routers are mounted this deep at most, and a component has this many routes: more is a cycle.
const DEEPEST: usize = 12;
const MOST: usize = 20_000;
/// Steps in all: routers that are mounted in each other many times at every level are nobody's server.
const FUEL: usize = 2_000_000;

const BEHIND_A_PLUGIN: &str = "whether what is registered before this hook has it is not known";

/// Middleware with the path below which it stands.
#[derive(Clone)]
struct Mounted {
    /// Whose requests pass it: `POST`, …; `*` for any.
    method: Arc<str>,
    path: String,
    reach: Extent,
    middleware: Middleware,
    stands: Stands,
    /// How many routes stand before it.
    routes_before: usize,
    /// By which function whose caller is not known it, or the router that it stands on, is given to the application.
    begun_by: Option<FunctionAt>,
}

struct Flattener<'a> {
    program: &'a Program,
    collected: &'a Collected,
    routes: Vec<Route>,
    mounted: BTreeSet<RouterId>,
    fuel: usize,
    cut: Option<Edge>,
    /// What is mounted for more than one route.
    passed: Vec<Middleware>,
    /// Where routers are handed to what is not followed.
    beyond: Vec<Edge>,
    /// Parts of paths that are not known, so far: each is another.
    unknown: usize,
    /// Why what is being done to a router that a function was handed may not be done.
    under: Option<&'static str>,
    /// What answers all that comes to it, where Express tells by the number of parameters.
    answers: Vec<Answers>,
    /// Plugins of Fastify's that are loaded once what is being followed is done.
    later: Vec<Mounted>,
    /// The numbers of routes that functions add which nobody waits for: they may come behind what follows.
    overtaking: Vec<usize>,
    /// Whether what is being done to an application is done by such a function.
    is_overtaken: bool,
    /// By which function whose caller is not known what is being done to an application is done; the same of each route.
    begun_by: Option<FunctionAt>,
    begun: Vec<Option<FunctionAt>>,
}

/// Whether an error of a route may be anybody's concern: a constant has none, and what answers all other addresses is a page.
fn may_fail(route: &Route) -> bool {
    let is_constant = matches!(route.nature, Nature::Constant | Nature::Nothing);
    // A pattern is how a page for all others is written, too.
    let is_for_some = route.path.as_ref().is_some_and(|path| !path.ends_with('*'));
    !is_constant && is_for_some
}

pub(super) fn flatten(program: &Program, collected: &Collected, idle: &BTreeSet<RouterId>) -> Routes {
    let mut flattener = Flattener {
        program,
        collected,
        routes: Vec::new(),
        mounted: BTreeSet::new(),
        fuel: FUEL,
        cut: None,
        passed: Vec::new(),
        beyond: Vec::new(),
        unknown: 0,
        under: None,
        answers: Vec::new(),
        later: Vec::new(),
        overtaking: Vec::new(),
        is_overtaken: false,
        begun_by: None,
        begun: Vec::new(),
    };
    flattener.find_mounted();
    let roots = collected
        .made
        .iter()
        .filter(|(router, _)| !flattener.mounted.contains(router) && !idle.contains(router));
    let roots: Vec<(RouterId, bool)> = roots.copied().collect();
    let mut error_handlers = Vec::new();
    for (root, is_application) in &roots {
        let (prefix, mut chain) = match is_application {
            true => (String::new(), Vec::new()),
            false => flattener.anywhere(*root),
        };
        let first = flattener.routes.len();
        flattener.router(*root, &prefix, &mut chain, &mut Vec::new());
        let answers = std::mem::take(&mut flattener.answers);
        if *is_application && is_express(program, *root) {
            super::shadow::behind(&mut flattener.routes[first..], first, &answers);
        }
        error_handlers.extend(flattener.error_handlers(chain, first));
    }
    Routes {
        has_server: !roots.is_empty(),
        unmounted: idle.iter().filter_map(|router| made_at(program, *router)).collect(),
        is_of_files: false,
        is_exported: false,
        routes: flattener.routes,
        passed: flattener.passed,
        error_handlers,
        edges: collected
            .edges
            .iter()
            .cloned()
            .chain(flattener.cut)
            .chain(flattener.beyond)
            .collect(),
    }
}

impl Flattener<'_> {
    /// What of an application's chain is called with errors, and with those of which of its routes; `first` is the number
    /// of its first route.
    fn error_handlers(&self, chain: Vec<Mounted>, first: usize) -> Vec<ErrorHandler> {
        let is_handler = |mounted: &Mounted| {
            let is_behind = mounted.routes_before > 0 && mounted.stands == Stands::Before;
            is_behind && is_error_handler(self.program, &mounted.middleware)
        };
        let handlers = chain.into_iter().filter(is_handler);
        let each = handlers.map(|mounted| {
            let behind = self.routes.iter().zip(&self.begun).skip(mounted.routes_before);
            // When another function is called that nobody here calls is not known.
            let behind = behind.filter(|(route, by)| may_fail(route) && **by == mounted.begun_by);
            ErrorHandler {
                before: mounted.routes_before.saturating_sub(first),
                behind: behind.map(|(route, _)| route.place.clone()).collect(),
                is_overtaken: self
                    .overtaking
                    .iter()
                    .any(|route| (first..mounted.routes_before).contains(route)),
                middleware: mounted.middleware,
            }
        });
        each.collect()
    }

    /// Routers that others mount are no servers of their own.
    fn find_mounted(&mut self) {
        for done in self.collected.done.values().flatten() {
            match &done.what {
                What::Use(_, values) => {
                    for value in values.iter().flatten() {
                        self.mounted.extend(router_of(self.program, value));
                    }
                }
                What::Route(..) | What::Handed(..) | What::Hook(..) | What::Later(..) | What::Beyond(..) => {}
            }
        }
    }

    /// A router that nobody is seen to mount may be mounted anywhere, behind anything.
    fn anywhere(&mut self, id: RouterId) -> (String, Vec<Mounted>) {
        let prefix = self.joined("", None);
        let (RouterId::Made(at), Some(place)) = (id, made_at(self.program, id)) else {
            return (prefix, Vec::new());
        };
        let middleware = Middleware {
            values: vec![Value::Unknown(at)],
            place,
            doubt: Some("where this router is mounted, and behind what, could not be followed"),
        };
        let mounted = Mounted {
            method: "*".into(),
            path: prefix.clone(),
            reach: Extent::Below,
            middleware,
            stands: Stands::Before,
            routes_before: 0,
            begun_by: self.begun_by,
        };
        (prefix, vec![mounted])
    }

    /// Two parts of a path as one, its parameters without their names; a part that is not known gets a number.
    fn joined(&mut self, prefix: &str, path: Option<&String>) -> String {
        match path {
            Some(path) => normal(&format!("{prefix}/{path}")),
            None => {
                self.unknown += 1;
                normal(&format!("{prefix}/{{{}}}", self.unknown))
            }
        }
    }

    fn router(&mut self, id: RouterId, prefix: &str, chain: &mut Vec<Mounted>, open: &mut Vec<RouterId>) {
        if open.contains(&id) || open.len() >= DEEPEST {
            return;
        }
        let Some(done) = self.collected.done.get(&id) else {
            return;
        };
        open.push(id);
        let own = self
            .collected
            .bases
            .get(&id)
            .cloned()
            .or_else(|| own_prefix(self.program, id));
        let prefix = match own {
            Some(own) => self.joined(prefix, own.as_ref()),
            None => prefix.to_owned(),
        };
        self.hooks(done, &prefix, chain);
        for one in done {
            if !self.spend(1 + chain.len(), done) {
                break;
            }
            self.one(one, &prefix, chain, open);
        }
        open.pop();
    }

    /// Fastify gives routes their hooks when all is registered, so that one holds for the routes before it, too. A plugin
    /// that was waited for has its own by then.
    fn hooks(&mut self, done: &[Done], prefix: &str, chain: &mut Vec<Mounted>) {
        let mut is_behind = false;
        for one in done {
            match &one.what {
                What::Handed(..) => is_behind = true,
                What::Hook(values, stands) => chain.push(Mounted {
                    method: "*".into(),
                    path: prefix.to_owned(),
                    reach: Extent::Below,
                    middleware: Middleware {
                        values: values.clone(),
                        place: one.place.clone(),
                        doubt: one.doubt.or(self.under).or(is_behind.then_some(BEHIND_A_PLUGIN)),
                    },
                    stands: *stands,
                    routes_before: self.routes.len(),
                    begun_by: self.begun_by,
                }),
                What::Use(..) | What::Later(..) | What::Route(..) | What::Beyond(..) => {}
            }
        }
    }

    /// Whether there is enough left for so many more steps; where there is not, what follows is not known.
    fn spend(&mut self, steps: usize, done: &[Done]) -> bool {
        let is_enough = self.fuel >= steps && self.routes.len() < MOST;
        self.fuel = self.fuel.saturating_sub(steps);
        if !is_enough
            && self.cut.is_none()
            && let Some(first) = done.first()
        {
            self.cut = Some(Edge {
                place: first.place.clone(),
                why: "its routers are mounted in each other more often than is followed".to_owned(),
            });
        }
        is_enough
    }

    fn one(&mut self, done: &Done, prefix: &str, chain: &mut Vec<Mounted>, open: &mut Vec<RouterId>) {
        // What stands on a router comes when that is mounted.
        if open.len() == 1 {
            self.begun_by = done.begun_by;
            self.is_overtaken = done.doubt == Some(UNAWAITED);
        }
        match &done.what {
            What::Use(paths, values) => {
                for path in paths {
                    let path = self.joined(prefix, path.as_ref());
                    self.used(done, &path, values, chain, open);
                }
            }
            What::Handed(router, paths, scope) => {
                let outer = self.under;
                self.under = outer.or(done.doubt);
                for path in paths {
                    let path = self.joined(prefix, path.as_ref());
                    let waiting = self.later.len();
                    match scope {
                        Scope::Shared => self.router(*router, &path, chain, open),
                        Scope::Waited => {
                            self.router(*router, &path, chain, open);
                            chain.extend(self.later.drain(waiting..));
                        }
                        Scope::Own => {
                            let mut own = chain.clone();
                            own.extend(self.later.iter().cloned());
                            self.fuel = self.fuel.saturating_sub(own.len());
                            self.router(*router, &path, &mut own, open);
                            self.later.truncate(waiting);
                        }
                    }
                }
                self.under = outer;
            }
            What::Later(paths, values) => {
                for path in paths {
                    let path = self.joined(prefix, path.as_ref());
                    self.later.extend(values.iter().map(|value| Mounted {
                        method: "*".into(),
                        path: path.clone(),
                        reach: Extent::Below,
                        middleware: Middleware {
                            values: value.clone(),
                            place: done.place.clone(),
                            doubt: done.doubt.or(self.under),
                        },
                        stands: Stands::Before,
                        routes_before: self.routes.len(),
                        begun_by: self.begun_by,
                    }));
                }
            }
            What::Hook(..) => {}
            What::Beyond(values, why) => {
                if self.beyond.is_empty() {
                    self.beyond.push(Edge {
                        place: done.place.clone(),
                        why: why.to_string(),
                    });
                }
                self.used(done, prefix, std::slice::from_ref(values), chain, open);
            }
            What::Route(method, paths, values) => {
                for path in paths {
                    let path = self.joined(prefix, path.as_ref());
                    self.route(done, method, &path, values, chain);
                }
            }
        }
    }

    fn used(
        &mut self,
        done: &Done,
        path: &str,
        values: &[Vec<Value>],
        chain: &mut Vec<Mounted>,
        open: &mut Vec<RouterId>,
    ) {
        // What stands before a router in one call guards that router alone.
        let before = chain.len();
        let (mut has_router, mut left) = (false, Vec::new());
        for value in values {
            let routers: Vec<RouterId> = value
                .iter()
                .filter_map(|value| router_of(self.program, value))
                .collect();
            if self.ends(value, done) {
                self.answer("*", path, Extent::Below, &done.place);
            }
            if routers.is_empty() {
                let middleware = Middleware {
                    values: value.clone(),
                    place: done.place.clone(),
                    doubt: done.doubt.or(self.under),
                };
                self.passed.push(middleware.clone());
                chain.push(Mounted {
                    method: "*".into(),
                    path: path.to_owned(),
                    reach: Extent::Below,
                    middleware,
                    stands: Stands::Before,
                    routes_before: self.routes.len(),
                    begun_by: self.begun_by,
                });
            }
            for router in routers {
                has_router = true;
                let mut own = chain.clone();
                self.fuel = self.fuel.saturating_sub(own.len());
                self.router(router, path, &mut own, open);
                if is_express(self.program, router) {
                    left.extend(own.drain(chain.len()..).filter(|one| self.is_left(one)));
                }
            }
        }
        if has_router {
            // A router's own middleware is passed by what it does not answer, too.
            let doubt = done.doubt.or(self.under);
            chain.truncate(before);
            chain.extend(left.into_iter().map(|mut mounted| {
                mounted.middleware.doubt = mounted.middleware.doubt.or(doubt);
                mounted
            }));
        }
    }

    /// Whether what stands on a router is passed by requests that the router leaves unanswered: of Express's, all but what
    /// is called with errors, which are not handed into a router that comes later.
    /// <https://github.com/pillarjs/router/blob/v2.2.0/lib/layer.js>
    fn is_left(&self, mounted: &Mounted) -> bool {
        mounted.stands == Stands::Before && !is_error_handler(self.program, &mounted.middleware)
    }
}

/// `/api//users/:id/` is `/api/users/:`.
pub(super) fn normal(path: &str) -> String {
    let mut out = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        out.push('/');
        match part {
            // What a parameter's pattern takes is not followed.
            part if part.starts_with(':') && part.contains('(') => out.push_str(":()"),
            part if part.starts_with(':') || part.starts_with('[') && part.ends_with(']') => out.push(':'),
            // Express 5 names what a star takes.
            part if part.starts_with('*') || part.starts_with("{*") || part == "(.*)" => out.push('*'),
            part => out.push_str(part),
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}
