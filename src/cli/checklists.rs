//! Which checklists are held against the evidence, and what comes of it.

use crate::judge::{Assessed, Held, Weakening, checklist_reports, lost_items};
use crate::model::{ChecklistReport, RepoPath, Snapshot};
use crate::policy::Policy;

use super::request::Request;

/// What comes of holding checklists against the evidence.
pub(super) struct Lists {
    /// Head's checklists, as the result tells them.
    pub reports: Vec<ChecklistReport>,
    /// What was taken out of the merge base's.
    pub lost: Vec<Weakening>,
}

impl Lists {
    /// Of head's checklists and, where there is one, the merge base's.
    pub fn new(head: &[Held], base: Option<&[Held]>) -> Self {
        Self {
            reports: checklist_reports(head, base),
            lost: lost_items(head, base.unwrap_or_default()),
        }
    }
}

/// The checklists of a side: those asked for, else those that the policy names, else, where no policy is
/// written, those found by name.
pub(super) fn paths(request: &Request, policy: &Policy, side: &Snapshot) -> Vec<RepoPath> {
    let named = if request.checklists.is_empty() {
        &policy.checklist.files
    } else {
        &request.checklists
    };
    if !named.is_empty() || !policy.source.path.starts_with("builtin:") {
        return named.clone();
    }
    let found = side
        .tree
        .iter()
        .filter(|(path, entry)| entry.is_file() && is_checklist(path.as_str()));
    found.map(|(path, _)| path.clone()).take(MOST_FOUND).collect()
}

/// What is to be said where a checklist that was asked for by its path is on neither side.
pub(super) fn nowhere(request: &Request, head: &Snapshot, base: Option<&Snapshot>) -> Option<String> {
    let lacks = |side: &Snapshot, path: &str| side.tree.get(path).is_none() && side.tree.truncation().is_none();
    let path = request
        .checklists
        .iter()
        .find(|path| lacks(head, path.as_str()) && base.is_none_or(|base| lacks(base, path.as_str())))?;
    Some(format!(
        "the checklist `{path}` is no file that git tracks here; name it by its path from the repository's root"
    ))
}

/// The most checklists that are found by name: who has more of them names those that count.
const MOST_FOUND: usize = 20;

/// Whether a path's name says that it is a readiness checklist. Archives hold what counts no more.
fn is_checklist(path: &str) -> bool {
    let lower = path.to_lowercase();
    let Some((folders, name)) = lower.rsplit_once('/').or(Some(("", &lower))) else {
        return false;
    };
    let is_markdown = name.ends_with(".md") || name.ends_with(".markdown");
    let is_old = ["archive", "node_modules", "vendor", "templates"]
        .iter()
        .any(|old| folders.split('/').any(|part| part == *old));
    let words: String = name
        .chars()
        .map(|character| if character.is_alphanumeric() { character } else { ' ' })
        .collect();
    let has = |word: &str| words.contains(word);
    let is_named = has("production") && (has("readiness") || has("ready") || has("checklist") || has("tasks"))
        || has("checklist") && (has("launch") || has("deploy") || has("release") || has("go live") || has("security"))
        || has("readiness") && has("checklist");
    is_markdown && is_named && !is_old
}

/// Those of the checklists' controls that the user asks for.
pub(super) fn asked(request: &Request, items: Vec<Assessed>) -> Vec<Assessed> {
    let asked = items.into_iter().filter(|item| is_asked(request, &item.info.id));
    asked.collect()
}

/// Whether the user asks for a control.
pub(super) fn is_asked(request: &Request, id: &str) -> bool {
    let is_asked = request.only.is_empty() || request.only.iter().any(|pattern| pattern.matches(id));
    is_asked && !request.skip.iter().any(|pattern| pattern.matches(id))
}

#[cfg(test)]
mod tests {
    use super::is_checklist;

    #[test]
    fn names_that_say_readiness_are_found() {
        for path in [
            "PRODUCTION_READINESS.md",
            "docs/production-checklist.md",
            "LAUNCH_CHECKLIST.md",
            "SECURITY_CHECKLIST.md",
            "fe/md/SECURITY-CHECKLIST.md",
        ] {
            assert!(is_checklist(path), "{path}");
        }
        for path in [
            "SECURITY.md",
            "docs/checklist.md",
            "archive/PRODUCTION_READY.md",
            "production-checklist.ts",
        ] {
            assert!(!is_checklist(path), "{path}");
        }
    }
}
