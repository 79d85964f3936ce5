//! A job of a workflow: the environment that the runner gives, and what the action leaves.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::program::{Ended, end, online};
use crate::github::fixture::{DEFAULT, Fixture};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

/// One run of the action.
pub struct Job<'a> {
    mock: &'a Mock,
    token: &'a str,
    event: &'a str,
    payload: Value,
    sha: String,
    variables: Vec<(String, String)>,
}

/// What it left.
pub struct Left {
    pub status: i32,
    pub out: String,
    pub err: String,
    pub outputs: BTreeMap<String, String>,
    pub summary: String,
    /// The report file; `Null` without a verdict.
    pub report: Value,
}

/// What a pull request of `feature` into `main` says of itself.
pub fn pull_request(head: &str) -> Value {
    json!({"action": "synchronize", "number": 7, "pull_request": {
        "number": 7, "user": {"login": "ana"},
        "head": {"sha": head, "ref": "feature", "repo": {"full_name": "o/n"}},
        "base": {"sha": "0".repeat(40), "ref": "main", "repo": {"full_name": "o/n"}},
    }})
}

impl<'a> Job<'a> {
    /// A job for any event.
    pub fn new(mock: &'a Mock, event: &'a str, payload: Value, sha: &str) -> Self {
        Self {
            mock,
            token: DEFAULT,
            event,
            payload,
            sha: sha.to_owned(),
            variables: Vec::new(),
        }
    }

    /// A pull request's job: the runner's `GITHUB_SHA` is then a merge commit that nobody judges.
    pub fn pull(mock: &'a Mock, head: &str) -> Self {
        Self::new(mock, "pull_request", pull_request(head), &"f".repeat(40))
    }

    /// With another token.
    pub fn token(mut self, token: &'a str) -> Self {
        self.token = token;
        self
    }

    /// With an input.
    pub fn input(self, name: &str, value: &str) -> Self {
        self.variable(&format!("INPUT_{}", name.to_uppercase()), value)
    }

    /// With a variable.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs it; the exit status must be this.
    pub fn ends(self, status: i32) -> Left {
        let left = self.run();
        assert_eq!(left.status, status, "out:\n{}\nerr:\n{}", left.out, left.err);
        left
    }

    /// Runs it.
    pub fn run(self) -> Left {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(file("event.json"), self.payload.to_string()).unwrap();
        std::fs::write(file("output"), "").unwrap();
        std::fs::write(file("summary"), "").unwrap();
        let mut command = online(self.mock, "", &["action"]);
        command
            .current_dir(folder.path())
            .env_remove("GITHUB_TOKEN")
            // Reading the system's certificates takes longer than a whole run against a server without TLS.
            .env("SSL_CERT_FILE", "/dev/null")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", self.event)
            .env("GITHUB_EVENT_PATH", file("event.json"))
            .env("GITHUB_REPOSITORY", "o/n")
            .env("GITHUB_SHA", &self.sha)
            .env("GITHUB_REF", "refs/heads/feature")
            .env("GITHUB_SERVER_URL", "https://github.com")
            .env(
                "GITHUB_WORKFLOW_REF",
                "o/n/.github/workflows/readiness.yml@refs/pull/7/merge",
            )
            .env("GITHUB_WORKSPACE", folder.path())
            .env("GITHUB_OUTPUT", file("output"))
            .env("GITHUB_STEP_SUMMARY", file("summary"))
            .envs([
                ("GITHUB_RUN_ID", "11"),
                ("GITHUB_RUN_ATTEMPT", "2"),
                ("GITHUB_JOB", "gate"),
            ])
            .env("INPUT_TOKEN", self.token)
            .envs([
                ("INPUT_NAME", "readiness"),
                ("INPUT_COMMENT", "true"),
                ("INPUT_ANNOTATIONS", "true"),
            ])
            .envs([
                ("INPUT_POLICY", ""),
                ("INPUT_FAIL-ON", ""),
                ("INPUT_BASE", ""),
                ("INPUT_SARIF", ""),
            ])
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        let ended = end(&mut command);
        Left::of(ended, folder.path(), self.token)
    }
}

impl Left {
    /// A run that left nothing but a status.
    pub fn nothing(status: i32) -> Self {
        Self {
            status,
            out: String::new(),
            err: String::new(),
            outputs: BTreeMap::new(),
            summary: String::new(),
            report: Value::Null,
        }
    }

    fn of(ended: Ended, folder: &Path, token: &str) -> Self {
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            assert!(
                token.is_empty() || !text.contains(token),
                "the token was written to a file"
            );
        }
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let outputs = outputs(&read("output"));
        let report = outputs
            .get("report")
            .map_or(Value::Null, |name| serde_json::from_str(&read(name)).unwrap());
        Self {
            status: ended.status,
            out: ended.out,
            err: ended.err,
            outputs,
            summary: read("summary"),
            report,
        }
    }

    /// One output.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }

    /// The workflow commands that it printed.
    pub fn commands(&self) -> Vec<&str> {
        let is_command = |line: &&str| {
            ["::error", "::warning", "::notice"]
                .iter()
                .any(|word| line.starts_with(word))
        };
        self.out.lines().filter(is_command).collect()
    }

    /// The regressions' kinds.
    pub fn kinds(&self) -> Vec<&str> {
        let all = self.report["regressions"].as_array().unwrap();
        all.iter().map(|one| one["kind"].as_str().unwrap()).collect()
    }
}

/// `NAME<<DELIMITER`, lines, `DELIMITER`.
fn outputs(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").unwrap();
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
        found.insert(name.to_owned(), value.join("\n"));
    }
    found
}

/// `main` with these files, and `feature` one commit ahead with those changes; head's id.
pub fn branches(base: &[(&str, &str)], change: &[(&str, &str)]) -> (GitRepo, String) {
    let repo = GitRepo::new();
    repo.commit(base);
    repo.branch("feature");
    let head = repo.commit(change);
    (repo, head)
}

/// The mock of a repository.
pub fn serve(repo: &GitRepo) -> Mock {
    Mock::start(Fixture::of(repo.path()))
}

/// `PATH:LINE LEVEL` of the annotations of the only check run.
pub fn annotations(mock: &Mock) -> Vec<String> {
    let runs = mock.check_runs();
    assert_eq!(runs.len(), 1, "{runs:#?}");
    let all = runs[0]["annotations"].as_array().unwrap();
    let text = |one: &Value| {
        let (path, level) = (one["path"].as_str().unwrap(), one["annotation_level"].as_str().unwrap());
        format!("{path}:{} {level}", one["start_line"])
    };
    all.iter().map(text).collect()
}
