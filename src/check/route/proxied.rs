//! Handlers that hand a request on to another server: what that one does with it is not to be seen here.

use std::collections::BTreeSet;

use crate::program::module::{Expr, ExprId, Module};
use crate::program::{At, FunctionAt, Literal, Route, Target, Value, path_of};

use super::answer::{Answer, functions_of};
use super::judged::{Asked, at};

/// How far what a handler calls is followed: a helper, which calls one that makes the request.
const DEEPEST: u32 = 6;

/// Packages that ask other servers.
const CLIENTS: [&str; 14] = [
    "@nestjs/axios",
    "axios",
    "cross-fetch",
    "got",
    "http-proxy",
    "http-proxy-middleware",
    "isomorphic-fetch",
    "ky",
    "needle",
    "node-fetch",
    "ofetch",
    "request",
    "superagent",
    "undici",
];

impl Asked<'_> {
    /// What is said of a route that was not seen to call what is asked for: where its handler hands on to another server,
    /// that one may.
    pub(super) fn unless_handed_on(&self, route: &Route, lacking: Answer) -> Answer {
        if !matches!(lacking, Answer::Lacks(..)) {
            return lacking;
        }
        self.handed_on(route).map_or(lacking, Answer::Unknown)
    }

    fn handed_on(&self, route: &Route) -> Option<String> {
        let functions = route.handler.iter().flat_map(|value| functions_of(self.program, value));
        let place = functions.into_iter().find_map(|function| self.request_in(function))?;
        Some(format!(
            "its handler hands on to another server, {place}, and what that one does is not followed"
        ))
    }

    /// Where a function, or one that it calls, asks another server.
    fn request_in(&self, function: FunctionAt) -> Option<String> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![function]);
        for _ in 0..DEEPEST {
            let mut next = Vec::new();
            for function in open {
                if !seen.insert(function) {
                    continue;
                }
                if let Some(expr) = self.request_of(function) {
                    let span = self.program.module(function.module).span(expr);
                    return Some(at(&self.program.place(function.module, &span)));
                }
                next.extend(self.called_by(function));
            }
            open = next;
        }
        None
    }

    /// The functions that stand in a function, and those that it calls; what only tells people hands nothing on.
    fn called_by(&self, function: FunctionAt) -> Vec<FunctionAt> {
        let module = self.program.module(function.module);
        let mut found = Vec::new();
        module.each_expr(function.function, &mut |expr| match module.expr(expr) {
            Expr::Function(within) => found.push(FunctionAt {
                function: *within,
                ..function
            }),
            Expr::Call(callee, _) if !self.program.is_telling(function, *callee) => {
                let values = self.values(function, *callee);
                found.extend(values.iter().filter_map(|value| match value {
                    Value::Function(called) => Some(*called),
                    _ => None,
                }));
            }
            _ => {}
        });
        found
    }

    /// The call by which a function itself asks another server.
    fn request_of(&self, function: FunctionAt) -> Option<ExprId> {
        let module = self.program.module(function.module);
        let mut found = None;
        module.each_expr(function.function, &mut |expr| {
            if let Expr::Call(callee, arguments) = module.expr(expr)
                && found.is_none()
                && self.asks(function, *callee)
                && arguments
                    .first()
                    .is_none_or(|address| self.may_be_own(function, *address))
            {
                found = Some(expr);
            }
        });
        found
    }

    fn asks(&self, function: FunctionAt, callee: ExprId) -> bool {
        let module = self.program.module(function.module);
        match module.expr(callee) {
            Expr::Global(name) => return name.as_ref() == "fetch",
            // `const client = isSafe ? require("https") : require("http")`
            Expr::Member(_, name) if name.as_ref() == "request" && self.loads_http(function, module) => return true,
            Expr::Name(_) | Expr::Member(..) => {}
            _ => return false,
        }
        self.values(function, callee).iter().any(|value| {
            path_of(value).is_some_and(|(package, path)| match package.as_ref() {
                "node:http" | "node:https" => matches!(path.as_str(), "request" | "get"),
                // What makes a client asks nothing yet.
                package => CLIENTS.contains(&package) && !path.ends_with("create") && !path.ends_with("extend"),
            })
        })
    }

    fn loads_http(&self, function: FunctionAt, module: &Module) -> bool {
        let linked = self.program.linked(function.module);
        let is_http =
            |target: &Target| matches!(target, Target::Builtin(name) if matches!(name.as_ref(), "http" | "https"));
        !module.requests.is_empty() && linked.targets.iter().any(is_http)
    }

    /// Whether an address may be that of a server of the same team: it is not written down as a service's.
    fn may_be_own(&self, function: FunctionAt, address: ExprId) -> bool {
        let module = self.program.module(function.module);
        match module.expr(address) {
            Expr::Text(text) => !is_of_service(text),
            Expr::Template(texts, _) => !texts.first().is_some_and(|text| is_of_service(text)),
            Expr::Name(_) => {
                let values = self.values(function, address);
                let is_service =
                    |value: &Value| matches!(value, Value::Literal(Literal::Text(text)) if is_of_service(text));
                values.is_empty() || !values.iter().all(is_service)
            }
            _ => true,
        }
    }

    fn values(&self, function: FunctionAt, expr: ExprId) -> Vec<Value> {
        let values = self.program.values(At {
            module: function.module,
            expr,
        });
        values.to_vec()
    }
}

/// Whether an address is that of a service elsewhere: one with a domain, and not this machine's.
fn is_of_service(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default();
    host.contains('.') && !host.starts_with("127.") && !host.starts_with("0.")
}
