//! What checklists claim against what the evidence says.

use std::collections::{BTreeMap, BTreeSet};

use crate::checklist::{self, Beyond, Binding, Checklist, Item, State, Words};
use crate::model::{
    ChecklistReport, Component, Gap, ItemReport, OutcomeKind, Place, Progress, Related, RepoPath, Severity, Snapshot,
    Unread,
};
use crate::policy::NAMED;
use crate::text::redact;

use super::about::{Seen, Speech};
use super::bound::Bound;
use super::doubts::{Parts, above, not_denied, silent};
use super::report::related;
use super::shows::not_shown;
use super::{Assessed, normalise};

/// What the evidence says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemVerdict {
    /// Said to be done, and all its controls pass.
    Confirmed,
    /// Said to be done, and a control fails.
    Contradicted,
    /// Not said to be done, and all its controls pass.
    UntickedButMet,
    /// Not said to be done, and a control fails.
    Open,
    /// The evidence doesn't decide.
    Unknown,
    /// Somebody vouches for it.
    Attested,
    /// Its gap is accepted.
    Waived,
    /// It concerns nothing that is here.
    NotApplicable,
    /// No control of the policy is bound to it.
    Unmapped,
}

impl ItemVerdict {
    /// The word of the JSON result.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Contradicted => "contradicted",
            Self::UntickedButMet => "unticked-but-met",
            Self::Open => "open",
            Self::Unknown => "unknown",
            Self::Attested => "attested",
            Self::Waived => "waived",
            Self::NotApplicable => "not-applicable",
            Self::Unmapped => "unmapped",
        }
    }
}

/// An item judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldItem {
    /// What the evidence says.
    pub verdict: ItemVerdict,
    /// Why, one sentence without a full stop.
    pub reason: String,
    /// The severity of its gravest control.
    pub severity: Option<Severity>,
    /// The place where a control that contradicts it falls short.
    pub against: Option<Related>,
    /// The first place that speaks for it.
    pub support: Option<Related>,
}

/// A checklist held against the evidence of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The document.
    pub path: RepoPath,
    /// Its items; none where it could not be read.
    pub list: Checklist,
    /// What each item is bound to.
    pub bindings: Vec<Vec<Binding>>,
    /// What the evidence says of each item.
    pub items: Vec<HeldItem>,
    /// How far its controls are met.
    pub progress: Progress,
    /// Why it could not be read.
    pub unread: Option<Unread>,
}

/// The outcomes of one side by control.
type Outcomes<'a> = BTreeMap<&'a str, Vec<&'a Assessed>>;

/// Holds checklists against a side's outcomes: those of the policy's controls, and of the controls made from what the
/// items name, which judge these items and nothing else.
pub fn hold(lists: Vec<Bound>, snapshot: &Snapshot, items: &[Assessed], named: &[Assessed]) -> Vec<Held> {
    let mut outcomes: Outcomes<'_> = BTreeMap::new();
    for item in items.iter().chain(named) {
        // The line asks, so what is not demanded of everyone is demanded here.
        let told = item.asked.as_deref().unwrap_or(item);
        outcomes.entry(&item.info.id).or_default().push(told);
    }
    let held = lists.into_iter();
    held.map(|list| held_list(list, &outcomes, &snapshot.components))
        .collect()
}

fn held_list(bound: Bound, outcomes: &Outcomes<'_>, components: &[Component]) -> Held {
    let Bound {
        path,
        list,
        bindings,
        past,
        unread,
    } = bound;
    let judged = list.items.iter().zip(&bindings).enumerate();
    let speech = Speech::new(&path, &list, components);
    let items = judged.map(|(index, (item, bindings))| {
        let parts = Parts {
            about: if bindings.is_empty() {
                Vec::new()
            } else {
                speech.about(&list, item)
            },
            all: components,
            above: above(&list, item),
        };
        let mut judged = judge(item, bindings, outcomes, &parts);
        if judged.verdict == ItemVerdict::Unmapped && past.binary_search(&index).is_ok() {
            judged.reason = checklist::past_most();
        }
        judged
    });
    let items = items.collect();
    let progress = progress(&list, &bindings, outcomes);
    Held {
        path,
        list,
        bindings,
        items,
        progress,
        unread,
    }
}

/// How many of the controls that items ask for are met; dropped items ask for nothing.
fn progress(list: &Checklist, bindings: &[Vec<Binding>], outcomes: &Outcomes<'_>) -> Progress {
    let live = list.items.iter().zip(bindings);
    let live = live.filter(|(item, _)| item.state != State::Dropped);
    let asked: BTreeSet<&str> = live
        .flat_map(|(_, bindings)| bindings.iter().map(|binding| binding.control.as_str()))
        .collect();
    let mut progress = Progress::default();
    for found in asked.iter().filter_map(|control| outcomes.get(control)) {
        let mut here = found.iter().filter(|found| found.outcome != OutcomeKind::NotApplicable);
        let Some(first) = here.next() else { continue };
        progress.controls += 1;
        let all_pass = first.outcome == OutcomeKind::Pass && here.all(|found| found.outcome == OutcomeKind::Pass);
        progress.met += usize::from(all_pass);
    }
    progress
}

fn judge(item: &Item, bindings: &[Binding], outcomes: &Outcomes<'_>, parts: &Parts<'_>) -> HeldItem {
    let known = bindings
        .iter()
        .filter_map(|binding| outcomes.get(binding.control.as_str()));
    let known: Vec<&Assessed> = known.flatten().copied().collect();
    let told = |verdict, reason: String| HeldItem {
        verdict,
        reason,
        severity: known.iter().map(|found| found.info.severity).max(),
        against: None,
        support: None,
    };
    if known.is_empty() {
        return told(ItemVerdict::Unmapped, unmapped(bindings));
    }
    let seen = known
        .iter()
        .filter_map(|found| Seen::new(found, &parts.about, parts.all));
    let all: Vec<Seen<'_>> = seen.collect();
    let has = |kind: OutcomeKind| all.iter().find(|seen| seen.outcome == kind);
    let because = |seen: &Seen<'_>| format!("`{}`: {}", seen.found.info.id, seen.reason);
    let beyond = Beyond {
        item,
        bindings,
        above: &parts.above,
        words: Words::builtin(),
    };
    let failing = all.iter().filter(|seen| seen.outcome == OutcomeKind::Fail);
    let (denied, doubted): (Vec<_>, Vec<_>) = failing
        .map(|seen| (seen, not_denied(&beyond, seen, &all, parts)))
        .partition(|(_, doubt)| doubt.is_none());
    if let Some((failing, _)) = denied.first() {
        let verdict = if item.state.is_claim() {
            ItemVerdict::Contradicted
        } else {
            ItemVerdict::Open
        };
        return HeldItem {
            against: against(failing),
            ..told(verdict, because(failing))
        };
    }
    if let Some((failing, Some(doubt))) = doubted.first() {
        return told(ItemVerdict::Unknown, format!("{doubt}: {}", because(failing)));
    }
    if let Some(unknown) = has(OutcomeKind::Unknown) {
        return told(ItemVerdict::Unknown, because(unknown));
    }
    if let Some(missing) = missing(bindings, &all, outcomes) {
        return told(ItemVerdict::Unknown, missing);
    }
    let is_told = beyond.is_told();
    if let Some(silent) = silent(bindings, &all).filter(|silent| is_told || silent.is_all) {
        let reason = format!(
            "`{}` looks at what is not here, so nothing shows the line: {}",
            silent.seen.found.info.id, silent.seen.reason
        );
        return told(ItemVerdict::Unknown, reason);
    }
    let Some(applicable) = all.iter().find(|seen| seen.outcome != OutcomeKind::NotApplicable) else {
        return told(ItemVerdict::NotApplicable, because(&all[0]));
    };
    if let Some(waived) = has(OutcomeKind::Waived) {
        return told(ItemVerdict::Waived, because(waived));
    }
    if let Some(attested) = all.iter().find(|seen| seen.found.attestation.is_some()) {
        return told(ItemVerdict::Attested, because(attested));
    }
    // What a control is named after, it looks for exactly.
    let is_named = all.iter().all(|seen| seen.found.info.id.starts_with(NAMED));
    let unshown = if is_named {
        None
    } else {
        not_shown(&beyond, &all, parts)
    };
    if let Some(words) = unshown {
        let reason = format!(
            "what was found does not show `{}`: {}",
            redact(&words),
            because(applicable)
        );
        return told(ItemVerdict::Unknown, reason);
    }
    let verdict = if item.state.is_claim() {
        ItemVerdict::Confirmed
    } else {
        ItemVerdict::UntickedButMet
    };
    let support = all.iter().find_map(|seen| Some((seen.found, seen.evidence()?)));
    HeldItem {
        support: support.map(|(found, evidence)| Related {
            place: evidence.place.clone(),
            message: format!("`{}`: {}", found.info.id, evidence.text),
        }),
        ..told(verdict, because(applicable))
    }
}

/// Why controls that pass don't settle an item: another of its controls says nothing. Nothing that applies needs none.
fn missing(bindings: &[Binding], all: &[Seen<'_>], outcomes: &Outcomes<'_>) -> Option<String> {
    let is_said = |control: &str| all.iter().any(|seen| seen.found.info.id == control);
    let has_applicable = all.iter().any(|seen| seen.outcome != OutcomeKind::NotApplicable);
    let missing = bindings.iter().find(|binding| !is_said(&binding.control))?;
    if !all.is_empty() && !has_applicable {
        return None;
    }
    Some(if outcomes.contains_key(missing.control.as_str()) {
        format!("`{}` says nothing of the part that the line speaks of", missing.control)
    } else {
        format!("it also speaks of `{}`, which the policy has not", missing.control)
    })
}

fn unmapped(bindings: &[Binding]) -> String {
    let names: Vec<String> = bindings
        .iter()
        .map(|binding| format!("`{}`", binding.control))
        .collect();
    if names.is_empty() {
        "no control is bound to it; `[[checklist.bind]]` binds one".to_owned()
    } else {
        format!("it speaks of {}, which the policy has not", names.join(" and "))
    }
}

/// The place at which a failing control falls short, to be shown beside the checklist's line.
fn against(failing: &Seen<'_>) -> Option<Related> {
    let placed = failing.findings().find(|finding| finding.gap.place.is_some());
    let finding = placed.or_else(|| failing.findings().next())?;
    Some(Related {
        place: finding.gap.place.clone()?,
        message: format!("`{}`: {}", failing.found.info.id, finding.gap.message),
    })
}

/// Head's checklists as the result tells them, beside the merge base's where there is one.
pub fn checklist_reports(all: &[Held], base: Option<&[Held]>) -> Vec<ChecklistReport> {
    let done = base.map(|base| {
        let items = base.iter().flat_map(|held| held.list.items.iter());
        let done = items.filter(|item| item.state.is_claim());
        done.map(|item| normalise(&item.text)).collect::<BTreeSet<String>>()
    });
    let reports = all.iter().map(|held| {
        let rows = held.list.items.iter().zip(&held.items).zip(&held.bindings);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for judged in &held.items {
            *counts.entry(judged.verdict.as_str().to_owned()).or_default() += 1;
        }
        let items = rows.map(|((item, judged), bindings)| ItemReport {
            line: item.line,
            text: redact(&item.text),
            state: item.state.as_str().to_owned(),
            controls: bindings.iter().map(|binding| binding.control.clone()).collect(),
            verdict: judged.verdict.as_str().to_owned(),
            reason: judged.reason.clone(),
            evidence: judged.against.as_ref().or(judged.support.as_ref()).map(related),
            newly_done: done
                .as_ref()
                .map(|done| item.state.is_claim() && !done.contains(&normalise(&item.text))),
        });
        ChecklistReport {
            path: held.path.as_str().to_owned(),
            progress: held.progress,
            counts,
            items: items.collect(),
            unread: held.unread.as_ref().map(|unread| unread.what.clone()),
        }
    });
    reports.collect()
}

/// The items that the evidence contradicts, as gaps on the checklist's own lines.
pub(super) fn contradicted(held: &Held) -> Vec<Gap> {
    let rows = held.list.items.iter().zip(&held.items);
    let contradicted = rows.filter(|(_, judged)| judged.verdict == ItemVerdict::Contradicted);
    let gaps = contradicted.map(|(item, judged)| {
        let said = match item.state {
            State::Done => "ticked",
            State::Todo | State::Claimed | State::Partial | State::Blocked | State::Dropped => "said to be done",
        };
        let beside = judged
            .against
            .as_ref()
            .and_then(|found| Some((&found.place.path, found.place.line?)));
        let beside = beside
            .map(|(path, line)| format!(" ({path}:{line})"))
            .unwrap_or_default();
        let message = format!("`{}` is {said}, but {}{beside}", redact(&item.text), judged.reason);
        Gap {
            related: judged.against.iter().cloned().collect(),
            ..gap(held, item, message)
        }
    });
    gaps.collect()
}

/// A gap on an item's line. The item's words, never its line, make the fingerprint.
pub(super) fn gap(held: &Held, item: &Item, message: String) -> Gap {
    let mut place = Place::line(&held.path, item.line);
    place.column = Some(item.column);
    Gap {
        message,
        subject: held.path.as_str().to_owned(),
        words: item.text.clone(),
        place: Some(place),
        related: Vec::new(),
    }
}
