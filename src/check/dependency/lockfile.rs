//! Whether what the manifests declare is pinned by a lockfile.

use std::collections::BTreeMap;

use crate::artifact::{self, Declared, Ecosystem, Governing, Group, Requirement, Tells};
use crate::model::{Cause, Evidence, Examined, Gap, Place, RepoPath, Strength, Unread};
use crate::text::Span;

use super::super::View;
use super::{Found, MOST_SHOWN, stale};

/// What is known of the manifests of one ecosystem in one folder.
enum Standing {
    /// This pins them.
    Locked(Vec<Evidence>),
    /// They are pinned by nothing.
    Open(Vec<Gap>),
    /// There is nothing to pin.
    Nothing,
    /// The lockfile is missing of the workspace in this folder, which is asked for it itself.
    Held(String),
    /// It can't be told.
    Unclear(Unread),
}

pub(super) fn examine(view: &View<'_>, found: &Found) -> Examined {
    if let Some(nothing) = found.nothing(view) {
        return nothing;
    }
    let mut groups: BTreeMap<(&str, Ecosystem), Vec<&Declared>> = BTreeMap::new();
    for (folder, declared) in &found.manifests {
        groups.entry((folder, declared.ecosystem)).or_default().push(declared);
    }
    let (mut gaps, mut evidence, mut unknown) = (Vec::new(), Vec::new(), found.unread.first().cloned());
    let mut held = None;
    for ((folder, ecosystem), declared) in groups {
        match standing(view, folder, ecosystem, &declared) {
            Standing::Locked(found) => evidence.extend(found),
            Standing::Open(found) => gaps.extend(found),
            Standing::Nothing => {}
            Standing::Held(root) => held = held.or(Some(root)),
            Standing::Unclear(unread) => {
                unknown.get_or_insert(unread);
            }
        }
    }
    let more = gaps.len().saturating_sub(MOST_SHOWN);
    gaps.truncate(MOST_SHOWN);
    evidence.truncate(MOST_SHOWN);
    match (gaps.first(), unknown, evidence.first()) {
        (Some(gap), _, _) => {
            let and = if more > 0 {
                format!("; {more} more are not shown")
            } else {
                String::new()
            };
            Examined::fail(format!("{}{and}", gap.message), gaps).with_evidence(evidence)
        }
        (None, Some(unread), _) => Examined::unknown(unread),
        (None, None, Some(first)) => Examined::pass(format!("`{}` pins the dependencies", first.place.path), evidence),
        (None, None, None) => match held {
            Some(root) => Examined::not_applicable(format!(
                "the lockfile of the workspace at `{root}` is missing, which is asked there"
            )),
            None => Examined::not_applicable("there is no dependency to pin"),
        },
    }
}

fn standing(view: &View<'_>, folder: &str, ecosystem: Ecosystem, declared: &[&Declared]) -> Standing {
    let to_pin = declared
        .iter()
        .flat_map(|declared| declared.dependencies())
        .filter(|(dependency, group)| {
            *group != Group::Peer
                && !(ecosystem == Ecosystem::Go && matches!(dependency.requirement, Requirement::Elsewhere(_)))
        })
        .count();
    if to_pin == 0 {
        return Standing::Nothing;
    }
    let is_library = ecosystem == Ecosystem::Cargo
        && !declared
            .iter()
            .any(|declared| artifact::is_cargo_program(&view.snapshot.tree, folder, declared));
    match artifact::governing(view.snapshot, ecosystem, folder) {
        Governing::Unclear(unread) => Standing::Unclear(unread),
        Governing::Lockfiles(paths) => {
            let above = asked_above(view, ecosystem, folder);
            match stale::gaps(view, declared, &paths, above.as_deref()) {
                gaps if gaps.is_empty() => Standing::Locked(paths.iter().map(evidence_of).collect()),
                gaps => Standing::Open(gaps),
            }
        }
        // Who uses a library chooses the versions.
        Governing::None if is_library => Standing::Nothing,
        Governing::None if ecosystem == Ecosystem::Pypi => without_lockfile(folder, declared),
        Governing::None => match asked_above(view, ecosystem, folder) {
            Some(root) => Standing::Held(root),
            None => missing(folder, ecosystem, declared, to_pin),
        },
    }
}

/// The workspace above that has something to pin itself, so that its lockfile is asked for once and not of each member.
fn asked_above(view: &View<'_>, ecosystem: Ecosystem, folder: &str) -> Option<String> {
    view.component.filter(|_| ecosystem == Ecosystem::Npm)?;
    let root = artifact::holder_above(view.snapshot, ecosystem, folder)?;
    let mut components = view.snapshot.components.iter();
    let asked = components.find(|component| component.folder() == root)?;
    let declared = artifact::declared(view.snapshot, &root).into_iter();
    let mut known = declared.filter_map(|(_, known)| known.ok());
    let has_some = known.any(|known| known.dependencies().any(|(_, group)| group != Group::Peer));
    has_some.then(|| asked.path.to_string())
}

fn evidence_of(path: &RepoPath) -> Evidence {
    Evidence::new(Place::file(path), path.file_name(), Strength::Present, path.as_str())
}

fn missing(folder: &str, ecosystem: Ecosystem, declared: &[&Declared], to_pin: usize) -> Standing {
    let manager = declared
        .iter()
        .find_map(|declared| declared.manifest().manager.as_deref());
    let expected = match (ecosystem, manager) {
        (Ecosystem::Npm, Some("pnpm")) => "pnpm-lock.yaml",
        (Ecosystem::Npm, Some("yarn")) => "yarn.lock",
        (Ecosystem::Npm, Some("bun")) => "bun.lock",
        (Ecosystem::Npm, _) => "package-lock.json",
        (Ecosystem::Cargo, _) => "Cargo.lock",
        (Ecosystem::Go, _) => "go.sum",
        (Ecosystem::Pypi, _) if declared.iter().any(|found| found.path.file_name() == "Pipfile") => "Pipfile.lock",
        (Ecosystem::Pypi, _) => "uv.lock",
    };
    let subject = artifact::in_folder(folder, expected);
    let manifest = declared
        .first()
        .map_or(String::new(), |declared| declared.path.to_string());
    let noun = if to_pin == 1 { "dependency" } else { "dependencies" };
    let message = format!("`{manifest}` declares {to_pin} {noun}, and no lockfile (such as `{subject}`) pins them");
    Standing::Open(vec![Gap::missing(subject, message)])
}

/// Python without a lockfile: requirements whose every line names one version are as good as one.
fn without_lockfile(folder: &str, declared: &[&Declared]) -> Standing {
    let is_requirements = |found: &Declared| found.path.file_name().ends_with(".txt");
    let (requirements, others): (Vec<&Declared>, Vec<&Declared>) =
        declared.iter().copied().partition(|found| is_requirements(found));
    let in_production: Vec<&&Declared> = requirements
        .iter()
        .filter(|found| !found.is_for_development())
        .collect();
    let has_dependencies = |found: &&Declared| found.dependencies().next().is_some();
    if in_production.iter().any(|found| has_dependencies(found)) {
        let open: Vec<Gap> = in_production.iter().flat_map(|found| unpinned_lines(found)).collect();
        if !open.is_empty() {
            return Standing::Open(open);
        }
        let pinned = in_production.iter().filter(|found| has_dependencies(found));
        return Standing::Locked(pinned.map(|found| evidence_of(&found.path)).collect());
    }
    let others: Vec<&Declared> = others.into_iter().filter(has_dependencies).collect();
    let Some(first) = others.first() else {
        // Only what those who work on it install.
        return Standing::Nothing;
    };
    let is_application = others.iter().any(|found| found.manifest().application == Tells::Yes)
        || others
            .iter()
            .flat_map(|found| found.dependencies())
            .any(|(dependency, group)| {
                group == Group::Runtime && ["django", "fastapi", "flask"].contains(&dependency.name.as_str())
            });
    if is_application {
        let to_pin = others.iter().flat_map(|found| found.dependencies()).count();
        return missing(folder, Ecosystem::Pypi, &others, to_pin);
    }
    let what = format!(
        "no lockfile pins what `{}` declares, and whether it is an application or a library can't be told",
        first.path
    );
    Standing::Unclear(Unread::new(
        Cause::Unmodelled,
        what,
        "commit a lockfile, or attest that it is a library",
    ))
}

fn unpinned_lines(declared: &Declared) -> Vec<Gap> {
    let manifest = declared.manifest();
    let gap = |span: &Span| {
        let place = Place::span(&declared.path, &declared.document, span);
        let words = declared.document.words(span);
        let words = words.split([' ', ';', '\\']).next().unwrap_or(&words).to_owned();
        let message = format!(
            "`{}` does not name one version (`==`), and no lockfile does",
            crate::text::redact(&words)
        );
        // Another range of a package that was open before is no new gap, so it goes by its name.
        let named = manifest.dependencies.iter().find(|dependency| dependency.span == *span);
        let name = named.map_or(words.as_str(), |dependency| &dependency.name);
        Gap::at(place, name, message)
    };
    manifest.unpinned.iter().map(gap).collect()
}
