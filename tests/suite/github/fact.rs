//! Settings as facts: a "no" only from who could have said "yes".

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use readygate::check::{branch, repository};
use readygate::github::{Answer, GithubError, Kind, Protection, facts, facts_offline, merge_protection};
use readygate::model::{Cause, Fact, Unread};
use serde_json::{Value, json};

use super::client::run;
use super::fixture::{ADMIN, DEFAULT, Fixture, READ_ONLY, Trouble};
use super::mock::Mock;
use super::repo::GitRepo;

/// A fact without who said it: its value, `>=` and its value, or `?` and the cause.
fn short(fact: &Fact) -> String {
    match fact {
        Fact::Known { value, .. } => value.to_string(),
        Fact::AtLeast { value, .. } => format!(">={value}"),
        Fact::Unread(unread) => format!("?{}", unread.cause.as_str()),
    }
}

fn unread() -> Answer {
    Answer::Unread(Unread::new(
        Cause::Permission,
        "protection could not be read",
        "give it",
    ))
}

fn summary(is_protected: bool, has_classic: bool, contexts: &[&str]) -> Answer {
    let checks = json!({"enforcement_level": "non_admins", "contexts": contexts, "checks": []});
    Answer::Read(json!({"name": "main", "protected": is_protected,
        "protection": {"enabled": has_classic, "required_status_checks": checks}}))
}

fn classic(is_strict: bool) -> Answer {
    Answer::Read(json!({
        "required_pull_request_reviews": {"required_approving_review_count": if is_strict { 2 } else { 0 },
            "dismiss_stale_reviews": is_strict, "require_code_owner_reviews": is_strict, "require_last_push_approval": is_strict},
        "required_status_checks": {"strict": is_strict, "contexts": ["ci"], "checks": [{"context": "ci", "app_id": 1}]},
        "required_signatures": {"enabled": is_strict}, "required_linear_history": {"enabled": is_strict},
        "allow_force_pushes": {"enabled": !is_strict}, "allow_deletions": {"enabled": !is_strict},
        "enforce_admins": {"enabled": is_strict}, "required_conversation_resolution": {"enabled": is_strict},
    }))
}

fn rules() -> Answer {
    Answer::Read(json!([
        {"type": "pull_request", "ruleset_id": 7, "parameters": {"required_approving_review_count": 1,
            "dismiss_stale_reviews_on_push": true, "require_code_owner_review": false,
            "require_last_push_approval": false, "required_review_thread_resolution": true}},
        {"type": "required_status_checks", "ruleset_id": 7, "parameters": {"strict_required_status_checks_policy": false,
            "required_status_checks": [{"context": "readiness"}]}},
        {"type": "non_fast_forward", "ruleset_id": 7}, {"type": "a_rule_of_tomorrow", "ruleset_id": 8},
    ]))
}

fn merged(
    summary: Answer,
    rules: Answer,
    classic: Answer,
    hint: Answer,
    rulesets: Vec<Answer>,
) -> BTreeMap<String, Fact> {
    let protection = Protection {
        branch: "main".to_owned(),
        summary,
        rules,
        classic,
        hint,
        rulesets,
    };
    merge_protection(&protection).into_iter().collect()
}

fn assert_facts(facts: &BTreeMap<String, Fact>, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        assert_eq!(short(&facts[&format!("branch.{name}")]), *value, "{name}");
    }
}

/// Every fact there is has the same short form.
fn assert_all(facts: &BTreeMap<String, Fact>, flag: &str, count: &str, list: &str) {
    assert_eq!(facts.len(), branch::SETTINGS.len());
    for (key, fact) in facts {
        let expected = match key.as_str() {
            "branch.required-approvals" => count,
            "branch.required-checks" => list,
            _ => flag,
        };
        assert_eq!(short(fact), expected, "{key}");
    }
}

#[test]
fn not_protected_is_a_no_to_everything_and_silence_is_none() {
    let nothing = || Answer::Nothing;
    let unprotected = merged(summary(false, false, &[]), unread(), unread(), nothing(), Vec::new());
    assert_all(&unprotected, "false", "0", "[]");
    let silent = merged(unread(), unread(), unread(), nothing(), Vec::new());
    assert_all(&silent, "?permission", "?permission", "?permission");
    let no_plan = merged(
        summary(true, true, &[]),
        Answer::Unenforceable,
        unread(),
        nothing(),
        Vec::new(),
    );
    assert_all(&no_plan, "false", "0", "[]");
    let Fact::Known { from, .. } = &no_plan["branch.protected"] else {
        panic!("{no_plan:?}")
    };
    assert!(from.contains("plan"));
}

#[test]
fn the_stricter_of_classic_and_rules_counts() {
    let bypassed = vec![Answer::Read(
        json!({"bypass_actors": [{"actor_type": "OrganizationAdmin"}]}),
    )];
    let both = merged(
        summary(true, true, &["ci"]),
        rules(),
        classic(true),
        Answer::Nothing,
        bypassed,
    );
    assert_facts(
        &both,
        &[
            ("protected", "true"),
            ("required-approvals", "2"),
            ("required-checks", r#"["ci","readiness"]"#),
            ("strict-checks", "true"),
            ("conversation-resolution", "true"),
            ("force-push-blocked", "true"),
            ("deletion-blocked", "true"),
            ("admins-included", "false"),
            ("merge-queue", "?unmodelled"),
        ],
    );
    let lax = merged(
        summary(true, true, &["ci"]),
        rules(),
        classic(false),
        Answer::Nothing,
        Vec::new(),
    );
    assert_facts(
        &lax,
        &[
            ("pull-request-required", "true"),
            ("required-approvals", "1"),
            ("dismiss-stale-reviews", "true"),
            ("code-owner-review", "false"),
            ("last-push-approval", "false"),
            ("signed-commits", "false"),
            ("linear-history", "false"),
            ("force-push-blocked", "true"),
            ("deletion-blocked", "false"),
            ("admins-included", "false"),
        ],
    );
    let Fact::Known { from, .. } = &lax["branch.required-approvals"] else {
        panic!("{lax:?}")
    };
    assert_eq!(from, "rulesets of `main`");
}

#[test]
fn rules_alone_settle_everything_when_there_is_no_classic_protection() {
    let open = vec![
        Answer::Read(json!({"bypass_actors": []})),
        Answer::Read(json!({"bypass_actors": []})),
    ];
    let facts = merged(
        summary(true, false, &[]),
        rules(),
        Answer::Nothing,
        Answer::Nothing,
        open,
    );
    assert_facts(
        &facts,
        &[
            ("required-approvals", "1"),
            ("required-checks", r#"["readiness"]"#),
            ("strict-checks", "false"),
            ("deletion-blocked", "false"),
            ("merge-queue", "false"),
            ("admins-included", "true"),
        ],
    );
}

#[test]
fn bypass_actors_that_are_not_shown_are_not_nobody() {
    let hidden = vec![Answer::Read(json!({"id": 7, "current_user_can_bypass": "never"}))];
    let facts = merged(
        summary(true, false, &[]),
        rules(),
        Answer::Nothing,
        Answer::Nothing,
        hidden,
    );
    assert_facts(&facts, &[("admins-included", "?permission")]);
    let not_read = merged(
        summary(true, false, &[]),
        rules(),
        Answer::Nothing,
        Answer::Nothing,
        Vec::new(),
    );
    assert_facts(&not_read, &[("admins-included", "?permission")]);
}

#[test]
fn classic_protection_that_may_not_be_read_leaves_open_what_rules_do_not_settle() {
    let facts = merged(
        summary(true, true, &["ci"]),
        rules(),
        unread(),
        Answer::Read(Value::Null),
        Vec::new(),
    );
    assert_facts(
        &facts,
        &[
            ("protected", "true"),
            // The rules ask for one; classic protection may ask for more.
            ("required-approvals", ">=1"),
            // The summary tells everybody the required checks.
            ("required-checks", r#"["ci","readiness"]"#),
            ("pull-request-required", "true"),
            ("force-push-blocked", "true"),
            ("deletion-blocked", "?permission"),
            ("code-owner-review", "?permission"),
            ("signed-commits", "?permission"),
            ("admins-included", "?permission"),
        ],
    );
}

#[test]
fn a_hint_is_believed_where_it_says_yes() {
    let hint = Answer::Read(
        json!({"requiredApprovingReviewCount": 2, "requiresCodeOwnerReviews": true,
        "requiredStatusCheckContexts": ["x"], "requiresSignatures": false, "allowsDeletions": false, "allowsForcePushes": true}),
    );
    let facts = merged(unread(), Answer::Read(json!([])), unread(), hint, Vec::new());
    assert_facts(
        &facts,
        &[
            ("required-approvals", ">=2"),
            ("pull-request-required", "true"),
            ("code-owner-review", "true"),
            ("required-checks", r#">=["x"]"#),
            ("signed-commits", "?permission"),
            ("deletion-blocked", "true"),
            ("force-push-blocked", "?permission"),
        ],
    );
}

#[test]
fn a_members_absence_in_classic_protection_is_not_a_no() {
    let bare = Answer::Read(json!({"url": "x"}));
    let facts = merged(
        summary(true, true, &[]),
        Answer::Read(json!([])),
        bare,
        Answer::Nothing,
        Vec::new(),
    );
    assert_facts(
        &facts,
        &[
            // These tables are absent when the thing is not required: GitHub documents that.
            ("pull-request-required", "false"),
            ("required-approvals", "0"),
            ("signed-commits", "?unmodelled"),
            ("force-push-blocked", "?unmodelled"),
            ("admins-included", "?unmodelled"),
        ],
    );
}

#[test]
fn a_404_is_a_no_only_in_githubs_own_words() {
    let error = |status: u16, kind: Kind, message: &str| GithubError {
        call: "GET /repos/o/n/branches/main/protection".to_owned(),
        status: Some(status),
        message: message.to_owned(),
        accepted_permissions: None,
        kind,
    };
    let of = |error| Answer::of(Err(error), "it");
    assert_eq!(of(error(404, Kind::NotFound, "Branch not protected")), Answer::Nothing);
    assert!(matches!(of(error(404, Kind::NotFound, "Not Found")), Answer::Unread(_)));
    let forbidden = || Kind::Forbidden { permission: None };
    let plan = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
    assert_eq!(of(error(403, forbidden(), plan)), Answer::Unenforceable);
    let refused = of(error(403, forbidden(), "Resource not accessible by integration"));
    assert!(matches!(refused, Answer::Unread(unread) if unread.cause == Cause::Permission));
    let limited = of(error(403, Kind::RateLimited { until: None }, "API rate limit exceeded"));
    assert!(matches!(limited, Answer::Unread(unread) if unread.cause == Cause::Limit));
}

#[test]
fn githubs_own_examples_are_understood() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples/github");
    let folders = [
        folder,
        std::env::var_os("READYGATE_GITHUB_EXAMPLES").unwrap_or_default().into(),
    ];
    let example = |name: &str| {
        let texts = folders.iter().map(|folder| std::fs::read_to_string(folder.join(name)));
        let text = texts.filter_map(Result::ok).next()?;
        let whole: Value = serde_json::from_str(&text).unwrap();
        whole["responses"]["200"]["application/json"]
            .as_object()?
            .values()
            .next()
            .cloned()
    };
    let Some(classic) = example("repos__get-branch-protection.json") else {
        eprintln!("skipped: READYGATE_GITHUB_EXAMPLES names no folder with GitHub's API examples");
        return;
    };
    let rules = example("repos__get-branch-rules.json").unwrap();
    let summary = example("repos__get-branch.json").unwrap();
    let facts = merged(
        Answer::Read(summary),
        Answer::Read(rules),
        Answer::Read(classic),
        Answer::Nothing,
        Vec::new(),
    );
    assert!(
        facts.values().any(|fact| matches!(fact, Fact::Known { .. })),
        "{facts:?}"
    );
}

/// Facts as the API gives them, in short, and the requests made for them.
fn ask(mock: &Mock, token: &str, keys: &[&str]) -> (BTreeMap<String, String>, Vec<String>) {
    mock.forget_requests();
    let keys: BTreeSet<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    let told = run(async { facts(&mock.client(token), "o", "n", None, &keys).await });
    assert_eq!(told.len(), keys.len());
    let told = told.iter().map(|(key, fact)| (key.clone(), short(fact)));
    (told.collect(), mock.requests())
}

fn world() -> (GitRepo, Fixture) {
    let repo = GitRepo::new();
    repo.commit(&[("a", "1")]);
    let fixture = Fixture::of(repo.path());
    (repo, fixture)
}

#[test]
fn an_unprotected_branch_takes_two_requests() {
    let (_repo, fixture) = world();
    let mock = Mock::start(fixture);
    let (told, requests) = ask(&mock, DEFAULT, &["branch.required-approvals", "branch.protected"]);
    assert_eq!(
        (
            told["branch.protected"].as_str(),
            told["branch.required-approvals"].as_str()
        ),
        ("false", "0")
    );
    assert_eq!(requests, ["GET /repos/o/n", "GET /repos/o/n/branches/main"]);
}

#[test]
fn a_branch_with_rules_is_settled_for_every_token_and_classic_protection_for_an_administrator() {
    let (_repo, mut fixture) = world();
    let Answer::Read(Value::Array(rules)) = rules() else {
        panic!("a list")
    };
    fixture.rules = rules;
    fixture.rulesets = vec![
        json!({"id": 7, "bypass_actors": []}),
        json!({"id": 8, "bypass_actors": []}),
    ];
    let mock = Mock::start(fixture);
    let keys = [
        "branch.required-approvals",
        "branch.required-checks",
        "branch.admins-included",
    ];
    let (told, requests) = ask(&mock, DEFAULT, &keys);
    assert_eq!(told["branch.required-approvals"], "1");
    assert_eq!(told["branch.admins-included"], "?permission");
    assert_eq!(requests.len(), 5, "{requests:?}");
    assert_eq!(ask(&mock, ADMIN, &keys).0["branch.admins-included"], "true");

    let Answer::Read(protection) = classic(true) else {
        panic!("a value")
    };
    mock.look(|state| {
        state.fixture.protection = Some(protection);
        state.fixture.graphql = json!({"refUpdateRule": {"requiredApprovingReviewCount": 2}});
    });
    assert_eq!(ask(&mock, ADMIN, &keys).0["branch.required-approvals"], "2");
    for token in [DEFAULT, READ_ONLY] {
        let told = ask(
            &mock,
            token,
            &[
                "branch.required-approvals",
                "branch.signed-commits",
                "branch.required-checks",
            ],
        )
        .0;
        assert_eq!(told["branch.required-approvals"], ">=2");
        assert_eq!(told["branch.signed-commits"], "?permission");
        assert_eq!(told["branch.required-checks"], r#"["ci","readiness"]"#);
    }
    let (told, requests) = ask(&mock, DEFAULT, &["branch.required-checks"]);
    assert_eq!(told["branch.required-checks"], r#"["ci","readiness"]"#);
    assert_eq!(requests.len(), 3, "{requests:?}");
}

#[test]
fn a_missing_permission_says_how_it_is_granted() {
    let (_repo, mut fixture) = world();
    fixture.protection = Some(json!({}));
    let mock = Mock::start(fixture);
    let keys = BTreeSet::from(["branch.signed-commits".to_owned()]);
    let told = run(async { facts(&mock.client(DEFAULT), "o", "n", Some("main"), &keys).await });
    let Fact::Unread(unread) = &told[0].1 else {
        panic!("{told:?}")
    };
    assert!(unread.what.contains("protection of branch `main`"), "{}", unread.what);
    assert_eq!(
        unread.settle,
        "give `settings-token` a fine-grained token or an app's token with `administration=read`"
    );
}

#[test]
fn settings_of_the_repository_are_known_hidden_or_asked_for_elsewhere() {
    let (_repo, mut fixture) = world();
    fixture.graphql = json!({"deleteBranchOnMerge": false, "isSecurityPolicyEnabled": true});
    let mock = Mock::start(fixture);
    let all: Vec<String> = repository::SETTINGS
        .iter()
        .map(|(name, _)| format!("repository.{name}"))
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let told = ask(&mock, ADMIN, &all).0;
    let table = [
        ("default-branch", "\"main\"", "\"main\""),
        ("visibility", "\"public\"", "\"public\""),
        ("archived", "false", "false"),
        ("has-license", "false", "false"),
        ("delete-branch-on-merge", "true", "false"),
        ("allow-merge-commit", "true", "?permission"),
        ("security-policy", "true", "true"),
        ("secret-scanning", "true", "?permission"),
        ("secret-scanning-push-protection", "false", "?permission"),
        ("dependabot-security-updates", "?permission", "?permission"),
        ("vulnerability-alerts", "true", "?permission"),
        ("private-vulnerability-reporting", "true", "true"),
    ];
    let default = ask(&mock, DEFAULT, &all).0;
    for (name, admin, other) in table {
        let key = format!("repository.{name}");
        assert_eq!((told[&key].as_str(), default[&key].as_str()), (admin, other), "{name}");
    }
    mock.look(|state| state.fixture.vulnerability_alerts = None);
    assert_eq!(
        ask(&mock, ADMIN, &["repository.vulnerability-alerts"]).0["repository.vulnerability-alerts"],
        "false"
    );
    let (_, requests) = ask(&mock, DEFAULT, &["repository.archived", "repository.visibility"]);
    assert_eq!(requests, ["GET /repos/o/n"]);
}

#[test]
fn an_outage_and_an_unknown_name_are_unread() {
    let (_repo, fixture) = world();
    let mock = Mock::start(fixture.with_fault("GET /repos/o/n", 99, Trouble::Status(500, Vec::new(), "no")));
    let keys = ["repository.private", "branch.protected", "branch.nonsense", "other"];
    let told = ask(&mock, DEFAULT, &keys).0;
    assert_eq!(told["repository.private"], "?network");
    assert_eq!(told["branch.protected"], "?network");
    assert_eq!(told["branch.nonsense"], "?unmodelled");
    assert_eq!(told["other"], "?unmodelled");
}

#[test]
fn offline_every_fact_is_unread_and_says_what_to_do() {
    let keys = BTreeSet::from(["branch.protected".to_owned(), "repository.private".to_owned()]);
    for (key, fact) in facts_offline(&keys) {
        let Fact::Unread(unread) = fact else { panic!("{key}") };
        assert_eq!(unread.cause, Cause::Network);
        assert!(unread.settle.contains("--offline"));
    }
}
