//! CODEOWNERS: who owns a path. Rules: GitHub's documentation, "About code owners".

use crate::model::PathGlob;
use crate::text::{Document, View};

/// Where GitHub looks for the file, in this order; the first one found counts.
pub const CODEOWNERS_PATHS: [&str; 3] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/// A CODEOWNERS file.
#[derive(Debug, Default)]
pub struct CodeOwners {
    rules: Vec<(Vec<PathGlob>, Vec<String>)>,
}

impl View for CodeOwners {
    fn parse(document: &Document) -> Self {
        // GitHub skips lines that it can't read, and ignores a file over 3 MB.
        let text = document.text().unwrap_or_default();
        Self {
            rules: text.lines().filter_map(rule).collect(),
        }
    }
}

impl CodeOwners {
    /// The owners of a path, as written (`@user`, `@org/team`, mail addresses): those of the last rule that matches.
    /// `None` when no rule matches or the last one that does names nobody.
    pub fn owners_of(&self, path: &str) -> Option<&[String]> {
        let last = self
            .rules
            .iter()
            .rev()
            .find(|(globs, _)| globs.iter().any(|glob| glob.matches(path)));
        last.map(|(_, owners)| owners.as_slice())
            .filter(|owners| !owners.is_empty())
    }
}

fn rule(line: &str) -> Option<(Vec<PathGlob>, Vec<String>)> {
    let mut words = line.split_whitespace().take_while(|word| !word.starts_with('#'));
    let pattern = words.next()?;
    // GitHub knows neither negation nor sets here: such a line is no rule.
    if pattern.starts_with('!') || pattern.contains('[') {
        return None;
    }
    let owners = words.map(str::to_owned).collect();
    Some((globs(pattern), owners))
}

/// A CODEOWNERS pattern as globs: anchored by a slash at its start or inside, else at any depth; what matches
/// a folder owns all below it, but for a pattern that ends in `/*`.
fn globs(pattern: &str) -> Vec<PathGlob> {
    let rooted = pattern.trim_start_matches('/');
    let is_anchored = pattern.starts_with('/') || rooted.trim_end_matches('/').contains('/');
    let stem = rooted.trim_end_matches('/');
    let stem = if is_anchored {
        stem.to_owned()
    } else {
        format!("**/{stem}")
    };
    let below = format!("{stem}/**");
    let sources = if pattern.ends_with('/') {
        vec![below]
    } else if is_anchored && stem.ends_with("/*") {
        vec![stem]
    } else {
        vec![stem, below]
    };
    sources.iter().filter_map(|source| PathGlob::new(source).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(text: &str, path: &str) -> Option<Vec<String>> {
        Document::new(text.as_bytes())
            .view::<CodeOwners>()
            .owners_of(path)
            .map(<[String]>::to_vec)
    }

    #[test]
    fn the_last_matching_rule_counts() {
        let text = "* @all # everyone\n/.github/ @ops @org/team\ndocs/* @writers\n*.rs\n";
        assert_eq!(
            owners(text, ".github/readiness.toml"),
            Some(vec!["@ops".to_owned(), "@org/team".to_owned()])
        );
        assert_eq!(owners(text, "README.md"), Some(vec!["@all".to_owned()]));
        assert_eq!(owners(text, "docs/a.md"), Some(vec!["@writers".to_owned()]));
        assert_eq!(owners(text, "docs/a/b.md"), Some(vec!["@all".to_owned()]));
        assert_eq!(owners(text, "src/a.rs"), None, "a rule without owners takes them away");
    }

    #[test]
    fn a_name_without_a_slash_matches_at_any_depth() {
        assert_eq!(owners("apps @a\n", "x/apps/y/z.js"), Some(vec!["@a".to_owned()]));
        assert_eq!(owners("/apps @a\n", "x/apps/y.js"), None);
    }
}
