//! How a branch is protected, from all that says something about it: one pure function.
//!
//! Classic protection and rulesets both bind, so the stricter one counts for each question. "No" is said
//! only when everything that could have said "yes" was read; a part of the answer is `Fact::AtLeast`.

use serde_json::{Value, json};

use crate::check::{Shape, branch::SETTINGS};
use crate::model::{Cause, Fact, FactKey, Unread};

use super::{GithubError, Kind};

/// What one place answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It was read.
    Read(Value),
    /// There is nothing, and that is certain.
    Nothing,
    /// The repository's plan enforces neither protection nor rules: whatever is set binds nobody.
    Unenforceable,
    /// It was not read.
    Unread(Unread),
}

impl Answer {
    /// What a call's result says. GitHub answers 404 both to "no" and to "you may not know": only its words
    /// "Branch not protected" are a no. The words that name a plan come with 403.
    pub fn of(result: Result<Value, GithubError>, subject: &str) -> Self {
        match result {
            Ok(value) => Self::Read(value),
            Err(error) if error.status == Some(403) && error.message.contains("Upgrade to GitHub") => {
                Self::Unenforceable
            }
            Err(error) if error.kind == Kind::NotFound && error.message.contains("Branch not protected") => {
                Self::Nothing
            }
            Err(error) => Self::Unread(error.unread(subject)),
        }
    }
}

/// All that says something about the protection of a branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Protection {
    /// The branch's name.
    pub branch: String,
    /// `GET branches/B`: everybody who can read the repository may see it.
    pub summary: Answer,
    /// `GET rules/branches/B`, all pages: an array. Everybody may see it.
    pub rules: Answer,
    /// `GET branches/B/protection`: administrators may see it.
    pub classic: Answer,
    /// GraphQL's `refUpdateRule`: what of classic protection everybody may see. Believed where it says yes.
    pub hint: Answer,
    /// `GET rulesets/ID` of the rules' rulesets; `bypass_actors` is absent for who may not change them.
    pub rulesets: Vec<Answer>,
}

/// What one place says to one question.
#[derive(Clone)]
enum Side<T> {
    Says(T, String),
    /// It says at least this much.
    Hints(T, String, Unread),
    Silent(Unread),
}

/// Every `branch.*` fact.
pub fn merge_protection(protection: &Protection) -> Vec<(FactKey, Fact)> {
    let facts = SETTINGS.iter().map(|(name, shape)| {
        let fact = none_at_all(protection, *shape).unwrap_or_else(|| match shape {
            Shape::Flag => flag(protection, name),
            Shape::Count => strictest(
                approvals(protection),
                |left, right| left.max(right),
                |count| *count == 0,
            ),
            Shape::List => strictest(checks(protection), union, Vec::is_empty),
            Shape::Text => Fact::Unread(unmodelled(format!("`{name}` is no text"))),
        });
        (format!("branch.{name}"), fact)
    });
    facts.collect()
}

/// The answer to every question where nothing binds at all.
fn none_at_all(protection: &Protection, shape: Shape) -> Option<Fact> {
    let branch = &protection.branch;
    let is_unenforceable = protection.rules == Answer::Unenforceable || protection.classic == Answer::Unenforceable;
    let from = if is_unenforceable {
        "this plan enforces neither branch protection nor rulesets for a private repository".to_owned()
    } else if matches!(&protection.summary, Answer::Read(summary) if summary["protected"] == false) {
        format!("GitHub says that branch `{branch}` is not protected")
    } else {
        return None;
    };
    let value = match shape {
        Shape::Flag => json!(false),
        Shape::Count => json!(0),
        Shape::List => json!([]),
        Shape::Text => json!(""),
    };
    Some(Fact::Known { value, from })
}

fn flag(protection: &Protection, name: &str) -> Fact {
    match name {
        "protected" => return protected(protection),
        "admins-included" => return admins_included(protection),
        _ => {}
    }
    strictest(
        [classic_flag(protection, name), rules_flag(protection, name)],
        |left, right| left || right,
        |is_on| !is_on,
    )
}

/// The stricter of two sides. `is_least` tells the value that a side without any rule has.
fn strictest<T: Clone + Into<Value>>(
    sides: [Side<T>; 2],
    stricter: impl Fn(T, T) -> T,
    is_least: impl Fn(&T) -> bool,
) -> Fact {
    let (mut value, mut sources, mut silent): (Option<T>, Vec<String>, Option<Unread>) = (None, Vec::new(), None);
    for side in sides {
        let (said, from) = match side {
            Side::Says(said, from) => (said, from),
            Side::Hints(said, from, unread) => {
                silent.get_or_insert(unread);
                (said, from)
            }
            Side::Silent(unread) => {
                silent.get_or_insert(unread);
                continue;
            }
        };
        // Who asks for nothing is named only when nobody asks for anything.
        let was_least = value.as_ref().is_none_or(&is_least);
        if was_least && !is_least(&said) {
            sources.clear();
        }
        if was_least || !is_least(&said) {
            sources.push(from);
        }
        value = Some(match value {
            Some(known) => stricter(known, said),
            None => said,
        });
    }
    let from = sources.join(" and ");
    match (value, silent) {
        (Some(value), None) => known(value.into(), from),
        (Some(value), Some(unread)) if !is_least(&value) => {
            let value: Value = value.into();
            // A flag that is on cannot become more so.
            if value.is_boolean() {
                known(value, from)
            } else {
                Fact::AtLeast { value, from, unread }
            }
        }
        (_, Some(unread)) => Fact::Unread(unread),
        (None, None) => Fact::Unread(unmodelled("nothing was asked".to_owned())),
    }
}

fn protected(protection: &Protection) -> Fact {
    let branch = &protection.branch;
    match &protection.summary {
        Answer::Read(summary) if summary["protected"] == true => {
            known(json!(true), format!("GitHub says that branch `{branch}` is protected"))
        }
        Answer::Read(_) | Answer::Nothing | Answer::Unenforceable | Answer::Unread(_) => strictest(
            [
                with_classic(protection, |_| Some(true), false, |_| Some(true)),
                with_rules(protection, |rules| !rules.is_empty()),
            ],
            |left, right| left || right,
            |is_on| !is_on,
        ),
    }
}

/// Whether every rule binds administrators, too: all sides must say so, and one that can't be seen leaves it open.
fn admins_included(protection: &Protection) -> Fact {
    let classic = match &protection.classic {
        Answer::Read(classic) => match enabled(classic, "enforce_admins") {
            Some(is_on) => Some(Ok(is_on)),
            None => Some(Err(unmodelled("GitHub does not tell `enforce_admins`".to_owned()))),
        },
        Answer::Nothing | Answer::Unenforceable => None,
        Answer::Unread(unread) => Some(Err(unread.clone())),
    };
    let has_rules = match &protection.rules {
        Answer::Read(rules) => !rules.as_array().is_none_or(Vec::is_empty),
        Answer::Unread(_) => true,
        Answer::Nothing | Answer::Unenforceable => false,
    };
    let mut sides: Vec<Result<bool, Unread>> = classic.into_iter().collect();
    if has_rules {
        if let Answer::Unread(unread) = &protection.rules {
            sides.push(Err(unread.clone()));
        }
        if protection.rulesets.is_empty() {
            sides.push(Err(bypass_unread()));
        }
        sides.extend(protection.rulesets.iter().map(binds_admins));
    }
    let from = format!("branch protection and rulesets of `{}`", protection.branch);
    if sides.iter().any(|side| *side == Ok(false)) {
        return known(json!(false), from);
    }
    match sides.iter().find_map(|side| side.as_ref().err()) {
        Some(unread) => Fact::Unread(unread.clone()),
        None => known(json!(!sides.is_empty()), from),
    }
}

/// Whether nobody may bypass a ruleset. A list that is absent is not an empty one.
fn binds_admins(ruleset: &Answer) -> Result<bool, Unread> {
    match ruleset {
        Answer::Read(ruleset) => match ruleset["bypass_actors"].as_array() {
            Some(actors) => Ok(actors.is_empty()),
            None => Err(bypass_unread()),
        },
        Answer::Unread(unread) => Err(unread.clone()),
        Answer::Nothing | Answer::Unenforceable => Err(bypass_unread()),
    }
}

fn bypass_unread() -> Unread {
    Unread::new(
        Cause::Permission,
        "GitHub tells who may bypass a ruleset only to those who may change it",
        "give `settings-token` a fine-grained token or an app's token with `administration=write`",
    )
}

fn classic_flag(protection: &Protection, name: &str) -> Side<bool> {
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
        // Classic protection may have a merge queue, and its answer does not say so.
        _ => with_classic(protection, |_| None, false, no_hint),
    }
}

fn rules_flag(protection: &Protection, name: &str) -> Side<bool> {
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

fn approvals(protection: &Protection) -> [Side<u64>; 2] {
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

fn checks(protection: &Protection) -> [Side<Vec<String>>; 2] {
    let classic = with_classic(
        protection,
        |classic| Some(contexts(&classic["required_status_checks"])),
        Vec::new(),
        |rule| Some(names(&rule["requiredStatusCheckContexts"])).filter(|names| !names.is_empty()),
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
            .flat_map(|rule| names(&rule["parameters"]["required_status_checks"]));
        union(required.collect(), Vec::new())
    });
    [classic, rules]
}

/// The contexts of `required_status_checks`, which both `contexts` and `checks` list.
fn contexts(checks: &Value) -> Vec<String> {
    union(names(&checks["contexts"]), names(&checks["checks"]))
}

/// The names in a list of names, or of objects with a `context`.
fn names(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    let names = items.filter_map(|item| item.as_str().or_else(|| item["context"].as_str()));
    names.map(str::to_owned).collect()
}

fn union(mut left: Vec<String>, right: Vec<String>) -> Vec<String> {
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
fn with_classic<T>(
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
fn with_rules<T>(protection: &Protection, read: impl Fn(&[Value]) -> T) -> Side<T> {
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

fn enabled(classic: &Value, key: &str) -> Option<bool> {
    classic[key]["enabled"].as_bool()
}

fn known(value: Value, from: String) -> Fact {
    Fact::Known { value, from }
}

fn unmodelled(what: String) -> Unread {
    Unread::new(
        Cause::Unmodelled,
        what,
        "this is a mistake of readygate: please report it",
    )
}
