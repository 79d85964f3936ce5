//! The patterns by which runners choose test files, as regular expressions over paths.

use regex::Regex;

/// A pattern as micromatch and minimatch read it, over a path from the root that begins with `/`; `None` where it holds
/// something that is not read here.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    let body = sequence(&letters, &mut at, None)?;
    (at == letters.len())
        .then(|| Regex::new(&format!("^(?:{body})$")).ok())
        .flatten()
}

/// What stands up to one of the ends of a group, or up to the end of all.
fn sequence(letters: &[char], at: &mut usize, group: Option<char>) -> Option<String> {
    let mut made = String::new();
    while let Some(letter) = letters.get(*at).copied() {
        let next = letters.get(*at + 1).copied();
        *at += 1;
        match (letter, group) {
            (')', Some('(')) | ('}', Some('{')) => {
                *at -= 1;
                return Some(made);
            }
            ('|', Some('(')) | (',', Some('{')) => made.push('|'),
            ('?' | '*' | '+' | '@', _) if next == Some('(') => {
                *at += 1;
                let inner = closed(letters, at, '(', ')')?;
                let times = if letter == '@' {
                    String::new()
                } else {
                    letter.to_string()
                };
                made.push_str(&format!("(?:{inner}){times}"));
            }
            ('(', _) => made.push_str(&format!("(?:{})", closed(letters, at, '(', ')')?)),
            ('{', _) => made.push_str(&format!("(?:{})", closed(letters, at, '{', '}')?)),
            ('*', _) if next == Some('*') => {
                *at += 1;
                if letters.get(*at) == Some(&'/') {
                    *at += 1;
                    made.push_str("(?:[^/]+/)*");
                } else {
                    made.push_str(".*");
                }
            }
            ('*', _) => made.push_str("[^/]*"),
            ('?', _) => made.push_str("[^/]"),
            ('[', _) => {
                let end = letters[*at..].iter().position(|letter| *letter == ']')?;
                let inner: String = letters[*at..*at + end].iter().collect();
                *at += end + 1;
                if inner.is_empty() || inner.contains(['[', '\\', '&', '~']) {
                    return None;
                }
                made.push_str(&format!(
                    "[{}]",
                    inner.replacen('!', "^", usize::from(inner.starts_with('!')))
                ));
            }
            ('!' | '\\', _) => return None,
            _ => made.push_str(&regex::escape(&letter.to_string())),
        }
    }
    group.is_none().then_some(made)
}

/// What stands in a group, and past its end.
fn closed(letters: &[char], at: &mut usize, open: char, close: char) -> Option<String> {
    let inner = sequence(letters, at, Some(open))?;
    (letters.get(*at) == Some(&close)).then(|| {
        *at += 1;
        inner
    })
}

#[cfg(test)]
mod tests {
    use super::compile;

    fn matches(pattern: &str, path: &str) -> bool {
        compile(pattern).is_some_and(|pattern| pattern.is_match(path))
    }

    #[test]
    fn patterns_of_runners_are_read_as_they_read_them() {
        for (pattern, path) in [
            ("/**/?(*.)+(spec|test).[jt]s?(x)", "/tests/a.test.ts"),
            ("/**/?(*.)+(spec|test).[jt]s?(x)", "/spec.js"),
            ("/**/*.{test,spec}.?(c|m)[jt]s?(x)", "/src/b.spec.mts"),
            ("/**/__tests__/**/*.[jt]s?(x)", "/a/__tests__/b/c.js"),
            ("/src/**", "/src/a/b.test.js"),
        ] {
            assert!(matches(pattern, path), "{pattern} selects {path}");
        }
        for (pattern, path) in [
            ("/src/**/*.test.ts", "/tests/a.test.ts"),
            ("/**/*.spec.ts", "/a.test.ts"),
            ("/tests/*.test.ts", "/tests/a/b.test.ts"),
        ] {
            assert!(!matches(pattern, path), "{pattern} does not select {path}");
        }
        assert!(compile("/!(a).js").is_none() && compile("/{a,b").is_none());
    }
}
