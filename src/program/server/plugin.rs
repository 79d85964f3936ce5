//! What Fastify's plugins and hooks do to an application.

use super::collect::{Collector, root};
use super::{RouterId, Scope, What};
use crate::program::linked::FunctionAt;
use crate::program::module::{Expr, ExprId};
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
                        self.add(at, call, router, handed(function, Scope::Shared));
                    }
                }
                Value::Package(package, _) if matches!(package.as_ref(), "@fastify/autoload" | "fastify-autoload") => {
                    let place = self.program.place(at.module, &module.span(call));
                    let why = "what is loaded from a folder is not followed".to_owned();
                    self.collected.edges.push(Edge { place, why });
                }
                _ => {
                    let doubt = self.doubt(at, &module.span(call));
                    let is_for_some = is_for_some || DECORATORS.iter().any(|name| is_package(&value, name));
                    let what = What::Use(prefix.clone(), vec![vec![value]]);
                    let asked = is_for_some.then_some("it is registered for the routes alone that ask for it");
                    self.push(at, call, router, what, doubt.or(asked));
                }
            }
        }
    }

    /// `fastify.addHook("preHandler", check)`: what happens before the handler is on the way.
    pub(super) fn hook(&mut self, at: FunctionAt, call: ExprId, router: RouterId, arguments: &'a [ExprId]) {
        const BEFORE: [&str; 4] = ["onRequest", "preParsing", "preValidation", "preHandler"];
        let [name, hook, ..] = arguments else { return };
        if matches!(self.module(at.module).expr(*name), Expr::Text(name) if BEFORE.contains(&name.as_ref())) {
            let values = self.whole(self.values(at.module, *hook));
            self.add(at, call, router, What::Hook(values));
        }
    }
}

fn is_package(value: &Value, name: &str) -> bool {
    matches!(value, Value::Package(package, _) if package.as_ref() == name)
}
