//! Scripts that call a program which nothing installs, or one that its package has no more, and test runners whose own
//! files load what nothing installs: they fail before they have looked at anything.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::artifact::{
    Ecosystem, Governing, above, declared, governing, in_folder, lockfile_needs, resolve, workspace_needs,
};
use crate::model::{Needs, RepoPath, Snapshot, Tree};
use crate::program::module::{Expr, Module, RequestKind, TOP_LEVEL};
use crate::program::module_of;
use crate::text::is_in_comment;

use super::super::{lockfiles, programs};
use super::brought::{self, is_led_elsewhere, may_be_alias, may_bring};
use super::calls::bare;

/// Programs that test, check or build, and the packages of which one brings each.
const RUNNERS: [(&str, &[&str]); 26] = [
    ("ava", &["ava"]),
    ("biome", &["@biomejs/biome"]),
    ("c8", &["c8"]),
    ("cypress", &["cypress"]),
    ("eslint", &["eslint"]),
    ("jest", &["jest", "jest-cli"]),
    ("karma", &["karma"]),
    ("mocha", &["mocha"]),
    ("next", &["next"]),
    ("nodemon", &["nodemon"]),
    ("nyc", &["nyc"]),
    ("oxlint", &["oxlint"]),
    ("playwright", &["@playwright/test", "playwright"]),
    ("prettier", &["prettier"]),
    ("react-scripts", &["react-scripts"]),
    ("rollup", &["rollup"]),
    ("stylelint", &["stylelint"]),
    ("svelte-check", &["svelte-check"]),
    ("ts-node", &["ts-node"]),
    ("tsc", &["typescript"]),
    ("tsup", &["tsup"]),
    ("tsx", &["tsx"]),
    ("vite", &["vite", "rolldown-vite"]),
    ("vitest", &["vitest"]),
    ("vue-tsc", &["vue-tsc"]),
    ("webpack", &["webpack", "webpack-cli", "webpack-command"]),
];
/// The files in which runners are told what to load first.
const CONFIGS: [(&str, &str); 2] = [("jest", "jest.config."), ("vitest", "vitest.config.")];

/// The lists of such files in a configuration, and each file in a list.
static SETUP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\bsetupFiles(?:AfterEnv)?['\x22]?\s*:\s*(\[[^\]]*\]|'[^']*'|\x22[^\x22]*\x22)").ok());
static TEXT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"'([^'\n]+)'|\x22([^\x22\n]+)\x22").ok());

/// The runner that a command of a script starts by its own name, which is looked for among what is installed.
fn runner(text: &str) -> Option<(&'static str, &'static [&'static str])> {
    let is_before = |word: &str| word.contains('=') || matches!(word, "cross-env" | "dotenv" | "--" | "npx");
    let mut words = text.split_whitespace();
    // What `npx` does not find it fetches.
    let first = words.find(|word| !is_before(word) || *word == "npx")?;
    RUNNERS.iter().find(|(name, _)| *name == first).copied()
}

/// What has to be read before `why` can tell: the lockfiles of folders whose scripts call a runner that no manifest
/// declares, the settings of those that call one, and what these load first.
pub(in crate::check) fn needs(snapshot: &Snapshot, manifests: &BTreeSet<RepoPath>) -> Needs {
    let mut files: BTreeSet<RepoPath> = BTreeSet::new();
    for path in manifests.iter().filter(|path| path.file_name() == "package.json") {
        let folder = path.parent();
        for (_, known) in declared(snapshot, folder) {
            let Ok(known) = known else { continue };
            let called: BTreeSet<_> = known
                .manifest()
                .scripts
                .iter()
                .filter_map(|one| runner(&one.command))
                .collect();
            for (name, packages) in called {
                let configs = configs(&snapshot.tree, folder, name);
                // What they load first is asked for together with them: there are few rounds.
                if !configs.is_empty() {
                    let below = snapshot.tree.below(folder);
                    files.extend(
                        below
                            .filter(|(path, entry)| entry.is_file() && is_setup(path))
                            .map(|(path, _)| path.clone()),
                    );
                }
                let loaded: Vec<RepoPath> = configs
                    .iter()
                    .flat_map(|path| setup_files(snapshot, folder, path))
                    .collect();
                let is_undeclared = !packages.iter().any(|package| is_declared(snapshot, folder, package));
                let asks = is_undeclared || loaded.iter().any(|path| !undeclared(snapshot, folder, path).is_empty());
                files.extend(configs);
                files.extend(loaded);
                if asks {
                    files.extend(brought::needs(snapshot, folder));
                    files.extend(lockfile_needs(&snapshot.tree, Ecosystem::Npm, folder));
                    files.extend(workspace_needs(&snapshot.tree, Ecosystem::Npm, folder));
                }
            }
        }
    }
    Needs::files(files)
}

/// The program that a command of a script of the manifest in a folder calls by its name, where nothing installs it, and
/// the words for it.
pub(in crate::check) fn uninstalled(snapshot: &Snapshot, text: &str, folder: &str) -> Option<(&'static str, String)> {
    let (name, packages) = runner(text)?;
    if snapshot.tree.truncation().is_some() || snapshot.tree.has_folder(&in_folder(folder, "node_modules")) {
        return None;
    }
    let is_nobodys = packages.iter().all(|package| is_missing(snapshot, folder, package));
    let why = || format!("calls `{name}`, which no manifest declares and no lockfile holds");
    (is_nobodys && !may_bring(snapshot, folder, packages)).then(|| (name, why()))
}

fn is_missing(snapshot: &Snapshot, folder: &str, package: &str) -> bool {
    !is_declared(snapshot, folder, package) && !is_locked(snapshot, folder, package)
}

/// Why a command of a script of the manifest in a folder fails before the first test, in words that follow it.
pub(super) fn why(snapshot: &Snapshot, text: &str, folder: &str) -> Option<String> {
    let refused = programs::refused(snapshot, &bare(text), folder);
    if let Some(why) = refused.or_else(|| Some(uninstalled(snapshot, text, folder)?.1)) {
        return Some(why);
    }
    let (name, _) = runner(text)?;
    let is_installed = snapshot.tree.has_folder(&in_folder(folder, "node_modules"));
    if is_led_elsewhere(text) || is_installed || snapshot.tree.truncation().is_some() {
        return None;
    }
    let is_missing = |package: &str| is_missing(snapshot, folder, package);
    for config in configs(&snapshot.tree, folder, name) {
        for path in setup_files(snapshot, folder, &config) {
            let config_text = text_of(snapshot, &config).unwrap_or_default();
            let mut missing = undeclared(snapshot, folder, &path).into_iter();
            let found =
                missing.find(|package| is_missing(package) && !may_be_alias(snapshot, folder, &config_text, package));
            if let Some(package) = found {
                return Some(format!(
                    "loads `{path}` first, and that loads `{package}`, which no manifest declares and no lockfile holds"
                ));
            }
        }
    }
    None
}

fn configs(tree: &Tree, folder: &str, runner: &str) -> Vec<RepoPath> {
    let Some((_, beginning)) = CONFIGS.iter().find(|(name, _)| *name == runner) else {
        return Vec::new();
    };
    let own = tree.starting_with(&in_folder(folder, beginning));
    // Of `jest.config.e2e.js` it is told by a flag.
    let is_taken = |path: &RepoPath| {
        let ending = path.file_name().strip_prefix(beginning).unwrap_or_default();
        path.parent() == folder && matches!(ending, "js" | "cjs" | "mjs" | "ts" | "cts" | "mts")
    };
    let own = own.filter(|(path, entry)| entry.is_file() && is_taken(path));
    own.map(|(path, _)| path.clone()).collect()
}

pub(super) fn text_of(snapshot: &Snapshot, path: &RepoPath) -> Option<String> {
    let document = snapshot.read(path.as_str()).text(path.as_str()).ok().flatten()?;
    document.text().ok().map(str::to_owned)
}

/// A file that is called as those are which are loaded before each test file.
fn is_setup(path: &RepoPath) -> bool {
    let is_code = matches!(
        path.extension(),
        Some("js" | "cjs" | "mjs" | "ts" | "tsx" | "mts" | "jsx")
    );
    is_code && path.file_name().to_ascii_lowercase().contains("setup")
}

/// The files that a configuration has loaded before each test file.
fn setup_files(snapshot: &Snapshot, folder: &str, config: &RepoPath) -> Vec<RepoPath> {
    let read = || snapshot.read(config.as_str()).text(config.as_str()).ok().flatten();
    let (Some(lists), Some(texts), Some(document)) = (SETUP.as_ref(), TEXT.as_ref(), read()) else {
        return Vec::new();
    };
    let Ok(content) = document.text() else {
        return Vec::new();
    };
    // A block whose lines have no stars is a comment, too.
    let is_live = |at: usize| {
        let before = &content[..at];
        let is_in_block = before.rfind("/*").is_some_and(|open| !before[open..].contains("*/"));
        let line = before.rsplit('\n').next().unwrap_or_default();
        !is_in_block && !line.contains("//") && !is_in_comment(config.file_name(), &document, at)
    };
    let mut found = Vec::new();
    for list in lists.captures_iter(content) {
        let Some(list) = list.get(1).filter(|list| is_live(list.start())) else {
            continue;
        };
        let written = list
            .as_str()
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in written {
            for text in texts.captures_iter(line) {
                let text = text.get(1).or_else(|| text.get(2)).map_or("", |text| text.as_str());
                let path = text.strip_prefix("<rootDir>/").unwrap_or(text);
                let path =
                    resolve(folder, path).filter(|path| is_setup(path) && snapshot.tree.get(path.as_str()).is_some());
                found.extend(path);
            }
        }
    }
    found
}

/// The packages that a file loads wherever it is loaded, and that no manifest above declares.
fn undeclared(snapshot: &Snapshot, folder: &str, path: &RepoPath) -> Vec<String> {
    let Ok(Some(document)) = snapshot.read(path.as_str()).text(path.as_str()) else {
        return Vec::new();
    };
    let Some(module) = module_of(path, &document).filter(|module| module.unread.is_none()) else {
        return Vec::new();
    };
    let names = loaded(&module, document.text().unwrap_or_default());
    names
        .into_iter()
        .filter(|name| !is_declared(snapshot, folder, name))
        .collect()
}

fn loaded(module: &Module, text: &str) -> Vec<String> {
    // One that stands in a `try`, or behind a condition, may fail, or is not done.
    let is_asked_plainly = |at: usize| {
        let line = text
            .get(..at)
            .and_then(|before| before.rsplit('\n').next())
            .unwrap_or(" ");
        let is_begun = ["const ", "let ", "var ", "import ", "require("]
            .iter()
            .any(|word| line.starts_with(word));
        (line.is_empty() || is_begun) && !line.contains(['?', '&', '|', ';'])
    };
    // What a test has replaced need not be there.
    let replaced = |name: &str| {
        module.expressions.iter().any(|(expr, _)| match expr {
            Expr::Call(callee, arguments) => {
                let is_mock = matches!(module.expr(*callee), Expr::Member(_, name) if name.contains("ock"));
                let first = arguments.first().map(|first| module.expr(*first));
                is_mock && matches!(first, Some(Expr::Text(text)) if text.as_ref() == name)
            }
            _ => false,
        })
    };
    let requests = module.requests.iter().filter(|request| {
        let is_load = match request.kind {
            RequestKind::Import | RequestKind::Export => true,
            RequestKind::Require => is_asked_plainly(request.span.start),
            RequestKind::Unused | RequestKind::Type | RequestKind::Dynamic | RequestKind::File => false,
        };
        is_load && request.function == TOP_LEVEL
    });
    let specifiers = requests.filter_map(|request| request.specifier.as_deref());
    let packages = specifiers.filter(|specifier| !replaced(specifier)).filter_map(package);
    packages.map(str::to_owned).collect()
}

/// The package of a specifier that only a registry's can be: no path, no alias, nothing of the runtime's.
fn package(specifier: &str) -> Option<&str> {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"@/._-".contains(&byte);
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier
        .match_indices('/')
        .nth(parts - 1)
        .map_or(specifier.len(), |(at, _)| at);
    let name = &specifier[..end];
    let is_plain = name.bytes().all(is_letter) && !name.starts_with(['.', '/']) && !name.starts_with("@/");
    // A plain word may be a folder that settings give a name; one with a dash, or a scope, is a package's.
    let is_telling = name.contains('-') && !name.contains('_');
    (is_plain && is_telling).then_some(name)
}

/// Whether a manifest of the folder or of one above declares a package: the programs of all of them are found.
fn is_declared(snapshot: &Snapshot, folder: &str, name: &str) -> bool {
    let mut all = std::iter::once(folder)
        .chain(above(folder))
        .flat_map(|at| declared(snapshot, at));
    all.any(|(_, known)| {
        // One that can't be read may declare it.
        known.map_or(true, |known| {
            let mut dependencies = known.manifest().dependencies.iter();
            dependencies.any(|one| one.name == name || one.alias.as_deref() == Some(name))
        })
    })
}

/// Whether a lockfile may bring a package: it names it, or can't be read, or there is none.
fn is_locked(snapshot: &Snapshot, folder: &str, name: &str) -> bool {
    let Governing::Lockfiles(paths) = governing(snapshot, Ecosystem::Npm, folder) else {
        return true;
    };
    paths
        .iter()
        .any(|path| text_of(snapshot, path).is_none_or(|text| lockfiles::brings(path, &text, name)))
}
