//! Paths inside a repository, and patterns over them.

mod plain;

use std::borrow::Borrow;
use std::sync::{Arc, OnceLock};

use globset::{Glob, GlobBuilder, GlobMatcher};
use serde::Serialize;

use plain::Plain;

/// A path relative to the repository's root, with `/` between its parts and none at its ends.
///
/// Names that are not UTF-8 carry U+FFFD in place of what can't be decoded, as GitHub's own API
/// gives them, so that a checkout and the API speak of the same paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RepoPath(Arc<str>);

impl RepoPath {
    /// A path from its text, without a leading `./` and trailing `/`. A component at the root is `.`.
    pub fn new(text: &str) -> Self {
        let text = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
        Self(Arc::from(text))
    }

    /// The path's text. The root is the empty string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        memchr::memrchr(b'/', self.0.as_bytes()).map_or(&*self.0, |at| &self.0[at + 1..])
    }

    /// The folder it lies in; the empty string for the root.
    pub fn parent(&self) -> &str {
        memchr::memrchr(b'/', self.0.as_bytes()).map_or("", |at| &self.0[..at])
    }

    /// What follows the last dot of the file name, if its name has more before it.
    pub fn extension(&self) -> Option<&str> {
        self.file_name()
            .rsplit_once('.')
            .filter(|(stem, _)| !stem.is_empty())
            .map(|(_, extension)| extension)
    }

    /// Whether it lies in this folder, at any depth. Everything lies in the root, `""` or `.`.
    pub fn is_within(&self, folder: &str) -> bool {
        folder.is_empty() || folder == "." || is_below(&self.0, folder)
    }

    /// This path's text, seen from a folder that it lies in.
    pub fn relative_to(&self, folder: &str) -> Option<&str> {
        if folder.is_empty() || folder == "." {
            return Some(&self.0);
        }
        is_below(&self.0, folder).then(|| &self.0[folder.len() + 1..])
    }

    /// A path below this one (or below the root, for the empty path and `.`).
    pub fn join(&self, rest: &str) -> RepoPath {
        if self.0.is_empty() || &*self.0 == "." {
            RepoPath::new(rest)
        } else {
            RepoPath::new(&format!("{}/{rest}", self.0))
        }
    }
}

/// Asked of many folders that do not hold the path: one byte tells that of most.
fn is_below(path: &str, folder: &str) -> bool {
    path.as_bytes().get(folder.len()) == Some(&b'/') && path.starts_with(folder)
}

impl Borrow<str> for RepoPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RepoPath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// A pattern over paths: `*` stays inside a folder, `**` does not, `{a,b}` chooses, `[ab]` is a set.
#[derive(Debug, Clone)]
pub struct PathGlob {
    source: String,
    matcher: Matcher,
    shape: Shape,
    /// A path that matches ends with one of these; none says nothing.
    endings: Vec<String>,
    /// Whether a path that does so matches: `**/*.{ts,tsx}`.
    is_settled: bool,
    /// Whether all that matches lies right in the folder: `next.config.*`.
    is_flat: bool,
}

#[derive(Debug, Clone)]
enum Matcher {
    Plain(Arc<Plain>),
    /// Made when a path is first compared: most patterns of a policy never meet one.
    Automaton(Glob, Arc<OnceLock<GlobMatcher>>),
}

/// What a pattern's text lets the tree skip before it matches path by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No wildcard: one look-up.
    Exact,
    /// `**/NAME`: files of that name.
    Named(String),
    /// Anything below a fixed folder; the folder may be empty.
    Below(String),
}

impl PathGlob {
    /// Compiles a pattern. A pattern that ends in `/` means all that lies below.
    ///
    /// # Errors
    /// The pattern's mistake in words.
    pub fn new(source: &str) -> Result<Self, String> {
        let source = source.strip_prefix("./").unwrap_or(source);
        if source.is_empty() {
            return Err("a path pattern can't be empty".to_owned());
        }
        let pattern = if source.ends_with('/') {
            format!("{source}**")
        } else {
            source.to_owned()
        };
        let matcher = match Plain::of(&pattern) {
            Some(plain) => Matcher::Plain(Arc::new(plain)),
            None => Matcher::Automaton(automaton(&pattern)?, Arc::default()),
        };
        let endings = endings(&pattern).unwrap_or_default();
        Ok(Self {
            source: source.to_owned(),
            shape: Shape::of(&pattern),
            is_flat: matches!(&matcher, Matcher::Plain(plain) if plain.is_flat()),
            is_settled: !endings.is_empty() && pattern.strip_suffix(tail(&pattern)) == Some("**/*"),
            endings,
            matcher,
        })
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the path matches.
    pub fn matches(&self, path: &str) -> bool {
        let is_name = |name: &str| {
            path.strip_suffix(name)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        match &self.shape {
            Shape::Exact => path == self.source,
            Shape::Named(name) => is_name(name),
            Shape::Below(_) => {
                if !self.may_lie_at(path) {
                    return false;
                }
                let may_match = self.endings.is_empty() || self.endings.iter().any(|ending| path.ends_with(ending));
                may_match && (self.is_settled || self.matcher.is_match(path))
            }
        }
    }

    /// Whether what lies as deep as a path may match, however it is called.
    pub(crate) fn may_lie_at(&self, path: &str) -> bool {
        !self.is_flat || memchr::memchr(b'/', path.as_bytes()).is_none()
    }

    /// Whether each path with one of its `extensions` matches.
    pub(crate) fn is_of_extensions(&self) -> bool {
        self.is_settled && self.endings.iter().all(|ending| ending.rfind('.') == Some(0))
    }

    /// What stands behind the last full stop of every path that matches; `None` where that can't be told.
    pub(crate) fn extensions(&self) -> Option<Vec<&str>> {
        let behind = |ending: &String| ending.rfind('.').map(|at| at + 1);
        let known = self.endings.iter().map(|ending| Some(&ending[behind(ending)?..]));
        let known: Vec<&str> = known.collect::<Option<_>>()?;
        (!known.is_empty()).then_some(known)
    }

    /// Whether the pattern is a plain path, without any wildcard.
    pub fn is_exact(&self) -> bool {
        self.shape == Shape::Exact
    }

    /// The same pattern below a folder: how a component's own patterns reach the tree.
    ///
    /// # Errors
    /// As for `new`.
    pub fn below(&self, folder: &str) -> Result<Self, String> {
        if folder.is_empty() || folder == "." {
            return Ok(self.clone());
        }
        let escaped: String = folder.chars().flat_map(escape).collect();
        Self::new(&format!("{escaped}/{}", self.source))
    }

    /// Whether a path matches as it does from any folder that it lies in: by its last name alone.
    pub(crate) fn is_of_names(&self) -> bool {
        match (&self.shape, &self.matcher) {
            (Shape::Exact, _) => false,
            (Shape::Named(_), _) => true,
            (Shape::Below(_), Matcher::Plain(plain)) => plain.is_of_names(),
            (Shape::Below(_), Matcher::Automaton(..)) => false,
        }
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }
}

impl Matcher {
    fn is_match(&self, path: &str) -> bool {
        match self {
            Self::Plain(plain) => plain.matches(path),
            Self::Automaton(glob, matcher) => matcher.get_or_init(|| glob.compile_matcher()).is_match(path),
        }
    }
}

fn automaton(pattern: &str) -> Result<Glob, String> {
    let mut builder = GlobBuilder::new(pattern);
    // `{docker-,}compose.yml`: with or without.
    let builder = builder
        .literal_separator(true)
        .backslash_escape(true)
        .empty_alternates(true);
    builder.build().map_err(|error| error.kind().to_string())
}

fn escape(character: char) -> impl Iterator<Item = char> {
    let special = matches!(character, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!');
    special.then_some('\\').into_iter().chain(std::iter::once(character))
}

/// What stands behind the last wildcard or folder of a pattern.
fn tail(pattern: &str) -> &str {
    pattern.rsplit(['*', '?', ']', '/']).next().unwrap_or(pattern)
}

/// What every path that matches a pattern ends with: `.ts` or `.tsx` of `src/**/*.{ts,tsx}`. `None` where that can't be
/// told, or is nothing.
fn endings(pattern: &str) -> Option<Vec<String>> {
    const MOST: usize = 16;
    let tail = tail(pattern);
    if tail.contains('\\') {
        return None;
    }
    let found = plain::chosen(tail, MOST)?;
    found.iter().all(|ending| !ending.is_empty()).then_some(found)
}

impl Shape {
    fn of(pattern: &str) -> Self {
        let is_wild = |text: &str| text.contains(['*', '?', '[', '{', '\\']);
        if !is_wild(pattern) {
            return Self::Exact;
        }
        if let Some(name) = pattern.strip_prefix("**/")
            && !is_wild(name)
            && !name.contains('/')
        {
            return Self::Named(name.to_owned());
        }
        let fixed: Vec<&str> = pattern.split('/').take_while(|part| !is_wild(part)).collect();
        Self::Below(fixed.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_settles_what_an_automaton_would_say() {
        for source in ["**/*.ts", "**/*.{ts,tsx}", "**/*rc", "**/*.d.ts"] {
            let glob = PathGlob::new(source).expect("compiles");
            let by_automaton = automaton(source).expect("compiles").compile_matcher();
            assert!(glob.is_settled, "{source}");
            for path in [
                "a.ts",
                ".ts",
                "a/.ts",
                "a/b.d.ts",
                "a/b.tsx",
                "a.ts/b",
                "ts",
                "a/.eslintrc",
                "rc",
            ] {
                assert_eq!(glob.matches(path), by_automaton.is_match(path), "{source} {path}");
            }
        }
        for source in ["src/**/*.ts", "*.ts", "**/a*.ts", "**/*.[jt]s"] {
            assert!(!PathGlob::new(source).expect("compiles").is_settled, "{source}");
        }
    }

    #[test]
    fn a_star_stays_in_its_folder_and_two_do_not() {
        let one = PathGlob::new("src/*.ts").expect("compiles");
        assert!(one.matches("src/a.ts") && !one.matches("src/b/a.ts"));
        let any = PathGlob::new("**/.env").expect("compiles");
        assert!(any.matches(".env") && any.matches("a/b/.env") && !any.matches("a/.env.local"));
        let below = PathGlob::new("infra/").expect("compiles");
        assert!(below.matches("infra/a/b.tf") && !below.matches("infra"));
    }

    #[test]
    fn an_alternative_may_be_nothing() {
        let glob = PathGlob::new("**/{docker-,}compose{.prod,}.yml").expect("compiles");
        for path in ["compose.yml", "a/docker-compose.yml", "a/compose.prod.yml"] {
            assert!(glob.matches(path), "{path}");
        }
        assert!(!glob.matches("a-compose.yml"));
    }

    #[test]
    fn what_is_told_by_the_ending_is_what_the_whole_pattern_says() {
        let sources = [
            "**/*.ts",
            "src/**/*.{ts,tsx}",
            "**/{a,b}.ts",
            "{src/**,lib/*.ts}",
            "**/x{.prod,}.yml",
            "**/.env*",
            "a/[ab]",
            "*",
            "**/src/index.ts",
            "x/**",
            "**/*.{a,b}.{c,d}",
            "{a,{b,c}}/*.ts",
            "**/[a]b.ts",
            "**/a?",
            "a/**/b/{c,d}",
        ];
        let paths = [
            "a.ts",
            "src/a.ts",
            "src/b/c.tsx",
            "lib/x.ts",
            "lib/y/x.ts",
            "b.ts",
            "a/x.yml",
            "x.prod.yml",
            ".env",
            "b/.env.local",
            "a/a",
            "a/b",
            "src/index.ts",
            "q/src/index.ts",
            "x/y/z",
            "m.a.d",
            "m.c",
            "b/x.ts",
            "ab.ts",
            "a/ax",
            "a/b/c",
            "a/q/b/d",
        ];
        for source in sources {
            let glob = PathGlob::new(source).expect("compiles");
            let plain = automaton(source).expect("compiles").compile_matcher();
            for path in paths {
                assert_eq!(glob.matches(path), plain.is_match(path), "{source} {path}");
            }
        }
        for source in [".env", "a/.env", "**/.env"] {
            let glob = PathGlob::new(source).expect("compiles");
            let plain = automaton(source).expect("compiles").compile_matcher();
            for path in [".env", "a/.env", "a/b/.env", "x.env", "a/x.env"] {
                assert_eq!(glob.matches(path), plain.is_match(path), "{source} {path}");
            }
        }
    }

    #[test]
    fn a_component_folder_with_wild_characters_is_taken_as_it_is() {
        let glob = PathGlob::new("*.ts")
            .and_then(|glob| glob.below("app/[id]"))
            .expect("compiles");
        assert!(glob.matches("app/[id]/page.ts") && !glob.matches("app/i/page.ts"));
    }

    #[test]
    fn folders_and_names_are_taken_apart() {
        let path = RepoPath::new("./backend/src/index.test.ts");
        assert_eq!(
            (path.parent(), path.file_name(), path.extension()),
            ("backend/src", "index.test.ts", Some("ts"))
        );
        assert!(path.is_within("backend") && !path.is_within("back") && path.is_within("."));
        assert_eq!(RepoPath::new(".env").extension(), None);
    }
}
