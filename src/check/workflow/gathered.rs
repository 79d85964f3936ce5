//! The workflows that a question is asked of.

use std::sync::{Arc, Mutex, PoisonError};

use crate::text::HashMap;

use crate::artifact::unparsed;
use crate::artifact::workflow::{CompiledFilter, Filter, Trigger, Workflow, WorkflowFile, other_ci, workflow_paths};
use crate::model::{Cause, Class, EntryKind, Examined, Fact, Gap, PathGlob, RepoPath, Unread};
use crate::text::Document;

use super::super::View;
use super::Filters;

/// The fact that names the default branch.
pub(super) const DEFAULT_BRANCH: &str = "repository.default-branch";

/// A workflow with its file.
pub(super) struct Found {
    pub(super) path: RepoPath,
    pub(super) document: Arc<Document>,
    file: Arc<WorkflowFile>,
    /// The events asked about that start it; empty when none of them does.
    pub(super) events: Vec<String>,
    /// Whether the question's `file` filter takes it.
    is_named: bool,
}

impl Found {
    pub(super) fn workflow(&self) -> Option<&Workflow> {
        self.file.0.as_ref().ok().and_then(Option::as_ref)
    }

    /// Whether the question is asked of it.
    pub(super) fn is_asked(&self) -> bool {
        self.is_named && !self.events.is_empty()
    }
}

/// All workflows, whether asked or only called by those that are.
pub(super) struct Gathered {
    pub(super) workflows: Vec<Found>,
    pub(super) unread: Vec<Unread>,
    truncated: Option<String>,
}

impl Gathered {
    pub(super) fn gather(view: &View<'_>, filters: &Filters) -> Self {
        let mut gathered = Self {
            workflows: Vec::new(),
            unread: Vec::new(),
            truncated: view.snapshot.tree.truncation().map(str::to_owned),
        };
        let branches = branches(view, filters);
        for (path, kind) in workflow_paths(&view.snapshot.tree) {
            let is_named =
                filters.files.is_empty() || filters.files.iter().any(|glob: &PathGlob| glob.matches(path.as_str()));
            match read(view, path, kind) {
                Err(unread) if is_named => gathered.unread.push(unread),
                Err(_) | Ok(None) => {}
                Ok(Some((document, file))) => {
                    let mut found = Found {
                        path: path.clone(),
                        document,
                        file,
                        events: Vec::new(),
                        is_named,
                    };
                    found.events = found
                        .workflow()
                        .map(|workflow| events(view, filters, &branches, workflow))
                        .unwrap_or_default();
                    gathered.workflows.push(found);
                }
            }
        }
        gathered
    }

    /// The workflows asked.
    pub(super) fn asked(&self) -> impl Iterator<Item = (&Found, &Workflow)> {
        self.workflows
            .iter()
            .filter(|found| found.is_asked())
            .filter_map(|found| Some((found, found.workflow()?)))
    }

    /// The workflow at a path, which another one calls.
    pub(super) fn at(&self, path: &str) -> Option<(&Found, &Workflow)> {
        let found = self.workflows.iter().find(|found| found.path.as_str() == path)?;
        Some((found, found.workflow()?))
    }

    /// Whether the default branch makes a difference.
    pub(super) fn asks_for_default_branch(&self, filters: &Filters) -> bool {
        !filters.on.is_empty()
            && filters.branches.is_empty()
            && self
                .workflows
                .iter()
                .filter_map(Found::workflow)
                .flat_map(|workflow| &workflow.triggers)
                .any(|trigger| trigger.branches != Filter::All)
    }

    /// The outcome where what is sought is in no workflow that was read.
    pub(super) fn missing(&self, view: &View<'_>, filters: &Filters, subject: &str, sought: &str) -> Examined {
        if let Some(unread) = self.unread.first() {
            return Examined::unknown(unread.clone());
        }
        if let Some(why) = &self.truncated {
            let what = format!("the listing of files is not whole ({why}), so a workflow may be missing from it");
            return Examined::unknown(Unread::new(Cause::Limit, what, "run readygate on a checkout"));
        }
        if let Some(other) = other_ci(&view.snapshot.tree).first() {
            let what = format!("{sought} was not found in a GitHub workflow, and `{other}` is not read");
            return Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest what that service runs"));
        }
        // A first workflow without what is sought lacks nothing that was not lacking before: the same words.
        let gap = |missing: &str, message: String| Gap {
            words: subject.to_owned(),
            ..Gap::missing(missing, message)
        };
        if !self.workflows.iter().any(|found| found.workflow().is_some()) {
            let message = "there is no workflow in `.github/workflows`".to_owned();
            return Examined::fail(message.clone(), vec![gap(".github/workflows", message)]);
        }
        let message = if self.asked().next().is_none() {
            format!("there is no workflow{}", filters.shown())
        } else {
            format!("no workflow{} has {sought}", filters.shown())
        };
        Examined::fail(message.clone(), vec![gap(subject, message)])
    }
}

type Read = Option<(Arc<Document>, Arc<WorkflowFile>)>;

fn read(view: &View<'_>, path: &RepoPath, kind: EntryKind) -> Result<Read, Unread> {
    match kind {
        EntryKind::File | EntryKind::Executable => {}
        EntryKind::Symlink | EntryKind::Submodule => {
            let what = format!("`{path}` is a link, which is not followed");
            return Err(Unread::new(Cause::Unmodelled, what, "keep a file there"));
        }
    }
    let Some(document) = view.snapshot.read(path.as_str()).text(path.as_str())? else {
        return Ok(None);
    };
    let file = document.view::<WorkflowFile>();
    match &file.0 {
        Err(error) => Err(unparsed(path, &document, error)),
        Ok(_) => Ok(Some((document, file))),
    }
}

/// The branches of which one has to pass.
fn branches(view: &View<'_>, filters: &Filters) -> Vec<String> {
    if !filters.branches.is_empty() {
        return filters.branches.clone();
    }
    match view.snapshot.facts.get(DEFAULT_BRANCH) {
        Fact::Known { value, .. } if value.as_str().is_some() => {
            value.as_str().map(str::to_owned).into_iter().collect()
        }
        Fact::Known { .. } | Fact::AtLeast { .. } | Fact::Unread(_) => ["main", "master"].map(str::to_owned).into(),
    }
}

/// The events by which a workflow is started, as far as they are asked about.
fn events(view: &View<'_>, filters: &Filters, branches: &[String], workflow: &Workflow) -> Vec<String> {
    workflow
        .triggers
        .iter()
        // What others call runs on their events.
        .filter(|trigger| trigger.event != "workflow_call" || filters.on.contains(&trigger.event))
        .filter(|trigger| filters.on.is_empty() || counts(view, filters, branches, trigger))
        .map(|trigger| trigger.event.clone())
        .collect()
}

fn counts(view: &View<'_>, filters: &Filters, branches: &[String], trigger: &Trigger) -> bool {
    let is_pull_request = matches!(trigger.event.as_str(), "pull_request" | "pull_request_target");
    if !filters.on.contains(&trigger.event) || is_pull_request && !trigger.follows_changes() {
        return false;
    }
    let is_taken = |filter: &CompiledFilter| branches.iter().any(|branch| filter.takes(branch));
    if !takes(view, &trigger.branches, &branches.join("\0"), is_taken) {
        return false;
    }
    match (&trigger.paths, view.component) {
        (Filter::All, _) => true,
        // Of a whole repository: for some file that is no document.
        (Filter::Only(_) | Filter::Except(_), None) => {
            let tree = &view.snapshot.tree;
            let is_code = |path: &RepoPath| tree.class(path.as_str()) == Class::Source;
            let is_taken = |filter: &CompiledFilter| {
                let mut files = tree.iter();
                files.any(|(path, _)| is_code(path) && filter.takes(path.as_str()))
            };
            tree.truncation().is_some() || takes(view, &trigger.paths, "all", is_taken)
        }
        // Limited to paths: it has to run for some file of the component.
        (Filter::Only(_) | Filter::Except(_), Some(component)) => {
            let folder = component.folder();
            takes(view, &trigger.paths, &format!("below\0{folder}"), |filter| {
                let mut files = view.snapshot.tree.below(folder);
                files.any(|(path, _)| filter.takes(path.as_str()))
            })
        }
    }
}

/// Whether limits take any of some names: many controls ask.
#[derive(Default)]
struct Limited(Mutex<HashMap<(Filter, String), bool>>);

/// Whether a limit takes any of some names, which a key tells from others that are asked for.
fn takes(view: &View<'_>, limit: &Filter, names: &str, any: impl FnOnce(&CompiledFilter) -> bool) -> bool {
    if *limit == Filter::All {
        return any(&CompiledFilter::All);
    }
    let key = (limit.clone(), names.to_owned());
    let limited = view.snapshot.keep(|_| Limited::default());
    let lock = || limited.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(&key) {
        return *known;
    }
    let found = any(&limit.compile());
    lock().insert(key, found);
    found
}
