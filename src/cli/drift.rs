//! Settings of GitHub's that changed since the last scheduled run: compared, told in one issue, and kept for the next run.
//!
//! What they were is kept in the check run's text, and while the issue is open in the issue: so a change that nobody
//! mended is still one on the next day, and closing the issue by hand accepts it.

use crate::github::{Client, GithubError};
use crate::judge::{self, Drift, Record};
use crate::model::RepoPath;
use crate::publish::{self, Earlier, OpenIssue, Outcome, Repository};
use crate::report;

use super::event::Event;
use super::session::Judgement;

/// What comparing gave.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// For the check run's text: the hidden record.
    pub text: Option<String>,
    /// What log and job summary say.
    pub lines: Vec<String>,
}

/// Where and for which gate.
pub(super) struct Place<'a> {
    /// The connection that publishes.
    pub client: &'a Client,
    /// The connection that reads, within the run's budget: what is left of it is kept for publishing.
    pub reading: &'a Client,
    /// The repository.
    pub repository: &'a Repository,
    /// The gate's name.
    pub name: &'a str,
    /// The commit that is judged.
    pub head: &'a str,
    /// The gate's own workflow file, where the run knows it.
    pub workflow: Option<&'a RepoPath>,
}

/// Whether an event is one for which settings are compared. A pull request is never one: no setting is its doing.
/// A run that somebody starts on another branch is none either: that branch's policy may not ask what the issue is about.
pub(super) fn is_compared(event: &Event) -> bool {
    let branch = event.reference.as_deref().unwrap_or_default();
    let branch = branch.strip_prefix("refs/heads/").unwrap_or(branch);
    let is_elsewhere = event.default_branch.as_deref().is_some_and(|default| default != branch);
    match event.name.as_str() {
        "schedule" => true,
        "workflow_dispatch" => !is_elsewhere,
        _ => false,
    }
}

impl Place<'_> {
    /// Compares the settings that the policy asks about; `None` where it asks about none.
    pub async fn compare(&self, judgement: &Judgement) -> Option<Compared> {
        let askers = judgement.plan.askers(&judgement.head);
        if askers.is_empty() {
            return None;
        }
        let drift = |before: &Record| judge::drift(before, &judgement.head.facts, &askers, &judgement.report);
        let issue = publish::open_issue(self.reading, self.repository, self.name).await;
        let mut compared = Compared::default();
        let told = issue.as_ref().ok().and_then(Option::as_ref);
        let before = match told.map(|issue| report::read_record(self.name, &issue.body)) {
            Some(Some(record)) => Some(record),
            Some(None) => {
                let number = told.map_or(0, |issue| issue.number);
                let line = format!(
                    "issue {number} no longer holds what the settings were: close it, and later runs compare with what they are now"
                );
                compared.lines.push(line);
                None
            }
            None => match self.earlier().await {
                Ok(Earlier::Kept(record)) => Some(record),
                Ok(Earlier::Nothing) => {
                    let line = "no earlier scheduled run kept its settings, so there is nothing to compare with yet";
                    compared.lines.push(line.to_owned());
                    None
                }
                Ok(Earlier::Hidden(error)) => {
                    compared.lines.push(format!(
                        "no run on the last commits kept its settings, and where earlier ones were is not known, so \
                         nothing is compared, and later runs compare with what the settings are now: {error}"
                    ));
                    None
                }
                Err(error) => {
                    // Nothing is kept, either: what is kept now would hide what changed until now.
                    compared
                        .lines
                        .push(format!("the settings are not compared with earlier ones: {error}"));
                    return Some(compared);
                }
            },
        };
        let record = match before {
            None => drift(&Record::new()).record,
            Some(before) => self.tell(&before, drift(&before), issue, &mut compared.lines).await,
        };
        compared.text = report::hidden_record(self.name, &record);
        if compared.text.is_none() {
            let line = "the settings are too long to be kept, so the next run has nothing to compare with";
            compared.lines.push(line.to_owned());
        }
        Some(compared)
    }

    async fn earlier(&self) -> Result<Earlier, GithubError> {
        let workflow = self.workflow.map(RepoPath::file_name);
        publish::earlier_record(self.reading, self.repository, self.name, (self.head, workflow)).await
    }

    /// Tells what changed; what the next run is to compare with.
    async fn tell(
        &self,
        before: &Record,
        drift: Drift,
        issue: Result<Option<OpenIssue>, GithubError>,
        lines: &mut Vec<String>,
    ) -> Record {
        lines.extend(report::drift_lines(&drift));
        match (drift.settings.is_empty(), issue) {
            (true, Ok(None)) => {
                if drift.unseen.is_empty() {
                    lines.push("no setting changed so that a control no longer holds".to_owned());
                }
                drift.record
            }
            (true, Err(error)) => {
                lines.push(format!("whether an issue about settings is open is not known: {error}"));
                drift.record
            }
            (true, Ok(Some(issue))) => {
                self.close(&issue, &drift, lines).await;
                drift.record
            }
            (false, Err(error)) => {
                lines.push(format!("no issue tells it: {error}"));
                unchanged(drift)
            }
            (false, Ok(issue)) => self.write(before, drift, issue, lines).await,
        }
    }

    async fn write(&self, before: &Record, drift: Drift, issue: Option<OpenIssue>, lines: &mut Vec<String>) -> Record {
        let title = report::issue_title(self.name);
        let body = report::issue_body(self.name, &drift, before);
        let text = (title.as_str(), body.as_str());
        match publish::write_issue(self.client, self.repository, self.name, issue.as_ref(), text).await {
            Outcome::Done | Outcome::Nothing => drift.record,
            Outcome::Refused(error) => {
                lines.push(format!("no issue tells it: {error}"));
                unchanged(drift)
            }
            Outcome::Unsure(error) => {
                lines.push(format!("the issue may not have been written: {error}"));
                unchanged(drift)
            }
        }
    }

    async fn close(&self, issue: &OpenIssue, drift: &Drift, lines: &mut Vec<String>) {
        let number = issue.number;
        if !drift.unseen.is_empty() {
            lines.push(format!(
                "issue {number} stays open, as not every setting can be read now"
            ));
            return;
        }
        let line = match publish::close_issue(self.client, self.repository, issue, report::in_order()).await {
            Outcome::Done | Outcome::Nothing => format!("the settings are back in order, and issue {number} is closed"),
            Outcome::Refused(error) => {
                format!("the settings are back in order; issue {number} could not be closed: {error}")
            }
            Outcome::Unsure(error) => {
                format!("the settings are back in order; issue {number} may not have been closed and told so: {error}")
            }
        };
        lines.push(line);
    }
}

/// The record of a change that nobody was told of: the next run has to see it again.
fn unchanged(drift: Drift) -> Record {
    let mut record = drift.record;
    for setting in drift.settings {
        record.insert(setting.key, setting.before);
    }
    record
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_run_on_another_branch_says_nothing_of_the_settings() {
        let payload = json!({"repository": {"default_branch": "main"}});
        let is = |name: &str, reference: &str| {
            let event = Event::read(name, &payload, "1111", Some(reference)).expect("is read");
            is_compared(&event)
        };
        assert!(is("workflow_dispatch", "refs/heads/main") && is("schedule", "refs/heads/main"));
        assert!(!is("workflow_dispatch", "refs/heads/feature") && !is("push", "refs/heads/main"));
    }
}
