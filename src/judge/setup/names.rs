//! What the check of a job is called: what a rule has to require.
//!
//! Source: GitHub's documentation, "Troubleshooting required status checks", and what the runner does: a job's name or
//! else its id; `NAME (VALUE, VALUE)` in a matrix; `CALLER / CALLED` for a called workflow.

use crate::artifact::workflow::Job;

use super::gate::GateJob;

/// Stands for what only a run knows. No name has it.
const ANY: char = '\u{0}';

/// The name of a check, as far as the workflow tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CheckName(String);

impl CheckName {
    /// The name of a job's check.
    pub fn of(job: &GateJob) -> Self {
        let outer = name(&job.job);
        Self(match &job.called {
            None => outer,
            Some((_, inner)) => format!("{outer} / {}", name(inner)),
        })
    }

    /// The name of the check of a job that is not called.
    pub fn of_job(job: &Job) -> Self {
        let name = name(job);
        Self(match job.uses {
            Some(_) => format!("{name} / {ANY}"),
            None => name,
        })
    }

    /// Whether a context may be this check.
    pub fn is(&self, context: &str) -> bool {
        let mut parts = self.0.split(ANY);
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = context.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else {
            return rest.is_empty();
        };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }

    /// For people: `…` for what only a run knows.
    pub fn shown(&self) -> String {
        self.0.replace(ANY, "…")
    }
}

fn name(job: &Job) -> String {
    let written = job.name.as_ref().map_or(job.id.as_str(), |name| name.text.as_str());
    let is_matrix_named = written.contains("matrix.");
    let mut name = String::new();
    let mut rest = written;
    while let Some((before, after)) = rest.split_once("${{") {
        name.push_str(before);
        name.push(ANY);
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    name.push_str(rest);
    if !job.matrix.is_empty() && !is_matrix_named {
        name.push_str(" (");
        name.push(ANY);
        name.push(')');
    }
    name
}
