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
    path: String,
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
    /// Parts of paths that are not known, so far: each is another.
    unknown: usize,
    /// Why what is being done to a router that a function was handed may not be done.
    under: Option<&'static str>,
}

pub(super) fn flatten(program: &Program, collected: Collected) -> Routes {
    let mut flattener = Flattener {
        program,
        collected: &collected,
        routes: Vec::new(),
        mounted: BTreeSet::new(),
        fuel: FUEL,
        cut: None,
        unknown: 0,
        under: None,
    };
    flattener.find_mounted();
    let roots = collected
        .made
        .iter()
        .filter(|(router, _)| !flattener.mounted.contains(router));
    let roots: Vec<(RouterId, bool)> = roots.copied().collect();
    let mut error_handlers = Vec::new();
    for (root, is_application) in &roots {
        let (prefix, mut chain) = match is_application {
            true => (String::new(), Vec::new()),
            false => flattener.anywhere(*root),
        };
        flattener.router(*root, &prefix, &mut chain, &mut Vec::new());
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

    /// A router that nobody is seen to mount may be mounted anywhere, behind anything.
    fn anywhere(&mut self, id: RouterId) -> (String, Vec<Mounted>) {
        let prefix = self.joined("", None);
        let RouterId::Made(at) = id else {
            return (prefix, Vec::new());
        };
        let module = self.program.module(at.module);
        let middleware = Middleware {
            values: vec![Value::Unknown(at)],
            place: self.program.place(at.module, &module.span(at.expr)),
            doubt: Some("where this router is mounted, and behind what, could not be followed"),
        };
        let mounted = Mounted {
            path: prefix.clone(),
            middleware,
            routes_before: 0,
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
        for one in done {
            if !self.spend(1 + chain.len(), done) {
                break;
            }
            self.one(one, prefix, chain, open);
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

    fn one(&mut self, done: &Done, prefix: &str, chain: &mut Vec<Mounted>, open: &mut Vec<RouterId>) {
        match &done.what {
            What::Use(paths, values) => {
                for path in paths {
                    let path = self.joined(prefix, path.as_ref());
                    self.used(done, &path, values, chain, open);
                }
            }
            What::Handed(router, paths) => {
                let outer = self.under;
                self.under = outer.or(done.doubt);
                for path in paths {
                    let path = self.joined(prefix, path.as_ref());
                    self.router(*router, &path, chain, open);
                }
                self.under = outer;
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
        let mut has_router = false;
        for value in values {
            let routers: Vec<RouterId> = value.iter().filter_map(router_of).collect();
            if routers.is_empty() {
                chain.push(Mounted {
                    path: path.to_owned(),
                    middleware: Middleware {
                        values: value.clone(),
                        place: done.place.clone(),
                        doubt: done.doubt.or(self.under),
                    },
                    routes_before: self.routes.len(),
                });
            }
            for router in routers {
                has_router = true;
                // A router's own middleware is passed by what it does not answer, too, but guards nothing for sure.
                let mut own = chain.clone();
                self.fuel = self.fuel.saturating_sub(own.len());
                self.router(router, path, &mut own, open);
            }
        }
        if has_router {
            chain.truncate(before);
        }
    }

    fn route(&mut self, done: &Done, method: &str, path: &str, values: &[Vec<Value>], chain: &[Mounted]) {
        let Some((handler, own)) = values.split_last() else {
            return;
        };
        let mut passed: Vec<Middleware> = Vec::new();
        for mounted in chain {
            let doubt = match below(path, &mounted.path) {
                Below::No => continue,
                Below::Yes => None,
                Below::Maybe => Some("whether it is mounted on this path is not known"),
            };
            let mut middleware = mounted.middleware.clone();
            middleware.doubt = middleware.doubt.or(doubt);
            passed.push(middleware);
        }
        passed.extend(own.iter().map(|values| Middleware {
            values: values.clone(),
            place: done.place.clone(),
            doubt: None,
        }));
        self.routes.push(Route {
            method: method.into(),
            path: (!path.split('/').any(is_unknown)).then(|| path.to_owned()),
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

/// Whether a route's path lies below that of a middleware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Below {
    Yes,
    No,
    Maybe,
}

fn below(path: &str, mounted: &str) -> Below {
    fn parts(path: &str) -> impl Iterator<Item = &str> {
        path.split('/').filter(|part| !part.is_empty())
    }
    let mut path = parts(path);
    for mounted in parts(mounted) {
        // What is computed of one text is taken to be the same where it is written the same.
        let part = path.next();
        if part == Some(mounted) || mounted == "*" {
            continue;
        }
        let Some(part) = part else {
            return if is_open(mounted) { Below::Maybe } else { Below::No };
        };
        if is_open(mounted) || is_open(part) {
            return Below::Maybe;
        }
        let is_it = match mounted.strip_suffix('*') {
            Some(start) => part.starts_with(start),
            None => mounted == ":" || part.eq_ignore_ascii_case(mounted),
        };
        if !is_it {
            return Below::No;
        }
    }
    Below::Yes
}

/// A part of a path that may be anything, other parts among them.
fn is_open(part: &str) -> bool {
    is_unknown(part) || part.contains("{}")
}

/// A part that nothing is known of: `{1}`.
fn is_unknown(part: &str) -> bool {
    let number = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
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

#[cfg(test)]
mod tests {
    use super::{Below, below};

    #[test]
    fn a_path_lies_below_another_part_by_part() {
        for (path, mounted) in [
            ("/api/users", "/"),
            ("/api/users", "/api"),
            ("/API/users", "/api"),
            ("/api/users", "/api/*"),
            ("/api-v2/users", "/api*"),
            ("/:/users", "/:"),
            ("/acme/users", "/:"),
            ("/{1}/login", "/{1}"),
            ("/{}/login", "/{}"),
        ] {
            assert_eq!(below(path, mounted), Below::Yes, "{path} below {mounted}");
        }
        for (path, mounted) in [
            ("/apis/users", "/api"),
            ("/api", "/api/users"),
            ("/:/users", "/me"),
            ("/v1/{1}", "/v2"),
        ] {
            assert_eq!(below(path, mounted), Below::No, "{path} below {mounted}");
        }
        for (path, mounted) in [
            ("/api/users", "/{1}"),
            ("/{1}/login", "/{2}"),
            ("/{1}", "/api"),
            ("/api/users", "/api/{1}/x"),
            ("/api", "/api/{}"),
        ] {
            assert_eq!(below(path, mounted), Below::Maybe, "{path} below {mounted}");
        }
    }
}
