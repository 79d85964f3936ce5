//! Head against the merge base: what got worse, what was mended.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::is_setting;
use crate::model::{Change, OutcomeKind, Place, Regression, RegressionKind, RepoPath};

use super::anchor::{Ancestors, Past, outcome_place, places};
use super::matching;
use super::{Assessed, Moves, Side, Standing};

/// What comparing gives, in the order of head's items.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Comparison {
    /// For every item how it compares; `None` for what only head's policy demands.
    pub changes: Vec<Option<Change>>,
    /// For every finding of every item whether base has it not; `None` where that can't be told.
    pub introduced: Vec<Vec<Option<bool>>>,
    /// For every finding of every item where it is shown.
    pub places: Vec<Vec<Option<Place>>>,
    /// What got worse, worst first.
    pub regressions: Vec<Regression>,
}

/// Compares head with the merge base, both judged by one policy on one day.
pub fn compare(head: Side<'_>, base: Side<'_>, moves: &Moves) -> Comparison {
    let past = Past { side: base, moves };
    let ancestors = Ancestors::new(past);
    let matched = matching::matched(head, base, moves);
    let mut comparison = Comparison {
        places: places(head, Some(past)),
        ..Comparison::default()
    };
    for (index, item) in head.items.iter().enumerate() {
        if item.standing == Standing::Preview {
            comparison.changes.push(None);
            comparison.introduced.push(vec![None; item.findings.len()]);
            continue;
        }
        let before = ancestors.of(item);
        let introduced = introduced(item, &matched[index], &before, &ancestors, head);
        let mut worse = new_findings(item, &introduced, &comparison.places[index]);
        worse.extend(lost_outcome(item, &before, head, past, &ancestors));
        comparison.changes.push(Some(change(item, &worse, &before)));
        comparison.introduced.push(introduced);
        comparison.regressions.extend(worse);
    }
    sort(&mut comparison.regressions);
    comparison
}

/// Brings regressions into their order: the gravest first, then by place.
pub(super) fn sort(regressions: &mut [Regression]) {
    regressions.sort_by(|left, right| {
        let key = |found: &Regression| {
            (
                std::cmp::Reverse(found.severity),
                found.path.clone(),
                found.line,
                found.control.clone(),
                found.component.clone(),
                found.kind,
                found.message.clone(),
                found.fingerprint.clone(),
            )
        };
        key(left).cmp(&key(right))
    });
}

/// For every control the paths that its findings stand at.
pub(super) fn placed_paths(items: &[Assessed]) -> BTreeMap<&str, BTreeSet<RepoPath>> {
    let mut paths: BTreeMap<&str, BTreeSet<RepoPath>> = BTreeMap::new();
    for item in items {
        let places = item.findings.iter().filter_map(|finding| finding.gap.place.as_ref());
        let known = paths.entry(&item.info.id).or_default();
        known.extend(places.map(|place| place.path.clone()));
    }
    paths
}

/// Whether base has each finding. Where base itself could not tell, nobody can.
fn introduced(
    item: &Assessed,
    matched: &[bool],
    before: &[&Assessed],
    ancestors: &Ancestors<'_>,
    head: Side<'_>,
) -> Vec<Option<bool>> {
    let untold = before.iter().any(|found| found.outcome == OutcomeKind::Unknown);
    let told = |(finding, known): (&super::Finding, &bool)| {
        let place = finding.gap.place.as_ref();
        let origin = place.and_then(|place| ancestors.at(item, &place.path));
        let untold = untold
            || origin.is_some_and(|found| found.outcome == OutcomeKind::Unknown)
            || place
                .is_some_and(|place| ancestors.is_unread(&place.path) || ancestors.was_unparsed(head.snapshot, place));
        // A setting is read once for both sides: it was so before, even where head alone makes the control ask for it.
        // It stands nowhere in the tree: a file may be called anything.
        let is_setting = place.is_none() && is_setting(&finding.gap.subject);
        match (*known || is_setting, untold) {
            (true, _) => Some(false),
            (false, false) => Some(true),
            (false, true) => None,
        }
    };
    item.findings.iter().zip(matched).map(told).collect()
}

fn new_findings(item: &Assessed, introduced: &[Option<bool>], places: &[Option<Place>]) -> Vec<Regression> {
    if item.outcome != OutcomeKind::Fail {
        return Vec::new();
    }
    let all = item.findings.iter().zip(introduced).zip(places);
    let new = all.filter(|((finding, introduced), _)| finding.waived.is_none() && **introduced == Some(true));
    new.map(|((finding, _), place)| Regression {
        fingerprint: Some(finding.fingerprint.clone()),
        ..regression(
            item,
            RegressionKind::Finding,
            finding.gap.message.clone(),
            place.as_ref(),
        )
    })
    .collect()
}

/// An outcome that was settled and is so no longer, by what the content is now.
fn lost_outcome(
    item: &Assessed,
    before: &[&Assessed],
    head: Side<'_>,
    past: Past<'_>,
    ancestors: &Ancestors<'_>,
) -> Option<Regression> {
    let was = *before.first()?;
    if !matches!(was.outcome, OutcomeKind::Pass | OutcomeKind::Fail) {
        return None;
    }
    let (kind, message) = match item.outcome {
        OutcomeKind::Pass | OutcomeKind::Fail | OutcomeKind::Waived => return None,
        OutcomeKind::Unknown => {
            // A waiver without a path accepts that this is not known.
            let unread = item.unread.as_ref().filter(|unread| unread.cause.is_content())?;
            if item.waiver.is_some() {
                return None;
            }
            let was = was.outcome.as_str();
            let message = format!(
                "this was `{was}` on the merge base and can't be settled now: {}",
                unread.what
            );
            (RegressionKind::Unknown, message)
        }
        OutcomeKind::NotApplicable => {
            // What a new component was split off from is judged by itself.
            let is_split_off = was
                .folder()
                .is_some_and(|folder| past.moves.component(folder).map(RepoPath::as_str) != item.folder());
            // The last script that ran a file was taken out, or the last link: nothing is left that could disagree.
            if item.is_agreement || is_split_off || went_elsewhere(item, before, head, ancestors) {
                return None;
            }
            let (was, reason) = (was.outcome.as_str(), &item.reason);
            let message = format!("this was `{was}` on the merge base and does not apply now: {reason}");
            (RegressionKind::NotApplicable, message)
        }
    };
    let place = outcome_place(item, was, head.snapshot, past);
    Some(regression(item, kind, message, place.as_ref()))
}

/// Whether what a control speaks of is in another component now, where it was not before: it is judged
/// there, so that nothing is lost.
fn went_elsewhere(item: &Assessed, before: &[&Assessed], head: Side<'_>, ancestors: &Ancestors<'_>) -> bool {
    let mut others = head.items.iter().filter(|other| {
        other.info.id == item.info.id
            && other.component != item.component
            && other.outcome != OutcomeKind::NotApplicable
            && other.standing == Standing::Binding
    });
    others.any(|other| {
        // What was split off this component has no past but this one's.
        let is_this = |found: &&Assessed| before.iter().any(|own| own.folder() == found.folder());
        let past = ancestors.of(other);
        past.iter()
            .filter(|found| !is_this(found))
            .all(|found| found.outcome == OutcomeKind::NotApplicable)
    })
}

fn change(item: &Assessed, worse: &[Regression], before: &[&Assessed]) -> Change {
    let failed = before
        .iter()
        .any(|found| matches!(found.outcome, OutcomeKind::Fail | OutcomeKind::Waived));
    if !worse.is_empty() {
        Change::Regressed
    } else if failed && item.outcome == OutcomeKind::Pass {
        Change::Fixed
    } else {
        Change::Unchanged
    }
}

fn regression(item: &Assessed, kind: RegressionKind, message: String, place: Option<&Place>) -> Regression {
    Regression {
        kind,
        control: Some(item.info.id.clone()),
        component: item.folder().map(str::to_owned),
        severity: item.info.severity,
        path: place.map(|place| place.path.as_str().to_owned()),
        line: place.and_then(|place| place.line),
        message,
        fingerprint: None,
        gates: true,
    }
}
