//! The boolean tree of a control's check, in three-valued logic.

use std::collections::BTreeSet;

use crate::model::{Evidence, Examined, FactKey, Gap, Needs, Outcome};

use super::{Check, Leaf, Pattern, UNATTESTED, View};

/// A check, or several joined.
#[derive(Debug)]
pub enum Condition {
    /// All must hold.
    All(Vec<Condition>),
    /// One must hold.
    Any(Vec<Condition>),
    /// None may hold.
    None(Vec<Condition>),
    /// One check of one kind.
    One(Leaf),
}

/// What a condition is asked for: that says what a part means that speaks of nothing here.
#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// To judge: the other parts are what counts.
    Judge,
    /// To say whether a control applies: where a part of `all` has nothing to speak of, it does not.
    Apply,
}

impl Condition {
    /// What its checks want to see and nobody has read yet.
    pub fn needs(&self, view: &View<'_>) -> Needs {
        self.wants(view).joined()
    }

    pub(super) fn wants(&self, view: &View<'_>) -> Needs {
        match self {
            Self::One(leaf) => leaf.wants(view),
            Self::Any(parts) => {
                let needs = united(parts.iter().map(|part| part.wants(view)));
                // Where one is met by what is known already, the others change nothing.
                if !needs.is_empty() && parts.iter().any(|part| part.is_met(view)) {
                    return Needs::none();
                }
                needs
            }
            Self::All(parts) | Self::None(parts) => united(parts.iter().map(|part| part.wants(view))),
        }
    }

    /// Whether all that it wants is there, and it holds.
    fn is_met(&self, view: &View<'_>) -> bool {
        self.wants(view).is_empty() && self.examine(view).outcome == Outcome::Pass
    }

    /// The facts that its checks ask about, known or not.
    pub(super) fn facts(&self, view: &View<'_>) -> BTreeSet<FactKey> {
        match self {
            Self::One(leaf) => leaf.check().needs(view).facts,
            Self::Any(parts) => {
                let met = parts.iter().find(|part| part.is_met(view));
                let is_open = parts.iter().any(|part| !part.wants(view).is_empty());
                match met.filter(|_| is_open) {
                    Some(part) => part.facts(view),
                    None => parts.iter().flat_map(|part| part.facts(view)).collect(),
                }
            }
            Self::All(parts) | Self::None(parts) => parts.iter().flat_map(|part| part.facts(view)).collect(),
        }
    }

    /// The text patterns of its checks.
    pub fn patterns(&self) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        self.each(&mut |check| patterns.extend_from_slice(check.patterns()));
        patterns
    }

    /// What it makes of the snapshot.
    pub fn examine(&self, view: &View<'_>) -> Examined {
        self.examine_with(view, &|leaf| leaf.examine(view), Purpose::Judge, "any")
    }

    /// Whether a control applies that is asked only where this holds.
    pub fn applies(&self, view: &View<'_>) -> Examined {
        self.examine_with(view, &|leaf| leaf.examine(view), Purpose::Apply, "any")
    }

    /// What it makes of the snapshot when a person's word holds: every check that asks for one is met.
    pub fn examine_vouched(&self, view: &View<'_>) -> Examined {
        let examine = |leaf: &Leaf| match leaf.check().word_days() {
            Some(_) => Examined::pass("it is attested", Vec::new()),
            None => leaf.examine(view),
        };
        self.examine_with(view, &examine, Purpose::Judge, "any")
    }

    /// `trail` says where in the tree it stands.
    fn examine_with(
        &self,
        view: &View<'_>,
        examine: &impl Fn(&Leaf) -> Examined,
        purpose: Purpose,
        trail: &str,
    ) -> Examined {
        let each = |parts: &[Condition]| {
            let parts = parts.iter().enumerate();
            parts
                .map(|(index, part)| part.examine_with(view, examine, purpose, &format!("{trail}.{index}")))
                .collect()
        };
        match self {
            Self::One(leaf) => examine(leaf),
            Self::All(parts) => match purpose {
                Purpose::Judge => all(each(parts)),
                Purpose::Apply => all_apply(each(parts)),
            },
            Self::Any(parts) => named(any(without_guards(parts, each(parts))), trail),
            Self::None(parts) => {
                let each = parts.iter().zip(each(parts));
                none(each.map(|(part, examined)| part.wished(view, examined)).collect())
            }
        }
    }

    /// What does not hold, told to somebody who wishes so.
    fn wished(&self, view: &View<'_>, mut examined: Examined) -> Examined {
        if let Self::One(leaf) = self
            && examined.outcome == Outcome::Fail
            && let Some(reason) = leaf.check().wished(view, &examined)
        {
            examined.reason = reason;
        }
        examined
    }

    /// Whether all that it asks is that something is not there, or a word for where it is.
    pub fn is_absence(&self) -> bool {
        let is_word = |part: &Self| matches!(part, Self::One(leaf) if leaf.check().word_days().is_some());
        match self {
            Self::None(_) => true,
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().any(Self::is_absence) && parts.iter().all(|part| is_word(part) || part.is_absence())
            }
            Self::One(leaf) => leaf.check().asks_absence(),
        }
    }

    /// Whether it takes a person's word unless something is there, and asks for nothing else.
    fn is_excuse(&self) -> bool {
        let is_word = |part: &Self| matches!(part, Self::One(leaf) if leaf.check().word_days().is_some());
        match self {
            Self::All(parts) => {
                parts.iter().any(is_word)
                    && parts.iter().any(|part| matches!(part, Self::None(_)))
                    && (parts.iter()).all(|part| is_word(part) || matches!(part, Self::None(_)))
            }
            _ => false,
        }
    }

    /// The longest time, in days, for which a word counts; `None` when no check asks for one.
    pub fn word_days(&self) -> Option<u32> {
        let mut days: Option<u32> = None;
        self.each(&mut |check| {
            if let Some(limit) = check.word_days() {
                days = Some(days.map_or(limit, |known| known.min(limit)));
            }
        });
        days
    }

    /// Whether all of it asks only that things agree which need not be there.
    pub fn is_agreement(&self) -> bool {
        let mut is_one = true;
        self.each(&mut |check| is_one &= check.asks_agreement());
        is_one
    }

    /// Whether any of it asks for something of what runs.
    pub fn asks_of_sources(&self) -> bool {
        let mut asks = false;
        self.each(&mut |check| asks |= check.asks_of_sources());
        asks
    }

    fn each(&self, visit: &mut impl FnMut(&dyn Check)) {
        match self {
            Self::One(leaf) => visit(leaf.check()),
            Self::All(parts) | Self::Any(parts) | Self::None(parts) => {
                parts.iter().for_each(|part| part.each(visit));
            }
        }
    }
}

fn united(each: impl IntoIterator<Item = Needs>) -> Needs {
    each.into_iter().fold(Needs::none(), |mut needs, more| {
        needs.unite(more);
        needs
    })
}

/// What is missing in all of several ways is one thing, however each way falls short today: by its place in the
/// tree it is known again when a file comes or goes that one of the ways looks at.
fn named(mut examined: Examined, trail: &str) -> Examined {
    if let [gap] = examined.gaps.as_mut_slice()
        && !has_line(gap)
    {
        trail.clone_into(&mut gap.words);
    }
    examined
}

/// `any = [{ none = […] }, …]` asks for the rest unless the first holds: what stands in its way is no place to mend. Nor is
/// what stands in the way of a word, as in `{ all = [{ none = […] }, { attestation = … }] }`, where the rest has a place.
fn without_guards(parts: &[Condition], mut examined: Vec<Examined>) -> Vec<Examined> {
    let guards = parts
        .iter()
        .take_while(|part| matches!(part, Condition::None(_)))
        .count();
    let mut rest = examined.iter().skip(guards);
    let has_rest = rest.any(|part| part.outcome != Outcome::NotApplicable);
    let fails = |part: &Examined| part.outcome == Outcome::Fail;
    let is_closed =
        |part: &Condition, examined: &Examined| fails(examined) && part.is_excuse() && !is_only_a_word(examined);
    let has_place = (parts.iter().zip(&examined).skip(guards))
        .any(|(part, examined)| fails(examined) && !is_closed(part, examined) && examined.gaps.iter().any(has_line));
    let mut index = 0;
    examined.retain(|part| {
        index += 1;
        let is_guard = has_rest && index <= guards && fails(part);
        let is_closed = has_place && parts.get(index - 1).is_some_and(|condition| is_closed(condition, part));
        !is_guard && !is_closed
    });
    examined
}

fn has_line(gap: &Gap) -> bool {
    gap.place.as_ref().is_some_and(|place| place.line.is_some())
}

/// The parts that speak of something here; `Err` when none does.
fn applicable(parts: Vec<Examined>) -> Result<Vec<Examined>, Box<Examined>> {
    let reason = parts
        .first()
        .map_or_else(|| "it asks for nothing".to_owned(), |part| part.reason.clone());
    let kept: Vec<Examined> = parts
        .into_iter()
        .filter(|part| part.outcome != Outcome::NotApplicable)
        .collect();
    if kept.is_empty() {
        Err(Box::new(Examined::not_applicable(reason)))
    } else {
        Ok(kept)
    }
}

fn first_unknown(parts: &[Examined]) -> Option<Examined> {
    parts
        .iter()
        .find(|part| matches!(part.outcome, Outcome::Unknown(_)))
        .cloned()
}

pub(super) fn all(parts: Vec<Examined>) -> Examined {
    let parts = match applicable(parts) {
        Ok(parts) => parts,
        Err(nothing) => return *nothing,
    };
    let mut failing: Vec<&Examined> = parts.iter().filter(|part| part.outcome == Outcome::Fail).collect();
    // A word about what is not there is not asked for.
    if !failing.iter().all(|part| is_only_a_word(part)) {
        failing.retain(|part| !is_only_a_word(part));
    }
    if !failing.is_empty() {
        let gaps: Vec<Gap> = failing.iter().flat_map(|part| part.gaps.clone()).collect();
        let evidence = collect_evidence(&parts);
        return Examined::fail(join_reasons(failing), gaps).with_evidence(evidence);
    }
    if let Some(unknown) = first_unknown(&parts) {
        return unknown;
    }
    Examined::pass(join_reasons(&parts), collect_evidence(&parts))
}

/// All parts hold here: a server and a database, where there is no server, are not there.
fn all_apply(parts: Vec<Examined>) -> Examined {
    let nothing = parts.iter().find(|part| part.outcome == Outcome::NotApplicable);
    match nothing {
        Some(part) => Examined::not_applicable(part.reason.clone()),
        None => all(parts),
    }
}

fn any(parts: Vec<Examined>) -> Examined {
    let parts = match applicable(parts) {
        Ok(parts) => parts,
        Err(nothing) => return *nothing,
    };
    let passing: Vec<&Examined> = parts.iter().filter(|part| part.outcome == Outcome::Pass).collect();
    if let Some(first) = passing.first() {
        let evidence = passing.iter().flat_map(|part| part.evidence.clone()).collect();
        return Examined::pass(first.reason.clone(), evidence);
    }
    if let Some(unknown) = first_unknown(&parts) {
        return unknown;
    }
    // Where a person's word would do, what is not found here may still be so elsewhere: only the word is missing.
    if let Some(word) = parts.iter().find(|part| is_only_a_word(part)) {
        let found = parts.iter().find(|part| !is_only_a_word(part));
        let reason = found.map_or_else(
            || word.reason.clone(),
            |found| format!("{}; {}", found.reason, word.reason),
        );
        return Examined::fail(reason, word.gaps.clone());
    }
    let reason = alternatives(&parts);
    let gaps = merge_alternatives(&parts, &reason);
    Examined::fail(reason, gaps)
}

/// Whether nothing but a person's word is missing.
fn is_only_a_word(part: &Examined) -> bool {
    !part.gaps.is_empty() && part.gaps.iter().all(|gap| gap.subject == UNATTESTED)
}

/// Several things of which one would do are one gap, unless some of them have places to show.
fn merge_alternatives(parts: &[Examined], reason: &str) -> Vec<Gap> {
    let gaps: Vec<Gap> = parts.iter().flat_map(|part| part.gaps.clone()).collect();
    // A line that falls short is a place to mend; a file that only lacks something is one alternative of several.
    if gaps.iter().any(has_line) {
        // Two of the ways may stumble over the same place: it is mended once.
        let mut seen = BTreeSet::new();
        let shown = gaps.into_iter().filter(has_line);
        return shown
            .filter(|gap| {
                let place = gap.place.as_ref();
                seen.insert(place.map(|place| (place.path.clone(), place.line, place.column)))
            })
            .collect();
    }
    if let [one] = gaps.as_slice() {
        return vec![one.clone()];
    }
    let mut subjects: Vec<&str> = gaps.iter().map(|gap| gap.subject.as_str()).collect();
    subjects.dedup();
    vec![Gap::missing(subjects.join(" | "), reason)]
}

/// Why none of several ways is gone; of many, nobody reads all.
fn alternatives(parts: &[Examined]) -> String {
    let has_line = |part: &&Examined| part.gaps.iter().any(has_line);
    // What is there and falls short tells more than what is not there at all.
    let told = parts
        .iter()
        .filter(has_line)
        .chain(parts.iter().filter(|part| !has_line(part)));
    let mut reasons: Vec<&str> = told.map(|part| part.reason.as_str()).collect();
    reasons.dedup();
    match reasons.as_slice() {
        [first, _, _, ..] => format!("{first}; nor is it met in any of {} other ways", reasons.len() - 1),
        few => few.join("; "),
    }
}

fn none(parts: Vec<Examined>) -> Examined {
    let parts = match applicable(parts) {
        Ok(parts) => parts,
        Err(nothing) => return Examined::pass(nothing.reason, Vec::new()),
    };
    let holding: Vec<&Examined> = parts.iter().filter(|part| part.outcome == Outcome::Pass).collect();
    if !holding.is_empty() {
        let gaps = holding
            .iter()
            .flat_map(|part| part.evidence.iter().map(|found| gap_of(found, &part.reason)));
        let gaps: Vec<Gap> = gaps.collect();
        return Examined::fail(join_reasons(holding), gaps);
    }
    if let Some(unknown) = first_unknown(&parts) {
        return unknown;
    }
    Examined::pass(join_reasons(&parts), Vec::new())
}

/// What should not be there is a gap where it stands.
fn gap_of(found: &Evidence, reason: &str) -> Gap {
    let message = if found.place.line.is_some() && !found.text.is_empty() {
        let quote = if found.text.starts_with('`') { "" } else { "`" };
        format!("{quote}{}{quote} stands here", found.text)
    } else {
        format!("`{}` is there", found.subject)
    };
    let message = if found.subject.is_empty() && found.text.is_empty() {
        reason.to_owned()
    } else {
        message
    };
    Gap {
        place: Some(found.place.clone()),
        ..Gap::at(found.place.clone(), &found.text, message)
    }
}

fn collect_evidence(parts: &[Examined]) -> Vec<Evidence> {
    parts.iter().flat_map(|part| part.evidence.clone()).collect()
}

fn join_reasons<'a>(parts: impl IntoIterator<Item = &'a Examined>) -> String {
    let mut reasons: Vec<&str> = parts.into_iter().map(|part| part.reason.as_str()).collect();
    reasons.dedup();
    reasons.join("; ")
}

#[cfg(test)]
mod tests;
