//! What is wrong with the way in which a repository runs the gate: `readygate doctor`.
//!
//! Pure: it sees a snapshot (workflows, CODEOWNERS, settings as facts) and what became of the policy. What could not
//! be read is said as unknown, never as fine.

mod gate;
mod names;
mod required;
mod rights;
mod skips;
mod starts;
mod trust;

use std::collections::BTreeSet;

use crate::artifact::CODEOWNERS_PATHS;
use crate::artifact::workflow::workflow_paths;
use crate::model::{Fact, FactKey, FailOn, Needs, RepoPath, Snapshot, Tree, Unread, WeakeningRule};

pub use gate::is_gate_step;
use gate::{Found, GateJob};

/// The settings that a diagnosis looks at.
const FACTS: [&str; 6] = [
    "branch.code-owner-review",
    "branch.merge-queue",
    "branch.required-checks",
    "branch.required-workflows",
    "repository.default-branch",
    "repository.private",
];

/// How grave it is, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// The gate does not gate, or nothing can be merged any more.
    Stops,
    /// The gate gates, and somebody can get around it.
    Weakens,
    /// What could not be read may be either.
    Unknown,
    /// Something less than there could be.
    Notice,
}

impl Grade {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stops => "stops",
            Self::Weakens => "weakens",
            Self::Unknown => "unknown",
            Self::Notice => "notice",
        }
    }
}

/// One thing that is wrong: what, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnosis {
    /// How grave it is.
    pub grade: Grade,
    /// What is wrong, without a full stop.
    pub what: String,
    /// The file and its line; `None` for a setting.
    pub place: Option<(RepoPath, u32)>,
    /// What to do, without a full stop.
    pub remedy: String,
}

impl Diagnosis {
    fn new(grade: Grade, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            grade,
            what: what.into(),
            place: None,
            remedy: remedy.into(),
        }
    }

    fn at(mut self, path: &RepoPath, line: u32) -> Self {
        self.place = Some((path.clone(), line));
        self
    }

    fn unknown(question: &str, unread: &Unread) -> Self {
        let remedy = if unread.settle.is_empty() {
            "run again where it can be read"
        } else {
            &unread.settle
        };
        Self::new(
            Grade::Unknown,
            format!("{question} is not known: {}", unread.what),
            remedy,
        )
    }
}

/// What became of the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyState {
    /// The repository has none: the built-in packs judge.
    Missing,
    /// It is one.
    Valid(PolicyFacts),
    /// It has mistakes.
    Invalid {
        /// Where it stands.
        path: RepoPath,
        /// The mistakes, each one line.
        mistakes: Vec<String>,
    },
    /// It, or a pack of it, could not be read.
    Unread(Unread),
}

/// What a diagnosis wants to know of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFacts {
    /// Where it stands.
    pub path: RepoPath,
    /// The checklists that it names.
    pub checklists: Vec<RepoPath>,
    /// What blocks.
    pub fail_on: FailOn,
    /// Who accepts a weakening.
    pub weakening: WeakeningRule,
    /// Facts that it asks about and that only an administrator's token is told.
    pub admin_facts: BTreeSet<FactKey>,
}

/// Something that the gate does with its token, and the permission it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// Which.
    pub kind: FeatureKind,
    /// The permissions of which one is enough, as (scope, access): `("pull-requests", "write")`.
    pub permissions: Vec<(String, String)>,
    /// What becomes of a run without it.
    pub without: String,
}

/// What the gate does with its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureKind {
    /// Reads the repository.
    Reading,
    /// Reads the reviews that accept a weakening.
    Reviews,
    /// Writes the check run with its annotations.
    CheckRun,
    /// Writes the pull request's comment.
    Comment,
    /// Opens the issue about settings that changed.
    Issue,
}

/// All that a diagnosis sees.
#[derive(Debug, Clone, Copy)]
pub struct Setup<'a> {
    /// The repository, with what `setup_needs` names.
    pub snapshot: &'a Snapshot,
    /// What became of the policy.
    pub policy: &'a PolicyState,
    /// What the gate does with its token.
    pub features: &'a [Feature],
}

/// What a diagnosis wants to see of a repository.
pub fn setup_needs(tree: &Tree) -> Needs {
    let workflows = workflow_paths(tree).map(|(path, _)| path.clone());
    let names = CODEOWNERS_PATHS.iter().chain(&gate::OWN_ACTION);
    let named = names
        .filter(|path| tree.get(path).is_some())
        .map(|path| RepoPath::new(path));
    let mut needs = Needs::files(workflows.chain(named).chain(gate::nested(tree)));
    needs.unite(Needs::facts(FACTS));
    needs
}

/// All that is wrong, the gravest first. Empty: nothing was found.
pub fn diagnose(setup: &Setup<'_>) -> Vec<Diagnosis> {
    let found = gate::find(setup.snapshot);
    let mut all = policy(setup);
    all.extend(absence(setup, &found));
    let changes: Vec<&GateJob> = found.jobs.iter().filter(|job| job.judges_changes()).collect();
    let (told, looked_at) = required::required(setup, &found, &changes);
    all.extend(told);
    for job in &looked_at {
        all.extend(required::one_name(job));
        all.extend(starts::starts(setup, job));
        all.extend(skips::skips(job));
        all.extend(rights::rights(setup, job));
    }
    all.extend(starts::events(setup, &looked_at));
    for job in found.jobs.iter().filter(|job| !job.judges_changes()) {
        all.extend(rights::rights(setup, job));
    }
    all.extend(trust::trust(setup, &found));
    all.sort();
    all.dedup();
    all
}

/// Whether something stops the gate from gating.
pub fn is_stopped(diagnoses: &[Diagnosis]) -> bool {
    diagnoses.iter().any(|diagnosis| diagnosis.grade == Grade::Stops)
}

fn policy(setup: &Setup<'_>) -> Vec<Diagnosis> {
    match setup.policy {
        PolicyState::Missing => vec![Diagnosis::new(
            Grade::Notice,
            "there is no policy, so the built-in packs judge",
            "write `.github/readiness.toml` with `version = 1` and `extends = [\"builtin:default\"]`",
        )],
        PolicyState::Unread(unread) => vec![Diagnosis::unknown("whether the policy is valid", unread)],
        PolicyState::Invalid { path, mistakes } => {
            let first = mistakes.first().map_or("", String::as_str);
            let more = match mistakes.len() {
                0 | 1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let what = format!("the policy has mistakes, so every run fails without a verdict: {first}{more}");
            vec![Diagnosis::new(Grade::Stops, what, "mend what `readygate policy check` shows").at(path, 1)]
        }
        PolicyState::Valid(facts) => valid_policy(setup, facts),
    }
}

fn valid_policy(setup: &Setup<'_>, facts: &PolicyFacts) -> Vec<Diagnosis> {
    let tree = &setup.snapshot.tree;
    let missing = facts.checklists.iter().filter(|path| tree.get(path.as_str()).is_none());
    let mut all: Vec<Diagnosis> = missing
        .map(|path| match tree.truncation() {
            None => Diagnosis::new(
                Grade::Weakens,
                format!("the checklist `{path}` that the policy names does not exist, so nothing holds it against the evidence"),
                "write it, or correct `[checklist] files`",
            )
            .at(&facts.path, 1),
            Some(why) => Diagnosis::new(
                Grade::Unknown,
                format!("whether the checklist `{path}` exists is not known: the listing of files is not whole ({why})"),
                "run `readygate doctor` in a checkout",
            ),
        })
        .collect();
    if facts.fail_on == FailOn::Never {
        let what = "the policy says `fail-on = \"never\"`, so nothing blocks a merge";
        let remedy = "write `fail-on = \"regression\"` once what it reports is right";
        all.push(Diagnosis::new(Grade::Weakens, what, remedy).at(&facts.path, 1));
    }
    all
}

/// No workflow runs the gate, or none that is known to.
fn absence(setup: &Setup<'_>, found: &Found) -> Vec<Diagnosis> {
    let mut all: Vec<Diagnosis> = found
        .broken
        .iter()
        .map(|broken| {
            let what = format!(
                "the workflow that runs the gate can't be parsed, so GitHub does not start it: {}",
                broken.message
            );
            Diagnosis::new(Grade::Stops, what, "mend its YAML").at(&broken.path, broken.line)
        })
        .collect();
    let nested = found.nested.iter().map(|path| {
        let what = "this workflow runs the gate and lies where GitHub looks for none, so it never starts";
        let grade = if found.jobs.is_empty() {
            Grade::Stops
        } else {
            Grade::Notice
        };
        Diagnosis::new(grade, what, "move it into `.github/workflows` of the repository's root").at(path, 1)
    });
    all.extend(nested);
    if !found.jobs.is_empty() {
        if !found.jobs.iter().any(GateJob::judges_changes) && found.unread.is_empty() {
            let first = &found.jobs[0];
            let what = "the gate runs for no pull request, so nothing is judged before it is merged";
            all.push(Diagnosis::new(Grade::Stops, what, "add `pull_request` to `on`").at(&first.path, 1));
        }
        return all;
    }
    for unread in &found.unread {
        all.push(Diagnosis::unknown("whether a workflow runs the gate", unread));
    }
    for (path, line, uses) in &found.elsewhere {
        let what = format!("whether `{uses}` runs the gate is not known: it is another repository's workflow");
        let remedy = "run `readygate doctor --repo` on that repository";
        all.push(Diagnosis::new(Grade::Unknown, what, remedy).at(path, *line));
    }
    let (required, _) = list(setup, "branch.required-workflows");
    for path in &required {
        let what = format!(
            "whether the workflow `{path}`, which a ruleset requires, runs the gate is not known: it is kept in another repository"
        );
        all.push(Diagnosis::new(
            Grade::Unknown,
            what,
            "look there with `readygate doctor --repo`",
        ));
    }
    let is_open = !found.unread.is_empty() || !found.elsewhere.is_empty() || !required.is_empty();
    if let Some(path) = found.uncalled.first() {
        let what = "this workflow runs the gate, and starts only when another one calls it, which none does";
        all.push(Diagnosis::new(Grade::Stops, what, "add `pull_request` to `on`, or call it").at(path, 1));
    } else if !is_open && found.broken.is_empty() && found.nested.is_empty() {
        let what = "no workflow runs the gate";
        let remedy = "add `.github/workflows/readiness.yml` with a job that uses the action; README.md shows one";
        all.push(Diagnosis::new(Grade::Stops, what, remedy));
    }
    all
}

/// A list among the facts, with what of it could not be read.
fn list(setup: &Setup<'_>, key: &str) -> (Vec<String>, Option<Unread>) {
    let names = |value: &serde_json::Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    match setup.snapshot.facts.get(key) {
        Fact::Known { value, .. } => (names(&value), None),
        Fact::AtLeast { value, unread, .. } => (names(&value), Some(unread)),
        Fact::Unread(unread) => (Vec::new(), Some(unread)),
    }
}

/// A switch among the facts.
fn flag(setup: &Setup<'_>, key: &str) -> Result<bool, Unread> {
    match setup.snapshot.facts.get(key) {
        Fact::Known { value, .. } => Ok(value == true),
        Fact::AtLeast { value, .. } if value == true => Ok(true),
        Fact::AtLeast { unread, .. } | Fact::Unread(unread) => Err(unread),
    }
}

/// A word among the facts.
fn word(setup: &Setup<'_>, key: &str) -> Result<String, Unread> {
    match setup.snapshot.facts.get(key) {
        Fact::Known { value, .. } => Ok(value.as_str().unwrap_or_default().to_owned()),
        Fact::AtLeast { unread, .. } | Fact::Unread(unread) => Err(unread),
    }
}

#[cfg(test)]
mod tests;
