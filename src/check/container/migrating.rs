//! Whether an image has the program that it calls to migrate the database: an installation for production leaves out what
//! only `devDependencies` name.

use crate::artifact::workflow::{Shell, commands};
use crate::artifact::{Node, in_folder};

use super::build::{Leaves, leaves};
use super::build_tools::{declared_in, is_for_development};
use super::files::{Image, Images, build_of};
use super::stages::{Building, What, within};
use super::started::workdir;
use super::tally::Tally;

/// Scripts call each other, and stages take from each other, at most this deep.
const DEEPEST: usize = 6;

/// Programs that migrate, with the packages that bring them.
const PROGRAMS: [(&str, &str); 10] = [
    ("db-migrate", "db-migrate"),
    ("drizzle-kit", "drizzle-kit"),
    ("knex", "knex"),
    ("mikro-orm", "@mikro-orm/cli"),
    ("node-pg-migrate", "node-pg-migrate"),
    ("prisma", "prisma"),
    ("sequelize", "sequelize-cli"),
    ("sequelize-cli", "sequelize-cli"),
    ("typeorm", "typeorm"),
    ("typeorm-ts-node-commonjs", "typeorm"),
];

/// A call of such a program.
struct Calling {
    package: &'static str,
    /// The command, as it is written.
    text: String,
    /// Whether the program is fetched where it is not installed: `npx prisma`.
    is_fetched: bool,
}

/// Which packages a stage ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Installed {
    /// Nothing says so.
    Unknown,
    All,
    /// Without those for development, by this command.
    Lean(String),
}

/// Whether the programs are there that an image calls to migrate when it is started.
pub(super) fn tools(images: &Images<'_>, image: &Image, tally: &mut Tally) {
    let building = Building::new(images, image);
    let Some(last) = image.stages().len().checked_sub(1) else {
        return;
    };
    let folder = workdir(&building, last);
    let Some(manifest) = building.file_at(last, &within(&folder, "package.json")) else {
        return;
    };
    let mut calls = Vec::new();
    for text in starts(&building, last) {
        calling(&building, (last, &folder), &manifest, &text, 0, &mut calls);
    }
    let place = || image.place(&image.stages()[last].span);
    for call in calls {
        let package = call.package;
        let is_left_out = is_for_development(images, &manifest, package) && !is_brought(&building, package);
        let Installed::Lean(lean) = installed(&building, last, 0) else {
            tally.good(place(), &call.text);
            continue;
        };
        if !is_left_out {
            tally.good(place(), &call.text);
            continue;
        }
        let what = format!(
            "`{}` starts `{}` after `{lean}`, which leaves out `{package}`",
            image.path, call.text
        );
        if call.is_fetched {
            let what = format!("{what}: whether it is fetched when it starts is not known");
            tally.open(what, &format!("move `{package}` to `dependencies`"));
        } else {
            tally.bad(place(), &call.text, what);
        }
    }
}

/// The command lines that an image is started with: its own, and those of services that build it.
pub(super) fn starts(building: &Building<'_>, last: usize) -> Vec<String> {
    let instructions = building.chain(last).into_iter().flat_map(|stage| &stage.instructions);
    let ends: Vec<_> = instructions
        .filter(|found| matches!(found.keyword.as_str(), "CMD" | "ENTRYPOINT"))
        .collect();
    let end = |keyword: &str| ends.iter().rev().find(|found| found.keyword == keyword);
    let mut found: Vec<String> = ["ENTRYPOINT", "CMD"]
        .iter()
        .filter_map(|keyword| end(keyword))
        .map(|end| line_of(&end.words(), end.rest.trim_start().starts_with('[')))
        .collect();
    let for_one_machine = ["override", "dev", "local", "test"];
    for compose in building.images.composes() {
        // What is laid over it for those who work on the code is no start of production.
        if for_one_machine
            .iter()
            .any(|word| compose.path.file_name().contains(word))
        {
            continue;
        }
        let services = compose.root.get("services").map_or(&[][..], Node::entries);
        for (_, service) in services {
            let is_it = build_of(compose.path.parent(), service).is_some_and(|(_, file)| file == building.image.path);
            // Another stage than the last one has other packages.
            let is_last = service.at(&["build", "target"]).is_none();
            let Some(command) = service.get("command").filter(|_| is_it && is_last) else {
                continue;
            };
            let items: Vec<String> = command
                .items()
                .iter()
                .filter_map(Node::as_str)
                .map(str::to_owned)
                .collect();
            found.push(command.as_str().map_or_else(|| line_of(&items, true), str::to_owned));
        }
    }
    found
}

/// A list of words as a line: of `["sh", "-c", "a && b"]` the script.
fn line_of(words: &[String], is_list: bool) -> String {
    match words {
        [shell, flag, script] if is_list && flag.starts_with('-') && flag.ends_with('c') && shell.ends_with("sh") => {
            script.clone()
        }
        _ => words.join(" "),
    }
}

/// The calls of programs that migrate in a line, with the scripts that it calls.
fn calling(
    building: &Building<'_>,
    (stage, folder): (usize, &str),
    manifest: &str,
    line: &str,
    depth: usize,
    found: &mut Vec<Calling>,
) {
    if depth > DEEPEST {
        return;
    }
    for command in commands(line, Shell::Line).iter() {
        let words: Vec<&str> = command
            .text
            .split(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\''))
            .filter(|word| !word.is_empty())
            .collect();
        if let Some(script) = script(&words) {
            if let Some(text) = script_of(building.images, manifest, script) {
                calling(building, (stage, folder), manifest, &text, depth + 1, found);
            }
            continue;
        }
        let file = words.iter().take(2).find(|word| word.ends_with(".sh"));
        if let Some(file) = file
            && let Some(path) = building.file_at(stage, &within(folder, file))
            && let Some(text) = building.images.text(&path)
        {
            calling(building, (stage, folder), manifest, &text, depth + 1, found);
            continue;
        }
        found.extend(program(&words, &command.text).filter(|_| !command.is_lost()));
    }
}

/// The program that a command calls to migrate: it stands where the command begins, behind what only calls it, and migrates
/// by some word.
fn program(words: &[&str], text: &str) -> Option<Calling> {
    const FETCHING: [&str; 4] = ["bunx", "dlx", "npx", "x"];
    const CALLING: [&str; 11] = [
        "bun",
        "cross-env",
        "dotenv",
        "exec",
        "npm",
        "pnpm",
        "run",
        "sudo",
        "then",
        "time",
        "yarn",
    ];
    const MIGRATING: [&str; 6] = ["migrat", "push", "latest", "up", "deploy", "sync"];
    let is_before =
        |word: &&str| word.contains('=') || word.starts_with('-') || CALLING.contains(word) || FETCHING.contains(word);
    let index = words.iter().take_while(|word| is_before(word)).count();
    let (before, call) = words.split_at(index);
    let migrates = |word: &&str| MIGRATING.iter().any(|verb| word.contains(verb));
    let word = call.first().filter(|_| call.iter().any(migrates))?;
    let name = word.rsplit_once("node_modules/.bin/").map_or(*word, |(_, name)| name);
    let name = name.split('@').next().unwrap_or(name);
    let (_, package) = PROGRAMS.iter().find(|(program, _)| *program == name)?;
    let is_kept = before.contains(&"--no-install") || before.contains(&"--no");
    Some(Calling {
        package,
        text: text.to_owned(),
        is_fetched: before.iter().any(|word| FETCHING.contains(word)) && !is_kept,
    })
}

/// The script of a manifest that a command runs.
fn script<'a>(words: &[&'a str]) -> Option<&'a str> {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .skip_while(|word| word.contains('=') || *word == "exec")
        .filter(|word| !word.starts_with('-'))
        .collect();
    match words.as_slice() {
        ["npm" | "pnpm" | "yarn" | "bun", "run" | "run-script", name, ..] => Some(name),
        ["npm" | "pnpm" | "yarn", name @ ("start" | "test"), ..] => Some(name),
        ["pnpm" | "yarn", name, ..] if name.contains(':') => Some(name),
        _ => None,
    }
}

fn script_of(images: &Images<'_>, manifest: &str, name: &str) -> Option<String> {
    let known = declared_in(images, manifest)?;
    let scripts = &known.manifest().scripts;
    let each = [format!("pre{name}"), name.to_owned()];
    let lines = each
        .iter()
        .filter_map(|name| scripts.iter().find(|script| script.name == *name));
    let text = lines
        .map(|script| script.command.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    (!text.is_empty()).then_some(text)
}

/// Whether some instruction brings a package by its name: `npm install -g prisma`, `COPY --from=deps …/node_modules/prisma`.
pub(super) fn is_brought(building: &Building<'_>, package: &str) -> bool {
    let mut instructions = building.image.stages().iter().flat_map(|stage| &stage.instructions);
    instructions.any(|found| match found.keyword.as_str() {
        "COPY" => ["node_modules/.bin", &in_folder("node_modules", package)]
            .iter()
            .any(|place| found.rest.contains(place)),
        "RUN" => found.rest.split(['&', ';', '|']).any(|part| {
            let words: Vec<&str> = part.split_whitespace().collect();
            let is_manager = words
                .iter()
                .any(|word| matches!(*word, "npm" | "pnpm" | "yarn" | "bun"));
            let adds = words
                .iter()
                .any(|word| matches!(*word, "install" | "i" | "add" | "-g" | "--global"));
            let is_it = |word: &&str| *word == package || word.starts_with(&format!("{package}@"));
            is_manager && adds && words.iter().any(is_it)
        }),
        _ => false,
    })
}

/// Which packages a stage ends with.
pub(super) fn installed(building: &Building<'_>, stage: usize, depth: usize) -> Installed {
    let mut found = Installed::Unknown;
    if depth > DEEPEST {
        return found;
    }
    for step in building.steps(stage) {
        match &step.what {
            What::Run(text) => {
                for command in commands(text, Shell::Line).iter() {
                    match leaves(building, stage, step, command) {
                        Some(Leaves::All) => found = Installed::All,
                        Some(Leaves::Lean) => found = Installed::Lean(command.text.clone()),
                        // It installs elsewhere.
                        Some(Leaves::Deployed(_)) | None => {}
                    }
                }
            }
            What::Copy(copied) => {
                let Some(from) = copied
                    .from()
                    .and_then(|from| building.stage_of(from))
                    .filter(|from| *from < stage)
                else {
                    continue;
                };
                for (source, target) in copied.moved() {
                    if let Some(taken) = taken(building, from, source, target, depth) {
                        found = taken;
                    }
                }
            }
        }
    }
    found
}

/// Which packages come with what is copied from another stage; `None` where none do.
fn taken(building: &Building<'_>, from: usize, source: &str, target: &str, depth: usize) -> Option<Installed> {
    let source = within("", source);
    // The folder of the application, and its packages, with it.
    for step in building.steps(from) {
        let What::Run(text) = &step.what else { continue };
        for command in commands(text, Shell::Line).iter() {
            if let Some(Leaves::Deployed(place)) = leaves(building, from, step, command) {
                let folder = within(&step.workdir, command.folder.as_deref().unwrap_or_default());
                if within(&folder, &place) == source.trim_end_matches("/node_modules") {
                    return Some(Installed::Lean(command.text.clone()));
                }
            }
        }
    }
    let is_modules = source.ends_with("/node_modules") && target.ends_with("/node_modules");
    let is_whole = source == workdir(building, from) && source != "/";
    (is_modules || is_whole).then(|| installed(building, from, depth + 1))
}
