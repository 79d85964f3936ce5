//! Where a finding is shown. Anchors are no part of a fingerprint.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Component, Evidence, OutcomeKind, Place, Read, RepoPath, Snapshot};
use crate::program::known_unread;
use crate::text::Document;

use super::{Assessed, Finding, Moves, Side, Standing, waive};

/// The merge base with what moved since.
#[derive(Clone, Copy)]
pub(super) struct Past<'a> {
    pub side: Side<'a>,
    pub moves: &'a Moves,
}

/// The base's outcomes by control and component.
pub(super) struct Ancestors<'a> {
    past: Past<'a>,
    items: HashMap<(&'a str, Option<&'a str>), &'a Assessed>,
}

impl<'a> Ancestors<'a> {
    pub(super) fn new(past: Past<'a>) -> Self {
        let binding = past.side.items.iter().filter(|item| item.standing == Standing::Binding);
        Self {
            past,
            items: binding
                .map(|item| ((item.info.id.as_str(), item.folder()), item))
                .collect(),
        }
    }

    /// What base made of this control, for the components that an item's component stems from.
    pub(super) fn of(&self, item: &Assessed) -> Vec<&'a Assessed> {
        let find = |folder: Option<&str>| self.items.get(&(item.info.id.as_str(), folder)).copied();
        match item.folder() {
            None => find(None).into_iter().collect(),
            Some(folder) => {
                let sources = self.past.moves.sources(folder).iter();
                sources.filter_map(|source| find(Some(source.as_str()))).collect()
            }
        }
    }

    /// What base made of this control where a path of head lay before.
    pub(super) fn at(&self, item: &Assessed, path: &RepoPath) -> Option<&'a Assessed> {
        item.component.as_ref()?;
        let was = self.past.moves.path_in_base(path);
        let snapshot = self.past.side.snapshot;
        snapshot.tree.get(was.as_str())?;
        let owner = Component::of(&snapshot.components, &was)?;
        self.items
            .get(&(item.info.id.as_str(), Some(owner.path.as_str())))
            .copied()
    }

    /// Whether base has a file where a path of head lay before, and it was asked for and could not be read.
    pub(super) fn is_unread(&self, path: &RepoPath) -> bool {
        let was = self.past.moves.path_in_base(path);
        let snapshot = self.past.side.snapshot;
        snapshot.has_read(&was) && matches!(snapshot.read(was.as_str()), Read::Unread(_))
    }

    /// Whether a line of head stands in base as it is, in a file that base could not parse: who mends the file only
    /// shows what was there.
    pub(super) fn was_unparsed(&self, head: &Snapshot, place: &Place) -> bool {
        let was = self.past.moves.path_in_base(&place.path);
        let snapshot = self.past.side.snapshot;
        if !snapshot.has_read(&was) {
            return false;
        }
        let (Read::Here(before), Read::Here(now)) = (snapshot.read(was.as_str()), head.read(place.path.as_str()))
        else {
            return false;
        };
        let line = place.line.and_then(|line| now.line_span(line));
        let Some(line) = line.map(|span| now.bytes()[span].trim_ascii()) else {
            return false;
        };
        known_unread(&before).is_some()
            && !line.is_empty()
            && before
                .bytes()
                .split(|byte| *byte == b'\n')
                .any(|was| was.trim_ascii() == line)
    }
}

/// For every finding of every item the place where it is shown; `None` for the summary alone.
pub(super) fn places(head: Side<'_>, past: Option<Past<'_>>) -> Vec<Vec<Option<Place>>> {
    let ancestors = past.map(Ancestors::new);
    let of_item = |item: &Assessed| {
        let before = ancestors.as_ref().map(|found| found.of(item)).unwrap_or_default();
        let place = |finding: &Finding| {
            let own = finding.gap.place.clone();
            let lost = || past.and_then(|past| lost_place(item, finding, &before, head.snapshot, past));
            // A file says less than the line that was lost in it.
            let (line, file) = match own {
                Some(place) if place.line.is_some() => (Some(place), None),
                file => (None, file),
            };
            line.or_else(lost).or(file).or_else(|| fallback(item, head.snapshot))
        };
        item.findings.iter().map(place).collect()
    };
    head.items.iter().map(of_item).collect()
}

/// Where an outcome without findings is shown: where base's evidence stood, else as for a missing thing.
pub(super) fn outcome_place(item: &Assessed, before: &Assessed, head: &Snapshot, past: Past<'_>) -> Option<Place> {
    let mut evidence = before.evidence.iter();
    evidence
        .find_map(|found| place_in_head(found, head, past))
        .or_else(|| fallback(item, head))
}

/// Line 1 of the component's manifest, else the policy's line.
fn fallback(item: &Assessed, head: &Snapshot) -> Option<Place> {
    let manifest = item
        .component
        .as_ref()
        .and_then(|component| component.manifest.as_ref());
    if let Some(manifest) = manifest.filter(|path| head.tree.get(path.as_str()).is_some()) {
        return Some(Place::line(manifest, 1));
    }
    let origin = item.origin.as_ref().filter(|origin| origin.in_repository)?;
    Some(Place::line(&RepoPath::new(&origin.path), origin.line))
}

/// Where the thing stood whose loss the finding is.
fn lost_place(
    item: &Assessed,
    finding: &Finding,
    before: &[&Assessed],
    head: &Snapshot,
    past: Past<'_>,
) -> Option<Place> {
    let is_meant = |found: &Evidence| {
        waive::subjects(&finding.gap.subject)
            .any(|part| part == found.subject || part == past.moves.path(&found.subject).as_str())
    };
    let is_lost = |found: &Evidence| !item.evidence.iter().any(|still| still.subject == found.subject);
    let passed = before.iter().filter(|item| item.outcome == OutcomeKind::Pass);
    let evidence: Vec<&Evidence> = passed.flat_map(|item| &item.evidence).collect();
    let named = evidence.iter().filter(|found| is_meant(found));
    let others = evidence.iter().filter(|found| !is_meant(found) && is_lost(found));
    named.chain(others).find_map(|found| place_in_head(found, head, past))
}

fn place_in_head(found: &Evidence, head: &Snapshot, past: Past<'_>) -> Option<Place> {
    let path = past.moves.path(found.place.path.as_str());
    head.tree.get(path.as_str()).filter(|entry| entry.is_file())?;
    let documents = (
        past.side.snapshot.read(found.place.path.as_str()),
        head.read(path.as_str()),
    );
    let (Some(line), (Read::Here(old), Read::Here(new))) = (found.place.line, documents) else {
        return Some(Place::file(&path));
    };
    Some(Place::line(&path, line_in_head(&old, &new, line)))
}

/// The line of head's document where a line of base's document stands, or stood: the line itself where
/// both have it, else the one that follows what preceded it. Always a line that head has, or 1.
pub fn line_in_head(base: &Document, head: &Document, line: u32) -> u32 {
    let (old, new) = (lines(base), lines(head));
    let at = (line.max(1) as usize - 1).min(old.len().saturating_sub(1));
    let before = old.iter().zip(&new).take_while(|(left, right)| left == right).count();
    let rest = (old.len() - before).min(new.len() - before);
    let pairs = old.iter().rev().zip(new.iter().rev());
    let after = pairs.take(rest).take_while(|(left, right)| left == right).count();
    let found = if at < before {
        at
    } else if at >= old.len() - after {
        at + new.len() - old.len()
    } else {
        let (old, new) = (&old[before..old.len() - after], &new[before..new.len() - after]);
        before + between(old, new, at - before)
    };
    u32::try_from(found.min(new.len().saturating_sub(1)) + 1).unwrap_or(u32::MAX)
}

/// Within what differs, lines that both have exactly once hold the rest in place (a patience diff's anchors).
fn between(old: &[&[u8]], new: &[&[u8]], at: usize) -> usize {
    let (first, second) = (unique(old), unique(new));
    let anchors = first
        .into_iter()
        .filter_map(|(line, index)| Some((index, *second.get(line)?)));
    match anchors.filter(|(from, _)| *from <= at).max() {
        Some((from, to)) if from == at => to,
        Some((_, to)) => to + 1,
        None => 0,
    }
}

fn unique<'a>(lines: &[&'a [u8]]) -> BTreeMap<&'a [u8], usize> {
    let mut seen: BTreeMap<&[u8], Option<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        seen.entry(line)
            .and_modify(|known| *known = None)
            .or_insert(Some(index));
    }
    seen.into_iter()
        .filter_map(|(line, index)| Some((line, index?)))
        .collect()
}

fn lines(document: &Document) -> Vec<&[u8]> {
    let spans = (1..=document.line_count()).filter_map(|line| document.line_span(line));
    spans.map(|span| &document.bytes()[span]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(base: &str, head: &str, line: u32) -> u32 {
        line_in_head(&Document::new(base.as_bytes()), &Document::new(head.as_bytes()), line)
    }

    #[test]
    fn a_line_that_is_still_there_is_found() {
        assert_eq!(map("a\nb\nc\n", "a\nb\nc\n", 2), 2);
        assert_eq!(map("a\nb\nc\n", "x\ny\na\nb\nc\n", 2), 4);
        assert_eq!(map("a\nb\nc\nd\n", "a\nX\nc\nY\nd\n", 3), 3);
        assert_eq!(map("1\na\nb\nc\n2\n", "9\na\nnew\nb\nc\n8\n", 3), 4);
    }

    #[test]
    fn a_line_that_is_gone_is_where_it_stood() {
        assert_eq!(map("a\nb\nc\n", "a\nc\n", 2), 2);
        assert_eq!(map("a\nb\nc\n", "a\n", 3), 1);
        assert_eq!(map("a\nb\nc\n", "", 3), 1);
        assert_eq!(map("k\na\nb\nc\nz\n", "q\na\nc\nw\n", 3), 3);
        assert_eq!(map("a\nb\n", "a\nb\n", 99), 2);
    }
}
