//! `container`: how images are built, and how compose files run them.

mod asked;
mod build;
mod build_tools;
mod compose;
mod deployed;
mod files;
mod health;
mod hooks;
mod image;
mod lean;
mod loads;
mod members;
mod migrating;
mod mounts;
mod origins;
mod pinned;
mod production;
mod secrets;
mod stages;
mod started;
mod tally;
mod tools;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::artifact::workflow::workflow_paths;
use crate::model::{Evidence, Examined, Gap, Needs, Place, Strength};

use super::consistency::loads_needs;
use super::files::{Case, Globs};
use super::parameters::{OneOrMany, read};
use super::registry::{Kind, Problem};
use super::{Check, View};

use files::Images;

pub(in crate::check) use asked::{Asked, Variable, asked};
pub(in crate::check) use lean::left_out;
pub(in crate::check) use started::{started, started_needs};

/// The kind `container`.
pub const KIND: Kind = Kind {
    name: "container",
    summary: "How Dockerfiles build images and compose files run them: user, health, versions, sources, limits.",
    schema: |generator| generator.subschema_for::<Params>(),
    build: make,
};

/// What is asked of Dockerfiles (`dockerfile`) or of compose files (`compose`) that are meant for production: those
/// whose name or folder says development, test, local, example and the like are left out unless a pattern is their
/// plain path. Examples: `container = { dockerfile = "**/Dockerfile", asks = ["non-root", "pinned-base"] }`,
/// `container = { compose = "**/*compose*.{yml,yaml}", asks = "restart" }`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "ContainerParameters")]
struct Params {
    /// Patterns of Dockerfiles, from the component's folder. Without it and without `compose`: every file that is
    /// called as Dockerfiles are (`Dockerfile`, `Dockerfile.prod`, `api.Dockerfile`, `Containerfile`).
    dockerfile: Option<OneOrMany>,
    /// Patterns of compose files, from the component's folder.
    compose: Option<OneOrMany>,
    /// Of compose files: the services that are asked about, or several of which those that are there count, and one of which
    /// the question must be about; `*` stands for any letters. Without it: each.
    services: Option<OneOrMany>,
    /// What is asked; all of it must hold for every file.
    asks: Asks,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "ContainerAsks")]
enum Asks {
    /// One question.
    One(Ask),
    /// Several, which all must hold.
    Many(Vec<Ask>),
}

impl Default for Asks {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// A question about containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ContainerAsk")]
enum Ask {
    /// Both: there is such a file.
    Exists,
    /// Dockerfile: the last stage ends as a user other than root.
    NonRoot,
    /// Dockerfile: the last stage has a `HEALTHCHECK` whose file and tool are there. Compose: every service has one,
    /// of its own or of the Dockerfile that it builds.
    Healthcheck,
    /// Dockerfile: the `HEALTHCHECK` of the last stage, where it has one, calls a file and a tool that are there.
    /// Compose: so does that of each service which has one, and it can fail.
    HealthcheckRuns,
    /// Compose: no service switches the `HEALTHCHECK` of the image that it builds off, or puts a check in its place that
    /// calls what is not there.
    HealthcheckKept,
    /// Dockerfile: one of them is named by a compose file, a workflow or a platform's file (`render.yaml`, `railway.json`,
    /// `fly.toml`), and starts something; of a component, one of its own, wherever it lies.
    Deployed,
    /// Dockerfile: the stage that production takes starts no server for development. It is the stage that a compose
    /// file for production or a workflow that deploys names as `target`, else the last one.
    ProductionCommand,
    /// Dockerfile: every base image has a tag that names a version, or a digest (`node:22-alpine`; not `latest`,
    /// `alpine` or none). Compose: the same of every `image`.
    PinnedBase,
    /// Dockerfile: what `COPY` and `ADD` take from the build context and from other stages is there.
    CopySourcesExist,
    /// Dockerfile: a build script, a hook of the installation, or a program called by `pnpm exec` does not need what the
    /// installation left out, and `npm ci` and pnpm's `--frozen-lockfile` have their lockfile.
    BuildToolsInstalled,
    /// Dockerfile: the component whose build script it runs finds the modules that it loads, as
    /// `consistency = { asks = "modules-load" }` tells.
    BuiltLoads,
    /// Dockerfile: the program by which it migrates the database when it is started is one that the installation before
    /// it did not leave out.
    MigrationToolsInstalled,
    /// Dockerfile: packages are installed by the lockfile (`npm ci`, `--frozen-lockfile`), and it is there.
    LockfileInstall,
    /// Dockerfile: it has several stages, and the last one takes from another.
    MultiStage,
    /// Both: no variable with a secret's name has its value written out.
    NoSecrets,
    /// Compose: every service is started again when it stops.
    Restart,
    /// Compose: every service has a limit of memory or processor time.
    Limits,
    /// Compose: files and folders that are mounted from the repository are in it.
    MountsExist,
    /// Compose: a file that `env_file` names is in the repository, or is ignored by git and so made where it runs.
    EnvFilesExist,
    /// Compose: databases keep their data in a volume.
    DataVolume,
}

/// What a question can be asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Dockerfile,
    Compose,
}

impl Ask {
    fn is_about(self, subject: Subject) -> bool {
        match self {
            Self::Exists | Self::Healthcheck | Self::HealthcheckRuns | Self::PinnedBase | Self::NoSecrets => true,
            Self::NonRoot
            | Self::CopySourcesExist
            | Self::BuildToolsInstalled
            | Self::BuiltLoads
            | Self::MigrationToolsInstalled
            | Self::ProductionCommand
            | Self::Deployed
            | Self::LockfileInstall
            | Self::MultiStage => subject == Subject::Dockerfile,
            Self::HealthcheckKept
            | Self::Restart
            | Self::Limits
            | Self::MountsExist
            | Self::EnvFilesExist
            | Self::DataVolume => subject == Subject::Compose,
        }
    }
}

#[derive(Debug)]
struct Containers {
    subject: Subject,
    globs: Globs,
    /// The services that are asked about; none is each.
    services: Vec<String>,
    asks: Vec<Ask>,
}

/// How Dockerfiles are called.
const DOCKERFILES: [&str; 6] = [
    "**/Dockerfile",
    "**/Dockerfile.*",
    "**/Dockerfile-*",
    "**/*.Dockerfile",
    "**/*.dockerfile",
    "**/Containerfile",
];

fn make(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let params = read::<Params>(value)?;
    let asks = match params.asks {
        Asks::One(ask) => vec![ask],
        Asks::Many(asks) => asks,
    };
    let mut problems = Vec::new();
    let (subject, patterns, key) = match (params.dockerfile, params.compose) {
        (Some(_), Some(_)) => {
            return Err(vec![Problem {
                help: Some("write one condition for each, joined by `all`".to_owned()),
                ..Problem::at(&["compose"], "`dockerfile` and `compose` are two questions")
            }]);
        }
        (None, Some(patterns)) => (Subject::Compose, patterns, "compose"),
        (Some(patterns), None) => (Subject::Dockerfile, patterns, "dockerfile"),
        (None, None) => {
            let patterns = DOCKERFILES.map(str::to_owned).to_vec();
            (Subject::Dockerfile, OneOrMany::Many(patterns), "dockerfile")
        }
    };
    if asks.is_empty() {
        problems.push(Problem::at(&["asks"], "`asks` is empty, so nothing is asked"));
    }
    let services = params
        .services
        .map_or_else(Vec::new, |services| services.as_slice().to_vec());
    if subject == Subject::Dockerfile && !services.is_empty() {
        problems.push(Problem::at(&["services"], "services are asked about with `compose`"));
    }
    if asks.iter().any(|ask| !ask.is_about(subject)) {
        problems.push(Problem {
            help: Some("the schema says of each question what it is about".to_owned()),
            ..Problem::at(&["asks"], format!("this can't be asked of `{key}`"))
        });
    }
    match Globs::new(&patterns, key, Case::Counts) {
        Err(found) => problems.extend(found),
        Ok(globs) if problems.is_empty() => {
            return Ok(Box::new(Containers {
                subject,
                globs,
                services,
                asks,
            }));
        }
        Ok(_) => {}
    }
    Err(problems)
}

impl Check for Containers {
    fn needs(&self, view: &View<'_>) -> Needs {
        if self.asks == [Ask::Exists] {
            return Needs::none();
        }
        let mut needs = files::needs(view, &self.chosen(view));
        if self.asks.contains(&Ask::Deployed) {
            needs.unite(Needs::files(deployed::platforms(view)));
        }
        if self.asks.contains(&Ask::BuiltLoads) && !self.chosen(view).is_empty() {
            let workflows = workflow_paths(view.tree()).map(|(path, _)| path.clone());
            needs.unite(loads_needs(view));
            needs.unite(Needs::files(workflows));
            needs.unite(Needs::files(members::tells_of_builds(view)));
        }
        needs
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let chosen = self.chosen(view);
        let words = self.globs.in_words(view.folder());
        if chosen.is_empty() {
            if let Some(unread) = super::files::not_whole(view.tree(), &words) {
                return Examined::unknown(unread);
            }
            let message = format!("no file for production matches {words}");
            if self.asks.contains(&Ask::Exists) {
                let subject = self.globs.written(view.folder()).join(" | ");
                return Examined::fail(message.clone(), vec![Gap::missing(subject, message)]);
            }
            if !self.services.is_empty() {
                return compose::nobody(&self.services, "there is no compose file for production, nor a service");
            }
            return Examined::not_applicable(message);
        }
        let images = Images::gather(view);
        let chosen = match self.subject {
            Subject::Dockerfile if !self.globs.is_one_path() => production::meant(&images, chosen),
            Subject::Dockerfile | Subject::Compose => chosen,
        };
        let parts = self.asks.iter().map(|ask| match (ask, self.subject) {
            (Ask::Exists, _) => exists(&chosen),
            (Ask::Deployed, _) => deployed::deployed(&images, &chosen),
            (ask, Subject::Dockerfile) => image::examine(&images, &chosen, *ask),
            (ask, Subject::Compose) => compose::examine(&images, &chosen, &self.services, *ask),
        });
        super::condition::all(parts.collect())
    }
}

impl Containers {
    fn chosen(&self, view: &View<'_>) -> Vec<crate::model::RepoPath> {
        let found = self.globs.find_written(view.tree(), view.folder()).into_iter();
        let is_meant = |path: &crate::model::RepoPath| {
            self.globs.is_one_path() || files::is_for_production(path, self.subject == Subject::Compose)
        };
        found
            .map(|(path, _)| path.clone())
            .filter(is_meant)
            .filter(|path| self.subject == Subject::Dockerfile || files::is_yaml(path))
            .collect()
    }
}

fn exists(chosen: &[crate::model::RepoPath]) -> Examined {
    let evidence = chosen
        .iter()
        .take(super::files::MOST_SHOWN)
        .map(|path| Evidence::new(Place::file(path), "", Strength::Present, path.as_str()))
        .collect();
    let first = chosen.first().map_or("", |path| path.as_str());
    Examined::pass(format!("`{first}` is there"), evidence)
}
