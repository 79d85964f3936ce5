//! What a program answers to a `code` question.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::View;
use crate::check::files::{Globs, MOST_SHOWN};
use crate::model::{Cause, Class, Component, Evidence, Examined, Gap, Place, Strength, Unread};
use crate::program::{At, FunctionAt, Program, Reach, Side};

use super::browsers::is_for_browsers;
use super::flag::flag_of;
use super::parameters::{CallsParameter, Question, SideParameter, What};
use super::spot::Spot;
use super::truth::Truth;

/// At most this many uses out of reach are shown.
const MOST_DEAD: usize = 3;

pub(super) fn examine(question: &Question, view: &View<'_>) -> Examined {
    let whole: Vec<&Component> = match view.component {
        Some(component) => vec![component],
        None => view.snapshot.components.iter().collect(),
    };
    let node: Vec<&Component> = whole
        .iter()
        .copied()
        .filter(|component| has_kind(component, "node"))
        .collect();
    if node.is_empty() {
        return other_languages(&whole);
    }
    let program = Program::of(view.snapshot);
    let node = of_side(question, view, &program, node);
    let asked = Asked {
        question,
        view,
        program: &program,
        reaches: node
            .iter()
            .flat_map(|component| sides(question.side).iter().map(|side| program.reach(component, *side)))
            .collect(),
        starts: question
            .starting_in
            .as_ref()
            .map(|files| started(&program, &node, files)),
        components: &node,
        later: OnceCell::new(),
        mounted: OnceCell::new(),
        declaring: OnceCell::new(),
    };
    if asked.is_of_no_server() {
        let why = match &question.what {
            What::Package { .. } => format!("nothing loads {}", question.what.shown()),
            What::Text(_) => "there is no server that could say this".to_owned(),
        };
        return Examined::not_applicable(format!("all of this is for browsers, and {why}"));
    }
    asked.examine()
}

/// The components that a question about servers is asked of: where all are asked, one that only a browser loads is none.
fn of_side<'a>(
    question: &Question,
    view: &View<'_>,
    program: &Program,
    node: Vec<&'a Component>,
) -> Vec<&'a Component> {
    if question.side != SideParameter::Server || view.component.is_some() {
        return node;
    }
    let is_started = |component: &Component, side| program.reach(component, side).has_entry();
    let is_for_browsers =
        |component: &Component| !is_started(component, Side::Server) && is_started(component, Side::Browser);
    let kept: Vec<&Component> = node
        .iter()
        .copied()
        .filter(|component| !is_for_browsers(component))
        .collect();
    if kept.is_empty() { node } else { kept }
}

fn has_kind(component: &Component, kind: &str) -> bool {
    component.kinds.iter().any(|known| known == kind)
}

fn sides(side: SideParameter) -> &'static [Side] {
    match side {
        SideParameter::Server => &[Side::Server],
        SideParameter::Browser => &[Side::Browser],
        SideParameter::Any => &[Side::Server, Side::Browser],
    }
}

/// What the functions lead to that run of started files.
fn started(program: &Program, components: &[&Component], files: &Globs) -> Vec<Arc<Reach>> {
    let mut found = Vec::new();
    for component in components {
        for entry in program.entries(component) {
            let path = &program.linked(entry.module).path;
            let relative = path.as_str().strip_prefix(component.folder()).unwrap_or_default();
            if files.matches(relative.trim_start_matches('/')) {
                let reach = program.reach(component, entry.side);
                let own = reach.live().filter(|live| live.module == entry.module);
                found.extend(own.map(|function| program.reach_from(function)));
            }
        }
    }
    found
}

/// The code of other languages is not followed.
fn other_languages(components: &[&Component]) -> Examined {
    let kinds: Vec<&str> = components
        .iter()
        .flat_map(|component| component.kinds.first())
        .map(String::as_str)
        .collect();
    match kinds.first() {
        None => Examined::not_applicable("there is no program here"),
        Some(kind) => Examined::unknown(Unread::new(
            Cause::Unmodelled,
            format!("what {kind} code does is not followed yet"),
            "attest it",
        )),
    }
}

pub(super) struct Asked<'a> {
    pub(super) question: &'a Question,
    pub(super) view: &'a View<'a>,
    pub(super) program: &'a Program,
    pub(super) reaches: Vec<Arc<Reach>>,
    /// What the files lead to of which it is asked, where it is asked of some alone.
    starts: Option<Vec<Arc<Reach>>>,
    pub(super) components: &'a [&'a Component],
    /// The functions that something else than a request calls.
    pub(super) later: OnceCell<BTreeSet<FunctionAt>>,
    /// The calls that make what requests pass through.
    pub(super) mounted: OnceCell<BTreeSet<At>>,
    /// The manifest that declares what is asked for, once it was looked for.
    pub(super) declaring: OnceCell<Option<String>>,
}

/// What was found at the places that are asked for.
#[derive(Default)]
struct Places {
    /// As it should be.
    holding: Vec<Spot>,
    /// The first that is as it should be, and of a package that is not declared.
    undeclared: Option<Spot>,
    /// Not as it should be, and why.
    failing: Vec<(Spot, String)>,
    /// The first of which that is not known.
    open: Option<(Spot, String)>,
    /// Out of reach.
    dead: Vec<Spot>,
}

impl Asked<'_> {
    /// Whether what a server does is asked of one component that has none: what it declares of that is left over.
    fn is_of_no_server(&self) -> bool {
        match (self.view.component, self.components) {
            (Some(_), [component]) if self.question.side == SideParameter::Server => {
                is_for_browsers(self.program, component, |target| self.is_asked_for(target))
            }
            _ => false,
        }
    }

    fn examine(&self) -> Examined {
        let seen = self.places();
        if let Some(most) = self.question.at_most {
            return self.tallied(&seen.holding, most);
        }
        if self.question.of == CallsParameter::Each
            && let Some(short) = self.each_but(&seen)
        {
            return short;
        }
        if !seen.holding.is_empty() {
            return self.pass(&seen.holding[..seen.holding.len().min(MOST_SHOWN)]);
        }
        if let Some(spot) = &seen.undeclared {
            return self.undeclared(spot);
        }
        if let Some(open) = &seen.open {
            return self.left_open(open);
        }
        if let Some(unread) = self.unseen(&seen.dead) {
            return Examined::unknown(unread);
        }
        if seen.failing.is_empty() {
            self.absent(&seen.dead)
        } else {
            self.otherwise(&seen.failing)
        }
    }

    /// Looks at every place, until more would change nothing.
    fn places(&self) -> Places {
        let mut seen = Places::default();
        for site in self.sites() {
            let function = site.function();
            if !self.is_live(function) {
                // What another component keeps and this one does not reach is none of its business.
                if seen.dead.len() < MOST_DEAD && self.is_own(function) {
                    seen.dead.push(self.spot(&site));
                }
                continue;
            }
            if self.question.of == CallsParameter::Each && self.is_idle(&site) {
                continue;
            }
            let spot = self.spot(&site);
            match self.arguments(&spot).and(self.further(&site)) {
                Truth::Yes if self.is_declared(&spot) => seen.holding.push(spot),
                Truth::Yes => {
                    seen.undeclared.get_or_insert(spot);
                }
                Truth::No(why) => seen.failing.push((spot, why)),
                Truth::Unknown(why) => {
                    seen.open.get_or_insert((spot, why));
                }
            }
            // More than is shown changes nothing.
            let is_one_enough = self.question.at_most.is_none() && self.question.of == CallsParameter::One;
            if seen.holding.len() == MOST_SHOWN && is_one_enough {
                break;
            }
        }
        seen
    }

    /// Why not each place is as it is asked for; `None` where each is.
    fn each_but(&self, seen: &Places) -> Option<Examined> {
        // One of two that a variable chooses between is no other's business: nobody here knows what it is set to.
        if let (false, [(spot, why)]) = (seen.holding.is_empty(), seen.failing.as_slice())
            && let Some(name) = spot.call.and_then(|call| flag_of(self.program, spot.function, call))
        {
            let what = self.question.what.shown();
            let what = format!("{what}: {why}, and whether that is used depends on `{name}` of the environment");
            return Some(unmodelled(what));
        }
        if !seen.failing.is_empty() {
            return Some(self.otherwise(&seen.failing));
        }
        seen.open.as_ref().map(|open| self.left_open(open))
    }

    fn left_open(&self, (spot, why): &(Spot, String)) -> Examined {
        let what = format!("{}: {why} (`{}`)", self.question.what.shown(), spot.place.path);
        unmodelled(what)
    }

    pub(super) fn is_live(&self, function: FunctionAt) -> bool {
        let is_led_to = |reaches: &[Arc<Reach>]| reaches.iter().any(|reach| reach.is_live(function));
        is_led_to(&self.reaches) && self.starts.as_deref().is_none_or(is_led_to)
    }

    /// What has to lead to a use, in words.
    fn starter(&self) -> String {
        let files = self.question.starting_in.as_ref();
        files.map_or_else(|| "production".to_owned(), |files| files.in_words(self.view.folder()))
    }

    fn is_own(&self, function: FunctionAt) -> bool {
        let path = &self.program.linked(function.module).path;
        let all = &self.view.snapshot.components;
        let owner = Component::of(all, path);
        let is_source = self.view.snapshot.tree.class(path.as_str()) == Class::Source;
        is_source
            && !Component::is_left_out(all, path)
            && owner.is_none_or(|owner| self.components.iter().any(|component| component.path == owner.path))
    }

    fn arguments(&self, spot: &Spot) -> Truth {
        let Some(call) = spot.call else { return Truth::Yes };
        let truths = self.question.with.iter().map(|one| one.holds(self.program, call));
        truths.reduce(Truth::and).unwrap_or(Truth::Yes)
    }

    pub(super) fn pass(&self, holding: &[Spot]) -> Examined {
        let evidence = holding.iter().map(|spot| {
            Evidence::new(
                spot.place.clone(),
                &spot.words,
                Strength::Wired,
                self.question.what.subject(),
            )
        });
        let reason = holding.first().map_or_else(String::new, |spot| {
            format!("{} is used in {}", spot.what, at(&spot.place))
        });
        Examined::pass(reason, evidence.collect())
    }

    /// It is there, reachable, and not as it should be.
    fn otherwise(&self, failing: &[(Spot, String)]) -> Examined {
        let what = |spot: &Spot| match &self.question.what {
            What::Text(_) => spot.what.clone(),
            What::Package { .. } => self.question.what.shown(),
        };
        let gaps = failing.iter().take(MOST_SHOWN).map(|(spot, why)| {
            let mut gap = Gap::at(spot.place.clone(), &spot.words, format!("{}: {why}", what(spot)));
            gap.words.push_str(why);
            gap
        });
        let reason = failing
            .first()
            .map_or_else(String::new, |(spot, why)| format!("{}: {why}", what(spot)));
        Examined::fail(reason, gaps.collect())
    }

    /// It is nowhere, or nowhere that production reaches.
    fn absent(&self, dead: &[Spot]) -> Examined {
        let what = self.question.what.shown();
        let message = match (dead.first(), self.declaring()) {
            (Some(spot), _) => format!(
                "{} stands in {}, which {} never reaches",
                if matches!(self.question.what, What::Text(_)) {
                    &spot.what
                } else {
                    &what
                },
                at(&spot.place),
                self.starter()
            ),
            (None, Some(manifest)) => format!("{manifest} declares it, and no code uses {what}"),
            (None, None) => format!("{what} was not found in this repository"),
        };
        let mut gap = Gap::missing(self.question.what.subject(), message.clone());
        for spot in dead {
            gap.related.push(crate::model::Related {
                place: spot.place.clone(),
                message: "here, out of reach".to_owned(),
            });
        }
        Examined::fail(message, vec![gap])
    }
}

/// A place in words.
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
