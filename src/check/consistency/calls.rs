//! What the browser's code requests, against the routes of the servers in the repository.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::View;
use crate::check::code::normal_path;
use crate::model::{Cause, Component, Examined, Gap, Needs, Place, Unread};
use crate::program::module::{Expr, ExprId, FunctionId};
use crate::program::{At, ModuleId, Program, Reach, Routes, Side, UseKind, Value};

use super::Tally;
use super::address::{HOLE, Part, answered, fits_behind_a_base, is_catch_all, requested, shown};
use super::written::{base_of, names_of, written};

/// A request.
struct Call {
    method: Option<String>,
    path: String,
    place: Place,
}

pub(super) fn needs(view: &View<'_>) -> Needs {
    Program::needs(view.snapshot)
}

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    let components = &view.snapshot.components;
    let asked = |path: &str| view.component.is_none_or(|component| component.path.as_str() == path);
    let reaches: Vec<Arc<Reach>> = components
        .iter()
        .filter(|component| asked(component.path.as_str()))
        .map(|component| program.reach(component, Side::Browser))
        .collect();
    let routes: Vec<Arc<Routes>> = components.iter().map(|component| program.routes(component)).collect();
    if !routes.iter().any(|routes| routes.has_server) {
        return no_server(&program, components);
    }
    let answers = answers(&routes);
    let gap_in_routes = whole(view, &program, &routes);
    for call in calls(&program, &reaches) {
        let name = shown(&call.path);
        if tally.is_left_out(&name) {
            continue;
        }
        tally.compared += 1;
        if let Some((subject, why)) = unanswered(&call, &name, &answers) {
            match &gap_in_routes {
                Some(unread) => tally.unread(unread.clone()),
                None => tally.gaps.push(Gap::at(call.place, &subject, why)),
            }
        }
    }
    tally.examined(
        "request",
        "of the browser's code has its route",
        "the browser's code requests nothing of a server here, as far as it is followed",
    )
}

/// Where there is no server that is followed.
fn no_server(program: &Program, components: &[Component]) -> Examined {
    let mut each = components.iter();
    if let Some(made) = each.find_map(|component| program.foreign_server(component)) {
        return Examined::unknown(made.unread());
    }
    match components.iter().find(|component| is_another(&component.kinds)) {
        Some(other) => Examined::unknown(foreign(other.path.as_str())),
        None => Examined::not_applicable("there is no server here"),
    }
}

/// The methods and paths that servers answer, without those that answer whatever is requested.
fn answers(routes: &[Arc<Routes>]) -> Vec<(String, Vec<Part>)> {
    routes
        .iter()
        .flat_map(|routes| &routes.routes)
        .filter(|route| route.method.as_ref() != "OPTIONS")
        .filter_map(|route| Some((route.method.to_string(), answered(route.path.as_deref()?))))
        .filter(|(_, answer)| !is_catch_all(answer))
        .collect()
}

/// What is requested where no route answers it, and in which words.
fn unanswered(call: &Call, name: &str, answers: &[(String, Vec<Part>)]) -> Option<(String, String)> {
    let request = requested(&call.path);
    let is_method = |method: &str| method == "*" || call.method.as_deref().is_none_or(|asked| asked == method);
    let mut fitting = answers
        .iter()
        .filter(|(_, answer)| fits_behind_a_base(&request, answer));
    let Some((first, _)) = fitting.clone().next() else {
        let why = format!("`{name}` is requested here, and no server in this repository has a route for it");
        return Some((name.to_owned(), why));
    };
    if fitting.any(|(method, _)| is_method(method)) {
        return None;
    }
    let method = call.method.as_deref().unwrap_or("?");
    let why = format!("`{method} {name}` is requested here, and the server answers `{first}` alone there");
    Some((format!("{method} {name}"), why))
}

fn is_another(kinds: &[String]) -> bool {
    kinds
        .iter()
        .any(|kind| matches!(kind.as_str(), "python" | "go" | "rust"))
}

fn foreign(path: &str) -> Unread {
    let what = format!("the routes of `{path}` are written in a language that is not followed");
    Unread::new(Cause::Unmodelled, what, "attest it")
}

/// Why the servers' routes may be more than those that are known.
fn whole(view: &View<'_>, program: &Program, routes: &[Arc<Routes>]) -> Option<Unread> {
    let components = &view.snapshot.components;
    if let Some(other) = components.iter().find(|component| is_another(&component.kinds)) {
        return Some(foreign(other.path.as_str()));
    }
    let mut pairs = components.iter().zip(routes);
    pairs.find_map(|(component, routes)| unsure(program, component, routes))
}

/// Why a server may have routes that are not known.
pub(super) fn unsure(program: &Program, component: &Component, routes: &Routes) -> Option<Unread> {
    let unmodelled = |what: String| {
        Some(Unread::new(
            Cause::Unmodelled,
            what,
            "write it as a constant, or attest it",
        ))
    };
    if let Some(edge) = routes.edges.first() {
        return unmodelled(format!(
            "the routes of `{}` are not all known: {}",
            component.path, edge.why
        ));
    }
    let is_open = |path: &str| path.contains("{}");
    if routes
        .routes
        .iter()
        .any(|route| route.path.as_deref().is_none_or(is_open))
    {
        return unmodelled(format!(
            "the paths of some routes of `{}` could not be followed",
            component.path
        ));
    }
    if let Some(foreign) = program.foreign_server(component) {
        return Some(foreign.unread());
    }
    if !routes.has_server {
        return None;
    }
    let reach = program.reach(component, Side::Server);
    if let Some(unread) = reach.unread(program, &[]) {
        return Some(unread);
    }
    let edge = reach.open_edge()?;
    unmodelled(format!(
        "the server of `{}` was not followed whole: {}",
        component.path, edge.why
    ))
}

fn calls(program: &Program, reaches: &[Arc<Reach>]) -> Vec<Call> {
    let mut found: Vec<Call> = Vec::new();
    for (id, _) in program.modules() {
        if !reaches.iter().any(|reach| reach.is_loaded(id)) {
            continue;
        }
        let module = program.module(id);
        for index in 0..module.functions.len() {
            let Ok(index) = u32::try_from(index) else { break };
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

fn is_fetch(program: &Program, id: ModuleId, callee: ExprId) -> bool {
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
            .filter(|_| is_request && reaches.iter().any(|reach| reach.is_loaded(id)))
        else {
            continue;
        };
        if let Expr::Call(callee, arguments) = program.module(id).expr(expr)
            && !is_elsewhere(program, id, *callee)
        {
            let is_instance = path.starts_with("create()");
            let made = call(program, id, expr, arguments, Some(method.to_ascii_uppercase()));
            found.extend(made.or_else(|| relative(program, id, expr, arguments, method).filter(|_| is_instance)));
        }
    }
    found
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
    let path = match text.strip_prefix(HOLE) {
        Some(rest) if rest.starts_with('/') && is_ours(program, base_of(program, at)?) => rest.to_owned(),
        Some(_) => return None,
        None => path_of_ours(&text)?,
    };
    let has_words = requested(&path).iter().any(|part| matches!(part, Part::Text(_)));
    // A file of the page itself.
    let is_file = path
        .rsplit('/')
        .next()
        .is_some_and(|last| last.contains('.') && !last.contains(HOLE));
    (has_words && !is_file).then(|| Call {
        method,
        path,
        place: program.place(id, &program.module(id).span(expr)),
    })
}

/// The path of an address at the page's own origin or on this machine; `None` where it is somebody else's.
fn path_of_ours(text: &str) -> Option<String> {
    if text.starts_with('/') && !text.starts_with("//") {
        return Some(text.to_owned());
    }
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.split(':').next().unwrap_or(host);
    matches!(host, "localhost" | "127.0.0.1").then(|| format!("/{path}"))
}

/// Whether the head of an address is called what teams call their own server.
fn is_ours(program: &Program, at: At) -> bool {
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
