//! Whether the gate can be passed without having judged: GitHub counts a skipped job as passed.

use crate::artifact::workflow::{Flag, Holds, Job, Step, Text, holds};

use super::gate::{File, GateJob, is_change};
use super::{Diagnosis, Grade};

/// What of the event a condition may look at and that somebody can choose: who acts, a draft, a fork, words of a commit.
const CHOSEN: [&str; 6] = [
    "github.actor",
    "triggering_actor",
    ".draft",
    ".fork",
    "head_commit",
    ".labels",
];

/// What skips this job or swallows its failure.
pub(super) fn skips(gate: &GateJob) -> Vec<Diagnosis> {
    let mut all = job(gate, &gate.file, &gate.job);
    if let Some((file, inner)) = &gate.called {
        all.extend(job(gate, file, inner));
    }
    all.extend(step(gate));
    all
}

fn job(gate: &GateJob, file: &File, job: &Job) -> Vec<Diagnosis> {
    let id = &job.id;
    let mut all = Vec::new();
    if let Some(condition) = &job.condition {
        let told = skipped(gate, condition).map(|when| {
            let what = format!("the gate's job `{id}` {when}, and GitHub counts a skipped job as passed");
            let remedy = "take the job's `if` away, and limit single steps instead";
            Diagnosis::new(Grade::Stops, what, remedy).at(&file.path, file.line(&condition.span))
        });
        all.extend(told);
    }
    let always = ["always()", "!cancelled()"];
    let condition = job.condition.as_ref().map_or("", |condition| condition.text.as_str());
    let plain: String = condition.chars().filter(|letter| !letter.is_whitespace()).collect();
    if let Some(first) = job.needs.first()
        && !always.iter().any(|word| plain.contains(word))
    {
        let what = format!(
            "the gate's job `{id}` waits for `{first}`: where that fails or is skipped this one is skipped, which GitHub \
             counts as passed"
        );
        let remedy = "take `needs` away, or write `if: ${{ !cancelled() }}`";
        all.push(Diagnosis::new(Grade::Stops, what, remedy).at(&file.path, file.line(&job.span)));
    }
    all.extend(
        tolerated(job.tolerated, &format!("the gate's job `{id}`"))
            .map(|told| told.at(&file.path, file.line(&job.span))),
    );
    all
}

fn step(gate: &GateJob) -> Vec<Diagnosis> {
    let (file, _) = gate.innermost();
    let Step {
        span,
        condition,
        tolerated: flag,
        run,
        shell,
        ..
    } = &gate.step;
    let mut all = Vec::new();
    if let Some(condition) = condition {
        all.extend(skipped(gate, condition).map(|when| {
            let what = format!("the step that runs the gate {when}, and its job passes without it");
            Diagnosis::new(Grade::Stops, what, "take the step's `if` away").at(&file.path, file.line(&condition.span))
        }));
    }
    all.extend(tolerated(*flag, "the step that runs the gate").map(|told| told.at(&file.path, file.line(span))));
    if let Some(run) = run {
        let shell = shell.as_ref().map_or("", |shell| shell.text.as_str());
        all.extend(swallowed(&run.text, shell).map(|told| told.at(&file.path, file.line(&run.span))));
    }
    all
}

/// How a condition skips what it stands at; `None` where it holds for every change.
fn skipped(gate: &GateJob, condition: &Text) -> Option<String> {
    let text = condition.text.trim();
    let shown = format!("`if: {text}`");
    if CHOSEN.iter().any(|word| text.contains(word)) {
        return Some(format!("can be skipped ({shown})"));
    }
    let triggers = gate.file.workflow.triggers.iter().map(|trigger| trigger.event.as_str());
    triggers
        .filter(|event| is_change(event))
        .find_map(|event| match holds(text, Some(event)) {
            Holds::Always => None,
            Holds::Never => Some(format!("is skipped under `{event}` ({shown})")),
            Holds::Depends => Some(format!("can be skipped ({shown})")),
        })
}

fn tolerated(flag: Flag, whose: &str) -> Option<Diagnosis> {
    let verb = match flag {
        Flag::No => return None,
        Flag::Yes => "has",
        Flag::Depends => "may have",
    };
    let what = format!("{whose} {verb} `continue-on-error`, so that a no-go blocks nothing");
    Some(Diagnosis::new(Grade::Stops, what, "take `continue-on-error` away"))
}

/// A command whose exit status is lost.
fn swallowed(run: &str, shell: &str) -> Option<Diagnosis> {
    let line = run.lines().find(|line| {
        line.split_whitespace()
            .any(|word| word.rsplit('/').next() == Some("readygate"))
    })?;
    let after = line.split_once("readygate").map_or("", |(_, after)| after);
    if let Some((_, rest)) = after.split_once("||") {
        let rest = rest.trim();
        let is_lost = ["true", ":", "echo", "exit 0"]
            .iter()
            .any(|word| rest.starts_with(word));
        return is_lost.then(|| {
            let what = "the exit status of `readygate` is thrown away with `||`, so that a no-go blocks nothing";
            Diagnosis::new(Grade::Stops, what, "take what follows `||` away")
        });
    }
    // The runner's own default is `bash -e` without `pipefail`; a named `bash` has it.
    let is_piped = after.contains(" | ") && shell != "bash" && !run.contains("pipefail");
    is_piped.then(|| {
        let what = "the exit status of `readygate` is lost in a pipe, so that a no-go blocks nothing";
        Diagnosis::new(
            Grade::Stops,
            what,
            "write `shell: bash`, which sets `pipefail`, or `--format json=FILE`",
        )
    })
}
