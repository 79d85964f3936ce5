//! What a bundler made and git keeps: a key that was put into it at the build is as public as one that somebody wrote there.

use crate::check::View;
use crate::check::files::{LARGEST, open};
use crate::model::{Class, Entry, Gap, RepoPath, Unread};

use super::found::{Found, is_of_a_provider};
use super::gap;

/// Scripts and pages that are built and tracked. Where git does not say what it keeps, they are made here by a build, and
/// are nobody's business.
pub(super) fn files<'a>(view: &View<'a>) -> Vec<(&'a RepoPath, &'a Entry)> {
    let tree = &view.snapshot.tree;
    if !tree.is_tracked() {
        return Vec::new();
    }
    let is_script = |path: &RepoPath| matches!(path.extension(), Some("js" | "cjs" | "mjs" | "html" | "json"));
    // What covers tests and what a compiler of another language leaves holds no bundle.
    let is_bundle = |path: &RepoPath| {
        !path
            .parent()
            .split('/')
            .any(|part| matches!(part, "coverage" | "target"))
    };
    let found = tree.iter().filter(|(path, entry)| {
        entry.is_file()
            && is_script(path)
            && is_bundle(path)
            && path.is_within(view.folder())
            && entry.size.is_none_or(|size| size <= LARGEST)
            && tree.class(path.as_str()) == Class::Built
    });
    found.collect()
}

/// The tokens of providers in such a file; all else that looks like a secret there is made by chance.
///
/// # Errors
/// Why it could not be read.
pub(super) fn look(view: &View<'_>, file: (&RepoPath, &Entry)) -> Result<Vec<Gap>, Unread> {
    let document = open(view.snapshot, file)?;
    let found = document.view::<Found>();
    let tokens = found.0.iter().filter(|sighting| is_of_a_provider(sighting));
    Ok(tokens.map(|sighting| gap(file.0, &document, sighting)).collect())
}
