//! Entries that a folder starts for another component.

use std::collections::BTreeMap;

use crate::model::{Component, RepoPath, Snapshot};
use crate::program::linked::Program;

use super::Entry;

/// What a folder without sources of its own starts is another component's, which is asked about it; and so is it where a
/// folder has tests or tools, brings no framework, and starts nothing of its own.
pub(super) fn hand_on(snapshot: &Snapshot, program: &Program, found: &mut BTreeMap<RepoPath, Vec<Entry>>) {
    for component in &snapshot.components {
        let entries = found.get(&component.path).cloned().unwrap_or_default();
        let is_anothers = |entry: &Entry| {
            let owner = Component::of(&snapshot.components, &program.linked(entry.module).path);
            owner.is_some_and(|owner| owner.path != component.path)
        };
        let only_hands_on = component.kinds.iter().all(|kind| kind == "node") && entries.iter().all(is_anothers);
        if !component.is_bare && !only_hands_on {
            continue;
        }
        if !component.is_bare {
            found.remove(&component.path);
        }
        for entry in entries {
            let path = &program.linked(entry.module).path;
            let Some(owner) = Component::of(&snapshot.components, path).filter(|owner| !owner.is_bare) else {
                continue;
            };
            let own = found.entry(owner.path.clone()).or_default();
            let mut same = own
                .iter_mut()
                .filter(|known| (known.module, known.side) == (entry.module, entry.side));
            match same.next() {
                Some(known) => known.written = std::mem::take(&mut known.written).and(&entry.written),
                None => own.push(entry),
            }
        }
    }
}
