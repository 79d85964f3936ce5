//! The schemas that validators of requests are handed, against the parts that they look for.
//!
//! `validate(schema)` that tests `schema.body` validates nothing where it is handed `z.object({ … })`: a schema has no
//! property of that name, so the part that is looked for is not there, whatever comes in.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::View;
use crate::model::{Component, Examined, Gap};
use crate::program::module::{BindingId, Expr, ExprId, FunctionId, Module, Step};
use crate::program::{At, FunctionAt, Program, Side, Value, path_of};

use super::Tally;

/// Parts of a request that a validator may look for in what it is handed.
const PARTS: [&str; 7] = ["body", "query", "params", "headers", "cookies", "file", "files"];
/// What makes a schema of an object. No schema of these packages has a property for a part of a request.
const SCHEMAS: [(&str, &str); 3] = [("zod", "object()"), ("joi", "object()"), ("yup", "object()")];

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    let components = match view.component {
        Some(component) => vec![component],
        None => view.snapshot.components.iter().collect::<Vec<&Component>>(),
    };
    let reaches: Vec<_> = components
        .iter()
        .map(|component| program.reach(component, Side::Server))
        .collect();
    for (id, linked) in program.modules() {
        let module = &linked.module;
        let count = u32::try_from(module.functions.len()).unwrap_or(u32::MAX);
        for function in (0..count).map(FunctionId) {
            let at = FunctionAt { module: id, function };
            if !reaches.iter().any(|reach| reach.is_live(at)) {
                continue;
            }
            let mut calls = Vec::new();
            module.each_expr(function, &mut |expr| {
                if let Expr::Call(callee, arguments) = module.expr(expr)
                    && !arguments.is_empty()
                    && matches!(module.expr(*callee), Expr::Name(_) | Expr::Member(..))
                {
                    calls.push((*callee, arguments.clone()));
                }
            });
            for (callee, arguments) in calls {
                look(&program, (at, callee, &arguments), &mut tally);
            }
        }
    }
    tally.examined(
        "validator",
        "is handed the parts that it looks for",
        "no validator here looks for parts of a request",
    )
}

fn look(program: &Program, (at, callee, arguments): (FunctionAt, ExprId, &[ExprId]), tally: &mut Tally<'_>) {
    let here = |expr: ExprId| At {
        module: at.module,
        expr,
    };
    let callees = program.values(here(callee));
    let [Value::Function(validator)] = callees.as_slice() else {
        return;
    };
    let module = program.module(at.module);
    for (index, argument) in arguments.iter().enumerate() {
        let validating = program.module(validator.module);
        let looked_for = looks_for(validating, validator.function, index);
        let Some(parts) = looked_for
            .clone()
            .or_else(|| hands(validating, validator.function, index))
        else {
            continue;
        };
        let document = &program.linked(at.module).document;
        let name = document
            .words(&module.span(*argument))
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        if tally.is_left_out(&name) {
            continue;
        }
        tally.compared += 1;
        let values = program.values(here(*argument));
        let is_schema = |value: &Value| path_of(value).is_some_and(|(package, path)| is_object_schema(&package, &path));
        // A schema of the parts themselves is what is to be handed over.
        let is_of_others = |value: &Value| keys(program, value).is_some_and(|keys| keys.is_disjoint(&parts));
        if values.is_empty()
            || !values.iter().all(is_schema)
            || looked_for.is_none() && !values.iter().all(is_of_others)
        {
            continue;
        }
        let called = document.words(&module.span(callee)).to_string();
        let part = parts.iter().next().map_or("body", |part| part.as_ref());
        let why = match looked_for {
            Some(_) => format!(
                "`{called}` looks for `{part}` in what it is handed, and the schema `{name}` has no such property: nothing is validated",
            ),
            None => format!(
                "`{called}` hands the schema an object with `{part}`, and `{name}` is one of other properties: what it requires is never there",
            ),
        };
        let place = program.place(at.module, &module.span(*argument));
        tally.gaps.push(Gap::at(place, &format!("{called} {name}"), why));
    }
}

/// Whether a path of a package makes a schema of an object, or refines one.
fn is_object_schema(package: &str, path: &str) -> bool {
    SCHEMAS.iter().any(|(known, made)| {
        let path = path.trim_start_matches("z.").trim_start_matches("default.");
        let rest = path.strip_prefix(made);
        package == *known && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') && rest.ends_with("()"))
    })
}

/// The keys of the object that a schema was made of, where all are written there and some are required.
fn keys(program: &Program, schema: &Value) -> Option<BTreeSet<Arc<str>>> {
    const SAME: [&str; 6] = ["strict", "refine", "superRefine", "passthrough", "strip", "describe"];
    let Value::Result(_, at) = schema else {
        return None;
    };
    let module = program.module(at.module);
    let mut expr = at.expr;
    loop {
        let Expr::Call(callee, arguments) = module.expr(expr) else {
            return None;
        };
        match (module.expr(*callee), arguments.first()) {
            (Expr::Member(object, name), _) if SAME.contains(&name.as_ref()) => expr = *object,
            (Expr::Member(_, name), Some(made)) if name.as_ref() == "object" => {
                let Expr::Object(properties) = module.expr(*made) else {
                    return None;
                };
                let text = program
                    .linked(at.module)
                    .document
                    .words(&module.span(*made))
                    .to_string();
                let is_required = text.contains("min(1") || !text.contains("optional()") && !text.contains("default(");
                let keys: Option<BTreeSet<Arc<str>>> = properties.iter().map(|property| property.key.clone()).collect();
                return keys.filter(|keys| is_required && !keys.is_empty());
            }
            _ => return None,
        }
    }
}

/// The parts of a request that the functions which a function returns hand to one of its parameters, a schema:
/// `schema.parseAsync({ body: request.body, query: request.query })`.
fn hands(module: &Module, function: FunctionId, index: usize) -> Option<BTreeSet<Arc<str>>> {
    const CHECKS: [&str; 8] = [
        "parse",
        "parseAsync",
        "safeParse",
        "safeParseAsync",
        "validate",
        "validateAsync",
        "validateSync",
        "spa",
    ];
    let parameter = module.function(function).parameters.get(index)?;
    let [binding] = parameter.bindings.as_slice() else {
        return None;
    };
    let mut found = None;
    let mut times = 0_usize;
    for (expr, _) in &module.expressions {
        match expr {
            Expr::Name(name) if name == binding => times += 1,
            Expr::Call(callee, arguments) => {
                if let Expr::Member(object, name) = module.expr(*callee)
                    && CHECKS.contains(&name.as_ref())
                    && matches!(module.expr(*object), Expr::Name(name) if name == binding)
                    && let Some(Expr::Object(properties)) = arguments.first().map(|first| module.expr(*first))
                {
                    found = properties
                        .iter()
                        .map(|property| property.key.clone())
                        .collect::<Option<BTreeSet<_>>>();
                }
            }
            _ => {}
        }
    }
    let is_parts =
        |parts: &BTreeSet<Arc<str>>| parts.contains("body") && parts.iter().all(|part| PARTS.contains(&part.as_ref()));
    found.filter(|parts| times == 1 && is_parts(parts))
}

/// The parts that the functions which a function returns look for in one of its parameters, where that is all that
/// they do with it.
fn looks_for(module: &Module, function: FunctionId, index: usize) -> Option<BTreeSet<Arc<str>>> {
    let declared = module.function(function);
    let parameter = declared.parameters.get(index)?;
    let [binding] = parameter.bindings.as_slice() else {
        return None;
    };
    let returns = declared.steps.iter().any(|step| match step {
        Step::Return(Some(expr)) => matches!(module.expr(*expr), Expr::Function(_)),
        Step::Do(_) | Step::Bind(..) | Step::Return(None) | Step::Throw(_) | Step::Jump | Step::Branch(_) => false,
    });
    if !returns || parameter.is_rest {
        return None;
    }
    let mut parts = BTreeSet::new();
    let mut asked = 0_usize;
    let is_it = |expr: ExprId, binding: &BindingId| matches!(module.expr(expr), Expr::Name(name) if name == binding);
    for (expr, _) in &module.expressions {
        if let Expr::Member(object, name) = expr
            && is_it(*object, binding)
        {
            parts.insert(name.clone());
            asked += 1;
        }
    }
    let mentions = module
        .expressions
        .iter()
        .filter(|(expr, _)| matches!(expr, Expr::Name(name) if name == binding))
        .count();
    let is_parts = !parts.is_empty() && parts.iter().all(|part| PARTS.contains(&part.as_ref()));
    (is_parts && asked == mentions).then_some(parts)
}
