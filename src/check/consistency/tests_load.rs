//! The modules that tests load, and those that production loads, against the files that there are.
//!
//! Only what such a file loads by a relative path, or by an alias that no package can be called like, whenever it is loaded
//! itself is asked about: a load within a function may be there to fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::artifact::{Gitignore, Ignores, resolve};
use crate::check::View;
use crate::check::files::{Globs, not_whole};
use crate::model::{Cause, Class, Component, Examined, Gap, Needs, Place, RepoPath, Tree, Unread};
use crate::program::module::{Expr, ExprId, Language, Module, RequestKind, Step, TOP_LEVEL};
use crate::program::{Lead, Program, Side, module_of, read_modules};
use crate::text::Span;

use super::Tally;
use super::aliases::{self, Told};
use super::emitted;
use super::for_development;
use super::made::{self, Made, made};
use super::no_members;
use super::no_require;
use super::packages;
use super::scripts::gitignores;

/// The files that are asked what they load.
#[derive(Debug, Clone, Copy)]
pub(super) enum Whose<'a> {
    /// Tests, all of them or those that match.
    Tests(Option<&'a Globs>),
    /// What production loads where it is started.
    Started,
}

impl Whose<'_> {
    fn files(self, view: &View<'_>) -> Vec<RepoPath> {
        match self {
            Self::Tests(within) => tests(view, within),
            Self::Started => started(view),
        }
    }

    /// What is wrong with a file that loads what is not there.
    fn fault(self) -> &'static str {
        match self {
            Self::Tests(_) => "no test in it can run",
            Self::Started => "what production starts can't be built, or stops where it is loaded",
        }
    }
}

/// The team's modules that production loads.
fn started(view: &View<'_>) -> Vec<RepoPath> {
    let program = Program::of(view.snapshot);
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    let reaches: Vec<_> = asked
        .flat_map(|component| [Side::Server, Side::Browser].map(|side| program.reach(component, side)))
        .collect();
    let modules = program.modules().filter(|(id, linked)| {
        view.tree().class(linked.path.as_str()) == Class::Source && reaches.iter().any(|reach| reach.is_loaded(*id))
    });
    modules.map(|(_, linked)| linked.path.clone()).collect()
}

pub(super) fn needs(view: &View<'_>, whose: Whose<'_>) -> Needs {
    let tree = view.tree();
    let ignores = tree.with_name(".gitignore").filter(|(_, entry)| entry.is_file());
    let ignores = ignores.map(|(path, _)| path.clone());
    let told = tree.those("what tells what is loaded", |path, entry, class| {
        entry.is_file() && !class.is_of_nobody() && (aliases::tells(path) || made::tells(path))
    });
    let nest = tree.with_name("nest-cli.json").filter(|(_, entry)| entry.is_file());
    let told = told.into_iter().map(|(path, _)| path.clone());
    let told = told.chain(nest.map(|(path, _)| path.clone()));
    // What production loads is asked for by the program.
    let asked = match whose {
        Whose::Tests(within) => tests(view, within),
        Whose::Started => Vec::new(),
    };
    let mut needs = Needs::files(asked.into_iter().chain(ignores).chain(told));
    let of_program = Program::needs(view.snapshot);
    if matches!(whose, Whose::Started) && of_program.is_empty() {
        needs.unite(packages::needs(view));
        needs.unite(emitted::needs(view));
        needs.unite(for_development::needs(view));
    }
    needs.unite(of_program);
    needs
}

/// What has to be read to tell what one test lacks.
pub(in crate::check) fn of_one_needs(view: &View<'_>) -> Needs {
    needs(view, Whose::Tests(None))
}

/// What a test loads by a relative path and is not there, so that it can't run.
pub(in crate::check) fn lacking(view: &View<'_>, path: &RepoPath) -> Option<String> {
    let parsed = gitignores(view.snapshot);
    let mut look = Look::new(view, Whose::Tests(None), &parsed, Tally::new(&[], &[]));
    look.file(path);
    let gap = look.tally.gaps.first()?;
    gap.words.split_once(' ').map(|(_, target)| target.to_owned())
}

/// The test files that are asked about.
fn tests(view: &View<'_>, within: Option<&Globs>) -> Vec<RepoPath> {
    const LARGEST: u64 = 1 << 20;
    let folder = view.component.map_or("", Component::folder);
    let is_asked = |path: &RepoPath| {
        let owner = Component::of(&view.snapshot.components, path);
        let is_own = view
            .component
            .is_none_or(|asked| owner.is_some_and(|owner| owner.path == asked.path));
        is_own && within.is_none_or(|globs| path.relative_to(folder).is_some_and(|relative| globs.matches(relative)))
    };
    let files = view.tree().those("tests that load", |path, entry, class| {
        let is_small = entry.size.is_none_or(|size| size <= LARGEST);
        class == Class::Test && entry.is_file() && is_small && is_test(path)
    });
    let files = files.into_iter().map(|(path, _)| path);
    files.filter(|path| is_asked(path)).cloned().collect()
}

/// A file that runners take for a test by its name; what only helps tests may be dead.
fn is_test(path: &RepoPath) -> bool {
    const MARKS: [&str; 7] = [
        ".test.",
        ".spec.",
        ".e2e.",
        ".e2e-spec.",
        ".int.",
        ".integration.",
        ".cy.",
    ];
    let is_meant_to_fail = path.parent().split('/').any(|folder| {
        matches!(
            folder,
            "fixtures" | "__fixtures__" | "fixture" | "testdata" | "snapshots" | "templates"
        )
    });
    let is_named = MARKS.iter().any(|mark| path.file_name().contains(mark));
    is_named && !is_meant_to_fail && Language::of(path.as_str()).is_some()
}

pub(super) fn examine(view: &View<'_>, whose: Whose<'_>, tally: Tally<'_>) -> Examined {
    if let Some(unread) = not_whole(view.tree(), "what is loaded") {
        return Examined::unknown(unread);
    }
    let parsed = gitignores(view.snapshot);
    let asked = whose.files(view);
    read_modules(view.snapshot, &asked);
    let mut look = Look::new(view, whose, &parsed, tally);
    asked.iter().for_each(|path| look.file(path));
    let (aliased, mut tally) = (look.aliased, look.tally);
    by_alias(view, whose, aliased, &mut tally);
    if matches!(whose, Whose::Started) {
        packages::examine(view, &mut tally);
        emitted::examine(view, &mut tally);
        no_require::examine(view, &mut tally);
        for_development::examine(view, &mut tally);
        no_members::examine(view, &mut tally);
    }
    // A file that loads two things which are not there is one of those that were asked.
    let faulty: BTreeSet<&str> = tally.gaps.iter().map(|gap| gap.subject.as_str()).collect();
    let faulty = faulty.len();
    tally.examined_of(
        faulty,
        match whose {
            Whose::Tests(_) => "test file",
            Whose::Started => "module",
        },
        "finds what it loads",
        match whose {
            Whose::Tests(_) => "there is no test file of JavaScript or TypeScript here",
            Whose::Started => "nothing that production starts loads a module here",
        },
    )
}

/// What goes round the files that are asked.
struct Look<'a> {
    view: &'a View<'a>,
    whose: Whose<'a>,
    ignores: Ignores<'a>,
    outputs: BTreeSet<RepoPath>,
    /// What is loaded by an alias: from where, by which words, and where they stand.
    aliased: Vec<(RepoPath, String, Place)>,
    tally: Tally<'a>,
}

impl<'a> Look<'a> {
    fn new(view: &'a View<'a>, whose: Whose<'a>, parsed: &'a [(RepoPath, Arc<Gitignore>)], tally: Tally<'a>) -> Self {
        Self {
            view,
            whose,
            ignores: Ignores::new(parsed.iter().map(|(path, parsed)| (path.parent(), parsed.as_ref()))),
            outputs: made::outputs(view),
            aliased: Vec::new(),
            tally,
        }
    }
}

impl Look<'_> {
    /// Looks whether a file finds what it loads, up to the first that it does not.
    fn file(&mut self, path: &RepoPath) {
        if self.tally.is_left_out(path.as_str()) {
            return;
        }
        let document = match self.view.snapshot.read(path.as_str()).text(path.as_str()) {
            Ok(Some(document)) => document,
            Ok(None) => return,
            Err(unread) => return self.tally.unread(unread),
        };
        let Some(module) = module_of(path, &document) else {
            return;
        };
        if let Some(why) = &module.unread {
            let what = format!("`{path}` could not be followed: {why}");
            let unread = Unread::new(Cause::Parse, what, "write it so that it can be parsed");
            return self.tally.unread(unread);
        }
        self.tally.compared += 1;
        for (specifier, span) in loads(&module) {
            let place = || Place::span(path, &document, &span);
            if aliases::sign(&specifier).is_some() {
                self.aliased.push((path.clone(), specifier, place()));
                continue;
            }
            let Some(target) = target(path, &specifier).filter(|target| self.lacks(path, target)) else {
                continue;
            };
            let why = format!(
                "`{path}` loads `{target}`, and there is no such file: {}",
                self.whose.fault()
            );
            let subject = format!("{path} {target}");
            self.tally.gaps.push(Gap::at(place(), &subject, why));
            break;
        }
    }

    /// Whether what a file loads is known not to be there, nor to be made; what may be made is not settled.
    fn lacks(&mut self, path: &RepoPath, target: &RepoPath) -> bool {
        if is_there(self.view.tree(), target) {
            return false;
        }
        match made(self.view, &self.ignores, &self.outputs, target) {
            Made::Yes => false,
            Made::Maybe => {
                let what = format!(
                    "`{path}` loads `{target}`, which is not there, and nothing says that a build writes to its folder"
                );
                let settle = "ignore the folder in `.gitignore`, or mend the import";
                self.tally.unread(Unread::new(Cause::Unmodelled, what, settle));
                false
            }
            Made::No => true,
        }
    }
}

/// What test files load by aliases: one that nothing defines leads nowhere.
fn by_alias(view: &View<'_>, whose: Whose<'_>, asked: Vec<(RepoPath, String, Place)>, tally: &mut Tally<'_>) {
    let mut signs = BTreeMap::new();
    let specifiers: Vec<(RepoPath, String)> = asked
        .iter()
        .map(|(path, specifier, _)| (path.clone(), specifier.clone()))
        .collect();
    if specifiers.is_empty() {
        return;
    }
    let leads = Program::leads(view.snapshot, &specifiers);
    let mut known = BTreeSet::new();
    for ((path, specifier, place), lead) in asked.into_iter().zip(leads) {
        let Some(sign) = aliases::sign(&specifier) else {
            continue;
        };
        let told = signs.entry(sign).or_insert_with(|| aliases::told(view, sign));
        let what = match told {
            Told::Maybe(unread) => {
                tally.unread(unread.clone());
                continue;
            }
            Told::No => {
                // Of each file once.
                if known.insert(path.clone()) {
                    let why = format!(
                        "`{path}` loads `{specifier}`, and no configuration says what `{sign}/` stands for: {}",
                        whose.fault()
                    );
                    tally.gaps.push(Gap::at(place, &format!("{path} {sign}/"), why));
                }
                continue;
            }
            Told::Yes if lead == Lead::Here => continue,
            Told::Yes => format!("`{path}` loads `{specifier}`, and where that leads could not be followed"),
        };
        tally.unread(Unread::new(Cause::Unmodelled, what, "mend the import, or attest it"));
    }
}

/// What a test file loads by relative paths or aliases whenever it is loaded, in order, without what it has replaced.
fn loads(module: &Module) -> Vec<(String, Span)> {
    let mut replaced: BTreeSet<&str> = BTreeSet::new();
    let mut mocked = Vec::new();
    for ((expr, _), id) in module.expressions.iter().zip(0_u32..) {
        if let Expr::Call(callee, arguments) = expr
            && let Expr::Member(of, name) = module.expr(*callee)
            && matches!(name.as_ref(), "mock" | "doMock" | "unstable_mockModule")
            && let Some(Expr::Text(text)) = arguments.first().map(|first| module.expr(*first))
        {
            // Jest looks for the file of what is mocked where it is not told that it is virtual.
            let is_jest = matches!(module.expr(*of), Expr::Global(name) if name.as_ref() == "jest");
            match is_jest && name.as_ref() == "mock" && arguments.len() < 3 {
                true => mocked.push((text.as_ref(), module.span(ExprId(id)))),
                false => {
                    replaced.insert(text);
                }
            }
        }
    }
    let tried = tried(module);
    let at_load = module.requests.iter().filter(|request| {
        let is_load = match request.kind {
            RequestKind::Import | RequestKind::Export | RequestKind::Require => true,
            RequestKind::Unused | RequestKind::Type | RequestKind::Dynamic | RequestKind::File => false,
        };
        let is_tried = tried
            .iter()
            .any(|span| span.start <= request.span.start && request.span.end <= span.end);
        is_load && request.function == TOP_LEVEL && !is_tried
    });
    let each = at_load.filter_map(|request| Some((request.specifier.as_deref()?, request.span.clone())));
    each.chain(mocked)
        .filter(|(specifier, _)| specifier.starts_with('.') || aliases::sign(specifier).is_some())
        .filter(|(specifier, _)| !replaced.contains(specifier))
        .map(|(specifier, span)| (specifier.to_owned(), span))
        .collect()
}

/// The statements at the top that may be left: what fails there may be meant to.
pub(super) fn tried(module: &Module) -> Vec<Span> {
    let steps = module.functions.first().map_or(&[][..], |function| &function.steps);
    let branches = steps.iter().filter_map(|step| match step {
        Step::Branch(branch) => Some(branch.span.clone()),
        Step::Do(_) | Step::Bind(..) | Step::Return(_) | Step::Throw(_) | Step::Jump => None,
    });
    branches.collect()
}

/// Where a relative specifier leads, without its ending; `None` for what is no code, or out of the repository.
fn target(from: &RepoPath, specifier: &str) -> Option<RepoPath> {
    const CODE: [&str; 8] = [".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts"];
    if specifier.contains(['?', '!', '*']) {
        return None;
    }
    let target = resolve(from.parent(), specifier)?;
    let name = target.file_name();
    let stem = CODE.iter().find_map(|ending| target.as_str().strip_suffix(ending));
    match (stem, name.rsplit_once('.')) {
        (Some(stem), _) => Some(RepoPath::new(stem)),
        // `./users.service` has no ending, `./logo.svg` has one of data.
        (None, Some((_, ending))) => {
            const DATA: [&str; 16] = [
                "json", "css", "scss", "sass", "less", "svg", "png", "jpg", "jpeg", "gif", "webp", "html", "graphql",
                "gql", "wasm", "node",
            ];
            (!DATA.contains(&ending) && !name.is_empty()).then_some(target)
        }
        (None, None) => (!name.is_empty()).then_some(target),
    }
}

/// Whether a path is there with any ending or none, or as a folder: `a.native.ts` is `a` and `a.native`.
fn is_there(tree: &Tree, target: &RepoPath) -> bool {
    let with_ending = || {
        let stem = format!("{target}.");
        let mut found = tree.starting_with(&stem);
        found.any(|(path, _)| !path.as_str()[stem.len()..].contains('/'))
    };
    tree.get(target.as_str()).is_some() || tree.has_folder(target.as_str()) || with_ending()
}
