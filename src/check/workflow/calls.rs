//! What a command hands on: scripts of `package.json`, other folders, tools that run more than they say.

use std::cell::RefCell;
use std::rc::Rc;

use crate::artifact::{self, Declared, Ecosystem};
use crate::model::{RepoPath, Snapshot};
use crate::text::HashMap;

/// Where a command works, as its own flags say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Where it is started.
    Here,
    /// In this folder, relative to where it is started.
    Folder(String),
    /// In the package or workspace member of this name or path.
    Member(String),
    /// In every member of the workspace.
    EveryMember,
}

/// A command of a package manager that runs a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScriptCall {
    pub(super) name: String,
}

/// What is to be known of a command without running it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) target: Target,
    pub(super) script: Option<ScriptCall>,
    /// Whether it runs more than its words tell, in a way that is not followed.
    pub(super) delegates: bool,
}

/// So many commands are kept at most.
const MOST_KEPT: usize = 4096;

thread_local! {
    /// What commands call: each control asks for the same ones again, for each component, in head and in base.
    static READ: RefCell<HashMap<Box<str>, Rc<Call>>> = RefCell::default();
}

/// A command's words, without those before the command itself.
pub(super) fn bare(text: &str) -> Vec<&str> {
    const BEFORE: [&str; 10] = [
        "sudo",
        "env",
        "time",
        "exec",
        "command",
        "npx",
        "xvfb-run",
        "nohup",
        "nice",
        "cross-env",
    ];
    let is_setting = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        })
    };
    let words = text
        .split_whitespace()
        .skip_while(|word| BEFORE.contains(word) || is_setting(word));
    let mut words = words.peekable();
    if words.next_if(|word| matches!(*word, "timeout" | "gtimeout")).is_some() {
        // Its flags and the time.
        while words.next_if(|word| word.starts_with('-')).is_some() {}
        words.next();
    }
    words.collect()
}

const FOLDER_FLAGS: [&str; 8] = [
    "--prefix",
    "-C",
    "--dir",
    "--cwd",
    "--manifest-path",
    "--project",
    "--directory",
    "--root",
];
const MEMBER_FLAGS: [&str; 7] = ["-w", "--workspace", "--filter", "-F", "-p", "--package", "--scope"];
const EVERY_FLAGS: [&str; 6] = ["-r", "--recursive", "-ws", "--workspaces", "--all", "-A"];

/// What a command calls.
pub(super) fn call(text: &str) -> Rc<Call> {
    let known = READ.with_borrow(|read| read.get(text).map(Rc::clone));
    known.unwrap_or_else(|| {
        let found = Rc::new(read(text));
        READ.with_borrow_mut(|read| {
            if read.len() >= MOST_KEPT {
                read.clear();
            }
            read.insert(text.into(), Rc::clone(&found));
        });
        found
    })
}

fn read(text: &str) -> Call {
    let words = bare(text);
    let first = words.first().copied().unwrap_or("");
    let knows_flags = [
        "npm", "pnpm", "yarn", "bun", "cargo", "uv", "poetry", "go", "make", "turbo", "nx", "lerna",
    ]
    .contains(&first);
    let mut target = Target::Here;
    let mut plain: Vec<&str> = Vec::new();
    let mut rest = words.iter().skip(1).copied();
    while let Some(word) = rest.next().filter(|word| *word != "--") {
        let (flag, joined) = match word.split_once('=') {
            Some((flag, value)) if word.starts_with('-') => (flag, Some(value)),
            _ => (word, None),
        };
        // Cargo's `--workspace` is every member; npm's takes a name.
        let is_every = EVERY_FLAGS.contains(&flag) || first == "cargo" && flag == "--workspace";
        if !knows_flags || !word.starts_with('-') {
            plain.push(word);
        } else if is_every && joined.is_none() {
            target = Target::EveryMember;
        } else if FOLDER_FLAGS.contains(&flag) {
            let value = joined.or_else(|| rest.next()).unwrap_or("");
            let folder = value.trim_matches(['"', '\'']);
            let folder = folder.strip_suffix("/Cargo.toml").unwrap_or(folder);
            target = Target::Folder(folder.to_owned());
        } else if MEMBER_FLAGS.contains(&flag) {
            let value = joined.or_else(|| rest.next()).unwrap_or("");
            target = Target::Member(value.trim_matches(['"', '\'']).to_owned());
        }
    }
    if first == "yarn" && plain.first() == Some(&"workspace") && plain.len() > 1 {
        target = Target::Member(plain[1].to_owned());
        plain.drain(..2);
    } else if first == "yarn" && plain.first() == Some(&"workspaces") {
        target = Target::EveryMember;
        plain.clear();
    }
    Call {
        script: script(first, &plain),
        delegates: delegates(&words, &target),
        target,
    }
}

fn script(manager: &str, plain: &[&str]) -> Option<ScriptCall> {
    let name = match (manager, plain) {
        ("npm" | "pnpm" | "yarn" | "bun", ["run" | "run-script", name, ..]) => name,
        ("npm" | "pnpm" | "yarn", ["test" | "t" | "tst", ..]) => "test",
        ("npm" | "pnpm" | "yarn", ["start", ..]) => "start",
        ("pnpm" | "yarn", [name, ..]) if !matches!(*name, "install" | "add" | "exec" | "dlx" | "audit") => name,
        _ => return None,
    };
    Some(ScriptCall {
        name: name.trim_matches(['"', '\'']).to_owned(),
    })
}

/// Whether a command runs more than its words tell, in a way that is not followed.
fn delegates(words: &[&str], target: &Target) -> bool {
    const TOOLS: [&str; 27] = [
        "ant",
        "bazel",
        "bazelisk",
        "bb",
        "dagger",
        "docker-compose",
        "earthly",
        "gradle",
        "hatch",
        "invoke",
        "just",
        "lerna",
        "mage",
        "make",
        "moon",
        "mvn",
        "nox",
        "nx",
        "poe",
        "pre-commit",
        "rake",
        "rush",
        "task",
        "tox",
        "turbo",
        "pants",
        "wireit",
    ];
    const RUNNERS: [&str; 8] = ["bash", "sh", "zsh", "source", ".", "pwsh", "just", "xargs"];
    let (first, second) = (
        words.first().copied().unwrap_or(""),
        words.get(1).copied().unwrap_or(""),
    );
    let through = match (first, second) {
        ("poetry" | "uv" | "pipenv" | "pdm" | "hatch", "run") => words.get(2).copied().unwrap_or(""),
        ("pnpm" | "yarn" | "npm" | "bun", "exec" | "dlx") => words.get(2).copied().unwrap_or(""),
        ("pnpm" | "yarn", _) => second,
        ("python" | "python3", "-m") => words.get(2).copied().unwrap_or(""),
        ("docker", "compose" | "run") => return true,
        _ => first,
    };
    let is_tool = |word: &str| TOOLS.contains(&word);
    let is_script = |word: &str| word.ends_with(".sh") || word.starts_with("./") || word.ends_with(".ps1");
    is_tool(first)
        || is_tool(through)
        || is_script(first)
        || RUNNERS.contains(&first) && (is_script(second) || second == "-c" || first == "xargs")
        || matches!(first, "node" | "tsx" | "python" | "python3" | "deno" | "bun") && second.contains("scripts/")
        || *target == Target::EveryMember && matches!(first, "npm" | "pnpm" | "yarn" | "bun")
}

/// The folder that a command works in; `None` where its flags or what went before leave that open.
pub(super) fn folder_of(snapshot: &Snapshot, started: &str, target: &Target) -> Option<String> {
    match target {
        Target::Here | Target::EveryMember => Some(started.to_owned()),
        Target::Folder(folder) if folder.contains('$') => None,
        Target::Folder(folder) => artifact::resolve(started, folder).map(|path| path.as_str().to_owned()),
        // All but one: it is started above them.
        Target::Member(name) if left_out(name).is_some() => Some(started.to_owned()),
        Target::Member(name) => member(snapshot, started, name),
    }
}

/// Whether a command is run in all members but the one of this folder.
pub(super) fn leaves_out(snapshot: &Snapshot, call: &Call, folder: &str) -> bool {
    let Target::Member(name) = &call.target else {
        return false;
    };
    left_out(name).is_some_and(|name| member(snapshot, "", name).is_some_and(|found| found == folder))
}

/// The name of the one member that a filter leaves out: `--filter='!@acme/contracts'`. <https://pnpm.io/filtering>
fn left_out(name: &str) -> Option<&str> {
    let name = name.strip_prefix('!')?;
    (!name.is_empty() && !name.contains(['*', '{', '[', '.', '!'])).then_some(name)
}

/// The script of a manifest that a command calls: the manifest's folder, and what the script runs.
pub(super) fn script_called(snapshot: &Snapshot, call: &Call, folder: &str) -> Option<(String, String)> {
    let name = &call.script.as_ref()?.name;
    let (at, package) = package_at(snapshot, folder)?;
    let script = package.manifest().scripts.iter().find(|known| known.name == *name)?;
    Some((at, script.command.clone()))
}

/// The package that a folder belongs to, as package managers find it: the nearest `package.json` above.
pub(super) fn package_at(snapshot: &Snapshot, folder: &str) -> Option<(String, Declared)> {
    std::iter::once(folder)
        .chain(artifact::above(folder))
        .find_map(|at| Some((at.to_owned(), package_in(snapshot, at)?)))
}

/// The package of a folder itself.
pub(super) fn package_in(snapshot: &Snapshot, folder: &str) -> Option<Declared> {
    let path = RepoPath::new(&artifact::in_folder(folder, "package.json"));
    snapshot.tree.get(path.as_str())?;
    artifact::read_manifest(snapshot, &path, None).ok().flatten()
}

/// Why `pnpm --filter NAME` runs nothing, in words that follow the command: no package of the repository is called so. A
/// folder of that name is none: pnpm takes paths that begin with a dot alone.
/// <https://pnpm.io/filtering>
pub(super) fn of_nobody(snapshot: &Snapshot, text: &str, call: &Call) -> Option<String> {
    let Target::Member(name) = &call.target else {
        return None;
    };
    let words = bare(text);
    let is_filter = |word: &&str| ["--filter", "-F"].iter().any(|flag| word.starts_with(flag));
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'/' | b'-' | b'_');
    let is_plain = !name.is_empty() && name.bytes().all(is_name) && name.contains('/') == name.starts_with('@');
    let is_asked = words.first() == Some(&"pnpm") && words.iter().any(is_filter);
    if !is_plain || !is_asked || call.script.is_none() || snapshot.tree.truncation().is_some() {
        return None;
    }
    let folders = artifact::manifest_folders(snapshot).into_iter();
    let mut manifests = folders.filter(|folder| {
        let path = artifact::in_folder(folder, "package.json");
        snapshot.tree.get(&path).is_some()
    });
    let is_other = |folder: String| {
        package_in(snapshot, &folder).is_some_and(|package| {
            let own = package.manifest().name.as_deref().unwrap_or("");
            own != name && own.split_once('/').is_none_or(|(_, bare)| bare != name)
        })
    };
    manifests
        .all(is_other)
        .then(|| format!("runs nothing: no package of this repository is called `{name}`"))
}

/// The folder of the member of this name or path, seen from a folder.
pub(super) fn member(snapshot: &Snapshot, from: &str, name: &str) -> Option<String> {
    let wanted = name
        .trim_start_matches("./")
        .trim_end_matches("...")
        .trim_end_matches('/');
    if wanted.is_empty() || wanted.contains(['*', '{', '[']) {
        return None;
    }
    if let Some(path) = artifact::resolve(from, wanted)
        && snapshot.tree.has_folder(path.as_str())
    {
        return Some(path.as_str().to_owned());
    }
    artifact::manifest_folders(snapshot).into_iter().find(|folder| {
        ["package.json", "Cargo.toml"].iter().any(|file| {
            let path = RepoPath::new(&artifact::in_folder(folder, file));
            let declared = snapshot
                .tree
                .get(path.as_str())
                .and_then(|_| artifact::read_manifest(snapshot, &path, None).ok());
            declared
                .flatten()
                .is_some_and(|declared| declared.manifest().name.as_deref() == Some(wanted))
        })
    })
}

/// Whether Cargo, started in a folder, works on every member: the workspace's root holds no package of its own.
pub(super) fn is_cargo_holder(snapshot: &Snapshot, folder: &str) -> bool {
    let path = RepoPath::new(&artifact::in_folder(folder, "Cargo.toml"));
    snapshot.tree.get(path.as_str()).is_some()
        && artifact::read_manifest(snapshot, &path, None).is_ok_and(|found| {
            found.is_some_and(|found| {
                found.ecosystem == Ecosystem::Cargo && found.manifest().role == artifact::Role::Workspace
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> (Target, Option<String>) {
        let call = call(text);
        (
            call.target.clone(),
            call.script.as_ref().map(|script| script.name.clone()),
        )
    }

    #[test]
    fn scripts_and_targets_are_read_from_the_words() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(seen("npm test"), (Target::Here, some("test")));
        assert_eq!(seen("CI=1 npm run lint -- --fix"), (Target::Here, some("lint")));
        assert_eq!(
            seen("npm --prefix backend run test"),
            (Target::Folder("backend".to_owned()), some("test"))
        );
        assert_eq!(
            seen("pnpm -C backend build"),
            (Target::Folder("backend".to_owned()), some("build"))
        );
        assert_eq!(
            seen("pnpm --filter=api test"),
            (Target::Member("api".to_owned()), some("test"))
        );
        assert_eq!(
            seen("yarn workspace api lint"),
            (Target::Member("api".to_owned()), some("lint"))
        );
        assert_eq!(seen("pnpm -r test"), (Target::EveryMember, some("test")));
        assert_eq!(seen("cargo test --workspace"), (Target::EveryMember, None));
        assert_eq!(seen("npm ci"), (Target::Here, None));
        assert_eq!(
            seen("cargo test --manifest-path a/Cargo.toml"),
            (Target::Folder("a".to_owned()), None)
        );
    }

    #[test]
    fn what_runs_more_than_it_says_is_known() {
        for text in [
            "make test",
            "npx turbo run test",
            "./scripts/ci.sh",
            "bash ci.sh",
            "pnpm -r test",
            "pnpm nx affected",
            "uv run tox",
            "docker compose run api",
        ] {
            assert!(call(text).delegates, "{text}");
        }
        for text in [
            "npm test",
            "cargo test",
            "pytest",
            "docker build .",
            "pip install -r requirements.txt",
        ] {
            assert!(!call(text).delegates, "{text}");
        }
    }
}
