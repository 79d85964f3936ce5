//! Which files belong to what reads them: what another product of the repository declares is of no use.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::artifact::Json;
use crate::model::{Component, Needs, RepoPath};

use super::files::{Case, Globs, open};
use super::parameters::OneOrMany;
use super::{Pattern, Problem, View};

/// What has to stand beside a file: in its component, or in one below it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "TextBeside")]
pub(super) struct BesideParameters {
    /// A regular expression, as `pattern`.
    pattern: String,
    /// Patterns of the files to search for it, as `in`.
    r#in: OneOrMany,
}

/// A question that was understood.
#[derive(Debug)]
pub(super) struct Beside {
    pattern: Pattern,
    files: Globs,
}

/// Files at the root by which packages are kept together.
const TELLING: [&str; 5] = [
    "pnpm-workspace.yaml",
    "lerna.json",
    "turbo.json",
    "nx.json",
    "rush.json",
];

impl BesideParameters {
    /// Compiles it.
    pub(super) fn compile(&self) -> Result<Beside, Vec<Problem>> {
        let pattern = Pattern::new(&self.pattern).map_err(|why| {
            vec![Problem::at(
                &["beside", "pattern"],
                format!("this is no pattern: {why}"),
            )]
        })?;
        let files = Globs::new(&self.r#in, "in", Case::Counts)?;
        Ok(Beside { pattern, files })
    }
}

impl Beside {
    pub(super) const fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    pub(super) fn needs(&self, view: &View<'_>) -> Needs {
        let mut needs = self.files.unread(view, None);
        needs
            .files
            .extend(view.tree().get_with_path("package.json").map(|(path, _)| path.clone()));
        needs
    }

    /// The components in which such a line stands; `None` where all files belong together.
    pub(super) fn owners(&self, view: &View<'_>) -> Option<BTreeSet<RepoPath>> {
        if is_kept_together(view) {
            return None;
        }
        let search = view.engine.search(&self.pattern);
        let mut owners = BTreeSet::new();
        for (path, entry) in self.files.find_written(&view.snapshot.tree, view.folder()) {
            // What could not be read may read it.
            let document = open(view.snapshot, (path, entry)).ok()?;
            if !search.hits(&document).is_empty() {
                owners.extend(owner(view, path).map(|owner| owner.path.clone()));
            }
        }
        Some(owners)
    }
}

/// Folders that hold what another folder's code is deployed with, whatever manifest they have.
const DEPLOYING: [&str; 10] = [
    "cdk",
    "config",
    "deploy",
    "deployment",
    "docker",
    "infra",
    "infrastructure",
    "k8s",
    "ops",
    "terraform",
];

/// Whether a file belongs to one of them, or stands above one.
pub(super) fn belongs(view: &View<'_>, owners: &BTreeSet<RepoPath>, path: &RepoPath) -> bool {
    let Some(own) = owner(view, path) else { return true };
    let folder = own.folder();
    let is_deploying = folder.split('/').any(|part| DEPLOYING.contains(&part));
    folder.is_empty()
        || is_deploying
        || owners
            .iter()
            .any(|owner| owner.as_str() == folder || owner.relative_to(folder).is_some())
}

fn owner<'a>(view: &'a View<'_>, path: &RepoPath) -> Option<&'a Component> {
    Component::of(&view.snapshot.components, path)
}

/// Whether the repository is a workspace, or may be.
fn is_kept_together(view: &View<'_>) -> bool {
    if view.component.is_some() || TELLING.iter().any(|name| view.tree().get(name).is_some()) {
        return true;
    }
    match view.snapshot.read("package.json").text("package.json") {
        Ok(None) => false,
        Ok(Some(document)) => match &document.view::<Json>().0 {
            Ok(root) => root.get("workspaces").is_some(),
            Err(_) => true,
        },
        Err(_) => true,
    }
}
