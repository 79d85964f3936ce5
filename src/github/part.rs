//! What a GraphQL answer tells of a repository, and why it tells no more.

use serde_json::Value;

use crate::model::{Cause, Unread};

use super::{GithubError, GraphqlAnswer, Kind};

/// A part of an answer is good; what is missing is unread, and seldom for want of a permission alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    /// `repository` of the answer; `Null` when there is none.
    pub data: Value,
    /// Why it lacks what it lacks; `None` where GitHub hides it from the token.
    pub lacks: Option<Unread>,
}

impl Part {
    /// What a query gave.
    pub fn of(result: Result<GraphqlAnswer, GithubError>, subject: &str) -> Self {
        match result {
            Ok(mut answer) => Self {
                data: answer.data["repository"].take(),
                lacks: answer.errors.iter().find_map(|error| trouble(error, subject)),
            },
            Err(error) => Self {
                data: Value::Null,
                lacks: Some(error.unread(subject)),
            },
        }
    }

    /// Why this one is not there.
    pub fn missing(&self, hidden: Unread) -> Unread {
        self.lacks.clone().unwrap_or(hidden)
    }
}

/// What an error of an answer means, where it is no refusal: GitHub names those by a type. A server that does not know
/// a field names the rule that the query breaks; what is left is an outage in the middle of an answer.
fn trouble(error: &Value, subject: &str) -> Option<Unread> {
    let is_refusal = |kind: &str| matches!(kind, "FORBIDDEN" | "INSUFFICIENT_SCOPES" | "NOT_FOUND");
    if error["type"].as_str().is_some_and(is_refusal) {
        return None;
    }
    let message = error["message"].as_str().unwrap_or_default();
    let error_of = |kind| GithubError::new("POST /graphql", Some(200), kind, message);
    if error.pointer("/extensions/code").is_some() {
        let what = format!("this server does not tell {subject}: {}", error_of(Kind::Rejected));
        let settle = "attest it, or ask a server that tells it";
        return Some(Unread::new(Cause::Unmodelled, what, settle));
    }
    Some(error_of(Kind::Unavailable).unread(subject))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cause(errors: Value) -> Option<Cause> {
        let answer = GraphqlAnswer {
            data: json!({"repository": {"a": 1}}),
            errors: errors.as_array().cloned().unwrap_or_default(),
        };
        let part = Part::of(Ok(answer), "the settings");
        assert_eq!(part.data, json!({"a": 1}), "a part is good");
        part.lacks.map(|unread| unread.cause)
    }

    #[test]
    fn a_refusal_an_outage_and_an_old_server_are_three_causes() {
        assert_eq!(
            cause(json!([{"type": "FORBIDDEN", "message": "Resource not accessible"}])),
            None
        );
        assert_eq!(
            cause(json!([{"message": "Something went wrong while executing your query"}])),
            Some(Cause::Network)
        );
        let unknown = json!([{"message": "Field 'x' doesn't exist", "extensions": {"code": "undefinedField"}}]);
        assert_eq!(cause(unknown), Some(Cause::Unmodelled));
        for (kind, wanted) in [
            (Kind::Unavailable, Cause::Network),
            (Kind::RateLimited { until: None }, Cause::Limit),
        ] {
            let error = GithubError::new("POST /graphql", Some(502), kind, "");
            let part = Part::of(Err(error), "the settings");
            assert_eq!(part.lacks.map(|unread| unread.cause), Some(wanted));
        }
    }
}
