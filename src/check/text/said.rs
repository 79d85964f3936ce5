//! What a search is said to have come to.

use crate::check::Pattern;
use crate::check::parameters::counted;
use crate::model::{Cause, RepoPath, Unread};

use super::Searched;

pub(super) fn minified(path: &RepoPath) -> Unread {
    let what = format!("`{path}` is minified or generated, so it was not searched");
    Unread::new(Cause::Generated, what, "exclude it, or keep its source")
}

/// A pattern as a sentence holds it: the beginning of a long one, and nothing that ends a code span.
pub(super) fn shown(pattern: &Pattern) -> String {
    const LONGEST: usize = 60;
    let source = pattern.source().replace('`', r"\x60");
    if source.chars().count() <= LONGEST {
        return source;
    }
    let beginning: String = source.chars().take(LONGEST - 1).collect();
    format!("{beginning}…")
}

pub(super) fn reason(searched: &Searched, pattern: &Pattern) -> String {
    match searched.shown.first() {
        None if searched.left_out > 0 => format!("nothing that production loads matches `{}`", shown(pattern)),
        None => format!("nothing matches `{}`", shown(pattern)),
        Some((path, _, hit)) if searched.matches == 1 => {
            format!("`{}` matches in `{path}`, line {}", shown(pattern), hit.line)
        }
        Some((path, _, hit)) => format!(
            "`{}` matches {} in {}, first in `{path}`, line {}",
            shown(pattern),
            counted(searched.matches, "time"),
            counted(searched.files_with_matches, "file"),
            hit.line
        ),
    }
}
