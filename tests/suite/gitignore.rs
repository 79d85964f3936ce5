//! Our reading of `.gitignore` files against git's own, over generated trees and patterns.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use readygate::artifact::{Gitignore, Ignores, PathKind};
use readygate::text::Document;

/// Which file ignores a path, and in which line.
type Verdict = Option<(String, u32)>;

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .args(["-c", "core.ignoreCase=false", "-c", "core.excludesFile=/dev/null"]);
    command
}

fn by_git(folder: &Path, paths: &[String]) -> Vec<Verdict> {
    let mut child = git(folder)
        .args(["check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input: String = paths.iter().map(|path| format!("./{path}\0")).collect();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let fields: Vec<&str> = output.split_terminator('\0').collect();
    assert_eq!(
        fields.len(),
        paths.len() * 4,
        "git answered for other paths: {fields:?}"
    );
    let verdicts = fields.chunks(4).map(|answer| {
        let [source, line, pattern, _] = answer else {
            unreachable!("chunks of four")
        };
        let is_ignored = !pattern.is_empty() && !pattern.starts_with('!');
        let folder = source
            .strip_suffix(".gitignore")
            .unwrap_or(source)
            .trim_end_matches('/');
        is_ignored.then(|| (folder.to_owned(), line.parse().unwrap()))
    });
    verdicts.collect()
}

fn by_us(files: &[(String, Arc<Gitignore>)], paths: &[(String, PathKind)]) -> Vec<Verdict> {
    let ignores = Ignores::new(files.iter().map(|(folder, file)| (folder.as_str(), file.as_ref())));
    paths
        .iter()
        .map(|(path, kind)| ignores.ignored_by(path, *kind))
        .collect()
}

const NAMES: [&str; 18] = [
    "a",
    "b",
    "ab",
    "a.b",
    ".env",
    ".env.local",
    "x y",
    "x ",
    "build",
    "[x]",
    "*",
    "!a",
    "#a",
    "$a",
    "é",
    "a\\b",
    "B",
    "a-b",
];
const PARTS: [&str; 36] = [
    "a",
    "b",
    "ab",
    "*",
    "**",
    "a*",
    "*b",
    "?",
    "??",
    "[ab]",
    "[!a]",
    "[^a]",
    "[a-b]",
    "[[:alpha:]]",
    "a.b",
    "*.b",
    ".env",
    ".env*",
    ".env.*",
    "build",
    "\\*",
    "\\!a",
    "\\#a",
    "#a",
    "$a",
    "\\$a",
    "x y",
    "x\\ ",
    "[x]",
    "\\[x]",
    "é",
    "\\a",
    "a\\\\b",
    "[",
    "a**",
    "**b",
];

fn line() -> impl Strategy<Value = String> {
    let parts = prop::collection::vec(prop::sample::select(&PARTS[..]), 1..4);
    let before = prop::sample::select(vec!["", "", "", "!", "/", "!/", "**/", " "]);
    let after = prop::sample::select(vec!["", "", "", "/", "/**", "/*", "  ", " \r", "\\", "\t"]);
    (before, parts, after).prop_map(|(before, parts, after)| format!("{before}{}{after}", parts.join("/")))
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&NAMES[..]), 1..5).prop_map(|parts| parts.join("/"))
}

#[derive(Debug, Clone)]
struct Scene {
    root: Vec<String>,
    nested: Vec<String>,
    paths: Vec<String>,
}

fn scene() -> impl Strategy<Value = Scene> {
    let lines = |most| prop::collection::vec(line(), 0..most);
    (lines(6), lines(4), prop::collection::vec(path(), 1..8)).prop_map(|(root, nested, paths)| Scene {
        root,
        nested,
        paths,
    })
}

/// Writes the scene, and says which paths stand in it, and its `.gitignore` files.
/// What stands in the folder, and its ignore files by the folder they stand in.
type Staged = (Vec<(String, PathKind)>, Vec<(String, Arc<Gitignore>)>);

fn stage(folder: &Path, scene: &Scene) -> Staged {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with(".git") {
            fs::remove_dir_all(&path).unwrap();
        } else if path.is_file() {
            fs::remove_file(&path).unwrap();
        }
    }
    let mut found = BTreeSet::new();
    for path in &scene.paths {
        let full = folder.join(path);
        // A name may be wanted as a file and as a folder: the first one stays.
        if fs::create_dir_all(full.parent().unwrap()).is_err() || full.exists() {
            continue;
        }
        fs::write(&full, "").unwrap();
        found.insert((path.clone(), false));
        found.extend(path.match_indices('/').map(|(at, _)| (path[..at].to_owned(), true)));
    }
    let nested = scene
        .paths
        .iter()
        .find_map(|path| path.split_once('/'))
        .map(|(first, _)| first);
    let nested = nested.filter(|first| folder.join(first).is_dir());
    let mut files = Vec::new();
    for (at, lines) in [(Some(""), &scene.root), (nested, &scene.nested)] {
        let (Some(at), text) = (at, lines.join("\n") + "\n") else {
            continue;
        };
        fs::write(folder.join(at).join(".gitignore"), &text).unwrap();
        files.push((at.to_owned(), Document::new(text.into_bytes()).view::<Gitignore>()));
    }
    let kind = |is_folder| if is_folder { PathKind::Folder } else { PathKind::File };
    (found.into_iter().map(|(path, is)| (path, kind(is))).collect(), files)
}

#[test]
fn we_ignore_what_git_ignores_by_the_same_line() {
    let folder = tempfile::tempdir().unwrap();
    let made = git(folder.path()).args(["init", "-q"]).status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "this test compares with git, and needs it"
    );
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&scene(), |scene| {
        let (paths, files) = stage(folder.path(), &scene);
        let names: Vec<String> = paths.iter().map(|(path, _)| path.clone()).collect();
        let expected = by_git(folder.path(), &names);
        let found = by_us(&files, &paths);
        for ((path, expected), found) in names.iter().zip(&expected).zip(&found) {
            prop_assert_eq!(expected, found, "{:?}", path);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
