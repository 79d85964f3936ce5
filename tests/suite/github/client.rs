//! The client: what is tried again, what is not, and where the token goes.

use std::time::Duration;

use readygate::github::{Client, GithubError, Kind, Route};
use serde_json::{Value, json};

use super::fixture::{ADMIN, DEFAULT, Fixture, READ_ONLY, Trouble};
use super::mock::Mock;
use super::repo::GitRepo;

fn repository() -> Route {
    Route::repository("o", "n")
}

/// Runs a future on a runtime of its own.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// What a GET of the repository gives in a world with this fault, and how many requests that took.
fn get_with(at: &str, times: u32, what: Trouble) -> (Result<Value, GithubError>, usize) {
    let repo = GitRepo::new();
    let mock = Mock::start(Fixture::of(repo.path()).with_fault(at, times, what));
    let got = run(async { mock.client(DEFAULT).get(&repository()).await });
    (got, mock.requests().len())
}

fn status(status: u16) -> Trouble {
    Trouble::Status(status, Vec::new(), "trouble")
}

#[test]
fn a_get_is_tried_again_after_an_outage_and_not_for_ever() {
    let (got, requests) = get_with("GET", 2, status(502));
    assert_eq!((got.unwrap()["full_name"].as_str(), requests), (Some("o/n"), 3));
    let (got, requests) = get_with("GET", 99, status(503));
    let error = got.unwrap_err();
    assert_eq!((error.kind, error.status, requests), (Kind::Unavailable, Some(503), 4));
}

#[test]
fn an_answer_cut_off_or_made_by_a_proxy_is_no_answer() {
    for trouble in [Trouble::Cut, Trouble::Html] {
        let (got, requests) = get_with("GET", 1, trouble.clone());
        assert_eq!((got.unwrap()["full_name"].as_str(), requests), (Some("o/n"), 2));
        let (got, requests) = get_with("GET", 99, trouble);
        assert!(matches!(got.unwrap_err().kind, Kind::Unavailable | Kind::Malformed));
        assert_eq!(requests, 4);
    }
}

#[test]
fn a_limit_is_waited_for_only_within_the_deadline() {
    let short = Trouble::Status(
        429,
        vec![("retry-after", "1".to_owned())],
        "You have exceeded a secondary rate limit",
    );
    let (got, requests) = get_with("GET", 1, short);
    assert!(got.is_ok() && requests == 2);
    let headers = vec![
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset", "99999999999".to_owned()),
    ];
    let (got, requests) = get_with("GET", 1, Trouble::Status(403, headers, "API rate limit exceeded"));
    assert!(matches!(got.unwrap_err().kind, Kind::RateLimited { until: Some(_) }));
    assert_eq!(requests, 1);
}

#[test]
fn a_missing_permission_is_named_and_not_tried_again() {
    let repo = GitRepo::new();
    repo.commit(&[("a", "1")]);
    let headers = vec![("x-accepted-github-permissions", "administration=read".to_owned())];
    let refusal = Trouble::Status(403, headers, "Resource not accessible by personal access token");
    let mock = Mock::start(Fixture::of(repo.path()).with_fault("/protection", 9, refusal));
    let route = repository().then(&["branches", "main", "protection"]);
    let error = run(async { mock.client(ADMIN).get(&route).await }).unwrap_err();
    assert_eq!(error.accepted_permissions.as_deref(), Some("administration=read"));
    assert!(error.to_string().contains("needs `administration=read`"), "{error}");
    assert_eq!(mock.requests().len(), 1);
    let error = run(async { mock.client("nonsense").get(&repository()).await }).unwrap_err();
    assert_eq!(error.kind, Kind::Unauthorized);
}

#[test]
fn what_a_workflows_token_is_never_told_is_not_asked() {
    let repo = GitRepo::new();
    repo.commit(&[("a", "1")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    let protection = repository().then(&["branches", "main", "protection"]);
    let alerts = repository().then(&["vulnerability-alerts"]);
    run(async {
        let client = mock.client(DEFAULT);
        for route in [&protection, &alerts, &Route::new(&["user"])] {
            let error = client.get(route).await.unwrap_err();
            assert!(matches!(error.kind, Kind::Forbidden { .. }), "{error}");
            assert!(error.to_string().contains("not asked"), "{error}");
        }
        let named = client.get(&protection).await.unwrap_err();
        assert_eq!(named.accepted_permissions.as_deref(), Some("administration=read"));
        assert_eq!(client.requests(), 0);
    });
    assert!(mock.requests().is_empty());
}

#[test]
fn what_changes_something_is_sent_once_whatever_happens() {
    for trouble in [status(502), status(429), Trouble::Cut, Trouble::Html] {
        let repo = GitRepo::new();
        let mock = Mock::start(Fixture::of(repo.path()).with_fault("/issues/", 1, trouble));
        let route = repository().then(&["issues", "7", "comments"]);
        let made = run(async { mock.client(DEFAULT).post(&route, &json!({"body": "x"})).await });
        assert!(made.is_err());
        assert_eq!(mock.requests().len(), 1);
    }
}

#[test]
fn comments_are_made_listed_over_all_pages_changed_and_deleted() {
    let repo = GitRepo::new();
    let mut fixture = Fixture::of(repo.path());
    let stranger = json!({"login": "eve", "type": "User"});
    fixture.comments = (0..250)
        .map(|at| json!({"issue": 7, "body": at.to_string(), "user": stranger}))
        .collect();
    let mock = Mock::start(fixture);
    run(async {
        let client = mock.client(DEFAULT);
        let route = repository().then(&["issues", "7", "comments"]);
        let made = client.post(&route, &json!({"body": "hello"})).await.unwrap();
        assert_eq!(made["user"]["login"], "github-actions[bot]");
        let all = client.get_all(&route).await.unwrap();
        assert_eq!((all.len(), client.requests()), (251, 4));
        assert_eq!(all[250]["body"], "hello");
        let one = repository().then(&["issues", "comments", &made["id"].to_string()]);
        client.patch(&one, &json!({"body": "bye"})).await.unwrap();
        assert_eq!(mock.comments()[250]["body"], "bye");
        assert_eq!(client.delete(&one).await.unwrap(), Value::Null);
        assert_eq!(mock.comments().len(), 250);
        let refused = mock
            .client(READ_ONLY)
            .post(&route, &json!({"body": "x"}))
            .await
            .unwrap_err();
        assert!(matches!(refused.kind, Kind::Forbidden { .. }));
        let long = "x".repeat(70_000);
        let refused = client.post(&route, &json!({"body": long})).await.unwrap_err();
        assert_eq!((refused.kind, refused.status), (Kind::Rejected, Some(422)));
    });
}

#[test]
fn check_runs_take_fifty_annotations_at_a_time_and_keep_them_all() {
    let repo = GitRepo::new();
    let mock = Mock::start(Fixture::of(repo.path()));
    let note = json!({"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "failure", "message": "m"});
    let run_with = |count: usize| {
        json!({"name": "readiness", "head_sha": "0".repeat(40), "status": "completed", "conclusion": "failure",
               "output": {"title": "t", "summary": "s", "annotations": vec![note.clone(); count]}})
    };
    run(async {
        let client = mock.client(DEFAULT);
        let route = repository().then(&["check-runs"]);
        let refused = client.post(&route, &run_with(51)).await.unwrap_err();
        assert!(refused.message.contains("No more than 50"), "{refused}");
        let made = client.post(&route, &run_with(50)).await.unwrap();
        let one = route.then(&[&made["id"].to_string()]);
        let mut seven = run_with(7);
        seven.as_object_mut().unwrap().remove("head_sha");
        client.patch(&one, &seven).await.unwrap();
        assert_eq!(mock.check_runs()[0]["annotations"].as_array().map(Vec::len), Some(57));
    });
}

#[test]
fn graphql_keeps_partial_data_and_tells_a_limit_from_an_answer() {
    let repo = GitRepo::new();
    let mut fixture = Fixture::of(repo.path());
    fixture.graphql = json!({"deleteBranchOnMerge": true});
    let mock = Mock::start(fixture);
    let query = "query { repository { deleteBranchOnMerge mergeCommitAllowed } }";
    let variables = json!({"owner": "o", "name": "n"});
    run(async {
        let answer = mock.client(DEFAULT).graphql(query, variables.clone()).await.unwrap();
        assert_eq!(answer.data["repository"]["deleteBranchOnMerge"], true);
        assert_eq!(answer.errors[0]["type"], "FORBIDDEN");
        let nobody = mock.client("").graphql(query, variables).await.unwrap_err();
        assert_eq!(nobody.kind, Kind::Unauthorized);
    });
}

#[test]
fn an_archive_on_another_host_comes_without_the_token_and_within_its_cap() {
    let repo = GitRepo::new();
    let sha = repo.commit(&[("a", "1")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    let route = repository().then(&["tarball", &sha]);
    run(async {
        let client = mock.client(ADMIN);
        // The mock panics when the token reaches its other name.
        let whole = client
            .download(&route, "application/x-gzip", 1 << 20)
            .await
            .unwrap()
            .whole()
            .await
            .unwrap();
        assert!(whole.starts_with(&[0x1f, 0x8b]));
        let small = client
            .download(&route, "application/x-gzip", 10)
            .await
            .unwrap()
            .whole()
            .await;
        assert_eq!(small.unwrap_err().kind, Kind::TooLarge);
    });
    assert!(
        mock.requests()[1].starts_with("GET /codeload/"),
        "{:?}",
        mock.requests()
    );
}

#[test]
fn silence_is_an_outage() {
    let repo = GitRepo::new();
    let mock = Mock::start(Fixture::of(repo.path()).with_fault("GET", 9, Trouble::Delay(Duration::from_secs(20))));
    let mut settings = mock.settings(DEFAULT);
    settings.patience = Duration::from_millis(30);
    let error = run(async { Client::new(settings).unwrap().get(&repository()).await }).unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.message.contains("in time"), "{error}");
}

/// Each piece comes in time, and the whole never does.
#[test]
fn an_answer_that_never_ends_ends_with_the_runs_time() {
    let repo = GitRepo::new();
    let trickle = Trouble::Trickle(Duration::from_millis(5));
    let mock = Mock::start(Fixture::of(repo.path()).with_fault("GET /repos/o/n", 9, trickle));
    let mut settings = mock.settings(DEFAULT);
    settings.clock = Duration::from_secs(3);
    let started = std::time::Instant::now();
    run(async {
        let client = Client::new(settings).unwrap();
        let error = client.get(&repository()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(
            error.message.contains("the 3 s that a run waits for GitHub are over"),
            "{error}"
        );
        assert!(started.elapsed() < Duration::from_secs(30));
        assert_eq!(error.unread("it").cause, readygate::model::Cause::Network);
        // No further request is begun to read, and the result is told all the same.
        let asked = mock.requests().len();
        client.get(&repository()).await.unwrap_err();
        assert_eq!(mock.requests().len(), asked);
        client
            .for_telling()
            .graphql("query { viewer { login } }", json!({}))
            .await
            .unwrap();
    });
}

#[test]
#[should_panic(expected = "unexpected requests")]
fn the_mock_complains_of_what_it_does_not_expect() {
    let repo = GitRepo::new();
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async { mock.client(DEFAULT).get(&repository().then(&["stargazers"])).await.ok() });
}
