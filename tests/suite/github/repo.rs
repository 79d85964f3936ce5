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

impl Default for GitRepo {
    fn default() -> Self {
        Self::new()
    }
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
        let branch = self.git(&["symbolic-ref", "HEAD"]);
        let mut stream =
            format!("commit {branch}\ncommitter a <a@example.com> 1767225600 +0000\ndata 6\nchange\n").into_bytes();
        if run(self.path(), &["rev-parse", "-q", "--verify", "HEAD"], None).is_some() {
            stream.extend(format!("from {branch}^0\n").bytes());
        }
        for change in changes {
            let (mode, path, bytes) = match change {
                Change::Write(path, bytes) => ("100644", path, *bytes),
                Change::Run(path, bytes) => ("100755", path, *bytes),
                Change::Link(path, target) => ("120000", path, target.as_bytes()),
                Change::Module(path, commit) => {
                    stream.extend(format!("M 160000 {commit} {path}\n").bytes());
                    continue;
                }
                Change::Remove(path) => {
                    stream.extend(format!("D {path}\n").bytes());
                    continue;
                }
            };
            stream.extend(format!("M {mode} inline {path}\ndata {}\n", bytes.len()).bytes());
            stream.extend(bytes);
            stream.push(b'\n');
        }
        stream.push(b'\n');
        run(self.path(), &["fast-import", "--quiet", "--force"], Some(&stream)).unwrap();
        self.git(&["rev-parse", "HEAD"])
    }

    /// Moves to a branch; a new one begins at the current commit.
    pub fn branch(&self, name: &str) {
        let reference = format!("refs/heads/{name}");
        if run(self.path(), &["rev-parse", "-q", "--verify", &reference], None).is_none() {
            self.git(&["update-ref", &reference, "HEAD"]);
        }
        self.git(&["symbolic-ref", "HEAD", &reference]);
    }

    /// Makes a branch at a commit and moves to it.
    pub fn branch_at(&self, name: &str, commit: &str) {
        let reference = format!("refs/heads/{name}");
        self.git(&["update-ref", &reference, commit]);
        self.git(&["symbolic-ref", "HEAD", &reference]);
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
    let input = input.unwrap_or_default().to_vec();
    // In a thread of its own: git may answer before it has read everything.
    let writing = std::thread::spawn(move || stdin.write_all(&input).ok());
    let out = child.wait_with_output().unwrap();
    writing.join().unwrap();
    out.status.success().then_some(out.stdout)
}

/// The contents of blobs; `None` for an id that is no blob.
pub fn blobs(folder: &Path, ids: &[&str]) -> Vec<Option<Vec<u8>>> {
    let out = run(folder, &["cat-file", "--batch"], Some(ids.join("\n").as_bytes())).unwrap();
    let mut at = 0;
    let contents = ids.iter().map(|_| {
        let end = at + out[at..].iter().position(|byte| *byte == b'\n').unwrap();
        let line = String::from_utf8_lossy(&out[at..end]).into_owned();
        let facts: Vec<&str> = line.split(' ').collect();
        at = end + 1;
        let size: usize = facts.get(2)?.parse().ok()?;
        let content = out[at..at + size].to_vec();
        at += size + 1;
        (facts[1] == "blob").then_some(content)
    });
    contents.collect()
}
