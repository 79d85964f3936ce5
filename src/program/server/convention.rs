//! Routes that a framework makes of files and decorators.

use crate::model::{Component, RepoPath};

use super::flatten::normal;
use super::nature::nature;
use super::{Middleware, Route, Routes};
use crate::program::linked::{At, FunctionAt, ModuleId, Program};
use crate::program::module::{ClassMember, ExportName, Expr, ExprId, MemberValue};
use crate::program::reach::Reach;
use crate::program::values::{Literal, Value};

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
/// Nest's decorators of routes.
const DECORATORS: [(&str, &str); 8] = [
    ("Get", "GET"),
    ("Post", "POST"),
    ("Put", "PUT"),
    ("Patch", "PATCH"),
    ("Delete", "DELETE"),
    ("Head", "HEAD"),
    ("Options", "OPTIONS"),
    ("All", "*"),
];

pub(super) fn add(program: &Program, component: &Component, reach: &Reach, routes: &mut Routes) {
    let has = |kind: &str| component.kinds.iter().any(|known| known == kind);
    for (id, linked) in program.modules().filter(|(id, _)| reach.is_loaded(*id)) {
        if has("next")
            && let Some(relative) = linked.path.relative_to(component.folder())
        {
            next(program, id, relative, routes);
        }
        if has("nest") {
            nest(program, id, routes);
        }
    }
}

fn next(program: &Program, id: ModuleId, relative: &str, routes: &mut Routes) {
    let relative = relative.strip_prefix("src/").unwrap_or(relative);
    let path = RepoPath::new(relative);
    let stem = path.file_name().split('.').next().unwrap_or_default();
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
                push(program, id, method, address.clone(), handler, routes);
            }
        }
    } else if let Some(rest) = relative.strip_prefix("pages/api/") {
        let rest = rest.rsplit_once('.').map_or(rest, |(rest, _)| rest);
        let rest = rest.strip_suffix("/index").unwrap_or(rest);
        let handler = program.exported(id, &ExportName::Default);
        push(program, id, "*", normal(&format!("/api/{rest}")), handler, routes);
    }
}

fn push(program: &Program, id: ModuleId, method: &str, path: String, handler: Vec<Value>, routes: &mut Routes) {
    let span = handler.iter().find_map(|value| match value {
        Value::Function(at) if at.module == id => Some(program.module(id).function(at.function).span.clone()),
        _ => None,
    });
    let place = program.place(id, &span.map_or(0..0, |span| span.start..span.start));
    routes.has_server = true;
    routes.routes.push(Route {
        method: method.into(),
        path: Some(path),
        chain: Vec::new(),
        nature: nature(program, &handler),
        handler,
        place,
        shadowed_by: None,
    });
}

fn nest(program: &Program, id: ModuleId, routes: &mut Routes) {
    let module = program.module(id);
    for class in &module.classes {
        let Some(prefix) = class
            .decorators
            .iter()
            .find_map(|decorator| decorated(program, id, *decorator, "Controller"))
        else {
            continue;
        };
        routes.has_server = true;
        let guards: Vec<Middleware> = guards(program, id, &class.decorators);
        for member in &class.members {
            member_routes(program, id, member, prefix.as_deref(), &guards, routes);
        }
    }
}

fn member_routes(
    program: &Program,
    id: ModuleId,
    member: &ClassMember,
    prefix: Option<&str>,
    guards_before: &[Middleware],
    routes: &mut Routes,
) {
    let MemberValue::Method(function) = member.value else {
        return;
    };
    for decorator in &member.decorators {
        for (name, method) in DECORATORS {
            let Some(path) = decorated(program, id, *decorator, name) else {
                continue;
            };
            let path = match (prefix, path) {
                (Some(prefix), Some(path)) => Some(normal(&format!("{prefix}/{path}"))),
                _ => None,
            };
            let handler = vec![Value::Function(FunctionAt { module: id, function })];
            let mut chain = guards_before.to_vec();
            chain.extend(guards(program, id, &member.decorators));
            routes.routes.push(Route {
                method: method.into(),
                path,
                chain,
                nature: nature(program, &handler),
                handler,
                place: program.place(id, &member.span),
                shadowed_by: None,
            });
        }
    }
}

/// The path that a decorator of Nest's gives, if it is this one: the inner `None` where it could not be followed.
fn decorated(program: &Program, id: ModuleId, decorator: ExprId, name: &str) -> Option<Option<String>> {
    let module = program.module(id);
    let Expr::Call(callee, arguments) = module.expr(decorator) else {
        return None;
    };
    let at = |expr: ExprId| At { module: id, expr };
    let is_this = program.values(at(*callee)).iter().any(
        |value| matches!(value, Value::Package(package, path) if package.as_ref() == "@nestjs/common" && path.len() == 1 && path[0].as_ref() == name),
    );
    if !is_this {
        return None;
    }
    let Some(first) = arguments.first() else {
        return Some(Some(String::new()));
    };
    match program.values(at(*first)).as_slice() {
        [Value::Literal(Literal::Text(text))] => Some(Some(text.to_string())),
        _ => Some(None),
    }
}

/// What `@UseGuards(…)` puts before a handler.
fn guards(program: &Program, id: ModuleId, decorators: &[ExprId]) -> Vec<Middleware> {
    let module = program.module(id);
    let mut found = Vec::new();
    for decorator in decorators {
        let Expr::Call(callee, arguments) = module.expr(*decorator) else {
            continue;
        };
        let is_guard = program.values(At { module: id, expr: *callee }).iter().any(|value| {
            matches!(value, Value::Package(_, path) if path.last().is_some_and(|name| matches!(name.as_ref(), "UseGuards" | "Throttle" | "UsePipes" | "UseInterceptors")))
        });
        if !is_guard {
            continue;
        }
        let place = program.place(id, &module.span(*decorator));
        for argument in arguments {
            found.push(Middleware {
                values: program.values(At {
                    module: id,
                    expr: *argument,
                }),
                place: place.clone(),
                doubt: None,
            });
        }
    }
    found
}
