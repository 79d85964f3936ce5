//! What changes nothing outside a handler: reading the request, shaping values, telling people.

use crate::program::module::{Expr, ExprId, Module};

/// Methods by which a handler answers.
pub(super) const ANSWERS: [&str; 16] = [
    "json",
    "send",
    "end",
    "status",
    "sendStatus",
    "code",
    "type",
    "set",
    "header",
    "setHeader",
    "redirect",
    "render",
    "text",
    "html",
    "write",
    "writeHead",
];
/// Objects whose methods tell people, not the client.
const TELLING: [&str; 4] = ["console", "logger", "log", "winston"];

/// Methods by which a handler reads what was sent.
pub(super) const READS: [&str; 14] = [
    "accepts",
    "arrayBuffer",
    "formData",
    "get",
    "getAll",
    "has",
    "header",
    "is",
    "json",
    "param",
    "parseBody",
    "query",
    "text",
    "valid",
];
/// What the language has that changes nothing outside.
pub(super) const PLAIN: [&str; 24] = [
    "Array",
    "Boolean",
    "Date",
    "Headers",
    "Map",
    "Number",
    "Object",
    "Promise",
    "RegExp",
    "Response",
    "Set",
    "String",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "URLSearchParams",
    "decodeURIComponent",
    "encodeURIComponent",
    "isNaN",
    "parseFloat",
    "parseInt",
    "setImmediate",
    "setTimeout",
    "structuredClone",
];
/// Methods of texts, lists and numbers that give another one.
pub(super) const SHAPES: [&str; 28] = [
    "concat",
    "endsWith",
    "every",
    "filter",
    "find",
    "flat",
    "flatMap",
    "forEach",
    "includes",
    "indexOf",
    "join",
    "map",
    "match",
    "padStart",
    "reduce",
    "replace",
    "reverse",
    "slice",
    "some",
    "sort",
    "split",
    "startsWith",
    "toFixed",
    "toISOString",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "trim",
];
/// Packages that compute, and change or ask nothing.
pub(super) fn is_pure(package: &str) -> bool {
    const PURE: [&str; 15] = [
        "class-transformer",
        "class-validator",
        "date-fns",
        "dayjs",
        "http-status",
        "http-status-codes",
        "joi",
        "lodash",
        "moment",
        "nanoid",
        "ulid",
        "uuid",
        "valibot",
        "yup",
        "zod",
    ];
    PURE.contains(&package)
}

/// What Node.js makes up, out of nothing that was asked.
pub(super) fn is_made_up(package: &str, path: &str) -> bool {
    matches!(package, "node:crypto" | "crypto") && matches!(path, "randomUUID" | "randomInt" | "getRandomValues")
}

pub(super) fn is_plain(global: &str, name: &str) -> bool {
    match global {
        "JSON" | "Object" | "Array" | "Number" | "String" | "Math" => true,
        "crypto" => matches!(name, "randomUUID" | "getRandomValues"),
        "Promise" => matches!(name, "resolve" | "reject" | "all"),
        _ => false,
    }
}

pub(super) fn is_failure(name: &str) -> bool {
    name.ends_with("Error") || name.ends_with("Exception")
}

pub(super) fn is_telling(module: &Module, expr: ExprId) -> bool {
    match module.expr(expr) {
        Expr::Global(name) => TELLING.contains(&name.as_ref()),
        Expr::Name(binding) => TELLING.contains(&module.binding(*binding).name.as_ref()),
        Expr::Member(_, name) => TELLING.contains(&name.as_ref()),
        _ => false,
    }
}

/// `Date.now()`, `process.uptime()`, `new Date().toISOString()`.
pub(super) fn is_clock(module: &Module, object: ExprId, name: &str) -> bool {
    match module.expr(object) {
        Expr::Global(global) => matches!(
            (global.as_ref(), name),
            ("Date", "now") | ("process", _) | ("NextResponse", "json") | ("Math", _)
        ),
        Expr::New(callee, _) => matches!(module.expr(*callee), Expr::Global(global) if global.as_ref() == "Date"),
        // `NextResponse.json({ … })`.
        Expr::Name(binding) => module.binding(*binding).name.as_ref() == "NextResponse" && name == "json",
        _ => false,
    }
}
