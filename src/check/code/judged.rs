//! What a program answers to a `code` question.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::View;
use crate::check::files::MOST_SHOWN;
use crate::model::{Cause, Class, Component, Evidence, Examined, Gap, Place, Strength, Unread};
use crate::program::module::ExprId;
use crate::program::{At, FunctionAt, Handed, Program, Reach, Side, Use, UseKind};
use crate::text::Span;

use super::browsers::is_for_browsers;
use super::flag::flag_of;
use super::parameters::{CallsParameter, Further, Question, SideParameter, What, beginning};
use super::said::saying;
use super::truth::Truth;

/// At most this many uses out of reach are shown.
const MOST_DEAD: usize = 3;

/// A use of what is asked for, wherever it stands.
pub(super) enum Found<'a> {
    Use(&'a Use),
    Text(FunctionAt, ExprId),
}

impl Found<'_> {
    fn function(&self) -> FunctionAt {
        match self {
            Self::Use(found) => found.function,
            Self::Text(function, _) => *function,
        }
    }
}

/// The use that is judged, with where it stands.
pub(super) struct Spot {
    pub(super) what: String,
    pub(super) place: Place,
    words: String,
    call: Option<At>,
    /// The function that it stands in.
    function: FunctionAt,
    /// The package that is used; none for a string.
    pub(super) package: Option<String>,
}

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
        components: &node,
        later: OnceCell::new(),
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
    pub(super) components: &'a [&'a Component],
    /// The functions that something else than a request calls.
    pub(super) later: OnceCell<BTreeSet<FunctionAt>>,
    /// The manifest that declares what is asked for, once it was looked for.
    pub(super) declaring: OnceCell<Option<String>>,
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
        let (mut holding, mut undeclared, mut failing) = (Vec::new(), None, Vec::new());
        let (mut dead, mut open) = (Vec::new(), None);
        for site in self.sites() {
            let function = site.function();
            if !self.is_live(function) {
                // What another component keeps and this one does not reach is none of its business.
                if dead.len() < MOST_DEAD && self.is_own(function) {
                    dead.push(self.spot(&site));
                }
                continue;
            }
            let spot = self.spot(&site);
            match self.arguments(&spot).and(self.further(&site)) {
                Truth::Yes if self.is_declared(&spot) => holding.push(spot),
                Truth::Yes => {
                    undeclared.get_or_insert(spot);
                }
                Truth::No(why) => failing.push((spot, why)),
                Truth::Unknown(why) => {
                    open.get_or_insert((spot, why));
                }
            }
            // More than is shown changes nothing.
            let is_one_enough = self.question.at_most.is_none() && self.question.of == CallsParameter::One;
            if holding.len() == MOST_SHOWN && is_one_enough {
                break;
            }
        }
        if let Some(most) = self.question.at_most {
            return self.tallied(&holding, most);
        }
        if self.question.of == CallsParameter::Each {
            // One of two that a variable chooses between is no other's business: nobody here knows what it is set to.
            if let (false, [(spot, why)]) = (holding.is_empty(), failing.as_slice())
                && let Some(name) = spot.call.and_then(|call| flag_of(self.program, spot.function, call))
            {
                let what = self.question.what.shown();
                let what = format!("{what}: {why}, and whether that is used depends on `{name}` of the environment");
                return unmodelled(what);
            }
            if !failing.is_empty() {
                return self.otherwise(&failing);
            }
            if let Some((spot, why)) = open {
                let what = format!("{}: {why} (`{}`)", self.question.what.shown(), spot.place.path);
                return unmodelled(what);
            }
        }
        if !holding.is_empty() {
            return self.pass(&holding[..holding.len().min(MOST_SHOWN)]);
        }
        if let Some(spot) = &undeclared {
            return self.undeclared(spot);
        }
        if let Some((spot, why)) = open {
            let what = format!("{}: {why} (`{}`)", self.question.what.shown(), spot.place.path);
            return unmodelled(what);
        }
        if let Some(unread) = self.unseen(&dead) {
            return Examined::unknown(unread);
        }
        if failing.is_empty() {
            self.absent(&dead)
        } else {
            self.otherwise(&failing)
        }
    }

    /// Every place that is asked for, reachable or not.
    fn sites(&self) -> Vec<Found<'_>> {
        match &self.question.what {
            What::Text(pattern) if self.question.asked == Further::Said => {
                let said = saying(self.program, pattern).into_iter();
                said.map(|(at, expr)| Found::Text(at, expr)).collect()
            }
            What::Text(pattern) => {
                let sites = self.program.texts_like(pattern.as_str(), |text| pattern.is_match(text));
                sites.iter().map(|(at, expr)| Found::Text(*at, *expr)).collect()
            }
            What::Package { names, paths } => {
                let usage = self.program.usage();
                let beginnings: BTreeSet<&str> = names.iter().map(|name| beginning(name)).collect();
                // What begins like another of them is told by that one.
                let is_first = |text: &&str| !beginnings.iter().any(|other| other != text && text.starts_with(other));
                let beginnings: Vec<&str> = beginnings.iter().copied().filter(is_first).collect();
                let packages = usage
                    .of_packages(&beginnings)
                    .filter(|(package, _)| self.question.what.names_package(package));
                // The uses of one package stand side by side, and of these those of one thing.
                let handed = beginnings.iter().flat_map(|beginning| {
                    let handed = usage.handed_of(beginning);
                    handed.chunk_by(|one, next| one.used.package == next.used.package)
                });
                let is_named = |same: &&[Handed]| {
                    let first = same.first();
                    first.is_some_and(|first| self.question.what.names_package(&first.used.package))
                };
                let handed = handed.filter(is_named).flatten();
                let is_at = |found: &Use| paths.is_empty() || self.question.what.names_path(&found.path);
                let handed = handed
                    .filter(|handed| self.is_live(handed.from))
                    .map(|handed| &handed.used)
                    .filter(|found| is_at(found));
                let uses = packages
                    .flat_map(|(_, uses)| uses.chunk_by(|one, next| one.path == next.path))
                    .filter(|same| same.first().is_some_and(is_at))
                    .flatten();
                let uses = uses.chain(handed);
                let wanted = uses.filter(|found| paths.is_empty() || found.kind != UseKind::Load);
                wanted.map(Found::Use).collect()
            }
        }
    }

    fn spot(&self, site: &Found<'_>) -> Spot {
        match site {
            Found::Use(found) => self.spot_of(found),
            Found::Text(at, expr) => {
                let span = self.program.module(at.module).span(*expr);
                self.spot_at(self.question.what.shown(), *at, &span, None)
            }
        }
    }

    fn spot_of(&self, found: &Use) -> Spot {
        let module = self.program.module(found.function.module);
        let span: Span = match (found.expr, found.request) {
            (Some(expr), _) => module.span(expr),
            (None, Some(request)) => module.request(request).span.clone(),
            (None, None) => 0..0,
        };
        let what = if found.path.is_empty() {
            format!("`{}`", found.package)
        } else {
            format!("`{}` of `{}`", found.path, found.package)
        };
        Spot {
            package: Some(found.package.to_string()),
            ..self.spot_at(what, found.function, &span, found.at())
        }
    }

    fn spot_at(&self, what: String, function: FunctionAt, span: &Span, call: Option<At>) -> Spot {
        let document = &self.program.linked(function.module).document;
        let words = document.words(span);
        Spot {
            what,
            place: self.program.place(function.module, span),
            words: words.lines().next().unwrap_or_default().to_owned(),
            call,
            function,
            package: None,
        }
    }

    pub(super) fn is_live(&self, function: FunctionAt) -> bool {
        self.reaches.iter().any(|reach| reach.is_live(function))
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

    fn pass(&self, holding: &[Spot]) -> Examined {
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

    /// In how many modules it is.
    fn tallied(&self, holding: &[Spot], most: usize) -> Examined {
        let what = self.question.what.shown();
        let modules: BTreeSet<_> = holding.iter().map(|spot| &spot.place.path).collect();
        let Some(first) = holding.first() else {
            return Examined::not_applicable(format!("production uses {what} nowhere"));
        };
        if modules.len() <= most {
            return self.pass(&holding[..holding.len().min(MOST_SHOWN)]);
        }
        let message = format!(
            "{what} is used in {} modules, first in {}; at most {most} are asked for",
            modules.len(),
            at(&first.place)
        );
        let mut gap = Gap::missing(self.question.what.subject(), message.clone());
        gap.related = holding
            .iter()
            .take(MOST_SHOWN)
            .map(|spot| crate::model::Related {
                place: spot.place.clone(),
                message: "here".to_owned(),
            })
            .collect();
        Examined::fail(message, vec![gap])
    }

    /// It is there, reachable, and not as it should be.
    fn otherwise(&self, failing: &[(Spot, String)]) -> Examined {
        let what = self.question.what.shown();
        let gaps = failing.iter().take(MOST_SHOWN).map(|(spot, why)| {
            let mut gap = Gap::at(spot.place.clone(), &spot.words, format!("{what}: {why}"));
            gap.words.push_str(why);
            gap
        });
        let why = failing.first().map_or("", |(_, why)| why);
        Examined::fail(format!("{what}: {why}"), gaps.collect())
    }

    /// It is nowhere, or nowhere that production reaches.
    fn absent(&self, dead: &[Spot]) -> Examined {
        let what = self.question.what.shown();
        let message = match (dead.first(), self.declaring()) {
            (Some(spot), _) => format!("{what} stands in {}, which production never reaches", at(&spot.place)),
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

fn unmodelled(what: String) -> Examined {
    Examined::unknown(Unread::new(
        Cause::Unmodelled,
        what,
        "write it as a constant, or attest it",
    ))
}
