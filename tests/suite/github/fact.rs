//! Settings as facts: a "no" only from who could have said "yes".

use std::collections::{BTreeMap, BTreeSet};

use readygate::check::repository;
use readygate::github::{Answer, facts};
use readygate::model::Fact;
use serde_json::{Value, json};

use super::client::run;
use super::fixture::{ADMIN, DEFAULT, Fixture, READ_ONLY, Trouble};
use super::mock::Mock;
use super::protection::{classic, rules, short};
use super::repo::GitRepo;

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
    // No ruleset is asked who may bypass it: no workflow's token is told.
    assert_eq!(requests.len(), 3, "{requests:?}");
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
    let said = "branch `main` is protected, details unknown: the protection of branch `main` could not be read";
    assert!(unread.what.starts_with(said), "{}", unread.what);
    assert!(
        unread.what.contains("needs `administration=read`") && unread.what.contains("not asked"),
        "{}",
        unread.what
    );
    let asked = mock.requests();
    assert!(
        asked.iter().all(|line| !line.ends_with("/protection")),
        "a request is wasted: {asked:?}"
    );
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
fn a_merge_queue_is_asked_for_where_classic_protection_may_have_one() {
    let (_repo, mut fixture) = world();
    let Answer::Read(protection) = classic(true) else {
        panic!("a value")
    };
    fixture.protection = Some(protection);
    fixture.graphql = json!({"mergeQueue": {"id": "MQ_1"}});
    let mock = Mock::start(fixture);
    let key = "branch.merge-queue";
    for token in [ADMIN, DEFAULT] {
        assert_eq!(ask(&mock, token, &[key]).0[key], "true");
    }
    mock.look(|state| state.fixture.graphql = json!({"mergeQueue": null}));
    assert_eq!(ask(&mock, ADMIN, &[key]).0[key], "false");
    assert_eq!(ask(&mock, DEFAULT, &[key]).0[key], "?permission");
    // An answer with errors says nothing.
    mock.look(|state| state.fixture.graphql = json!({}));
    assert_eq!(ask(&mock, ADMIN, &[key]).0[key], "?permission");
}

#[test]
fn a_query_that_fails_is_an_outage_and_no_permission() {
    let (repo, _) = world();
    let keys = ["repository.delete-branch-on-merge", "repository.security-policy"];
    for (trouble, wanted) in [
        (Trouble::Status(502, Vec::new(), "Bad gateway"), "?network"),
        (Trouble::Html, "?network"),
    ] {
        let mut fixture = Fixture::of(repo.path());
        fixture.graphql = json!({"deleteBranchOnMerge": false, "isSecurityPolicyEnabled": true});
        let mock = Mock::start(fixture.with_fault("/graphql", 9, trouble));
        let told = ask(&mock, DEFAULT, &keys).0;
        for key in keys {
            assert_eq!(told[key], wanted, "{key}");
        }
    }
}

/// Whether alerts are on is told by an answer without content: what a proxy puts in its place is no yes.
#[test]
fn only_an_answer_without_content_says_that_alerts_are_on() {
    let (_repo, fixture) = world();
    let trouble = Trouble::Status(200, Vec::new(), "all is well");
    let mock = Mock::start(fixture.with_fault("/vulnerability-alerts", 9, trouble));
    let told = ask(&mock, ADMIN, &["repository.vulnerability-alerts"]).0;
    assert_eq!(told["repository.vulnerability-alerts"], "?network");
}
