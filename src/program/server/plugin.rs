//! What Fastify's plugins and hooks do to an application.

use super::collect::{Collector, root};
use super::{RouterId, Scope, Stands, What};
use crate::program::autoload::is_autoload;
use crate::program::linked::{At, FunctionAt};
use crate::program::module::{ExportName, Expr, ExprId};
use crate::program::reach::Edge;
use crate::program::values::Value;

/// Plugins of Fastify's that give routes something to ask for, and stand in nobody's way.
const DECORATORS: [&str; 6] = [
    "@fastify/auth",
    "@fastify/basic-auth",
    "@fastify/jwt",
    "fastify-auth",
    "fastify-basic-auth",
    "fastify-jwt",
];

/// Plugins of Fastify's that change each route when it is made: what is made before they are loaded, they never see, and
/// without `await` they are loaded after all that the same function does.
/// <https://fastify.dev/docs/latest/Reference/Hooks/#onroute>, <https://github.com/fastify/fastify-rate-limit#readme>
const ON_ROUTE: [&str; 4] = [
    "@fastify/compress",
    "@fastify/rate-limit",
    "fastify-compress",
    "fastify-rate-limit",
];

/// Whether what is only waited for later is there in time is not looked into.
const LATE: &str = "it is not waited for where it is registered";

/// Methods of an application, other than for its routes, that give the application.
pub(super) const ITSELF: [&str; 13] = [
    "addHook",
    "after",
    "basePath",
    "decorate",
    "decorateRequest",
    "notFound",
    "onError",
    "register",
    "setErrorHandler",
    "setSerializerCompiler",
    "setValidatorCompiler",
    "use",
    "withTypeProvider",
];

impl<'a> Collector<'a> {
    /// `fastify.register(plugin, { prefix })`: what a plugin adds holds within it, unless `fastify-plugin` opens it.
    pub(super) fn registered(&mut self, at: FunctionAt, call: ExprId, router: RouterId, arguments: &'a [ExprId]) {
        let module = self.module(at.module);
        let Some(first) = arguments.first() else { return };
        let option = |key: &str| match module.expr(*arguments.get(1)?) {
            Expr::Object(properties) => properties.iter().find(|property| property.key.as_deref() == Some(key)),
            _ => None,
        };
        let prefix = option("prefix").and_then(|property| self.paths(at.module, property.value));
        let prefix = prefix.unwrap_or_else(root);
        let is_for_some = option("global").is_some_and(|global| matches!(module.expr(global.value), Expr::Bool(false)));
        for value in self.whole(self.values(at.module, *first)) {
            let handed = |function, scope| What::Handed(RouterId::Given(function, 0), prefix.clone(), scope);
            match &value {
                Value::Function(function) => self.add(at, call, router, handed(*function, Scope::Own)),
                Value::Result(of, opened) if is_package(of, "fastify-plugin") => {
                    for function in self.program.functions_given_to(*opened) {
                        let scope = match self.waits(at, call) {
                            Waits::Here => Scope::Waited,
                            Waits::Perhaps | Waits::No => Scope::Shared,
                        };
                        self.add(at, call, router, handed(function, scope));
                    }
                }
                Value::Package(package, _) if is_autoload(package) => self.autoloaded(at, call, router),
                _ => {
                    let doubt = self.doubt(at, &module.span(call));
                    let is_for_some = is_for_some || DECORATORS.iter().any(|name| is_package(&value, name));
                    let is_on_route = ON_ROUTE.iter().any(|name| is_package(&value, name));
                    let what = What::Use(prefix.clone(), vec![vec![value]]);
                    let asked = is_for_some.then_some("it is registered for the routes alone that ask for it");
                    let (what, late) = match is_on_route.then(|| self.waits(at, call)) {
                        Some(Waits::No) => (what.later(), None),
                        Some(Waits::Perhaps) => (what, Some(LATE)),
                        Some(Waits::Here) | None => (what, None),
                    };
                    self.push(at, call, router, what, doubt.or(asked).or(late));
                }
            }
        }
    }

    /// Whether what a call begins is waited for before what follows.
    fn waits(&self, at: FunctionAt, call: ExprId) -> Waits {
        let module = self.module(at.module);
        let start = module.span(call).start;
        let awaited = module.expressions.iter().filter_map(|(expr, span)| match expr {
            Expr::Await(awaited) => Some((*awaited, span.start)),
            _ => None,
        });
        let mut waits = Waits::No;
        for (awaited, place) in awaited {
            // `await app.register(a).register(b)` waits for both.
            let mut next = Some(awaited);
            while let Some(expr) = next {
                if expr == call {
                    return Waits::Here;
                }
                next = match module.expr(expr) {
                    Expr::Call(callee, _) => Some(*callee),
                    Expr::Member(of, _) => Some(*of),
                    _ => None,
                };
            }
            if place as usize > start {
                waits = Waits::Perhaps;
            }
        }
        // `.then(() => …)` and `.after(() => …)` go on once it is loaded.
        let is_followed = module
            .expressions
            .iter()
            .any(|(expr, _)| matches!(expr, Expr::Member(_, name) if matches!(name.as_ref(), "then" | "after")));
        if is_followed { Waits::Perhaps } else { waits }
    }

    /// The plugins of a folder, each below its prefix.
    fn autoloaded(&mut self, at: FunctionAt, call: ExprId, router: RouterId) {
        let module = at.module;
        let Some(plugins) = self.program.autoloaded_by(At { module, expr: call }) else {
            let place = self.program.place(module, &self.module(module).span(call));
            let why = "what is loaded from a folder is not followed".to_owned();
            self.collected.edges.push(Edge { place, why });
            return;
        };
        for plugin in plugins {
            for value in self.program.exported(plugin.module, &ExportName::Default) {
                match value {
                    Value::Function(function) => {
                        let prefix = vec![plugin.prefix.clone()];
                        let what = What::Handed(RouterId::Given(function, 0), prefix, Scope::Own);
                        self.add(at, call, router, what);
                    }
                    // What `fastify-plugin` opens belongs to the application, which has no prefix of the plugin's.
                    Value::Result(_, opened) => {
                        for function in self.program.functions_given_to(opened) {
                            let what = What::Handed(RouterId::Given(function, 0), root(), Scope::Shared);
                            self.add(at, call, router, what);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// `fastify.addHook("preHandler", check)`: what happens before the handler is on the way. `onSend` is called with every
    /// answer, whoever gave it. <https://fastify.dev/docs/latest/Reference/Hooks/#onsend>
    pub(super) fn hook(&mut self, at: FunctionAt, call: ExprId, router: RouterId, arguments: &'a [ExprId]) {
        let [name, hook, ..] = arguments else { return };
        let Expr::Text(name) = self.module(at.module).expr(*name) else {
            return;
        };
        let stands = match name.as_ref() {
            "onRequest" | "preParsing" | "preValidation" | "preHandler" => Stands::Before,
            "onSend" => Stands::Behind,
            _ => return,
        };
        let values = self.whole(self.values(at.module, *hook));
        self.add(at, call, router, What::Hook(values, stands));
    }
}

/// Whether something is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    Here,
    /// Something is waited for later, and that may be before what matters.
    Perhaps,
    No,
}

fn is_package(value: &Value, name: &str) -> bool {
    matches!(value, Value::Package(package, _) if package.as_ref() == name)
}
