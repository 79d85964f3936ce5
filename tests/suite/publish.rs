//! Publishing against the mock server: what stands on GitHub afterwards.

use readygate::github::Kind;
use readygate::judge::{Conclusion, Ending};
use readygate::model::{OutcomeKind, Report, Severity};
use readygate::publish::{CheckRun, Outcome, Repository, comment, marker, outputs, write_report};
use readygate::report::{Setting, markdown};
use serde_json::{Value, json};

use crate::github::fixture::{ADMIN, DEFAULT, Fixture, READ_ONLY, Trouble};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;
use crate::report::samples;

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn repository() -> Repository {
    Repository {
        owner: "o".to_owned(),
        name: "n".to_owned(),
    }
}

fn world(change: impl FnOnce(&mut Fixture)) -> Mock {
    let repo = GitRepo::new();
    let mut fixture = Fixture::of(repo.path());
    change(&mut fixture);
    // The server reads no git object in these tests, so the folder may go.
    Mock::start(fixture)
}

const SHA: &str = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";

fn publish_run(mock: &Mock, token: &str, report: &Report) -> Outcome {
    let check = CheckRun::of(report, &Setting::default(), SHA, "run-1-attempt-1");
    run(async { check.publish(&mock.client(token), &repository()).await })
}

fn say(mock: &Mock, token: &str, body: Option<&str>) -> Outcome {
    run(async { comment(&mock.client(token), &repository(), 7, "readiness", body, "all well").await })
}

fn bodies(mock: &Mock) -> Vec<String> {
    let text = |comment: &Value| comment["body"].as_str().unwrap().to_owned();
    mock.comments().iter().map(text).collect()
}

/// A report with this many findings.
fn findings(count: u32) -> Report {
    let mut report = samples::no_go();
    let mut control = samples::control("a.b", "A", Severity::Low, OutcomeKind::Fail);
    let of = |number: u32| samples::finding("x", Some("src/a.ts"), Some(number + 1), &number.to_string());
    control.findings = (0..count).map(of).collect();
    report.controls = vec![control];
    report.regressions.clear();
    samples::counted(report)
}

#[test]
fn a_check_run_says_what_the_verdict_is_and_where() {
    let mock = world(|_| ());
    assert_eq!(publish_run(&mock, DEFAULT, &samples::no_go()), Outcome::Done);
    let runs = mock.check_runs();
    assert_eq!(runs.len(), 1);
    let one = &runs[0];
    assert_eq!(
        (one["name"].as_str(), one["head_sha"].as_str()),
        (Some("readiness"), Some(SHA))
    );
    assert_eq!(
        (one["status"].as_str(), one["conclusion"].as_str()),
        (Some("completed"), Some("failure"))
    );
    assert_eq!(one["external_id"], "run-1-attempt-1");
    assert!(one["output"]["title"].as_str().unwrap().starts_with("no-go: "));
    assert!(one["output"]["summary"].as_str().unwrap().contains("- **Why:**"));
    let first = &one["annotations"][0];
    assert_eq!(
        (first["path"].as_str(), first["start_line"].as_u64()),
        (Some(".gitignore"), Some(4))
    );
    assert_eq!(first["annotation_level"], "failure");
    assert!(first["raw_details"].as_str().unwrap().contains("[[waiver]]"));
}

#[test]
fn annotations_come_in_batches_and_none_is_lost_or_told_twice() {
    for (count, requests) in [(0, 1), (50, 1), (51, 2), (120, 3)] {
        let mock = world(|_| ());
        assert_eq!(publish_run(&mock, DEFAULT, &findings(count)), Outcome::Done);
        let lines: Vec<u64> = mock.check_runs()[0]["annotations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|annotation| annotation["start_line"].as_u64().unwrap())
            .collect();
        // A failing control without a finding has no place, and is in the summary.
        assert_eq!(lines, (1..=u64::from(count)).collect::<Vec<_>>());
        assert_eq!(mock.requests().len(), requests);
    }
}

#[test]
fn more_annotations_than_four_requests_take_are_counted_in_the_summary() {
    let mock = world(|_| ());
    assert_eq!(publish_run(&mock, DEFAULT, &findings(230)), Outcome::Done);
    let one = &mock.check_runs()[0];
    assert_eq!(one["annotations"].as_array().unwrap().len(), 200);
    assert!(
        one["output"]["summary"]
            .as_str()
            .unwrap()
            .contains("30 less grave places")
    );
    assert_eq!(mock.requests().len(), 4);
}

#[test]
fn hostile_text_and_limits_are_taken_by_the_api() {
    let mock = world(|_| ());
    let report = samples::infested(findings(60), &samples::MISCHIEF.repeat(40));
    assert_eq!(publish_run(&mock, DEFAULT, &report), Outcome::Done);
    let body = markdown::comment(&samples::hostile(), &Setting::default());
    assert_eq!(say(&mock, DEFAULT, body.as_deref()), Outcome::Done);
}

#[test]
fn conclusions_follow_the_verdict() {
    let mut report = samples::go();
    assert_eq!(Ending::Judged(&report.verdict).conclusion(), Conclusion::Success);
    report.verdict.neutral = true;
    assert_eq!(Ending::Judged(&report.verdict).conclusion(), Conclusion::Neutral);
    assert_eq!(
        Ending::Judged(&samples::no_go().verdict).conclusion(),
        Conclusion::Failure
    );
}

#[test]
fn a_run_that_could_not_judge_fails_and_says_why() {
    let mock = world(|_| ());
    let check = CheckRun::failure("readiness", SHA, "1", "the policy is invalid", "error: x\n```\n@ana");
    let outcome = run(async { check.publish(&mock.client(DEFAULT), &repository()).await });
    assert_eq!(outcome, Outcome::Done);
    let one = &mock.check_runs()[0];
    assert_eq!(one["conclusion"], "failure");
    assert_eq!(one["output"]["summary"], "````text\nerror: x\n```\n@ana\n````\n");
}

#[test]
fn a_fork_is_refused_and_an_outage_is_not_told_twice() {
    let mock = world(|_| ());
    let refused = publish_run(&mock, READ_ONLY, &samples::no_go());
    assert!(matches!(&refused, Outcome::Refused(error) if matches!(error.kind, Kind::Forbidden { .. })));
    let refused = say(&mock, READ_ONLY, Some("x"));
    assert!(matches!(refused, Outcome::Refused(_)), "{refused:?}");
    assert!(mock.check_runs().is_empty() && mock.comments().is_empty());

    let cut = world(|fixture| *fixture = Fixture::of(GitRepo::new().path()).with_fault("/check-runs", 1, Trouble::Cut));
    let unsure = publish_run(&cut, DEFAULT, &samples::no_go());
    assert!(matches!(unsure, Outcome::Unsure(_)), "{unsure:?}");
    assert_eq!(cut.requests().len(), 1);
}

#[test]
fn one_comment_is_made_then_changed_then_resolved() {
    let mock = world(|_| ());
    assert_eq!(say(&mock, DEFAULT, None), Outcome::Nothing);
    assert!(mock.comments().is_empty(), "nothing to say makes no comment");
    assert_eq!(say(&mock, DEFAULT, Some("worse")), Outcome::Done);
    assert_eq!(bodies(&mock), ["<!-- readygate:readiness -->\nworse"]);
    mock.forget_requests();
    assert_eq!(say(&mock, DEFAULT, Some("worse")), Outcome::Nothing);
    assert_eq!(mock.requests().len(), 1, "the same text is not written again");
    assert_eq!(say(&mock, DEFAULT, Some("better")), Outcome::Done);
    assert_eq!(say(&mock, DEFAULT, None), Outcome::Done);
    assert_eq!(bodies(&mock), ["<!-- readygate:readiness -->\nall well"]);
}

#[test]
fn another_gate_and_people_who_write_the_marker_are_left_alone() {
    let stranger = json!({"login": "eve", "type": "User"});
    // Eve's own app acts for her: made through an app, and still hers.
    let app = json!({"id": 1, "slug": "eves-app"});
    let mine = marker("readiness");
    let theirs = vec![
        json!({"issue": 7, "body": format!("{mine}\nfake"), "user": stranger, "performed_via_github_app": app}),
        json!({"issue": 7, "body": format!("look: {mine}"), "user": {"login": "github-actions[bot]", "type": "Bot"}}),
        json!({"issue": 7, "body": format!("{}\nx", marker("other")), "user": {"login": "github-actions[bot]", "type": "Bot"}}),
        json!({"issue": 8, "body": format!("{mine}\nx"), "user": {"login": "github-actions[bot]", "type": "Bot"}}),
    ];
    let mock = world(|fixture| fixture.comments = theirs.clone());
    let before = bodies(&mock);
    assert_eq!(say(&mock, DEFAULT, Some("worse")), Outcome::Done);
    let after = bodies(&mock);
    assert_eq!(after[..4], before[..]);
    assert_eq!(after.len(), 5);
    assert_eq!(say(&mock, DEFAULT, Some("better")), Outcome::Done);
    assert_eq!(bodies(&mock)[..4], before[..]);
    assert_eq!(bodies(&mock)[4], format!("{mine}\nbetter"));
}

#[test]
fn a_persons_token_finds_its_own_comment() {
    let mock = world(|_| ());
    assert_eq!(say(&mock, ADMIN, Some("one")), Outcome::Done);
    assert_eq!(say(&mock, ADMIN, Some("two")), Outcome::Done);
    assert_eq!(bodies(&mock), [format!("{}\ntwo", marker("readiness"))]);
}

#[test]
fn the_comment_is_found_on_any_page_and_its_doubles_go() {
    let bot = json!({"login": "github-actions[bot]", "type": "Bot"});
    let talk = |at: u32| json!({"issue": 7, "body": at.to_string(), "user": {"login": "eve", "type": "User"}});
    let mut all: Vec<Value> = (0..130).map(talk).collect();
    let ours = format!("{}\nold", marker("readiness"));
    all.insert(110, json!({"issue": 7, "body": ours, "user": bot}));
    all.push(json!({"issue": 7, "body": ours, "user": bot}));
    let mock = world(|fixture| fixture.comments = all);
    assert_eq!(say(&mock, DEFAULT, Some("new")), Outcome::Done);
    let marked: Vec<String> = bodies(&mock)
        .into_iter()
        .filter(|body| body.contains("readygate"))
        .collect();
    assert_eq!(marked, [format!("{}\nnew", marker("readiness"))]);
    assert_eq!(mock.comments().len(), 131);
}

#[test]
fn two_runs_at_once_leave_one_comment() {
    for _ in 0..5 {
        let mock = world(|_| ());
        std::thread::scope(|scope| {
            let one = scope.spawn(|| say(&mock, DEFAULT, Some("same")));
            let two = scope.spawn(|| say(&mock, DEFAULT, Some("same")));
            assert!(matches!(one.join().unwrap(), Outcome::Done | Outcome::Nothing));
            assert!(matches!(two.join().unwrap(), Outcome::Done | Outcome::Nothing));
        });
        assert_eq!(bodies(&mock), [format!("{}\nsame", marker("readiness"))]);
    }
}

#[test]
fn no_name_ends_the_marker() {
    assert_eq!(marker("a --> <b>"), "<!-- readygate:a%20--%3E%20%3Cb%3E -->");
}

#[test]
fn outputs_and_the_report_file_are_the_contracts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    let report = samples::no_go();
    write_report(&path, &report).unwrap();
    let value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(value["verdict"]["decision"], "no-go");
    let told = outputs(&report, &path);
    let names: Vec<&str> = told.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["verdict", "score", "failed", "regressions", "report"]);
    let values: Vec<&str> = told.iter().take(4).map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["no-go", "61", "2", "2"]);
}
