//! Members that a class is asked for by `this` and does not have: TypeScript refuses them, and with them the build.

use std::collections::BTreeSet;

use crate::artifact::declared;
use crate::check::View;
use crate::model::{Class as PathClass, Component, Gap};
use crate::program::module::{Class, Expr, FunctionId, FunctionKind, MemberValue, Module};
use crate::program::{Linked, Program, Side, emitted};
use crate::text::Span;

use super::Tally;
use super::misplaced::{Compiled, configuration};

/// What every object has.
const OF_OBJECTS: [&str; 8] = [
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// Finds them in what production loads of components whose build is the compiler and nothing else.
/// <https://www.typescriptlang.org/docs/handbook/2/classes.html>
pub(super) fn examine(view: &View<'_>, tally: &mut Tally<'_>) {
    let program = Program::of(view.snapshot);
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    for component in asked {
        let Some(compiled) = compiled(view, component) else {
            continue;
        };
        let reach = program.reach(component, Side::Server);
        let modules = program.modules().filter(|(id, linked)| {
            let path = linked.path.as_str();
            let is_source = view.tree().class(path) == PathClass::Source && linked.path.is_within(component.folder());
            is_source && reach.is_loaded(*id) && [".ts", ".tsx"].iter().any(|ending| path.ends_with(ending))
        });
        for (id, linked) in modules.filter(|(_, linked)| compiled.holds(linked.path.as_str())) {
            if let Some((name, of, span)) = first_in(linked) {
                let why = format!(
                    "`this.{name}` is asked for here, and `{of}` has no such member: TypeScript refuses it, and with it the build"
                );
                let place = program.place(id, &span);
                tally.gaps.push(Gap::at(place, &name, why));
            }
        }
    }
}

/// What the build of a component compiles, where it checks types and nothing goes on without them.
fn compiled(view: &View<'_>, component: &Component) -> Option<Compiled> {
    let manifest = declared(view.snapshot, component.folder()).into_iter();
    let mut manifest = manifest.filter(|(path, _)| path.file_name() == "package.json");
    let manifest = manifest.find_map(|(_, known)| known.ok())?;
    let config = configuration(view, component.folder(), &manifest)?;
    let emitted = emitted(view.snapshot, &config).ok().flatten()?;
    Compiled::new(&emitted.selected?, &emitted.into?)
}

/// The first member that a class of a module does not have.
fn first_in(linked: &Linked) -> Option<(String, String, Span)> {
    let module = &linked.module;
    let text = linked.document.decoded().ok()?;
    if module.classes.is_empty() || ["@ts-", "this:", "this is"].iter().any(|sign| text.contains(sign)) {
        return None;
    }
    module.classes.iter().find_map(|class| {
        let of = class.name.as_deref()?;
        let is_merged = ["interface ", "namespace "]
            .iter()
            .any(|word| text.contains(&format!("{word}{of}")));
        let whole = text.get(class.span.clone()).filter(|_| !is_merged)?;
        let (name, span) = lacked(module, class, whole)?;
        Some((name, of.to_owned(), span))
    })
}

fn lacked(module: &Module, class: &Class, whole: &str) -> Option<(String, Span)> {
    let is_computed = class.members.iter().any(|member| member.name.is_none());
    // `[key: string]: …` lets any in.
    let is_indexed = whole.lines().any(|line| {
        let line = line.trim_start().trim_start_matches("readonly ");
        line.starts_with('[')
    });
    if class.extends.is_some() || is_computed || is_indexed {
        return None;
    }
    let methods = class.members.iter().filter(|member| !member.is_static);
    let own: BTreeSet<FunctionId> = methods
        .filter_map(|member| match member.value {
            MemberValue::Method(function) => Some(function),
            MemberValue::Field(_) => None,
        })
        .chain(class.constructor)
        .collect();
    let mut found = None;
    for index in 0..module.functions.len() {
        let Ok(index) = u32::try_from(index) else { break };
        if !own.contains(&holder(module, FunctionId(index))) {
            continue;
        }
        module.each_expr(FunctionId(index), &mut |expr| {
            if let Expr::Member(of, name) = module.expr(expr)
                && matches!(module.expr(*of), Expr::This)
                && !name.starts_with('#')
                && !OF_OBJECTS.contains(&name.as_ref())
                && found.is_none()
                && is_only_read(whole, name)
            {
                found = Some((name.to_string(), module.span(expr)));
            }
        });
    }
    found
}

/// The function whose `this` an expression of a function means.
fn holder(module: &Module, mut function: FunctionId) -> FunctionId {
    while matches!(
        module.function(function).kind,
        FunctionKind::Arrow | FunctionKind::Never
    ) {
        function = module.function(function).parent;
    }
    function
}

/// Whether a class says a name nowhere but to read it of `this`: what declares it, tests for it or gives it a value names
/// it in another way.
fn is_only_read(whole: &str, name: &str) -> bool {
    let is_letter = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_$#".contains(&byte));
    let bytes = whole.as_bytes();
    let mut times = 0;
    for (at, _) in whole.match_indices(name) {
        let end = at + name.len();
        if is_letter(at.checked_sub(1).and_then(|before| bytes.get(before).copied()))
            || is_letter(bytes.get(end).copied())
        {
            continue;
        }
        let before = whole[..at].strip_suffix("this.");
        let is_read = before.is_some_and(|before| !is_letter(before.bytes().last()) && !before.ends_with('.'));
        let after = whole[end..].trim_start();
        let is_given = ["=", "+=", "-=", "||=", "??=", "&&=", "++", "--"]
            .iter()
            .any(|sign| after.starts_with(sign))
            && !after.starts_with("==")
            && !after.starts_with("=>");
        if !is_read || is_given {
            return false;
        }
        times += 1;
    }
    times > 0
}
