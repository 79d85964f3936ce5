//! The scripts that a command line runs: `npm run build:ci` of a host's file, followed into the manifest beside it.

use crate::check::commanded::Commanded;
use crate::check::workflow::{folder_of, script_called};
use crate::model::Snapshot;

/// Scripts that run scripts are followed so far.
const DEEPEST: u32 = 4;

/// Whether a script of a manifest that a command line runs, however many lie between, is as asked.
pub(super) fn runs_script(snapshot: &Snapshot, folder: &str, line: &str, is_asked: &dyn Fn(&str) -> bool) -> bool {
    follow(snapshot, folder, line, is_asked, DEEPEST)
}

fn follow(snapshot: &Snapshot, folder: &str, line: &str, is_asked: &dyn Fn(&str) -> bool, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let commanded = Commanded::of(line);
    let mut called = commanded.run().filter_map(|command| {
        let folder = folder_of(snapshot, folder, command)?;
        script_called(snapshot, command, &folder)
    });
    called.any(|(at, script)| is_asked(&script) || follow(snapshot, &at, &script, is_asked, depth))
}
