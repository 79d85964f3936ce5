//! Servers that are made by something else than what is followed: that they are there is known, and no more.

use std::sync::Arc;

use crate::model::{Cause, Component, Place, Unread};
use crate::program::entry::Side;
use crate::program::linked::{FunctionAt, Program};
use crate::program::module::{Expr, ExprId, FunctionId, Module};
use crate::program::usage::{Use, UseKind};

use super::makers;

/// Runtimes that serve by themselves: `Bun.serve({ … })`.
const RUNTIMES: [&str; 2] = ["Bun", "Deno"];

/// Where a server is made by what is not followed.
#[derive(Debug)]
pub struct Made {
    what: String,
    function: FunctionAt,
    expr: ExprId,
    /// Whether it serves even where routes are known: those of another server need not be all.
    is_whole: bool,
}

/// A server of which no more is known than that it is there.
#[derive(Debug, Clone)]
pub struct Foreign {
    what: String,
    place: Place,
}

impl Foreign {
    /// What is not known for it.
    pub fn unread(&self) -> Unread {
        let place = match self.place.line {
            Some(line) => format!("`{}`, line {line}", self.place.path),
            None => format!("`{}`", self.place.path),
        };
        let what = format!("{} makes a server in {place}, which is not followed yet", self.what);
        Unread::new(Cause::Unmodelled, what, "attest it")
    }
}

impl Program {
    /// The server that production starts for a component by something that is not followed.
    pub fn foreign_server(&self, component: &Component) -> Option<Foreign> {
        let all = self.foreign.get_or_init(|| made(self));
        if all.is_empty() {
            return None;
        }
        let reach = self.reach(component, Side::Server);
        let mut live = all.iter().filter(|made| reach.is_live(made.function)).peekable();
        live.peek()?;
        // A program that people run, or others load, waits for one answer at most.
        let may_serve = !self.routes(component).has_server && self.is_run(component);
        let made = live.find(|made| made.is_whole || may_serve)?;
        let module = self.module(made.function.module);
        Some(Foreign {
            what: made.what.clone(),
            place: self.place(made.function.module, &module.span(made.expr)),
        })
    }
}

/// Every place of a program where a server is made, in order.
fn made(program: &Program) -> Vec<Made> {
    let usage = program.usage();
    let uses = usage.packages().flat_map(|(_, uses)| uses);
    let mut found: Vec<Made> = uses.filter_map(|one| by_package(program, one)).collect();
    let lost = usage.lost().iter().filter(|lost| lost.name.as_ref() == "listen");
    let lost = lost.filter(|lost| is_at_a_port(program, lost.function, lost.expr));
    found.extend(lost.map(|lost| Made {
        what: "a call of `listen`".to_owned(),
        function: lost.function,
        expr: lost.expr,
        is_whole: false,
    }));
    found.extend(by_runtime(program));
    found.sort_by_key(|made| (!made.is_whole, made.function, made.expr));
    found
}

fn by_package(program: &Program, found: &Use) -> Option<Made> {
    let expr = found.expr?;
    if !matches!(found.kind, UseKind::Call | UseKind::Construction) {
        return None;
    }
    let is_made = makers::makes_foreign(found);
    let is_started = || {
        let is_listen = found.path.as_ref() == "listen" || found.path.ends_with(".listen");
        is_listen && is_at_a_port(program, found.function, expr)
    };
    (is_made || is_started()).then(|| Made {
        what: format!("`{}`", found.package),
        function: found.function,
        expr,
        // What Node.js brings along is how the others serve, and sockets stand beside them.
        is_whole: is_made
            && !found.package.starts_with("node:")
            && !matches!(found.package.as_ref(), "ws" | "socket.io"),
    })
}

/// Whether a call is handed a port: who listens to news is told their name.
fn is_at_a_port(program: &Program, function: FunctionAt, call: ExprId) -> bool {
    let module = program.module(function.module);
    let Expr::Call(_, arguments) = module.expr(call) else {
        return false;
    };
    let Some(first) = arguments.first() else { return false };
    let is_port = |name: &str| name.to_ascii_lowercase().contains("port");
    match module.expr(*first) {
        Expr::Number(_) => true,
        Expr::Object(properties) => {
            let mut keys = properties.iter().filter_map(|property| property.key.as_deref());
            keys.any(is_port)
        }
        _ => {
            let document = &program.linked(function.module).document;
            is_port(&document.words(&module.span(*first)))
        }
    }
}

fn by_runtime(program: &Program) -> Vec<Made> {
    let mut found = Vec::new();
    for (id, linked) in program.modules() {
        let module = &*linked.module;
        if !module
            .expressions
            .iter()
            .any(|(expr, _)| serves(module, expr).is_some())
        {
            continue;
        }
        for index in (0..module.functions.len()).map_while(|index| u32::try_from(index).ok()) {
            let function = FunctionAt {
                module: id,
                function: FunctionId(index),
            };
            module.each_expr(function.function, &mut |expr| {
                if let Some(runtime) = serves(module, module.expr(expr)) {
                    found.push(Made {
                        what: format!("`{runtime}.serve`"),
                        function,
                        expr,
                        is_whole: false,
                    });
                }
            });
        }
    }
    found
}

/// The runtime that a call asks to serve.
fn serves(module: &Module, expr: &Expr) -> Option<Arc<str>> {
    let Expr::Call(callee, _) = expr else { return None };
    let Expr::Member(object, name) = module.expr(*callee) else {
        return None;
    };
    let Expr::Global(global) = module.expr(*object) else {
        return None;
    };
    (name.as_ref() == "serve" && RUNTIMES.contains(&global.as_ref())).then(|| Arc::clone(global))
}
