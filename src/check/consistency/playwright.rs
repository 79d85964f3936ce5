//! Where Playwright looks for tests.

use std::sync::LazyLock;

use regex::Regex;

use crate::artifact::{in_folder, resolve};
use crate::check::View;
use crate::model::RepoPath;
use crate::text::is_in_comment;

/// The folder of a configuration or of a project in it. <https://playwright.dev/docs/api/class-testconfig#test-config-test-dir>
static TEST_DIR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\btestDir\s*:\s*['"]([^'"]+)['"]"#).expect("the pattern is constant and tested"));

/// Whether a file tells Playwright where its tests are.
pub(super) fn is_config(path: &RepoPath) -> bool {
    path.file_name().starts_with("playwright.config.")
}

/// The one folder in which Playwright, started in a folder, looks for tests; `None` where that is not told plainly.
pub(super) fn test_folder(view: &View<'_>, folder: &str) -> Option<String> {
    let mut configs = view.tree().starting_with(&in_folder(folder, "playwright.config."));
    let (path, _) = configs.find(|(path, entry)| entry.is_file() && path.parent() == folder)?;
    let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten()?;
    let text = document.text().ok()?;
    let live = TEST_DIR.captures_iter(text).filter_map(|found| found.get(1));
    let live = live.filter(|found| !is_in_comment(path.file_name(), &document, found.start()));
    let mut named: Vec<&str> = live.map(|found| found.as_str()).collect();
    named.dedup();
    match named.as_slice() {
        [one] => Some(resolve(folder, one)?.as_str().to_owned()),
        _ => None,
    }
}
