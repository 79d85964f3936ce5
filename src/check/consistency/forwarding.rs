//! Functions that request what they are handed (`request("/orders", { method: "POST" })`), and what code hands them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::program::module::{BindingKind, Expr, ExprId, FunctionId, Module};
use crate::program::{At, FunctionAt, ModuleId, Program, Reach, Value};

use super::address::HOLE;
use super::handed_on::{Method, base, ends, method_of, of_options, said, upper};
use super::requests::{Call, is_fetch, path_of_ours};
use super::written::written;

/// Functions that hand on to each other are followed so far: `api.get` calls `request`, which fetches.
const MOST_LEVELS: usize = 3;

/// A function that requests an address which ends with what it is handed.
#[derive(Debug, Clone)]
struct Forwarder {
    /// Which parameter the address ends with.
    parameter: usize,
    /// What stands before it, with holes.
    before: String,
    /// The address that this is below, in words; `None` where nothing says that it is one of the team's own.
    base: Option<String>,
    /// The function that fetches, in words.
    by: String,
    method: Method,
}

impl Forwarder {
    /// The path that it requests where it is handed a text.
    fn path_to(&self, text: &str) -> Option<String> {
        // What is handed may be a whole address.
        if self.before.is_empty() && self.base.as_deref() == Some("") {
            return path_of_ours(text);
        }
        if text.contains("://") {
            return None;
        }
        let whole = format!("{}{text}", self.before);
        let rest = whole.strip_prefix(HOLE).unwrap_or(&whole);
        let path = match rest.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => rest,
        };
        Some(format!("/{}", path.trim_start_matches('/')))
    }
}

/// What code hands to such functions, each with the address that it is below. Where nothing says whose that is, `is_sure`
/// is not set.
pub(super) struct Forwarded {
    pub(super) call: Call,
    pub(super) is_sure: bool,
}

/// The requests that the browser's code makes through functions of its own.
pub(super) fn forwarded(program: &Program, reaches: &[Arc<Reach>]) -> Vec<Forwarded> {
    let loaded = || {
        let modules = program.modules().map(|(id, _)| id);
        modules.filter(|id| reaches.iter().any(|reach| reach.is_loaded(*id)) && !is_of_server(program.module(*id)))
    };
    let mut known: BTreeMap<FunctionAt, Forwarder> = BTreeMap::new();
    for id in loaded() {
        for (function, expr) in calls_of(program.module(id)) {
            let at = FunctionAt { module: id, function };
            if let Some(found) = fetching(program, at, expr) {
                known.entry(at).or_insert(found);
            }
        }
    }
    for _ in 1..MOST_LEVELS {
        let modules: BTreeSet<ModuleId> = known.keys().map(|at| at.module).collect();
        let mut more = BTreeMap::new();
        for id in modules {
            for (function, expr) in calls_of(program.module(id)) {
                let at = FunctionAt { module: id, function };
                if known.contains_key(&at) {
                    continue;
                }
                if let Some(found) = handing_on(program, at, expr, &known) {
                    more.entry(at).or_insert(found);
                }
            }
        }
        if more.is_empty() {
            break;
        }
        known.append(&mut more);
    }
    let names: BTreeSet<Arc<str>> = known
        .keys()
        .filter_map(|at| program.module(at.module).function(at.function).name.clone())
        .collect();
    let mut found = Vec::new();
    for id in loaded().filter(|_| !known.is_empty()) {
        for (function, expr) in calls_of(program.module(id)) {
            // What no page calls is requested by nobody.
            let at = FunctionAt { module: id, function };
            if !reaches.iter().any(|reach| reach.is_live(at)) {
                continue;
            }
            found.extend(handed(program, At { module: id, expr }, &known, &names));
        }
    }
    found
}

/// What browsers call of it runs on the server.
fn is_of_server(module: &Module) -> bool {
    module
        .directives
        .iter()
        .any(|directive| directive.as_ref() == "use server")
}

/// The calls of a module, each with the function that it stands in.
fn calls_of(module: &Module) -> Vec<(FunctionId, ExprId)> {
    let mut found = Vec::new();
    for index in (0..module.functions.len()).filter_map(|index| u32::try_from(index).ok()) {
        module.each_expr(FunctionId(index), &mut |expr| {
            if matches!(module.expr(expr), Expr::Call(_, arguments) if !arguments.is_empty()) {
                found.push((FunctionId(index), expr));
            }
        });
    }
    found
}

/// A function that fetches what it is handed.
fn fetching(program: &Program, at: FunctionAt, expr: ExprId) -> Option<Forwarder> {
    let module = program.module(at.module);
    let Expr::Call(callee, arguments) = module.expr(expr) else {
        return None;
    };
    if !is_fetch(program, at.module, *callee) {
        return None;
    }
    let ends = ends(program, at, *arguments.first()?, 0)?;
    let base = base(program, at.module, &ends)?;
    Some(Forwarder {
        parameter: ends.parameter,
        before: ends.before,
        base,
        by: program.linked(at.module).path.to_string(),
        method: match arguments.get(1) {
            None => Method::Known(Some("GET".to_owned())),
            Some(options) => method_of(program, at, *options),
        },
    })
}

/// A function that hands on what it is handed to one that requests it.
fn handing_on(
    program: &Program,
    at: FunctionAt,
    expr: ExprId,
    known: &BTreeMap<FunctionAt, Forwarder>,
) -> Option<Forwarder> {
    let module = program.module(at.module);
    let Expr::Call(callee, arguments) = module.expr(expr) else {
        return None;
    };
    let is_handed = |argument: &ExprId| ends(program, at, *argument, 0).is_some();
    if !arguments.iter().any(is_handed) {
        return None;
    }
    let inner = called(
        program,
        At {
            module: at.module,
            expr: *callee,
        },
        known,
    )?;
    let own = ends(program, at, *arguments.get(inner.parameter)?, 0)?;
    // An address of its own would be another one's.
    if own.before.starts_with(HOLE) || own.before.contains("://") {
        return None;
    }
    let method = match &inner.method {
        Method::Known(method) => Method::Known(method.clone()),
        Method::Options(index) => match arguments.get(*index) {
            None => Method::Known(Some("GET".to_owned())),
            Some(options) => method_of(program, at, *options),
        },
        Method::Given(index, otherwise) => match arguments.get(*index) {
            None => Method::Known(otherwise.clone()),
            Some(given) => said(program, at, *given),
        },
    };
    Some(Forwarder {
        parameter: own.parameter,
        before: format!("{}{}", inner.before, own.before),
        base: inner.base.clone(),
        by: inner.by.clone(),
        method,
    })
}

/// What a call hands to such a function.
fn handed(
    program: &Program,
    at: At,
    known: &BTreeMap<FunctionAt, Forwarder>,
    names: &BTreeSet<Arc<str>>,
) -> Option<Forwarded> {
    let module = program.module(at.module);
    let Expr::Call(callee, arguments) = module.expr(at.expr) else {
        return None;
    };
    let is_said = |argument: &ExprId| match module.expr(*argument) {
        Expr::Text(text) => text.contains('/'),
        Expr::Template(texts, _) => texts.iter().any(|text| text.contains('/')),
        Expr::Binary("+", ..) | Expr::Name(_) | Expr::Member(..) => true,
        _ => false,
    };
    let is_named = match module.expr(*callee) {
        Expr::Member(_, name) => names.contains(name),
        Expr::Name(binding) => {
            let binding = module.binding(*binding);
            names.contains(&binding.name) || matches!(binding.kind, BindingKind::Import(..))
        }
        _ => false,
    };
    if !is_named || !arguments.iter().any(is_said) {
        return None;
    }
    let found = called(program, At { expr: *callee, ..at }, known)?;
    let argument = At {
        expr: *arguments.get(found.parameter)?,
        ..at
    };
    let text = written(program, argument).filter(|text| !text.starts_with(HOLE))?;
    let path = found.path_to(&text)?;
    let here = FunctionAt {
        module: at.module,
        function: FunctionId(0),
    };
    let method = match &found.method {
        Method::Known(method) => method.clone(),
        Method::Options(index) => match arguments.get(*index) {
            None => Some("GET".to_owned()),
            Some(options) => of_options(program, here, *options),
        },
        Method::Given(index, otherwise) => match arguments.get(*index) {
            None => otherwise.clone(),
            Some(given) => upper(program, At { expr: *given, ..at }),
        },
    };
    let is_sure = found.base.is_some();
    Call::of(
        program,
        at,
        method,
        path,
        found.base.clone().unwrap_or_else(|| found.by.clone()),
    )
    .map(|call| Forwarded { call, is_sure })
}

/// The one function that requests what it is handed and that an expression is.
fn called<'a>(program: &Program, callee: At, known: &'a BTreeMap<FunctionAt, Forwarder>) -> Option<&'a Forwarder> {
    match program.values(callee).as_slice() {
        [Value::Function(function)] => known.get(function),
        _ => None,
    }
}
