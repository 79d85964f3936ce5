//! How what plain `node` starts is built: by `tsc` alone, by what may change what it writes, or in a way that is not known.

use crate::artifact::{Script, declared, resolve};
use crate::check::View;
use crate::model::{Component, RepoPath};
use crate::program::commands;

use super::packages;

/// What changes the imports in what `tsc` writes, or what it writes; names with another word behind a `.` or `-` count.
const REWRITERS: [&str; 21] = [
    "tsc-alias",
    "tscpaths",
    "tspath",
    "tspaths",
    "resolve-tspaths",
    "tsconfig-replace-paths",
    "tsconfig-paths",
    "ts-patch",
    "tspc",
    "ttsc",
    "ttypescript",
    "tsc-esm-fix",
    "fix-esm-import-path",
    "ts-add-js-extension",
    "add-js-extension",
    "module-alias",
    "link-module-alias",
    "ef-tspm",
    "tsmodule-alias",
    "extensionless",
    "nest",
];
/// What writes code in its place.
const BUNDLERS: [&str; 20] = [
    "esbuild",
    "tsup",
    "tsdown",
    "swc",
    "babel",
    "webpack",
    "rollup",
    "rolldown",
    "vite",
    "ncc",
    "pkgroll",
    "unbuild",
    "microbundle",
    "bunchee",
    "parcel",
    "gulp",
    "grunt",
    "nx",
    "tsc-multi",
    "tshy",
];
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
    "tsc-lint",
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

fn scripts(view: &View<'_>, folder: &str) -> Vec<Script> {
    let known = declared(view.snapshot, folder).into_iter();
    let known = known.filter(|(path, _)| path.file_name() == "package.json");
    known
        .filter_map(|(_, known)| known.ok())
        .flat_map(|known| known.manifest().scripts.clone())
        .collect()
}

fn is_try(name: &str) -> bool {
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
fn run(words: &[String]) -> Option<&str> {
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
fn unwrapped(words: &[String]) -> &[String] {
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

fn base(word: &str) -> &str {
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

fn is_harmless(words: &[String]) -> bool {
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

fn is_tool(word: &str) -> bool {
    is_one(word, &REWRITERS) || is_one(word, &BUNDLERS)
}

/// Whether a word names one of these tools: `node_modules/.bin/esbuild`, `tsc-alias@1`, `webpack.config.js`.
fn is_one(word: &str, tools: &[&str]) -> bool {
    word.split(['/', '@', '=']).any(|part| {
        tools.iter().any(|tool| {
            let rest = part.strip_prefix(tool);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        })
    })
}

/// What may change what is built, or how Node finds modules, outside of the build: a script for production, an image, a
/// host's file.
fn elsewhere(view: &View<'_>, component: &Component, scripts: &[Script]) -> Option<String> {
    let kept = scripts.iter().filter(|script| !is_try(&script.name));
    for script in kept {
        if let Some(word) = commands(&script.command).iter().flatten().find(|word| is_doubt(word)) {
            return Some(format!("the script `{}` names `{word}`", script.name));
        }
    }
    let folder = RepoPath::new(component.folder());
    if ["project.json", "vercel.json", "serverless.yml", "serverless.yaml"]
        .iter()
        .any(|name| view.tree().get(folder.join(name).as_str()).is_some())
    {
        return Some("another tool is told how to build or host it".to_owned());
    }
    told(view, component).find_map(|path| {
        let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
        let Some(text) = document.as_ref().and_then(|document| document.text().ok()) else {
            return Some(format!("`{path}` can't be read"));
        };
        doubtful(path, text).map(|word| format!("`{path}` names `{word}`"))
    })
}

/// The files that say how an image or a host builds and starts a component: its own, and those above it.
fn told<'a>(view: &View<'a>, component: &Component) -> impl Iterator<Item = &'a RepoPath> {
    let (tree, folder) = (&view.snapshot.tree, component.folder().to_owned());
    let components = &view.snapshot.components;
    let images = tree.iter().filter(|(path, entry)| entry.is_file() && is_image(path));
    let all = packages::installing(view).chain(images.map(|(path, _)| path));
    all.filter(move |path| {
        let owner = Component::of(components, path).map_or("", Component::folder);
        owner.is_empty() || owner == folder || folder.starts_with(&format!("{owner}/"))
    })
}

/// Whether a file builds an image for production or starts one.
fn is_image(path: &RepoPath) -> bool {
    let name = path.file_name().to_lowercase();
    let is_one = name.contains("dockerfile") || name.contains("compose") && name.contains(".y");
    is_one && !["dev", "test", "local", "e2e"].iter().any(|word| name.contains(word)) && !name.contains("ignore")
}

/// The word of a file by which something may be changed.
fn doubtful(path: &RepoPath, text: &str) -> Option<String> {
    let is_between = |letter: char| letter.is_whitespace() || "\"'`[]{}(),;&|".contains(letter);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut words = lines
        .flat_map(|line| line.split(is_between))
        .filter(|word| !word.is_empty());
    if let Some(word) = words.find(|word| is_doubt(word)) {
        return Some(word.to_owned());
    }
    if !path.file_name().to_lowercase().contains("dockerfile") {
        return None;
    }
    let steps = commands(text);
    let of_shell = steps.iter().filter_map(|words| {
        let own = match words.first().map(String::as_str) {
            Some("RUN") => &words[1..],
            _ => words.as_slice(),
        };
        own.iter().find(|word| !word.starts_with("--"))
    });
    let mut changing = of_shell.filter(|word| matches!(word.as_str(), "node" | "sed" | "ln" | "perl"));
    changing.next().cloned()
}

fn is_doubt(word: &str) -> bool {
    const RUNTIMES: [&str; 6] = [
        "oven/bun",
        "denoland/",
        "NODE_PATH",
        "specifier-resolution",
        "--loader",
        "--bun",
    ];
    is_tool(word) || RUNTIMES.iter().any(|runtime| word.contains(runtime))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &str) -> Vec<String> {
        command.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn tools_are_known_by_their_words() {
        for word in [
            "tsc-alias",
            "npx/tsc-alias@1",
            "./node_modules/.bin/esbuild",
            "webpack.config.js",
        ] {
            assert!(is_tool(word), "{word}");
        }
        for word in ["tsc", "nested", "invite", "@nestjs/core", "dist/vitest", "babelfish"] {
            assert!(!is_tool(word), "{word}");
        }
    }

    #[test]
    fn a_compiler_writes_unless_it_is_told_not_to() {
        assert!(compiler(&words("npx tsc -p tsconfig.build.json")).is_some());
        assert!(compiler(&words("tsc --noEmit")).is_none() && compiler(&words("tsc-alias")).is_none());
        assert!(is_told_more(&words("--module commonjs")) && !is_told_more(&words("-p tsconfig.json")));
    }

    #[test]
    fn an_image_may_mend_what_is_built() {
        let image = RepoPath::new("Dockerfile");
        let doubts = |text: &str| doubtful(&image, text).is_some();
        assert!(doubts("FROM node\nRUN npm run build && sed -i s/a/b/ dist/a.js\n"));
        assert!(doubts("FROM node\nRUN npx tsc-alias\n") && doubts("FROM oven/bun:1\n"));
        assert!(!doubts(
            "FROM node\nRUN chown -R node /app\nUSER node\nCMD [\"node\", \"a.js\"]\n"
        ));
    }
}
