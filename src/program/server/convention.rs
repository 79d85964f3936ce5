//! Routes that a framework makes of files.

use crate::model::{Component, RepoPath};

use super::flatten::normal;
use super::nature::nature;
use super::nest::{self, Nest};
use super::{Middleware, Route, Routes};
use crate::program::linked::{ModuleId, Program, Target};
use crate::program::module::ExportName;
use crate::program::reach::{Edge, Reach};
use crate::program::values::Value;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

pub(super) fn add(program: &Program, component: &Component, reach: &Reach, nest: &Nest, routes: &mut Routes) {
    let has = |kind: &str| component.kinds.iter().any(|known| known == kind);
    let loaded: Vec<ModuleId> = program
        .modules()
        .map(|(id, _)| id)
        .filter(|id| reach.is_loaded(*id))
        .collect();
    if has("next") {
        let files = loaded.iter().filter_map(|id| {
            let relative = program.linked(*id).path.relative_to(component.folder())?;
            Some((*id, relative))
        });
        let files: Vec<(ModuleId, &str)> = files.collect();
        let before = middleware(program, &files);
        routes.is_of_files = !routes.has_server && is_of_files(program, component, &loaded);
        for (id, relative) in files {
            next(program, id, relative, &before, routes);
        }
    }
    if has("nest") {
        nest::add(program, &loaded, nest, routes);
    }
}

/// Whether the files of Next.js are all that serves: no other framework is there, and nothing that makes a server.
fn is_of_files(program: &Program, component: &Component, loaded: &[ModuleId]) -> bool {
    const OTHERS: [&str; 7] = ["express", "fastify", "koa", "nest", "hapi", "hono", "apollo"];
    let makes_server = |target: &Target| match target {
        Target::Builtin(name) => matches!(name.as_ref(), "http" | "https" | "http2" | "net"),
        _ => false,
    };
    let mut targets = loaded.iter().flat_map(|id| &program.linked(*id).targets);
    !component.kinds.iter().any(|kind| OTHERS.contains(&kind.as_str())) && !targets.any(makes_server)
}

/// What Next.js runs before every route: `middleware.ts` beside `app` or `pages`, `proxy.ts` in later versions.
fn middleware(program: &Program, files: &[(ModuleId, &str)]) -> Vec<Middleware> {
    let is_inner = files
        .iter()
        .any(|(_, path)| path.starts_with("src/app/") || path.starts_with("src/pages/"));
    let named = files.iter().filter_map(|(id, path)| {
        let path = if is_inner { path.strip_prefix("src/")? } else { path };
        let (name, _) = path.split_once('.').filter(|(name, _)| !name.contains('/'))?;
        matches!(name, "middleware" | "proxy").then_some((*id, name))
    });
    let each = named.map(|(id, name)| {
        let mut values = program.exported(id, &ExportName::Named(name.into()));
        values.extend(program.exported(id, &ExportName::Default));
        values.retain(|value| matches!(value, Value::Function(_) | Value::Result(..) | Value::Package(..)));
        let exports = &program.module(id).exports;
        let has_matcher = exports
            .iter()
            .any(|export| export.name == ExportName::Named("config".into()));
        Middleware {
            values,
            place: program.place(id, &(0..0)),
            doubt: has_matcher.then_some("whether its `matcher` covers this path is not followed"),
        }
    });
    each.collect()
}

fn next(program: &Program, id: ModuleId, relative: &str, before: &[Middleware], routes: &mut Routes) {
    let relative = relative.strip_prefix("src/").unwrap_or(relative);
    let path = RepoPath::new(relative);
    let stem = path.file_name().split('.').next().unwrap_or_default();
    let is_route = path.parent().starts_with("app") && stem == "route" || relative.starts_with("pages/api/");
    if let Some(why) = program.module(id).unread.as_ref().filter(|_| is_route) {
        // Which methods it answers is not known.
        let place = program.place(id, &(0..0));
        let why = format!("`{}` could not be followed: {why}", program.linked(id).path);
        routes.edges.push(Edge { place, why });
    }
    if let Some(folder) = path.parent().strip_prefix("app").filter(|_| stem == "route") {
        // Groups `(x)` and slots `@x` are not part of the address.
        let parts = folder
            .split('/')
            .filter(|part| !part.starts_with('(') && !part.starts_with('@'));
        let address = normal(&parts.collect::<Vec<_>>().join("/"));
        for method in METHODS {
            let has = program
                .module(id)
                .exports
                .iter()
                .any(|export| export.name == ExportName::Named(method.into()));
            if has {
                let handler = program.exported(id, &ExportName::Named(method.into()));
                push(program, id, method, address.clone(), handler, before, routes);
            }
        }
    } else if let Some(rest) = relative.strip_prefix("pages/api/") {
        let rest = rest.rsplit_once('.').map_or(rest, |(rest, _)| rest);
        let rest = rest.strip_suffix("/index").unwrap_or(rest);
        let handler = program.exported(id, &ExportName::Default);
        push(
            program,
            id,
            "*",
            normal(&format!("/api/{rest}")),
            handler,
            before,
            routes,
        );
    }
}

fn push(
    program: &Program,
    id: ModuleId,
    method: &str,
    path: String,
    handler: Vec<Value>,
    before: &[Middleware],
    routes: &mut Routes,
) {
    let span = handler.iter().find_map(|value| match value {
        Value::Function(at) if at.module == id => Some(program.module(id).function(at.function).span.clone()),
        _ => None,
    });
    let place = program.place(id, &span.map_or(0..0, |span| span.start..span.start));
    routes.has_server = true;
    routes.routes.push(Route {
        method: method.into(),
        path: Some(path),
        chain: before.to_vec(),
        nature: nature(program, &handler),
        handler,
        place,
        shadowed_by: None,
    });
}
