//! What the browser's code requests of servers that are the team's own, as far as it says so.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::code::normal_path;
use crate::model::Place;
use crate::program::module::{Expr, ExprId, FunctionId};
use crate::program::{At, FunctionAt, ModuleId, Program, Reach, UseKind, Value};

use super::address::{HOLE, Part, requested};
use super::written::{base_of, names_of, written};

/// The address of what `axios.create` made, in words.
const INSTANCE: &str = "axios";

/// A request.
pub(super) struct Call {
    pub(super) method: Option<String>,
    pub(super) path: String,
    /// What stands in front of the path, in words: nothing for the page's own origin.
    pub(super) base: String,
    /// What it shares its base with, where that is one and not known: an instance, or a variable of the environment.
    pub(super) client: Option<String>,
    pub(super) place: Place,
}

/// The requests of what production loads for browsers.
pub(super) fn calls(program: &Program, reaches: &[Arc<Reach>]) -> Vec<Call> {
    let mut found: Vec<Call> = Vec::new();
    for (id, _) in program.modules() {
        if !reaches.iter().any(|reach| reach.is_loaded(id)) {
            continue;
        }
        let module = program.module(id);
        // What browsers call of it runs on the server.
        if module
            .directives
            .iter()
            .any(|directive| directive.as_ref() == "use server")
        {
            continue;
        }
        for index in 0..module.functions.len() {
            let Ok(index) = u32::try_from(index) else { break };
            let at = FunctionAt {
                module: id,
                function: FunctionId(index),
            };
            // What no page calls is requested by nobody.
            if !reaches.iter().any(|reach| reach.is_live(at)) {
                continue;
            }
            module.each_expr(FunctionId(index), &mut |expr| {
                if let Expr::Call(callee, arguments) = module.expr(expr)
                    && is_fetch(program, id, *callee)
                {
                    let method = fetch_method(program, id, arguments);
                    found.extend(call(program, id, expr, arguments, method));
                }
            });
        }
    }
    found.extend(axios(program, reaches));
    let mut seen = BTreeSet::new();
    found.retain(|call| seen.insert((call.place.clone(), call.path.clone())));
    found.sort_by(|left, right| (&left.place, &left.path).cmp(&(&right.place, &right.path)));
    found
}

pub(super) fn is_fetch(program: &Program, id: ModuleId, callee: ExprId) -> bool {
    let module = program.module(id);
    match module.expr(callee) {
        Expr::Global(name) => name.as_ref() == "fetch",
        Expr::Member(object, name) => {
            name.as_ref() == "fetch"
                && matches!(module.expr(*object), Expr::Global(object) if matches!(object.as_ref(), "window" | "globalThis" | "self"))
        }
        _ => false,
    }
}

/// The method that a `fetch` says; `None` where it can't be told.
fn fetch_method(program: &Program, id: ModuleId, arguments: &[ExprId]) -> Option<String> {
    let Some(options) = arguments.get(1) else {
        return Some("GET".to_owned());
    };
    let Expr::Object(properties) = program.module(id).expr(*options) else {
        return None;
    };
    let given = properties
        .iter()
        .find(|property| property.key.as_deref() == Some("method"));
    match given {
        Some(property) => {
            let at = At {
                module: id,
                expr: property.value,
            };
            written(program, at)
                .filter(|text| !text.contains(HOLE))
                .map(|text| text.to_ascii_uppercase())
        }
        None if properties.iter().any(|property| property.key.is_none()) => None,
        None => Some("GET".to_owned()),
    }
}

fn axios(program: &Program, reaches: &[Arc<Reach>]) -> Vec<Call> {
    const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];
    let mut found = Vec::new();
    let uses = program.usage().packages().filter(|(package, _)| *package == "axios");
    for known in uses.flat_map(|(_, uses)| uses) {
        let path = normal_path(&known.path);
        let method = path.strip_prefix("create().").unwrap_or(&path);
        let is_request = known.kind == UseKind::Call && METHODS.contains(&method);
        let id = known.function.module;
        let Some(expr) = known
            .expr
            .filter(|_| is_request && reaches.iter().any(|reach| reach.is_live(known.function)))
        else {
            continue;
        };
        if let Expr::Call(callee, arguments) = program.module(id).expr(expr)
            && !is_elsewhere(program, id, *callee)
        {
            let is_instance = path.starts_with("create()");
            let mut made = call(program, id, expr, arguments, Some(method.to_ascii_uppercase()));
            if let Some(made) = made.as_mut().filter(|_| is_instance) {
                INSTANCE.clone_into(&mut made.base);
            }
            let made = made.or_else(|| relative(program, id, expr, arguments, method).filter(|_| is_instance));
            let client = is_instance.then(|| instance(program, id, *callee)).flatten();
            found.extend(made.map(|made| Call { client, ..made }));
        }
    }
    found
}

/// Which instance a method is called of, where it is one.
fn instance(program: &Program, id: ModuleId, callee: ExprId) -> Option<String> {
    let values = program.values(At {
        module: id,
        expr: callee,
    });
    let [Value::Member(of, _)] = values.as_slice() else {
        return None;
    };
    let Value::Result(_, made) = &**of else { return None };
    let module = program.module(made.module);
    let span = module.span(made.expr);
    Some(format!("{}:{}", program.linked(made.module).path, span.start))
}

/// Of an instance, a path without a slash at its head follows the base, too.
fn relative(program: &Program, id: ModuleId, expr: ExprId, arguments: &[ExprId], method: &str) -> Option<Call> {
    let first = arguments.first()?;
    let text = written(
        program,
        At {
            module: id,
            expr: *first,
        },
    )?;
    let is_plain = text.chars().next().is_some_and(|letter| letter.is_ascii_alphanumeric()) && !text.contains(':');
    is_plain.then(|| Call {
        method: Some(method.to_ascii_uppercase()),
        path: format!("/{text}"),
        base: INSTANCE.to_owned(),
        client: None,
        place: program.place(id, &program.module(id).span(expr)),
    })
}

/// Whether an instance's base is an address of somebody else, or of something that is not said to be ours.
fn is_elsewhere(program: &Program, id: ModuleId, callee: ExprId) -> bool {
    let values = program.values(At {
        module: id,
        expr: callee,
    });
    values.iter().any(|value| {
        let Value::Member(of, _) = value else { return false };
        let Value::Result(_, made) = &**of else { return false };
        let module = program.module(made.module);
        let Expr::Call(_, arguments) = module.expr(made.expr) else {
            return true;
        };
        let Some(Expr::Object(properties)) = arguments.first().map(|first| module.expr(*first)) else {
            return !arguments.is_empty();
        };
        let base = properties
            .iter()
            .find(|property| property.key.as_deref() == Some("baseURL"));
        base.is_some_and(|property| {
            let at = At {
                module: made.module,
                expr: property.value,
            };
            match written(program, at) {
                Some(text) if !text.starts_with(HOLE) => path_of_ours(&text).is_none(),
                _ => !is_ours(program, base_of(program, at).unwrap_or(at)),
            }
        })
    })
}

fn call(program: &Program, id: ModuleId, expr: ExprId, arguments: &[ExprId], method: Option<String>) -> Option<Call> {
    let at = At {
        module: id,
        expr: *arguments.first()?,
    };
    let text = written(program, at)?;
    let (base, path, client) = match text.strip_prefix(HOLE) {
        Some(rest) => {
            let base = base_of(program, at).filter(|base| rest.starts_with('/') && is_ours(program, *base))?;
            (shown_base(program, base), rest.to_owned(), variable(program, base))
        }
        None => (host_of(&text), path_of_ours(&text)?, None),
    };
    let found = Call::of(program, At { module: id, expr }, method, path, base)?;
    Some(Call { client, ..found })
}

/// The one variable of the environment that an address begins with.
fn variable(program: &Program, base: At) -> Option<String> {
    let values = program.values(base).into_iter();
    let mut names = values.filter_map(|value| match value {
        Value::Environment(name) => Some(name.to_string()),
        _ => None,
    });
    names.next().filter(|_| names.next().is_none())
}

impl Call {
    /// A request that stands here; `None` where nothing of its path is known, or it is a file of the page itself.
    pub(super) fn of(program: &Program, at: At, method: Option<String>, path: String, base: String) -> Option<Self> {
        let has_words = requested(&path).iter().any(|part| matches!(part, Part::Text(_)));
        let last = path.rsplit('/').next();
        let is_file = last.is_some_and(|last| last.contains('.') && !last.contains(HOLE));
        (has_words && !is_file).then(|| Self {
            method,
            path,
            base,
            client: None,
            place: program.place(at.module, &program.module(at.module).span(at.expr)),
        })
    }
}

/// The head of an address in words.
pub(super) fn shown_base(program: &Program, at: At) -> String {
    let linked = program.linked(at.module);
    let words = linked.document.words(&linked.module.span(at.expr)).to_string();
    words.lines().next().unwrap_or_default().to_owned()
}

/// The host that an address names; nothing where it is the page's own.
fn host_of(text: &str) -> String {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// The path of an address at the page's own origin or on this machine; `None` where it is somebody else's.
pub(super) fn path_of_ours(text: &str) -> Option<String> {
    if text.starts_with('/') && !text.starts_with("//") {
        return Some(text.to_owned());
    }
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.split(':').next().unwrap_or(host);
    matches!(host, "localhost" | "127.0.0.1").then(|| format!("/{path}"))
}

/// Whether the head of an address is called what teams call their own server.
pub(super) fn is_ours(program: &Program, at: At) -> bool {
    const OURS: [&str; 13] = [
        "api",
        "apiurl",
        "apibase",
        "apibaseurl",
        "apihost",
        "apiendpoint",
        "apiroot",
        "baseurl",
        "baseapiurl",
        "backend",
        "backendurl",
        "serverurl",
        "apiserver",
    ];
    const PREFIXES: [&str; 5] = ["vite", "nextpublic", "reactapp", "expopublic", "nuxtpublic"];
    let names = names_of(program, at);
    // What an object was given may be anybody's.
    if names.iter().any(|name| name == "this") {
        return false;
    }
    names.iter().any(|name| {
        let bare = PREFIXES
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix))
            .unwrap_or(name);
        OURS.contains(&bare)
    })
}
