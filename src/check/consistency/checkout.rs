//! Which jobs of workflows work on the repository's own files.

use crate::artifact::workflow::{Job, Step};

/// Whether a job works on the files of the repository as git has them, and nothing brings others.
pub(super) fn has_own_files(job: &Job) -> bool {
    let checks_out = |step: &Step| {
        step.uses
            .as_ref()
            .is_some_and(|uses| uses.text.starts_with("actions/checkout@"))
    };
    let is_plain = |step: &Step| {
        let is_other = |name: &str| matches!(name, "repository" | "path" | "ref" | "submodules" | "lfs");
        !step.with.iter().any(|(name, _)| is_other(name))
    };
    let brings = |step: &Step| {
        let uses = step.uses.as_ref().map_or("", |uses| uses.text.as_str());
        let run = step.run.as_ref().map_or("", |run| run.text.as_str());
        ["actions/download-artifact", "actions/cache", "./"]
            .iter()
            .any(|name| uses.starts_with(name))
            || ["git clone", "git checkout", "git pull", "unzip", "tar "]
                .iter()
                .any(|word| run.contains(word))
    };
    job.steps.iter().any(checks_out)
        && job.steps.iter().filter(|step| checks_out(step)).all(is_plain)
        && !job.steps.iter().any(brings)
}
