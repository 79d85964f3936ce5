//! Routes that Nest makes of decorators, and what is put before all of them.

use std::collections::BTreeSet;

use super::argument::default_text;
use super::collect::{Collector, root};
use super::decorated::{decorated, guards, leaving, may_heed};
use super::flatten::normal;
use super::nature::nature;
use super::versioned::Versioned;
use super::{Middleware, Parts, Paths, Route, Routes};
use crate::program::linked::{At, FunctionAt, ModuleId, Program};
use crate::program::module::{ClassId, ClassMember, Expr, ExprId, MemberValue, Property};
use crate::program::values::{Literal, Value, path_of};

/// Nest's decorators of routes.
const DECORATORS: [(&str, &str); 8] = [
    ("Get", "GET"),
    ("Post", "POST"),
    ("Put", "PUT"),
    ("Patch", "PATCH"),
    ("Delete", "DELETE"),
    ("Head", "HEAD"),
    ("Options", "OPTIONS"),
    ("All", "*"),
];

/// What is done to an application as a whole.
#[derive(Debug, Default)]
pub(super) struct Nest {
    /// The prefix of all paths; the inner `None` where it is not known.
    prefix: Option<Option<String>>,
    /// The paths that the prefix leaves out, as they are written: `setGlobalPrefix("api", { exclude: ["health"] })`.
    excluded: Vec<String>,
    /// How versions are a part of all paths.
    versions: Option<Versioned>,
    /// What every request passes.
    before: Vec<Before>,
}

/// What stands before all handlers.
#[derive(Debug, Clone)]
struct Before {
    middleware: Middleware,
    /// Whether it is told which handler is meant, and may leave some out by their decorators: a guard is, what
    /// `app.use(…)` mounts is not.
    is_told: bool,
    /// The paths at or below which it stands; `None` where it stands before all.
    on: Option<Vec<String>>,
}

impl Before {
    /// The middleware as it stands before a route; `None` where it stands before others alone.
    fn of(&self, path: Option<&str>, mut middleware: Middleware) -> Option<Middleware> {
        match (&self.on, path) {
            (None, _) => {}
            (Some(_), None) => middleware.doubt = middleware.doubt.or(Some(NOT_FOLLOWED)),
            (Some(on), Some(path)) => {
                let is_below = |on: &String| {
                    let rest = path.strip_prefix(on.as_str());
                    on == "/" || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                if !on.iter().any(is_below) {
                    return None;
                }
            }
        }
        Some(middleware)
    }
}

/// Why it is not known whether something stands before a route.
const NOT_FOLLOWED: &str = "whether it is mounted on this path is not followed";

impl Nest {
    /// What stands before the paths of a class's method: the prefix of all, its versions, the class's own paths.
    fn prefixes(&self, versions: &[Option<String>], own: &[Option<String>]) -> Paths {
        let all = match &self.prefix {
            None => "",
            Some(known) => known.as_deref().unwrap_or("{}"),
        };
        let each = versions.iter().flat_map(|version| {
            let version = version.as_deref().unwrap_or("{}");
            let own = own.iter().map(|own| own.as_ref());
            own.map(move |own| own.map(|own| format!("{all}/{version}/{own}")))
        });
        each.collect()
    }

    /// Where a path is served that the prefix may leave out; `None` where a pattern of what it leaves out may mean it.
    fn placed(&self, path: String) -> Option<String> {
        let (Some(Some(prefix)), false) = (&self.prefix, self.excluded.is_empty()) else {
            return Some(path);
        };
        let Some(own) = path.strip_prefix(normal(prefix).as_str()) else {
            return Some(path);
        };
        for excluded in &self.excluded {
            let excluded = normal(excluded);
            match excluded.find(['(', '*', '{', ':']) {
                None if excluded == normal(own) => return Some(excluded),
                None => {}
                Some(end) => {
                    let start = excluded.get(..end).unwrap_or_default();
                    if own.starts_with(start) {
                        return None;
                    }
                }
            }
        }
        Some(path)
    }
}

impl Collector<'_> {
    /// `app.setGlobalPrefix("api")`, `app.useGlobalGuards(…)`, `app.use(…)`, `consumer.apply(…).forRoutes("*")`.
    pub(super) fn nest_call(&mut self, at: FunctionAt, call: ExprId, callee: ExprId, arguments: &[ExprId]) {
        let module = self.module(at.module);
        let Expr::Member(object, name) = module.expr(callee) else {
            return;
        };
        let span = module.span(call);
        match name.as_ref() {
            "setGlobalPrefix" => {
                let excluded = match arguments {
                    [_] => Some(Vec::new()),
                    [_, options] => self.excluded(at.module, *options),
                    _ => None,
                };
                let known = excluded.as_ref().filter(|_| self.doubt(at, &span).is_none());
                let known = known.zip(arguments.first());
                let known = known.and_then(|(_, one)| self.prefix(at.module, *one));
                self.collected.nest.prefix = Some(known);
                self.collected.nest.excluded = excluded.unwrap_or_default();
            }
            // The version is a part of the path unless it is said to be a header.
            "enableVersioning" => {
                let is_sure = self.doubt(at, &span).is_none();
                self.collected.nest.versions = self.versioned(at.module, arguments.first(), is_sure);
            }
            "useGlobalGuards" | "useGlobalInterceptors" | "useGlobalPipes" => {
                let doubt = self.doubt(at, &span);
                self.before(at, call, arguments, (doubt, true));
            }
            "use" if self.values(at.module, *object).iter().any(is_application) => {
                let paths = arguments.first().and_then(|first| self.paths(at.module, *first));
                let plain = |path: &Option<String>| {
                    let path = normal(path.as_deref()?);
                    (!path.contains(['*', ':', '(', '{'])).then_some(path)
                };
                let on: Option<Vec<String>> = paths.as_ref().and_then(|paths| paths.iter().map(plain).collect());
                let doubt = (paths.is_some() && on.is_none()).then_some(NOT_FOLLOWED);
                let doubt = self.doubt(at, &span).or(doubt);
                let mounted = if paths.is_some() { &arguments[1..] } else { arguments };
                let first = self.collected.nest.before.len();
                self.before(at, call, mounted, (doubt, false));
                for before in self.collected.nest.before.iter_mut().skip(first) {
                    before.on.clone_from(&on);
                }
            }
            "forRoutes" => {
                let Some(applied) = self.applied(at.module, *object) else {
                    return;
                };
                let is_all = arguments.len() == 1
                    && matches!(module.expr(arguments[0]), Expr::Text(path) if matches!(normal(path).as_str(), "/" | "/*"));
                let is_plain = matches!(module.expr(*object), Expr::Call(callee, _)
                    if matches!(module.expr(*callee), Expr::Member(_, name) if name.as_ref() == "apply"));
                let doubt = (!is_all || !is_plain).then_some("to which routes it is applied is not followed");
                let doubt = self.doubt(at, &span).or(doubt);
                self.before(at, call, &applied, (doubt, false));
            }
            _ => {}
        }
    }

    fn prefix(&self, id: ModuleId, expr: ExprId) -> Option<String> {
        let values = self.values(id, expr);
        let text = match values.as_slice() {
            [Value::Literal(Literal::Text(text))] => Some(text.clone()),
            values => default_text(values).cloned(),
        };
        text.map(|text| text.to_string())
    }

    /// The paths that options leave out; `None` where they say more than that, or it could not be followed.
    fn excluded(&self, id: ModuleId, options: ExprId) -> Option<Vec<String>> {
        let Expr::Object(properties) = self.module(id).expr(options) else {
            return None;
        };
        let [property] = &**properties else { return None };
        let Expr::List(items) = self.module(id).expr(property.value) else {
            return None;
        };
        let path = |item: &ExprId| match self.module(id).expr(*item) {
            Expr::Object(own) => {
                let mut own = own.iter();
                self.prefix(id, own.find(|one| one.key.as_deref() == Some("path"))?.value)
            }
            _ => self.prefix(id, *item),
        };
        let is_exclude = property.key.as_deref() == Some("exclude");
        is_exclude.then(|| items.iter().map(path).collect())?
    }

    fn before(
        &mut self,
        at: FunctionAt,
        call: ExprId,
        arguments: &[ExprId],
        (doubt, is_told): (Option<&'static str>, bool),
    ) {
        let place = self.program.place(at.module, &self.module(at.module).span(call));
        for values in self.arguments(at.module, arguments) {
            let place = place.clone();
            let middleware = Middleware { values, place, doubt };
            let on = None;
            self.collected.nest.before.push(Before {
                middleware,
                is_told,
                on,
            });
        }
    }

    /// What `.apply(…)` was given, below other calls such as `.exclude(…)`.
    fn applied(&self, id: crate::program::linked::ModuleId, expr: ExprId) -> Option<Vec<ExprId>> {
        let module = self.module(id);
        let mut at = expr;
        for _ in 0..8 {
            let Expr::Call(callee, arguments) = module.expr(at) else {
                return None;
            };
            let Expr::Member(object, name) = module.expr(*callee) else {
                return None;
            };
            if name.as_ref() == "apply" {
                return Some(arguments.to_vec());
            }
            at = *object;
        }
        None
    }
}

/// What `NestFactory.create(…)` gives, and what a function is handed that sets it up.
fn is_application(value: &Value) -> bool {
    matches!(value, Value::Parameter(..))
        || path_of(value).is_some_and(|(package, _)| package.as_ref() == "@nestjs/core")
}

/// Adds the routes of all controllers that are loaded.
pub(super) fn add(program: &Program, loaded: &[ModuleId], nest: &Nest, routes: &mut Routes) {
    let mut before = nest.before.clone();
    let provided = loaded.iter().flat_map(|id| provided(program, *id));
    before.extend(provided.map(|middleware| Before {
        middleware,
        is_told: true,
        on: None,
    }));
    let nest = Nest {
        prefix: nest.prefix.clone(),
        excluded: nest.excluded.clone(),
        versions: nest.versions.clone(),
        before,
    };
    let registered = super::registered::controllers(program, loaded);
    // An application all of whose controllers are known serves these and no others, be it none.
    routes.has_server |= registered.is_some() && super::registered::serves_by_controllers(program, loaded);
    for id in loaded {
        controllers(program, *id, &nest, registered.as_ref(), routes);
    }
}

pub(super) fn is_common(value: &Value, name: &str) -> bool {
    matches!(value, Value::Package(package, path)
        if package.as_ref() == "@nestjs/common" && path.len() == 1 && path[0].as_ref() == name)
}

/// `{ provide: APP_GUARD, useClass: ThrottlerGuard }`: what every request passes.
fn provided(program: &Program, id: ModuleId) -> Vec<Middleware> {
    const EACH: [&str; 3] = ["APP_GUARD", "APP_INTERCEPTOR", "APP_PIPE"];
    let module = program.module(id);
    let find = |properties: &[Property], keys: &[&str]| {
        let is_it = |property: &&Property| property.key.as_deref().is_some_and(|key| keys.contains(&key));
        properties.iter().find(is_it).map(|property| property.value)
    };
    let objects = module.expressions.iter().filter_map(|(expr, span)| match expr {
        Expr::Object(properties) => Some((properties, span)),
        _ => None,
    });
    let each = objects.filter_map(|(properties, span)| {
        let token = find(properties, &["provide"])?;
        let values = program.values(At {
            module: id,
            expr: token,
        });
        let is_for_each = values.iter().any(|value| {
            matches!(value, Value::Package(package, path) if package.as_ref() == "@nestjs/core"
                && path.last().is_some_and(|name| EACH.contains(&name.as_ref())))
        });
        let given = find(properties, &["useClass", "useExisting", "useValue", "useFactory"])?;
        let is_made = find(properties, &["useFactory"]) == Some(given);
        is_for_each.then(|| Middleware {
            values: made(
                program,
                At {
                    module: id,
                    expr: given,
                },
                is_made,
            ),
            place: program.place(id, &(span.start as usize..span.end as usize)),
            doubt: None,
        })
    });
    each.collect()
}

/// What a provider gives: of a factory, what it makes.
fn made(program: &Program, given: At, is_made: bool) -> Vec<Value> {
    let values = program.values(given);
    let factories = values.iter().filter_map(|value| match value {
        Value::Function(function) if is_made => Some(program.returned_by(*function)),
        _ => None,
    });
    match factories.collect::<Vec<_>>() {
        made if made.len() == values.len() => made.concat(),
        _ => values,
    }
}

fn controllers(
    program: &Program,
    id: ModuleId,
    nest: &Nest,
    registered: Option<&BTreeSet<(ModuleId, ClassId)>>,
    routes: &mut Routes,
) {
    let module = program.module(id);
    for (index, class) in (0_u32..).zip(&module.classes) {
        let Some(prefixes) = class
            .decorators
            .iter()
            .find_map(|decorator| decorated(program, id, *decorator, "Controller"))
        else {
            continue;
        };
        routes.has_server = true;
        if registered.is_some_and(|known| !known.contains(&(id, ClassId(index)))) {
            continue;
        }
        let own = guards(program, id, &class.decorators);
        for member in &class.members {
            let decorators = [class.decorators.as_slice(), &member.decorators].concat();
            let leaving = leaving(program, id, &decorators);
            let told = |mut one: Middleware| {
                if may_heed(&one, &leaving) {
                    one.doubt = one.doubt.or(Some("a decorator may leave this route out"));
                }
                one
            };
            let all = nest.before.iter().map(|one| match one.is_told {
                true => told(one.middleware.clone()),
                false => one.middleware.clone(),
            });
            let before: Vec<Middleware> = all.chain(own.iter().cloned().map(told)).collect();
            let versions = nest.versions.as_ref().map_or_else(root, |versions| {
                versions.parts(program, id, &class.decorators, &member.decorators)
            });
            let prefixes = nest.prefixes(&versions, &prefixes);
            let first = routes.routes.len();
            member_routes(program, id, member, &prefixes, &before, routes);
            for route in routes.routes.iter_mut().skip(first) {
                route.path = route.path.take().and_then(|path| nest.placed(path));
                let own = route.chain.split_off(nest.before.len());
                let all = nest.before.iter().zip(std::mem::take(&mut route.chain));
                route.chain = all
                    .filter_map(|(before, one)| before.of(route.path.as_deref(), one))
                    .collect();
                route.chain.extend(own);
            }
        }
    }
}

fn member_routes(
    program: &Program,
    id: ModuleId,
    member: &ClassMember,
    prefixes: &[Option<String>],
    before: &[Middleware],
    routes: &mut Routes,
) {
    let MemberValue::Method(function) = member.value else {
        return;
    };
    for decorator in &member.decorators {
        for (name, method) in DECORATORS {
            let Some(paths) = decorated(program, id, *decorator, name) else {
                continue;
            };
            let handler = vec![Value::Function(FunctionAt { module: id, function })];
            let mut chain = before.to_vec();
            chain.extend(guards(program, id, &member.decorators));
            let route = Route {
                method: method.into(),
                path: None,
                chain,
                answering: Vec::new(),
                nature: nature(program, &handler),
                handler,
                place: program.place(id, &member.span),
                shadowed_by: None,
                parts: Parts::default(),
            };
            let all = prefixes
                .iter()
                .flat_map(|prefix| paths.iter().map(move |path| (prefix, path)));
            routes.routes.extend(all.map(|both| Route {
                path: match both {
                    (Some(prefix), Some(path)) => Some(normal(&format!("{prefix}/{path}"))),
                    _ => None,
                },
                ..route.clone()
            }));
        }
    }
}
