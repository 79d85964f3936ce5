//! A checkout and the API give the same result.

use serde_json::Value;

use crate::cli::program::{BASE, LOST_LINE, POLICY, end, online, shop, written};
use crate::github::fixture::{DEFAULT, Fixture};
use crate::github::mock::Mock;
use crate::github::repo::{Change, GitRepo};

/// The result without `target.source` and `cost`.
fn told(command: &mut std::process::Command, status: i32) -> Value {
    let mut report = end(command).with(status).json();
    report["target"]["source"].take();
    report["cost"].take();
    report
}

/// Judges a branch both ways, alone or against `base`.
fn assert_same(repo: &GitRepo, branch: &str, base: Option<&str>, status: i32) {
    let mock = Mock::start(Fixture::of(repo.path()));
    let remote = format!("o/n@{branch}");
    let mut common = vec!["--format", "json", "--as-of", "2026-11-20"];
    common.extend(base.iter().flat_map(|base| ["--base", *base]));
    let mut here = online(&mock, DEFAULT, &["check"]);
    let here = told(here.args(&common).current_dir(repo.path()), status);
    let mut there = online(&mock, DEFAULT, &["check", "--repo", &remote]);
    let there = told(there.args(&common), status);
    similar(&here, &there);
}

/// Both as text, so that a difference is shown as lines.
pub fn similar(here: &Value, there: &Value) {
    let (here, there) = (format!("{here:#}"), format!("{there:#}"));
    let differing = here.lines().zip(there.lines()).find(|(left, right)| left != right);
    assert!(here == there, "here and there differ first in {differing:#?}");
}

#[test]
fn a_shop_as_it_is_and_against_its_base() {
    let repo = shop(&BASE);
    repo.branch("feature");
    repo.commit(&[LOST_LINE, ("web/package.json", "{}")]);
    written(&repo);
    assert_same(&repo, "feature", Some("main"), 1);
    assert_same(&repo, "feature", None, 1);
}

#[test]
fn the_default_pack_with_settings() {
    let mut files = BASE.to_vec();
    let policy = format!(
        "{}{}",
        POLICY.replacen("version = 1", "version = 1\nextends = [\"builtin:default\"]", 1),
        r#"
[[control]]
id = "shop.protected"
title = "main is protected"
severity = "high"
rationale = "r"
remediation = "r"
check.branch = { protected = true }
"#
    );
    files[0] = (".github/readiness.toml", &policy);
    files.push((
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n",
    ));
    let repo = shop(&files);
    repo.branch("feature");
    repo.commit(&[LOST_LINE]);
    written(&repo);
    assert_same(&repo, "feature", Some("main"), 1);
}

#[test]
fn odd_files_are_the_same_from_both_sides() {
    let mut policy = POLICY.replace("'FIXME', in = [\"**/*.js\"]", "'FIXME', in = [\"**\"]");
    policy.push_str("\n[gate]\nfail-on = \"never\"\n");
    let repo = GitRepo::new();
    let large = vec![b'x'; (1 << 20) + 1];
    let changes = [
        Change::Write(".github/readiness.toml", policy.as_bytes()),
        Change::Write(
            ".gitattributes",
            b"*.txt text eol=crlf\n*.psd filter=lfs -text\nhidden export-ignore\n",
        ),
        Change::Write("crlf.txt", b"FIXME one\nFIXME two\n"),
        Change::Write("kept.dat", b"a\r\nFIXME\r\n"),
        Change::Write("hidden", b"FIXME\n"),
        Change::Write("utf16.js", b"\xff\xfeF\0I\0"),
        Change::Write("latin1.js", b"caf\xe9 FIXME\n"),
        Change::Write("binary.js", &[0, 1, 2, b'F']),
        Change::Write("large.js", &large),
        Change::Write("node_modules/a/index.js", b"FIXME\n"),
        Change::Write("a b/ünï.js", b"// FIXME\n"),
        Change::Link("link.js", "hidden"),
        Change::Link("out.js", "/etc/passwd"),
        Change::Run("run.js", b"// FIXME\n"),
        Change::Module("module", "0123456789012345678901234567890123456789"),
        Change::Write("package.json", b"{\"dependencies\": {\"express\": "),
        Change::Write("package-lock.json", b"{}"),
    ];
    repo.change(&changes);
    repo.git(&["remote", "add", "origin", "git@github.com:o/n.git"]);
    written(&repo);
    assert_same(&repo, "main", None, 0);
}

#[test]
fn many_folders_read_through_a_cut_listing_are_the_same() {
    let mut files: Vec<(String, String)> = (0..600)
        .map(|at| {
            (
                format!("d{}/f{at}.js", at % 23),
                format!("// {at}{}\n", if at % 50 == 0 { " FIXME" } else { "" }),
            )
        })
        .collect();
    files.extend(BASE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let repo = shop(&files);
    let mut fixture = Fixture::of(repo.path());
    fixture.truncate_at = 200;
    let mock = Mock::start(fixture);
    let common = ["--format", "json"];
    let here = told(
        online(&mock, DEFAULT, &["check"]).args(common).current_dir(repo.path()),
        0,
    );
    let there = told(online(&mock, DEFAULT, &["check", "--repo", "o/n@main"]).args(common), 0);
    similar(&here, &there);
}
