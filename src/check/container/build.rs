//! What is installed in a stage, by what, and whether its lockfile is there.

use crate::artifact::workflow::{Command, Shell, commands};
use crate::artifact::{above, in_folder, resolve};

use super::files::{Image, Images};
use super::stages::{Building, Step, What, within};
use super::tally::Tally;

/// An installation of a package manager's packages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Install {
    pub manager: &'static str,
    /// Whether it takes what the lockfile says and fails where there is none.
    pub is_locked: bool,
    /// Whether it leaves out what is for development.
    pub is_lean: bool,
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

pub(super) fn install(text: &str, is_production: bool) -> Option<Install> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words
        .iter()
        .position(|word| matches!(*word, "npm" | "pnpm" | "yarn" | "bun"))?;
    let before = words[..at].iter();
    let is_prefix = |word: &&str| word.contains('=') || matches!(*word, "corepack" | "sudo" | "env" | "if" | "then");
    if !before.clone().all(is_prefix) {
        return None;
    }
    let (is_production, sets_all) = set_before(&words[..at], is_production);
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
    let is_lean =
        !asks_all && !sets_all && (asks_lean || is_production && manager != "bun" || manager == "pnpm" && has(&["-P"]));
    Some(Install {
        manager,
        is_locked,
        is_lean,
    })
}

/// What stands before a command holds for it alone, whatever the image sets: whether production is meant, and whether all is to
/// be brought.
fn set_before(before: &[&str], is_production: bool) -> (bool, bool) {
    let own = before.iter().rev().find_map(|word| word.strip_prefix("NODE_ENV="));
    let sets_all = before.iter().any(|word| {
        let word = word.to_ascii_lowercase();
        matches!(
            word.as_str(),
            "npm_config_include=dev" | "npm_config_production=false" | "yarn_production=false"
        )
    });
    (own.map_or(is_production, |stage| stage == "production"), sets_all)
}

/// An installation that a step of a stage makes, as what is set beside its manifest lets it be.
pub(super) fn install_at(building: &Building<'_>, index: usize, step: &Step, command: &Command) -> Option<Install> {
    let found = install(&command.text, step.is_production)?;
    let folder = folder_of(step, command.folder.as_deref());
    let is_lean = found.is_lean && !is_told_to_bring_all(building, index, &folder, found.manager);
    Some(Install { is_lean, ..found })
}

/// Whether what a package manager reads in a folder, or above it, has it bring what is for development: `.npmrc` says so, or
/// Yarn is one of version 2 and later, which knows no production.
/// <https://yarnpkg.com/cli/workspaces/focus>, <https://docs.npmjs.com/cli/v11/using-npm/config#include>
fn is_told_to_bring_all(building: &Building<'_>, index: usize, folder: &str, manager: &str) -> bool {
    let text_of = |folder: &str, name: &str| {
        let path = building.file_at(index, &format!("{folder}/{name}"))?;
        let document = building.images.view.snapshot.read(&path).text(&path).ok().flatten()?;
        document.text().ok().map(str::to_owned)
    };
    let folders = std::iter::successors(Some(folder), |folder| Some(folder.rsplit_once('/')?.0));
    for folder in folders {
        let is_told = match manager {
            "npm" => text_of(folder, ".npmrc").is_some_and(|text| {
                text.lines().map(|line| line.replace(' ', "")).any(|line| {
                    matches!(
                        line.as_str(),
                        "include=dev" | "include[]=dev" | "production=false" | "also=dev"
                    )
                })
            }),
            "yarn" => {
                let is_later = building.file_at(index, &format!("{folder}/.yarnrc.yml")).is_some();
                is_later || text_of(folder, "package.json").is_some_and(|text| names_later_yarn(&text))
            }
            _ => false,
        };
        if is_told {
            return true;
        }
    }
    false
}

/// `"packageManager": "yarn@4.1.0"`
fn names_later_yarn(manifest: &str) -> bool {
    let Ok(manifest) = serde_json::from_str::<serde_json::Value>(manifest) else {
        return false;
    };
    let named = manifest.get("packageManager").and_then(serde_json::Value::as_str);
    let major = named.and_then(|named| named.strip_prefix("yarn@")?.split('.').next()?.parse::<u32>().ok());
    major.is_some_and(|major| major >= 2)
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
                match lock(&building, index, &folder, found.manager) {
                    Lock::There => tally.good(image.place(&step.span), words),
                    Lock::Unknown => {
                        let what = format!(
                            "`{}` runs `{words}`, and where its lockfile comes from can't be told",
                            image.path
                        );
                        tally.open(what, "copy the lockfile from the repository");
                    }
                    Lock::Missing => {
                        tally.bad(
                            image.place(&step.span),
                            words,
                            lockless(&building, words, found.manager),
                        );
                    }
                }
            }
        }
    }
}

/// The lockfile beside an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    There,
    /// It may come from where it can't be followed.
    Unknown,
    Missing,
}

pub(super) fn lock(building: &Building<'_>, index: usize, folder: &str, manager: &str) -> Lock {
    let has = |folder: &str, name: &str| building.file_at(index, &format!("{folder}/{name}")).is_some();
    // A workspace has one at its root.
    let mut folders = std::iter::once(folder).chain(above(folder));
    let is_there = folders.any(|at| lockfiles(manager).iter().any(|name| has(at, name)));
    // Where other files are missing, too, it is built from another folder than it seems.
    let is_elsewhere = !has(folder, "package.json") || !building.missing().is_empty();
    if is_there {
        Lock::There
    } else if copies_lock(building, index, manager) || folder.contains('\0') || is_elsewhere {
        Lock::Unknown
    } else {
        Lock::Missing
    }
}

pub(super) fn lockless(building: &Building<'_>, words: &str, manager: &str) -> String {
    let names = lockfiles(manager).join("` or `");
    format!(
        "`{}` runs `{words}`, and no `{names}` is copied to it",
        building.image.path
    )
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

pub(super) fn folder_of(step: &Step, entered: Option<&str>) -> String {
    let folder = within(&step.workdir, entered.unwrap_or("/\0"));
    if folder == "/" { String::new() } else { folder }
}

/// Whether a command takes away what is for development.
pub(super) fn prunes(text: &str, is_production: bool) -> bool {
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
pub(super) fn leaves(building: &Building<'_>, index: usize, step: &Step, command: &Command) -> Option<Leaves> {
    let (text, is_production) = (command.text.as_str(), step.is_production);
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
    let found = install_at(building, index, step, command)?;
    Some(if found.is_lean { Leaves::Lean } else { Leaves::All })
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
