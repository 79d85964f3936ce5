//! Scripts that lie among tests and are none: no runner finds a test in them, and nothing starts or loads them.

use std::sync::{LazyLock, Mutex, PoisonError};

use memchr::memmem;
use regex::Regex;

use crate::check::View;
use crate::model::{Class, RepoPath};
use crate::text::{Document, HashMap};

use super::commanding;

/// What a file has that a runner finds a test in.
static TESTS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?x)\b(describe|it|test|suite|specify|context|scenario|given|when|then|feature|check|bench|tap|t)
        \s*(\.\s*\w+\s*)*(<[^>]*>\s*)?[(`] | \b(Given|When|Then|Scenario|Feature|Before|After)\s*\( | \bDeno\.test\b
        | \bnode:test\b | \bk6\b | \bartillery\b | @Test\b | \bCypress\.";
    Regex::new(pattern).expect("the pattern is constant and tested")
});

/// Whether a file among the tests is a script that nothing starts and nothing loads.
pub(super) fn is_loose(view: &View<'_>, path: &RepoPath, document: &Document) -> bool {
    let Ok(text) = document.text() else { return false };
    if !is_code(path) || TESTS.is_match(text) {
        return false;
    }
    // A folder's `index` is loaded by the folder's name.
    let stem = stem(path.file_name());
    if stem == "index" {
        return false;
    }
    let known = view.snapshot.derive(|_| Known::default());
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.entry(path.as_str().to_owned());
    *known.or_insert_with(|| !is_named(view, path, stem))
}

/// Whether each file that was asked about is loose.
type Known = Mutex<HashMap<String, bool>>;

/// Whether another test, a manifest or a command has a script's name, for whatever reason.
fn is_named(view: &View<'_>, own: &RepoPath, stem: &str) -> bool {
    let all = naming(view).into_iter().chain(commanding(view));
    let mut all = all.filter(|path| *path != own);
    all.any(|path| {
        let document = view.snapshot.read(path.as_str()).text(path.as_str());
        match document {
            Ok(Some(document)) => document.text().is_ok_and(|text| has_word(text, stem)),
            // What was not read may name it.
            Ok(None) | Err(_) => true,
        }
    })
}

/// What may name a script among the tests, beside commands.
pub(super) fn naming<'a>(view: &View<'a>) -> Vec<&'a RepoPath> {
    let tree = &view.snapshot.tree;
    let found = tree.those("what may name a script among tests", |path, entry, class| {
        let is_test = class == Class::Test && is_code(path);
        let is_manifest = class != Class::Vendored && path.file_name() == "package.json";
        entry.is_file() && (is_test || is_manifest)
    });
    found.into_iter().map(|(path, _)| path).collect()
}

fn is_code(path: &RepoPath) -> bool {
    matches!(
        path.extension(),
        Some("js" | "ts" | "mjs" | "cjs" | "mts" | "cts" | "jsx" | "tsx")
    )
}

/// Whether a text has a name that is no part of a longer one.
fn has_word(text: &str, name: &str) -> bool {
    let is_part = |letter: &u8| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-');
    let bytes = text.as_bytes();
    memmem::find_iter(bytes, name).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let after = bytes.get(at + name.len());
        !before.is_some_and(&is_part) && !after.is_some_and(is_part)
    })
}

/// A file's name without its endings.
fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}
