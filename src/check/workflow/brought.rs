//! What may stand for a package that no manifest declares: another name of a folder, the runner of an image or of a step.

use regex::Regex;

use crate::artifact::{above, in_folder, resolve};
use crate::model::{Entry, RepoPath, Snapshot, Tree};

use super::runner::text_of;

/// Words of a runner's settings whose effect on the names of modules is not followed.
const OPEN: [&str; 14] = [
    "...",
    "NODE_PATH",
    "defineWorkspace",
    "from '.",
    "from \".",
    "mergeConfig",
    "moduleDirectories",
    "modulePaths",
    "pathsToModuleNameMapper",
    "preset: '.",
    "preset: \".",
    "projects",
    "resolver",
    "require('.",
];
/// Flags of a runner that lead it to other settings, or to other folders.
const ELSEWHERE: [&str; 8] = [
    "--config",
    "-c",
    "--dir",
    "--project",
    "--projects",
    "--root",
    "--rootDir",
    "-r",
];
/// Images and machines that GitHub's own list has: what else a job runs on may hold any program.
const HOSTED: [&str; 3] = ["ubuntu-", "windows-", "macos-"];

/// Whether a command of a runner takes its settings from where it is told to.
pub(super) fn is_led_elsewhere(text: &str) -> bool {
    let mut words = text
        .split_whitespace()
        .map(|word| word.split_once('=').map_or(word, |(name, _)| name));
    words.any(|word| ELSEWHERE.contains(&word) || word == "NODE_PATH")
}

/// What has to be read before `may_be_alias` and `may_bring` can tell.
pub(super) fn needs(snapshot: &Snapshot, folder: &str) -> Vec<RepoPath> {
    let mut found = compilers(&snapshot.tree, folder);
    found.extend(workflows(&snapshot.tree));
    let manifests = snapshot.tree.with_name("package.json");
    found.extend(manifests.map(|(path, _)| path.clone()));
    found.extend(instructions(&snapshot.tree, folder));
    found
}

/// What tells how a machine or an image is made ready: the READMEs of a folder and of those above, and Dockerfiles.
fn instructions(tree: &Tree, folder: &str) -> Vec<RepoPath> {
    let folders = || std::iter::once(folder).chain(above(folder));
    let is_one = |path: &RepoPath| {
        let name = path.file_name();
        name.contains("ockerfile") || name.eq_ignore_ascii_case("readme.md") && folders().any(|at| at == path.parent())
    };
    let found = tree.iter().filter(|(path, entry)| entry.is_file() && is_one(path));
    found.map(|(path, _)| path.clone()).collect()
}

/// Whether settings, or the compiler's, or a member of the workspace may give a package's name to a folder.
pub(super) fn may_be_alias(snapshot: &Snapshot, folder: &str, config: &str, package: &str) -> bool {
    let is_open = OPEN.iter().any(|word| config.contains(word)) || may_mean(config, package);
    // Some plugins take the compiler's names over, and some transformers do.
    let is_compilers = || {
        let known = compilers(&snapshot.tree, folder);
        known.iter().any(|path| {
            let text = text_of(snapshot, path);
            text.is_none_or(|text| may_mean(&text, package) || is_taken_from_elsewhere(path, &text, &known))
        })
    };
    let scope = scope(package);
    let is_own = |text: &str| {
        let name = text.split_once("\"name\"").map_or("", |(_, rest)| rest);
        let name = name.split('"').nth(1).unwrap_or_default();
        name == package || scope.is_some_and(|scope| name.starts_with(scope))
    };
    let is_members = || {
        let mut manifests = snapshot.tree.with_name("package.json");
        manifests.any(|(path, _)| text_of(snapshot, path).is_some_and(|text| is_own(&text)))
    };
    is_open || is_compilers() || is_members()
}

/// A package's scope with its slash.
fn scope(package: &str) -> Option<&str> {
    let end = package.starts_with('@').then(|| package.find('/')).flatten()?;
    Some(&package[..=end])
}

/// Whether a text in quotes may be a name that holds for a package: it is its name or its scope, a beginning of it, or a
/// pattern that matches it.
fn may_mean(text: &str, package: &str) -> bool {
    if text.contains(package) || scope(package).is_some_and(|scope| text.contains(scope)) {
        return true;
    }
    let below = format!("{package}/x");
    let mut quoted = text
        .lines()
        .flat_map(|line| line.split(['"', '\'', '`']).skip(1).step_by(2));
    quoted.any(|name| {
        if let Some(beginning) = name.strip_suffix('*') {
            // `*` alone stands for every name there is.
            return below.starts_with(beginning);
        }
        let is_pattern = name.starts_with('^') || name.contains(['(', '[', '\\']) || name.ends_with('$');
        // Of JavaScript's patterns some are not this parser's.
        is_pattern
            && Regex::new(&name.replace("\\\\", "\\")).is_ok_and(|name| name.is_match(package) || name.is_match(&below))
    })
}

/// Whether settings of TypeScript are built on a file that is not among the known ones.
fn is_taken_from_elsewhere(path: &RepoPath, text: &str, known: &[RepoPath]) -> bool {
    let written = text.lines().filter_map(|line| line.split_once("\"extends\""));
    let mut bases = written
        .filter_map(|(_, rest)| rest.split('"').nth(1))
        .filter(|base| base.starts_with('.'));
    bases.any(|base| {
        let base = base.strip_suffix(".json").unwrap_or(base);
        let base = resolve(path.parent(), &format!("{base}.json"));
        base.is_none_or(|base| !known.contains(&base))
    })
}

/// The settings of TypeScript in a folder and in those above.
fn compilers(tree: &Tree, folder: &str) -> Vec<RepoPath> {
    let mut found = Vec::new();
    for at in std::iter::once(folder).chain(above(folder)) {
        for beginning in ["tsconfig", "jsconfig"] {
            let own = tree.starting_with(&in_folder(at, beginning));
            let own =
                own.filter(|(path, entry)| entry.is_file() && path.parent() == at && path.extension() == Some("json"));
            found.extend(own.map(|(path, _)| path.clone()));
        }
    }
    found
}

/// Workflows, and the actions of the repository that lie beside them.
fn workflows(tree: &Tree) -> Vec<RepoPath> {
    let beside = tree.starting_with(".github/");
    let is_yaml = |path: &RepoPath, entry: &Entry| entry.is_file() && matches!(path.extension(), Some("yml" | "yaml"));
    beside
        .filter(|(path, entry)| is_yaml(path, entry))
        .map(|(path, _)| path.clone())
        .collect()
}

/// Whether a step, an image or a machine may bring a program of which one of these packages is.
pub(super) fn may_bring(snapshot: &Snapshot, folder: &str, packages: &[&str]) -> bool {
    let says = |path: &RepoPath| text_of(snapshot, path).is_some_and(|text| brings(&text, packages));
    let manifests = snapshot.tree.with_name("package.json");
    let mut all = workflows(&snapshot.tree)
        .into_iter()
        .chain(instructions(&snapshot.tree, folder))
        .chain(manifests.map(|(path, _)| path.clone()));
    all.any(|path| says(&path))
}

fn brings(text: &str, packages: &[&str]) -> bool {
    const INSTALLS: [&str; 5] = ["install ", " i ", " add ", "image:", "uses:"];
    const ALONE: [&str; 5] = ["--global", "--no-save", " -g ", "global add", "npm link"];
    let live = || text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    let names = |line: &str| packages.iter().any(|package| line.contains(package));
    let is_elsewhere = |line: &str| {
        let line = line.trim_start_matches("- ");
        let machine = line
            .strip_prefix("runs-on:")
            .map(|rest| rest.trim().trim_matches(['"', '\'', '[', ']']));
        let is_other = |name: &str| {
            !name.is_empty() && !name.starts_with("${{") && !HOSTED.iter().any(|hosted| name.starts_with(hosted))
        };
        line.starts_with("container:") || line.contains("GITHUB_PATH") || machine.is_some_and(is_other)
    };
    live().any(|line| is_elsewhere(line) || names(line) && INSTALLS.iter().any(|word| line.contains(word)))
        || live().any(|line| ALONE.iter().any(|word| line.contains(word))) && live().any(names)
}

#[cfg(test)]
mod tests {
    use super::{brings, is_led_elsewhere, may_mean};

    #[test]
    fn names_that_settings_give() {
        for text in [
            "{\"paths\":{\"@acme/*\":[\"./src/*\"]}}",
            "moduleNameMapper: {'^@acme/(.*)$': '<rootDir>/src/$1'}",
            "moduleNameMapper: {'^@([a-z]+)/(.*)$': 'x'}",
            "{\"paths\":{\"*\":[\"./src/*\"]}}",
        ] {
            assert!(may_mean(text, "@acme/test-utils"), "{text}");
        }
        for text in [
            "moduleNameMapper: {'^@/(.*)$': '<rootDir>/src/$1', '\\\\.css$': 'x'}",
            "{\"include\":[\"src/**/*\"]}",
        ] {
            assert!(!may_mean(text, "@acme/test-utils"), "{text}");
        }
    }

    #[test]
    fn runners_that_steps_bring() {
        let jest = ["jest", "jest-cli"];
        for text in [
            "      - run: npm i -g jest",
            "      - run: npm install --no-save ts-jest \\\n          jest",
            "    container: cypress/included:13.6.0",
            "    runs-on: [self-hosted, linux]",
        ] {
            assert!(brings(text, &jest), "{text}");
        }
        for text in [
            "    runs-on: ubuntu-latest\n - run: npm ci\n - run: npx jest",
            "    # container: x",
        ] {
            assert!(!brings(text, &jest), "{text}");
        }
        assert!(is_led_elsewhere("jest --config=a.js") && is_led_elsewhere("vitest run -c a.ts"));
        assert!(!is_led_elsewhere("jest --coverage"));
    }
}
