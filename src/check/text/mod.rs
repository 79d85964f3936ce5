//! `text`: whether a line of some file matches a pattern.

mod answer;
mod commands;
mod ran;
mod runs;
mod said;
mod started;
mod strings;
mod switch;
mod vain;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Component, Examined, Needs, Place, RepoPath, Unread};
use crate::text::Document;

use crate::program::Program;
use crate::program::module::Language;

use super::beside::{self, Beside, BesideParameters};
use super::consistency::test_needs;
use super::files::{Case, Found, Globs, MOST_SHOWN, open};
use super::parameters::{Count, OneOrMany, read};
use super::runner;
use super::{Check, Hit, Kind, Pattern, Problem, View, services};
use crate::text::{is_generated, is_in_comment, is_minified, is_workbox};
use commands::Commands;
use runs::{Loaded, Runs};
use said::{minified, reason};
use vain::Vain;

/// The kind.
pub const KIND: Kind = Kind {
    name: "text",
    summary: "Whether a line of some file matches a regular expression.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// Whether a line of some file matches. A match never spans lines. Of the files that match `in`, those are
/// searched that the team wrote for production; tests, examples, documents, built and generated files only
/// where a pattern names them (`docs/**`, `**/*.test.ts`, a plain path). Copied-in code is never searched.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "TextParameters")]
struct Parameters {
    /// A regular expression (Rust's `regex`), matched line by line; `(?i)` ignores case, and `\w`, `\d`, `\b`
    /// are ASCII unless it asks for `(?u)`.
    pattern: String,
    /// Patterns of the files to search, from the component's folder, or from the root.
    r#in: OneOrMany,
    /// Patterns of files to leave out.
    except: Option<OneOrMany>,
    /// `true`: the patterns start from the root, whichever component is asked about: what stands in front of it, say, or
    /// with `runs` what its production loads of other parts.
    #[serde(default)]
    from_root: bool,
    /// How many matches there must be.
    count: Option<Count>,
    /// Whether what stands in a comment counts: after `#` in YAML, TOML, Dockerfiles, shell and the like, after `//` and in
    /// `/* */` in code. The default is true.
    #[serde(default = "yes")]
    comments: bool,
    /// Whether what stands in a string, in the text of a template or in that of an element counts, of JavaScript and
    /// TypeScript: a sample of code that a page shows reads nothing. The default is true.
    #[serde(default = "yes")]
    strings: bool,
    /// Of JavaScript and TypeScript, lines of the modules alone that production loads.
    #[serde(default)]
    runs: bool,
    /// `true`: a line that asks a service of compose files for it (`docker compose exec web …`) counts only where the files
    /// that it names, or any where it names none, have that service. What is not in the repository is believed.
    #[serde(default)]
    services_exist: bool,
    /// `false`: what a step of a workflow says does not count where its job brings services along, as a database for tests,
    /// unless the step is handed a secret.
    #[serde(default = "yes")]
    services: bool,
    /// `false`: a test file that makes a server of its own (`express()`, `new Hono()`) does not count where it loads nothing
    /// of the product's, nor do its lines about paths that it answers itself.
    #[serde(default = "yes")]
    stand_ins: bool,
    /// `false`: what stands in a test does not count where all that the test asserts holds of a success and of a failure
    /// alike: `expect([200, 401, 500]).toContain(response.status)`; nor what takes a package's place (`jest.mock(…)`).
    #[serde(default = "yes")]
    any_status: bool,
    /// `true`: a line of a test counts only where the test can run: the settings of the runners that commands call select its
    /// file, what it loads is there, and its packages are declared, or brought along by a lockfile; where it asks an
    /// application for paths that no route answers, that is not known.
    #[serde(default)]
    tests_run: bool,
    /// Only files of components in which some file has a line like this, and files above those; where the repository is no
    /// workspace.
    beside: Option<BesideParameters>,
    /// Of shell scripts, what stands in a command that is run, and not what is only printed (`echo`, `cat <<EOF`) or stands
    /// in a function that nothing calls; of JavaScript and TypeScript, what is handed to something that starts a program, in a
    /// function that is called, where nothing that catches its failure goes on; of all files, nothing whose failure the line
    /// hides (`… || true`, `… || echo`), and nothing that only asks about migrations (`migrate status`).
    #[serde(default)]
    commands: bool,
    /// `true`: only files that what is started, built or deployed calls by their names: scripts of `package.json` such as
    /// `start` and `build` with those that they call, Dockerfiles, compose files, files of hosts, and such files themselves.
    #[serde(default)]
    started: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug)]
struct TextCheck {
    pattern: Pattern,
    files: Globs,
    except: Option<Globs>,
    from_root: bool,
    count: Option<Count>,
    /// Whether what stands in a comment does not count.
    skips_comments: bool,
    /// Whether what code only says does not count.
    skips_strings: bool,
    /// Whether what production does not load does not count.
    runs: bool,
    /// Whether what is asked of a service that no compose file has does not count.
    skips_missing: bool,
    skips_own_services: bool,
    /// Whether what a test asks of a server that it makes itself does not count.
    skips_stand_ins: bool,
    /// Whether what stands in a test that holds whatever is answered does not count.
    skips_lenient: bool,
    /// Whether what stands in a test that can't run does not count.
    skips_idle: bool,
    /// What has to stand beside the files.
    beside: Option<Beside>,
    /// All patterns that are searched.
    all: Vec<Pattern>,
    /// Whether commands alone count that are run.
    commands: bool,
    /// Whether files alone count that something calls.
    started: bool,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let mut problems: Vec<Problem> = Count::problem(parameters.count).into_iter().collect();
    let pattern = Pattern::new(&parameters.pattern)
        .map_err(|why| problems.push(Problem::at(&["pattern"], format!("this is no pattern: {why}"))))
        .ok();
    let mut compile = |patterns: &OneOrMany, key| {
        Globs::new(patterns, key, Case::Counts)
            .map_err(|found| problems.extend(found))
            .ok()
    };
    let files = compile(&parameters.r#in, "in");
    let except = parameters
        .except
        .as_ref()
        .and_then(|patterns| compile(patterns, "except"));
    let beside = parameters.beside.as_ref().map(BesideParameters::compile);
    let beside = beside.and_then(|beside| beside.map_err(|found| problems.extend(found)).ok());
    match (pattern, files) {
        (Some(pattern), Some(files)) if problems.is_empty() => Ok(Box::new(TextCheck {
            all: std::iter::once(&pattern)
                .chain(beside.as_ref().map(Beside::pattern))
                .cloned()
                .collect(),
            beside,
            pattern,
            files,
            except,
            from_root: parameters.from_root,
            count: parameters.count,
            skips_comments: !parameters.comments,
            skips_strings: !parameters.strings,
            runs: parameters.runs,
            skips_missing: parameters.services_exist,
            skips_own_services: !parameters.services,
            skips_stand_ins: !parameters.stand_ins,
            skips_lenient: !parameters.any_status,
            skips_idle: parameters.tests_run,
            commands: parameters.commands,
            started: parameters.started,
        })),
        _ => Err(problems),
    }
}

/// What searching gave.
#[derive(Default)]
struct Searched {
    matches: usize,
    /// Those in modules that production does not load.
    left_out: usize,
    files_with_matches: usize,
    /// Whether more files were there, and none was looked at since nothing in them could change the answer.
    is_cut: bool,
    shown: Vec<(RepoPath, Arc<Document>, Hit)>,
    /// The first that does not count, and why.
    in_vain: Option<(Place, String)>,
    unread: Option<Unread>,
}

impl Check for TextCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        let view = &view.rooted(self.from_root);
        let mut needs = self.files.unread(view, self.except.as_ref());
        if self.runs {
            needs.unite(Program::needs(view.snapshot));
        }
        if self.skips_missing {
            needs.unite(services::needs(view));
        }
        if self.skips_idle {
            needs.unite(runner::needs(view));
            needs.unite(test_needs(view));
            needs.unite(Program::needs(view.snapshot));
        }
        if self.started {
            needs.unite(started::needs(view));
        }
        if self.commands {
            needs.unite(started::needs(view));
            let mut found = self.files.find_written(view.tree(), view.folder()).into_iter();
            if found.any(|(path, _)| Language::of(path.as_str()).is_some()) {
                needs.unite(Program::needs(view.snapshot));
            }
        }
        if let Some(beside) = &self.beside {
            needs.unite(beside.needs(view));
        }
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let asked = view.component.filter(|_| self.from_root);
        let view = &view.rooted(self.from_root);
        let found = self.found(view);
        let searched = self.search(view, asked, &found);
        let most = Count::most(self.count);
        if let Some(most) = most.filter(|most| searched.matches > *most) {
            return self.too_many(view, &searched, most);
        }
        let is_enough = searched.matches >= Count::least(self.count);
        // What was not seen could hold the match that is missing, or the one too many.
        if (!is_enough || most.is_some())
            && let Some(unread) = searched.unread.clone().or_else(|| self.unseen(view))
        {
            return Examined::unknown(unread);
        }
        if is_enough {
            let reason = reason(&searched, &self.pattern);
            return Examined::pass(reason, self.evidence(view, &searched.shown));
        }
        self.fail(view, &found, &searched)
    }

    fn patterns(&self) -> &[Pattern] {
        &self.all
    }
}

impl TextCheck {
    fn found<'a>(&self, view: &View<'a>) -> Vec<Found<'a>> {
        let folder = view.folder();
        let mut found = self.files.find_written(&view.snapshot.tree, folder);
        if let Some(owners) = self.beside.as_ref().and_then(|beside| beside.owners(view)) {
            found.retain(|(path, _)| beside::belongs(view, &owners, path));
        }
        if let Some(except) = &self.except {
            found.retain(|(path, _)| {
                path.relative_to(folder)
                    .is_none_or(|relative| !except.matches(relative))
            });
        }
        if self.started {
            let paths: Vec<&RepoPath> = found.iter().map(|(path, _)| *path).collect();
            let called = started::called(view, &paths);
            found.retain(|(path, _)| called.contains(*path));
        }
        found
    }

    fn search(&self, view: &View<'_>, asked: Option<&Component>, found: &[Found<'_>]) -> Searched {
        let mut searched = Searched::default();
        let search = view.engine.search(&self.pattern);
        let (mut runs, mut commands) = (None, None);
        for (path, entry) in found {
            if self.skips_idle && searched.is_enough(self.count) {
                searched.is_cut = true;
                break;
            }
            let document = match open(view.snapshot, (path, entry)) {
                Ok(document) => document,
                Err(unread) => {
                    searched.unread.get_or_insert(unread);
                    continue;
                }
            };
            // Workbox writes no more than a list of what is kept for later, and how.
            if is_workbox(&document) {
                continue;
            }
            if is_minified(&document) || is_generated(&document) {
                searched.unread.get_or_insert_with(|| minified(path));
                continue;
            }
            let mut hits = search.hits(&document);
            if self.skips_comments {
                hits.retain(|hit| !is_in_comment(path.file_name(), &document, hit.span.start));
            }
            if self.skips_strings {
                strings::leave_out(path, &document, &mut hits);
            }
            if self.commands && !hits.is_empty() {
                searched.retain_commands(
                    commands.get_or_insert_with(|| Commands::of(view)),
                    path,
                    &document,
                    &mut hits,
                );
            }
            if self.runs && !hits.is_empty() {
                match runs.get_or_insert_with(|| Runs::of(view, asked)).loads(path) {
                    Loaded::Yes => {}
                    Loaded::No => {
                        searched.left_out += hits.len();
                        continue;
                    }
                    Loaded::Unread(unread) => {
                        searched.unread.get_or_insert(unread);
                        continue;
                    }
                }
            }
            if self.skips_idle && !searched.may_run(view, path, &document, &hits) {
                continue;
            }
            let vain = Vain::of(self, view, path, &document, &hits);
            hits.retain(|hit| match vain.why(hit) {
                Some(why) => {
                    searched.note_vain(path, &document, hit, why);
                    false
                }
                None => true,
            });
            if self.skips_idle && !hits.is_empty() && !searched.asks_for_something(view, path, &document) {
                continue;
            }
            searched.matches += hits.len();
            searched.files_with_matches += usize::from(!hits.is_empty());
            for hit in hits
                .into_iter()
                .take(MOST_SHOWN + 1 - searched.shown.len().min(MOST_SHOWN + 1))
            {
                searched.shown.push(((*path).clone(), Arc::clone(&document), hit));
            }
        }
        searched
    }
}
