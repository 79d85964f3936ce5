//! What head's policy asks less than base's.

use std::collections::BTreeSet;

use crate::check::{Control, Origin};
use crate::model::{FailOn, Gate, Severity, UnknownRule, WeakeningRule};

use super::stricter::is_at_least;
use super::{Attestation, Bind, Policy, Waiver};

/// What kind of weakening it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WeakeningKind {
    /// `[gate]` lets more pass.
    Gate,
    /// More paths are not looked at.
    Excluded,
    /// A control is gone.
    Removed,
    /// A control is switched off.
    Disabled,
    /// A control's severity is lower.
    Severity,
    /// A control asks for weaker evidence.
    Requires,
    /// A control's check is another one, which can't be shown to ask as much.
    Changed,
    /// A gap is newly accepted, for longer, or for more paths.
    Waiver,
    /// Somebody newly vouches, for longer, or for something else.
    Attestation,
    /// A checklist, or what an item of it is bound to, is gone.
    Checklist,
}

/// One thing that head's policy asks less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weakening {
    /// What kind it is.
    pub kind: WeakeningKind,
    /// The control, if it is about one.
    pub control: Option<String>,
    /// The control's severity in base; `critical` for what weakens all controls, `high` for checklists.
    pub severity: Severity,
    /// What happened, one sentence without a full stop.
    pub message: String,
    /// Where head's policy says so, else where base's policy said otherwise.
    pub origin: Option<Origin>,
}

/// Everything that `head` asks less than `base`, in the order of the kinds, then of the controls.
///
/// A change that can't be shown to be as strict counts; what is stricter, or only worded otherwise, does not.
/// What is about a control that base's policy does not judge weakens nothing.
pub fn compare(base: &Policy, head: &Policy) -> Vec<Weakening> {
    let comparison = Comparison { base, head };
    let mut found = comparison.gate();
    found.extend(comparison.exclude());
    found.extend(comparison.controls());
    found.extend(comparison.waivers());
    found.extend(comparison.attestations());
    found.extend(comparison.checklist());
    found.sort_by(|left, right| key(left).cmp(&key(right)));
    found.dedup();
    found
}

fn key(weakening: &Weakening) -> (WeakeningKind, Option<&str>, u32, &str) {
    let line = weakening.origin.as_ref().map_or(0, |origin| origin.line);
    (weakening.kind, weakening.control.as_deref(), line, &weakening.message)
}

struct Comparison<'a> {
    base: &'a Policy,
    head: &'a Policy,
}

impl Comparison<'_> {
    fn gate(&self) -> Vec<Weakening> {
        let (base, head) = (&self.base.gate, &self.head.gate);
        let places = [&self.head.places.gate, &self.base.places.gate, &self.head.places.policy];
        let origin = places.into_iter().find_map(Clone::clone);
        let messages = gate_messages(base, head);
        let found = messages.into_iter().map(|message| Weakening {
            kind: WeakeningKind::Gate,
            control: None,
            severity: Severity::Critical,
            message,
            origin: origin.clone(),
        });
        found.collect()
    }

    fn exclude(&self) -> Vec<Weakening> {
        let new = self.head.exclude.iter().filter(|glob| {
            let covers = |known: &str| known == glob.source() || is_below(glob.source(), known);
            !self.base.exclude.iter().any(|known| covers(known.source()))
        });
        let found = new.map(|glob| Weakening {
            kind: WeakeningKind::Excluded,
            control: None,
            severity: Severity::Critical,
            message: format!("`{}` is no longer looked at", glob.source()),
            origin: self.head.places.exclude.get(glob.source()).cloned(),
        });
        found.collect()
    }

    fn controls(&self) -> Vec<Weakening> {
        let base = self.base.plan.controls().iter();
        base.flat_map(|base| match control(self.head, &base.info.id) {
            Some(head) => self.changed(base, head),
            None => vec![self.gone(base)],
        })
        .collect()
    }

    fn gone(&self, base: &Control) -> Weakening {
        let id = &base.info.id;
        let (kind, message, origin) = match self.head.places.tuned.get(id) {
            Some(origin) => (
                WeakeningKind::Disabled,
                format!("the control `{id}` is disabled"),
                origin,
            ),
            None => (
                WeakeningKind::Removed,
                format!("the control `{id}` is removed"),
                &base.origin,
            ),
        };
        weakening(kind, base, message, origin)
    }

    fn changed(&self, base: &Control, head: &Control) -> Vec<Weakening> {
        let id = &base.info.id;
        let origin = self.head.places.tuned.get(id).unwrap_or(&head.origin);
        let mut found = Vec::new();
        if head.info.severity < base.info.severity {
            let (from, to) = (base.info.severity.as_str(), head.info.severity.as_str());
            let message = format!("the severity of `{id}` is lowered from {from} to {to}");
            found.push(weakening(WeakeningKind::Severity, base, message, origin));
        }
        if head.info.requires < base.info.requires {
            let (from, to) = (base.info.requires.as_str(), head.info.requires.as_str());
            let message = format!("`{id}` asks for {to} evidence instead of {from}");
            found.push(weakening(WeakeningKind::Requires, base, message, origin));
        }
        if !is_at_least(&base.definition, &head.definition) {
            let message = format!("the check of `{id}` is changed, and can't be shown to ask as much as before");
            found.push(weakening(WeakeningKind::Changed, base, message, &head.origin));
        }
        found
    }

    fn waivers(&self) -> Vec<Weakening> {
        let judged = self
            .head
            .waivers
            .iter()
            .filter_map(|waiver| Some((waiver, control(self.base, &waiver.control)?)));
        let found = judged.filter_map(|(waiver, control)| {
            let message = waiver_message(&self.base.waivers, waiver)?;
            Some(weakening(WeakeningKind::Waiver, control, message, &waiver.origin))
        });
        found.collect()
    }

    fn attestations(&self) -> Vec<Weakening> {
        let head = self.head.attestations.iter();
        let judged = head.filter_map(|attested| Some((attested, control(self.base, &attested.control)?)));
        let found = judged.filter_map(|(attested, control)| {
            let message = attestation_message(&self.base.attestations, attested)?;
            Some(weakening(
                WeakeningKind::Attestation,
                control,
                message,
                &attested.origin,
            ))
        });
        found.collect()
    }

    fn checklist(&self) -> Vec<Weakening> {
        let (base, head) = (&self.base.checklist, &self.head.checklist);
        let dropped = base.files.iter().filter(|path| !head.files.contains(path));
        let mut messages: Vec<String> = dropped
            .map(|path| format!("the checklist `{path}` is no longer read"))
            .collect();
        messages.extend(base.binds.iter().filter_map(|bind| loosened(bind, &head.binds)));
        messages.extend(head.binds.iter().filter_map(|bind| refused(bind, &base.binds)));
        let places = [&self.head.places.checklist, &self.base.places.checklist];
        let origin = places.into_iter().find_map(Clone::clone);
        let found = messages.into_iter().map(|message| Weakening {
            kind: WeakeningKind::Checklist,
            control: None,
            severity: Severity::High,
            message,
            origin: origin.clone(),
        });
        found.collect()
    }
}

fn weakening(kind: WeakeningKind, control: &Control, message: String, origin: &Origin) -> Weakening {
    Weakening {
        kind,
        control: Some(control.info.id.clone()),
        severity: control.info.severity,
        message,
        origin: Some(origin.clone()),
    }
}

fn control<'a>(policy: &'a Policy, id: &str) -> Option<&'a Control> {
    let controls = policy.plan.controls();
    let index = controls
        .binary_search_by(|control| control.info.id.as_str().cmp(id))
        .ok()?;
    controls.get(index)
}

fn gate_messages(base: &Gate, head: &Gate) -> Vec<String> {
    let mut messages = Vec::new();
    if !head.fail_on.is_as_strict_as(base.fail_on) {
        let (from, to): (FailOn, FailOn) = (base.fail_on, head.fail_on);
        messages.push(format!(
            "the gate's `fail-on` is loosened from {} to {}",
            from.as_str(),
            to.as_str()
        ));
    }
    for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
        if (base.unknown_at(severity), head.unknown_at(severity)) == (UnknownRule::Fail, UnknownRule::Report) {
            messages.push(format!(
                "what is unknown of {} controls no longer fails",
                severity.as_str()
            ));
        }
    }
    if (base.weakening, head.weakening) == (WeakeningRule::Approve, WeakeningRule::Report) {
        messages.push("a weakening of the policy no longer needs an approval".to_owned());
    }
    if head.max_waiver_days > base.max_waiver_days {
        let (from, to) = (base.max_waiver_days, head.max_waiver_days);
        messages.push(format!("a gap can be waived for {to} days instead of {from}"));
    }
    messages
}

/// Whether a pattern lies in a folder that is excluded as a whole (`folder/**`, `folder/`).
fn is_below(glob: &str, known: &str) -> bool {
    let folder = known.strip_suffix("**").unwrap_or(known);
    let is_plain = folder.ends_with('/') && !folder.contains(['*', '?', '[', '{', '\\']);
    is_plain && glob.len() > folder.len() && glob.starts_with(folder)
}

fn waiver_message(base: &[Waiver], head: &Waiver) -> Option<String> {
    let same = || base.iter().filter(|known| known.control == head.control);
    let covers = |known: &&Waiver| known.path.is_none() || known.path == head.path;
    if same().filter(covers).any(|known| known.expires >= head.expires) {
        return None;
    }
    let (id, expires) = (&head.control, head.expires);
    Some(if same().any(|known| known.path == head.path) {
        format!("the waiver of `{id}` is lengthened to {expires}")
    } else if same().next().is_some() {
        format!("a waiver of `{id}` is added or widened, until {expires}")
    } else {
        format!("a waiver of `{id}` is added, until {expires}")
    })
}

fn attestation_message(base: &[Attestation], head: &Attestation) -> Option<String> {
    let same = || base.iter().filter(|known| known.control == head.control);
    let says_the_same = |known: &&Attestation| {
        (&known.by, known.on, &known.evidence, &known.digest) == (&head.by, head.on, &head.evidence, &head.digest)
            && paths_of(known) == paths_of(head)
    };
    if same().filter(says_the_same).any(|known| known.expires >= head.expires) {
        return None;
    }
    let (id, expires) = (&head.control, head.expires);
    Some(if same().any(|known| says_the_same(&known)) {
        format!("the attestation of `{id}` is lengthened to {expires}")
    } else if same().next().is_some() {
        format!("the attestation of `{id}` is changed, until {expires}")
    } else {
        format!("an attestation of `{id}` is added, until {expires}")
    })
}

fn paths_of(attestation: &Attestation) -> BTreeSet<&str> {
    attestation.paths.iter().map(String::as_str).collect()
}

/// What base bound an item to and head does not.
fn loosened(base: &Bind, head: &[Bind]) -> Option<String> {
    let now = head.iter().find(|bind| bind.item == base.item);
    let kept = |id: &&String| now.is_some_and(|bind| bind.controls.contains(id));
    let dropped: Vec<String> = base
        .controls
        .iter()
        .filter(|id| !kept(id))
        .map(|id| format!("`{id}`"))
        .collect();
    (!dropped.is_empty()).then(|| {
        let item = super::mistakes::shown(&base.item);
        format!(
            "the checklist item `{item}` is no longer bound to {}",
            dropped.join(", ")
        )
    })
}

/// A binding that head newly refuses, whatever it is computed to be.
fn refused(head: &Bind, base: &[Bind]) -> Option<String> {
    let is_new = !base.iter().any(|bind| bind.item == head.item);
    (is_new && head.controls.is_empty()).then(|| {
        let item = super::mistakes::shown(&head.item);
        format!("the checklist item `{item}` is bound to nothing")
    })
}
