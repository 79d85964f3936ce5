//! What the words of a command say that it runs, and in which packages.

use std::iter::Peekable;

use super::super::calls::bare;
use super::workspace::Member;

/// What runs the scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Manager,
    Turbo,
    Nx,
    Lerna,
}

/// What a command asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) tool: Tool,
    pub(super) names: Vec<String>,
    pub(super) filters: Vec<String>,
    /// Where it works, seen from where it is started.
    pub(super) folder: String,
    /// Whether its words leave open what it runs.
    pub(super) is_open: bool,
}

/// Flags that are followed by a value of no importance.
const VALUED: [&str; 20] = [
    "--concurrency",
    "--cache-dir",
    "--env-mode",
    "--log-order",
    "--output-logs",
    "--team",
    "--token",
    "--log-prefix",
    "--workspace-concurrency",
    "--reporter",
    "--base",
    "--head",
    "--since",
    "--parallel-count",
    "-j",
    "--jobs",
    "--output-style",
    "--configuration",
    "-c",
    "--runner",
];
/// Flags that choose packages in ways that are not followed, or run nothing.
const OPEN: [&str; 9] = [
    "--from",
    "--include",
    "--dry",
    "--dry-run",
    "--graph",
    "--filter-prod",
    "--projects",
    "-p",
    "--test-pattern",
];
const FOLDERS: [&str; 4] = ["-C", "--dir", "--cwd", "--prefix"];

/// What a command asks for; `None` where it runs no script in packages.
pub(super) fn asked(text: &str) -> Option<Asked> {
    let words = of_tool(text);
    let (tool, rest) = match words.as_slice() {
        ["turbo", rest @ ..] => (Tool::Turbo, rest),
        ["nx", rest @ ..] => (Tool::Nx, rest),
        ["lerna", rest @ ..] => (Tool::Lerna, rest),
        ["npm" | "pnpm" | "yarn", rest @ ..] => (Tool::Manager, rest),
        // `bun test` is a program of Bun's own.
        ["bun", rest @ ..] if rest.contains(&"run") => (Tool::Manager, rest),
        _ => return None,
    };
    let mut asked = Asked {
        tool,
        names: Vec::new(),
        filters: Vec::new(),
        folder: String::new(),
        is_open: false,
    };
    let mut plain = Vec::new();
    let mut is_every = tool != Tool::Manager;
    let mut rest = rest.iter().copied().peekable();
    while let Some(word) = rest.next().filter(|word| *word != "--") {
        if word.starts_with('-') {
            is_every |= asked.take_flag(word, &mut rest, &plain);
        } else {
            plain.push(word.trim_matches(['"', '\'']));
        }
    }
    let is_of_several =
        |filter: &String| filter.contains(['*', '[']) || filter.ends_with("...") || filter.starts_with("...");
    is_every |= asked.filters.iter().any(is_of_several) || asked.filters.len() > 1;
    let names = asked_names(tool, &plain, &mut is_every)?;
    asked.names.extend(names);
    if asked.names.iter().any(|name| name.contains(['$', '*', '{', '#', '/'])) {
        asked.is_open = true;
    }
    is_every.then_some(asked)
}

/// The words of a command from the tool on: of `pnpm exec turbo` or `yarn nx`, the tool itself counts.
fn of_tool(text: &str) -> Vec<&str> {
    let mut words = bare(text);
    let is_tool = |word: &str| matches!(word, "turbo" | "nx" | "lerna");
    if matches!(
        words.first(),
        Some(&("pnpm" | "yarn" | "npm" | "bun" | "bunx" | "pnpx"))
    ) {
        let at = words.iter().take(4).position(|word| is_tool(word));
        let leads = |before: &[&str]| {
            let known = |word: &str| matches!(word, "exec" | "dlx" | "x" | "--" | "run" | "-w");
            before[1..].iter().all(|word| known(word))
        };
        if let Some(at) = at.filter(|at| leads(&words[..*at])) {
            words.drain(..at);
        }
    }
    words
}

impl Asked {
    /// Takes in a flag, and its value where that is the next word; whether each package is asked for by it.
    fn take_flag<'a>(
        &mut self,
        word: &'a str,
        rest: &mut Peekable<impl Iterator<Item = &'a str>>,
        plain: &[&str],
    ) -> bool {
        let (flag, joined) = word
            .split_once('=')
            .map_or((word, None), |(flag, value)| (flag, Some(value)));
        match flag {
            "--filter" | "-F" | "--scope" => {
                let value = joined.or_else(|| rest.next()).unwrap_or("");
                self.filters.push(value.trim_matches(['"', '\'']).to_owned());
            }
            "--exclude" | "--ignore" => {
                let value = joined.or_else(|| rest.next()).unwrap_or("");
                let names = value.trim_matches(['"', '\'']).split(',');
                self.filters.extend(names.map(|name| format!("!{name}")));
            }
            flag if FOLDERS.contains(&flag) => {
                joined
                    .or_else(|| rest.next())
                    .unwrap_or("")
                    .clone_into(&mut self.folder);
            }
            "-t" | "--target" | "--targets" if self.tool == Tool::Nx => {
                let mut given: Vec<&str> = joined.into_iter().collect();
                while let Some(word) =
                    rest.next_if(|word| given.is_empty() || joined.is_none() && !word.starts_with('-'))
                {
                    given.push(word);
                }
                let names = given.iter().flat_map(|names| names.split(','));
                self.names
                    .extend(names.map(|name| name.trim_matches(['"', '\'']).to_owned()));
            }
            "-r" | "--recursive" | "-ws" | "--workspaces" if self.tool == Tool::Manager => {
                return joined.is_none_or(|value| value == "true");
            }
            flag if OPEN.contains(&flag) && !(flag == "-p" && plain.contains(&"workspaces")) => self.is_open = true,
            flag if VALUED.contains(&flag) && joined.is_none() => {
                rest.next();
            }
            _ => {}
        }
        false
    }
}

/// The names that a command's plain words ask for; `None` where it runs no script.
fn asked_names(tool: Tool, plain: &[&str], is_every: &mut bool) -> Option<Vec<String>> {
    const NO_TASK: [&str; 22] = [
        "prune",
        "login",
        "logout",
        "link",
        "unlink",
        "gen",
        "generate",
        "ls",
        "info",
        "daemon",
        "query",
        "watch",
        "boundaries",
        "bootstrap",
        "publish",
        "version",
        "changed",
        "clean",
        "telemetry",
        "scan",
        "bin",
        "devtools",
    ];
    const NO_SCRIPT: [&str; 16] = [
        "install", "i", "ci", "add", "remove", "exec", "dlx", "audit", "publish", "update", "up", "outdated", "list",
        "ls", "why", "rebuild",
    ];
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    match (tool, plain) {
        (Tool::Turbo, ["run", names @ ..]) => Some(owned(names)),
        (Tool::Turbo, [first, ..]) if NO_TASK.contains(first) => None,
        (Tool::Turbo, names) => Some(owned(names)),
        (Tool::Lerna, ["run", name, ..]) => Some(owned(&[name])),
        (Tool::Lerna, _) => None,
        (Tool::Nx, ["run-many" | "affected", ..]) => Some(Vec::new()),
        (Tool::Nx, _) => None,
        (Tool::Manager, ["workspaces", "run", name, ..] | ["workspaces", "foreach", "run", name, ..]) => {
            *is_every = true;
            Some(owned(&[name]))
        }
        (Tool::Manager, ["run" | "run-script", name, ..]) => Some(owned(&[name])),
        (Tool::Manager, ["t" | "tst", ..]) => Some(owned(&["test"])),
        (Tool::Manager, [name, ..]) if !NO_SCRIPT.contains(name) && *name != "workspaces" => Some(owned(&[name])),
        (Tool::Manager, _) => None,
    }
}

impl Asked {
    /// Whether the filters take a package; `None` where that can't be told.
    pub(super) fn takes(&self, member: &Member, root: &str) -> Option<bool> {
        let (mut is_open, mut is_taken) = (false, self.filters.iter().all(|filter| filter.starts_with('!')));
        for filter in &self.filters {
            if filter.contains('$') {
                return None;
            }
            let plain = filter.trim_start_matches('!').split('[').next().unwrap_or("");
            let name = plain
                .trim_start_matches("...")
                .trim_end_matches("...")
                .trim_matches(['^', '{', '}']);
            // Of what has changed: the package that is changed is among it.
            let is_named = name.is_empty() && filter.contains('[') || member.is_named(name, root);
            match (filter.starts_with('!'), is_named) {
                (true, true) => return Some(false),
                (false, true) => is_taken = true,
                // `web...` is what `web` needs, too.
                (false, false) => is_open |= name.len() < plain.len(),
                (true, false) => {}
            }
        }
        (is_taken || !is_open).then_some(is_taken)
    }

    /// The command with this task alone.
    pub(super) fn alone(&self, text: &str, name: &str) -> String {
        let is_other = |word: &str| word != name && self.names.iter().any(|known| known == word);
        let words = text.split_whitespace().filter(|word| !is_other(word));
        words.collect::<Vec<_>>().join(" ")
    }
}
