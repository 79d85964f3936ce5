//! What asks a server whether it is well, against the routes that it has.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::View;
use crate::check::container::{self, Asked};
use crate::model::{Cause, Class, Component, Examined, Gap, Needs, Place, Read, RepoPath, Unread};
use crate::program::Program;

use super::Tally;
use super::address::{Part, answered, fits, requested};
use super::calls::unsure;
use super::hosts;
use super::pages::{is_told_by, pages};

/// An address of the same machine, and its path.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::[^/\s"'`]+)?(/[^\s"'`|;)&\\]*)"#)
        .expect("the pattern is constant and tested")
});

/// A path in a host's own file: `healthCheckPath: /health` of Render, `"healthcheckPath": "/health"` of Railway.
/// <https://render.com/docs/blueprint-spec>, <https://docs.railway.com/reference/config-as-code>
static PATH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)^\s*"?healthcheckpath"?\s*[:=]\s*["']?(/[^\s"',]*)"#).expect("the pattern is constant and tested")
});

/// The path of a check in Fly's file, in its section.
/// <https://fly.io/docs/reference/configuration/#http_service-checks>
static CHECKED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\s*path\s*=\s*["'](/[^"']*)["']"#).expect("the pattern is constant and tested"));

/// `location = /health {` of nginx.
static LOCATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?m)^\s*location\s+(?:=\s*|\^~\s*)?(/[^\s{]+)").expect("the pattern is constant and tested")
});

/// Words of a path that is asked for nothing else.
const WORDS: [&str; 9] = [
    "health",
    "ready",
    "readiness",
    "live",
    "liveness",
    "ping",
    "alive",
    "heartbeat",
    "status",
];

/// A path that is asked for, where that is said, and the component that is asked, if that is known.
struct Request {
    path: String,
    place: Place,
    folder: Option<String>,
    /// Whether a host asks, which may ask a web server before it.
    is_of_host: bool,
}

pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = Program::needs(view.snapshot);
    needs.unite(container::started_needs(view));
    needs.files.extend(host_files(view));
    needs.files.extend(webservers(view));
    let told = view.tree().iter();
    let told = told.filter(|(path, entry)| entry.is_file() && is_told_by(path.file_name()));
    needs.files.extend(told.map(|(path, _)| path.clone()));
    needs
}

/// The configurations of nginx.
fn webservers(view: &View<'_>) -> Vec<RepoPath> {
    let files = view.tree().those("configurations of nginx", |path, entry, class| {
        let name = path.file_name();
        let is_conf = name.ends_with(".conf") || name.ends_with(".conf.template");
        let is_one = is_conf && (path.as_str().contains("nginx") || name.starts_with("default."));
        entry.is_file() && class == Class::Source && is_one
    });
    files.into_iter().map(|(path, _)| path.clone()).collect()
}

/// The paths to which a web server answers by itself, or hands on: a host that asks for one may ask that server.
fn located(view: &View<'_>) -> Vec<String> {
    let read = |path: RepoPath| view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
    let documents: Vec<_> = webservers(view).into_iter().filter_map(read).collect();
    let texts = documents.iter().filter_map(|document| document.text().ok());
    let paths = texts.flat_map(|text| LOCATION.captures_iter(text).map(|found| found[1].to_owned()));
    paths.collect()
}

/// The files in which hosts are told what to ask for.
fn host_files(view: &View<'_>) -> Vec<RepoPath> {
    let files = view.tree().those("hosts that ask for health", |path, entry, class| {
        let is_one = matches!(
            path.file_name(),
            "render.yaml" | "render.yml" | "railway.json" | "railway.toml" | "fly.toml"
        );
        entry.is_file() && class == Class::Source && is_one
    });
    files.into_iter().map(|(path, _)| path.clone()).collect()
}

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    let located = located(view);
    for request in requests(view) {
        let name = request.path.clone();
        let asked = asked_of(view, &program, &request);
        let is_located =
            request.is_of_host && (request.folder.is_none() || asked.is_empty()) && located.contains(&name);
        if asked.is_empty() && !is_located || tally.is_left_out(&name) {
            continue;
        }
        tally.compared += 1;
        let path = requested(&name);
        let is_served = |component: &&Component| {
            let routes = program.routes(component);
            let mut answers = routes.routes.iter().filter_map(|route| route.path.as_deref());
            answers.any(|answer| fits(&path, &answered(answer)))
        };
        if is_located || asked.iter().any(is_served) {
            continue;
        }
        let mut of_next = asked.iter().filter(|component| is_next(component));
        let shown = of_next.find_map(|component| pages(view.snapshot, &program, component));
        if shown
            .as_ref()
            .is_some_and(|pages| pages.answers.iter().any(|answer| fits(&path, answer)))
        {
            continue;
        }
        let open = shown.and_then(|pages| pages.open).map(|why| {
            let settle = "let the check ask for a route of its own, or attest it";
            Unread::new(
                Cause::Unmodelled,
                format!("whether `{name}` is answered can't be told: {why}"),
                settle,
            )
        });
        let open = open.or_else(|| {
            let mut all = asked.iter();
            all.find_map(|component| unsure(&program, component, &program.routes(component)))
        });
        match open {
            Some(unread) => tally.unread(unread),
            None => {
                let why =
                    format!("`{name}` is asked for here to tell whether the server is well, and it has no such route");
                tally.gaps.push(Gap::at(request.place, &name, why));
            }
        }
    }
    tally.examined(
        "health check",
        "asks for a route that is served",
        "nothing asks a server of this repository whether it is well by a path",
    )
}

/// The servers that a request may be made of.
fn asked_of<'a>(view: &View<'a>, program: &Program, request: &Request) -> Vec<&'a Component> {
    let folder = request.folder.as_deref();
    let components = view.snapshot.components.iter();
    let named = components.filter(|component| folder.is_none_or(|folder| folder == component.folder()));
    // Pages of Next.js answer as well, and are no routes: they are looked at where it is Next.js that is asked.
    let is_asked = |component: &Component| folder.is_some() || !is_next(component) || request.path.starts_with("/api/");
    let serves = |component: &Component| {
        let routes = program.routes(component);
        routes.has_server || routes.is_of_files
    };
    named
        .filter(|component| is_asked(component) && serves(component))
        .collect()
}

fn is_next(component: &Component) -> bool {
    component.kinds.iter().any(|kind| kind == "next")
}

fn requests(view: &View<'_>) -> Vec<Request> {
    let mut found = Vec::new();
    for Asked {
        text, folder, place, ..
    } in container::asked(view)
    {
        found.extend(ADDRESS.captures_iter(&text).map(|captures| Request {
            path: captures[1].to_owned(),
            place: place.clone(),
            folder: Some(folder.clone()),
            is_of_host: false,
        }));
    }
    for path in host_files(view) {
        let Read::Here(document) = view.snapshot.read(path.as_str()) else {
            continue;
        };
        let of_render = match path.file_name().starts_with("render.") {
            true => hosts::of_render(view, &document),
            false => Vec::new(),
        };
        let is_fly = path.file_name() == "fly.toml";
        let mut is_check = false;
        for (index, line) in document.text().unwrap_or_default().lines().enumerate() {
            if line.trim_start().starts_with('[') {
                is_check = line.contains("checks");
            }
            let pattern = if is_fly { &CHECKED } else { &PATH };
            if let Some(captures) = pattern.captures(line).filter(|_| !is_fly || is_check) {
                let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
                let told = of_render
                    .iter()
                    .find(|told| told.line == line && told.path == captures[1]);
                let folder = told.and_then(|told| told.folder.clone());
                found.push(Request {
                    path: captures[1].to_owned(),
                    place: Place::line(&path, line),
                    folder: folder.or_else(|| hosts::beside(view, &path)),
                    is_of_host: true,
                });
            }
        }
    }
    found.retain(|request| is_of_health(&request.path));
    found
}

/// Whether a path is asked for to tell whether a server is well; any other may be a page.
fn is_of_health(path: &str) -> bool {
    let parts = requested(path);
    let is_one = |part: &Part| match part {
        Part::Text(text) | Part::Exact(text) => text
            .to_ascii_lowercase()
            .split(['-', '_', '.'])
            .any(|word| WORDS.iter().any(|known| word.trim_end_matches('z').starts_with(known))),
        Part::Starts(_) | Part::Any | Part::Rest => false,
    };
    !path.contains('$') && parts.iter().any(is_one)
}
