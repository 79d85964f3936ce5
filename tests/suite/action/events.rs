//! What each event is judged by, and what is told of it.

use serde_json::json;

use super::job::{Job, annotations, branches, pull_request, serve};
use crate::cli::program::{BASE, LOST_LINE};
use crate::github::fixture::{DEFAULT, READ_ONLY};
use crate::github::repo::{Change, GitRepo};

#[test]
fn one_lost_line_blocks_and_is_told_once_everywhere() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(1);
    let failures: Vec<String> = annotations(&mock)
        .into_iter()
        .filter(|one| one.ends_with("failure"))
        .collect();
    assert_eq!(failures, [".gitignore:2 failure"]);
    let run = &mock.check_runs()[0];
    assert_eq!(
        (run["head_sha"].as_str(), run["conclusion"].as_str()),
        (Some(&*head), Some("failure"))
    );
    assert_eq!(
        (run["name"].as_str(), run["external_id"].as_str()),
        (Some("readiness"), Some("11-2-gate"))
    );
    assert!(left.commands().is_empty(), "never both:\n{}", left.out);
    let comments = mock.comments();
    assert_eq!(comments.len(), 1);
    assert!(comments[0]["body"].as_str().unwrap().contains("shop.env-ignored"));
    assert_eq!((left.output("verdict"), left.output("regressions")), ("no-go", "1"));
    assert_eq!(left.output("failed"), "3");
    assert!(left.output("score").parse::<u8>().is_ok());
    assert_eq!(left.kinds(), ["finding"]);
    assert!(left.summary.contains("no-go"), "{}", left.summary);
    assert_eq!(left.report["target"]["sha"], *head);
}

#[test]
fn the_reverse_is_one_fixed_and_passes() {
    let mut base = BASE;
    base[1] = LOST_LINE;
    let (repo, head) = branches(&base, &[BASE[1]]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(0);
    assert_eq!((left.output("verdict"), left.output("regressions")), ("go", "0"));
    assert_eq!(crate::cli::program::changes(&left.report), ["shop.env-ignored fixed"]);
    assert_eq!(mock.check_runs()[0]["conclusion"], "success");
    assert!(
        mock.comments()[0]["body"]
            .as_str()
            .unwrap()
            .contains("shop.env-ignored")
    );
}

#[test]
fn a_change_that_does_nothing_about_readiness_gets_no_comment() {
    let (repo, head) = branches(&BASE, &[("README.md", "# The shop\n")]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(0);
    assert_eq!(mock.comments().len(), 0);
    assert_eq!(mock.check_runs()[0]["conclusion"], "success");
    assert_eq!(crate::cli::program::changes(&left.report), [""; 0]);
    let main = repo.git(&["rev-parse", "main"]);
    Job::pull(&mock, &main).ends(0);
    assert_eq!(mock.comments().len(), 0, "head is base");
}

#[test]
fn a_renamed_folder_is_nothing() {
    let repo = GitRepo::new();
    repo.commit(&BASE);
    repo.branch("feature");
    let head = repo.change(&[
        Change::Remove("backend/package.json"),
        Change::Remove("backend/index.js"),
        Change::Write("server/package.json", BASE[2].1.as_bytes()),
        Change::Write("server/index.js", BASE[3].1.as_bytes()),
    ]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(0);
    assert_eq!(left.output("regressions"), "0");
    assert_eq!(crate::cli::program::changes(&left.report), [""; 0]);
    assert_eq!(mock.comments().len(), 0);
}

#[test]
fn a_fork_gets_the_same_as_workflow_commands() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    let mut payload = pull_request(&head);
    payload["pull_request"]["head"]["repo"]["full_name"] = json!("eve/n");
    let left = Job::new(&mock, "pull_request", payload, &head).token(READ_ONLY).ends(1);
    assert_eq!((mock.check_runs().len(), mock.comments().len()), (0, 0));
    let errors: Vec<&str> = left
        .commands()
        .into_iter()
        .filter(|line| line.starts_with("::error"))
        .collect();
    assert_eq!(errors.len(), 1, "{}", left.out);
    assert!(
        errors[0].starts_with("::error file=.gitignore,line=2,"),
        "{}",
        errors[0]
    );
    assert_eq!((left.output("verdict"), left.output("regressions")), ("no-go", "1"));
    assert!(left.summary.contains("no-go"));
    assert!(
        left.err.contains("no check run") && left.err.contains("no comment"),
        "{}",
        left.err
    );
    assert!(
        left.err.contains("checks") || left.err.contains("permission"),
        "{}",
        left.err
    );
}

/// A public repository gives forks no token that writes, so nothing is sent to be refused.
#[test]
fn a_public_forks_token_is_not_tried_out() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mut payload = pull_request(&head);
    payload["pull_request"]["head"]["repo"]["full_name"] = json!("eve/n");
    payload["repository"] = json!({"full_name": "o/n", "private": false});
    for (event, written) in [("pull_request", 0), ("pull_request_target", 1)] {
        let mock = serve(&repo);
        let token = if written == 0 { READ_ONLY } else { DEFAULT };
        let left = Job::new(&mock, event, payload.clone(), &head).token(token).ends(1);
        assert_eq!((mock.check_runs().len(), mock.comments().len()), (written, written));
        let is_write = |line: &&String| !line.starts_with("GET") && !line.ends_with("/graphql");
        let requests = mock.requests();
        let writes = requests.iter().filter(is_write).count();
        assert_eq!(writes == 0, written == 0, "{event}: {requests:#?}");
        let is_told_of = |line: &String| line.contains("/comments");
        assert_eq!(requests.iter().any(is_told_of), written == 1, "{event}: {requests:#?}");
        assert_eq!(left.commands().is_empty(), written == 1, "{}", left.out);
        assert!(written == 1 || left.err.contains("not asked"), "{}", left.err);
        let level = if written == 0 { "level 1 of 3" } else { "level 2 of 3" };
        assert!(
            left.summary.contains(&format!("Enforcement: {level}")),
            "{}",
            left.summary
        );
        assert!(left.err.contains(level), "{}", left.err);
    }
}

#[test]
fn a_push_is_compared_with_what_was_there_before() {
    let repo = GitRepo::new();
    let before = repo.commit(&BASE);
    let after = repo.commit(&[LOST_LINE]);
    let mock = serve(&repo);
    let payload = json!({"before": before, "after": after, "ref": "refs/heads/main"});
    let left = Job::new(&mock, "push", payload, &after).ends(1);
    assert_eq!(left.output("regressions"), "1");
    assert_eq!(left.report["target"]["merge_base"], *before);
    assert_eq!(mock.check_runs().len(), 1);
    assert_eq!(mock.comments().len(), 0, "a push has no pull request to comment on");
    // The first push of a branch has nothing before it: what is wrong is judged as critical.
    let payload = json!({"before": "0".repeat(40), "after": after, "ref": "refs/heads/main"});
    let left = Job::new(&mock, "push", payload, &after).ends(1);
    assert_eq!(left.output("regressions"), "0");
    let payload = json!({"before": "0".repeat(40), "after": before, "ref": "refs/heads/main"});
    Job::new(&mock, "push", payload, &before).ends(0);
}

#[test]
fn a_push_whose_policy_asks_for_less_is_not_refused_for_it() {
    let repo = GitRepo::new();
    let before = repo.commit(&BASE);
    let loosened = BASE[0].1.replace("severity = \"critical\"", "severity = \"low\"");
    let after = repo.commit(&[(BASE[0].0, &loosened)]);
    let mock = serve(&repo);
    let payload = json!({"before": before, "after": after});
    let left = Job::new(&mock, "push", payload, &after).ends(0);
    assert_eq!(left.output("regressions"), "0");
}

#[test]
fn other_events_judge_the_ref_as_it_is() {
    let repo = GitRepo::new();
    let good = repo.commit(&BASE);
    let bad = repo.commit(&[LOST_LINE]);
    let mock = serve(&repo);
    for event in ["workflow_dispatch", "schedule", "release"] {
        let left = Job::new(&mock, event, json!({}), &good).ends(0);
        assert_eq!(left.output("verdict"), "go");
        assert_eq!(
            left.err.contains("`release` is not known"),
            event == "release",
            "{}",
            left.err
        );
        Job::new(&mock, event, json!({}), &bad).ends(1);
    }
    let compared = Job::new(&mock, "workflow_dispatch", json!({}), &bad)
        .input("base", &good)
        .ends(1);
    assert_eq!(compared.output("regressions"), "1");
}

#[test]
fn inputs_tighten_in_a_pull_request_and_never_loosen() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    for (level, status) in [("never", 1), ("low", 1)] {
        Job::pull(&mock, &head).input("fail-on", level).ends(status);
    }
    let (repo, head) = branches(&BASE, &[("README.md", "# The shop\n")]);
    let mock = serve(&repo);
    for (level, status) in [("never", 0), ("critical", 0), ("high", 1), ("medium", 1)] {
        Job::pull(&mock, &head).input("fail-on", level).ends(status);
    }
    let main = repo.git(&["rev-parse", "main"]);
    let dispatched = |level: &str, status| {
        Job::new(&mock, "workflow_dispatch", json!({}), &main)
            .input("fail-on", level)
            .ends(status)
    };
    dispatched("high", 1);
    dispatched("never", 0);
    let left = Job::pull(&mock, &head).input("fail-on", "hgh").ends(2);
    assert!(left.err.contains("did you mean `high`?"), "{}", left.err);
    let left = Job::pull(&mock, &head).input("comment", "maybe").ends(2);
    assert!(left.err.contains("comment"), "{}", left.err);
}

#[test]
fn switches_turn_off_what_they_name() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head)
        .input("comment", "false")
        .input("annotations", "false")
        .input("sarif", "readiness.sarif")
        .ends(1);
    assert_eq!((mock.check_runs().len(), mock.comments().len()), (0, 0));
    assert!(left.commands().is_empty());
    assert_eq!(left.output("verdict"), "no-go");
}

#[test]
fn runs_again_and_at_once_leave_one_comment() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| Job::pull(&mock, &head).ends(1));
        }
    });
    assert_eq!(mock.comments().len(), 1);
    let told = mock.comments()[0]["body"].clone();
    Job::pull(&mock, &head).ends(1);
    assert_eq!(mock.comments().len(), 1);
    assert_eq!(mock.comments()[0]["body"], told);
    // Mended, the comment says so and stays the one it was.
    let mended = repo.commit(&[BASE[1]]);
    Job::pull(&mock, &mended).ends(0);
    assert_eq!(mock.comments().len(), 1);
    assert_ne!(mock.comments()[0]["body"], told);
    // A gate with another name has a comment of its own.
    Job::pull(&mock, &head).input("name", "second gate").ends(1);
    assert_eq!(mock.comments().len(), 2);
}

#[test]
fn a_merge_queue_is_compared_with_what_it_builds_on() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    let mock = serve(&repo);
    let base = repo.git(&["rev-parse", "main"]);
    let payload = json!({"action": "checks_requested", "merge_group": {
        "head_sha": head, "base_sha": base, "base_ref": "refs/heads/main", "head_ref": "refs/heads/gh-readonly-queue/main/pr-7",
    }});
    let left = Job::new(&mock, "merge_group", payload, &head).ends(1);
    assert_eq!(left.output("regressions"), "1");
    assert_eq!(left.report["target"]["merge_base"], *base);
    assert_eq!((mock.check_runs().len(), mock.comments().len()), (1, 0));
}

#[test]
fn outside_a_workflow_it_says_what_to_run_instead() {
    let ended = crate::cli::program::end(&mut crate::cli::program::readygate(&["action"])).with(2);
    ended.saying("readygate check");
}
