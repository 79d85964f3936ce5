//! Which files of the repository lie at a place of a stage.

use crate::artifact::in_folder;
use crate::model::PathGlob;

use super::stages::{Building, DEEPEST, What, within};

impl Building<'_> {
    /// The paths of the repository that may lie at a place of a stage.
    pub(super) fn origins(&self, index: usize, place: &str, depth: usize) -> Vec<String> {
        self.origins_before(index, place, depth, usize::MAX)
    }

    /// The same, as far as what stands in the file before this byte brings them.
    fn origins_before(&self, index: usize, place: &str, depth: usize, end: usize) -> Vec<String> {
        let mut found = Vec::new();
        if depth > DEEPEST {
            return found;
        }
        for step in self.steps(index).iter().filter(|step| step.span.start < end) {
            let What::Copy(copied) = &step.what else {
                continue;
            };
            let Some((target, is_folder)) = &copied.target else {
                continue;
            };
            for source in copied.sources.iter().filter_map(|(_, filled)| filled.as_deref()) {
                let source = match copied.from.is_none() && source.contains(['*', '?', '[']) {
                    true => self.matched(source, target, place),
                    false => at_source(source, target, *is_folder, place, &|path| self.is_folder(path)),
                };
                let Some(source) = source else { continue };
                match &copied.from {
                    None => found.push(in_folder(&self.context, &source).trim_matches('/').to_owned()),
                    Some(from) => {
                        if let Some(other) = self.stage_of(from).filter(|other| *other < index) {
                            found.extend(self.origins(other, &format!("/{source}"), depth + 1));
                        }
                    }
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// The path of the context that lies at a place after all that a pattern matches was copied into a folder: a file by its
    /// name, and what a folder holds.
    fn matched(&self, pattern: &str, target: &str, place: &str) -> Option<String> {
        let rest = place.strip_prefix(target.trim_end_matches('/'))?.strip_prefix('/')?;
        let pattern = within("", pattern);
        let globs: Vec<PathGlob> = pattern
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .map(PathGlob::new)
            .collect::<Result<_, _>>()
            .ok()?;
        let mut below = self.images.tree().below(&self.context);
        below.find_map(|(path, _)| {
            let path = path.relative_to(&self.context)?;
            let parts: Vec<&str> = path.split('/').collect();
            let is_match = globs.iter().zip(&parts).all(|(glob, part)| glob.matches(part));
            let copied = match parts.get(globs.len()..)? {
                [] => parts.last()?.to_string(),
                below => below.join("/"),
            };
            let below = copied.strip_prefix(rest)?;
            let is_it = is_match && (below.is_empty() || below.starts_with('/'));
            is_it.then(|| path.strip_suffix(below).unwrap_or(path).to_owned())
        })
    }

    fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.images.tree().has_folder(&in_folder(&self.context, path))
    }

    /// The first of the files that may lie at a place of a stage which is in the repository.
    pub(super) fn file_at(&self, index: usize, place: &str) -> Option<String> {
        let found = self.origins(index, place, 0).into_iter();
        found.into_iter().find(|path| self.images.tree().get(path).is_some())
    }

    /// Whether a file of the repository may lie at a place of a stage before what stands at this byte is done.
    pub(super) fn has_before(&self, index: usize, place: &str, end: usize) -> bool {
        let tree = self.images.tree();
        let found = self.origins_before(index, place, 0, end);
        found
            .iter()
            .any(|path| tree.has_folder(path) || tree.get(path).is_some() && self.is_seen(path))
    }
}

/// The path in the source's own tree that lies at a place after it was copied.
fn at_source(
    source: &str,
    target: &str,
    is_folder: bool,
    place: &str,
    is_source_folder: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let source = within("", source);
    let source = source.trim_start_matches('/');
    let (parent, name) = source.rsplit_once('/').unwrap_or(("", source));
    let (place_folder, place_name) = place.rsplit_once('/').unwrap_or(("", place));
    // What lies in another stage is not listed: files of a folder by their names.
    if source.contains(['*', '?', '[']) {
        let is_match = PathGlob::new(name).is_ok_and(|glob| glob.matches(place_name));
        let fits = place_folder == target.trim_end_matches('/') && is_match;
        return fits.then(|| in_folder(parent, place_name));
    }
    if is_folder && !is_source_folder(source) && place_name == name && place_folder == target.trim_end_matches('/') {
        return Some(source.to_owned());
    }
    if place == target {
        return Some(source.to_owned());
    }
    let rest = place.strip_prefix(target.trim_end_matches('/'))?.strip_prefix('/')?;
    Some(in_folder(source, rest))
}
