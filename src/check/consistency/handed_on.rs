//! What a function makes of what it is handed: the address that ends with it, and the method that it says.

use crate::program::module::{BindingId, BindingKind, Expr, ExprId, FunctionId, Module, Property};
use crate::program::{At, FunctionAt, ModuleId, Program};

use super::address::HOLE;
use super::requests::{is_ours, path_of_ours, shown_base};
use super::written::{base_of, written};

/// By which method a function requests.
#[derive(Debug, Clone)]
pub(super) enum Method {
    /// This one; `None` where it can't be told.
    Known(Option<String>),
    /// That of the options which it is handed as this parameter.
    Options(usize),
    /// What it is handed as this parameter, or else this.
    Given(usize, Option<String>),
}

/// How an address ends with what a function is handed.
pub(super) struct Ends {
    /// Which parameter.
    pub(super) parameter: usize,
    /// What stands before it, with holes.
    pub(super) before: String,
    /// What its head is called, where that is not known.
    head: Option<ExprId>,
}

/// How an expression ends with what the function around it is handed, if it does.
pub(super) fn ends(program: &Program, at: FunctionAt, expr: ExprId, depth: u32) -> Option<Ends> {
    const DEEPEST: u32 = 4;
    if depth > DEEPEST {
        return None;
    }
    let module = program.module(at.module);
    let text = |expr: ExprId| {
        written(
            program,
            At {
                module: at.module,
                expr,
            },
        )
        .unwrap_or_else(|| HOLE.to_string())
    };
    let behind = |last: ExprId, before: String, head: Option<ExprId>| {
        let last = ends(program, at, last, depth + 1)?;
        last.before.is_empty().then_some(Ends {
            parameter: last.parameter,
            before,
            head,
        })
    };
    match module.expr(expr) {
        Expr::Name(binding) => match own_parameter(module, at.function, *binding) {
            Some(parameter) => Some(Ends {
                parameter,
                before: String::new(),
                head: None,
            }),
            None => ends(program, at, only(module, *binding)?, depth + 1),
        },
        Expr::Template(texts, holes) => {
            let (last, others) = holes.split_last()?;
            let is_last = texts
                .get(holes.len())
                .is_none_or(|text| text.is_empty() || text.starts_with('?'));
            let mut before = String::new();
            for (index, part) in texts.iter().take(holes.len()).enumerate() {
                before.push_str(part);
                if let Some(hole) = others.get(index) {
                    before.push_str(&text(*hole));
                }
            }
            let head = texts
                .first()
                .filter(|text| text.is_empty())
                .and_then(|_| others.first().copied());
            behind(*last, before, head).filter(|_| is_last)
        }
        Expr::Binary("+", left, right) => behind(*right, text(*left), Some(*left)),
        // `path.startsWith("http") ? path : base + path`
        Expr::Conditional(_, one, other) => {
            let each = [*one, *other].map(|expr| ends(program, at, expr, depth + 1));
            let [Some(one), Some(other)] = each else { return None };
            (one.parameter == other.parameter).then_some(if one.before.is_empty() { other } else { one })
        }
        _ => None,
    }
}

/// The index of the parameter of a function that a name is.
fn own_parameter(module: &Module, function: FunctionId, binding: BindingId) -> Option<usize> {
    let known = module.binding(binding);
    let BindingKind::Parameter(index) = known.kind else {
        return None;
    };
    let is_whole = known.function == function
        && known
            .given
            .iter()
            .all(|given| given.path.is_empty() && given.value.is_none());
    usize::try_from(index).ok().filter(|_| is_whole)
}

/// The only value that a name is given.
fn only(module: &Module, binding: BindingId) -> Option<ExprId> {
    match module.binding(binding).given.as_slice() {
        [only] if only.path.is_empty() => only.value,
        _ => None,
    }
}

/// The address in words that a function requests below: nothing where it is handed all of it, or where it is the page's own;
/// `None` within where nothing says whose it is, and `None` where it is somebody else's.
pub(super) fn base(program: &Program, module: ModuleId, ends: &Ends) -> Option<Option<String>> {
    match ends.before.strip_prefix(HOLE) {
        Some(_) => {
            let head = At {
                module,
                expr: ends.head?,
            };
            let at = base_of(program, head).unwrap_or(head);
            Some(is_ours(program, at).then(|| shown_base(program, at)))
        }
        None if ends.before.is_empty() => Some(Some(String::new())),
        None => path_of_ours(&ends.before).map(|_| Some(String::new())),
    }
}

/// What options say of the method.
pub(super) fn method_of(program: &Program, at: FunctionAt, options: ExprId) -> Method {
    let module = program.module(at.module);
    match module.expr(options) {
        Expr::Name(binding) => match (own_parameter(module, at.function, *binding), only(module, *binding)) {
            (Some(parameter), _) => Method::Options(parameter),
            (None, Some(value)) if !matches!(module.expr(value), Expr::Name(_)) => method_of(program, at, value),
            _ => Method::Known(None),
        },
        Expr::Object(properties) => match property(properties, "method") {
            Some(value) => said(program, at, value),
            None => {
                let mut spread = properties.iter().filter(|property| property.key.is_none());
                let handed = spread.next().and_then(|property| match module.expr(property.value) {
                    Expr::Spread(of) => parameter_of(module, at.function, *of),
                    _ => parameter_of(module, at.function, property.value),
                });
                match (
                    handed,
                    spread.next(),
                    properties.iter().any(|property| property.key.is_none()),
                ) {
                    (Some(parameter), None, _) => Method::Options(parameter),
                    (None, _, false) => Method::Known(Some("GET".to_owned())),
                    _ => Method::Known(None),
                }
            }
        },
        _ => Method::Known(None),
    }
}

fn parameter_of(module: &Module, function: FunctionId, expr: ExprId) -> Option<usize> {
    match module.expr(expr) {
        Expr::Name(binding) => own_parameter(module, function, *binding),
        _ => None,
    }
}

/// What an expression says as a method: a word, or what the function is handed.
pub(super) fn said(program: &Program, at: FunctionAt, expr: ExprId) -> Method {
    let module = program.module(at.module);
    if let Some(parameter) = parameter_of(module, at.function, expr) {
        let parameters = &module.function(at.function).parameters;
        let bindings = parameters
            .get(parameter)
            .into_iter()
            .flat_map(|parameter| &parameter.bindings);
        let mut defaults = bindings
            .flat_map(|binding| &module.binding(*binding).given)
            .filter_map(|given| given.default);
        let otherwise = defaults.next().and_then(|expr| {
            upper(
                program,
                At {
                    module: at.module,
                    expr,
                },
            )
        });
        return Method::Given(parameter, otherwise);
    }
    Method::Known(upper(
        program,
        At {
            module: at.module,
            expr,
        },
    ))
}

/// The method that options say where they are handed over; `GET` where they say none.
pub(super) fn of_options(program: &Program, here: FunctionAt, options: ExprId) -> Option<String> {
    match method_of(program, here, options) {
        Method::Known(method) => method,
        Method::Options(_) | Method::Given(..) => None,
    }
}

/// A text as a method.
pub(super) fn upper(program: &Program, at: At) -> Option<String> {
    let text = written(program, at)?;
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| text.to_ascii_uppercase())
}

fn property(properties: &[Property], name: &str) -> Option<ExprId> {
    let mut found = properties
        .iter()
        .filter(|property| property.key.as_deref() == Some(name));
    found.next().map(|property| property.value)
}
