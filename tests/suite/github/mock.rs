//! A server on 127.0.0.1 that answers as GitHub's API does, on a thread of its own.
//!
//! A request that it does not expect is answered with 501 and makes the test fail when the mock goes.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use readygate::github::{Client, Settings, Token, TokenKind};
use serde_json::{Value, json};
use tokio_rustls::TlsAcceptor;

use super::fixture::{ADMIN, DEFAULT, Fixture, PERSON, READ_ONLY, Trouble};
use super::tls::Authority;

/// What a request's token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// No token.
    Anonymous,
    /// `READ_ONLY`.
    Read,
    /// `PERSON`: reads as `READ_ONLY` does, and is no workflow's.
    Person,
    /// `DEFAULT`.
    Write,
    /// `ADMIN`.
    Administer,
}

/// A request, taken apart.
pub struct Asked {
    /// The method.
    pub method: String,
    /// The path's segments, decoded.
    pub path: Vec<String>,
    /// The query, decoded.
    pub query: BTreeMap<String, String>,
    /// The `Accept` header.
    pub accept: String,
    /// The body as JSON.
    pub body: Value,
    /// What the token may do.
    pub access: Access,
    /// `http://HOST`, as the client named it, with what it has before its paths.
    pub base: String,
}

/// An answer.
#[derive(Clone)]
pub struct Told {
    /// The status.
    pub status: u16,
    /// Headers beside the usual ones.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Told {
    /// JSON.
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self {
            status,
            headers,
            body: Bytes::from(body.to_string()),
        }
    }

    /// GitHub's way to refuse.
    pub fn refusal(status: u16, message: &str) -> Self {
        Self::json(status, &json!({"message": message, "status": status.to_string()}))
    }

    /// The same with a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What a token without the permission gets.
    pub fn forbidden(permission: &str) -> Self {
        Self::refusal(403, "Resource not accessible by integration").with("x-accepted-github-permissions", permission)
    }
}

/// Whether a number is what a part of a path says.
pub fn is_number(value: &Value, text: &str) -> bool {
    text.parse().is_ok_and(|number: u64| *value == number)
}

/// What has happened so far.
pub struct State {
    /// What is served.
    pub fixture: Fixture,
    /// `METHOD /path?query` of all requests, as sent.
    pub requests: Vec<String>,
    /// The bodies of the requests that change something, with their `METHOD /path`.
    pub changes: Vec<(String, Value)>,
    /// What nobody expected.
    pub unexpected: Vec<String>,
    /// Check runs, with all their `annotations`.
    pub check_runs: Vec<Value>,
    /// Comments, with `issue`.
    pub comments: Vec<Value>,
    /// Issues, open and closed.
    pub issues: Vec<Value>,
    /// The last id given.
    pub last_id: u64,
    /// Requests and their answers that GitHub's description is asked about.
    pub exchanges: Vec<Exchange>,
}

/// A request with its answer.
pub struct Exchange {
    /// The request.
    pub asked: Asked,
    /// The answer's status.
    pub status: u16,
    /// The answer.
    pub told: Bytes,
}

/// The running server. It stops, and complains, when it is dropped.
pub struct Mock {
    /// `http://127.0.0.1:PORT`: the API's address; GraphQL's is `/graphql` below it.
    pub url: String,
    state: Arc<Mutex<State>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Mock {
    /// Starts a server for this world.
    pub fn start(fixture: Fixture) -> Self {
        Self::behind(fixture, None)
    }

    /// Starts one behind TLS, with the certificate that this authority vouches for. As a GitHub Enterprise Server does it
    /// answers below `/api/v3` and `/api/graphql`.
    pub fn start_tls(fixture: Fixture, authority: &Authority) -> Self {
        Self::behind(fixture, Some(authority.acceptor()))
    }

    fn behind(fixture: Fixture, tls: Option<TlsAcceptor>) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let state = State {
            comments: Vec::new(),
            issues: Vec::new(),
            check_runs: Vec::new(),
            requests: Vec::new(),
            changes: Vec::new(),
            unexpected: Vec::new(),
            last_id: 1_000,
            exchanges: Vec::new(),
            fixture,
        };
        let state = Arc::new(Mutex::new(state));
        super::mock_talk::place_comments(&mut state.lock().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let served = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(serve(listener, tls, served, stopped));
        });
        Self {
            url,
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// A client's settings for it, impatient; an empty token is none.
    pub fn settings(&self, token: &str) -> Settings {
        Settings {
            token: Token::new(token),
            kind: match Token::new(token).and_then(|token| token.kind()) {
                Some(TokenKind::App) => Some(TokenKind::Workflow),
                other => other,
            },
            api_url: self.url.clone(),
            graphql_url: format!("{}/graphql", self.url),
            deadline: std::time::Duration::from_secs(2),
            patience: std::time::Duration::from_secs(60),
            pause: std::time::Duration::from_millis(1),
            ..Settings::default()
        }
    }

    /// A client with this token.
    pub fn client(&self, token: &str) -> Client {
        Client::new(self.settings(token)).unwrap()
    }

    /// `METHOD /path?query` of all requests so far, as sent.
    pub fn requests(&self) -> Vec<String> {
        self.look(|state| state.requests.clone())
    }

    /// The check runs as they stand, each with all its `annotations`.
    pub fn check_runs(&self) -> Vec<Value> {
        self.look(|state| state.check_runs.clone())
    }

    /// The comments as they stand.
    pub fn comments(&self) -> Vec<Value> {
        self.look(|state| state.comments.clone())
    }

    /// The issues as they stand.
    pub fn issues(&self) -> Vec<Value> {
        self.look(|state| state.issues.clone())
    }

    /// Forgets the requests so far, not what they changed.
    pub fn forget_requests(&self) {
        self.look(|state| state.requests.clear());
    }

    /// Looks at the state, or changes it.
    pub fn look<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state.lock().unwrap())
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(|thread| thread.join());
        if !std::thread::panicking() {
            assert!(!matches!(ended, Some(Err(_))), "the mock server panicked");
            let unexpected = self.look(|state| state.unexpected.clone());
            assert!(unexpected.is_empty(), "unexpected requests: {unexpected:#?}");
            let violations = self.look(|state| super::schema::violations(&state.exchanges));
            assert!(
                violations.is_empty(),
                "not as GitHub describes its API: {violations:#?}"
            );
        }
    }
}

async fn serve(
    listener: std::net::TcpListener,
    tls: Option<TlsAcceptor>,
    state: Arc<Mutex<State>>,
    mut stopped: tokio::sync::oneshot::Receiver<()>,
) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    loop {
        let stream = tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => accepted.unwrap().0,
        };
        let state = Arc::clone(&state);
        let tls = tls.clone();
        tokio::spawn(async move {
            let scheme = if tls.is_some() { "https" } else { "http" };
            let service = service_fn(move |request| answer(request, scheme, Arc::clone(&state)));
            // A connection that the client, or a fault, breaks off is no mistake of the server.
            let http = http1::Builder::new();
            match tls {
                None => http.serve_connection(TokioIo::new(stream), service).await.ok(),
                Some(tls) => match tls.accept(stream).await {
                    Ok(stream) => http.serve_connection(TokioIo::new(stream), service).await.ok(),
                    Err(_) => None,
                },
            };
        });
    }
}

type Sent = BoxBody<Bytes, std::io::Error>;

async fn answer(
    request: Request<Incoming>,
    scheme: &str,
    state: Arc<Mutex<State>>,
) -> Result<Response<Sent>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
            .to_owned()
    };
    let line = format!("{} {}", parts.method, parts.uri);
    let trouble = {
        let mut state = state.lock().unwrap();
        state.requests.push(line.clone());
        if !header("proxy-authorization").is_empty() {
            state.unexpected.push(format!("{line}: with the proxy's password"));
        }
        let fault = state
            .fixture
            .faults
            .iter_mut()
            .find(|fault| fault.times > 0 && line.contains(&fault.at));
        let fault = fault.map(|fault| {
            fault.times -= 1;
            fault.what.clone()
        });
        fault.or_else(|| state.fixture.turn())
    };
    match &trouble {
        Some(Trouble::Status(status, headers, message)) => {
            let told = headers
                .iter()
                .fold(Told::refusal(*status, message), |told, (name, value)| {
                    told.with(name, value)
                });
            return Ok(send(told, Whole::Yes));
        }
        Some(Trouble::Html) => {
            let body = Bytes::from_static(b"<!DOCTYPE html><title>Unicorn!</title>");
            let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
            let told = Told {
                status: 200,
                headers,
                body,
            };
            return Ok(send(told, Whole::Yes));
        }
        Some(Trouble::Elsewhere) => {
            let location = format!(
                "{scheme}://{}/elsewhere",
                header("host").replace("127.0.0.1", "localhost")
            );
            return Ok(send(
                Told::json(302, &Value::Null).with("location", &location),
                Whole::Yes,
            ));
        }
        Some(Trouble::Trickle(time)) => {
            let body = Trickle(Box::pin(tokio::time::sleep(*time)), *time);
            return Ok(Response::new(BodyExt::boxed(body)));
        }
        Some(Trouble::Delay(time)) => tokio::time::sleep(*time).await,
        Some(Trouble::Cut) | None => {}
    }
    let mut state = state.lock().unwrap();
    let told = match access(&header("authorization")) {
        None => Told::refusal(401, "Bad credentials"),
        Some(access) => {
            let whole = parts.uri.path();
            let path = ["/api/v3", "/api"].iter().find_map(|below| whole.strip_prefix(below));
            let path = path.unwrap_or(whole);
            let below = whole.strip_suffix(path).unwrap_or_default();
            let asked = Asked {
                method: parts.method.to_string(),
                path: path.split('/').skip(1).map(decode).collect(),
                query: query(parts.uri.query().unwrap_or_default()),
                accept: header("accept"),
                body: serde_json::from_slice(&body).unwrap_or_default(),
                access,
                base: format!("{scheme}://{}{below}", header("host")),
            };
            assert!(
                !asked.base.contains("localhost") || access == Access::Anonymous,
                "the token was sent to another host"
            );
            if asked.method != "GET" && asked.path != ["graphql"] {
                let entry = (format!("{} {}", asked.method, parts.uri.path()), asked.body.clone());
                state.changes.push(entry);
            }
            let told = remembered(&mut state, &asked, &line);
            state.push(&line);
            state.keep(asked, &told);
            told
        }
    };
    let mut told = told.unwrap_or_unexpected(&mut state, &line);
    if let Some(remaining) = state.fixture.remaining.as_mut() {
        *remaining = remaining.saturating_sub(1);
        let reset = "99999999999";
        told = told
            .with("x-ratelimit-remaining", &remaining.to_string())
            .with("x-ratelimit-reset", reset);
    }
    let whole = if matches!(trouble, Some(Trouble::Cut)) {
        Whole::No
    } else {
        Whole::Yes
    };
    Ok(send(told, whole))
}

/// Answers about commits that stay as they are, over all servers of this process.
static REMEMBERED: Mutex<BTreeMap<String, Told>> = Mutex::new(BTreeMap::new());

fn remembered(state: &mut State, asked: &Asked, line: &str) -> Told {
    let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
    let is_git = matches!(
        path.as_slice(),
        ["repos", _, _, "commits" | "compare" | "git", ..] | ["codeload", ..]
    );
    let is_blobs = path == ["graphql"]
        && asked.body["query"]
            .as_str()
            .is_some_and(|query| query.contains("object(oid"));
    if !state.fixture.is_frozen || !(is_git && asked.method == "GET" || is_blobs) || path.last() == Some(&"check-runs")
    {
        return route(state, asked);
    }
    let git = state
        .fixture
        .repositories
        .values()
        .next()
        .map(|git| git.display().to_string());
    let who = asked.access == Access::Anonymous;
    let key = format!(
        "{git:?} {line} {} {who} {} {}",
        asked.accept, asked.body, state.fixture.truncate_at
    );
    if let Some(told) = REMEMBERED.lock().unwrap().get(&key) {
        return told.clone();
    }
    let told = route(state, asked);
    REMEMBERED.lock().unwrap().insert(key, told.clone());
    told
}

impl State {
    /// Lets somebody push, if this is the request after which they do.
    fn push(&mut self, line: &str) {
        if let Some((_, name, sha)) = self.fixture.push_after.take_if(|(at, ..)| line.contains(at.as_str())) {
            for git in self.fixture.repositories.values() {
                super::repo::run(git, &["update-ref", &name, &sha], None).unwrap();
            }
        }
    }

    /// Keeps an exchange for the contract. One endpoint that the program's own table does not list is unexpected.
    fn keep(&mut self, asked: Asked, told: &Told) {
        if asked
            .path
            .first()
            .is_some_and(|first| first == "codeload" || first == "elsewhere")
        {
            return;
        }
        let path = format!(
            "/{}",
            asked
                .path
                .iter()
                .map(|part| part.replace('/', "%2F"))
                .collect::<Vec<_>>()
                .join("/")
        );
        let endpoint = readygate::github::needed(&asked.method, &path);
        if endpoint.is_none() {
            self.unexpected
                .push(format!("{} {path}: not in the table of permissions", asked.method));
        }
        // A workflow's own token is never told: a request is wasted.
        let is_workflows = matches!(asked.access, Access::Read | Access::Write);
        let is_hidden = endpoint.is_some_and(|endpoint| {
            matches!(endpoint.permission, "administration=read" | "members=read")
                || endpoint.operation == "repos/get-repo-ruleset"
        });
        if is_workflows && is_hidden {
            self.unexpected
                .push(format!("{} {path}: this kind of token is never told", asked.method));
        }
        // What the mock refuses is a test's own mistake, made on purpose.
        if told.status == 422 || told.status == 501 {
            return;
        }
        self.exchanges.push(Exchange {
            status: told.status,
            told: told.body.clone(),
            asked,
        });
    }
}

fn route(state: &mut State, asked: &Asked) -> Told {
    if asked.path == ["elsewhere"] {
        return Told::json(200, &json!({"full_name": "elsewhere"}));
    }
    super::mock_git::route(state, asked)
        .or_else(|| super::mock_talk::route(state, asked))
        .unwrap_or_else(|| Told::refusal(501, "unexpected"))
}

impl Told {
    fn unwrap_or_unexpected(self, state: &mut State, line: &str) -> Self {
        if self.status == 501 {
            state.unexpected.push(line.to_owned());
        }
        self
    }
}

fn access(authorization: &str) -> Option<Access> {
    match authorization.strip_prefix("Bearer ") {
        None => Some(Access::Anonymous),
        Some(READ_ONLY) => Some(Access::Read),
        Some(PERSON) => Some(Access::Person),
        Some(DEFAULT) => Some(Access::Write),
        Some(ADMIN) => Some(Access::Administer),
        Some(_) => None,
    }
}

enum Whole {
    Yes,
    No,
}

fn send(told: Told, whole: Whole) -> Response<Sent> {
    let mut response = Response::builder()
        .status(told.status)
        .header("x-github-request-id", "mock");
    for (name, value) in &told.headers {
        response = response.header(name, value);
    }
    let body = match whole {
        Whole::Yes => http_body_util::Full::new(told.body)
            .map_err(|never| match never {})
            .boxed(),
        Whole::No => Cut(Some(told.body.slice(..told.body.len() / 2))).boxed(),
    };
    response.body(body).unwrap()
}

/// A body that breaks off.
struct Cut(Option<Bytes>);

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(Some(match self.0.take() {
            Some(bytes) => Ok(Frame::data(bytes)),
            None => Err(std::io::Error::other("cut off")),
        }))
    }
}

/// A body that goes on for ever.
struct Trickle(Pin<Box<tokio::time::Sleep>>, std::time::Duration);

impl hyper::body::Body for Trickle {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        std::task::ready!(self.0.as_mut().poll(context));
        let next = tokio::time::Instant::now() + self.1;
        self.0.as_mut().reset(next);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b" ")))))
    }
}

fn query(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap()
}
