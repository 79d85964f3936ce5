//! Which files what is started, built or deployed calls by name.

use std::collections::BTreeSet;

use crate::artifact::{declared, manifest_folders};
use crate::check::View;
use crate::model::{Class, Needs, RepoPath, Tree};

/// Scripts of a manifest that a deployment runs.
const SCRIPTS: [&str; 12] = [
    "build",
    "heroku-postbuild",
    "postbuild",
    "postinstall",
    "prebuild",
    "predeploy",
    "prestart",
    "release",
    "start",
    "start-docker",
    "start:prod",
    "vercel-build",
];
/// Scripts call each other at most this deep.
const DEEPEST: usize = 4;

/// The files that say what is started.
pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = crate::artifact::component_needs(view.tree());
    needs.files.extend(hosts(view.tree()));
    needs
}

/// Dockerfiles, compose files, and what hosts read.
pub(super) fn hosts(tree: &Tree) -> Vec<RepoPath> {
    const NAMES: [&str; 13] = [
        "Procfile",
        "app.json",
        "captain-definition",
        "ecosystem.config.cjs",
        "ecosystem.config.js",
        "fly.toml",
        "nixpacks.toml",
        "railway.json",
        "railway.toml",
        "render.yaml",
        "render.yml",
        "vercel.json",
        "netlify.toml",
    ];
    let found = tree.those("what says what is started", |path, entry, class| {
        let name = path.file_name().to_ascii_lowercase();
        let is_image = name.starts_with("dockerfile") || name.ends_with(".dockerfile") || name == "containerfile";
        let is_compose = name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"));
        let is_small = entry.is_file() && entry.size.is_none_or(|size| size <= 1 << 20);
        is_small && class == Class::Source && (is_image || is_compose || NAMES.contains(&path.file_name()))
    });
    found.into_iter().map(|(path, _)| path.clone()).collect()
}

/// Those of some files that are called, by what is called or by each other.
pub(super) fn called(view: &View<'_>, files: &[&RepoPath]) -> BTreeSet<RepoPath> {
    let text_of = |path: &RepoPath| {
        let document = view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten()?;
        document.text().ok().map(str::to_owned)
    };
    let host_of = |path: &RepoPath| text_of(path).map(|text| commands_of(path, &text));
    let mut texts: Vec<String> = hosts(view.tree()).iter().filter_map(host_of).collect();
    for folder in manifest_folders(view.snapshot) {
        for (_, known) in declared(view.snapshot, &folder) {
            let Ok(known) = known else { continue };
            let scripts = &known.manifest().scripts;
            let is_first = |name: &str| SCRIPTS.contains(&name);
            let mut run: BTreeSet<&str> = scripts
                .iter()
                .map(|one| one.name.as_str())
                .filter(|name| is_first(name))
                .collect();
            for _ in 0..DEEPEST {
                let of_run = scripts.iter().filter(|one| run.contains(one.name.as_str()));
                let named: BTreeSet<&str> = of_run.flat_map(|one| asked_for(&one.command)).collect();
                run.extend(
                    scripts
                        .iter()
                        .map(|one| one.name.as_str())
                        .filter(|name| named.contains(name)),
                );
            }
            let run = scripts.iter().filter(|one| run.contains(one.name.as_str()));
            texts.extend(run.map(|one| said_aside(&one.command)));
        }
    }
    let mut called = BTreeSet::new();
    while let Some(text) = texts.pop() {
        let words: Vec<&str> = words(&text).collect();
        for path in files {
            if !called.contains(*path) && words.iter().any(|word| names(word, path)) {
                called.insert((*path).clone());
                let text = text_of(path).map(|text| commands_of(path, &text));
                texts.extend(text);
            }
        }
    }
    called
}

/// What of a file is run: no comment, of an image what it runs, and nothing that is only printed or made runnable.
fn commands_of(path: &RepoPath, text: &str) -> String {
    const RUNS: [&str; 3] = ["CMD", "ENTRYPOINT", "RUN"];
    let name = path.file_name().to_ascii_lowercase();
    let is_image = name.contains("dockerfile") || name == "containerfile";
    let is_code = path
        .extension()
        .is_some_and(|extension| matches!(extension, "js" | "cjs" | "mjs" | "ts" | "json"));
    let mut is_run = !is_image;
    let mut kept = String::new();
    for line in text.lines() {
        let line = line.trim();
        if line.starts_with('#') && !is_code || line.starts_with("//") {
            continue;
        }
        if is_image && !kept.ends_with("\\\n") {
            let first = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
            is_run = RUNS.contains(&first.as_str());
        }
        if is_run {
            kept.push_str(if is_code { line } else { "" });
            if !is_code {
                kept.push_str(&said_aside(line));
            }
        }
        kept.push_str(if line.ends_with('\\') { "\\\n" } else { "\n" });
    }
    kept
}

/// A line of commands without those that print or change a file's mode.
fn said_aside(line: &str) -> String {
    const QUIET: [&str; 5] = ["echo", "printf", "chmod", "chown", "cp"];
    let parts = line.split("&&").flat_map(|part| part.split(';'));
    let first = |part: &str| {
        let mut words = part.split_whitespace();
        let word = words.find(|word| !matches!(*word, "RUN" | "CMD" | "-" | "run:"));
        word.unwrap_or_default().trim_matches(['"', '\'', '[']).to_owned()
    };
    let kept: Vec<&str> = parts.filter(|part| !QUIET.contains(&first(part).as_str())).collect();
    kept.join(" && ")
}

/// The scripts that a command asks a package manager for.
fn asked_for(command: &str) -> Vec<&str> {
    const MANAGERS: [&str; 5] = ["npm", "pnpm", "yarn", "bun", "run-s"];
    const ASKS: [&str; 4] = ["run", "run-script", "--silent", "-s"];
    let mut found = Vec::new();
    let mut words = words(command).peekable();
    while let Some(word) = words.next() {
        if MANAGERS.contains(&word) || matches!(word, "run-p" | "npm-run-all") {
            while let Some(next) = words.peek() {
                if MANAGERS.contains(next) {
                    break;
                }
                if !ASKS.contains(next) {
                    found.push(*next);
                }
                words.next();
            }
        }
    }
    found
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_whitespace() || "'\"`,;&|()[]{}=".contains(letter))
        .filter(|word| !word.is_empty())
}

/// Whether a word is a file's path, with or without its ending; where it lies in an image may be another folder.
fn names(word: &str, path: &RepoPath) -> bool {
    let (folder, name) = word.rsplit_once('/').unwrap_or(("", word));
    let own = path.file_name();
    let stem = own.rsplit_once('.').map_or(own, |(stem, _)| stem);
    let is_named = name == own || name == stem && !folder.is_empty();
    if !is_named {
        return false;
    }
    let last = folder.rsplit('/').next().unwrap_or_default();
    let is_relative = !word.starts_with('/') && !matches!(last, "" | "." | "..");
    !is_relative || path.parent().rsplit('/').next() == Some(last)
}

#[cfg(test)]
mod tests {
    use super::{RepoPath, asked_for, commands_of, names};

    #[test]
    fn what_is_copied_printed_or_commented_is_not_run() {
        let image = RepoPath::new("Dockerfile");
        let text = "# scripts/a.sh\nCOPY scripts/b.sh /b.sh\nRUN chmod +x scripts/c.sh && ./scripts/d.sh \\\n  && scripts/e.sh\nCMD [\"scripts/f.sh\"]\n";
        let kept = commands_of(&image, text);
        let has = |name: &str| kept.contains(&format!("{name}.sh"));
        assert!(
            !has("a") && !has("b") && !has("c") && has("d") && has("e") && has("f"),
            "{kept}"
        );
        assert_eq!(asked_for("npm run db && node server.js"), ["db", "node", "server.js"]);
        assert_eq!(asked_for("echo db"), Vec::<&str>::new());
    }

    #[test]
    fn files_are_named_by_paths() {
        let path = RepoPath::new("api/scripts/migrate.js");
        for word in [
            "scripts/migrate.js",
            "./scripts/migrate",
            "migrate.js",
            "/app/migrate.js",
            "../scripts/migrate.js",
        ] {
            assert!(names(word, &path), "{word}");
        }
        for word in ["migrate", "db/migrate.js", "scripts/migrate-safe.js", "scripts"] {
            assert!(!names(word, &path), "{word}");
        }
    }
}
