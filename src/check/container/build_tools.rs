//! Whether installations can be made, and what is built afterwards has its tools.

use crate::artifact::workflow::{Shell, commands};
use crate::artifact::{Group, in_folder, read_manifest};
use crate::model::RepoPath;

use super::build::{Install, Lock, folder_of, install, lock, lockless, prunes};
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
                let found = install(&command.text, step.is_production);
                let is_first = !left.is_installed;
                left.after(&command.text, found.as_ref(), step.is_production);
                // What another command takes the place of stops nothing, and a folder that a flag names is not looked into.
                let is_elsewhere = ["--prefix", "-C ", "--dir", "--cwd"]
                    .iter()
                    .any(|flag| command.text.contains(flag));
                if step.span.start <= stage.span.start || command.is_lost() || is_elsewhere || text.contains("||") {
                    continue;
                }
                let spot = Spot {
                    building: &building,
                    index,
                    folder: folder_of(step, command.folder.as_deref()),
                };
                let is_build =
                    found.is_some() || script(&command.text.split_whitespace().collect::<Vec<_>>()).is_some();
                match spot.stops(&command.text, found.as_ref().filter(|_| is_first), &left) {
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
struct Spot<'a> {
    building: &'a Building<'a>,
    index: usize,
    folder: String,
}

impl Spot<'_> {
    /// Why a command stops the build, if it is known to.
    fn stops(&self, command: &str, found: Option<&Install>, left: &Left) -> Option<String> {
        let path = &self.building.image.path;
        if let Some(found) = found {
            // Yarn and Bun go on without one.
            let fails_without = found.is_locked && matches!(found.manager, "npm" | "pnpm");
            if fails_without && lock(self.building, self.index, &self.folder, found.manager) == Lock::Missing {
                return Some(lockless(self.building, command, found.manager));
            }
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

    /// The script that an installation runs by itself and whose tool it leaves out: npm's `prepare` with `--omit=dev`.
    fn hooked(&self, command: &str, found: &Install) -> Option<(&'static str, String, String)> {
        let names: &[&str] = match found.manager {
            "npm" => &["preinstall", "install", "postinstall", "prepare"],
            "pnpm" | "yarn" => &["preinstall", "install", "postinstall"],
            _ => &[],
        };
        let runs = self.building.runs(self.index);
        let settings = [".npmrc", ".yarnrc.yml"].map(|name| self.file(name));
        let is_switched_off = |path: &Option<String>| {
            let text = path.as_ref().and_then(|path| self.building.images.text(path));
            text.is_some_and(|text| text.contains("ignore-scripts") || text.contains("enableScripts"))
        };
        let is_edited = ["ignore-scripts", "set-script", "pkg delete", "pkg set"]
            .iter()
            .any(|word| runs.contains(word));
        let stages = self.building.chain(self.index);
        let mut instructions = stages.iter().flat_map(|stage| &stage.instructions);
        let is_set = instructions.any(|found| found.rest.to_ascii_lowercase().contains("ignore_scripts"));
        let is_edited = is_edited || is_set;
        if !found.is_lean || command.contains("--ignore-scripts") || is_edited || settings.iter().any(is_switched_off) {
            return None;
        }
        let mut hooks = names.iter();
        let manifest = self.file("package.json")?;
        // What asks first may not call it.
        let is_plain = |name: &&&str| {
            let script = script_of(self.building.images, &manifest, name);
            script.is_some_and(|script| {
                !["||", "if ", "[", "test ", "$", "!"]
                    .iter()
                    .any(|word| script.contains(word))
            })
        };
        let mut hooks = hooks.by_ref().filter(is_plain);
        let found = hooks.find_map(|name| self.lacking(name).map(|(tool, package)| (*name, tool, package)));
        found.filter(|_| !brings(self.building, self.index))
    }

    /// A tool that a script of the manifest calls and that only an installation for development brings.
    fn lacking(&self, script: &str) -> Option<(String, String)> {
        lacking(self.building.images, &self.file("package.json")?, script, 0)
    }

    /// The package of a program that only an installation for development brings.
    fn lacks(&self, program: &str) -> Option<(String, String)> {
        let manifest = self.file("package.json")?;
        let package = package_of(program).unwrap_or(program);
        is_for_development(self.building.images, &manifest, package).then(|| (program.to_owned(), package.to_owned()))
    }

    fn file(&self, name: &str) -> Option<String> {
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

fn script_of(images: &Images<'_>, manifest: &str, name: &str) -> Option<String> {
    let manifest = read_manifest(images.view.snapshot, &RepoPath::new(manifest), None)
        .ok()
        .flatten()?;
    let mut scripts = manifest.manifest().scripts.iter();
    scripts
        .find(|known| known.name == name)
        .map(|known| known.command.clone())
}

/// Packages that others of production name as a peer they can do without: npm installs such a one for production, too, where
/// the manifest names it for development (`"devOptional": true` in its lockfile).
const PEERS: [(&str, &str); 1] = [("prisma", "@prisma/client")];

fn is_a_peer(images: &Images<'_>, manifest: &str, package: &str) -> bool {
    let folder = manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
    let above = std::iter::successors(Some(folder), |at| match at.rsplit_once('/') {
        Some((parent, _)) => Some(parent),
        None => (!at.is_empty()).then_some(""),
    });
    let mut locks = above.map(|at| in_folder(at, "package-lock.json"));
    let is_of_npm = locks.any(|lock| images.tree().get(&lock).is_some());
    let named = read_manifest(images.view.snapshot, &RepoPath::new(manifest), None);
    let Ok(Some(known)) = named else {
        return false;
    };
    let names = |name: &str| {
        let mut all = known.dependencies();
        all.any(|(dependency, group)| dependency.name == name && group != Group::Development)
    };
    is_of_npm && PEERS.iter().any(|(peer, of)| *peer == package && names(of))
}

/// Whether a manifest names a package for development alone, and nothing else brings it.
pub(super) fn is_for_development(images: &Images<'_>, manifest: &str, package: &str) -> bool {
    let Ok(Some(known)) = read_manifest(images.view.snapshot, &RepoPath::new(manifest), None) else {
        return false;
    };
    let mut groups = known
        .dependencies()
        .filter(|(dependency, _)| dependency.name == package)
        .map(|(_, group)| group)
        .peekable();
    let is_named = groups.peek().is_some() && groups.all(|group| group == Group::Development);
    is_named && !is_a_peer(images, manifest, package)
}

/// A tool that a script calls and that only an installation for development brings, and its package.
fn lacking(images: &Images<'_>, path: &str, name: &str, depth: usize) -> Option<(String, String)> {
    const DEEPEST: usize = 4;
    let manifest = read_manifest(images.view.snapshot, &RepoPath::new(path), None)
        .ok()
        .flatten()?;
    let script = manifest.manifest().scripts.iter().find(|known| known.name == name)?;
    commands(&script.command, Shell::Line).iter().find_map(|command| {
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
