//! `readygate doctor`, on disk and through the API.

use serde_json::json;

use crate::cli::program::{Ended, end, online, readygate};
use crate::github::fixture::{ADMIN, DEFAULT, Fixture, PERSON};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

const WORKFLOW: &str = "\
name: Readiness
on:
  pull_request:
  pull_request_review:
    types: [submitted, dismissed]
  merge_group:
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      checks: write
      pull-requests: write
    steps:
      - uses: readygate/readygate@1111111111111111111111111111111111111111
";

const GOOD: [(&str, &str); 3] = [
    (".github/workflows/readiness.yml", WORKFLOW),
    (".github/CODEOWNERS", "/.github/ @ops\n"),
    (".github/readiness.toml", "version = 1\nextends = [\"builtin:web\"]\n"),
];

/// A repository whose branch requires the gate's job and a code owner's review.
fn world(files: &[(&str, &str)]) -> (GitRepo, Fixture) {
    let repo = GitRepo::new();
    repo.commit(files);
    let mut fixture = Fixture::of(repo.path());
    let rule = |kind: &str, parameters| {
        json!({"type": kind, "ruleset_source_type": "Repository", "ruleset_source": "o/n",
        "ruleset_id": 5, "parameters": parameters})
    };
    fixture.rules = vec![
        rule(
            "required_status_checks",
            json!({"required_status_checks": [{"context": "gate"}],
            "strict_required_status_checks_policy": false}),
        ),
        rule(
            "pull_request",
            json!({"required_approving_review_count": 1, "dismiss_stale_reviews_on_push": true,
            "require_code_owner_review": true, "require_last_push_approval": false,
            "required_review_thread_resolution": false}),
        ),
    ];
    (repo, fixture)
}

fn doctor(mock: &Mock, token: &str, more: &[&str]) -> Ended {
    let arguments = [&["doctor", "--repo", "o/n"], more].concat();
    end(online(mock, token, &arguments).env("SSL_CERT_FILE", "/dev/null"))
}

#[test]
fn a_good_set_up_is_told_nothing() {
    let (_repo, fixture) = world(&GOOD);
    let mock = Mock::start(fixture);
    let ended = doctor(&mock, DEFAULT, &[]).with(0);
    assert_eq!(ended.out, "nothing is wrong with the set-up\n");
    let json = doctor(&mock, DEFAULT, &["--format", "json"]).with(0).json();
    assert_eq!(json, json!({"version": 1, "stops": false, "diagnoses": []}));
    assert!(mock.requests().len() < 30, "{:#?}", mock.requests());
}

#[test]
fn what_is_wrong_is_told_worst_first_one_line_each() {
    let mut files = GOOD;
    let wrong = WORKFLOW
        .replace("  gate:\n", "  gate:\n    name: Gate\n    needs: [test]\n")
        .replace("@1111111111111111111111111111111111111111", "@v1")
        .replace("  merge_group:\n", "");
    files[0].1 = &wrong;
    let (_repo, mut fixture) = world(&files);
    fixture.rules.push(json!({"type": "merge_queue", "ruleset_id": 5}));
    let mock = Mock::start(fixture);
    let ended = doctor(&mock, DEFAULT, &[]).with(1);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines.len(), 6, "{}", ended.out);
    assert!(
        lines[0].starts_with("stops: ") && lines[1].starts_with("stops: ") && lines[2].starts_with("weakens: "),
        "{}",
        ended.out
    );
    assert_eq!(
        lines[3],
        "weakens: the gate is `readygate/readygate@v1`: a tag or branch, which can be moved to other code \
         (.github/workflows/readiness.yml:17). Name the release's full commit SHA."
    );
    assert_eq!(lines[5], "2 stop the gate, 2 weaken it");
    let json = doctor(&mock, DEFAULT, &["--format", "json"]).with(1).json();
    assert_eq!(
        (&json["stops"], json["diagnoses"].as_array().unwrap().len()),
        (&json!(true), 4)
    );
    assert_eq!(json["diagnoses"][3]["line"], 17);
}

#[test]
fn what_the_token_is_not_told_is_unknown() {
    let (_repo, mut fixture) = world(&GOOD);
    fixture.rules.clear();
    fixture.protection = Some(json!({
        "required_status_checks": {"strict": false, "contexts": ["gate"], "checks": [{"context": "gate", "app_id": null}]},
        "required_pull_request_reviews": {"required_approving_review_count": 1, "require_code_owner_reviews": true},
        "enforce_admins": {"enabled": true},
    }));
    let mock = Mock::start(fixture);
    let ended = doctor(&mock, PERSON, &[]).with(0);
    assert_eq!(ended.out.lines().count(), 3, "{}", ended.out);
    assert!(
        ended.out.starts_with("unknown: whether an owner has to approve") && ended.out.contains("administration"),
        "{}",
        ended.out
    );
    doctor(&mock, ADMIN, &[])
        .with(0)
        .out
        .eq("nothing is wrong with the set-up\n")
        .then_some(())
        .unwrap();
}

#[test]
fn a_policy_with_mistakes_stops_and_so_does_a_missing_workflow() {
    let mut files = GOOD;
    files[2].1 = "version = 1\n[gate]\nfail-on = \"regresion\"\n";
    let (_repo, fixture) = world(&files);
    let mock = Mock::start(fixture);
    let ended = doctor(&mock, DEFAULT, &[]).with(1);
    assert!(
        ended.out.starts_with("stops: the policy has mistakes") && ended.out.contains(".github/readiness.toml:3: "),
        "{}",
        ended.out
    );
    let (_repo, fixture) = world(&[("README.md", "# A\n")]);
    let mock = Mock::start(fixture);
    let ended = doctor(&mock, DEFAULT, &[]).with(1);
    assert!(
        ended.out.starts_with("stops: no workflow runs the gate") && ended.out.contains("\nnotice: there is no policy"),
        "{}",
        ended.out
    );
}

#[test]
fn a_checkout_is_looked_at_without_a_request() {
    let repo = crate::cli::program::shop(&GOOD);
    let run = |arguments: &[&str]| end(readygate(&[&["doctor"], arguments].concat()).current_dir(repo.path()));
    let ended = run(&["--offline"]).with(0);
    assert!(
        ended
            .out
            .contains("unknown: whether the branch requires the gate's job is not known"),
        "{}",
        ended.out
    );
    assert!(ended.out.contains("--offline"), "{}", ended.out);
    assert!(!ended.out.contains("stops: "), "{}", ended.out);
    run(&["--offline", "--repo", "o/n"]).with(2);
    run(&["--format", "yaml"]).with(2);
    run(&["nowhere"]).with(3);
    run(&["--repo", "nonsense"]).with(2);
    let mock = Mock::start(Fixture::of(repo.path()));
    end(&mut online(&mock, DEFAULT, &["doctor", "--repo", "o/other"])).with(3);
}

/// What a hostile repository names is shown, never obeyed.
#[test]
fn names_of_the_repository_reach_the_terminal_escaped() {
    let hostile = WORKFLOW.replace("  gate:\n", "  gate:\n    name: \"a\\e[31m\\n::error::b\"\n");
    let (_repo, fixture) = world(&[(".github/workflows/readiness.yml", &hostile)]);
    let mock = Mock::start(fixture);
    let ended = doctor(&mock, DEFAULT, &[]).with(0);
    assert!(
        !ended.out.contains('\u{1b}') && !ended.out.lines().any(|line| line.starts_with("::")),
        "{}",
        ended.out
    );
}

/// The gate's own repository: nothing stops its gate, and nothing that can be seen without requests weakens it.
#[test]
fn our_own_set_up_is_in_order() {
    let ended = end(&mut readygate(&["doctor", env!("CARGO_MANIFEST_DIR"), "--offline"])).with(0);
    let bad = |line: &&str| line.starts_with("stops: ") || line.starts_with("weakens: ");
    assert_eq!(ended.out.lines().find(bad), None, "{}", ended.out);
}

/// The gate's own workflows pass its packs without a waiver.
#[test]
fn our_own_workflows_pass_the_packs() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    std::fs::write(
        &policy,
        "version = 1\nextends = [\"builtin:default\", \"builtin:project\"]\n",
    )
    .unwrap();
    let policy = policy.display().to_string();
    let arguments = ["--offline", "--policy", &policy, "--format", "json"];
    let report = crate::cli::program::check(std::path::Path::new(env!("CARGO_MANIFEST_DIR")), &arguments).json();
    let controls = report["controls"].as_array().unwrap();
    let mut seen = 0;
    for control in controls {
        let is_ci = matches!(control["category"].as_str(), Some("ci" | "deploy"));
        seen += usize::from(is_ci && control["outcome"] == "pass");
        assert!(!(is_ci && control["outcome"] == "fail"), "{control:#}");
        for finding in control["findings"].as_array().unwrap() {
            let path = finding["path"].as_str().unwrap_or_default();
            assert!(!path.starts_with(".github/"), "{control:#}");
        }
    }
    assert!(seen >= 5, "{seen} controls about workflows pass");
}
