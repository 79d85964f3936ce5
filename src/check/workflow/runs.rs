//! Whether some step runs a command, or uses an action.

use crate::artifact::resolve;
use crate::artifact::workflow::{Command, Job, Step, Text, Workflow, commands};
use crate::model::{Component, Evidence, Examined, Place, RepoPath, Strength};
use crate::text::Span;

use super::super::View;
use super::Filters;
use super::calls::{self, Target};
use super::fan::{self, Fan, PackageRun, Task};
use super::gathered::{Found, Gathered};
use super::hollow::hollow;
use super::lockfile;
use super::sighting::{Sighting, Sought, conclude};
use super::standing::Standing;
use super::written::{line_of, names_path, swallowed, variants};

/// Workflows call each other at most this deep; GitHub's own limit is ten.
const DEEPEST: usize = 10;
/// Scripts call each other at most this deep.
const DEEPEST_SCRIPT: usize = 4;

pub(super) fn examine(view: &View<'_>, gathered: &Gathered, filters: &Filters, sought: &Sought<'_>) -> Examined {
    let mut search = Search {
        view,
        gathered,
        sought,
        sightings: Vec::new(),
    };
    for (found, workflow) in gathered.asked() {
        search.workflow(found, workflow, &found.events, &Standing::default(), 0);
    }
    conclude(view, gathered, filters, sought, search.sightings)
}

struct Search<'a> {
    view: &'a View<'a>,
    gathered: &'a Gathered,
    sought: &'a Sought<'a>,
    sightings: Vec<Sighting>,
}

/// A text that is run, where it stands, and what holds for it.
struct Run<'a> {
    found: &'a Found,
    span: &'a Span,
    standing: &'a Standing,
    /// Whether it is run in many packages by one command: such a command in it is not followed again.
    is_fanned: bool,
}

impl Search<'_> {
    fn workflow(&mut self, found: &Found, workflow: &Workflow, events: &[String], outer: &Standing, depth: usize) {
        for job in &workflow.jobs {
            let Some(standing) = outer.within(job.condition.as_ref(), job.tolerated, events) else {
                continue;
            };
            if let Some(uses) = &job.uses {
                self.called(found, uses, events, &standing, depth);
            }
            let broken = lockfile::broken(self.view.snapshot, &found.path, job);
            for (index, step) in job.steps.iter().enumerate() {
                let Some(mut standing) = standing.within(step.condition.as_ref(), step.tolerated, events) else {
                    continue;
                };
                if let Some(broken) = broken.as_ref().filter(|broken| index >= broken.step)
                    && !lockfile::runs_after_failure(step)
                {
                    let first = if index == broken.step { broken.command } else { 0 };
                    standing.broken = Some((broken.why.clone(), first));
                }
                self.step(found, job, step, &standing);
            }
        }
    }

    /// A job that calls a reusable workflow: one of this repository is followed.
    fn called(&mut self, found: &Found, uses: &Text, events: &[String], standing: &Standing, depth: usize) {
        if self.sought.takes_action(&uses.text) {
            self.sighted(found, &uses.span, &uses.text, standing, None);
            return;
        }
        let local = uses.text.strip_prefix("./").and_then(|path| self.gathered.at(path));
        match local {
            Some((called, workflow)) if depth < DEEPEST => {
                self.workflow(called, workflow, events, standing, depth + 1);
            }
            Some(_) | None => self.delegated(found, &uses.span, &uses.text),
        }
    }

    fn step(&mut self, found: &Found, job: &Job, step: &Step, standing: &Standing) {
        if let Some(uses) = &step.uses {
            if self.sought.takes_action(&uses.text) {
                self.sighted(found, &uses.span, &uses.text, standing, None);
            } else if uses.text.starts_with("./") {
                self.delegated(found, &uses.span, &uses.text);
            }
        }
        let (Some(run), Sought::Command(..)) = (&step.run, self.sought) else {
            return;
        };
        let folder = step.working_directory.as_ref().map_or("", |text| text.text.as_str());
        for (script, folder) in variants(job, &run.text, folder) {
            let from = (!folder.contains("${{")).then(|| resolve("", &folder)).flatten();
            let from = from.map(|path| path.as_str().to_owned());
            let place = Run {
                found,
                span: &run.span,
                standing,
                is_fanned: false,
            };
            self.script(
                &place,
                &script,
                step.shell.as_ref().map(|shell| shell.text.as_str()),
                from,
                None,
                0,
            );
        }
    }

    /// The commands of a script, with the scripts that they call. `line` is fixed once within a called script.
    fn script(
        &mut self,
        run: &Run<'_>,
        text: &str,
        shell: Option<&str>,
        from: Option<String>,
        line: Option<usize>,
        depth: usize,
    ) {
        for (index, command) in commands(text, shell).into_iter().enumerate() {
            let mut standing = run.standing.clone();
            // What stands before the command that fails is run.
            standing.broken = standing.broken.filter(|(_, first)| depth > 0 || index >= *first);
            let run = &Run {
                standing: &standing,
                ..*run
            };
            let first = command.text.split_whitespace().next().unwrap_or("");
            if matches!(first, "echo" | "printf") {
                continue;
            }
            let line = line.unwrap_or(command.line);
            let started = match (&from, &command.folder) {
                (Some(from), Some(folder)) => resolve(from, folder).map(|path| path.as_str().to_owned()),
                (None, _) | (_, None) => None,
            };
            let in_packages = started.as_deref().filter(|_| !run.is_fanned);
            let in_packages = in_packages.and_then(|started| fan::fan(self.view.snapshot, &command.text, started));
            match in_packages.filter(|fan| fan.tasks.iter().any(Task::is_told)) {
                Some(fan) => self.fanned(run, text, &command, line, &fan, depth),
                None => self.single(run, text, &command, line, started.as_deref(), depth),
            }
        }
    }

    /// A command that runs scripts in many packages: it is worth what they do.
    fn fanned(&mut self, run: &Run<'_>, text: &str, command: &Command, line: usize, fan: &Fan, depth: usize) {
        let Sought::Command(regex, _) = self.sought else {
            return;
        };
        let span = line_of(&run.found.document, run.span, line, &command.text);
        let own = command.tolerated.then(|| swallowed(text, command.line));
        for task in fan.tasks.iter().filter(|task| regex.is_match(&task.alone)) {
            if let Some(why) = &task.hollow {
                let place = Place::span(&run.found.path, &run.found.document, &span);
                self.sightings
                    .push(Sighting::Hollow(place, command.text.clone(), why.clone()));
                continue;
            }
            let covering: Vec<&PackageRun> = task
                .runs
                .iter()
                .filter(|found| found.is_live())
                .filter(|found| matches!(self.covers("", Some(&found.folder), &Target::Here, true), Cover::Yes))
                .collect();
            if covering.is_empty() {
                if !fan.is_whole {
                    let what = self.unclear_cover(run.found, &span, &command.text);
                    self.sightings.push(Sighting::Unclear(what));
                }
                continue;
            }
            let tolerated = covering.iter().all(|found| found.is_tolerated());
            let tolerated = own.or(tolerated.then_some("the scripts that it calls can't fail"));
            self.sighted(run.found, &span, &command.text, run.standing, tolerated);
        }
        let standing = Standing {
            tolerated: run.standing.tolerated.or(own),
            ..run.standing.clone()
        };
        let below = Run {
            standing: &standing,
            is_fanned: true,
            ..*run
        };
        for found in fan.tasks.iter().flat_map(|task| &task.runs) {
            self.script(
                &below,
                &found.command,
                None,
                Some(found.folder.clone()),
                Some(line),
                depth + 1,
            );
        }
        if !fan.is_whole && run.standing.broken.is_none() {
            self.delegated(run.found, &span, &command.text);
        }
    }

    /// A command that is run in one folder.
    fn single(
        &mut self,
        run: &Run<'_>,
        text: &str,
        command: &Command,
        line: usize,
        started: Option<&str>,
        depth: usize,
    ) {
        let Sought::Command(regex, _) = self.sought else {
            return;
        };
        let call = calls::call(&command.text);
        let (folder, is_clear) = self.folder_of(started, &call.target);
        let package = call
            .script
            .as_ref()
            .zip(folder.as_deref())
            .and_then(|(script, folder)| {
                let (at, package) = calls::package_at(self.view.snapshot, folder)?;
                let found = package
                    .manifest()
                    .scripts
                    .iter()
                    .find(|known| known.name == script.name)?;
                Some((at, found.command.clone()))
            });
        // A script that can't fail makes the command that calls it one that can't.
        let inner_tolerated = package.as_ref().is_some_and(|(_, inner)| {
            let inner = commands(inner, None);
            !inner.is_empty() && inner.iter().all(|command| command.tolerated)
        });
        let tolerated = if command.tolerated {
            Some(swallowed(text, command.line))
        } else {
            inner_tolerated.then_some("the script that it calls can't fail")
        };
        let hollow = folder
            .as_deref()
            .and_then(|folder| hollow(self.view.snapshot, &command.text, &call, folder));
        if regex.is_match(&command.text) {
            let span = line_of(&run.found.document, run.span, line, &command.text);
            match self.covers(&command.text, folder.as_deref(), &call.target, is_clear) {
                Cover::Yes => match &hollow {
                    Some(why) => {
                        let place = Place::span(&run.found.path, &run.found.document, &span);
                        let words = command.text.clone();
                        self.sightings.push(Sighting::Hollow(place, words, why.clone()));
                    }
                    None => self.sighted(run.found, &span, &command.text, run.standing, tolerated),
                },
                Cover::No => {}
                Cover::Unclear => {
                    let what = self.unclear_cover(run.found, &span, &command.text);
                    self.sightings.push(Sighting::Unclear(what));
                }
            }
        }
        match package {
            Some((at, inner)) if depth < DEEPEST_SCRIPT => {
                let standing = Standing {
                    tolerated: run.standing.tolerated.or(tolerated.filter(|_| command.tolerated)),
                    ..run.standing.clone()
                };
                let below = Run {
                    standing: &standing,
                    ..*run
                };
                self.script(&below, &inner, None, Some(at), Some(line), depth + 1);
            }
            Some(_) | None => {
                if run.standing.broken.is_none() && calls::delegates(&command.text) {
                    let span = line_of(&run.found.document, run.span, line, &command.text);
                    self.delegated(run.found, &span, &command.text);
                }
            }
        }
    }

    /// The folder that a command works in, and whether its flags leave that clear.
    fn folder_of(&self, started: Option<&str>, target: &Target) -> (Option<String>, bool) {
        let Some(started) = started else {
            return (None, false);
        };
        match target {
            Target::Here | Target::EveryMember => (Some(started.to_owned()), true),
            Target::Folder(folder) if folder.contains('$') => (None, false),
            Target::Folder(folder) => {
                let path = resolve(started, folder).map(|path| path.as_str().to_owned());
                let is_clear = path.is_some();
                (path, is_clear)
            }
            Target::Member(name) => {
                let folder = calls::member(self.view.snapshot, started, name);
                let is_clear = folder.is_some();
                (folder, is_clear)
            }
        }
    }

    /// Whether a command that matches works on the component asked about.
    fn covers(&self, text: &str, folder: Option<&str>, target: &Target, is_clear: bool) -> Cover {
        let Some(component) = self.view.component else {
            return Cover::Yes;
        };
        let (Some(folder), true) = (folder, is_clear) else {
            return Cover::Unclear;
        };
        let own = component.folder();
        let components = &self.view.snapshot.components;
        let nearest = components
            .iter()
            .filter(|known| known.folder() == folder || RepoPath::new(folder).is_within(known.folder()))
            .max_by_key(|known| known.folder().len());
        let names = |known: &Component| {
            let path = RepoPath::new(known.folder());
            path.relative_to(folder)
                .is_some_and(|path| !path.is_empty() && names_path(text, path))
        };
        let names_other = components.iter().any(|known| known.folder() != own && names(known));
        if nearest.is_some_and(|nearest| nearest.folder() == own) {
            return if names_other { Cover::Unclear } else { Cover::Yes };
        }
        let is_above = folder.is_empty() || RepoPath::new(own).is_within(folder);
        if !is_above {
            return Cover::No;
        }
        let is_cargo = text.split_whitespace().any(|word| word == "cargo");
        let is_rust = component.kinds.iter().any(|kind| kind == "rust");
        if names(component) || *target == Target::EveryMember && (!is_cargo || is_rust) {
            return Cover::Yes;
        }
        if is_cargo {
            return match (is_rust, calls::is_cargo_holder(self.view.snapshot, folder)) {
                (false, _) => Cover::No,
                (true, true) => Cover::Yes,
                (true, false) => Cover::Unclear,
            };
        }
        if names_other { Cover::No } else { Cover::Unclear }
    }

    fn unclear_cover(&self, found: &Found, span: &Span, text: &str) -> String {
        let line = found.document.position(span.start).line;
        let of = self
            .view
            .component
            .map_or_else(|| "it".to_owned(), |component| format!("`{}`", component.path));
        let text = crate::text::redact(text);
        format!(
            "`{}:{line}` runs `{text}`, and whether that covers {of} can't be told",
            found.path
        )
    }

    fn sighted(
        &mut self,
        found: &Found,
        span: &Span,
        words: &str,
        standing: &Standing,
        tolerated: Option<&'static str>,
    ) {
        let place = Place::span(&found.path, &found.document, span);
        // An action that reports may be tolerated and still report: only a command's failure is asked for.
        let asks_for_failure = matches!(self.sought, Sought::Command(..));
        let tolerated = tolerated.or(standing.tolerated).filter(|_| asks_for_failure);
        let sighting = if let Some((broken, _)) = standing.broken.as_ref().filter(|_| asks_for_failure) {
            Sighting::Hollow(
                place,
                words.to_owned(),
                format!("is never run: it stands after {broken}"),
            )
        } else if let Some(why) = tolerated {
            Sighting::Tolerated(place, words.to_owned(), why)
        } else if let Some(condition) = &standing.condition {
            let line = place.line.unwrap_or(1);
            Sighting::Unclear(format!(
                "`{}:{line}` is run only under a condition: `{condition}`",
                found.path
            ))
        } else {
            Sighting::Certain(Evidence::new(place, words, Strength::Wired, self.sought.subject()))
        };
        self.sightings.push(sighting);
    }

    fn delegated(&mut self, found: &Found, span: &Span, words: &str) {
        let line = found.document.position(span.start).line;
        let words = crate::text::redact(words);
        self.sightings
            .push(Sighting::Delegated(format!("`{words}` ({}:{line})", found.path)));
    }
}

enum Cover {
    Yes,
    No,
    Unclear,
}
