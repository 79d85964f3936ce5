//! The source at its limits: listings cut off, outages, rate limits, budgets.

use readygate::model::{Cause, Read, Tree, Unread};
use readygate::source::{Source, Wanted};

use super::client::run;
use super::fixture::{ADMIN, DEFAULT, Fixture, Trouble};
use super::mock::Mock;
use super::repo::GitRepo;
use super::source::{assert_same, commit, contents, github, truth, wanted};

/// 12 folders of 60 files, one of them with folders of its own, and a vendored one.
fn many_folders(repo: &GitRepo) -> String {
    let mut files: Vec<(String, String)> = Vec::new();
    for folder in 0..12 {
        for file in 0..60 {
            files.push((format!("d{folder:02}/f{file}.ts"), format!("{folder} {file}\n")));
            files.push((
                format!("d05/deep{folder:02}/f{file}.ts"),
                format!("deep {folder} {file}\n"),
            ));
        }
    }
    files.push(("node_modules/x/index.js".to_owned(), "x".to_owned()));
    files.push(("package.json".to_owned(), "{}".to_owned()));
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    repo.commit(&files)
}

#[test]
fn a_listing_that_is_cut_off_is_completed_folder_by_folder() {
    let repo = GitRepo::new();
    let base = many_folders(&repo);
    let head = repo.commit(&[("d11/f1.ts", "changed\n")]);
    let paths = |id: &str| -> Vec<String> { truth(repo.path(), id).into_keys().collect() };
    for cut in [100, 500, 1_000] {
        let mut fixture = Fixture::of(repo.path());
        fixture.truncate_at = cut;
        let mock = Mock::start(fixture);
        run(async {
            let mut source = github(&mock, DEFAULT);
            for id in [&head, &base] {
                let tree = source.tree(&commit(id)).await.unwrap();
                assert_eq!(tree.truncation(), None);
                let told: Vec<String> = tree.iter().map(|(path, _)| path.to_string()).collect();
                assert_eq!(told, paths(id), "cut at {cut}");
            }
        });
        let requests = mock.requests().len();
        // The whole (cut), the root alone, what was not proven whole; of the base, its root and one folder.
        let most = [(100, 40), (500, 18), (1_000, 13)]
            .iter()
            .find(|(at, _)| *at == cut)
            .unwrap()
            .1;
        assert!(requests <= most, "cut at {cut}: {requests} requests");
    }
}

#[test]
fn a_listing_that_can_not_be_completed_says_so() {
    let repo = GitRepo::new();
    let files: Vec<(String, String)> = (0..90).map(|at| (format!("d{at}/a/b.ts"), at.to_string())).collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let id = repo.commit(&files);
    let mut fixture = Fixture::of(repo.path());
    fixture.truncate_at = 1;
    let mock = Mock::start(fixture);
    run(async {
        let tree = github(&mock, DEFAULT).tree(&commit(&id)).await.unwrap();
        let why = tree.truncation().unwrap();
        assert!(why.contains("folders were left out after 48 requests"), "{why}");
    });
    assert!(mock.requests().len() <= 50);
}

#[test]
fn a_file_too_large_is_not_asked_for() {
    let repo = GitRepo::new();
    let large = "x".repeat((1 << 20) + 1);
    let id = repo.commit(&[("large.txt", &large), ("small.txt", "1")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let told = contents(&mut github(&mock, DEFAULT), &commit(&id)).await;
        assert_eq!(told["large.txt"].as_ref().unwrap_err().cause, Cause::Size);
        assert_eq!(told["small.txt"].as_deref(), Ok(&b"1"[..]));
        assert_eq!(mock.requests().len(), 2);
    });
}

#[test]
fn a_query_that_takes_too_long_is_halved_and_never_repeated() {
    let repo = GitRepo::new();
    let files: Vec<(String, String)> = (0..100).map(|at| (format!("{at}.ts"), at.to_string())).collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let id = repo.commit(&files);
    let trouble = Trouble::Status(502, Vec::new(), "too long");
    let mock = Mock::start(Fixture::of(repo.path()).with_fault("/graphql", 1, trouble));
    run(async {
        let told = contents(&mut github(&mock, DEFAULT), &commit(&id)).await;
        assert_same(&told, &truth(repo.path(), &id));
    });
    assert_eq!(mock.requests().len(), 4, "{:?}", mock.requests());
}

#[test]
fn two_queries_without_an_answer_are_the_last() {
    let repo = GitRepo::new();
    let files: Vec<(String, String)> = (0..200).map(|at| (format!("{at}.ts"), at.to_string())).collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let id = repo.commit(&files);
    let trouble = Trouble::Status(502, Vec::new(), "too long");
    let mock = Mock::start(Fixture::of(repo.path()).with_fault("/graphql", 99, trouble));
    run(async {
        let told = contents(&mut github(&mock, DEFAULT), &commit(&id)).await;
        assert_same(&told, &truth(repo.path(), &id));
    });
    let requests = mock.requests();
    let queries = requests.iter().filter(|line| line.ends_with("/graphql")).count();
    assert_eq!(queries, 2, "{requests:?}");
    assert!(requests.len() <= 6, "an archive has them all: {requests:?}");
}

#[test]
fn what_a_limit_an_outage_or_a_permission_keeps_away_is_unread_with_its_cause() {
    let limit = vec![
        ("x-ratelimit-remaining", "0".to_owned()),
        ("x-ratelimit-reset", "99999999999".to_owned()),
    ];
    let table = [
        (Trouble::Status(403, limit, "API rate limit exceeded"), Cause::Limit),
        (Trouble::Status(503, Vec::new(), "unicorn"), Cause::Network),
        (Trouble::Html, Cause::Network),
        (
            Trouble::Status(403, Vec::new(), "Resource not accessible by integration"),
            Cause::Permission,
        ),
    ];
    for (trouble, cause) in table {
        let repo = GitRepo::new();
        let id = repo.commit(&[("a.ts", "1"), ("b.ts", "2")]);
        let mut fixture = Fixture::of(repo.path()).with_fault("/graphql", 99, trouble.clone());
        fixture = fixture.with_fault("/git/blobs", 99, trouble);
        let mock = Mock::start(fixture);
        run(async {
            let told = contents(&mut github(&mock, ADMIN), &commit(&id)).await;
            for (path, content) in told {
                let unread = content.unwrap_err();
                // A proxy's page is not that blob: only the hash can tell.
                assert_eq!(unread.cause, cause, "{path}: {unread:?}");
                assert!(unread.what.contains(&path) && !unread.settle.is_empty());
            }
        });
    }
}

#[test]
fn more_than_may_be_asked_for_is_unread_and_says_so() {
    let repo = GitRepo::new();
    let files: Vec<(String, String)> = (0..130).map(|at| (format!("{at}.ts"), at.to_string())).collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let id = repo.commit(&files);
    let mut fixture = Fixture::of(repo.path());
    fixture.has_archive = false;
    let mock = Mock::start(fixture);
    run(async {
        let told = contents(&mut github(&mock, ""), &commit(&id)).await;
        let unread: Vec<&Unread> = told.values().filter_map(|content| content.as_ref().err()).collect();
        assert_eq!(unread.len(), 31);
        assert!(unread.iter().all(|unread| unread.cause == Cause::Limit));
    });
    assert_eq!(mock.requests().len(), 101);
}

/// As many files as GitHub lists at once: their folders make the listing one that is cut off. The numbers are a
/// tenth of GitHub's, of which the number of requests does not depend.
#[test]
fn a_repository_as_large_as_a_listing_takes_sixteen_requests() {
    let repo = GitRepo::new();
    let mut files: Vec<(String, String)> = Vec::new();
    for file in 0..10_000 {
        let (part, folder) = (file % 10, file % 200 / 10);
        files.push((
            format!("part{part}/{folder}/f{file}.ts"),
            format!("export const a = {file};\n"),
        ));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let base = repo.commit(&files);
    let head = repo.commit(&[("part3/0/f3.ts", "changed\n")]);
    let mut fixture = Fixture::of(repo.path());
    fixture.truncate_at = 10_000;
    let mock = Mock::start(fixture);
    run(async {
        let mut source = github(&mock, DEFAULT);
        for id in [&head, &base] {
            let tree = source.tree(&commit(id)).await.unwrap();
            assert_eq!((tree.len(), tree.truncation()), (10_000, None));
            let wanted = wanted(&tree).into_iter().step_by(7).chain([the_changed(&tree)]);
            let wanted: Vec<Wanted> = wanted.collect();
            let read = source.read(&commit(id), &wanted).await;
            assert!(read.iter().all(|read| matches!(read, Read::Here(_))));
        }
        // Listed whole, root, last folder; archive and redirect; root, changed folder; changed file.
        assert!(mock.requests().len() <= 16, "{:#?}", mock.requests());
    });
}

fn the_changed(tree: &Tree) -> Wanted {
    let path = "part3/0/f3.ts".into();
    let entry = tree.get("part3/0/f3.ts").unwrap().clone();
    Wanted { path, entry }
}
