//! Whether an owner has accepted a weakening: the pull request's reviews, read through the API.

use serde_json::Value;

use crate::github::{Client, Route};
use crate::judge::{Approval, Review, approval, approvers};

use super::session::Approver;

/// The reviews of one pull request.
pub(super) struct Reviews<'a> {
    /// The connection.
    pub client: &'a Client,
    /// `owner`, `name`.
    pub repository: (&'a str, &'a str),
    /// The pull request.
    pub number: u64,
    /// Its author.
    pub author: &'a str,
    /// Its head.
    pub head: &'a str,
}

impl Approver for Reviews<'_> {
    async fn approval(&mut self, owners: Option<&[String]>) -> Approval {
        let (owner, name) = self.repository;
        let number = self.number.to_string();
        let route = Route::repository(owner, name).then(&["pulls", &number, "reviews"]);
        let listed = match self.client.get_all(&route).await {
            Ok(listed) => listed,
            Err(error) => return Approval::Missing(format!("its reviews could not be read: {error}")),
        };
        let mut reviews: Vec<Review> = listed.iter().filter_map(review).collect();
        let asked = approvers(owners, &reviews, self.author, self.head);
        let asked: Vec<String> = asked.into_iter().map(str::to_owned).collect();
        for login in asked {
            let may_write = self.may_write(&login).await;
            for review in reviews.iter_mut().filter(|review| review.by == login) {
                review.may_write = may_write;
            }
            // One approval is enough.
            if may_write == Some(true) {
                break;
            }
        }
        approval(owners, &reviews, self.author, self.head)
    }
}

impl Reviews<'_> {
    async fn may_write(&self, login: &str) -> Option<bool> {
        let (owner, name) = self.repository;
        let route = Route::repository(owner, name).then(&["collaborators", login, "permission"]);
        let answer = self.client.get(&route).await.ok()?;
        let permission = answer.get("permission").and_then(Value::as_str)?;
        Some(matches!(permission, "write" | "admin"))
    }
}

fn review(value: &Value) -> Option<Review> {
    let text = |path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
    Some(Review {
        by: text("/user/login")?,
        state: text("/state")?,
        commit: text("/commit_id")?,
        may_write: None,
    })
}
