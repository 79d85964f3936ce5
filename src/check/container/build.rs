//! What is installed in a stage, by what, and whether the build that follows has its tools.

use crate::artifact::workflow::{Shell, commands};
use crate::artifact::{Group, in_folder, read_manifest, resolve};
use crate::model::RepoPath;

use super::files::{Image, Images};
use super::stages::{Building, Step, What, within};
use super::tally::Tally;
use super::tools::package_of;

/// An installation of a package manager's packages.
#[derive(Debug, PartialEq, Eq)]
struct Install {
    manager: &'static str,
    /// Whether it takes what the lockfile says and fails where there is none.
    is_locked: bool,
    /// Whether it leaves out what is for development.
    is_lean: bool,
}

/// Lockfiles of each package manager.
fn lockfiles(manager: &str) -> &'static [&'static str] {
    match manager {
        "npm" => &["package-lock.json", "npm-shrinkwrap.json"],
        "pnpm" => &["pnpm-lock.yaml"],
        "yarn" => &["yarn.lock"],
        "bun" => &["bun.lock", "bun.lockb"],
        _ => &[],
    }
}

fn install(text: &str, is_production: bool) -> Option<Install> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words
        .iter()
        .position(|word| matches!(*word, "npm" | "pnpm" | "yarn" | "bun"))?;
    let before = words[..at].iter();
    let is_prefix = |word: &&str| word.contains('=') || matches!(*word, "corepack" | "sudo" | "env" | "if" | "then");
    if !before.clone().all(is_prefix) {
        return None;
    }
    let is_production = is_production || before.into_iter().any(|word| *word == "NODE_ENV=production");
    let flags = &words[at + 1..];
    let has = |wanted: &[&str]| flags.iter().any(|flag| wanted.contains(flag));
    let joined = flags.join(" ");
    if has(&["-g", "--global"]) {
        return None;
    }
    let verbs: Vec<&str> = flags.iter().copied().filter(|word| !word.starts_with('-')).collect();
    let omits = [
        "--omit=dev",
        "--omit dev",
        "--only=prod",
        "--only prod",
        "--production",
        "--prod",
    ];
    let asks_lean = omits.iter().any(|flag| joined.contains(flag)) && !joined.contains("--production=false");
    let asks_all = [
        "--include=dev",
        "--include dev",
        "--production=false",
        "--prod=false",
        "--dev",
    ]
    .iter()
    .any(|flag| joined.contains(flag));
    let is_frozen = has(&["--frozen-lockfile", "--immutable", "--frozen"]);
    let (manager, is_locked) = match (words[at], verbs.as_slice()) {
        ("npm", ["ci" | "clean-install" | "install-clean", ..]) => ("npm", true),
        ("npm", ["install" | "i"]) => ("npm", false),
        ("pnpm", ["install" | "i"]) => ("pnpm", is_frozen),
        ("yarn", [] | ["install"]) => ("yarn", is_frozen),
        ("bun", ["install" | "i"]) => ("bun", is_frozen),
        ("bun", ["ci"]) => ("bun", true),
        _ => return None,
    };
    let is_lean = !asks_all && (asks_lean || is_production && manager != "bun" || manager == "pnpm" && has(&["-P"]));
    Some(Install {
        manager,
        is_locked,
        is_lean,
    })
}

/// Whether every installation of a Dockerfile takes what a lockfile says.
pub(super) fn lockfile_install(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    let building = Building::new(images, image);
    for (index, stage) in image.stages().iter().enumerate() {
        let steps = building.steps(index);
        for step in steps.iter().filter(|step| step.span.start > stage.span.start) {
            let What::Run(text) = &step.what else { continue };
            for command in commands(text, Shell::Line).iter() {
                let Some(found) = install(&command.text, step.is_production) else {
                    continue;
                };
                let words = command.text.as_str();
                if !found.is_locked {
                    let message = format!("`{}` runs `{words}`, which may install other versions", image.path);
                    tally.bad(image.place(&step.span), words, message);
                    continue;
                }
                let folder = folder_of(step, command.folder.as_deref());
                let mut at = lockfiles(found.manager).iter().map(|name| format!("{folder}/{name}"));
                let names = lockfiles(found.manager).join("` or `");
                if at.any(|place| building.file_at(index, &place).is_some()) {
                    tally.good(image.place(&step.span), words);
                } else if copies_lock(&building, index, found.manager) || folder.contains('\0') {
                    let what = format!(
                        "`{}` runs `{words}`, and where its lockfile comes from can't be told",
                        image.path
                    );
                    tally.open(what, "copy the lockfile from the repository");
                } else {
                    let message = format!("`{}` runs `{words}`, and no `{names}` is copied to it", image.path);
                    tally.bad(image.place(&step.span), words, message);
                }
            }
        }
    }
}

/// Whether a lockfile may come from where it can't be followed: a mount, another stage, a tool that prunes.
fn copies_lock(building: &Building<'_>, index: usize, manager: &str) -> bool {
    let stages = building.chain(index);
    let mut instructions = stages.iter().flat_map(|stage| &stage.instructions);
    let runs = building.runs(index);
    let is_mounted = instructions.any(|found| found.flag("mount").is_some_and(|mount| mount.contains("bind")));
    let from_other = stages
        .iter()
        .flat_map(|stage| &stage.instructions)
        .any(|found| found.keyword == "COPY" && (found.flag("from").is_some() || found.rest.contains('$')));
    is_mounted || from_other || runs.contains("git clone") || lockfiles(manager).iter().any(|name| runs.contains(name))
}

fn folder_of(step: &Step, entered: Option<&str>) -> String {
    let folder = within(&step.workdir, entered.unwrap_or("/\0"));
    if folder == "/" { String::new() } else { folder }
}

/// Whether build scripts have the tools that they call.
pub(super) fn build_tools(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    let building = Building::new(images, image);
    for (index, stage) in image.stages().iter().enumerate() {
        let mut lean: Option<String> = None;
        let mut has_all = false;
        for step in building.steps(index) {
            match &step.what {
                What::Copy(_) => {}
                What::Run(text) => {
                    for command in commands(text, Shell::Line).iter() {
                        // A lean installation takes away what another one brought, and so does pruning.
                        let found = install(&command.text, step.is_production);
                        let is_lean = found.map(|found| found.is_lean);
                        if is_lean == Some(true) || prunes(&command.text, step.is_production) {
                            lean = Some(command.text.clone());
                            has_all = false;
                        } else if is_lean == Some(false) {
                            has_all = true;
                        }
                        let words: Vec<&str> = command.text.split_whitespace().collect();
                        let is_own = step.span.start > stage.span.start;
                        if let (Some(script), true) = (script(&words), is_own) {
                            let folder = folder_of(step, command.folder.as_deref());
                            let lean = lean.as_deref().filter(|_| !has_all && !brings(&building, index));
                            let missing = building
                                .file_at(index, &format!("{folder}/package.json"))
                                .and_then(|path| lacking(images, &path, script, 0));
                            match (lean, missing) {
                                (Some(lean), Some((tool, package))) => {
                                    let message = format!(
                                        "`{}` runs `{}` after `{lean}`, which leaves out `{package}`, and the script calls `{tool}`",
                                        image.path, command.text
                                    );
                                    tally.bad(image.place(&step.span), &command.text, message);
                                }
                                (Some(_) | None, _) => tally.good(image.place(&step.span), &command.text),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a command takes away what is for development.
fn prunes(text: &str, is_production: bool) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let asks_lean = ["--omit=dev", "--production", "--prod", "-P"];
    match words.as_slice() {
        ["npm" | "pnpm", "prune", flags @ ..] => {
            let is_lean = flags.iter().any(|flag| asks_lean.contains(flag)) || text.contains("--omit dev");
            is_lean || is_production && words[0] == "npm" && flags.is_empty()
        }
        ["yarn", "workspaces", "focus", flags @ ..] => flags.contains(&"--production"),
        _ => false,
    }
}

/// What a command leaves of the packages that a manifest names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Leaves {
    All,
    /// Those for production.
    Lean,
    /// Those for production, in another folder: `pnpm --filter api deploy --prod /out`.
    Deployed(String),
}

/// What a command leaves of the packages of a manifest; `None` where it installs and takes away none.
pub(super) fn leaves(text: &str, is_production: bool) -> Option<Leaves> {
    if prunes(text, is_production) {
        return Some(Leaves::Lean);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.first() == Some(&"pnpm") && words.contains(&"deploy") {
        let is_lean = words
            .iter()
            .any(|word| matches!(*word, "--prod" | "--production" | "-P"));
        let place = words.last().filter(|word| !word.starts_with('-'))?;
        return is_lean.then(|| Leaves::Deployed((*place).to_owned()));
    }
    let found = install(text, is_production)?;
    Some(if found.is_lean { Leaves::Lean } else { Leaves::All })
}

/// Whether tools come into a stage by another way.
fn brings(building: &Building<'_>, index: usize) -> bool {
    let stages = building.chain(index);
    let mut instructions = stages.iter().flat_map(|stage| &stage.instructions);
    let runs = building.runs(index);
    let is_manager = |word: &&str| matches!(*word, "npm" | "pnpm" | "yarn" | "bun");
    let is_global = commands(&runs, Shell::Line).iter().any(|command| {
        let words: Vec<&str> = command.text.split_whitespace().collect();
        let adds = words
            .iter()
            .any(|word| matches!(*word, "-g" | "--global" | "global" | "add"));
        words.iter().any(is_manager) && adds
    });
    // `npm install typescript` brings what was left out.
    let by_name = runs.lines().flat_map(|line| line.split("&&")).any(|part| {
        let words: Vec<&str> = part.split_whitespace().filter(|word| !word.starts_with('-')).collect();
        matches!(words.as_slice(), ["npm" | "pnpm", "install" | "i", _, ..])
    });
    is_global
        || by_name
        || instructions.any(|found| found.flag("from").is_some() && found.rest.contains("node_modules"))
}

/// The script that a command runs.
fn script<'a>(words: &[&'a str]) -> Option<&'a str> {
    match words {
        ["npm" | "pnpm" | "yarn" | "bun", "run", name, ..] => Some(name),
        ["pnpm" | "yarn", "build", ..] => Some("build"),
        _ => None,
    }
}

/// A tool that a script calls and that only an installation for development brings.
fn lacking(images: &Images<'_>, path: &str, name: &str, depth: usize) -> Option<(String, &'static str)> {
    const DEEPEST: usize = 4;
    let manifest = read_manifest(images.view.snapshot, &RepoPath::new(path), None)
        .ok()
        .flatten()?;
    let script = manifest.manifest().scripts.iter().find(|known| known.name == name)?;
    let only_for_development = |package: &str| {
        let mut groups = manifest
            .dependencies()
            .filter(|(dependency, _)| dependency.name == package)
            .map(|(_, group)| group)
            .peekable();
        groups.peek().is_some() && groups.all(|group| group == Group::Development)
    };
    commands(&script.command, Shell::Line).iter().find_map(|command| {
        if command.is_lost() || command.folder.as_deref() != Some("") {
            return None;
        }
        let words: Vec<&str> = command.text.split_whitespace().collect();
        if let Some(inner) = self::script(&words).filter(|_| depth < DEEPEST) {
            return lacking(images, path, inner, depth + 1);
        }
        let program = words.iter().find(|word| !word.contains('='))?;
        let package = package_of(program)?;
        only_for_development(package).then(|| ((*program).to_owned(), package))
    })
}

/// Where a file that a command names may lie in the repository: at its place, or anywhere below the context.
pub(super) fn may_have(building: &Building<'_>, index: usize, workdir: &str, word: &str) -> bool {
    let place = within(workdir, word);
    if building.file_at(index, &place).is_some() {
        return true;
    }
    let name = word.rsplit('/').next().unwrap_or(word);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let tree = building.images.tree();
    let sources = ["js", "ts", "mjs", "mts", "cjs", "cts", "go", "rs", "py", "sh"];
    let is_made = sources
        .iter()
        .any(|ending| tree.with_name(&format!("{stem}.{ending}")).next().is_some());
    let copied = resolve("", name).is_some_and(|name| tree.get(&in_folder(&building.context, name.as_str())).is_some());
    let stages = building.image.stages().iter().flat_map(|stage| &stage.instructions);
    let is_written = stages
        .filter(|found| matches!(found.keyword.as_str(), "RUN" | "COPY" | "ADD"))
        .any(|found| found.rest.contains(name) || found.heredoc.contains(name));
    is_made || copied || is_written
}
