//! Both ways over real repositories, where there are any.
//!
//! `READYGATE_FIELD` names a folder of git folders, bare or not, one below the other: `FIELD/NAME` or
//! `FIELD/NAME/repo`. Unset, there is nothing to do.

#![allow(
    clippy::print_stdout,
    reason = "what was skipped and what it cost is told to whoever runs it"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::cli::program::{end, online};
use crate::github::fixture::{DEFAULT, Fixture};
use crate::github::mock::Mock;
use crate::github::repo::run;

#[test]
fn a_checkout_and_the_api_agree_about_real_repositories() {
    let Some(field) = std::env::var_os("READYGATE_FIELD") else {
        println!("skipped: READYGATE_FIELD names no folder of repositories");
        return;
    };
    let mut folders: Vec<PathBuf> = std::fs::read_dir(field)
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect();
    folders.sort();
    let mut differing = Vec::new();
    for folder in folders {
        let git = if folder.join("repo").is_dir() {
            folder.join("repo")
        } else {
            folder
        };
        if !is_git(&git) {
            continue;
        }
        if let Err(why) = compare(&git) {
            println!("{}: {why}", git.display());
            differing.push(git);
        }
    }
    assert!(differing.is_empty(), "{differing:?}");
}

fn is_git(folder: &Path) -> bool {
    run(folder, &["rev-parse", "--git-dir"], None).is_some()
}

fn compare(git: &Path) -> Result<(), String> {
    let text = |arguments: &[&str]| {
        let out = run(git, arguments, None).ok_or(format!("git {arguments:?} failed"))?;
        Ok::<String, String>(String::from_utf8_lossy(&out).trim().to_owned())
    };
    let head = text(&["rev-parse", "HEAD"])?;
    let mut fixture = Fixture::of(git);
    fixture.default_branch = text(&["symbolic-ref", "--short", "HEAD"]).unwrap_or_else(|_| "main".to_owned());
    let mock = Mock::start(fixture);
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clone");
    let git_text = git.display().to_string();
    let clone_text = clone.display().to_string();
    // A hard link costs nothing, and a mirror that lacks blobs is cloned as it is.
    text(&["clone", "-q", "--local", "--no-checkout", &git_text, &clone_text])?;
    let inside = |arguments: &[&str]| run(&clone, arguments, None);
    inside(&["remote", "set-url", "origin", "https://github.com/o/n.git"]).ok_or("no remote")?;
    inside(&["update-ref", "--no-deref", "HEAD", &head]).ok_or("no head")?;
    let clone = if inside(&["reset", "-q", "--hard"]).is_some() {
        clone
    } else {
        // Without all its blobs it can't be checked out, and its commit can be judged all the same.
        println!("{git_text}: not all files could be written, so the bare repository is judged");
        let bare = folder.path().join("bare.git");
        let bare_text = bare.display().to_string();
        text(&["clone", "-q", "--local", "--bare", &git_text, &bare_text])?;
        let named = ["remote", "set-url", "origin", "https://github.com/o/n.git"];
        run(&bare, &named, None).ok_or("no remote")?;
        bare
    };
    let arguments = ["--format", "json", "--fail-on", "never"];
    let here = timed(online(&mock, DEFAULT, &["check"]).args(arguments).current_dir(&clone));
    mock.forget_requests();
    let there = timed(online(&mock, DEFAULT, &["check", "--repo", &format!("o/n@{head}")]).args(arguments));
    println!(
        "{git_text}: {} files, here {} ms, there {} ms and {} requests",
        here["cost"]["files_listed"],
        here["cost"]["elapsed_ms"],
        there["cost"]["elapsed_ms"],
        there["cost"]["api_requests"]
    );
    same(here, there)
}

fn timed(command: &mut Command) -> Value {
    end(command).with(0).json()
}

fn same(mut here: Value, mut there: Value) -> Result<(), String> {
    for report in [&mut here, &mut there] {
        report["cost"].take();
        report["target"]["source"].take();
        report["target"]["ref"].take();
    }
    let (here, there) = (format!("{here:#}"), format!("{there:#}"));
    if here == there {
        return Ok(());
    }
    let lines = here.lines().zip(there.lines()).filter(|(left, right)| left != right);
    let shown: Vec<String> = lines
        .take(12)
        .map(|(left, right)| format!("  {left}\n  {right}"))
        .collect();
    Err(shown.join("\n"))
}
