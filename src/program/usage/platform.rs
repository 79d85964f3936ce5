//! What is called as only the language or a platform has it: nobody needs to trace that to a package.

use crate::program::module::{BindingKind, Expr, ExprId, Module};

/// Methods of texts, numbers, times, patterns and lists.
const OF_VALUES: [&str; 21] = [
    "charAt",
    "charCodeAt",
    "codePointAt",
    "endsWith",
    "getEntries",
    "getTime",
    "localeCompare",
    "padEnd",
    "padStart",
    "replaceAll",
    "splice",
    "startsWith",
    "substr",
    "substring",
    "test",
    "toFixed",
    "toISOString",
    "toLocaleString",
    "toLowerCase",
    "toUpperCase",
    "unshift",
];

/// Methods of lists that are given what to do with each item: with a function written there they are nothing else.
const OF_LISTS: [&str; 11] = [
    "every",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "flatMap",
    "forEach",
    "map",
    "reduce",
    "some",
    "sort",
];

/// Parts of requests, answers and events.
const PARTS: [&str; 8] = [
    "body",
    "classList",
    "cookies",
    "currentTarget",
    "dataset",
    "headers",
    "searchParams",
    "target",
];

/// Names of what is sent and answered, and of what holds a part of it.
const SENT: [&str; 17] = [
    "_req",
    "_request",
    "_res",
    "_response",
    "fd",
    "formData",
    "headers",
    "params",
    "proxyReq",
    "proxyRes",
    "reply",
    "req",
    "request",
    "res",
    "response",
    "searchParams",
    "urlParams",
];

/// What is asked of what holds both, whose name may be that of a client, too.
const OF_CONTEXTS: [&str; 7] = ["get", "header", "json", "redirect", "set", "status", "text"];

/// What is asked of those.
const ASKED: [&str; 28] = [
    "accepts",
    "append",
    "arrayBuffer",
    "blob",
    "clearCookie",
    "clone",
    "cookie",
    "download",
    "end",
    "formData",
    "get",
    "getAll",
    "getHeader",
    "has",
    "header",
    "json",
    "jsonp",
    "redirect",
    "removeHeader",
    "render",
    "send",
    "sendFile",
    "set",
    "setHeader",
    "status",
    "text",
    "type",
    "write",
];

/// Whether a method is one that only the language or a platform has, by how it is written: `searchParams.get("page")`,
/// `request.get("user-agent")`, `event.target.checked`, `list.find((item) => …)`.
pub(super) fn is_of_platform(module: &Module, object: ExprId, name: &str, arguments: &[ExprId]) -> bool {
    let is_given_a_function = arguments
        .first()
        .is_some_and(|first| matches!(module.expr(*first), Expr::Function(_)));
    if OF_VALUES.contains(&name) || is_given_a_function && OF_LISTS.contains(&name) {
        return true;
    }
    match module.expr(object) {
        Expr::Member(_, part) if PARTS.contains(&part.as_ref()) => true,
        // The request as such, of what a framework hands over.
        Expr::Member(_, part) => matches!(part.as_ref(), "req" | "request") && (ASKED.contains(&name) || name == "raw"),
        Expr::Name(name_of) => {
            let binding = module.binding(*name_of);
            let is_imported = matches!(binding.kind, BindingKind::Import(..));
            !is_imported
                && match binding.name.as_ref() {
                    "c" | "ctx" => OF_CONTEXTS.contains(&name),
                    other => SENT.contains(&other) && ASKED.contains(&name),
                }
        }
        // `response.status(200).send(…)`.
        Expr::Call(callee, given) => match module.expr(*callee) {
            Expr::Member(inner, asked) if ASKED.contains(&name) => is_of_platform(module, *inner, asked, given),
            _ => false,
        },
        Expr::This => is_own(module, object, name),
        _ => false,
    }
}

/// `this.process(job)` of a class that extends nothing and has no such member: who extends it has one.
fn is_own(module: &Module, this: ExprId, name: &str) -> bool {
    let span = module.span(this);
    let around = module.classes.iter();
    let own = around
        .filter(|class| class.span.start <= span.start && span.end <= class.span.end)
        .min_by_key(|class| class.span.len());
    own.is_some_and(|class| {
        let mut members = class.members.iter();
        class.extends.is_none() && !members.any(|member| member.name.as_deref() == Some(name))
    })
}

#[cfg(test)]
mod tests {
    use crate::program::build::of_files;

    /// The names of the methods that could not be traced.
    fn lost(text: &str) -> Vec<String> {
        let package = r#"{"name":"a","scripts":{"start":"node index.js"}}"#;
        let (_, program) = of_files(&[("package.json", package), ("index.js", text)]);
        let lost = program.usage().lost().iter();
        lost.map(|lost| lost.name.to_string()).collect()
    }

    #[test]
    fn what_the_platform_has_is_not_lost() {
        for text in [
            "export function a(request) { return request.nextUrl.searchParams.get('page'); }",
            "export function a(req) { return req.get('user-agent'); }",
            "export function a(items) { return items.list.find((item) => item.id === 1); }",
            "export function a(res) { return res.status(200).send('x'); }",
            "export function a(event) { return String(event.target.checked); }",
            "export function a(text) { return text.substring(1).toUpperCase(); }",
            "export class Job { run(job) { return this.process(job); } }",
        ] {
            assert_eq!(lost(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_client_is_lost() {
        assert_eq!(lost("export function a(cache) { return cache.get('page'); }"), ["get"]);
        assert_eq!(
            lost("export function a(users) { return users.find({ id: 1 }); }"),
            ["find"]
        );
        assert_eq!(
            lost("export function a(request) { return request.mailer.send('x'); }"),
            ["send"]
        );
        let extending = "export class Job extends require(name) { run(job) { return this.process(job); } }";
        assert_eq!(lost(extending), ["process"]);
    }
}
