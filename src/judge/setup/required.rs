//! Whether the branch requires the gate's job.

use crate::artifact::workflow::check_names;
use crate::text::nearest;

use super::gate::{Found, GateJob};
use super::names::check_name;
use super::{Diagnosis, Grade, Setup, list};

/// The name of the check run where the workflow gives none.
const CHECK_RUN: &str = "readiness";

/// What is wrong with what is required, and the jobs that count: the required ones, else all that judge changes.
pub(super) fn required<'a>(
    setup: &Setup<'_>,
    found: &Found,
    jobs: &[&'a GateJob],
) -> (Vec<Diagnosis>, Vec<&'a GateJob>) {
    let (contexts, unread) = list(setup, "branch.required-checks");
    let is_required = |job: &&&GateJob| contexts.iter().any(|context| check_name(job).is(context));
    let counting: Vec<&GateJob> = jobs.iter().filter(is_required).copied().collect();
    let Some(first) = jobs.first() else {
        return (Vec::new(), Vec::new());
    };
    if !counting.is_empty() {
        return (Vec::new(), counting);
    }
    let question = "whether the branch requires the gate's job";
    let (workflows, _) = list(setup, "branch.required-workflows");
    if let Some(path) = workflows.first() {
        // A rule names the repository that the workflow is kept in by a number alone.
        let what =
            format!("{question} is not known: a ruleset requires the workflow `{path}`, which may be the gate's");
        let remedy = "see in the ruleset which repository's workflow it requires";
        return (vec![Diagnosis::new(Grade::Unknown, what, remedy)], jobs.to_vec());
    }
    if let Some(unread) = unread {
        return (vec![Diagnosis::unknown(question, &unread)], jobs.to_vec());
    }
    let (file, line) = (&first.path, first.file.line(&first.job.span));
    (vec![wrong(found, jobs, &contexts).at(file, line)], jobs.to_vec())
}

/// The job is called as the check run that it writes: a rule that requires the one may be met by the other.
pub(super) fn one_name(gate: &GateJob) -> Option<Diagnosis> {
    let run = gate.input("name").unwrap_or(CHECK_RUN);
    let writes_none = gate.step.uses.is_none() || gate.input("annotations") == Some("false");
    let name = check_name(gate);
    if writes_none || !name.is_whole() || !name.is(run) {
        return None;
    }
    let what = format!(
        "the gate's job and the check run that it writes have one name, `{run}`: a rule that requires it can't tell them \
         apart, and whoever may write checks can write the one"
    );
    let remedy = "give the job another name (`gate`), and require that";
    Some(Diagnosis::new(Grade::Notice, what, remedy).at(&gate.path, gate.file.line(&gate.job.span)))
}

/// Something else is required, or nothing.
fn wrong(found: &Found, jobs: &[&GateJob], contexts: &[String]) -> Diagnosis {
    let names: Vec<String> = jobs.iter().map(|job| check_name(job).shown()).collect();
    let wanted = names.first().map_or("", String::as_str);
    let require = format!("require the check `{wanted}` in a ruleset or in the branch's protection");
    if contexts.is_empty() {
        let what = format!("the branch requires no check, so `{wanted}` may fail and the merge goes on");
        return Diagnosis::new(Grade::Stops, what, require);
    }
    let runs = || jobs.iter().map(|job| job.input("name").unwrap_or(CHECK_RUN));
    if let Some(run) = runs().find(|run| contexts.iter().any(|context| context == run)) {
        let what = format!(
            "the branch requires the check run `{run}` instead of the gate's job `{wanted}`: whoever may write checks can \
             write one of that name, and a fork's pull request gets none and waits for ever"
        );
        return Diagnosis::new(Grade::Weakens, what, format!("{require} instead"));
    }
    let is_anothers = |context: &str| {
        let at = |path: &str| {
            let file = found.files.iter().find(|file| file.path.as_str() == path)?;
            Some(&file.workflow)
        };
        let mut started = found.files.iter().filter(|file| file.is_started());
        started.any(|file| {
            check_names(&file.workflow, &at)
                .iter()
                .any(|(name, _)| name.is(context))
        })
    };
    let is_alike = |context: &&String| !is_anothers(context) && jobs.iter().any(|job| is_meant(job, context));
    if let Some(context) = contexts.iter().find(is_alike) {
        let what = format!(
            "the branch requires `{context}`, and the gate's job is called `{wanted}`: no run answers, so the merge waits \
             for ever, or goes on when somebody takes the rule away"
        );
        return Diagnosis::new(Grade::Stops, what, format!("{require} instead of `{context}`"));
    }
    let shown: Vec<String> = contexts.iter().take(5).map(|context| format!("`{context}`")).collect();
    let more = contexts.len().saturating_sub(5);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let what = format!(
        "the branch requires {}{more}, and not the gate's job `{wanted}`, which may fail while the merge goes on",
        shown.join(", ")
    );
    Diagnosis::new(Grade::Stops, what, require)
}

/// Whether a context is another name of this job: its id, `WORKFLOW / JOB` as the page shows it, the called job alone,
/// or nearly its name.
fn is_meant(job: &GateJob, context: &str) -> bool {
    let mut names = vec![job.job.id.clone()];
    names.extend(job.job.name.iter().map(|name| name.text.clone()));
    if let Some((_, inner)) = &job.called {
        names.push(inner.id.clone());
        names.extend(inner.name.iter().map(|name| name.text.clone()));
    }
    if let Some(workflow) = &job.file.workflow.name {
        let joined: Vec<String> = names.iter().map(|name| format!("{} / {name}", workflow.text)).collect();
        names.push(workflow.text.clone());
        names.extend(joined);
    }
    let context = context.to_lowercase();
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    nearest(&context, names.iter().map(String::as_str)).is_some()
}
