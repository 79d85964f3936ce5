//! Required checks that nobody makes: the merge waits for ever, or somebody takes the rule away.

use serde_json::Value;

use crate::artifact::workflow::{CheckName, Filter, Job, Rights, Trigger, Workflow, check_names};
use crate::check::View;
use crate::check::parameters::counted;
use crate::model::{Cause, Evidence, Examined, Fact, Gap, Place, Strength, Unread};

use super::MOST_SHOWN;
use super::gathered::{Found, Gathered};

/// The settings that are asked.
pub(super) const FACTS: [&str; 3] = [
    "branch.required-checks",
    "branch.required-checks-of-actions",
    "branch.required-workflows",
];

/// What GitHub runs without a file in the repository: code scanning's default set-up, Dependabot, Pages.
const WITHOUT_A_FILE: [&str; 5] = ["Analyze", "CodeQL", "Dependabot", "pages-build-deployment", "deploy"];

/// How a check comes to be.
enum Made {
    Surely(Evidence),
    /// It may be; what leaves it open.
    Perhaps(String),
    Never,
}

pub(super) fn examine(view: &View<'_>, gathered: &Gathered) -> Examined {
    let facts = &view.snapshot.facts;
    let (required, rest) = match facts.get(FACTS[0]) {
        Fact::Unread(unread) => return Examined::unknown(unread),
        Fact::Known { value, .. } => (names(&value), None),
        Fact::AtLeast { value, unread, .. } => (names(&value), Some(unread)),
    };
    let of_actions = match facts.get(FACTS[1]) {
        Fact::Known { value, .. } | Fact::AtLeast { value, .. } => names(&value),
        Fact::Unread(_) => Vec::new(),
    };
    if required.is_empty() {
        return match rest {
            Some(unread) => Examined::unknown(unread),
            None => Examined::not_applicable("the branch requires no check"),
        };
    }
    let (mut evidence, mut gaps, mut open) = (Vec::new(), Vec::new(), None);
    let elsewhere = elsewhere(view, gathered);
    let started = started(gathered);
    for context in &required {
        match made(&started, context) {
            Made::Surely(found) => evidence.push(found),
            Made::Perhaps(what) => {
                open.get_or_insert(unmodelled(what));
            }
            Made::Never if !of_actions.contains(context) => {
                open.get_or_insert(unmodelled(format!(
                    "no job is called `{context}`, which the branch requires, and another application may report it"
                )));
            }
            Made::Never => match &elsewhere {
                Some(unread) => {
                    open.get_or_insert(unread.clone());
                }
                None => {
                    let why = format!(
                        "the branch requires the check `{context}` of GitHub Actions, and no job is called so: the merge \
                         waits for ever"
                    );
                    gaps.push(Gap::missing(context.clone(), why));
                }
            },
        }
    }
    evidence.truncate(MOST_SHOWN);
    if let Some(first) = gaps.first() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!(
                "{several} of {}: {}",
                counted(required.len(), "required check"),
                first.message
            ),
        };
        gaps.truncate(MOST_SHOWN);
        return Examined::fail(reason, gaps).with_evidence(evidence);
    }
    if let Some(unread) = open.or(rest) {
        return Examined::unknown(unread).with_evidence(evidence);
    }
    let all = counted(required.len(), "required check");
    Examined::pass(format!("each of {all} is a job of a workflow"), evidence)
}

fn names(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn unmodelled(what: String) -> Unread {
    Unread::new(
        Cause::Unmodelled,
        what,
        "see in a pull request whether the check is reported, and attest it",
    )
}

/// A workflow that an event starts, with the names of its checks.
struct Started<'a> {
    found: &'a Found,
    workflow: &'a Workflow,
    names: Vec<(CheckName, &'a Job)>,
}

fn started(gathered: &Gathered) -> Vec<Started<'_>> {
    let at = |path: &str| gathered.at(path).map(|(_, workflow)| workflow);
    let all = gathered
        .workflows
        .iter()
        .filter_map(|found| Some((found, found.workflow()?)));
    let started = all.filter(|(_, workflow)| workflow.triggers.iter().any(|trigger| trigger.event != "workflow_call"));
    started
        .map(|(found, workflow)| Started {
            found,
            workflow,
            names: check_names(workflow, &at),
        })
        .collect()
}

/// Whether some job has this name, in a workflow that a change starts.
fn made(started: &[Started<'_>], context: &str) -> Made {
    let mut perhaps = None;
    for Started { found, workflow, names } in started {
        for (name, job) in names {
            if !name.is(context) {
                continue;
            }
            let place = Place::span(&found.path, &found.document, &job.span);
            let line = place.line.unwrap_or(1);
            if !name.is_whole() {
                let shown = name.shown();
                perhaps.get_or_insert(format!(
                    "`{context}` may be the check `{shown}` of `{}:{line}`, whose whole name only a run tells",
                    found.path
                ));
            } else if workflow.triggers.iter().any(is_for_changes) {
                return Made::Surely(Evidence::new(place, context, Strength::Wired, context));
            } else {
                perhaps.get_or_insert(format!(
                    "`{context}` is a job of `{}:{line}`, and whether that is started for a change can't be told",
                    found.path
                ));
            }
        }
    }
    if perhaps.is_none() && WITHOUT_A_FILE.iter().any(|name| context.starts_with(name)) {
        perhaps = Some(format!("`{context}` may be a check that GitHub makes without a file"));
    }
    perhaps.map_or(Made::Never, Made::Perhaps)
}

/// Whether an event reports on what waits to be merged.
fn is_for_changes(trigger: &Trigger) -> bool {
    match trigger.event.as_str() {
        // With a limit of branches or paths some changes are left out, and they wait for ever.
        "pull_request" | "pull_request_target" => {
            trigger.follows_changes() && trigger.branches == Filter::All && trigger.paths == Filter::All
        }
        // A push to the branch of a change, whatever it is called.
        "push" => trigger.branches.compile().takes("any-change") && trigger.paths == Filter::All,
        _ => false,
    }
}

/// What may make a check beside the jobs that are seen; `None` where nothing does.
fn elsewhere(view: &View<'_>, gathered: &Gathered) -> Option<Unread> {
    if let Some(unread) = gathered.unread.first() {
        return Some(unread.clone());
    }
    if let Some(why) = view.snapshot.tree.truncation() {
        let what = format!("the listing of files is not whole ({why}), so a workflow may be missing from it");
        return Some(Unread::new(Cause::Limit, what, "run readygate on a checkout"));
    }
    match view.snapshot.facts.get(FACTS[2]) {
        Fact::Unread(unread) => return Some(unread),
        Fact::Known { value, .. } | Fact::AtLeast { value, .. } => {
            if let Some(path) = names(&value).first() {
                let what =
                    format!("a ruleset requires the workflow `{path}` of another repository, whose jobs are not seen");
                return Some(unmodelled(what));
            }
        }
    }
    for found in &gathered.workflows {
        let Some(workflow) = found.workflow() else { continue };
        let text = found.document.text().unwrap_or_default();
        let has_token = ["GITHUB_TOKEN", "GH_TOKEN", "github.token"]
            .iter()
            .any(|word| text.contains(word));
        let reporting = workflow.jobs.iter().find(|job| may_report(workflow, job, has_token));
        if let Some(job) = reporting {
            let line = found.document.line_of(job.span.start);
            let what = format!(
                "the job `{}` ({}:{line}) may report checks of any name",
                job.id, found.path
            );
            return Some(unmodelled(what));
        }
    }
    None
}

/// Actions that make no check.
const PLAIN: [&str; 12] = [
    "actions/checkout@",
    "actions/setup-",
    "actions/cache",
    "actions/upload-",
    "actions/download-",
    "docker/",
    "pnpm/action-setup@",
    "oven-sh/setup-bun@",
    "ruby/setup-ruby@",
    "astral-sh/setup-uv@",
    "dtolnay/rust-toolchain@",
    "Swatinem/rust-cache@",
];

/// Whether a job may make checks by GitHub's API: its token has the right to, and what it runs is not seen to do something else.
/// Where no rights are declared, the repository's setting decides: there whoever gets the token counts.
fn may_report(workflow: &Workflow, job: &Job, has_token: bool) -> bool {
    let rights = job.permissions.as_ref().or(workflow.permissions.as_ref());
    match rights.map(|known| &known.rights) {
        Some(Rights::WriteAll | Rights::Other(_)) => true,
        Some(Rights::ReadAll) => false,
        Some(Rights::Listed(listed)) => listed
            .iter()
            .any(|(scope, level)| matches!(scope.as_str(), "checks" | "statuses") && level == "write"),
        None => {
            let is_others = |uses: &str| !PLAIN.iter().any(|known| uses.starts_with(known));
            has_token
                || job.uses.as_ref().is_some_and(|uses| !uses.text.starts_with("./"))
                || job
                    .steps
                    .iter()
                    .any(|step| step.uses.as_ref().is_some_and(|uses| is_others(&uses.text)))
        }
    }
}
