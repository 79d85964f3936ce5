//! What starts a workflow, and GitHub's own patterns over branches and paths.

use regex::Regex;

use crate::text::Span;

use super::super::{Key, Node};

/// An event that starts a workflow, with what limits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The event: `pull_request`.
    pub event: String,
    /// Where it is written.
    pub span: Span,
    /// The activities that count; `None` for GitHub's default.
    pub types: Option<Vec<String>>,
    /// The branches that count.
    pub branches: Filter,
    /// The tags that count.
    pub tags: Filter,
    /// The changed paths that count.
    pub paths: Filter,
}

/// A limit on names, as `branches` and `branches-ignore` give it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Filter {
    /// None.
    #[default]
    All,
    /// Only these; of several patterns the last that matches decides, `!` taking out.
    Only(Vec<String>),
    /// All but these.
    Except(Vec<String>),
}

impl Filter {
    /// The filter with its patterns compiled.
    pub fn compile(&self) -> CompiledFilter {
        let compile = |patterns: &[String]| -> Vec<(bool, NamePattern)> {
            patterns
                .iter()
                .map(|pattern| match pattern.strip_prefix('!') {
                    Some(rest) => (false, compiled(rest)),
                    None => (true, compiled(pattern)),
                })
                .collect()
        };
        match self {
            Self::All => CompiledFilter::All,
            Self::Only(patterns) => CompiledFilter::Only(compile(patterns)),
            Self::Except(patterns) => CompiledFilter::Except(compile(patterns)),
        }
    }

    /// Whether a name passes.
    pub fn takes(&self, name: &str) -> bool {
        self.compile().takes(name)
    }
}

/// A filter ready to be asked about many names.
#[derive(Debug, Clone)]
pub enum CompiledFilter {
    /// Everything passes.
    All,
    /// What these take in and do not take out again.
    Only(Vec<(bool, NamePattern)>),
    /// All but these.
    Except(Vec<(bool, NamePattern)>),
}

/// A pattern over names.
#[derive(Debug, Clone)]
pub enum NamePattern {
    /// This name alone: most are `main`.
    Plain(Box<str>),
    /// What it matches.
    Like(Regex),
    /// It is no pattern, and matches nothing.
    Broken,
}

impl NamePattern {
    fn is_match(&self, name: &str) -> bool {
        match self {
            Self::Plain(plain) => plain.as_ref() == name,
            Self::Like(pattern) => pattern.is_match(name),
            Self::Broken => false,
        }
    }
}

impl CompiledFilter {
    /// Whether a name passes.
    pub fn takes(&self, name: &str) -> bool {
        let listed = |patterns: &[(bool, NamePattern)]| {
            patterns.iter().fold(
                false,
                |taken, (takes_in, pattern)| {
                    if pattern.is_match(name) { *takes_in } else { taken }
                },
            )
        };
        match self {
            Self::All => true,
            Self::Only(patterns) => listed(patterns),
            Self::Except(patterns) => !listed(patterns),
        }
    }
}

impl Trigger {
    /// Whether it fires when a pull request is opened or pushed to, as far as `types` says.
    pub fn follows_changes(&self) -> bool {
        self.types.as_ref().is_none_or(|types| {
            types
                .iter()
                .any(|kind| matches!(kind.as_str(), "opened" | "synchronize"))
        })
    }
}

/// The triggers of `on`, which is a word, a list or a table.
pub(super) fn triggers(on: &Node) -> Vec<Trigger> {
    if let Some(event) = on.as_str() {
        return vec![plain(event, on.span.clone())];
    }
    let listed = on
        .items()
        .iter()
        .filter_map(|item| Some(plain(item.as_str()?, item.span.clone())));
    listed
        .chain(on.entries().iter().map(|(key, value)| limited(key, value)))
        .collect()
}

fn plain(event: &str, span: Span) -> Trigger {
    Trigger {
        event: event.to_owned(),
        span,
        types: None,
        branches: Filter::All,
        tags: Filter::All,
        paths: Filter::All,
    }
}

fn limited(key: &Key, value: &Node) -> Trigger {
    let list = |name: &str| value.get(name).map(texts);
    let filter = |only: &str, except: &str| match (list(only), list(except)) {
        (Some(patterns), _) => Filter::Only(patterns),
        (None, Some(patterns)) => Filter::Except(patterns),
        (None, None) => Filter::All,
    };
    let mut trigger = plain(&key.text, key.span.clone());
    trigger.types = list("types");
    trigger.branches = filter("branches", "branches-ignore");
    trigger.tags = filter("tags", "tags-ignore");
    trigger.paths = filter("paths", "paths-ignore");
    // A push limited to tags alone is no push to any branch.
    if trigger.branches == Filter::All && trigger.tags != Filter::All {
        trigger.branches = Filter::Only(Vec::new());
    }
    trigger
}

fn texts(node: &Node) -> Vec<String> {
    match node.as_str() {
        Some(text) => vec![text.to_owned()],
        None => node
            .items()
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
    }
}

/// GitHub's patterns: `*` stays between slashes, `**` does not, `?` and `+` repeat what is before them,
/// `[…]` is a set. (Workflow syntax, "Filter pattern cheat sheet".)
fn compiled(pattern: &str) -> NamePattern {
    if pattern.len() > 512 {
        return NamePattern::Broken;
    }
    if !pattern.contains(['*', '?', '+', '[', ']', '\\']) {
        return NamePattern::Plain(pattern.into());
    }
    let mut regex = String::from("^");
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.peek() == Some(&'*') => {
                letters.next();
                // `**/` also stands for no folder at all.
                if letters.peek() == Some(&'/') {
                    letters.next();
                    regex.push_str("(?:.*/)?");
                } else {
                    regex.push_str(".*");
                }
            }
            '*' => regex.push_str("[^/]*"),
            '?' | '+' | '[' | ']' => regex.push(letter),
            '-' => regex.push('-'),
            '\\' => regex.push_str(
                &letters
                    .next()
                    .map_or(String::new(), |next| regex::escape(&next.to_string())),
            ),
            other => regex.push_str(&regex::escape(&other.to_string())),
        }
    }
    regex.push('$');
    let regex = regex::RegexBuilder::new(&regex).size_limit(1 << 16).build();
    regex.map_or(NamePattern::Broken, NamePattern::Like)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_like(pattern: &str, name: &str) -> bool {
        compiled(pattern).is_match(name)
    }

    #[test]
    fn patterns_match_as_the_cheat_sheet_says() {
        for (pattern, yes, no) in [
            ("main", "main", "main2"),
            ("feature/*", "feature/a", "feature/a/b"),
            ("feature/**", "feature/a/b", "features"),
            ("*feature", "mona-feature", "feature/x"),
            ("v2*", "v2.0", "v1"),
            ("v[12].[0-9]+", "v1.10", "v3.1"),
            ("**/docs/**", "docs/a.md", "doc/a.md"),
            ("*.jsx?", "page.js", "page.ts"),
            ("**", "a/b", "\n"),
        ] {
            assert!(is_like(pattern, yes), "{pattern} {yes}");
            if no != "\n" {
                assert!(!is_like(pattern, no), "{pattern} {no}");
            }
        }
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        let only = Filter::Only(["releases/**", "!releases/**-alpha"].map(str::to_owned).into());
        assert!(only.takes("releases/10") && !only.takes("releases/10-alpha") && !only.takes("main"));
        assert!(!Filter::Except(vec!["main".to_owned()]).takes("main"));
    }
}
