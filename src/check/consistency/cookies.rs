//! Cookies that handlers read of requests, against what takes them out of the header.
//!
//! Express leaves `request.cookies` undefined: `cookie-parser` makes it, and `express-session` does not.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::artifact::in_folder;
use crate::check::View;
use crate::model::{Cause, Component, Examined, Gap, Unread};
use crate::program::module::{Expr, ExprId, FunctionId, Module, Step};
use crate::program::{At, FunctionAt, Program, Reach, Side, UseKind, Value};

use super::Tally;

/// What makes `request.cookies`, or reads the header by itself.
const PARSERS: [&str; 4] = ["cookie", "cookies", "universal-cookie-express", "cookie-session"];
/// What handles requests in place of Express, and has cookies of its own.
const OTHERS: [&str; 6] = [
    "next",
    "fastify",
    "koa",
    "hono",
    "@nestjs/platform-fastify",
    "@hapi/hapi",
];
/// What requests are called.
const REQUESTS: [&str; 4] = ["req", "request", "_req", "_request"];
/// Where else a token may come from.
const HEADERS: [&str; 5] = ["authorization", "Authorization", "header", "headers", "get"];

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    for component in asked {
        let reach = program.reach(component, Side::Server);
        if is_express(&program, &reach) {
            look(view, &program, (component, &reach), &mut tally);
        }
    }
    tally.examined(
        "cookie",
        "is read where something parses cookies",
        "no handler of Express reads cookies here",
    )
}

fn look(view: &View<'_>, program: &Program, (component, reach): (&Component, &Arc<Reach>), tally: &mut Tally<'_>) {
    let is_parsed = uses(program, reach, "cookie-parser", |_| true)
        || PARSERS.iter().any(|package| reach.loads_package(program, package))
        || is_put(program, reach);
    for (function, name, expr) in reads(program, reach) {
        if tally.is_left_out(&name) {
            continue;
        }
        tally.compared += 1;
        if is_parsed {
            continue;
        }
        let module = program.module(function.module);
        let place = program.place(function.module, &module.span(expr));
        if let Some(unread) = open(view, program, component, reach) {
            tally.unread(unread);
            continue;
        }
        let why = format!(
            "`{name}` of the request's cookies is read here, and nothing that production mounts parses cookies"
        );
        tally.gaps.push(Gap::at(place, &format!("cookies {name}"), why));
    }
}

/// Whether Express serves, and nothing else.
fn is_express(program: &Program, reach: &Reach) -> bool {
    let serves = uses(program, reach, "express", str::is_empty)
        || uses(program, reach, "@nestjs/core", |path| path == "NestFactory.create");
    serves && !OTHERS.iter().any(|package| reach.loads_package(program, package))
}

/// Whether something of a package is used where production comes to it; that it is loaded is no use.
fn uses(program: &Program, reach: &Reach, package: &str, is_it: impl Fn(&str) -> bool) -> bool {
    let beginnings = [package];
    let found = program.usage().of_packages(&beginnings);
    let mut uses = found.filter(|(name, _)| *name == package).flat_map(|(_, uses)| uses);
    uses.any(|found| found.kind != UseKind::Load && is_it(&found.path) && reach.is_live(found.function))
}

/// Whether the program puts cookies into requests by its own hand.
fn is_put(program: &Program, reach: &Reach) -> bool {
    let mut modules = program.modules().filter(|(id, _)| reach.is_loaded(*id));
    modules.any(|(_, linked)| {
        let module = &linked.module;
        let is_cookies =
            |expr: ExprId| matches!(module.expr(expr), Expr::Member(_, name) if name.as_ref() == "cookies");
        let mut each = module.expressions.iter();
        each.any(|(expr, _)| match expr {
            Expr::Assign(_, target, _) => is_cookies(*target),
            // `Object.assign(request, { cookies })`
            Expr::Object(properties) => properties
                .iter()
                .any(|property| property.key.as_deref() == Some("cookies")),
            _ => false,
        })
    })
}

/// Why something that was not followed may parse them.
fn open(view: &View<'_>, program: &Program, component: &Component, reach: &Reach) -> Option<Unread> {
    let unmodelled = |what: String| {
        Some(Unread::new(
            Cause::Unmodelled,
            what,
            "mount `cookie-parser`, or attest it",
        ))
    };
    let folders = [component.folder(), ""];
    if let Some(folder) = folders
        .iter()
        .find(|folder| view.tree().get(&in_folder(folder, "vercel.json")).is_some())
    {
        let path = in_folder(folder, "vercel.json");
        return unmodelled(format!("the host that `{path}` is for may parse cookies"));
    }
    if let Some(unread) = reach.unread(program, &[]) {
        return Some(unread);
    }
    let routes = program.routes(component);
    let edge = routes.edges.first().or_else(|| reach.open_edge())?;
    unmodelled(format!("what parses cookies could not be followed: {}", edge.why))
}

/// The cookies that functions read as if they were surely there: nothing asks first whether there are any, and no header
/// would do as well. What takes a token out of requests for a strategy has nothing else, whether it asks first or not.
fn reads(program: &Program, reach: &Reach) -> Vec<(FunctionAt, String, ExprId)> {
    let mut found = Vec::new();
    let alone = extractors(program, reach);
    let live: BTreeSet<FunctionAt> = reach.live().chain(alone.iter().copied()).collect();
    for at in live {
        let module = program.module(at.module);
        let function = module.function(at.function);
        let names = |member: &str| function.members.iter().any(|name| name.as_ref() == member);
        if !names("cookies") || HEADERS.iter().any(|header| names(header)) {
            continue;
        }
        let look = Look {
            module,
            function: at.function,
        };
        let (cookies, parents) = look.cookies();
        if alone.contains(&at) {
            let named = cookies.iter().filter_map(|expr| look.named(*expr, &parents));
            found.extend(named.map(|(name, expr)| (at, name, expr)));
            continue;
        }
        let each: Vec<Option<(String, ExprId)>> = cookies.iter().map(|expr| look.read(*expr, &parents)).collect();
        // Where one read asks first, the others may stand behind its answer.
        if each.iter().all(Option::is_some) {
            found.extend(each.into_iter().flatten().map(|(name, expr)| (at, name, expr)));
        }
    }
    found.sort_by_key(|(at, _, expr)| (*at, *expr));
    found
}

/// The functions that alone take a token out of requests: `ExtractJwt.fromExtractors([(request) => …])`.
/// <https://www.passportjs.org/packages/passport-jwt/>
fn extractors(program: &Program, reach: &Reach) -> BTreeSet<FunctionAt> {
    let mut found = BTreeSet::new();
    for (id, linked) in program.modules().filter(|(id, _)| reach.is_loaded(*id)) {
        let module = &linked.module;
        for (expr, _) in &module.expressions {
            let Expr::Call(callee, arguments) = expr else { continue };
            let is_it = matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "fromExtractors");
            let [list] = arguments.as_ref() else { continue };
            let Expr::List(items) = module.expr(*list) else {
                continue;
            };
            if let ([only], true) = (items.as_ref(), is_it) {
                let at = At {
                    module: id,
                    expr: *only,
                };
                if let [Value::Function(function)] = program.values(at).as_slice() {
                    found.insert(*function);
                }
            }
        }
    }
    found
}

struct Look<'a> {
    module: &'a Module,
    function: FunctionId,
}

impl Look<'_> {
    /// `request.cookies`, wherever a function mentions it, and the expressions that these are parts of.
    fn cookies(&self) -> (BTreeSet<ExprId>, Vec<(ExprId, ExprId)>) {
        let (mut cookies, mut parents) = (BTreeSet::new(), Vec::new());
        self.module.each_expr(self.function, &mut |expr| {
            if let Expr::Member(object, name) = self.module.expr(expr)
                && name.as_ref() == "cookies"
                && self.is_request(*object)
            {
                cookies.insert(expr);
            }
            self.module.expr(expr).parts(&mut |part| {
                if cookies.contains(&part) {
                    parents.push((part, expr));
                }
            });
        });
        (cookies, parents)
    }

    fn is_request(&self, expr: ExprId) -> bool {
        let name = match self.module.expr(expr) {
            Expr::Name(binding) => &self.module.binding(*binding).name,
            Expr::Member(_, name) => name,
            _ => return false,
        };
        REQUESTS.contains(&name.as_ref())
    }

    /// The name that is read of cookies as if there were any; `None` where it is asked first, or handed on.
    fn read(&self, cookies: ExprId, parents: &[(ExprId, ExprId)]) -> Option<(String, ExprId)> {
        if self.module.is_optional(cookies) {
            return None;
        }
        self.named(cookies, parents)
    }

    /// The name that is read of cookies.
    fn named(&self, cookies: ExprId, parents: &[(ExprId, ExprId)]) -> Option<(String, ExprId)> {
        match parents.iter().find(|(part, _)| *part == cookies) {
            Some((_, parent)) => match self.module.expr(*parent) {
                Expr::Member(_, name) => Some((name.to_string(), *parent)),
                _ => None,
            },
            None => self.taken_out(cookies).map(|name| (name, cookies)),
        }
    }

    /// `const { token } = request.cookies`.
    fn taken_out(&self, cookies: ExprId) -> Option<String> {
        let mut steps: Vec<&Step> = self.module.function(self.function).steps.iter().collect();
        while let Some(step) = steps.pop() {
            match step {
                Step::Bind(bindings, value) if *value == cookies => {
                    let given = bindings.iter().flat_map(|binding| &self.module.binding(*binding).given);
                    let mut own = given.filter(|given| given.value == Some(cookies));
                    return own.find_map(|given| given.path.first().map(ToString::to_string));
                }
                Step::Branch(branch) => steps.extend(branch.arms.iter().flatten()),
                Step::Bind(..) | Step::Do(_) | Step::Return(_) | Step::Throw(_) | Step::Jump => {}
            }
        }
        None
    }
}
