//! Typed enough to be safe, lenient enough to survive GitHub's changes: JSON in, JSON out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Uri};
use serde_json::{Value, json};

use super::allowance::{Allowance, Purpose};
use super::answer::{entries_of, header, next_page, parse};
use super::clock::Clock;
use super::exchange::Call;
use super::proxy::Proxies;
use super::transport::Transport;
use super::{Download, GithubError, Kind, Route, Token, TokenKind};

/// The most pages of one listing: 10,000 entries.
const MOST_PAGES: usize = 100;
const JSON: &str = "application/vnd.github+json";

/// How to reach GitHub.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The token; without one, only what is public can be read, and 60 requests an hour.
    pub token: Option<Token>,
    /// What kind of token it is; `None` where that is not known, and everything is asked.
    pub kind: Option<TokenKind>,
    /// `GITHUB_API_URL`.
    pub api_url: String,
    /// `GITHUB_GRAPHQL_URL`.
    pub graphql_url: String,
    /// How long all calls together may wait for limits and outages to pass.
    pub deadline: Duration,
    /// How long one answer may take to begin, and to go on.
    pub patience: Duration,
    /// How long all answers together may be waited for while reading, pauses included; what is not here then is unread
    /// (`network`). Telling the result may take half as long again.
    pub clock: Duration,
    /// The first wait after an outage; it doubles.
    pub pause: Duration,
    /// The most requests that one run may make to read; what would need more is unread (`limit`). Telling the result
    /// is not counted.
    pub budget: u64,
    /// The ways out of a closed network.
    pub proxies: Proxies,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token: None,
            kind: None,
            api_url: "https://api.github.com".to_owned(),
            graphql_url: "https://api.github.com/graphql".to_owned(),
            deadline: Duration::from_secs(60),
            patience: Duration::from_secs(30),
            clock: Duration::from_secs(120),
            pause: Duration::from_millis(500),
            // GitHub gives a workflow's token 1,000 an hour for a whole repository. A small pull request takes ten.
            budget: 160,
            proxies: Proxies::default(),
        }
    }
}

/// What a GraphQL query gave: partial data is kept beside the errors.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GraphqlAnswer {
    /// The data; `Null` when there is none.
    pub data: Value,
    /// The errors as GitHub sent them (`type`, `path`, `message`).
    pub errors: Vec<Value>,
}

/// A connection to GitHub's API. Cheap to clone: all clones count and wait together.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>, pub(super) Purpose);

pub(super) struct Inner {
    pub(super) transport: Transport,
    pub(super) authorization: Option<HeaderValue>,
    pub(super) kind: Option<TokenKind>,
    pub(super) api: String,
    pub(super) graphql: String,
    pub(super) deadline: Duration,
    pub(super) patience: Duration,
    reading: Arc<Clock>,
    telling: Arc<Clock>,
    pub(super) pause: Duration,
    pub(super) waited_ms: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) allowance: Allowance,
}

impl Client {
    /// A client. Must be made inside a tokio runtime.
    ///
    /// # Errors
    /// `Rejected` when the addresses or the token can't be used, or TLS can't be set up.
    pub fn new(settings: Settings) -> Result<Self, GithubError> {
        let fail = |message: &str| GithubError::new("set-up", None, Kind::Rejected, message);
        let authorization = match &settings.token {
            None => None,
            Some(token) => Some(
                token
                    .header()
                    .ok_or_else(|| fail("the token has characters that no token has"))?,
            ),
        };
        let api = settings.api_url.trim_end_matches('/').to_owned();
        for address in [&api, &settings.graphql_url] {
            let uri: Uri = address
                .parse()
                .map_err(|_| fail(&format!("`{address}` is not an address")))?;
            if uri.scheme().is_none() || uri.authority().is_none() {
                return Err(fail(&format!("`{address}` is not an absolute address")));
            }
        }
        let inner = Inner {
            transport: Transport::new(&settings.proxies).map_err(|message| fail(&message))?,
            authorization,
            kind: settings.kind,
            api,
            graphql: settings.graphql_url,
            deadline: settings.deadline,
            patience: settings.patience,
            reading: Arc::new(Clock::new(settings.clock)),
            telling: Arc::new(Clock::new(settings.clock / 2)),
            pause: settings.pause,
            waited_ms: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            allowance: Allowance::new(settings.budget),
        };
        Ok(Self(Arc::new(inner), Purpose::Reading))
    }

    /// The same connection for telling the result, for which the last requests are kept.
    #[must_use]
    pub fn for_telling(&self) -> Self {
        Self(Arc::clone(&self.0), Purpose::Telling)
    }

    /// Requests sent so far, redirects and repetitions included.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// Whether it has a token: GraphQL answers nobody without one.
    pub fn has_token(&self) -> bool {
        self.0.authorization.is_some()
    }

    /// What kind of token it has, where that is known.
    pub fn kind(&self) -> Option<TokenKind> {
        self.0.kind
    }

    /// What GET gives; `Null` for an answer without content (204).
    ///
    /// # Errors
    /// See `Kind`.
    pub async fn get(&self, route: &Route) -> Result<Value, GithubError> {
        let answer = self.exchange(self.call(Method::GET, route, None)?).await?;
        parse(&answer.bytes).map_err(|message| self.malformed(Method::GET, route, &message))
    }

    /// A question whose yes is an answer without content (204).
    ///
    /// # Errors
    /// See `Kind`; `Malformed` where anything else came with success: a proxy's word is no yes.
    pub async fn get_nothing(&self, route: &Route) -> Result<(), GithubError> {
        let answer = self.exchange(self.call(Method::GET, route, None)?).await?;
        match answer.status.as_u16() {
            204 => Ok(()),
            status => {
                let mut error = self.malformed(Method::GET, route, "a yes has no content and status 204");
                error.status = Some(status);
                Err(error)
            }
        }
    }

    /// All entries of a listing, page by page: an array, or the first array of an object's members.
    ///
    /// # Errors
    /// See `Kind`; `TooLarge` past 100 pages: a part of a list would be taken for the whole.
    pub async fn get_all(&self, route: &Route) -> Result<Vec<Value>, GithubError> {
        let mut first = route.clone();
        if !first.has("per_page") {
            first = first.with("per_page", "100");
        }
        let mut entries = Vec::new();
        let mut call = self.call(Method::GET, &first, None)?;
        for _ in 0..MOST_PAGES {
            let answer = self.exchange(call).await?;
            let page = parse(&answer.bytes).map_err(|message| self.malformed(Method::GET, route, &message))?;
            entries.extend(entries_of(page).ok_or_else(|| self.malformed(Method::GET, route, "not a list"))?);
            let Some(next) = next_page(&answer.headers) else {
                return Ok(entries);
            };
            if !self.is_own(&next) {
                return Err(self.malformed(Method::GET, route, "its next page is on another host"));
            }
            call = self.call(Method::GET, route, None)?;
            call.uri = next;
        }
        let name = name(&Method::GET, route);
        Err(GithubError::new(&name, None, Kind::TooLarge, "more than 100 pages"))
    }

    /// Why a POST is known to be refused to this kind of token, without a request.
    pub fn in_vain(&self, route: &Route) -> Option<GithubError> {
        self.never(&self.call(Method::POST, route, None).ok()?)
    }

    /// What POST gives. Sent once, whatever happens.
    ///
    /// # Errors
    /// See `Kind`.
    pub async fn post(&self, route: &Route, body: &Value) -> Result<Value, GithubError> {
        self.change(Method::POST, route, Some(body)).await
    }

    /// What PATCH gives. Sent once, whatever happens.
    ///
    /// # Errors
    /// See `Kind`.
    pub async fn patch(&self, route: &Route, body: &Value) -> Result<Value, GithubError> {
        self.change(Method::PATCH, route, Some(body)).await
    }

    /// What DELETE gives. Sent once, whatever happens.
    ///
    /// # Errors
    /// See `Kind`.
    pub async fn delete(&self, route: &Route) -> Result<Value, GithubError> {
        self.change(Method::DELETE, route, None).await
    }

    /// What a query gives, with partial data kept. Sent once, whatever happens.
    ///
    /// # Errors
    /// See `Kind`; a rate limit that GitHub reports with status 200 is `RateLimited`.
    pub async fn graphql(&self, query: &str, variables: Value) -> Result<GraphqlAnswer, GithubError> {
        let route = Route::new(&["graphql"]);
        let body = json!({ "query": query, "variables": variables });
        let mut call = self.call(Method::POST, &route, Some(&body))?;
        call.uri = self.uri(&self.0.graphql, &call.name)?;
        let answer = self.exchange(call).await?;
        let malformed = |message: &str| self.malformed(Method::POST, &route, message);
        let mut whole = parse(&answer.bytes).map_err(|message| malformed(&message))?;
        let data = whole.get_mut("data").map(Value::take);
        let errors = match whole.get_mut("errors").map(Value::take) {
            Some(Value::Array(errors)) => errors,
            None | Some(Value::Null) => Vec::new(),
            Some(other) => vec![other],
        };
        let is_limited = |error: &Value| error["type"] == "RATE_LIMITED" || error["type"] == "RATE_LIMIT";
        if errors.iter().any(is_limited) {
            let until = header(&answer.headers, "x-ratelimit-reset").and_then(|text| text.parse().ok());
            let kind = Kind::RateLimited { until };
            return Err(GithubError::new("POST /graphql", Some(200), kind, ""));
        }
        match data {
            None if errors.is_empty() => Err(malformed("neither data nor errors")),
            data => Ok(GraphqlAnswer {
                data: data.unwrap_or_default(),
                errors,
            }),
        }
    }

    /// A long answer, piece by piece, at most `cap` bytes of it. Redirects are followed, to other hosts
    /// without the token.
    ///
    /// # Errors
    /// See `Kind`.
    pub async fn download(&self, route: &Route, accept: &str, cap: u64) -> Result<Download, GithubError> {
        let mut call = self.call(Method::GET, route, None)?;
        call.accept = accept;
        let response = self.begin(&mut call).await?;
        Ok(self.take(response.into_body(), &call.name, cap))
    }

    /// The time for what this client is for.
    pub(super) fn clock(&self) -> &Arc<Clock> {
        match self.1 {
            Purpose::Reading => &self.0.reading,
            Purpose::Telling => &self.0.telling,
        }
    }

    async fn change(&self, method: Method, route: &Route, body: Option<&Value>) -> Result<Value, GithubError> {
        let answer = self.exchange(self.call(method.clone(), route, body)?).await?;
        parse(&answer.bytes).map_err(|message| self.malformed(method, route, &message))
    }

    fn call(&self, method: Method, route: &Route, body: Option<&Value>) -> Result<Call<'static>, GithubError> {
        let name = name(&method, route);
        Ok(Call {
            uri: self.uri(&format!("{}{route}", self.0.api), &name)?,
            method,
            accept: JSON,
            body: body.map(|body| Bytes::from(body.to_string())),
            name,
        })
    }

    fn uri(&self, text: &str, name: &str) -> Result<Uri, GithubError> {
        text.parse()
            .map_err(|_| GithubError::new(name, None, Kind::Rejected, "its address can't be built"))
    }

    fn malformed(&self, method: Method, route: &Route, message: &str) -> GithubError {
        GithubError::new(&name(&method, route), Some(200), Kind::Malformed, message)
    }

    /// Whether an address is the API's own, where the token may go.
    pub(super) fn is_own(&self, uri: &Uri) -> bool {
        [&self.0.api, &self.0.graphql].iter().any(|own| {
            own.parse::<Uri>()
                .is_ok_and(|own| own.scheme() == uri.scheme() && own.authority() == uri.authority())
        })
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Client({}, {} requests)", self.0.api, self.requests())
    }
}

fn name(method: &Method, route: &Route) -> String {
    format!("{method} {}", route.path())
}
