//! Classic protection and rules together, case by case.

use std::collections::BTreeMap;
use std::path::Path;

use readygate::check::branch;
use readygate::github::{Answer, GithubError, Kind, Protection, merge_protection};
use readygate::model::{Cause, Fact, Unread};
use serde_json::{Value, json};

/// A fact without who said it: its value, `>=` and its value, or `?` and the cause.
pub fn short(fact: &Fact) -> String {
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

pub fn classic(is_strict: bool) -> Answer {
    Answer::Read(json!({
        "required_pull_request_reviews": {"required_approving_review_count": if is_strict { 2 } else { 0 },
            "dismiss_stale_reviews": is_strict, "require_code_owner_reviews": is_strict, "require_last_push_approval": is_strict},
        "required_status_checks": {"strict": is_strict, "contexts": ["ci"], "checks": [{"context": "ci", "app_id": 1}]},
        "required_signatures": {"enabled": is_strict}, "required_linear_history": {"enabled": is_strict},
        "allow_force_pushes": {"enabled": !is_strict}, "allow_deletions": {"enabled": !is_strict},
        "enforce_admins": {"enabled": is_strict}, "required_conversation_resolution": {"enabled": is_strict},
    }))
}

pub fn rules() -> Answer {
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
    let queue = Answer::Unread(Unread::new(Cause::Unmodelled, "it was not asked for", ""));
    let protection = Protection {
        branch: "main".to_owned(),
        summary,
        rules,
        classic,
        hint,
        queue,
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
            "branch.required-checks" | "branch.required-checks-of-actions" | "branch.required-workflows" => list,
            _ => flag,
        };
        assert_eq!(short(fact), expected, "{key}");
    }
}

#[test]
fn checks_of_actions_are_those_that_no_other_application_may_answer() {
    let required = json!([{"context": "test", "integration_id": 15368}, {"context": "preview", "integration_id": 8329},
        {"context": "any", "integration_id": null}, {"context": "free"}]);
    let rules = Answer::Read(json!([{"type": "required_status_checks", "ruleset_id": 7,
        "parameters": {"required_status_checks": required}}]));
    let classic = Answer::Read(
        json!({"required_status_checks": {"strict": true, "contexts": ["build", "old"],
        "checks": [{"context": "build", "app_id": 15368}, {"context": "old", "app_id": -1}]}}),
    );
    let nothing = || Answer::Nothing;
    let facts = merged(summary(true, true, &[]), rules, classic, nothing(), Vec::new());
    assert_eq!(
        short(&facts["branch.required-checks-of-actions"]),
        r#"["build","test"]"#
    );
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

/// A workflow that an organisation's ruleset requires is told by its path; what could not be read is not "none".
#[test]
fn required_workflows_are_those_of_rulesets() {
    let rules = Answer::Read(
        json!([{"type": "workflows", "ruleset_id": 7, "parameters": {"workflows": [
        {"path": ".github/workflows/b.yml", "repository_id": 1}, {"path": ".github/workflows/a.yml", "repository_id": 1}]}}]),
    );
    let facts = |rules| merged(summary(true, true, &[]), rules, unread(), Answer::Nothing, Vec::new());
    let named = r#"[".github/workflows/a.yml",".github/workflows/b.yml"]"#;
    assert_facts(&facts(rules), &[("required-workflows", named)]);
    assert_facts(&facts(Answer::Nothing), &[("required-workflows", "[]")]);
    assert_facts(&facts(unread()), &[("required-workflows", "?permission")]);
}

/// REST tells no merge queue of classic protection; GraphQL does, and "none" counts from who may see the protection.
#[test]
fn a_merge_queue_under_classic_protection_is_told_by_graphql() {
    let queued = |queue: Answer, rules: Answer, classic: Answer| {
        let protection = Protection {
            branch: "main".to_owned(),
            summary: summary(true, true, &[]),
            rules,
            classic,
            hint: Answer::Read(Value::Null),
            queue,
            rulesets: Vec::new(),
        };
        let facts: BTreeMap<String, Fact> = merge_protection(&protection).into_iter().collect();
        short(&facts["branch.merge-queue"])
    };
    let one = || Answer::Read(json!({"id": "MQ_1"}));
    let none = || Answer::Read(Value::Null);
    let no_rules = || Answer::Read(json!([]));
    assert_eq!(queued(one(), no_rules(), classic(true)), "true");
    assert_eq!(queued(none(), no_rules(), classic(true)), "false");
    assert_eq!(queued(unread(), no_rules(), classic(true)), "?permission");
    // Who may not see the protection may not be told of its queue, either; one that is told of is there.
    assert_eq!(queued(none(), no_rules(), unread()), "?permission");
    assert_eq!(queued(one(), no_rules(), unread()), "true");
    assert_eq!(queued(one(), unread(), unread()), "true");
    let by_rule = Answer::Read(json!([{"type": "merge_queue", "ruleset_id": 7}]));
    assert_eq!(queued(unread(), by_rule, unread()), "true");
}
