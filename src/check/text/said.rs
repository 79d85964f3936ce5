//! What a search is said to have come to.

use crate::check::Pattern;
use crate::check::files::MOST_SHOWN;
use crate::check::parameters::{Count, counted};
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

impl Searched {
    /// Whether all that is shown was found, and no more could change the answer.
    pub(super) fn is_enough(&self, count: Option<Count>) -> bool {
        Count::most(count).is_none() && self.matches >= Count::least(count) && self.shown.len() > MOST_SHOWN
    }
}

pub(super) fn reason(searched: &Searched, pattern: &Pattern) -> String {
    match searched.shown.first() {
        None if searched.left_out > 0 => format!("nothing that production loads matches `{}`", shown(pattern)),
        None => format!("nothing matches `{}`", shown(pattern)),
        Some((path, _, hit)) if searched.matches == 1 => {
            format!("`{}` matches in `{path}`, line {}", shown(pattern), hit.line)
        }
        Some((path, _, hit)) if searched.is_cut => format!(
            "`{}` matches {} and more, first in `{path}`, line {}",
            shown(pattern),
            counted(searched.matches, "time"),
            hit.line
        ),
        Some((path, _, hit)) => format!(
            "`{}` matches {} in {}, first in `{path}`, line {}",
            shown(pattern),
            counted(searched.matches, "time"),
            counted(searched.files_with_matches, "file"),
            hit.line
        ),
    }
}
