//! What is ours among comments and issues: it has the marker, and its author is ours as well.

use serde_json::Value;

use crate::github::{Client, GithubError, Kind, Route};

/// The bot that a workflow's own token writes as.
const ACTIONS: &str = "github-actions[bot]";

/// A comment or an issue of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ours {
    /// A comment's id, an issue's number.
    pub id: u64,
    pub author: String,
    pub body: String,
}

/// Those that are ours, the oldest first, all by one author. `key` names the member that tells them apart.
pub(super) async fn ours(client: &Client, all: &[Value], key: &str, marker: &str) -> Result<Vec<Ours>, GithubError> {
    let marked = marked(all, key, marker);
    let is_bot = |ours: &&Ours| {
        let mut same = all.iter().filter(|one| one[key].as_u64() == Some(ours.id));
        same.any(|one| one["user"]["type"] == "Bot")
    };
    let bots: Vec<&Ours> = marked.iter().filter(is_bot).collect();
    let author = match bots.iter().find(|ours| ours.author == ACTIONS).or(bots.first()) {
        Some(bot) => bot.author.clone(),
        None if marked.is_empty() => return Ok(Vec::new()),
        // Only people wrote the marker; it is ours if this token is one of theirs.
        None => match login(client).await? {
            Some(login) => login,
            None => return Ok(Vec::new()),
        },
    };
    Ok(marked.into_iter().filter(|ours| ours.author == author).collect())
}

/// Those whose first line is the marker, the oldest first, whoever wrote them.
pub(super) fn marked(all: &[Value], key: &str, marker: &str) -> Vec<Ours> {
    let mut marked: Vec<Ours> = all
        .iter()
        .filter_map(|one| {
            let body = one["body"].as_str()?;
            let is_marked = body.lines().next().map(str::trim_end) == Some(marker);
            is_marked.then_some(())?;
            Some(Ours {
                id: one[key].as_u64()?,
                author: one["user"]["login"].as_str()?.to_owned(),
                body: body.to_owned(),
            })
        })
        .collect();
    marked.sort_by_key(|ours| ours.id);
    marked
}

/// Whose token this is, if it is a person's: an app's may not ask.
async fn login(client: &Client) -> Result<Option<String>, GithubError> {
    match client.get(&Route::new(&["user"])).await {
        Ok(user) => Ok(user["login"].as_str().map(str::to_owned)),
        Err(error) => match error.kind {
            Kind::Forbidden { .. } | Kind::NotFound | Kind::Unauthorized => Ok(None),
            Kind::RateLimited { .. } | Kind::Unavailable | Kind::Malformed | Kind::TooLarge | Kind::Rejected => {
                Err(error)
            }
        },
    }
}

/// GitHub may keep other line breaks than were sent, and trims the end.
pub(super) fn normal(body: &str) -> String {
    body.replace("\r\n", "\n").trim_end().to_owned()
}
