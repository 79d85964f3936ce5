//! What a `code` condition asks for.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::check::Problem;
use crate::check::files::{Case, Globs};
use crate::check::late::Late;
use crate::check::parameters::{OneOrMany, alternatives};

use super::argument::{Argument, ArgumentParameters};

/// Whether code that production reaches uses something of a package, or holds a text.
///
/// `{ package = "helmet" }`: any use: a call, a construction, an element, a value handed on. An import alone is none.
/// `{ package = "@sentry/node", call = "init" }`: this call. `{ package = "nodemailer", call = "createTransport().sendMail" }`:
/// a method of what a call gave. `{ package = "@prisma/client", call = "PrismaClient().*.delete*" }`: any of these.
/// `{ package = "cors", call = "default", with = { argument = 0, at = "origin", is-not = ["*", true] } }`: with such an argument.
/// `{ package = "cors", call = "default", with = { at = "origin", exists = true, origins = "chosen" } }`: an origin that lets
/// only chosen sites in, also by a function or a pattern.
/// `{ package = "drizzle-orm", call = "sql.raw", with = { constant = false } }`: with a text that is put together.
/// `{ package = "@prisma/client", call = "PrismaClient", at-most = 3 }`: in no more modules than these.
/// `{ text = "^payment_intent\\.succeeded$" }`: a string in code that production reaches.
/// `{ text = "^payment_intent\\.succeeded$", acts = true }`: one that decides something that does more than log.
/// `{ text = "^X-Frame-Options$", starting-in = "middleware.*" }`: a string in what this file leads to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "CodeParameters")]
pub(super) struct Parameters {
    /// The package, or several of which one will do; `*` stands for any letters. A path within the package
    /// (`next/image`) means that alone.
    package: Option<OneOrMany>,
    /// What of it is called, constructed or used as an element, or several of which one will do: names joined by `.`,
    /// `()` behind what was called before, `default` for the default export; `*` stands for a name or a part of one,
    /// `**` for any names. Without it any use will do.
    call: Option<OneOrMany>,
    /// A regular expression that a string in the code matches; instead of a package.
    text: Option<String>,
    /// Whether what the string decides must act: the branch of a comparison, its case, the handler that it is a key of.
    /// Logging and answering are no acts.
    #[serde(default)]
    acts: bool,
    /// Whether a function that runs must say the string, or name the constant that holds it: an address that a module only
    /// keeps is asked by nobody.
    #[serde(default)]
    said: bool,
    /// What the call's arguments must be like.
    with: Option<OneOrManyArguments>,
    /// Whether what the call throws must end what depends on it: no `catch` around it goes on as if it had held.
    #[serde(default)]
    refuses: bool,
    /// Whether nothing beside the call lets in what it would refuse: a text that stands in the code and is taken for a token,
    /// without a condition on where it runs, leaves that open.
    #[serde(default)]
    alone: bool,
    /// Whether more than the clock, jobs and events of the process must lead to it: what a request throws reaches nothing
    /// that a timer alone calls.
    #[serde(default)]
    for_requests: bool,
    /// How many of the calls that production reaches must be so: one (the default), or each of them.
    #[serde(default)]
    of: CallsParameter,
    /// In how many modules that production reaches it may be at most; where it is in none, nothing is asked.
    at_most: Option<u32>,
    /// `true`, with `at-most`: counted in what one process loads. A server and its workers are processes of their own; one
    /// that is told of another address, or is kept where all modules find it, may be no second one.
    #[serde(default)]
    in_one_process: bool,
    /// Which part of the component: what its server and jobs start, what its browser loads, or either (the default).
    #[serde(default)]
    side: SideParameter,
    /// Patterns of files that a framework or a script starts, from the component's folder: what these lead to counts alone,
    /// as what a middleware calls for every request.
    starting_in: Option<OneOrMany>,
    /// `true`: all components of the repository are asked together, whichever the control is about.
    #[serde(default)]
    from_root: bool,
}

/// One condition on the arguments, or several that must all hold.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::check) enum OneOrManyArguments {
    /// One.
    One(ArgumentParameters),
    /// Several.
    Many(Vec<ArgumentParameters>),
}

impl OneOrManyArguments {
    /// Compiles them; what is wrong with them is told.
    pub(in crate::check) fn compile(given: Option<Self>, problems: &mut Vec<Problem>) -> Vec<Argument> {
        let all = match given {
            None => Vec::new(),
            Some(Self::One(one)) => vec![one],
            Some(Self::Many(many)) => many,
        };
        let each = all.into_iter();
        each.filter_map(|one| one.compile().map_err(|problem| problems.push(problem)).ok())
            .collect()
    }
}

/// Which part of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CodeSide")]
pub(in crate::check) enum SideParameter {
    /// What its server and jobs start.
    Server,
    /// What its browser loads.
    Browser,
    /// Either.
    #[default]
    Any,
}

/// How many of the calls must be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CodeOf")]
pub(super) enum CallsParameter {
    /// One.
    #[default]
    One,
    /// Each.
    Each,
}

/// A question that was understood.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) what: What,
    pub(super) with: Vec<Argument>,
    pub(super) side: SideParameter,
    pub(super) at_most: Option<usize>,
    pub(super) in_one_process: bool,
    pub(super) of: CallsParameter,
    pub(super) asked: Further,
    /// The files that must lead to it.
    pub(super) starting_in: Option<Globs>,
    pub(super) from_root: bool,
}

/// What is asked of each use beyond its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Further {
    Nothing,
    /// What a string decides does something.
    Acts,
    /// What the call throws ends what depends on it.
    Refuses,
    /// A function that runs says the text, or names the constant that holds it.
    Said,
    /// Nothing lets in beside it.
    Alone,
    /// Not the clock alone leads to it.
    ForRequests,
}

/// What is looked for.
#[derive(Debug)]
pub(super) enum What {
    /// Uses of packages; no path is any use.
    Package { names: Vec<String>, paths: Vec<String> },
    /// A string.
    Text(Late),
}

impl Question {
    pub(super) fn new(parameters: Parameters) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let with = OneOrManyArguments::compile(parameters.with.clone(), &mut problems);
        let what = what(
            parameters.package.as_ref(),
            parameters.call.as_ref(),
            parameters.text.as_deref(),
        );
        let what = what.map_err(|problem| problems.push(problem)).ok();
        let starting = parameters.starting_in.as_ref();
        let starting = starting.map(|patterns| Globs::new(patterns, "starting-in", Case::Counts));
        let starting_in = starting.transpose().unwrap_or_else(|found| {
            problems.extend(found);
            None
        });
        problems.extend(misfits(&parameters));
        match what {
            Some(what) if problems.is_empty() => Ok(Self {
                asked: match (parameters.acts, parameters.refuses, parameters.said) {
                    (true, ..) => Further::Acts,
                    (false, true, _) => Further::Refuses,
                    (false, false, true) => Further::Said,
                    (false, false, false) if parameters.for_requests => Further::ForRequests,
                    (false, false, false) if parameters.alone => Further::Alone,
                    (false, false, false) => Further::Nothing,
                },
                what,
                with,
                side: parameters.side,
                of: parameters.of,
                starting_in,
                from_root: parameters.from_root,
                in_one_process: parameters.in_one_process,
                at_most: parameters.at_most.and_then(|most| usize::try_from(most).ok()),
            }),
            _ => Err(problems),
        }
    }
}

/// Questions that are asked without what they are about.
fn misfits(parameters: &Parameters) -> Vec<Problem> {
    let mut problems = Vec::new();
    if parameters.with.is_some() && parameters.call.is_none() {
        problems.push(Problem::at(
            &["with"],
            "arguments are asked of a call, so `call` must say which",
        ));
    }
    if parameters.in_one_process && parameters.at_most.is_none() {
        problems.push(Problem::at(
            &["in-one-process"],
            "what one process loads is counted, so `at-most` must say how often",
        ));
    }
    if parameters.acts && parameters.text.is_none() {
        problems.push(Problem::at(&["acts"], "what acts is asked of a `text`"));
    }
    if parameters.said && (parameters.text.is_none() || parameters.acts) {
        problems.push(Problem::at(
            &["said"],
            "what is said is asked of a `text`, without `acts`",
        ));
    }
    if parameters.refuses && parameters.call.is_none() {
        problems.push(Problem::at(
            &["refuses"],
            "what is refused is asked of a call, so `call` must say which",
        ));
    }
    if parameters.alone && (parameters.call.is_none() || parameters.refuses || parameters.for_requests) {
        problems.push(Problem::at(
            &["alone"],
            "what lets in beside it is asked of a call, without `refuses` and `for-requests`",
        ));
    }
    if parameters.for_requests && (parameters.call.is_none() || parameters.refuses) {
        problems.push(Problem::at(
            &["for-requests"],
            "what leads to it is asked of a call, without `refuses`",
        ));
    }
    problems
}

fn what(package: Option<&OneOrMany>, call: Option<&OneOrMany>, text: Option<&str>) -> Result<What, Problem> {
    match (package, call, text) {
        (Some(package), call, None) => {
            let names = package.as_slice().to_vec();
            if names.is_empty() {
                return Err(Problem::at(&["package"], "this list is empty"));
            }
            let paths = call.map_or_else(Vec::new, |call| {
                call.as_slice().iter().map(|path| normal_path(path)).collect()
            });
            Ok(What::Package { names, paths })
        }
        (None, None, Some(text)) => Late::new(text)
            .map(What::Text)
            .map_err(|why| Problem::at(&["text"], format!("this is no pattern: {why}"))),
        (Some(_), _, Some(_)) | (None, Some(_), Some(_)) => Err(Problem::at(
            &["text"],
            "`text` stands alone: ask for the package in a condition of its own",
        )),
        (None, _, None) => Err(Problem::at(
            &[],
            "say which `package` is to be used, or which `text` is to be there",
        )),
    }
}

/// A path without the name of the default export, which is the module itself to those who import it so.
pub(in crate::check) fn normal_path(path: &str) -> String {
    let path = path
        .strip_prefix("default")
        .map_or(path, |rest| match rest.chars().next() {
            None | Some('(') => rest,
            Some('.') => &rest[1..],
            Some(_) => path,
        });
    path.to_owned()
}

impl What {
    /// What is looked for, in words.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(pattern) => format!("a text like `{}`", pattern.as_str()),
            Self::Package { names, paths } => {
                let packages = listed(names);
                match paths.as_slice() {
                    [] => packages,
                    [path, ..] if path.is_empty() => format!("a call of {packages}"),
                    [path] => format!("`{path}` of {packages}"),
                    [path, ..] => format!("`{path}` or the like of {packages}"),
                }
            }
        }
    }

    /// Its name for fingerprints.
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Text(pattern) => pattern.as_str().to_owned(),
            Self::Package { names, paths } if paths.is_empty() => names.join(" | "),
            Self::Package { names, paths } => format!("{} {}", names.join(" | "), paths.join(" | ")),
        }
    }

    /// Whether a package's name is asked for: with its path within, or any path where none is asked for.
    pub(super) fn names_package(&self, package: &str) -> bool {
        let Self::Package { names, .. } = self else {
            return false;
        };
        let bare = bare(package);
        let is_within = bare.len() < package.len();
        names
            .iter()
            .any(|name| is_like(name, package) || is_within && is_like(name, bare))
    }

    /// Whether a path of a use is asked for.
    pub(super) fn names_path(&self, path: &str) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Package { paths, .. } => paths.iter().any(|pattern| is_path_like(pattern, path)),
        }
    }
}

/// Packages of which one will do, in words.
pub(in crate::check) fn listed(names: &[String]) -> String {
    const MOST: usize = 3;
    if names.len() <= MOST {
        return alternatives(names);
    }
    let told: Vec<String> = names.iter().take(MOST - 1).map(|name| format!("`{name}`")).collect();
    format!("{} or one of {} more packages", told.join(", "), names.len() + 1 - MOST)
}

/// A package's name without the path within.
pub(in crate::check) fn bare(package: &str) -> &str {
    let slash = |from: usize| memchr::memchr(b'/', &package.as_bytes()[from..]).map(|at| from + at);
    let end = if package.starts_with('@') {
        slash(0).and_then(|scope| slash(scope + 1))
    } else {
        slash(0)
    };
    end.map_or(package, |at| &package[..at])
}

/// What every package begins with that is like a pattern, with a path within it or without.
pub(in crate::check) fn beginning(pattern: &str) -> &str {
    pattern.split('*').next().unwrap_or_default()
}

/// Whether names joined by dots are like a pattern: `*` is a part of a name, `**` any names.
pub(in crate::check) fn is_path_like(pattern: &str, path: &str) -> bool {
    let Some(star) = memchr::memchr(b'*', pattern.as_bytes()) else {
        return pattern == path;
    };
    // `a.**` also stands for `a`.
    if !path.starts_with(pattern[..star].trim_end_matches('.')) {
        return false;
    }
    // The last names tell most apart, before both are taken to pieces.
    let last = |names: &str| names.rsplit_once('.').map_or(0, |(before, _)| before.len() + 1);
    let ends = (&pattern[last(pattern)..], &path[last(path)..]);
    if ends.0 != "**" && !is_like(ends.0, ends.1) {
        return false;
    }
    let pattern: Vec<&str> = pattern.split('.').collect();
    let path: Vec<&str> = path.split('.').collect();
    fn rest(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern, path) {
            ([], []) => true,
            (["**", more @ ..], _) => (0..=path.len()).any(|skipped| rest(more, &path[skipped..])),
            ([first, more @ ..], [name, names @ ..]) => is_like(first, name) && rest(more, names),
            ([], _) | (_, []) => false,
        }
    }
    rest(&pattern, &path)
}

/// Whether a text is like a pattern with stars.
pub(in crate::check) fn is_like(pattern: &str, text: &str) -> bool {
    crate::check::dependency::is_like(pattern, text)
}

/// The values that a policy may compare with.
pub(super) fn is_scalar(value: &Value) -> bool {
    matches!(
        value,
        Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Null
    )
}

#[cfg(test)]
mod tests {
    use super::{bare, is_path_like, normal_path};

    #[test]
    fn a_path_may_leave_names_open() {
        assert!(is_path_like(
            "PrismaClient().*.delete*",
            "PrismaClient().user.deleteMany"
        ));
        assert!(!is_path_like("PrismaClient().*.delete*", "PrismaClient().delete"));
        assert!(is_path_like("**.send*", "createTransport().sendMail"));
        assert!(is_path_like("", ""));
        assert!(is_path_like("a.**", "a") && is_path_like("a.**.b", "a.b") && !is_path_like("a.*", "a"));
        assert!(!is_path_like("a.*", "b.c") && !is_path_like("a.b", "a.b.c"));
        assert!(!is_path_like("init", "init()"));
    }

    #[test]
    fn the_default_export_is_the_module_itself() {
        assert_eq!(normal_path("default"), "");
        assert_eq!(normal_path("default().use"), "().use");
        assert_eq!(normal_path("default.create"), "create");
        assert_eq!(normal_path("defaults"), "defaults");
    }

    #[test]
    fn a_package_has_a_path_within() {
        assert_eq!(bare("next/image"), "next");
        assert_eq!(bare("@sentry/node/init"), "@sentry/node");
        assert_eq!(bare("@sentry/node"), "@sentry/node");
    }
}
