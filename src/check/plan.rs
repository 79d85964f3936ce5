//! All controls of a run: what they need together, and what they make of a snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::model::{
    Cause, Component, ControlInfo, Examined, FactKey, Needs, Outcome, Scope, Snapshot, Strength, Unread,
};

use super::{Control, Engine, View};

/// The controls with their patterns compiled into one pass.
#[derive(Debug)]
pub struct Plan {
    controls: Vec<Control>,
    engine: Engine,
}

/// What one control makes of one component, before waivers and attestations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Which control: an index into `Plan::controls`.
    pub control: usize,
    /// The component; `None` for a control of the whole repository.
    pub component: Option<Component>,
    /// What came of it.
    pub examined: Examined,
    /// Where it does not apply: what a checklist's line that asks for it is told, if the control says when.
    pub asked: Option<Examined>,
}

impl Plan {
    /// A plan of these controls, in the order of their ids.
    pub fn new(mut controls: Vec<Control>) -> Self {
        controls.sort_by(|left, right| left.info.id.cmp(&right.info.id));
        let patterns = controls.iter().flat_map(|control| {
            let when = control.applies_when.iter().chain(&control.asked_when);
            let when = when.flat_map(|condition| condition.patterns());
            when.chain(control.check.patterns()).collect::<Vec<_>>()
        });
        let engine = Engine::new(patterns);
        Self { controls, engine }
    }

    /// The controls.
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// What is still wanted of this snapshot: nothing that was asked for already.
    pub fn needs(&self, snapshot: &Snapshot) -> Needs {
        let each = spread(&self.pairs(snapshot), |(control, component)| {
            self.controls[*control].wants(&self.view(snapshot, *component))
        });
        let all = each.into_iter().fold(Needs::none(), |mut needs, more| {
            needs.unite(more);
            needs
        });
        all.joined()
    }

    /// The facts that the controls ask about, each with the ids of those that do.
    pub fn askers(&self, snapshot: &Snapshot) -> BTreeMap<FactKey, BTreeSet<String>> {
        let mut askers: BTreeMap<FactKey, BTreeSet<String>> = BTreeMap::new();
        for (control, component) in self.pairs(snapshot) {
            let control = &self.controls[control];
            for key in control.facts(&self.view(snapshot, component)) {
                askers.entry(key).or_default().insert(control.info.id.clone());
            }
        }
        askers
    }

    /// What every control makes of the snapshot, by control and component.
    pub fn examine(&self, snapshot: &Snapshot) -> Vec<Judged> {
        spread(&self.pairs(snapshot), |(index, component)| {
            let (control, view) = (&self.controls[*index], self.view(snapshot, *component));
            let examined = control.examine(&view);
            Judged {
                control: *index,
                component: component.cloned(),
                asked: (examined.outcome == Outcome::NotApplicable)
                    .then(|| control.asked(&view))
                    .flatten(),
                examined,
            }
        })
    }

    /// What a control would make of a component if a person's word held for it.
    ///
    /// A control without a check that asks for a word is met by the word alone: it speaks of something
    /// that is provided where no check can look.
    pub fn examine_vouched(&self, control: usize, snapshot: &Snapshot, component: Option<&Component>) -> Examined {
        let check = &self.controls[control].check;
        if check.word_days().is_none() {
            return Examined::pass("it is attested", Vec::new());
        }
        // The strength that a control requires is what the word settles, so it is not asked for again.
        check.examine_vouched(&self.view(snapshot, component))
    }

    fn view<'a>(&'a self, snapshot: &'a Snapshot, component: Option<&'a Component>) -> View<'a> {
        View {
            snapshot,
            component,
            engine: &self.engine,
        }
    }

    fn pairs<'a>(&self, snapshot: &'a Snapshot) -> Vec<(usize, Option<&'a Component>)> {
        let mut pairs = Vec::new();
        for (index, control) in self.controls.iter().enumerate() {
            match control.info.scope {
                Scope::Repository => pairs.push((index, None)),
                Scope::Component => {
                    // What runs is asked of those that have sources; a control of the team's own is asked as it says.
                    let skips = !control.origin.is_own() && control.check.asks_of_sources();
                    let asked = snapshot.components.iter().filter(|found| !(skips && found.is_bare));
                    pairs.extend(asked.map(|found| (index, Some(found))));
                }
            }
        }
        pairs
    }

    /// The controls, to be put into another plan.
    pub fn into_controls(self) -> Vec<Control> {
        self.controls
    }

    /// Leaves those controls that are to be kept.
    pub fn retain(&mut self, keep: impl Fn(&ControlInfo) -> bool) {
        let mut controls = std::mem::take(&mut self.controls);
        controls.retain(|control| keep(&control.info));
        *self = Self::new(controls);
    }

    /// The ids of all controls.
    pub fn ids(&self) -> BTreeSet<&str> {
        self.controls.iter().map(|control| control.info.id.as_str()).collect()
    }
}

/// The most threads that controls are spread over.
const MOST_THREADS: usize = 16;

/// What `work` makes of each, in order, on as many threads as there are cores.
///
/// Not on rayon's: a control may fill what is kept of a snapshot, and do so with rayon. While a thread of rayon waits
/// for that it takes up other work, which would be another control that wants the same, and waits for itself.
fn spread<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(MOST_THREADS).min(all.len());
    if threads <= 1 {
        return all.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(index) else { return done };
            done.push((index, work(one)));
        }
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let spread: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let joined = spread.into_iter().map(|thread| match thread.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.flatten().collect()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, one)| one).collect()
}

impl Control {
    fn wants(&self, view: &View<'_>) -> Needs {
        let mut needs = Needs::none();
        if let Some(condition) = &self.applies_when {
            needs = condition.wants(view);
            // What decides whether it applies is read first; where it does not apply, no more is.
            if needs.wants_files() {
                return needs;
            }
            if is_out(&condition.applies(view)) {
                let Some(asked) = &self.asked_when else { return needs };
                needs.unite(asked.wants(view));
                if needs.wants_files() || is_out(&asked.applies(view)) {
                    return needs;
                }
            }
        }
        needs.unite(self.check.wants(view));
        needs
    }

    /// The facts that it asks about, where it applies.
    fn facts(&self, view: &View<'_>) -> BTreeSet<FactKey> {
        let mut facts = BTreeSet::new();
        if let Some(condition) = &self.applies_when {
            facts.extend(condition.facts(view));
            if is_out(&condition.applies(view)) {
                let Some(asked) = &self.asked_when else { return facts };
                facts.extend(asked.facts(view));
                if is_out(&asked.applies(view)) {
                    return facts;
                }
            }
        }
        facts.extend(self.check.facts(view));
        facts
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        if let Some(condition) = &self.applies_when {
            let applies = condition.applies(view);
            match applies.outcome {
                Outcome::Pass => {}
                Outcome::Fail | Outcome::NotApplicable => {
                    return Examined::not_applicable(applies.reason);
                }
                Outcome::Unknown(_) => return applies,
            }
        }
        self.require_strength(self.check.examine(view))
    }

    /// What a line that asks for it is told where the control does not apply; nothing where it is not to be asked either.
    fn asked(&self, view: &View<'_>) -> Option<Examined> {
        let asked = self.asked_when.as_ref()?.applies(view);
        (asked.outcome == Outcome::Pass).then(|| self.require_strength(self.check.examine(view)))
    }

    /// Evidence below the required strength settles nothing: what is only present may be wired or not.
    fn require_strength(&self, examined: Examined) -> Examined {
        let required = self.info.requires;
        let reached = examined
            .evidence
            .iter()
            .map(|found| found.strength)
            .max()
            .unwrap_or_default();
        if examined.outcome != Outcome::Pass || reached >= required || required == Strength::Present {
            return examined;
        }
        let what = format!("{}: {}", examined.reason, not_reached(required));
        let evidence = examined.evidence;
        let settle = "attest it, or wait for a check that follows the code";
        Examined::unknown(Unread::new(Cause::Unmodelled, what, settle)).with_evidence(evidence)
    }
}

/// What evidence below a strength leaves open.
fn not_reached(required: Strength) -> &'static str {
    match required {
        Strength::Present => "that it is there was not seen",
        Strength::Wired => "it is there, and that production uses it was not seen",
        Strength::Proven => "it is there, and that it works was not seen",
    }
}

/// Whether a control does not apply, by what its `applies-when` says.
fn is_out(applies: &Examined) -> bool {
    matches!(applies.outcome, Outcome::Fail | Outcome::NotApplicable)
}
