//! The pull request's author is not trusted: whose policy judges, and who may accept a weakening.

use serde_json::{Value, json};

use super::job::{Job, annotations, branches, serve};
use crate::cli::program::{BASE, LOST_LINE, POLICY};
use crate::github::fixture::{ADMIN, Fault, Fixture, Trouble};
use crate::github::mock::Mock;
use crate::github::repo::{Change, GitRepo};

const PATH: &str = ".github/readiness.toml";

/// The policy with its gravest control at the lowest severity.
fn loosened() -> String {
    POLICY.replace("severity = \"critical\"", "severity = \"low\"")
}

fn approval(by: &str, commit: &str) -> Value {
    json!({"user": {"login": by}, "state": "APPROVED", "commit_id": commit})
}

/// The mock of a repository whose pull request has these reviews; all but `guest` and `former` may write.
fn reviewed(repo: &GitRepo, reviews: Vec<Value>) -> Mock {
    let mut fixture = Fixture::of(repo.path());
    fixture.reviews.insert(7, reviews);
    for (login, permission) in [
        ("ops", "write"),
        ("ana", "write"),
        ("lead", "write"),
        ("dev", "write"),
        ("guest", "read"),
        ("former", "read"),
    ] {
        fixture.collaborators.insert(login.to_owned(), permission.to_owned());
    }
    Mock::start(fixture)
}

#[test]
fn the_policy_of_base_judges_what_head_loosens() {
    let policy = POLICY.replacen("[[control]]", "[gate]\nfail-on = \"critical\"\n\n[[control]]", 1);
    let mut base = BASE;
    base[0].1 = &policy;
    let loosened = policy.replace("severity = \"critical\"", "severity = \"low\"");
    let (repo, head) = branches(&base, &[(PATH, &loosened), LOST_LINE]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(1);
    let mut kinds = left.kinds();
    kinds.sort_unstable();
    assert_eq!(kinds, ["finding", "weakening"]);
    let control = left.report["controls"]
        .as_array()
        .unwrap()
        .iter()
        .find(|control| control["id"] == "shop.env-ignored")
        .unwrap();
    assert_eq!(control["severity"], "critical", "base's severity counts");
}

#[test]
fn a_weakening_is_a_regression_until_an_owner_approves() {
    let loosened = loosened();
    let (repo, head) = branches(&BASE, &[(PATH, &loosened)]);
    let mock = reviewed(&repo, vec![]);
    let left = Job::pull(&mock, &head).ends(1);
    assert_eq!(left.kinds(), ["weakening"]);
    let marked: Vec<String> = annotations(&mock)
        .into_iter()
        .filter(|one| one.ends_with("failure"))
        .collect();
    assert_eq!(marked.len(), 1);
    assert!(marked[0].starts_with(".github/readiness.toml:"), "{marked:?}");
    let old = repo.git(&["rev-parse", "main"]);
    for (reviews, status) in [
        (vec![approval("ops", &head)], 0),
        (vec![approval("ana", &head)], 1),
        (vec![approval("guest", &head)], 1),
        (vec![approval("ops", &old)], 1),
        (
            vec![
                approval("ops", &head),
                json!({"user": {"login": "ops"}, "state": "CHANGES_REQUESTED", "commit_id": head}),
            ],
            1,
        ),
    ] {
        let mock = reviewed(&repo, reviews.clone());
        let left = Job::pull(&mock, &head).run();
        assert_eq!(left.status, status, "{reviews:?}\n{}", left.out);
    }
}

#[test]
fn code_owners_of_base_decide_who_approves() {
    let mut base = BASE.to_vec();
    base.push((".github/CODEOWNERS", "*.js @dev\n/.github/ @lead @former\n"));
    let loosened = loosened();
    // Head names itself an owner, which counts for nothing.
    let change = [(PATH, loosened.as_str()), (".github/CODEOWNERS", "* @ops @ana\n")];
    let (repo, head) = branches(&base, &change);
    for (by, status) in [("lead", 0), ("ops", 1), ("ana", 1), ("dev", 1)] {
        let mock = reviewed(&repo, vec![approval(by, &head)]);
        let left = Job::pull(&mock, &head).run();
        assert_eq!(left.status, status, "{by}\n{}", left.out);
        assert!(status == 0 || left.out.contains("@lead"), "{}", left.out);
    }
    // An owner who may not write any more accepts nothing, and neither does one of whom that can't be read.
    let mock = reviewed(&repo, vec![approval("former", &head)]);
    let left = Job::pull(&mock, &head).ends(1);
    assert!(
        left.out.contains("former approved, and has no write access"),
        "{}",
        left.out
    );
    mock.look(|state| {
        let what = Trouble::Status(404, Vec::new(), "Not Found");
        let at = "/collaborators/former".to_owned();
        state.fixture.faults.push(Fault { at, times: 9, what });
    });
    let left = Job::pull(&mock, &head).ends(1);
    assert!(
        left.out.contains("whether they may write could not be read"),
        "{}",
        left.out
    );
}

/// Who is in a team is told to `settings-token` alone: to no workflow's own token.
#[test]
fn a_team_that_owns_the_policy_accepts_by_its_members() {
    let mut base = BASE.to_vec();
    base.push((".github/CODEOWNERS", "/.github/ @o/owners\n"));
    let loosened = loosened();
    let (repo, head) = branches(&base, &[(PATH, &loosened)]);
    let run = |by: &str, token: &str, status: i32| {
        let mock = reviewed(&repo, vec![approval(by, &head)]);
        let people = vec!["lead".to_owned(), "former".to_owned()];
        mock.look(|state| state.fixture.teams.insert("o/owners".to_owned(), people));
        let left = Job::pull(&mock, &head).input("settings-token", token).ends(status);
        assert_eq!(left.report["cost"]["api_requests"], mock.requests().len());
        left.out
    };
    run("lead", ADMIN, 0);
    for (by, token, words) in [
        ("ops", ADMIN, "ops approved, and is in no team of them"),
        ("former", ADMIN, "former approved, and has no write access"),
        ("lead", "", "with `members=read`, or name a person in CODEOWNERS"),
    ] {
        let out = run(by, token, 1);
        assert!(out.contains(words), "{by}: {out}");
        assert!(out.contains("re-run the job `gate`"), "{out}");
    }
}

#[test]
fn weakening_by_who_works_alone_is_a_notice() {
    let alone = format!("{POLICY}\n[gate]\nweakening = \"report\"\n");
    let mut base = BASE;
    base[0].1 = &alone;
    let loosened = alone.replace("severity = \"critical\"", "severity = \"low\"");
    let (repo, head) = branches(&base, &[(PATH, &loosened)]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(0);
    assert_eq!(left.output("verdict"), "go");
}

const WAIVER: &str = "\n[[waiver]]\ncontrol = \"shop.env-ignored\"\nreason = \"Moving\"\nowner = \"@ops\"\nexpires = ";

#[test]
fn a_waiver_new_in_head_counts_by_an_owners_approval_alone() {
    let days = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400;
    let soon = readygate::model::Date::default() + chrono::Duration::days(i64::try_from(days).unwrap() + 30);
    let waived = format!("{POLICY}{WAIVER}{soon}\n");
    let (repo, head) = branches(&BASE, &[(PATH, &waived), LOST_LINE]);
    for (reviews, status) in [
        (vec![], 1),
        (vec![approval("guest", &head)], 1),
        (vec![approval("ana", &head)], 1),
        (vec![approval("ops", &head)], 0),
    ] {
        let mock = reviewed(&repo, reviews.clone());
        let left = Job::pull(&mock, &head).ends(status);
        let mut kinds = left.kinds();
        kinds.sort_unstable();
        let controls = left.report["controls"].as_array().unwrap();
        let control = controls
            .iter()
            .find(|control| control["id"] == "shop.env-ignored")
            .unwrap();
        if status == 0 {
            assert_eq!(
                (kinds, &control["outcome"]),
                (vec!["weakening"], &json!("waived")),
                "{reviews:?}"
            );
        } else {
            assert_eq!(
                (kinds, &control["outcome"]),
                (vec!["finding", "weakening"], &json!("fail")),
                "{reviews:?}"
            );
        }
    }
    // Where no approval is asked for, none is given: the gap is accepted once the waiver is on the base branch.
    let alone = format!("{POLICY}\n[gate]\nweakening = \"report\"\n");
    let mut base = BASE;
    base[0].1 = &alone;
    let (repo, head) = branches(&base, &[(PATH, &format!("{alone}{WAIVER}{soon}\n")), LOST_LINE]);
    let mock = reviewed(&repo, vec![approval("ops", &head)]);
    Job::pull(&mock, &head).ends(1);
}

/// GitHub takes a name for a tag's before it takes it for a branch's.
#[test]
fn a_tag_of_the_branchs_name_is_not_the_branch() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let base = repo.git(&["rev-parse", "refs/heads/main"]);
    repo.branch_at("lax", "refs/heads/main");
    let lax = repo.commit(&[(PATH, "version = 1\n[gate]\nfail-on = \"never\"\n")]);
    repo.git(&["update-ref", "refs/tags/main", &lax]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(1);
    assert_eq!(
        (left.kinds(), &left.report["target"]["base"]),
        (vec!["finding"], &json!(base))
    );
}

/// Whoever pushes while the gate reads changes nothing of what it judges: branches are resolved once, and read by commit.
#[test]
fn a_force_push_between_two_reads_changes_nothing_of_the_verdict() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let base = repo.git(&["rev-parse", "main"]);
    repo.branch_at("evil", "main");
    let lax = "version = 1\n[gate]\nfail-on = \"never\"\n";
    let evil = repo.commit(&[(PATH, lax)]);
    for (at, name) in [
        ("/compare/", "refs/heads/main"),
        ("/git/trees/", "refs/heads/main"),
        ("/git/trees/", "refs/heads/feature"),
    ] {
        repo.git(&["update-ref", "refs/heads/main", &base]);
        repo.git(&["update-ref", "refs/heads/feature", &head]);
        let mut fixture = Fixture::of(repo.path());
        fixture.push_after = Some((at.to_owned(), name.to_owned(), evil.clone()));
        let mock = Mock::start(fixture);
        let left = Job::pull(&mock, &head).ends(1);
        assert_eq!(repo.git(&["rev-parse", name]), evil, "nobody pushed");
        assert_eq!(left.kinds(), ["finding"]);
        let target = &left.report["target"];
        assert_eq!(
            (&target["sha"], &target["base"]),
            (&json!(head), &json!(base)),
            "{at} {name}"
        );
    }
}

const GATE: &str =
    "on: pull_request\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: readygate/readygate@v1\n";

#[test]
fn a_changed_gate_workflow_is_a_regression() {
    let mut base = BASE.to_vec();
    base.push((".github/workflows/gate.yml", GATE));
    base.push((".github/workflows/other.yml", "on: push\njobs: {}\n"));
    let silenced = GATE.replace("    steps:", "    continue-on-error: true\n    steps:");
    let (repo, head) = branches(&base, &[(".github/workflows/gate.yml", &silenced)]);
    let mock = reviewed(&repo, vec![]);
    let left = Job::pull(&mock, &head).ends(1);
    assert_eq!(left.kinds(), ["workflow"]);
    assert!(left.out.contains("gate.yml"), "{}", left.out);
    let mock = reviewed(&repo, vec![approval("ops", &head)]);
    Job::pull(&mock, &head).ends(0);

    repo.branch_at("other", "main");
    let head = repo.commit(&[(".github/workflows/other.yml", "on: pull_request\njobs: {}\n")]);
    Job::pull(&serve(&repo), &head).ends(0);

    repo.branch_at("removed", "main");
    let head = repo.change(&[Change::Remove(".github/workflows/gate.yml")]);
    assert_eq!(Job::pull(&serve(&repo), &head).ends(1).kinds(), ["workflow"]);
}

#[test]
fn a_policy_deleted_in_head_goes_on_judging() {
    let repo = GitRepo::new();
    repo.commit(&BASE);
    repo.branch("feature");
    let head = repo.change(&[Change::Remove(PATH)]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(1);
    assert_eq!(left.kinds(), ["weakening"]);
    assert_eq!(left.report["policy"]["path"], PATH);
    assert_eq!(left.report["counts"]["fail"], 2);
}

#[test]
fn an_invalid_policy_in_head_alone_is_a_regression_at_its_line() {
    let broken = POLICY.replace("severity = \"critical\"", "severity = \"critcal\"");
    let (repo, head) = branches(&BASE, &[(PATH, &broken)]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(1);
    assert_eq!(left.kinds(), ["policy"]);
    let marked: Vec<String> = annotations(&mock)
        .into_iter()
        .filter(|one| one.ends_with("failure"))
        .collect();
    assert_eq!(marked, [".github/readiness.toml:6 failure"]);
}

#[test]
fn an_invalid_policy_on_base_lets_heads_valid_one_judge_with_approval() {
    let mut base = BASE;
    let broken = POLICY.replace("severity = \"critical\"", "severity = \"critcal\"");
    base[0].1 = &broken;
    let (repo, head) = branches(&base, &[(PATH, POLICY)]);
    let left = Job::pull(&reviewed(&repo, vec![]), &head).ends(1);
    assert!(
        left.out.contains("the base branch's policy has mistakes"),
        "{}",
        left.out
    );
    Job::pull(&reviewed(&repo, vec![approval("ops", &head)]), &head).ends(0);

    // Neither is one: nobody can judge.
    repo.branch_at("unmended", "main");
    let head = repo.commit(&[("README.md", "# The shop\n")]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(2);
    assert!(left.err.contains("critcal"), "{}", left.err);
    assert!(left.summary.contains("the policy has mistakes"), "{}", left.summary);
    assert_eq!(mock.check_runs()[0]["conclusion"], "failure");
}

#[test]
fn without_a_policy_on_base_the_default_judges_and_heads_is_shown() {
    let base: Vec<(&str, &str)> = BASE[1..].to_vec();
    let strict = POLICY.replace("severity = \"medium\"", "severity = \"critical\"");
    let policy = format!("{strict}\n[gate]\nfail-on = \"low\"\n");
    let (repo, head) = branches(&base, &[(PATH, &policy)]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(0);
    assert_eq!(
        left.report["policy"]["path"],
        "builtin:default + builtin:project + builtin:server + builtin:web"
    );
    let ids: Vec<&str> = left.report["controls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|control| control["id"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&"shop.no-fixme"), "head's controls are shown: {ids:?}");
    assert!(left.err.contains("no policy yet"), "{}", left.err);
}

#[test]
fn a_policy_named_by_the_workflow_is_read_from_base() {
    let mut base = BASE.to_vec();
    base.push(("ops/gate.toml", POLICY));
    let loosened = loosened();
    let (repo, head) = branches(&base, &[("ops/gate.toml", &loosened)]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).input("policy", "ops/gate.toml").ends(1);
    assert_eq!(left.kinds(), ["weakening"]);
    let left = Job::pull(&mock, &head).input("policy", "ops/none.toml").ends(2);
    assert!(left.err.contains("ops/none.toml"), "{}", left.err);
}
