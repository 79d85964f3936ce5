//! Settings of a repository and its branches as facts: only what is wanted is asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::check::{branch, repository};
use crate::model::{Cause, Fact, FactKey, Unread};

use super::failure::grant;
use super::part::Part;
use super::{Answer, Client, Kind, Protection, Route, TokenKind, merge_protection};

/// The most rulesets of a branch that are asked who may bypass them.
const MOST_RULESETS: usize = 5;

/// What GitHub says of these facts; `branch.*` of this branch, or of the default branch. Never fails as a
/// whole: each fact is known or unread.
pub async fn facts(
    client: &Client,
    owner: &str,
    name: &str,
    branch: Option<&str>,
    keys: &BTreeSet<FactKey>,
) -> Vec<(FactKey, Fact)> {
    let (of_branch, rest): (Vec<&FactKey>, Vec<&FactKey>) = keys.iter().partition(|key| is_of_branch(key));
    let (of_repository, strange): (Vec<&FactKey>, Vec<&FactKey>) =
        rest.into_iter().partition(|key| is_of_repository(key));
    let asker = Asker {
        client,
        route: Route::repository(owner, name),
        owner,
        name,
    };
    let needs_metadata = !of_repository.is_empty() || !of_branch.is_empty() && branch.is_none();
    let metadata = if needs_metadata {
        Answer::of(client.get(&asker.route).await, "the repository")
    } else {
        Answer::Nothing
    };
    let mut facts: Vec<(FactKey, Fact)> = strange
        .into_iter()
        .map(|key| (key.clone(), unknown_name(key)))
        .collect();
    facts.extend(asker.of_repository(&metadata, &of_repository).await);
    facts.extend(asker.of_branch(&metadata, branch, &of_branch).await);
    facts.sort_by(|left, right| left.0.cmp(&right.0));
    facts
}

fn is_of_branch(key: &str) -> bool {
    key.strip_prefix("branch.")
        .is_some_and(|name| branch::SETTINGS.iter().any(|(known, _, _)| *known == name))
}

fn is_of_repository(key: &str) -> bool {
    key.strip_prefix("repository.")
        .is_some_and(|name| repository::SETTINGS.iter().any(|(known, _)| *known == name))
}

/// Whether only an administrator's token is told a fact, however the branch is protected.
pub fn is_administration(key: &str) -> bool {
    let setting = key.strip_prefix("repository.").and_then(stands);
    key == "branch.admins-included" || matches!(setting, Some(Stands::Alerts | Stands::Security(_)))
}

fn unknown_name(key: &str) -> Fact {
    let what = format!("`{key}` is no setting that is known");
    let settle = "this is a mistake of readygate: please report it";
    Fact::Unread(Unread::new(Cause::Unmodelled, what, settle))
}

struct Asker<'a> {
    client: &'a Client,
    route: Route,
    owner: &'a str,
    name: &'a str,
}

/// Where a setting of the repository stands.
enum Stands {
    /// A member of the metadata that everybody sees.
    Member(&'static str),
    /// The licence, which is null without one.
    License,
    /// A member that some tokens don't see, and GraphQL's name for it.
    Merge(&'static str, &'static str),
    /// GraphQL's field alone.
    Graphql(&'static str),
    /// A feature of `security_and_analysis`.
    Security(&'static str),
    /// `GET vulnerability-alerts`.
    Alerts,
    /// `GET private-vulnerability-reporting`.
    Reporting,
}

fn stands(name: &str) -> Option<Stands> {
    Some(match name {
        "default-branch" => Stands::Member("default_branch"),
        "visibility" => Stands::Member("visibility"),
        "private" => Stands::Member("private"),
        "archived" => Stands::Member("archived"),
        "fork" => Stands::Member("fork"),
        "has-issues" => Stands::Member("has_issues"),
        "has-license" => Stands::License,
        "delete-branch-on-merge" => Stands::Merge("delete_branch_on_merge", "deleteBranchOnMerge"),
        "allow-auto-merge" => Stands::Merge("allow_auto_merge", "autoMergeAllowed"),
        "allow-merge-commit" => Stands::Merge("allow_merge_commit", "mergeCommitAllowed"),
        "allow-squash-merge" => Stands::Merge("allow_squash_merge", "squashMergeAllowed"),
        "allow-rebase-merge" => Stands::Merge("allow_rebase_merge", "rebaseMergeAllowed"),
        "security-policy" => Stands::Graphql("isSecurityPolicyEnabled"),
        "vulnerability-alerts" => Stands::Alerts,
        "dependabot-security-updates" => Stands::Security("dependabot_security_updates"),
        "secret-scanning" => Stands::Security("secret_scanning"),
        "secret-scanning-push-protection" => Stands::Security("secret_scanning_push_protection"),
        "private-vulnerability-reporting" => Stands::Reporting,
        _ => return None,
    })
}

const SETTINGS_PAGE: &str = "the settings of the repository";

impl Asker<'_> {
    async fn of_repository(&self, metadata: &Answer, keys: &[&FactKey]) -> Vec<(FactKey, Fact)> {
        let metadata = match metadata {
            Answer::Read(metadata) => metadata,
            Answer::Unread(unread) => {
                let all = keys.iter().map(|key| ((*key).clone(), Fact::Unread(unread.clone())));
                return all.collect();
            }
            Answer::Nothing | Answer::Unenforceable => {
                let all = keys.iter().map(|key| ((*key).clone(), unknown_name(key)));
                return all.collect();
            }
        };
        let wanted: Vec<(&FactKey, Stands)> = keys
            .iter()
            .filter_map(|key| Some((*key, stands(key.strip_prefix("repository.")?)?)))
            .collect();
        let graphql = self.graphql_fields(metadata, &wanted).await;
        let mut facts = Vec::new();
        for (key, stands) in wanted {
            let value = match stands {
                Stands::Member(member) => metadata.get(member).cloned().ok_or_else(|| hidden(key)),
                Stands::License => metadata
                    .get("license")
                    .map(|license| json!(!license.is_null()))
                    .ok_or_else(|| hidden(key)),
                Stands::Merge(member, field) => metadata
                    .get(member)
                    .or_else(|| graphql.data.get(field))
                    .filter(|value| value.is_boolean())
                    .cloned()
                    .ok_or_else(|| graphql.missing(hidden(key))),
                Stands::Graphql(field) => graphql
                    .data
                    .get(field)
                    .filter(|value| value.is_boolean())
                    .cloned()
                    .ok_or_else(|| graphql.missing(hidden(key))),
                Stands::Security(feature) => metadata["security_and_analysis"][feature]["status"]
                    .as_str()
                    .map(|status| json!(status == "enabled"))
                    .ok_or_else(|| hidden(key)),
                Stands::Alerts => self.alerts(metadata).await,
                Stands::Reporting => self.reporting().await,
            };
            let from = SETTINGS_PAGE.to_owned();
            let fact = value.map_or_else(Fact::Unread, |value| Fact::Known { value, from });
            facts.push((key.clone(), fact));
        }
        facts
    }

    /// One query for what the metadata does not show to this token.
    async fn graphql_fields(&self, metadata: &Value, wanted: &[(&FactKey, Stands)]) -> Part {
        let fields = wanted.iter().filter_map(|(_, stands)| match stands {
            Stands::Merge(member, field) => metadata.get(*member).is_none().then_some(*field),
            Stands::Graphql(field) => Some(*field),
            Stands::Member(_) | Stands::License | Stands::Security(_) | Stands::Alerts | Stands::Reporting => None,
        });
        let fields: Vec<&str> = fields.collect();
        if fields.is_empty() {
            return Part::default();
        }
        self.query(&fields.join(" "), json!({}), SETTINGS_PAGE).await
    }

    /// These fields of the repository. Without a token GraphQL hides everything.
    async fn query(&self, fields: &str, mut variables: Value, subject: &str) -> Part {
        if !self.client.has_token() {
            return Part::default();
        }
        let more = if variables.get("ref").is_some() {
            ", $ref: String!"
        } else {
            ""
        };
        variables["owner"] = json!(self.owner);
        variables["name"] = json!(self.name);
        let query = format!(
            "query($owner: String!, $name: String!{more}) {{ repository(owner: $owner, name: $name) {{ {fields} }} }}"
        );
        Part::of(self.client.graphql(&query, variables).await, subject)
    }

    /// 204 is on. 404 is off only for who administers: everybody else gets it, too.
    async fn alerts(&self, metadata: &Value) -> Result<Value, Unread> {
        // Whoever administers sees `security_and_analysis` as well; nobody else is told, so nobody else asks.
        if metadata["permissions"]["admin"] != true && metadata.get("security_and_analysis").is_none() {
            let what = "whether vulnerability alerts are on could not be read: only who administers is told";
            return Err(Unread::new(Cause::Permission, what, grant(Some("administration=read"))));
        }
        let route = self.route.clone().then(&["vulnerability-alerts"]);
        match self.client.get_nothing(&route).await {
            Ok(()) => Ok(json!(true)),
            Err(error) => {
                let may_know = metadata["permissions"]["admin"] == true || error.message.contains("are disabled");
                if error.kind == Kind::NotFound && may_know {
                    return Ok(json!(false));
                }
                Err(error.unread("whether vulnerability alerts are on"))
            }
        }
    }

    async fn reporting(&self) -> Result<Value, Unread> {
        let subject = "whether vulnerabilities can be reported in private";
        let route = self.route.clone().then(&["private-vulnerability-reporting"]);
        match self.client.get(&route).await {
            Ok(answer) => answer["enabled"]
                .as_bool()
                .map(|is_on| json!(is_on))
                .ok_or_else(|| hidden("repository.private-vulnerability-reporting")),
            // GitHub offers it for public repositories alone.
            Err(error) if error.kind == Kind::Rejected => {
                let what = format!("GitHub does not say {subject}: it offers that for public repositories");
                Err(Unread::new(Cause::Unmodelled, what, "attest where it can be done"))
            }
            Err(error) => Err(error.unread(subject)),
        }
    }

    async fn of_branch(&self, metadata: &Answer, branch: Option<&str>, keys: &[&FactKey]) -> Vec<(FactKey, Fact)> {
        if keys.is_empty() {
            return Vec::new();
        }
        let branch = match (branch, metadata) {
            (Some(branch), _) => branch,
            (None, Answer::Read(metadata)) => metadata["default_branch"].as_str().unwrap_or_default(),
            (None, Answer::Unread(unread)) => {
                let all = keys.iter().map(|key| ((*key).clone(), Fact::Unread(unread.clone())));
                return all.collect();
            }
            (None, Answer::Nothing | Answer::Unenforceable) => "",
        };
        if branch.is_empty() {
            return keys
                .iter()
                .map(|key| ((*key).clone(), Fact::Unread(hidden(key))))
                .collect();
        }
        let protection = self.protection(branch, keys).await;
        merge_protection(&protection)
            .into_iter()
            .filter(|(key, _)| keys.contains(&key))
            .collect()
    }

    /// Asks one place after the other, and no more than what is wanted takes.
    async fn protection(&self, branch: &str, keys: &[&FactKey]) -> Protection {
        let at = self.route.clone().then(&["branches", branch]);
        let summary = Answer::of(self.client.get(&at).await, &format!("branch `{branch}`"));
        let not_asked = || Answer::Unread(Unread::new(Cause::Unmodelled, "it was not asked for", ""));
        let mut protection = Protection {
            branch: branch.to_owned(),
            summary,
            rules: not_asked(),
            classic: not_asked(),
            hint: Answer::Nothing,
            queue: not_asked(),
            rulesets: Vec::new(),
        };
        let (is_protected, has_classic) = match &protection.summary {
            Answer::Read(summary) => (
                summary["protected"].as_bool(),
                summary["protection"]["enabled"].as_bool(),
            ),
            Answer::Nothing | Answer::Unenforceable | Answer::Unread(_) => (None, None),
        };
        let is_wanted = |names: &[&str]| keys.iter().any(|key| !names.contains(&key.as_str()));
        if is_protected == Some(false) || is_protected == Some(true) && !is_wanted(&["branch.protected"]) {
            return protection;
        }
        let route = self.route.clone().then(&["rules", "branches", branch]);
        let rules = self.client.get_all(&route).await.map(Value::Array);
        protection.rules = Answer::of(rules, &format!("the rules of branch `{branch}`"));
        // The summary tells everybody these of classic protection.
        let is_told = matches!(protection.summary, Answer::Read(_));
        if has_classic == Some(false) {
            protection.classic = Answer::Nothing;
        } else if protection.rules != Answer::Unenforceable
            && (!is_told
                || is_wanted(&[
                    "branch.protected",
                    "branch.required-checks",
                    "branch.required-checks-of-actions",
                    "branch.required-workflows",
                ]))
        {
            self.ask_classic(&at, &mut protection).await;
        }
        let asks = |name: &str| keys.iter().any(|key| *key == name);
        if asks("branch.merge-queue") && matches!(protection.classic, Answer::Read(_) | Answer::Unread(_)) {
            protection.queue = self.queue(branch).await;
        }
        // Who may bypass a ruleset is told to who may change it, and no workflow's own token may.
        let is_workflows = matches!(self.client.kind(), Some(TokenKind::Workflow | TokenKind::Fork));
        if asks("branch.admins-included") && !is_workflows {
            protection.rulesets = self.rulesets(&protection.rules).await;
        }
        protection
    }

    /// The branch's merge queue, which REST does not tell of classic protection. `Null` is read only from an answer
    /// without errors.
    async fn queue(&self, branch: &str) -> Answer {
        let hidden = hidden("branch.merge-queue");
        if !self.client.has_token() {
            return Answer::Unread(hidden);
        }
        let query = "query($owner: String!, $name: String!, $branch: String!) { repository(owner: $owner, name: $name) { \
                     mergeQueue(branch: $branch) { id } } }";
        let variables = json!({ "owner": self.owner, "name": self.name, "branch": branch });
        let answer = self.client.graphql(query, variables).await;
        let is_whole = answer.as_ref().is_ok_and(|answer| answer.errors.is_empty());
        let mut part = Part::of(answer, &format!("the merge queue of branch `{branch}`"));
        match part.data.get_mut("mergeQueue").filter(|_| is_whole) {
            Some(queue) => Answer::Read(queue.take()),
            None => Answer::Unread(part.missing(hidden)),
        }
    }

    async fn ask_classic(&self, at: &Route, protection: &mut Protection) {
        let branch = &protection.branch;
        let classic = self.client.get(&at.clone().then(&["protection"])).await;
        let is_refused = classic
            .as_ref()
            .is_err_and(|error| matches!(error.kind, Kind::NotFound | Kind::Forbidden { .. }));
        let mut classic = Answer::of(classic, &format!("the protection of branch `{branch}`"));
        if let Answer::Unread(unread) = &mut classic
            && is_refused
        {
            unread.settle = grant(Some("administration=read"));
            if matches!(&protection.summary, Answer::Read(summary) if summary["protected"] == true) {
                unread.what = format!("branch `{branch}` is protected, details unknown: {}", unread.what);
            }
            let fields = "ref(qualifiedName: $ref) { refUpdateRule { requiredApprovingReviewCount \
                          requiresCodeOwnerReviews requiredStatusCheckContexts requiresSignatures requiresLinearHistory \
                          allowsForcePushes allowsDeletions requiresConversationResolution } }";
            let variables = json!({ "ref": format!("refs/heads/{branch}") });
            let subject = format!("the rule for pushing to branch `{branch}`");
            let mut told = self.query(fields, variables, &subject).await;
            protection.hint = match told.lacks.take() {
                Some(unread) if told.data.is_null() => Answer::Unread(unread),
                Some(_) | None => Answer::Read(told.data["ref"]["refUpdateRule"].take()),
            };
        }
        protection.classic = classic;
    }

    async fn rulesets(&self, rules: &Answer) -> Vec<Answer> {
        let Answer::Read(Value::Array(rules)) = rules else {
            return Vec::new();
        };
        let ids: BTreeSet<u64> = rules.iter().filter_map(|rule| rule["ruleset_id"].as_u64()).collect();
        let mut rulesets = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            let subject = format!("ruleset {id}");
            if at >= MOST_RULESETS {
                let what = format!("{subject} was not read: more than {MOST_RULESETS} rulesets bind the branch");
                let unread = Unread::new(Cause::Limit, what, "join the rulesets");
                rulesets.push(Answer::Unread(unread));
                break;
            }
            let route = self.route.clone().then(&["rulesets", &id.to_string()]);
            rulesets.push(Answer::of(self.client.get(&route).await, &subject));
        }
        rulesets
    }
}

/// A setting that GitHub leaves out of its answer for this token.
fn hidden(key: &str) -> Unread {
    let what = format!("GitHub does not show `{key}` to this token");
    Unread::new(Cause::Permission, what, grant(Some("administration=read")))
}
