//! What classic protection and rulesets each say to one question about a branch.

use serde_json::Value;

use crate::model::{Cause, Unread};

use super::protection::{Answer, Protection, unmodelled};

/// What one place says to one question.
pub(super) enum Side<T> {
    Says(T, String),
    /// It says at least this much.
    Hints(T, String, Unread),
    Silent(Unread),
}

pub(super) fn classic_flag(protection: &Protection, name: &str) -> Side<bool> {
    let review = |key: &'static str| move |classic: &Value| Some(classic["required_pull_request_reviews"][key] == true);
    let on = |key: &'static str| move |classic: &Value| enabled(classic, key);
    let off = |key: &'static str| move |classic: &Value| enabled(classic, key).map(|is_on| !is_on);
    let hint = |key: &'static str| move |rule: &Value| rule[key].as_bool();
    let hint_off = |key: &'static str| move |rule: &Value| rule[key].as_bool().map(|is_on| !is_on);
    let no_hint = |_: &Value| None;
    match name {
        "pull-request-required" => with_classic(
            protection,
            |classic| Some(classic["required_pull_request_reviews"].is_object()),
            false,
            |rule| rule["requiredApprovingReviewCount"].as_u64().map(|_| true),
        ),
        "dismiss-stale-reviews" => with_classic(protection, review("dismiss_stale_reviews"), false, no_hint),
        "code-owner-review" => with_classic(
            protection,
            review("require_code_owner_reviews"),
            false,
            hint("requiresCodeOwnerReviews"),
        ),
        "last-push-approval" => with_classic(protection, review("require_last_push_approval"), false, no_hint),
        "strict-checks" => with_classic(
            protection,
            |classic| Some(classic["required_status_checks"]["strict"] == true),
            false,
            no_hint,
        ),
        "signed-commits" => with_classic(protection, on("required_signatures"), false, hint("requiresSignatures")),
        "linear-history" => with_classic(
            protection,
            on("required_linear_history"),
            false,
            hint("requiresLinearHistory"),
        ),
        "force-push-blocked" => with_classic(
            protection,
            off("allow_force_pushes"),
            false,
            hint_off("allowsForcePushes"),
        ),
        "deletion-blocked" => with_classic(protection, off("allow_deletions"), false, hint_off("allowsDeletions")),
        "conversation-resolution" => with_classic(
            protection,
            on("required_conversation_resolution"),
            false,
            hint("requiresConversationResolution"),
        ),
        "merge-queue" => queue(protection),
        _ => with_classic(protection, |_| None, false, no_hint),
    }
}

/// Classic protection may have a merge queue, and its own answer does not say so. GraphQL's does: a queue is one for
/// whoever sees it, none is none for who may read the protection as well.
fn queue(protection: &Protection) -> Side<bool> {
    let from = format!("the merge queue of `{}`", protection.branch);
    match (&protection.queue, &protection.classic) {
        (Answer::Read(queue), _) if queue.is_object() => Side::Says(true, from),
        (Answer::Read(_), Answer::Read(_)) => Side::Says(false, from),
        (Answer::Unread(unread), Answer::Read(_)) => Side::Silent(unread.clone()),
        (Answer::Read(_) | Answer::Unread(_) | Answer::Nothing | Answer::Unenforceable, _) => {
            with_classic(protection, |_| None, false, |_| None)
        }
    }
}

pub(super) fn rules_flag(protection: &Protection, name: &str) -> Side<bool> {
    let has = |kind: &'static str| move |rules: &[Value]| of_kind(rules, kind).next().is_some();
    let review = |key: &'static str| {
        move |rules: &[Value]| of_kind(rules, "pull_request").any(|rule| rule["parameters"][key] == true)
    };
    match name {
        "pull-request-required" => with_rules(protection, has("pull_request")),
        "dismiss-stale-reviews" => with_rules(protection, review("dismiss_stale_reviews_on_push")),
        "code-owner-review" => with_rules(protection, review("require_code_owner_review")),
        "last-push-approval" => with_rules(protection, review("require_last_push_approval")),
        "conversation-resolution" => with_rules(protection, review("required_review_thread_resolution")),
        "strict-checks" => with_rules(protection, |rules| {
            let key = "strict_required_status_checks_policy";
            of_kind(rules, "required_status_checks").any(|rule| rule["parameters"][key] == true)
        }),
        "signed-commits" => with_rules(protection, has("required_signatures")),
        "linear-history" => with_rules(protection, has("required_linear_history")),
        "force-push-blocked" => with_rules(protection, has("non_fast_forward")),
        "deletion-blocked" => with_rules(protection, has("deletion")),
        "merge-queue" => with_rules(protection, has("merge_queue")),
        other => Side::Silent(unmodelled(format!("`{other}` is not known"))),
    }
}

pub(super) fn approvals(protection: &Protection) -> [Side<u64>; 2] {
    let count = |value: &Value| value["required_approving_review_count"].as_u64().unwrap_or(0);
    let classic = with_classic(
        protection,
        |classic| Some(count(&classic["required_pull_request_reviews"])),
        0,
        |rule| rule["requiredApprovingReviewCount"].as_u64().filter(|count| *count > 0),
    );
    let rules = with_rules(protection, |rules| {
        let counts = of_kind(rules, "pull_request").map(|rule| count(&rule["parameters"]));
        counts.max().unwrap_or(0)
    });
    [classic, rules]
}

pub(super) fn checks(protection: &Protection) -> [Side<Vec<String>>; 2] {
    required(protection, &names, |rule| {
        Some(names(&rule["requiredStatusCheckContexts"])).filter(|names| !names.is_empty())
    })
}

/// The required checks that GitHub Actions alone may answer. The names in a plain list tell of no application.
pub(super) fn checks_of_actions(protection: &Protection) -> [Side<Vec<String>>; 2] {
    required(protection, &of_actions, |_| None)
}

fn required(
    protection: &Protection,
    take: &dyn Fn(&Value) -> Vec<String>,
    hint: impl Fn(&Value) -> Option<Vec<String>>,
) -> [Side<Vec<String>>; 2] {
    // Both `contexts` and `checks` list what is required.
    let contexts = |checks: &Value| union(take(&checks["contexts"]), take(&checks["checks"]));
    let classic = with_classic(
        protection,
        |classic| Some(contexts(&classic["required_status_checks"])),
        Vec::new(),
        hint,
    );
    // The branch's summary tells everybody the checks that classic protection requires.
    let classic = match (classic, &protection.summary) {
        (Side::Silent(_) | Side::Hints(..), Answer::Read(summary))
            if summary["protection"]["required_status_checks"].is_object() =>
        {
            let checks = &summary["protection"]["required_status_checks"];
            let is_off = checks["enforcement_level"] == "off";
            let found = if is_off { Vec::new() } else { contexts(checks) };
            Side::Says(found, classic_source(protection))
        }
        (classic, _) => classic,
    };
    let rules = with_rules(protection, |rules| {
        let required = of_kind(rules, "required_status_checks")
            .flat_map(|rule| take(&rule["parameters"]["required_status_checks"]));
        union(required.collect(), Vec::new())
    });
    [classic, rules]
}

/// The paths of the workflows that rulesets require; classic protection can require none.
pub(super) fn workflows(protection: &Protection) -> [Side<Vec<String>>; 2] {
    let rules = with_rules(protection, |rules| {
        let required = of_kind(rules, "workflows").flat_map(|rule| {
            let listed = rule["parameters"]["workflows"].as_array().into_iter().flatten();
            listed.filter_map(|workflow| workflow["path"].as_str().map(str::to_owned))
        });
        union(required.collect(), Vec::new())
    });
    [Side::Says(Vec::new(), classic_source(protection)), rules]
}

/// The names in a list of names, or of objects with a `context`.
fn names(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    let names = items.filter_map(|item| item.as_str().or_else(|| item["context"].as_str()));
    names.map(str::to_owned).collect()
}

/// The number of the application GitHub Actions on github.com. A server of one's own has another, and there nothing is told.
const ACTIONS: u64 = 15_368;

/// The contexts of a list that only GitHub Actions may answer: classic protection says `app_id`, rules `integration_id`.
fn of_actions(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    let is_of_actions = |item: &&Value| {
        ["app_id", "integration_id"]
            .iter()
            .any(|key| item[*key].as_u64() == Some(ACTIONS))
    };
    let names = items.filter(is_of_actions).filter_map(|item| item["context"].as_str());
    names.map(str::to_owned).collect()
}

pub(super) fn union(mut left: Vec<String>, right: Vec<String>) -> Vec<String> {
    left.extend(right);
    left.sort();
    left.dedup();
    left
}

fn classic_source(protection: &Protection) -> String {
    format!("branch protection of `{}`", protection.branch)
}

/// What classic protection says: `read` takes it from the whole answer (`None` where that does not tell),
/// `least` is the value without any, `hint` what everybody may see.
pub(super) fn with_classic<T>(
    protection: &Protection,
    read: impl Fn(&Value) -> Option<T>,
    least: T,
    hint: impl Fn(&Value) -> Option<T>,
) -> Side<T>
where
    T: PartialEq,
{
    let from = classic_source(protection);
    match &protection.classic {
        Answer::Read(classic) => match read(classic) {
            Some(value) => Side::Says(value, from),
            None => {
                let what = format!("GitHub does not tell this of the {from}");
                Side::Silent(Unread::new(Cause::Unmodelled, what, "use a ruleset, which tells it"))
            }
        },
        Answer::Nothing | Answer::Unenforceable => Side::Says(least, from),
        Answer::Unread(unread) => match &protection.hint {
            Answer::Read(rule) => match hint(rule).filter(|value| *value != least) {
                Some(value) => Side::Hints(value, from, unread.clone()),
                None => Side::Silent(unread.clone()),
            },
            Answer::Nothing | Answer::Unenforceable | Answer::Unread(_) => Side::Silent(unread.clone()),
        },
    }
}

/// What the rules say.
pub(super) fn with_rules<T>(protection: &Protection, read: impl Fn(&[Value]) -> T) -> Side<T> {
    let from = format!("rulesets of `{}`", protection.branch);
    match &protection.rules {
        Answer::Read(Value::Array(rules)) => Side::Says(read(rules), from),
        Answer::Read(_) => Side::Silent(unmodelled("GitHub's rules are no list".to_owned())),
        Answer::Nothing | Answer::Unenforceable => Side::Says(read(&[]), from),
        Answer::Unread(unread) => Side::Silent(unread.clone()),
    }
}

fn of_kind<'a>(rules: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    rules.iter().filter(move |rule| rule["type"] == kind)
}

pub(super) fn enabled(classic: &Value, key: &str) -> Option<bool> {
    classic[key]["enabled"].as_bool()
}
