//! Scripts, with the files and the other scripts that they run.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::workflow::{Failure, Loss, Shell, WorkflowFile, commands as steps, workflow_paths};
use crate::artifact::{Declared, Gitignore, Ignores, read_manifest, resolve, unparsed};
use crate::check::View;
use crate::check::files::not_whole;
use crate::check::workflow::runner;
use crate::check::{container, programs};
use crate::model::{Class, Component, Examined, Gap, Needs, Place, Read, RepoPath, Snapshot, Unread};
use crate::program::commands;
use crate::text::{Document, Span};

use super::Tally;
use super::checkout::has_own_files;
use super::command::{called, npm_runs, started, tested, unwrapped};
use super::made::{self, may_be_made};
use super::playwright;
use super::unwritten::unwritten;

/// What else tells what is run and made.
const TELLING: [&str; 4] = ["package.json", ".gitignore", "nest-cli.json", ".dockerignore"];
/// Commands within commands are followed so far.
const DEEPEST: u32 = 3;

pub(super) fn needs(view: &View<'_>) -> Needs {
    let tree = view.tree();
    let told = tree.those("scripts", |path, entry, class| {
        let is_told = || TELLING.contains(&path.file_name()) || is_readme(path);
        let configures = playwright::is_config(path) || made::tells(path);
        !class.is_of_nobody() && entry.is_file() && (is_told() || configures)
    });
    let workflows = workflow_paths(tree).map(|(path, _)| path.clone());
    let mut needs = Needs::files(told.into_iter().map(|(path, _)| path.clone()).chain(workflows));
    needs.unite(container::started_needs(view));
    let manifests = tree.with_name("package.json").map(|(path, _)| path.clone());
    let own = manifests.filter(|path| tree.class(path.as_str()) == Class::Source);
    needs.unite(runner::needs(view.snapshot, &own.collect()));
    needs
}

/// A file that says what to run, at the head of a folder.
pub(super) fn is_readme(path: &RepoPath) -> bool {
    path.file_name().eq_ignore_ascii_case("readme.md")
}

/// What is run, and where that is said.
struct Run<'a> {
    /// The command line.
    text: &'a str,
    /// The folder in which it is run.
    folder: String,
    /// Where it is said.
    place: Place,
    /// By what, in words.
    by: String,
    /// Words of the finding, beside what is missing.
    words: String,
}

pub(super) fn examine(view: &View<'_>, tally: Tally<'_>) -> Examined {
    let (manifests, unread) = manifests(view.snapshot);
    let ignores = gitignores(view.snapshot);
    let files = ignores.iter().map(|(path, parsed)| (path.parent(), parsed.as_ref()));
    let mut looker = Looker {
        view,
        ignores: Ignores::new(files),
        manifests: &manifests,
        tally,
    };
    if let Some(unread) = unread {
        looker.tally.unread(unread);
    }
    for (path, declared) in &manifests {
        if looker.is_asked(path) {
            looker.manifest(path, declared);
        }
    }
    let workflows: Vec<RepoPath> = workflow_paths(view.tree()).map(|(path, _)| path.clone()).collect();
    for path in &workflows {
        looker.workflow(path);
    }
    for started in container::started(view).iter() {
        looker.scripts_alone(&Run {
            text: &started.text,
            folder: started.folder.clone(),
            place: started.place.clone(),
            by: started.by.clone(),
            words: started.words.clone(),
        });
    }
    let readmes = view
        .tree()
        .those("READMEs", |path, entry, _| entry.is_file() && is_readme(path));
    let readmes = readmes.into_iter().map(|(path, _)| path);
    for path in readmes.filter(|path| is_own_readme(view.snapshot, path)) {
        looker.readme(path);
    }
    if let Some(unread) = not_whole(view.tree(), "what scripts run") {
        return Examined::unknown(unread);
    }
    looker.tally.examined(
        "command",
        "finds what it runs",
        "no script runs a file or a script of this repository",
    )
}

/// A README of a folder with a manifest, or of the root.
pub(super) fn is_own_readme(snapshot: &Snapshot, path: &RepoPath) -> bool {
    let folder = path.parent();
    let is_component = || snapshot.components.iter().any(|component| component.folder() == folder);
    folder.is_empty() || is_component()
}

type Manifests = BTreeMap<RepoPath, Declared>;

/// All manifests that the team wrote; and the first that could not be read.
fn manifests(snapshot: &Snapshot) -> (Manifests, Option<Unread>) {
    let mut found = Manifests::new();
    let mut unread = None;
    for (path, entry) in snapshot.tree.with_name("package.json") {
        if !entry.is_file() || snapshot.tree.class(path.as_str()) != Class::Source {
            continue;
        }
        match read_manifest(snapshot, path, None) {
            Ok(Some(declared)) => {
                found.insert(path.clone(), declared);
            }
            Ok(None) => {}
            Err(why) => {
                unread.get_or_insert(why);
            }
        }
    }
    (found, unread)
}

/// All `.gitignore` files.
pub(super) fn gitignores(snapshot: &Snapshot) -> Vec<(RepoPath, Arc<Gitignore>)> {
    let found = snapshot.tree.with_name(".gitignore");
    found
        .filter_map(|(path, _)| match snapshot.read(path.as_str()) {
            Read::Here(document) => Some((path.clone(), document.view::<Gitignore>())),
            Read::Absent | Read::Unread(_) => None,
        })
        .collect()
}

struct Looker<'a, 'v> {
    view: &'a View<'v>,
    ignores: Ignores<'a>,
    manifests: &'a Manifests,
    tally: Tally<'a>,
}

impl Looker<'_, '_> {
    fn is_asked(&self, path: &RepoPath) -> bool {
        let Some(asked) = self.view.component else { return true };
        Component::of(&self.view.snapshot.components, path).is_some_and(|of| of.path == asked.path)
    }

    fn manifest(&mut self, path: &RepoPath, declared: &Declared) {
        for script in &declared.manifest().scripts {
            let run = Run {
                text: &script.command,
                folder: path.parent().to_owned(),
                place: Place::span(path, &declared.document, &script.span),
                by: format!("the script `{}` of `{path}`", script.name),
                words: script.name.clone(),
            };
            self.run(&run, 0);
        }
    }

    fn workflow(&mut self, path: &RepoPath) {
        let document = match self.view.snapshot.read(path.as_str()).text(path.as_str()) {
            Ok(Some(document)) => document,
            Ok(None) => return,
            Err(unread) => return self.tally.unread(unread),
        };
        let parsed = document.view::<WorkflowFile>();
        let workflow = match &parsed.0 {
            Ok(Some(workflow)) => workflow,
            Ok(None) => return,
            Err(error) => return self.tally.unread(unparsed(path, &document, error)),
        };
        for (job, step) in workflow
            .jobs
            .iter()
            .flat_map(|job| job.steps.iter().map(move |step| (job, step)))
        {
            let Some(run) = &step.run else { continue };
            let start = step
                .working_directory
                .as_ref()
                .map_or("", |folder| folder.text.as_str());
            let shell = step.shell.as_ref().map(|shell| shell.text.as_str());
            for command in steps(&run.text, Shell::Step(shell)).iter() {
                let folder = command.folder.as_ref().and_then(|inner| resolve(start, inner));
                let Some(folder) = folder.filter(|folder| !folder.as_str().contains(['$', '{'])) else {
                    continue;
                };
                // `npm run lint || echo none`: it may be missing.
                let is_spared = matches!(command.failure, Failure::Lost(Loss::OrTrue | Loss::Or));
                if is_spared || !self.is_asked(&folder.join("package.json")) {
                    continue;
                }
                let line = line_of(&document, &run.span, &command.text);
                let run = Run {
                    text: &command.text,
                    folder: folder.as_str().to_owned(),
                    place: line.map_or_else(|| Place::file(path), |line| Place::line(path, line)),
                    by: format!("the job `{}` in `{path}`", job.id),
                    words: job.id.clone(),
                };
                self.scripts_alone(&run);
                if has_own_files(job) {
                    self.files_alone(&run, &document);
                }
            }
        }
    }

    /// The files that a command of a workflow runs, unless something else in the workflow names them, too: that may
    /// make them.
    fn files_alone(&mut self, run: &Run<'_>, workflow: &Document) {
        let Ok(text) = workflow.text() else { return };
        for words in commands(run.text) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let words = unwrapped(&words);
            let Some(file) = started(words) else { continue };
            let name = file.rsplit('/').next().unwrap_or(file);
            let same = words.join(" ");
            let times = text.matches(name).count();
            if times == text.matches(same.as_str()).count() * same.matches(name).count() {
                self.file(run, &run.folder, file);
            }
        }
    }

    /// Commands in a README: which folder they are meant for is seldom said, so that any manifest will do.
    fn readme(&mut self, path: &RepoPath) {
        if !self.is_asked(path) {
            return;
        }
        let document = match self.view.snapshot.read(path.as_str()).text(path.as_str()) {
            Ok(Some(document)) => document,
            Ok(None) => return,
            Err(unread) => return self.tally.unread(unread),
        };
        let scripts = self
            .manifests
            .values()
            .flat_map(|declared| &declared.manifest().scripts);
        let known: Vec<&str> = scripts.map(|script| script.name.as_str()).collect();
        if known.is_empty() {
            return;
        }
        let mut found: Vec<(u32, String)> = Vec::new();
        for line in 1..=document.line_count() {
            let Some(span) = document.line_span(line) else { break };
            for name in npm_runs(&document.words(&span)) {
                found.push((line, name));
            }
        }
        for (line, name) in found {
            // What create-react-app's README says of itself outlives it.
            if name == "eject" || self.tally.is_left_out(&name) {
                continue;
            }
            self.tally.compared += 1;
            if !known.contains(&name.as_str()) {
                let why = format!("`{path}` says `npm run {name}`, and no `package.json` here has that script");
                self.tally.gaps.push(Gap::at(Place::line(path, line), &name, why));
            }
        }
    }

    fn scripts_alone(&mut self, run: &Run<'_>) {
        for words in commands(run.text) {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let Some((folder, name)) = called(unwrapped(&words), &run.folder) {
                self.script(run, &folder, &name);
            }
        }
    }

    fn run(&mut self, run: &Run<'_>, depth: u32) {
        let mut folder = run.folder.clone();
        for words in commands(run.text) {
            let written = words.join(" ");
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let ["cd", into, ..] = words.as_slice() {
                match resolve(&folder, into) {
                    Some(path) => folder = path.as_str().to_owned(),
                    None => return,
                }
                continue;
            }
            let words = unwrapped(&words);
            if let Some((folder, name)) = called(words, &folder) {
                self.script(run, &folder, &name);
            }
            if let Some(file) = started(words) {
                self.file(run, &folder, file);
            }
            if let Some(part) = tested(words) {
                self.tests(run, &folder, part);
            }
            self.program(run, &folder, &written, words);
            // Commands that are handed to another as one word: `concurrently "npm run a" "npm run b"`.
            if depth < DEEPEST && matches!(words.first(), Some(&"concurrently")) {
                for inner in words.iter().skip(1).filter(|word| word.contains(' ')) {
                    let inner = Run {
                        text: inner,
                        folder: folder.clone(),
                        place: run.place.clone(),
                        by: run.by.clone(),
                        words: run.words.clone(),
                    };
                    self.run(&inner, depth + 1);
                }
            }
        }
    }

    fn script(&mut self, run: &Run<'_>, folder: &str, name: &str) {
        let path = RepoPath::new(folder).join("package.json");
        // Without a manifest there, the folder is not one that the team wrote.
        let Some(declared) = self.manifests.get(&path) else {
            return;
        };
        let names = &declared.manifest().scripts;
        if self.tally.is_left_out(name) {
            return;
        }
        self.tally.compared += 1;
        if !names.iter().any(|known| known.name == name) {
            let why = format!(
                "{} runs the script `{name}`, and `{path}` has none of that name",
                run.by
            );
            let words = format!("{} {name}", run.words);
            self.tally.gaps.push(Gap::at(run.place.clone(), &words, why));
        }
    }

    fn file(&mut self, run: &Run<'_>, folder: &str, file: &str) {
        let Some(path) = resolve(folder, file) else { return };
        if self.tally.is_left_out(path.as_str()) || self.tally.is_left_out(file) {
            return;
        }
        self.tally.compared += 1;
        let tree = self.view.tree();
        let endings = ["", ".js", ".ts", ".mjs", ".cjs", ".json", "/index.js", "/index.ts"];
        let is_there = endings
            .iter()
            .any(|ending| tree.get(&format!("{path}{ending}")).is_some());
        if !is_there && self.unwritten(run, folder, &path) {
            return;
        }
        if is_there || self.may_be_made(&path) || self.is_standalone(&path) {
            return;
        }
        let why = format!("{} runs `{path}`, and there is no such file", run.by);
        let words = format!("{} {path}", run.words);
        self.tally.gaps.push(Gap::at(run.place.clone(), &words, why));
    }

    /// Whether a file is what the build of its manifest would write and does not, which is told then.
    fn unwritten(&mut self, run: &Run<'_>, folder: &str, path: &RepoPath) -> bool {
        let declared = self.manifests.get(&RepoPath::new(folder).join("package.json"));
        let Some(why) = declared.and_then(|declared| unwritten(self.view, folder, declared, path)) else {
            return false;
        };
        let why = format!("{} runs `{path}`, and the build writes no such file: {why}", run.by);
        let words = format!("{} {path}", run.words);
        self.tally.gaps.push(Gap::at(run.place.clone(), &words, why));
        true
    }

    /// A program that can't do what it is called for: nothing installs it, or it is told what is not there.
    fn program(&mut self, run: &Run<'_>, folder: &str, written: &str, words: &[&str]) {
        let snapshot = self.view.snapshot;
        let Some(first) = words.first().filter(|first| !self.tally.is_left_out(first)) else {
            return;
        };
        // What is entered in parentheses is left at their end.
        if folder != run.folder && run.text.contains('(') {
            return;
        }
        let is_made = |path: &RepoPath| self.may_be_made(path);
        let without_settings = || {
            let (program, path) = programs::without_settings(snapshot, words, folder, is_made)?;
            Some(format!(
                "tells `{program}` to take its settings from `{path}`, and there is no such file"
            ))
        };
        let why = programs::refused(snapshot, words, folder)
            .or_else(without_settings)
            .or_else(|| Some(runner::uninstalled(snapshot, written, folder)?.1));
        let Some(why) = why else { return };
        self.tally.compared += 1;
        let words = format!("{} {first}", run.words);
        let why = format!("{} {why}", run.by);
        self.tally.gaps.push(Gap::at(run.place.clone(), &words, why));
    }

    /// Tests that are chosen by a part of their path.
    fn tests(&mut self, run: &Run<'_>, folder: &str, part: &str) {
        if self.tally.is_left_out(part) {
            return;
        }
        let may_be_made = |path: &RepoPath| self.may_be_made(path);
        let Some(missing) = playwright::missing(self.view, folder, part, may_be_made) else {
            return;
        };
        self.tally.compared += 1;
        let Some(inside) = missing else { return };
        let why = format!("{} runs the tests of `{part}`, and no file{inside} lies there", run.by);
        let words = format!("{} {part}", run.words);
        self.tally.gaps.push(Gap::at(run.place.clone(), &words, why));
    }

    /// Whether it is the server that Next.js writes beside its configuration for `output: "standalone"`.
    /// <https://nextjs.org/docs/app/api-reference/config/next-config-js/output>
    fn is_standalone(&self, path: &RepoPath) -> bool {
        let beside = RepoPath::new(path.parent()).join("next.config.");
        let mut configurations = self.view.tree().starting_with(beside.as_str());
        path.file_name() == "server.js" && configurations.next().is_some()
    }

    /// Whether a path may come from a build, or is kept out of git.
    fn may_be_made(&self, path: &RepoPath) -> bool {
        may_be_made(self.view, &self.ignores, path)
    }
}

fn line_of(document: &Document, span: &Span, command: &str) -> Option<u32> {
    let start = command.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    let text = document.words(span);
    Some(document.line_of(span.start + text.find(&start)?))
}
