//! Manifests above other components that no sources of their own stand beside: what hands on to its members.

use crate::model::{Class, RepoPath, Snapshot};

use super::super::Ecosystem;
use super::super::manifest::{Declared, Role, declared, in_folder, resolve};
use super::frameworks;

/// What a program is written in.
const CODE: [&str; 24] = [
    "astro", "cjs", "cs", "cts", "ex", "go", "html", "java", "js", "jsx", "kt", "mjs", "mts", "php", "prisma", "py",
    "rb", "rs", "scala", "svelte", "swift", "ts", "tsx", "vue",
];
/// Folders of those who work on a repository: nothing in them is served to anybody.
const TOOLS: [&str; 14] = [
    ".github",
    ".husky",
    ".storybook",
    "bench",
    "benchmarks",
    "k6",
    "load-test",
    "load-tests",
    "loadtest",
    "perf",
    "script",
    "scripts",
    "tooling",
    "tools",
];
/// Names under which a program is started, whether a script says so or not.
const STARTED: [&str; 15] = [
    "api",
    "app",
    "bot",
    "cli",
    "client",
    "cron",
    "index",
    "instrumentation",
    "main",
    "middleware",
    "proxy",
    "run",
    "server",
    "start",
    "worker",
];
/// Commands that take a file's name without its ending.
const RUNNERS: [&str; 8] = [
    "bun",
    "forever",
    "node",
    "nodemon",
    "start",
    "ts-node",
    "tsx",
    "babel-node",
];
/// Files that start what no script names.
const HOSTED: [&str; 5] = ["Dockerfile", "Procfile", "fly.toml", "app.yaml", "nixpacks.toml"];

/// Whether a folder's manifest stands above `others` (the folders of other components) and for nothing of its own: no
/// source beside it belongs to it but tools and settings, and its scripts start and build what the others have.
pub(super) fn is_bare(
    snapshot: &Snapshot,
    (folder, left_out): (&str, &[RepoPath]),
    known: &[Declared],
    others: &[&str],
) -> bool {
    let members: Vec<&str> = others.iter().copied().filter(|other| is_below(other, folder)).collect();
    let is_npm = |one: &Declared| one.ecosystem == Ecosystem::Npm || one.manifest().role == Role::Marker;
    if members.is_empty() || known.is_empty() || !known.iter().all(is_npm) {
        return false;
    }
    if names_a_file(snapshot, folder, known) || brings_what_members_lack(snapshot, known, &members) {
        return false;
    }
    let tree = &snapshot.tree;
    let is_own = |path: &RepoPath| {
        let is_copy = left_out.iter().any(|copy| path.is_within(copy.as_str()));
        !is_copy && !members.iter().any(|member| path.is_within(member))
    };
    let is_hosted = HOSTED.iter().any(|name| tree.get(&in_folder(folder, name)).is_some());
    !tree
        .below(folder)
        .filter(|(path, entry)| entry.is_file() && is_own(path))
        .any(|(path, _)| is_source(snapshot, folder, path, is_hosted))
}

fn is_below(other: &str, folder: &str) -> bool {
    other != folder && RepoPath::new(other).is_within(folder)
}

/// Whether a file is one of a program, not of those who work on it.
fn is_source(snapshot: &Snapshot, folder: &str, path: &RepoPath, is_hosted: bool) -> bool {
    let is_code = path.extension().is_some_and(|extension| CODE.contains(&extension));
    // Its own tests are asked who runs them.
    let is_own = matches!(snapshot.tree.class(path.as_str()), Class::Source | Class::Test);
    if !is_code || !is_own {
        return false;
    }
    let Some(below) = path.relative_to(folder) else {
        return false;
    };
    let Some((first, _)) = below.split_once('/') else {
        let stem = below.split('.').next().unwrap_or_default();
        let is_setting = stem.is_empty() || below.contains(".config.") || below.ends_with(".d.ts");
        let is_page = below.ends_with(".html");
        let is_test = snapshot.tree.class(path.as_str()) == Class::Test;
        // What lies about and nothing starts is a tool, too.
        return is_test
            || !is_setting && (is_hosted || is_page || STARTED.contains(&stem.to_ascii_lowercase().as_str()));
    };
    !TOOLS.contains(&first)
}

/// Whether the manifest, or a script of production's, names a file that is there.
fn names_a_file(snapshot: &Snapshot, folder: &str, known: &[Declared]) -> bool {
    let is_file = |path: &str| snapshot.tree.get(path).is_some_and(|entry| entry.is_file());
    let is_there = |name: &str| {
        let Some(path) = resolve(folder, name) else {
            return false;
        };
        match path.extension() {
            Some(extension) => (extension == "sh" || CODE.contains(&extension)) && is_file(path.as_str()),
            None => [".js", ".mjs", ".cjs", ".ts", "/index.js", "/index.ts"]
                .iter()
                .any(|ending| !path.as_str().is_empty() && is_file(&format!("{path}{ending}"))),
        }
    };
    // `node gateway`: Node looks for the file, and `flutter run` does not mean `flutter.js`.
    let is_named = |command: &str| {
        let mut before = "";
        command.split([' ', '"', '\'', ';']).any(|word| {
            let may_be = word.contains(['.', '/']) || RUNNERS.contains(&before);
            if !word.starts_with('-') {
                before = word;
            }
            may_be && is_there(word)
        })
    };
    known.iter().any(|one| {
        let scripts = one.manifest().scripts.iter();
        let mut scripts = scripts.filter(|script| {
            let first = script.name.split([':', '-']).next().unwrap_or_default();
            matches!(first, "start" | "serve" | "build" | "worker" | "prod" | "postinstall")
        });
        one.manifest().entries.iter().any(|entry| is_there(entry)) || scripts.any(|script| is_named(&script.command))
    })
}

/// Whether it declares a framework that no member declares: what they load is found above them.
fn brings_what_members_lack(snapshot: &Snapshot, known: &[Declared], members: &[&str]) -> bool {
    let brought: Vec<String> = known.iter().flat_map(frameworks).collect();
    if brought.is_empty() {
        return false;
    }
    let theirs = members.iter().flat_map(|member| declared(snapshot, member));
    let theirs: Vec<String> = theirs
        .filter_map(|(_, result)| result.ok())
        .flat_map(|one| frameworks(&one))
        .collect();
    !brought.iter().all(|framework| theirs.contains(framework))
}
