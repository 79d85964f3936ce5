//! The one issue about settings that changed, and the record of an earlier run.
//!
//! The issue is found as the comment is: by its marker and its author, among the open ones. Closing it by hand accepts
//! what the settings are.

use serde_json::{Value, json};

use crate::github::{Client, GithubError, Kind, TokenKind};
use crate::judge::Record;
use crate::report::{issue_marker, read_record};

use super::mark::{marked, normal, ours};
use super::{Outcome, Repository};

/// Commits on which an earlier run's record is looked for, before earlier runs are listed.
const MOST_COMMITS: usize = 30;
/// Commits of earlier scheduled runs on which it is looked for then: a run may have ended before it kept anything.
const MOST_RUNS: usize = 20;
/// The app that workflows write as, on github.com and on every GitHub Enterprise Server.
const ACTIONS_APP: &str = "github-actions";

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
    let Some(first) = ours.into_iter().next() else {
        return Ok(None);
    };
    // Another app's issue could tell what the settings were before: it is not believed.
    let mut search = Search {
        client,
        repository,
        name,
        own: None,
    };
    if let Some(slug) = first.author.strip_suffix("[bot]")
        && !search.is_own(slug).await
    {
        return Ok(None);
    }
    Ok(Some(OpenIssue {
        number: first.id,
        body: first.body,
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

/// What earlier scheduled runs left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Earlier {
    /// The record that the last one kept in its check run.
    Kept(Record),
    /// None is known, and none could be found if there were one.
    Nothing,
    /// The runs further back than the last 30 commits can't be listed, today or ever: a permission is missing.
    Hidden(GithubError),
}

/// The record that the last scheduled run of this gate kept in its check run: on `head`, else on one of the commits
/// before it, else where GitHub lists earlier scheduled runs of `workflow` (the name of the gate's own file), however
/// many commits ago. Only the app that this token is of is believed: everybody's app can write a check run of any name.
///
/// # Errors
/// Check runs, commits or runs could not be listed, and may be the next time.
pub async fn earlier_record(
    client: &Client,
    repository: &Repository,
    name: &str,
    (head, workflow): (&str, Option<&str>),
) -> Result<Earlier, GithubError> {
    let mut search = Search {
        client,
        repository,
        name,
        own: None,
    };
    if let Some(record) = search.at(head).await? {
        return Ok(Earlier::Kept(record));
    }
    let commits = search.commits(head).await?;
    for sha in &commits {
        if let Some(record) = search.at(sha).await? {
            return Ok(Earlier::Kept(record));
        }
    }
    let Some(workflow) = workflow.filter(|_| commits.len() + 1 >= MOST_COMMITS) else {
        // There is no older one, or nobody knows where.
        return Ok(Earlier::Nothing);
    };
    let runs = match search.runs(workflow).await {
        Ok(runs) => runs,
        Err(error) => {
            return match error.kind {
                Kind::Forbidden { .. } | Kind::NotFound | Kind::Unauthorized => Ok(Earlier::Hidden(error)),
                Kind::RateLimited { .. } | Kind::Unavailable | Kind::Malformed | Kind::TooLarge | Kind::Rejected => {
                    Err(error)
                }
            };
        }
    };
    let older = runs.iter().filter(|sha| *sha != head && !commits.contains(sha));
    for sha in older.take(MOST_RUNS) {
        if let Some(record) = search.at(sha).await? {
            return Ok(Earlier::Kept(record));
        }
    }
    Ok(Earlier::Nothing)
}

struct Search<'a> {
    client: &'a Client,
    repository: &'a Repository,
    name: &'a str,
    /// The slug of the app that this token is of, once it was asked for; empty where it is none.
    own: Option<String>,
}

impl Search<'_> {
    /// The commits before head, the newest first.
    async fn commits(&self, head: &str) -> Result<Vec<String>, GithubError> {
        let most = MOST_COMMITS.to_string();
        let route = self.repository.route().then(&["commits"]);
        let listed = self
            .client
            .get(&route.with("sha", head).with("per_page", &most))
            .await?;
        let shas = listed.as_array().into_iter().flatten().take(MOST_COMMITS);
        let shas = shas.filter_map(|commit| commit["sha"].as_str().filter(|sha| *sha != head));
        Ok(shas.map(str::to_owned).collect())
    }

    /// The commits of a workflow's last scheduled runs, the newest first, each once.
    async fn runs(&self, workflow: &str) -> Result<Vec<String>, GithubError> {
        let route = self
            .repository
            .route()
            .then(&["actions", "workflows", workflow, "runs"]);
        let route = route.with("event", "schedule").with("status", "completed");
        let listed = self.client.get(&route.with("per_page", "100")).await?;
        let mut shas: Vec<String> = Vec::new();
        for run in listed["workflow_runs"].as_array().into_iter().flatten() {
            if let Some(sha) = run["head_sha"]
                .as_str()
                .filter(|sha| !shas.iter().any(|known| known == sha))
            {
                shas.push(sha.to_owned());
            }
        }
        Ok(shas)
    }

    async fn at(&mut self, sha: &str) -> Result<Option<Record>, GithubError> {
        let route = self.repository.route().then(&["commits", sha, "check-runs"]);
        let mut runs = self
            .client
            .get_all(&route.with("check_name", self.name).with("filter", "all"))
            .await?;
        runs.sort_by_key(|run| std::cmp::Reverse(run["id"].as_u64()));
        for run in &runs {
            let text = run["output"]["text"].as_str();
            let Some(record) = text.and_then(|text| read_record(self.name, text)) else {
                continue;
            };
            if self.is_own(run["app"]["slug"].as_str().unwrap_or_default()).await {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Whether an app is the one whose check runs are believed: GitHub's own, through which workflows write, or the one
    /// that this token is of.
    async fn is_own(&mut self, slug: &str) -> bool {
        if slug == ACTIONS_APP {
            return true;
        }
        if self.own.is_none() {
            // Only a check run by another app is worth the question.
            self.own = Some(self.app().await.unwrap_or_default());
        }
        self.own.as_deref().is_some_and(|own| !own.is_empty() && own == slug)
    }

    /// The slug of the app that this token is of. A person's login may be any app's slug, and is none.
    async fn app(&self) -> Option<String> {
        let is_apps = match self.client.kind() {
            Some(TokenKind::FineGrained | TokenKind::Classic) => return None,
            Some(TokenKind::Workflow | TokenKind::Fork | TokenKind::App) => true,
            None => false,
        };
        let answer = self
            .client
            .graphql("query { viewer { login } }", json!({}))
            .await
            .ok()?;
        let login = answer.data["viewer"]["login"].as_str()?;
        match login.strip_suffix("[bot]") {
            Some(slug) => Some(slug.to_owned()),
            None => is_apps.then(|| login.to_owned()),
        }
    }
}
