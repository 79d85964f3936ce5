//! What only a repository on disk has: a working tree that differs, sparse and shallow clones, folders without git.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime};

use readygate::model::{Cause, EntryKind, Fact, Read, RepoPath, Tree};
use readygate::source::{Local, Revision, Source, SourceError, Wanted, blob_id};
use sha2::Digest;
use tempfile::TempDir;

use crate::contract::{files, git, wait};

/// A checkout of these files, committed.
fn checkout(contents: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    write(folder.path(), contents);
    commit(folder.path());
    folder
}

fn write(folder: &Path, contents: &[(&str, &str)]) {
    for (path, text) in contents {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", "x"]);
}

fn tree_of(local: &mut Local) -> Tree {
    wait(local.tree(&Revision::WorkingTree)).unwrap()
}

fn paths(tree: &Tree) -> Vec<String> {
    tree.iter().map(|(path, _)| path.to_string()).collect()
}

/// What a path of the working tree reads as.
fn read(local: &mut Local, path: &str) -> Read {
    let tree = tree_of(local);
    let Some(entry) = tree.get(path) else {
        return Read::Absent;
    };
    let wanted = Wanted {
        path: RepoPath::new(path),
        entry: entry.clone(),
    };
    wait(local.read(&Revision::WorkingTree, &[wanted])).remove(0)
}

fn text(read: Read) -> String {
    match read {
        Read::Here(document) => String::from_utf8(document.bytes().to_vec()).unwrap(),
        Read::Absent => panic!("absent"),
        Read::Unread(unread) => panic!("{unread:?}"),
    }
}

fn cause(read: Read) -> Cause {
    match read {
        Read::Unread(unread) => unread.cause,
        Read::Absent | Read::Here(_) => panic!("{read:?}"),
    }
}

#[test]
fn the_working_tree_is_what_is_on_disk_of_what_git_tracks() {
    let folder = checkout(&[
        ("kept", "kept"),
        ("changed", "old"),
        ("deleted", "x"),
        ("a/folder", "x"),
    ]);
    let root = folder.path();
    assert!(!Local::open(root).unwrap().dirty().unwrap());
    write(
        root,
        &[("changed", "new content"), ("untracked", "x"), ("staged", "staged")],
    );
    git(root, &["add", "staged"]);
    fs::remove_file(root.join("deleted")).unwrap();
    fs::remove_file(root.join("a/folder")).unwrap();
    fs::create_dir(root.join("a/folder")).unwrap();
    let mut local = Local::open(&root.join("a")).unwrap();
    assert_eq!(paths(&tree_of(&mut local)), ["changed", "kept", "staged"]);
    assert_eq!(text(read(&mut local, "changed")), "new content");
    assert_eq!(
        tree_of(&mut local).get("changed").unwrap().id,
        Some(blob_id(b"new content"))
    );
    assert_eq!(text(read(&mut local, "staged")), "staged");
    assert!(local.dirty().unwrap());
    let head = local.head().unwrap();
    let tree = wait(local.tree(&Revision::Commit(head.clone()))).unwrap();
    assert_eq!(paths(&tree), ["a/folder", "changed", "deleted", "kept"]);
    let reads = wait(local.read(&Revision::Commit(head), &files(&tree)));
    assert_eq!(text(reads[1].clone()), "old");
}

#[test]
fn a_change_of_the_same_size_in_the_same_moment_is_seen() {
    let folder = checkout(&[("a", "one")]);
    let root = folder.path();
    // A file system that tells seconds alone.
    git(root, &["config", "core.checkStat", "minimal"]);
    git(root, &["config", "core.trustctime", "false"]);
    let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let set = |path: &str| {
        let file = fs::File::options().append(true).open(root.join(path)).unwrap();
        file.set_modified(moment).unwrap();
    };
    set("a");
    git(root, &["update-index", "--refresh"]);
    fs::write(root.join("a"), "two").unwrap();
    set("a");
    set(".git/index");
    let mut local = Local::open(root).unwrap();
    assert_eq!(text(read(&mut local, "a")), "two");
    assert!(local.dirty().unwrap());
}

#[test]
fn each_kind_of_change_makes_a_checkout_dirty() {
    let changes: [(&str, fn(&Path)); 4] = [
        ("mode", |root| {
            fs::set_permissions(root.join("a"), fs::Permissions::from_mode(0o755)).unwrap()
        }),
        ("staged alone", |root| {
            fs::write(root.join("a"), "other").unwrap();
            git(root, &["add", "a"]);
        }),
        ("link", |root| {
            fs::remove_file(root.join("a")).unwrap();
            symlink("b", root.join("a")).unwrap();
        }),
        ("touch", |root| fs::write(root.join("a"), "a").unwrap()),
    ];
    for (name, change) in changes {
        let folder = checkout(&[("a", "a"), ("b", "b")]);
        change(folder.path());
        fs::write(folder.path().join("untracked"), "").unwrap();
        let dirty = Local::open(folder.path()).unwrap().dirty().unwrap();
        assert_eq!(dirty, name != "touch", "{name}");
    }
}

#[test]
fn links_are_never_followed() {
    let outside = TempDir::new().unwrap();
    write(
        outside.path(),
        &[("file", "the host's own"), ("dir/file", "the host's own")],
    );
    let folder = checkout(&[("file", "mine"), ("dir/file", "mine"), ("dir/deep/file", "mine")]);
    let root = folder.path();
    fs::remove_file(root.join("file")).unwrap();
    symlink(outside.path().join("file"), root.join("file")).unwrap();
    fs::remove_dir_all(root.join("dir")).unwrap();
    symlink(outside.path().join("dir"), root.join("dir")).unwrap();
    let mut local = Local::open(root).unwrap();
    let tree = tree_of(&mut local);
    assert_eq!(tree.get("file").unwrap().kind, EntryKind::Symlink);
    for path in ["dir/file", "dir/deep/file"] {
        assert_eq!(tree.get(path).unwrap().id, None);
        assert_eq!(cause(read(&mut local, path)), Cause::Unmodelled);
    }
    // The same when the link comes between listing and reading.
    let wanted = Wanted {
        path: RepoPath::new("file"),
        entry: readygate::model::Entry {
            kind: EntryKind::File,
            id: Some(blob_id(b"mine")),
            size: None,
        },
    };
    let reads = wait(local.read(&Revision::WorkingTree, &[wanted]));
    assert_eq!(text(reads[0].clone()), "mine");
}

#[test]
fn line_breaks_are_those_that_git_stores() {
    let folder = checkout(&[
        ("a.txt", "one\ntwo\n"),
        ("raw.bin", "one\ntwo\n"),
        (".gitattributes", "*.bin -text\n"),
    ]);
    let root = folder.path();
    let crlf = [("a.txt", "one\r\ntwo\r\n"), ("raw.bin", "one\r\ntwo\r\n")];
    write(root, &crlf);
    // Nothing says that git would convert.
    let mut local = Local::open(root).unwrap();
    assert_eq!(text(read(&mut local, "a.txt")), "one\r\ntwo\r\n");
    assert!(local.dirty().unwrap());
    git(root, &["config", "core.autocrlf", "true"]);
    let mut local = Local::open(root).unwrap();
    assert_eq!(text(read(&mut local, "a.txt")), "one\ntwo\n");
    assert_eq!(tree_of(&mut local).get("a.txt").unwrap().size, Some(8));
    assert_eq!(text(read(&mut local, "raw.bin")), "one\r\ntwo\r\n");
    write(root, &[("raw.bin", "one\ntwo\n")]);
    assert!(!Local::open(root).unwrap().dirty().unwrap());
    // What is changed, too, is read as git would store it.
    write(root, &[("a.txt", "one\r\nthree\r\n")]);
    let mut local = Local::open(root).unwrap();
    assert_eq!(text(read(&mut local, "a.txt")), "one\nthree\n");
    assert!(local.dirty().unwrap());
}

#[test]
fn an_lfs_file_on_disk_is_its_pointer() {
    let content = "the large content";
    let digest: String = sha2::Sha256::digest(content)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 17\n");
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    git(root, &["init", "-q", "-b", "main"]);
    write(
        root,
        &[("a.psd", &pointer), (".gitattributes", "*.psd filter=lfs -text\n")],
    );
    commit(root);
    write(root, &[("a.psd", content)]);
    let mut local = Local::open(root).unwrap();
    assert_eq!(text(read(&mut local, "a.psd")), pointer);
    assert!(!local.dirty().unwrap());
    write(root, &[("a.psd", "another content!!")]);
    assert!(Local::open(root).unwrap().dirty().unwrap());
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_there() {
    for index in ["--no-sparse-index", "--sparse-index"] {
        let folder = checkout(&[("in/a", "a"), ("out/b", "b"), ("out/deep/c", "c"), ("root", "r")]);
        git(folder.path(), &["sparse-checkout", "set", "--cone", index, "in"]);
        assert!(!folder.path().join("out").exists());
        let mut local = Local::open(folder.path()).unwrap();
        assert_eq!(
            paths(&tree_of(&mut local)),
            ["in/a", "out/b", "out/deep/c", "root"],
            "{index}"
        );
        assert_eq!(text(read(&mut local, "out/deep/c")), "c");
        assert!(!local.dirty().unwrap(), "{index}");
    }
}

#[test]
fn a_linked_worktree_is_judged_by_its_own_head() {
    let folder = checkout(&[("a", "a")]);
    let other = TempDir::new().unwrap();
    let place = other.path().join("linked");
    git(
        folder.path(),
        &["worktree", "add", "-q", "-b", "topic", place.to_str().unwrap()],
    );
    write(&place, &[("b", "b")]);
    commit(&place);
    let mut local = Local::open(&place).unwrap();
    assert_eq!(local.reference().as_deref(), Some("topic"));
    assert_eq!(paths(&tree_of(&mut local)), ["a", "b"]);
    assert!(!local.dirty().unwrap());
}

#[test]
fn a_shallow_clone_has_no_merge_base_and_says_how_to_get_one() {
    let folder = checkout(&[("a", "a")]);
    let root = folder.path();
    let first = git(root, &["rev-parse", "HEAD"]);
    git(root, &["checkout", "-q", "-b", "topic"]);
    write(root, &[("b", "b")]);
    commit(root);
    git(root, &["checkout", "-q", "main"]);
    write(root, &[("c", "c")]);
    commit(root);
    let clone = TempDir::new().unwrap();
    let url = format!("file://{}", root.display());
    git(
        clone.path(),
        &["clone", "-q", "--depth=1", "--no-single-branch", &url, "c"],
    );
    let mut local = Local::open(&clone.path().join("c")).unwrap();
    assert!(local.is_shallow());
    // A branch that only the remote has is found by its plain name.
    let topic = wait(local.resolve("topic")).unwrap();
    let head = local.head().unwrap();
    assert_eq!(wait(local.merge_base(&head, &topic)).unwrap(), None);
    let missing = wait(local.resolve(&first));
    assert!(matches!(missing, Err(SourceError::NotFound { what }) if what.contains("fetch-depth: 0")));
    let mut whole = Local::open(root).unwrap();
    assert_eq!(wait(whole.merge_base(&head, &topic)).unwrap(), Some(first));
}

#[test]
fn a_blob_that_a_partial_clone_lacks_is_unread_and_not_fetched() {
    let folder = checkout(&[("a", "a"), ("b/c", "c")]);
    git(folder.path(), &["config", "uploadpack.allowFilter", "true"]);
    let clone = TempDir::new().unwrap();
    let url = format!("file://{}", folder.path().display());
    for (filter, name) in [("blob:none", "blobs"), ("tree:0", "trees")] {
        git(
            clone.path(),
            &[
                "clone",
                "-q",
                "--no-checkout",
                &format!("--filter={filter}"),
                &url,
                name,
            ],
        );
    }
    let mut local = Local::open(&clone.path().join("blobs")).unwrap();
    let head = local.head().unwrap();
    let revision = Revision::Commit(head.clone());
    let tree = wait(local.tree(&revision)).unwrap();
    assert_eq!(paths(&tree), ["a", "b/c"]);
    let reads = wait(local.read(&revision, &files(&tree)));
    assert!(reads.into_iter().all(|read| cause(read) == Cause::Network));
    let mut local = Local::open(&clone.path().join("trees")).unwrap();
    let listed = wait(local.tree(&Revision::Commit(head)));
    assert!(listed.is_err() || listed.is_ok_and(|tree| tree.truncation().is_some()));
}

#[test]
fn a_repository_without_a_commit_has_a_working_tree() {
    let folder = TempDir::new().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    let mut local = Local::open(folder.path()).unwrap();
    assert!(tree_of(&mut local).is_empty() && !local.dirty().unwrap());
    assert_eq!((local.head(), local.reference().as_deref()), (None, Some("main")));
    let missing = wait(local.resolve("HEAD"));
    assert!(matches!(missing, Err(SourceError::NotFound { what }) if what.contains("no commit yet")));
    write(folder.path(), &[("a", "a")]);
    git(folder.path(), &["add", "a"]);
    let mut local = Local::open(folder.path()).unwrap();
    assert_eq!(text(read(&mut local, "a")), "a");
    assert!(local.dirty().unwrap());
}

#[test]
fn a_conflict_is_read_from_disk() {
    let folder = checkout(&[("a", "base\n")]);
    let root = folder.path();
    git(root, &["checkout", "-q", "-b", "topic"]);
    write(root, &[("a", "theirs\n")]);
    commit(root);
    git(root, &["checkout", "-q", "main"]);
    write(root, &[("a", "ours\n")]);
    commit(root);
    let merged = std::process::Command::new("git")
        .current_dir(root)
        .args(["merge", "-q", "topic"])
        .output();
    assert!(!merged.unwrap().status.success());
    let mut local = Local::open(root).unwrap();
    assert_eq!(tree_of(&mut local).len(), 1);
    assert!(text(read(&mut local, "a")).contains("<<<<<<<"));
    assert!(local.dirty().unwrap());
}

#[test]
fn names_are_resolved_as_git_does() {
    let folder = checkout(&[("a", "a")]);
    let root = folder.path();
    let first = git(root, &["rev-parse", "HEAD"]);
    git(root, &["tag", "-a", "v1", "-m", "annotated"]);
    commit(root);
    git(root, &["remote", "add", "origin", "git@github.com:o/n.git"]);
    git(root, &["update-ref", "refs/remotes/origin/far", &first]);
    let mut local = Local::open(root).unwrap();
    for name in [
        "v1",
        "HEAD~1",
        "main^",
        "origin/far",
        "far",
        "refs/tags/v1",
        &first[..8],
    ] {
        assert_eq!(wait(local.resolve(name)).unwrap(), first, "{name}");
    }
    for name in ["", "HEAD:a", "nope", "../etc"] {
        assert!(
            matches!(wait(local.resolve(name)), Err(SourceError::NotFound { .. })),
            "{name}"
        );
    }
    assert_eq!(local.repository_name().as_deref(), Some("o/n"));
    git(root, &["checkout", "-q", "--detach"]);
    assert_eq!(Local::open(root).unwrap().reference(), None);
}

#[test]
fn any_folder_can_be_judged_and_tells_nothing_of_git() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    write(
        root,
        &[
            ("src/a.ts", "a"),
            ("node_modules/x/index.js", "x"),
            ("node_modules/y/index.js", "y"),
            (".git-like/x", "x"),
            ("nested/.git/config", "x"),
        ],
    );
    symlink("/etc/passwd", root.join("link")).unwrap();
    let mut local = Local::open(root).unwrap();
    let tree = tree_of(&mut local);
    assert!(!tree.is_tracked() && !local.is_git());
    assert_eq!(
        paths(&tree),
        [".git-like/x", "link", "node_modules/x/index.js", "src/a.ts"]
    );
    assert_eq!(tree.get("link").unwrap().kind, EntryKind::Symlink);
    assert_eq!(text(read(&mut local, "src/a.ts")), "a");
    assert!(!local.dirty().unwrap() && local.head().is_none());
    assert!(matches!(wait(local.resolve("main")), Err(SourceError::NotFound { .. })));
    let key = "repository.default-branch".to_owned();
    let facts = wait(local.facts(&[key].into()));
    assert!(matches!(&facts[0].1, Fact::Unread(unread) if unread.cause == Cause::Permission));
}

#[test]
fn what_cannot_be_opened_is_said() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    assert!(matches!(
        Local::open(&root.join("none")),
        Err(SourceError::NotFound { .. })
    ));
    fs::write(root.join("file"), "").unwrap();
    assert!(matches!(
        Local::open(&root.join("file")),
        Err(SourceError::NotFound { .. })
    ));
    git(root, &["init", "-q", "--object-format=sha256", "large"]);
    assert!(matches!(
        Local::open(&root.join("large")),
        Err(SourceError::Unsupported { .. })
    ));
    git(root, &["init", "-q", "--ref-format=reftable", "reftable"]);
    assert!(matches!(
        Local::open(&root.join("reftable")),
        Err(SourceError::Unsupported { .. })
    ));
    write(root, &[("broken/.git", "gitdir: /nowhere/at/all\n")]);
    assert!(matches!(
        Local::open(&root.join("broken")),
        Err(SourceError::Unreachable { .. })
    ));
}

#[test]
fn nothing_is_written_and_no_configured_command_is_run() {
    let folder = checkout(&[("a.txt", "a\n"), (".gitattributes", "*.txt filter=evil\n")]);
    let root = folder.path();
    let marker = root.join("ran");
    let command = format!("touch {}", marker.display());
    for key in [
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "core.fsmonitor",
        "core.sshCommand",
    ] {
        git(root, &["config", key, &command]);
    }
    fs::write(root.join("a.txt"), "changed\n").unwrap();
    let before = fs::read(root.join(".git/index")).unwrap();
    let mut local = Local::open(root).unwrap();
    assert_eq!(text(read(&mut local, "a.txt")), "changed\n");
    assert!(local.dirty().unwrap());
    assert!(!marker.exists());
    assert_eq!(fs::read(root.join(".git/index")).unwrap(), before);
}

#[test]
fn a_split_index_is_read_whole() {
    let folder = checkout(&[("a", "a"), ("b", "b")]);
    git(folder.path(), &["update-index", "--split-index"]);
    write(folder.path(), &[("c", "c")]);
    git(folder.path(), &["add", "c"]);
    let mut local = Local::open(folder.path()).unwrap();
    assert_eq!(paths(&tree_of(&mut local)), ["a", "b", "c"]);
    assert!(local.dirty().unwrap());
    commit(folder.path());
    assert!(!Local::open(folder.path()).unwrap().dirty().unwrap());
}
