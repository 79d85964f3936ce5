//! Patterns over paths that need no automaton: names with stars, `**` as whole folders, and choices between words.

use crate::text::HashSet;

/// A pattern whose parts are compared folder by folder.
///
/// It matches what `globset` matches, which a test holds, and costs nothing to make.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    ways: Vec<Way>,
    /// A folder of each way, where each has one that must stand somewhere: a path without any of them matches in no way.
    folders: Option<HashSet<Vec<u8>>>,
}

/// The pattern with its choices made in one way.
#[derive(Debug, Clone)]
struct Way {
    /// What stands before the last `**`; the whole where there is none.
    head: Vec<Part>,
    /// What stands behind it: names to be compared from the end.
    tail: Vec<Name>,
    /// Whether there is a `**`.
    is_open: bool,
    /// A folder behind the first `**`, without a star: what has it nowhere need not be walked.
    folder: Option<String>,
    /// How many folders a path has that matches; `None` behind a `**`.
    depth: Option<usize>,
    /// The first and the last letter of the names that match, where all have the same.
    ends: (Option<u8>, Option<u8>),
}

/// A folder, or the name at the end: the words between its stars.
type Name = Vec<String>;

/// A part of what stands before the last `**`.
#[derive(Debug, Clone)]
enum Part {
    /// `**`: any folders, or none.
    Any,
    Name(Name),
}

/// Choices are written out; of more than this an automaton is the better choice.
const MOST_CHOICES: usize = 32;

impl Plain {
    /// The pattern, if it is one of these.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        if pattern.contains(['\\', '[', ']', '?']) || pattern.ends_with('/') {
            return None;
        }
        // Beside a choice, or a name, two stars mean something else.
        let is_apart = |at: usize| {
            let (before, after) = (&pattern[..at], &pattern[at + 2..]);
            (before.is_empty() || before.ends_with('/')) && (after.is_empty() || after.starts_with('/'))
        };
        let mut doubled = pattern.match_indices("**").map(|(at, _)| at);
        if !doubled.all(is_apart) || pattern.contains("**/**") {
            return None;
        }
        let chosen = chosen(pattern, MOST_CHOICES)?;
        // A choice may have put stars side by side, or left two alone.
        let doubled = pattern.matches("**").count();
        let is_same = |one: &String| !one.contains("***") && one.matches("**").count() == doubled;
        if !chosen.iter().all(is_same) {
            return None;
        }
        let ways: Vec<Way> = chosen.iter().map(|one| Way::new(one)).collect();
        let folder = |way: &Way| way.folder.as_ref().map(|folder| folder.as_bytes().to_vec());
        let folders = ways.iter().map(folder).collect();
        Some(Self { ways, folders })
    }

    /// Whether a path matches.
    pub(super) fn matches(&self, path: &str) -> bool {
        let bytes = path.as_bytes();
        let (before, name) = last(bytes);
        let is_open = |folders: &HashSet<Vec<u8>>| {
            let mut parts = before.into_iter().flat_map(|before| before.split(|byte| *byte == b'/'));
            parts.any(|part| folders.contains(part))
        };
        let mut ways = self.ways.iter().filter(|way| way.may_end(name)).peekable();
        // Of many ways a path that none of them can match is told at once.
        ways.peek().is_some()
            && self.folders.as_ref().is_none_or(is_open)
            && ways.any(|way| way.matches(bytes, (before, name)))
    }

    /// Whether the last name tells whether a path matches, whatever its folders: `**/*.ts`.
    pub(super) fn is_of_names(&self) -> bool {
        let is_of_name = |way: &Way| way.is_open && way.head.is_empty() && way.tail.len() == 1;
        self.ways.iter().all(is_of_name)
    }

    /// Whether all that matches lies right in the folder, and in none below it.
    pub(super) fn is_flat(&self) -> bool {
        self.ways.iter().all(|way| way.depth == Some(0))
    }
}

/// A pattern with each of its choices made, in all ways; `None` where choices hold choices, or there are more than `most`.
pub(super) fn chosen(pattern: &str, most: usize) -> Option<Vec<String>> {
    let mut found = vec![String::new()];
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (choice, after) = after.split_once('}')?;
        if choice.contains('{') || before.contains('}') {
            return None;
        }
        let choices = || choice.split(',').map(|one| format!("{before}{one}"));
        found = found
            .iter()
            .flat_map(|start| choices().map(move |one| format!("{start}{one}")))
            .collect();
        if found.len() > most {
            return None;
        }
        rest = after;
    }
    if rest.contains('}') {
        return None;
    }
    found.iter_mut().for_each(|start| start.push_str(rest));
    Some(found)
}

impl Way {
    fn new(pattern: &str) -> Self {
        let name = |part: &str| -> Name { part.split('*').map(str::to_owned).collect() };
        let mut head: Vec<Part> = Vec::new();
        let mut tail: Vec<Name> = Vec::new();
        let mut is_open = false;
        for part in pattern.split('/') {
            if part == "**" {
                if is_open {
                    head.push(Part::Any);
                }
                head.extend(tail.drain(..).map(Part::Name));
                is_open = true;
            } else {
                tail.push(name(part));
            }
        }
        if !is_open {
            head.extend(tail.drain(..).map(Part::Name));
        }
        let behind = head.iter().skip_while(|part| !matches!(part, Part::Any));
        let folder = behind.filter_map(|part| match part {
            Part::Name(name) => match name.as_slice() {
                [whole] => Some(whole.clone()),
                _ => None,
            },
            Part::Any => None,
        });
        let folder = folder.max_by_key(String::len);
        let last = match (head.last(), is_open) {
            (_, true) => tail.last(),
            (Some(Part::Name(name)), false) => Some(name),
            (Some(Part::Any) | None, false) => None,
        };
        let first_byte = last.and_then(|name| name.first()?.bytes().next());
        let last_byte = last.and_then(|name| name.last()?.bytes().next_back());
        Self {
            depth: (!is_open).then(|| head.len().saturating_sub(1)),
            ends: (first_byte, last_byte),
            head,
            tail,
            is_open,
            folder,
        }
    }

    /// Whether a name may be the last of a path that matches: two letters tell that of most.
    fn may_end(&self, name: &[u8]) -> bool {
        let (first, last) = self.ends;
        first.is_none_or(|first| name.first() == Some(&first)) && last.is_none_or(|last| name.last() == Some(&last))
    }

    /// Whether a path matches; `apart` is what stands before its last name, and that name.
    fn matches(&self, path: &[u8], apart: (Option<&[u8]>, &[u8])) -> bool {
        let mut rest = Some(path);
        let mut apart = Some(apart);
        // From the end, since that is what tells most paths apart.
        for name in self.tail.iter().rev() {
            let Some(left) = rest else { return false };
            let (before, last) = apart.take().unwrap_or_else(|| last(left));
            if !is_name(name, last) {
                return false;
            }
            rest = before;
        }
        // `a/**` is what lies in `a`, and not `a`.
        let is_end = |rest: Option<&[u8]>| match (self.is_open, self.tail.is_empty()) {
            (true, true) => rest.is_some(),
            (true, false) => true,
            (false, _) => rest.is_none(),
        };
        if let (Some(folder), Some(rest)) = (&self.folder, rest)
            && memchr::memmem::find(rest, folder.as_bytes()).is_none()
        {
            return false;
        }
        leads(&self.head, rest, is_end)
    }
}

/// What stands before the last name of a path, and that name.
fn last(path: &[u8]) -> (Option<&[u8]>, &[u8]) {
    match memchr::memrchr(b'/', path) {
        Some(at) => (Some(&path[..at]), &path[at + 1..]),
        None => (None, path),
    }
}

/// Whether a path, or what is left of it, begins with these. Of several `**` only the last can need another try: what
/// stands before it matches as early as it can.
fn leads(head: &[Part], path: Option<&[u8]>, is_end: impl Fn(Option<&[u8]>) -> bool) -> bool {
    let (mut parts, mut rest) = (head, path);
    let mut again: Option<(&[Part], &[u8])> = None;
    loop {
        match (parts.split_first(), rest) {
            (None, rest) if is_end(rest) => return true,
            (Some((Part::Any, after)), Some(left)) => {
                again = Some((after, left));
                parts = after;
                continue;
            }
            (Some((Part::Name(name), after)), Some(left)) => {
                let (first, more) = first(left);
                if is_name(name, first) {
                    (parts, rest) = (after, more);
                    continue;
                }
            }
            (None, _) | (Some(_), None) => {}
        }
        // One folder more for the last `**`.
        let Some((after, left)) = again else { return false };
        let (_, Some(left)) = first(left) else { return false };
        again = Some((after, left));
        (parts, rest) = (after, Some(left));
    }
}

fn first(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(b'/', path) {
        Some(at) => (&path[..at], Some(&path[at + 1..])),
        None => (path, None),
    }
}

/// Whether a name is these words with anything between them.
fn is_name(words: &[String], name: &[u8]) -> bool {
    let [start, middle @ .., end] = words else {
        return matches!(words, [whole] if whole.as_bytes() == name);
    };
    let Some(rest) = name.strip_prefix(start.as_bytes()) else {
        return false;
    };
    let Some(mut rest) = rest.strip_suffix(end.as_bytes()) else {
        return false;
    };
    middle
        .iter()
        .all(|word| match memchr::memmem::find(rest, word.as_bytes()) {
            Some(at) => {
                rest = &rest[at + word.len()..];
                true
            }
            None => false,
        })
}

#[cfg(test)]
mod tests {
    use globset::GlobBuilder;
    use proptest::prelude::*;

    use super::Plain;

    fn by_automaton(pattern: &str, path: &str) -> Option<bool> {
        let mut builder = GlobBuilder::new(pattern);
        let builder = builder
            .literal_separator(true)
            .backslash_escape(true)
            .empty_alternates(true);
        Some(builder.build().ok()?.compile_matcher().is_match(path))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn it_matches_what_an_automaton_matches(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "b", "ab", ".", "/", "/", "*", "**", "**/", "/**/", "/**", "{a,b}", "{a,}", "{*.a,b}", "{a/b,a}",
                    "{,a/}", "{**,a}", "ü", "!", "{", "}", ",",
                ]),
                1..6,
            ),
            paths in prop::collection::vec("[ab./ü!,]{0,8}", 8),
            made in prop::collection::vec(prop::sample::select(vec!["a", "b", "ab", ".a", "a/b"]), 1..5),
        ) {
            let pattern = pieces.concat();
            let Some(plain) = Plain::of(&pattern) else { return Ok(()) };
            for path in paths.iter().chain([&made.join("/")]) {
                prop_assert_eq!(Some(plain.matches(path)), by_automaton(&pattern, path), "{} {}", pattern, path);
            }
        }
    }

    #[test]
    fn most_patterns_of_policies_are_plain() {
        for pattern in [
            "**/*.{ts,tsx}",
            "src/**",
            "{src,lib}/**/index.*",
            "**/{docker-,}compose{.prod,}.yml",
            "*",
        ] {
            assert!(Plain::of(pattern).is_some(), "{pattern}");
        }
        for pattern in [
            "a?",
            "[ab]",
            "a/",
            "**/",
            "a**",
            "{a,**}",
            "**/**",
            r"\*",
            "{a",
            "a}",
            "{{a,b},c}",
        ] {
            assert!(Plain::of(pattern).is_none(), "{pattern}");
        }
    }
}
