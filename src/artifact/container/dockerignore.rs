//! `.dockerignore`: what of the build context the builder never sees.

use crate::model::PathGlob;
use crate::text::{Document, View};

/// A `.dockerignore`. Lines that are no pattern are left out, as the builder refuses them itself.
#[derive(Debug, Clone, Default)]
pub struct Dockerignore {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    glob: PathGlob,
    keeps: bool,
}

/// More rules than this are not looked at: no hand-written file has so many, and every path costs all of them.
const MOST_RULES: usize = 500;

impl View for Dockerignore {
    fn parse(document: &Document) -> Self {
        let text = document.text().unwrap_or("");
        let rules = text.lines().filter_map(rule).take(MOST_RULES).collect();
        Self { rules }
    }
}

/// A line, by the rules of the builder's own documentation: patterns start at the context's root.
fn rule(line: &str) -> Option<Rule> {
    let line = line.trim_start_matches('\u{FEFF}');
    if line.starts_with('#') {
        return None;
    }
    let line = line.trim();
    let (keeps, pattern) = match line.strip_prefix('!') {
        Some(rest) => (true, rest.trim()),
        None => (false, line),
    };
    let pattern = pattern.trim_start_matches("./").trim_matches('/');
    let glob = PathGlob::new(pattern).ok()?;
    Some(Rule { glob, keeps })
}

impl Dockerignore {
    /// Whether a path of the context, or a folder that it lies in, is left out. The last line that matches decides.
    pub fn leaves_out(&self, relative: &str) -> bool {
        let mut out = false;
        for rule in &self.rules {
            // A line that changes nothing need not be compared.
            if rule.keeps == out && covers(&rule.glob, relative) {
                out = !rule.keeps;
            }
        }
        out
    }
}

fn covers(glob: &PathGlob, relative: &str) -> bool {
    let folders = relative.match_indices('/').map(|(at, _)| &relative[..at]);
    glob.matches(relative) || folders.into_iter().any(|folder| glob.matches(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_decides_and_folders_take_their_content_along() {
        let file = Dockerignore::parse(&Document::new(
            "# no\nnode_modules\n**/*.md\ndocs/\n!docs/keep.txt\n/dist\n".as_bytes(),
        ));
        for path in ["node_modules/x/y", "a/b.md", "docs/x.txt", "dist/main.js"] {
            assert!(file.leaves_out(path), "{path}");
        }
        for path in ["src/node_modules", "docs/keep.txt", "src/dist/x", "package.json"] {
            assert!(!file.leaves_out(path), "{path}");
        }
    }
}
