//! Variables that are declared and that nothing reads.

use std::collections::BTreeSet;

use crate::artifact::{in_folder, manifest_folders, read_manifest};
use crate::check::View;
use crate::check::files::{Case, Found, Globs, LARGEST, cut, not_whole, open};
use crate::check::parameters::{OneOrMany, counted};
use crate::model::{Cause, Class, Examined, Gap, RepoPath, Unread};

use super::EnvCheck;
use super::names::is_set_by_platforms;
use super::sides::{Production, at};

/// Everything that may read a variable: all that the team wrote, documents and examples aside.
fn readers<'a>(check: &EnvCheck, view: &View<'a>) -> Vec<Found<'a>> {
    let Ok(all) = Globs::new(&OneOrMany::Many(vec!["**".to_owned()]), "in", Case::Counts) else {
        return Vec::new();
    };
    let declaring: BTreeSet<&RepoPath> = check.declaring(view).into_iter().map(|(path, _)| path).collect();
    let tree = &view.snapshot.tree;
    let mut found = all.find_written(tree, "");
    found.retain(|(path, entry)| {
        let is_env = path.file_name().starts_with(".env") || path.file_name().ends_with(".env");
        let is_small = entry.size.is_none_or(|size| size <= LARGEST);
        entry.is_file()
            && is_small
            && !is_env
            && !declaring.contains(*path)
            && tree.class(path.as_str()) == Class::Source
    });
    found
}

pub(super) fn needed<'a>(check: &EnvCheck, view: &View<'a>) -> Vec<Found<'a>> {
    readers(check, view)
}

pub(super) fn examine(check: &EnvCheck, view: &View<'_>) -> Examined {
    let files = check.declaring(view);
    let place = check.where_declared(view, &files);
    let (declared, unread) = check.declared(view, &files);
    let unread = unread.filter(|unread| unread.cause != Cause::Unmodelled);
    let is_asked = |name: &String| !is_set_by_platforms(name) && !check.is_left_out(name);
    let all: Vec<String> = declared.names.into_iter().filter(is_asked).collect();
    if all.is_empty() {
        return match unread {
            Some(unread) => Examined::unknown(unread),
            None => Examined::not_applicable(format!("{place} declares no variable")),
        };
    }
    let (mut unseen, unopened) = unseen(check, view, &all);
    let unread = unread.or(unopened);
    let packages = packages(view);
    unseen.retain(|name| !is_of_library(name, &packages));
    if unseen.is_empty() {
        return Examined::pass(
            format!(
                "each of {} that {place} declares is read",
                counted(all.len(), "variable")
            ),
            Vec::new(),
        );
    }
    if let Some(unread) = unread.or_else(|| not_whole(view.tree(), "what reads variables")) {
        return Examined::unknown(unread);
    }
    if let Ok(production) = Production::of(view)
        && let Some(handed) = production.handing.first()
    {
        let what = format!(
            "the environment is handed on as a whole in {}, and what reads it there is not followed",
            at(handed)
        );
        return Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest it"));
    }
    let message = |name: &str| format!("{place} declares `{name}`, and nothing reads it");
    let mut gaps: Vec<Gap> = unseen.iter().map(|name| Gap::missing(*name, message(name))).collect();
    let first = gaps.first().map_or_else(String::new, |gap| gap.message.clone());
    let reason = match gaps.len() {
        1 => first,
        several => format!("{}, first: {first}", counted(several, "variable")),
    };
    cut(&mut gaps, "variables");
    Examined::fail(reason, gaps)
}

/// Those of the names that are a word of no file, and why the first file could not be opened that could not be.
fn unseen<'n>(check: &EnvCheck, view: &View<'_>, names: &'n [String]) -> (BTreeSet<&'n str>, Option<Unread>) {
    let mut unseen: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut unread = None;
    for file in readers(check, view) {
        match open(view.snapshot, file) {
            Ok(document) => {
                let Ok(text) = document.text() else { continue };
                let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
                for word in text.split(|letter| !is_part(letter)) {
                    unseen.remove(word);
                }
            }
            // What is binary or in another encoding reads no variable by name.
            Err(why) if why.cause == Cause::Encoding => {}
            Err(why) => {
                unread.get_or_insert(why);
            }
        }
    }
    (unseen, unread)
}

/// Whether a library reads it: one that begins with the library's own name, such as `SENTRY_DSN` or `NEXTAUTH_URL`.
fn is_of_library(name: &str, packages: &BTreeSet<String>) -> bool {
    let first = name.split('_').next().unwrap_or(name).to_ascii_lowercase();
    first.len() >= 2 && packages.iter().any(|package| package.contains(&first))
}

/// The names of all packages that manifests here declare, in small letters without signs.
fn packages(view: &View<'_>) -> BTreeSet<String> {
    let folders = manifest_folders(view.snapshot).into_iter();
    let manifests = folders.filter_map(|folder| {
        let path = RepoPath::new(&in_folder(&folder, "package.json"));
        view.snapshot.tree.get(path.as_str())?;
        read_manifest(view.snapshot, &path, None).ok().flatten()
    });
    let mut found = BTreeSet::new();
    for declared in manifests {
        for (package, _) in declared.dependencies() {
            let letters = package.name.chars().filter(char::is_ascii_alphanumeric);
            found.insert(letters.map(|letter| letter.to_ascii_lowercase()).collect());
        }
    }
    found
}
