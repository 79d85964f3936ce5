//! What a program answers to a `code` question.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::artifact::{Ecosystem, above, declared};
use crate::check::View;
use crate::check::files::MOST_SHOWN;
use crate::model::{Cause, Class, Component, Evidence, Examined, Gap, Place, Strength, Unread};
use crate::program::module::Expr;
use crate::program::{At, FunctionAt, Program, Reach, Side, Use, UseKind};
use crate::text::Span;

use super::argument::Truth;
use super::parameters::{Question, SideParameter, What, bare, is_like};

/// The use that is judged, with where it stands.
struct Spot {
    what: String,
    place: Place,
    words: String,
    function: FunctionAt,
    call: Option<At>,
    /// The package that is used; none for a string.
    package: Option<String>,
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
    };
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

struct Asked<'a> {
    question: &'a Question,
    view: &'a View<'a>,
    program: &'a Program,
    reaches: Vec<Arc<Reach>>,
    components: &'a [&'a Component],
}

impl Asked<'_> {
    fn examine(&self) -> Examined {
        let spots = self.spots();
        let (live, dead): (Vec<&Spot>, Vec<&Spot>) = spots.iter().partition(|spot| self.is_live(spot.function));
        // What another component keeps and this one does not reach is none of its business.
        let dead: Vec<&Spot> = dead.into_iter().filter(|spot| self.is_own(spot)).collect();
        let (mut holding, mut failing, mut open) = (Vec::new(), Vec::new(), None);
        for spot in live {
            match self.arguments(spot) {
                Truth::Yes => holding.push(spot),
                Truth::No(why) => failing.push((spot, why)),
                Truth::Unknown(why) => {
                    open.get_or_insert((spot, why));
                }
            }
        }
        let (holding, undeclared): (Vec<&Spot>, Vec<&Spot>) =
            holding.into_iter().partition(|spot| self.is_declared(spot));
        if !holding.is_empty() {
            return self.pass(&holding);
        }
        if let Some(spot) = undeclared.first() {
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
    fn spots(&self) -> Vec<Spot> {
        match &self.question.what {
            What::Text(pattern) => self.texts(pattern),
            What::Package { paths, .. } => {
                let usage = self.program.usage();
                let packages = usage
                    .packages()
                    .filter(|(package, _)| self.question.what.names_package(package));
                let handed = usage.handed().iter();
                let handed = handed
                    .filter(|handed| self.is_live(handed.from))
                    .map(|handed| &handed.used);
                let handed = handed.filter(|found| self.question.what.names_package(&found.package));
                let uses = packages.flat_map(|(_, uses)| uses).chain(handed);
                let wanted = uses.filter(|found| match paths.as_slice() {
                    [] => true,
                    _ => found.kind != UseKind::Load && self.question.what.names_path(&found.path),
                });
                wanted.map(|found| self.spot(found)).collect()
            }
        }
    }

    fn spot(&self, found: &Use) -> Spot {
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
            function,
            call,
            package: None,
        }
    }

    fn texts(&self, pattern: &regex::Regex) -> Vec<Spot> {
        let found = self.program.texts().iter().filter_map(|(at, expr)| {
            let module = self.program.module(at.module);
            match module.expr(*expr) {
                Expr::Text(text) if pattern.is_match(text) => {
                    Some(self.spot_at(self.question.what.shown(), *at, &module.span(*expr), None))
                }
                _ => None,
            }
        });
        found.collect()
    }

    fn is_live(&self, function: FunctionAt) -> bool {
        self.reaches.iter().any(|reach| reach.is_live(function))
    }

    fn is_own(&self, spot: &Spot) -> bool {
        let owner = Component::of(&self.view.snapshot.components, &spot.place.path);
        let is_source = self.view.snapshot.tree.class(spot.place.path.as_str()) == Class::Source;
        is_source && owner.is_none_or(|owner| self.components.iter().any(|component| component.path == owner.path))
    }

    fn arguments(&self, spot: &Spot) -> Truth {
        let Some(call) = spot.call else { return Truth::Yes };
        let truths = self.question.with.iter().map(|one| one.holds(self.program, call));
        truths.reduce(Truth::and).unwrap_or(Truth::Yes)
    }

    fn pass(&self, holding: &[&Spot]) -> Examined {
        let evidence = holding.iter().take(MOST_SHOWN).map(|spot| {
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
    fn otherwise(&self, failing: &[(&Spot, String)]) -> Examined {
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
    fn absent(&self, dead: &[&Spot]) -> Examined {
        let what = self.question.what.shown();
        let message = match (dead.first(), self.declaring()) {
            (Some(spot), _) => format!("{what} stands in {}, which production never reaches", at(&spot.place)),
            (None, Some(manifest)) => format!("{manifest} declares it, and no code uses {what}"),
            (None, None) => format!("{what} was not found in this repository"),
        };
        let mut gap = Gap::missing(self.question.what.subject(), message.clone());
        for spot in dead.iter().take(3) {
            gap.related.push(crate::model::Related {
                place: spot.place.clone(),
                message: "here, out of reach".to_owned(),
            });
        }
        Examined::fail(message, vec![gap])
    }

    /// Whether a manifest above the use declares the package: without one, a clean installation may not have it.
    /// Where no manifest could be read, nothing is said of it.
    fn is_declared(&self, spot: &Spot) -> bool {
        let Some(package) = spot.package.as_deref() else {
            return true;
        };
        let name = package_name(package);
        // Node.js has these itself.
        if package.starts_with("node:") {
            return true;
        }
        let from = spot.place.path.parent();
        let own = self.components.iter().map(|component| component.folder());
        let folders: BTreeSet<&str> = std::iter::once(from)
            .chain(above(from))
            .chain(own.flat_map(|folder| std::iter::once(folder).chain(above(folder))))
            .collect();
        let mut manifests = 0;
        for folder in folders {
            for (_, result) in declared(self.view.snapshot, folder) {
                // What could not be read may declare it.
                let Ok(found) = result else { return true };
                if found.ecosystem != Ecosystem::Npm {
                    continue;
                }
                manifests += 1;
                let is_own = found.manifest().name.as_deref() == Some(name);
                if is_own || found.dependencies().any(|(dependency, _)| dependency.name == name) {
                    return true;
                }
            }
        }
        manifests == 0
    }

    /// It is used and nothing declares it: it may come along with another package, or be missing.
    fn undeclared(&self, spot: &Spot) -> Examined {
        let name = package_name(spot.package.as_deref().unwrap_or_default());
        let what = format!(
            "{} is used in {}, and no `package.json` declares `{name}`: a clean installation may lack it",
            spot.what,
            at(&spot.place)
        );
        Examined::unknown(Unread::new(
            Cause::Unmodelled,
            what,
            format!("declare `{name}` in `package.json`"),
        ))
    }

    /// The manifest that declares a package that is asked for.
    fn declaring(&self) -> Option<String> {
        let What::Package { names, .. } = &self.question.what else {
            return None;
        };
        self.components.iter().find_map(|component| {
            let all = declared(self.view.snapshot, component.folder());
            let known = all.into_iter().filter_map(|(_, result)| result.ok());
            known
                .filter(|declared| declared.ecosystem == Ecosystem::Npm)
                .find_map(|declared| {
                    let has = declared
                        .dependencies()
                        .any(|(dependency, _)| names.iter().any(|name| is_like(bare(name), &dependency.name)));
                    has.then(|| format!("`{}`", declared.path))
                })
        })
    }

    /// What was not followed and may hold what is missing.
    fn unseen(&self, dead: &[&Spot]) -> Option<Unread> {
        let words = self.telling_words();
        if let Some(unread) = self.reaches.iter().find_map(|reach| reach.unread(self.program, &words)) {
            return Some(unread);
        }
        if self.declaring().is_some()
            && let Some(path) = self.reaches.iter().find_map(|reach| reach.foreign().next())
        {
            let what = format!("`{path}` is loaded, and what files of this kind do is not followed");
            return Some(Unread::new(Cause::Unmodelled, what, "attest it"));
        }
        if let Some(unread) = self.lost() {
            return Some(unread);
        }
        let first = dead.first()?;
        if !self.reaches.iter().any(|reach| reach.has_entry()) {
            return self.reaches.first().map(|reach| reach.nowhere());
        }
        // What is out of reach may be reached by an edge that could lead anywhere.
        let edge = self.reaches.iter().find_map(|reach| reach.open_edge())?;
        let what = format!(
            "{} stands in {}, and an edge in {} was not followed: {}",
            self.question.what.shown(),
            at(&first.place),
            at(&edge.place),
            edge.why
        );
        Some(Unread::new(
            Cause::Unmodelled,
            what,
            "load it by a constant name, or attest it",
        ))
    }

    /// A live call of a method of that name, on something that could not be traced: it may be what is asked for.
    fn lost(&self) -> Option<Unread> {
        let What::Package { paths, .. } = &self.question.what else {
            return None;
        };
        self.declaring()?;
        let wanted = |name: &str| {
            paths.iter().any(|path| match path.rsplit_once('.') {
                Some((_, last)) => !last.contains("()") && last.trim_matches('*').len() > 2 && is_like(last, name),
                None => false,
            })
        };
        let lost = self
            .program
            .usage()
            .lost()
            .iter()
            .find(|lost| wanted(&lost.name) && self.is_live(lost.function))?;
        let place = self.program.place(
            lost.function.module,
            &self.program.module(lost.function.module).span(lost.expr),
        );
        let what = format!(
            "`{}` is called in {}, of something that could not be traced",
            lost.name,
            at(&place)
        );
        Some(Unread::new(Cause::Unmodelled, what, "attest it"))
    }

    /// Words that a file must hold to be of interest, as far as there are any.
    fn telling_words(&self) -> Vec<String> {
        match &self.question.what {
            What::Text(_) => Vec::new(),
            What::Package { names, .. } => names
                .iter()
                .map(|name| bare(name).trim_matches('*').to_owned())
                .collect(),
        }
    }
}

/// The package of what is loaded: `next` of `next/image`, `@sentry/node` of `@sentry/node/init`.
fn package_name(loaded: &str) -> &str {
    let parts = if loaded.starts_with('@') { 2 } else { 1 };
    let end = loaded.match_indices('/').nth(parts - 1).map(|(at, _)| at);
    end.map_or(loaded, |end| &loaded[..end])
}

/// A place in words.
fn at(place: &Place) -> String {
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
