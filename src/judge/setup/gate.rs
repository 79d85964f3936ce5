//! Which jobs run the gate.

use std::sync::Arc;

use crate::artifact::Yaml;
use crate::artifact::workflow::{Job, Step, Workflow, WorkflowFile, workflow_paths};
use crate::model::{Read, RepoPath, Snapshot, Tree, Unread};
use crate::text::{Document, Span};

/// Where the gate's own repository keeps the action, which `uses: ./` then means.
pub(super) const OWN_ACTION: [&str; 2] = ["action.yml", "action.yaml"];

/// The most nested workflow files that are looked at.
const MOST_NESTED: usize = 20;

/// A file with its text, for places.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub path: RepoPath,
    pub document: Arc<Document>,
    pub workflow: Workflow,
}

impl File {
    pub fn line(&self, span: &Span) -> u32 {
        self.document.line_of(span.start)
    }

    /// Whether anything but a call starts it.
    pub fn is_started(&self) -> bool {
        self.workflow
            .triggers
            .iter()
            .any(|found| found.event != "workflow_call")
    }
}

/// A job that runs the gate.
#[derive(Debug, Clone)]
pub(super) struct GateJob {
    /// The file that GitHub starts.
    pub path: RepoPath,
    pub file: File,
    /// The job that GitHub starts: it has the step, or calls the workflow that has.
    pub job: Job,
    /// The called workflow and its job.
    pub called: Option<(File, Job)>,
    pub step: Step,
}

impl GateJob {
    /// Whether it runs for what waits to be merged.
    pub fn judges_changes(&self) -> bool {
        self.file
            .workflow
            .triggers
            .iter()
            .any(|trigger| is_change(&trigger.event))
    }

    /// The file and the job that hold the step.
    pub fn innermost(&self) -> (&File, &Job) {
        match &self.called {
            Some((file, job)) => (file, job),
            None => (&self.file, &self.job),
        }
    }

    /// What the step hands to the action.
    pub fn input(&self, name: &str) -> Option<&str> {
        let found = self.step.with.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.text.as_str())
    }
}

/// Whether an event is about something that waits to be merged.
pub(super) fn is_change(event: &str) -> bool {
    matches!(event, "pull_request" | "pull_request_target" | "merge_group")
}

/// A workflow that names the gate and is none.
#[derive(Debug, Clone)]
pub(super) struct Broken {
    pub path: RepoPath,
    pub line: u32,
    pub message: String,
}

/// All that was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// By file, in the order of the file.
    pub jobs: Vec<GateJob>,
    pub broken: Vec<Broken>,
    pub unread: Vec<Unread>,
    /// Calls of other repositories' workflows: file, line, what is called.
    pub elsewhere: Vec<(RepoPath, u32, String)>,
    /// Workflows that run the gate and are started by a call alone, which nobody makes.
    pub uncalled: Vec<RepoPath>,
    /// Workflows that run the gate and lie where GitHub looks for none.
    pub nested: Vec<RepoPath>,
    /// The workflows that can be parsed.
    pub files: Vec<File>,
}

/// Whether a step runs the gate: it uses an action named readygate, or runs the program.
pub fn is_gate_step(step: &Step) -> bool {
    let uses = step.uses.as_ref().is_some_and(|uses| is_gate_action(&uses.text));
    let runs = step
        .run
        .as_ref()
        .is_some_and(|run| run.text.split_whitespace().any(is_gate_program));
    uses || runs
}

/// `OWNER/readygate@REF`, `docker://…/readygate:TAG`.
fn is_gate_action(uses: &str) -> bool {
    let name = uses.split(['@', '#']).next().unwrap_or(uses);
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split(':').next() == Some("readygate")
}

/// `readygate`, `./bin/readygate`.
fn is_gate_program(word: &str) -> bool {
    word.rsplit('/').next() == Some("readygate")
}

/// Workflow files below another folder's `.github/workflows`.
pub(super) fn nested(tree: &Tree) -> Vec<RepoPath> {
    let all = tree.iter().filter(|(path, entry)| {
        entry.is_file()
            && path.as_str().contains("/.github/workflows/")
            && matches!(path.extension(), Some("yml" | "yaml"))
            && !tree.class(path.as_str()).is_never_read()
    });
    all.map(|(path, _)| path.clone()).take(MOST_NESTED).collect()
}

/// Looks at every workflow.
pub(super) fn find(snapshot: &Snapshot) -> Found {
    let mut found = Found::default();
    if let Some(why) = snapshot.tree.truncation() {
        let what = format!("the listing of files is not whole ({why})");
        let settle = "run `readygate doctor` in a checkout";
        found.unread.push(Unread::new(crate::model::Cause::Limit, what, settle));
    }
    for (path, _) in workflow_paths(&snapshot.tree) {
        read(snapshot, path, &mut found);
    }
    let is_gate = |step: &&Step| is_gate_step(step) || uses_own(snapshot, step);
    let files = std::mem::take(&mut found.files);
    for file in &files {
        let is_started = file.is_started();
        for job in &file.workflow.jobs {
            let step = job.steps.iter().find(is_gate);
            match (step, &job.uses) {
                (Some(step), _) if is_started => found.jobs.push(GateJob {
                    path: file.path.clone(),
                    file: file.clone(),
                    job: job.clone(),
                    called: None,
                    step: step.clone(),
                }),
                (Some(_), _) if !is_called(&files, &file.path) => found.uncalled.push(file.path.clone()),
                (None, Some(uses)) if is_started => match uses.text.strip_prefix("./") {
                    Some(path) => found.jobs.extend(called(&files, file, job, path, &is_gate)),
                    None => found
                        .elsewhere
                        .push((file.path.clone(), file.line(&uses.span), uses.text.clone())),
                },
                (Some(_) | None, _) => {}
            }
        }
    }
    found.files = files;
    let is_nested_gate = |path: &RepoPath| match snapshot.read(path.as_str()) {
        Read::Here(document) => match &document.view::<WorkflowFile>().0 {
            Ok(Some(workflow)) => workflow.jobs.iter().flat_map(|job| &job.steps).any(is_gate_step),
            Ok(None) | Err(_) => false,
        },
        Read::Absent | Read::Unread(_) => false,
    };
    found.nested = nested(&snapshot.tree).into_iter().filter(is_nested_gate).collect();
    found
}

fn read(snapshot: &Snapshot, path: &RepoPath, found: &mut Found) {
    let document = match snapshot.read(path.as_str()) {
        Read::Here(document) => document,
        Read::Absent => return,
        Read::Unread(unread) => {
            found.unread.push(unread);
            return;
        }
    };
    match &document.view::<WorkflowFile>().0 {
        Ok(None) => {}
        Ok(Some(workflow)) => found.files.push(File {
            path: path.clone(),
            workflow: workflow.clone(),
            document: Arc::clone(&document),
        }),
        Err(error) if document.text().is_ok_and(|text| text.contains("readygate")) => found.broken.push(Broken {
            path: path.clone(),
            line: error.span.as_ref().map_or(1, |span| document.line_of(span.start)),
            message: error.message.clone(),
        }),
        Err(_) => {}
    }
}

/// The jobs of a called workflow of this repository that run the gate.
fn called(files: &[File], file: &File, job: &Job, path: &str, is_gate: &impl Fn(&&Step) -> bool) -> Vec<GateJob> {
    let Some(target) = files.iter().find(|other| other.path.as_str() == path) else {
        return Vec::new();
    };
    let inner = target.workflow.jobs.iter().filter_map(|inner| {
        let step = inner.steps.iter().find(is_gate)?;
        Some(GateJob {
            path: file.path.clone(),
            file: file.clone(),
            job: job.clone(),
            called: Some((target.clone(), inner.clone())),
            step: step.clone(),
        })
    });
    inner.collect()
}

fn is_called(files: &[File], path: &RepoPath) -> bool {
    let mut uses = files
        .iter()
        .flat_map(|file| &file.workflow.jobs)
        .filter_map(|job| job.uses.as_ref());
    uses.any(|uses| uses.text.strip_prefix("./") == Some(path.as_str()))
}

/// Whether a step uses the repository's own action, and that is the gate's: so it is in the gate's own repository.
fn uses_own(snapshot: &Snapshot, step: &Step) -> bool {
    if !step
        .uses
        .as_ref()
        .is_some_and(|uses| matches!(uses.text.as_str(), "." | "./"))
    {
        return false;
    }
    OWN_ACTION.iter().any(|path| match snapshot.read(path) {
        Read::Here(document) => match &document.view::<Yaml>().0 {
            Ok(root) => root.get("name").and_then(|name| name.as_str()) == Some("readygate"),
            Err(_) => false,
        },
        Read::Absent | Read::Unread(_) => false,
    })
}
