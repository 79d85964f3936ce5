//! Which files count, what else has to be read, and where images are built from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::container::{Dockerfile, Dockerignore, Stage};
use crate::artifact::workflow::workflow_paths;
use crate::artifact::{Gitignore, Ignores, Node, PathKind, Yaml, component_needs, in_folder, resolve, unparsed};
use crate::model::{Class, Entry, Needs, Place, RepoPath, Tree, Unread};
use crate::text::{Document, Span};

use super::super::View;

/// Words in the name of a file or its folder that say it is not what runs in production.
const NOT_PRODUCTION: [&str; 27] = [
    "bench",
    "benchmark",
    "ci",
    "debug",
    "demo",
    "dev",
    "devcontainer",
    "devel",
    "development",
    "docs",
    "e2e",
    "example",
    "examples",
    "fixtures",
    "github",
    "integration",
    "lint",
    "local",
    "localhost",
    "mock",
    "override",
    "playwright",
    "sample",
    "storybook",
    "test",
    "testing",
    "tests",
];

/// Whether a container file is meant for production, as its name and its folders tell.
pub(super) fn is_for_production(path: &RepoPath, is_compose: bool) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let stem = if is_compose {
        name.trim_end_matches(".yml").trim_end_matches(".yaml")
    } else {
        name.as_str()
    };
    let folders = path.parent().to_ascii_lowercase();
    let has = is_word_of_development;
    let is_dot = folders.split('/').any(|folder| folder.starts_with('.'));
    !has(stem) && !is_dot && !folders.split('/').any(|folder| NOT_PRODUCTION.contains(&folder))
}

/// Whether a name says that it is not for production.
pub(super) fn is_word_of_development(name: &str) -> bool {
    name.split(['.', '-', '_']).any(|word| NOT_PRODUCTION.contains(&word))
}

/// Whether a file is YAML by its name.
pub(super) fn is_yaml(path: &RepoPath) -> bool {
    matches!(path.extension(), Some("yml" | "yaml"))
}

fn is_compose(path: &RepoPath) -> bool {
    path.file_name().to_ascii_lowercase().contains("compose") && is_yaml(path)
}

pub(super) fn is_dockerfile(path: &RepoPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    name == "containerfile" || name.starts_with("dockerfile") || name.ends_with(".dockerfile")
}

/// What services other than GitHub Actions read that build and deploy.
const PIPELINES: [&str; 15] = [
    ".drone.yml",
    ".gitlab-ci.yaml",
    ".gitlab-ci.yml",
    ".woodpecker.yml",
    "Jenkinsfile",
    "azure-pipelines.yaml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "buildspec.yaml",
    "buildspec.yml",
    "cloudbuild.json",
    "cloudbuild.yaml",
    "cloudbuild.yml",
    "codemagic.yaml",
    "wercker.yml",
];

/// A file that may say which images are built: a workflow, a pipeline of another service, a compose file, a manifest, a
/// script.
pub(super) fn tells_of_images(path: &RepoPath) -> bool {
    let folders = [
        ".github/workflows/",
        ".circleci/",
        ".gitlab/",
        ".azure/",
        ".woodpecker/",
    ];
    let is_workflow = folders.iter().any(|folder| path.as_str().starts_with(folder)) && is_yaml(path);
    let is_pipeline = PIPELINES.contains(&path.file_name()) || path.extension() == Some("Jenkinsfile");
    let is_script = matches!(path.extension(), Some("sh" | "bash" | "ps1" | "mk" | "tf" | "hcl"));
    let is_named = matches!(
        path.file_name(),
        "package.json" | "Makefile" | "justfile" | "Justfile" | "Taskfile.yml"
    );
    is_workflow || is_pipeline || is_compose(path) || is_script || is_named
}

/// What has to be read for any question about these files.
pub(super) fn needs(view: &View<'_>, chosen: &[RepoPath]) -> Needs {
    let tree = view.tree();
    let mut needs = component_needs(tree);
    needs.files.retain(|path| path.file_name() == "package.json");
    let told = tree.those("containers", |path, _, class| {
        let name = path.file_name();
        !class.is_of_nobody()
            && (is_compose(path)
                || is_dockerfile(path)
                || name.ends_with(".dockerignore")
                || matches!(name, ".gitignore" | ".npmrc" | "pnpm-workspace.yaml")
                || name.starts_with("next.config."))
    });
    needs.files.extend(told.into_iter().map(|(path, _)| path.clone()));
    needs.files.extend(chosen.iter().cloned());
    if chosen.len() > 1 {
        let tells = tree.those("what builds images", |path, entry, class| {
            entry.is_file() && !class.is_of_nobody() && tells_of_images(path)
        });
        needs.files.extend(tells.into_iter().map(|(path, _)| path.clone()));
    }
    needs.files.extend(workflow_paths(tree).map(|(path, _)| path.clone()));
    let is_small = |entry: &Entry| entry.is_file() && entry.size.is_none_or(|size| size <= 1 << 20);
    needs.files.retain(|path| tree.get(path.as_str()).is_some_and(is_small));
    needs
}

/// A Dockerfile with its stages.
pub(super) struct Image {
    pub(super) path: RepoPath,
    pub(super) document: Arc<Document>,
    file: Arc<Dockerfile>,
}

impl Image {
    pub(super) fn stages(&self) -> &[Stage] {
        self.file.0.as_deref().unwrap_or(&[])
    }

    pub(super) fn place(&self, span: &Span) -> Place {
        Place::span(&self.path, &self.document, span)
    }
}

/// A compose file.
pub(super) struct Compose {
    pub(super) path: RepoPath,
    pub(super) document: Arc<Document>,
    pub(super) root: Arc<Node>,
}

/// The repository, as containers see it.
pub(super) struct Images<'a> {
    pub(super) view: &'a View<'a>,
    /// Compose files that could be read, by path.
    composes: BTreeMap<RepoPath, Compose>,
    gitignores: Vec<(String, Arc<Gitignore>)>,
}

impl<'a> Images<'a> {
    pub(super) fn gather(view: &'a View<'a>) -> Self {
        let mut composes = BTreeMap::new();
        let mut gitignores = Vec::new();
        let is_own = |path: &RepoPath, _: &Entry, class: Class| is_compose(path) && !class.is_of_nobody();
        for (path, _) in view.tree().those("compose files", is_own) {
            if let Ok(Some(found)) = compose(view, path) {
                composes.insert(path.clone(), found);
            }
        }
        for (path, _) in view.tree().with_name(".gitignore") {
            if let Ok(Some(document)) = view.snapshot.read(path.as_str()).text(path.as_str()) {
                gitignores.push((path.parent().to_owned(), document.view::<Gitignore>()));
            }
        }
        Self {
            view,
            composes,
            gitignores,
        }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.view.snapshot.tree
    }

    /// A Dockerfile.
    ///
    /// # Errors
    /// Why it can't be read.
    pub(super) fn image(&self, path: &RepoPath) -> Result<Option<Image>, Unread> {
        let Some(document) = self.view.snapshot.read(path.as_str()).text(path.as_str())? else {
            return Ok(None);
        };
        let file = document.view::<Dockerfile>();
        if let Err(error) = &file.0 {
            return Err(unparsed(path, &document, error));
        }
        Ok(Some(Image {
            path: path.clone(),
            document,
            file,
        }))
    }

    /// A compose file, whatever it is called.
    ///
    /// # Errors
    /// Why it can't be read.
    pub(super) fn compose(&self, path: &RepoPath) -> Result<Option<Compose>, Unread> {
        compose(self.view, path)
    }

    /// The compose files that could be read.
    pub(super) fn composes(&self) -> impl Iterator<Item = &Compose> {
        self.composes.values()
    }

    /// The workflows that could be read.
    pub(super) fn workflows(&self) -> Vec<(&RepoPath, Arc<Node>)> {
        workflow_paths(self.tree())
            .filter_map(|(path, _)| Some((path, super::production::workflow(self, path)?)))
            .collect()
    }

    /// The compose file of this path, if it was read.
    pub(super) fn known(&self, path: &str) -> Option<&Compose> {
        self.composes.get(path)
    }

    /// Whether a path is ignored by git, so that it is made where it is needed.
    pub(super) fn is_ignored(&self, path: &str, kind: PathKind) -> bool {
        let files = self.gitignores.iter();
        let ignores = Ignores::new(files.map(|(folder, file)| (folder.as_str(), file.as_ref())));
        ignores.ignored_by(path, kind).is_some()
    }

    /// Whether a compose file gives images contexts of other names.
    pub(super) fn names_contexts(&self) -> bool {
        self.composes.values().any(|compose| {
            let services = compose.root.get("services").map_or(&[][..], Node::entries);
            services.iter().any(|(_, service)| {
                let build = service.get("build");
                build.is_some_and(|build| build.get("additional_contexts").is_some())
            })
        })
    }

    /// The text of a file that was read.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let document = self.view.snapshot.read(path).text(path).ok().flatten()?;
        document.text().ok().map(str::to_owned)
    }

    /// The folders that a Dockerfile may be built from: those that compose files say, else its own and all above.
    pub(super) fn contexts(&self, dockerfile: &RepoPath) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for compose in self.composes.values() {
            let services = compose.root.get("services").map_or(&[][..], Node::entries);
            for (_, service) in services {
                if let Some((context, file)) = build_of(compose.path.parent(), service)
                    && file == *dockerfile
                    && !found.contains(&context)
                {
                    found.push(context);
                }
            }
        }
        if found.is_empty() {
            let own = dockerfile.parent();
            found.push(own.to_owned());
            found.extend(crate::artifact::above(own).map(str::to_owned));
            found.dedup();
        }
        found
    }

    /// What a context leaves out.
    pub(super) fn dockerignore(&self, dockerfile: &RepoPath, context: &str) -> Option<Arc<Dockerignore>> {
        let own = format!("{dockerfile}.dockerignore");
        let shared = in_folder(context, ".dockerignore");
        [own, shared].into_iter().find_map(|path| {
            let document = self.view.snapshot.read(&path).text(&path).ok().flatten()?;
            Some(document.view::<Dockerignore>())
        })
    }
}

/// The context and the Dockerfile that a service is built from; `None` where it is not, or a variable says from what.
pub(super) fn build_of(folder: &str, service: &Node) -> Option<(String, RepoPath)> {
    let build = service.get("build")?;
    let context = build
        .as_str()
        .or_else(|| build.get("context").and_then(Node::as_str))
        .unwrap_or(".");
    let file = build.get("dockerfile").and_then(Node::as_str).unwrap_or("Dockerfile");
    if context.contains('$') || file.contains('$') || context.contains("://") || file.starts_with('/') {
        return None;
    }
    let context = resolve(folder, context)?;
    let file = resolve(context.as_str(), file)?;
    Some((context.as_str().to_owned(), file))
}

fn compose(view: &View<'_>, path: &RepoPath) -> Result<Option<Compose>, Unread> {
    let Some(document) = view.snapshot.read(path.as_str()).text(path.as_str())? else {
        return Ok(None);
    };
    let yaml = document.view::<Yaml>();
    match &yaml.0 {
        Err(error) => Err(unparsed(path, &document, error)),
        Ok(root) => Ok(Some(Compose {
            path: path.clone(),
            root: Arc::clone(root),
            document,
        })),
    }
}
