//! What decorators around a handler may ask.

use super::asking::Asks;
use super::words::speaks;
use crate::program::module::{Expr, ExprId, MemberValue};
use crate::program::{At, FunctionAt, Program, path_of};

/// Decorators of these packages change nothing about who may come in, but for the guards, which stand in the chain.
const DESCRIBING: [&str; 6] = [
    "@nestjs/common",
    "@nestjs/cache-manager",
    "@nestjs/platform-express",
    "@nestjs/swagger",
    "@nestjs/throttler",
    "class-validator",
];

/// Of these, those by which a handler is handed more than what was sent.
const HANDING: [&str; 5] = ["Headers", "Ip", "Req", "Request", "Session"];

/// What the decorators on a handler ask: those of its class, its own, and those of what it is given.
pub(super) fn asks_by_decorators(program: &Program, at: FunctionAt) -> Asks {
    let module = program.module(at.module);
    let own = MemberValue::Method(at.function);
    let member = module
        .classes
        .iter()
        .flat_map(|class| class.members.iter().map(move |member| (class, member)))
        .find(|(_, member)| member.value == own);
    let Some((class, member)) = member else {
        return Asks::Never;
    };
    let parameters = module.function(at.function).parameters.iter();
    let all = class.decorators.iter().chain(&member.decorators);
    let mut all = all.chain(parameters.flat_map(|parameter| &parameter.decorators));
    let is_plain = |decorator: &ExprId| {
        let expr = match module.expr(*decorator) {
            Expr::Call(callee, _) => *callee,
            _ => *decorator,
        };
        let values = program.values(At {
            module: at.module,
            expr,
        });
        !values.is_empty()
            && values.iter().all(|value| {
                path_of(value).is_some_and(|(package, path)| {
                    DESCRIBING.contains(&package.as_ref()) && !speaks(&path) && !HANDING.contains(&path.as_str())
                })
            })
    };
    match all.all(is_plain) {
        true => Asks::Never,
        false => Asks::Perhaps,
    }
}
