//! The scripts that a command line runs: `npm run build:ci` of a host's file, followed into the manifest beside it.

use std::collections::BTreeSet;

use crate::check::commanded::{Commanded, asks_first};
use crate::check::workflow::{folder_of, script_called};
use crate::model::Snapshot;

/// Whether a script of a manifest that a command line runs, however many lie between, is as asked. What a line runs only
/// where something else fails, or where it asks first, is not followed.
pub(super) fn runs_script(snapshot: &Snapshot, folder: &str, line: &str, is_asked: &dyn Fn(&str) -> bool) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![(folder.to_owned(), line.to_owned())];
    while let Some((folder, line)) = open.pop() {
        if asks_first(&line) {
            continue;
        }
        let commanded = Commanded::of(&line);
        let called = commanded.run().filter_map(|command| {
            let folder = folder_of(snapshot, &folder, command)?;
            script_called(snapshot, command, &folder)
        });
        for (at, script) in called {
            if !asks_first(&script) && is_asked(&script) {
                return true;
            }
            // A script that calls itself is followed once.
            if seen.insert((at.clone(), script.clone())) {
                open.push((at, script));
            }
        }
    }
    false
}
