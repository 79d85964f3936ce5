//! The built program, run with nothing of this machine's environment.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::github::fixture::{ADMIN, DEFAULT, READ_ONLY};
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

/// A policy that asks for little: one control of each kind of place that an annotation can have.
pub const POLICY: &str = r#"version = 1

[[control]]
id = "shop.env-ignored"
title = "Env files are ignored"
severity = "critical"
rationale = "A `.env` that git takes gives its secrets away."
remediation = "Add `.env` to `.gitignore`."
check.gitignore = { ignores = [".env"] }

[[control]]
id = "shop.no-fixme"
title = "Nothing is left to be fixed"
severity = "medium"
rationale = "What is known to be broken breaks."
remediation = "Mend it, or open an issue."
check.none = [{ text = { pattern = 'FIXME', in = ["**/*.js"] } }]

[[control]]
id = "shop.locked"
title = "Dependencies are locked"
severity = "high"
scope = "component"
rationale = "Without a lockfile nobody knows what runs."
remediation = "Commit the lockfile."
check.dependency = { lockfile = true }
"#;

/// The branch that is merged into: `.env` is ignored on line 2, and two things are wrong already.
pub const BASE: [(&str, &str); 5] = [
    (".github/readiness.toml", POLICY),
    (".gitignore", "node_modules\n.env\ndist\n"),
    (
        "backend/package.json",
        "{\n  \"name\": \"backend\",\n  \"dependencies\": { \"express\": \"^4.18.0\" }\n}\n",
    ),
    (
        "backend/index.js",
        "const app = require('express')();\n// FIXME: no shutdown\napp.listen(80);\n",
    ),
    ("README.md", "# Shop\n"),
];

/// `.gitignore` without the line.
pub const LOST_LINE: (&str, &str) = (".gitignore", "node_modules\ndist\n");

/// What a run left behind.
pub struct Ended {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }

    /// The same, if the run ended with this status.
    pub fn with(self, status: i32) -> Self {
        assert_eq!(self.status, status, "out:\n{}\nerr:\n{}", self.out, self.err);
        self
    }

    /// The same, if standard error says this.
    pub fn saying(self, words: &str) -> Self {
        assert!(self.err.contains(words), "`{words}` is not in:\n{}", self.err);
        self
    }
}

/// The program with an empty environment.
pub fn readygate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_readygate"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// The program with the mock in GitHub's place.
pub fn online(mock: &Mock, token: &str, arguments: &[&str]) -> Command {
    let mut command = readygate(arguments);
    command
        .env("GITHUB_API_URL", &mock.url)
        .env("GITHUB_GRAPHQL_URL", format!("{}/graphql", mock.url))
        .env("GITHUB_TOKEN", token);
    command
}

/// Runs it to its end. No token may be in what it says.
pub fn end(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let ended = Ended {
        status: output.status.code().unwrap_or(-1),
        out: text(output.stdout),
        err: text(output.stderr),
    };
    for token in [DEFAULT, READ_ONLY, ADMIN] {
        let told = ended.out.contains(token) || ended.err.contains(token);
        assert!(!told, "a token was printed:\n{}\n{}", ended.out, ended.err);
    }
    ended
}

/// Runs `check` in a folder.
pub fn check(folder: &Path, arguments: &[&str]) -> Ended {
    let mut command = readygate(&["check"]);
    end(command.args(arguments).current_dir(folder))
}

/// A repository with these files on `main`, its working tree written, and `origin` on GitHub.
pub fn shop(files: &[(&str, &str)]) -> GitRepo {
    let repo = GitRepo::new();
    repo.commit(files);
    repo.git(&["remote", "add", "origin", "https://github.com/o/n.git"]);
    repo.git(&["reset", "-q", "--hard"]);
    repo
}

/// Writes the working tree of the current branch.
pub fn written(repo: &GitRepo) {
    repo.git(&["reset", "-q", "--hard"]);
}

/// The regressions' messages.
pub fn regressions(report: &Value) -> Vec<String> {
    let all = report["regressions"].as_array().unwrap();
    all.iter()
        .map(|one| one["message"].as_str().unwrap().to_owned())
        .collect()
}

/// `ID CHANGE` of every control whose state is not what it was.
pub fn changes(report: &Value) -> Vec<String> {
    let all = report["controls"].as_array().unwrap().iter();
    all.filter(|control| matches!(control["change"].as_str(), Some("regressed" | "fixed")))
        .map(|control| {
            format!(
                "{} {}",
                control["id"].as_str().unwrap(),
                control["change"].as_str().unwrap()
            )
        })
        .collect()
}
