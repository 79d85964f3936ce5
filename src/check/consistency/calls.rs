//! What the browser's code requests, against the routes of the servers in the repository.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::artifact::declared;
use crate::check::View;
use crate::model::{Cause, Class, Component, Examined, Gap, Needs, Place, RepoPath, Unread};
use crate::program::{Program, Reach, Routes, Side};

use super::Tally;
use super::address::{Part, answered, fits, fits_behind_a_base, is_catch_all, requested, shown};
use super::developed::{developed, is_answered_in};
use super::forwarding::forwarded;
use super::one_base::{Client, may_be_led};
use super::pages::{Pages, pages};
use super::requests::{Call, calls};

/// What is known of the requests to one address.
#[derive(Default)]
struct Asked {
    compared: usize,
    /// How many of them ask for a path that is not there.
    paths: usize,
    gaps: Vec<Gap>,
    open: Option<Unread>,
}

/// What a server answers.
pub(super) struct Answer {
    /// Which of the components.
    pub(super) server: usize,
    /// The method; `*` for any.
    pub(super) method: String,
    pub(super) path: Vec<Part>,
}

/// What a request does not find.
enum Lack {
    /// A route, and why.
    Path(String),
    /// A route of its method: the request in words, and why.
    Method(String, String),
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
    let pages: Vec<Pages> = components
        .iter()
        .filter_map(|component| pages(view.snapshot, &program, component))
        .collect();
    let gap_in_routes = whole(view, &program, &routes);
    let mut open = pages.iter().filter_map(|pages| pages.open.as_deref());
    let led_elsewhere = open.find(|open| open.contains("rewrites"));
    let mut bases: BTreeMap<(String, bool), Asked> = BTreeMap::new();
    let mut clients: BTreeMap<String, Client> = BTreeMap::new();
    let developed = LazyCell::new(|| developed(&program));
    let direct = calls(&program, &reaches);
    let seen: BTreeSet<Place> = direct.iter().map(|call| call.place.clone()).collect();
    let through = forwarded(&program, &reaches).into_iter();
    let through = through.filter(|found| !seen.contains(&found.call.place));
    let through: Vec<(Call, bool)> = through.map(|found| (found.call, found.is_sure)).collect();
    for (call, is_sure) in direct.into_iter().map(|call| (call, true)).chain(through) {
        let name = shown(&call.path);
        if tally.is_left_out(&name) || is_for_the_server(&call) {
            continue;
        }
        let lack = unanswered(&call, &name, &answers).filter(|_| !is_page(&call, &pages));
        // Whether a page asks for it in production, too, is not known.
        if lack.is_some() && is_answered_in(&developed, &call) {
            continue;
        }
        let base = bases.entry((call.base.clone(), is_sure)).or_default();
        base.compared += 1;
        if let Some(client) = call.client.as_ref().filter(|_| lack.is_none()) {
            clients.entry(client.clone()).or_default().note(&call, &answers);
        }
        match lack {
            Some(Lack::Method(subject, why)) => base.gaps.push(Gap::at(call.place, &subject, why)),
            // What is rewritten may be answered anywhere.
            Some(Lack::Path(why)) => match led_elsewhere.filter(|_| call.base.is_empty()) {
                Some(open) => {
                    let what = format!("{why}, and {open}");
                    base.open
                        .get_or_insert(Unread::new(Cause::Unmodelled, what, "attest it"));
                }
                None => {
                    base.paths += 1;
                    base.gaps.push(Gap::at(call.place, &name, why));
                }
            },
            None => {}
        }
    }
    for ((base, is_sure), found) in bases {
        // What nobody says to be ours is somebody else's where hardly anything of it is answered here.
        if !is_sure && (found.paths * 3 > found.compared || found.compared < 3 || found.open.is_some()) {
            continue;
        }
        tally.compared += found.compared;
        if let Some(open) = found.open {
            tally.unread(gap_in_routes.clone().unwrap_or(open));
        }
        let Some(first) = found.gaps.first() else { continue };
        match &gap_in_routes {
            Some(unread) => tally.unread(unread.clone()),
            // An address at which hardly anything is answered may be another server's.
            None if found.paths * 2 > found.compared => {
                let what = format!(
                    "whether what is requested {} is a server of this repository is not known: {}",
                    at_base(&base),
                    first.message
                );
                tally.unread(Unread::new(Cause::Unmodelled, what, "attest it"));
            }
            None => tally.gaps.extend(found.gaps),
        }
    }
    let lost: Vec<Gap> = clients.into_values().flat_map(Client::lost).collect();
    if !lost.is_empty() && led_elsewhere.is_none() && gap_in_routes.is_none() && !may_be_led(view, &program, &reaches) {
        tally.gaps.extend(lost);
    }
    tally.gaps.sort_by(|left, right| left.place.cmp(&right.place));
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

/// Whether a request asks for what servers and frameworks answer by themselves.
fn is_for_the_server(call: &Call) -> bool {
    call.method
        .as_deref()
        .is_some_and(|method| matches!(method, "OPTIONS" | "HEAD"))
}

/// Whether what is requested is a page.
fn is_page(call: &Call, pages: &[Pages]) -> bool {
    let is_read = call.method.as_deref().is_none_or(|method| method == "GET");
    let request = requested(&call.path);
    let mut answers = pages.iter().flat_map(|pages| &pages.answers);
    let is_of_api = matches!(request.first(), Some(Part::Text(first)) if first == "api");
    call.base.is_empty() && is_read && !is_of_api && answers.any(|answer| fits(&request, answer))
}

fn at_base(base: &str) -> String {
    match base {
        "" => "at the page's own origin".to_owned(),
        base => format!("at `{base}`"),
    }
}

/// The methods and paths that servers answer, without those that answer whatever is requested.
fn answers(routes: &[Arc<Routes>]) -> Vec<Answer> {
    let each = routes.iter().enumerate();
    each.flat_map(|(server, routes)| routes.routes.iter().map(move |route| (server, route)))
        .filter(|(_, route)| route.method.as_ref() != "OPTIONS")
        .filter_map(|(server, route)| {
            Some(Answer {
                server,
                method: route.method.to_string(),
                path: answered(route.path.as_deref()?),
            })
        })
        .filter(|answer| !is_catch_all(&answer.path))
        .collect()
}

/// What a request does not find, where no route answers it.
fn unanswered(call: &Call, name: &str, answers: &[Answer]) -> Option<Lack> {
    let request = requested(&call.path);
    let is_method = |method: &str| method == "*" || call.method.as_deref().is_none_or(|asked| asked == method);
    let mut fitting = answers
        .iter()
        .filter(|answer| fits_behind_a_base(&request, &answer.path));
    let methods: BTreeSet<&str> = fitting.clone().map(|answer| answer.method.as_str()).collect();
    if methods.is_empty() {
        let why = format!("`{name}` is requested here, and no server in this repository has a route for it");
        return Some(Lack::Path(why));
    }
    if fitting.any(|answer| is_method(&answer.method)) {
        return None;
    }
    let method = call.method.as_deref().unwrap_or("?");
    let methods = methods.into_iter().collect::<Vec<_>>().join("` and `");
    let why = format!("`{method} {name}` is requested here, and the server answers only `{methods}` there");
    Some(Lack::Method(format!("{method} {name}"), why))
}

/// Kinds whose routes are not followed: other languages, and frameworks with routes of their own.
fn is_another(kinds: &[String]) -> bool {
    let is_other = |kind: &str| {
        matches!(
            kind,
            "python" | "go" | "rust" | "sveltekit" | "nuxt" | "remix" | "react-router" | "astro" | "solid-start"
        )
    };
    kinds.iter().any(|kind| is_other(kind))
}

/// Whether a component is made with a framework that is no kind of its own, and has routes.
fn has_routes_of_its_own(view: &View<'_>, component: &Component) -> bool {
    const FRAMEWORKS: [&str; 5] = [
        "@react-router/dev",
        "@solidjs/start",
        "@tanstack/react-start",
        "@builder.io/qwik-city",
        "@redwoodjs/core",
    ];
    let known = declared(view.snapshot, component.folder()).into_iter();
    let mut known = known.filter_map(|(_, declared)| declared.ok());
    known.any(|declared| {
        let mut names = declared
            .manifest()
            .dependencies
            .iter()
            .map(|dependency| dependency.name.as_str());
        names.any(|name| FRAMEWORKS.contains(&name))
    })
}

/// A manifest of a server in a language of which not even the manifest is read.
fn is_of_a_server(path: &RepoPath) -> bool {
    matches!(path.file_name(), "composer.json" | "pom.xml" | "config.ru" | "mix.exs")
        || path.extension() == Some("csproj")
}

fn foreign(path: &str) -> Unread {
    let path = if path.is_empty() { "." } else { path };
    let what = format!("the routes of `{path}` are written in a language, or for a framework, that is not followed");
    Unread::new(Cause::Unmodelled, what, "attest it")
}

/// Why the servers' routes may be more than those that are known.
fn whole(view: &View<'_>, program: &Program, routes: &[Arc<Routes>]) -> Option<Unread> {
    let components = &view.snapshot.components;
    if let Some(other) = components.iter().find(|component| is_another(&component.kinds)) {
        return Some(foreign(other.path.as_str()));
    }
    if let Some(other) = components
        .iter()
        .find(|component| has_routes_of_its_own(view, component))
    {
        return Some(foreign(other.path.as_str()));
    }
    let tree = view.tree();
    let mut manifests = tree.those("other servers", |path, entry, class| {
        entry.is_file() && class == Class::Source && is_of_a_server(path)
    });
    if let Some((path, _)) = manifests.pop() {
        return Some(foreign(path.parent()));
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
