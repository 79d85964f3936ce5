//! Whether a test file can run at all: a runner's own settings select it, and the packages that it imports are declared.
//!
//! Of a file only that is said which every runner that commands call leaves out by what it is told in so many words; whatever
//! else may run it is believed.

mod glob;
mod loose;
mod settings;

use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use regex::Regex;

use crate::artifact::{declared, in_folder};
use crate::model::{Cause, Class, Needs, RepoPath, Unread};
use crate::text::{Document, HashMap};

use super::View;
use super::consistency::test_packages;
use settings::{Runner, Says};

/// What is known of a test file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Runs {
    /// Nothing speaks against it.
    Yes,
    /// It does not: why, in words that follow its place.
    Never(String),
    /// It may not.
    Unread(Unread),
}

/// What else runs tests: what of it selects a file is not looked into.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?m)(^|[\s/'\x22;&|(])(ava|tap|tape|uvu|jasmine|karma|qunit|wdio|testcafe|lab|poku|mochapack|bun\s+(run\s+)?test|deno\s+test|ng\s+test|react-scripts\s+test|craco\s+test|nx\s+\S*test|(node|tsx|ts-node)\s[^\n;&|]*--test\S*)(\s|$|['\x22;&|)])";
    Regex::new(pattern).expect("the pattern is constant and tested")
});

/// What opens a browser: files that ask for its page are its own.
static BROWSERS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(playwright|cypress)\b").expect("the pattern is constant and tested"));

/// Options that change what a runner selects, or where its settings stand.
static OPTIONS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"--(rootDir|root|dir|testMatch|testRegex|roots|projects|project|workspace|spec|recursive|extension)\b|\bmocha\s+[^\n;&|]*[/*]";
    Regex::new(pattern).expect("the pattern is constant and tested")
});

/// The settings that a command names.
static CONFIG: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?:--config|-c)[ =]['"]?([^\s'"]+)"#;
    Regex::new(pattern).expect("the pattern is constant and tested")
});

/// What has to be read for that.
pub(super) fn needs(view: &View<'_>) -> Needs {
    let files = settings_of(view)
        .into_iter()
        .chain(commanding(view))
        .chain(loose::naming(view));
    let mut needs = Needs::files(files.cloned());
    needs.unite(test_packages::needs(view));
    needs
}

/// Whether a test file can run.
pub(super) fn runs(view: &View<'_>, path: &RepoPath, document: &Document) -> Runs {
    if view.tree().truncation().is_some() || view.tree().class(path.as_str()) != Class::Test {
        return Runs::Yes;
    }
    match test_packages::undeclared(view, path, document) {
        Ok(Some(name)) => {
            return Runs::Never(format!(
                "stands in a test that can't run: it imports `{name}`, which no manifest declares"
            ));
        }
        Ok(None) => {}
        Err(unread) => return Runs::Unread(unread),
    }
    // What has no name of a test may be loaded by one.
    let is_named = [".test.", ".spec.", ".e2e-spec."]
        .iter()
        .any(|mark| path.file_name().contains(mark));
    match is_named {
        true => selected(view, path, document),
        false if loose::is_loose(view, path, document) => Runs::Never(
            "stands in a script that holds no test of any runner, and that nothing starts or loads".to_owned(),
        ),
        false => Runs::Yes,
    }
}

/// Whether the runners that commands call select a test file.
fn selected(view: &View<'_>, path: &RepoPath, document: &Document) -> Runs {
    let Some(commands) = Commands::of(view, path) else {
        return Runs::Yes;
    };
    let text = document.text().unwrap_or_default();
    let is_of_a_runner = ["vitest", "@jest/globals", "supertest", "mocha"]
        .iter()
        .any(|name| text.contains(&format!("'{name}'")) || text.contains(&format!("\"{name}\"")));
    if commands.select_otherwise || commands.open_browsers && !is_of_a_runner {
        return Runs::Yes;
    }
    let settings = settings_of(view);
    let mut left_out = None;
    let mut open = None;
    for (runner, name) in Runner::ALL {
        if !commands.called.contains(&runner) {
            continue;
        }
        let own = settings.iter().filter(|config| Runner::of(config) == Some(runner));
        let manifest = |config: &&&RepoPath| runner != Runner::Vitest && config.file_name() == "package.json";
        let in_manifests = settings.iter().filter(manifest);
        let mut is_told = false;
        for config in own.chain(in_manifests) {
            let Ok(Some(document)) = view.snapshot.read(config.as_str()).text(config.as_str()) else {
                return Runs::Yes;
            };
            let is_section = config.file_name() == "package.json";
            if is_section && !document.text().is_ok_and(|text| text.contains(&format!("\"{name}\""))) {
                continue;
            }
            match settings::says(config, &document, runner, path) {
                // A manifest that has the runner as a package alone says nothing.
                Says::Selects if is_section && !settings::has_section(config, &document, runner) => continue,
                Says::Selects => return Runs::Yes,
                Says::LeavesOut(key, line) => {
                    left_out.get_or_insert_with(|| (key, format!("{config}:{line}")));
                }
                Says::Computed(key) => {
                    open.get_or_insert_with(|| (key, config.to_string()));
                }
            }
            is_told = true;
        }
        // Without settings a runner selects by its own patterns.
        if !is_told {
            return Runs::Yes;
        }
    }
    match (open, left_out) {
        (Some((key, config)), _) => {
            let what = format!("whether `{key}` in `{config}` selects `{path}` could not be told: it is computed");
            Runs::Unread(Unread::new(
                Cause::Unmodelled,
                what,
                "write it out, or attest that the test runs",
            ))
        }
        (None, Some((key, place))) => Runs::Never(format!(
            "stands in a test that no command runs: `{key}` in `{place}` leaves it out"
        )),
        (None, None) => Runs::Yes,
    }
}

/// What is known of the commands by which the tests of a folder may be run.
#[derive(Clone, Default)]
struct Commands {
    /// Whether something that is not looked into may select files.
    select_otherwise: bool,
    open_browsers: bool,
    /// The runners that are called by their names.
    called: Vec<Runner>,
}

/// Found once: those of files, for all tests, and those of manifests, for each folder. `None` where some can't be read.
#[derive(Default)]
struct Known {
    files: OnceLock<Option<Commands>>,
    folders: Mutex<HashMap<String, Option<Arc<Commands>>>>,
}

impl Commands {
    fn of(view: &View<'_>, path: &RepoPath) -> Option<Arc<Self>> {
        let known = view.snapshot.derive(|_| Known::default());
        let mut folders = known.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = path.parent();
        if let Some(found) = folders.get(folder) {
            return found.clone();
        }
        let found = known
            .files
            .get_or_init(|| in_files(view))
            .clone()
            .and_then(|files| Some(Arc::new(files.and(Self::read(&in_manifests(view, folder)?)))));
        folders.insert(folder.to_owned(), found.clone());
        found
    }

    fn read(commands: &str) -> Self {
        Self {
            select_otherwise: OTHERS.is_match(commands) || OPTIONS.is_match(commands) || names_other_settings(commands),
            open_browsers: BROWSERS.is_match(commands),
            called: Runner::ALL
                .into_iter()
                .filter_map(|(runner, name)| calls(commands, name).then_some(runner))
                .collect(),
        }
    }

    fn and(mut self, more: Self) -> Self {
        self.select_otherwise |= more.select_otherwise;
        self.open_browsers |= more.open_browsers;
        self.called.extend(more.called);
        self
    }
}

/// Whether commands call a runner by its name.
fn calls(commands: &str, name: &str) -> bool {
    let mut words = commands.split(|letter: char| letter.is_whitespace() || "'\"`;&|()=".contains(letter));
    words.any(|word| word.rsplit('/').next() == Some(name) || word == format!("{name}.js"))
}

/// Whether commands name settings that are not known by their name.
fn names_other_settings(commands: &str) -> bool {
    let mut named = CONFIG.captures_iter(commands).filter_map(|found| found.get(1));
    named.any(|found| {
        let path = RepoPath::new(found.as_str().trim_start_matches("./"));
        let is_of_others = ["tsconfig", "playwright", "webpack", "eslint", "tsup", "rollup"]
            .iter()
            .any(|start| path.file_name().starts_with(start));
        Runner::of(&path).is_none() && !is_of_others
    })
}

/// The settings of runners, and the manifests that may hold some.
fn settings_of<'a>(view: &View<'a>) -> Vec<&'a RepoPath> {
    let tree = &view.snapshot.tree;
    let found = tree.those("settings of test runners", |path, entry, class| {
        let is_one = path.file_name() == "package.json" || Runner::of(path).is_some();
        entry.is_file() && class != Class::Vendored && is_one
    });
    found.into_iter().map(|(path, _)| path).collect()
}

/// Files beside manifests whose lines are commands.
fn commanding<'a>(view: &View<'a>) -> Vec<&'a RepoPath> {
    const LARGEST: u64 = 1 << 16;
    const NAMES: [&str; 5] = ["Makefile", "justfile", "Taskfile.yml", "turbo.json", ".gitlab-ci.yml"];
    let tree = &view.snapshot.tree;
    let found = tree.those("what commands tests", |path, entry, class| {
        let is_one = path.as_str().starts_with(".github/workflows/")
            || path.as_str().starts_with(".circleci/")
            || path.extension() == Some("sh")
            || NAMES.contains(&path.file_name());
        entry.is_file() && class != Class::Vendored && is_one && entry.size.is_none_or(|size| size <= LARGEST)
    });
    found.into_iter().map(|(path, _)| path).collect()
}

/// The scripts of the manifests in a folder and above it; `None` where some can't be read.
fn in_manifests(view: &View<'_>, own: &str) -> Option<String> {
    let mut all = String::new();
    for folder in std::iter::once(own).chain(crate::artifact::above(own)) {
        if view.tree().get(&in_folder(folder, "package.json")).is_none() {
            continue;
        }
        for (_, known) in declared(view.snapshot, folder) {
            for script in &known.ok()?.manifest().scripts {
                all.push_str(&script.command);
                all.push('\n');
            }
        }
    }
    Some(all)
}

/// The commands of workflows and of what else holds some; `None` where some can't be read.
fn in_files(view: &View<'_>) -> Option<Commands> {
    let mut all = Commands::default();
    for path in commanding(view) {
        let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok()??;
        all = all.and(Commands::read(document.text().ok()?));
    }
    Some(all)
}
