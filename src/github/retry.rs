//! Whether a call is made again, and when: decided from the answer alone.
//!
//! Source of the rules: GitHub's documentation, "Rate limits for the REST API" and "Best practices":
//! `retry-after` first, then `x-ratelimit-reset` when nothing remains, else a minute.

use std::time::Duration;

use http::HeaderMap;

/// How often one call is tried at most.
pub(super) const TRIES: u32 = 4;
/// What GitHub asks to wait after a secondary limit that names no time.
const SECONDARY: Duration = Duration::from_secs(60);

/// Whether this answer is about a rate limit rather than a permission: both are 403.
pub(super) fn is_limit(status: u16, headers: &HeaderMap, message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let says_limit = message.contains("rate limit") || message.contains("abuse detection");
    let says_permission = message.contains("not accessible");
    match status {
        429 => true,
        403 => {
            let is_used_up = number(headers, "x-ratelimit-remaining") == Some(0);
            says_limit || !says_permission && (number(headers, "retry-after").is_some() || is_used_up)
        }
        _ => false,
    }
}

/// How long GitHub asks to wait after a rate limit's answer.
pub(super) fn limit_wait(headers: &HeaderMap, now: u64) -> Duration {
    if let Some(seconds) = number(headers, "retry-after") {
        return Duration::from_secs(seconds);
    }
    match (
        number(headers, "x-ratelimit-remaining"),
        number(headers, "x-ratelimit-reset"),
    ) {
        // One second more: the reset is given in whole seconds.
        (Some(0), Some(reset)) => Duration::from_secs(reset.saturating_sub(now) + 1),
        _ => SECONDARY,
    }
}

/// How long to wait after the try of this number (from 1) got no good answer: doubling, or as GitHub asks.
pub(super) fn outage_wait(headers: Option<&HeaderMap>, tried: u32, pause: Duration) -> Duration {
    headers
        .and_then(|headers| number(headers, "retry-after"))
        .map_or_else(|| pause * 2u32.pow(tried.saturating_sub(1)), Duration::from_secs)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
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
    fn a_403_is_a_limit_or_a_permission() {
        let used_up = headers(&[("x-ratelimit-remaining", "0")]);
        assert!(is_limit(403, &used_up, "API rate limit exceeded"));
        assert!(is_limit(403, &used_up, ""));
        assert!(!is_limit(403, &used_up, "Resource not accessible by integration"));
        assert!(is_limit(
            403,
            &HeaderMap::new(),
            "You have exceeded a secondary rate limit"
        ));
        assert!(is_limit(429, &HeaderMap::new(), ""));
        assert!(!is_limit(
            403,
            &headers(&[("x-ratelimit-remaining", "12")]),
            "Forbidden"
        ));
        assert!(!is_limit(404, &used_up, "Not Found"));
    }

    #[test]
    fn what_github_asks_to_wait_is_what_is_waited() {
        let both = headers(&[
            ("retry-after", "7"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "500"),
        ]);
        assert_eq!(limit_wait(&both, 100), Duration::from_secs(7));
        let reset = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "130")]);
        assert_eq!(limit_wait(&reset, 100), Duration::from_secs(31));
        assert_eq!(limit_wait(&reset, 900), Duration::from_secs(1));
        assert_eq!(limit_wait(&HeaderMap::new(), 0), SECONDARY);
        let pause = Duration::from_millis(500);
        assert_eq!(outage_wait(None, 3, pause), Duration::from_secs(2));
        assert_eq!(outage_wait(Some(&both), 1, pause), Duration::from_secs(7));
    }
}
