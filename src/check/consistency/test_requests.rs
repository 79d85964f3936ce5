//! The paths that tests ask an application for, against its routes: who asks for what nobody answers tests nothing of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::artifact::resolve;
use crate::check::View;
use crate::check::stand_in::{StandIn, found};
use crate::model::{Component, RepoPath};
use crate::program::module::{BindingKind, Expr, ExprId, FunctionId, Module, Request, RequestId, RequestKind, Step};
use crate::program::{Program, Routes, Side, module_of};
use crate::text::Document;

use super::address::{HOLE, Part, answered, fits_behind_a_base, is_catch_all, requested};
use super::calls::unsure;

/// The method calls by which a path is asked for.
const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "del"];
/// What is done before tests.
const BEFORE: [&str; 3] = ["beforeAll", "beforeEach", "before"];

/// A path that a test file asks for, of which no route is known though all are: the only ones that it asks for, or one of
/// which its tests need the answer.
pub(in crate::check) fn unanswered(view: &View<'_>, path: &RepoPath, document: &Document) -> Option<String> {
    // Parsing costs more than looking.
    if !document.text().ok()?.contains("supertest") {
        return None;
    }
    let module = module_of(path, document).filter(|module| module.unread.is_none())?;
    let look = Look { module: &module };
    // What it makes itself it answers itself, and what is built is not followed.
    if StandIn::of(view, path, document).is_some() || !look.loads_source(view, path) {
        return None;
    }
    let (direct, others) = look.requests();
    if direct.is_empty() {
        return None;
    }
    let known = known(view)?;
    let is_answered = |asked: &Asked| asked.path.as_deref().is_none_or(|path| known.answers(path));
    let needed = look.needed();
    let lost: Vec<&Asked> = direct.iter().filter(|asked| !is_answered(asked)).collect();
    let in_vain = lost.iter().find(|asked| needed.contains(&asked.expr));
    let all = || {
        (lost.len() == direct.len() && !others.iter().any(is_answered))
            .then(|| lost.first())
            .flatten()
    };
    in_vain.or_else(all).and_then(|asked| asked.path.clone())
}

/// A path that is asked for; `None` where it is not known.
struct Asked {
    expr: ExprId,
    path: Option<String>,
}

struct Look<'a> {
    module: &'a Module,
}

impl Look<'_> {
    /// Whether all that it loads by relative paths is there.
    fn loads_source(&self, view: &View<'_>, path: &RepoPath) -> bool {
        let kept = |request: &&Request| request.kind != RequestKind::Unused;
        let specifiers = self.module.requests.iter().filter(kept);
        let mut relative = specifiers
            .filter_map(|request| request.specifier.as_deref())
            .filter(|specifier| specifier.starts_with('.'));
        relative.all(|specifier| resolve(path.parent(), specifier).is_some_and(|target| found(view, &target).is_some()))
    }

    /// What is asked of the application that supertest is handed, and what may be.
    fn requests(&self) -> (Vec<Asked>, Vec<Asked>) {
        let (mut direct, mut others) = (Vec::new(), Vec::new());
        for (index, (expr, _)) in self.module.expressions.iter().enumerate() {
            let Expr::Call(callee, arguments) = expr else { continue };
            let Expr::Member(object, method) = self.module.expr(*callee) else {
                continue;
            };
            let (Ok(index), Some(first)) = (u32::try_from(index), arguments.first()) else {
                continue;
            };
            if !METHODS.contains(&method.as_ref()) {
                continue;
            }
            let asked = Asked {
                expr: ExprId(index),
                path: self.path(*first),
            };
            if self.is_supertest(*object) {
                direct.push(asked);
            } else if asked.path.as_ref().is_none_or(|path| path.starts_with('/')) {
                others.push(asked);
            }
        }
        (direct, others)
    }

    /// `request(app)`.
    fn is_supertest(&self, expr: ExprId) -> bool {
        let Expr::Call(callee, _) = self.module.expr(expr) else {
            return false;
        };
        let Expr::Name(binding) = self.module.expr(*callee) else {
            return false;
        };
        let is_it = |request: RequestId| self.module.request(request).specifier.as_deref() == Some("supertest");
        let binding = self.module.binding(*binding);
        match &binding.kind {
            BindingKind::Import(request, _) => is_it(*request),
            _ => {
                let mut given = binding.given.iter().filter_map(|given| given.value);
                given.any(|value| matches!(self.module.expr(value), Expr::Load(request) if is_it(*request)))
            }
        }
    }

    /// A path whose beginning is known.
    fn path(&self, expr: ExprId) -> Option<String> {
        let path = match self.module.expr(expr) {
            Expr::Text(text) => text.to_string(),
            Expr::Template(texts, _) => texts.join(&HOLE.to_string()),
            _ => return None,
        };
        let has_word = requested(&path).iter().any(|part| matches!(part, Part::Text(_)));
        (path.starts_with('/') && has_word).then_some(path)
    }

    /// The requests whose answers are read before the tests.
    fn needed(&self) -> BTreeSet<ExprId> {
        let mut found = BTreeSet::new();
        for (expr, _) in &self.module.expressions {
            let Expr::Call(callee, arguments) = expr else { continue };
            let is_before = matches!(self.module.expr(*callee), Expr::Global(name) if BEFORE.contains(&name.as_ref()));
            let functions = arguments
                .iter()
                .filter_map(|argument| match self.module.expr(*argument) {
                    Expr::Function(function) if is_before => Some(*function),
                    _ => None,
                });
            for function in functions {
                self.kept(function, &mut found);
            }
        }
        found
    }

    /// The parts of what a function keeps, where it reads the body of something.
    fn kept(&self, function: FunctionId, found: &mut BTreeSet<ExprId>) {
        let function = self.module.function(function);
        if !function.members.iter().any(|name| name.as_ref() == "body") {
            return;
        }
        for step in &function.steps {
            if let Step::Bind(_, value) = step {
                self.module.each_part(*value, &mut |part| {
                    found.insert(part);
                });
            }
        }
    }
}

/// What the servers of a repository answer, where all of it is known.
#[derive(Debug)]
struct Known {
    answers: Vec<Vec<Part>>,
    /// All that their code says: what is mounted in other ways is named somewhere.
    said: BTreeSet<String>,
}

impl Known {
    fn answers(&self, path: &str) -> bool {
        let request = requested(path);
        // A prefix may be what tests set themselves.
        let fits = (0..request.len().min(3)).any(|at| {
            let mut answers = self.answers.iter();
            answers.any(|answer| fits_behind_a_base(&request[at..], answer))
        });
        let words = request.iter().rev().find_map(|part| match part {
            Part::Text(text) => Some(text.to_lowercase()),
            _ => None,
        });
        fits || words.is_none_or(|word| self.said.contains(&word))
    }
}

/// Found once for all tests.
fn known(view: &View<'_>) -> Option<Arc<Known>> {
    let derived = view.snapshot.derive(|snapshot| {
        let program = Program::of(snapshot);
        let components = &snapshot.components;
        let routes: Vec<Arc<Routes>> = components.iter().map(|component| program.routes(component)).collect();
        Found(all(&program, components, &routes).map(Arc::new))
    });
    derived.0.clone()
}

struct Found(Option<Arc<Known>>);

fn all(program: &Program, components: &[Component], routes: &[Arc<Routes>]) -> Option<Known> {
    let mut pairs = components.iter().zip(routes);
    let is_whole = pairs.all(|(component, routes)| unsure(program, component, routes).is_none());
    let paths = routes
        .iter()
        .flat_map(|routes| &routes.routes)
        .filter_map(|route| route.path.as_deref());
    let answers: Vec<Vec<Part>> = paths.map(answered).filter(|answer| !is_catch_all(answer)).collect();
    if !is_whole || answers.is_empty() {
        return None;
    }
    let reaches: Vec<_> = components
        .iter()
        .map(|component| program.reach(component, Side::Server))
        .collect();
    let loaded = program
        .modules()
        .filter(|(id, _)| reaches.iter().any(|reach| reach.is_loaded(*id)));
    let mut said = BTreeSet::new();
    for (_, linked) in loaded {
        for (expr, _) in &linked.module.expressions {
            if let Expr::Text(text) = expr {
                said.extend(text.split('/').map(str::to_lowercase));
            }
        }
    }
    Some(Known { answers, said })
}
