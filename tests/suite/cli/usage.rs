//! Exit statuses, options and messages.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use crate::cli::program::{BASE, LOST_LINE, POLICY, check, end, online, readygate, shop, written};
use crate::github::fixture::{DEFAULT, Fixture};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

fn outcome<'a>(report: &'a serde_json::Value, id: &str) -> (&'a str, Option<&'a str>) {
    let all = report["controls"].as_array().unwrap();
    let found = all.iter().find(|control| control["id"] == id).unwrap();
    (found["outcome"].as_str().unwrap(), found["cause"].as_str())
}

#[test]
fn help_and_version_are_no_mistake_and_a_wrong_option_is() {
    assert!(end(&mut readygate(&["--help"])).with(0).out.contains("check"));
    assert_eq!(
        end(&mut readygate(&["--version"])).with(0).out,
        format!("readygate {}\n", env!("CARGO_PKG_VERSION"))
    );
    end(&mut readygate(&["check", "--bse", "main"]))
        .with(2)
        .saying("--base");
    end(&mut readygate(&[])).with(2);
    end(&mut readygate(&["check", "--fail-on", "hgh"]))
        .with(2)
        .saying("did you mean `high`?");
    end(&mut readygate(&["check", "--repo", "o/n", "--offline"])).with(2);
    end(&mut readygate(&["check", "--repo", "nothing"]))
        .with(2)
        .saying("OWNER/NAME");
}

#[test]
fn the_level_decides_the_exit_status() {
    let repo = shop(&BASE);
    for (level, status) in [
        ("never", 0),
        ("regression", 0),
        ("critical", 0),
        ("high", 1),
        ("low", 1),
    ] {
        let ended = check(repo.path(), &["--fail-on", level]);
        assert_eq!(ended.status, status, "{level}: {}", ended.out);
    }
}

#[test]
fn globs_choose_controls_and_one_that_matches_nothing_is_refused() {
    let repo = shop(&BASE);
    let report = check(repo.path(), &["--only", "shop.env*", "--format", "json"])
        .with(0)
        .json();
    assert_eq!(report["controls"].as_array().unwrap().len(), 1);
    let report = check(repo.path(), &["--skip", "shop.env*", "--format", "json"])
        .with(0)
        .json();
    assert_eq!(report["counts"]["fail"], 2);
    assert_eq!(report["counts"]["pass"], 0);
    for option in ["--only", "--skip"] {
        check(repo.path(), &[option, "shop.nothing*"])
            .with(2)
            .saying("shop.nothing*");
    }
    check(repo.path(), &["--only", "shop.[x"]).with(2).saying("shop.[x");
}

#[test]
fn formats_go_to_files_and_one_of_them_to_standard_output() {
    let repo = shop(&BASE);
    check(repo.path(), &["--format", "json", "--format", "human"])
        .with(2)
        .saying("standard output");
    let ended = check(
        repo.path(),
        &[
            "--format",
            "json=report.json",
            "--format",
            "sarif=a.sarif",
            "--format",
            "markdown",
        ],
    );
    let ended = ended.with(0);
    assert!(
        ended.out.starts_with('#') || ended.out.starts_with("<!--"),
        "{}",
        ended.out
    );
    let read = |name: &str| std::fs::read(repo.path().join(name)).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&read("report.json")).unwrap();
    assert_eq!(json["version"], 1);
    let sarif: serde_json::Value = serde_json::from_slice(&read("a.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    check(repo.path(), &["--format", "json=no/such/folder.json"])
        .with(3)
        .saying("no/such/folder.json");
    check(repo.path(), &["--format", "jsn"]).with(2).saying("json");
}

#[test]
fn two_runs_print_the_same_bytes_and_cost_alone_differs() {
    let repo = shop(&BASE);
    let human = || check(repo.path(), &[]).with(0).out;
    assert_eq!(human(), human());
    let json = || {
        let mut report = check(repo.path(), &["--format", "json"]).with(0).json();
        report["cost"]["elapsed_ms"].take();
        report
    };
    assert_eq!(json(), json());
}

#[test]
fn a_repository_on_github_needs_no_checkout() {
    let repo = shop(&BASE);
    let mock = Mock::start(Fixture::of(repo.path()));
    let report = end(&mut online(
        &mock,
        DEFAULT,
        &["check", "--repo", "o/n", "--format", "json"],
    ))
    .with(0)
    .json();
    assert_eq!(report["target"]["source"], "github");
    assert_eq!(report["counts"]["fail"], 2);
    assert!(mock.requests().len() <= 6, "{:#?}", mock.requests());
    end(&mut online(&mock, DEFAULT, &["check", "--repo", "o/none"]))
        .with(3)
        .saying("o/none");
    end(&mut online(&mock, DEFAULT, &["check", "--repo", "o/n@nowhere"]))
        .with(3)
        .saying("nowhere");
    end(&mut online(&mock, "mock-wrong", &["check", "--repo", "o/n"]))
        .with(3)
        .saying("token");
}

#[test]
fn without_a_token_or_offline_no_request_is_made_and_settings_are_unknown() {
    let policy = format!(
        "{POLICY}\n[[control]]\nid = \"shop.protected\"\ntitle = \"t\"\nseverity = \"high\"\nrationale = \"r\"\nremediation = \"r\"\ncheck.branch = {{ protected = true }}\n"
    );
    let mut files = BASE;
    files[0] = (".github/readiness.toml", &policy);
    let repo = shop(&files);
    let report = check(repo.path(), &["--format", "json"]).with(0).json();
    assert_eq!(outcome(&report, "shop.protected"), ("unknown", Some("network")));
    let mock = Mock::start(Fixture::of(repo.path()));
    let mut command = online(&mock, DEFAULT, &["check", "--offline", "--format", "json"]);
    let report = end(command.current_dir(repo.path())).with(0).json();
    assert_eq!(outcome(&report, "shop.protected"), ("unknown", Some("network")));
    assert_eq!(mock.requests(), [""; 0]);
    let mut command = online(&mock, DEFAULT, &["check", "--format", "json"]);
    let report = end(command.current_dir(repo.path())).with(0).json();
    assert_eq!(outcome(&report, "shop.protected"), ("fail", None));
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn what_only_git_knows_is_unknown_in_a_folder_without_git() {
    let folder = tempfile::tempdir().unwrap();
    let tracked = "[[control]]\nid = \"a.tracked\"\ntitle = \"t\"\nseverity = \"high\"\nrationale = \"r\"\nremediation = \"r\"\ncheck.path = { absent = \"**/.env\", tracked = true }\n";
    let policy = format!("{POLICY}\n{tracked}");
    write(folder.path(), &BASE);
    write(folder.path(), &[(".github/readiness.toml", &policy), (".env", "A=1")]);
    let report = check(folder.path(), &["--format", "json"]).with(0).json();
    assert_eq!(outcome(&report, "a.tracked").0, "unknown");
    assert_eq!(outcome(&report, "shop.env-ignored").0, "pass");
    assert_eq!(report["target"]["sha"], serde_json::Value::Null);
    check(folder.path(), &["--base", "main"]).with(2).saying("--base");
}

#[test]
fn empty_bare_sub_and_missing_folders() {
    let folder = tempfile::tempdir().unwrap();
    let report = check(folder.path(), &["--format", "json"]).with(0).json();
    assert_eq!(
        report["verdict"]["decision"], "go",
        "an empty folder has nothing critical"
    );
    check(folder.path(), &["nowhere"]).with(3).saying("nowhere");
    let repo = shop(&BASE);
    let bare = folder.path().join("bare.git");
    repo.git(&["clone", "-q", "--bare", ".", &bare.display().to_string()]);
    let whole = check(repo.path(), &["--format", "json"]).with(0).json();
    for place in [repo.path().join("backend"), bare] {
        let report = check(&place, &["--format", "json"]).with(0).json();
        assert_eq!(report["controls"], whole["controls"], "{}", place.display());
    }
    let unborn = GitRepo::new();
    check(unborn.path(), &[]).with(0);
    check(unborn.path(), &["--base", "main"]).with(2);
}

#[test]
fn commands_that_are_not_there_yet_say_so() {
    for command in ["init", "explain"] {
        end(&mut readygate(&[command, "--any", "thing"]))
            .with(2)
            .saying(&format!("`readygate {command}` is not there yet"));
    }
    end(&mut readygate(&["policy", "test"])).with(2).saying("not there yet");
}

#[test]
fn a_broken_policy_tells_all_its_mistakes_and_judges_nothing() {
    let broken = POLICY
        .replace("severity = \"critical\"", "severity = \"critcal\"")
        .replace("remediation = \"Commit the lockfile.\"", "remedation = \"x\"");
    let mut files = BASE;
    files[0] = (".github/readiness.toml", &broken);
    let repo = shop(&files);
    for arguments in [vec!["policy", "check"], vec!["controls"], vec!["check"]] {
        let ended = end(readygate(&arguments).current_dir(repo.path())).with(2);
        assert_eq!(ended.out, "");
        let ended = ended.saying("critcal").saying("remedation");
        assert!(ended.err.contains(".github/readiness.toml:6"), "{}", ended.err);
    }
    let good = shop(&BASE);
    let ended = end(readygate(&["policy", "check"]).current_dir(good.path())).with(0);
    assert!(ended.out.contains("3 controls"), "{}", ended.out);
    let ended = end(readygate(&["controls"]).current_dir(good.path())).with(0);
    assert_eq!(ended.out.lines().count(), 3, "{}", ended.out);
    let ended = end(readygate(&["policy", "check", "nowhere.toml"]).current_dir(good.path()));
    ended.with(3).saying("nowhere.toml");
}

#[test]
fn a_huge_policy_is_refused_before_it_is_read() {
    let huge = format!("{POLICY}#{}\n", "x".repeat(1 << 20));
    let mut files = BASE;
    files[0] = (".github/readiness.toml", &huge);
    let repo = shop(&files);
    for arguments in [
        vec!["policy", "check"],
        vec!["check"],
        vec!["check", "--policy", ".github/readiness.toml"],
    ] {
        let ended = end(readygate(&arguments).current_dir(repo.path())).with(2);
        ended.saying("readiness.toml").saying("bytes");
    }
}

#[test]
fn the_policy_option_judges_whatever_the_repository_holds() {
    let repo = shop(&BASE);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("strict.toml");
    std::fs::write(
        &file,
        POLICY.replace("severity = \"medium\"", "severity = \"critical\""),
    )
    .unwrap();
    let file = file.display().to_string();
    check(repo.path(), &["--policy", &file]).with(1);
    check(repo.path(), &["--policy", &file, "--base", "main"]).with(0);
    check(repo.path(), &["--policy", "nowhere.toml"])
        .with(3)
        .saying("nowhere.toml");
}

#[test]
fn a_policy_that_git_does_not_track_yet_judges_and_is_said() {
    let repo = shop(&BASE[1..]);
    std::fs::create_dir_all(repo.path().join(".github")).unwrap();
    let strict = POLICY.replace("severity = \"medium\"", "severity = \"critical\"");
    std::fs::write(repo.path().join(".github/readiness.toml"), strict).unwrap();
    check(repo.path(), &[]).with(1).saying("not tracked by git yet");
    end(readygate(&["policy", "check"]).current_dir(repo.path())).with(0);
    check(repo.path(), &["--base", "main"]).with(0);
}

#[test]
fn colour_is_for_who_asks_for_it() {
    let repo = shop(&BASE);
    let run = |pairs: &[(&str, &str)]| {
        let mut command = readygate(&["check"]);
        command.envs(pairs.iter().copied()).current_dir(repo.path());
        end(&mut command).with(0).out
    };
    assert!(!run(&[]).contains('\x1b'));
    assert!(run(&[("CLICOLOR_FORCE", "1")]).contains('\x1b'));
    assert!(!run(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\x1b'));
}

#[test]
fn a_reader_that_goes_is_no_error() {
    let files: Vec<(String, String)> = (0..1_000)
        .map(|at| (format!("a{at}.js"), "// FIXME\n".to_owned()))
        .collect();
    let mut files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    files.extend(BASE);
    let repo = shop(&files);
    let mut child = readygate(&["check", "--format", "json"])
        .current_dir(repo.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn the_example_keeps_what_its_readme_says() {
    let folder = tempfile::tempdir().unwrap();
    let shop = folder.path().join("web-shop");
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/web-shop")),
        &shop,
    );
    let day = ["--as-of", "2026-11-20"];
    let judged = check(&shop, &day).with(0);
    assert!(judged.out.contains("go"), "{}", judged.out);
    let ignore = shop.join(".gitignore");
    let without: String = std::fs::read_to_string(&ignore)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with(".env"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&ignore, without).unwrap();
    let judged = check(&shop, &day).with(1);
    assert!(judged.out.contains(".env"), "{}", judged.out);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_policy_that_head_loosens_is_told_in_a_checkout_too() {
    let repo = shop(&BASE);
    repo.branch("feature");
    let loosened = POLICY.replace("severity = \"critical\"", "severity = \"low\"");
    repo.commit(&[(".github/readiness.toml", &loosened), LOST_LINE]);
    written(&repo);
    let report = check(repo.path(), &["--base", "main", "--format", "json"])
        .with(1)
        .json();
    let kinds: Vec<&str> = report["regressions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"weakening") && kinds.len() == 2, "{kinds:?}");
}
