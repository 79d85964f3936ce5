//! Whether a server does more than hand out files: one with `express.static` and a page for all other addresses is no API.

use crate::model::{Evidence, Examined, Strength};
use crate::program::module::{Expr, ExprId, FunctionId};
use crate::program::{At, FunctionAt, Program, Reach, Routes, Value, path_of};

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

/// Whether something is served that is no file; what can't be followed may be.
pub(super) fn examine<'a>(program: &Program, all: impl Iterator<Item = (&'a Routes, &'a Reach)>) -> Examined {
    let mut is_any = false;
    for (routes, reach) in all {
        let is_whole = routes.edges.is_empty() && reach.open_edge().is_none() && reach.unread(program, &[]).is_none();
        let (mut files, mut other) = (0, None);
        let handlers = routes.routes.iter().map(|route| (&route.handler, &route.place));
        let passed = routes.passed.iter().map(|one| (&one.values, &one.place));
        for (values, place) in handlers.chain(passed) {
            match kind_of(program, values) {
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
        if routes.has_server && (!is_whole || files == 0) {
            return Examined::pass("more than files may be served", Vec::new());
        }
    }
    match is_any {
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
                false => return Kind::Other,
            },
            _ => return Kind::Other,
        }
    }
    if values.is_empty() { Kind::Other } else { kind }
}

/// Whether a function does nothing but hand a file out.
fn hands_out(program: &Program, at: FunctionAt) -> bool {
    let module = program.module(at.module);
    let count = u32::try_from(module.functions.len()).unwrap_or(u32::MAX);
    let inside = (0..count)
        .map(FunctionId)
        .filter(|id| module.around(*id).any(|outer| outer == at.function));
    let (mut sends, mut is_plain) = (false, true);
    for function in inside {
        module.each_expr(function, &mut |expr| {
            if let Expr::Call(callee, _) = module.expr(expr) {
                match module.expr(*callee) {
                    Expr::Member(_, name) if HANDS_OUT.contains(&name.as_ref()) => {
                        sends |= name.starts_with("sendFile");
                    }
                    _ => is_plain &= is_beside(program, at, *callee),
                }
            }
            is_plain &= !matches!(module.expr(expr), Expr::New(..) | Expr::Load(_) | Expr::Tagged(..));
        });
    }
    sends && is_plain
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
