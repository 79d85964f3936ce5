//! Event × token × fault, and a thousand runs against a server that fails one request in five.
//!
//! What holds in each: nothing passes that was not read, the exit status is the verdict's, a check run only where the
//! token may, at most one comment, no token to another host (the mock refuses to live with one), no request outside the
//! table of permissions or GitHub's description, none past the budget.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use readygate::cli::request::{Against, Level, Named, PolicyChoice, Request};
use readygate::cli::session::{self, NoReviews};
use readygate::github::Client;
use readygate::judge::Ending;
use readygate::model::{Date, SourceKind, Verdict};
use readygate::publish::{CheckRun, Repository, comment, stop_outputs};
use readygate::report::{Setting, markdown};
use readygate::source::{Github, Revision};
use serde_json::{Value, json};

use super::job::{Job, Left, branches, pull_request};
use crate::cli::program::{BASE, LOST_LINE, POLICY};
use crate::github::fixture::{ADMIN, DEFAULT, Fixture, READ_ONLY, Trouble};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

/// Waiting for retries costs no processor.
const AT_ONCE: usize = 8;
/// The most requests of one run, with all its tries.
const MOST_REQUESTS: usize = 80;

const EVENTS: [&str; 10] = [
    "pull_request",
    "fork",
    "pull_request_target",
    "pull_request_review",
    "merge_group",
    "push",
    "schedule",
    "workflow_dispatch",
    "deployment_status",
    "release",
];
const TOKENS: [&str; 5] = [DEFAULT, READ_ONLY, ADMIN, "", "mock-wrong"];
const FAULTS: [&str; 14] = [
    "none",
    "the trees are down",
    "the rate limit is used up",
    "no GraphQL",
    "blobs vanish",
    "HTML for a while",
    "cut off for a while",
    "head is force-pushed away",
    "no comparison",
    "check runs are refused",
    "check runs are down",
    "comments are down",
    "listings are cut off",
    "trees are elsewhere",
];

/// A repository whose head has lost a line (`true`), or changed nothing about readiness.
struct World {
    repo: GitRepo,
    head: String,
    base: String,
    is_worse: bool,
}

fn worlds() -> &'static [World; 2] {
    static WORLDS: OnceLock<[World; 2]> = OnceLock::new();
    WORLDS.get_or_init(|| {
        [(LOST_LINE, true), (("README.md", "# The shop\n"), false)].map(|(change, is_worse)| {
            // No pattern: compiling one takes longer than a whole run.
            let policy: Vec<&str> = POLICY
                .split("[[control]]")
                .filter(|control| !control.contains("text ="))
                .collect();
            let policy = policy.join("[[control]]");
            let mut base = BASE;
            base[0].1 = &policy;
            let (repo, head) = branches(&base, &[change]);
            let base = repo.git(&["rev-parse", "main"]);
            World {
                repo,
                head,
                base,
                is_worse,
            }
        })
    })
}

impl World {
    fn fixture(&self) -> Fixture {
        let mut fixture = Fixture::of(self.repo.path());
        fixture.is_frozen = true;
        fixture
    }

    fn job<'a>(&self, mock: &'a Mock, event: &'a str) -> Job<'a> {
        let head = &self.head;
        let mut pull = pull_request(head);
        let merge_commit = "f".repeat(40);
        match event {
            "fork" => {
                pull["pull_request"]["head"]["repo"]["full_name"] = json!("eve/n");
                Job::new(mock, "pull_request", pull, &merge_commit)
            }
            "pull_request" => Job::new(mock, event, pull, &merge_commit),
            "pull_request_target" | "pull_request_review" => Job::new(mock, event, pull, &self.base),
            "merge_group" => {
                let group = json!({"head_sha": head, "base_sha": self.base, "base_ref": "refs/heads/main"});
                Job::new(mock, event, json!({ "merge_group": group }), head)
            }
            "push" => Job::new(mock, event, json!({"before": self.base, "after": head}), head),
            "deployment_status" => Job::new(
                mock,
                event,
                json!({"deployment": {"sha": head, "ref": "feature"}}),
                head,
            ),
            _ => Job::new(mock, event, json!({}), head),
        }
    }

    fn broken(&self, fault: &str) -> Fixture {
        let fixture = self.fixture();
        let now = || vec![("retry-after", "0".to_owned())];
        let status = |code, words| Trouble::Status(code, now(), words);
        let used_up = || {
            let headers = vec![
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", "99999999999".to_owned()),
            ];
            Trouble::Status(403, headers, "API rate limit exceeded")
        };
        match fault {
            "none" => fixture,
            "the trees are down" => fixture.with_fault("/git/trees", 999, status(502, "Bad gateway")),
            "the rate limit is used up" => fixture.with_fault("GET", 999, used_up()),
            "no GraphQL" => fixture.with_fault("/graphql", 999, status(502, "Something went wrong")),
            "blobs vanish" => fixture
                .with_fault("/graphql", 999, status(502, "Something went wrong"))
                .with_fault("/git/blobs", 999, Trouble::Status(404, vec![], "Not Found"))
                .with_fault("/codeload", 999, Trouble::Status(404, vec![], "Not Found")),
            "HTML for a while" => fixture.with_fault("GET", 2, Trouble::Html),
            "cut off for a while" => fixture.with_fault("GET", 2, Trouble::Cut),
            "head is force-pushed away" => {
                fixture.with_fault(&self.head, 999, Trouble::Status(404, vec![], "Not Found"))
            }
            "no comparison" => fixture.with_fault("/compare/", 999, Trouble::Status(404, vec![], "Not Found")),
            "check runs are refused" => {
                fixture.with_fault("/check-runs", 999, Trouble::Status(403, vec![], "Forbidden"))
            }
            "check runs are down" => fixture.with_fault("/check-runs", 999, status(503, "Service unavailable")),
            "comments are down" => fixture.with_fault("/issues/", 999, Trouble::Cut),
            "listings are cut off" => Fixture {
                truncate_at: 2,
                ..fixture
            },
            "trees are elsewhere" => fixture.with_fault("/git/trees", 999, Trouble::Elsewhere),
            other => panic!("no fault `{other}`"),
        }
    }
}

/// What a run tells of each control, and how it ended.
struct Truth {
    status: i32,
    outcomes: BTreeMap<String, String>,
}

fn outcomes(report: &Value) -> BTreeMap<String, (String, String)> {
    let all = report["controls"].as_array().into_iter().flatten();
    all.map(|control| {
        let text = |key: &str| control[key].as_str().unwrap_or_default().to_owned();
        (
            format!("{} {}", text("id"), text("component")),
            (text("outcome"), text("cause")),
        )
    })
    .collect()
}

/// The run without a fault, by event and world.
fn truth(event: &str, world: &World) -> Truth {
    let mock = Mock::start(world.fixture());
    let left = world.job(&mock, event).run();
    let is_compared = !matches!(
        event,
        "schedule" | "workflow_dispatch" | "deployment_status" | "release"
    );
    assert_eq!(
        left.status,
        i32::from(world.is_worse),
        "{event}: {}{}",
        left.out,
        left.err
    );
    assert!(is_compared || left.output("regressions") == "0");
    let outcomes = outcomes(&left.report)
        .into_iter()
        .map(|(id, (outcome, _))| (id, outcome));
    Truth {
        status: left.status,
        outcomes: outcomes.collect(),
    }
}

/// What must hold of any run, whatever went wrong. The words say what does not.
fn broken_law(left: &Left, truth: &Truth) -> Option<String> {
    let verdict = left.output("verdict");
    match (left.status, verdict) {
        (0, "go") | (1 | 3, "no-go") | (2, "") => {}
        other => return Some(format!("status and verdict disagree: {other:?}")),
    }
    if left.status > 1 {
        let says_so = left.summary.contains("no verdict") && left.err.contains("readygate:");
        return (!says_so).then(|| "there is no verdict, and nobody says why".to_owned());
    }
    let told = outcomes(&left.report);
    if told.keys().ne(truth.outcomes.keys()) {
        return Some(format!("other controls are judged: {told:?}"));
    }
    let mut unread = 0;
    for (id, (outcome, cause)) in &told {
        if outcome == "unknown" && ["permission", "limit", "network"].contains(&cause.as_str()) {
            unread += 1;
        } else if *outcome != truth.outcomes[id] {
            return Some(format!("{id} is {outcome} ({cause}), and not {}", truth.outcomes[id]));
        }
    }
    match (left.status, truth.status) {
        (0, 1) if unread == 0 => Some("it passes, although everything was read".to_owned()),
        (1, 0) => Some(format!("it blocks what is good: {}", left.out)),
        _ => None,
    }
}

fn broken_manners(mock: &Mock, event: &str, token: &str) -> Option<String> {
    let (runs, comments) = (mock.check_runs().len(), mock.comments().len());
    let may_write = token == DEFAULT || token == ADMIN;
    let is_pull = event.starts_with("pull_request") || event == "fork";
    let requests = mock.requests().len();
    if runs > usize::from(may_write) {
        Some(format!("{runs} check runs"))
    } else if comments > usize::from(may_write && is_pull) {
        Some(format!("{comments} comments"))
    } else if requests > MOST_REQUESTS {
        Some(format!("{requests} requests"))
    } else {
        None
    }
}

/// Runs all of these, several at once; what went wrong, in order.
fn all(count: usize, case: impl Fn(usize) -> Option<String> + Sync) -> Vec<String> {
    let next = AtomicUsize::new(0);
    let mut found: Vec<(usize, String)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                scope.spawn(|| {
                    let mut found = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= count {
                            return found;
                        }
                        found.extend(case(number).map(|words| (number, words)));
                    }
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    found.sort();
    found.into_iter().map(|(_, words)| words).collect()
}

#[test]
fn every_event_with_every_token_and_every_fault_keeps_the_law() {
    let truths: Vec<[Truth; 2]> = EVENTS
        .iter()
        .map(|event| worlds().each_ref().map(|world| truth(event, world)))
        .collect();
    // Half of all cases, so that each pair of event and token, event and fault, token and fault is there; without
    // `READYGATE_MATRIX=whole` every eleventh of them, which is what there is time for in every run.
    let stride = if std::env::var_os("READYGATE_MATRIX").is_some() {
        1
    } else {
        11
    };
    let cases: Vec<usize> = (0..EVENTS.len() * TOKENS.len() * FAULTS.len())
        .filter(|number| {
            let (event, rest) = (number % EVENTS.len(), number / EVENTS.len());
            (event + rest % TOKENS.len() + rest / TOKENS.len()).is_multiple_of(2)
        })
        .step_by(stride)
        .collect();
    let count = cases.len();
    let broken = all(count, |at| {
        let number = cases[at];
        let (event, rest) = (number % EVENTS.len(), number / EVENTS.len());
        let (token, fault) = (TOKENS[rest % TOKENS.len()], FAULTS[rest / TOKENS.len()]);
        let at = (event / 2 + rest) % 2;
        let world = &worlds()[at];
        let mock = Mock::start(world.broken(fault));
        let left = world.job(&mock, EVENTS[event]).token(token).run();
        let law = broken_law(&left, &truths[event][at]);
        let words = law.or_else(|| broken_manners(&mock, EVENTS[event], token))?;
        Some(format!("{} × {token} × {fault}: {words}", EVENTS[event]))
    });
    assert!(broken.is_empty(), "{} of {count}:\n{}", broken.len(), broken.join("\n"));
}

/// The whole of a run but reading its environment, in this process: what the program itself takes to start is tested
/// often enough. Its exit status, its report, and whether GitHub took what was told.
async fn in_process(client: &Client, world: &World, event: &str) -> Left {
    let against = match event {
        "push" => Against::Before(world.base.clone()),
        "merge_group" => Against::Queue {
            branch: "main".to_owned(),
            onto: world.base.clone(),
        },
        _ => Against::Branch("main".to_owned()),
    };
    let request = Request {
        head: Revision::Commit(world.head.clone()),
        head_sha: Some(world.head.clone()),
        against,
        policy: PolicyChoice::Found,
        level: Level::AsPolicy,
        checklists: Vec::new(),
        only: Vec::new(),
        skip: Vec::new(),
        as_of: Date::default(),
        named: Named {
            repository: Some("o/n".to_owned()),
            reference: None,
            dirty: false,
            source: SourceKind::Github,
        },
        workflow: None,
    };
    let mut left = Left::nothing(3);
    let mut source = Github::new(client.clone(), "o", "n").with_branch("main");
    let Ok(judgement) = session::judge(&mut source, &request, None, &mut NoReviews).await else {
        left.summary = "no verdict".to_owned();
        left.err = "readygate:".to_owned();
        let outputs = stop_outputs(Ending::Unreadable).into_iter();
        left.outputs
            .extend(outputs.map(|(name, value)| (name.to_owned(), value)));
        return left;
    };
    let (report, setting) = (&judgement.report, Setting::default());
    let telling = client.for_telling();
    let repository = Repository {
        owner: "o".to_owned(),
        name: "n".to_owned(),
    };
    CheckRun::of(report, &setting, &world.head, "1")
        .publish(&telling, &repository)
        .await;
    if event == "pull_request" {
        let body = markdown::comment(report, &setting);
        let resolved = markdown::resolved(report, &setting);
        comment(&telling, &repository, 7, "readiness", body.as_deref(), &resolved).await;
    }
    left.status = i32::from(report.verdict.decision == Verdict::NoGo);
    left.outputs
        .insert("verdict".to_owned(), report.verdict.decision.as_str().to_owned());
    left.report = serde_json::from_str(&readygate::report::json(report)).unwrap();
    left
}

/// Two dozen runs unless `READYGATE_RUNS` asks for others: the thousand takes ten minutes.
#[test]
fn a_thousand_runs_with_one_request_in_five_failing_keep_the_law() {
    let events = ["pull_request", "push", "merge_group"];
    let truths = events.map(|event| worlds().each_ref().map(|world| truth(event, world)));
    let count = std::env::var("READYGATE_RUNS").map_or(24, |text| text.parse().unwrap());
    let judged = AtomicUsize::new(0);
    let broken = all(count, |number| {
        let (event, at) = (number % events.len(), number / events.len() % 2);
        let world = &worlds()[at];
        let mut fixture = world.fixture();
        fixture.chaos = Some(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(number as u64 + 1) | 1);
        let mock = Mock::start(fixture);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let left = runtime.block_on(async {
            let client = mock.client(DEFAULT);
            in_process(&client, world, events[event]).await
        });
        judged.fetch_add(usize::from(left.status < 2), Ordering::Relaxed);
        let law = broken_law(&left, &truths[event][at]);
        let words = law.or_else(|| broken_manners(&mock, events[event], DEFAULT))?;
        Some(format!("run {number} ({}): {words}", events[event]))
    });
    assert!(broken.is_empty(), "{} of {count}:\n{}", broken.len(), broken.join("\n"));
    // Who never answers breaks no law, either.
    let judged = judged.into_inner();
    assert!(judged * 2 > count, "only {judged} of {count} runs came to a verdict");
    println!("{judged} of {count} runs came to a verdict");
}

#[test]
fn a_comment_is_one_over_many_bad_runs() {
    let world = &worlds()[0];
    let mut fixture = world.fixture();
    fixture.chaos = Some(7);
    let mock = Mock::start(fixture);
    for _ in 0..5 {
        world.job(&mock, "pull_request").run();
    }
    assert!(mock.comments().len() <= 1, "{:#?}", mock.comments());
}

#[test]
fn a_run_stops_reading_before_it_is_cut_off_and_still_tells() {
    let world = &worlds()[0];
    let mut fixture = world.fixture();
    fixture.remaining = Some(9);
    let mock = Mock::start(fixture);
    let left = world.job(&mock, "pull_request").run();
    assert_eq!(left.status, 3, "{}{}", left.out, left.err);
    assert!(left.err.contains("kept for telling"), "{}", left.err);
    assert_eq!(
        mock.check_runs().len(),
        1,
        "the check run says that there is no verdict"
    );
}
