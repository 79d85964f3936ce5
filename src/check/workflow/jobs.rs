//! What holds for a job before its first step: the jobs it waits for, the files it has, and the failures it catches.

use crate::artifact::workflow::{Flag, Job, Workflow, may_exit_with_failure};

use super::standing::{Standing, under};

/// What holds for each job, in the order of the file; `None` for one that never runs.
pub(super) fn standings(workflow: &Workflow, events: &[String], outer: &Standing) -> Vec<Option<Standing>> {
    let jobs = &workflow.jobs;
    let at = |id: &String| jobs.iter().position(|job| job.id == *id);
    // GitHub runs nothing of a file whose jobs wait for one that is not there.
    if jobs.iter().flat_map(|job| &job.needs).any(|id| at(id).is_none()) {
        return vec![None; jobs.len()];
    }
    let mut found: Vec<Option<Standing>> = jobs
        .iter()
        .map(|job| outer.within(job.condition.as_ref(), job.tolerated, events))
        .collect();
    // A skipped job skips those that wait for it; as many rounds as there may be jobs in a row.
    for _ in 0..jobs.len().min(LONGEST_ROW) {
        let mut is_settled = true;
        for (index, job) in jobs.iter().enumerate() {
            if found[index].is_none() || runs_anyway(job) {
                continue;
            }
            for need in job.needs.iter().filter_map(at) {
                let doubt = found[need].as_ref().map(|needed| needed.doubt.clone());
                match (doubt, &mut found[index]) {
                    (None, standing) => {
                        is_settled &= standing.is_none();
                        *standing = None;
                    }
                    (Some(Some(_)), Some(standing)) if standing.doubt.is_none() => {
                        let condition = jobs[need].condition.as_ref().map_or("needs", |text| text.text.as_str());
                        standing.doubt = Some(under(condition));
                        is_settled = false;
                    }
                    (Some(_), _) => {}
                }
            }
        }
        if is_settled {
            break;
        }
    }
    found
}

/// So many jobs in a row wait for each other.
const LONGEST_ROW: usize = 64;

/// Whether a job runs although one that it waits for was skipped.
fn runs_anyway(job: &Job) -> bool {
    let words = ["always()", "failure()", "cancelled()"];
    job.condition
        .as_ref()
        .is_some_and(|condition| words.iter().any(|word| condition.text.contains(word)))
}

/// Whether a step's failure is let through: not where a later step looks at its outcome and fails itself.
pub(super) fn caught(job: &Job, index: usize) -> Flag {
    let Some(step) = job.steps.get(index) else {
        return Flag::No;
    };
    let Some(id) = step.id.as_ref().filter(|_| step.tolerated == Flag::Yes) else {
        return step.tolerated;
    };
    let outcome = format!("steps.{}.outcome", id.text);
    let asking = job.steps[index + 1..].iter().filter(|step| {
        let texts = [&step.condition, &step.run];
        texts
            .iter()
            .any(|text| text.as_ref().is_some_and(|text| text.text.contains(&outcome)))
    });
    asking.fold(step.tolerated, |flag, asking| {
        let asks = asking.condition.as_ref().map_or("", |text| text.text.as_str());
        let is_for_failure = asks.contains("== 'failure'") || asks.contains("!= 'success'");
        let fails = asking.run.as_ref().is_some_and(|run| may_exit_with_failure(&run.text));
        match (flag, is_for_failure && fails && asking.tolerated == Flag::No) {
            (Flag::No, _) | (_, true) => Flag::No,
            (Flag::Yes | Flag::Depends, false) => Flag::Depends,
        }
    })
}

/// Actions that bring no file of a repository.
const BRING_NOTHING: [&str; 8] = [
    "actions/setup-",
    "actions/cache",
    "actions/upload-",
    "actions/github-script@",
    "pnpm/action-setup@",
    "oven-sh/setup-bun@",
    "dtolnay/rust-toolchain@",
    "Swatinem/rust-cache@",
];
/// Words of commands that may bring files.
const FETCH: [&str; 9] = [
    "clone", "checkout", "fetch", "pull", "curl", "wget", "init", "cp ", "tar ",
];

/// Whether the repository's files may be there: the job checks them out, brings files in another way, or runs where
/// they may have stayed.
pub(super) fn has_files(job: &Job) -> bool {
    let may_stay = job.container.is_some()
        || job.runs_on.is_empty()
        || job.runs_on.iter().any(|label| {
            !["ubuntu-", "windows-", "macos-"]
                .iter()
                .any(|start| label.starts_with(start))
        });
    may_stay
        || job.steps.iter().any(|step| {
            let is_other = |uses: &str| !BRING_NOTHING.iter().any(|known| uses.starts_with(known));
            step.uses.as_ref().is_some_and(|uses| is_other(&uses.text))
                || step
                    .run
                    .as_ref()
                    .is_some_and(|run| FETCH.iter().any(|word| run.text.contains(word)))
        })
}
