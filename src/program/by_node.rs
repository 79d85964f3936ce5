//! Components whose sources Node runs as they are: there `require("./x")` leads to `x.js`, and never to a `x.ts` that
//! stands beside it.

use std::collections::BTreeSet;

use crate::artifact::declared;
use crate::model::{Component, RepoPath, Snapshot, Tree};

use super::compiled::from_folder;
use super::words::commands;

/// The scripts that production runs.
const STARTS: [&str; 3] = ["start", "start:prod", "start:production"];
/// Beginnings of names of scripts that make nothing for production; of the others, one may call another.
const TRIES: [&str; 9] = [
    "dev",
    "start:dev",
    "test",
    "lint",
    "type",
    "check",
    "watch",
    "format",
    "e2e",
];
/// Parts of words of tools that run TypeScript, or make JavaScript of it.
const TOOLS: [&str; 25] = [
    "tsc", "tsx", "ts-node", "tsnd", "swc", "babel", "esbuild", "esno", "bun", "deno", "jiti", "sucrase", "tsup",
    "ncc", "rollup", "webpack", "next", "gulp", "grunt", "nest", "vite", "turbo", "nx", "make", "tsdown",
];

/// The folders of the components whose start scripts run a file of JavaScript that is in git by plain `node`, where no
/// script makes one of TypeScript before.
pub fn run_by_node(snapshot: &Snapshot) -> BTreeSet<String> {
    let is_one = |component: &&Component| is_run_by_node(snapshot, component.folder());
    let components = snapshot.components.iter().filter(is_one);
    components.map(|component| component.folder().to_owned()).collect()
}

fn is_run_by_node(snapshot: &Snapshot, folder: &str) -> bool {
    let declared = declared(snapshot, folder).into_iter();
    let mut starts = false;
    for known in declared.filter_map(|(_, known)| known.ok()) {
        let scripts = known.manifest().scripts.iter();
        for script in scripts {
            let is_start = STARTS.contains(&script.name.as_str());
            if TRIES.iter().any(|name| script.name.starts_with(name)) {
                continue;
            }
            let commands = commands(&script.command);
            if commands.iter().flatten().any(|word| is_of_typescript(word)) {
                return false;
            }
            let mut runs = commands.iter().map(|words| runs_a_source(snapshot, folder, words));
            starts |= is_start && runs.any(|runs| runs);
        }
    }
    starts
}

/// Whether a word names a tool for TypeScript: `./node_modules/.bin/tsc`, `-r`'s `ts-node/register`, a file of it.
fn is_of_typescript(word: &str) -> bool {
    let is_file = [".ts", ".mts", ".cts", ".tsx"]
        .iter()
        .any(|ending| word.ends_with(ending));
    let mut parts = word.split(['/', '=', '@']);
    is_file
        || parts.any(|part| {
            TOOLS
                .iter()
                .any(|tool| part == *tool || part.starts_with(&format!("{tool}-")))
        })
}

/// Whether a command is `node` with a file of JavaScript that is in git.
fn runs_a_source(snapshot: &Snapshot, folder: &str, words: &[String]) -> bool {
    let mut words = words.iter().map(String::as_str);
    let is_node = |word: &str| matches!(word.rsplit('/').next(), Some("node" | "nodejs"));
    if !words.any(is_node) {
        return false;
    }
    words.any(|word| {
        let path = from_folder(folder, word);
        !word.starts_with('-') && is_script(&snapshot.tree, &path)
    })
}

fn is_script(tree: &Tree, path: &RepoPath) -> bool {
    let is_file = |path: &str| tree.get(path).is_some_and(|entry| entry.is_file());
    let is_named = is_javascript(path) && is_file(path.as_str());
    is_named || is_file(&format!("{path}.js")) || is_file(&format!("{path}/index.js"))
}

/// Whether a file is JavaScript by its ending.
pub(super) fn is_javascript(path: &RepoPath) -> bool {
    matches!(path.extension(), Some("js" | "cjs" | "mjs"))
}

/// The file that Node's own rules for `require` find at a path: as it is written, with an ending, as a folder. Nothing
/// where a manifest in the folder says otherwise, or where there is none.
/// <https://nodejs.org/api/modules.html#all-together>
pub(super) fn required(tree: &Tree, folder: &str, specifier: &str) -> Option<RepoPath> {
    let target = from_folder(folder, specifier);
    let file = |path: &str| {
        let (path, entry) = tree.get_with_path(path)?;
        entry.is_file().then(|| path.clone())
    };
    let is_folder = specifier.ends_with('/') || matches!(specifier.rsplit('/').next(), Some("." | ".."));
    let text = target.as_str();
    let as_file = ["", ".js", ".json"]
        .iter()
        .find_map(|ending| file(&format!("{text}{ending}")));
    if let Some(found) = as_file.filter(|_| !is_folder) {
        return Some(found);
    }
    match file(&format!("{text}/package.json")) {
        Some(_) => None,
        None => ["index.js", "index.json"]
            .iter()
            .find_map(|name| file(from_folder(text, name).as_str())),
    }
}
