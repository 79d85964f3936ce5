//! Who can change the gate: owners of policy and workflow, pinned actions, code of the pull request.

use crate::artifact::workflow::{Step, Text};
use crate::artifact::{CODEOWNERS_PATHS, CodeOwners};
use crate::model::{Read, RepoPath, Unread, WeakeningRule};

use super::gate::{File, Found, GateJob};
use super::{Diagnosis, Grade, PolicyState, Setup, flag};

/// What lets the gate be changed by those whom it judges.
pub(super) fn trust(setup: &Setup<'_>, found: &Found) -> Vec<Diagnosis> {
    let mut all = owners(setup, found);
    for gate in &found.jobs {
        let (file, _) = gate.innermost();
        let pins = gate.step.uses.as_ref().and_then(unpinned);
        all.extend(pins.map(|told| told.at(&file.path, file.line(&gate.step.span))));
        all.extend(foreign_code(gate));
    }
    all.extend(settings_token(setup, found));
    all
}

fn owners(setup: &Setup<'_>, found: &Found) -> Vec<Diagnosis> {
    let mut guarded: Vec<(RepoPath, &str)> = Vec::new();
    match setup.policy {
        PolicyState::Valid(policy) => guarded.push((policy.path.clone(), "the policy")),
        PolicyState::Invalid { path, .. } => guarded.push((path.clone(), "the policy")),
        PolicyState::Missing | PolicyState::Unread(_) => {}
    }
    for gate in found.jobs.iter().filter(|gate| gate.judges_changes()) {
        guarded.push((gate.path.clone(), "the gate's workflow"));
        guarded.extend(
            gate.called
                .iter()
                .map(|(file, _)| (file.path.clone(), "the gate's workflow")),
        );
    }
    guarded.sort();
    guarded.dedup();
    if guarded.is_empty() {
        return Vec::new();
    }
    let owners = match code_owners(setup) {
        Ok(owners) => owners,
        Err(unread) => return vec![Diagnosis::unknown("who owns policy and workflow", &unread)],
    };
    let mut all = Vec::new();
    let owned = |path: &RepoPath| match &owners {
        Some((_, owners)) => owners.owners_of(path.as_str()).is_some(),
        None => false,
    };
    for (path, what) in guarded.iter().filter(|(path, _)| !owned(path)) {
        let who = if *what == "the policy" {
            "so that everybody with write access can accept its weakening"
        } else {
            "so that no owner has to approve its change"
        };
        let why = match &owners {
            Some((file, _)) => format!("no line of `{file}` names an owner of {what} `{path}`, {who}"),
            None => format!("there is no CODEOWNERS file, and nobody owns {what} `{path}`, {who}"),
        };
        let remedy = format!(
            "write `/{path} @OWNER` into {}",
            owners.as_ref().map_or(CODEOWNERS_PATHS[0], |(file, _)| file)
        );
        all.push(Diagnosis::new(Grade::Weakens, why, remedy).at(path, 1));
    }
    if let Some((_, owners)) = &owners {
        all.extend(unseen_owners(setup, found, owners));
    }
    let own = found.jobs.iter().find(|gate| is_authors(gate));
    if let (Some(gate), Some(_)) = (
        own,
        owners.as_ref().filter(|_| guarded.iter().all(|(path, _)| owned(path))),
    ) {
        all.extend(author_can_change(setup, gate));
    }
    all
}

/// Nobody of those who own the policy is known by a login: a review shows nothing else.
fn unseen_owners(setup: &Setup<'_>, found: &Found, owners: &CodeOwners) -> Option<Diagnosis> {
    let PolicyState::Valid(policy) = setup.policy else {
        return None;
    };
    let names = owners.owners_of(policy.path.as_str())?;
    let is_person = |name: &String| name.starts_with('@') && !name.contains('/');
    let has_team = names.iter().any(|name| name.starts_with('@'));
    let mut judging = found.jobs.iter().filter(|gate| gate.judges_changes());
    let is_told = has_team && judging.any(|gate| gate.input("settings-token").is_some());
    if is_told || policy.weakening == WeakeningRule::Report || names.is_empty() || names.iter().any(is_person) {
        return None;
    }
    let what = format!(
        "only teams or mail addresses own the policy `{}`, and who they are is not told to the gate's token: nobody's \
         approval of a weakening is seen",
        policy.path
    );
    let remedy = "name a person as `@LOGIN` as well, or give `settings-token` a token with `members: read` of the \
                  organisation, which tells who is in a team";
    Some(Diagnosis::new(Grade::Notice, what, remedy).at(&policy.path, 1))
}

/// Whether the pull request brings its own workflow: level 1 of enforcement.
fn is_authors(gate: &GateJob) -> bool {
    gate.file
        .workflow
        .triggers
        .iter()
        .any(|trigger| trigger.event == "pull_request")
}

/// Owners are named; whether one has to approve is the branch's to say.
fn author_can_change(setup: &Setup<'_>, gate: &GateJob) -> Option<Diagnosis> {
    let remedy = "require review from code owners on the branch, or run the gate on `pull_request_target`";
    let trigger = gate
        .file
        .workflow
        .triggers
        .iter()
        .find(|trigger| trigger.event == "pull_request");
    let line = trigger.map_or(1, |trigger| gate.file.line(&trigger.span));
    let told = match flag(setup, "branch.code-owner-review") {
        Ok(true) => return None,
        Ok(false) => {
            let what = "the author of a pull request can change the gate's workflow in it (level 1 of 3), and the branch requires no code owner's approval";
            Diagnosis::new(Grade::Weakens, what, remedy)
        }
        Err(unread) => {
            let question = "whether an owner has to approve when the author of a pull request changes the gate's workflow (level 1 of 3)";
            Diagnosis::unknown(question, &unread)
        }
    };
    Some(told.at(&gate.path, line))
}

type Owners = (&'static str, std::sync::Arc<CodeOwners>);

fn code_owners(setup: &Setup<'_>) -> Result<Option<Owners>, Unread> {
    for path in CODEOWNERS_PATHS {
        match setup.snapshot.read(path) {
            Read::Here(document) => return Ok(Some((path, document.view::<CodeOwners>()))),
            Read::Absent => {}
            Read::Unread(unread) => return Err(unread),
        }
    }
    Ok(None)
}

/// An action that may be another one tomorrow.
fn unpinned(uses: &Text) -> Option<Diagnosis> {
    let text = &uses.text;
    if text.starts_with('.') {
        return None;
    }
    let (is_pinned, how) = match text.strip_prefix("docker://") {
        Some(image) => (image.contains("@sha256:"), "the image's digest"),
        None => {
            let reference = text.rsplit_once('@').map_or("", |(_, reference)| reference);
            let is_hex = reference.bytes().all(|byte| byte.is_ascii_hexdigit());
            (
                is_hex && matches!(reference.len(), 40 | 64),
                "the release's full commit SHA",
            )
        }
    };
    (!is_pinned).then(|| {
        let what = format!("the gate is `{text}`: a tag or branch, which can be moved to other code");
        Diagnosis::new(Grade::Weakens, what, format!("name {how}"))
    })
}

/// Under `pull_request_target` the token writes and secrets are there: code of the pull request must not run beside it.
fn foreign_code(gate: &GateJob) -> Vec<Diagnosis> {
    let triggers = &gate.file.workflow.triggers;
    if !triggers.iter().any(|trigger| trigger.event == "pull_request_target") {
        return Vec::new();
    }
    let files: Vec<&File> = std::iter::once(&gate.file)
        .chain(gate.called.iter().map(|(file, _)| file))
        .collect();
    let steps = files.iter().flat_map(|file| {
        let steps = file.workflow.jobs.iter().flat_map(|job| &job.steps);
        steps.map(move |step| (*file, step))
    });
    let told = steps.filter(|(_, step)| takes_head(step)).map(|(file, step)| {
        let what = "the pull request's code is checked out under `pull_request_target`, where the token can write and secrets can be read";
        let remedy = "take the checkout away (the gate reads through the API), or move what needs it to `pull_request`";
        Diagnosis::new(Grade::Stops, what, remedy).at(&file.path, file.line(&step.span))
    });
    told.collect()
}

fn takes_head(step: &Step) -> bool {
    let names_head = |text: &str| {
        ["pull_request.head", "head_ref", "refs/pull/"]
            .iter()
            .any(|word| text.contains(word))
    };
    let is_checkout = step
        .uses
        .as_ref()
        .is_some_and(|uses| uses.text.starts_with("actions/checkout@"));
    let with = step
        .with
        .iter()
        .any(|(key, value)| matches!(key.as_str(), "ref" | "repository") && names_head(&value.text));
    let run = step.run.as_ref().map_or("", |run| run.text.as_str());
    let is_git = (run.contains("git checkout") || run.contains("git fetch")) && names_head(run);
    is_checkout && with || run.contains("gh pr checkout") || is_git
}

/// Administration facts are asked for, and no token that is told them is given.
fn settings_token(setup: &Setup<'_>, found: &Found) -> Option<Diagnosis> {
    let PolicyState::Valid(policy) = setup.policy else {
        return None;
    };
    let first = policy.admin_facts.first()?;
    let more = match policy.admin_facts.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let (gate, lacking, remedy) = found.jobs.iter().find_map(|gate| {
        let (lacking, remedy) = lacking(gate)?;
        Some((gate, lacking, remedy))
    })?;
    let (file, _) = gate.innermost();
    let what = format!(
        "the policy asks about `{first}`{more}, which only an administrator's token is told, and {lacking}: that stays \
         unknown"
    );
    Some(Diagnosis::new(Grade::Notice, what, remedy).at(&file.path, file.line(&gate.step.span)))
}

/// Why a step's tokens are told no administration facts, and what to do. A secret in `token` may be a person's, which
/// is told them; what a step made is an app's, which looks as the workflow's own does, and is taken for it there.
fn lacking(gate: &GateJob) -> Option<(&'static str, &'static str)> {
    if gate.step.uses.is_none() || gate.input("settings-token").is_some() {
        return None;
    }
    let token = gate.input("token").unwrap_or_default().to_ascii_lowercase();
    if token.contains("steps.") {
        return Some((
            "an app's token counts for that as `settings-token` alone, not as `token`",
            "hand the app's token to `settings-token`, and leave `token` to the workflow's own",
        ));
    }
    let is_own = token.is_empty() || token.contains("github.token") || token.contains("secrets.github_token");
    is_own.then_some((
        "the step has no `settings-token`",
        "give `settings-token` a fine-grained token or an app's token with `administration: read`, or attest it",
    ))
}
