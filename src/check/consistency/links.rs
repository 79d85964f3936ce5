//! Links in pages and in mails, against the pages that there are.

use std::cell::OnceCell;
use std::sync::Arc;

use crate::check::View;
use crate::model::{Cause, Component, Examined, Gap, Needs, Place, RepoPath, Unread};
use crate::program::module::{Expr, ExprId, FunctionId, Module, Property};
use crate::program::{At, FunctionAt, ModuleId, Program, Reach, Routes, Side};

use super::Tally;
use super::address::{HOLE, Part, answered, but_for_letters, fits, is_catch_all, requested, shown};
use super::listed::Listed;
use super::pages::{Pages, is_told_by, pages};
use super::written::{base_of, names_of, written};

/// A link, and the component whose pages it speaks of; `None` for any.
struct Link {
    path: String,
    place: Place,
    of: Option<RepoPath>,
    /// Why something that runs may yet say it, where nothing was seen to.
    doubt: Option<String>,
}

pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = Program::needs(view.snapshot);
    let told = view
        .tree()
        .iter()
        .filter(|(path, entry)| entry.is_file() && is_told_by(path.file_name()) && !view.snapshot.has_read(path));
    needs.files.extend(told.map(|(path, _)| path.clone()));
    needs
}

pub(super) fn examine(view: &View<'_>, mut tally: Tally<'_>) -> Examined {
    let program = Program::of(view.snapshot);
    let components = &view.snapshot.components;
    let fronts: Vec<(&Component, Pages)> = components
        .iter()
        .filter_map(|component| Some((component, pages(view.snapshot, &program, component)?)))
        .collect();
    if fronts.is_empty() {
        return Examined::not_applicable("no pages are made here, as far as it is followed");
    }
    let routes: Vec<Arc<Routes>> = components.iter().map(|component| program.routes(component)).collect();
    let served: Vec<Vec<Part>> = routes
        .iter()
        .flat_map(|routes| &routes.routes)
        .filter(|route| matches!(route.method.as_ref(), "GET" | "*"))
        .filter_map(|route| route.path.as_deref().map(answered))
        .filter(|answer| !is_catch_all(answer))
        .collect();
    for link in links(view, &program, &fronts) {
        let name = shown(&link.path);
        if tally.is_left_out(&name) {
            continue;
        }
        tally.compared += 1;
        let request = requested(&link.path);
        let meant = || {
            fronts
                .iter()
                .filter(|(component, _)| link.of.as_ref().is_none_or(|of| component.path == *of))
        };
        let is_answered = meant().any(|(_, pages)| pages.answers.iter().any(|answer| fits(&request, answer)))
            || served.iter().any(|answer| fits(&request, answer));
        if is_answered {
            continue;
        }
        let open = meant().find_map(|(_, pages)| pages.open.clone());
        match open.or(link.doubt) {
            Some(open) => tally.unread(Unread::new(
                Cause::Unmodelled,
                format!("whether `{name}` is a page is not known: {open}"),
                "attest it",
            )),
            None => {
                let mut answers = meant().flat_map(|(_, pages)| &pages.answers);
                let why = match answers.find_map(|answer| but_for_letters(&request, answer)) {
                    Some(page) => {
                        format!("`{name}` is linked here, and the page is `{page}`: servers tell their letters apart")
                    }
                    None => format!("`{name}` is linked here, and there is no such page"),
                };
                tally.gaps.push(Gap::at(link.place, &name, why));
            }
        }
    }
    tally.examined("link", "has its page", "nothing links to a page here")
}

fn links(view: &View<'_>, program: &Program, fronts: &[(&Component, Pages)]) -> Vec<Link> {
    let components = &view.snapshot.components;
    let mut found = Vec::new();
    // Each component asks all modules whose they are.
    let owners = program.modules();
    let owners: Vec<Option<&Component>> = owners
        .map(|(_, linked)| Component::of(components, &linked.path))
        .collect();
    for component in components {
        let is_asked = view.component.is_none_or(|asked| asked.path == component.path);
        if !is_asked {
            continue;
        }
        let is_front = fronts.iter().any(|(front, _)| front.path == component.path);
        let reaches = [Side::Server, Side::Browser].map(|side| program.reach(component, side));
        for ((id, _), owner) in program.modules().zip(&owners) {
            let is_own = owner.is_some_and(|of| of.path == component.path);
            if !is_own || is_dead(&reaches, id) {
                continue;
            }
            let finder = Finder {
                program,
                id,
                module: program.module(id),
                own: is_front.then_some(&component.path),
                reaches: &reaches,
                lists: OnceCell::new(),
            };
            finder.find(&mut found);
        }
    }
    found.sort_by(|left, right| (&left.place, &left.path).cmp(&(&right.place, &right.path)));
    found.dedup_by(|left, right| left.place == right.place && left.path == right.path);
    found
}

/// Whether something starts here, and loads this from nowhere.
fn is_dead(reaches: &[Arc<Reach>; 2], id: ModuleId) -> bool {
    reaches.iter().any(|reach| reach.has_entry()) && !reaches.iter().any(|reach| reach.is_loaded(id))
}

struct Finder<'a> {
    program: &'a Program,
    id: ModuleId,
    module: &'a Module,
    own: Option<&'a RepoPath>,
    reaches: &'a [Arc<Reach>; 2],
    lists: OnceCell<Listed<'a>>,
}

/// Whether a function is called by what runs.
enum Runs {
    Yes,
    No,
    /// It was not seen to be, and something was not followed that may.
    Perhaps(String),
}

impl Finder<'_> {
    fn find(&self, found: &mut Vec<Link>) {
        for index in 0..self.module.functions.len() {
            let Ok(index) = u32::try_from(index) else { break };
            self.module.each_expr(FunctionId(index), &mut |expr| {
                if self.own.is_some() {
                    self.shown(expr, found);
                }
                self.mailed(FunctionId(index), expr, found);
            });
        }
    }

    fn runs(&self, function: FunctionId) -> Runs {
        let at = FunctionAt {
            module: self.id,
            function,
        };
        let is_started = self.reaches.iter().any(|reach| reach.has_entry());
        if !is_started || self.reaches.iter().any(|reach| reach.is_live(at)) {
            return Runs::Yes;
        }
        match self.reaches.iter().find_map(|reach| reach.open_edge()) {
            Some(edge) => Runs::Perhaps(format!("nothing was seen to call what says it, and {}", edge.why)),
            None => Runs::No,
        }
    }

    fn at(&self, expr: ExprId) -> At {
        At { module: self.id, expr }
    }

    /// `<Link to>`, `<a href>`, `router.push(…)`, `navigate(…)`.
    fn shown(&self, expr: ExprId, found: &mut Vec<Link>) {
        let target = match self.module.expr(expr) {
            Expr::Jsx(tag, attributes, _) => self.linked_by(*tag, attributes),
            Expr::Call(callee, arguments) => self.is_going(*callee).then(|| arguments.first().copied()).flatten(),
            _ => None,
        };
        let Some(target) = target else { return };
        let text = match self.module.expr(target) {
            Expr::Text(_) | Expr::Template(..) => written(self.program, self.at(target)),
            Expr::Name(_) | Expr::Member(..) => return self.listed(target, found),
            _ => None,
        };
        if let Some(path) = text.filter(|text| is_page_like(text)) {
            found.push(self.link(path, target, self.own.cloned()));
        }
    }

    /// `items.map(item => <Link href={item.href}>)`: each stands where the list says it.
    fn listed(&self, target: ExprId, found: &mut Vec<Link>) {
        let lists = self
            .lists
            .get_or_init(|| Listed::of(self.program, |expr| self.at(expr), self.module));
        for (path, at) in lists.texts(self.at(target)) {
            if is_page_like(&path) {
                let span = self.program.module(at.module).span(at.expr);
                found.push(Link {
                    place: self.program.place(at.module, &span),
                    ..self.link(path, target, self.own.cloned())
                });
            }
        }
    }

    fn linked_by(&self, tag: ExprId, attributes: &[Property]) -> Option<ExprId> {
        let name = match self.module.expr(tag) {
            Expr::Text(name) | Expr::Member(_, name) | Expr::Global(name) => name,
            Expr::Name(binding) => &self.module.binding(*binding).name,
            _ => return None,
        };
        let is_link = matches!(
            name.as_ref(),
            "a" | "Link" | "NavLink" | "Navigate" | "NextLink" | "RouterLink"
        );
        let has = |key: &str| {
            attributes
                .iter()
                .find(|attribute| attribute.key.as_deref() == Some(key))
        };
        if !is_link || has("download").is_some() {
            return None;
        }
        has("href").or_else(|| has("to")).map(|attribute| attribute.value)
    }

    fn is_going(&self, callee: ExprId) -> bool {
        let named = |expr: ExprId| match self.module.expr(expr) {
            Expr::Name(binding) => Some(self.module.binding(*binding).name.as_ref()),
            _ => None,
        };
        match self.module.expr(callee) {
            Expr::Member(object, name) => {
                matches!(name.as_ref(), "push" | "replace") && named(*object) == Some("router")
            }
            Expr::Name(_) => named(callee) == Some("navigate"),
            _ => false,
        }
    }

    /// An address that begins with where the team's pages are. What nothing calls mails nothing.
    fn mailed(&self, function: FunctionId, expr: ExprId, found: &mut Vec<Link>) {
        let is_joined = match self.module.expr(expr) {
            Expr::Template(texts, holes) => !holes.is_empty() && texts.first().is_some_and(|text| text.is_empty()),
            Expr::Binary("+", left, _) => !matches!(self.module.expr(*left), Expr::Binary(..)),
            _ => false,
        };
        if !is_joined {
            return;
        }
        let at = self.at(expr);
        let Some(path) = written(self.program, at).and_then(|text| text.strip_prefix(HOLE).map(str::to_owned)) else {
            return;
        };
        let is_ours = || {
            base_of(self.program, at).is_some_and(|base| {
                let names = names_of(self.program, base);
                is_front(&names) || self.own.is_some() && is_own(&names)
            })
        };
        if !is_page_like(&path) || !is_ours() {
            return;
        }
        let doubt = match self.runs(function) {
            Runs::Yes => None,
            Runs::Perhaps(why) => Some(why),
            Runs::No => return,
        };
        found.push(Link {
            doubt,
            ..self.link(path, expr, None)
        });
    }

    fn link(&self, path: String, expr: ExprId, of: Option<RepoPath>) -> Link {
        Link {
            path,
            place: self.program.place(self.id, &self.module.span(expr)),
            of,
            doubt: None,
        }
    }
}

/// What teams call the address of their pages.
fn is_front(names: &[String]) -> bool {
    names.iter().any(|name| {
        [
            "frontendurl",
            "frontendbaseurl",
            "clienturl",
            "frontendorigin",
            "clientorigin",
            "webappurl",
        ]
        .iter()
        .any(|known| name.ends_with(known))
    })
}

/// What an application that makes its own pages calls its own address.
fn is_own(names: &[String]) -> bool {
    const NAMES: [&str; 9] = [
        "appurl",
        "nextauthurl",
        "nextpublicappurl",
        "nextpublicbaseurl",
        "nextpublicsiteurl",
        "nextpublicurl",
        "nextpublicwebsiteurl",
        "nextpublicweburl",
        "siteurl",
    ];
    names.iter().any(|name| NAMES.contains(&name.as_str()))
}

/// Whether a path names a page: not the first one, no file, nothing of the server's own.
fn is_page_like(text: &str) -> bool {
    let parts = requested(text);
    let is_path = text.starts_with('/') && !text.starts_with("//") && !text.contains([' ', '<', '\n']);
    let is_server = matches!(parts.first(), Some(Part::Text(first)) if matches!(first.as_str(), "api" | "_next" | "static" | "assets" | "uploads" | "images"));
    // Next.js answers the last three for a file of that name.
    let is_file = matches!(parts.last(), Some(Part::Text(last)) if last.contains('.') || matches!(last.as_str(), "opengraph-image" | "twitter-image" | "apple-icon"));
    let has_head = matches!(parts.first(), Some(Part::Text(_)));
    is_path && has_head && !is_server && !is_file
}
