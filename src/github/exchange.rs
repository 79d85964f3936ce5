//! One call's way: sent, redirected, tried again, judged.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, LOCATION, USER_AGENT};
use http::{Method, Request, Response, StatusCode, Uri};

use super::allowance::{Pool, server_time};
use super::answer::{header, is_json, message_of, parse};
use super::client::Client;
use super::clock::Late;
use super::permission::{in_vain, needed};
use super::retry::{TRIES, is_limit, limit_wait, outage_wait};
use super::transport::Body;
use super::{Download, GithubError, Kind};

/// The longest JSON answer taken: a recursive tree is cut off by GitHub at 7 MB.
const LARGEST_ANSWER: u64 = 64 << 20;
/// The most redirects of one call.
const MOST_HOPS: usize = 5;
/// The version whose answers were studied; GitHub serves it until 2028-03-10.
const API_VERSION: &str = "2022-11-28";

/// One call to an absolute address.
pub(super) struct Call<'a> {
    pub method: Method,
    pub uri: Uri,
    pub accept: &'a str,
    pub body: Option<Bytes>,
    pub name: String,
}

/// An answer received as a whole.
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Client {
    /// An answer as a whole. A GET is tried again when its answer is cut off or not JSON, as after an outage.
    pub(super) async fn exchange(&self, mut call: Call<'_>) -> Result<Answer, GithubError> {
        let mut tried = 1;
        loop {
            let response = self.begin(&mut call).await?;
            let (parts, body) = response.into_parts();
            let failure = match self.take(body, &call.name, LARGEST_ANSWER).whole().await {
                Ok(bytes) if is_json(&bytes) => {
                    return Ok(Answer {
                        status: parts.status,
                        headers: parts.headers,
                        bytes,
                    });
                }
                Ok(_) => GithubError::new(&call.name, Some(parts.status.as_u16()), Kind::Malformed, "not JSON"),
                Err(failure) => failure,
            };
            let wait = outage_wait(None, tried, self.0.pause);
            let is_final = matches!(failure.kind, Kind::TooLarge) || tried >= TRIES;
            if call.method != Method::GET || is_final || !self.wait(wait).await {
                return Err(failure);
            }
            tried += 1;
        }
    }

    /// The beginning of a good answer: redirects followed, limits and outages waited for.
    pub(super) async fn begin(&self, call: &mut Call<'_>) -> Result<Response<Body>, GithubError> {
        if let Some(failure) = self.never(call) {
            return Err(failure);
        }
        let (mut tried, mut hops) = (1, 0);
        loop {
            if let Some((failure, wait)) = self.refused(call) {
                if call.method != Method::GET || tried >= TRIES || wait.is_zero() || !self.wait(wait).await {
                    return Err(failure);
                }
                tried += 1;
                continue;
            }
            let (failure, wait) = match self.send(call).await {
                Err(failure) => (failure, outage_wait(None, tried, self.0.pause)),
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) if response.status().is_redirection() && call.method == Method::GET => {
                    hops += 1;
                    call.uri = self.redirect(call, &response, hops)?;
                    continue;
                }
                Ok(response) => self.judge(call, response, tried).await,
            };
            let may_pass = matches!(failure.kind, Kind::Unavailable | Kind::RateLimited { .. });
            if call.method != Method::GET || !may_pass || tried >= TRIES || !self.wait(wait).await {
                return Err(failure);
            }
            tried += 1;
        }
    }

    /// What GitHub would say to a token of this kind, whatever it is given: known without a request.
    pub(super) fn never(&self, call: &Call<'_>) -> Option<GithubError> {
        let endpoint = in_vain(self.0.kind?, call.method.as_str(), call.uri.path())?;
        let permission = Some(endpoint.permission.to_owned()).filter(|permission| !permission.is_empty());
        let words = "not asked: no token of this kind is let";
        let accepted = permission.clone();
        let mut failure = GithubError::new(&call.name, None, Kind::Forbidden { permission }, words);
        failure.accepted_permissions = accepted;
        Some(failure)
    }

    /// Why this call is not to be sent, and how long to wait until it may be.
    fn refused(&self, call: &Call<'_>) -> Option<(GithubError, Duration)> {
        let refusal = self.0.allowance.refusal(&call.name, pool(call), self.1, now());
        refusal.map(|(failure, seconds)| (failure, Duration::from_secs(seconds)))
    }

    /// A body as it comes in, within this run's time.
    pub(super) fn take(&self, body: Body, call: &str, cap: u64) -> Download {
        Download::new(body, call, cap, (self.0.patience, Arc::clone(self.clock())))
    }

    /// One request, sent once.
    async fn send(&self, call: &Call<'_>) -> Result<Response<Body>, GithubError> {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(call.uri.clone())
            .header(USER_AGENT, concat!("readygate/", env!("CARGO_PKG_VERSION")))
            .header(ACCEPT, call.accept)
            .header("x-github-api-version", API_VERSION);
        if call.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(authorization) = &self.0.authorization
            && self.is_own(&call.uri)
        {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let fail = |kind, message: &str| GithubError::new(&call.name, None, kind, message);
        let request = request
            .body(call.body.clone().unwrap_or_default())
            .map_err(|error| fail(Kind::Rejected, &error.to_string()))?;
        if self.clock().left().is_zero() {
            return Err(fail(Kind::Unavailable, &self.clock().words()));
        }
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        self.0.allowance.count(self.1);
        match self.clock().wait(self.0.patience, self.0.transport.send(request)).await {
            Err(Late::Silent) => Err(fail(Kind::Unavailable, "no answer in time")),
            Err(Late::Over) => Err(fail(Kind::Unavailable, &self.clock().words())),
            Ok(Err(message)) => Err(fail(Kind::Unavailable, &message)),
            Ok(Ok(response)) => {
                if self.is_own(&call.uri) {
                    self.0.allowance.note(response.headers(), pool(call), now());
                }
                Ok(response)
            }
        }
    }

    /// Where a redirect leads. It may leave the API's host (archives do), never its encryption.
    fn redirect(&self, call: &Call<'_>, response: &Response<Body>, hops: usize) -> Result<Uri, GithubError> {
        let status = response.status().as_u16();
        let fail = |message: &str| GithubError::new(&call.name, Some(status), Kind::Malformed, message);
        if hops > MOST_HOPS {
            return Err(fail("too many redirects"));
        }
        let location = header(response.headers(), LOCATION.as_str()).ok_or_else(|| fail("a redirect to nowhere"))?;
        let mut uri: Uri = location.parse().map_err(|_| fail("a redirect to no address"))?;
        if uri.authority().is_none() {
            let mut parts = uri.into_parts();
            parts.scheme = call.uri.scheme().cloned();
            parts.authority = call.uri.authority().cloned();
            uri = Uri::from_parts(parts).map_err(|_| fail("a redirect to no address"))?;
        }
        if call.uri.scheme_str() == Some("https") && uri.scheme_str() != Some("https") {
            return Err(fail("a redirect out of TLS"));
        }
        Ok(uri)
    }

    /// What a bad answer means, and how long to wait before it is worth another try.
    async fn judge(&self, call: &Call<'_>, response: Response<Body>, tried: u32) -> (GithubError, Duration) {
        let (parts, body) = response.into_parts();
        let status = parts.status.as_u16();
        let body = self.take(body, &call.name, LARGEST_ANSWER).whole().await;
        let body = body.unwrap_or_default();
        let body = parse(&body).unwrap_or_default();
        let message = message_of(&body);
        let accepted = header(&parts.headers, "x-accepted-github-permissions").map(str::to_owned);
        let named = || {
            let needed = needed(call.method.as_str(), call.uri.path());
            accepted
                .clone()
                .or_else(|| needed.map(|endpoint| endpoint.permission.to_owned()))
        };
        let mut wait = outage_wait(Some(&parts.headers), tried, self.0.pause);
        let kind = if is_limit(status, &parts.headers, &message) {
            wait = limit_wait(&parts.headers, server_time(&parts.headers).unwrap_or_else(now));
            Kind::RateLimited {
                until: Some(now() + wait.as_secs()),
            }
        } else {
            match status {
                401 => Kind::Unauthorized,
                403 | 451 => Kind::Forbidden { permission: named() },
                404 | 410 => Kind::NotFound,
                400 | 409 | 422 => Kind::Rejected,
                408 | 500.. => Kind::Unavailable,
                _ => Kind::Malformed,
            }
        };
        let mut failure = GithubError::new(&call.name, Some(status), kind, &message);
        failure.accepted_permissions = accepted;
        (failure, wait)
    }

    /// Waits, if there is time left for it.
    async fn wait(&self, wait: Duration) -> bool {
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let waited_ms = self.0.waited_ms.load(Ordering::Relaxed);
        let is_too_long = Duration::from_millis(waited_ms.saturating_add(wait_ms)) > self.0.deadline;
        if is_too_long || wait >= self.clock().left() {
            return false;
        }
        self.0.waited_ms.fetch_add(wait_ms, Ordering::Relaxed);
        let slept = self.clock().wait(Duration::MAX, tokio::time::sleep(wait)).await;
        slept.is_ok()
    }
}

fn pool(call: &Call<'_>) -> Pool {
    if call.name == "POST /graphql" {
        Pool::Graphql
    } else {
        Pool::Core
    }
}

/// Seconds since 1970.
#[allow(
    clippy::disallowed_methods,
    reason = "GitHub tells a limit's end as a time of day, so how long to wait takes a clock"
)]
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
