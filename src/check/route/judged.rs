//! What a program's routes together answer to a `route` question.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::View;
use crate::check::files::MOST_SHOWN;
use crate::model::{Cause, Component, Evidence, Examined, Gap, Outcome, Place, Related, Strength, Unread};
use crate::program::{FunctionAt, Program, Reach, Route, Routes, Side};

use super::answer::{Answer, Calls, Users};
use super::carries::Sets;
use super::guard::Known;
use super::lets_through;
use super::no_server::{is_all_for_browsers, no_server};
use super::parameters::{Of, Question};

pub(super) fn examine(question: &Question, view: &View<'_>) -> Examined {
    let examined = judged(question, view);
    match (question.of, &examined.outcome) {
        (Of::Followed, Outcome::Unknown(_)) => {
            Examined::not_applicable("no route could be followed to where it would fall short")
        }
        _ => examined,
    }
}

fn judged(question: &Question, view: &View<'_>) -> Examined {
    let node = of_node(view);
    if question.is_closed {
        return super::open::examine(question, view, &node);
    }
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
    // Who uses what is asked for is dear to find, and nobody's business where no route is meant.
    let is_asked = routes.iter().any(|route| question.names(route));
    let asked = Asked {
        question,
        users: question
            .things()
            .filter(|_| is_asked)
            .map(|thing| Users::of(&program, &reaches, thing))
            .collect(),
        program: &program,
        is_express_4: lets_through::is_express_4(view, &node),
        all: &view.snapshot.components,
        components: &node,
        made: OnceCell::new(),
        guards: Known::default(),
        asked: OnceCell::new(),
        said: RefCell::default(),
        carried: RefCell::default(),
        reading: RefCell::default(),
        routes,
        started: reaches.clone(),
        edges: all
            .iter()
            .flat_map(|routes| routes.edges.first())
            .map(|edge| edge.why.clone())
            .collect(),
        unmounted: all.iter().flat_map(|routes| &routes.unmounted).collect(),
    };
    let has_server = all.iter().any(|routes| routes.has_server);
    if question.beyond_files && (has_server || !is_all_for_browsers(&node, &program)) {
        let each = all.iter().zip(&reaches);
        let each = each.map(|(routes, reach)| (&**routes, &**reach));
        return super::hands_out::examine(&program, each, || is_served_elsewhere(view, &node, &program));
    }
    if !has_server {
        return no_server(view, &node, (&all, &reaches), &program);
    }
    if question.error_handler {
        let handlers = all.iter().flat_map(|routes| &routes.error_handlers);
        return asked.errors(handlers, &reaches);
    }
    // What is behind an edge adds no route where each route is a file.
    let adding = reaches.into_iter().zip(&all).filter(|(_, routes)| !routes.is_of_files);
    asked.examine(&adding.map(|(reach, _)| reach).collect::<Vec<_>>())
}

/// The components of JavaScript that are asked about.
fn of_node<'a>(view: &View<'a>) -> Vec<&'a Component> {
    let components = match view.component {
        Some(component) => std::slice::from_ref(component),
        None => &view.snapshot.components,
    };
    let is_of_node = |component: &&Component| component.kinds.iter().any(|kind| kind == "node");
    components.iter().filter(is_of_node).collect()
}

/// Whether a component that is not asked about takes what is sent to it.
fn is_served_elsewhere(view: &View<'_>, asked: &[&Component], program: &Program) -> bool {
    let others = view.snapshot.components.iter();
    let mut others = others.filter(|other| asked.iter().all(|asked| asked.path != other.path));
    others.any(|other| {
        let is_sent = |route: &Route| matches!(route.method.as_ref(), "POST" | "PUT" | "PATCH" | "DELETE");
        other.kinds.iter().any(|kind| kind == "node") && program.routes(other).routes.iter().any(is_sent)
    })
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

pub(super) struct Asked<'a> {
    pub(super) question: &'a Question,
    pub(super) users: Vec<Users<'a>>,
    pub(super) program: &'a Program,
    /// Whether Express's fourth version serves, which waits for no function.
    pub(super) is_express_4: bool,
    /// All components, and those that are asked about.
    pub(super) all: &'a [Component],
    pub(super) components: &'a [&'a Component],
    pub(super) routes: Vec<&'a Route>,
    /// What the servers of these components start.
    pub(super) started: Vec<Arc<Reach>>,
    pub(super) edges: Vec<String>,
    /// Where routers are made that nothing mounts.
    unmounted: Vec<&'a Place>,
    /// Where what is to be passed is made, in words; looked for once.
    pub(super) made: OnceCell<Option<String>>,
    /// What was found of guards.
    pub(super) guards: Known,
    /// The functions that a server calls with requests; looked for once.
    pub(super) asked: OnceCell<BTreeSet<FunctionAt>>,
    /// Whether any object of the program names an option.
    pub(super) said: RefCell<BTreeMap<String, bool>>,
    /// What functions set of the headers that are asked for.
    pub(super) carried: RefCell<BTreeMap<FunctionAt, Sets>>,
    /// Whether functions before handlers reach one that reads the body.
    pub(super) reading: RefCell<BTreeMap<FunctionAt, bool>>,
}

impl Asked<'_> {
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
        if first.is_empty() && matches!(self.question.of, Of::Known | Of::Followed) {
            let why = format!("no route is known to answer {}", self.question.shown());
            return match self.question.asks_further() {
                true => Examined::not_applicable(why),
                false => Examined::fail(why.clone(), vec![Gap::missing(self.question.subject(), why)]),
            };
        }
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
            Of::Each | Of::Known => lacking.is_empty() && unknown.is_none(),
            Of::Followed => lacking.is_empty() && !holding.is_empty(),
            Of::Half => holding.len() * 2 >= first.len(),
            Of::One => !holding.is_empty(),
        };
        let doubt = match (self.question.of, unknown) {
            (Of::Each | Of::Known | Of::Followed, Some((route, why))) if lacking.is_empty() && !is_enough => {
                Some(unmodelled(format!("{}: {why}", shown(route))))
            }
            // One that is seen to hold is enough, whatever the others are.
            (Of::One, Some((route, why))) if !is_enough => Some(unmodelled(format!("{}: {why}", shown(route)))),
            (Of::Half, Some((route, why))) if !is_enough && lacking.len() * 2 <= first.len() => {
                Some(unmodelled(format!("{}: {why}", shown(route))))
            }
            // A route whose path is not known may be asked for, too.
            (Of::Each, None) if is_enough => self.open(|route| !matches!(self.answer(route), Answer::Holds)),
            // What was not followed may be any number of routes.
            (Of::Half, _) if !is_enough => self.open(|_| true).or_else(|| self.unfollowed(reaches)),
            // What was not followed may hold the one that would do.
            (Of::One, None) if !is_enough => self
                .open(|route| !matches!(self.answer(route), Answer::Lacks(..)))
                .or_else(|| self.unfollowed(reaches)),
            (Of::Each | Of::Known | Of::Followed | Of::Half | Of::One, _) => None,
        };
        doubt.unwrap_or_else(|| match is_enough {
            true => self.pass(&holding),
            false => self.fail(&lacking, first.len()),
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

    /// Which of several routes that fall short, of which one would do, is to be told of, and where: one that calls what is
    /// asked for, or else one that something stands before.
    fn told_of<'r>(&self, lacking: &'r [(&Route, String, Option<Place>)]) -> Option<(&'r Route, &'r str, Place)> {
        let is_meant = |route: &Route| {
            let calls = self.question.calls.as_ref();
            calls.is_some_and(|thing| matches!(self.calls(route, thing), Calls::Yes))
        };
        let meant = lacking.iter().find(|(route, ..)| is_meant(route));
        let stopped = || lacking.iter().find(|(_, _, place)| place.is_some());
        let (route, why, place) = meant.or_else(stopped)?;
        Some((route, why, place.clone().unwrap_or_else(|| route.place.clone())))
    }

    fn fail(&self, lacking: &[(&Route, String, Option<Place>)], total: usize) -> Examined {
        if let (Of::One, Some((route, why, place))) = (self.question.of, self.told_of(lacking)) {
            let why = format!("{}: {why}", shown(route));
            return Examined::fail(why.clone(), vec![Gap::at(place, &self.question.subject(), why)]);
        }
        if let (Of::One, Some((_, why, _))) = (self.question.of, lacking.first()) {
            // One of them would do, so that none does is one thing that is missing.
            let why = format!("{}: {why}, and the same of each route", self.question.shown());
            return Examined::fail(why.clone(), vec![Gap::missing(self.question.subject(), why)]);
        }
        if let (Of::Half, Some((route, why, _))) = (self.question.of, lacking.first()) {
            return self.too_few((route, why), lacking.len(), total);
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

    /// That less than half are so is one thing, whichever they are.
    fn too_few(&self, (first, why): (&Route, &str), lacking: usize, total: usize) -> Examined {
        let (subject, place) = (self.question.subject(), at(&first.place));
        let (asked, shown) = (self.question.shown(), shown(first));
        let message = format!("{lacking} of {total} {asked} fall short, such as {shown} in {place}: {why}");
        Examined::fail(message.clone(), vec![Gap::missing(subject, message)])
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
        // What every route has to pass stands in nobody's way where there is none.
        if self.question.is_of_all() && (self.question.passes.is_some() || self.question.not_after.is_some()) {
            return Examined::not_applicable(format!("there are no {} here", self.question.shown()));
        }
        let unmounted = self.unmounted.first().map_or_else(String::new, |place| {
            format!("; a router is made in {}, and never mounted", at(place))
        });
        let why = format!("no route answers {}{unmounted}", self.question.shown());
        Examined::fail(why.clone(), vec![Gap::missing(self.question.subject(), why)])
    }
}

pub(super) fn shown(route: &Route) -> String {
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

pub(super) fn unmodelled(what: String) -> Examined {
    Examined::unknown(Unread::new(
        Cause::Unmodelled,
        what,
        "write it as a constant, or attest it",
    ))
}
