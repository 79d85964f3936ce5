//! What Next.js serves: route handlers and functions below `pages/api`, by their places.

mod catching;
mod matcher;
mod method;

use crate::model::{Component, Place, RepoPath};

use super::collect::Collected;
use super::flatten::normal;
use super::nature::nature;
use super::{Middleware, Parts, Route, Routes};
use crate::program::linked::{At, ModuleId, Program, Target};
use crate::program::module::{ExportName, Expr, ExprId};
use crate::program::reach::Edge;
use crate::program::values::{Literal, Value};
use catching::{Catch, catch};
use matcher::Matcher;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// One application.
struct Next<'a> {
    program: &'a Program,
    collected: &'a Collected,
    /// What runs before the routes, and before which.
    before: Vec<(Middleware, Matcher)>,
}

/// A route handler's file.
struct File<'a> {
    id: ModuleId,
    /// Its folder's path as an address, with the names in brackets.
    address: &'a str,
    /// What else a request passes through.
    own: Option<Middleware>,
}

pub(super) fn add(
    program: &Program,
    component: &Component,
    loaded: &[ModuleId],
    collected: &Collected,
    routes: &mut Routes,
) {
    let files: Vec<(ModuleId, &str)> = loaded
        .iter()
        .filter_map(|id| Some((*id, program.linked(*id).path.relative_to(component.folder())?)))
        .collect();
    if !routes.has_server && files.iter().any(|(id, path)| is_exporting(program, *id, path)) {
        routes.is_exported = true;
        return;
    }
    let before = middleware(program, &files);
    routes.is_of_files = !routes.has_server && is_of_files(program, component, loaded);
    for route in &mut routes.routes {
        // What a router of another framework serves here stands behind it, too.
        let passed = before.iter().map(|(one, _)| {
            let mut one = one.clone();
            one.doubt = one
                .doubt
                .or(Some("whether it stands before this router is not followed"));
            one
        });
        route.chain.splice(0..0, passed);
    }
    let next = Next {
        program,
        collected,
        before,
    };
    for (id, relative) in files {
        next.file(id, relative, routes);
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

/// Whether a module is the configuration, and says that everything is written to files: `output: "export"`, whatever
/// else depends on something (<https://nextjs.org/docs/app/guides/static-exports>).
fn is_exporting(program: &Program, id: ModuleId, relative: &str) -> bool {
    if !relative.starts_with("next.config.") {
        return false;
    }
    let module = program.module(id);
    let mut chosen = std::collections::BTreeSet::new();
    let mut choose = |expr: ExprId| module.each_part(expr, &mut |part| chosen.extend([part]));
    for (expr, _) in &module.expressions {
        match expr {
            Expr::Conditional(_, yes, no) => {
                choose(*yes);
                choose(*no);
            }
            Expr::Logical(_, _, right) => choose(*right),
            _ => {}
        }
    }
    let all = (0_u32..).map(ExprId).zip(&module.expressions);
    let mut objects = all.filter_map(|(at, (expr, _))| match expr {
        Expr::Object(properties) if !chosen.contains(&at) => Some(properties),
        _ => None,
    });
    objects.any(|properties| {
        properties.iter().any(|property| {
            property.key.as_deref() == Some("output")
                && matches!(module.expr(property.value), Expr::Text(text) if text.as_ref() == "export")
        })
    })
}

/// What Next.js runs before every route: `middleware.ts` beside `app` or `pages`, `proxy.ts` in later versions.
fn middleware(program: &Program, files: &[(ModuleId, &str)]) -> Vec<(Middleware, Matcher)> {
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
        let middleware = Middleware {
            values,
            place: program.place(id, &(0..0)),
            doubt: None,
        };
        (middleware, Matcher::of(program, id))
    });
    each.collect()
}

impl Next<'_> {
    fn file(&self, id: ModuleId, relative: &str, routes: &mut Routes) {
        let program = self.program;
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
            let file = File {
                id,
                address: folder,
                own: None,
            };
            for method in METHODS {
                let name = ExportName::Named(method.into());
                let exports = &program.module(id).exports;
                let is_named = exports.iter().any(|export| export.name == name);
                let handler = match is_named || exports.iter().any(|export| export.name == ExportName::Star) {
                    true => program.exported(id, &name),
                    false => continue,
                };
                // All that another module gives may hold it, too.
                let is_there = handler
                    .iter()
                    .any(|value| !matches!(value, Value::Unknown(_) | Value::Literal(_)));
                if is_named || is_there {
                    self.serve(&file, method, handler, routes);
                }
            }
        } else if let Some(rest) = relative.strip_prefix("pages/api/") {
            let rest = rest.rsplit_once('.').map_or(rest, |(rest, _)| rest);
            let rest = rest.strip_suffix("/index").unwrap_or(rest);
            let handler = program.exported(id, &ExportName::Default);
            let file = File {
                id,
                address: &format!("api/{rest}"),
                own: self.parser(id),
            };
            for method in method::answered(program, &handler) {
                self.serve(&file, method, handler.clone(), routes);
            }
        }
    }

    /// The parser of bodies that stands before functions below `pages/api`, unless they say that there is none:
    /// `export const config = { api: { bodyParser: false } }`.
    fn parser(&self, id: ModuleId) -> Option<Middleware> {
        let program = self.program;
        let named = ExportName::Named("config".into());
        let has_config = program.module(id).exports.iter().any(|export| export.name == named);
        let config = if has_config {
            program.exported(id, &named)
        } else {
            Vec::new()
        };
        let setting = property(program, &config, "api").map(|api| property(program, &api, "bodyParser"));
        let is_known = config.iter().all(|value| matches!(value, Value::Object(_)));
        let doubt = match setting.flatten().as_deref() {
            Some([Value::Literal(Literal::Bool(false))]) => return None,
            Some([Value::Object(_) | Value::Literal(_)]) => None,
            None if is_known => None,
            _ => Some("whether it is switched off is not followed"),
        };
        Some(Middleware {
            values: vec![Value::Package("next".into(), ["bodyParser".into()].into())],
            place: program.place(id, &(0..0)),
            doubt,
        })
    }

    fn serve(&self, file: &File<'_>, method: &str, handler: Vec<Value>, routes: &mut Routes) {
        // Groups `(x)` and slots `@x` are not part of the address.
        let parts = file.address.split('/');
        let parts = parts.filter(|part| !part.is_empty() && !part.starts_with('(') && !part.starts_with('@'));
        let parts: Vec<&str> = parts.collect();
        let caught = parts.iter().position(|part| is_catching(part));
        let mut path = normal(&parts[..caught.unwrap_or(parts.len())].join("/"));
        if caught.is_some() {
            let rest = match catch(self.program, self.collected, &path, &handler) {
                // Its routes are known by their own paths.
                Catch::Followed => {
                    routes.has_server = true;
                    return;
                }
                Catch::Own => "*",
                Catch::Any => "{}",
            };
            path = format!("{}/{rest}", path.trim_end_matches('/'));
        }
        let before = self.before.iter().filter_map(|(one, matcher)| {
            let mut one = one.clone();
            match matcher.covers(&path) {
                Some(true) => {}
                Some(false) => return None,
                None => one.doubt = Some("whether its `matcher` covers this path is not followed"),
            }
            Some(one)
        });
        let chain = before.chain(file.own.clone()).collect();
        self.push(file.id, method, path, handler, chain, routes);
    }

    fn push(
        &self,
        id: ModuleId,
        method: &str,
        path: String,
        handler: Vec<Value>,
        chain: Vec<Middleware>,
        routes: &mut Routes,
    ) {
        let program = self.program;
        let span = handler.iter().find_map(|value| match value {
            Value::Function(at) if at.module == id => Some(program.module(id).function(at.function).span.clone()),
            _ => None,
        });
        let place: Place = program.place(id, &span.map_or(0..0, |span| span.start..span.start));
        routes.has_server = true;
        routes.routes.push(Route {
            method: method.into(),
            path: Some(path),
            chain,
            answering: Vec::new(),
            nature: nature(program, &handler),
            handler,
            place,
            shadowed_by: None,
            parts: Parts::default(),
        });
    }
}

/// `[...rest]`, `[[...rest]]`.
fn is_catching(part: &str) -> bool {
    part.starts_with("[...") || part.starts_with("[[...")
}

/// What the one object that values are holds under a key.
fn property(program: &Program, values: &[Value], key: &str) -> Option<Vec<Value>> {
    let [Value::Object(at)] = values else { return None };
    let Expr::Object(properties) = program.module(at.module).expr(at.expr) else {
        return None;
    };
    let property = properties
        .iter()
        .find(|property| property.key.as_deref() == Some(key))?;
    Some(program.values(At {
        module: at.module,
        expr: property.value,
    }))
}
