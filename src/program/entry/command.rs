//! What a start command starts.

use crate::model::RepoPath;
use crate::program::compiled::from_folder;
use crate::program::words::commands;

use super::plain::is_quiet;

/// What one command starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Started {
    /// A file, from the root.
    File(RepoPath),
    /// A file that `node` is given alone: nothing changes what it finds where the file asks for others.
    Plain(RepoPath),
    /// A shell script.
    Shell(RepoPath),
    /// A script of the `package.json` in a folder; it may end in `*`, and the folder may be `@` and a package's name.
    Script(String, String),
    /// A framework's own server, in a folder.
    Next(String),
    /// Nest's, with the project that it names.
    Nest(String, Option<String>),
    /// A process manager's file.
    Manager(RepoPath),
    /// Files that a browser loads, in a folder.
    Static(String),
}

/// Programs that run the file that they are given.
const RUNNERS: [&str; 14] = [
    "node",
    "nodejs",
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
    // <https://github.com/fastify/fastify-cli#start>
    "fastify",
];
/// Flags of theirs that take a value in the next word.
const WITH_VALUE: [&str; 12] = [
    "-r",
    "--require",
    "--import",
    "--loader",
    "--experimental-loader",
    "-e",
    "-x",
    "--exec",
    "--ext",
    "--env-file",
    "-P",
    "--project",
];
/// Those whose value is a module that is loaded first.
const LOADS: [&str; 4] = ["-r", "--require", "--import", "--loader"];
/// Programs that run the command that follows.
const WRAPPERS: [&str; 19] = [
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
    "pnpx",
    "bunx",
    "doppler",
    "infisical",
    "op",
    "time",
    "nohup",
];
/// Programs that run the command after one word: whose rights it has, how long it may take.
const WITH_ONE: [&str; 3] = ["su-exec", "gosu", "timeout"];
const SHELLS: [&str; 4] = ["sh", "bash", "ash", "zsh"];
const SERVERS_OF_FILES: [&str; 5] = ["serve", "http-server", "sirv", "nginx", "live-server"];
const BUILDERS_OF_PAGES: [&str; 6] = ["vite", "react-scripts", "astro", "vue-cli-service", "ng", "craco"];
/// Commands within commands that are followed.
const DEEPEST: u32 = 4;

/// What a command line starts, run in a folder.
pub(super) fn started(command: &str, folder: &str) -> Vec<Started> {
    within(command, folder, 0)
}

fn within(command: &str, folder: &str, depth: u32) -> Vec<Started> {
    let mut folder = folder.to_owned();
    let mut found = Vec::new();
    for words in commands(command) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let ["cd", into, ..] = words.as_slice() {
            folder = from_folder(&folder, into).as_str().to_owned();
        } else {
            found.extend(one(&words, &folder, depth));
        }
    }
    found
}

fn one(words: &[&str], folder: &str, depth: u32) -> Vec<Started> {
    let [program, rest @ ..] = unwrapped(words) else {
        return Vec::new();
    };
    let is_script = program.ends_with(".sh");
    if is_script {
        return vec![Started::Shell(from_folder(folder, program))];
    }
    let program = program.rsplit('/').next().unwrap_or(program);
    match program {
        _ if depth > DEEPEST => Vec::new(),
        "next" if matches!(rest.first(), Some(&("start" | "dev"))) => vec![Started::Next(inner(rest, folder))],
        "nest" if matches!(rest.first(), Some(&"start")) => {
            let project = rest.iter().skip(1).find(|word| !word.starts_with('-'));
            vec![Started::Nest(folder.to_owned(), project.map(|name| (*name).to_owned()))]
        }
        "concurrently" => several(rest, folder, depth),
        "run-p" | "run-s" | "npm-run-all" | "npm-run-all2" => {
            let names = rest.iter().filter(|word| !word.starts_with('-'));
            names
                .map(|name| Started::Script(folder.to_owned(), (*name).to_owned()))
                .collect()
        }
        "pm2" | "pm2-runtime" | "pm2-docker" => managed(rest, folder, depth),
        "tsc-watch" => after(rest, &["--onSuccess"], folder, depth),
        "npm" | "yarn" | "pnpm" => manager(program, rest, folder, depth),
        "bun" if matches!(rest.first(), Some(&"run")) => manager(program, rest, folder, depth),
        program if SHELLS.contains(&program) => shell(rest, folder, depth),
        program if SERVERS_OF_FILES.contains(&program) || BUILDERS_OF_PAGES.contains(&program) => {
            vec![Started::Static(folder.to_owned())]
        }
        program if RUNNERS.contains(&program) => run(program, rest, folder, depth),
        _ => Vec::new(),
    }
}

/// The command without what only says how it is run.
fn unwrapped<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    let mut words = words;
    loop {
        match words {
            [first, rest @ ..] if first.contains('=') && !first.starts_with('-') => words = rest,
            [first, rest @ ..] if WRAPPERS.contains(&name_of(first)) => {
                words = match rest.iter().position(|word| *word == "--") {
                    Some(at) => &rest[at + 1..],
                    None => skip_flags(rest),
                };
            }
            [first, _, rest @ ..] if WITH_ONE.contains(&name_of(first)) => words = rest,
            ["yarn" | "pnpm" | "npm", "exec" | "dlx", rest @ ..] => words = skip_flags(rest),
            ["dotenv" | "run", "run", rest @ ..] => words = rest,
            _ => return words,
        }
    }
}

fn name_of(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

fn skip_flags<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    let mut words = words;
    loop {
        match words {
            ["-e" | "-f" | "-c" | "--file" | "-p" | "--package", _, rest @ ..] => words = rest,
            [flag, rest @ ..] if flag.starts_with('-') || *flag == "run" => words = rest,
            _ => return words,
        }
    }
}

fn inner(rest: &[&str], folder: &str) -> String {
    let mut words = rest.iter().skip(1);
    while let Some(word) = words.next() {
        if matches!(*word, "-p" | "--port" | "-H" | "--hostname") {
            words.next();
        } else if !word.starts_with(['-', '$']) {
            return from_folder(folder, word).as_str().to_owned();
        }
    }
    folder.to_owned()
}

/// Commands that stand as one word each, and scripts as `npm:name`.
fn several(words: &[&str], folder: &str, depth: u32) -> Vec<Started> {
    let mut found = Vec::new();
    for word in words.iter().filter(|word| !word.starts_with('-')) {
        let script = ["npm:", "yarn:", "pnpm:", "bun:"]
            .iter()
            .find_map(|prefix| word.strip_prefix(prefix));
        match script {
            Some(name) => found.push(Started::Script(folder.to_owned(), name.to_owned())),
            None => found.extend(within(word, folder, depth + 1)),
        }
    }
    found
}

/// The command that a flag is given.
fn after(words: &[&str], flags: &[&str], folder: &str, depth: u32) -> Vec<Started> {
    let given = words.windows(2).filter(|pair| flags.contains(&pair[0]));
    given.flat_map(|pair| within(pair[1], folder, depth + 1)).collect()
}

fn shell(words: &[&str], folder: &str, depth: u32) -> Vec<Started> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word.starts_with('-') {
            if !word.starts_with("--") && word.ends_with('c') {
                return words
                    .next()
                    .map_or_else(Vec::new, |command| within(command, folder, depth + 1));
            }
        } else {
            return vec![Started::Shell(from_folder(folder, word))];
        }
    }
    Vec::new()
}

/// The file that a runtime is given, and the modules that it is told to load first.
fn run(program: &str, given: &[&str], folder: &str, depth: u32) -> Vec<Started> {
    let mut found = Vec::new();
    let mut words = given.iter();
    while let Some(word) = words.next() {
        let takes = WITH_VALUE.contains(word)
            || program == "nodemon" && matches!(*word, "--watch" | "-w" | "--ignore" | "-i")
            || program == "fastify" && matches!(*word, "-l" | "--log-level" | "-p" | "--port" | "-a" | "--address");
        if takes {
            let Some(value) = words.next() else { break };
            if LOADS.contains(word) && value.starts_with('.') {
                found.push(Started::File(from_folder(folder, value)));
            }
            if matches!(*word, "--exec" | "-x" | "-e") && program == "nodemon" && value.contains(' ') {
                found.extend(within(value, folder, depth + 1));
            }
        } else if let Some(value) = LOADS.iter().find_map(|flag| word.strip_prefix(flag)?.strip_prefix('=')) {
            if value.starts_with('.') {
                found.push(Started::File(from_folder(folder, value)));
            }
        } else if !matches!(*word, "run" | "watch" | "start" | "serve") && !word.starts_with('-') {
            let path = from_folder(folder, word);
            let is_plain = matches!(program, "node" | "nodejs") && found.is_empty() && is_quiet(given, word);
            found.push(if is_plain {
                Started::Plain(path)
            } else {
                Started::File(path)
            });
            break;
        }
    }
    found
}

fn managed(words: &[&str], folder: &str, depth: u32) -> Vec<Started> {
    const TAKES: [&str; 9] = [
        "-i",
        "--instances",
        "-n",
        "--name",
        "--max-memory-restart",
        "-o",
        "-e",
        "--env",
        "--only",
    ];
    if let Some(at) = words.iter().position(|word| matches!(*word, "npm" | "yarn" | "pnpm")) {
        let rest: Vec<&str> = words[at + 1..]
            .iter()
            .skip_while(|word| **word != "--")
            .skip(1)
            .copied()
            .collect();
        return manager(words[at], &rest, folder, depth);
    }
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if TAKES.contains(word) {
            words.next();
        } else if word.contains("ecosystem") || word.contains(".config.") || word.ends_with(".json") {
            return vec![Started::Manager(from_folder(folder, word))];
        } else if word.contains(' ') {
            return within(word, folder, depth + 1);
        } else if !word.starts_with('-') && *word != "start" {
            return vec![Started::File(from_folder(folder, word))];
        }
    }
    Vec::new()
}

/// `npm run x`, `npm start`, `yarn x`, with the folder or the package that it is told to run in.
fn manager(program: &str, words: &[&str], folder: &str, depth: u32) -> Vec<Started> {
    let mut folder = folder.to_owned();
    let mut rest = words.iter().copied().enumerate();
    let (mut name, mut handed) = (None, Vec::new());
    while let Some((at, word)) = rest.next() {
        match word {
            "--prefix" | "--cwd" | "-C" | "--dir" => match rest.next() {
                Some((_, into)) => folder = from_folder(&folder, into).as_str().to_owned(),
                None => return Vec::new(),
            },
            // A package's name, or a path: told apart by whoever has the manifests.
            "--workspace" | "-w" | "--filter" | "-F" => match rest.next() {
                Some((_, package)) => folder = format!("@{package}"),
                None => return Vec::new(),
            },
            "workspace" if program == "yarn" => match rest.next() {
                Some((_, package)) => folder = format!("@{package}"),
                None => return Vec::new(),
            },
            "run" | "run-script" => {}
            // What follows is the script's own: flags, or the command that it wraps.
            "--" => {
                handed = one(&words[at + 1..], &folder, depth + 1);
                break;
            }
            "install" | "i" | "ci" | "add" | "build" | "audit" | "prune" | "exec" if name.is_none() => {
                return Vec::new();
            }
            flag if flag.starts_with('-') => {
                if let Some(into) = flag.strip_prefix("--prefix=").or_else(|| flag.strip_prefix("--cwd=")) {
                    folder = from_folder(&folder, into).as_str().to_owned();
                } else if let Some(package) = flag
                    .strip_prefix("--workspace=")
                    .or_else(|| flag.strip_prefix("--filter="))
                {
                    folder = format!("@{package}");
                }
            }
            word if name.is_none() => {
                // `yarn tsx src/index.ts`, `bun run src/index.ts`: no script, but a program or a file.
                let is_program = program != "npm" && (RUNNERS.contains(&word) || matches!(word, "next" | "nest"));
                if is_program && !folder.starts_with('@') {
                    return one(&words[at..], &folder, depth + 1);
                }
                if program == "bun" && word.contains(['.', '/']) {
                    return vec![Started::File(from_folder(&folder, word))];
                }
                name = Some(word);
            }
            _ => {}
        }
    }
    let script = name.map(|name| Started::Script(folder, name.to_owned()));
    script.into_iter().chain(handed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same, whatever else Node is given.
    fn plain(mut found: Vec<Started>) -> Vec<Started> {
        for one in &mut found {
            if let Started::Plain(path) = one {
                *one = Started::File(path.clone());
            }
        }
        found
    }

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
            ("pm2-runtime start --name api -i max dist/index.js", "api/dist/index.js"),
            ("node --watch src/a.js", "api/src/a.js"),
            ("nodemon --watch src --exec ts-node src/a.ts", "api/src/a.ts"),
            ("nodemon --exec \"ts-node src/a.ts\"", "api/src/a.ts"),
            ("dotenv -e .env.production -- node a.js", "api/a.js"),
            ("env-cmd -f .env node a.js", "api/a.js"),
            ("/usr/bin/tini -s -- /usr/local/bin/node a.js", "api/a.js"),
            ("su-exec node node a.js", "api/a.js"),
            ("sh -c 'npx prisma migrate deploy && exec node a.js'", "api/a.js"),
            ("tsc-watch --onSuccess \"node dist/a.js\"", "api/dist/a.js"),
            ("yarn tsx src/a.ts", "api/src/a.ts"),
            ("bun run src/a.ts", "api/src/a.ts"),
            ("deno run -A main.ts", "api/main.ts"),
            ("op run --env-file=.env -- node a.js", "api/a.js"),
            ("fastify start -l info app.js", "api/app.js"),
        ] {
            assert_eq!(plain(started(command, "api")), file(path), "{command}");
        }
        let script = |folder: &str, name: &str| vec![Started::Script(folder.to_owned(), name.to_owned())];
        for (command, folder, name) in [
            ("npm --prefix backend start", "backend", "start"),
            ("yarn workspace api start", "@api", "start"),
            ("npm run build && npm run serve", "", "serve"),
            ("npm run serve -- --port 80", "", "serve"),
            ("pm2 start npm --name api -- run serve", "", "serve"),
            ("pnpm --filter=@shop/api run start", "@@shop/api", "start"),
            ("npm-run-all --parallel serve", "", "serve"),
        ] {
            assert_eq!(started(command, ""), script(folder, name), "{command}");
        }
        let mut wrapped = script("", "with:env");
        wrapped.extend(file("src/main.js"));
        assert_eq!(
            plain(started("npm run with:env -- cross-env NODE_ENV=x node src/main.js", "")),
            wrapped
        );
        assert_eq!(started("next start -p 3000", "web"), [Started::Next("web".to_owned())]);
        assert_eq!(started("next start web", ""), [Started::Next("web".to_owned())]);
        assert_eq!(
            started("exec ./bin/start.sh", "a"),
            [Started::Shell(RepoPath::new("a/bin/start.sh"))]
        );
        for nothing in [
            "echo node dist/index.js",
            "# node a.js",
            "",
            "node -e 'require(1)'",
            "npm ci",
            "tsc -p .",
        ] {
            assert_eq!(started(nothing, "api"), [], "{nothing}");
        }
    }

    #[test]
    fn what_is_loaded_first_is_started_too() {
        let paths = ["instrument.mjs", "dist/index.js"].map(|path| Started::File(RepoPath::new(path)));
        assert_eq!(started("node --import ./instrument.mjs dist/index.js", ""), paths);
        assert_eq!(started("node --import=./instrument.mjs dist/index.js", ""), paths);
    }
}
