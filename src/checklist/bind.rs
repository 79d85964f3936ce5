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

struct Hit<'a> {
    control: &'a str,
    confidence: u8,
    /// The tokens that decided.
    at: BTreeSet<usize>,
}

fn by_rules(item: &Item, path: &[&str], words: &Words) -> Vec<Binding> {
    let text = tokens(&item.text);
    let above = tokens(&path.join(" "));
    let mut hits: BTreeMap<&str, Hit<'_>> = BTreeMap::new();
    for rule in &words.rules {
        let Some(hit) = apply(rule, &text, &above) else {
            continue;
        };
        let known = hits.get(rule.control.as_str());
        if known.is_none_or(|known| (hit.at.len(), hit.confidence) > (known.at.len(), known.confidence)) {
            hits.insert(&rule.control, hit);
        }
    }
    let is_beaten = |hit: &Hit<'_>| {
        let others = hits.values().filter(|other| other.control != hit.control);
        others
            .into_iter()
            .any(|other| hit.at.len() < other.at.len() && hit.at.is_subset(&other.at))
    };
    let kept = hits
        .values()
        .filter(|hit| hit.confidence >= THRESHOLD && !is_beaten(hit));
    let bound = kept.map(|hit| Binding {
        control: hit.control.to_owned(),
        confidence: hit.confidence,
        words: hit.at.iter().filter_map(|at| text.get(*at).cloned()).collect(),
    });
    bound.collect()
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
