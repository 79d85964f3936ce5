//! The one issue about settings that changed, and the record of an earlier run.
//!
//! The issue is found as the comment is: by its marker and its author, among the open ones. Closing it by hand accepts
//! what the settings are.

use serde_json::{Value, json};

use crate::github::{Client, GithubError};
use crate::judge::Record;
use crate::report::{issue_marker, read_record};

use super::mark::{marked, normal, ours};
use super::{Outcome, Repository};

/// Commits on which an earlier run's record is looked for.
const MOST_COMMITS: usize = 30;

/// The open issue of this gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIssue {
    /// Its number.
    pub number: u64,
    /// Its body.
    pub body: String,
}

/// The open issue of the gate with this name, the oldest one if there are several: one request for every 100 open issues.
///
/// # Errors
/// They could not be listed.
pub async fn open_issue(
    client: &Client,
    repository: &Repository,
    name: &str,
) -> Result<Option<OpenIssue>, GithubError> {
    let all = listed(client, repository).await?;
    let ours = ours(client, &all, "number", &issue_marker(name)).await?;
    let first = ours.into_iter().next();
    Ok(first.map(|ours| OpenIssue {
        number: ours.id,
        body: ours.body,
    }))
}

/// Leaves one open issue with this text: the one that was found is brought up to date, else one is opened.
pub async fn write_issue(
    client: &Client,
    repository: &Repository,
    name: &str,
    found: Option<&OpenIssue>,
    (title, body): (&str, &str),
) -> Outcome {
    let written = match found {
        Some(issue) if normal(&issue.body) == normal(body) => return Outcome::Nothing,
        Some(issue) => {
            let route = repository.route().then(&["issues", &issue.number.to_string()]);
            client.patch(&route, &json!({ "body": body })).await.map(|_| ())
        }
        None => open(client, repository, name, (title, body)).await,
    };
    written.map_or_else(Outcome::from, |()| Outcome::Done)
}

/// Closes the issue, saying why.
pub async fn close_issue(client: &Client, repository: &Repository, issue: &OpenIssue, why: &str) -> Outcome {
    let one = repository.route().then(&["issues", &issue.number.to_string()]);
    // Closed first: a comment that fails leaves nothing open that is in order.
    let closed = client
        .patch(&one, &json!({ "state": "closed", "state_reason": "completed" }))
        .await;
    if let Err(error) = closed {
        return error.into();
    }
    let told = client.post(&one.then(&["comments"]), &json!({ "body": why })).await;
    told.map_or_else(Outcome::from, |_| Outcome::Done)
}

async fn open(
    client: &Client,
    repository: &Repository,
    name: &str,
    (title, body): (&str, &str),
) -> Result<(), GithubError> {
    let route = repository.route().then(&["issues"]);
    let made = client.post(&route, &json!({ "title": title, "body": body })).await?;
    let (number, author) = (
        made["number"].as_u64(),
        made["user"]["login"].as_str().unwrap_or_default(),
    );
    // Another run may have opened one between our listing and our writing. Both see both now, and keep the older.
    let Ok(all) = listed(client, repository).await else {
        return Ok(());
    };
    let mut same = marked(&all, "number", &issue_marker(name))
        .into_iter()
        .filter(|ours| ours.author == author);
    if let (Some(first), Some(number)) = (same.next(), number)
        && first.id != number
    {
        let one = route.then(&[&number.to_string()]);
        let _ = client
            .patch(&one, &json!({ "state": "closed", "state_reason": "not_planned" }))
            .await;
    }
    Ok(())
}

/// The open issues. GitHub lists pull requests among them.
async fn listed(client: &Client, repository: &Repository) -> Result<Vec<Value>, GithubError> {
    let route = repository.route().then(&["issues"]).with("state", "open");
    let mut all = client.get_all(&route).await?;
    all.retain(|issue| issue.get("pull_request").is_none());
    Ok(all)
}

/// The record that the last scheduled run of this gate kept in its check run: on `head`, else on one of the commits
/// before it. `None` where there is none.
///
/// # Errors
/// Check runs or commits could not be listed.
pub async fn earlier_record(
    client: &Client,
    repository: &Repository,
    name: &str,
    head: &str,
) -> Result<Option<Record>, GithubError> {
    if let Some(record) = record_at(client, repository, name, head).await? {
        return Ok(Some(record));
    }
    let most = MOST_COMMITS.to_string();
    let route = repository
        .route()
        .then(&["commits"])
        .with("sha", head)
        .with("per_page", &most);
    let commits = client.get(&route).await?;
    for commit in commits.as_array().into_iter().flatten().take(MOST_COMMITS) {
        let Some(sha) = commit["sha"].as_str().filter(|sha| *sha != head) else {
            continue;
        };
        if let Some(record) = record_at(client, repository, name, sha).await? {
            return Ok(Some(record));
        }
    }
    Ok(None)
}

async fn record_at(
    client: &Client,
    repository: &Repository,
    name: &str,
    sha: &str,
) -> Result<Option<Record>, GithubError> {
    let route = repository.route().then(&["commits", sha, "check-runs"]);
    let mut runs = client
        .get_all(&route.with("check_name", name).with("filter", "all"))
        .await?;
    runs.sort_by_key(|run| std::cmp::Reverse(run["id"].as_u64()));
    let mut texts = runs.iter().filter_map(|run| run["output"]["text"].as_str());
    Ok(texts.find_map(|text| read_record(name, text)))
}
