//! How a branch is protected, from all that says something about it: one pure function.
//!
//! Classic protection and rulesets both bind, so the stricter one counts for each question. "No" is said
//! only when everything that could have said "yes" was read; a part of the answer is `Fact::AtLeast`.

use serde_json::{Value, json};

use crate::check::{Shape, branch::SETTINGS};
use crate::model::{Cause, Fact, FactKey, Unread};

use super::sides::{
    Side, approvals, checks, checks_of_actions, classic_flag, enabled, rules_flag, union, with_classic, with_rules,
    workflows,
};
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
    /// GraphQL's `mergeQueue` of the branch, which classic protection's own answer leaves out: `Null` is none.
    pub queue: Answer,
    /// `GET rulesets/ID` of the rules' rulesets; `bypass_actors` is absent for who may not change them.
    pub rulesets: Vec<Answer>,
}

/// Every `branch.*` fact.
pub fn merge_protection(protection: &Protection) -> Vec<(FactKey, Fact)> {
    let facts = SETTINGS.iter().map(|(name, shape, _)| {
        let fact = none_at_all(protection, *shape).unwrap_or_else(|| match shape {
            Shape::Flag => flag(protection, name),
            Shape::Count => strictest(
                approvals(protection),
                |left, right| left.max(right),
                |count| *count == 0,
            ),
            Shape::List if *name == "required-workflows" => strictest(workflows(protection), union, Vec::is_empty),
            Shape::List if *name == "required-checks-of-actions" => {
                strictest(checks_of_actions(protection), union, Vec::is_empty)
            }
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
    if sides.contains(&Ok(false)) {
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

fn known(value: Value, from: String) -> Fact {
    Fact::Known { value, from }
}

pub(super) fn unmodelled(what: String) -> Unread {
    Unread::new(
        Cause::Unmodelled,
        what,
        "this is a mistake of readygate: please report it",
    )
}
