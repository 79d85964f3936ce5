//! Builds that do not write what is started: TypeScript's compiler with `noEmit` or `emitDeclarationOnly` and nothing beside
//! it, or with another folder for all of its sources.

use crate::artifact::{Declared, Json, Node, resolve};
use crate::check::View;
use crate::model::{Class, Read, RepoPath};

use super::misplaced::misplaced;

/// What stands beside a compiler in a build and writes no program.
const BESIDE: [&str; 6] = ["rimraf", "rm", "tsc-alias", "prisma", "echo", "mkdir"];

/// What may write it in another script.
const WRITERS: [&str; 14] = [
    "esbuild",
    "tsup",
    "rollup",
    "webpack",
    "swc",
    "babel",
    "vite",
    "ncc",
    "parcel",
    "pkgroll",
    "unbuild",
    "bun build",
    "tsdown",
    "rspack",
];

/// Why the build of a manifest writes none of what a path names, in words, where that is plain.
pub(super) fn unwritten(view: &View<'_>, folder: &str, declared: &Declared, path: &RepoPath) -> Option<String> {
    if Class::of(path.as_str()) != Class::Built {
        return None;
    }
    let silent = silent(view, folder, declared).map(|(config, option)| format!("`{option}` in `{config}`"));
    silent.or_else(|| misplaced(view, folder, declared, path))
}

/// The configuration and the option by which a build writes no program: all that it runs is the compiler.
/// <https://www.typescriptlang.org/tsconfig/#emitDeclarationOnly>
fn silent(view: &View<'_>, folder: &str, declared: &Declared) -> Option<(RepoPath, &'static str)> {
    let scripts = &declared.manifest().scripts;
    let is_around = |name: &str| matches!(name, "prebuild" | "postbuild" | "prestart");
    if scripts.iter().any(|script| is_around(&script.name)) {
        return None;
    }
    let may_write = |command: &str| WRITERS.iter().any(|writer| command.contains(writer)) || command.contains("tsc ");
    let mut others = scripts.iter().filter(|script| script.name != "build");
    if others.any(|script| may_write(&script.command)) {
        return None;
    }
    let build = scripts.iter().find(|script| script.name == "build")?;
    let commands = build.command.split("&&").map(|command| command.split_whitespace());
    let mut compiler = None;
    for words in commands {
        let words: Vec<&str> = words.skip_while(|word| *word == "npx").collect();
        match words.as_slice() {
            ["tsc", flags @ ..] if compiler.is_none() => compiler = Some(flags.to_vec()),
            [tool, ..] if BESIDE.contains(tool) => {}
            _ => return None,
        }
    }
    let named = match compiler?.as_slice() {
        [] => "tsconfig.json",
        ["-p" | "--project", named] => named,
        _ => return None,
    };
    let config = resolve(folder, named)?;
    let Read::Here(document) = view.snapshot.read(config.as_str()) else {
        return None;
    };
    let json = document.view::<Json>();
    let root = json.0.as_ref().ok()?;
    let is_set = |option: &&str| root.at(&["compilerOptions", option]).and_then(Node::as_bool) == Some(true);
    let option = ["noEmit", "emitDeclarationOnly"].into_iter().find(is_set)?;
    Some((config, option))
}
