//! One side judged: what every control makes of a snapshot, after attestations and waivers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::{Judged, Origin, UNATTESTED};
use crate::model::{
    Attested, Cause, Component, ControlInfo, Date, Evidence, Examined, Gap, Notice, Outcome, OutcomeKind, Snapshot,
    Unread, Waived,
};
use crate::policy::{NAMED, Policy};

use super::fingerprint::{Identity, fingerprint, normalise};
use super::{notice, vouch, waive};

/// Whether a control's outcome may gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Standing {
    /// The policy that judges demands it.
    #[default]
    Binding,
    /// Only head's policy has it: it is shown and does not gate.
    Preview,
}

/// One place where a control falls short, known by its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What the check saw.
    pub gap: Gap,
    /// Which finding it is, by the names of the side that it was found on.
    pub fingerprint: String,
    /// The waiver that accepts it.
    pub waived: Option<Waived>,
}

/// A control's outcome for one component (or the repository) on one side.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessed {
    /// The control.
    pub info: Arc<ControlInfo>,
    /// Where it is demanded; `None` for a control that no policy writes out.
    pub origin: Option<Origin>,
    /// The component; `None` for a control of the whole repository.
    pub component: Option<Component>,
    /// The outcome, after attestations and waivers.
    pub outcome: OutcomeKind,
    /// Why it is unknown.
    pub unread: Option<Unread>,
    /// One sentence that a person understands, without a full stop.
    pub reason: String,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// Where it falls short, accepted gaps among them, in the order of their places.
    pub findings: Vec<Finding>,
    /// The waiver that accepts its gaps, or some of them. An unknown outcome with one does not gate.
    pub waiver: Option<Waived>,
    /// The word that it passes by.
    pub attestation: Option<Attested>,
    /// Whether it may gate.
    pub standing: Standing,
    /// Whether its check asks only that something is not there.
    pub is_absence: bool,
    /// Whether it asks that things agree which need not be there.
    pub is_agreement: bool,
    /// Where it does not apply: what a checklist's line that asks for it is told. No more comes of it.
    pub asked: Option<Box<Assessed>>,
}

/// One side judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assessment {
    /// Every (control, component) pair, by id and path.
    pub items: Vec<Assessed>,
    /// Waivers and attestations that are expired, void or not needed, by place.
    pub notices: Vec<Notice>,
}

/// A snapshot with what was made of it.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The repository.
    pub snapshot: &'a Snapshot,
    /// What the controls make of it.
    pub items: &'a [Assessed],
}

impl Assessed {
    /// An outcome before attestations and waivers. Gaps are brought into the order of their places, and
    /// one that is told twice is kept once.
    pub fn new(
        info: Arc<ControlInfo>,
        origin: Option<Origin>,
        component: Option<Component>,
        examined: Examined,
    ) -> Self {
        let folder = component.as_ref().map(|found| found.path.as_str());
        let findings = identify(&info.id, folder, examined.gaps);
        let (outcome, unread) = match examined.outcome {
            Outcome::Pass => (OutcomeKind::Pass, None),
            Outcome::Fail => (OutcomeKind::Fail, None),
            Outcome::Unknown(unread) => (OutcomeKind::Unknown, Some(unread)),
            Outcome::NotApplicable => (OutcomeKind::NotApplicable, None),
        };
        Self {
            info,
            origin,
            component,
            outcome,
            unread,
            reason: examined.reason,
            evidence: examined.evidence,
            findings,
            waiver: None,
            attestation: None,
            standing: Standing::Binding,
            is_absence: false,
            is_agreement: false,
            asked: None,
        }
    }

    /// The same, shown and not gating.
    #[must_use]
    pub fn preview(mut self) -> Self {
        self.standing = Standing::Preview;
        self
    }

    /// The component's folder as the result names it.
    pub fn folder(&self) -> Option<&str> {
        self.component.as_ref().map(|component| component.path.as_str())
    }

    /// The findings that nobody has accepted.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.waived.is_none())
    }
}

/// Gaps in the order of their places, each once, with its fingerprint.
fn identify(control: &str, component: Option<&str>, mut gaps: Vec<Gap>) -> Vec<Finding> {
    gaps.sort_by(|left, right| {
        let key = |gap: &Gap| {
            (
                gap.place.clone(),
                gap.subject.clone(),
                normalise(&gap.words),
                gap.message.clone(),
            )
        };
        key(left).cmp(&key(right))
    });
    gaps.dedup_by(|later, earlier| {
        later.place == earlier.place
            && later.subject == earlier.subject
            && later.words == earlier.words
            && later.message == earlier.message
    });
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut findings = Vec::with_capacity(gaps.len());
    for gap in gaps {
        let count = seen.entry((gap.subject.clone(), normalise(&gap.words))).or_default();
        let identity = Identity {
            control,
            component,
            subject: &gap.subject,
            words: &gap.words,
            occurrence: *count,
        };
        *count += 1;
        findings.push(Finding {
            fingerprint: fingerprint(&identity),
            gap,
            waived: None,
        });
    }
    findings
}

/// Judges one side: examines it, and weighs the attestations and waivers on this day.
pub fn assess(policy: &Policy, snapshot: &Snapshot, as_of: Date) -> Assessment {
    let controls = policy.plan.controls();
    let infos: Vec<Arc<ControlInfo>> = controls.iter().map(|control| Arc::new(control.info.clone())).collect();
    let judged = policy.plan.examine(snapshot);
    let applying = judged
        .iter()
        .filter(|judged| judged.examined.outcome != Outcome::NotApplicable);
    let applying: BTreeSet<usize> = applying.map(|judged| judged.control).collect();
    let mut scales = Scales::new(policy, snapshot, as_of);
    let mut items: Vec<Assessed> = judged
        .into_iter()
        .map(
            |Judged {
                 control,
                 component,
                 examined,
                 asked,
             }| {
                let origin = controls[control].origin.clone();
                // What is provided where no pack looks is attested, too: only where a pack says by itself that all of it
                // concerns nothing here, and nowhere else, has a person the last word.
                let is_beside = !applying.contains(&control) && !origin.is_own();
                let asked = asked.map(|examined| {
                    let (info, origin) = (Arc::clone(&infos[control]), Some(origin.clone()));
                    let asked = Assessed::new(info, origin, component.clone(), examined);
                    // A word that was given settles the control itself: what is asked lacks one.
                    Box::new(if lacks_a_word_alone(&asked) {
                        unattested(asked)
                    } else {
                        asked
                    })
                });
                let item = Assessed::new(Arc::clone(&infos[control]), Some(origin), component, examined);
                let mut item = scales.vouch(item, control, if is_beside { Reach::Beside } else { Reach::Within });
                item.is_absence = controls[control].check.is_absence();
                item.is_agreement = controls[control].check.is_agreement();
                // Where it applies to one part, it is that part of which a line speaks.
                let is_asked = item.outcome == OutcomeKind::NotApplicable && !applying.contains(&control);
                item.asked = asked.filter(|_| is_asked);
                scales.waive(item)
            },
        )
        .collect();
    items.sort_by(|left, right| (&left.info.id, left.folder()).cmp(&(&right.info.id, right.folder())));
    Assessment {
        items,
        notices: notice::notices(&scales, policy, as_of),
    }
}

/// Whether nothing but a person's word is missing.
fn lacks_a_word_alone(item: &Assessed) -> bool {
    item.findings.iter().all(|finding| finding.gap.subject == UNATTESTED)
}

/// What nobody ever vouched for is not known to be missing: no machine can see it. A word that expired or that
/// a change made void is another thing: it leaves the gap.
fn unattested(mut item: Assessed) -> Assessed {
    if item.outcome == OutcomeKind::Fail && !item.findings.is_empty() {
        item.outcome = OutcomeKind::Unknown;
        item.findings.clear();
        let settle = format!("an `[[attestation]]` of `{}` in the policy", item.info.id);
        item.unread = Some(Unread::new(Cause::Unmodelled, item.reason.clone(), settle));
    }
    item
}

/// What a word was given for counts as wanted, whatever a pack says; without the word nothing is known of it.
fn refused_beside(mut item: Assessed, refused: &[String]) -> Assessed {
    item.reason = format!("{}; {}", item.reason, refused.join("; "));
    item.outcome = OutcomeKind::Unknown;
    let settle = format!("a new `[[attestation]]` of `{}` in the policy", item.info.id);
    item.unread = Some(Unread::new(Cause::Unmodelled, item.reason.clone(), settle));
    item
}

/// Whether any of what a control looks at is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// In one component at least, or the team wrote itself when it applies.
    Within,
    /// Nowhere, by a pack's word.
    Beside,
}

/// The policy's attestations and waivers, and which of them were of use.
pub(super) struct Scales<'a> {
    policy: &'a Policy,
    snapshot: &'a Snapshot,
    /// The attestations, and whether something passes by each.
    pub words: Vec<(vouch::Weighed<'a>, bool)>,
    /// The waivers, and whether each accepts something.
    pub waivers: Vec<(waive::Weighed<'a>, bool)>,
    /// What became of each control before any of them had its say.
    pub outcomes: BTreeMap<String, Vec<OutcomeKind>>,
}

impl<'a> Scales<'a> {
    fn new(policy: &'a Policy, snapshot: &'a Snapshot, as_of: Date) -> Self {
        let days = |id: &str| {
            let found = policy.plan.controls().iter().find(|control| control.info.id == id);
            found.and_then(|control| control.check.word_days())
        };
        // What speaks of a thing that a checklist names is weighed where those are judged.
        let ids = policy.plan.ids();
        let is_asked = |control: &str| !control.starts_with(NAMED) || ids.contains(control);
        let words = policy.attestations.iter().filter(|word| is_asked(&word.control));
        let waivers = policy.waivers.iter().filter(|waiver| is_asked(&waiver.control));
        Self {
            policy,
            snapshot,
            outcomes: BTreeMap::new(),
            words: words
                .map(|word| (vouch::weigh(word, snapshot, as_of, days(&word.control)), false))
                .collect(),
            waivers: waivers
                .map(|waiver| (waive::weigh(waiver, &policy.gate, as_of), false))
                .collect(),
        }
    }

    /// Lets a word settle what fails or is unknown, and what no pack looks at. What passes needs none.
    fn vouch(&mut self, mut item: Assessed, control: usize, reach: Reach) -> Assessed {
        self.outcomes
            .entry(item.info.id.clone())
            .or_default()
            .push(item.outcome);
        match (item.outcome, reach) {
            (OutcomeKind::Fail | OutcomeKind::Unknown, _) | (OutcomeKind::NotApplicable, Reach::Beside) => {}
            (OutcomeKind::NotApplicable, Reach::Within) | (OutcomeKind::Pass | OutcomeKind::Waived, _) => return item,
        }
        let mut best: Option<(usize, Attested)> = None;
        let mut refused = Vec::new();
        for (index, (word, _)) in self.words.iter().enumerate() {
            if word.attestation.control != item.info.id || !word.is_about(item.component.as_ref()) {
                continue;
            }
            match &word.standing {
                Ok(attested) if best.as_ref().is_none_or(|(_, known)| attested.expires > known.expires) => {
                    best = Some((index, attested.clone()));
                }
                Ok(_) => {}
                Err(why) => refused.push(format!("the attestation by {} {}", word.attestation.by, why.words)),
            }
        }
        let Some((index, attested)) = best else {
            if item.outcome == OutcomeKind::NotApplicable && !refused.is_empty() {
                return refused_beside(item, &refused);
            }
            if refused.is_empty() && lacks_a_word_alone(&item) {
                return unattested(item);
            }
            for sentence in refused {
                item.reason = format!("{}; {sentence}", item.reason);
            }
            return item;
        };
        self.words[index].1 = true;
        let plan = &self.policy.plan;
        let examined = match item.outcome {
            // The check looks at nothing here: all that is said of it is the word.
            OutcomeKind::NotApplicable => Examined::pass("it is attested", Vec::new()),
            OutcomeKind::Pass | OutcomeKind::Fail | OutcomeKind::Unknown | OutcomeKind::Waived => {
                plan.examine_vouched(control, self.snapshot, item.component.as_ref())
            }
        };
        let passes = examined.outcome == Outcome::Pass;
        let word = format!("attested by {} until {}", attested.by, attested.expires);
        let mut settled = Assessed::new(item.info, item.origin, item.component, examined);
        if passes {
            settled.reason = word;
        } else {
            settled.reason = format!("{}; the rest is {word}", settled.reason);
        }
        if settled.evidence.is_empty() {
            settled.evidence = item.evidence;
        }
        settled.attestation = Some(attested);
        settled
    }

    /// Accepts gaps. What passes has none, and what is unknown stays unknown: a waiver without a path
    /// only keeps it from gating.
    fn waive(&mut self, mut item: Assessed) -> Assessed {
        if !matches!(item.outcome, OutcomeKind::Fail | OutcomeKind::Unknown) {
            return item;
        }
        let is_unknown = item.outcome == OutcomeKind::Unknown;
        let mut refused = Vec::new();
        for (waiver, used) in &mut self.waivers {
            if waiver.waiver.control != item.info.id {
                continue;
            }
            let waived = match &waiver.standing {
                Ok(waived) => waived,
                Err(why) => {
                    refused.push(format!("the waiver of {} {}", waiver.waiver.owner, why.words));
                    continue;
                }
            };
            let open = item.findings.iter_mut().filter(|finding| finding.waived.is_none());
            let covered: Vec<&mut Finding> = open.filter(|finding| waiver.covers(&finding.gap)).collect();
            let accepts_unknown = is_unknown && !waiver.is_limited();
            if covered.is_empty() && !accepts_unknown {
                continue;
            }
            *used = true;
            covered
                .into_iter()
                .for_each(|finding| finding.waived = Some(waived.clone()));
            item.waiver.get_or_insert_with(|| waived.clone());
        }
        conclude(&mut item, refused);
        item
    }
}

/// The outcome and reason once every waiver had its say.
fn conclude(item: &mut Assessed, refused: Vec<String>) {
    let open = item.open_findings().count();
    let accepted = item.findings.len() - open;
    if let Some(waiver) = &item.waiver {
        let by = format!("{} until {}: {}", waiver.owner, waiver.expires, waiver.reason);
        if item.outcome == OutcomeKind::Unknown {
            item.reason = format!("{}; accepted by {by}", item.reason);
        } else if open == 0 {
            item.outcome = OutcomeKind::Waived;
            item.reason = format!("{}; accepted by {by}", item.reason);
        } else {
            let total = item.findings.len();
            item.reason = format!("{}; {accepted} of {total} gaps accepted by {by}", item.reason);
        }
    }
    if open > 0 || item.waiver.is_none() {
        for sentence in refused {
            item.reason = format!("{}; {sentence}", item.reason);
        }
    }
}
