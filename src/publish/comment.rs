//! The one comment of a pull request.
//!
//! It is found again by a marker and its author. The marker alone proves nothing: anybody can write it. An
//! author of type `Bot` does, since only an app that is installed on the repository comments as one; that a
//! comment was made *through* an app does not, since anybody's app can act for its user.

use serde_json::{Value, json};

use crate::github::{Client, GithubError, Kind, Route};
use crate::report::escape::uri;

use super::{Outcome, Repository};

/// The bot that a workflow's own token comments as.
const ACTIONS: &str = "github-actions[bot]";

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

/// A comment of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ours {
    id: u64,
    author: String,
    body: String,
}

impl Thread<'_> {
    async fn settle(&self, body: Option<&str>, resolved: &str) -> Result<Outcome, GithubError> {
        let ours = self.ours().await?;
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
        let ours: Vec<Ours> = self
            .marked(&all)
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

    /// The comments that are ours, the oldest first, all by one author.
    async fn ours(&self) -> Result<Vec<Ours>, GithubError> {
        let all = self.client.get_all(&self.list).await?;
        let marked = self.marked(&all);
        let bots: Vec<&Ours> = marked.iter().filter(|ours| is_bot(&all, ours.id)).collect();
        let author = match bots.iter().find(|ours| ours.author == ACTIONS).or(bots.first()) {
            Some(bot) => bot.author.clone(),
            None if marked.is_empty() => return Ok(Vec::new()),
            // Only people wrote the marker; it is ours if this token is one of theirs.
            None => match self.login().await? {
                Some(login) => login,
                None => return Ok(Vec::new()),
            },
        };
        Ok(marked.into_iter().filter(|ours| ours.author == author).collect())
    }

    fn marked(&self, all: &[Value]) -> Vec<Ours> {
        let mut marked: Vec<Ours> = all
            .iter()
            .filter_map(|comment| {
                let body = comment["body"].as_str()?;
                let is_marked = body.lines().next().map(str::trim_end) == Some(&self.marker);
                is_marked.then_some(())?;
                Some(Ours {
                    id: comment["id"].as_u64()?,
                    author: comment["user"]["login"].as_str()?.to_owned(),
                    body: body.to_owned(),
                })
            })
            .collect();
        marked.sort_by_key(|ours| ours.id);
        marked
    }

    /// Whose token this is, if it is a person's: an app's may not ask.
    async fn login(&self) -> Result<Option<String>, GithubError> {
        match self.client.get(&Route::new(&["user"])).await {
            Ok(user) => Ok(user["login"].as_str().map(str::to_owned)),
            Err(error) => match error.kind {
                Kind::Forbidden { .. } | Kind::NotFound | Kind::Unauthorized => Ok(None),
                Kind::RateLimited { .. } | Kind::Unavailable | Kind::Malformed | Kind::TooLarge | Kind::Rejected => {
                    Err(error)
                }
            },
        }
    }
}

fn is_bot(all: &[Value], id: u64) -> bool {
    let same = |comment: &&Value| comment["id"].as_u64() == Some(id);
    all.iter()
        .find(same)
        .is_some_and(|comment| comment["user"]["type"] == "Bot")
}

/// GitHub may keep other line breaks than were sent, and trims the end.
fn normal(body: &str) -> String {
    body.replace("\r\n", "\n").trim_end().to_owned()
}
