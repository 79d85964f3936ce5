//! GitHub Actions workflows: when they run, with which rights, and what they do.

mod contexts;
mod expression;
mod matrix;
mod parse;
mod shell;
mod trigger;

use crate::text::Span;

pub use contexts::{CheckName, check_names};
pub use expression::{Holds, holds};
pub use matrix::MatrixRow;
pub use parse::WorkflowFile;
pub use shell::{Command, Failure, Loss, Shell, When, commands, may_exit_with_failure};
pub use trigger::{CompiledFilter, Filter, Trigger};

use crate::model::{EntryKind, RepoPath, Tree};

/// A text with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The text; numbers and truth values as they are written.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

impl Text {
    /// Whether it holds an expression, whose value only a run knows.
    pub fn is_expression(&self) -> bool {
        self.text.contains("${{")
    }
}

/// A workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workflow {
    /// Its name.
    pub name: Option<Text>,
    /// The events that start it.
    pub triggers: Vec<Trigger>,
    /// The rights of its token; `None` where it says nothing, so that the repository's setting counts.
    pub permissions: Option<Permissions>,
    /// What may run beside it.
    pub concurrency: Option<Span>,
    /// Its jobs, in the order of the file.
    pub jobs: Vec<Job>,
}

/// The rights of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions {
    /// Which.
    pub rights: Rights,
    /// Where they are written.
    pub span: Span,
}

/// Which rights a token has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rights {
    /// `read-all`.
    ReadAll,
    /// `write-all`.
    WriteAll,
    /// Those listed (scope, level), and no other; the empty list is none at all.
    Listed(Vec<(String, String)>),
    /// Words that GitHub does not know.
    Other(String),
}

/// Whether something is so in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flag {
    /// It is not.
    #[default]
    No,
    /// It is.
    Yes,
    /// An expression decides.
    Depends,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Where its id stands.
    pub span: Span,
    /// Its name.
    pub name: Option<Text>,
    /// The jobs it waits for.
    pub needs: Vec<String>,
    /// Its condition (`if`).
    pub condition: Option<Text>,
    /// The reusable workflow that it calls.
    pub uses: Option<Text>,
    /// The runners it asks for; none of a job that calls a workflow.
    pub runs_on: Vec<String>,
    /// Its limit in minutes (`timeout-minutes`), as written.
    pub timeout: Option<Text>,
    /// The image it runs in.
    pub container: Option<Text>,
    /// The images of its services.
    pub services: Vec<Text>,
    /// The rights of its token; `None` where the workflow's count.
    pub permissions: Option<Permissions>,
    /// Whether its failure fails nothing (`continue-on-error`).
    pub tolerated: Flag,
    /// The values that its matrix gives to each key, as far as they are written out.
    pub matrix: Vec<(String, Vec<String>)>,
    /// The jobs that its matrix makes: none without a matrix, `None` where only a run knows them.
    pub rows: Option<Vec<MatrixRow>>,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where it stands.
    pub span: Span,
    /// Its id, by which other steps ask for its outcome.
    pub id: Option<Text>,
    /// Its name.
    pub name: Option<Text>,
    /// The action it uses.
    pub uses: Option<Text>,
    /// The commands it runs.
    pub run: Option<Text>,
    /// What it hands to the action.
    pub with: Vec<(String, Text)>,
    /// What it puts into the environment.
    pub env: Vec<(String, Text)>,
    /// The folder that its commands start in, its job's and its workflow's defaults taken in.
    pub working_directory: Option<Text>,
    /// The shell, its job's and its workflow's defaults taken in.
    pub shell: Option<Text>,
    /// Its condition (`if`).
    pub condition: Option<Text>,
    /// Whether its failure fails nothing (`continue-on-error`).
    pub tolerated: Flag,
}

/// The workflows that GitHub runs: only files directly in the root's `.github/workflows`.
pub fn workflow_paths(tree: &Tree) -> impl Iterator<Item = (&RepoPath, EntryKind)> {
    tree.below(".github/workflows")
        .filter(|(path, _)| path.parent() == ".github/workflows" && matches!(path.extension(), Some("yml" | "yaml")))
        .map(|(path, entry)| (path, entry.kind))
}

/// The configuration files of other services that run checks, as far as the tree has them.
pub fn other_ci(tree: &Tree) -> Vec<RepoPath> {
    const OTHERS: [&str; 16] = [
        ".appveyor.yml",
        ".buildkite/pipeline.yaml",
        ".buildkite/pipeline.yml",
        ".circleci/config.yml",
        ".cirrus.yml",
        ".drone.yml",
        ".gitlab-ci.yml",
        ".semaphore/semaphore.yml",
        ".travis.yml",
        ".woodpecker.yml",
        "Jenkinsfile",
        "appveyor.yml",
        "azure-pipelines.yaml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "cloudbuild.yaml",
    ];
    let named = OTHERS
        .into_iter()
        .filter(|path| tree.get(path).is_some())
        .map(RepoPath::new);
    let woodpecker = tree.below(".woodpecker").map(|(path, _)| path.clone()).take(1);
    named.chain(woodpecker).collect()
}
