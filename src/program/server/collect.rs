//! What is done to routers, where live code does it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::text::Span;

use super::doubt::{IN_A_LOOP, Site};
use super::makers;
use super::nest::Nest;
use super::{Done, Paths, RouterId, What, load_order};
use crate::program::linked::{At, FunctionAt, ModuleId, Program, Target};
use crate::program::module::{Expr, ExprId, FunctionId, Module};
use crate::program::reach::{Edge, Reach};
use crate::program::values::Value;

const METHODS: [&str; 9] = ["get", "post", "put", "patch", "delete", "del", "head", "options", "all"];

/// All that is done, by router.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) done: BTreeMap<RouterId, Vec<Done>>,
    pub(super) edges: Vec<Edge>,
    /// The routers that are made, and whether each is an application, which serves without being mounted.
    pub(super) made: Vec<(RouterId, bool)>,
    /// Below which path all of a router stands, where it says so itself: Hono's `basePath`. `None` is not known.
    pub(super) bases: BTreeMap<RouterId, Option<String>>,
    /// What is done to an application of Nest's, for all its routes.
    pub(super) nest: Nest,
}

/// The modules that load what makes routers, or adds to one: without any there is nothing to be collected.
fn routing(program: &Program) -> &[ModuleId] {
    let is_of_routers = |target: &Target| match target {
        Target::Package(name, _) => {
            ["@nestjs/", "@fastify/", "fastify-"]
                .iter()
                .any(|of| name.starts_with(of))
                || makers::is_followed(name)
        }
        _ => false,
    };
    program.routing.get_or_init(|| {
        let loading = program
            .modules()
            .filter(|(_, linked)| linked.targets.iter().any(is_of_routers));
        loading.map(|(id, _)| id).collect()
    })
}

pub(super) fn collect(program: &Program, reach: &Reach) -> Collected {
    if !routing(program).iter().any(|id| reach.is_loaded(*id)) {
        return Collected::default();
    }
    let mut collector = Collector {
        program,
        order: load_order(program, reach),
        callers: BTreeMap::new(),
        sites: BTreeMap::new(),
        lists: BTreeMap::new(),
        collected: Collected::default(),
    };
    let live: Vec<FunctionAt> = reach.live().collect();
    for function in &live {
        collector.callers_in(*function);
        collector.sites_in(*function);
    }
    for function in live {
        collector.function(function);
    }
    for done in collector.collected.done.values_mut() {
        done.sort_by(|left, right| left.order.cmp(&right.order));
    }
    collector.collected.settle();
    collector.collected
}

pub(super) struct Collector<'a> {
    pub(super) program: &'a Program,
    pub(super) order: BTreeMap<ModuleId, u32>,
    /// Where a function is called within its module: the caller, the position, whether it is awaited.
    pub(super) callers: BTreeMap<FunctionAt, (FunctionId, Span, bool)>,
    /// Where functions are called, from whichever module.
    pub(super) sites: BTreeMap<FunctionAt, Vec<Site>>,
    /// What `list.forEach(…)` takes its function's first argument from.
    pub(super) lists: BTreeMap<FunctionAt, ExprId>,
    pub(super) collected: Collected,
}

impl<'a> Collector<'a> {
    pub(super) fn module(&self, id: ModuleId) -> &'a Module {
        self.program.module(id)
    }

    fn function(&mut self, at: FunctionAt) {
        let module = self.module(at.module);
        let mut calls = Vec::new();
        module.each_expr(at.function, &mut |part| {
            if let Expr::Call(callee, arguments) | Expr::New(callee, arguments) = module.expr(part) {
                calls.push((part, *callee, arguments));
            }
        });
        for (call, callee, arguments) in calls {
            match module.expr(call) {
                Expr::New(..) => self.handed(at, call, callee, arguments),
                _ => self.call(at, call, callee, arguments),
            }
        }
    }

    fn call(&mut self, at: FunctionAt, call: ExprId, callee: ExprId, arguments: &'a [ExprId]) {
        let module = self.module(at.module);
        if let Expr::Member(object, name) = module.expr(callee)
            && is_method(name)
        {
            let objects = self.values(at.module, *object);
            for value in objects {
                if let Some((router, base)) = self.router(&value) {
                    self.done(at, call, router, base, name, arguments);
                }
            }
        }
        if let Expr::Index(object, _) = module.expr(callee) {
            self.computed(at, call, *object);
        }
        self.nest_call(at, call, callee, arguments);
        self.handed(at, call, callee, arguments);
    }

    /// `app[method](path, handler)`: a route of which nothing is known but that it may be there.
    fn computed(&mut self, at: FunctionAt, call: ExprId, object: ExprId) {
        let objects = self.values(at.module, object);
        let is_router = objects
            .iter()
            .any(|value| matches!(self.router(value), Some((RouterId::Made(_), _))));
        if is_router {
            self.collected.edges.push(Edge {
                place: self.program.place(at.module, &self.module(at.module).span(call)),
                why: "a router's method is computed".to_owned(),
            });
        }
    }

    pub(super) fn values(&self, module: ModuleId, expr: ExprId) -> Vec<Value> {
        self.program.values(At { module, expr })
    }

    pub(super) fn callees(&self, module: ModuleId, expr: ExprId) -> Vec<Value> {
        self.program.callees(At { module, expr })
    }

    /// The router that a value is, and the path that `.route("/x")` has set on the way.
    pub(super) fn router(&self, value: &Value) -> Option<(RouterId, Option<Paths>)> {
        match value {
            Value::Parameter(function, index) => Some((RouterId::Given(*function, *index), None)),
            Value::Result(of, at) => match of.as_ref() {
                Value::Package(name, path) if makers::makes(name, path) => Some((RouterId::Made(*at), None)),
                Value::Member(inner, name) if name.as_ref() == "route" => {
                    let (router, base) = self.router(inner)?;
                    let is_itself = super::made::mounts(self.program, *at);
                    Some((router, if is_itself { base } else { Some(self.first_path(*at)) }))
                }
                // `.get(…).post(…)`, `new Router().use(…)`: each gives the router itself.
                Value::Member(inner, name)
                    if METHODS.contains(&name.as_ref()) || super::plugin::ITSELF.contains(&name.as_ref()) =>
                {
                    self.router(inner)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn first_path(&self, call: At) -> Paths {
        match self.module(call.module).expr(call.expr) {
            Expr::Call(_, arguments) => match arguments.first() {
                Some(first) => self.paths(call.module, *first).unwrap_or_else(|| vec![None]),
                None => vec![None],
            },
            _ => vec![None],
        }
    }

    fn done(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        router: RouterId,
        base: Option<Paths>,
        name: &str,
        arguments: &'a [ExprId],
    ) {
        if base.is_none()
            && (matches!(name, "use" | "mount" | "route") || METHODS.contains(&name))
            && let Some(items) = self.items(at.module, arguments)
        {
            for values in items {
                if name == "route" {
                    let first = values.into_iter().next();
                    self.described(at, call, router, &first.unwrap_or_default());
                    continue;
                }
                let what = self.item(name, values);
                self.add_each(at, call, router, what);
            }
            return;
        }
        let (path, rest) = match (base, arguments) {
            (Some(base), rest) => (Some(base), rest),
            (None, [first, rest @ ..]) => match self.paths(at.module, *first) {
                Some(paths) => (Some(paths), rest),
                None if METHODS.contains(&name) => ((!rest.is_empty()).then(|| vec![None]), rest),
                // It may be a path, and it may be something to pass through.
                None if !rest.is_empty() && self.may_be_path(at.module, *first) => (Some(vec![None]), arguments),
                None => (None, arguments),
            },
            (None, []) => (None, arguments),
        };
        let what = match name {
            "use" | "mount" => {
                let values = self.arguments(at.module, rest);
                What::Use(path.unwrap_or_else(|| vec![Some(String::new())]), values)
            }
            "basePath" => {
                let base = path
                    .and_then(|paths| <[_; 1]>::try_from(paths).ok())
                    .and_then(|[base]| base);
                self.collected.bases.insert(router, base);
                return;
            }
            // What describes the route holds its method and path.
            "openapi" => What::Route("*".into(), vec![None], self.arguments(at.module, rest)),
            "register" => return self.registered(at, call, router, arguments),
            "addHook" => return self.hook(at, call, router, arguments),
            "route" if path.is_none() => {
                let first = arguments.first().map(|first| self.values(at.module, *first));
                return self.described(at, call, router, &first.unwrap_or_default());
            }
            "route" => {
                // Hono's `app.route("/x", router)`.
                let values = self.arguments(at.module, rest);
                What::Use(path.unwrap_or_else(|| vec![None]), values)
            }
            // `app.get("setting")` reads one.
            _ if path.is_none() || rest.is_empty() => return,
            name => What::Route(method(name), path.unwrap_or_default(), self.arguments(at.module, rest)),
        };
        self.add(at, call, router, what);
    }

    /// What a loop does with one item of its list: the arguments are what it takes out of the item.
    fn item(&self, name: &str, values: Vec<Vec<Value>>) -> What {
        let path = values.first().map(|first| {
            let texts = first.iter().find_map(|value| self.path_text(value));
            (texts, first.iter().all(|value| matches!(value, Value::Unknown(_))))
        });
        let is_route = METHODS.contains(&name);
        let (path, skipped) = match path {
            Some((Some(text), _)) => (Some(text), 1),
            _ if is_route => (None, 1),
            // It may be a path, and it may be something to pass through.
            Some((None, true)) if values.len() > 1 => (None, 0),
            _ => (Some(String::new()), 0),
        };
        let rest = values
            .into_iter()
            .skip(skipped)
            .map(|values| self.whole(values))
            .collect();
        match is_route {
            true => What::Route(method(name), vec![path], rest),
            false => What::Use(vec![path], rest),
        }
    }

    /// `fastify.route({ method, url, handler })`, also by a name or one item of a list.
    fn described(&mut self, at: FunctionAt, call: ExprId, router: RouterId, values: &[Value]) {
        for value in values {
            let Value::Object(object) = value else {
                self.add(
                    at,
                    call,
                    router,
                    What::Route("*".into(), vec![None], vec![vec![value.clone()]]),
                );
                continue;
            };
            let Expr::Object(properties) = self.module(object.module).expr(object.expr) else {
                continue;
            };
            let find = |key: &str| properties.iter().find(|property| property.key.as_deref() == Some(key));
            let texts = |key: &str| find(key).and_then(|property| self.paths(object.module, property.value));
            let path = texts("url").or_else(|| texts("path")).unwrap_or_else(|| vec![None]);
            let methods = texts("method").unwrap_or_else(|| vec![Some("*".to_owned())]);
            let before = ["onRequest", "preValidation", "preHandler"]
                .iter()
                .filter_map(|key| find(key));
            let mut chain: Vec<Vec<Value>> = before
                .flat_map(|property| self.arguments(object.module, &[property.value]))
                .collect();
            chain.extend(find("handler").map(|property| self.values(object.module, property.value)));
            for method in methods {
                let method = method.map_or_else(|| "*".to_owned(), |method| method.to_ascii_uppercase());
                self.add(
                    at,
                    call,
                    router,
                    What::Route(method.into(), path.clone(), chain.clone()),
                );
            }
        }
    }

    pub(super) fn add(&mut self, at: FunctionAt, call: ExprId, router: RouterId, what: What) {
        let doubt = self.doubt(at, &self.module(at.module).span(call));
        self.push(at, call, router, what, doubt);
    }

    /// One of several that a loop over a list that is known adds: that it is a loop is no reason for doubt.
    fn add_each(&mut self, at: FunctionAt, call: ExprId, router: RouterId, what: What) {
        let doubt = self.doubt(at, &self.module(at.module).span(call));
        self.push(at, call, router, what, doubt.filter(|why| *why != IN_A_LOOP));
    }

    pub(super) fn push(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        router: RouterId,
        what: What,
        doubt: Option<&'static str>,
    ) {
        let span = self.module(at.module).span(call);
        let (order, late) = self.order(at, &span);
        let done = Done {
            order,
            begun_by: match router {
                RouterId::Made(_) => self.begun_by(at),
                RouterId::Given(..) => None,
            },
            what,
            place: self.program.place(at.module, &span),
            late,
            doubt: doubt.or(self.of_several(router)),
        };
        if let RouterId::Made(at) = router
            && !self.collected.done.contains_key(&router)
        {
            let is_application = self.is_application(at);
            self.collected.made.push((router, is_application));
        }
        self.collected.done.entry(router).or_default().push(done);
    }

    fn is_application(&self, at: At) -> bool {
        let (Expr::Call(callee, _) | Expr::New(callee, _)) = self.module(at.module).expr(at.expr) else {
            return false;
        };
        self.values(at.module, *callee).iter().any(|value| match value {
            Value::Package(name, path) => {
                !name.contains("router") && !path.iter().any(|part| part.as_ref() == "Router")
            }
            _ => false,
        })
    }
}

/// Whether a router's method gives it something.
pub(super) fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
        || matches!(
            name,
            "use" | "register" | "route" | "mount" | "addHook" | "basePath" | "openapi"
        )
}

/// The path of what is mounted without one.
pub(super) fn root() -> Paths {
    vec![Some(String::new())]
}

/// The method that a router's method stands for.
fn method(name: &str) -> Arc<str> {
    match name {
        "all" => "*".into(),
        "del" => "DELETE".into(),
        name => name.to_ascii_uppercase().into(),
    }
}
