//! Settings that change between scheduled runs: one issue, and never a blocked pull request.

use serde_json::{Value, json};

use crate::action::job::{Job, Left, branches};
use crate::cli::program::BASE;
use crate::github::fixture::{DEFAULT, Fault, Fixture, READ_ONLY, Trouble};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

const POLICY: &str = r#"version = 1

[[control]]
id = "shop.protected"
title = "The branch is protected"
severity = "high"
rationale = "Whoever can push can break it."
remediation = "Protect it."
check.branch = { protected = true }

[[control]]
id = "shop.reviewed"
title = "Changes are reviewed"
severity = "high"
rationale = "Two see more than one."
remediation = "Require a review."
check.branch = { required-approvals = { min = 1 } }
"#;

fn rules(approvals: u64) -> Vec<Value> {
    vec![
        json!({"type": "pull_request", "ruleset_source_type": "Repository", "ruleset_source": "o/n", "ruleset_id": 5,
        "parameters": {"required_approving_review_count": approvals, "dismiss_stale_reviews_on_push": false,
            "require_code_owner_review": false, "require_last_push_approval": false,
            "required_review_thread_resolution": false}}),
    ]
}

/// A repository whose branch requires two approvals, and whose policy asks for one.
struct World {
    repo: GitRepo,
    mock: Mock,
}

impl World {
    fn new() -> Self {
        let mut files = BASE;
        files[0] = (".github/readiness.toml", POLICY);
        let repo = GitRepo::new();
        repo.commit(&files);
        let mut fixture = Fixture::of(repo.path());
        fixture.rules = rules(2);
        let mock = Mock::start(fixture);
        Self { repo, mock }
    }

    /// A scheduled run.
    fn run(&self) -> Left {
        self.job().ends(0)
    }

    fn job(&self) -> Job<'_> {
        let head = self.repo.git(&["rev-parse", "main"]);
        Job::new(&self.mock, "schedule", json!({"schedule": "0 5 * * *"}), &head)
    }

    fn require(&self, approvals: u64) {
        self.mock.look(|state| state.fixture.rules = rules(approvals));
    }

    fn refuse(&self, at: &str) {
        let headers = vec![("x-accepted-github-permissions", "issues=write".to_owned())];
        let what = Trouble::Status(403, headers, "Resource not accessible by integration");
        let at = at.to_owned();
        self.mock
            .look(|state| state.fixture.faults.push(Fault { at, times: 9, what }));
    }

    fn allow(&self) {
        self.mock.look(|state| state.fixture.faults.clear());
    }

    /// `STATE` of every issue.
    fn states(&self) -> Vec<String> {
        let issues = self.mock.issues();
        issues
            .iter()
            .map(|issue| issue["state"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Requests that change issues since the last call.
    fn changes(&self) -> Vec<String> {
        let all = self.mock.requests();
        self.mock.forget_requests();
        let is_change = |line: &&String| !line.starts_with("GET") && line.contains("/issues");
        all.iter().filter(is_change).cloned().collect()
    }
}

#[test]
fn settings_that_stay_as_they_are_open_no_issue() {
    let world = World::new();
    let first = world.run();
    assert!(
        first.summary.contains("nothing to compare with yet"),
        "{}",
        first.summary
    );
    let second = world.run();
    assert!(second.summary.contains("no setting changed"), "{}", second.summary);
    // The next commit knows what the one before kept.
    world.repo.commit(&[("README.md", "# More\n")]);
    assert!(world.run().summary.contains("no setting changed"));
    // What changes and is still as asked is nobody's task.
    world.require(1);
    assert!(world.run().summary.contains("no setting changed"));
    assert_eq!((world.states(), world.changes()), (vec![], vec![]));
    let hidden = world.mock.check_runs()[0]["output"]["text"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        hidden.starts_with("<!-- readygate:record:readiness {") && hidden.ends_with(" -->"),
        "{hidden}"
    );
}

#[test]
fn a_setting_that_changed_has_one_issue_until_it_is_mended() {
    let world = World::new();
    world.run();
    world.require(0);
    world.changes();
    let told = world.run();
    assert_eq!(world.changes(), ["POST /repos/o/n/issues"]);
    assert!(
        told.summary
            .contains("`branch.required-approvals` was `2` and is `0`: shop.reviewed"),
        "{}",
        told.summary
    );
    let body = world.mock.issues()[0]["body"].as_str().unwrap().to_owned();
    assert!(
        body.contains("- `branch.required-approvals` was `2` and is `0`: `shop.reviewed`"),
        "{body}"
    );
    world.run();
    assert_eq!(
        (world.states(), world.changes()),
        (vec!["open".to_owned()], vec![]),
        "nothing is new, nothing is written"
    );
    world.mock.look(|state| state.fixture.rules.clear());
    world.run();
    assert_eq!(
        world.changes(),
        ["PATCH /repos/o/n/issues/1"],
        "brought up to date, not doubled"
    );
    let body = world.mock.issues()[0]["body"].as_str().unwrap().to_owned();
    assert!(body.contains("`branch.protected` was `true` and is `false`"), "{body}");
    assert!(body.contains("was `2` and is `0`"), "{body}");
    world.require(2);
    let mended = world.run();
    assert_eq!(world.states(), ["closed"]);
    assert_eq!(
        world.changes(),
        ["PATCH /repos/o/n/issues/1", "POST /repos/o/n/issues/1/comments"]
    );
    assert!(mended.summary.contains("back in order"), "{}", mended.summary);
    assert!(
        world.mock.comments()[0]["body"]
            .as_str()
            .unwrap()
            .starts_with("Back in order")
    );
    world.run();
    assert_eq!((world.states(), world.changes()), (vec!["closed".to_owned()], vec![]));
}

#[test]
fn a_token_that_may_not_write_issues_says_so_and_forgets_nothing() {
    let world = World::new();
    world.run();
    world.require(0);
    world.refuse("POST /repos/o/n/issues");
    for _ in 0..2 {
        let told = world.run();
        assert!(
            told.summary.contains("no issue tells it") && told.summary.contains("issues"),
            "{}",
            told.summary
        );
        assert!(told.summary.contains("was `2` and is `0`"), "{}", told.summary);
    }
    world.allow();
    world.refuse("GET /repos/o/n/issues");
    assert!(world.run().summary.contains("no issue tells it"));
    assert_eq!(world.states(), [""; 0]);
    world.allow();
    world.run();
    assert_eq!(world.states(), ["open"]);
}

#[test]
fn closing_the_issue_by_hand_accepts_what_the_settings_are() {
    let world = World::new();
    world.run();
    world.require(0);
    world.run();
    world.mock.look(|state| state.issues[0]["state"] = json!("closed"));
    let told = world.run();
    assert_eq!(world.states(), ["closed"]);
    assert!(told.summary.contains("no setting changed"), "{}", told.summary);
}

#[test]
fn what_cannot_be_read_is_neither_changed_nor_mended() {
    let world = World::new();
    world.run();
    world.refuse("GET /repos/o/n/rules/branches/main");
    let blind = world.run();
    assert!(
        blind
            .summary
            .contains("`branch.required-approvals` was known and is not now"),
        "{}",
        blind.summary
    );
    assert_eq!(world.states(), [""; 0]);
    // What happened meanwhile is seen afterwards.
    world.allow();
    world.require(0);
    world.run();
    assert_eq!(world.states(), ["open"]);
    world.refuse("GET /repos/o/n/rules/branches/main");
    let blind = world.run();
    assert!(blind.summary.contains("stays open"), "{}", blind.summary);
    assert_eq!(world.states(), ["open"]);
}

#[test]
fn an_earlier_report_that_cannot_be_read_is_no_reason_to_forget_it() {
    let world = World::new();
    world.run();
    world.require(0);
    world.refuse("/check-runs?check_name");
    let told = world.run();
    assert!(
        told.summary.contains("not compared with earlier ones"),
        "{}",
        told.summary
    );
    world.allow();
    world.run();
    assert_eq!(world.states(), ["open"]);
}

#[test]
fn a_record_by_another_app_is_not_believed() {
    let world = World::new();
    world.run();
    // Somebody's app writes a check run of this name, by which no approval was ever required.
    world.mock.look(|state| {
        let mut forged = state.check_runs[0].clone();
        state.last_id += 1;
        forged["id"] = json!(state.last_id);
        forged["app"] = json!({"id": 7, "slug": "github-actions-too"});
        let text = forged["output"]["text"].as_str().unwrap().replace(":2", ":0");
        assert_ne!(forged["output"]["text"], json!(text));
        forged["output"]["text"] = json!(text);
        state.check_runs.push(forged);
    });
    world.require(0);
    let told = world.run();
    assert!(told.summary.contains("was `2` and is `0`"), "{}", told.summary);
    assert_eq!(world.states(), ["open"]);
}

/// A world whose settings changed, and whose last scheduled run was more commits ago than are looked at.
fn long_ago() -> (World, String) {
    let world = World::new();
    let first = world.repo.git(&["rev-parse", "main"]);
    world.run();
    for number in 0..35 {
        world
            .repo
            .git(&["commit", "-q", "--allow-empty", "-m", &number.to_string()]);
    }
    world.require(0);
    (world, first)
}

#[test]
fn the_last_scheduled_run_is_found_however_many_commits_came_since() {
    let (world, first) = long_ago();
    // Other workflows have schedules too, and run more often.
    let others = (0..100).map(|_| ("stale.yml".to_owned(), world.repo.git(&["rev-parse", "main"])));
    let mut scheduled: Vec<(String, String)> = others.collect();
    scheduled.push(("readiness.yml".to_owned(), first));
    world.mock.look(|state| state.fixture.scheduled = scheduled);
    let told = world.run();
    assert!(told.summary.contains("was `2` and is `0`"), "{}", told.summary);
    assert_eq!(world.states(), ["open"]);
}

#[test]
fn runs_that_may_not_be_listed_are_said_and_later_ones_compare_with_today() {
    let (world, first) = long_ago();
    world.refuse("/actions/workflows");
    let blind = world.run();
    let line = "where earlier ones were is not known";
    assert!(blind.summary.contains(line), "{}", blind.summary);
    let record = "readygate:record:readiness";
    let kept = |left: &Left| left.summary.contains("no setting changed");
    assert!(world.mock.check_runs()[1].to_string().contains(record));
    assert!(kept(&world.run()));
    world.allow();
    world
        .mock
        .look(|state| state.fixture.scheduled = vec![("readiness.yml".to_owned(), first)]);
    assert!(kept(&world.run()));
}

#[test]
fn an_outage_while_runs_are_listed_makes_no_new_beginning() {
    let (world, first) = long_ago();
    world.mock.look(|state| {
        state.fixture.scheduled = vec![("readiness.yml".to_owned(), first)];
        let (at, what) = (
            "/actions/workflows".to_owned(),
            Trouble::Status(502, Vec::new(), "Bad gateway"),
        );
        state.fixture.faults.push(Fault { at, times: 99, what });
    });
    let blind = world.run();
    let line = "the settings are not compared with earlier ones";
    assert!(blind.summary.contains(line), "{}", blind.summary);
    world.allow();
    let told = world.run();
    assert!(told.summary.contains("was `2` and is `0`"), "{}", told.summary);
    assert_eq!(world.states(), ["open"]);
}

#[test]
fn somebody_elses_issue_is_left_alone() {
    let world = World::new();
    world.run();
    let theirs = json!({"id": 7, "number": 1, "title": "mine", "state": "open", "user": {"login": "eve", "type": "User"},
        "body": "<!-- readygate:settings:readiness -->\nit is fine"});
    let pull = json!({"id": 8, "number": 2, "title": "pull", "state": "open", "pull_request": {"url": "x"},
        "user": {"login": "github-actions[bot]", "type": "Bot"}, "body": "<!-- readygate:settings:readiness -->\nx"});
    world
        .mock
        .look(|state| state.issues.extend([theirs.clone(), pull.clone()]));
    world.require(0);
    world.run();
    let issues = world.mock.issues();
    assert_eq!((issues.len(), &issues[0], &issues[1]), (3, &theirs, &pull));
}

#[test]
fn an_issue_that_lost_what_the_settings_were_is_not_closed() {
    let world = World::new();
    world.run();
    world.require(0);
    world.run();
    world
        .mock
        .look(|state| state.issues[0]["body"] = json!("<!-- readygate:settings:readiness -->\nedited"));
    let told = world.run();
    assert!(told.summary.contains("no longer holds"), "{}", told.summary);
    assert_eq!(world.states(), ["open"]);
}

#[test]
fn without_a_check_run_nothing_is_kept_and_that_is_said() {
    let world = World::new();
    let off = world.job().input("annotations", "false").ends(0);
    assert!(off.summary.contains("`annotations` is false"), "{}", off.summary);
    let read_only = world.job().token(READ_ONLY).ends(0);
    assert!(read_only.summary.contains("could not be kept"), "{}", read_only.summary);
    let unasked = World::new();
    unasked.repo.commit(&[(".github/readiness.toml", "version = 1\n")]);
    assert!(!unasked.run().summary.contains("### Settings"));
    assert!(unasked.mock.requests().iter().all(|line| !line.contains("/issues")));
}

#[test]
fn settings_never_block_a_pull_request() {
    let applies = format!("{POLICY}applies-when = {{ path = {{ exists = \"Dockerfile\" }} }}\n")
        .replace("severity = \"high\"", "severity = \"critical\"");
    let mut files = BASE;
    files[0] = (".github/readiness.toml", &applies);
    // Head makes a control apply whose setting is wrong: the setting is not head's doing.
    let (repo, head) = branches(&files, &[("Dockerfile", "FROM scratch\n")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    let left = Job::pull(&mock, &head).token(DEFAULT).ends(0);
    let outcomes: Vec<(&str, &str)> = left.report["controls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|control| (control["id"].as_str().unwrap(), control["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(outcomes, [("shop.protected", "fail"), ("shop.reviewed", "fail")]);
    assert_eq!(left.output("regressions"), "0");
    let asked = mock.requests();
    assert!(
        asked
            .iter()
            .all(|line| !line.contains("/issues?") && !line.ends_with("/issues")),
        "{asked:#?}"
    );
}

/// What the comparison reads is read within the run's limits, and what is printed is what was asked.
#[test]
fn the_comparison_reads_within_the_runs_limits_and_is_counted() {
    let world = World::new();
    for at in 0..12 {
        world.repo.commit(&[("README.md", &format!("# {at}\n"))]);
    }
    let left = world.run();
    assert_eq!(left.report["cost"]["api_requests"], world.mock.requests().len());
    world.mock.forget_requests();
    world.repo.commit(&[("README.md", "# Last\n")]);
    world.mock.look(|state| {
        state.check_runs.clear();
        state.fixture.remaining = Some(16);
    });
    let left = world.run();
    assert!(left.summary.contains("not compared"), "{}", left.summary);
    let requests = world.mock.requests();
    let read = requests.iter().filter(|line| line.starts_with("GET")).count();
    assert!(read <= 9, "eight are kept for telling: {requests:#?}");
}
