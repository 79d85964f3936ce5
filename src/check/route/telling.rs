//! Whether an answer's status can tell that what the handler asked for failed: a health check that catches the database's
//! failure and answers 200 all the same tells nobody.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::answer::{Users, functions_of};
use super::chooses;
use super::indicator::says_down;
use super::judged::{Asked, at};
use super::parameters::Thing;
use super::status::{self, Fails, Statuses, throws};
use crate::check::code::Truth;
use crate::program::module::{BranchKind, Expr, ExprId, Module, Step};
use crate::program::{At, FunctionAt, Program, Route, UseKind, Value, path_of};

/// Functions that call each other and are followed.
const DEEPEST: usize = 6;
/// What becomes of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Nothing is done about it that changes the status.
    Silent,
    /// It could not be followed.
    Unknown,
    /// The status tells.
    Told,
    /// It is thrown on.
    Escapes,
}

impl Asked<'_> {
    /// Whether the status of a route's answers tells where something that its handler calls fails.
    pub(super) fn tells_failure(&self, route: &Route, thing: &Thing) -> Truth {
        match self.fate(route, thing) {
            Fate::Silent if self.is_plain(route, thing) => {
                Truth::No(format!("it answers with the same status where {} fails", thing.shown()))
            }
            Fate::Silent | Fate::Unknown => {
                let why = "whether its status tells that what it asks failed could not be followed";
                Truth::Unknown(why.to_owned())
            }
            Fate::Escapes | Fate::Told => cached(self.program, route).map_or(Truth::Yes, Truth::Unknown),
        }
    }

    /// What becomes of a failure of something that a handler calls.
    fn fate(&self, route: &Route, thing: &Thing) -> Fate {
        let functions = route.handler.iter().flat_map(|value| functions_of(self.program, value));
        let asking: Vec<FunctionAt> = functions.filter(|function| self.reaches(*function, thing)).collect();
        let Some(users) = self.users_of(thing).filter(|_| !asking.is_empty()) else {
            // What stands before the handler asks.
            return Fate::Told;
        };
        let telling = Telling {
            asked: self,
            thing,
            users,
            handlers: &asking,
            known: RefCell::default(),
        };
        let each = asking.iter().map(|&function| {
            let followed = telling.of(function, 0);
            followed.unwrap_or_else(|| match telling.statuses().fails(function, status::DEEPEST) {
                Fails::Yes => Fate::Told,
                Fails::Maybe | Fails::No => Fate::Unknown,
            })
        });
        each.max().unwrap_or(Fate::Unknown)
    }
}

struct Telling<'t, 'a> {
    asked: &'t Asked<'a>,
    thing: &'t Thing,
    users: &'t Users<'a>,
    /// What answers.
    handlers: &'t [FunctionAt],
    /// What was found of functions; of those that are being looked at, nothing yet.
    known: RefCell<BTreeMap<FunctionAt, Option<Fate>>>,
}

impl<'a> Telling<'_, 'a> {
    fn program(&self) -> &'a Program {
        self.asked.program
    }

    fn statuses(&self) -> Statuses<'a> {
        Statuses {
            program: self.program(),
        }
    }

    fn module(&self, function: FunctionAt) -> &'a Module {
        self.program().module(function.module)
    }

    /// What becomes of the failure of what a function asks, itself or by others; `None` where nothing is seen to ask.
    fn of(&self, function: FunctionAt, depth: usize) -> Option<Fate> {
        if let Some(known) = self.known.borrow().get(&function) {
            return *known;
        }
        self.known.borrow_mut().insert(function, None);
        let module = self.module(function);
        let mut found = None;
        let mut parts = Vec::new();
        module.each_expr(function.function, &mut |expr| parts.push(expr));
        for part in parts {
            let Some(fate) = self.spot(function, part, depth) else {
                continue;
            };
            let fate = match fate {
                Fate::Escapes => self.beyond(function, part),
                // It gives something back that says so, perhaps.
                Fate::Silent => self.given_back(function),
                known => known,
            };
            found = found.max(Some(fate));
        }
        // A state is read: `mongoose.connection.readyState`.
        if found.is_none() && self.users.has(function) {
            found = Some(self.given_back(function));
        }
        self.known.borrow_mut().insert(function, found);
        found
    }

    /// What comes out of one expression where what is asked fails; `None` where nothing is asked there.
    fn spot(&self, function: FunctionAt, expr: ExprId, depth: usize) -> Option<Fate> {
        let module = self.module(function);
        let spot = At {
            module: function.module,
            expr,
        };
        // `query(…).then(…)` waits for what was asked.
        let waits = matches!(module.expr(expr), Expr::Call(callee, _) if matches!(module.expr(*callee),
            Expr::Member(_, name) if matches!(&**name, "then" | "catch" | "finally")));
        match self.users.kind_of(spot).filter(|_| !waits) {
            Some(UseKind::Call | UseKind::Construction) => return Some(Fate::Escapes),
            // A state that is read is a value, and throws nothing.
            Some(UseKind::Mention | UseKind::Element | UseKind::Load) => return Some(Fate::Silent),
            None => {}
        }
        let called: Vec<FunctionAt> = match module.expr(expr) {
            Expr::Function(within) => vec![FunctionAt {
                module: function.module,
                function: *within,
            }],
            Expr::Call(callee, _) => {
                let values = self.program().values(At {
                    module: function.module,
                    expr: *callee,
                });
                let functions = values.into_iter().filter_map(|value| match value {
                    Value::Function(called) => Some(called),
                    _ => None,
                });
                functions.collect()
            }
            _ => Vec::new(),
        };
        let of_one = |called: FunctionAt| {
            let followed = (depth < DEEPEST).then(|| self.of(called, depth + 1)).flatten();
            let by_text = || {
                chooses::by_text(self.program(), spot, called, |part| {
                    self.spot(called, part, depth + 1).is_some()
                })
            };
            let followed = followed.map(|fate| {
                if fate > Fate::Unknown && by_text() {
                    Fate::Unknown
                } else {
                    fate
                }
            });
            let may_ask = || depth + 1 >= DEEPEST && self.asked.reaches(called, self.thing);
            followed.or_else(|| may_ask().then_some(Fate::Unknown))
        };
        called.into_iter().filter_map(of_one).max()
    }

    /// What becomes of something that an expression of a function throws.
    fn beyond(&self, function: FunctionAt, expr: ExprId) -> Fate {
        let module = self.module(function);
        let mut around = Vec::new();
        let steps = &module.function(function.function).steps;
        let Some(whole) = enclosing(module, steps, expr, &mut around) else {
            return Fate::Escapes;
        };
        match self.in_expression(function, whole, expr) {
            Fate::Escapes => {}
            Fate::Silent => return self.given_back(function),
            known => return known,
        }
        for handler in around.iter().rev() {
            if throws(handler) {
                continue;
            }
            match says_down(self.program(), function, handler) {
                Some(Truth::Yes) => return Fate::Told,
                Some(Truth::Unknown(_) | Truth::No(_)) => return Fate::Unknown,
                None => {}
            }
            return match self.statuses().steps_fail(function, handler, status::DEEPEST) {
                Fails::Yes => Fate::Told,
                Fails::Maybe => Fate::Unknown,
                // A `catch` that answers or gives something back itself is the end of it.
                Fails::No if ends(self.program(), function, handler) => Fate::Silent,
                Fails::No => self.given_back(function),
            };
        }
        Fate::Escapes
    }

    /// `ping().catch(() => false)`, `ping().then(good, bad)`, `Promise.allSettled([…])`, `db.query("SELECT 1", (error) => …)`.
    fn in_expression(&self, function: FunctionAt, whole: ExprId, spot: ExprId) -> Fate {
        let module = self.module(function);
        let holds = |expr: ExprId| {
            let mut is_held = false;
            module.each_part(expr, &mut |part| is_held |= part == spot);
            is_held
        };
        let mut calls = Vec::new();
        module.each_part(whole, &mut |part| {
            if let Expr::Call(callee, arguments) = module.expr(part) {
                calls.push((part, *callee, arguments));
            }
        });
        for (call, callee, arguments) in calls {
            if call == spot && arguments.iter().any(|argument| takes_an_error(module, *argument)) {
                return Fate::Silent;
            }
            let Expr::Member(object, name) = module.expr(callee) else {
                continue;
            };
            let handler = match (name.as_ref(), arguments.as_ref()) {
                ("catch", [handler, ..]) | ("then", [_, handler, ..]) if holds(*object) => *handler,
                ("allSettled", [list, ..]) if holds(*list) => return Fate::Silent,
                _ => continue,
            };
            let Expr::Function(handler) = module.expr(handler) else {
                return Fate::Unknown;
            };
            let steps = &module.function(*handler).steps;
            if throws(steps) {
                continue;
            }
            return match self.statuses().steps_fail(
                FunctionAt {
                    function: *handler,
                    ..function
                },
                steps,
                status::DEEPEST,
            ) {
                Fails::Yes => Fate::Told,
                Fails::Maybe => Fate::Unknown,
                Fails::No => Fate::Silent,
            };
        }
        Fate::Escapes
    }

    /// What becomes of a failure that is no error any more: the function may look at it and answer so.
    fn given_back(&self, function: FunctionAt) -> Fate {
        let fails = match self.handlers.contains(&function) {
            true => self.statuses().handler_fails(function),
            false => self.statuses().fails(function, status::DEEPEST),
        };
        match fails {
            Fails::Yes => Fate::Told,
            Fails::Maybe => Fate::Unknown,
            Fails::No => Fate::Silent,
        }
    }
}

/// What keeps answers for a route, and gives them again without asking its handler.
fn cached(program: &Program, route: &Route) -> Option<String> {
    const KEEPING: [(&str, &str); 4] = [
        ("@nestjs/cache-manager", "CacheInterceptor"),
        ("@nestjs/common", "CacheInterceptor"),
        ("apicache", "middleware"),
        ("route-cache", "cacheSeconds"),
    ];
    let keeps = |value: &Value| {
        path_of(value).is_some_and(|(package, path)| {
            let mut keeping = KEEPING.iter();
            keeping.any(|(known, name)| *known == &*package && path.contains(name))
        })
    };
    let is_keeping = |value: &Value| match value {
        Value::Class(module, class) | Value::Instance(module, class) => {
            let extends = program.module(*module).class(*class).extends;
            let bases = extends.map(|expr| program.values(At { module: *module, expr }));
            bases.into_iter().flatten().any(|base| keeps(&base))
        }
        other => keeps(other),
    };
    let one = route.chain.iter().find(|one| one.values.iter().any(is_keeping))?;
    Some(format!("what keeps answers stands before it, in {}", at(&one.place)))
}

/// `(error) => …`, `(err, result) => …`.
fn takes_an_error(module: &Module, argument: ExprId) -> bool {
    let Expr::Function(function) = module.expr(argument) else {
        return false;
    };
    let first = module.function(*function).parameters.first();
    let name = first.and_then(|first| first.bindings.first());
    name.is_some_and(|name| {
        let name = module.binding(*name).name.trim_start_matches('_').to_ascii_lowercase();
        name.starts_with("err") || name == "e"
    })
}

/// The expression of a step that holds another, and the handlers of the `try` blocks around it, the outermost first.
fn enclosing<'s>(module: &Module, steps: &'s [Step], spot: ExprId, around: &mut Vec<&'s [Step]>) -> Option<ExprId> {
    let holds = |expr: ExprId| {
        let mut is_held = false;
        module.each_part(expr, &mut |part| is_held |= part == spot);
        is_held
    };
    for step in steps {
        match step {
            Step::Do(expr) | Step::Bind(_, expr) | Step::Return(Some(expr)) | Step::Throw(expr) => {
                if holds(*expr) {
                    return Some(*expr);
                }
            }
            Step::Return(None) | Step::Jump => {}
            Step::Branch(branch) => {
                if let Some(test) = branch.test.filter(|test| holds(*test)) {
                    return Some(test);
                }
                for (arm, index) in branch.arms.iter().zip(0_u32..) {
                    let depth = around.len();
                    // One that is absent is empty, as an empty one is; with `finally` it may be absent.
                    let handler = branch
                        .arms
                        .get(1)
                        .filter(|handler| !handler.is_empty() || branch.arms.get(2).is_none_or(Vec::is_empty));
                    if let (BranchKind::Try, 0, Some(handler)) = (branch.kind, index, handler) {
                        around.push(handler);
                    }
                    if let Some(found) = enclosing(module, arm, spot, around) {
                        return Some(found);
                    }
                    around.truncate(depth);
                }
            }
        }
    }
    None
}

/// Whether steps answer, or leave the function.
fn ends(program: &Program, function: FunctionAt, steps: &[Step]) -> bool {
    steps.iter().any(|step| match step {
        Step::Return(_) => true,
        Step::Do(expr) => program.is_answer(function, *expr),
        _ => false,
    })
}
