//! Whether a text that stands in the code lets somebody in beside the call that looks at what was sent:
//! `if (token === "letmein") { request.user = admin; return next(); }` in front of `jwt.verify(token, secret)`.

use crate::program::module::{BranchKind, Expr, ExprId, Module, Step};
use crate::program::{FunctionAt, Program};

use super::acting::IsLive;
use super::truth::Truth;

/// Functions that call each other and are followed.
const DEEPEST: u32 = 3;
/// Words in names of what is sent to be let in, and of what only says of which kind it is.
const SENT: [&str; 6] = ["token", "jwt", "bearer", "authorization", "authheader", "credential"];
const OF_A_KIND: [&str; 9] = [
    "type", "kind", "scheme", "purpose", "status", "error", "name", "alg", "source",
];
/// Words in names that say where something runs, or that it was turned on.
const STAGES: [&str; 12] = [
    "dev", "prod", "test", "local", "mock", "debug", "env", "demo", "allow", "enable", "bypass", "e2e",
];
/// What stands in front of a token in a header, and what an absent one is written as.
const SCHEMES: [&str; 8] = [
    "bearer",
    "basic",
    "token",
    "jwt",
    "null",
    "undefined",
    "digest",
    "string",
];
/// What a request is known by from then on.
const KNOWN_BY: [&str; 8] = [
    "user",
    "userid",
    "auth",
    "account",
    "session",
    "admin",
    "currentuser",
    "identity",
];

/// Whether nothing but the call lets somebody in, in the function that it stands in and those that call that one.
pub(super) fn is_alone(program: &Program, is_live: IsLive<'_>, function: FunctionAt, depth: u32) -> Truth {
    let module = program.module(function.module);
    if let Some(text) = let_in(module, &module.function(function.function).steps) {
        let place = program.place(function.module, &module.span(text));
        let why = format!(
            "a text that stands in the code lets somebody in beside it, in {}",
            super::judged::at(&place)
        );
        return Truth::Unknown(why);
    }
    if depth >= DEEPEST {
        return Truth::Yes;
    }
    let callers = program.callers_by_name(function).into_iter();
    let live = callers.filter(|(caller, _)| is_live(*caller) && *caller != function);
    let each = live.map(|(caller, _)| is_alone(program, is_live, caller, depth + 1));
    each.reduce(Truth::and).unwrap_or(Truth::Yes)
}

/// The text by which steps let somebody in, under no condition that says where they run.
fn let_in(module: &Module, steps: &[Step]) -> Option<ExprId> {
    steps.iter().find_map(|step| {
        let Step::Branch(branch) = step else { return None };
        if let Some(test) = branch.test {
            if says_where(module, test) {
                return None;
            }
            let arm = branch.arms.first().filter(|_| branch.kind == BranchKind::If);
            if let (Some(text), Some(arm)) = (compared(module, test), arm)
                && lets_in(module, arm)
            {
                return Some(text);
            }
        }
        branch.arms.iter().find_map(|arm| let_in(module, arm))
    })
}

/// Whether a condition names a stage, or a switch.
fn says_where(module: &Module, test: ExprId) -> bool {
    let is_of_stages = |name: &str| {
        let name = name.to_ascii_lowercase();
        STAGES.iter().any(|word| name.contains(word))
    };
    let mut says = false;
    module.each_part(test, &mut |part| {
        says |= match module.expr(part) {
            Expr::Name(name) => is_of_stages(&module.binding(*name).name),
            Expr::Member(_, name) | Expr::Global(name) => is_of_stages(name),
            // What stands elsewhere may say it.
            Expr::Call(callee, _) => {
                !matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "startsWith")
            }
            _ => false,
        };
    });
    says
}

/// The text of `token === "letmein"` and `token.startsWith("user:")`.
fn compared(module: &Module, test: ExprId) -> Option<ExprId> {
    let mut found = None;
    let mut note = |sent: ExprId, text: ExprId| {
        if is_sent(module, sent) && is_secret(module, text) {
            found = Some(text);
        }
    };
    module.each_part(test, &mut |part| match module.expr(part) {
        Expr::Binary("==" | "===", left, right) => {
            note(*left, *right);
            note(*right, *left);
        }
        Expr::Call(callee, arguments) => {
            if let (Expr::Member(of, name), [text, ..]) = (module.expr(*callee), arguments.as_ref())
                && name.as_ref() == "startsWith"
            {
                note(*of, *text);
            }
        }
        _ => {}
    });
    found
}

/// Whether what is compared is called as what is sent to be let in.
fn is_sent(module: &Module, expr: ExprId) -> bool {
    let name = match module.expr(expr) {
        Expr::Name(name) => &module.binding(*name).name,
        Expr::Member(_, name) => name,
        _ => return false,
    };
    let name = name.replace(['_', '-'], "").to_ascii_lowercase();
    SENT.iter().any(|word| name.contains(word)) && !OF_A_KIND.iter().any(|word| name.contains(word))
}

/// Whether a text may stand for a token: neither nothing, nor a scheme alone.
fn is_secret(module: &Module, expr: ExprId) -> bool {
    let Expr::Text(text) = module.expr(expr) else {
        return false;
    };
    let text = text.trim().to_ascii_lowercase();
    text.len() > 2 && !SCHEMES.contains(&text.as_str())
}

/// Whether steps let somebody in without asking anybody: they say who it is, and hand on or give that back, and call
/// nothing that could look further.
fn lets_in(module: &Module, steps: &[Step]) -> bool {
    let (mut says_who, mut hands_on, mut asks) = (false, false, false);
    let mut look = |expr: ExprId| {
        module.each_part(expr, &mut |part| match module.expr(part) {
            Expr::Call(callee, _) => match module.expr(*callee) {
                Expr::Name(name) if module.binding(*name).name.as_ref() == "next" => hands_on = true,
                Expr::Member(_, name) => {
                    asks |= !matches!(
                        name.as_ref(),
                        "slice"
                            | "split"
                            | "substring"
                            | "replace"
                            | "log"
                            | "warn"
                            | "info"
                            | "debug"
                            | "trim"
                            | "set"
                    );
                }
                _ => asks = true,
            },
            Expr::Await(_) | Expr::New(..) => asks = true,
            Expr::Assign("=", target, _) => {
                says_who |= matches!(module.expr(*target), Expr::Member(_, name)
                    if KNOWN_BY.contains(&name.to_ascii_lowercase().as_str()));
            }
            _ => {}
        });
    };
    let mut gives_back = false;
    for step in steps {
        match step {
            Step::Do(expr) | Step::Bind(_, expr) => look(*expr),
            Step::Return(Some(expr)) => {
                look(*expr);
                gives_back |= matches!(module.expr(*expr), Expr::Object(_) | Expr::Bool(true));
            }
            Step::Return(None) | Step::Jump => {}
            // What happens under a further condition is not followed.
            Step::Throw(_) | Step::Branch(_) => return false,
        }
    }
    !asks && (hands_on || gives_back || says_who)
}
