//! Whether head changes the workflow that runs the gate, or brings one that answers in its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::artifact::workflow::{CheckName, Job, Permissions, Rights, Workflow, WorkflowFile, check_names};
use crate::judge::{self, Weakening};
use crate::model::{BlobId, Entry, Read, RegressionKind, RepoPath, Severity};
use crate::source::{Revision, Source, SourceError, Wanted};
use crate::text::{Document, Span};

use super::base::Base;
use super::listed::Trees;
use super::request::{PolicyChoice, Request};
use super::stop::Stop;

/// The name of the check run where a step gives none.
const CHECK_RUN: &str = "readiness";
/// Rights by which a workflow writes a check of any name, the gate's among them.
const TELLING: [&str; 2] = ["checks", "statuses"];

/// What head does to the gate's workflows.
#[derive(Default)]
pub(super) struct Changes {
    /// Each a weakening.
    pub weakenings: Vec<Weakening>,
    /// The policies that the merge base's gate names, where head changes something: `None` for the usual places.
    policies: BTreeSet<Option<String>>,
}

impl Changes {
    /// Whether who judges was chosen by a workflow that the pull request may have changed to choose it: what is judged
    /// by is not what the merge base's gate names.
    pub fn choose(&self, choice: &PolicyChoice) -> bool {
        let chosen = match choice {
            PolicyChoice::At(path) => Some(path.clone()),
            PolicyChoice::Found => None,
            // Nobody's workflow says these.
            PolicyChoice::Untracked(_) | PolicyChoice::Given(_) => return false,
        };
        !self.weakenings.is_empty() && !self.policies.is_empty() && self.policies != BTreeSet::from([chosen])
    }

    /// The policies that the merge base's gate names by their paths.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.policies.iter().flatten().map(String::as_str)
    }
}

/// The gate's workflows that differ between the merge base and head, and those of head that are new or changed and
/// answer in the gate's place: a check of its name, or newly the right to write one.
///
/// A workflow is the gate's when the event says so (`GITHUB_WORKFLOW_REF`), or when a step uses an action
/// named readygate or runs the program. Workflows are read only where head brings one or takes one away.
///
/// # Errors
/// A revision could not be listed, or a workflow could not be read.
pub(super) async fn changed<S: Source>(
    source: &mut S,
    trees: &mut Trees,
    request: &Request,
    base: &Base,
) -> Result<Changes, Stop> {
    let revision = Revision::Commit(base.merge_base.clone());
    let before = workflows(trees.at(source, &revision).await?);
    let after = workflows(trees.at(source, &request.head).await?);
    let known: BTreeSet<BlobId> = before.iter().filter_map(|wanted| wanted.entry.id).collect();
    let is_here = |wanted: &Wanted| after.iter().any(|now| is_same(now, wanted));
    let brought: Vec<Wanted> = after
        .iter()
        .filter(|wanted| wanted.entry.id.is_none_or(|id| !known.contains(&id)))
        .cloned()
        .collect();
    if brought.is_empty() && before.iter().all(is_here) {
        return Ok(Changes::default());
    }
    let old = seen(&before, source.read(&revision, &before).await)?;
    let is_gate = |file: &&Seen| request.workflow.as_ref() == Some(&file.path) || file.runs_gate();
    let gates: Vec<&Seen> = old.iter().filter(is_gate).collect();
    if gates.is_empty() {
        return Ok(Changes::default());
    }
    let mut changes = Changes::default();
    for gate in &gates {
        let now = after.iter().find(|now| now.path == gate.path);
        let was = before.iter().find(|was| was.path == gate.path);
        if now.zip(was).is_none_or(|(now, was)| !is_same(now, was)) {
            changes.weakenings.push(touched(&gate.path, now.is_none()));
        }
    }
    let new = seen(&brought, source.read(&request.head, &brought).await)?;
    let is_gates = |file: &&Seen| gates.iter().any(|gate| gate.path == file.path);
    let answering = Answering::of(&old);
    for file in new.iter().filter(|file| !is_gates(file)) {
        changes.weakenings.extend(answering.stand_in(file, &old, &new));
    }
    changes.policies = policies(&gates, request.workflow.as_ref());
    Ok(changes)
}

fn workflows(tree: &crate::model::Tree) -> Vec<Wanted> {
    tree.below(".github/workflows")
        .filter(|(path, entry)| entry.is_file() && matches!(path.extension(), Some("yml" | "yaml")))
        .map(|(path, entry): (&RepoPath, &Entry)| Wanted {
            path: path.clone(),
            entry: entry.clone(),
        })
        .collect()
}

fn is_same(left: &Wanted, right: &Wanted) -> bool {
    left.path == right.path && left.entry.id == right.entry.id
}

fn touched(path: &RepoPath, is_gone: bool) -> Weakening {
    let verb = if is_gone { "removed" } else { "changed" };
    Weakening {
        kind: RegressionKind::Workflow,
        control: None,
        severity: Severity::Critical,
        message: format!("the workflow that runs the gate, `{path}`, is {verb}"),
        path: (!is_gone).then(|| path.as_str().to_owned()),
        line: (!is_gone).then_some(1),
    }
}

/// A workflow file that was read.
struct Seen {
    path: RepoPath,
    document: Arc<Document>,
    /// `None` where it can't be parsed here.
    workflow: Option<Workflow>,
}

/// Those that are text: GitHub runs none that is not, or as large as what is not read.
fn seen(wanted: &[Wanted], reads: Vec<Read>) -> Result<Vec<Seen>, Stop> {
    let mut all = Vec::new();
    for (Wanted { path, .. }, read) in wanted.iter().zip(reads) {
        match read {
            Read::Here(document) => {
                let workflow = match &document.view::<WorkflowFile>().0 {
                    Ok(found) => found.clone(),
                    Err(_) => None,
                };
                all.push(Seen {
                    path: path.clone(),
                    document,
                    workflow,
                });
            }
            Read::Unread(unread) if unread.cause.is_content() => {}
            Read::Unread(unread) => {
                return Err(Stop::Unreadable(SourceError::Unreachable {
                    what: format!(
                        "workflows are changed, and whether `{path}` runs the gate is not known: {}",
                        unread.what
                    ),
                }));
            }
            Read::Absent => {}
        }
    }
    Ok(all)
}

impl Seen {
    /// Whether it runs the gate. One that can't be parsed here is taken for the gate's when it names it.
    fn runs_gate(&self) -> bool {
        match &self.workflow {
            Some(workflow) => workflow.jobs.iter().any(runs_gate),
            None => self.document.text().is_ok_and(|text| text.contains("readygate")),
        }
    }

    fn weakening(&self, span: &Span, message: String) -> Weakening {
        Weakening {
            kind: RegressionKind::Workflow,
            control: None,
            severity: Severity::Critical,
            message,
            path: Some(self.path.as_str().to_owned()),
            line: Some(self.document.line_of(span.start)),
        }
    }
}

fn runs_gate(job: &Job) -> bool {
    job.steps.iter().any(judge::is_gate_step)
}

/// The workflow at a path, as the first of these have it.
fn find<'a>(files: &[&'a [Seen]], path: &str) -> Option<&'a Workflow> {
    let file = files
        .iter()
        .flat_map(|files| *files)
        .find(|file| file.path.as_str() == path)?;
    file.workflow.as_ref()
}

/// The policies that the gate's steps name; those of the workflow that runs it alone, where it is among them.
fn policies(gates: &[&Seen], own: Option<&RepoPath>) -> BTreeSet<Option<String>> {
    let is_own = |gate: &&&Seen| Some(&gate.path) == own;
    let has_own = gates.iter().any(|gate| is_own(&gate));
    let counting = gates.iter().filter(|gate| !has_own || is_own(gate));
    let jobs = counting.flat_map(|gate| gate.workflow.iter().flat_map(|workflow| &workflow.jobs));
    let steps = jobs
        .flat_map(|job| &job.steps)
        .filter(|step| step.uses.is_some() && judge::is_gate_step(step));
    let named = steps.map(|step| {
        let given = step.with.iter().find(|(key, _)| key == "policy");
        given.map(|(_, text)| text.text.clone()).filter(|text| !text.is_empty())
    });
    named.collect()
}

/// By what the gate's answer is known to who requires it.
struct Answering {
    jobs: Vec<CheckName>,
    runs: BTreeSet<String>,
}

impl Answering {
    fn of(files: &[Seen]) -> Self {
        let at = |path: &str| find(&[files], path);
        let calls = |job: &Job| {
            let called = job.uses.as_ref().and_then(|uses| at(uses.text.strip_prefix("./")?));
            called.is_some_and(|called| called.jobs.iter().any(runs_gate))
        };
        let mut jobs = Vec::new();
        let mut runs = BTreeSet::new();
        for workflow in files.iter().filter_map(|file| file.workflow.as_ref()) {
            let named = check_names(workflow, &at).into_iter();
            jobs.extend(
                named
                    .filter(|(_, job)| runs_gate(job) || calls(job))
                    .map(|(name, _)| name),
            );
            let steps = workflow.jobs.iter().flat_map(|job| &job.steps);
            for step in steps.filter(|step| step.uses.is_some() && judge::is_gate_step(step)) {
                let name = step.with.iter().find(|(key, _)| key == "name");
                runs.insert(name.map_or(CHECK_RUN, |(_, name)| name.text.as_str()).to_owned());
            }
        }
        Self { jobs, runs }
    }

    fn has(&self, name: &CheckName) -> bool {
        let is_one = |gate: &CheckName| {
            let is_known = gate.is_whole() && name.is(&gate.shown());
            name == gate || is_known || name.is_whole() && gate.is(&name.shown())
        };
        self.jobs.iter().any(is_one) || self.runs.iter().any(|run| name.is(run))
    }

    /// What of a file that head brings could answer for the gate, and could not before.
    fn stand_in(&self, file: &Seen, old: &[Seen], new: &[Seen]) -> Vec<Weakening> {
        let Some(workflow) = &file.workflow else {
            return Vec::new();
        };
        // One that others call alone answers under their names, which are looked at there.
        if workflow.triggers.iter().all(|trigger| trigger.event == "workflow_call") {
            return Vec::new();
        }
        let was = find(&[old], file.path.as_str());
        let before = was.map_or_else(Vec::new, |was| check_names(was, &|path| find(&[old], path)));
        let named = check_names(workflow, &|path| find(&[new, old], path));
        let fresh = named
            .into_iter()
            .filter(|(name, _)| self.has(name) && !before.iter().any(|(known, _)| known == name));
        let mut found: Vec<Weakening> = fresh
            .map(|(name, job)| {
                let verb = if name.is_whole() { "is" } else { "may be" };
                let message = format!(
                    "a job of `{}` answers in the gate's place: the name of its check {verb} the gate's (`{}`)",
                    file.path,
                    name.shown()
                );
                file.weakening(&job.span, message)
            })
            .collect();
        let held: Vec<&str> = was.map_or_else(Vec::new, |was| told(was).into_iter().map(|(scope, _)| scope).collect());
        let taken = told(workflow).into_iter().filter(|(scope, _)| !held.contains(scope));
        found.extend(taken.map(|(scope, span)| {
            let message = format!(
                "`{}` newly takes `{scope}: write`, by which it can write an answer of any name, the gate's too",
                file.path
            );
            file.weakening(span, message)
        }));
        found
    }
}

/// The rights to tell that a workflow or a job of it takes, each once with its place.
fn told(workflow: &Workflow) -> Vec<(&'static str, &Span)> {
    let own = workflow.jobs.iter().filter_map(|job| job.permissions.as_ref());
    let all: Vec<&Permissions> = workflow.permissions.iter().chain(own).collect();
    let writes = |rights: &Rights, scope: &str| match rights {
        Rights::WriteAll => true,
        Rights::Listed(listed) => listed.iter().any(|(name, level)| name == scope && level == "write"),
        Rights::ReadAll | Rights::Other(_) => false,
    };
    let taken = TELLING.iter().filter_map(|scope| {
        let first = all.iter().find(|permissions| writes(&permissions.rights, scope))?;
        Some((*scope, &first.span))
    });
    taken.collect()
}

#[cfg(test)]
mod tests {
    use crate::model::{Cause, Unread};

    use super::*;

    fn read(path: &str, text: &str) -> Result<Vec<Seen>, Stop> {
        let wanted = Wanted {
            path: RepoPath::new(path),
            entry: Entry {
                kind: crate::model::EntryKind::File,
                id: None,
                size: None,
            },
        };
        let document = Arc::new(Document::new(text.as_bytes()));
        seen(&[wanted], vec![Read::Here(document)])
    }

    fn file(path: &str, text: &str) -> Vec<Seen> {
        read(path, text).unwrap_or_default()
    }

    fn is_gate(steps: &str) -> bool {
        let text = format!("on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}");
        file(".github/workflows/a.yml", &text).iter().any(Seen::runs_gate)
    }

    #[test]
    fn what_could_not_be_read_is_not_taken_for_another_workflow() {
        let unread = Unread::new(Cause::Network, "the server does not answer", "try again");
        let wanted = Wanted {
            path: RepoPath::new(".github/workflows/a.yml"),
            entry: Entry {
                kind: crate::model::EntryKind::File,
                id: None,
                size: None,
            },
        };
        assert!(seen(&[wanted], vec![Read::Unread(unread)]).is_err());
        let broken = file(".github/workflows/a.yml", "jobs: [\n# readygate");
        assert!(broken.iter().any(Seen::runs_gate));
    }

    #[test]
    fn a_workflow_is_the_gates_by_what_its_steps_run() {
        assert!(is_gate("      - uses: someone/readygate@v1\n"));
        assert!(is_gate("      - uses: docker://ghcr.io/someone/readygate@sha256:00\n"));
        assert!(is_gate("      - run: ./bin/readygate check --base main\n"));
        assert!(!is_gate("      - uses: someone/readygate-docs@v1\n"));
        assert!(!is_gate("      - run: echo ready\n"));
    }

    const GATE: &str = "on: pull_request\njobs:\n  gate:\n    runs-on: x\n    steps:\n      - uses: o/readygate@v1\n";

    /// How many ways a new or changed file has to answer for the gate.
    fn ways(before: &str, after: &str) -> usize {
        let mut old = file(".github/workflows/gate.yml", GATE);
        if !before.is_empty() {
            old.extend(file(".github/workflows/b.yml", before));
        }
        let new = file(".github/workflows/b.yml", after);
        Answering::of(&old).stand_in(&new[0], &old, &new).len()
    }

    #[test]
    fn a_check_of_the_gates_name_answers_in_its_place() {
        let job = |id: &str, rest: &str| format!("on: push\njobs:\n  {id}:\n    runs-on: x\n{rest}    steps: []\n");
        assert_eq!(ways("", &job("gate", "")), 1);
        assert_eq!(ways("", &job("a", "    name: gate\n")), 1);
        assert_eq!(ways("", &job("readiness", "")), 1, "the check run's name");
        assert_eq!(ways("", &job("a", "    name: ${{ vars.A }}\n")), 1, "it may be");
        assert_eq!(ways("", &job("test", "")), 0);
        assert_eq!(ways("", &job("gate", "    name: Deploy\n")), 0);
        assert_eq!(ways("", &job("gate", "").replace("push", "workflow_call")), 0);
        // What was so before is nobody's doing in this change.
        assert_eq!(ways(&job("gate", ""), &job("gate", "    timeout-minutes: 5\n")), 0);
    }

    #[test]
    fn a_right_to_write_answers_is_told_when_it_is_new() {
        let with =
            |rights: &str| format!("on: push\npermissions: {rights}\njobs:\n  a:\n    runs-on: x\n    steps: []\n");
        assert_eq!(ways("", &with("{ checks: write }")), 1);
        assert_eq!(ways("", &with("write-all")), 2);
        assert_eq!(ways("", &with("{ checks: read, contents: write }")), 0);
        assert_eq!(
            ways(&with("{ checks: write }"), &with("{ checks: write, contents: read }")),
            0
        );
        assert_eq!(ways(&with("{ checks: write }"), &with("{ statuses: write }")), 1);
    }
}
