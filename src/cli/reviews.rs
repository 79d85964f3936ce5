//! Whether an owner has accepted a weakening: the pull request's reviews, read through the API.

use serde_json::Value;

use crate::github::{Client, Kind, Route};
use crate::judge::{Approval, Membership, Review, approval, approvers, candidates, teams};

use super::session::Approver;

/// The most questions whether somebody is in a team: an organisation's whole staff may have approved.
const MOST_MEMBERSHIPS: usize = 10;

/// The reviews of one pull request.
pub(super) struct Reviews<'a> {
    /// The connection.
    pub client: &'a Client,
    /// The connection that may know an organisation's teams: with `settings-token`, else the same.
    pub settings: &'a Client,
    /// `owner`, `name`.
    pub repository: (&'a str, &'a str),
    /// The pull request.
    pub number: u64,
    /// Its author.
    pub author: &'a str,
    /// Its head.
    pub head: &'a str,
    /// The job that runs the gate.
    pub job: &'a str,
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
        let named = approvers(owners, &reviews, self.author, self.head);
        let named: Vec<String> = named.into_iter().map(str::to_owned).collect();
        // One approval is enough.
        if !self.any_writes(&named, &mut reviews).await
            && let Some(owners) = owners
        {
            self.ask_teams(owners, &mut reviews).await;
        }
        match approval(owners, &reviews, self.author, self.head) {
            given @ Approval::Given(_) => given,
            // A review starts a run of its own at most, and this one stays red.
            Approval::Missing(why) => Approval::Missing(format!("{why}; then re-run the job `{}`", self.job)),
        }
    }
}

impl Reviews<'_> {
    /// Asks of each whether they may write, until one may.
    async fn any_writes(&self, logins: &[String], reviews: &mut [Review]) -> bool {
        for login in logins {
            let may_write = self.may_write(login).await;
            for review in reviews.iter_mut().filter(|review| review.by == *login) {
                review.may_write = may_write;
            }
            if may_write == Some(true) {
                return true;
            }
        }
        false
    }

    /// Asks of those whom CODEOWNERS does not name whether a team that it names has them, until one may write.
    async fn ask_teams(&self, owners: &[String], reviews: &mut [Review]) {
        let teams = teams(owners);
        let people = candidates(owners, reviews, self.author, self.head);
        let people: Vec<String> = people.into_iter().map(str::to_owned).collect();
        let mut left = MOST_MEMBERSHIPS;
        for login in people {
            let mut membership = Membership::None;
            for team in &teams {
                if left == 0 {
                    let remedy = "too many approved to ask of each: name a person in CODEOWNERS".to_owned();
                    membership = Membership::Unread(remedy);
                    break;
                }
                left -= 1;
                match self.membership(*team, &login).await {
                    Membership::None => {}
                    found @ Membership::Of(_) => {
                        membership = found;
                        break;
                    }
                    unread => membership = unread,
                }
            }
            let is_member = matches!(membership, Membership::Of(_));
            for review in reviews.iter_mut().filter(|review| review.by == login) {
                review.membership = membership.clone();
            }
            if is_member && self.any_writes(&[login], reviews).await {
                return;
            }
        }
    }

    /// Whether a team has somebody. An invitation that is not taken yet makes nobody a member.
    async fn membership(&self, (of, team): (&str, &str), login: &str) -> Membership {
        let route = Route::new(&["orgs", of, "teams", team, "memberships", login]);
        match self.settings.get(&route).await {
            Ok(answer) if answer["state"] == "active" => Membership::Of(format!("@{of}/{team}")),
            Ok(_) => Membership::None,
            Err(error) if error.kind == Kind::NotFound => Membership::None,
            Err(error) => {
                let settle = error.unread("the team").settle;
                Membership::Unread(format!("{settle}, or name a person in CODEOWNERS"))
            }
        }
    }

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
        membership: Membership::NotAsked,
    })
}
