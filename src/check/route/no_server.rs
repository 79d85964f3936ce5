//! Where no server was found: whether there is none.

use std::sync::Arc;

use crate::artifact::in_folder;
use crate::check::View;
use crate::check::code::is_for_browsers;
use crate::model::{Cause, Class, Component, Examined, RepoPath, Unread};
use crate::program::{Language, Program, Reach, Routes, Target};

/// Kinds of components that serve.
const SERVERS: [&str; 8] = ["express", "fastify", "koa", "nest", "hapi", "hono", "apollo", "next"];

/// A component that depends on a framework has a server somewhere; one that does not has none.
pub(super) fn no_server(
    view: &View<'_>,
    components: &[&Component],
    (all, reaches): (&[Arc<Routes>], &[Arc<Reach>]),
    program: &Program,
) -> Examined {
    if let Some(foreign) = components
        .iter()
        .find_map(|component| program.foreign_server(component))
    {
        return Examined::unknown(foreign.unread());
    }
    if components.iter().all(|component| servers(component).is_empty()) {
        return match components
            .iter()
            .find_map(|component| function_of_a_host(view, component))
        {
            Some(path) => {
                let what = format!("what a host runs as functions (`{path}`) is not looked into");
                Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest it"))
            }
            None => Examined::not_applicable("there is no server here"),
        };
    }
    let serving = components.iter().zip(all);
    let mut serving = serving.filter(|(component, routes)| !servers(component).is_empty() && !routes.is_exported);
    if serving.clone().next().is_none() {
        return Examined::not_applicable("the pages here are written to files when they are built");
    }
    if serving.all(|(component, _)| serves_pages_alone(view, component, program)) {
        return Examined::not_applicable("the pages here have no route beside them");
    }
    if is_all_for_browsers(components, program) {
        return Examined::not_applicable("all of this is for browsers, and nothing makes a server");
    }
    if let Some(reach) = reaches.iter().find(|reach| !reach.has_entry()) {
        return Examined::unknown(reach.nowhere());
    }
    if let Some(unread) = reaches.iter().find_map(|reach| reach.unread(program, &[])) {
        return Examined::unknown(unread);
    }
    let what = "no route of this server could be followed";
    Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest it"))
}

/// Whether no component has more than what browsers load.
pub(super) fn is_all_for_browsers(components: &[&Component], program: &Program) -> bool {
    components
        .iter()
        .all(|component| is_for_browsers(program, component, |_| false))
}

fn servers(component: &Component) -> Vec<&'static str> {
    let is_kind = |name: &&str| component.kinds.iter().any(|kind| kind == name);
    SERVERS.into_iter().filter(is_kind).collect()
}

/// A file that a host runs for requests, without a server that the code starts: its folder is fixed by the host.
/// <https://supabase.com/docs/guides/functions/quickstart>, <https://vercel.com/docs/functions>,
/// <https://docs.netlify.com/build/functions/get-started>, <https://firebase.google.com/docs/functions/organize-functions>,
/// <https://learn.microsoft.com/azure/azure-functions/functions-reference-node>
fn function_of_a_host(view: &View<'_>, component: &Component) -> Option<RepoPath> {
    let tree = view.tree();
    let folder = component.folder();
    let has = |name: &str| tree.get(&in_folder(folder, name)).is_some();
    let (is_vercel, is_azure) = (has("vercel.json"), has("host.json"));
    let is_firebase = tree.get(&in_folder(parent(folder), "firebase.json")).is_some();
    let is_function = |path: &str| {
        let below = |start: &str| path.strip_prefix(start).is_some_and(|rest| !rest.starts_with('_'));
        below("supabase/functions/") && path.ends_with("/index.ts")
            || below("netlify/functions/")
            || is_vercel && below("api/")
            || is_azure && (below("src/functions/") || path.ends_with("/function.json"))
            || is_firebase && folder.ends_with("functions") && matches!(path, "src/index.ts" | "index.js" | "index.ts")
    };
    let own = tree.below(folder).filter(|(path, entry)| {
        let is_code = Language::of(path.as_str()).is_some() || path.file_name() == "function.json";
        entry.is_file() && is_code && tree.class(path.as_str()) == Class::Source
    });
    own.map(|(path, _)| path)
        .find(|path| path.relative_to(folder).is_some_and(is_function))
        .cloned()
}

fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Whether all that a component serves are pages of Next.js: its routes are files with fixed names, and there is none.
/// <https://nextjs.org/docs/app/api-reference/file-conventions/route>
fn serves_pages_alone(view: &View<'_>, component: &Component, program: &Program) -> bool {
    let tree = view.tree();
    if servers(component) != ["next"] || tree.truncation().is_some() {
        return false;
    }
    let is_route = |path: &str| {
        let is_within = |folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
        let name = path.rsplit('/').next().unwrap_or(path);
        name.starts_with("route.") && is_within("app/") || is_within("pages/api/")
    };
    let own = |path: &crate::model::RepoPath| path.is_within(component.folder());
    let has_route = tree
        .iter()
        .filter(|(path, _)| own(path))
        .any(|(path, _)| path.relative_to(component.folder()).is_some_and(is_route));
    // A server of its own around the pages may answer anything.
    let makes_server = program
        .modules()
        .filter(|(_, linked)| own(&linked.path))
        .any(|(_, linked)| {
            linked.targets.iter().any(
                |target| matches!(target, Target::Builtin(name) if matches!(name.as_ref(), "http" | "https" | "http2")),
            )
        });
    !has_route && !makes_server
}
