//! A setting of GitHub's held against what is wished: what `branch` and `repository` share.

use serde_json::Value;

use crate::model::{Cause, Evidence, Examined, Fact, Gap, Place, RepoPath, Strength, Unread};

/// What values a setting has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// On or off.
    Flag,
    /// A number, of which more is stricter.
    Count,
    /// Names.
    List,
    /// A word.
    Text,
}

/// What is wished of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// This value.
    Equals(Value),
    /// This number or more.
    AtLeast(u64),
    /// Something, whatever it is.
    Any,
    /// These names, among others.
    Has(Vec<String>),
}

/// One setting with its wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// The fact: `branch.protected`.
    pub key: String,
    /// What is wished.
    pub wish: Wish,
}

impl Setting {
    /// What a fact makes of the wish. A setting stands in no file: its evidence's path is `github:` and the
    /// fact's group, `github:branch`, which no repository path can be taken for.
    pub(super) fn examine(&self, fact: Fact) -> Examined {
        let key = &self.key;
        let (value, from, rest) = match fact {
            Fact::Unread(unread) => return Examined::unknown(unread),
            Fact::Known { value, from } => (value, from, None),
            Fact::AtLeast { value, from, unread } => (value, from, Some(unread)),
        };
        let Some(lacks) = self.wish.lacks(&value) else {
            let what = format!("`{key}` is `{value}`, which is not what such a setting can be");
            let settle = "this is a mistake of readygate: please report it";
            return Examined::unknown(Unread::new(Cause::Unmodelled, what, settle));
        };
        let group = key.split('.').next().unwrap_or(key);
        let place = Place::file(&RepoPath::new(&format!("github:{group}")));
        let words = format!("{key} = {value}");
        let evidence = vec![Evidence::new(place, &words, Strength::Proven, key.clone())];
        let is = describe(&value);
        // What is certain of a switch is that it is on, or nothing: what was not read may switch it on.
        if let (Some(unread), Wish::Equals(Value::Bool(false))) = (&rest, &self.wish) {
            return Examined::unknown(unread.clone()).with_evidence(evidence);
        }
        if lacks.is_empty() {
            let at_least = if rest.is_some() { "at least " } else { "" };
            return Examined::pass(format!("`{key}` is {at_least}{is} ({from})"), evidence);
        }
        if let Some(unread) = rest {
            return Examined::unknown(unread).with_evidence(evidence);
        }
        let wished = self.wish.describe();
        let reason = format!("`{key}` is {is}, and {wished} is asked for ({from})");
        let gaps = lacks.into_iter().map(|lack| {
            let (subject, message) = match lack {
                Some(name) => (format!("{key}: {name}"), format!("`{key}` lacks `{name}` ({from})")),
                None => (key.clone(), reason.clone()),
            };
            Gap::missing(subject, message)
        });
        Examined::fail(reason.clone(), gaps.collect()).with_evidence(evidence)
    }
}

impl Wish {
    /// What the value lacks: nothing when it is as wished, names for a list, `None` for the whole of it.
    /// No answer when the value is of another shape than the wish.
    fn lacks(&self, value: &Value) -> Option<Vec<Option<String>>> {
        let whole = |is_met: bool| if is_met { Vec::new() } else { vec![None] };
        match self {
            Self::Equals(wished) => {
                let has_shape = value.is_boolean() == wished.is_boolean() && value.is_string() == wished.is_string();
                has_shape.then(|| whole(value == wished))
            }
            Self::AtLeast(least) => value.as_u64().map(|count| whole(count >= *least)),
            Self::Any => value.as_array().map(|names| whole(!names.is_empty())),
            Self::Has(wished) => value.as_array().map(|names| {
                let is_there = |name: &String| names.iter().any(|known| known == name);
                wished
                    .iter()
                    .filter(|name| !is_there(name))
                    .cloned()
                    .map(Some)
                    .collect()
            }),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Equals(value) => describe(value),
            Self::AtLeast(least) => format!("{least} or more"),
            Self::Any => "one at least".to_owned(),
            Self::Has(names) => format!("`{}`", names.join("`, `")),
        }
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Bool(true) => "on".to_owned(),
        Value::Bool(false) => "off".to_owned(),
        Value::Null => "not set".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("`{text}`"),
        Value::Array(names) if names.is_empty() => "empty".to_owned(),
        Value::Array(names) => {
            let names: Vec<String> = names.iter().map(describe).collect();
            names.join(", ")
        }
        Value::Object(_) => value.to_string(),
    }
}

/// Whether a gap's subject is a setting on GitHub, or one name that a setting lacks: what no change to the tree mends.
pub fn is_setting(subject: &str) -> bool {
    let key = subject.split_once(": ").map_or(subject, |(key, _)| key);
    if let Some(name) = key.strip_prefix("branch.") {
        return super::branch::SETTINGS.iter().any(|(known, _, _)| *known == name);
    }
    let repository = key.strip_prefix("repository.");
    repository.is_some_and(|name| super::repository::SETTINGS.iter().any(|(known, _)| *known == name))
}
