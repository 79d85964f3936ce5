//! Who could switch the gate off: the level of enforcement that a run can see of itself.
//!
//! `docs/security.md` says what each level stops.

/// Where the workflow that runs the gate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Enforcement {
    /// From what is judged: a pull request's author can edit it, which is then a regression that an owner approves.
    Own,
    /// From the default branch, under `pull_request_target`.
    DefaultBranch,
    /// From another repository: an organisation's required workflow, or one that is called.
    Elsewhere,
    /// From a branch itself: nothing waits to be merged.
    Branch,
}

impl Enforcement {
    /// The level of this run. `workflow` is `GITHUB_WORKFLOW_REF`: `o/n/.github/workflows/a.yml@refs/heads/main`.
    pub fn of(event: &str, is_change: IsChange, repository: &str, workflow: Option<&str>) -> Self {
        let is_own =
            workflow.is_none_or(|path| path.strip_prefix(repository).is_some_and(|rest| rest.starts_with('/')));
        match (is_own, is_change) {
            (false, _) => Self::Elsewhere,
            (true, IsChange::No) => Self::Branch,
            (true, IsChange::Yes) if event == "pull_request_target" => Self::DefaultBranch,
            (true, IsChange::Yes) => Self::Own,
        }
    }

    /// For the log and the summary, without a full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::Own => {
                "level 1 of 3, a job whose workflow the pull request itself brings: a changed gate workflow is reported as \
                 a regression, and only code owners of `.github/` keep it from being switched off"
            }
            Self::DefaultBranch => {
                "level 2 of 3, `pull_request_target`: the workflow is the default branch's, and no pull request can change \
                 it for itself"
            }
            Self::Elsewhere => {
                "level 3 of 3, a workflow of another repository: where the organisation's rules require it, nobody here \
                 can switch it off"
            }
            Self::Branch => "none is needed, as nothing waits to be merged",
        }
    }
}

/// Whether something waits to be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IsChange {
    /// A pull request, or a merge queue's group.
    Yes,
    /// A push, a schedule, or anything else.
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_told_by_event_and_workflow() {
        let own = Some("o/n/.github/workflows/a.yml@refs/pull/7/merge");
        let of = |event, change, workflow| Enforcement::of(event, change, "o/n", workflow);
        assert_eq!(of("pull_request", IsChange::Yes, own), Enforcement::Own);
        assert_eq!(of("pull_request", IsChange::Yes, None), Enforcement::Own);
        assert_eq!(of("merge_group", IsChange::Yes, own), Enforcement::Own);
        assert_eq!(
            of("pull_request_target", IsChange::Yes, own),
            Enforcement::DefaultBranch
        );
        assert_eq!(of("schedule", IsChange::No, own), Enforcement::Branch);
        let other = Some("o/n2/.github/workflows/a.yml@refs/heads/main");
        assert_eq!(of("pull_request", IsChange::Yes, other), Enforcement::Elsewhere);
    }
}
