//! Steps that can't succeed: installations that ask for a lockfile, and commands that are started in a folder, which git
//! does not have. No later step of the job is run.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::artifact::workflow::{Failure, Flag, Job, Shell, Step, When, commands};
use crate::artifact::{above, in_folder, resolve};
use crate::model::{Class, PathGlob, RepoPath, Snapshot};

/// Actions that put files into the workspace: a lockfile may come from them.
const BRING_FILES: [&str; 4] = ["actions/download-artifact", "actions/cache", "./", "docker://"];
/// Words of commands that may make or fetch a lockfile.
const MAKE_FILES: [&str; 13] = [
    "clone",
    "checkout",
    "curl",
    "wget",
    "cp ",
    "mv ",
    "tar ",
    "unzip",
    "lock",
    "submodule",
    "import",
    "touch",
    "ln ",
];

/// A step after which nothing of its job is run.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    /// Which step of the job.
    pub(super) step: usize,
    /// Which of the step's commands: those before it are run.
    pub(super) command: usize,
    /// What fails, and why.
    pub(super) why: String,
}

/// What is broken in each job, by its workflow's path and its id.
#[derive(Default)]
struct Kept(Mutex<BTreeMap<(RepoPath, String), Option<Broken>>>);

/// As `find`, looked for once in a snapshot, whoever asks.
pub(super) fn broken(snapshot: &Snapshot, path: &RepoPath, job: &Job) -> Option<Broken> {
    let kept = snapshot.derive(|_| Kept::default());
    let key = (path.clone(), job.id.clone());
    let known = || kept.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known().get(&key) {
        return found.clone();
    }
    let found = find(snapshot, job);
    known().insert(key, found.clone());
    found
}

/// The first step of a job that can't succeed for want of a lockfile; `None` where one may be there, or come.
fn find(snapshot: &Snapshot, job: &Job) -> Option<Broken> {
    if snapshot.tree.truncation().is_some() {
        return None;
    }
    let mut may_make = false;
    for (index, step) in job.steps.iter().enumerate() {
        let is_asked = step.condition.is_none() && step.tolerated == Flag::No;
        let is_certain = is_asked && is_plain(step);
        if is_certain && let Some((command, why)) = of_step(snapshot, step) {
            return Some(Broken {
                step: index,
                command,
                why,
            });
        }
        if is_asked
            && !may_make
            && let Some((command, why)) = nowhere(snapshot, step)
        {
            return Some(Broken {
                step: index,
                command,
                why,
            });
        }
        if brings_files(step) {
            return None;
        }
        may_make |= makes_folders(step);
    }
    None
}

/// The first command of a step that is started in a folder which git does not have.
fn nowhere(snapshot: &Snapshot, step: &Step) -> Option<(usize, String)> {
    let run = step.run.as_ref()?;
    let start = step.working_directory.as_ref().map_or("", |text| text.text.as_str());
    let start = resolve("", start).filter(|path| !path.as_str().contains(['$', '{', '~']))?;
    let is_there = |path: &RepoPath| {
        let tree = &snapshot.tree;
        let is_named = |at: &str| {
            !at.is_empty() && (tree.get(at).is_some() || tree.left_out().iter().any(|out| out.is_within(at)))
        };
        // A link or a module of another repository leads further.
        let is_below = std::iter::once(path.as_str()).chain(above(path.as_str())).any(is_named);
        tree.has_folder(path.as_str()) || is_below || tree.class(&in_folder(path.as_str(), "a.js")) == Class::Built
    };
    let missing = |path: &RepoPath| format!("git has no folder `{path}`, in which a step is started");
    if !is_there(&start) {
        return Some((0, missing(&start)));
    }
    if !is_plain(step) {
        return None;
    }
    let shell = step.shell.as_ref().map(|shell| shell.text.as_str());
    for (index, command) in commands(&run.text, Shell::Step(shell)).iter().enumerate() {
        let inner = command
            .folder
            .as_ref()
            .filter(|inner| !inner.contains(['$', '{', '~', '`', '%', '*', '\\']))?;
        let folder = resolve(start.as_str(), inner)?;
        if command.failure != Failure::Counts || command.when != When::Always {
            return None;
        }
        if !is_there(&folder) {
            return Some((index, missing(&folder)));
        }
        if may_make(&command.text) {
            return None;
        }
    }
    None
}

/// Whether a step may leave folders behind that git does not have.
fn makes_folders(step: &Step) -> bool {
    if let Some(uses) = &step.uses {
        let is_quiet = [
            "actions/checkout@",
            "actions/setup-",
            "pnpm/action-setup@",
            "oven-sh/setup-bun@",
            "actions/cache",
        ];
        return !is_quiet.iter().any(|name| uses.text.starts_with(name));
    }
    let Some(run) = &step.run else { return false };
    let shell = step.shell.as_ref().map(|shell| shell.text.as_str());
    commands(&run.text, Shell::Step(shell))
        .iter()
        .any(|command| may_make(&command.text))
}

/// Whether a command may make a folder: what only installs packages, or says something, makes none that a step is started in.
fn may_make(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    !matches!(
        words.as_slice(),
        [
            "npm" | "pnpm" | "yarn" | "bun",
            "ci" | "install" | "i" | "--version" | "-v" | "config" | "audit" | "test",
            ..
        ] | [
            "npm" | "pnpm" | "yarn" | "bun",
            "run",
            "test" | "lint" | "typecheck" | "type-check",
            ..
        ] | ["yarn"]
            | ["corepack" | "echo" | "node" | "cd" | "ls" | "pwd", ..]
    )
}

/// Whether a step runs although an earlier one failed.
pub(super) fn runs_after_failure(step: &Step) -> bool {
    let words = ["always()", "failure()", "!cancelled()", "! cancelled()"];
    step.condition
        .as_ref()
        .is_some_and(|condition| words.iter().any(|word| condition.text.contains(word)))
}

/// Whether every command of a step's script is run: what stands in a branch, a loop or behind `||` may not be.
fn is_plain(step: &Step) -> bool {
    let Some(run) = &step.run else { return true };
    let is_branch = |word: &str| {
        matches!(
            word,
            "if" | "then"
                | "else"
                | "elif"
                | "case"
                | "for"
                | "while"
                | "until"
                | "function"
                | "test"
                | "trap"
                | "set"
                | "exit"
                | "["
                | "[["
                | "!"
                | "{"
                | "("
        )
    };
    let text = run.text.as_str();
    !text.contains("||") && !text.contains("()") && !text.split([' ', '\n', '\t', ';', '&', '|']).any(is_branch)
}

fn brings_files(step: &Step) -> bool {
    if let Some(uses) = &step.uses {
        let is_other = |name: &str| matches!(name, "repository" | "path" | "submodules" | "ref");
        let installs = |name: &str| name == "run_install";
        return BRING_FILES.iter().any(|name| uses.text.starts_with(name)) && !keeps_packages_alone(step)
            || step.with.iter().any(|(name, _)| installs(name))
            || uses.text.starts_with("actions/checkout") && step.with.iter().any(|(name, _)| is_other(name));
    }
    let Some(run) = &step.run else { return false };
    let shell = step.shell.as_ref().map(|shell| shell.text.as_str());
    commands(&run.text, Shell::Step(shell)).iter().any(|command| {
        let text = command.text.as_str();
        MAKE_FILES.iter().any(|word| text.contains(word)) || asked_for(text).is_empty() && is_loose_install(text)
    })
}

/// Whether a cache is of packages alone: a store of a package manager, `node_modules`, a folder outside of the workspace.
fn keeps_packages_alone(step: &Step) -> bool {
    let is_cache = step
        .uses
        .as_ref()
        .is_some_and(|uses| uses.text.starts_with("actions/cache"));
    let paths = step.with.iter().find(|(name, _)| name == "path");
    let is_of_packages = |line: &str| {
        let line = line.to_ascii_lowercase();
        let is_named = ["node_modules", "store", "cache"]
            .iter()
            .any(|word| line.contains(word));
        line.starts_with(['~', '/']) || is_named && !line.contains("lock")
    };
    is_cache && paths.is_some_and(|(_, text)| text.text.lines().map(str::trim).all(is_of_packages))
}

/// An installation that writes a lockfile where there is none.
fn is_loose_install(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_global = words.iter().any(|word| matches!(*word, "-g" | "--global"));
    let installs = words
        .iter()
        .any(|word| matches!(*word, "install" | "i" | "add" | "update"));
    match words.as_slice() {
        ["yarn"] => true,
        // Flags may stand before the word: `npm --prefix web install`.
        ["npm" | "pnpm" | "bun" | "yarn", ..] => installs && !is_global,
        _ => false,
    }
}

/// The command of a step that fails, and why.
fn of_step(snapshot: &Snapshot, step: &Step) -> Option<(usize, String)> {
    if let Some(uses) = &step.uses {
        let is_node = uses.text.starts_with("actions/setup-node@");
        return is_node.then(|| cached(snapshot, step)).flatten().map(|why| (0, why));
    }
    let run = step.run.as_ref()?;
    let start = step.working_directory.as_ref().map_or("", |text| text.text.as_str());
    let start = resolve("", start).filter(|path| !path.as_str().contains(['$', '{']))?;
    let shell = step.shell.as_ref().map(|shell| shell.text.as_str());
    for (index, command) in commands(&run.text, Shell::Step(shell)).iter().enumerate() {
        let names = asked_for(&command.text);
        if names.is_empty() {
            if MAKE_FILES.iter().any(|word| command.text.contains(word)) || is_loose_install(&command.text) {
                return None;
            }
            continue;
        }
        let inner = command.folder.as_ref();
        let folder = inner.and_then(|inner| resolve(start.as_str(), inner))?;
        let folder = folder.as_str();
        // A folder that git does not have is made by something that is not seen here.
        if command.failure != Failure::Counts || command.when != When::Always || !snapshot.tree.has_folder(folder) {
            return None;
        }
        let folders = || std::iter::once(folder).chain(above(folder));
        let is_any = |names: &[&'static str]| {
            folders().any(|at| {
                names
                    .iter()
                    .any(|name| snapshot.tree.get(&in_folder(at, name)).is_some())
            })
        };
        let missing = match (is_any(&["package.json"]), is_any(names)) {
            // Where git has no manifest at all, both come from somewhere that is not seen here.
            (false, _) if !snapshot.tree.iter().any(|(path, _)| path.file_name() == "package.json") => return None,
            (false, _) => Some("package.json"),
            (true, false) => Some(names[0]),
            (true, true) => None,
        };
        if let Some(missing) = missing {
            let place = if folder.is_empty() {
                "the root".to_owned()
            } else {
                format!("`{folder}`")
            };
            let why = format!(
                "it stands after `{}`, which fails: git has no `{missing}` in {place} or above it",
                crate::text::redact(&command.text),
            );
            return Some((index, why));
        }
    }
    None
}

/// The lockfiles of which a command needs one.
fn asked_for(text: &str) -> &'static [&'static str] {
    const NPM: [&str; 2] = ["package-lock.json", "npm-shrinkwrap.json"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_frozen = words
        .iter()
        .any(|word| matches!(*word, "--frozen-lockfile" | "--immutable" | "--frozen-lockfile=true"));
    // Where its own flags lead elsewhere, nothing is known.
    if words.iter().any(|word| {
        ["--prefix", "-C", "--dir", "--cwd"]
            .iter()
            .any(|flag| word == flag || word.starts_with(&format!("{flag}=")))
    }) {
        return &[];
    }
    match words.as_slice() {
        ["npm", "ci" | "clean-install" | "install-clean", ..] => &NPM,
        ["pnpm", "install" | "i", ..] if is_frozen => &["pnpm-lock.yaml"],
        ["yarn", ..] if is_frozen => &["yarn.lock"],
        ["bun", "install" | "i", ..] if is_frozen => &["bun.lock", "bun.lockb"],
        _ => &[],
    }
}

/// `actions/setup-node` with a cache stops where it finds no lockfile: at the root, or where it is told to look.
/// <https://github.com/actions/setup-node/blob/main/docs/advanced-usage.md#caching-packages-data>
fn cached(snapshot: &Snapshot, step: &Step) -> Option<String> {
    let value = |key: &str| {
        step.with
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, text)| text.text.trim())
    };
    let manager = value("cache")?;
    let names: &[&str] = match manager {
        "npm" => &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock"],
        "pnpm" => &["pnpm-lock.yaml"],
        "yarn" => &["yarn.lock"],
        _ => return None,
    };
    let tree = &snapshot.tree;
    let is_there = match value("cache-dependency-path") {
        None => names.iter().any(|name| tree.get(name).is_some()),
        Some(paths) if paths.contains("${{") => return None,
        Some(paths) => {
            let globs: Vec<PathGlob> = paths
                .lines()
                .filter_map(|line| PathGlob::new(line.trim().trim_start_matches("./")).ok())
                .collect();
            tree.iter()
                .any(|(path, _)| globs.iter().any(|glob| glob.matches(path.as_str())))
        }
    };
    (!is_there).then(|| {
        format!(
            "it stands after `actions/setup-node` with `cache: {manager}`, which fails: git has no `{}` where it looks",
            names[0]
        )
    })
}
