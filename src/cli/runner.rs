//! What the runner tells a container action: its inputs, the event, the files to write to.

use std::path::PathBuf;

use serde_json::Value;

use crate::github::{Token, TokenKind};
use crate::model::{FailOn, RepoPath};

use super::args::parse_level;
use super::enforcement::{Enforcement, IsChange};
use super::event::{Base, Event};
use super::stop::Stop;

/// The largest event that is read: GitHub caps payloads at 25 MB.
const LARGEST_EVENT: u64 = 26 << 20;

/// The run of a workflow.
pub(super) struct Runner {
    /// What is judged.
    pub event: Event,
    /// `owner`, `name`.
    pub repository: (String, String),
    /// The workflow that runs the gate, if it is this repository's.
    pub workflow: Option<RepoPath>,
    /// Who could switch the gate off.
    pub enforcement: Enforcement,
    /// The server's address, for links.
    pub server: Option<String>,
    /// Names this attempt of this job.
    pub external_id: String,
    /// The job's id in its workflow.
    pub job: String,
    /// The inputs.
    pub inputs: Inputs,
    /// The workspace: where files for later steps go.
    pub workspace: PathBuf,
}

/// The action's inputs.
pub(super) struct Inputs {
    /// Keys check run, comment and SARIF category.
    pub name: String,
    /// A path in base.
    pub policy: Option<String>,
    /// The level.
    pub fail_on: Option<FailOn>,
    /// What to compare with, outside of pull requests.
    pub base: Option<String>,
    /// Reads the repository and publishes.
    pub token: Option<Token>,
    /// Reads what the other may not.
    pub settings_token: Option<Token>,
    /// Whether a pull request gets a comment.
    pub comment: Switch,
    /// Whether findings are shown at their lines.
    pub annotations: Switch,
    /// A file to write SARIF to.
    pub sarif: Option<PathBuf>,
}

/// An input that is `true` or `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Switch {
    /// `true`.
    On,
    /// `false`.
    Off,
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A file that the runner names by a variable.
pub(super) fn file(name: &str) -> Option<PathBuf> {
    variable(name).map(PathBuf::from)
}

impl Runner {
    /// Reads the environment and the event.
    ///
    /// # Errors
    /// What is missing or wrong, for the log.
    pub fn from_environment() -> Result<Self, Stop> {
        let demanded = |name: &str| {
            let why = format!("`readygate action` is the entry point of a GitHub action, and {name} is not set");
            variable(name).ok_or_else(|| Stop::Usage(format!("{why}; on the command line use `readygate check`")))
        };
        let name = demanded("GITHUB_EVENT_NAME")?;
        let repository = demanded("GITHUB_REPOSITORY")?;
        let sha = demanded("GITHUB_SHA")?;
        let payload = read_event(&demanded("GITHUB_EVENT_PATH")?)?;
        let event = Event::read(&name, &payload, &sha, variable("GITHUB_REF").as_deref()).map_err(Stop::Usage)?;
        let Some((owner, repo)) = repository.split_once('/') else {
            return Err(Stop::Usage(format!(
                "GITHUB_REPOSITORY is `{repository}`, and not OWNER/NAME"
            )));
        };
        let from = variable("GITHUB_WORKFLOW_REF");
        let is_change = match &event.base {
            Base::Branch(_) | Base::Queue { .. } => IsChange::Yes,
            Base::None | Base::Before(_) => IsChange::No,
        };
        let enforcement = Enforcement::of(&event.name, is_change, &repository, from.as_deref());
        let workflow = from.and_then(|reference| {
            let path = reference
                .strip_prefix(&repository)?
                .strip_prefix('/')?
                .split('@')
                .next()?
                .to_owned();
            Some(RepoPath::new(&path))
        });
        let part = |name: &str| variable(name).unwrap_or_else(|| "0".to_owned());
        Ok(Self {
            event,
            repository: (owner.to_owned(), repo.to_owned()),
            workflow,
            enforcement,
            server: variable("GITHUB_SERVER_URL"),
            external_id: format!(
                "{}-{}-{}",
                part("GITHUB_RUN_ID"),
                part("GITHUB_RUN_ATTEMPT"),
                part("GITHUB_JOB")
            ),
            job: variable("GITHUB_JOB").unwrap_or_else(|| "readiness".to_owned()),
            inputs: Inputs::from_environment()?,
            workspace: file("GITHUB_WORKSPACE").unwrap_or_else(|| PathBuf::from(".")),
        })
    }
}

impl Runner {
    /// What kind of token the input `token` holds. A workflow's own looks as an app's does, and is what the input holds
    /// where nobody set it: what more an app may know is asked with `settings-token`.
    pub fn token_kind(&self) -> Option<TokenKind> {
        match self.inputs.token.as_ref()?.kind() {
            Some(TokenKind::App) if self.event.writes_nothing() => Some(TokenKind::Fork),
            Some(TokenKind::App) => Some(TokenKind::Workflow),
            other => other,
        }
    }
}

fn read_event(path: &str) -> Result<Value, Stop> {
    let why = |error: String| Stop::Usage(format!("the event `{path}` can't be read: {error}"));
    let size = std::fs::metadata(path).map_err(|error| why(error.to_string()))?.len();
    if size > LARGEST_EVENT {
        return Err(why(format!("it has {size} bytes")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| why(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| why(error.to_string()))
}

impl Inputs {
    fn from_environment() -> Result<Self, Stop> {
        let fail_on = variable("INPUT_FAIL-ON").map(|text| parse_level(&text)).transpose();
        let token = |name: &str| variable(name).as_deref().and_then(Token::new);
        Ok(Self {
            name: variable("INPUT_NAME").unwrap_or_else(|| "readiness".to_owned()),
            policy: variable("INPUT_POLICY"),
            fail_on: fail_on.map_err(|why| Stop::Usage(format!("the input `fail-on`: {why}")))?,
            base: variable("INPUT_BASE"),
            token: token("INPUT_TOKEN"),
            settings_token: token("INPUT_SETTINGS-TOKEN"),
            comment: switch("comment", "INPUT_COMMENT")?,
            annotations: switch("annotations", "INPUT_ANNOTATIONS")?,
            sarif: file("INPUT_SARIF"),
        })
    }

    /// The gate's name as part of a file's name.
    pub fn file_stem(&self) -> String {
        let plain = |character: char| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        };
        self.name.chars().map(plain).collect()
    }
}

fn switch(input: &str, name: &str) -> Result<Switch, Stop> {
    match variable(name).as_deref() {
        None | Some("true") => Ok(Switch::On),
        Some("false") => Ok(Switch::Off),
        Some(other) => Err(Stop::Usage(format!(
            "the input `{input}` is `{other}`, and not true or false"
        ))),
    }
}
