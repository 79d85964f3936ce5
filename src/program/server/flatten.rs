//! Routers joined into routes.

use std::collections::BTreeSet;

use super::collect::Collected;
use super::nature::nature;
use super::{Done, Middleware, Route, RouterId, Routes, What};
use crate::model::Place;
use crate::program::linked::Program;
use crate::program::reach::Edge;
use crate::program::values::Value;

/// Routers are mounted this deep at most, and a component has this many routes: more is a cycle.
const DEEPEST: usize = 12;
const MOST: usize = 20_000;
/// Steps in all: routers that are mounted in each other many times at every level are nobody's server.
const FUEL: usize = 2_000_000;

/// Middleware with the path below which it stands.
#[derive(Clone)]
struct Mounted {
    path: Option<String>,
    middleware: Middleware,
    /// How many routes stand before it.
    routes_before: usize,
}

struct Flattener<'a> {
    program: &'a Program,
    collected: &'a Collected,
    routes: Vec<Route>,
    mounted: BTreeSet<RouterId>,
    fuel: usize,
    cut: Option<Edge>,
}

pub(super) fn flatten(program: &Program, collected: Collected) -> Routes {
    let mut flattener = Flattener {
        program,
        collected: &collected,
        routes: Vec::new(),
        mounted: BTreeSet::new(),
        fuel: FUEL,
        cut: None,
    };
    flattener.find_mounted();
    let roots = collected
        .made
        .iter()
        .filter(|(router, _)| !flattener.mounted.contains(router));
    let roots: Vec<(RouterId, bool)> = roots.copied().collect();
    let mut error_handlers = Vec::new();
    for (root, is_application) in &roots {
        // A router that nobody is seen to mount may be mounted anywhere, behind anything.
        let prefix = is_application.then(String::new);
        let mut chain = Vec::new();
        flattener.router(*root, prefix, &mut chain, &mut Vec::new());
        error_handlers.extend(chain.into_iter().filter(|mounted| is_error_handler(program, mounted)));
    }
    Routes {
        has_server: !roots.is_empty(),
        routes: flattener.routes,
        error_handlers: error_handlers.into_iter().map(|mounted| mounted.middleware).collect(),
        edges: collected.edges.iter().cloned().chain(flattener.cut).collect(),
    }
}

impl Flattener<'_> {
    /// Routers that others mount are no servers of their own.
    fn find_mounted(&mut self) {
        for done in self.collected.done.values().flatten() {
            match &done.what {
                What::Use(_, values) => {
                    for value in values.iter().flatten() {
                        self.mounted.extend(router_of(value));
                    }
                }
                What::Route(..) | What::Handed(..) => {}
            }
        }
    }

    fn router(&mut self, id: RouterId, prefix: Option<String>, chain: &mut Vec<Mounted>, open: &mut Vec<RouterId>) {
        if open.contains(&id) || open.len() >= DEEPEST {
            return;
        }
        let Some(done) = self.collected.done.get(&id) else {
            return;
        };
        open.push(id);
        for one in done {
            if !self.spend(1 + chain.len(), done) {
                break;
            }
            self.one(one, prefix.as_ref(), chain, open);
        }
        open.pop();
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

    fn one(&mut self, done: &Done, prefix: Option<&String>, chain: &mut Vec<Mounted>, open: &mut Vec<RouterId>) {
        match &done.what {
            What::Use(paths, values) => {
                for path in paths {
                    let path = joined(prefix, path.as_ref());
                    self.used(done, path, values, chain, open);
                }
            }
            What::Handed(router, paths) => {
                for path in paths {
                    self.router(*router, joined(prefix, path.as_ref()), chain, open);
                }
            }
            What::Route(method, paths, values) => {
                for path in paths {
                    let path = joined(prefix, path.as_ref());
                    self.route(done, method, path, values, chain);
                }
            }
        }
    }

    fn used(
        &mut self,
        done: &Done,
        path: Option<String>,
        values: &[Vec<Value>],
        chain: &mut Vec<Mounted>,
        open: &mut Vec<RouterId>,
    ) {
        // What stands before a router in one call guards that router alone.
        let before = chain.len();
        let mut has_router = false;
        for value in values {
            let routers: Vec<RouterId> = value.iter().filter_map(router_of).collect();
            if routers.is_empty() {
                chain.push(Mounted {
                    path: path.clone(),
                    middleware: Middleware {
                        values: value.clone(),
                        place: done.place.clone(),
                        doubt: done.doubt,
                    },
                    routes_before: self.routes.len(),
                });
            }
            for router in routers {
                has_router = true;
                // A router's own middleware is passed by what it does not answer, too, but guards nothing for sure.
                let mut own = chain.clone();
                self.fuel = self.fuel.saturating_sub(own.len());
                self.router(router, path.clone(), &mut own, open);
            }
        }
        if has_router {
            chain.truncate(before);
        }
    }

    fn route(&mut self, done: &Done, method: &str, path: Option<String>, values: &[Vec<Value>], chain: &[Mounted]) {
        let Some((handler, own)) = values.split_last() else {
            return;
        };
        let passed = chain
            .iter()
            .filter(|mounted| is_below(path.as_deref(), mounted.path.as_deref()));
        let mut passed: Vec<Middleware> = passed.map(|mounted| mounted.middleware.clone()).collect();
        passed.extend(own.iter().map(|values| Middleware {
            values: values.clone(),
            place: done.place.clone(),
            doubt: None,
        }));
        self.routes.push(Route {
            method: method.into(),
            path,
            chain: passed,
            nature: nature(self.program, handler),
            handler: handler.clone(),
            place: done.place.clone(),
            shadowed_by: None,
        });
    }
}

fn router_of(value: &Value) -> Option<RouterId> {
    match value {
        Value::Result(of, at) => match of.as_ref() {
            Value::Package(name, path) if super::collect::makes(name, path) => Some(RouterId::Made(*at)),
            Value::Member(inner, name)
                if matches!(
                    name.as_ref(),
                    "use" | "get" | "post" | "put" | "patch" | "delete" | "routes" | "middleware"
                ) =>
            {
                router_of(inner)
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether Express calls it with errors of a route: a function with four parameters, which is how it tells them apart,
/// and behind some route.
fn is_error_handler(program: &Program, mounted: &Mounted) -> bool {
    mounted.routes_before > 0
        && mounted.middleware.values.iter().any(|value| match value {
            Value::Function(at) => program.module(at.module).function(at.function).parameters.len() == 4,
            _ => false,
        })
}

/// Two parts of a path as one, its parameters without their names.
fn joined(prefix: Option<&String>, path: Option<&String>) -> Option<String> {
    let (prefix, path) = (prefix?, path?);
    Some(normal(&format!("{prefix}/{path}")))
}

/// `/api//users/:id/` is `/api/users/:`.
pub(super) fn normal(path: &str) -> String {
    let mut out = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        out.push('/');
        match part {
            part if part.starts_with(':') || part.starts_with('[') && part.ends_with(']') => out.push(':'),
            part => out.push_str(part),
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

/// Whether a route's path lies below that of a middleware; what is not known is taken to.
fn is_below(path: Option<&str>, mounted: Option<&str>) -> bool {
    let (Some(path), Some(mounted)) = (path, mounted) else {
        return true;
    };
    let mounted = mounted.trim_end_matches("/*").trim_end_matches('*');
    mounted.is_empty()
        || mounted == "/"
        || path
            .strip_prefix(mounted)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || mounted.ends_with('/'))
}

/// Marks routes that an earlier one answers.
pub(super) fn shadow(routes: &mut [Route]) {
    let mut first: std::collections::BTreeMap<(String, String), Place> = std::collections::BTreeMap::new();
    for route in routes {
        let Some(path) = &route.path else { continue };
        let key = (route.method.to_string(), path.clone());
        match first.get(&key) {
            Some(earlier) if *earlier != route.place => route.shadowed_by = Some(earlier.clone()),
            Some(_) => {}
            None => {
                first.insert(key, route.place.clone());
            }
        }
    }
}
