//! Why a call gave no answer, and whose fault that is.

use crate::model::{Cause, Unread};

/// What kind of failure it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The user's fault or the token's: it is not there, or the token may not know that it is. GitHub
    /// answers 404 to both.
    NotFound,
    /// The user's fault: the token is wrong or has expired (401).
    Unauthorized,
    /// The user's to mend: the token lacks a permission.
    Forbidden {
        /// What GitHub says would do (`X-Accepted-GitHub-Permissions`): `administration=read`.
        permission: Option<String>,
    },
    /// Nobody's fault: GitHub's rate limit, for longer than this run may wait.
    RateLimited {
        /// When it ends, in seconds since 1970, if GitHub said so.
        until: Option<u64>,
    },
    /// GitHub's fault or the network's: no answer, an answer cut off, or 5xx.
    Unavailable,
    /// GitHub's fault (or a proxy's): an answer that is not what it should be, such as HTML for JSON.
    Malformed,
    /// Our own limit: an answer longer than we take.
    TooLarge,
    /// Our fault: GitHub understood the request and refuses it (400, 409, 422).
    Rejected,
}

/// A call that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct GithubError {
    /// The call: `GET /repos/o/n`.
    pub call: String,
    /// The status that GitHub answered with, if it answered.
    pub status: Option<u16>,
    /// GitHub's own words or the network's, on one line and cut to 300 characters.
    pub message: String,
    /// `X-Accepted-GitHub-Permissions`, where GitHub sent it.
    pub accepted_permissions: Option<String>,
    /// What kind it is.
    pub kind: Kind,
}

impl GithubError {
    pub(super) fn new(call: &str, status: Option<u16>, kind: Kind, message: &str) -> Self {
        // GitHub's words may quote a stranger's: no control character leaves here.
        let words: Vec<&str> = message
            .split(|character: char| character.is_whitespace() || character.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        Self {
            call: call.to_owned(),
            status,
            message: words.join(" ").chars().take(300).collect(),
            accepted_permissions: None,
            kind,
        }
    }

    /// What could not be read because of this failure, with its cause and what would settle it.
    pub fn unread(&self, subject: &str) -> Unread {
        let (cause, settle) = match &self.kind {
            Kind::NotFound if self.accepted_permissions.is_some() => {
                (Cause::Permission, grant(self.accepted_permissions.as_deref()))
            }
            Kind::NotFound => (
                Cause::Permission,
                "give the token access to this repository, or see that it exists".to_owned(),
            ),
            Kind::Unauthorized => (Cause::Permission, "give a token that is valid".to_owned()),
            Kind::Forbidden { permission } => (Cause::Permission, grant(permission.as_deref())),
            Kind::RateLimited { .. } => (
                Cause::Limit,
                "run again when GitHub's rate limit has been reset".to_owned(),
            ),
            Kind::TooLarge => (Cause::Limit, "run readygate on a checkout".to_owned()),
            Kind::Unavailable | Kind::Malformed => (Cause::Network, "run again".to_owned()),
            Kind::Rejected => (
                Cause::Unmodelled,
                "this is a mistake of readygate: please report it".to_owned(),
            ),
        };
        Unread::new(cause, format!("{subject} could not be read: {self}"), settle)
    }
}

/// How a permission is granted, in words.
pub(super) fn grant(permission: Option<&str>) -> String {
    match permission {
        // Neither is a key of a workflow's `permissions:`; only another token can have them.
        Some(wanted) if wanted.contains("administration") || wanted.contains("members") => {
            format!("give `settings-token` a fine-grained token or an app's token with `{wanted}`")
        }
        Some(wanted) => format!("give the token `{wanted}`"),
        None => "give the token the permission for it".to_owned(),
    }
}

impl std::fmt::Display for GithubError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { call, message, .. } = self;
        match &self.kind {
            Kind::NotFound => write!(
                formatter,
                "GitHub knows nothing at `{call}`, or this token may not see it"
            )?,
            Kind::Unauthorized => write!(formatter, "GitHub does not accept the token (`{call}`)")?,
            Kind::Forbidden {
                permission: Some(permission),
            } => {
                write!(formatter, "the token may not do `{call}`, which needs `{permission}`")?;
            }
            Kind::Forbidden { permission: None } => write!(formatter, "the token may not do `{call}`")?,
            Kind::RateLimited { until } => {
                write!(formatter, "GitHub's rate limit is used up (`{call}`)")?;
                if let Some(time) = until.and_then(time_of) {
                    write!(formatter, " until {time}")?;
                }
            }
            Kind::Unavailable => write!(formatter, "GitHub did not answer `{call}`")?,
            Kind::Malformed => write!(formatter, "the answer to `{call}` is not GitHub's")?,
            Kind::TooLarge => write!(formatter, "the answer to `{call}` is too large")?,
            Kind::Rejected => write!(formatter, "GitHub refuses `{call}`")?,
        }
        match (self.status, message.as_str()) {
            (Some(status), "") => write!(formatter, " ({status})"),
            (Some(status), message) => write!(formatter, " ({status}: {message})"),
            (None, "") => Ok(()),
            (None, message) => write!(formatter, " ({message})"),
        }
    }
}

/// Seconds since 1970 as a time of day that a person can wait for.
fn time_of(seconds: u64) -> Option<String> {
    let time = chrono::DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)?;
    Some(time.format("%H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_happened_and_what_would_settle_it() {
        let kinds = [
            (Kind::NotFound, Cause::Permission),
            (Kind::Unauthorized, Cause::Permission),
            (
                Kind::Forbidden {
                    permission: Some("administration=read".to_owned()),
                },
                Cause::Permission,
            ),
            (Kind::RateLimited { until: Some(0) }, Cause::Limit),
            (Kind::Unavailable, Cause::Network),
            (Kind::Malformed, Cause::Network),
            (Kind::TooLarge, Cause::Limit),
            (Kind::Rejected, Cause::Unmodelled),
        ];
        for (kind, cause) in kinds {
            let error = GithubError::new("GET /x", Some(403), kind, "no\n\u{1b}[31m way");
            let unread = error.unread("`x`");
            assert_eq!(unread.cause, cause);
            assert!(unread.what.contains("GET /x") && unread.what.contains("(403: no [31m way)"));
            assert!(!unread.settle.is_empty());
        }
    }

    #[test]
    fn the_time_of_a_reset_is_readable() {
        let kind = Kind::RateLimited { until: Some(3_600) };
        let error = GithubError::new("GET /x", None, kind, "");
        assert_eq!(
            error.to_string(),
            "GitHub's rate limit is used up (`GET /x`) until 01:00:00 UTC"
        );
    }
}
