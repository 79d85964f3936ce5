//! What a program's routes answer to a `route` question.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::View;
use crate::check::files::MOST_SHOWN;
use crate::model::{Cause, Component, Evidence, Examined, Gap, Place, Related, Strength, Unread};
use crate::program::{FunctionAt, Middleware, Nature, Program, Reach, Route, Routes, Side, Value, path_of};

use super::guard::Known;
use super::no_server::no_server;
use super::parameters::{Of, Question, Thing};
use super::skipped::is_skipped;

/// What one route answers.
enum Answer {
    Holds,
    /// It falls short: why, and a second place that shows it.
    Lacks(String, Option<Place>),
    Unknown(String),
}

pub(super) fn examine(question: &Question, view: &View<'_>) -> Examined {
    let components: Vec<&Component> = match view.component {
        Some(component) => vec![component],
        None => view.snapshot.components.iter().collect(),
    };
    let node: Vec<&Component> = components
        .into_iter()
        .filter(|component| component.kinds.iter().any(|kind| kind == "node"))
        .collect();
    if node.is_empty() {
        return other_languages(view);
    }
    let program = Program::of(view.snapshot);
    let all: Vec<Arc<Routes>> = node.iter().map(|component| program.routes(component)).collect();
    let reaches: Vec<Arc<Reach>> = node
        .iter()
        .map(|component| program.reach(component, Side::Server))
        .collect();
    let routes: Vec<&Route> = all.iter().flat_map(|routes| &routes.routes).collect();
    let things = [&question.passes, &question.not_after, &question.calls]
        .into_iter()
        .flatten();
    // Who uses what is asked for is dear to find, and nobody's business where no route is meant.
    let is_asked = routes.iter().any(|route| question.names(route));
    let asked = Asked {
        question,
        users: things
            .filter(|_| is_asked)
            .map(|thing| Users::of(&program, thing))
            .collect(),
        program: &program,
        all: &view.snapshot.components,
        components: &node,
        made: OnceCell::new(),
        guards: Known::default(),
        routes,
        edges: all
            .iter()
            .flat_map(|routes| routes.edges.first())
            .map(|edge| edge.why.clone())
            .collect(),
        unmounted: all.iter().flat_map(|routes| &routes.unmounted).collect(),
    };
    if !all.iter().any(|routes| routes.has_server) {
        return no_server(view, &node, &reaches, &program);
    }
    if question.error_handler {
        let handlers = all.iter().flat_map(|routes| &routes.error_handlers);
        return asked.errors(handlers, &reaches);
    }
    // What is behind an edge adds no route where each route is a file.
    let adding = reaches.into_iter().zip(&all).filter(|(_, routes)| !routes.is_of_files);
    asked.examine(&adding.map(|(reach, _)| reach).collect::<Vec<_>>())
}

fn other_languages(view: &View<'_>) -> Examined {
    let kind = view.component.and_then(|component| component.kinds.first());
    match kind {
        None => Examined::not_applicable("there is no server here"),
        Some(kind) => Examined::unknown(Unread::new(
            Cause::Unmodelled,
            format!("what {kind} code does is not followed yet"),
            "attest it",
        )),
    }
}

/// The functions that answer: a handler, or what a wrapper is given.
pub(super) fn functions_of(program: &Program, handler: &Value) -> Vec<FunctionAt> {
    match handler {
        Value::Function(function) => vec![*function],
        Value::Result(_, call) => program.functions_given_to(*call),
        _ => Vec::new(),
    }
}

/// What a handler asks of a module of this repository that does not export it.
fn broken(program: &Program, route: &Route) -> Option<String> {
    let functions = route.handler.iter().flat_map(|value| functions_of(program, value));
    let ungiven = functions.flat_map(|function| program.ungiven(function)).next()?;
    let path = &program.linked(ungiven.of).path;
    Some(format!(
        "its handler asks for `{}` of `{path}`, which exports nothing of that name",
        ungiven.name
    ))
}

/// The functions that use something that is asked for, and what was found to reach one of them.
struct Users<'a> {
    thing: &'a Thing,
    functions: BTreeSet<FunctionAt>,
    known: RefCell<BTreeMap<FunctionAt, bool>>,
}

impl<'a> Users<'a> {
    fn of(program: &Program, thing: &'a Thing) -> Self {
        let beginnings = thing.beginnings();
        let packages = program.usage().of_packages(&beginnings);
        let users = packages
            .filter(|(package, _)| thing.is_of(package))
            .flat_map(|(_, uses)| uses)
            .filter(|found| thing.is(&found.package, &found.path));
        // `(request, response, next) => limiter(request, response, next)`: what it calls is made elsewhere.
        let mentions = program.mentions().of_packages(&beginnings);
        let mentioning = mentions.filter(|(package, path, _)| thing.is(package, path));
        Self {
            thing,
            functions: users
                .map(|found| found.function)
                .chain(mentioning.flat_map(|(_, _, functions)| functions).copied())
                .collect(),
            known: RefCell::default(),
        }
    }
}

pub(super) struct Asked<'a> {
    question: &'a Question,
    users: Vec<Users<'a>>,
    pub(super) program: &'a Program,
    /// All components, and those that are asked about.
    pub(super) all: &'a [Component],
    pub(super) components: &'a [&'a Component],
    pub(super) routes: Vec<&'a Route>,
    edges: Vec<String>,
    /// Where routers are made that nothing mounts.
    unmounted: Vec<&'a Place>,
    /// Where what is to be passed is made, in words; looked for once.
    pub(super) made: OnceCell<Option<String>>,
    /// What was found of guards.
    pub(super) guards: Known,
}

impl Asked<'_> {
    fn errors<'b>(&self, handlers: impl Iterator<Item = &'b Middleware>, reaches: &[Arc<Reach>]) -> Examined {
        let (sure, doubtful): (Vec<&Middleware>, Vec<&Middleware>) = handlers.partition(|one| one.doubt.is_none());
        if let Some(first) = sure.first() {
            let evidence = Evidence::new(first.place.clone(), "", Strength::Wired, "error handler");
            let reason = format!("errors are handled by what is mounted in `{}`", first.place.path);
            return Examined::pass(reason, vec![evidence]);
        }
        if let Some(why) = doubtful.first().and_then(|one| one.doubt) {
            return unmodelled(format!("the handler of errors: {why}"));
        }
        if let Some(why) = self.edges.first() {
            return unmodelled(why.clone());
        }
        if let Some(unread) = reaches.iter().find_map(|reach| reach.unread(self.program, &[])) {
            return Examined::unknown(unread);
        }
        let message = "no handler of errors, a function with four parameters, is mounted behind the routes";
        Examined::fail(message, vec![Gap::missing("error handler", message)])
    }

    fn examine(&self, reaches: &[Arc<Reach>]) -> Examined {
        let matching: Vec<&Route> = self
            .routes
            .iter()
            .copied()
            .filter(|route| self.question.names(route))
            .collect();
        // What an earlier route answers is never asked.
        let (first, shadowed): (Vec<&Route>, Vec<&Route>) =
            matching.into_iter().partition(|route| route.shadowed_by.is_none());
        if first.is_empty() {
            return self.missing(reaches, &shadowed);
        }
        let (mut holding, mut lacking, mut unknown) = (Vec::new(), Vec::new(), None);
        for route in &first {
            match self.answer(route) {
                Answer::Holds => holding.push(*route),
                Answer::Lacks(why, related) => lacking.push((*route, why, related)),
                Answer::Unknown(why) => {
                    unknown.get_or_insert((*route, why));
                }
            }
        }
        let is_enough = match self.question.of {
            Of::Each => lacking.is_empty() && unknown.is_none(),
            Of::One => !holding.is_empty(),
        };
        let doubt = match (self.question.of, unknown) {
            (Of::Each, Some((route, why))) if lacking.is_empty() => {
                Some(unmodelled(format!("{}: {why}", shown(route))))
            }
            (Of::One, Some((route, why))) => Some(unmodelled(format!("{}: {why}", shown(route)))),
            // A route whose path is not known may be asked for, too.
            (Of::Each, None) if is_enough => self.open(|route| !matches!(self.answer(route), Answer::Holds)),
            // What was not followed may hold the one that would do.
            (Of::One, None) if !is_enough => self
                .open(|route| !matches!(self.answer(route), Answer::Lacks(..)))
                .or_else(|| self.unfollowed(reaches)),
            (Of::Each | Of::One, _) => None,
        };
        doubt.unwrap_or_else(|| match is_enough {
            true => self.pass(&holding),
            false => self.fail(&lacking),
        })
    }

    /// What is to be said where the path of some route is not known, and it may be one that is asked for.
    fn open(&self, counts: impl Fn(&Route) -> bool) -> Option<Examined> {
        let is_open = |path: &Option<String>| path.as_ref().is_none_or(|path| path.contains("{}"));
        let mut open = self
            .routes
            .iter()
            .filter(|route| is_open(&route.path) && self.question.may_name(route) && !self.question.names(route));
        let route = open.find(|route| counts(route))?;
        let what = format!("the path of the route in {} could not be followed", at(&route.place));
        Some(unmodelled(what))
    }

    /// What is to be said where not all that is served could be followed.
    fn unfollowed(&self, reaches: &[Arc<Reach>]) -> Option<Examined> {
        if let Some(why) = self.edges.first() {
            return Some(unmodelled(why.clone()));
        }
        if let Some(unread) = reaches.iter().find_map(|reach| reach.unread(self.program, &[])) {
            return Some(Examined::unknown(unread));
        }
        let edge = reaches.iter().find_map(|reach| reach.open_edge())?;
        let what = format!("an edge in {} was not followed: {}", at(&edge.place), edge.why);
        Some(unmodelled(what))
    }

    fn answer(&self, route: &Route) -> Answer {
        let mut unknown = None;
        if self.question.behaves {
            match route.nature {
                Nature::Real => {}
                Nature::Constant | Nature::Nothing if self.is_done_before(route) => {
                    unknown = Some("what stands before its handler may do it".to_owned());
                }
                Nature::Constant => return Answer::Lacks("its handler only answers a constant".to_owned(), None),
                Nature::Nothing => return Answer::Lacks("its handler does nothing".to_owned(), None),
                Nature::Unknown => unknown = Some("what its handler does could not be followed".to_owned()),
            }
        }
        if self.question.unbroken
            && let Some(why) = broken(self.program, route)
        {
            return Answer::Lacks(why, None);
        }
        if let Some(thing) = &self.question.not_after {
            match self.passes(route, thing) {
                Passes::By(middleware) => {
                    let why = format!("{} runs before it, in {}", thing.shown(), at(&middleware.place));
                    return Answer::Lacks(why, Some(middleware.place.clone()));
                }
                Passes::No => {}
                Passes::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }
        if let Some(thing) = &self.question.passes {
            match self.passes(route, thing) {
                Passes::By(_) => {}
                Passes::No => return Answer::Lacks(self.lacks(thing), None),
                Passes::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }
        if let Some(thing) = &self.question.calls {
            match self.calls(route, thing) {
                Some(true) => {}
                Some(false) => return Answer::Lacks(format!("its handler never calls {}", thing.shown()), None),
                None => unknown = unknown.or(Some("what its handler does could not be followed".to_owned())),
            }
        }
        unknown.map_or(Answer::Holds, Answer::Unknown)
    }

    pub(super) fn passes<'r>(&self, route: &'r Route, thing: &Thing) -> Passes<'r> {
        let mut unknown = None;
        for middleware in &route.chain {
            let each: Vec<Option<bool>> = middleware.values.iter().map(|value| self.is(value, thing)).collect();
            let is_all = !each.is_empty() && each.iter().all(|known| *known == Some(true));
            let is_some = each.contains(&Some(true));
            match (is_all, middleware.doubt) {
                (true, None) => return Passes::By(middleware),
                (true, Some(why)) => unknown = Some(format!("{why} ({})", at(&middleware.place))),
                (false, _) if is_some || each.contains(&None) => {
                    let place = at(&middleware.place);
                    unknown.get_or_insert_with(|| match middleware.doubt {
                        Some(why) => format!("{why} ({place})"),
                        None => format!("what is mounted in {place} could not be followed"),
                    });
                }
                (false, _) => {}
            }
        }
        unknown.map_or(Passes::No, Passes::Unknown)
    }

    /// Whether a value is something of a package, or a function of the program that uses it. `None` is not known.
    fn is(&self, value: &Value, thing: &Thing) -> Option<bool> {
        if let Some((package, path)) = path_of(value) {
            return Some(thing.is(&package, &path) && !self.program.is_off(value));
        }
        match value {
            Value::Function(function) => match self.reaches(*function, thing) {
                true if is_skipped(self.program, *function, thing) => None,
                false if self.limits(*function, thing) => None,
                reaches => Some(reaches),
            },
            Value::Class(module, class) | Value::Instance(module, class) => self.is_class((*module, *class), thing),
            // What one of the program's wrappers is given is what it runs.
            Value::Result(of, _) if matches!(of.as_ref(), Value::Function(_)) => {
                let given = functions_of(self.program, value);
                Some(given.into_iter().any(|function| self.reaches(function, thing)))
            }
            Value::Literal(_) | Value::Object(_) | Value::List(_) | Value::Element(_) => Some(false),
            _ => None,
        }
    }

    pub(super) fn reaches(&self, function: FunctionAt, thing: &Thing) -> bool {
        let Some(users) = self.users.iter().find(|users| std::ptr::eq(users.thing, thing)) else {
            return false;
        };
        let mut known = users.known.borrow_mut();
        *known.entry(function).or_insert_with(|| {
            let reach = self.program.reach_from(function);
            users.functions.iter().any(|user| reach.is_live(*user))
        })
    }

    fn calls(&self, route: &Route, thing: &Thing) -> Option<bool> {
        let mut is_known = true;
        for value in &route.handler {
            let functions = functions_of(self.program, value);
            is_known &= !functions.is_empty();
            if functions.iter().any(|function| self.reaches(*function, thing)) {
                return Some(true);
            }
        }
        if self.is_called_before(route, thing) {
            return Some(true);
        }
        is_known.then_some(false)
    }

    fn pass(&self, holding: &[&Route]) -> Examined {
        let evidence = holding.iter().take(MOST_SHOWN).map(|route| {
            Evidence::new(
                route.place.clone(),
                &shown(route),
                Strength::Wired,
                self.question.subject(),
            )
        });
        let reason = holding.first().map_or_else(String::new, |route| {
            format!("{} is served, {}", shown(route), at(&route.place))
        });
        Examined::pass(reason, evidence.collect())
    }

    fn fail(&self, lacking: &[(&Route, String, Option<Place>)]) -> Examined {
        if let (Of::One, Some((_, why, _))) = (self.question.of, lacking.first()) {
            // One of them would do, so that none does is one thing that is missing.
            let why = format!("{}: {why}, and the same of each route", self.question.shown());
            return Examined::fail(why.clone(), vec![Gap::missing(self.question.subject(), why)]);
        }
        // A router that is mounted twice is mended once.
        let mut seen = BTreeSet::new();
        let lacking: Vec<_> = lacking.iter().filter(|(route, ..)| seen.insert(&route.place)).collect();
        let gaps = lacking.iter().take(MOST_SHOWN).map(|(route, why, related)| {
            let mut gap = Gap::at(route.place.clone(), &shown(route), format!("{}: {why}", shown(route)));
            gap.related.extend(related.clone().map(|place| Related {
                place,
                message: "this runs before it".to_owned(),
            }));
            gap
        });
        let reason = match lacking.first() {
            Some((route, why, _)) => format!("{}: {why}", shown(route)),
            None => "no route is so".to_owned(),
        };
        Examined::fail(reason, gaps.collect())
    }

    fn missing(&self, reaches: &[Arc<Reach>], shadowed: &[&Route]) -> Examined {
        if let Some(route) = shadowed.first() {
            let earlier = route.shadowed_by.as_ref().map_or_else(String::new, at);
            let why = format!("{} is answered by an earlier route, {earlier}", shown(route));
            let gap = Gap::at(route.place.clone(), &shown(route), why.clone());
            return Examined::fail(why, vec![gap]);
        }
        if let Some(unknown) = self.open(|_| true).or_else(|| self.unfollowed(reaches)) {
            return unknown;
        }
        let unmounted = self.unmounted.first().map_or_else(String::new, |place| {
            format!("; a router is made in {}, and never mounted", at(place))
        });
        let why = format!("no route answers {}{unmounted}", self.question.shown());
        Examined::fail(why.clone(), vec![Gap::missing(self.question.subject(), why)])
    }
}

pub(super) enum Passes<'a> {
    By(&'a Middleware),
    No,
    Unknown(String),
}

fn shown(route: &Route) -> String {
    let method = if route.method.as_ref() == "*" {
        "any"
    } else {
        &route.method
    };
    format!("`{method} {}`", route.path.as_deref().unwrap_or("?"))
}

pub(super) fn at(place: &Place) -> String {
    match place.line {
        Some(line) => format!("`{}`, line {line}", place.path),
        None => format!("`{}`", place.path),
    }
}

fn unmodelled(what: String) -> Examined {
    Examined::unknown(Unread::new(
        Cause::Unmodelled,
        what,
        "write it as a constant, or attest it",
    ))
}
