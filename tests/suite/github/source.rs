//! The source: the same bytes as git has, in few requests, whatever an archive or a listing leaves out.

use std::collections::BTreeMap;
use std::path::Path;

use readygate::model::{EntryKind, Read, Tree, Unread};
use readygate::source::{Github, Revision, Source, SourceError, Wanted};

use super::client::run;
use super::fixture::{DEFAULT, Fixture, Trouble};
use super::mock::Mock;
use super::repo::{self, Change, GitRepo};

/// A commit as a revision.
pub fn commit(id: &str) -> Revision {
    Revision::Commit(id.to_owned())
}

/// The mock's repository.
pub fn github(mock: &Mock, token: &str) -> Github {
    Github::new(mock.client(token), "o", "n")
}

/// All files of a tree.
pub fn wanted(tree: &Tree) -> Vec<Wanted> {
    tree.iter()
        .filter(|(_, entry)| entry.is_file())
        .map(|(path, entry)| Wanted {
            path: path.clone(),
            entry: entry.clone(),
        })
        .collect()
}

/// Every file's bytes as the source gives them, by path.
pub async fn contents(source: &mut Github, revision: &Revision) -> BTreeMap<String, Result<Vec<u8>, Unread>> {
    let tree = source.tree(revision).await.unwrap();
    let wanted = wanted(&tree);
    let read = source.read(revision, &wanted).await;
    assert_eq!(read.len(), wanted.len());
    let pairs = wanted.into_iter().zip(read).map(|(file, read)| {
        let content = match read {
            Read::Here(document) => Ok(document.bytes().to_vec()),
            Read::Unread(unread) => Err(unread),
            Read::Absent => panic!("{} is absent", file.path),
        };
        (file.path.to_string(), content)
    });
    pairs.collect()
}

/// Every file's bytes as git has them.
pub fn truth(folder: &Path, id: &str) -> BTreeMap<String, Vec<u8>> {
    let listing = repo::run(folder, &["ls-tree", "-r", "-z", id], None).unwrap();
    let lines: Vec<String> = listing
        .split(|byte| *byte == 0)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .filter(|line| line.starts_with("100"))
        .collect();
    let ids: Vec<&str> = lines.iter().map(|line| &line[12..52]).collect();
    let paths = lines.iter().map(|line| line[53..].to_owned());
    paths
        .zip(repo::blobs(folder, &ids).into_iter().map(Option::unwrap))
        .collect()
}

/// Fails unless every file was read and is git's.
pub fn assert_same(told: &BTreeMap<String, Result<Vec<u8>, Unread>>, truth: &BTreeMap<String, Vec<u8>>) {
    let told: BTreeMap<&str, &[u8]> = told
        .iter()
        .map(|(path, content)| {
            (
                path.as_str(),
                content.as_deref().unwrap_or_else(|why| panic!("{path}: {why:?}")),
            )
        })
        .collect();
    let truth: BTreeMap<&str, &[u8]> = truth
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
        .collect();
    assert!(told == truth, "{:?} is not {:?}", told.keys(), truth.keys());
}

/// Files that the ways of transport treat differently.
fn strange_files(repo: &GitRepo) -> String {
    let large = "x".repeat(600_000);
    repo.change(&[
        Change::Write(
            ".gitattributes",
            b"hidden.txt export-ignore\nsubst.txt export-subst\n*.crlf text eol=crlf\n",
        ),
        Change::Write("hidden.txt", b"not in the archive\n"),
        Change::Write("subst.txt", b"$Format:%H$\n"),
        Change::Write("dos.crlf", b"a\nb\n"),
        Change::Write("kept.txt", b"a\r\nb\n"),
        Change::Write("binary.bin", b"\0\x01\x02"),
        Change::Write("latin.txt", b"caf\xe9\n"),
        Change::Write("bom.txt", b"\xef\xbb\xbfhello"),
        Change::Write("empty.txt", b""),
        Change::Write("same/a.txt", b"twice\n"),
        Change::Write("same/b.txt", b"twice\n"),
        Change::Write("large.txt", large.as_bytes()),
        Change::Write("a b/\u{fc}#%?.txt", b"odd name\n"),
        Change::Run("run.sh", b"#!/bin/sh\n"),
        Change::Link("link", "/etc/passwd"),
        Change::Module("module", "0123456789012345678901234567890123456789"),
    ])
}

#[test]
fn every_file_is_the_blob_that_git_has() {
    let repo = GitRepo::new();
    let id = strange_files(&repo);
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let mut source = github(&mock, DEFAULT);
        assert_same(&contents(&mut source, &commit(&id)).await, &truth(repo.path(), &id));
        let tree = source.tree(&commit(&id)).await.unwrap();
        let kind = |path: &str| tree.get(path).map(|entry| entry.kind);
        assert_eq!(kind("run.sh"), Some(EntryKind::Executable));
        assert_eq!(kind("link"), Some(EntryKind::Symlink));
        assert_eq!(kind("module"), Some(EntryKind::Submodule));
        assert_eq!(kind("same"), None);
    });
}

#[test]
fn an_archive_is_not_believed_and_hides_nothing() {
    let repo = GitRepo::new();
    let many: Vec<(String, String)> = (0..450)
        .map(|at| (format!("src/{at}.ts"), format!("let a = {at};\n")))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    repo.commit(&many);
    let id = strange_files(&repo);
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let mut source = github(&mock, DEFAULT);
        assert_same(&contents(&mut source, &commit(&id)).await, &truth(repo.path(), &id));
        let requests = mock.requests();
        assert!(requests.iter().any(|line| line.contains("/codeload/")), "{requests:?}");
        // Tree, archive with its redirect, and one query for what the archive hides or changes.
        assert_eq!((requests.len(), source.requests()), (4, 4), "{requests:?}");
    });
}

#[test]
fn an_archive_that_breaks_off_or_is_not_there_costs_requests_and_no_file() {
    for break_off in [true, false] {
        let repo = GitRepo::new();
        let many: Vec<(String, String)> = (0..450)
            .map(|at| (format!("{at}.ts"), format!("{at}{}", "x".repeat(at))))
            .collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let id = repo.commit(&many);
        let mut fixture = Fixture::of(repo.path());
        if break_off {
            fixture = fixture.with_fault("/codeload/", 1, Trouble::Cut);
        } else {
            fixture.has_archive = false;
        }
        let mock = Mock::start(fixture);
        run(async {
            let mut source = github(&mock, DEFAULT);
            assert_same(&contents(&mut source, &commit(&id)).await, &truth(repo.path(), &id));
        });
        assert!(mock.requests().len() <= 8, "{:?}", mock.requests());
    }
}

#[test]
fn without_a_token_everything_is_read_all_the_same() {
    let repo = GitRepo::new();
    let id = strange_files(&repo);
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let mut source = github(&mock, "");
        assert_same(&contents(&mut source, &commit(&id)).await, &truth(repo.path(), &id));
    });
    assert!(mock.requests().iter().all(|line| !line.contains("graphql")));
}

#[test]
fn the_merge_base_reads_only_what_differs() {
    let repo = GitRepo::new();
    let many: Vec<(String, String)> = (0..150).map(|at| (format!("src/{at}.ts"), format!("{at}\n"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let base = repo.commit(&many);
    repo.branch("topic");
    let head = repo.commit(&[("src/7.ts", "changed\n"), ("new.ts", "new\n")]);
    repo.branch("main");
    let tip = repo.commit(&[("main.ts", "1")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let mut source = github(&mock, DEFAULT);
        assert_eq!(source.resolve("topic").await.unwrap(), head);
        assert_eq!(source.merge_base(&tip, &head).await.unwrap(), Some(base.clone()));
        let head_told = contents(&mut source, &commit(&head)).await;
        assert_same(&head_told, &truth(repo.path(), &head));
        let before = mock.requests().len();
        let base_told = contents(&mut source, &commit(&base)).await;
        assert_same(&base_told, &truth(repo.path(), &base));
        let requests = mock.requests();
        // Its tree, and the one blob that head has changed.
        assert_eq!(requests.len() - before, 2, "{requests:?}");
        assert_eq!(before, 5, "{requests:?}");
        source.tree(&commit(&base)).await.unwrap();
        assert_eq!(mock.requests().len(), requests.len());
    });
}

#[test]
fn names_are_resolved_and_strangers_are_not_found() {
    let repo = GitRepo::new();
    let first = repo.commit(&[("a", "1")]);
    repo.git(&["tag", "-a", "v1", "-m", "one"]);
    repo.branch("feature/a#b");
    let second = repo.commit(&[("a", "2")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let mut source = github(&mock, DEFAULT);
        assert_eq!(source.resolve("v1").await.unwrap(), first);
        assert_eq!(source.resolve("feature/a#b").await.unwrap(), second);
        assert_eq!(source.resolve("refs/heads/main").await.unwrap(), first);
        let asked = mock.requests().len();
        assert_eq!(source.resolve(&first).await.unwrap(), first);
        assert_eq!(mock.requests().len(), asked);
        let missing = source.resolve("nowhere").await.unwrap_err();
        assert!(
            matches!(&missing, SourceError::NotFound { what } if what.contains("`nowhere`")),
            "{missing}"
        );
        let gone = source.tree(&commit(&"0".repeat(40))).await.unwrap_err();
        assert!(matches!(gone, SourceError::NotFound { .. }), "{gone}");
        let mut other = Github::new(mock.client(DEFAULT), "o", "other");
        assert!(matches!(other.resolve("main").await, Err(SourceError::NotFound { .. })));
        let mut refused = Github::new(mock.client("wrong"), "o", "n");
        assert!(matches!(
            refused.resolve("main").await,
            Err(SourceError::Unreachable { .. })
        ));
        let tree = source.tree(&Revision::WorkingTree).await;
        assert!(matches!(tree, Err(SourceError::Unsupported { .. })));
    });
}

#[test]
fn histories_without_a_common_ancestor_have_no_merge_base() {
    let repo = GitRepo::new();
    let main = repo.commit(&[("a", "1")]);
    repo.git(&["symbolic-ref", "HEAD", "refs/heads/orphan"]);
    let orphan = repo.commit(&[("b", "2")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let mut source = github(&mock, DEFAULT);
        assert_eq!(source.merge_base(&main, &orphan).await.unwrap(), None);
        assert_eq!(source.merge_base(&main, &main).await.unwrap(), Some(main.clone()));
        assert!(source.merge_base(&main, &"1".repeat(40)).await.is_err());
    });
}

#[test]
fn a_repository_without_a_commit_has_an_empty_tree() {
    let repo = GitRepo::new();
    let mock = Mock::start(Fixture::of(repo.path()));
    run(async {
        let mut source = github(&mock, DEFAULT);
        let error = source.resolve("main").await.unwrap_err();
        assert!(error.to_string().contains("is empty"), "{error}");
        let tree = source.tree(&commit(&"0".repeat(40))).await.unwrap();
        assert!(tree.is_empty() && tree.truncation().is_none());
    });
}

/// Any repository that stands on this machine: `READYGATE_GIT_FOLDERS=/a:/b`.
#[test]
fn other_repositories_are_read_as_git_reads_them() {
    let folders = std::env::var_os("READYGATE_GIT_FOLDERS").unwrap_or_default();
    for folder in std::env::split_paths(&folders).filter(|folder| folder.is_absolute()) {
        let id = String::from_utf8(repo::run(&folder, &["rev-parse", "HEAD"], None).unwrap()).unwrap();
        if repo::run(
            &folder,
            &["rev-list", "--objects", "--no-walk", "--quiet", "HEAD"],
            None,
        )
        .is_none()
            || repo::run(&folder, &["ls-tree", "-r", "-l", "HEAD"], None).is_none()
        {
            eprintln!("{}: skipped, it lacks objects", folder.display());
            continue;
        }
        let truth = truth(&folder, id.trim());
        let mock = Mock::start(Fixture::of(&folder));
        let told = run(async { contents(&mut github(&mock, DEFAULT), &commit(id.trim())).await });
        assert!(told.len() >= truth.len());
        let mut unread: BTreeMap<&str, usize> = BTreeMap::new();
        for (path, content) in &told {
            match content {
                Ok(bytes) => assert!(truth.get(path).is_some_and(|known| known == bytes), "{path}"),
                Err(why) => *unread.entry(why.cause.as_str()).or_default() += 1,
            }
        }
        eprintln!(
            "{}: {} files, {} requests, unread {unread:?}",
            folder.display(),
            told.len(),
            mock.requests().len()
        );
    }
}
