//! Answers that hand out what an error says, to whoever asked.

use crate::check::View;
use crate::model::{Examined, Gap};
use crate::program::module::{BindingId, BindingKind, Expr, ExprId, Logical, Module, Property};
use crate::program::{FunctionAt, Program, Side};

use super::Tally;

/// So many places are no slip, and not for development alone.
const FEWEST: usize = 3;
/// What code calls an error that it is handed and did not catch itself.
const ERRORS: [&str; 6] = ["e", "err", "error", "ex", "exception", "reason"];
/// Objects and choices within an answer that are followed.
const DEEPEST: u32 = 4;

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    let components = view.snapshot.components.iter();
    for component in components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path)) {
        for at in program.reach(component, Side::Server).live() {
            answers(&program, at, &mut tally);
        }
    }
    tally.gaps.sort_by(|left, right| left.place.cmp(&right.place));
    tally.gaps.dedup_by(|left, right| left.place == right.place);
    if tally.gaps.len() < FEWEST {
        tally.gaps.clear();
    }
    let faulty = tally.gaps.len();
    tally.examined_of(
        faulty,
        "answer of 500",
        "keeps to itself what went wrong",
        "nothing answers 500 in so many words",
    )
}

fn answers(program: &Program, at: FunctionAt, tally: &mut Tally<'_>) {
    let module = program.module(at.module);
    let (mut found, mut is_chosen) = (Vec::new(), false);
    module.each_expr(at.function, &mut |expr| {
        is_chosen |= tells_where_it_runs(module, expr);
        found.extend(answer(module, expr).map(|handed| (expr, handed)));
    });
    for (expr, handed) in found {
        tally.compared += 1;
        // What is handed out where it is developed alone tells no stranger.
        if is_chosen || !hands_out(module, handed, 0) {
            continue;
        }
        let span = module.span(expr);
        let place = program.place(at.module, &span);
        if !tally.is_left_out(place.path.as_str()) {
            let words = program.linked(at.module).document.words(&span);
            let why = "what a caught error says is answered to whoever asked";
            tally.gaps.push(Gap::at(place, &words, why));
        }
    }
}

/// What an answer of 500 or more is made of: `response.status(500).json(…)`, `Response.json(…, { status: 500 })`,
/// `new Response(…, { status: 500 })`.
fn answer(module: &Module, expr: ExprId) -> Option<ExprId> {
    let is_failure =
        |expr: ExprId| matches!(module.expr(expr), Expr::Number(status) if (500.0..600.0).contains(status));
    let is_told = |options: ExprId| {
        let Expr::Object(properties) = module.expr(options) else {
            return false;
        };
        let is_status = |one: &Property| one.key.as_deref() == Some("status") && is_failure(one.value);
        properties.iter().any(is_status)
    };
    let is_response = |expr: ExprId| matches!(name(module, expr), Some("Response" | "NextResponse"));
    match module.expr(expr) {
        Expr::Call(callee, arguments) => {
            let Expr::Member(object, method) = module.expr(*callee) else {
                return None;
            };
            let first = *arguments.first()?;
            let is_set = || match module.expr(*object) {
                Expr::Call(status, codes) => {
                    matches!(module.expr(*status), Expr::Member(_, name) if matches!(name.as_ref(), "status" | "code"))
                        && codes.first().is_some_and(|code| is_failure(*code))
                }
                _ => false,
            };
            let is_answer = match method.as_ref() {
                "json" if is_response(*object) => arguments.get(1).is_some_and(|options| is_told(*options)),
                "json" | "send" => is_set(),
                _ => false,
            };
            is_answer.then_some(first)
        }
        Expr::New(class, arguments) if is_response(*class) => match **arguments {
            [body, options] if is_told(options) => Some(body),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an answer holds the message or the stack of an error, as it is.
fn hands_out(module: &Module, expr: ExprId, depth: u32) -> bool {
    let more = |part: ExprId| depth < DEEPEST && hands_out(module, part, depth + 1);
    match module.expr(expr) {
        Expr::Member(error, part) => matches!(part.as_ref(), "message" | "stack") && is_error(module, *error),
        Expr::Object(properties) => properties.iter().any(|property| more(property.value)),
        Expr::Template(_, holes) => holes.iter().any(|hole| more(*hole)),
        Expr::Binary("+", left, right) | Expr::Logical(Logical::Or | Logical::Coalesce, left, right) => {
            more(*left) || more(*right)
        }
        // `error instanceof Error ? error.message : "unknown"` chooses by nothing else.
        Expr::Conditional(test, yes, no) => {
            matches!(module.expr(*test), Expr::Binary("instanceof", ..)) && (more(*yes) || more(*no))
        }
        // `String(error)`, `JSON.stringify({ … })`
        Expr::Call(callee, arguments) => match (module.expr(*callee), &**arguments) {
            (Expr::Global(name), [one]) if name.as_ref() == "String" => is_error(module, *one),
            (Expr::Member(object, method), [one, ..]) if method.as_ref() == "stringify" => {
                name(module, *object) == Some("JSON") && more(*one)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a name is that of an error that was caught, or that is called so by who is handed it.
fn is_error(module: &Module, expr: ExprId) -> bool {
    let Expr::Name(id) = module.expr(expr) else {
        return false;
    };
    let binding = module.binding(*id);
    matches!(binding.kind, BindingKind::Other | BindingKind::Parameter(_)) && is_called_so(module, *id)
}

fn is_called_so(module: &Module, id: BindingId) -> bool {
    let name = module.binding(id).name.to_ascii_lowercase();
    ERRORS.contains(&name.as_str()) || name.ends_with("error")
}

/// Whether code asks whether it runs in production.
fn tells_where_it_runs(module: &Module, expr: ExprId) -> bool {
    let said = match module.expr(expr) {
        Expr::Member(_, name) | Expr::Global(name) => name,
        Expr::Name(id) => &module.binding(*id).name,
        _ => return false,
    };
    let said = said.to_ascii_lowercase();
    [
        "node_env",
        "isdev",
        "isprod",
        "production",
        "development",
        "debug",
        "expose",
    ]
    .iter()
    .any(|word| said.contains(word))
}

fn name(module: &Module, expr: ExprId) -> Option<&str> {
    match module.expr(expr) {
        Expr::Name(id) => Some(module.binding(*id).name.as_ref()),
        Expr::Global(name) => Some(name.as_ref()),
        _ => None,
    }
}
