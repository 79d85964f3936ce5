//! Which controllers an application of Nest's is made of: by its modules, from the one that is started.

use std::collections::BTreeSet;

use super::nest::is_common;
use crate::program::linked::{At, ModuleId, Program};
use crate::program::module::{ClassId, Expr, ExprId};
use crate::program::values::{Value, path_of};

/// The controllers of the modules that the application is made of; `None` where not all modules are known.
pub(super) fn controllers(program: &Program, loaded: &[ModuleId]) -> Option<BTreeSet<(ModuleId, ClassId)>> {
    let mut todo = roots(program, loaded);
    if todo.is_empty() {
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut controllers = BTreeSet::new();
    while let Some((id, class)) = todo.pop() {
        if !seen.insert((id, class)) {
            continue;
        }
        let described = program.module(id).class(class).decorators.iter().find_map(|decorator| {
            let Expr::Call(callee, arguments) = program.module(id).expr(*decorator) else {
                return None;
            };
            let values = program.values(At {
                module: id,
                expr: *callee,
            });
            values
                .iter()
                .any(|value| is_common(value, "Module"))
                .then_some(arguments)
        });
        let Some(first) = described?.first() else { continue };
        let Expr::Object(properties) = program.module(id).expr(*first) else {
            return None;
        };
        for property in properties {
            match property.key.as_deref() {
                Some("controllers") => controllers.extend(classes(program, id, property.value)?),
                Some("imports") => todo.extend(classes(program, id, property.value)?),
                Some(_) => {}
                None => return None,
            }
        }
    }
    Some(controllers)
}

/// The classes that `NestFactory.create(…)` is given.
fn roots(program: &Program, loaded: &[ModuleId]) -> Vec<(ModuleId, ClassId)> {
    let mut found = Vec::new();
    for id in loaded {
        for (expr, _) in &program.module(*id).expressions {
            let Expr::Call(callee, arguments) = expr else { continue };
            let Expr::Member(_, name) = program.module(*id).expr(*callee) else {
                continue;
            };
            if !name.starts_with("create") {
                continue;
            }
            let is_factory = program
                .values(At {
                    module: *id,
                    expr: *callee,
                })
                .iter()
                .any(|value| {
                    path_of(value).is_some_and(|(package, path)| {
                        package.as_ref() == "@nestjs/core" && path.starts_with("NestFactory")
                    })
                });
            if let (true, Some(first)) = (is_factory, arguments.first()) {
                found.extend(classes(program, *id, *first).unwrap_or_default());
            }
        }
    }
    found
}

/// The classes of the program in a list of modules or controllers; what packages give has none. `None` where it holds
/// something that is not known.
fn classes(program: &Program, id: ModuleId, list: ExprId) -> Option<Vec<(ModuleId, ClassId)>> {
    let module = program.module(id);
    let items = match module.expr(list) {
        Expr::List(items) => items.to_vec(),
        _ => vec![list],
    };
    let mut found = Vec::new();
    for item in items {
        let item = match module.expr(item) {
            // `ThrottlerModule.forRoot(…)` of a package; what one of ours gives beside itself is not followed.
            Expr::Call(callee, _) => match module.expr(*callee) {
                Expr::Member(object, _) if is_foreign(program, id, *object) => continue,
                _ => return None,
            },
            _ => item,
        };
        for value in program.values(At { module: id, expr: item }) {
            match value {
                Value::Class(at, class) => found.push((at, class)),
                Value::Package(..) => {}
                _ => return None,
            }
        }
    }
    Some(found)
}

fn is_foreign(program: &Program, id: ModuleId, expr: ExprId) -> bool {
    let values = program.values(At { module: id, expr });
    values.iter().all(|value| matches!(value, Value::Package(..)))
}
