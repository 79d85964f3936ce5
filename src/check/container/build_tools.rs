//! Whether installations can be made, and what is built afterwards has its tools.

use crate::artifact::workflow::{Shell, commands};
use crate::artifact::{Declared, Group, above, in_folder, read_manifest};
use crate::model::RepoPath;

use super::build::{Install, Lock, folder_of, install_at, lock, lockless, prunes};
use super::files::{Image, Images};
use super::stages::{Building, What};
use super::tally::Tally;
use super::tools::package_of;

/// Whether installations can be made, and build scripts have the tools that they call.
pub(super) fn build_tools(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    let building = Building::new(images, image);
    for (index, stage) in image.stages().iter().enumerate() {
        let mut left = Left::default();
        for step in building.steps(index) {
            let What::Run(text) = &step.what else { continue };
            for command in commands(text, Shell::Line).iter() {
                let found = install_at(&building, index, step, command);
                let had_lock = left.is_installed;
                left.after(&command.text, found.as_ref(), step.is_production);
                // What another command takes the place of stops nothing, and a folder that a flag names is not looked into.
                let is_elsewhere = ["--prefix", "-C ", "--dir", "--cwd"]
                    .iter()
                    .any(|flag| command.text.contains(flag));
                let has_another = found.is_some() && text.contains("||");
                if step.span.start <= stage.span.start || command.is_lost() || is_elsewhere || has_another {
                    continue;
                }
                let spot = Spot {
                    building: &building,
                    index,
                    folder: folder_of(step, command.folder.as_deref()),
                };
                let is_build =
                    found.is_some() || script(&command.text.split_whitespace().collect::<Vec<_>>()).is_some();
                let lockless = found.as_ref().filter(|_| !had_lock);
                let lockless = lockless.and_then(|found| spot.lockless(&command.text, found));
                let unfed = || match &found {
                    Some(found) => spot.unfed(&command.text, found, step.span.start),
                    None => spot.unconfigured(&command.text, step.span.start),
                };
                match lockless
                    .or_else(|| spot.stops(&command.text, found.as_ref(), &left))
                    .or_else(unfed)
                {
                    Some(message) => tally.bad(image.place(&step.span), &command.text, message),
                    None if is_build => tally.good(image.place(&step.span), &command.text),
                    None => {}
                }
            }
        }
    }
}

/// What the commands of a stage so far have left of the packages.
#[derive(Debug, Default)]
struct Left {
    /// The command that left out, or took away, what is for development.
    lean: Option<String>,
    has_all: bool,
    /// Whether something was installed: a lockfile may be of it.
    is_installed: bool,
}

impl Left {
    /// A lean installation takes away what another one brought, and so does pruning.
    fn after(&mut self, command: &str, found: Option<&Install>, is_production: bool) {
        let is_lean = found.map(|found| found.is_lean);
        self.is_installed |= is_lean.is_some();
        if is_lean == Some(true) || prunes(command, is_production) {
            self.lean = Some(command.to_owned());
            self.has_all = false;
        } else if is_lean == Some(false) {
            self.has_all = true;
        }
    }
}

/// Where a command of a stage is run.
pub(super) struct Spot<'a> {
    pub(super) building: &'a Building<'a>,
    pub(super) index: usize,
    pub(super) folder: String,
}

impl Spot<'_> {
    /// Why an installation stops for want of its lockfile. Yarn and Bun go on without one.
    fn lockless(&self, command: &str, found: &Install) -> Option<String> {
        let fails_without = found.is_locked && matches!(found.manager, "npm" | "pnpm");
        let is_missing = fails_without && lock(self.building, self.index, &self.folder, found.manager) == Lock::Missing;
        is_missing.then(|| lockless(self.building, command, found.manager))
    }

    /// Why a command stops for want of what was left out, if it is known to.
    fn stops(&self, command: &str, found: Option<&Install>, left: &Left) -> Option<String> {
        let path = &self.building.image.path;
        if let Some(found) = found {
            let (name, tool, package) = self.hooked(command, found)?;
            return Some(format!(
                "`{path}` runs `{command}`, which leaves out `{package}`, and then the script `{name}`, which calls `{tool}`"
            ));
        }
        let lean = left.lean.as_deref().filter(|_| !left.has_all)?;
        let words: Vec<&str> = command.split_whitespace().collect();
        let (missing, is_script) = match (script(&words), program(&words)) {
            (Some(script), _) => (self.lacking(script), true),
            (None, Some(program)) => (self.lacks(program), false),
            (None, None) => return None,
        };
        let (tool, package) = missing.filter(|_| !brings(self.building, self.index))?;
        let calls = if is_script {
            format!(", and the script calls `{tool}`")
        } else {
            String::new()
        };
        Some(format!(
            "`{path}` runs `{command}` after `{lean}`, which leaves out `{package}`{calls}"
        ))
    }

    /// A tool that a script of the manifest calls and that only an installation for development brings.
    pub(super) fn lacking(&self, script: &str) -> Option<(String, String)> {
        lacking(self.building.images, &self.file("package.json")?, script, 0)
    }

    /// The package of a program that only an installation for development brings.
    fn lacks(&self, program: &str) -> Option<(String, String)> {
        let manifest = self.file("package.json")?;
        let package = package_of(program).unwrap_or(program);
        is_for_development(self.building.images, &manifest, package).then(|| (program.to_owned(), package.to_owned()))
    }

    pub(super) fn file(&self, name: &str) -> Option<String> {
        self.building.file_at(self.index, &format!("{}/{name}", self.folder))
    }
}

/// The program of a package that a command calls, without fetching it where it is not there.
fn program<'a>(words: &[&'a str]) -> Option<&'a str> {
    match words {
        ["pnpm" | "yarn", "exec", name, ..] | ["npx", "--no-install" | "--no", name, ..] => Some(name),
        [path, ..] => path.trim_start_matches("./").strip_prefix("node_modules/.bin/"),
        [] => None,
    }
}

/// Whether tools come into a stage by another way.
pub(super) fn brings(building: &Building<'_>, index: usize) -> bool {
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
pub(super) fn script<'a>(words: &[&'a str]) -> Option<&'a str> {
    match words {
        ["npm" | "pnpm" | "yarn" | "bun", "run", name, ..] => Some(name),
        ["pnpm" | "yarn", "build", ..] => Some("build"),
        _ => None,
    }
}

/// What a manifest declares, where it can be read.
pub(super) fn declared_in(images: &Images<'_>, manifest: &str) -> Option<Declared> {
    read_manifest(images.view.snapshot, &RepoPath::new(manifest), None)
        .ok()
        .flatten()
}

pub(super) fn script_of(images: &Images<'_>, manifest: &str, name: &str) -> Option<String> {
    let known = declared_in(images, manifest)?;
    let script = known.manifest().scripts.iter().find(|known| known.name == name)?;
    Some(script.command.clone())
}

/// Packages that others of production name as a peer they can do without: npm installs such a one for production, too, where
/// the manifest names it for development (`"devOptional": true` in its lockfile).
const PEERS: [(&str, &str); 1] = [("prisma", "@prisma/client")];

/// Whether a manifest names a package for development alone, and nothing else brings it.
pub(super) fn is_for_development(images: &Images<'_>, manifest: &str, package: &str) -> bool {
    let Some(known) = declared_in(images, manifest) else {
        return false;
    };
    let groups = |name: &str| {
        let named = known.dependencies().filter(|(dependency, _)| dependency.name == name);
        named.map(|(_, group)| group).collect::<Vec<_>>()
    };
    let is_for_development = |group: &Group| *group == Group::Development;
    let own = groups(package);
    let is_named = !own.is_empty() && own.iter().all(is_for_development);
    let mut peers = PEERS.iter().filter(|(peer, _)| *peer == package);
    let is_a_peer = peers.any(|(_, of)| !groups(of).iter().all(is_for_development));
    is_named && !(is_a_peer && is_of_npm(images, manifest))
}

/// Whether it is npm that installs a manifest's packages, as far as lockfiles beside it, or above it, tell: none is npm's, too.
fn is_of_npm(images: &Images<'_>, manifest: &str) -> bool {
    const OTHERS: [&str; 4] = ["pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb"];
    let folder = manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
    let has = |at: &str, name: &str| images.tree().get(&in_folder(at, name)).is_some();
    let mut folders = std::iter::once(folder).chain(above(folder));
    let nearest = folders.find_map(|at| match has(at, "package-lock.json") {
        true => Some(true),
        false => OTHERS.iter().any(|name| has(at, name)).then_some(false),
    });
    nearest.unwrap_or(true)
}

/// A tool that a script calls and that only an installation for development brings, and its package.
fn lacking(images: &Images<'_>, path: &str, name: &str, depth: usize) -> Option<(String, String)> {
    const DEEPEST: usize = 4;
    let script = script_of(images, path, name)?;
    commands(&script, Shell::Line).iter().find_map(|command| {
        if command.is_lost() || command.folder.as_deref() != Some("") {
            return None;
        }
        let words: Vec<&str> = command.text.split_whitespace().collect();
        if let Some(inner) = self::script(&words).filter(|_| depth < DEEPEST) {
            return lacking(images, path, inner, depth + 1);
        }
        let program = *words.iter().find(|word| !word.contains('='))?;
        let package = package_of(program).unwrap_or(program);
        is_for_development(images, path, package).then(|| (program.to_owned(), package.to_owned()))
    })
}
