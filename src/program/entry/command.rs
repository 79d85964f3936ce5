//! What a start command starts.

use crate::model::RepoPath;
use crate::program::compiled::from_folder;

/// What one command starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Started {
    /// A file, from the root.
    File(RepoPath),
    /// A script of the `package.json` in a folder.
    Script(String, String),
    /// A framework's own server, in a folder.
    Next(String),
    Nest(String),
    Remix(String),
    /// A process manager's file.
    Manager(RepoPath),
    /// Files that a browser loads, in a folder.
    Static(String),
}

/// Programs that run the file that they are given.
const RUNNERS: [&str; 12] = [
    "node",
    "nodemon",
    "ts-node",
    "ts-node-dev",
    "ts-node-esm",
    "tsx",
    "bun",
    "deno",
    "babel-node",
    "tsnd",
    "esno",
    "swc-node",
];
/// Flags of theirs that take a value in the next word.
const WITH_VALUE: [&str; 12] = [
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-e",
    "--exec",
    "--watch",
    "-w",
    "--env-file",
    "-P",
    "--project",
];
/// Programs that run the command that follows.
const WRAPPERS: [&str; 16] = [
    "npx",
    "cross-env",
    "cross-env-shell",
    "env",
    "exec",
    "dotenv",
    "dotenvx",
    "env-cmd",
    "dumb-init",
    "tini",
    "sudo",
    "nice",
    "run-p",
    "run-s",
    "pnpx",
    "bunx",
];
const SERVERS_OF_FILES: [&str; 5] = ["serve", "http-server", "sirv", "nginx", "live-server"];

/// What a command line starts, run in a folder.
pub(super) fn started(command: &str, folder: &str) -> Vec<Started> {
    let mut folder = folder.to_owned();
    let mut found = Vec::new();
    for part in command.split(['\n', ';', '&', '|']) {
        let words: Vec<&str> = part
            .split_whitespace()
            .map(|word| word.trim_matches(|quote| matches!(quote, '"' | '\'' | '`')))
            .filter(|word| !word.is_empty())
            .collect();
        if let ["cd", into, ..] = words.as_slice() {
            folder = from_folder(&folder, into).as_str().to_owned();
            continue;
        }
        found.extend(one(&words, &folder));
    }
    found
}

fn one(words: &[&str], folder: &str) -> Vec<Started> {
    let mut words = words;
    loop {
        match words {
            [first, rest @ ..] if first.contains('=') && !first.starts_with('-') => words = rest,
            [first, rest @ ..] if WRAPPERS.contains(first) => words = skip_flags(rest),
            ["yarn" | "pnpm", "exec" | "dlx", rest @ ..] => words = rest,
            _ => break,
        }
    }
    let [program, rest @ ..] = words else { return Vec::new() };
    let program = program.rsplit('/').next().unwrap_or(program);
    match program {
        "next" if matches!(rest.first(), Some(&("start" | "dev"))) => vec![Started::Next(inner(rest, folder))],
        "nest" if matches!(rest.first(), Some(&"start")) => vec![Started::Nest(folder.to_owned())],
        "remix-serve" | "react-router-serve" => vec![Started::Remix(folder.to_owned())],
        "vite" | "react-scripts" | "astro" | "vue-cli-service" | "ng" => vec![Started::Static(folder.to_owned())],
        "concurrently" => rest.iter().flat_map(|word| started(word, folder)).collect(),
        "pm2" | "pm2-runtime" => managed(rest, folder),
        program if SERVERS_OF_FILES.contains(&program) => vec![Started::Static(folder.to_owned())],
        "npm" | "yarn" | "pnpm" => script(program, rest, folder).into_iter().collect(),
        "bun" if matches!(rest.first(), Some(&"run")) => script(program, rest, folder).into_iter().collect(),
        program if RUNNERS.contains(&program) => file(rest, folder).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn inner(rest: &[&str], folder: &str) -> String {
    match rest.iter().skip(1).find(|word| !word.starts_with('-')) {
        Some(word) if !word.bytes().all(|byte| byte.is_ascii_digit()) && !word.starts_with('$') => {
            from_folder(folder, word).as_str().to_owned()
        }
        _ => folder.to_owned(),
    }
}

fn skip_flags<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    let flags = words.iter().take_while(|word| word.starts_with('-')).count();
    &words[flags..]
}

fn file(words: &[&str], folder: &str) -> Option<Started> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if WITH_VALUE.contains(word) {
            words.next();
        } else if !matches!(*word, "run" | "watch" | "start" | "serve") && !word.starts_with('-') {
            return Some(Started::File(from_folder(folder, word)));
        }
    }
    None
}

fn managed(words: &[&str], folder: &str) -> Vec<Started> {
    let target = words.iter().find(|word| !word.starts_with('-') && **word != "start");
    match target {
        Some(word) if word.contains("ecosystem") || word.contains(".config.") || word.ends_with(".json") => {
            vec![Started::Manager(from_folder(folder, word))]
        }
        Some(&"npm") => Vec::new(),
        Some(word) => vec![Started::File(from_folder(folder, word))],
        None => Vec::new(),
    }
}

/// `npm run x`, `npm start`, `yarn x`, with the folder or the package that it is told to run in.
fn script(program: &str, words: &[&str], folder: &str) -> Option<Started> {
    let mut folder = folder.to_owned();
    let mut words = words.iter();
    let mut name = None;
    while let Some(word) = words.next() {
        match *word {
            "--prefix" | "--cwd" | "-C" | "--dir" => folder = from_folder(&folder, words.next()?).as_str().to_owned(),
            "--workspace" | "-w" | "--filter" | "-F" => {
                // A package's name, or a path: told apart by whoever has the manifests.
                folder = format!("@{}", words.next()?);
            }
            "workspace" if program == "yarn" => folder = format!("@{}", words.next()?),
            "run" | "run-script" | "--" => {}
            flag if flag.starts_with("--prefix=") => folder = from_folder(&folder, &flag[9..]).as_str().to_owned(),
            flag if flag.starts_with("--workspace=") => folder = format!("@{}", &flag[12..]),
            flag if flag.starts_with("--filter=") => folder = format!("@{}", &flag[9..]),
            flag if flag.starts_with('-') => {}
            "install" | "i" | "ci" | "add" | "build" | "audit" | "prune" => return None,
            word => {
                name.get_or_insert(word);
            }
        }
    }
    Some(Started::Script(folder, name?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Started, started};
    use crate::model::RepoPath;

    #[test]
    fn commands_tell_what_they_start() {
        let file = |path: &str| vec![Started::File(RepoPath::new(path))];
        for (command, path) in [
            ("node dist/index.js", "api/dist/index.js"),
            (
                "NODE_ENV=production node -r dotenv/config --enable-source-maps ./dist/server.js",
                "api/dist/server.js",
            ),
            ("cross-env NODE_ENV=production tsx watch src/main.ts", "api/src/main.ts"),
            ("npx prisma migrate deploy && node build/app.js", "api/build/app.js"),
            ("cd ../web && node server.js", "web/server.js"),
            ("pm2-runtime start dist/index.js -i max", "api/dist/index.js"),
        ] {
            assert_eq!(started(command, "api"), file(path), "{command}");
        }
        assert_eq!(
            started("npm --prefix backend start", ""),
            [Started::Script("backend".to_owned(), "start".to_owned())]
        );
        assert_eq!(started("next start -p 3000", "web"), [Started::Next("web".to_owned())]);
        assert_eq!(
            started("yarn workspace api start", ""),
            [Started::Script("@api".to_owned(), "start".to_owned())]
        );
        assert_eq!(
            started("npm run build && npm run serve", ""),
            [Started::Script(String::new(), "serve".to_owned())]
        );
        assert_eq!(started("echo node dist/index.js", "api"), []);
    }
}
