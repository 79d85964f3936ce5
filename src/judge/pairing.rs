//! Which file that base has and head has not is which file that head has and base has not, by blob.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::model::{BlobId, Entry, RepoPath, Tree};

/// A file on one side alone.
pub(super) type Lone<'a> = (&'a RepoPath, &'a Entry);

/// The files that only one side has, each list in the order of paths.
#[derive(Debug, Default)]
pub(super) struct Difference<'a> {
    /// Base has it, head has not.
    pub gone: Vec<Lone<'a>>,
    /// Head has it, base has not.
    pub come: Vec<Lone<'a>>,
}

/// One walk over both trees, which are sorted.
pub(super) fn difference<'a>(head: &'a Tree, base: &'a Tree) -> Difference<'a> {
    let mut found = Difference::default();
    let (mut left, mut right) = (base.iter().peekable(), head.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return found,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(old), Some(new)) => old.0.cmp(new.0),
        };
        let old = if order.is_le() { left.next() } else { None };
        let new = if order.is_ge() { right.next() } else { None };
        match (old, new) {
            (Some(old), None) if old.1.is_file() => found.gone.push(old),
            (None, Some(new)) if new.1.is_file() => found.come.push(new),
            (_, _) => {}
        }
    }
}

/// Pairs files of equal blobs one to one, by the same file name first, then the same extension, then in
/// order; what is paired leaves the difference.
pub(super) fn pair_equal(difference: &mut Difference<'_>) -> BTreeMap<RepoPath, RepoPath> {
    let mut blobs: BTreeMap<BlobId, (VecDeque<&RepoPath>, VecDeque<&RepoPath>)> = BTreeMap::new();
    for (path, entry) in &difference.gone {
        if let Some(id) = entry.id {
            blobs.entry(id).or_default().0.push_back(path);
        }
    }
    for (path, entry) in &difference.come {
        if let Some(id) = entry.id
            && let Some(found) = blobs.get_mut(&id)
        {
            found.1.push_back(path);
        }
    }
    let mut pairs = BTreeMap::new();
    for (mut gone, mut come) in blobs.into_values() {
        pair_by(&mut gone, &mut come, &mut pairs, |path| Some(path.file_name()));
        pair_by(&mut gone, &mut come, &mut pairs, RepoPath::extension);
        pairs.extend(gone.into_iter().cloned().zip(come.into_iter().cloned()));
    }
    let taken: std::collections::HashSet<&RepoPath> = pairs.values().collect();
    difference.gone.retain(|(path, _)| !pairs.contains_key(*path));
    difference.come.retain(|(path, _)| !taken.contains(path));
    pairs
}

fn pair_by<'a>(
    gone: &mut VecDeque<&'a RepoPath>,
    come: &mut VecDeque<&'a RepoPath>,
    pairs: &mut BTreeMap<RepoPath, RepoPath>,
    key: impl Fn(&'a RepoPath) -> Option<&'a str>,
) {
    let mut waiting: HashMap<&str, VecDeque<usize>> = HashMap::new();
    for (index, path) in come.iter().enumerate() {
        if let Some(key) = key(path) {
            waiting.entry(key).or_default().push_back(index);
        }
    }
    let mut taken = vec![false; come.len()];
    gone.retain(|path| {
        let found = key(path)
            .and_then(|key| waiting.get_mut(key))
            .and_then(VecDeque::pop_front);
        if let Some(index) = found {
            taken[index] = true;
            pairs.insert((*path).clone(), come[index].clone());
        }
        found.is_none()
    });
    let mut index = 0;
    come.retain(|_| {
        index += 1;
        !taken[index - 1]
    });
}
