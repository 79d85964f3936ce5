//! Which addresses a `matcher` of Next.js's middleware covers
//! (<https://nextjs.org/docs/app/api-reference/file-conventions/proxy#matcher>).

use regex::{Regex, RegexBuilder};

use super::property;
use crate::program::linked::{At, ModuleId, Program};
use crate::program::module::{ExportName, Expr};
use crate::program::values::{Literal, Value};

/// A pattern that is larger when compiled is written by nobody.
const LARGEST: usize = 1 << 18;

/// What a middleware's module says of the addresses that it runs for.
#[derive(Debug)]
pub(super) enum Matcher {
    /// Nothing: it runs for all.
    All,
    /// One of these.
    Sources(Vec<Source>),
    /// It could not be followed.
    Unknown,
}

/// One of the addresses that are named.
#[derive(Debug)]
pub(super) struct Source {
    /// What it begins with.
    start: String,
    /// What may not follow: `(?!_next|api)`, and whether that is all there is to it.
    excluded: Vec<(Regex, bool)>,
    /// What must follow.
    rest: Regex,
    /// Whether headers, cookies or the like decide, too.
    is_conditional: bool,
}

impl Matcher {
    /// What `export const config = { matcher: … }` of a module says.
    pub(super) fn of(program: &Program, id: ModuleId) -> Self {
        let named = ExportName::Named("config".into());
        if !program.module(id).exports.iter().any(|export| export.name == named) {
            return Self::All;
        }
        let config = program.exported(id, &named);
        let [Value::Object(_)] = config.as_slice() else {
            return Self::Unknown;
        };
        let Some(values) = property(program, &config, "matcher") else {
            return if is_closed(program, &config) {
                Self::All
            } else {
                Self::Unknown
            };
        };
        let items = match values.as_slice() {
            [Value::List(list)] => match program.module(list.module).expr(list.expr) {
                Expr::List(items) => items
                    .iter()
                    .map(|item| {
                        program.values(At {
                            module: list.module,
                            expr: *item,
                        })
                    })
                    .collect(),
                _ => return Self::Unknown,
            },
            _ => vec![values],
        };
        let sources: Option<Vec<Source>> = items.iter().map(|item| source(program, item)).collect();
        sources.map_or(Self::Unknown, Self::Sources)
    }

    /// Whether it runs for an address, in which `:` stands for one part and `*` for any; `None` is not known.
    pub(super) fn covers(&self, path: &str) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::Unknown => None,
            Self::Sources(_) if path.contains("{}") => None,
            Self::Sources(sources) => {
                let each: Vec<Option<bool>> = sources.iter().map(|source| source.covers(path)).collect();
                match each.contains(&Some(true)) {
                    true => Some(true),
                    false => (!each.contains(&None)).then_some(false),
                }
            }
        }
    }
}

impl Source {
    fn new(text: &str, is_conditional: bool) -> Option<Self> {
        let tokens = tokens(text)?;
        let (start, tokens) = match tokens.split_first() {
            Some((Token::Text(start), rest)) => (start.clone(), rest),
            _ => (String::new(), tokens.as_slice()),
        };
        let mut excluded = Vec::new();
        let mut rest = String::from("^");
        for (index, token) in tokens.iter().enumerate() {
            let Token::Any { pattern, .. } = token else {
                rest.push_str(&token.regex());
                continue;
            };
            let (out, pattern) = lookaheads(pattern)?;
            let is_plain = matches!(
                token,
                Token::Any {
                    prefix: "",
                    modifier: None,
                    ..
                }
            );
            // What stands behind something else is not where it is looked for.
            if !out.is_empty() && (index > 0 || !is_plain) {
                return None;
            }
            for text in out {
                let (text, is_whole) = without_lookaheads(&text)?;
                excluded.push((compiled(&format!("^(?:{text})"))?, is_whole));
            }
            rest.push_str(&token.with(&pattern));
        }
        rest.push_str("/?$");
        Some(Self {
            start,
            excluded,
            rest: compiled(&rest)?,
            is_conditional,
        })
    }

    fn covers(&self, path: &str) -> Option<bool> {
        let open = path.split_inclusive('/').scan(0, |at, part| {
            let from = *at;
            *at += part.len();
            Some((from, part.trim_end_matches('/')))
        });
        // Up to here it is the same for all addresses of the route.
        let fixed = open
            .filter(|(_, part)| matches!(*part, ":" | "*"))
            .map(|(from, _)| from)
            .next()
            .unwrap_or(usize::MAX);
        let is_fixed = fixed == usize::MAX;
        let one: String = path
            .split('/')
            .map(|part| if matches!(part, ":" | "*") { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let Some(rest) = one.strip_prefix(self.start.as_str()) else {
            let fixed = path.get(..fixed.min(path.len())).unwrap_or(path);
            let may_begin = !is_fixed && self.start.starts_with(fixed);
            return (!may_begin).then_some(false);
        };
        for (excluded, is_whole) in &self.excluded {
            if let Some(found) = excluded.find(rest) {
                let is_sure = *is_whole && (is_fixed || self.start.len() + found.end() <= fixed);
                return is_sure.then_some(false);
            }
        }
        match self.rest.is_match(rest) {
            true => (!self.is_conditional).then_some(true),
            false => is_fixed.then_some(false),
        }
    }
}

/// A text, or `{ source, has, missing }`.
fn source(program: &Program, values: &[Value]) -> Option<Source> {
    match values {
        [Value::Literal(Literal::Text(text))] => Source::new(text, false),
        [Value::Object(_)] => {
            let text = property(program, values, "source")?;
            let [Value::Literal(Literal::Text(text))] = text.as_slice() else {
                return None;
            };
            let has = |key: &str| property(program, values, key).is_some();
            let is_plain = is_closed(program, values) && !has("has") && !has("missing");
            Source::new(text, !is_plain)
        }
        _ => None,
    }
}

/// Whether all keys of an object are written.
fn is_closed(program: &Program, values: &[Value]) -> bool {
    values.iter().all(|value| match value {
        Value::Object(at) => match program.module(at.module).expr(at.expr) {
            Expr::Object(properties) => properties.iter().all(|property| property.key.is_some()),
            _ => false,
        },
        _ => false,
    })
}

/// A part of a named address.
#[derive(Debug)]
enum Token {
    Text(String),
    /// `:name`, `:name*`, `(a|b)`.
    Any {
        /// The slash before it, where it is left out together with it.
        prefix: &'static str,
        pattern: String,
        modifier: Option<char>,
    },
}

impl Token {
    fn regex(&self) -> String {
        match self {
            Self::Text(text) => regex::escape(text),
            Self::Any { pattern, .. } => self.with(pattern),
        }
    }

    fn with(&self, pattern: &str) -> String {
        let Self::Any { prefix, modifier, .. } = self else {
            return self.regex();
        };
        let one = format!("{prefix}(?:{pattern})");
        match modifier {
            None => one,
            Some('?') => format!("(?:{one})?"),
            Some('+') => format!("(?:{one})+"),
            Some(_) => format!("(?:{one})*"),
        }
    }
}

fn tokens(source: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut text = String::new();
    let mut left = source;
    while let Some(first) = left.chars().next() {
        let pattern = match first {
            '{' | '}' => return None,
            '\\' => {
                let escaped = left[1..].chars().next()?;
                text.push(escaped);
                left = &left[1 + escaped.len_utf8()..];
                continue;
            }
            ':' => {
                let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                let end = left[1..]
                    .find(|letter| !is_name(letter))
                    .map_or(left.len(), |end| end + 1);
                left = &left[end..];
                match left.starts_with('(') {
                    true => group(&mut left)?,
                    false => "[^/]+?".to_owned(),
                }
            }
            '(' => group(&mut left)?,
            other => {
                text.push(other);
                left = &left[other.len_utf8()..];
                continue;
            }
        };
        let modifier = left.chars().next().filter(|next| matches!(next, '*' | '+' | '?'));
        let mut prefix = "";
        if modifier.is_some() {
            left = &left[1..];
            if text.ends_with('/') {
                text.pop();
                prefix = "/";
            }
        }
        if !text.is_empty() {
            tokens.push(Token::Text(std::mem::take(&mut text)));
        }
        tokens.push(Token::Any {
            prefix,
            pattern,
            modifier,
        });
    }
    if !text.is_empty() {
        tokens.push(Token::Text(text));
    }
    Some(tokens)
}

/// What a group holds, and what is left behind it.
fn group(left: &mut &str) -> Option<String> {
    let end = closing(left)?;
    let inner = left[1..end].to_owned();
    *left = &left[end + 1..];
    Some(inner)
}

/// Where the group closes that a text begins with.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut is_class, mut is_escaped) = (0_usize, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_class = true,
            ']' => is_class = false,
            '(' if !is_class => depth += 1,
            ')' if !is_class => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// What may not follow at the beginning of a pattern, and the pattern without that. `None` where it looks elsewhere, too.
fn lookaheads(pattern: &str) -> Option<(Vec<String>, String)> {
    let mut found = Vec::new();
    let mut left = pattern;
    while left.starts_with("(?!") {
        let end = closing(left)?;
        found.push(left[3..end].to_owned());
        left = &left[end + 1..];
    }
    (!is_looking(left)).then(|| (found, left.to_owned()))
}

fn is_looking(pattern: &str) -> bool {
    ["(?!", "(?=", "(?<"].iter().any(|start| pattern.contains(start))
}

/// A pattern without `(?!…)` in it, which takes more than with it, and whether it is still the same.
fn without_lookaheads(pattern: &str) -> Option<(String, bool)> {
    let (mut out, mut left) = (String::new(), pattern);
    while let Some(at) = left.find("(?!") {
        out.push_str(&left[..at]);
        let end = closing(&left[at..])?;
        left = &left[at + end + 1..];
    }
    out.push_str(left);
    let is_same = out.len() == pattern.len();
    (!is_looking(&out)).then_some((out, is_same))
}

fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).size_limit(LARGEST).build().ok()
}

#[cfg(test)]
mod tests {
    use super::Source;

    fn covers(source: &str, path: &str) -> Option<bool> {
        Source::new(source, false).expect("a source").covers(path)
    }

    #[test]
    fn what_is_left_out_is_not_covered() {
        let most = "/((?!_next/static|_next/image|favicon.ico|.*\\.(?:svg|png)$).*)";
        assert_eq!(covers(most, "/api/login"), Some(true));
        assert_eq!(covers(most, "/"), Some(true));
        assert_eq!(covers(most, "/api/users/:"), Some(true));
        assert_eq!(covers(most, "/_next/image"), Some(false));
        let pages = "/((?!api|_next).*)";
        assert_eq!(covers(pages, "/api/login"), Some(false));
        assert_eq!(covers(pages, "/api/users/:"), Some(false));
        assert_eq!(covers(pages, "/:"), Some(true));
        // What another look decides is not followed.
        let files = "/((?!_next|[^?]*\\.(?:html?|js(?!on)|png)).*)";
        assert_eq!(covers(files, "/api/login"), Some(true));
        assert_eq!(covers(files, "/api/feed.json"), None);
    }

    #[test]
    fn what_is_named_is_covered() {
        assert_eq!(covers("/api/:path*", "/api/login"), Some(true));
        assert_eq!(covers("/api/:path*", "/api"), Some(true));
        assert_eq!(covers("/api/:path+", "/api"), Some(false));
        assert_eq!(covers("/admin", "/api/login"), Some(false));
        assert_eq!(covers("/api/users/me", "/api/users/:"), None);
        assert_eq!(covers("/api/users/me", "/api/orders/:"), Some(false));
        assert_eq!(covers("/(api|trpc)(.*)", "/api/a/b"), Some(true));
        assert_eq!(covers("/(api|trpc)(.*)", "/other"), Some(false));
        assert_eq!(covers("/api/:version(v1|v2)/:rest*", "/api/v1/orders"), Some(true));
        assert_eq!(covers("/api/(.*)", "/api/login"), Some(true));
        assert_eq!(covers("/dashboard/:path", "/dashboard/a/b"), Some(false));
    }

    #[test]
    fn what_is_not_followed_is_not_read() {
        assert!(Source::new("/a{/b}?", false).is_none());
        assert!(Source::new("/:name((?=a).*)", false).is_none());
        assert!(Source::new("/a/(.*)/((?!b).*)", false).is_none());
    }
}
