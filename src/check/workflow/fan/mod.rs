//! Commands that run a script in many packages: of package managers (`pnpm -r test`), Turborepo, Nx and Lerna.

mod asked;
mod workspace;

use std::sync::{Arc, Mutex, PoisonError};

use crate::artifact::resolve;
use crate::artifact::workflow::{Command, Shell, commands};
use crate::model::Snapshot;
use crate::text::HashMap;

use asked::{Asked, Tool, asked};
use workspace::{Member, Turbo, Workspace};

/// A command that runs scripts of packages.
#[derive(Debug, Default)]
pub(super) struct Fan {
    /// What it runs in the packages.
    pub(super) tasks: Vec<Task>,
    /// Whether it runs nothing beside that.
    pub(super) is_whole: bool,
}

/// One name that is run wherever a package has a script of it.
#[derive(Debug)]
pub(super) struct Task {
    /// The script's name.
    pub(super) name: String,
    /// The command as if this were its only task.
    pub(super) alone: String,
    /// The scripts that are run.
    pub(super) runs: Vec<PackageRun>,
    /// Why nothing is run, in words that follow the command; `None` where something may be.
    pub(super) hollow: Option<String>,
}

impl Task {
    /// Whether it is known what it comes to.
    pub(super) fn is_told(&self) -> bool {
        self.hollow.is_some() || self.runs.iter().any(PackageRun::is_live)
    }
}

/// A script of one package.
#[derive(Debug)]
pub(super) struct PackageRun {
    /// The package's folder.
    pub(super) folder: String,
    /// What the script runs.
    pub(super) command: String,
}

impl PackageRun {
    /// Whether its failure fails nothing.
    pub(super) fn is_tolerated(&self) -> bool {
        let inner = commands(&self.command, Shell::Line);
        let mut live = inner.iter().filter(|command| !is_idle(&command.text)).peekable();
        live.peek().is_some() && live.all(Command::is_lost)
    }

    /// Whether it does more than print.
    pub(super) fn is_live(&self) -> bool {
        !commands(&self.command, Shell::Line)
            .iter()
            .all(|command| is_idle(&command.text))
    }
}

/// Whether a command only prints or ends.
pub(super) fn is_idle(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    matches!(first, "echo" | "printf" | "true" | ":" | "exit") || is_idle_code(text)
}

/// `node -e "process.exit(0)"`, or code that only prints.
fn is_idle_code(text: &str) -> bool {
    let code = ["node -e ", "node -p ", "node --eval "]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    let is_idle = |part: &str| {
        let ends = ["process.exit()", "process.exit(0)"].contains(&part);
        ends || part.starts_with("console.log(") && part.matches('(').count() == 1
    };
    code.is_some_and(|code| {
        let code = code.trim().trim_matches(['"', '\'', '\\']);
        code.split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .all(is_idle)
    })
}

/// What commands run in packages, by their words and where they are started.
#[derive(Default)]
struct Known(Mutex<HashMap<(String, String), Arc<Fan>>>);

/// What a command that is started in a folder runs in packages; `None` where it is no such command. Each control asks for
/// the same commands, for each component.
pub(super) fn fan(snapshot: &Snapshot, text: &str, started: &str) -> Option<Arc<Fan>> {
    let asked = asked(text)?;
    let known = snapshot.derive(|_| Known::default());
    let lock = || known.0.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (text.to_owned(), started.to_owned());
    if let Some(fan) = lock().get(&key) {
        return Some(Arc::clone(fan));
    }
    let found = Arc::new(found(snapshot, text, started, &asked));
    lock().insert(key, Arc::clone(&found));
    Some(found)
}

fn found(snapshot: &Snapshot, text: &str, started: &str, asked: &Asked) -> Fan {
    if asked.is_open || asked.names.is_empty() {
        return Fan::default();
    }
    let started = resolve(started, &asked.folder).filter(|_| !asked.folder.contains('$'));
    let workspace = started.and_then(|started| Workspace::around(snapshot, started.as_str(), asked.tool));
    let Some(workspace) = workspace.filter(|_| snapshot.tree.truncation().is_none()) else {
        return Fan::default();
    };
    let mut is_whole = workspace.is_read && asked.tool != Tool::Nx;
    let mut chosen: Vec<&Member> = Vec::new();
    for member in &workspace.members {
        match asked.takes(member, &workspace.root) {
            Some(true) => chosen.push(member),
            Some(false) => {}
            None => is_whole = false,
        }
    }
    let turbo = (asked.tool == Tool::Turbo).then(|| Turbo::at(snapshot, &workspace));
    let mut tasks = Vec::new();
    for name in &asked.names {
        let also = match &turbo {
            Some(Some(turbo)) if !turbo.has(name) => {
                let hollow = Some(format!("calls the task `{name}`, which `{}` does not have", turbo.path));
                let alone = asked.alone(text, name);
                tasks.push(Task {
                    name: name.clone(),
                    alone,
                    runs: Vec::new(),
                    hollow,
                });
                continue;
            }
            Some(Some(turbo)) => {
                let (also, is_all) = turbo.before(name);
                is_whole &= is_all;
                also
            }
            Some(None) => {
                is_whole = false;
                vec![name.clone()]
            }
            None => vec![name.clone()],
        };
        let mut runs = Vec::new();
        for name in &also {
            let root = workspace
                .root_member
                .iter()
                .filter(|_| is_root_task(turbo.as_ref(), name));
            runs.extend(chosen.iter().copied().chain(root).filter_map(|member| member.run(name)));
        }
        let alone = asked.alone(text, name);
        tasks.push(Task {
            name: name.clone(),
            alone,
            runs,
            hollow: None,
        });
    }
    if is_whole {
        tasks.iter_mut().for_each(say_hollow);
    }
    Fan { tasks, is_whole }
}

fn say_hollow(task: &mut Task) {
    let name = &task.name;
    if task.hollow.is_some() || task.runs.iter().any(PackageRun::is_live) {
        return;
    }
    task.hollow = Some(match task.runs.is_empty() {
        true => format!("calls the script `{name}` of every package, and none has one"),
        false => format!("calls the script `{name}` of every package, and where there is one it only prints or ends"),
    });
}

fn is_root_task(turbo: Option<&Option<Turbo>>, name: &str) -> bool {
    turbo
        .and_then(Option::as_ref)
        .is_some_and(|turbo| turbo.tasks.contains_key(&format!("//#{name}")))
}
