//! Files that were moved and edited at once: git's own measure, the share of bytes in equal lines.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{Read, RepoPath, Snapshot};
use crate::text::Document;

use super::pairing::Lone;

/// Git's default for `--find-renames`: half of the larger file.
const ENOUGH: u64 = 50;
/// Git cuts a file at line breaks, and a long line every 64 bytes (diffcore-delta.c).
const LONGEST_CHUNK: usize = 64;
/// A chunk that more new files hold than this tells none of them from the others.
const COMMON: usize = 32;
/// How many candidates by shared lines are measured exactly for one vanished file.
const CANDIDATES: usize = 4;

/// A document's chunks: how many bytes of it are in each.
struct Chunks {
    by_hash: BTreeMap<u64, u64>,
    size: u64,
}

impl Chunks {
    fn of(document: &Document) -> Self {
        let mut by_hash = BTreeMap::new();
        let mut size = 0;
        for line in document.bytes().split_inclusive(|byte| *byte == b'\n') {
            for chunk in line.chunks(LONGEST_CHUNK) {
                // Line breaks count alike, as for git with text.
                let chunk = chunk.strip_suffix(b"\r\n").unwrap_or(chunk);
                let chunk = chunk.strip_suffix(b"\n").unwrap_or(chunk);
                let mut hasher = DefaultHasher::new();
                chunk.hash(&mut hasher);
                let bytes = chunk.len() as u64 + 1;
                *by_hash.entry(hasher.finish()).or_default() += bytes;
                size += bytes;
            }
        }
        Self { by_hash, size }
    }

    /// How much of the larger one both have, in percent.
    fn similarity(&self, other: &Self) -> u64 {
        let largest = self.size.max(other.size);
        if largest == 0 || largest > 2 * self.size.min(other.size) {
            return 0;
        }
        let shared = self.by_hash.iter().filter_map(|(hash, bytes)| {
            let theirs = other.by_hash.get(hash)?;
            Some(*bytes.min(theirs))
        });
        shared.sum::<u64>() * 100 / largest
    }
}

/// Pairs files by similarity one to one, the most similar first. Only files that were read on both sides.
pub(super) fn pair_similar(
    gone: (&[Lone<'_>], &Snapshot),
    come: (&[Lone<'_>], &Snapshot),
) -> BTreeMap<RepoPath, RepoPath> {
    let old = read_chunks(gone.0, gone.1);
    let new = read_chunks(come.0, come.1);
    let mut scored = Vec::new();
    for (from, to) in candidates(&old, &new) {
        let score = old[from].1.similarity(&new[to].1);
        if score >= ENOUGH {
            let same_name = old[from].0.file_name() == new[to].0.file_name();
            scored.push((std::cmp::Reverse(score), !same_name, from, to));
        }
    }
    scored.sort_unstable();
    let (mut left, mut taken) = (HashSet::new(), HashSet::new());
    let mut pairs = BTreeMap::new();
    for (_, _, from, to) in scored {
        if !left.contains(&from) && !taken.contains(&to) {
            left.insert(from);
            taken.insert(to);
            pairs.insert(old[from].0.clone(), new[to].0.clone());
        }
    }
    pairs
}

fn read_chunks<'a>(files: &[Lone<'a>], snapshot: &Snapshot) -> Vec<(&'a RepoPath, Chunks)> {
    let read = files.iter().filter_map(|(path, _)| match snapshot.read(path.as_str()) {
        Read::Here(document) => Some((*path, Chunks::of(&document))),
        Read::Absent | Read::Unread(_) => None,
    });
    read.collect()
}

/// The pairs worth measuring: those that share rare lines, and those of one name.
fn candidates(old: &[(&RepoPath, Chunks)], new: &[(&RepoPath, Chunks)]) -> Vec<(usize, usize)> {
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, (path, chunks)) in new.iter().enumerate() {
        named.entry(path.file_name()).or_default().push(index);
        for hash in chunks.by_hash.keys() {
            holders.entry(*hash).or_default().push(index);
        }
    }
    let mut pairs = Vec::new();
    for (index, (path, chunks)) in old.iter().enumerate() {
        let mut shared: BTreeMap<usize, u64> = BTreeMap::new();
        for (hash, bytes) in &chunks.by_hash {
            for holder in holders
                .get(hash)
                .filter(|holders| holders.len() <= COMMON)
                .into_iter()
                .flatten()
            {
                *shared.entry(*holder).or_default() += bytes;
            }
        }
        let mut best: Vec<(u64, usize)> = shared.into_iter().map(|(holder, bytes)| (bytes, holder)).collect();
        best.sort_by_key(|(bytes, holder)| (std::cmp::Reverse(*bytes), *holder));
        let mut chosen: Vec<usize> = best.into_iter().take(CANDIDATES).map(|(_, holder)| holder).collect();
        let same_name = named.get(path.file_name()).into_iter().flatten();
        chosen.extend(same_name.copied().take(CANDIDATES));
        chosen.sort_unstable();
        chosen.dedup();
        pairs.extend(chosen.into_iter().map(|holder| (index, holder)));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn similarity(left: &str, right: &str) -> u64 {
        Chunks::of(&Document::new(left.as_bytes())).similarity(&Chunks::of(&Document::new(right.as_bytes())))
    }

    #[test]
    fn half_of_the_larger_file_is_what_git_asks_for() {
        assert_eq!(similarity("a\nb\nc\nd\n", "a\nb\nc\nd\n"), 100);
        assert_eq!(similarity("a\nb\nc\nd\n", "a\nb\nx\ny\n"), 50);
        assert_eq!(similarity("a\nb\nc\nd\n", "a\nx\ny\nz\n"), 25);
        assert_eq!(similarity("a\r\nb\r\n", "a\nb\n"), 100);
        assert_eq!(similarity("a\n", &"a\n".repeat(3)), 0);
        assert_eq!(similarity("", ""), 0);
    }
}
