//! Routers that are handed to others: to functions and constructors of the program, and to what is not followed.

use super::collect::{Collector, is_method, root};
use super::{RouterId, Scope, What};
use crate::program::linked::{FunctionAt, ModuleId};
use crate::program::module::{Expr, ExprId};
use crate::program::values::{Value, path_of};

/// Packages that serve, watch or describe an application and give it no route that is asked about, and those that make
/// applications: what these do with each other is looked at where it is done.
const WITHOUT_ROUTES: [&str; 41] = [
    "@as-integrations/*",
    "@aws-lambda-powertools/*",
    "@codegenie/serverless-express",
    "@fastify/aws-lambda",
    "@hono/node-server",
    "@koa/router",
    "@nestjs/*",
    "@opentelemetry/*",
    "@sentry/*",
    "@vendia/serverless-express",
    "aws-serverless-express",
    "cluster",
    "expect",
    "express",
    "express-async-errors",
    "express-list-endpoints",
    "express-oas-generator",
    "express-promise-router",
    "express-ws",
    "fastify",
    "hono",
    "http-graceful-shutdown",
    "http-shutdown",
    "http-terminator",
    "koa",
    "koa-router",
    "light-my-request",
    "newrelic",
    "node:*",
    "pino*",
    "polka",
    "restana",
    "serverless-http",
    "socket.io",
    "spdy",
    "stoppable",
    "supertest",
    "swagger-*",
    "winston*",
    "ws",
    "zone.js",
];

impl<'a> Collector<'a> {
    /// A router that is handed to a function of the program, or to something that may do anything with it.
    pub(super) fn handed(&mut self, at: FunctionAt, call: ExprId, callee: ExprId, arguments: &'a [ExprId]) {
        for (argument, index) in arguments.iter().zip(0_u32..) {
            let routers = self.routers_in(at.module, *argument);
            if !routers.is_empty() {
                self.handed_at(at, (call, callee), index, &routers);
            }
            self.held(at, call, callee, *argument);
        }
    }

    /// A router that is the argument at an index.
    fn handed_at(&mut self, at: FunctionAt, (call, callee): (ExprId, ExprId), index: u32, routers: &[RouterId]) {
        for value in self.called(at.module, callee) {
            let what = match &value {
                Value::Function(function) => What::Handed(RouterId::Given(*function, index), root(), Scope::Shared),
                Value::Class(id, class) => match self.module(*id).class(*class).constructor {
                    Some(function) => {
                        let made = FunctionAt { module: *id, function };
                        What::Handed(RouterId::Given(made, index), root(), Scope::Shared)
                    }
                    // What it extends is made with the same.
                    None if self.module(*id).class(*class).extends.is_some() => self.beyond(at, callee, value),
                    None => continue,
                },
                _ if self.may_add(&value) => self.beyond(at, callee, value),
                _ => continue,
            };
            for router in routers {
                self.add(at, call, *router, what.clone());
            }
        }
    }

    /// `setup({ app })`: which part of what it is given a function takes is not followed.
    fn held(&mut self, at: FunctionAt, call: ExprId, callee: ExprId, argument: ExprId) {
        let Expr::Object(properties) = self.module(at.module).expr(argument) else {
            return;
        };
        let each = properties.iter();
        let routers: Vec<RouterId> = each
            .flat_map(|property| self.routers_in(at.module, property.value))
            .collect();
        if routers.is_empty() {
            return;
        }
        for value in self.called(at.module, callee) {
            let is_own = matches!(value, Value::Function(_) | Value::Class(..));
            if is_own || self.may_add(&value) {
                let what = self.beyond(at, callee, value);
                for router in &routers {
                    self.add(at, call, *router, what.clone());
                }
            }
        }
    }

    /// What is called; of a list that is known each of its items: `[users, orders].forEach((add) => add(app))`.
    fn called(&self, module: ModuleId, callee: ExprId) -> Vec<Value> {
        match self.items(module, &[callee]) {
            Some(items) => self.whole(items.into_iter().flatten().flatten().collect()),
            None => self.callees(module, callee),
        }
    }

    /// The routers that an expression may be; one that is made on the spot is nobody's yet.
    fn routers_in(&self, module: ModuleId, expr: ExprId) -> Vec<RouterId> {
        let is_plain = matches!(
            self.module(module).expr(expr),
            Expr::Name(_) | Expr::Member(..) | Expr::This
        );
        if !is_plain {
            return Vec::new();
        }
        let values = self.values(module, expr);
        let each = values.iter().filter_map(|value| match value {
            Value::Result(..) | Value::Parameter(..) => self.router(value).map(|(router, _)| router),
            _ => None,
        });
        each.collect()
    }

    fn beyond(&self, at: FunctionAt, callee: ExprId, value: Value) -> What {
        let words = self
            .program
            .linked(at.module)
            .document
            .words(&self.module(at.module).span(callee));
        let name: String = words.lines().next().unwrap_or_default().chars().take(60).collect();
        let why = format!("an application is handed to `{name}`, which is not followed");
        What::Beyond(vec![value], why.into())
    }

    /// Whether what is called may give a router routes.
    fn may_add(&self, value: &Value) -> bool {
        match value {
            Value::Unknown(_) | Value::Parameter(..) | Value::Module(_) => true,
            // What a router does with another is looked at where it does it.
            Value::Member(of, name) => match self.router(of) {
                Some((RouterId::Made(_), _)) => false,
                Some((RouterId::Given(..), _)) if is_method(name) => false,
                _ => is_open(value),
            },
            Value::Result(..) | Value::Package(..) => is_open(value),
            _ => false,
        }
    }
}

/// Whether what is called is something of a package that may give routes, or could be anything.
fn is_open(value: &Value) -> bool {
    match path_of(value) {
        Some((package, _)) => !is_without_routes(&package),
        None => is_lost(value),
    }
}

/// Whether a value's root is not known.
fn is_lost(value: &Value) -> bool {
    match value {
        Value::Unknown(_) | Value::Parameter(..) => true,
        Value::Member(of, _) | Value::Result(of, _) => is_lost(of),
        _ => false,
    }
}

fn is_without_routes(package: &str) -> bool {
    WITHOUT_ROUTES.iter().any(|known| match known.strip_suffix('*') {
        Some(beginning) => package.starts_with(beginning),
        None => package == *known || package.strip_prefix(known).is_some_and(|rest| rest.starts_with('/')),
    })
}
