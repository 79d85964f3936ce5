//! Whether some step runs a command, or uses an action.

use crate::artifact::resolve;
use crate::artifact::workflow::{Command, Failure, Job, Shell, Step, Text, When, Workflow, commands};
use crate::model::{Evidence, Examined, Place, Snapshot, Strength};
use crate::text::Span;

use super::super::{View, services};
use super::Filters;
use super::calls::{self, Target};
use super::cover::{Cover, covers};
use super::fan::{self, Fan, PackageRun, Task};
use super::gathered::{Found, Gathered};
use super::hollow::{cannot_fail, hollow};
use super::jobs::{caught, has_files, standings};
use super::lockfile;
use super::refused::refused;
use super::runner;
use super::sighting::{Sighting, Sought, conclude};
use super::standing::{Standing, under};
use super::written::{line_of, variants};

/// Workflows call each other at most this deep; GitHub's own limit is ten.
const DEEPEST: usize = 10;
/// Scripts call each other at most this deep.
const DEEPEST_SCRIPT: usize = 4;

pub(super) fn examine(view: &View<'_>, gathered: &Gathered, filters: &Filters, sought: &Sought<'_>) -> Examined {
    let mut search = Search {
        view,
        gathered,
        sought,
        without_services: filters.without_services,
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
    without_services: bool,
    sightings: Vec<Sighting>,
}

/// A text that is run, where it stands, and what holds for it.
struct Run<'a> {
    found: &'a Found,
    span: &'a Span,
    standing: &'a Standing,
    /// Whether it is run in many packages by one command: such a command in it is not followed again.
    is_fanned: bool,
    /// Whether the repository's files may be there.
    has_files: bool,
}

impl Search<'_> {
    fn workflow(&mut self, found: &Found, workflow: &Workflow, events: &[String], outer: &Standing, depth: usize) {
        let mut outer = outer.clone();
        outer.refused = outer.refused.or_else(|| refused(found, workflow));
        for (job, standing) in workflow.jobs.iter().zip(standings(workflow, events, &outer)) {
            let Some(standing) = standing.filter(|_| !self.without_services || job.services.is_empty()) else {
                continue;
            };
            if let Some(uses) = &job.uses {
                self.called(found, uses, events, &standing, depth);
            }
            let broken = lockfile::broken(self.view.snapshot, &found.path, job);
            for (index, step) in job.steps.iter().enumerate() {
                let tolerated = caught(job, index);
                let Some(mut standing) = standing.within(step.condition.as_ref(), tolerated, events) else {
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
                has_files: has_files(job),
            };
            // GitHub's own default where the runner is Windows.
            let is_windows = !job.runs_on.is_empty() && job.runs_on.iter().all(|label| label.starts_with("windows"));
            let shell = step.shell.as_ref().map(|shell| shell.text.as_str());
            let shell = Shell::Step(shell.or(is_windows.then_some("pwsh")));
            self.script(&place, &script, shell, from, None, 0);
        }
    }

    /// The commands of a script, with the scripts that they call. `line` is fixed once within a called script.
    fn script(
        &mut self,
        run: &Run<'_>,
        text: &str,
        shell: Shell<'_>,
        from: Option<String>,
        line: Option<usize>,
        depth: usize,
    ) {
        for (index, command) in commands(text, shell).iter().enumerate() {
            let mut standing = run.standing.clone();
            // What stands before the command that fails is run.
            standing.broken = standing.broken.filter(|(_, first)| depth > 0 || index >= *first);
            let first = command.text.split_whitespace().next().unwrap_or("");
            if matches!(first, "echo" | "printf") {
                continue;
            }
            let line = line.unwrap_or(command.line);
            let started = match (&from, &command.folder) {
                (Some(from), Some(folder)) => resolve(from, folder).map(|path| path.as_str().to_owned()),
                (None, _) | (_, None) => None,
            };
            self.take_in(&mut standing, command, started.as_deref());
            let run = &Run {
                standing: &standing,
                ..*run
            };
            let in_packages = started.as_deref().filter(|_| !run.is_fanned);
            let in_packages = in_packages.and_then(|started| fan::fan(self.view.snapshot, &command.text, started));
            match in_packages.filter(|fan| fan.tasks.iter().any(Task::is_told)) {
                Some(fan) => self.fanned(run, command, line, &fan, depth),
                None => self.single(run, command, line, started.as_deref(), depth),
            }
        }
    }

    /// What a script says of one of its commands: whether it is run, and whether its failure counts.
    fn take_in(&self, standing: &mut Standing, command: &Command, started: Option<&str>) {
        match &command.when {
            When::Always => {}
            When::Under(condition) => {
                let is_met = started.is_some_and(|started| is_there(self.view.snapshot, condition, started));
                if !is_met {
                    standing.doubt.get_or_insert(under(condition));
                }
            }
            When::Never => standing.is_unreached = true,
        }
        match command.failure {
            Failure::Counts => {}
            Failure::Lost(why) => standing.tolerated = standing.tolerated.or(Some(why.shown())),
            Failure::Open => {
                let what = "is run, and whether its failure fails the step can't be told";
                standing.doubt.get_or_insert(what.to_owned());
            }
        }
    }

    /// A command that runs scripts in many packages: it is worth what they do.
    fn fanned(&mut self, run: &Run<'_>, command: &Command, line: usize, fan: &Fan, depth: usize) {
        let Sought::Command(regex, _) = self.sought else {
            return;
        };
        let span = line_of(&run.found.document, run.span, line, &command.text);
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
                .filter(|found| matches!(covers(self.view, "", Some(&found.folder), &Target::Here), Cover::Yes))
                .collect();
            // What is never run covers nothing, whatever it would.
            if covering.is_empty() && run.standing.is_dead() {
                self.sighted(run.found, &span, &command.text, run.standing, None);
                continue;
            }
            if covering.is_empty() {
                if !fan.is_whole {
                    let what = self.unclear_cover(run.found, &span, &command.text);
                    self.sightings.push(Sighting::Unclear(what));
                }
                continue;
            }
            let tolerated = covering.iter().all(|found| found.is_tolerated());
            let tolerated = tolerated.then_some("the scripts that it calls can't fail");
            self.sighted(run.found, &span, &command.text, run.standing, tolerated);
        }
        let below = Run {
            is_fanned: true,
            ..*run
        };
        for found in fan.tasks.iter().flat_map(|task| &task.runs) {
            self.script(
                &below,
                &found.command,
                Shell::Line,
                Some(found.folder.clone()),
                Some(line),
                depth + 1,
            );
        }
        if !fan.is_whole && !run.standing.is_dead() {
            self.delegated(run.found, &span, &command.text);
        }
    }

    /// A command that is run in one folder.
    fn single(&mut self, run: &Run<'_>, command: &Command, line: usize, started: Option<&str>, depth: usize) {
        let Sought::Command(regex, _) = self.sought else {
            return;
        };
        let call = calls::call(&command.text);
        let snapshot = self.view.snapshot;
        if self
            .view
            .component
            .is_some_and(|component| calls::leaves_out(snapshot, &call, component.folder()))
        {
            return;
        }
        let sought = regex.starts(&command.text).into_iter().find(|at| !command.is_data(*at));
        if let Some(why) = calls::of_nobody(snapshot, &command.text, &call) {
            if sought.is_some() {
                let span = line_of(&run.found.document, run.span, line, &command.text);
                let place = Place::span(&run.found.path, &run.found.document, &span);
                self.sightings.push(Sighting::Hollow(place, command.text.clone(), why));
            }
            return;
        }
        let folder = started.and_then(|started| calls::folder_of(snapshot, started, &call.target));
        let package = folder
            .as_deref()
            .and_then(|folder| calls::script_called(snapshot, &call, folder));
        // A script that can't fail makes the command that calls it one that can't.
        let is_swallowed = package
            .as_ref()
            .is_some_and(|(at, inner)| cannot_fail(snapshot, inner, at, 0));
        let tolerated = is_swallowed.then_some("the script that it calls can't fail");
        let mut hollow = folder
            .as_deref()
            .and_then(|folder| hollow(snapshot, &command.text, &call, folder, 0));
        if depth > 0 && hollow.is_none() {
            hollow = folder
                .as_deref()
                .and_then(|folder| runner::why(snapshot, &command.text, folder));
        }
        if call.script.is_some() && !run.has_files {
            hollow = Some("is run in a job that never checks the repository out".to_owned());
        }
        if let Some(at) = sought {
            let asks_nobody = services::missing(self.view, &command.text[..at]);
            let is_in_vain = asks_nobody.is_some();
            hollow = hollow.or(asks_nobody);
            let span = line_of(&run.found.document, run.span, line, &command.text);
            match covers(self.view, &command.text, folder.as_deref(), &call.target) {
                Cover::Yes => match &hollow {
                    Some(why) if !run.standing.is_dead() => {
                        let place = Place::span(&run.found.path, &run.found.document, &span);
                        let words = command.text.clone();
                        self.sightings.push(Sighting::Hollow(place, words, why.clone()));
                    }
                    Some(_) | None => self.sighted(run.found, &span, &command.text, run.standing, tolerated),
                },
                Cover::No => {}
                Cover::Unclear if run.standing.is_dead() => {
                    self.sighted(run.found, &span, &command.text, run.standing, tolerated);
                }
                Cover::Unclear => {
                    let what = self.unclear_cover(run.found, &span, &command.text);
                    self.sightings.push(Sighting::Unclear(what));
                }
            }
            if is_in_vain {
                return;
            }
        }
        match package {
            Some(_) if !run.has_files => {}
            Some((at, inner)) if depth < DEEPEST_SCRIPT => {
                self.script(run, &inner, Shell::Line, Some(at), Some(line), depth + 1);
            }
            Some(_) | None => {
                if !run.standing.is_dead() && call.delegates {
                    let span = line_of(&run.found.document, run.span, line, &command.text);
                    self.delegated(run.found, &span, &command.text);
                }
            }
        }
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
        let sighting = if let Some(refused) = &standing.refused {
            Sighting::Hollow(place, words.to_owned(), format!("is never run: {refused}"))
        } else if let Some((broken, _)) = standing.broken.as_ref().filter(|_| asks_for_failure) {
            Sighting::Hollow(place, words.to_owned(), format!("is never run: {broken}"))
        } else if standing.is_unreached && asks_for_failure {
            let why = "is never run: the script ends before it, or nothing calls the function that it stands in";
            Sighting::Hollow(place, words.to_owned(), why.to_owned())
        } else if let Some(why) = tolerated {
            Sighting::Tolerated(place, words.to_owned(), why)
        } else if let Some(doubt) = &standing.doubt {
            let line = place.line.unwrap_or(1);
            Sighting::Unclear(format!("`{}:{line}` {doubt}", found.path))
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

/// Whether a condition only asks for a file or folder of the repository, and it is there.
fn is_there(snapshot: &Snapshot, condition: &str, started: &str) -> bool {
    let words: Vec<&str> = condition.split_whitespace().collect();
    let path = match words.as_slice() {
        ["[" | "[[" | "test", "-f" | "-e" | "-d" | "-s" | "-r" | "-x", path, ..] if words.len() <= 4 => path,
        _ => return false,
    };
    resolve(started, path.trim_matches(['"', '\'']))
        .is_some_and(|path| snapshot.tree.get(path.as_str()).is_some() || snapshot.tree.has_folder(path.as_str()))
}
