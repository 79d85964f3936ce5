//! What a command of a script runs.

use crate::artifact::resolve;

/// Programs that run the command that follows them.
const WRAPPERS: [&str; 11] = [
    "npx",
    "cross-env",
    "cross-env-shell",
    "env",
    "exec",
    "dotenv",
    "dotenvx",
    "env-cmd",
    "sudo",
    "time",
    "nohup",
];

pub(super) fn unwrapped<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    let mut words = words;
    while let [first, rest @ ..] = words {
        let is_set = first.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        });
        let is_flag_or_end = *first == "--" || *first == "!" || *first == "if" || *first == "then";
        if matches!(*first, "dotenv" | "dotenvx" | "env-cmd") {
            words = behind_settings(rest);
        } else if is_set || is_flag_or_end || WRAPPERS.contains(first) {
            words = rest;
        } else {
            break;
        }
    }
    words
}

/// What follows the files and settings that a program reads before it runs a command: `-e .env --`, `run -f .env`.
fn behind_settings<'a, 'b>(words: &'b [&'a str]) -> &'b [&'a str] {
    if let Some(end) = words.iter().position(|word| *word == "--") {
        return &words[end + 1..];
    }
    let mut words = words;
    loop {
        words = match words {
            ["-e" | "-f" | "-c" | "-v" | "--file" | "--env-file", _, rest @ ..] => rest,
            ["run", rest @ ..] => rest,
            [flag, rest @ ..] if flag.starts_with('-') => rest,
            _ => return words,
        };
    }
}

/// The script that a command runs, and the folder of its manifest; `None` where that is not said plainly.
pub(super) fn called(words: &[&str], folder: &str) -> Option<(String, String)> {
    let [manager @ ("npm" | "pnpm" | "yarn" | "bun"), rest @ ..] = words else {
        return None;
    };
    let mut folder = folder.to_owned();
    let mut plain: Vec<&str> = Vec::new();
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        match *word {
            "--prefix" | "-C" | "--dir" | "--cwd" => folder = resolve(&folder, rest.next()?)?.as_str().to_owned(),
            "-s" | "--silent" | "--quiet" => {}
            "--" => break,
            // Members of a workspace, scripts that may be missing: another question.
            flag if flag.starts_with('-') => {
                let (name, value) = flag.split_once('=')?;
                match name {
                    "--prefix" | "--dir" | "--cwd" => folder = resolve(&folder, value)?.as_str().to_owned(),
                    _ => return None,
                }
            }
            word => plain.push(word),
        }
    }
    // A flag that follows the name may be one of the manager's, too.
    let is_lenient = words.contains(&"--if-present");
    let name = match plain.as_slice() {
        ["run" | "run-script", name, ..] => *name,
        ["test", ..] if *manager == "npm" => "test",
        _ => return None,
    };
    // `yarn run` and `bun run` also run programs and files of these names.
    let is_program = matches!(*manager, "yarn" | "bun") && !name.contains(':');
    let is_plain = !name.contains(['*', '$', '/', '.', '<', '{', '[', '#', ',']) && !name.is_empty();
    (!is_lenient && !is_program && is_plain).then(|| (folder, name.to_owned()))
}

/// The file of the repository that a command starts.
pub(super) fn started<'a>(words: &[&'a str]) -> Option<&'a str> {
    const WITH_VALUE: [&str; 13] = [
        "-r",
        "--require",
        "--import",
        "--loader",
        "--experimental-loader",
        "--ext",
        "-x",
        "--exec",
        "--env-file",
        "-P",
        "--project",
        "-w",
        "--watch-path",
    ];
    let [program, rest @ ..] = words else { return None };
    let is_own = program.starts_with("./") && (program.ends_with(".sh") || program.ends_with(".js"));
    if is_own {
        return Some(program);
    }
    if let ("k6", ["run", rest @ ..]) = (*program, rest) {
        return started_by_k6(rest);
    }
    let (is_shell, is_script) = match *program {
        "node" | "nodemon" | "ts-node" | "ts-node-dev" | "tsx" | "babel-node" | "tsnd" => (false, true),
        "sh" | "bash" | "python" | "python3" => (true, true),
        _ => (false, false),
    };
    if !is_script {
        return None;
    }
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        match *word {
            // A command, a module or code in the place of a file.
            "-e" | "--eval" | "-p" | "--print" | "-c" | "-m" | "--test" | "--run" | "--exec" | "-x" => return None,
            "watch" => {}
            // Of Node itself it has no value.
            "--watch" | "--ignore" | "-i" if matches!(*program, "nodemon" | "ts-node-dev" | "tsnd") => {
                rest.next();
            }
            flag if WITH_VALUE.contains(&flag) => {
                rest.next();
            }
            flag if flag.starts_with('-') => {}
            word => {
                const ENDINGS: [&str; 10] = [
                    ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".tsx", ".jsx", ".sh", ".py",
                ];
                let is_named = ENDINGS.iter().any(|ending| word.ends_with(ending));
                let is_plain = !word.contains(['*', '$', '{', '<', '~', '%', ' ']) && !word.starts_with('/');
                let is_path = is_named || !is_shell && word.contains('/');
                return (is_plain && is_path).then_some(word);
            }
        }
    }
    None
}

/// The script that `k6 run` is given.
fn started_by_k6<'a>(rest: &[&'a str]) -> Option<&'a str> {
    let is_script = |word: &&&str| {
        let is_plain = !word.contains(['*', '$', '{', '<', '~', '%', ' ', ':']) && !word.starts_with(['/', '-']);
        is_plain && (word.ends_with(".js") || word.ends_with(".ts"))
    };
    rest.iter().find(is_script).copied()
}

/// The path of tests that `playwright test` is given: it runs the files whose paths hold it.
/// <https://playwright.dev/docs/test-cli>
pub(super) fn tested<'a>(words: &[&'a str]) -> Option<&'a str> {
    let ["playwright", "test", rest @ ..] = words else {
        return None;
    };
    let first = rest.iter().find(|word| !word.starts_with('-'))?;
    // What follows a flag may be its value.
    let is_first = rest.first() == Some(first);
    // It is a pattern: a dot stands for any letter, but in a name's ending that is there nothing else than a dot.
    let endings = [".ts", ".js", ".tsx", ".jsx", ".mts", ".mjs", ".spec", ".test"];
    let mut stem = first.trim_start_matches("./");
    while let Some(shorter) = endings.iter().find_map(|ending| stem.strip_suffix(ending)) {
        stem = shorter;
    }
    let is_plain = stem
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte));
    // Other settings look in other folders.
    let is_led = rest.iter().any(|word| {
        let name = word.split_once('=').map_or(*word, |(name, _)| name);
        matches!(
            name,
            "-c" | "--config" | "--project" | "--test-list" | "--pass-with-no-tests"
        )
    });
    let is_plain = is_plain && !is_led;
    (is_first && is_plain && first.contains('/')).then_some(first)
}

/// The scripts that a line of a document runs with npm.
pub(super) fn npm_runs(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["npm run ", "pnpm run "] {
        for (at, _) in line.match_indices(start) {
            let before = line[..at].chars().next_back();
            if before.is_some_and(|letter| letter.is_ascii_alphanumeric()) {
                continue;
            }
            // Only what stands in code is a command: `npm run x` in quotes, or a line of its own.
            let is_code = before == Some('`')
                || line[..at].trim_start_matches(['$', '>', ' ', '\t']).is_empty()
                || line[..at].trim_end().ends_with("&&");
            let rest = &line[at + start.len()..];
            let end = rest
                .find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_:.".contains(letter)))
                .unwrap_or(rest.len());
            let name = rest[..end].trim_end_matches(['.', ':']);
            let next = rest[end..].chars().next();
            let is_plain = next.is_none_or(|letter| matches!(letter, '`' | ' ' | '"' | '\'' | ')' | ';' | '\r' | '\t'));
            let follows = rest[end..].trim_start();
            let mut flags = follows.split_whitespace();
            let is_elsewhere = flags.any(|flag| {
                matches!(flag, "-w" | "-C") || flag.starts_with("--workspace") || flag.starts_with("--prefix")
            });
            if is_code && is_plain && !name.is_empty() && !is_elsewhere {
                found.push(name.to_owned());
            }
        }
    }
    // `pnpm run` holds `npm run`.
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::{called, npm_runs, started, tested, unwrapped};

    #[test]
    fn what_reads_settings_first_runs_what_follows() {
        for command in [
            "dotenv -e .env -- tsx scripts/a.ts",
            "dotenv -e .env tsx scripts/a.ts",
            "dotenvx run -f .env.production -- tsx scripts/a.ts",
            "env-cmd -f .env tsx scripts/a.ts",
        ] {
            let words: Vec<&str> = command.split_whitespace().collect();
            assert_eq!(started(unwrapped(&words)), Some("scripts/a.ts"), "{command}");
        }
    }

    #[test]
    fn scripts_and_files_are_told_from_programs_and_code() {
        let called = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            called(unwrapped(&words), "a").map(|(folder, name)| format!("{folder} {name}"))
        };
        assert_eq!(called("npm run build").as_deref(), Some("a build"));
        assert_eq!(called("CI=1 npm --prefix ../b run x:y").as_deref(), Some("b x:y"));
        assert_eq!(called("npm test -- --ci").as_deref(), Some("a test"));
        for none in [
            "npm run build --if-present",
            "npm run x -w b",
            "yarn run eslint",
            "npm ci",
            "pnpm -r run build",
            "npm run dev:*",
        ] {
            assert_eq!(called(none), None, "{none}");
        }
        let started = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            started(unwrapped(&words)).map(str::to_owned)
        };
        assert_eq!(
            started("node -r dotenv/config scripts/a.js x").as_deref(),
            Some("scripts/a.js")
        );
        assert_eq!(started("NODE_ENV=x tsx watch src/a.ts").as_deref(), Some("src/a.ts"));
        assert_eq!(started("bash ./deploy.sh").as_deref(), Some("./deploy.sh"));
        assert_eq!(
            started("k6 run --vus 10 load/smoke.js").as_deref(),
            Some("load/smoke.js")
        );
        assert_eq!(started("nodemon --watch test/a src/b.js").as_deref(), Some("src/b.js"));
        assert_eq!(started("node --watch src/b.js").as_deref(), Some("src/b.js"));
        let tested = |text: &str| tested(&text.split(' ').collect::<Vec<_>>()).map(str::to_owned);
        assert_eq!(tested("playwright test e2e/x/ --ui").as_deref(), Some("e2e/x/"));
        for none in [
            "playwright test",
            "playwright test --grep a/b",
            "playwright test smoke",
            "playwright test e2e/*.ts",
            "playwright test e2e/log.n",
            "playwright test smoke/a --config=playwright.smoke.config.ts",
            "playwright test smoke/a -c configs/pw.ts",
        ] {
            assert_eq!(tested(none), None, "{none}");
        }
        for none in [
            "nodemon --watch test/a --exec 'cucumber-js'",
            "node -e 1/2",
            "node --test",
            "jest a.js",
            "bash -c ./x.sh",
            "sh $X/a.sh",
            "node /app/a.js",
            "k6 run https://host.test/a.js",
        ] {
            assert_eq!(started(none), None, "{none}");
        }
    }

    #[test]
    fn documents_run_scripts_in_code_alone() {
        assert_eq!(npm_runs("Then `npm run seed` fills it."), ["seed"]);
        assert_eq!(npm_runs("cd x && npm run db:seed"), ["db:seed"]);
        assert_eq!(npm_runs("  $ pnpm run a"), ["a"]);
        for none in [
            "use npm run scripts for it",
            "`npm run <name>`",
            "npm run build -w web",
            "npm run dev:*",
        ] {
            assert!(npm_runs(none).is_empty(), "{none}");
        }
    }
}
