//! What a `route` condition asks for.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::check::Problem;
use crate::check::code::OneOrManyArguments;
use crate::check::late::Late;
use crate::check::parameters::OneOrMany;
use crate::program::Route;

use super::address::Addresses;
use super::looked::{CHECKERS, STORES};
pub(super) use super::thing::{Checking, Thing};

/// Whether a server of the component answers a path, and what a request passes through on the way.
///
/// `{ method = "GET", path = ["/health", "/api/health"] }`: some route answers this.
/// `{ path = "/**/login", passes = { package = "express-rate-limit" } }`: each route that matches passes through
/// something that is made with that package.
/// `{ path = "/**/login", passes = { package = "express-rate-limit", with = { at = "skipFailedRequests", is-not = [true] } } }`:
/// through one that was made so.
/// `{ passes = { package = "express-mongo-sanitize" }, behind = { package = "express", call = "json" }, of = "one" }`: behind the
/// parser, where there is one.
/// `{ path = "/**/webhook*/**", not-after = { package = "express", call = "json" } }`: none of them comes after a JSON parser.
/// `{ method = "DELETE", path = "/**/account", calls = { package = "@prisma/client", call = "**.delete*" } }`: the handler
/// reaches such a call. `{ path = "/**/webhooks/**", behaves = true }`: the handler does more than answer a constant.
/// `{ path = "/health", calls = { package = "pg" }, tells-failure = true }`: and the status tells where that fails.
/// `{ path = "/**/stripe/webhook", reaches = { package = "stripe", call = "**.constructEvent" } }`: the handler does, or a guard
/// that stands before it.
/// `{ method = "POST", path = "/login", decides = "(?i)two_?factor" }`: what the handler does depends on something called so.
/// `{ method = "POST", path = "/forgot", calls = { text = "^https://api\\.resend\\.com" } }`: it says such a text.
/// `{ carries = "X-Content-Type-Options", of = "one" }`: something that is mounted before the handler sets that header.
/// `{ method = ["POST", "PUT", "PATCH"], checks-input = true, of = "followed" }`: no handler hands the body to a store as it came.
/// `{ path = "/ready", unbroken = true }`: the handler asks no module of this repository for what that does not export.
/// `{ method = "DELETE", plainly-open = false }`: none of them is seen to ask nobody who they are.
/// `{ beyond-files = true }`: the server does more than hand out files.
/// `{ error-handler = true }`: Express has a handler with four parameters behind the routes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "RouteParameters")]
pub(super) struct Parameters {
    /// The method, or several of which one will do. Without it, any.
    method: Option<OneOrMany>,
    /// The whole path, or several of which one will do; `*` stands for a part or some of its letters, `**` for any
    /// parts, `:` for a parameter. Without it every route is meant.
    path: Option<OneOrMany>,
    /// Paths of routes that are not meant, as in `path`.
    except: Option<OneOrMany>,
    /// What each route that matches must pass through before its handler.
    passes: Option<Through>,
    /// Of `passes`: what must stand before that, where the server has such at all. What cleans what was sent sees no body in
    /// front of the parser that reads it.
    behind: Option<Through>,
    /// What none of them may pass through before its handler.
    not_after: Option<Through>,
    /// What the handler must reach.
    calls: Option<Through>,
    /// Of `calls`: whether the answer's status must be able to tell that what is called failed, by an error that nobody
    /// swallows or by the status that is set. Where that can't be followed, it is not known.
    #[serde(default)]
    tells_failure: bool,
    /// What the handler must reach, or something that stands before it.
    reaches: Option<Through>,
    /// A regular expression: something that the handler reaches must depend on what is called so (`if (user.mfaEnabled)`).
    /// Where it is only named, or something else that runs depends on it, that is not known.
    decides: Option<String>,
    /// Headers of which the answer must carry one: a function that is mounted before the handler, or a hook that is called
    /// with each answer, sets it by its own hand.
    carries: Option<OneOrMany>,
    /// Whether the handler must do more than answer a constant.
    #[serde(default)]
    behaves: bool,
    /// Whether what the handler asks of modules of this repository must be exported there. A module whose exports are
    /// not all known, and a handler that could not be followed, are not called broken.
    #[serde(default)]
    unbroken: bool,
    /// Whether something must look at the body before it is kept: something of a package that validates, a condition, a
    /// function whose name says that it checks. `Model.create(request.body)` with nothing of that on the way falls short, and so
    /// does a row of which several parts are kept as they came. That something is there is no look at it: `if (!title) …`.
    /// What can't be followed so far is not known.
    #[serde(default)]
    checks_input: bool,
    /// `true`: errors of the routes must be handled by something that is mounted behind them. It stands alone.
    #[serde(default)]
    error_handler: bool,
    /// `true`: something is served that is no file. A server with `express.static` and a page for all other addresses is
    /// no API, and what is asked of those is not asked of it. It stands alone, in `applies-when`.
    #[serde(default)]
    beyond_files: bool,
    /// `false`: no route that matches may be plainly open. One is where all that a request passes through, and the handler
    /// with all that it calls, is followed and asks nobody who they are: nothing there is called after users, sessions, roles,
    /// tokens or secrets, and nothing answers 401 or 403; where the handler changes what is kept; and where another route of
    /// the same server does refuse somebody. Of a route that may ask this says nothing, so let it stand beside somebody's word:
    /// `all = [{ route = { method = "DELETE", plainly-open = false } }, { attestation = { … } }]`.
    plainly_open: Option<bool>,
    /// How many of the routes that match must be so: each of them (the default), each whose path is known, each that
    /// could be followed, at least half of them, or one.
    #[serde(default)]
    of: Of,
}

/// How many of the routes that match must be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RouteOf")]
pub(super) enum Of {
    /// Each.
    #[default]
    Each,
    /// Each whose path is known; where there is none, what is asked of them is asked of nothing.
    Known,
    /// Each that could be followed; of the others nothing is asked. It stands beside an attestation, which is about all.
    Followed,
    /// At least half of them.
    Half,
    /// One.
    One,
}

/// Something that a package gives.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "RouteThrough")]
pub(super) struct Through {
    /// The package, or several of which one will do; `*` stands for any letters.
    pub(super) package: Option<OneOrMany>,
    /// What of it: names joined by `.`, as in `code`. Without it, anything.
    pub(super) call: Option<OneOrMany>,
    /// Of `passes`: what the arguments of the call that made it must be like, as in `code`.
    pub(super) with: Option<OneOrManyArguments>,
    /// Of `calls` and `reaches`: a regular expression of a text that is said there, such as an address that is asked. It
    /// will do in place of the package, or beside it.
    pub(super) text: Option<String>,
}

/// A question that was understood.
#[derive(Debug)]
pub(super) struct Question {
    methods: Vec<String>,
    paths: Vec<String>,
    /// The same, part by part.
    patterns: Addresses,
    /// Those that are not meant.
    except: Addresses,
    pub(super) passes: Option<Thing>,
    pub(super) behind: Option<Thing>,
    pub(super) not_after: Option<Thing>,
    pub(super) calls: Option<Thing>,
    pub(super) tells_failure: bool,
    pub(super) reaches: Option<Thing>,
    pub(super) decides: Option<Late>,
    pub(super) carries: Vec<String>,
    pub(super) behaves: bool,
    pub(super) unbroken: bool,
    pub(super) checking: Option<Checking>,
    pub(super) error_handler: bool,
    pub(super) beyond_files: bool,
    /// Whether none of them may be plainly open.
    pub(super) is_closed: bool,
    pub(super) of: Of,
}

pub(super) fn list(one: &Option<OneOrMany>) -> Vec<String> {
    one.as_ref().map_or_else(Vec::new, |one| one.as_slice().to_vec())
}

pub(super) fn pattern(written: Option<&str>, key: &str, problems: &mut Vec<Problem>) -> Option<Late> {
    let pattern = written.map(Late::new).transpose();
    pattern.unwrap_or_else(|error| {
        problems.push(Problem::at(&[key], format!("this is no pattern: {error}")));
        None
    })
}

impl Parameters {
    /// What is asked where it can't be.
    fn misplaced(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (key, through) in [
            ("not-after", &self.not_after),
            ("behind", &self.behind),
            ("calls", &self.calls),
            ("reaches", &self.reaches),
        ] {
            if through.as_ref().is_some_and(|through| through.with.is_some()) {
                problems.push(Problem::at(
                    &[key, "with"],
                    "arguments are asked of what a request `passes`",
                ));
            }
        }
        for (key, through) in [
            ("passes", &self.passes),
            ("behind", &self.behind),
            ("not-after", &self.not_after),
        ] {
            if through.as_ref().is_some_and(|through| through.text.is_some()) {
                problems.push(Problem::at(
                    &[key, "text"],
                    "a text is asked of what a handler `calls` or `reaches`",
                ));
            }
        }
        if self.tells_failure && self.calls.is_none() {
            let message = "say what it `calls`, so that it is known what may fail";
            problems.push(Problem::at(&["tells-failure"], message));
        }
        if self.plainly_open == Some(true) {
            let message = "no route is asked to be open: say `false`";
            problems.push(Problem::at(&["plainly-open"], message));
        }
        if self.behind.is_some() && self.passes.is_none() {
            let message = "say what it `passes`, which is to stand behind this";
            problems.push(Problem::at(&["behind"], message));
        }
        problems
    }

    /// What stands alone and has more beside it.
    fn not_alone(&self, has_paths: bool) -> Option<Problem> {
        let asks_more = self.passes.is_some()
            || self.not_after.is_some()
            || self.calls.is_some()
            || self.reaches.is_some()
            || self.decides.is_some()
            || self.carries.is_some()
            || self.behaves
            || self.checks_input
            || self.unbroken;
        let is_more = self.method.is_some() || has_paths || asks_more || self.plainly_open.is_some();
        if self.error_handler && is_more {
            let message = "`error-handler` is about all routes: ask for it in a condition of its own";
            return Some(Problem::at(&["error-handler"], message));
        }
        if self.plainly_open.is_some() && asks_more {
            let message =
                "`plainly-open` says nothing of a route that may ask: ask for other things in a condition of its own";
            return Some(Problem::at(&["plainly-open"], message));
        }
        if self.beyond_files && (is_more || self.error_handler) {
            let message = "`beyond-files` is about all routes: ask for it in a condition of its own";
            return Some(Problem::at(&["beyond-files"], message));
        }
        None
    }
}

impl Question {
    pub(super) fn new(parameters: Parameters) -> Result<Self, Vec<Problem>> {
        let mut problems = parameters.misplaced();
        let mut thing = |through: &Option<Through>| through.clone().map(|through| Thing::new(through, &mut problems));
        let (passes, behind, not_after, calls, reaches) = (
            thing(&parameters.passes),
            thing(&parameters.behind),
            thing(&parameters.not_after),
            thing(&parameters.calls),
            thing(&parameters.reaches),
        );
        let decides = pattern(parameters.decides.as_deref(), "decides", &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let (paths, except) = (list(&parameters.path), list(&parameters.except));
        for (key, paths) in [("path", &paths), ("except", &except)] {
            let mut each = paths.iter();
            if let Some(path) = each.find(|path| !path.starts_with('/') && !path.starts_with('*')) {
                return Err(vec![Problem::at(&[key], format!("`{path}` must begin with `/`"))]);
            }
        }
        if let Some(problem) = parameters.not_alone(!paths.is_empty() || !except.is_empty()) {
            return Err(vec![problem]);
        }
        Ok(Self {
            methods: list(&parameters.method)
                .iter()
                .map(|method| method.to_ascii_uppercase())
                .collect(),
            patterns: Addresses::new(&paths),
            except: Addresses::new(&except),
            paths,
            passes,
            behind,
            not_after,
            calls,
            tells_failure: parameters.tells_failure,
            reaches,
            decides,
            carries: list(&parameters.carries),
            behaves: parameters.behaves,
            unbroken: parameters.unbroken,
            checking: parameters.checks_input.then(|| Checking {
                checker: Thing::of(&CHECKERS),
                stores: Thing::of(&STORES),
            }),
            error_handler: parameters.error_handler,
            beyond_files: parameters.beyond_files,
            is_closed: parameters.plainly_open == Some(false),
            of: parameters.of,
        })
    }

    /// All that is looked for.
    pub(super) fn things(&self) -> impl Iterator<Item = &Thing> {
        let things = [&self.passes, &self.behind, &self.not_after, &self.calls, &self.reaches];
        let checking = self
            .checking
            .iter()
            .flat_map(|checking| [&checking.checker, &checking.stores]);
        things.into_iter().flatten().chain(checking)
    }

    /// Whether a route's method is asked for.
    pub(super) fn names_method(&self, method: &str) -> bool {
        self.methods.is_empty() || method == "*" || self.methods.iter().any(|known| known == method)
    }

    /// Whether anything is asked of the routes but that they are there.
    pub(super) fn asks_further(&self) -> bool {
        let through = [&self.passes, &self.not_after, &self.calls, &self.reaches];
        self.behaves
            || self.unbroken
            || self.checking.is_some()
            || self.decides.is_some()
            || !self.carries.is_empty()
            || through.iter().any(|thing| thing.is_some())
    }

    /// Whether routes are asked for whatever their path.
    pub(super) fn is_of_all(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether a route is asked for; an unknown path may be.
    pub(super) fn names(&self, route: &Route) -> bool {
        let has_path =
            |path: &[String]| (self.paths.is_empty() || self.patterns.are_like(path)) && !self.except.are_like(path);
        self.names_method(&route.method) && route.parts().is_some_and(has_path)
    }

    /// Whether a route whose path is not wholly known may be asked for.
    pub(super) fn may_name(&self, route: &Route) -> bool {
        let may_be = |path: &[String]| self.paths.is_empty() || self.patterns.may_be_like(path);
        self.names_method(&route.method) && route.parts().is_none_or(may_be)
    }

    /// What is asked for, in words.
    pub(super) fn shown(&self) -> String {
        const MOST: usize = 3;
        let method = match self.methods.as_slice() {
            [] => String::new(),
            methods => format!("{} ", methods.join(" or ")),
        };
        match self.paths.as_slice() {
            [] => format!("{method}routes"),
            paths if paths.len() > MOST => {
                format!("`{method}{}` or one of {} more paths", paths[0], paths.len() - 1)
            }
            paths => paths
                .iter()
                .map(|path| format!("`{method}{path}`"))
                .collect::<Vec<_>>()
                .join(" or "),
        }
    }

    /// Its name for fingerprints.
    pub(super) fn subject(&self) -> String {
        let through = [&self.passes, &self.not_after, &self.calls, &self.reaches];
        let through = through.into_iter().flatten();
        let mut parts = vec![self.methods.join("|"), self.paths.join(" | ")];
        parts.extend(through.map(|thing| thing.names.join(" | ")));
        parts.extend(self.decides.iter().map(|pattern| pattern.as_str().to_owned()));
        parts.push(self.carries.join(" | "));
        parts.extend(self.checking.iter().map(|_| "checks-input".to_owned()));
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }
}
