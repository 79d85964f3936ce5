//! Whether the job's token may do what the gate does with it.

use crate::artifact::workflow::{Permissions, Rights};
use crate::model::WeakeningRule;

use super::gate::GateJob;
use super::{Diagnosis, Feature, FeatureKind, Grade, PolicyState, Setup, flag};

/// How much a token may do in one scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Access {
    None,
    Read,
    Write,
}

/// What the job's token may not do.
pub(super) fn rights(setup: &Setup<'_>, gate: &GateJob) -> Vec<Diagnosis> {
    // Another token has other rights, which the workflow does not tell; a command uses what its environment gives it.
    if gate.input("token").is_some() || gate.step.uses.is_none() {
        return Vec::new();
    }
    let outer = gate
        .job
        .permissions
        .as_ref()
        .or(gate.file.workflow.permissions.as_ref());
    let inner = gate
        .called
        .as_ref()
        .and_then(|(file, job)| job.permissions.as_ref().or(file.workflow.permissions.as_ref()));
    let stated: Vec<&Permissions> = [outer, inner].into_iter().flatten().collect();
    let (file, job) = gate.innermost();
    let line = file.line(&job.span);
    if stated.is_empty() {
        let what = format!(
            "what the token of the gate's job `{}` may do is not known: neither job nor workflow says, so the repository's \
             setting counts, which may be read-only",
            job.id
        );
        let wanted = wanted(setup, gate);
        let mut lines: Vec<String> = wanted.iter().map(|feature| words(feature)).collect();
        lines.sort();
        lines.dedup();
        // Who may write may read.
        let all = lines.clone();
        lines.retain(|line| !line.ends_with(": read") || !all.contains(&line.replace(": read", ": write")));
        let remedy = format!("write `permissions: {{ {} }}` at the job", lines.join(", "));
        return vec![Diagnosis::new(Grade::Unknown, what, remedy).at(&file.path, line)];
    }
    let granted = |scope: &str| {
        stated
            .iter()
            .map(|found| access(&found.rights, scope))
            .min()
            .unwrap_or(Access::None)
    };
    let lacks = |feature: &&Feature| {
        let mut ways = feature.permissions.iter();
        !ways.any(|(scope, level)| granted(scope) >= asked(level))
    };
    let missing = wanted(setup, gate).into_iter().filter(lacks);
    missing
        .filter_map(|feature| told(setup, feature, &job.id))
        .map(|told| told.at(&file.path, line))
        .collect()
}

fn told(setup: &Setup<'_>, feature: &Feature, job: &str) -> Option<Diagnosis> {
    let (grade, what) = match feature.kind {
        FeatureKind::Reading => match flag(setup, "repository.private") {
            // Reading what is public takes no permission.
            Ok(false) => return None,
            Ok(true) => (Grade::Stops, "read the repository, which is private"),
            Err(_) => (Grade::Unknown, "read the repository where that is private"),
        },
        FeatureKind::Reviews => (Grade::Notice, "read the reviews that accept a weakening"),
        FeatureKind::CheckRun => (Grade::Notice, "write the check run with its annotations"),
        FeatureKind::Comment => (Grade::Notice, "write the pull request's comment"),
        FeatureKind::Issue => (Grade::Notice, "open the issue about settings that changed"),
    };
    let what = format!(
        "the token of the gate's job `{job}` may not {what}: {}",
        feature.without
    );
    Some(Diagnosis::new(
        grade,
        what,
        format!("add `{}` to its `permissions`", words(feature)),
    ))
}

/// The permission that is asked for, the one of several that the other features have as well.
fn words(feature: &Feature) -> String {
    let pull = feature.permissions.iter().find(|(scope, _)| scope == "pull-requests");
    let chosen = pull.or_else(|| feature.permissions.first());
    chosen.map_or_else(String::new, |(scope, level)| format!("{scope}: {level}"))
}

/// What this job asks its token for.
fn wanted<'a>(setup: &Setup<'a>, gate: &GateJob) -> Vec<&'a Feature> {
    let has = |events: &[&str]| {
        let mut triggers = gate.file.workflow.triggers.iter();
        triggers.any(|trigger| events.contains(&trigger.event.as_str()))
    };
    let is_on = |input: &str| gate.input(input) != Some("false");
    let is_approved = match setup.policy {
        PolicyState::Valid(policy) => policy.weakening == WeakeningRule::Approve,
        PolicyState::Missing | PolicyState::Invalid { .. } | PolicyState::Unread(_) => false,
    };
    let is_pull = has(&["pull_request", "pull_request_target"]);
    let is_wanted = |feature: &&Feature| match feature.kind {
        FeatureKind::Reading => true,
        FeatureKind::Reviews => is_pull && is_approved,
        FeatureKind::CheckRun => is_on("annotations"),
        FeatureKind::Comment => is_pull && is_on("comment"),
        FeatureKind::Issue => has(&["schedule"]),
    };
    setup.features.iter().filter(is_wanted).collect()
}

fn access(rights: &Rights, scope: &str) -> Access {
    match rights {
        Rights::ReadAll => Access::Read,
        Rights::WriteAll => Access::Write,
        Rights::Listed(listed) => {
            let found = listed.iter().find(|(name, _)| name == scope);
            found.map_or(Access::None, |(_, level)| asked(level))
        }
        Rights::Other(_) => Access::None,
    }
}

fn asked(level: &str) -> Access {
    match level {
        "write" => Access::Write,
        "read" => Access::Read,
        _ => Access::None,
    }
}
