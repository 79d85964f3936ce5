//! What pages of React put in as HTML by a function of their own, which gives back what it is given.

use crate::check::View;
use crate::model::{Class, Examined, Gap};
use crate::program::module::{Expr, ExprId, Module, Property, Step};
use crate::program::{At, FunctionAt, Program, Value};

use super::Tally;

/// Methods of texts that leave what is in them there.
const KEEPS: [&str; 12] = [
    "replace",
    "replaceAll",
    "trim",
    "trimStart",
    "trimEnd",
    "toString",
    "slice",
    "substring",
    "substr",
    "concat",
    "toUpperCase",
    "toLowerCase",
];
/// Words in names of what cleans.
const CLEANS: [&str; 5] = ["sanit", "purif", "clean", "xss", "encode"];

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    let is_own = |path: &str| view.tree().class(path) == Class::Source;
    for (id, linked) in program.modules().filter(|(_, linked)| is_own(linked.path.as_str())) {
        for (expr, _) in &linked.module.expressions {
            let Expr::Jsx(_, attributes, _) = expr else { continue };
            let Some(html) = html(&linked.module, attributes) else {
                continue;
            };
            tally.compared += 1;
            let at = At { module: id, expr: html };
            if let Some(name) = handed_back(&program, at) {
                let place = program.place(id, &linked.module.span(html));
                let why = format!("`{name}` gives back what it is given, and this puts it into the page as HTML");
                tally.gaps.push(Gap::at(place, &name, why));
            }
        }
    }
    tally.examined(
        "insertion",
        "is no text that a function only hands back",
        "no page of React puts in HTML",
    )
}

/// `dangerouslySetInnerHTML={{ __html: … }}`, on as many lines as it takes.
fn html(module: &Module, attributes: &[Property]) -> Option<ExprId> {
    let named = |properties: &[Property], name: &str| {
        let mut each = properties.iter();
        each.find_map(|property| (property.key.as_deref() == Some(name)).then_some(property.value))
    };
    match module.expr(named(attributes, "dangerouslySetInnerHTML")?) {
        Expr::Object(properties) => named(properties, "__html"),
        _ => None,
    }
}

/// The function of the repository that is called for a text, where it hands back one that nobody wrote into the code.
fn handed_back(program: &Program, at: At) -> Option<String> {
    let module = program.module(at.module);
    let Expr::Call(callee, arguments) = module.expr(at.expr) else {
        return None;
    };
    let here = |expr: ExprId| At { expr, ..at };
    let callees = program.callees(here(*callee));
    let [Value::Function(function)] = callees.as_slice() else {
        return None;
    };
    let index = hands_back(program, *function)?;
    let given = arguments.get(index as usize)?;
    // What is cleaned before it is handed over is called by another function.
    let is_data = matches!(module.expr(*given), Expr::Member(..) | Expr::Name(_) | Expr::Index(..));
    let values = program.values(here(*given));
    let is_constant = values.iter().all(|value| matches!(value, Value::Literal(_)));
    let is_made = values.iter().any(|value| matches!(value, Value::Result(..)));
    (is_data && !is_constant && !is_made).then(|| {
        let linked = program.linked(at.module);
        linked.document.words(&module.span(*callee))
    })
}

/// The parameter that a function gives back, with whatever signs it holds.
fn hands_back(program: &Program, function: FunctionAt) -> Option<u32> {
    let module = program.module(function.module);
    if escapes(program, function) {
        return None;
    }
    let mut returned = Vec::new();
    returns(&module.function(function.function).steps, &mut returned);
    returned.into_iter().find_map(|expr| {
        let base = base(module, expr);
        let values = program.values(At {
            module: function.module,
            expr: base,
        });
        values.iter().find_map(|value| match value {
            Value::Parameter(of, index) if *of == function => Some(*index),
            _ => None,
        })
    })
}

/// What a chain of methods that keep a text's signs starts with.
fn base(module: &Module, mut expr: ExprId) -> ExprId {
    while let Expr::Call(callee, _) = module.expr(expr)
        && let Expr::Member(object, name) = module.expr(*callee)
        && KEEPS.contains(&name.as_ref())
    {
        expr = *object;
    }
    expr
}

fn returns(steps: &[Step], found: &mut Vec<ExprId>) {
    for step in steps {
        match step {
            Step::Return(Some(expr)) => found.push(*expr),
            Step::Branch(branch) => branch.arms.iter().for_each(|arm| returns(arm, found)),
            Step::Return(None) | Step::Bind(..) | Step::Do(_) | Step::Throw(_) | Step::Jump => {}
        }
    }
}

/// Whether a function looks for the signs of HTML, or calls what may.
fn escapes(program: &Program, function: FunctionAt) -> bool {
    let linked = program.linked(function.module);
    let words = linked.document.words(&linked.module.function(function.function).span);
    let lower = words.to_lowercase();
    let is_told = CLEANS.iter().any(|word| lower.contains(word));
    // `escapeRegExp` makes a pattern of a text, and no HTML harmless.
    let escapes = lower.matches("escape").count() > lower.matches("escaperegex").count();
    is_told
        || escapes
        || ["&lt;", "/<", "[<", "'<'", "\"<\"", "&amp;", "<["]
            .iter()
            .any(|sign| lower.contains(sign))
}
