//! What is done to routers, where live code does it.

use std::collections::BTreeMap;

use crate::text::Span;

use super::{Done, Paths, RouterId, What, load_order};
use crate::program::linked::{At, FunctionAt, ModuleId, Program};
use crate::program::module::{Branch, BranchKind, Expr, ExprId, FunctionId, Module, Step};
use crate::program::reach::{Edge, Reach};
use crate::program::values::Value;

/// Packages whose call or construction makes a router, with the names taken out of them.
const MAKERS: [(&str, &[&str]); 12] = [
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
    ("polka", &[]),
    ("restana", &[]),
];

const METHODS: [&str; 9] = ["get", "post", "put", "patch", "delete", "del", "head", "options", "all"];

/// All that is done, by router.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) done: BTreeMap<RouterId, Vec<Done>>,
    pub(super) edges: Vec<Edge>,
    /// The routers that are made, and whether each is an application, which serves without being mounted.
    pub(super) made: Vec<(RouterId, bool)>,
}

pub(super) fn collect(program: &Program, reach: &Reach) -> Collected {
    let mut collector = Collector {
        program,
        order: load_order(program, reach),
        callers: BTreeMap::new(),
        collected: Collected::default(),
    };
    let live: Vec<FunctionAt> = reach.live().collect();
    for function in &live {
        collector.callers_in(*function);
    }
    for function in live {
        collector.function(function);
    }
    for done in collector.collected.done.values_mut() {
        done.sort_by(|left, right| left.order.cmp(&right.order));
    }
    collector.collected
}

pub(super) struct Collector<'a> {
    pub(super) program: &'a Program,
    pub(super) order: BTreeMap<ModuleId, u32>,
    /// Where a function is called within its module: the caller, the position, whether it is awaited.
    pub(super) callers: BTreeMap<FunctionAt, (FunctionId, Span, bool)>,
    collected: Collected,
}

impl<'a> Collector<'a> {
    pub(super) fn module(&self, id: ModuleId) -> &'a Module {
        self.program.module(id)
    }

    fn function(&mut self, at: FunctionAt) {
        let steps = &self.module(at.module).function(at.function).steps;
        self.steps(at, steps, None);
    }

    fn steps(&mut self, at: FunctionAt, steps: &'a [Step], doubt: Option<&'static str>) {
        for step in steps {
            match step {
                Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                    self.expression(at, *expr, doubt);
                }
                Step::Return(None) | Step::Jump => {}
                Step::Branch(branch) => self.branch(at, branch, doubt),
            }
        }
    }

    fn branch(&mut self, at: FunctionAt, branch: &'a Branch, doubt: Option<&'static str>) {
        if let Some(test) = branch.test {
            self.expression(at, test, doubt);
        }
        for (index, arm) in branch.arms.iter().enumerate() {
            let inner = match branch.kind {
                BranchKind::Try if index != 1 => doubt,
                BranchKind::If if self.is_production(at.module, branch.test, index) => doubt,
                BranchKind::Loop => doubt.or(Some("it is mounted in a loop")),
                BranchKind::If | BranchKind::Switch | BranchKind::Try => {
                    doubt.or(Some("it is mounted under a condition"))
                }
            };
            self.steps(at, arm, inner);
        }
    }

    /// Whether the arm is the one that runs in production: `NODE_ENV === "production"`, `NODE_ENV !== "test"`.
    fn is_production(&self, id: ModuleId, test: Option<ExprId>, arm: usize) -> bool {
        let module = self.module(id);
        let Some(Expr::Binary(operator, left, right)) = test.map(|test| module.expr(test)) else {
            return false;
        };
        let environment = self.program.values(At {
            module: id,
            expr: *left,
        });
        let is_environment =
            matches!(environment.as_slice(), [Value::Environment(name)] if name.as_ref() == "NODE_ENV");
        let Expr::Text(text) = module.expr(*right) else {
            return false;
        };
        let is_said = text.as_ref() == "production";
        let is_equal = operator.starts_with("==");
        is_environment && ((is_equal == is_said) == (arm == 0))
    }

    fn expression(&mut self, at: FunctionAt, expr: ExprId, doubt: Option<&'static str>) {
        let module = self.module(at.module);
        let mut calls = Vec::new();
        module.each_part(expr, &mut |part| {
            if let Expr::Call(callee, arguments) = module.expr(part) {
                calls.push((part, *callee, arguments));
            }
        });
        for (call, callee, arguments) in calls {
            self.call(at, call, callee, arguments, doubt);
        }
    }

    fn call(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        callee: ExprId,
        arguments: &'a [ExprId],
        doubt: Option<&'static str>,
    ) {
        let module = self.module(at.module);
        if let Expr::Member(object, name) = module.expr(callee) {
            let is_known =
                METHODS.contains(&name.as_ref()) || matches!(name.as_ref(), "use" | "register" | "route" | "mount");
            if is_known {
                let objects = self.values(at.module, *object);
                for value in objects {
                    if let Some((router, base)) = self.router(&value) {
                        self.done(at, call, router, base, name, arguments, doubt);
                    }
                }
            }
        }
        self.handed(at, call, callee, arguments, doubt);
    }

    pub(super) fn values(&self, module: ModuleId, expr: ExprId) -> Vec<Value> {
        self.program.values(At { module, expr })
    }

    /// The router that a value is, and the path that `.route("/x")` has set on the way.
    fn router(&self, value: &Value) -> Option<(RouterId, Option<Paths>)> {
        match value {
            Value::Parameter(function, index) => Some((RouterId::Given(*function, *index), None)),
            Value::Result(of, at) => match of.as_ref() {
                Value::Package(name, path) if is_maker(name, path) => Some((RouterId::Made(*at), None)),
                Value::Member(inner, name) if name.as_ref() == "route" => {
                    let (router, _) = self.router(inner)?;
                    Some((router, Some(self.first_path(*at))))
                }
                // `.get(…).post(…)`, `new Router().use(…)`: each gives the router itself.
                Value::Member(inner, name) if METHODS.contains(&name.as_ref()) || name.as_ref() == "use" => {
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

    #[expect(clippy::too_many_arguments, reason = "all of it is one call, taken apart once")]
    fn done(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        router: RouterId,
        base: Option<Paths>,
        name: &str,
        arguments: &'a [ExprId],
        doubt: Option<&'static str>,
    ) {
        if matches!(name, "use" | "mount")
            && let Some(items) = self.items(at.module, arguments)
        {
            for values in items {
                let path = values
                    .first()
                    .and_then(|path| path.first())
                    .and_then(|value| self.path_text(value));
                let mounted = values.into_iter().skip(1).map(|values| self.whole(values)).collect();
                self.add(at, call, router, What::Use(vec![path], mounted), None);
            }
            return;
        }
        let (path, rest) = match (base, arguments) {
            (Some(base), rest) => (Some(base), rest),
            (None, [first, rest @ ..]) => match self.paths(at.module, *first) {
                Some(paths) => (Some(paths), rest),
                None => (None, arguments),
            },
            (None, []) => (None, arguments),
        };
        let what = match name {
            "use" | "mount" => {
                let values = self.arguments(at.module, rest);
                What::Use(path.unwrap_or_else(|| vec![Some(String::new())]), values)
            }
            "register" => return self.registered(at, call, router, arguments, doubt),
            "route" if rest.is_empty() => return self.described(at, call, router, arguments, doubt),
            "route" => {
                // Hono's `app.route("/x", router)`.
                let values = self.arguments(at.module, rest);
                What::Use(path.unwrap_or_else(|| vec![None]), values)
            }
            // `app.get("setting")` reads one.
            _ if path.is_none() || rest.is_empty() => return,
            method => {
                let method = match method {
                    "all" => "*".to_owned(),
                    "del" => "DELETE".to_owned(),
                    method => method.to_ascii_uppercase(),
                };
                What::Route(method.into(), path.unwrap_or_default(), self.arguments(at.module, rest))
            }
        };
        self.add(at, call, router, what, doubt);
    }

    /// `fastify.route({ method, url, handler })`.
    fn described(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        router: RouterId,
        arguments: &'a [ExprId],
        doubt: Option<&'static str>,
    ) {
        let module = self.module(at.module);
        let Some(Expr::Object(properties)) = arguments.first().map(|first| module.expr(*first)) else {
            return;
        };
        let find = |key: &str| properties.iter().find(|property| property.key.as_deref() == Some(key));
        let path = find("url")
            .or_else(|| find("path"))
            .and_then(|property| self.paths(at.module, property.value));
        let method = find("method")
            .and_then(|property| self.paths(at.module, property.value))
            .unwrap_or_default();
        let before = ["onRequest", "preValidation", "preHandler"]
            .iter()
            .filter_map(|key| find(key));
        let mut chain: Vec<Vec<Value>> = before.map(|property| self.values(at.module, property.value)).collect();
        chain.extend(find("handler").map(|property| self.values(at.module, property.value)));
        for method in method.into_iter().flatten() {
            let what = What::Route(method.into(), path.clone().unwrap_or_else(|| vec![None]), chain.clone());
            self.add(at, call, router, what, doubt);
        }
    }

    /// `fastify.register(plugin, { prefix })`.
    fn registered(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        router: RouterId,
        arguments: &'a [ExprId],
        doubt: Option<&'static str>,
    ) {
        let module = self.module(at.module);
        let Some(first) = arguments.first() else { return };
        let prefix = arguments.get(1).and_then(|options| match module.expr(*options) {
            Expr::Object(properties) => properties
                .iter()
                .find(|property| property.key.as_deref() == Some("prefix")),
            _ => None,
        });
        let prefix = prefix.and_then(|property| self.paths(at.module, property.value));
        let prefix = prefix.unwrap_or_else(|| vec![Some(String::new())]);
        for value in self.values(at.module, *first) {
            let what = match value {
                Value::Function(function) => What::Handed(RouterId::Given(function, 0), prefix.clone()),
                other => What::Use(prefix.clone(), vec![vec![other]]),
            };
            self.add(at, call, router, what, doubt);
        }
    }

    /// A router that is handed to a function of the program.
    fn handed(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        callee: ExprId,
        arguments: &'a [ExprId],
        doubt: Option<&'static str>,
    ) {
        for (index, argument) in arguments.iter().enumerate() {
            let is_plain = matches!(
                self.module(at.module).expr(*argument),
                Expr::Name(_) | Expr::Member(..) | Expr::This
            );
            if !is_plain {
                continue;
            }
            let routers: Vec<RouterId> = self
                .values(at.module, *argument)
                .iter()
                .filter_map(|value| match value {
                    Value::Result(..) | Value::Parameter(..) => self.router(value).map(|(router, _)| router),
                    _ => None,
                })
                .collect();
            if routers.is_empty() {
                continue;
            }
            let Ok(index) = u32::try_from(index) else { return };
            for value in self.values(at.module, callee) {
                if let Value::Function(function) = value {
                    for router in &routers {
                        let what = What::Handed(RouterId::Given(function, index), vec![Some(String::new())]);
                        self.add(at, call, *router, what, doubt);
                    }
                }
            }
        }
    }

    fn add(&mut self, at: FunctionAt, call: ExprId, router: RouterId, what: What, doubt: Option<&'static str>) {
        let span = self.module(at.module).span(call);
        let (order, late) = self.order(at, &span);
        let done = Done {
            order,
            what,
            place: self.program.place(at.module, &span),
            doubt: doubt.or(late),
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

/// Whether calling or constructing this makes a router.
pub(super) fn makes(name: &str, path: &[Box<str>]) -> bool {
    is_maker(name, path)
}

fn is_maker(name: &str, path: &[Box<str>]) -> bool {
    MAKERS.iter().any(|(package, names)| {
        *package == name
            && names.len() == path.len()
            && names.iter().zip(path).all(|(left, right)| *left == right.as_ref())
    })
}
