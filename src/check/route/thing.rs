//! Something of a package that a `route` question looks for.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::parameters::{Through, list, pattern};
use crate::check::Problem;
use crate::check::code::{Argument, OneOrManyArguments, beginning, is_like, is_path_like, listed, normal_path};
use crate::check::late::Late;

/// What is looked for where the body must be looked at.
#[derive(Debug)]
pub(super) struct Checking {
    /// What looks at it.
    pub(super) checker: Thing,
    /// What keeps it.
    pub(super) stores: Thing,
}

/// Something of a package that is looked for.
#[derive(Debug)]
pub(super) struct Thing {
    pub(super) names: Vec<String>,
    pub(super) paths: Vec<String>,
    /// What the arguments of the call that made it must be like.
    pub(super) with: Vec<Argument>,
    /// A text that will do as well.
    pub(super) text: Option<Late>,
    /// Once somebody asked: each route is.
    is_limiter: OnceLock<bool>,
    /// The last names of its paths that tell something, each once, in the same way.
    last_names: OnceLock<BTreeSet<String>>,
}

impl Thing {
    /// Anything of some packages.
    pub(super) fn of(packages: &[&str]) -> Self {
        Self {
            names: packages.iter().map(|&name| name.to_owned()).collect(),
            paths: Vec::new(),
            with: Vec::new(),
            text: None,
            is_limiter: OnceLock::new(),
            last_names: OnceLock::new(),
        }
    }

    pub(super) fn new(through: Through, problems: &mut Vec<Problem>) -> Self {
        let text = pattern(through.text.as_deref(), "text", problems);
        if through.package.is_none() && text.is_none() {
            problems.push(Problem::at(&["package"], "say what: a `package`, or a `text`"));
        }
        Self {
            names: list(&through.package),
            paths: list(&through.call).iter().map(|path| normal_path(path)).collect(),
            with: OneOrManyArguments::compile(through.with, problems),
            text,
            is_limiter: OnceLock::new(),
            last_names: OnceLock::new(),
        }
    }

    /// Whether something of a package is meant; what a call gave is what was called.
    pub(super) fn is(&self, package: &str, path: &str) -> bool {
        self.is_of(package) && self.is_at(path)
    }

    /// Whether this of such a package is meant.
    pub(super) fn is_at(&self, path: &str) -> bool {
        let path = path.strip_suffix("()").unwrap_or(path);
        self.paths.is_empty() || self.paths.iter().any(|pattern| is_path_like(pattern, path))
    }

    /// Whether what limits how often something is asked is meant.
    pub(super) fn is_limiter(&self) -> bool {
        const WORDS: [&str; 4] = ["brute", "limit", "slow-down", "throttl"];
        let says = |name: &String| WORDS.iter().any(|word| name.contains(word));
        *self.is_limiter.get_or_init(|| self.names.iter().any(says))
    }

    /// The last names of its paths, those that tell something.
    pub(super) fn last_names(&self) -> &BTreeSet<String> {
        self.last_names.get_or_init(|| {
            let last = self.paths.iter().map(|path| path.rsplit('.').next().unwrap_or(path));
            let telling = last.filter(|last| last.trim_matches('*').len() > 2);
            telling.map(str::to_owned).collect()
        })
    }

    /// What the names of its packages begin with.
    pub(super) fn beginnings(&self) -> Vec<&str> {
        self.names.iter().map(|name| beginning(name)).collect()
    }

    /// Whether it may be something of this package.
    pub(super) fn is_of(&self, package: &str) -> bool {
        let bare = crate::check::code::bare(package);
        let mut names = self.names.iter();
        names.any(|name| is_like(name, package) || is_like(name, bare))
    }

    /// In words.
    pub(super) fn shown(&self) -> String {
        let packages = match &self.text {
            Some(text) if self.names.is_empty() => return format!("what matches `{}`", text.as_str()),
            _ => listed(&self.names),
        };
        match self.paths.first().filter(|path| !path.trim_matches('*').is_empty()) {
            Some(path) => format!("`{path}` of {packages}"),
            None => packages,
        }
    }
}
