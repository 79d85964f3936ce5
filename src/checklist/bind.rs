//! Items → controls: by the team's own word, else by the rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::Bind;

use super::words::{Rule, Words, tokens};
use super::{Checklist, Item};

/// Below this confidence an item stays unmapped: a wrong binding makes a wrong verdict.
pub const THRESHOLD: u8 = 70;

/// How much a group that only a heading holds takes away.
const ABOVE: u8 = 15;

/// How much it takes away that the words are a small part of a long sentence, which then is about something else.
const ASIDE: u8 = 40;

/// A control that an item is bound to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The control.
    pub control: String,
    /// How sure: 0 to 100.
    pub confidence: u8,
    /// The words that decided, as the item has them; the whole item, where the policy binds it.
    pub words: Vec<String>,
}

/// What each item is bound to, in the order of [`Checklist::items`]; the policy's word wins over the rules.
pub fn bind(list: &Checklist, words: &Words, binds: &[Bind]) -> Vec<Vec<Binding>> {
    let own: BTreeMap<String, &Bind> = binds.iter().map(|bind| (key(&bind.item), bind)).collect();
    let bound = list.items.iter().map(|item| match own.get(&key(&item.text)) {
        Some(bind) => by_policy(bind),
        None => by_rules(item, &list.path(item), words),
    });
    bound.collect()
}

/// An item's words without case and punctuation: what `[[checklist.bind]]` is compared by.
fn key(text: &str) -> String {
    tokens(text).join(" ")
}

fn by_policy(bind: &Bind) -> Vec<Binding> {
    let controls: BTreeSet<&String> = bind.controls.iter().collect();
    let bound = controls.into_iter().map(|control| Binding {
        control: control.clone(),
        confidence: 100,
        words: vec![bind.item.clone()],
    });
    bound.collect()
}

/// Below this confidence the rules say nothing worth a person's decision.
const WORTH_ASKING: u8 = 50;

/// Of each item that the rules leave unmapped and the policy says nothing of, the control that comes nearest, in the
/// order of [`Checklist::items`]. It is a question for a person, and no binding.
pub fn nearest(list: &Checklist, words: &Words, binds: &[Bind]) -> Vec<Option<Binding>> {
    let own: BTreeSet<String> = binds.iter().map(|bind| key(&bind.item)).collect();
    let near = list.items.iter().map(|item| {
        let text = tokens(&item.text);
        let hits = hits(&text, &list.path(item), words);
        let is_settled = own.contains(&text.join(" ")) || hits.values().any(|hit| hit.confidence >= THRESHOLD);
        let best = hits.into_values().max_by_key(|hit| (hit.confidence, hit.at.len()));
        let best = best.filter(|hit| !is_settled && hit.confidence >= WORTH_ASKING);
        best.map(|hit| hit.binding(&text))
    });
    near.collect()
}

struct Hit<'a> {
    control: &'a str,
    confidence: u8,
    /// The tokens that decided.
    at: BTreeSet<usize>,
}

impl Hit<'_> {
    fn binding(&self, text: &[String]) -> Binding {
        Binding {
            control: self.control.to_owned(),
            confidence: self.confidence,
            words: self.at.iter().filter_map(|at| text.get(*at).cloned()).collect(),
        }
    }
}

fn by_rules(item: &Item, path: &[&str], words: &Words) -> Vec<Binding> {
    let text = tokens(&item.text);
    let hits = hits(&text, path, words);
    let is_beaten = |hit: &Hit<'_>| {
        let others = hits.values().filter(|other| other.control != hit.control);
        others
            .into_iter()
            .any(|other| hit.at.len() < other.at.len() && hit.at.is_subset(&other.at))
    };
    let kept = hits
        .values()
        .filter(|hit| hit.confidence >= THRESHOLD && !is_beaten(hit));
    kept.map(|hit| hit.binding(&text)).collect()
}

/// What each control's rules find: of several rules the one that more words decide.
fn hits<'a>(text: &[String], path: &[&str], words: &'a Words) -> BTreeMap<&'a str, Hit<'a>> {
    let above = tokens(&path.join(" "));
    let mut hits: BTreeMap<&str, Hit<'_>> = BTreeMap::new();
    for rule in &words.rules {
        let Some(hit) = apply(rule, text, &above) else {
            continue;
        };
        let known = hits.get(rule.control.as_str());
        if known.is_none_or(|known| (hit.at.len(), hit.confidence) > (known.at.len(), known.confidence)) {
            hits.insert(&rule.control, hit);
        }
    }
    hits
}

fn apply<'a>(rule: &'a Rule, text: &[String], above: &[String]) -> Option<Hit<'a>> {
    if rule.never.iter().any(|phrase| phrase.find(text).is_some()) {
        return None;
    }
    let mut hit = Hit {
        control: &rule.control,
        confidence: 95,
        at: BTreeSet::new(),
    };
    for group in &rule.groups {
        let longest = group
            .phrases
            .iter()
            .filter_map(|phrase| phrase.find(text))
            .max_by_key(|(at, length)| (*length, std::cmp::Reverse(*at)));
        match longest {
            Some((at, length)) => hit.at.extend(at..at + length),
            None if group.may_be_above && group.phrases.iter().any(|phrase| phrase.find(above).is_some()) => {
                hit.confidence -= ABOVE;
            }
            None => return None,
        }
    }
    if hit.at.is_empty() {
        return None;
    }
    if text.len() > 10 && hit.at.len() * 5 < text.len() {
        hit.confidence = hit.confidence.saturating_sub(ASIDE);
    }
    Some(hit)
}
