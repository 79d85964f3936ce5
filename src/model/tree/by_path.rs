//! Where a path stands in a tree, by its hash.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

use super::{Entry, RepoPath};

/// The places of paths by their hashes: where to find one is asked hundreds of thousands of times. It holds no path
/// itself, so it is small.
#[derive(Debug)]
pub(super) struct ByPath {
    hashes: RandomState,
    /// A power of two of slots, at most half of them taken; what does not fit its own slot stands in the next free one.
    slots: Box<[u32]>,
}

impl ByPath {
    /// No place: no tree has so many entries.
    const FREE: u32 = u32::MAX;

    pub(super) fn of(entries: &[(RepoPath, Entry)]) -> Self {
        let size = (entries.len() * 2).next_power_of_two();
        let mut by_path = Self {
            hashes: RandomState::default(),
            slots: vec![Self::FREE; size].into(),
        };
        for ((path, _), place) in entries.iter().zip(0..Self::FREE) {
            let free = by_path
                .way(path.as_str())
                .find(|slot| by_path.slots[*slot] == Self::FREE);
            if let Some(slot) = free {
                by_path.slots[slot] = place;
            }
        }
        by_path
    }

    pub(super) fn find<'a>(&self, path: &str, path_at: impl Fn(usize) -> &'a str) -> Option<usize> {
        let taken = self
            .way(path)
            .map(|slot| self.slots[slot])
            .take_while(|place| *place != Self::FREE);
        taken.map(|place| place as usize).find(|place| path_at(*place) == path)
    }

    /// The slots in which a path may stand, in order.
    fn way(&self, path: &str) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len() - 1;
        // Only the lower bits count.
        let first = self.hashes.hash_one(path) as usize & mask;
        (0..=mask).map(move |more| (first + more) & mask)
    }
}
