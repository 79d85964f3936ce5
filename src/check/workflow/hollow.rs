//! Commands that prove nothing: a script that is not there, that only prints, or that passes without tests.

use crate::artifact::workflow::commands;
use crate::artifact::{above, in_folder};
use crate::model::{Class, Snapshot};

use super::calls::{self, Call, Target};
use super::fan::{fan, is_idle};

/// Why a command proves nothing, in words that follow its own; `None` where it may well prove something.
pub(super) fn hollow(snapshot: &Snapshot, text: &str, call: &Call, folder: &str) -> Option<String> {
    let name = &call.script.as_ref()?.name;
    if call.target == Target::EveryMember || name.contains(['$', '*', '{']) {
        return None;
    }
    // A folder that is fetched or made before has a manifest of its own, which is not seen here.
    if !snapshot.tree.has_folder(folder) {
        return None;
    }
    // The nearest manifest counts even where it can't be read: then nothing is known.
    let nearest = std::iter::once(folder)
        .chain(above(folder))
        .find(|at| snapshot.tree.get(&in_folder(at, "package.json")).is_some())?;
    let (at, package) = calls::package_at(snapshot, folder).filter(|(at, _)| at == nearest)?;
    let manifest = in_folder(&at, "package.json");
    let scripts = &package.manifest().scripts;
    let Some(script) = scripts.iter().find(|known| known.name == *name) else {
        return must_have(text, name).then(|| format!("calls the script `{name}`, which `{manifest}` does not have"));
    };
    let inner = commands(&script.command, None);
    if inner.iter().all(|command| is_idle(&command.text)) {
        return Some(format!(
            "calls the script `{name}` of `{manifest}`, which only prints or ends"
        ));
    }
    // `"test": "turbo run test"`, and no package has one.
    let of_packages = |text: &str| {
        let tasks = fan(snapshot, text, &at).map_or_else(Vec::new, |fan| fan.tasks);
        let whys: Option<Vec<String>> = tasks.into_iter().map(|task| task.hollow).collect();
        whys.and_then(|whys| whys.into_iter().next())
    };
    let mut rest = inner.iter().filter(|command| !is_idle(&command.text));
    let why = rest.next().and_then(|command| of_packages(&command.text));
    if let Some(why) = why.filter(|_| rest.next().is_none()) {
        return Some(format!("calls the script `{name}` of `{manifest}`, which {why}"));
    }
    let passes_empty = [text, &script.command]
        .iter()
        .any(|text| text.contains("--passWithNoTests"));
    let has_tests = || {
        let below = snapshot.tree.below(&at);
        below
            .into_iter()
            .any(|(path, _)| snapshot.tree.class(path.as_str()) == Class::Test)
    };
    (passes_empty && snapshot.tree.truncation().is_none() && !has_tests())
        .then(|| format!("passes without tests, and there are none below `{manifest}`"))
}

/// Whether a package manager fails or does nothing where the script is missing, and does not look for a program.
fn must_have(text: &str, name: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with('-')).collect();
    let at = words.iter().position(|word| matches!(*word, "npm" | "pnpm" | "yarn"));
    match at.map(|at| &words[at..]) {
        Some([manager, rest @ ..]) => {
            let runs = rest.contains(&"run") || rest.contains(&"run-script");
            name == "test" || runs && matches!(*manager, "npm" | "pnpm")
        }
        Some([]) | None => false,
    }
}
