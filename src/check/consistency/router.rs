//! The pages that a router is given in code: `<Route path>`, and objects with a path and something to show.

use crate::program::module::{Expr, ExprId, Module, Property};
use crate::program::{At, ModuleId, Program};

use super::address::{HOLE, answered};
use super::pages::Pages;
use super::written::written;

/// The keys of which one makes an object with a `path` a page.
const SHOWN: [&str; 9] = [
    "element",
    "Component",
    "component",
    "components",
    "lazy",
    "children",
    "loader",
    "redirect",
    "errorElement",
];
/// Pages within pages.
const DEEPEST: usize = 64;

pub(super) fn pages(program: &Program, modules: &[ModuleId]) -> Pages {
    let mut pages = Pages::default();
    for id in modules {
        let module = program.module(*id);
        if let Some(why) = &module.unread {
            pages.open = Some(format!("`{}` could not be read: {why}", program.linked(*id).path));
        }
        let parents = parents(module);
        for index in 0..module.expressions.len() {
            let Ok(index) = u32::try_from(index) else { break };
            if let Some(path) = own_path(program, *id, ExprId(index)) {
                add(program, *id, ExprId(index), path, &parents, &mut pages);
            }
        }
    }
    if pages.answers.is_empty() {
        pages
            .open
            .get_or_insert_with(|| "no page of the router was found".to_owned());
    }
    pages
}

/// What each expression is directly a part of.
fn parents(module: &Module) -> Vec<Option<ExprId>> {
    let mut parents = vec![None; module.expressions.len()];
    for index in 0..module.expressions.len() {
        let Ok(whole) = u32::try_from(index) else { break };
        module.expr(ExprId(whole)).parts(&mut |part| {
            if let Some(known) = parents.get_mut(part.0 as usize) {
                *known = Some(ExprId(whole));
            }
        });
    }
    parents
}

/// The path that an expression gives a page: the inner `None` where it can't be told; an index has the empty one.
fn own_path(program: &Program, id: ModuleId, expr: ExprId) -> Option<Option<String>> {
    let module = program.module(id);
    let properties = match module.expr(expr) {
        Expr::Jsx(tag, attributes, _) => is_route(module, *tag).then_some(attributes)?,
        Expr::Object(properties) => {
            let has = |key: &str| properties.iter().any(|property| property.key.as_deref() == Some(key));
            let is_page = has("path") && SHOWN.iter().any(|key| has(key));
            is_page.then_some(properties)?
        }
        _ => return None,
    };
    let path: Option<&Property> = properties
        .iter()
        .find(|property| property.key.as_deref() == Some("path"));
    match path {
        Some(property) => {
            let text = written(
                program,
                At {
                    module: id,
                    expr: property.value,
                },
            );
            Some(text.filter(|text| !text.contains(HOLE)))
        }
        None if properties.iter().any(|property| property.key.is_none()) => Some(None),
        None => Some(Some(String::new())),
    }
}

/// `Route`, and what teams make of it: `PrivateRoute`.
fn is_route(module: &Module, tag: ExprId) -> bool {
    let name = match module.expr(tag) {
        Expr::Name(binding) => &module.binding(*binding).name,
        Expr::Member(_, name) | Expr::Global(name) => name,
        _ => return false,
    };
    name.ends_with("Route")
}

fn add(
    program: &Program,
    id: ModuleId,
    expr: ExprId,
    own: Option<String>,
    parents: &[Option<ExprId>],
    pages: &mut Pages,
) {
    let unknown = || format!("a path of the router in `{}` is computed", program.linked(id).path);
    let Some(mut path) = own else {
        pages.open = Some(unknown());
        return;
    };
    let mut next = parents[expr.0 as usize];
    let mut depth = 0;
    while let Some(whole) = next {
        next = parents[whole.0 as usize];
        depth += 1;
        if path.starts_with('/') && depth > 0 || depth > DEEPEST * 8 {
            break;
        }
        match own_path(program, id, whole) {
            Some(Some(above)) => path = format!("{}/{path}", above.trim_end_matches(['/', '*'])),
            Some(None) => {
                pages.open = Some(unknown());
                return;
            }
            None => {}
        }
    }
    let plain = path.trim_matches('/');
    // What catches everything shows that nothing was found.
    if !matches!(plain, "*" | "**" | ":pathMatch(.*)*" | ":catchAll(.*)") {
        pages.answers.push(answered(&path));
    }
}
