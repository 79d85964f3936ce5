//! What every source must answer, whatever it reads from: run it over a new source by `suite`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};

use readygate::model::{BlobId, Cause, Entry, EntryKind, Read, RepoPath, Tree};
use readygate::source::{Content, LARGEST_FILE, Local, Memory, Revision, Source, SourceError, Wanted, blob_id};
use tempfile::TempDir;

/// A repository to be made: its commits in order, of which the last is `HEAD` and each has a branch of its name.
pub struct Fixture {
    pub name: &'static str,
    pub commits: Vec<FixtureCommit>,
    /// Pairs of commits with their merge base.
    pub merge_bases: Vec<(&'static str, &'static str, Option<&'static str>)>,
}

/// A commit of exactly these files.
pub struct FixtureCommit {
    pub name: &'static str,
    pub parents: Vec<&'static str>,
    pub files: Vec<(Vec<u8>, Content)>,
}

impl Fixture {
    fn single(name: &'static str, files: Vec<(&[u8], Content)>) -> Self {
        let files = files
            .into_iter()
            .map(|(path, content)| (path.to_vec(), content))
            .collect();
        Self {
            name,
            commits: vec![FixtureCommit {
                name: "main",
                parents: Vec::new(),
                files,
            }],
            merge_bases: Vec::new(),
        }
    }
}

/// The repositories that every source is asked about.
pub fn fixtures() -> Vec<Fixture> {
    let text = Content::text;
    let submodule = BlobId::from_hex("0123456789012345678901234567890123456789").unwrap();
    let deep = format!("{}leaf.txt", "d/".repeat(60));
    let many = (0..2_000).map(|n| {
        (
            format!("src/m{}/f{n}.ts", n % 37).into_bytes(),
            text(&format!("export const n = {n};\n")),
        )
    });
    vec![
        Fixture::single(
            "kinds",
            vec![
                (b"run.sh", Content::Executable(b"#!/bin/sh\n".to_vec())),
                (b"link", Content::Symlink(b"run.sh".to_vec())),
                (b"out", Content::Symlink(b"/etc/passwd".to_vec())),
                (b"up/out", Content::Symlink(b"../../..".to_vec())),
                (b"lib/other", Content::Submodule(submodule)),
                (b"empty", text("")),
                (b"a/b.txt", text("b")),
                (b"a.txt", text("a")),
                (b"a0", text("a0")),
            ],
        ),
        Fixture::single(
            "contents",
            vec![
                // Whole UTF-16 is handed on as UTF-8; this is half of a letter.
                (b"utf16.txt", Content::File(b"\xff\xfea\0b".to_vec())),
                (b"latin1.txt", Content::File(b"caf\xe9\r\nx".to_vec())),
                (b"binary.png", Content::File(vec![0, 1, 2, 13, 10, 0])),
                (b"crlf.txt", text("a\r\nb\r\n")),
                (b"limit.bin", Content::File(vec![b'x'; LARGEST_FILE as usize])),
                (b"large.bin", Content::File(vec![b'x'; LARGEST_FILE as usize + 1])),
                (b"same1", text("same")),
                (b"x/same2", text("same")),
            ],
        ),
        Fixture::single(
            "attributes",
            vec![
                (
                    b".gitattributes",
                    text(
                        "*.txt text eol=crlf\n*.auto text=auto eol=crlf\nsecret* export-ignore\nver export-subst\n*.psd filter=lfs diff=lfs merge=lfs -text\n*.id ident\n",
                    ),
                ),
                (b"a.txt", text("one\ntwo\n")),
                (b"b.auto", text("one\ntwo\n")),
                (b"secret.env", text("hidden from archives")),
                (b"ver", text("$Format:%H$\n")),
                (b"c.id", text("$Id$\n")),
                (
                    b"big.psd",
                    text(
                        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n",
                    ),
                ),
            ],
        ),
        Fixture::single(
            "names",
            vec![
                (b"caf\xe9/x.txt", text("latin folder")),
                (b"n\xff.txt", text("bad name")),
                ("ünï/😀.md".as_bytes(), text("good name")),
                (b"with space and [id]/{a}.ts", text("odd")),
                (b"back\\slash", text("odd")),
                (b"\"quoted\"\n", text("odd")),
                (b".env", text("A=1")),
                (deep.as_bytes(), text("deep")),
            ],
        ),
        Fixture {
            name: "history",
            commits: vec![
                FixtureCommit {
                    name: "first",
                    parents: vec![],
                    files: vec![
                        (b"old.txt".to_vec(), text("content")),
                        (b"gone.txt".to_vec(), text("gone")),
                    ],
                },
                FixtureCommit {
                    name: "side",
                    parents: vec!["first"],
                    files: vec![(b"old.txt".to_vec(), text("side"))],
                },
                FixtureCommit {
                    name: "stranger",
                    parents: vec![],
                    files: vec![],
                },
                FixtureCommit {
                    name: "main",
                    parents: vec!["first"],
                    files: vec![(b"new.txt".to_vec(), text("content"))],
                },
            ],
            merge_bases: vec![
                ("main", "side", Some("first")),
                ("first", "main", Some("first")),
                ("main", "main", Some("main")),
                ("main", "stranger", None),
            ],
        },
        Fixture {
            name: "many",
            commits: vec![FixtureCommit {
                name: "main",
                parents: vec![],
                files: many.collect(),
            }],
            merge_bases: vec![],
        },
    ]
}

/// Everything that is asked of a source, over every fixture.
pub async fn suite<S: Source>(make: impl Fn(&Fixture) -> S) {
    for fixture in fixtures() {
        let mut source = make(&fixture);
        for commit in &fixture.commits {
            let id = source.resolve(commit.name).await.unwrap();
            assert_eq!(id.len(), 40, "{}: a full id", fixture.name);
            assert_eq!(source.resolve(&id).await.unwrap(), id);
            assert_eq!(source.resolve(&id[..12]).await.unwrap(), id);
            same_as(&mut source, &Revision::Commit(id), commit, fixture.name).await;
        }
        let missing = source.resolve("no-such-branch").await;
        assert!(matches!(missing, Err(SourceError::NotFound { ref what }) if what.contains("no-such-branch")));
        let missing = source.tree(&Revision::Commit("1".repeat(40))).await;
        assert!(missing.is_err(), "{}: a commit that is not there", fixture.name);
        for (left, right, base) in &fixture.merge_bases {
            let (left, right) = (
                source.resolve(left).await.unwrap(),
                source.resolve(right).await.unwrap(),
            );
            let expected = match base {
                Some(base) => Some(source.resolve(base).await.unwrap()),
                None => None,
            };
            assert_eq!(
                source.merge_base(&left, &right).await.unwrap(),
                expected,
                "{left} {right}"
            );
        }
    }
}

/// A source's working tree is, while nobody changed it, what `HEAD` is.
pub async fn working_tree_suite<S: Source>(make: impl Fn(&Fixture) -> S) {
    for fixture in fixtures() {
        let mut source = make(&fixture);
        let head = fixture.commits.last().unwrap();
        same_as(&mut source, &Revision::WorkingTree, head, fixture.name).await;
    }
}

async fn same_as<S: Source>(source: &mut S, revision: &Revision, commit: &FixtureCommit, name: &str) {
    let tree = source.tree(revision).await.unwrap();
    assert_eq!(tree.truncation(), None, "{name}");
    assert!(tree.is_tracked(), "{name}");
    let mut expected: Vec<(RepoPath, EntryKind, BlobId)> = commit.files.iter().map(expected_entry).collect();
    expected.sort_by(|left, right| left.0.cmp(&right.0));
    let found: Vec<(RepoPath, EntryKind, BlobId)> = tree
        .iter()
        .map(|(path, entry)| (path.clone(), entry.kind, entry.id.unwrap()))
        .collect();
    assert_eq!(found, expected, "{name}");
    let wanted = files(&tree);
    let contents: HashMap<RepoPath, &Content> = commit
        .files
        .iter()
        .map(|(path, content)| (RepoPath::new(&String::from_utf8_lossy(path)), content))
        .collect();
    let reads = source.read(revision, &wanted).await;
    assert_eq!(reads.len(), wanted.len(), "{name}");
    for (one, read) in wanted.iter().zip(reads) {
        let content = contents[&one.path];
        let bytes = bytes_of(content);
        if let Some(size) = one.entry.size {
            assert_eq!(size, bytes.len() as u64, "{name}: size of {}", one.path);
        }
        match read {
            Read::Here(document) => {
                assert_eq!(document.bytes(), bytes, "{name}: {}", one.path);
                assert_eq!(Some(blob_id(document.bytes())), one.entry.id);
                assert!(bytes.len() as u64 <= LARGEST_FILE);
            }
            Read::Unread(unread) => {
                assert_eq!(unread.cause, Cause::Size, "{name}: {} {unread:?}", one.path);
                assert!(bytes.len() as u64 > LARGEST_FILE, "{name}: {} {unread:?}", one.path);
            }
            Read::Absent => panic!("{name}: {} is absent", one.path),
        }
    }
}

fn expected_entry((path, content): &(Vec<u8>, Content)) -> (RepoPath, EntryKind, BlobId) {
    let path = RepoPath::new(&String::from_utf8_lossy(path));
    match content {
        Content::File(bytes) => (path, EntryKind::File, blob_id(bytes)),
        Content::Executable(bytes) => (path, EntryKind::Executable, blob_id(bytes)),
        Content::Symlink(target) => (path, EntryKind::Symlink, blob_id(target)),
        Content::Submodule(commit) => (path, EntryKind::Submodule, *commit),
    }
}

fn bytes_of(content: &Content) -> &[u8] {
    match content {
        Content::File(bytes) | Content::Executable(bytes) | Content::Symlink(bytes) => bytes,
        Content::Submodule(_) => &[],
    }
}

/// The files of a tree, as they are asked for.
pub fn files(tree: &Tree) -> Vec<Wanted> {
    let files = tree.iter().filter(|(_, entry)| entry.is_file());
    let wanted = |(path, entry): (&RepoPath, &Entry)| Wanted {
        path: path.clone(),
        entry: entry.clone(),
    };
    files.map(wanted).collect()
}

/// The fixture in memory.
pub fn in_memory(fixture: &Fixture) -> Memory {
    let mut memory = Memory::new();
    let mut ids: Vec<(&str, String)> = Vec::new();
    for commit in &fixture.commits {
        let id_of = |name: &&str| {
            ids.iter()
                .find(|(known, _)| known == name)
                .map(|(_, id)| id.clone())
                .unwrap()
        };
        let parents: Vec<String> = commit.parents.iter().map(id_of).collect();
        let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
        let id = memory.commit(
            &parents,
            commit.files.iter().map(|(path, content)| (path.as_slice(), content)),
        );
        memory.name(commit.name, &id);
        ids.push((commit.name, id));
    }
    memory
}

/// Runs git with nobody's configuration.
pub fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = git_command(folder, arguments).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?}: {complaint}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

fn git_command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "a")
        .env("GIT_AUTHOR_EMAIL", "a@example.com")
        .env("GIT_COMMITTER_NAME", "a")
        .env("GIT_COMMITTER_EMAIL", "a@example.com");
    command
}

/// The fixture as a checkout on disk.
pub fn on_disk(fixture: &Fixture) -> TempDir {
    let folder = TempDir::new().unwrap();
    git(folder.path(), &["init", "-q", "-b", "unborn"]);
    let mut child = git_command(folder.path(), &["fast-import", "--quiet", "--force"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &import_stream(fixture)).unwrap();
    assert!(child.wait().unwrap().success());
    git(folder.path(), &["checkout", "-q", fixture.commits.last().unwrap().name]);
    folder
}

fn import_stream(fixture: &Fixture) -> Vec<u8> {
    let mut stream = Vec::new();
    for (number, commit) in fixture.commits.iter().enumerate() {
        let time = 1_700_000_000 + number * 60;
        let head = format!(
            "commit refs/heads/{}\ncommitter a <a@example.com> {time} +0000\ndata 1\nx\n",
            commit.name
        );
        stream.extend_from_slice(head.as_bytes());
        for (index, parent) in commit.parents.iter().enumerate() {
            let word = if index == 0 { "from" } else { "merge" };
            stream.extend_from_slice(format!("{word} refs/heads/{parent}\n").as_bytes());
        }
        stream.extend_from_slice(b"deleteall\n");
        for (path, content) in &commit.files {
            let mode = match content {
                Content::File(_) => "100644 inline",
                Content::Executable(_) => "100755 inline",
                Content::Symlink(_) => "120000 inline",
                Content::Submodule(id) => &format!("160000 {id}"),
            };
            let quoted: String = path.iter().map(|byte| format!("\\{byte:03o}")).collect();
            stream.extend_from_slice(format!("M {mode} \"{quoted}\"\n").as_bytes());
            if !matches!(content, Content::Submodule(_)) {
                stream.extend_from_slice(format!("data {}\n", bytes_of(content).len()).as_bytes());
                stream.extend_from_slice(bytes_of(content));
                stream.push(b'\n');
            }
        }
    }
    stream
}

/// Runs a future to its end.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(future)
}

#[test]
fn memory_keeps_the_contract() {
    wait(suite(in_memory));
    wait(working_tree_suite(in_memory));
}

#[test]
fn a_checkout_keeps_the_contract() {
    let folders = RefCell::new(Vec::new());
    let open = |fixture: &Fixture| {
        let folder = on_disk(fixture);
        let local = Local::open(folder.path()).unwrap();
        folders.borrow_mut().push(folder);
        local
    };
    wait(suite(open));
    wait(working_tree_suite(open));
}

#[test]
fn a_bare_repository_keeps_the_contract() {
    let folders = RefCell::new(Vec::new());
    let open = |fixture: &Fixture| {
        let folder = on_disk(fixture);
        let bare = TempDir::new().unwrap();
        git(
            bare.path(),
            &["clone", "-q", "--mirror", folder.path().to_str().unwrap(), "r.git"],
        );
        let local = Local::open(&bare.path().join("r.git")).unwrap();
        folders.borrow_mut().push(bare);
        local
    };
    wait(suite(open));
    wait(working_tree_suite(open));
}

/// Line breaks and filters apart: what the checkout's clock does not vouch for is told by its content.
#[test]
fn a_copied_checkout_is_the_same() {
    let folders = RefCell::new(Vec::new());
    wait(working_tree_suite(|fixture| {
        let folder = on_disk(fixture);
        let copy = TempDir::new().unwrap();
        let status = Command::new("cp")
            .arg("-R")
            .arg(folder.path())
            .arg(copy.path().join("c"))
            .status();
        assert!(status.unwrap().success());
        let mut local = Local::open(&copy.path().join("c")).unwrap();
        assert!(!local.dirty().unwrap(), "{}", fixture.name);
        folders.borrow_mut().push((folder, copy));
        local
    }));
}
