//! Whether the gate starts when it should.

use crate::artifact::workflow::{Filter, Trigger};
use crate::model::WeakeningRule;

use super::gate::{GateJob, is_change};
use super::{Diagnosis, Grade, PolicyState, Setup, flag, word};

/// What of a workflow's triggers leaves changes unjudged.
pub(super) fn starts(setup: &Setup<'_>, gate: &GateJob) -> Vec<Diagnosis> {
    let triggers = &gate.file.workflow.triggers;
    let changes = triggers.iter().filter(|trigger| is_change(&trigger.event));
    changes.flat_map(|trigger| of_trigger(setup, gate, trigger)).collect()
}

fn of_trigger(setup: &Setup<'_>, gate: &GateJob, trigger: &Trigger) -> Vec<Diagnosis> {
    let event = &trigger.event;
    let mut all = Vec::new();
    if let (true, Some(types)) = (event != "merge_group", &trigger.types) {
        for (kind, when) in [("opened", "is opened"), ("synchronize", "is pushed to")] {
            if !types.iter().any(|known| known == kind) {
                let what = format!(
                    "`{event}` does not fire when a pull request {when} (`types` lacks `{kind}`), so that the required check waits for ever"
                );
                all.push(Diagnosis::new(
                    Grade::Stops,
                    what,
                    format!("add `{kind}` to `types`, or take `types` away"),
                ));
            }
        }
    }
    if trigger.paths != Filter::All {
        let what = format!("`{event}` is limited to some paths: for other changes the required check waits for ever");
        let remedy = "take `paths` and `paths-ignore` away: the gate itself finds out what a change is about";
        all.push(Diagnosis::new(Grade::Stops, what, remedy));
    }
    if trigger.branches != Filter::All {
        match word(setup, "repository.default-branch") {
            Ok(branch) if trigger.branches.takes(&branch) => {}
            Ok(branch) => {
                let what = format!(
                    "`{event}` does not fire for the default branch `{branch}`, which its branches' filter leaves out"
                );
                all.push(Diagnosis::new(
                    Grade::Stops,
                    what,
                    format!("add `{branch}` to `branches`"),
                ));
            }
            Err(unread) => {
                let question = format!(
                    "whether `{event}` fires for the default branch, which its branches' filter may leave out,"
                );
                all.push(Diagnosis::unknown(&question, &unread));
            }
        }
    }
    let line = gate.file.line(&trigger.span);
    all.into_iter().map(|told| told.at(&gate.path, line)).collect()
}

/// The events that are missing from all of the jobs that count.
pub(super) fn events(setup: &Setup<'_>, gates: &[&GateJob]) -> Vec<Diagnosis> {
    let Some(first) = gates.first() else {
        return Vec::new();
    };
    let all_triggers = || gates.iter().flat_map(|gate| &gate.file.workflow.triggers);
    let has = |event: &str| all_triggers().any(|trigger| trigger.event == event);
    let line = first
        .file
        .workflow
        .triggers
        .first()
        .map_or(1, |trigger| first.file.line(&trigger.span));
    let mut all = Vec::new();
    if !has("pull_request") && !has("pull_request_target") {
        let what = "the gate runs in the merge queue alone, and for no pull request";
        all.push(Diagnosis::new(Grade::Stops, what, "add `pull_request` to `on`"));
    }
    if !has("merge_group") {
        match flag(setup, "branch.merge-queue") {
            Ok(false) => {}
            Ok(true) => {
                let what = "the branch has a merge queue, and the gate does not run on `merge_group`: the queue waits for its check until it gives up";
                all.push(Diagnosis::new(Grade::Stops, what, "add `merge_group` to `on`"));
            }
            Err(unread) => {
                let question = "whether a merge queue waits for the gate, which does not run on `merge_group`,";
                let mut told = Diagnosis::unknown(question, &unread);
                told.remedy = format!(
                    "add `merge_group` to `on`, which does no harm without a queue; or {}",
                    told.remedy
                );
                all.push(told);
            }
        }
    }
    all.extend(review(setup, all_triggers()));
    all.into_iter().map(|told| told.at(&first.path, line)).collect()
}

/// Whether an approval of a weakening is read when it is given.
fn review<'a>(setup: &Setup<'_>, triggers: impl Iterator<Item = &'a Trigger>) -> Option<Diagnosis> {
    let PolicyState::Valid(policy) = setup.policy else {
        return None;
    };
    if policy.weakening == WeakeningRule::Report {
        return None;
    }
    let reviews: Vec<&Trigger> = triggers
        .filter(|trigger| trigger.event == "pull_request_review")
        .collect();
    let remedy = "add `pull_request_review: { types: [submitted, dismissed] }` to `on`";
    if reviews.is_empty() {
        let what = "the gate does not run on `pull_request_review`: an owner's approval of a weakening is read only when the job is run again";
        return Some(Diagnosis::new(Grade::Notice, what, remedy));
    }
    let hears = |kind: &str| {
        let mut types = reviews.iter().map(|trigger| &trigger.types);
        types.any(|types| {
            types
                .as_ref()
                .is_none_or(|types| types.iter().any(|known| known == kind))
        })
    };
    let missing = ["submitted", "dismissed"].into_iter().find(|kind| !hears(kind))?;
    let what = format!("`pull_request_review` does not fire when a review is {missing} (`types` lacks `{missing}`)");
    let grade = if missing == "dismissed" {
        Grade::Weakens
    } else {
        Grade::Notice
    };
    Some(Diagnosis::new(grade, what, remedy))
}
