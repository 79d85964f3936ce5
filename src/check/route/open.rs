//! Routes that are plainly open: nothing on their way asks who is there, nor does the handler, which changes something.
//!
//! What could not be followed may ask. So there is no `unknown` here: a route is plainly open, or nothing is said of it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check::View;
use crate::check::files::MOST_SHOWN;
use crate::model::{Component, Examined, Gap};
use crate::program::module::{Expr, FunctionKind, MemberValue};
use crate::program::{At, FunctionAt, Middleware, Nature, Program, Reach, Route, Routes, Side, Value, path_of};

use super::asking::{Asks, Own, asks_itself, is_of_request};
use super::decorators::asks_by_decorators;
use super::hands_on::hands_on;
use super::judged::shown;
use super::parameters::Question;
use super::refuses::refuses;
use super::words::{is_harmless, speaks};

/// What changes something that is kept, by the name of the method.
const CHANGES: [&str; 27] = [
    "bulkWrite",
    "create",
    "createMany",
    "del",
    "delete",
    "deleteFrom",
    "deleteMany",
    "deleteOne",
    "destroy",
    "execute",
    "findByIdAndDelete",
    "findByIdAndRemove",
    "findByIdAndUpdate",
    "findOneAndDelete",
    "findOneAndUpdate",
    "insert",
    "insertMany",
    "insertOne",
    "query",
    "remove",
    "run",
    "save",
    "softDelete",
    "update",
    "updateMany",
    "updateOne",
    "upsert",
];

/// Packages by which one server hands what comes to it on to another, and may ask before.
const PROXIES: [&str; 8] = [
    "@fastify/http-proxy",
    "@fastify/reply-from",
    "express-http-proxy",
    "fast-gateway",
    "http-proxy",
    "http-proxy-middleware",
    "httpxy",
    "koa-proxies",
];

/// Routes of a server that asks nobody at all are a draft's, or stand behind something that asks: nothing is said of them.
struct Open<'a> {
    program: &'a Program,
    own: RefCell<BTreeMap<FunctionAt, Own>>,
}

/// Without any code that is followed here, none is plainly open, either.
pub(super) fn examine(question: &Question, view: &View<'_>, asked: &[&Component]) -> Examined {
    if asked.is_empty() {
        return closed(question);
    }
    let program = &*Program::of(view.snapshot);
    let all: Vec<Arc<Routes>> = asked.iter().map(|component| program.routes(component)).collect();
    let open = Open {
        program,
        own: RefCell::default(),
    };
    let mut found: Vec<&Route> = Vec::new();
    for routes in all
        .iter()
        .filter(|routes| routes.edges.is_empty() || routes.is_of_files)
    {
        let asked = routes.routes.iter();
        let asked = asked.filter(|route| route.shadowed_by.is_none() && question.names(route));
        let plain: Vec<&Route> = asked.filter(|route| open.is_plainly_open(route)).collect();
        if !plain.is_empty() && routes.routes.iter().any(|route| open.refuses(route)) {
            found.extend(plain);
        }
    }
    if !found.is_empty() && (is_behind_another(program, view) || listens_to_itself(program)) {
        return closed(question);
    }
    found.dedup_by(|one, other| one.place == other.place);
    let Some(first) = found.first() else {
        return closed(question);
    };
    let why = |route: &Route| format!("{} asks nobody who they are, and changes something", shown(route));
    let gaps = found.iter().take(MOST_SHOWN);
    let gaps = gaps.map(|route| Gap::at(route.place.clone(), &shown(route), why(route)));
    Examined::fail(why(first), gaps.collect())
}

fn closed(question: &Question) -> Examined {
    Examined::pass(
        format!("no one of {} is plainly open to all", question.shown()),
        Vec::new(),
    )
}

impl Open<'_> {
    /// Whether all that a request passes through, and the handler, are followed and ask nobody, and the handler changes something.
    fn is_plainly_open(&self, route: &Route) -> bool {
        // Which methods a function for all of them heeds is not known.
        &*route.method != "*"
            && route.nature == Nature::Real
            && route.chain.iter().all(|one| self.passes_all(one))
            && self.all_ask(&route.handler) == Asks::Never
            && self.changes(&route.handler)
    }

    fn passes_all(&self, one: &Middleware) -> bool {
        let is_passed = |value: &Value| matches!(value, Value::Function(at) if hands_on(self.program, *at));
        !one.values.is_empty() && (self.all_ask(&one.values) == Asks::Never || one.values.iter().all(is_passed))
    }

    /// Whether somewhere on a route's way, or in its handler, somebody is refused.
    fn refuses(&self, route: &Route) -> bool {
        let values = route.chain.iter().flat_map(|one| &one.values).chain(&route.handler);
        let mut functions = values.flat_map(|value| self.functions(value));
        functions.any(|function| {
            let reach = self.program.reach_from(function);
            reach.live().any(|live| refuses(self.program, live))
        })
    }

    /// What those that something may be ask, of all the most.
    fn all_ask(&self, values: &[Value]) -> Asks {
        let wrappers: Vec<FunctionAt> = values.iter().filter_map(wrapper).collect();
        let each = values.iter().map(|value| self.asks(value, &wrappers));
        each.max().unwrap_or(Asks::Perhaps)
    }

    fn asks(&self, value: &Value, wrappers: &[FunctionAt]) -> Asks {
        if let Some((package, path)) = path_of(value) {
            return match is_harmless(&package, &path) {
                true => self.most(&self.functions(value), wrappers),
                false if speaks(&package) || speaks(&path) => Asks::Speaks,
                false => Asks::Perhaps,
            };
        }
        match value {
            Value::Literal(_) => Asks::Never,
            Value::Function(function) => self.followed(*function, wrappers),
            Value::Result(of, _) if matches!(of.as_ref(), Value::Function(_)) => {
                self.most(&self.functions(value), wrappers)
            }
            Value::Class(..) | Value::Instance(..) => self.asks_as_class(value, wrappers),
            _ => Asks::Perhaps,
        }
    }

    fn asks_as_class(&self, value: &Value, wrappers: &[FunctionAt]) -> Asks {
        let (Value::Class(module, class) | Value::Instance(module, class)) = value else {
            return Asks::Perhaps;
        };
        let class = self.program.module(*module).class(*class);
        let functions = self.functions(value);
        let is_whole = class.extends.is_none() && !functions.is_empty();
        match self.most(&functions, wrappers) {
            _ if class.name.as_deref().is_some_and(speaks) => Asks::Speaks,
            Asks::Never if !is_whole => Asks::Perhaps,
            asks => asks,
        }
    }

    fn most(&self, functions: &[FunctionAt], wrappers: &[FunctionAt]) -> Asks {
        let each = functions.iter().map(|function| self.followed(*function, wrappers));
        each.max().unwrap_or(Asks::Never)
    }

    /// The functions that a value runs, with the wrapper that runs them.
    fn functions(&self, value: &Value) -> Vec<FunctionAt> {
        match value {
            Value::Function(function) => vec![*function],
            Value::Result(_, call) => {
                let given = self.program.functions_given_to(*call);
                given.into_iter().chain(wrapper(value)).collect()
            }
            Value::Class(module, class) | Value::Instance(module, class) => {
                let class = self.program.module(*module).class(*class);
                let methods = class.members.iter().filter_map(|member| match member.value {
                    MemberValue::Method(function) => Some(function),
                    MemberValue::Field(_) => None,
                });
                let all = methods.chain(class.constructor);
                all.map(|function| FunctionAt {
                    module: *module,
                    function,
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a function and all that it calls ask.
    fn followed(&self, function: FunctionAt, wrappers: &[FunctionAt]) -> Asks {
        let reach = self.program.reach_from(function);
        let is_whole = reach.open_edge().is_none() && reach.unread(self.program, &[]).is_none();
        let module = self.program.module(function.module);
        let own = module.function(function.function);
        let is_known = own
            .parameters
            .first()
            .is_none_or(|first| !first.decorators.is_empty() || is_of_request(module, first));
        let first = match is_whole && (is_known || wrappers.contains(&function)) {
            true => asks_by_decorators(self.program, function),
            false => Asks::Perhaps,
        };
        let each = self.run(&reach).map(|live| self.own(live, wrappers));
        each.fold(first, Ord::max)
    }

    /// The functions that a call reaches; what runs when a module is loaded knows no request.
    fn run<'r>(&'r self, reach: &'r Reach) -> impl Iterator<Item = FunctionAt> + 'r {
        let kind = |at: &FunctionAt| self.program.module(at.module).function(at.function).kind;
        reach.live().filter(move |at| kind(at) != FunctionKind::TopLevel)
    }

    fn own(&self, at: FunctionAt, wrappers: &[FunctionAt]) -> Asks {
        let mut known = self.own.borrow_mut();
        let own = known.entry(at).or_insert_with(|| asks_itself(self.program, at));
        match own.hands_to.iter().all(|to| wrappers.contains(to)) {
            true => own.asks,
            false => own.asks.max(Asks::Perhaps),
        }
    }

    /// Whether a handler reaches a call that changes what is kept.
    fn changes(&self, handler: &[Value]) -> bool {
        let mut functions = handler.iter().flat_map(|value| self.functions(value));
        functions.any(|function| {
            let reach = self.program.reach_from(function);
            let mut run = self.run(&reach);
            run.any(|live| self.changes_itself(live))
        })
    }

    fn changes_itself(&self, at: FunctionAt) -> bool {
        let module = self.program.module(at.module);
        let mut changes = false;
        module.each_expr(at.function, &mut |expr| {
            if let Expr::Call(callee, _) = module.expr(expr)
                && let Expr::Member(_, name) = module.expr(*callee)
                && CHANGES.contains(&name.as_ref())
            {
                let values = self.program.values(At {
                    module: at.module,
                    expr: *callee,
                });
                changes |= !values.iter().all(|value| matches!(value, Value::Function(_)));
            }
        });
        changes
    }
}

/// Whether a server of this repository hands what comes to it on to another.
fn is_behind_another(program: &Program, view: &View<'_>) -> bool {
    let components = view.snapshot.components.iter();
    let mut reaches = components.map(|component| program.reach(component, Side::Server));
    reaches.any(|reach| PROXIES.iter().any(|package| reach.loads_package(program, package)))
}

/// Whether a server listens to the machine that it runs on alone: whoever comes is let in by something before it, or is its
/// owner.
fn listens_to_itself(program: &Program) -> bool {
    let is_own = |text: &str| matches!(text, "127.0.0.1" | "localhost" | "::1");
    program.modules().any(|(_, linked)| {
        let module = &linked.module;
        module.expressions.iter().any(|(expr, _)| match expr {
            Expr::Call(callee, arguments) if matches!(module.expr(*callee), Expr::Member(_, name) if &**name == "listen") =>
            {
                arguments.iter().any(|argument| match module.expr(*argument) {
                    Expr::Text(text) => is_own(text),
                    Expr::Object(properties) => properties.iter().any(|property| {
                        property.key.as_deref() == Some("host")
                            && matches!(module.expr(property.value), Expr::Text(text) if is_own(text))
                    }),
                    _ => false,
                })
            }
            _ => false,
        })
    })
}

/// The function of the program whose call a value is.
fn wrapper(value: &Value) -> Option<FunctionAt> {
    match value {
        Value::Result(of, _) => match of.as_ref() {
            Value::Function(at) => Some(*at),
            _ => None,
        },
        _ => None,
    }
}
