//! Trees, each listed once, and what is read before anything is judged.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::model::{RepoPath, Snapshot, Tree};
use crate::policy::Policy;
use crate::source::{Detection, Revision, Source, Wanted};

use super::base::Base;
use super::choose;
use super::request::Request;
use super::stop::Stop;

/// Trees that were listed and not gathered yet, so that none is listed twice.
#[derive(Default)]
pub(super) struct Trees(HashMap<Revision, Tree>);

impl Trees {
    /// The tree at a revision, listed at the first call.
    pub async fn at<S: Source>(&mut self, source: &mut S, revision: &Revision) -> Result<&Tree, Stop> {
        if !self.0.contains_key(revision) {
            let tree = source.tree(revision).await?;
            self.0.insert(revision.clone(), tree);
        }
        self.0
            .get(revision)
            .ok_or_else(|| Stop::Usage(format!("{revision:?} was not listed")))
    }

    /// The paths at a revision that a run with the default pack reads, as far as the listing tells.
    async fn likely<S: Source>(&mut self, source: &mut S, revision: &Revision) -> Result<Vec<RepoPath>, Stop> {
        let mut snapshot = Snapshot::new(Arc::new(self.take(source, revision).await?));
        let mut needs = (DETECTION.needs)(&snapshot.tree);
        // A guess, as no manifest is read yet: what is guessed wrongly is read later.
        snapshot.components = (DETECTION.components)(&snapshot);
        if let Ok(pack) = Policy::builtins(choose::fitting(&snapshot.tree)) {
            needs.unite(pack.plan.needs(&snapshot));
        }
        if let Some(tree) = Arc::into_inner(snapshot.tree) {
            self.0.insert(revision.clone(), tree);
        }
        Ok(needs.files.into_iter().take(MOST_EXPECTED).collect())
    }

    /// The tree at a revision, to be kept.
    pub async fn take<S: Source>(&mut self, source: &mut S, revision: &Revision) -> Result<Tree, Stop> {
        match self.0.remove(revision) {
            Some(tree) => Ok(tree),
            None => Ok(source.tree(revision).await?),
        }
    }
}

/// How components are found.
pub(super) const DETECTION: Detection = Detection {
    needs: crate::artifact::component_needs,
    components: crate::artifact::components,
};

/// The most files of a revision that are worth being read before the policy says which of them count: half of
/// what one query takes.
const MOST_EXPECTED: usize = 50;

/// Lists head and base, and has the source get at once what nearly every run reads first: the policies, the
/// manifests by which components are found, and what the default pack, which most policies extend, looks at.
pub(super) async fn expect<S: Source>(
    source: &mut S,
    trees: &mut Trees,
    request: &Request,
    base: Option<&Base>,
) -> Result<(), Stop> {
    if !source.is_dear() {
        return Ok(());
    }
    let commits = base.map(|base| [base.tip.clone(), base.merge_base.clone()]);
    let commits = commits.into_iter().flatten().map(Revision::Commit);
    let revisions: Vec<Revision> = std::iter::once(request.head.clone()).chain(commits).collect();
    let mut wanted: BTreeMap<RepoPath, Vec<Wanted>> = BTreeMap::new();
    for (at, revision) in revisions.iter().enumerate() {
        let mut paths: Vec<RepoPath> = choose::places(&request.policy);
        // The tip's own files are not judged.
        if at != 1 {
            paths.extend(trees.likely(source, revision).await?);
        }
        let tree = trees.at(source, revision).await?;
        for path in paths {
            let entry = tree.get(path.as_str()).filter(|entry| {
                let is_small = entry.size.is_none_or(|size| size <= crate::source::LARGEST_FILE);
                entry.is_file() && is_small && !tree.class(path.as_str()).is_never_read()
            });
            if let Some(entry) = entry.cloned() {
                let known = wanted.entry(path.clone()).or_default();
                known.push(Wanted { path, entry });
            }
        }
    }
    let files: Vec<Wanted> = wanted.into_values().flatten().collect();
    source.expect(&request.head, &files).await;
    Ok(())
}
