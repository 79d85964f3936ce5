//! What one route answers to a `route` question: what stands on its way, and what its handler does.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::code::{Truth, saying};
use crate::model::Place;
use crate::program::{
    At, FunctionAt, Handed, Lost, Middleware, Nature, Program, Reach, Route, Use, UseKind, Value, is_used_by_mention,
    only_makes, path_of,
};

use super::carries::Carries;
use super::judged::{Asked, at};
use super::lets_through::{Beyond, beyond};
use super::parameters::Thing;
use super::skipped::is_skipped;

/// What one route answers.
pub(super) enum Answer {
    Holds,
    /// It falls short: why, and a second place that shows it.
    Lacks(String, Option<Place>),
    Unknown(String),
}

impl Answer {
    fn lacks(why: impl Into<String>) -> Self {
        Self::Lacks(why.into(), None)
    }
}

impl From<Truth> for Answer {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::Yes => Self::Holds,
            Truth::No(why) => Self::lacks(why),
            Truth::Unknown(why) => Self::Unknown(why),
        }
    }
}

/// Whether a request to a route passes through something.
pub(super) enum Passes<'a> {
    By(&'a Middleware),
    /// Only through such as was made otherwise than it is asked for: why.
    Unfit(&'a Middleware, String),
    No,
    Unknown(String),
}

/// Whether a handler calls something.
pub(super) enum Calls {
    Yes,
    No,
    Unknown(String),
}

/// The functions that use something that is asked for, and what was found to reach one of them.
pub(super) struct Users<'a> {
    thing: &'a Thing,
    functions: BTreeSet<FunctionAt>,
    /// Where each is used, and how.
    spots: BTreeMap<At, UseKind>,
    known: RefCell<BTreeMap<FunctionAt, bool>>,
    /// Whether any module loads such a package; looked for once.
    loaded: OnceCell<bool>,
    /// The calls of what could not be traced that may be one of a store that is asked for; looked for once.
    pub(super) stores: OnceCell<Vec<&'a Lost>>,
}

impl<'a> Users<'a> {
    pub(super) fn of(program: &'a Program, reaches: &[Arc<Reach>], thing: &'a Thing) -> Self {
        let beginnings = thing.beginnings();
        let packages = program.usage().of_packages(&beginnings);
        // The uses of one thing stand side by side.
        let users = packages
            .filter(|(package, _)| thing.is_of(package))
            .flat_map(|(_, uses)| uses.chunk_by(|one, next| one.path == next.path))
            .filter(|same| same.first().is_some_and(|found| thing.is_at(&found.path)))
            .flatten();
        let users: Vec<&Use> = users.collect();
        // `(request, response, next) => limiter(request, response, next)`: what it calls is made elsewhere.
        let mentions = program.mentions().of_packages(&beginnings);
        let mentioning =
            mentions.filter(|(package, path, _)| thing.is(package, path) && is_used_by_mention(package, path));
        // `registerHealth(app, pool)`: what it calls of the pool is what some call of production hands it.
        let handed = beginnings
            .iter()
            .flat_map(|beginning| program.usage().handed_of(beginning).chunk_by(is_same));
        let handed = handed
            .filter(|same| {
                same.first()
                    .is_some_and(|first| thing.is(&first.used.package, &first.used.path))
            })
            .flatten()
            .filter(|handed| handed.is_alone && reaches.iter().any(|reach| reach.is_live(handed.from)));
        let users: Vec<&Use> = users.into_iter().chain(handed.map(|handed| &handed.used)).collect();
        Self {
            thing,
            spots: users
                .iter()
                .filter_map(|found| Some((found.at()?, found.kind)))
                .collect(),
            functions: users
                .iter()
                .map(|found| found.function)
                .chain(mentioning.flat_map(|(_, _, functions)| functions).copied())
                .chain(thing.text.iter().flat_map(|text| saying(program, text).into_keys()))
                .collect(),
            known: RefCell::default(),
            loaded: OnceCell::new(),
            stores: OnceCell::new(),
        }
    }

    /// How an expression uses it, where it does.
    pub(super) fn kind_of(&self, at: At) -> Option<UseKind> {
        self.spots.get(&at).copied()
    }

    /// Whether a function uses it.
    pub(super) fn has(&self, function: FunctionAt) -> bool {
        self.functions.contains(&function)
    }

    /// Whether any module loads a package that is asked for.
    pub(super) fn is_loaded(&self, program: &Program) -> bool {
        *self.loaded.get_or_init(|| {
            let mut packages = program.packages().iter();
            packages.any(|(name, within)| match within.is_empty() {
                true => self.thing.is_of(name),
                false => self.thing.is_of(&format!("{name}/{within}")) || self.thing.is_of(name),
            })
        })
    }
}

/// Whether two are uses of the same thing of one package.
fn is_same(one: &Handed, next: &Handed) -> bool {
    one.used.package == next.used.package && one.used.path == next.used.path
}

impl<'a> Asked<'a> {
    /// Who uses something that the question asks for.
    pub(super) fn users_of(&self, thing: &Thing) -> Option<&Users<'a>> {
        self.users.iter().find(|users| std::ptr::eq(users.thing, thing))
    }
}

impl Asked<'_> {
    /// What a route answers to all that is asked: where it lacks one thing, nothing further is looked for.
    pub(super) fn answer(&self, route: &Route) -> Answer {
        let asked: [fn(&Self, &Route) -> Answer; 9] = [
            Self::behaves,
            Self::is_unbroken,
            Self::passes_what_is_asked,
            Self::carries_what_is_asked,
            Self::calls_what_is_asked,
            Self::reaches_what_is_asked,
            Self::decides_by_what_is_asked,
            Self::checks_input,
            // Of a route that is not meant it says nothing.
            Self::is_not_after,
        ];
        let mut unknown = None;
        for ask in asked {
            match ask(self, route) {
                Answer::Holds => {}
                Answer::Unknown(why) => {
                    unknown.get_or_insert(why);
                }
                lacking @ Answer::Lacks(..) => return lacking,
            }
        }
        unknown.map_or(Answer::Holds, Answer::Unknown)
    }

    fn behaves(&self, route: &Route) -> Answer {
        if !self.question.behaves {
            return Answer::Holds;
        }
        match route.nature {
            Nature::Real => Answer::Holds,
            Nature::Constant | Nature::Nothing if self.is_done_before(route) => {
                Answer::Unknown("what stands before its handler may do it".to_owned())
            }
            Nature::Constant => Answer::lacks("its handler only answers a constant"),
            Nature::Nothing => Answer::lacks("its handler does nothing"),
            Nature::Unknown => Answer::Unknown("what its handler does could not be followed".to_owned()),
        }
    }

    fn is_unbroken(&self, route: &Route) -> Answer {
        let broken = || broken(self.program, route);
        let broken = self.question.unbroken.then(broken).flatten();
        broken.map_or(Answer::Holds, Answer::lacks)
    }

    fn is_not_after(&self, route: &Route) -> Answer {
        let Some(thing) = &self.question.not_after else {
            return Answer::Holds;
        };
        match self.passes_unread(route, thing) {
            Passes::By(middleware) => {
                let why = format!("{} runs before it, in {}", thing.shown(), at(&middleware.place));
                Answer::Lacks(why, Some(middleware.place.clone()))
            }
            Passes::No | Passes::Unfit(..) => Answer::Holds,
            Passes::Unknown(why) => Answer::Unknown(why),
        }
    }

    fn passes_what_is_asked(&self, route: &Route) -> Answer {
        let Some(thing) = &self.question.passes else {
            return Answer::Holds;
        };
        match self.passes(route, thing) {
            Passes::By(_) => {
                let behind = self.question.behind.as_ref();
                let lacking = behind.and_then(|parser| self.not_behind(route, thing, parser));
                lacking.map_or(Answer::Holds, |(why, place)| Answer::Lacks(why, place))
            }
            Passes::Unfit(middleware, why) => {
                let why = format!("of {} in {}, {why}", thing.shown(), at(&middleware.place));
                Answer::Lacks(why, Some(middleware.place.clone()))
            }
            Passes::No => Answer::lacks(self.lacks(thing)),
            Passes::Unknown(why) => Answer::Unknown(why),
        }
    }

    fn carries_what_is_asked(&self, route: &Route) -> Answer {
        let [first, ..] = self.question.carries.as_slice() else {
            return Answer::Holds;
        };
        match self.carries(route, &self.question.carries) {
            Carries::Yes => Answer::Holds,
            Carries::No => Answer::lacks(format!("nothing before its handler sets `{first}`")),
            Carries::Unknown(why) => Answer::Unknown(why),
        }
    }

    fn calls_what_is_asked(&self, route: &Route) -> Answer {
        let Some(thing) = &self.question.calls else {
            return Answer::Holds;
        };
        match self.calls(route, thing) {
            Calls::Yes if self.question.tells_failure => self.tells_failure(route, thing).into(),
            Calls::Yes => Answer::Holds,
            Calls::No => {
                let lacking = Answer::lacks(format!("its handler never calls {}", thing.shown()));
                self.unless_handed_on(route, lacking)
            }
            Calls::Unknown(why) => Answer::Unknown(why),
        }
    }

    fn reaches_what_is_asked(&self, route: &Route) -> Answer {
        let Some(thing) = &self.question.reaches else {
            return Answer::Holds;
        };
        match (self.passes(route, thing), self.calls(route, thing)) {
            (Passes::By(_), _) | (_, Calls::Yes) => Answer::Holds,
            (Passes::Unknown(why), _) | (_, Calls::Unknown(why)) => Answer::Unknown(why),
            (Passes::No | Passes::Unfit(..), Calls::No) => {
                if let Some(why) = self.may_limit(route, thing) {
                    return Answer::Unknown(why);
                }
                let shown = thing.shown();
                let lacking = Answer::lacks(format!("neither its handler nor what stands before it calls {shown}"));
                self.unless_handed_on(route, lacking)
            }
        }
    }

    fn decides_by_what_is_asked(&self, route: &Route) -> Answer {
        let pattern = self.question.decides.as_ref();
        pattern.map_or(Answer::Holds, |pattern| {
            self.unless_handed_on(route, self.depends_on(route, pattern).into())
        })
    }

    pub(super) fn passes<'r>(&self, route: &'r Route, thing: &Thing) -> Passes<'r> {
        self.passes_among(route.chain.iter(), thing)
    }

    /// The same of some of what stands before its handler.
    pub(super) fn passes_among<'r>(&self, chain: impl Iterator<Item = &'r Middleware>, thing: &Thing) -> Passes<'r> {
        let (mut unknown, mut unfit) = (None, None);
        for middleware in chain {
            let each: Vec<Option<bool>> = middleware.values.iter().map(|value| self.is(value, thing)).collect();
            let is_all = !each.is_empty() && each.iter().all(|known| *known == Some(true));
            let is_some = each.contains(&Some(true));
            match (is_all, middleware.doubt) {
                (true, None) => match self.is_fit(middleware, thing) {
                    Truth::Yes => return Passes::By(middleware),
                    Truth::No(why) => drop(unfit.get_or_insert((middleware, why))),
                    Truth::Unknown(why) => {
                        unknown.get_or_insert_with(|| format!("{why} ({})", at(&middleware.place)));
                    }
                },
                (true, Some(why)) => unknown = Some(format!("{why} ({})", at(&middleware.place))),
                (false, _) if is_some || each.contains(&None) => {
                    let place = at(&middleware.place);
                    let mut values = middleware.values.iter();
                    unknown.get_or_insert_with(|| match middleware.doubt {
                        Some(why) => format!("{why} ({place})"),
                        None => values
                            .find_map(|value| self.limits_by_hand(value, thing))
                            .unwrap_or_else(|| format!("what is mounted in {place} could not be followed")),
                    });
                }
                (false, _) => {}
            }
        }
        match (unknown, unfit) {
            (Some(why), _) => Passes::Unknown(why),
            (None, Some((middleware, why))) => Passes::Unfit(middleware, why),
            (None, None) => Passes::No,
        }
    }

    /// Whether a value is something of a package, or a function of the program that uses it. `None` is not known.
    fn is(&self, value: &Value, thing: &Thing) -> Option<bool> {
        if let Some((package, path)) = path_of(value) {
            let is_it = thing.is(&package, &path) && !self.program.is_off(value) && !only_makes(&package, &path);
            return match is_it && package.as_ref() == "express-rate-limit" {
                true => match beyond(self.program, value) {
                    Beyond::Refuses => Some(true),
                    Beyond::HandsOn => Some(false),
                    Beyond::Silent => None,
                },
                false => Some(is_it),
            };
        }
        match value {
            Value::Function(function) => match self.reaches(*function, thing) {
                true if is_skipped(self.program, *function, thing) || self.escapes(*function) => None,
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
        let Some(users) = self.users_of(thing) else {
            return false;
        };
        let mut known = users.known.borrow_mut();
        *known.entry(function).or_insert_with(|| {
            let reach = self.program.reach_from(function);
            users.functions.iter().any(|user| reach.is_live(*user))
        })
    }

    /// Why what a route passes through does not stand behind something else that the server has.
    fn not_behind(&self, route: &Route, thing: &Thing, before: &Thing) -> Option<(String, Option<Place>)> {
        let is = |one: &Middleware, thing: &Thing| {
            !one.values.is_empty() && one.values.iter().all(|value| self.is(value, thing) == Some(true))
        };
        let last = route.chain.iter().rposition(|one| is(one, thing))?;
        let may_be = |one: &&Middleware| one.values.iter().any(|value| self.is(value, before) != Some(false));
        if route.chain[..last].iter().any(|one| may_be(&one)) {
            return None;
        }
        let later = route.chain[last..].iter().find(|one| is(one, before));
        let elsewhere = || {
            self.routes
                .iter()
                .flat_map(|route| &route.chain)
                .find(|one| is(one, before))
        };
        let place = later.or_else(elsewhere)?.place.clone();
        let why = format!(
            "{} does not stand before {}: it is mounted in {}",
            before.shown(),
            thing.shown(),
            at(&place)
        );
        Some((why, Some(place)))
    }

    pub(super) fn calls(&self, route: &Route, thing: &Thing) -> Calls {
        let mut unknown = None;
        for value in &route.handler {
            let functions = functions_of(self.program, value);
            if functions.iter().any(|function| self.reaches(*function, thing)) {
                return Calls::Yes;
            }
            if functions.is_empty() {
                unknown.get_or_insert_with(|| "what its handler does could not be followed".to_owned());
            }
            let mut each = functions.iter();
            unknown = unknown.or_else(|| each.find_map(|function| self.may_call(*function, thing)));
        }
        if self.is_called_before(route, thing) {
            return Calls::Yes;
        }
        unknown.map_or(Calls::No, Calls::Unknown)
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
