//! The parts of a repository that are built and run on their own.

use serde::Serialize;

use super::RepoPath;

/// A folder with a supported manifest; the root is `.`.
///
/// A root that only holds a workspace is none; without any manifest there is one, `.`, of no kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Component {
    /// The folder.
    pub path: RepoPath,
    /// What it is made with: `node`, `python`, `rust`, `go`, and frameworks (`express`, `next`, …), sorted.
    pub kinds: Vec<String>,
    /// Where production starts, as far as it is known.
    pub entry: Vec<RepoPath>,
    /// The manifest that makes it a component: where a finding about a missing thing is shown.
    #[serde(skip)]
    pub manifest: Option<RepoPath>,
    /// Whether it stands above other components and has no sources of its own: what runs is asked of those.
    #[serde(skip)]
    pub is_bare: bool,
    /// Folders below it with a manifest of their own that keep what another component was: their files are nobody's.
    #[serde(skip)]
    pub left_out: Vec<RepoPath>,
}

impl Component {
    /// The folder as paths know it: the empty string for the root.
    pub fn folder(&self) -> &str {
        if self.path.as_str() == "." {
            ""
        } else {
            self.path.as_str()
        }
    }

    /// Whether a path lies in a folder below the nearest component that is no part of it.
    pub fn is_left_out(components: &[Component], path: &RepoPath) -> bool {
        Self::nearest(components, path).is_some_and(|component| component.leaves_out(path))
    }

    fn leaves_out(&self, path: &RepoPath) -> bool {
        self.left_out.iter().any(|folder| path.is_within(folder.as_str()))
    }

    /// The component that a path belongs to: the nearest one above it.
    pub fn of<'a>(components: &'a [Component], path: &RepoPath) -> Option<&'a Component> {
        Self::nearest(components, path).filter(|component| !component.leaves_out(path))
    }

    fn nearest<'a>(components: &'a [Component], path: &RepoPath) -> Option<&'a Component> {
        let text = path.as_str().as_bytes();
        // Hundreds of thousands are asked, and in most a folder doesn't even end where that of a component would.
        let may_be = |component: &&Component| {
            let length = component.path.as_str().len();
            length <= 1 || text.get(length) == Some(&b'/')
        };
        components
            .iter()
            .filter(may_be)
            .filter(|component| path.is_within(component.folder()))
            .max_by_key(|component| component.folder().len())
    }
}
