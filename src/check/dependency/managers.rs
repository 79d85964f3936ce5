//! Whether lockfiles of one package manager alone pin what is declared.

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::{self, Ecosystem};
use crate::model::{Cause, Evidence, Examined, Gap, Place, RepoPath, Strength, Unread};

use super::super::View;
use super::{Found, MOST_SHOWN};

/// What is found of all folders.
#[derive(Default)]
struct Pinned {
    evidence: BTreeMap<RepoPath, Evidence>,
    gaps: BTreeMap<RepoPath, Gap>,
    unread: Option<Unread>,
}

pub(super) fn examine(view: &View<'_>, found: &Found) -> Examined {
    if let Some(nothing) = found.nothing(view) {
        return nothing;
    }
    let of_npm = found
        .manifests
        .iter()
        .filter(|(_, one)| one.ecosystem == Ecosystem::Npm);
    let folders: BTreeSet<&str> = of_npm.map(|(folder, _)| folder.as_str()).collect();
    let mut pinned = Pinned {
        unread: found.unread.first().cloned(),
        ..Pinned::default()
    };
    for folder in folders {
        pinned.look(view, folder);
    }
    let gaps: Vec<Gap> = pinned.gaps.into_values().take(MOST_SHOWN).collect();
    let evidence: Vec<Evidence> = pinned.evidence.into_values().take(MOST_SHOWN).collect();
    match (gaps.first(), pinned.unread, evidence.first()) {
        (Some(gap), _, _) => Examined::fail(gap.message.clone(), gaps),
        (None, Some(unread), _) => Examined::unknown(unread),
        (None, None, Some(first)) => {
            Examined::pass(format!("`{}` alone pins what it is for", first.place.path), evidence)
        }
        (None, None, None) => Examined::not_applicable("there is no lockfile of npm's registry"),
    }
}

impl Pinned {
    fn look(&mut self, view: &View<'_>, folder: &str) {
        let paths = match artifact::lockfiles_of(view.snapshot, Ecosystem::Npm, folder) {
            Ok(paths) => paths,
            Err(unread) => {
                self.unread.get_or_insert(unread);
                return;
            }
        };
        let managers: BTreeSet<&str> = paths.iter().map(manager).collect();
        if managers.len() <= 1 {
            for path in &paths {
                let one = Evidence::new(Place::file(path), path.file_name(), Strength::Present, path.as_str());
                self.evidence.insert(path.clone(), one);
            }
            return;
        }
        let shown: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
        let both = shown.join(" and ");
        let is_spread =
            paths.iter().any(|path| path.parent() != folder) && paths.iter().any(|path| path.parent() == folder);
        if is_spread && artifact::is_built_alone(&view.snapshot.tree, folder) {
            let what =
                format!("{both} are there, and `{folder}` may be installed where the rest of the workspace is not");
            let settle = "keep the lockfile that is installed from";
            self.unread.get_or_insert(Unread::new(Cause::Unmodelled, what, settle));
            return;
        }
        for path in paths {
            let message = format!("{both} pin the same packages, each by a package manager of its own");
            let gap = Gap::at(Place::file(&path), path.as_str(), message);
            self.gaps.entry(path).or_insert(gap);
        }
    }
}

/// Whose lockfile it is.
fn manager(path: &RepoPath) -> &str {
    match path.file_name() {
        "package-lock.json" | "npm-shrinkwrap.json" => "npm",
        "yarn.lock" => "yarn",
        "pnpm-lock.yaml" => "pnpm",
        _ => "bun",
    }
}
