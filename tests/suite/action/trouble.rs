//! What can't be read, can't be told, or goes wrong: never a pass, and always an end.

use std::time::Instant;

use super::job::{Job, branches, serve};
use crate::cli::program::{BASE, LOST_LINE, POLICY};
use crate::github::fixture::{ADMIN, DEFAULT, Fixture, Trouble};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

const PROTECTED: &str = r#"
[[control]]
id = "shop.admins"
title = "Rules hold for administrators"
severity = "high"
rationale = "r"
remediation = "r"
check.branch = { admins-included = true }
"#;

fn limit() -> Trouble {
    let headers = vec![
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset", "99999999999".to_owned()),
    ];
    Trouble::Status(403, headers, "API rate limit exceeded")
}

fn with_trouble(repo: &GitRepo, at: &str, what: Trouble) -> Mock {
    Mock::start(Fixture::of(repo.path()).with_fault(at, 1_000, what))
}

#[test]
fn a_repository_that_can_not_be_read_is_no_verdict() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &"e".repeat(40)).ends(3);
    assert!(left.err.contains("no verdict"), "{}", left.err);
    assert!(left.summary.contains("could not be read"), "{}", left.summary);
    assert_eq!(mock.check_runs()[0]["conclusion"], "failure");
    assert_eq!((left.output("verdict"), left.outputs.len()), ("no-go", 1));
    assert!(left.summary.contains("Enforcement: level 1 of 3"), "{}", left.summary);
    let left = Job::pull(&mock, &head).token("mock-wrong").ends(3);
    assert!(left.err.contains("token"), "{}", left.err);
    let left = Job::pull(&mock, &head)
        .variable("GITHUB_REPOSITORY", "o/none")
        .input("annotations", "false")
        .ends(3);
    assert!(left.err.contains("o/none"), "{}", left.err);
}

/// The summary always, also where nothing could be begun.
#[test]
fn a_run_that_is_refused_at_once_says_so_in_the_summary() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).input("fail-on", "nonsense").ends(2);
    assert!(left.summary.contains("no verdict: wrong usage"), "{}", left.summary);
    assert!(left.summary.contains("the input `fail-on`"), "{}", left.summary);
    // Wrong usage is neither go nor no-go.
    assert!(left.outputs.is_empty(), "{:?}", left.outputs);
    let left = Job::pull(&mock, &head).variable("GITHUB_API_URL", "nowhere").ends(2);
    assert!(left.summary.contains("`nowhere`"), "{}", left.summary);
    assert!(left.summary.contains("Enforcement: level 1 of 3"), "{}", left.summary);
    assert_eq!(mock.requests(), [""; 0]);
}

#[test]
fn what_the_token_may_not_see_is_unknown_and_the_permission_is_named() {
    let policy = format!("{POLICY}{PROTECTED}");
    let mut base = BASE;
    base[0].1 = &policy;
    let (repo, head) = branches(&base, &[("README.md", "# The shop\n")]);
    let start = || {
        let mut fixture = Fixture::of(repo.path());
        fixture.protection = Some(serde_json::json!({"enforce_admins": {"enabled": true}}));
        Mock::start(fixture)
    };
    let control = |left: &super::job::Left| {
        let all = left.report["controls"].as_array().unwrap();
        all.iter().find(|one| one["id"] == "shop.admins").unwrap().clone()
    };
    let mock = start();
    let told = control(&Job::pull(&mock, &head).ends(0));
    assert_eq!(
        (told["outcome"].as_str(), told["cause"].as_str()),
        (Some("unknown"), Some("permission"))
    );
    assert!(told["reason"].as_str().unwrap().contains("administration"), "{told:#}");
    let told = control(&Job::pull(&mock, &head).input("settings-token", ADMIN).ends(0));
    assert_eq!(told["outcome"], "pass");
    let wrote = mock
        .comments()
        .iter()
        .chain(&mock.check_runs())
        .any(|one| one["user"]["login"] == "admin");
    assert!(!wrote, "the settings' token reads only");
}

#[test]
fn a_rate_limit_that_lasts_too_long_is_not_waited_for() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let started = Instant::now();
    let mock = with_trouble(&repo, "/git/trees", limit());
    let left = Job::pull(&mock, &head).ends(3);
    assert!(left.err.contains("limit"), "{}", left.err);
    assert!(started.elapsed().as_secs() < 30);
}

#[test]
fn an_outage_ends_the_job_and_passes_nothing() {
    let (repo, head) = branches(&BASE, &[("README.md", "# The shop\n")]);
    let started = Instant::now();
    let mock = with_trouble(&repo, "/git/trees", Trouble::Status(502, vec![], "Bad gateway"));
    Job::pull(&mock, &head).ends(3);
    assert!(started.elapsed().as_secs() < 40);
}

#[test]
fn contents_that_can_not_be_read_are_unknown_and_nobody_is_charged() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let policy = repo.git(&["rev-parse", "HEAD:.github/readiness.toml"]);
    let ids = repo.git(&["rev-parse", "HEAD:.gitignore", "main:.gitignore"]);
    let mut fixture = Fixture::of(repo.path()).with_fault("/graphql", 1_000, limit());
    for id in ids.lines() {
        assert_ne!(id, policy);
        fixture = fixture.with_fault(id, 1_000, limit());
    }
    let mock = Mock::start(fixture);
    let left = Job::pull(&mock, &head).ends(0);
    let all = left.report["controls"].as_array().unwrap();
    let control = all.iter().find(|one| one["id"] == "shop.env-ignored").unwrap();
    assert_eq!(
        (control["outcome"].as_str(), control["cause"].as_str()),
        (Some("unknown"), Some("limit"))
    );
    assert_eq!(left.output("regressions"), "0");
    assert!(left.out.contains("Not settled"), "{}", left.out);
}

#[test]
fn what_can_not_be_published_changes_no_verdict() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let down = || Trouble::Status(502, vec![], "Bad gateway");
    let mock = with_trouble(&repo, "/check-runs", down());
    let left = Job::pull(&mock, &head).ends(1);
    assert!(left.err.contains("check run"), "{}", left.err);
    assert_eq!(mock.comments().len(), 1);
    let mock = with_trouble(&repo, "/issues/", down());
    let left = Job::pull(&mock, &head).ends(1);
    assert!(left.err.contains("comment"), "{}", left.err);
    assert_eq!(left.output("verdict"), "no-go");
}

#[test]
fn secrets_are_not_told_anywhere() {
    let secret = "hunter2-hunter2-hunter2";
    let policy = format!(
        "{POLICY}\n[[control]]\nid = \"shop.no-secret\"\ntitle = \"No secret\"\nseverity = \"critical\"\nrationale = \"r\"\nremediation = \"r\"\ncheck.none = [{{ text = {{ pattern = '(?i)password.*', in = [\"**/*.js\"] }} }}]\n"
    );
    let mut base = BASE;
    base[0].1 = &policy;
    let line = format!("const db = {{}};\ndb.password = '{secret}';\n");
    let (repo, head) = branches(&base, &[("backend/db.js", &line)]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).token(DEFAULT).ends(1);
    assert_eq!(left.output("regressions"), "1");
    let published = format!("{:?}{:?}", mock.comments(), mock.check_runs());
    for (place, text) in [
        ("the log", &left.out),
        ("standard error", &left.err),
        ("the summary", &left.summary),
        ("the report", &left.report.to_string()),
        ("GitHub", &published),
    ] {
        assert!(!text.contains(secret), "the secret is in {place}");
    }
}
