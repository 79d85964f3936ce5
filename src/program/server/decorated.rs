//! What Nest's decorators say of a class or a method: its paths, its guards, and whether a guard may leave it out.

use std::sync::Arc;

use super::collect::root;
use super::nest::is_common;
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

/// The first argument of a decorator of Nest's, if it is this one and called; the inner `None` where it has none.
pub(super) fn argument_of(program: &Program, id: ModuleId, decorator: ExprId, name: &str) -> Option<Option<At>> {
    let Expr::Call(callee, arguments) = program.module(id).expr(decorator) else {
        return None;
    };
    let at = |expr: ExprId| At { module: id, expr };
    let values = program.values(at(*callee));
    let is_this = values.iter().any(|value| is_common(value, name));
    is_this.then(|| arguments.first().map(|first| at(*first)))
}

/// The paths that a decorator of Nest's gives, if it is this one: `None` for one that could not be followed.
pub(super) fn decorated(program: &Program, id: ModuleId, decorator: ExprId, name: &str) -> Option<Paths> {
    let Some(first) = argument_of(program, id, decorator, name)? else {
        return Some(root());
    };
    // `@Controller({ path: "users" })`.
    let path = match program.module(id).expr(first.expr) {
        Expr::Object(properties) => {
            let mut properties = properties.iter();
            match properties.find(|property| property.key.as_deref() == Some("path")) {
                Some(path) => At {
                    module: id,
                    expr: path.value,
                },
                None => return Some(root()),
            }
        }
        _ => first,
    };
    Some(texts(program, path))
}

/// The texts that a decorator is given: one or several, `@Get(["live", "alive"])`; `None` for one that could not be
/// followed. That a version is none is the empty text.
pub(super) fn texts(program: &Program, at: At) -> Paths {
    let each = match program.values(at).as_slice() {
        [Value::List(list)] => match program.module(list.module).expr(list.expr) {
            Expr::List(items) if !items.is_empty() => items
                .iter()
                .map(|expr| At {
                    module: list.module,
                    expr: *expr,
                })
                .collect(),
            _ => vec![at],
        },
        _ => vec![at],
    };
    let text = |at: At| match program.values(at).as_slice() {
        [Value::Literal(Literal::Text(text))] => Some(text.to_string()),
        [Value::Literal(Literal::Number(number))] => Some(number.to_string()),
        [neutral] if is_common(neutral, "VERSION_NEUTRAL") => Some(String::new()),
        _ => None,
    };
    each.into_iter().map(text).collect()
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
