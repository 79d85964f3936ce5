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

/// Whether no file that Playwright, started in a folder, looks at has a part in its path: then the words that say where it
/// looks. `None` where that is not told plainly, or a generator may write there.
pub(super) fn missing(
    view: &View<'_>,
    folder: &str,
    part: &str,
    may_be_made: impl Fn(&RepoPath) -> bool,
) -> Option<Option<String>> {
    let within = test_folder(view, folder)?;
    let sought = part.trim_start_matches("./");
    for at in [folder, &within] {
        if may_be_made(&resolve(at, sought)?.join("a.spec.js")) {
            return None;
        }
    }
    // Letters are compared without regard to their case.
    let sought = sought.to_lowercase();
    let mut files = view.tree().below(&within);
    let is_there = files.any(|(path, entry)| path.as_str().to_lowercase().contains(&sought) || !entry.is_file());
    let inside = match within.as_str() {
        "" => String::new(),
        within => format!(" in `{within}`"),
    };
    Some((!is_there).then_some(inside))
}

/// The one folder in which Playwright, started in a folder, looks for tests: all that is below, where no settings name
/// another; `None` where that is not told plainly.
fn test_folder(view: &View<'_>, folder: &str) -> Option<String> {
    let mut configs = view.tree().starting_with(&in_folder(folder, "playwright.config."));
    let Some((path, _)) = configs.find(|(path, entry)| entry.is_file() && path.parent() == folder) else {
        return Some(folder.to_owned());
    };
    let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten()?;
    let text = document.text().ok()?;
    // What is computed, or taken from elsewhere, may be any; tools write tests of their own.
    let said = text.matches("testDir").count();
    if text.contains("...") || text.contains("from '.") || text.contains("from \".") || text.contains("defineBdd") {
        return None;
    }
    let live = TEST_DIR.captures_iter(text).filter_map(|found| found.get(1));
    let live = live.filter(|found| !is_in_comment(path.file_name(), &document, found.start()));
    let mut named: Vec<&str> = live.map(|found| found.as_str()).collect();
    let is_whole = named.len() == said;
    named.dedup();
    match named.as_slice() {
        [] if said == 0 => Some(folder.to_owned()),
        [one] if is_whole => Some(resolve(folder, one)?.as_str().to_owned()),
        _ => None,
    }
}
