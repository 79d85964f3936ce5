//! Whether head changes the workflow that runs the gate.

use crate::artifact::workflow::WorkflowFile;
use crate::judge::{self, Weakening};
use crate::model::{Entry, Read, RegressionKind, RepoPath, Severity};
use crate::source::{Revision, Source, SourceError, Wanted};

use super::listed::Trees;
use super::session::{Base, Request};
use super::stop::Stop;

/// The gate's workflows that differ between the merge base and head, each a weakening.
///
/// A workflow is the gate's when the event says so (`GITHUB_WORKFLOW_REF`), or when a step uses an action
/// named readygate or runs the program. Only workflows that differ are read.
///
/// # Errors
/// A revision could not be listed.
pub(super) async fn changed<S: Source>(
    source: &mut S,
    trees: &mut Trees,
    request: &Request,
    base: &Base,
) -> Result<Vec<Weakening>, Stop> {
    let revision = Revision::Commit(base.merge_base.clone());
    let before: Vec<(RepoPath, Entry)> = workflows(trees.at(source, &revision).await?);
    let after = trees.at(source, &request.head).await?;
    let differing: Vec<Wanted> = before
        .into_iter()
        .filter(|(path, entry)| after.get(path.as_str()).is_none_or(|now| now.id != entry.id))
        .map(|(path, entry)| Wanted { path, entry })
        .collect();
    let gone: Vec<bool> = differing
        .iter()
        .map(|wanted| after.get(wanted.path.as_str()).is_none())
        .collect();
    if differing.is_empty() {
        return Ok(Vec::new());
    }
    let reads = source.read(&revision, &differing).await;
    let mut found = Vec::new();
    for ((wanted, read), gone) in differing.iter().zip(reads).zip(gone) {
        let is_named = request.workflow.as_ref() == Some(&wanted.path);
        if is_named || runs_gate(&wanted.path, &read)? {
            let verb = if gone { "removed" } else { "changed" };
            found.push(Weakening {
                kind: RegressionKind::Workflow,
                control: None,
                severity: Severity::Critical,
                message: format!("the workflow that runs the gate, `{}`, is {verb}", wanted.path),
                path: (!gone).then(|| wanted.path.as_str().to_owned()),
                line: (!gone).then_some(1),
            });
        }
    }
    Ok(found)
}

fn workflows(tree: &crate::model::Tree) -> Vec<(RepoPath, Entry)> {
    tree.below(".github/workflows")
        .filter(|(path, entry)| entry.is_file() && matches!(path.extension(), Some("yml" | "yaml")))
        .map(|(path, entry)| (path.clone(), entry.clone()))
        .collect()
}

/// Whether a workflow runs the gate. One that can't be parsed here is taken for the gate's when it names it.
fn runs_gate(path: &RepoPath, read: &Read) -> Result<bool, Stop> {
    let document = match read {
        Read::Here(document) => document,
        // GitHub runs none that is not text or as large as that.
        Read::Unread(unread) if unread.cause.is_content() => return Ok(false),
        Read::Unread(unread) => {
            return Err(Stop::Unreadable(SourceError::Unreachable {
                what: format!(
                    "`{path}` is changed, and whether it runs the gate is not known: {}",
                    unread.what
                ),
            }));
        }
        Read::Absent => return Ok(false),
    };
    let file = document.view::<WorkflowFile>();
    let Ok(Some(workflow)) = &file.0 else {
        return Ok(document.text().is_ok_and(|text| text.contains("readygate")));
    };
    Ok(workflow.jobs.iter().flat_map(|job| &job.steps).any(judge::is_gate_step))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::{Cause, Unread};
    use crate::text::Document;

    use super::*;

    fn is_gate(steps: &str) -> bool {
        let text = format!("on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n{steps}");
        let read = Read::Here(Arc::new(Document::new(text.into_bytes())));
        runs_gate(&RepoPath::new(".github/workflows/a.yml"), &read).is_ok_and(|found| found)
    }

    #[test]
    fn what_could_not_be_read_is_not_taken_for_another_workflow() {
        let unread = Unread::new(Cause::Network, "the server does not answer", "try again");
        let path = RepoPath::new(".github/workflows/a.yml");
        assert!(runs_gate(&path, &Read::Unread(unread)).is_err());
        let broken = Read::Here(Arc::new(Document::new(b"jobs: [\n# readygate".as_slice())));
        assert!(runs_gate(&path, &broken).is_ok_and(|found| found));
    }

    #[test]
    fn a_workflow_is_the_gates_by_what_its_steps_run() {
        assert!(is_gate("      - uses: someone/readygate@v1\n"));
        assert!(is_gate("      - uses: docker://ghcr.io/someone/readygate@sha256:00\n"));
        assert!(is_gate("      - run: ./bin/readygate check --base main\n"));
        assert!(!is_gate("      - uses: someone/readygate-docs@v1\n"));
        assert!(!is_gate("      - run: echo ready\n"));
    }
}
