//! Commands that prove nothing: a script that is not there, that only prints, or that passes without tests.

use crate::artifact::workflow::{Command, Shell, When, commands};
use crate::artifact::{above, in_folder, resolve};
use crate::model::{Class, Snapshot};

use super::calls::{self, Call, Target};
use super::fan::{fan, is_idle};
use super::runner;

/// Scripts call each other at most this deep.
const DEEPEST_SCRIPT: usize = 4;

/// Why a command proves nothing, in words that follow its own; `None` where it may well prove something.
pub(super) fn hollow(snapshot: &Snapshot, text: &str, call: &Call, folder: &str, depth: usize) -> Option<String> {
    let Some(name) = call.script.as_ref().map(|script| &script.name) else {
        return without_tests(snapshot, &[text], folder);
    };
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
    let inner = commands(&script.command, Shell::Line);
    if inner.iter().all(|command| is_idle(&command.text)) {
        return Some(format!(
            "calls the script `{name}` of `{manifest}`, which only prints or ends"
        ));
    }
    // `"test": "turbo run test"`, and no package has one.
    let of_packages = |text: &str| {
        let fan = fan(snapshot, text, &at)?;
        let whys: Option<Vec<&String>> = fan.tasks.iter().map(|task| task.hollow.as_ref()).collect();
        whys.and_then(|whys| whys.first().map(|why| (*why).clone()))
    };
    let mut rest = inner.iter().filter(|command| !is_idle(&command.text));
    let why = rest.next().and_then(|command| of_packages(&command.text));
    if let Some(why) = why.filter(|_| rest.next().is_none()) {
        return Some(format!("calls the script `{name}` of `{manifest}`, which {why}"));
    }
    // `"test": "npm run test:unit"`, and there is no such script.
    let live = || inner.iter().filter(|command| !is_idle(&command.text));
    let whys = || live().map(|command| hollow_inside(snapshot, command, &at, depth + 1));
    if depth < DEEPEST_SCRIPT
        && whys().all(|why| why.is_some())
        && let Some((command, Some(why))) = live().zip(whys()).next()
    {
        let words = crate::text::redact(&command.text);
        return Some(format!(
            "calls the script `{name}` of `{manifest}`, whose `{words}` {why}"
        ));
    }
    let why = live()
        .next()
        .and_then(|command| runner::why(snapshot, &command.text, &at));
    if let Some(why) = why.filter(|_| live().count() == 1) {
        return Some(format!("calls the script `{name}` of `{manifest}`, which {why}"));
    }
    without_tests(snapshot, &[text, &script.command], &at)
}

fn hollow_inside(snapshot: &Snapshot, command: &Command, at: &str, depth: usize) -> Option<String> {
    let call = calls::call(&command.text);
    call.script.as_ref()?;
    if let Some(why) = calls::of_nobody(snapshot, &command.text, &call) {
        return Some(why);
    }
    let started = resolve(at, command.folder.as_deref()?)?;
    let folder = calls::folder_of(snapshot, started.as_str(), &call.target)?;
    hollow(snapshot, &command.text, &call, &folder, depth)
}

/// A run that is told to pass without tests, and there are none.
fn without_tests(snapshot: &Snapshot, texts: &[&str], folder: &str) -> Option<String> {
    if !texts.iter().any(|text| text.contains("--passWithNoTests")) || snapshot.tree.truncation().is_some() {
        return None;
    }
    let (at, _) = calls::package_at(snapshot, folder)?;
    let mut below = snapshot.tree.below(&at);
    let has_tests = below.any(|(path, _)| snapshot.tree.class(path.as_str()) == Class::Test);
    let manifest = in_folder(&at, "package.json");
    (!has_tests).then(|| format!("passes without tests, and there are none below `{manifest}`"))
}

/// Whether no command of a script of a manifest can fail it, the scripts that it calls taken in.
pub(super) fn cannot_fail(snapshot: &Snapshot, script: &str, at: &str, depth: usize) -> bool {
    let inner = commands(script, Shell::Line);
    let is_lost = |command: &Command| {
        command.is_lost()
            || command.when == When::Never
            || depth < DEEPEST_SCRIPT
                && called(snapshot, command, at)
                    .is_some_and(|(at, script)| cannot_fail(snapshot, &script, &at, depth + 1))
    };
    let mut live = inner.iter().filter(|command| !is_idle(&command.text)).peekable();
    live.peek().is_some() && live.all(is_lost)
}

/// The script of a manifest that a command of another one calls.
fn called(snapshot: &Snapshot, command: &Command, at: &str) -> Option<(String, String)> {
    let call = calls::call(&command.text);
    let started = resolve(at, command.folder.as_deref()?)?;
    let folder = calls::folder_of(snapshot, started.as_str(), &call.target)?;
    calls::script_called(snapshot, &call, &folder)
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
