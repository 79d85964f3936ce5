//! `workflow`: what GitHub Actions runs, when, and with which care.

mod brought;
mod calls;
mod care;
mod cover;
mod fan;
mod gathered;
mod hollow;
mod jobs;
mod lockfile;
mod refused;
mod required;
pub(super) mod runner;
mod runs;
mod sighting;
mod standing;
mod written;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::artifact::component_needs;
use crate::artifact::workflow::workflow_paths;
use crate::model::{Entry, Examined, Needs, PathGlob, RepoPath, Snapshot, Tree};

use super::late::Late;
use super::parameters::{self, OneOrMany};
use super::registry::{Kind, Problem};
use super::{Check, View, services};

use gathered::Gathered;
use sighting::Sought;

/// The folder that a command works in, which is started in another; `None` where that is open.
pub(super) fn folder_of(snapshot: &Snapshot, started: &str, command: &str) -> Option<String> {
    calls::folder_of(snapshot, started, &calls::call(command).target)
}

/// The script of a manifest that a command calls: the manifest's folder, and what the script runs.
pub(super) fn script_called(snapshot: &Snapshot, command: &str, folder: &str) -> Option<(String, String)> {
    calls::script_called(snapshot, &calls::call(command), folder)
}

/// The kind `workflow`.
pub const KIND: Kind = Kind {
    name: "workflow",
    summary: "What GitHub Actions workflows run, when they run it, and whether they are written with care.",
    schema: |generator| generator.subschema_for::<Params>(),
    build,
};

/// One question, and filters that choose the workflows it is asked of.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Params {
    /// A regular expression: some step that can fail runs a command that it matches, directly or through a script
    /// of `package.json`, or uses an action whose name it matches.
    runs: Option<String>,
    /// Words for what `runs` looks for, to be shown in place of a long pattern: `the tests`.
    called: Option<String>,
    /// Patterns of action names, without the version: some step uses one of them (`github/codeql-action/*`).
    uses: Option<OneOrMany>,
    /// `true`: every action and reusable workflow of another repository is named by a full commit id or a digest.
    pinned: Option<bool>,
    /// Patterns of action names that `pinned` leaves alone (`actions/*`).
    except: Option<OneOrMany>,
    /// What the workflows say of the token's rights.
    permissions: Option<PermissionRule>,
    /// `true`: every job that runs steps has `timeout-minutes`.
    timeouts: Option<bool>,
    /// `true`: each check that the branch requires of GitHub Actions is made by some job, its matrix and the
    /// workflows it calls taken in.
    required_made: Option<bool>,
    /// `true`: there is such a workflow.
    exists: Option<bool>,
    /// Only workflows that one of these events starts (`pull_request`, `push`, `schedule`).
    on: Option<OneOrMany>,
    /// Only where the event's branch filters let one of these branches pass. Default: the default branch as
    /// GitHub tells it; where that is not known, `main` or `master`.
    branches: Option<OneOrMany>,
    /// Only workflow files that match one of these patterns (`.github/workflows/deploy*.yml`).
    file: Option<OneOrMany>,
    /// `false`, with `runs` or `uses`: only jobs without service containers; beside a database of its own, a job tests.
    services: Option<bool>,
}

/// A rule for the rights of a workflow's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum PermissionRule {
    /// They are declared at the top or for every job, so that the repository's setting does not decide.
    Declared,
    /// Nothing has `write-all`.
    NoWriteAll,
}

/// Patterns over action names.
#[derive(Debug, Default)]
struct ActionNames(Vec<PathGlob>);

impl ActionNames {
    fn has(&self, uses: &str) -> bool {
        let name = uses.split('@').next().unwrap_or(uses);
        let is_like = |glob: &PathGlob| glob.matches(if glob.source().contains('@') { uses } else { name });
        self.0.iter().any(is_like)
    }

    fn subject(&self) -> String {
        self.0.iter().map(PathGlob::source).collect::<Vec<_>>().join(" | ")
    }
}

#[derive(Debug)]
enum Question {
    Runs { regex: Late, called: Option<String> },
    Uses(ActionNames),
    Pinned { except: ActionNames },
    Permissions(PermissionRule),
    Timeouts,
    RequiredMade,
    Exists,
}

/// Which workflows are asked.
#[derive(Debug, Default)]
struct Filters {
    on: Vec<String>,
    branches: Vec<String>,
    files: Vec<PathGlob>,
    /// Whether jobs with service containers are left out.
    without_services: bool,
}

impl Filters {
    /// The filters in words, to be put after "workflow".
    fn shown(&self) -> String {
        let mut words = String::new();
        if !self.files.is_empty() {
            let files: Vec<&str> = self.files.iter().map(PathGlob::source).collect();
            words.push_str(&format!(" `{}`", files.join("` or `")));
        }
        if !self.on.is_empty() {
            let branches = match self.branches.as_slice() {
                [] => String::new(),
                some => format!(" to a branch like `{}`", some.join("` or `")),
            };
            words.push_str(&format!(" that `{}`{branches} starts", self.on.join("` or `")));
        }
        if self.without_services {
            words.push_str(" in a job without service containers");
        }
        words
    }
}

#[derive(Debug)]
struct Workflows {
    question: Question,
    filters: Filters,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let params = parameters::read::<Params>(value)?;
    let mut problems = Vec::new();
    for (key, given) in [
        ("pinned", params.pinned),
        ("timeouts", params.timeouts),
        ("required-made", params.required_made),
        ("exists", params.exists),
    ] {
        if given == Some(false) {
            problems.push(Problem {
                help: Some(format!("write `{key} = true`, inside `none` if the contrary is meant")),
                ..Problem::at(&[key], format!("`{key}` can only be `true`"))
            });
        }
    }
    let on = params.on.as_ref().map_or(&[][..], OneOrMany::as_slice).to_vec();
    let branches = params.branches.as_ref().map_or(&[][..], OneOrMany::as_slice).to_vec();
    if params.called.is_some() && params.runs.is_none() {
        problems.push(Problem::at(&["called"], "`called` belongs to `runs`"));
    }
    if params.except.is_some() && params.pinned.is_none() {
        problems.push(Problem::at(&["except"], "`except` belongs to `pinned`"));
    }
    if on.is_empty() && !branches.is_empty() {
        problems.push(Problem::at(&["branches"], "`branches` needs `on`"));
    }
    if params.required_made == Some(true) && (!on.is_empty() || params.file.is_some()) {
        problems.push(Problem::at(
            &["required-made"],
            "`required-made` is asked of all workflows",
        ));
    }
    match params.services {
        Some(true) => problems.push(Problem::at(&["services"], "`services` can only be `false`")),
        Some(false) if params.runs.is_none() && params.uses.is_none() => {
            problems.push(Problem::at(&["services"], "`services` belongs to `runs` or `uses`"));
        }
        Some(false) | None => {}
    }
    let filters = Filters {
        on,
        branches,
        files: globs("file", params.file.as_ref(), &mut problems),
        without_services: params.services == Some(false),
    };
    let question = question(&params, &mut problems);
    match question {
        Some(question) if problems.is_empty() => Ok(Box::new(Workflows { question, filters })),
        _ => Err(problems),
    }
}

fn globs(key: &str, given: Option<&OneOrMany>, problems: &mut Vec<Problem>) -> Vec<PathGlob> {
    let mut found = Vec::new();
    for pattern in given.map_or(&[][..], OneOrMany::as_slice) {
        match PathGlob::new(pattern) {
            Ok(glob) => found.push(glob),
            Err(why) => problems.push(Problem::at(&[key], format!("`{pattern}` is no pattern: {why}"))),
        }
    }
    found
}

fn question(params: &Params, problems: &mut Vec<Problem>) -> Option<Question> {
    let mut asked: Vec<(&str, Option<Question>)> = Vec::new();
    if let Some(source) = &params.runs {
        let regex = Late::new(source);
        if let Err(error) = &regex {
            let words = error.to_string();
            let last = words
                .lines()
                .last()
                .unwrap_or("")
                .trim_start_matches("error: ")
                .to_owned();
            problems.push(Problem::at(&["runs"], format!("it is no regular expression: {last}")));
        }
        let called = params.called.clone();
        asked.push(("runs", regex.ok().map(|regex| Question::Runs { regex, called })));
    }
    if params.uses.is_some() {
        let names = globs("uses", params.uses.as_ref(), problems);
        if names.is_empty() && problems.is_empty() {
            problems.push(Problem::at(&["uses"], "`uses` names nothing"));
        }
        asked.push(("uses", Some(Question::Uses(ActionNames(names)))));
    }
    if params.pinned == Some(true) {
        let except = ActionNames(globs("except", params.except.as_ref(), problems));
        asked.push(("pinned", Some(Question::Pinned { except })));
    }
    if let Some(rule) = params.permissions {
        asked.push(("permissions", Some(Question::Permissions(rule))));
    }
    if params.timeouts == Some(true) {
        asked.push(("timeouts", Some(Question::Timeouts)));
    }
    if params.required_made == Some(true) {
        asked.push(("required-made", Some(Question::RequiredMade)));
    }
    if params.exists == Some(true) {
        asked.push(("exists", Some(Question::Exists)));
    }
    if asked.len() > 1 {
        let keys: Vec<&str> = asked.iter().map(|(key, _)| *key).collect();
        problems.push(Problem {
            help: Some("write one condition for each, joined by `all`".to_owned()),
            ..Problem::at(&[keys[1]], format!("`{}` are several questions", keys.join("`, `")))
        });
    }
    if asked.is_empty() && problems.is_empty() {
        problems.push(Problem {
            help: Some(
                "write one of `runs`, `uses`, `pinned`, `permissions`, `timeouts`, `required-made`, `exists`"
                    .to_owned(),
            ),
            ..Problem::at(&[], "`workflow` asks for nothing")
        });
    }
    asked.into_iter().next().and_then(|(_, question)| question)
}

/// What tells which scripts workflows may run; many ask, and the tree is looked through once.
struct Packages(BTreeSet<RepoPath>);

/// What tells whether the runners that scripts call are there.
struct Runners(Needs);

fn packages(tree: &Tree) -> BTreeSet<RepoPath> {
    let turbo = tree.with_name("turbo.json").map(|(path, _)| path.clone());
    let is_wanted = |path: &RepoPath| {
        matches!(
            path.file_name(),
            "package.json" | "Cargo.toml" | "pnpm-workspace.yaml" | "lerna.json" | "turbo.json"
        )
    };
    let manifests = component_needs(tree).files.into_iter().chain(turbo);
    manifests
        .filter(is_wanted)
        .filter(|path| tree.get(path.as_str()).is_some_and(Entry::is_file))
        .collect()
}

impl Check for Workflows {
    fn needs(&self, view: &View<'_>) -> Needs {
        let tree = &view.snapshot.tree;
        let mut needs = Needs::files(workflow_paths(tree).map(|(path, _)| path.clone()));
        needs
            .files
            .retain(|path| tree.get(path.as_str()).is_some_and(Entry::is_file));
        if matches!(self.question, Question::Runs { .. }) {
            let packages = view.snapshot.keep(|snapshot| Packages(packages(&snapshot.tree)));
            needs.files.extend(packages.0.iter().cloned());
            let runners = view
                .snapshot
                .derive(|snapshot| Runners(runner::needs(snapshot, &packages.0)));
            needs.unite(runners.0.clone());
            needs.unite(services::needs(view));
        }
        if matches!(self.question, Question::RequiredMade) {
            needs.unite(Needs::facts(required::FACTS));
        }
        if Gathered::gather(view, &self.filters).asks_for_default_branch(&self.filters) {
            needs.unite(Needs::facts([gathered::DEFAULT_BRANCH]));
        }
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let gathered = Gathered::gather(view, &self.filters);
        match &self.question {
            Question::Runs { regex, called } => {
                let sought = Sought::Command(regex, called.as_deref());
                runs::examine(view, &gathered, &self.filters, &sought)
            }
            Question::Uses(names) => runs::examine(view, &gathered, &self.filters, &Sought::Action(names)),
            Question::Pinned { except } => care::pinned(&gathered, except),
            Question::Permissions(rule) => care::permissions(&gathered, *rule),
            Question::Timeouts => care::timeouts(&gathered),
            Question::RequiredMade => required::examine(view, &gathered),
            Question::Exists => care::exists(view, &gathered, &self.filters),
        }
    }
}

/// At most this many pieces of evidence or gaps are shown of one condition.
const MOST_SHOWN: usize = 50;
