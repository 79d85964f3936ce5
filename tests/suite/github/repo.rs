//! Real git repositories for tests, made and read by the git command.

use std::path::Path;
use std::process::{Command, Stdio};

/// A git repository in a temporary folder, which is removed with it.
pub struct GitRepo {
    folder: tempfile::TempDir,
}

/// One change of a commit.
pub enum Change<'a> {
    /// A file's content.
    Write(&'a str, &'a [u8]),
    /// A file that may be run.
    Run(&'a str, &'a [u8]),
    /// A symbolic link and its target.
    Link(&'a str, &'a str),
    /// Another repository's commit (40 digits).
    Module(&'a str, &'a str),
    /// A path goes.
    Remove(&'a str),
}

impl GitRepo {
    /// An empty repository whose branch is `main`.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repo = Self { folder };
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A commit of text files on the current branch; returns its id.
    pub fn commit(&self, files: &[(&str, &str)]) -> String {
        let changes: Vec<Change> = files
            .iter()
            .map(|(path, text)| Change::Write(path, text.as_bytes()))
            .collect();
        self.change(&changes)
    }

    /// A commit of these changes on the current branch; returns its id. Nothing is converted: what is
    /// given is what the blob holds.
    pub fn change(&self, changes: &[Change]) -> String {
        for change in changes {
            let (mode, path, id) = match change {
                Change::Write(path, bytes) => ("100644", path, self.blob(bytes)),
                Change::Run(path, bytes) => ("100755", path, self.blob(bytes)),
                Change::Link(path, target) => ("120000", path, self.blob(target.as_bytes())),
                Change::Module(path, commit) => ("160000", path, (*commit).to_owned()),
                Change::Remove(path) => {
                    self.git(&["update-index", "--force-remove", "--", path]);
                    continue;
                }
            };
            let entry = format!("{mode},{id},{path}");
            self.git(&["update-index", "--add", "--cacheinfo", &entry]);
        }
        self.git(&["commit", "-q", "--allow-empty", "-m", "change"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Moves to a branch, new or known; its tip is the current commit if it is new.
    pub fn branch(&self, name: &str) {
        let reference = format!("refs/heads/{name}");
        let is_known = run(self.path(), &["rev-parse", "-q", "--verify", &reference], None).is_some();
        self.git(&["symbolic-ref", "HEAD", &reference]);
        if is_known {
            self.git(&["read-tree", "HEAD"]);
        }
    }

    /// Makes a new branch at a commit and moves to it.
    pub fn branch_at(&self, name: &str, commit: &str) {
        self.git(&["update-ref", &format!("refs/heads/{name}"), commit]);
        self.git(&["symbolic-ref", "HEAD", &format!("refs/heads/{name}")]);
        self.git(&["read-tree", "HEAD"]);
    }

    fn blob(&self, bytes: &[u8]) -> String {
        let id = run(self.path(), &["hash-object", "-w", "--stdin"], Some(bytes)).unwrap();
        String::from_utf8(id).unwrap().trim().to_owned()
    }

    /// What a git command prints, trimmed.
    pub fn git(&self, arguments: &[&str]) -> String {
        let out = run(self.path(), arguments, None).unwrap_or_else(|| panic!("git {arguments:?} failed"));
        String::from_utf8(out).unwrap().trim().to_owned()
    }
}

/// What `git` prints in a repository; `None` when it fails.
pub fn run(folder: &Path, arguments: &[&str], input: Option<&[u8]>) -> Option<Vec<u8>> {
    use std::io::Write;
    let mut command = Command::new("git");
    command
        .args(["-c", "safe.directory=*", "-c", "core.quotePath=false"])
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_NO_LAZY_FETCH", "1")
        .envs([
            ("GIT_AUTHOR_NAME", "a"),
            ("GIT_AUTHOR_EMAIL", "a@example.com"),
            ("GIT_AUTHOR_DATE", "2026-01-01T00:00:00Z"),
            ("GIT_COMMITTER_NAME", "a"),
            ("GIT_COMMITTER_EMAIL", "a@example.com"),
            ("GIT_COMMITTER_DATE", "2026-01-01T00:00:00Z"),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.unwrap_or_default()).ok();
    drop(stdin);
    let out = child.wait_with_output().unwrap();
    out.status.success().then_some(out.stdout)
}
