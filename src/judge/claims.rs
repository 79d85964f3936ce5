//! What checklists claim against what the evidence says.

use std::collections::BTreeMap;

use crate::checklist::{self, Binding, Checklist, Item, State, Words};
use crate::model::{
    Cause, ChecklistReport, Gap, ItemReport, OutcomeKind, Place, Read, Related, RepoPath, Severity, Snapshot, Unread,
};
use crate::policy::Bind;
use crate::text::redact;

use super::Assessed;

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
    /// Why it could not be read.
    pub unread: Option<Unread>,
}

/// The outcomes of one side by control.
type Outcomes<'a> = BTreeMap<&'a str, Vec<&'a Assessed>>;

/// Holds the checklists at these paths against a side's outcomes. A path without a file is left out.
pub fn hold(paths: &[RepoPath], binds: &[Bind], snapshot: &Snapshot, items: &[Assessed]) -> Vec<Held> {
    let mut outcomes: Outcomes<'_> = BTreeMap::new();
    for item in items {
        outcomes.entry(&item.info.id).or_default().push(item);
    }
    let held = paths.iter().filter_map(|path| {
        let read = match snapshot.read(path.as_str()) {
            Read::Absent => return None,
            Read::Unread(unread) => Err(unread),
            Read::Here(document) => checklist::read_document(&document).map_err(|why| {
                let cause = match why {
                    checklist::NotRead::NotText(_) => Cause::Encoding,
                    checklist::NotRead::TooLarge(_) => Cause::Size,
                };
                Unread::new(cause, why.to_string(), "")
            }),
        };
        Some(held(path, read, binds, &outcomes))
    });
    held.collect()
}

fn held(path: &RepoPath, read: Result<Checklist, Unread>, binds: &[Bind], outcomes: &Outcomes<'_>) -> Held {
    let (list, unread) = match read {
        Ok(list) => (list, None),
        Err(unread) => (Checklist::default(), Some(unread)),
    };
    let bindings = checklist::bind(&list, Words::builtin(), binds);
    let judged = list.items.iter().zip(&bindings);
    let items = judged.map(|(item, bindings)| judge(item, bindings, outcomes)).collect();
    Held {
        path: path.clone(),
        list,
        bindings,
        items,
        unread,
    }
}

fn judge(item: &Item, bindings: &[Binding], outcomes: &Outcomes<'_>) -> HeldItem {
    let known = bindings
        .iter()
        .filter_map(|binding| outcomes.get(binding.control.as_str()));
    let all: Vec<&Assessed> = known.flatten().copied().collect();
    let told = |verdict, reason: String| HeldItem {
        verdict,
        reason,
        severity: all.iter().map(|found| found.info.severity).max(),
        against: None,
    };
    if all.is_empty() {
        let names: Vec<String> = bindings
            .iter()
            .map(|binding| format!("`{}`", binding.control))
            .collect();
        let reason = if names.is_empty() {
            "no control is bound to it; `[[checklist.bind]]` binds one".to_owned()
        } else {
            format!("it speaks of {}, which the policy has not", names.join(" and "))
        };
        return told(ItemVerdict::Unmapped, reason);
    }
    let missing = bindings
        .iter()
        .find(|binding| !outcomes.contains_key(binding.control.as_str()));
    let has = |kind: OutcomeKind| all.iter().find(|found| found.outcome == kind).copied();
    let because = |found: &Assessed| format!("`{}`: {}", found.info.id, found.reason);
    if let Some(failing) = has(OutcomeKind::Fail) {
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
    if let Some(unknown) = has(OutcomeKind::Unknown) {
        return told(ItemVerdict::Unknown, because(unknown));
    }
    let Some(applicable) = all.iter().find(|found| found.outcome != OutcomeKind::NotApplicable) else {
        return told(ItemVerdict::NotApplicable, because(all[0]));
    };
    if let Some(missing) = missing {
        let reason = format!("it also speaks of `{}`, which the policy has not", missing.control);
        return told(ItemVerdict::Unknown, reason);
    }
    if let Some(waived) = has(OutcomeKind::Waived) {
        return told(ItemVerdict::Waived, because(waived));
    }
    if let Some(attested) = all.iter().find(|found| found.attestation.is_some()) {
        return told(ItemVerdict::Attested, because(attested));
    }
    let verdict = if item.state.is_claim() {
        ItemVerdict::Confirmed
    } else {
        ItemVerdict::UntickedButMet
    };
    told(verdict, because(applicable))
}

/// The place at which a failing control falls short, to be shown beside the checklist's line.
fn against(failing: &Assessed) -> Option<Related> {
    let placed = failing.open_findings().find(|finding| finding.gap.place.is_some());
    let finding = placed.or_else(|| failing.open_findings().next())?;
    Some(Related {
        place: finding.gap.place.clone()?,
        message: format!("`{}`: {}", failing.info.id, finding.gap.message),
    })
}

/// Checklists as the result tells them.
pub fn checklist_reports(all: &[Held]) -> Vec<ChecklistReport> {
    let reports = all.iter().map(|held| {
        let rows = held.list.items.iter().zip(&held.items).zip(&held.bindings);
        let items = rows.map(|((item, judged), bindings)| ItemReport {
            line: item.line,
            text: redact(&item.text),
            state: item.state.as_str().to_owned(),
            controls: bindings.iter().map(|binding| binding.control.clone()).collect(),
            verdict: judged.verdict.as_str().to_owned(),
            reason: judged.reason.clone(),
        });
        ChecklistReport {
            path: held.path.as_str().to_owned(),
            items: items.collect(),
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
