//! The one comment of a pull request.
//!
//! It is found again by a marker and its author. The marker alone proves nothing: anybody can write it. An
//! author of type `Bot` does, since only an app that is installed on the repository comments as one; that a
//! comment was made *through* an app does not, since anybody's app can act for its user.

use serde_json::json;

use crate::github::{Client, GithubError, Route};
use crate::report::escape::uri;

use super::mark::{Ours, marked, normal, ours};
use super::{Outcome, Repository};

/// The hidden first line of the comment of the gate with this name.
pub fn marker(name: &str) -> String {
    // Percent-encoded, so that no name can end the HTML comment.
    format!("<!-- readygate:{} -->", uri(name))
}

/// Leaves at most one comment of this gate at the pull request.
///
/// `body` is what there is to say. `None`, a change that does nothing about readiness, makes no comment; one that
/// is there from before says `resolved` from then on. Requests: one for every 100 comments, and one to write; a new
/// comment costs a second listing, by which two runs at once leave one comment.
pub async fn comment(
    client: &Client,
    repository: &Repository,
    pull_request: u64,
    name: &str,
    body: Option<&str>,
    resolved: &str,
) -> Outcome {
    let thread = Thread {
        client,
        list: repository
            .route()
            .then(&["issues", &pull_request.to_string(), "comments"]),
        one: repository.route().then(&["issues", "comments"]),
        marker: marker(name),
    };
    // Who may write none has none to look for.
    if let Some(error) = client.in_vain(&thread.list) {
        return error.into();
    }
    match thread.settle(body, resolved).await {
        Ok(outcome) => outcome,
        Err(error) => error.into(),
    }
}

struct Thread<'a> {
    client: &'a Client,
    list: Route,
    one: Route,
    marker: String,
}

impl Thread<'_> {
    async fn settle(&self, body: Option<&str>, resolved: &str) -> Result<Outcome, GithubError> {
        let all = self.client.get_all(&self.list).await?;
        let ours = ours(self.client, &all, "id", &self.marker).await?;
        let Some((first, rest)) = ours.split_first() else {
            let Some(body) = body else {
                return Ok(Outcome::Nothing);
            };
            return self.create(&self.text(body)).await;
        };
        let text = self.text(body.unwrap_or(resolved));
        self.delete(rest).await;
        self.update(first, &text).await
    }

    fn text(&self, body: &str) -> String {
        format!("{}\n{body}", self.marker)
    }

    async fn create(&self, text: &str) -> Result<Outcome, GithubError> {
        let made = self.client.post(&self.list, &json!({ "body": text })).await?;
        let author = made["user"]["login"].as_str().unwrap_or_default().to_owned();
        // Another run may have made one between our listing and our writing. Both see both now, and keep the same.
        let Ok(all) = self.client.get_all(&self.list).await else {
            return Ok(Outcome::Done);
        };
        let ours: Vec<Ours> = marked(&all, "id", &self.marker)
            .into_iter()
            .filter(|ours| ours.author == author)
            .collect();
        if let Some((first, rest)) = ours.split_first() {
            self.delete(rest).await;
            self.update(first, text).await?;
        }
        Ok(Outcome::Done)
    }

    async fn update(&self, comment: &Ours, text: &str) -> Result<Outcome, GithubError> {
        if normal(&comment.body) == normal(text) {
            return Ok(Outcome::Nothing);
        }
        let route = self.one.clone().then(&[&comment.id.to_string()]);
        self.client.patch(&route, &json!({ "body": text })).await?;
        Ok(Outcome::Done)
    }

    /// Removes further comments of ours. One that is gone already, or stays, does no harm.
    async fn delete(&self, comments: &[Ours]) {
        for comment in comments {
            let route = self.one.clone().then(&[&comment.id.to_string()]);
            let _ = self.client.delete(&route).await;
        }
    }
}
