//! Shapes that the parameters of several kinds share.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Problem;

/// Reads a kind's parameters. The policy has compared them with the kind's schema before, and has said
/// what is wrong where; what is left here is said of the whole.
///
/// # Errors
/// The one mistake that serde stopped at.
pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Vec<Problem>> {
    T::deserialize(value).map_err(|error| vec![Problem::at(&[], error.to_string())])
}

/// One of a thing, or a list of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// All of them, in their order.
    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// How many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Count {
    /// At least so many. Without it: 1, or 0 where `max` is given.
    pub(super) min: Option<u32>,
    /// At most so many.
    pub(super) max: Option<u32>,
}

impl Count {
    /// The least number that will do.
    pub(super) fn least(count: Option<Self>) -> usize {
        let least = match count {
            None => 1,
            Some(count) => count.min.unwrap_or(u32::from(count.max.is_none())),
        };
        usize::try_from(least).unwrap_or(usize::MAX)
    }

    /// The greatest number that will do, if there is one.
    pub(super) fn most(count: Option<Self>) -> Option<usize> {
        count
            .and_then(|count| count.max)
            .map(|most| usize::try_from(most).unwrap_or(usize::MAX))
    }

    /// What makes it a number that nothing can be.
    pub(super) fn problem(count: Option<Self>) -> Option<Problem> {
        let most = Self::most(count)?;
        (Self::least(count) > most).then(|| Problem::at(&["count"], "`min` is greater than `max`"))
    }
}

/// Words for a list of alternatives: "`a`, `b` or `c`".
pub(super) fn alternatives<S: AsRef<str>>(words: &[S]) -> String {
    // A sentence with a dozen patterns is not read; the policy has them all.
    const MOST: usize = 4;
    let quote = |word: &S| format!("`{}`", word.as_ref());
    if words.len() > MOST {
        let shown: Vec<String> = words.iter().take(MOST - 1).map(quote).collect();
        return format!("{} or {} more", shown.join(", "), words.len() - shown.len());
    }
    let quoted: Vec<String> = words.iter().map(quote).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} or {last}", before.join(", ")),
    }
}

/// A number with its noun: "1 file", "3 files".
pub(super) fn counted(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}
