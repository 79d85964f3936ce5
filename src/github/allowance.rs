//! How many requests are left: by GitHub's count, and by this run's own.
//!
//! Who is cut off in the middle of a run can't even say so. So a few requests are kept for telling the result, and
//! what else would have been read is unread with its cause (`limit`).

use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderMap;

use super::answer::header;
use super::{GithubError, Kind};

/// Requests that reading leaves over for telling: a check run in four batches, a comment listed twice and written.
const KEPT: u64 = 8;
const UNKNOWN: u64 = u64::MAX;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To learn something: it may stay unread.
    Reading,
    /// To tell the result.
    Telling,
}

/// What GitHub counts a request against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    /// The REST API.
    Core,
    /// GraphQL, in points.
    Graphql,
}

/// The counts, shared by all clones of a client.
pub(super) struct Allowance {
    core: Left,
    graphql: Left,
    read: AtomicU64,
    most: u64,
}

struct Left {
    remaining: AtomicU64,
    /// When it is full again, in seconds since 1970 by this machine's clock.
    until: AtomicU64,
}

impl Left {
    fn new() -> Self {
        Self {
            remaining: AtomicU64::new(UNKNOWN),
            until: AtomicU64::new(0),
        }
    }
}

impl Allowance {
    /// Nothing is known of GitHub's count yet; at most `most` requests may read.
    pub(super) fn new(most: u64) -> Self {
        Self {
            core: Left::new(),
            graphql: Left::new(),
            read: AtomicU64::new(0),
            most,
        }
    }

    /// Counts a request that is about to be sent.
    pub(super) fn count(&self, purpose: Purpose) {
        match purpose {
            Purpose::Reading => {
                self.read.fetch_add(1, Ordering::Relaxed);
            }
            Purpose::Telling => {}
        }
    }

    /// Takes in what an answer says is left. `now` is this machine's clock; the server's own is in the answer, and the
    /// reset is told by that one.
    pub(super) fn note(&self, headers: &HeaderMap, asked: Pool, now: u64) {
        let number = |name: &str| header(headers, name)?.trim().parse::<u64>().ok();
        let (Some(remaining), Some(reset)) = (number("x-ratelimit-remaining"), number("x-ratelimit-reset")) else {
            return;
        };
        let pool = match header(headers, "x-ratelimit-resource") {
            None => asked,
            Some("core") => Pool::Core,
            Some("graphql") => Pool::Graphql,
            Some(_) => return,
        };
        let left = match pool {
            Pool::Core => &self.core,
            Pool::Graphql => &self.graphql,
        };
        let wait = reset.saturating_sub(server_time(headers).unwrap_or(now));
        left.remaining.store(remaining, Ordering::Relaxed);
        left.until.store(now.saturating_add(wait), Ordering::Relaxed);
    }

    /// Why a request is not sent, and in how many seconds it might be; `None` when it may be sent.
    pub(super) fn refusal(&self, call: &str, pool: Pool, purpose: Purpose, now: u64) -> Option<(GithubError, u64)> {
        if purpose == Purpose::Telling {
            return None;
        }
        if self.read.load(Ordering::Relaxed) >= self.most {
            let words = format!("the {} requests that a run may make to read are used up", self.most);
            return Some((GithubError::new(call, None, Kind::TooLarge, &words), 0));
        }
        let (left, kept) = match pool {
            Pool::Core => (&self.core, KEPT),
            Pool::Graphql => (&self.graphql, 1),
        };
        let (remaining, until) = (
            left.remaining.load(Ordering::Relaxed),
            left.until.load(Ordering::Relaxed),
        );
        if remaining >= kept || now > until {
            return None;
        }
        let words = format!("{remaining} requests are left, and kept for telling the result");
        let kind = Kind::RateLimited { until: Some(until) };
        Some((GithubError::new(call, None, kind, &words), until - now + 1))
    }
}

/// The server's clock in seconds since 1970: a limit's end is told by it, and a runner's clock may be wrong.
pub(super) fn server_time(headers: &HeaderMap) -> Option<u64> {
    let text = header(headers, "date")?;
    let time = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    u64::try_from(time.timestamp()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let value = http::HeaderValue::from_str(value).expect("a header");
            (http::HeaderName::from_static(name), value)
        });
        pairs.collect()
    }

    #[test]
    fn the_last_requests_are_kept_for_telling() {
        let allowance = Allowance::new(100);
        let refused = |pool, purpose, now| allowance.refusal("GET /x", pool, purpose, now).is_some();
        assert!(!refused(Pool::Core, Purpose::Reading, 100));
        allowance.note(
            &headers(&[("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "160")]),
            Pool::Core,
            100,
        );
        assert!(refused(Pool::Core, Purpose::Reading, 100));
        assert!(!refused(Pool::Core, Purpose::Telling, 100));
        assert!(
            !refused(Pool::Graphql, Purpose::Reading, 100),
            "GraphQL has a count of its own"
        );
        assert!(!refused(Pool::Core, Purpose::Reading, 161), "it is full again");
        allowance.note(
            &headers(&[("x-ratelimit-remaining", "8"), ("x-ratelimit-reset", "160")]),
            Pool::Core,
            100,
        );
        assert!(!refused(Pool::Core, Purpose::Reading, 100));
    }

    #[test]
    fn a_wrong_clock_here_does_not_lengthen_the_wait() {
        let allowance = Allowance::new(100);
        let told = headers(&[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "86430"),
            ("date", "Fri, 02 Jan 1970 00:00:00 GMT"),
        ]);
        // This machine is a day behind.
        allowance.note(&told, Pool::Core, 5);
        let (_, wait) = allowance
            .refusal("GET /x", Pool::Core, Purpose::Reading, 5)
            .expect("is refused");
        assert_eq!(wait, 31);
    }

    #[test]
    fn a_run_reads_no_more_than_its_budget() {
        let allowance = Allowance::new(2);
        allowance.count(Purpose::Telling);
        allowance.count(Purpose::Reading);
        assert!(allowance.refusal("GET /x", Pool::Core, Purpose::Reading, 0).is_none());
        allowance.count(Purpose::Reading);
        let (error, _) = allowance
            .refusal("GET /x", Pool::Core, Purpose::Reading, 0)
            .expect("is refused");
        assert_eq!(error.unread("`x`").cause, crate::model::Cause::Limit);
        assert!(allowance.refusal("POST /x", Pool::Core, Purpose::Telling, 0).is_none());
    }
}
