//! A completed check run with its annotations.
//!
//! What a team requires is the job; the check run shows where. It is made completed at once, so that a crash
//! leaves none that is in progress for ever.

use serde_json::{Value, json};

use crate::github::{Client, GithubError};
use crate::judge::{Conclusion, Ending};
use crate::model::Report;
use crate::report::escape::{clip, visible};
use crate::report::{Annotation, Setting, annotations, markdown};

use super::stop::reason;
use super::{Outcome, Repository};

/// GitHub takes 50 annotations a request, and a PATCH adds to those that are there (docs.github.com, "Checks").
const BATCH: usize = 50;
/// At most four requests: further annotations, the least grave ones, are in the summary alone.
const MOST: usize = 4 * BATCH;

/// A check run to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRun {
    name: String,
    head_sha: String,
    external_id: String,
    conclusion: Conclusion,
    title: String,
    summary: String,
    text: Option<String>,
    annotations: Vec<Annotation>,
}

impl CheckRun {
    /// The check run of a report. `head_sha` is the pull request's head, never the merge commit that the job runs
    /// for; `external_id` names this run of the job, so that a re-run can be told from it.
    pub fn of(report: &Report, setting: &Setting<'_>, head_sha: &str, external_id: &str) -> Self {
        let mut all = annotations(report);
        let more = all.len().saturating_sub(MOST);
        all.truncate(MOST);
        let mut summary = markdown::check_run(report, setting);
        if more > 0 {
            summary.push_str(&format!("\n{more} less grave places have no annotation.\n"));
        }
        Self {
            name: setting.name.to_owned(),
            head_sha: head_sha.to_owned(),
            external_id: external_id.to_owned(),
            conclusion: Ending::Judged(&report.verdict).conclusion(),
            title: markdown::title(report),
            summary,
            text: None,
            annotations: all,
        }
    }

    /// The check run of a run that could not judge: an invalid policy, or a repository that could not be read.
    /// `why` is plain text.
    pub fn failure(name: &str, head_sha: &str, external_id: &str, title: &str, why: &str) -> Self {
        Self {
            name: name.to_owned(),
            head_sha: head_sha.to_owned(),
            external_id: external_id.to_owned(),
            conclusion: Ending::Unreadable.conclusion(),
            title: clip(&visible(title), 200),
            summary: reason(why),
            text: None,
            annotations: Vec::new(),
        }
    }

    /// The same with a text below the summary: at most 65,535 characters.
    #[must_use]
    pub fn with_text(mut self, text: Option<String>) -> Self {
        self.text = text;
        self
    }

    /// Publishes it: one request, and one more for every further 50 annotations.
    ///
    /// Once it is made it counts as done, even if a later batch of annotations is refused: the summary has them
    /// all, and workflow commands beside it would show the first ones twice.
    pub async fn publish(&self, client: &Client, repository: &Repository) -> Outcome {
        match self.send(client, repository).await {
            Ok(()) => Outcome::Done,
            Err(error) => error.into(),
        }
    }

    async fn send(&self, client: &Client, repository: &Repository) -> Result<(), GithubError> {
        let route = repository.route().then(&["check-runs"]);
        let mut batches = self.annotations.chunks(BATCH);
        let mut body = json!({
            "name": self.name,
            "head_sha": self.head_sha,
            "external_id": self.external_id,
            "status": "completed",
            "conclusion": self.conclusion.as_str(),
        });
        body["output"] = self.output(batches.next().unwrap_or_default());
        let made = client.post(&route, &body).await?;
        let Some(id) = made["id"].as_u64() else {
            return Ok(());
        };
        let one = route.then(&[&id.to_string()]);
        for batch in batches {
            if client
                .patch(&one, &json!({ "output": self.output(batch) }))
                .await
                .is_err()
            {
                break;
            }
        }
        Ok(())
    }

    fn output(&self, batch: &[Annotation]) -> Value {
        let mut output = json!({
            "title": self.title,
            "summary": self.summary,
            "annotations": batch.iter().map(annotation).collect::<Vec<_>>(),
        });
        if let Some(text) = &self.text {
            output["text"] = json!(text);
        }
        output
    }
}

fn annotation(annotation: &Annotation) -> Value {
    let mut value = json!({
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level.as_str(),
        "title": annotation.title,
        "message": annotation.message,
    });
    let further = [
        ("start_column", annotation.start_column.map(Value::from)),
        ("end_column", annotation.end_column.map(Value::from)),
        ("raw_details", annotation.raw_details.clone().map(Value::from)),
    ];
    for (key, given) in further {
        if let Some(given) = given {
            value[key] = given;
        }
    }
    value
}
