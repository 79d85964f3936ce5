//! What Nest's decorators say of a class or a method: its paths, its guards, and whether a guard may leave it out.

use std::sync::Arc;

use super::collect::root;
use super::{Middleware, Paths};
use crate::program::linked::{At, ModuleId, Program};
use crate::program::module::{Expr, ExprId};
use crate::program::values::{Literal, Value, path_of};

/// Something by which a guard may know that it is not meant.
pub(super) enum Leaving {
    /// `@SkipThrottle()`: its package's guards know it.
    Of(Arc<str>),
    /// `@Public()` of `SetMetadata("public", true)`: guards of the program may ask for it, those of packages don't.
    Own,
    /// It may be made of others: `applyDecorators(…)`.
    Unknown,
}

/// What may leave a class or a method out.
pub(super) fn leaving(program: &Program, id: ModuleId, decorators: &[ExprId]) -> Vec<Leaving> {
    const STARTS: [&str; 6] = ["Skip", "Public", "No", "Allow", "Bypass", "Exclude"];
    let module = program.module(id);
    let named = decorators.iter().filter(|decorator| {
        let callee = match module.expr(**decorator) {
            Expr::Call(callee, _) => *callee,
            _ => **decorator,
        };
        let name = match module.expr(callee) {
            Expr::Name(name) => &module.binding(*name).name,
            Expr::Member(_, name) => name,
            _ => return false,
        };
        STARTS.iter().any(|start| name.starts_with(start))
    });
    let each = named.map(|decorator| {
        match program
            .values(At {
                module: id,
                expr: *decorator,
            })
            .as_slice()
        {
            [one] => kind_of(one),
            _ => Leaving::Unknown,
        }
    });
    each.collect()
}

fn kind_of(decorator: &Value) -> Leaving {
    match path_of(decorator) {
        Some((package, path)) if package.as_ref() == "@nestjs/common" => match path.starts_with("SetMetadata") {
            true => Leaving::Own,
            false => Leaving::Unknown,
        },
        Some((package, _)) if package.as_ref() == "@nestjs/core" => Leaving::Own,
        Some((package, _)) => Leaving::Of(package),
        None => Leaving::Unknown,
    }
}

/// Whether what stands before a handler may heed what leaves it out. A package's own guard knows the decorators of its
/// package alone; one of the program's may know any.
pub(super) fn may_heed(guard: &Middleware, leaving: &[Leaving]) -> bool {
    let of_packages: Option<Vec<Arc<str>>> = guard
        .values
        .iter()
        .map(|value| path_of(value).map(|(package, _)| package))
        .collect();
    leaving.iter().any(|one| match (&of_packages, one) {
        (None, _) | (Some(_), Leaving::Unknown) => true,
        (Some(guards), Leaving::Of(package)) => guards.is_empty() || guards.contains(package),
        (Some(guards), Leaving::Own) => guards.is_empty(),
    })
}

/// The paths that a decorator of Nest's gives, if it is this one: `None` for one that could not be followed.
pub(super) fn decorated(program: &Program, id: ModuleId, decorator: ExprId, name: &str) -> Option<Paths> {
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
        return Some(root());
    };
    // `@Controller({ path: "users" })`; a version may be a part of the path.
    let first = match module.expr(*first) {
        Expr::Object(properties) => {
            let find = |key: &str| properties.iter().find(|property| property.key.as_deref() == Some(key));
            match (find("path"), find("version")) {
                (Some(path), None) => path.value,
                (None, None) => return Some(root()),
                (_, Some(_)) => return Some(vec![None]),
            }
        }
        _ => *first,
    };
    // `@Get(["live", "alive"])`.
    let each = match program.values(at(first)).as_slice() {
        [Value::List(list)] => match program.module(list.module).expr(list.expr) {
            Expr::List(items) if !items.is_empty() => items
                .iter()
                .map(|expr| At {
                    module: list.module,
                    expr: *expr,
                })
                .collect(),
            _ => vec![at(first)],
        },
        _ => vec![at(first)],
    };
    let text = |at: At| match program.values(at).as_slice() {
        [Value::Literal(Literal::Text(text))] => Some(text.to_string()),
        _ => None,
    };
    Some(each.into_iter().map(text).collect())
}

/// What `@UseGuards(…)` puts before a handler.
pub(super) fn guards(program: &Program, id: ModuleId, decorators: &[ExprId]) -> Vec<Middleware> {
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
