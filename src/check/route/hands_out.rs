//! Whether a server does more than hand out files: one with `express.static` and a page for all other addresses is no API.

use crate::model::{Evidence, Examined, Strength};
use crate::program::module::{BindingKind, Expr, ExprId, FunctionId, Module};
use crate::program::{At, FunctionAt, Program, Reach, Route, Routes, Value, path_of};

/// What hands files out, with what of it.
const FILES: [(&str, &str); 8] = [
    ("express", "static()"),
    ("serve-static", "()"),
    ("sirv", "()"),
    ("express-static-gzip", "()"),
    ("connect-history-api-fallback", "()"),
    ("koa-static", "()"),
    ("koa-send", "()"),
    ("@fastify/static", ""),
];

/// Middleware that answers nothing by itself.
const BESIDE: [&str; 10] = [
    "compression",
    "cors",
    "express",
    "express-sslify",
    "helmet",
    "morgan",
    "response-time",
    "serve-favicon",
    "shrink-ray-current",
    "spdy",
];

/// Methods of an answer that hand a file out, or say something about it.
const HANDS_OUT: [&str; 11] = [
    "end",
    "header",
    "redirect",
    "removeHeader",
    "sendFile",
    "sendFileAsync",
    "sendStatus",
    "set",
    "setHeader",
    "status",
    "type",
];

/// Methods of an answer that say something about it, and answer nothing yet.
const SAYS: [&str; 6] = ["append", "header", "removeHeader", "set", "setHeader", "vary"];

/// Methods of texts by which a request's path is looked at.
const LOOKS: [&str; 8] = [
    "endsWith",
    "includes",
    "indexOf",
    "match",
    "split",
    "startsWith",
    "test",
    "toLowerCase",
];

/// Whether something is served that is no file; what can't be followed may be. `elsewhere` tells whether another component
/// serves an API: then the page for all other addresses may also be filled in before it is sent.
pub(super) fn examine<'a>(
    program: &Program,
    all: impl Iterator<Item = (&'a Routes, &'a Reach)>,
    elsewhere: impl Fn() -> bool,
) -> Examined {
    let (mut is_any, mut is_silent) = (false, true);
    for (routes, reach) in all {
        let is_whole = routes.edges.is_empty() && reach.open_edge().is_none() && reach.unread(program, &[]).is_none();
        let (mut files, mut other) = (0, None);
        let handlers = routes.routes.iter();
        let handlers = handlers.map(|route| (&route.handler, &route.place, is_for_all(route)));
        let passed = routes.passed.iter().map(|one| (&one.values, &one.place, false));
        for (values, place, is_for_all) in handlers.chain(passed) {
            match kind_of(program, values) {
                Kind::Other if is_for_all && is_page(program, values) && elsewhere() => {}
                Kind::Files => files += 1,
                Kind::Beside => {}
                Kind::Other => {
                    other.get_or_insert(place);
                }
            }
        }
        is_any |= routes.has_server;
        if let Some(place) = other {
            let evidence = Evidence::new(place.clone(), "", Strength::Wired, "route");
            return Examined::pass("more than files is served", vec![evidence]);
        }
        // With nothing mounted but what answers nothing, each request is refused: what serves is beside it, as Socket.IO.
        let is_empty = is_whole && routes.routes.is_empty() && routes.unmounted.is_empty();
        is_silent &= is_empty && files == 0;
        if routes.has_server && !is_empty && (!is_whole || files == 0) {
            return Examined::pass("more than files may be served", Vec::new());
        }
    }
    match is_any {
        true if is_silent => Examined::not_applicable("the server here has no route, and answers nothing"),
        true => Examined::not_applicable("the server here hands out files, and nothing else"),
        false => Examined::pass("more than files may be served", Vec::new()),
    }
}

enum Kind {
    Files,
    Beside,
    Other,
}

fn kind_of(program: &Program, values: &[Value]) -> Kind {
    let mut kind = Kind::Beside;
    for value in values {
        match (path_of(value), value) {
            (Some((package, path)), _) => {
                let is_files = FILES.iter().any(|(known, what)| **known == *package && *what == path);
                let is_parser = *package != *"express" || matches!(path.as_str(), "json()" | "urlencoded()");
                match () {
                    () if is_files => kind = Kind::Files,
                    () if BESIDE.contains(&package.as_ref()) && is_parser => {}
                    () => return Kind::Other,
                }
            }
            (None, Value::Function(function)) => match hands_out(program, *function) {
                true => kind = Kind::Files,
                false if says_alone(program, *function) => {}
                false => return Kind::Other,
            },
            _ => return Kind::Other,
        }
    }
    if values.is_empty() { Kind::Other } else { kind }
}

/// `get("*", …)`.
fn is_for_all(route: &Route) -> bool {
    route.method.as_ref() == "GET" && route.parts().is_some_and(|parts| matches!(parts, [all] if all == "*"))
}

/// Whether handlers answer with a page: they name its file.
fn is_page(program: &Program, values: &[Value]) -> bool {
    !values.is_empty()
        && values.iter().all(|value| {
            let Value::Function(at) = value else { return false };
            let module = program.module(at.module);
            let mut names = false;
            for function in inside(module, *at) {
                module.each_expr(function, &mut |expr| {
                    names |= matches!(module.expr(expr), Expr::Text(text) if text.ends_with("index.html"));
                });
            }
            names
        })
}

fn inside(module: &Module, at: FunctionAt) -> impl Iterator<Item = FunctionId> {
    let count = u32::try_from(module.functions.len()).unwrap_or(u32::MAX);
    let within = (0..count).map(FunctionId);
    within.filter(move |id| module.around(*id).any(|outer| outer == at.function))
}

/// Whether a function does nothing but hand a file out.
fn hands_out(program: &Program, at: FunctionAt) -> bool {
    let (mut sends, mut is_plain) = (false, true);
    does(program, at, &HANDS_OUT, &mut |done| match done {
        Does::Named(name) => sends |= name.starts_with("sendFile"),
        Does::HandsOn => {}
        Does::Else => is_plain = false,
    });
    sends && is_plain
}

/// Whether a function says something about what others answer, and hands the request on.
fn says_alone(program: &Program, at: FunctionAt) -> bool {
    let (mut hands_on, mut is_plain) = (false, true);
    does(program, at, &SAYS, &mut |done| match done {
        Does::Named(_) => {}
        Does::HandsOn => hands_on = true,
        Does::Else => is_plain = false,
    });
    hands_on && is_plain
}

/// What a function does by one of its expressions.
enum Does<'a> {
    /// It calls a method that is known.
    Named(&'a str),
    /// It calls what it was given.
    HandsOn,
    /// It does something else.
    Else,
}

fn does(program: &Program, at: FunctionAt, known: &[&str], see: &mut impl FnMut(Does<'_>)) {
    let module = program.module(at.module);
    for function in inside(module, at) {
        module.each_expr(function, &mut |expr| match module.expr(expr) {
            Expr::Call(callee, _) => match module.expr(*callee) {
                Expr::Member(_, name) if known.contains(&name.as_ref()) => see(Does::Named(name)),
                Expr::Member(_, name) if LOOKS.contains(&name.as_ref()) => {}
                _ if !is_beside(program, at, *callee) => see(Does::Else),
                Expr::Name(name) if matches!(module.binding(*name).kind, BindingKind::Parameter(_)) => {
                    see(Does::HandsOn)
                }
                _ => {}
            },
            Expr::New(..) | Expr::Load(_) | Expr::Tagged(..) => see(Does::Else),
            _ => {}
        });
    }
}

/// Paths, a word to people, and what hands a request on.
fn is_beside(program: &Program, at: FunctionAt, callee: ExprId) -> bool {
    let module = program.module(at.module);
    let values = program.values(At {
        module: at.module,
        expr: callee,
    });
    values.iter().all(|value| match value {
        Value::Package(package, _) => matches!(package.as_ref(), "path" | "node:path" | "url" | "node:url"),
        Value::Member(of, _) => {
            matches!(of.as_ref(), Value::Global(name) if name.as_ref() == "console" || name.as_ref() == "process")
        }
        // `next(error)`.
        Value::Parameter(..) => matches!(module.expr(callee), Expr::Name(_)),
        _ => false,
    })
}
