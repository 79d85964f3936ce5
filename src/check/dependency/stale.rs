//! Packages that a manifest declares and its lockfile does not hold: it was written before, and an installation by it stops.

use std::collections::BTreeSet;

use crate::artifact::{self, Declared, Ecosystem, Group, Requirement, holder_above, in_folder};
use crate::check::View;
use crate::check::consistency::members;
use crate::check::lockfiles::brings;
use crate::model::{Gap, Place, RepoPath};

/// What installs by each lockfile, and stops where a manifest declares more.
/// <https://docs.npmjs.com/cli/commands/npm-ci>, <https://pnpm.io/cli/install#--frozen-lockfile>
const INSTALLS: [(&str, &str); 3] = [
    ("npm-shrinkwrap.json", "npm ci"),
    ("package-lock.json", "npm ci"),
    ("pnpm-lock.yaml", "pnpm install --frozen-lockfile"),
];

/// What the lockfile of some manifests lacks of what they declare, and, where nobody above is asked for that, of what the
/// packages in it need; nothing where it can't be read.
pub(super) fn gaps(view: &View<'_>, declared: &[&Declared], lockfiles: &[RepoPath], above: Option<&str>) -> Vec<Gap> {
    let [lockfile] = lockfiles else { return Vec::new() };
    let install = INSTALLS.iter().find(|(name, _)| *name == lockfile.file_name());
    let Some((_, install)) = install else {
        return Vec::new();
    };
    let Ok(Some(document)) = view.snapshot.read(lockfile.as_str()).text(lockfile.as_str()) else {
        return Vec::new();
    };
    let Ok(text) = document.text() else { return Vec::new() };
    // One that holds nothing at all is no lockfile that somebody forgot to write anew.
    let holds_some = artifact::lock(view.snapshot, lockfile)
        .is_ok_and(|lock| lock.is_some_and(|lock| lock.as_ref().as_ref().is_ok_and(|lock| !lock.is_empty())));
    if !holds_some {
        return Vec::new();
    }
    // What installs within a workspace installs by the lockfile at its root, unless the member is built by itself.
    if is_of_a_workspace(view, lockfile) {
        return Vec::new();
    }
    let own: BTreeSet<String> = members(view);
    let mut gaps = Vec::new();
    for manifest in declared {
        for (dependency, group) in manifest.dependencies() {
            let name = dependency.alias.as_ref().unwrap_or(&dependency.name);
            let is_of_registry = matches!(dependency.requirement, Requirement::Range(_));
            if group == Group::Peer || !is_of_registry || own.contains(name) || brings(lockfile, text, name) {
                continue;
            }
            let place = Place::span(&manifest.path, &manifest.document, &dependency.span);
            let message = format!(
                "`{}` declares `{name}`, which `{lockfile}` does not hold: `{install}` stops there",
                manifest.path
            );
            gaps.push(Gap::at(place, name, message));
        }
    }
    if above.is_none() {
        let asked: BTreeSet<String> = gaps.iter().map(|gap| gap.words.clone()).collect();
        let lost = artifact::unresolved(view.snapshot, lockfile);
        let lost = lost.iter().filter(|lost| !asked.contains(&lost.name));
        gaps.extend(lost.map(|lost| {
            let message = format!(
                "`{lockfile}` says that `{}` needs `{}`, and holds none: `{install}` stops there",
                lost.of, lost.name
            );
            Gap::at(Place::span(lockfile, &document, &lost.span), &lost.name, message)
        }));
    }
    gaps
}

/// Whether a lockfile lies in a member of a workspace that has one at its root, and no image installs by it alone.
/// <https://docs.npmjs.com/cli/using-npm/workspaces>
fn is_of_a_workspace(view: &View<'_>, lockfile: &RepoPath) -> bool {
    let tree = view.tree();
    let folder = lockfile.parent();
    let has_lockfile = |root: &String| {
        let mut names = INSTALLS.iter().map(|(name, _)| in_folder(root, name));
        names.any(|path| tree.get(&path).is_some())
    };
    if !holder_above(view.snapshot, Ecosystem::Npm, folder).is_some_and(|root| has_lockfile(&root)) {
        return false;
    }
    let images = tree.iter().filter(|(path, entry)| {
        entry.is_file() && path.parent() == folder && path.file_name().starts_with("Dockerfile")
    });
    let mut images = images.map(|(path, _)| view.snapshot.read(path.as_str()).text(path.as_str()));
    !images.any(|image| match image {
        Ok(Some(document)) => document.text().is_ok_and(|text| text.lines().any(installs_here)),
        // Of one that was not read nothing is said.
        Ok(None) | Err(_) => false,
    })
}

/// Whether a line of an image installs by the lockfile that lies beside it.
fn installs_here(line: &str) -> bool {
    let is_frozen = line.contains("npm ci") || line.contains("--frozen-lockfile");
    is_frozen && !line.contains("--workspace") && !line.contains(" -w ")
}
