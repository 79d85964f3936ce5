//! Whether a command works on the component asked about.

use crate::model::{Component, RepoPath};

use super::super::View;
use super::calls::{self, Target};
use super::written::names_path;

/// Whether it does.
pub(super) enum Cover {
    Yes,
    No,
    Unclear,
}

/// Whether a command that works in a folder works on the component asked about; without a folder that can't be told.
pub(super) fn covers(view: &View<'_>, text: &str, folder: Option<&str>, target: &Target) -> Cover {
    let Some(component) = view.component else {
        return Cover::Yes;
    };
    let Some(folder) = folder else {
        return Cover::Unclear;
    };
    let own = component.folder();
    let components = &view.snapshot.components;
    let nearest = components
        .iter()
        .filter(|known| known.folder() == folder || RepoPath::new(folder).is_within(known.folder()))
        .max_by_key(|known| known.folder().len());
    let names = |known: &Component| {
        let path = RepoPath::new(known.folder());
        path.relative_to(folder)
            .is_some_and(|path| !path.is_empty() && names_path(text, path))
    };
    let names_other = components.iter().any(|known| known.folder() != own && names(known));
    if nearest.is_some_and(|nearest| nearest.folder() == own) {
        return if names_other { Cover::Unclear } else { Cover::Yes };
    }
    let is_above = folder.is_empty() || RepoPath::new(own).is_within(folder);
    if !is_above {
        return Cover::No;
    }
    let is_cargo = text.split_whitespace().any(|word| word == "cargo");
    let is_rust = component.kinds.iter().any(|kind| kind == "rust");
    if names(component) || *target == Target::EveryMember && (!is_cargo || is_rust) {
        return Cover::Yes;
    }
    if is_cargo {
        return match (is_rust, calls::is_cargo_holder(view.snapshot, folder)) {
            (false, _) => Cover::No,
            (true, true) => Cover::Yes,
            (true, false) => Cover::Unclear,
        };
    }
    if names_other { Cover::No } else { Cover::Unclear }
}
