//! Who takes a request's body first: a parser leaves one alone that another has taken, so that bytes stay bytes behind
//! `express.raw`, whatever is mounted later.

use super::answer::Passes;
use super::fit::made_by;
use super::judged::{Asked, at};
use super::parameters::Thing;
use crate::program::module::{Expr, Step};
use crate::program::{At, FunctionAt, Literal, Middleware, Program, Route, Value, path_of};

/// The packages whose parsers know of each other, by `request._body` or by the stream that has ended.
/// <https://github.com/expressjs/body-parser/blob/1.20.3/lib/types/json.js#L99-L103>
const PARSERS: [&str; 2] = ["body-parser", "express"];

/// What middleware does to a body of JSON that nobody has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meets {
    /// It takes it and leaves it as it was sent, or keeps that beside it.
    Keeps,
    /// It takes it, and what was sent is gone.
    Parses,
    /// It is a parser of other bodies.
    Leaves,
    /// It is a parser of which that is not known.
    Perhaps,
    /// It is no parser.
    Other,
}

impl Asked<'_> {
    /// Whether a request passes through something that still finds its body as it was sent.
    pub(super) fn passes_unread<'r>(&self, route: &'r Route, thing: &Thing) -> Passes<'r> {
        if !PARSERS.iter().any(|package| thing.is(package, "json()")) {
            return self.passes(route, thing);
        }
        // A parser of another type leaves JSON as it is.
        let meets = |one: &&Middleware| meets(self.program, one) != Meets::Leaves;
        let chain: Vec<&Middleware> = route.chain.iter().filter(meets).collect();
        let is_kept = |one: &&Middleware| one.doubt.is_none() && self::meets(self.program, one) == Meets::Keeps;
        let until = chain.iter().position(is_kept).unwrap_or(chain.len());
        let parser = match self.passes_among(chain[..until].iter().copied(), thing) {
            Passes::By(parser) => parser,
            other => return other,
        };
        let own = chain.iter().position(|one| std::ptr::eq(*one, parser)).unwrap_or(until);
        let may_keep = |one: &&&Middleware| match self::meets(self.program, one) {
            Meets::Keeps | Meets::Perhaps => true,
            Meets::Leaves | Meets::Parses => false,
            Meets::Other => self.keeps_by_hand(one),
        };
        match chain[..=own].iter().find(may_keep) {
            Some(one) => {
                let place = at(&one.place);
                Passes::Unknown(format!(
                    "whether what is mounted in {place} keeps the body as it was sent is not known"
                ))
            }
            None => Passes::By(parser),
        }
    }

    /// Whether a function of the program reads the body by itself, or by a parser that it calls.
    fn keeps_by_hand(&self, one: &Middleware) -> bool {
        let functions = one.values.iter().filter_map(|value| match value {
            Value::Function(function) => Some(*function),
            _ => None,
        });
        let usage = self.program.usage();
        let readers: Vec<FunctionAt> = usage
            .of_packages(&["body-parser", "express", "raw-body"])
            .flat_map(|(_, uses)| uses)
            .filter(|found| {
                found.package.as_ref() == "raw-body" || matches!(found.path.trim_end_matches("()"), "raw" | "text")
            })
            .map(|found| found.function)
            .collect();
        functions.into_iter().any(|function| {
            let reach = self.program.reach_from(function);
            readers.iter().any(|reader| reach.is_live(*reader))
                || reach.live().any(|at| sets_raw_body(self.program, at))
        })
    }
}

/// `request.rawBody = bytes`.
fn sets_raw_body(program: &Program, at: FunctionAt) -> bool {
    let module = program.module(at.module);
    let mut sets = false;
    module.each_expr(at.function, &mut |expr| {
        if let Expr::Assign(_, target, _) = module.expr(expr) {
            sets |= matches!(module.expr(*target), Expr::Member(_, name) if name.as_ref() == "rawBody");
        }
    });
    sets
}

fn meets(program: &Program, one: &Middleware) -> Meets {
    let mut each = one.values.iter().map(|value| parser_meets(program, value));
    match each.next() {
        Some(first) if each.all(|other| other == first) => first,
        Some(_) => Meets::Perhaps,
        None => Meets::Other,
    }
}

fn parser_meets(program: &Program, value: &Value) -> Meets {
    let Some((package, path)) = path_of(value).filter(|(package, _)| PARSERS.contains(&package.as_ref())) else {
        return Meets::Other;
    };
    let is_json = match (package.as_ref(), path.as_str()) {
        (_, "json()") => true,
        (_, "raw()" | "text()") => false,
        _ => return Meets::Other,
    };
    let Some(options) = made_by(value).map(|call| Options::of(program, call)) else {
        return Meets::Perhaps;
    };
    let kept = match (is_json, options.given("verify")) {
        (false, _) => Meets::Keeps,
        (true, Given::No) => Meets::Parses,
        (true, Given::As(verify)) if options.keeps(verify) => Meets::Keeps,
        (true, Given::As(_) | Given::Perhaps) => Meets::Perhaps,
    };
    match options.given("type") {
        Given::No if is_json => kept,
        Given::No => Meets::Leaves,
        Given::Perhaps => Meets::Perhaps,
        Given::As(of) => match options.is_of_json(of) {
            Some(true) => kept,
            Some(false) => Meets::Leaves,
            None => Meets::Perhaps,
        },
    }
}

/// What a parser is made with.
struct Options<'a> {
    program: &'a Program,
    /// The objects that it may be; `None` where one could not be followed.
    objects: Option<Vec<At>>,
}

/// Whether an option is given.
#[derive(Clone, Copy)]
enum Given {
    As(At),
    No,
    Perhaps,
}

impl<'a> Options<'a> {
    fn of(program: &'a Program, call: At) -> Self {
        let (Expr::Call(_, arguments) | Expr::New(_, arguments)) = program.module(call.module).expr(call.expr) else {
            return Self { program, objects: None };
        };
        let objects = match arguments.first() {
            None => Some(Vec::new()),
            Some(first) => {
                let values = program.values(At { expr: *first, ..call }).into_iter();
                let each = values.map(|value| match value {
                    Value::Object(at) => Some(at),
                    _ => None,
                });
                each.collect()
            }
        };
        Self { program, objects }
    }

    fn given(&self, key: &str) -> Given {
        match self.objects.as_deref() {
            Some([]) => Given::No,
            Some([at]) => {
                let Expr::Object(properties) = self.program.module(at.module).expr(at.expr) else {
                    return Given::Perhaps;
                };
                let named = properties.iter().rfind(|property| property.key.as_deref() == Some(key));
                match named {
                    Some(property) => Given::As(At {
                        expr: property.value,
                        ..*at
                    }),
                    None if properties.iter().any(|property| property.key.is_none()) => Given::Perhaps,
                    None => Given::No,
                }
            }
            Some(_) | None => Given::Perhaps,
        }
    }

    /// Whether a `type` is met by `application/json`; `None` is not known.
    fn is_of_json(&self, of: At) -> Option<bool> {
        let values = self.program.values(of);
        let each = values.iter().map(|value| match value {
            Value::Literal(Literal::Text(text)) => Some(is_json(text)),
            Value::List(at) => match self.program.module(at.module).expr(at.expr) {
                Expr::List(items) => {
                    let items = items.iter().map(|item| self.is_of_json(At { expr: *item, ..*at }));
                    let items: Vec<Option<bool>> = items.collect();
                    match items.contains(&Some(true)) {
                        true => Some(true),
                        false => items.iter().all(|item| *item == Some(false)).then_some(false),
                    }
                }
                _ => None,
            },
            // `() => true`
            Value::Function(at) => {
                let module = self.program.module(at.module);
                let own = module.function(at.function);
                let is_all = matches!(own.steps.as_slice(),
                    [Step::Return(Some(expr))] if *module.expr(*expr) == Expr::Bool(true));
                is_all.then_some(true)
            }
            _ => None,
        });
        let each: Option<Vec<bool>> = each.collect();
        match each?.as_slice() {
            [first, rest @ ..] if rest.iter().all(|other| other == first) => Some(*first),
            _ => None,
        }
    }

    /// Whether a `verify` puts something somewhere: `request.rawBody = bytes`.
    fn keeps(&self, verify: At) -> bool {
        let values = self.program.values(verify);
        values.iter().all(|value| match value {
            Value::Function(at) => {
                let module = self.program.module(at.module);
                let mut keeps = false;
                module.each_expr(at.function, &mut |expr| {
                    if let Expr::Assign(_, target, _) = module.expr(expr) {
                        keeps |= matches!(module.expr(*target), Expr::Member(..) | Expr::Index(..));
                    }
                });
                keeps
            }
            _ => false,
        })
    }
}

/// Whether `application/json` is of such a type, as `type-is` says.
fn is_json(of: &str) -> bool {
    matches!(of, "json" | "application/json" | "application/*" | "*/json" | "*/*")
}
