//! How what plain `node` starts is built: by `tsc` alone, by what may change what it writes, or in a way that is not known.

use crate::artifact::{Script, declared, resolve};
use crate::check::View;
use crate::model::{Component, RepoPath};
use crate::program::commands;

use super::changing::{REWRITERS, elsewhere, is_one, is_tool};

/// Commands that leave what is built as it is.
const HARMLESS: [&str; 27] = [
    "tsc",
    "rimraf",
    "rm",
    "del-cli",
    "mkdir",
    "mkdirp",
    "cp",
    "copyfiles",
    "cpx",
    "cpx2",
    "cpy",
    "ncp",
    "echo",
    "prisma",
    "drizzle-kit",
    "chmod",
    "shx",
    "true",
    "exit",
    "eslint",
    "biome",
    "prettier",
    "vitest",
    "jest",
    "husky",
    ":",
    "copy",
];
/// Beginnings of scripts that make nothing for production.
const TRIES: [&str; 8] = ["dev", "start:dev", "test", "lint", "type", "watch", "format", "e2e"];
/// Scripts within scripts.
const DEEPEST: u32 = 4;

/// A build by `tsc` of what plain `node` starts.
#[derive(Debug)]
pub(super) struct Build {
    /// The configuration that the compiler is given.
    pub(super) configuration: RepoPath,
    /// Why it may be that something else changes what it writes, in words.
    pub(super) doubt: Option<String>,
}

/// The build of a component, if it is `tsc` and nothing else writes code or mends what it wrote.
pub(super) fn build(view: &View<'_>, component: &Component) -> Option<Build> {
    let scripts = scripts(view, component.folder());
    let emits = |script: &&Script| commands(&script.command).iter().any(|words| compiler(words).is_some());
    let candidates: Vec<&Script> = scripts
        .iter()
        .filter(|script| !is_try(&script.name))
        .filter(emits)
        .collect();
    let named = scripts.iter().find(|script| script.name == "build");
    let first = named.or_else(|| candidates.first().copied())?;
    let mut steps = Vec::new();
    expand(&scripts, &first.name, 0, &mut steps);
    if steps.iter().flatten().any(|word| is_one(word, &REWRITERS)) {
        return None;
    }
    let compilers: Vec<Vec<String>> = steps.iter().filter_map(|words| compiler(words)).collect();
    let [arguments] = compilers.as_slice() else {
        return None;
    };
    let unknown = steps.iter().find(|words| !is_harmless(words));
    let others = || {
        candidates
            .iter()
            .find(|script| named.is_none() && script.name != first.name)
    };
    let doubt = unknown
        .map(|words| format!("`{}` of the build is not followed", words.join(" ")))
        .or_else(|| others().map(|other| format!("`{}` is a build, too", other.name)))
        .or_else(|| is_told_more(arguments).then(|| "its compiler is told more than its configuration".to_owned()))
        .or_else(|| elsewhere(view, component, &scripts));
    Some(Build {
        configuration: configuration(view, component.folder(), arguments),
        doubt,
    })
}

pub(super) fn scripts(view: &View<'_>, folder: &str) -> Vec<Script> {
    let known = declared(view.snapshot, folder).into_iter();
    let known = known.filter(|(path, _)| path.file_name() == "package.json");
    known
        .filter_map(|(_, known)| known.ok())
        .flat_map(|known| known.manifest().scripts.clone())
        .collect()
}

pub(super) fn is_try(name: &str) -> bool {
    TRIES.iter().any(|start| name.starts_with(start))
}

/// The commands of a script, with what stands before and after it, and those of the scripts that it runs.
fn expand(scripts: &[Script], name: &str, depth: u32, steps: &mut Vec<Vec<String>>) {
    let names = [format!("pre{name}"), name.to_owned(), format!("post{name}")];
    for script in names
        .iter()
        .flat_map(|name| scripts.iter().find(|script| script.name == *name))
    {
        for words in commands(&script.command) {
            match run(&words).filter(|inner| depth < DEEPEST && scripts.iter().any(|script| script.name == *inner)) {
                Some(inner) => expand(scripts, inner, depth + 1, steps),
                None => steps.push(words),
            }
        }
    }
}

/// The script that a command runs in the same folder: `npm run x`, `yarn x`.
pub(super) fn run(words: &[String]) -> Option<&str> {
    match words {
        [manager, run, name] if is_manager(manager) && matches!(run.as_str(), "run" | "run-script") => Some(name),
        [manager, name] if matches!(manager.as_str(), "yarn" | "pnpm" | "bun") => Some(name),
        _ => None,
    }
}

fn is_manager(word: &str) -> bool {
    matches!(word, "npm" | "yarn" | "pnpm" | "bun")
}

/// A command without what only says how it is run.
pub(super) fn unwrapped(words: &[String]) -> &[String] {
    let is_wrapper = |word: &String| {
        let is_setting = word.contains('=') && !word.starts_with('-');
        is_setting
            || matches!(
                word.as_str(),
                "npx" | "cross-env" | "exec" | "pnpm" | "yarn" | "bunx" | "--yes" | "-y"
            )
    };
    let from = words.iter().position(|word| !is_wrapper(word)).unwrap_or(words.len());
    &words[from..]
}

pub(super) fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// What the compiler is given, where a command has it write code.
fn compiler(words: &[String]) -> Option<Vec<String>> {
    let [program, arguments @ ..] = unwrapped(words) else {
        return None;
    };
    let is_quiet = |word: &String| {
        let word = word.to_lowercase();
        [
            "--noemit",
            "--emitdeclarationonly",
            "--watch",
            "-w",
            "--init",
            "--version",
            "-v",
            "--showconfig",
        ]
        .contains(&word.as_str())
    };
    (base(program) == "tsc" && !arguments.iter().any(is_quiet)).then(|| arguments.to_vec())
}

/// The configuration that the compiler is given, or the one of the folder.
fn configuration(view: &View<'_>, folder: &str, arguments: &[String]) -> RepoPath {
    let is_flag = |word: &String| matches!(word.as_str(), "-p" | "--project" | "-b" | "--build");
    let named = arguments.iter().position(is_flag).and_then(|at| arguments.get(at + 1));
    let named = named.filter(|named| !named.starts_with('-'));
    let path = named.map_or_else(|| RepoPath::new(folder), |named| resolved(folder, named));
    if view.tree().has_folder(path.as_str()) || matches!(path.as_str(), "" | ".") {
        return path.join("tsconfig.json");
    }
    path
}

fn resolved(folder: &str, path: &str) -> RepoPath {
    resolve(folder, path).unwrap_or_else(|| RepoPath::new(folder))
}

/// Whether the compiler is told what its configuration says otherwise.
fn is_told_more(arguments: &[String]) -> bool {
    const TOLD: [&str; 7] = [
        "--module",
        "-m",
        "--outdir",
        "--outfile",
        "--moduleresolution",
        "--plugins",
        "--rewriterelativeimportextensions",
    ];
    let is_file = |word: &String| [".ts", ".tsx", ".mts"].iter().any(|ending| word.ends_with(ending));
    arguments
        .iter()
        .any(|word| TOLD.contains(&word.to_lowercase().as_str()) || is_file(word))
}

pub(super) fn is_harmless(words: &[String]) -> bool {
    let words = unwrapped(words);
    let of_others = |word: &String| matches!(base(word), "npm" | "yarn" | "pnpm" | "bun");
    let is_elsewhere = || {
        words.iter().any(|word| {
            ["-w", "--filter", "--workspace", "--prefix", "install", "ci", "--cwd"].contains(&word.as_str())
                || ["--filter=", "--workspace=", "--prefix="]
                    .iter()
                    .any(|flag| word.starts_with(flag))
        })
    };
    let is_known = |word: &String| HARMLESS.contains(&base(word)) || of_others(word) && is_elsewhere();
    words.first().is_none_or(is_known) && !words.iter().any(|word| is_tool(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &str) -> Vec<String> {
        command.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_compiler_writes_unless_it_is_told_not_to() {
        assert!(compiler(&words("npx tsc -p tsconfig.build.json")).is_some());
        assert!(compiler(&words("tsc --noEmit")).is_none() && compiler(&words("tsc-alias")).is_none());
        assert!(is_told_more(&words("--module commonjs")) && !is_told_more(&words("-p tsconfig.json")));
    }
}
