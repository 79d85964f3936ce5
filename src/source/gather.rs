//! From a source to a snapshot: the tree, the components, and in at most three rounds what the checks want.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::check::Plan;
use crate::model::{
    BlobId, Cause, Component, Fact, FactKey, Needs, PathGlob, Read, RepoPath, Sides, Snapshot, Tree, Unread,
};
use crate::policy::{ComponentRule, Policy};

use super::{LARGEST_FILE, Revision, Source, SourceError, Store, Wanted, too_large};

/// How components are found: what has to be read for it, and what is made of that.
#[derive(Debug, Clone, Copy)]
pub struct Detection {
    /// The manifests and what else tells components, by name.
    pub needs: fn(&Tree) -> Needs,
    /// The components of a snapshot in which these are read.
    pub components: fn(&Snapshot) -> Vec<Component>,
}

/// Rounds in which checks may ask for more: manifests and configuration by name, the sources of wanted
/// components, the files that those name.
const ROUNDS: usize = 3;

/// After the last round checks may go on asking; so often are they told that there is none.
const REFUSALS: usize = 16;

/// All that the policy's checks want to see of a revision.
///
/// Excluded paths are not in its tree. Vendored files are listed and never read. What is read stays in the
/// store, so that gathering a second revision reads what differs alone.
///
/// # Errors
/// The source can't list the revision. A file or fact that can't be read is no error: it is `Unread`.
pub async fn gather<S: Source>(
    source: &mut S,
    revision: &Revision,
    policy: &Policy,
    store: &mut Store,
    detection: Detection,
) -> Result<Snapshot, SourceError> {
    let tree = source.tree(revision).await?;
    let [snapshot] = gather_listed(source, [(revision, tree)], policy, store, detection).await;
    Ok(snapshot)
}

/// The same of revisions that are listed already, head and base, in common rounds: a source for which each
/// asking is dear is asked for all of them at once.
pub async fn gather_listed<S: Source, const N: usize>(
    source: &mut S,
    listed: [(&Revision, Tree); N],
    policy: &Policy,
    store: &mut Store,
    detection: Detection,
) -> [Snapshot; N] {
    let both = Sides::default();
    let mut sides = listed.map(|(revision, tree)| {
        let tree = without_excluded(tree, &policy.exclude);
        (revision, Snapshot::new(Arc::new(tree)).one_of(&both))
    });
    let mut wanted = sides.each_ref().map(|(_, snapshot)| (detection.needs)(&snapshot.tree));
    fetch_sides(source, store, &mut sides, wanted).await;
    for (_, snapshot) in &mut sides {
        snapshot.components = corrected((detection.components)(snapshot), &policy.components);
    }
    for _ in 0..ROUNDS {
        wanted = sides.each_ref().map(|(_, snapshot)| policy.plan.needs(snapshot));
        if wanted.iter().all(Needs::is_empty) {
            return sides.map(|(_, snapshot)| snapshot);
        }
        fetch_sides(source, store, &mut sides, wanted).await;
    }
    sides.map(|(_, mut snapshot)| {
        refuse_all(&policy.plan, &mut snapshot);
        snapshot
    })
}

/// What the controls of another plan want to see of a revision that is gathered already, in as many rounds.
pub async fn gather_more<S: Source>(
    source: &mut S,
    revision: &Revision,
    plan: &Plan,
    store: &mut Store,
    snapshot: &mut Snapshot,
) {
    for _ in 0..ROUNDS {
        let needs = plan.needs(snapshot);
        if needs.is_empty() {
            return;
        }
        fetch(source, revision, store, snapshot, needs).await;
    }
    refuse_all(plan, snapshot);
}

/// Tells checks that go on asking that there is no more.
fn refuse_all(plan: &Plan, snapshot: &mut Snapshot) {
    for _ in 0..REFUSALS {
        let needs = plan.needs(snapshot);
        if needs.is_empty() {
            break;
        }
        refuse(snapshot, needs);
    }
}

async fn fetch_sides<S: Source, const N: usize>(
    source: &mut S,
    store: &mut Store,
    sides: &mut [(&Revision, Snapshot); N],
    wanted: [Needs; N],
) {
    if let [(revision, _), _, ..] = sides.as_slice() {
        let files = sides.iter().zip(&wanted).flat_map(|((_, snapshot), needs)| {
            let unknown = |path: &&RepoPath| settled(snapshot, store, path).is_none();
            needs.files.iter().filter(unknown).filter_map(|path| {
                let entry = snapshot.tree.get(path.as_str())?.clone();
                let path = path.clone();
                Some(Wanted { path, entry })
            })
        });
        let files: Vec<Wanted> = files.collect();
        if !files.is_empty() {
            source.expect(revision, &files).await;
        }
    }
    for ((revision, snapshot), needs) in sides.iter_mut().zip(wanted) {
        if !needs.is_empty() {
            fetch(source, revision, store, snapshot, needs).await;
        }
    }
}

/// One file of a revision whose tree is known: a policy, a list of owners.
pub async fn read_one<S: Source>(source: &mut S, revision: &Revision, tree: &Arc<Tree>, path: &str) -> Read {
    let snapshot = Snapshot::new(Arc::clone(tree));
    let path = RepoPath::new(path);
    match tree.get(path.as_str()).cloned() {
        Some(entry) if entry.is_file() => {
            let wanted = Wanted {
                path: path.clone(),
                entry,
            };
            let reads = source.read(revision, &[wanted]).await;
            let first = reads.into_iter().next();
            first.unwrap_or_else(|| Read::Unread(unanswered(&path)))
        }
        Some(_) | None => snapshot.read(path.as_str()),
    }
}

/// The tree as the policy lets it be looked at.
pub fn without_excluded(tree: Tree, exclude: &[PathGlob]) -> Tree {
    if exclude.is_empty() {
        return tree;
    }
    let is_excluded = |path: &RepoPath| exclude.iter().any(|glob| glob.matches(path.as_str()));
    let (excluded, kept): (Vec<_>, Vec<_>) = tree.iter().partition(|(path, _)| is_excluded(path));
    let mut left = Tree::new(
        kept.into_iter()
            .map(|(path, entry)| (path.clone(), entry.clone()))
            .collect(),
    )
    .leaving_out(excluded.into_iter().map(|(path, _)| path.clone()).collect());
    if let Some(why) = tree.truncation() {
        left = left.truncated(why);
    }
    if tree.is_tracked() { left } else { left.untracked() }
}

/// The components found, with the policy's corrections; never empty.
fn corrected(mut found: Vec<Component>, rules: &[ComponentRule]) -> Vec<Component> {
    for rule in rules {
        if let Some(component) = found.iter_mut().find(|component| component.path == rule.path) {
            if !rule.entry.is_empty() {
                component.entry.clone_from(&rule.entry);
                component.is_bare = false;
            }
        } else {
            found.push(Component {
                path: rule.path.clone(),
                kinds: Vec::new(),
                entry: rule.entry.clone(),
                manifest: None,
                is_bare: false,
                left_out: Vec::new(),
            });
        }
    }
    if found.is_empty() {
        found.push(Component {
            path: RepoPath::new("."),
            kinds: Vec::new(),
            entry: Vec::new(),
            manifest: None,
            is_bare: false,
            left_out: Vec::new(),
        });
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

/// Reads into a snapshot what else is wanted of its revision.
pub async fn fetch<S: Source>(
    source: &mut S,
    revision: &Revision,
    store: &mut Store,
    snapshot: &mut Snapshot,
    needs: Needs,
) {
    fill_facts(source, store, snapshot, needs.facts).await;
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut paths: Vec<(RepoPath, usize)> = Vec::new();
    let mut by_id: HashMap<BlobId, usize> = HashMap::new();
    for path in needs.files {
        let Some(entry) = snapshot.tree.get(path.as_str()).cloned() else {
            continue;
        };
        if let Some(known) = settled(snapshot, store, &path) {
            snapshot.insert(path, known);
            continue;
        }
        let next = wanted.len();
        let index = entry.id.map_or(next, |id| *by_id.entry(id).or_insert(next));
        if index == next {
            wanted.push(Wanted {
                path: path.clone(),
                entry,
            });
        }
        paths.push((path, index));
    }
    if wanted.is_empty() {
        return;
    }
    let reads = source.read(revision, &wanted).await;
    for (one, read) in wanted.iter().zip(&reads) {
        if let Read::Here(document) = read {
            store.keep(one.entry.id, document);
        }
    }
    for (path, index) in paths {
        let read = reads
            .get(index)
            .cloned()
            .unwrap_or_else(|| Read::Unread(unanswered(&path)));
        snapshot.insert(path, read);
    }
}

/// What is known of a path without asking the source.
fn settled(snapshot: &Snapshot, store: &Store, path: &RepoPath) -> Option<Read> {
    let entry = snapshot.tree.get(path.as_str())?;
    if !entry.is_file() {
        // The snapshot's own words for a link and a submodule.
        return Some(snapshot.read(path.as_str()));
    }
    if snapshot.tree.class(path.as_str()).is_never_read() {
        return Some(Read::Unread(Unread::new(
            Cause::Unmodelled,
            format!("`{path}` is somebody else's code, which is not read"),
            "keep what the team writes outside of vendored folders",
        )));
    }
    if let Some(size) = entry.size.filter(|size| *size > LARGEST_FILE) {
        return Some(Read::Unread(too_large(path, size)));
    }
    entry.id.and_then(|id| store.document(id)).map(Read::Here)
}

fn unanswered(path: &RepoPath) -> Unread {
    Unread::new(
        Cause::Unmodelled,
        format!("`{path}` was asked for and not answered"),
        "this is a mistake of readygate: please report it",
    )
}

async fn fill_facts<S: Source>(source: &mut S, store: &mut Store, snapshot: &mut Snapshot, keys: BTreeSet<FactKey>) {
    let new: BTreeSet<FactKey> = keys.iter().filter(|key| !store.facts().has(key)).cloned().collect();
    if !new.is_empty() {
        for (key, fact) in source.facts(&new).await {
            store.keep_fact(key, fact);
        }
    }
    for key in keys {
        let fact = if store.facts().has(&key) {
            store.facts().get(&key)
        } else {
            let what = format!("the source knows nothing of `{key}`");
            Fact::Unread(Unread::new(Cause::Unmodelled, what, ""))
        };
        snapshot.facts.insert(key, fact);
    }
}

fn refuse(snapshot: &mut Snapshot, needs: Needs) {
    let unread = |what: String| {
        Unread::new(
            Cause::Unmodelled,
            format!("{what} would need a fourth round of reading"),
            "name it in the policy, or nearer to where production starts",
        )
    };
    for path in needs.files {
        let read = Read::Unread(unread(format!("`{path}`")));
        snapshot.insert(path, read);
    }
    for key in needs.facts {
        let fact = Fact::Unread(unread(format!("`{key}`")));
        snapshot.facts.insert(key, fact);
    }
}
