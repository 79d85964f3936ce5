//! The event of a GitHub workflow, as far as the gate needs it.

use serde_json::Value;

/// What happened, and what is to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// Head's commit.
    pub head: String,
    /// The ref as a person knows it.
    pub reference: Option<String>,
    /// The repository's default branch, where the event tells it.
    pub default_branch: Option<String>,
    /// What to compare with.
    pub base: Base,
    /// The pull request.
    pub pull_request: Option<PullRequest>,
    /// Whether head lives in another repository: the token is then read-only.
    pub is_fork: bool,
    /// Whether everybody can see the repository: its forks' pull requests then get no token that writes, whatever is set.
    pub is_public: bool,
    /// What a person should know about how the event was taken.
    pub notices: Vec<String>,
}

/// A pull request, as far as the gate needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// Its author's login.
    pub author: String,
}

/// What head is compared with, and whose policy judges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// Nothing: the ref is judged as it is.
    None,
    /// A pull request's base branch: the merge base's findings, the tip's policy.
    Branch(String),
    /// A merge queue's group on this branch: the findings of the commit that it is put on top of, the tip's policy.
    Queue {
        /// The branch.
        branch: String,
        /// The commit that the group is put on top of.
        onto: String,
    },
    /// The commit that the branch was at before a push. The pushed tip's own policy judges: it is the branch's.
    Before(String),
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// Says what is missing from the event.
    pub fn read(name: &str, payload: &Value, sha: &str, reference: Option<&str>) -> Result<Self, String> {
        let event = Self {
            name: name.to_owned(),
            head: sha.to_owned(),
            reference: reference.map(str::to_owned),
            default_branch: payload
                .pointer("/repository/default_branch")
                .and_then(Value::as_str)
                .map(str::to_owned),
            base: Base::None,
            pull_request: None,
            is_fork: false,
            is_public: payload.pointer("/repository/private") == Some(&Value::Bool(false)),
            notices: Vec::new(),
        };
        match name {
            "pull_request" | "pull_request_target" => event.with_pull_request(payload),
            "merge_group" => event.with_merge_group(payload),
            // Reviews and comments on its lines: the check appears beside the pull request's own, so it has to
            // judge the same, and by the same policy.
            _ if payload.pointer("/pull_request/head/sha").is_some() => event.with_pull_request(payload),
            "push" => Ok(event.with_push(payload)),
            "workflow_dispatch" | "schedule" => Ok(event),
            "deployment_status" | "deployment" => event.with_deployment(payload),
            other => {
                let notice = format!("the event `{other}` is not known to the gate: the ref is judged as it is");
                Ok(Self {
                    notices: vec![notice],
                    ..event
                })
            }
        }
    }

    /// Whether the workflow's own token can write nothing, for sure (docs.github.com, "GITHUB_TOKEN": pull requests from
    /// public forks). Under `pull_request_target` it is the base's.
    pub fn writes_nothing(&self) -> bool {
        let is_forks = self.name.starts_with("pull_request") && self.name != "pull_request_target";
        self.is_fork && self.is_public && is_forks
    }

    fn with_pull_request(self, payload: &Value) -> Result<Self, String> {
        let text = |path: &str| payload.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let missing = |what: &str| format!("the event `{}` holds no {what}", self.name);
        let head = text("/pull_request/head/sha").ok_or_else(|| missing("pull_request.head.sha"))?;
        let branch = text("/pull_request/base/ref").ok_or_else(|| missing("pull_request.base.ref"))?;
        let number = payload.pointer("/pull_request/number").and_then(Value::as_u64);
        // A deleted fork has no repository any more: it is another one all the same.
        let is_fork = text("/pull_request/head/repo/full_name") != text("/pull_request/base/repo/full_name");
        Ok(Self {
            head,
            reference: text("/pull_request/head/ref").or(self.reference.clone()),
            base: Base::Branch(branch),
            pull_request: Some(PullRequest {
                number: number.ok_or_else(|| missing("pull_request.number"))?,
                author: text("/pull_request/user/login").unwrap_or_default(),
            }),
            is_fork,
            ..self
        })
    }

    fn with_merge_group(self, payload: &Value) -> Result<Self, String> {
        let text = |key: &str| {
            let found = payload.get("merge_group").and_then(|group| group.get(key)?.as_str());
            found
                .map(str::to_owned)
                .ok_or_else(|| format!("the event `merge_group` holds no merge_group.{key}"))
        };
        let branch = text("base_ref")?;
        Ok(Self {
            head: text("head_sha")?,
            base: Base::Queue {
                branch: branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned(),
                onto: text("base_sha")?,
            },
            ..self
        })
    }

    /// What was deployed is judged, as it is: there is nothing that it would be merged into.
    fn with_deployment(self, payload: &Value) -> Result<Self, String> {
        let text = |path: &str| payload.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let missing = || format!("the event `{}` holds no deployment.sha", self.name);
        Ok(Self {
            head: text("/deployment/sha").ok_or_else(missing)?,
            reference: text("/deployment/ref").or(self.reference),
            ..self
        })
    }

    fn with_push(self, payload: &Value) -> Self {
        let text = |path: &str| payload.pointer(path).and_then(Value::as_str);
        let is_commit = |id: &&str| id.len() == 40 && id.bytes().any(|byte| byte != b'0');
        let before = text("/before").filter(is_commit);
        let after = text("/after").filter(is_commit);
        Self {
            base: before.map_or(Base::None, |before| Base::Before(before.to_owned())),
            head: after.map_or(self.head.clone(), str::to_owned),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHA: &str = "1111111111111111111111111111111111111111";

    #[test]
    fn a_pull_request_is_judged_at_its_own_head_against_its_base_branch() {
        let payload = json!({"pull_request": {"number": 7, "user": {"login": "ana"},
            "head": {"sha": "aa", "ref": "feature", "repo": {"full_name": "o/n"}},
            "base": {"ref": "main", "repo": {"full_name": "o/n"}}}});
        let event = Event::read("pull_request", &payload, SHA, Some("refs/pull/7/merge")).expect("is read");
        assert_eq!(
            (event.head.as_str(), &event.base),
            ("aa", &Base::Branch("main".to_owned()))
        );
        assert!(
            !event.is_fork
                && event
                    .pull_request
                    .is_some_and(|found| found.number == 7 && found.author == "ana")
        );
    }

    #[test]
    fn a_review_is_judged_as_the_pull_request_that_it_is_of() {
        let payload = json!({"review": {}, "pull_request": {"number": 7, "user": {"login": "ana"},
            "head": {"sha": "aa", "ref": "feature"}, "base": {"ref": "main"}}});
        let event = Event::read("pull_request_review", &payload, SHA, None).expect("is read");
        assert_eq!(
            (event.head.as_str(), &event.base),
            ("aa", &Base::Branch("main".to_owned()))
        );
        assert!(event.pull_request.is_some());
    }

    #[test]
    fn a_queued_group_is_compared_with_what_it_is_put_on() {
        let payload = json!({"merge_group": {"head_sha": "aa", "base_sha": "bb", "base_ref": "refs/heads/main"}});
        let event = Event::read("merge_group", &payload, SHA, None).expect("is read");
        let (branch, onto) = ("main".to_owned(), "bb".to_owned());
        assert_eq!((event.head.as_str(), event.base), ("aa", Base::Queue { branch, onto }));
        assert!(Event::read("merge_group", &json!({}), SHA, None).is_err());
    }

    #[test]
    fn a_deleted_fork_is_still_a_fork() {
        let payload = json!({"pull_request": {"number": 7, "head": {"sha": "aa", "ref": "f", "repo": null},
            "base": {"ref": "main", "repo": {"full_name": "o/n"}}}});
        assert!(Event::read("pull_request", &payload, SHA, None).is_ok_and(|event| event.is_fork));
    }

    #[test]
    fn a_push_is_compared_with_what_was_there_before() {
        let before = "2222222222222222222222222222222222222222";
        let event = Event::read("push", &json!({"before": before, "after": SHA}), SHA, None).expect("is read");
        assert_eq!(event.base, Base::Before(before.to_owned()));
        let first = json!({"before": "0000000000000000000000000000000000000000", "after": SHA});
        assert_eq!(
            Event::read("push", &first, SHA, None).map(|event| event.base),
            Ok(Base::None)
        );
    }

    #[test]
    fn a_merge_group_is_compared_with_the_commit_that_it_builds_on() {
        let group = json!({"merge_group": {"head_sha": SHA, "base_sha": "bb", "base_ref": "refs/heads/main"}});
        let event = Event::read("merge_group", &group, SHA, None).expect("is read");
        let (branch, onto) = ("main".to_owned(), "bb".to_owned());
        assert_eq!(event.base, Base::Queue { branch, onto });
        assert!(event.notices.is_empty() && event.pull_request.is_none());
    }

    #[test]
    fn a_deployment_is_judged_at_the_commit_that_was_deployed() {
        let payload = json!({"deployment": {"sha": "aa", "ref": "v1"}, "deployment_status": {"state": "success"}});
        let event = Event::read("deployment_status", &payload, SHA, None).expect("is read");
        assert_eq!((event.head.as_str(), event.reference.as_deref()), ("aa", Some("v1")));
        assert!(event.base == Base::None && event.notices.is_empty());
        assert!(Event::read("deployment_status", &json!({}), SHA, None).is_err());
    }

    #[test]
    fn an_unknown_event_says_so_and_an_incomplete_one_is_refused() {
        let event = Event::read("fork", &json!({}), SHA, None).expect("is read");
        assert!(event.notices[0].contains("`fork`") && event.base == Base::None);
        assert!(Event::read("pull_request", &json!({}), SHA, None).is_err_and(|why| why.contains("head.sha")));
    }
}
