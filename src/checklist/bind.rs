//! Items → controls: by the team's own word, else by the rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::Bind;
use crate::text::redact;

use super::words::{Group, Place, Rule, Turn, Words, tokens};
use super::{Checklist, Item, ItemKind};

/// Below this confidence an item stays unmapped: a wrong binding makes a wrong verdict.
pub const THRESHOLD: u8 = 70;

/// How much a group that only a heading holds takes away.
const ABOVE: u8 = 15;

/// How much it takes away that the words are a small part of a long sentence, which then is about something else.
const ASIDE: u8 = 40;

/// How much of that where two words or more stand at the sentence's beginning, which says what it is about.
const AHEAD: u8 = 20;

/// How many words may stand before these: `A`, `Ensure the`, `The site's`.
const BEGINNING: usize = 2;

/// How many items above an item are asked: lists are nested a thousand deep only to do harm.
const MOST_PARENTS: usize = 8;

/// How many words of an item or a heading are looked at: what it is about it says at once, and a line of a megabyte over
/// ten thousand items would cost their product.
const MOST_WORDS: usize = 200;

/// How many words of what an item stands under are looked at.
const MOST_ABOVE: usize = 40;

/// A control that an item is bound to, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The control.
    pub control: String,
    /// How sure: 0 to 100.
    pub confidence: u8,
    /// The words that decided, as the item has them, else as the heading above has them; the whole item, where the
    /// policy binds it.
    pub words: Vec<String>,
}

/// What each item is bound to, in the order of [`Checklist::items`]; the policy's word wins over the rules.
pub fn bind(list: &Checklist, words: &Words, binds: &[Bind]) -> Vec<Vec<Binding>> {
    let own: BTreeMap<String, &Bind> = binds.iter().map(|bind| (key(&bind.item), bind)).collect();
    let subjects = Subjects::new(list);
    let bound = list.items.iter().map(|item| match own.get(&key(&item.text)) {
        Some(bind) => by_policy(bind),
        None => by_rules(&item.text, &subjects.above(list, item), words),
    });
    bound.collect()
}

/// An item's words without case and punctuation: what `[[checklist.bind]]` is compared by.
pub(super) fn key(text: &str) -> String {
    tokens(text).join(" ")
}

fn first_words(text: &str) -> Vec<String> {
    let mut words = tokens(text);
    words.truncate(MOST_WORDS);
    words
}

/// What the items of a list stand under, as words, each told once.
pub(super) struct Subjects {
    sections: Vec<Vec<String>>,
    /// Of those items alone that others are parts of.
    items: BTreeMap<usize, Vec<String>>,
    kinds: [Vec<String>; 3],
}

impl Subjects {
    pub(super) fn new(list: &Checklist) -> Self {
        // A number in front of a heading is its place and says nothing of its subject.
        let subject = |text: &str| {
            let mut words = first_words(text);
            words.retain(|word| word.contains(char::is_alphabetic));
            words.truncate(MOST_ABOVE);
            words
        };
        let parents: BTreeSet<usize> = list.items.iter().filter_map(|item| item.parent).collect();
        let parents = parents.into_iter();
        Self {
            sections: list.sections.iter().map(|section| subject(&section.text)).collect(),
            items: parents
                .filter_map(|index| Some((index, subject(&list.items.get(index)?.text))))
                .collect(),
            kinds: ["variable", "record", "index"].map(|kind| vec![kind.to_owned()]),
        }
    }

    /// What an item stands under: its headings, the items that it is a part of, and the list of its kind.
    pub(super) fn above(&self, list: &Checklist, item: &Item) -> Vec<&[String]> {
        let mut above: Vec<&[String]> = Vec::new();
        let sections = std::iter::successors(item.section, |index| list.sections.get(*index)?.parent);
        above.extend(sections.filter_map(|index| self.sections.get(index).map(Vec::as_slice)));
        above.reverse();
        let parents = std::iter::successors(item.parent, |index| list.items.get(*index)?.parent);
        above.extend(
            parents
                .take(MOST_PARENTS)
                .filter_map(|index| self.items.get(&index).map(Vec::as_slice)),
        );
        let kind = match item.kind {
            ItemKind::Variable => Some(0),
            ItemKind::Record => Some(1),
            ItemKind::Index => Some(2),
            ItemKind::Box | ItemKind::Bare | ItemKind::Row | ItemKind::Heading | ItemKind::Sign => None,
        };
        above.extend(kind.and_then(|kind: usize| self.kinds.get(kind)).map(Vec::as_slice));
        above
    }

    /// Whether an item stands under a heading whose items name what to read.
    pub(super) fn are_reading(&self, list: &Checklist, item: &Item, words: &Words) -> bool {
        self.above(list, item).iter().any(|tokens| is_reading(tokens, words))
    }
}

fn is_reading(tokens: &[String], words: &Words) -> bool {
    words.reading.iter().any(|phrase| phrase.is_whole(tokens))
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

/// A binding of the policy whose words are no line's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The words that it gives.
    pub item: String,
    /// The line that comes nearest, and its words.
    pub near: Option<(u32, String)>,
}

impl Stray {
    /// What is to be said of it, one sentence without a full stop.
    pub fn words(&self) -> String {
        let near = self.near.as_ref().map(|(line, text)| {
            let text: String = text.chars().take(MOST_SHOWN).collect();
            format!("; line {line} comes nearest: `{}`", redact(&text))
        });
        format!(
            "the binding of `{}` binds nothing: no line of the checklists has these words{}",
            redact(&self.item),
            near.unwrap_or_default()
        )
    }
}

/// How many characters of a line are shown.
const MOST_SHOWN: usize = 100;

/// The bindings of the policy whose words are no item's of these lists.
pub fn strays(lists: &[&Checklist], binds: &[Bind]) -> Vec<Stray> {
    if binds.is_empty() {
        return Vec::new();
    }
    let items = || lists.iter().flat_map(|list| list.items.iter());
    let keys: BTreeSet<String> = items().map(|item| key(&item.text)).collect();
    let strays = binds.iter().filter(|bind| !keys.contains(&key(&bind.item)));
    let strays = strays.take(MOST_STRAYS).map(|bind| {
        let said: BTreeSet<String> = tokens(&bind.item).into_iter().collect();
        let shared = |item: &Item| {
            let words: BTreeSet<String> = first_words(&item.text).into_iter().collect();
            let shared = words.intersection(&said).count();
            (shared * 2 >= said.len() && shared > 0).then_some((shared, std::cmp::Reverse(words.len())))
        };
        let near = items().filter_map(|item| Some((shared(item)?, item)));
        let near = near.max_by_key(|(shared, item)| (*shared, std::cmp::Reverse(item.line)));
        Stray {
            item: bind.item.clone(),
            near: near.map(|(_, item)| (item.line, item.text.clone())),
        }
    });
    strays.collect()
}

/// So many are told: each is compared with every item.
const MOST_STRAYS: usize = 50;

/// Below this confidence the rules say nothing worth a person's decision.
const WORTH_ASKING: u8 = 50;

/// Of each item that the rules leave unmapped and the policy says nothing of, the control that comes nearest, in the
/// order of [`Checklist::items`]. It is a question for a person, and no binding.
pub fn nearest(list: &Checklist, words: &Words, binds: &[Bind]) -> Vec<Option<Binding>> {
    let own: BTreeSet<String> = binds.iter().map(|bind| key(&bind.item)).collect();
    let subjects = Subjects::new(list);
    let near = list.items.iter().map(|item| {
        let text = first_words(&item.text);
        let hits = hits(&text, &subjects.above(list, item), words);
        let is_settled = own.contains(&key(&item.text)) || hits.values().any(|hit| hit.confidence >= THRESHOLD);
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
    /// The words that decided where none of the item's did.
    under: Vec<String>,
}

impl Hit<'_> {
    /// Of several hits of a control one that binds comes first: the words of another take nothing from it.
    fn rank(&self) -> (bool, usize, u8) {
        (self.confidence >= THRESHOLD, self.at.len(), self.confidence)
    }

    fn binding(&self, text: &[String]) -> Binding {
        let words = if self.at.is_empty() {
            self.under.clone()
        } else {
            self.at.iter().filter_map(|at| text.get(*at).cloned()).collect()
        };
        Binding {
            control: self.control.to_owned(),
            confidence: self.confidence,
            words,
        }
    }
}

fn by_rules(text: &str, above: &[&[String]], words: &Words) -> Vec<Binding> {
    let text = first_words(text);
    let hits = hits(&text, above, words);
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

/// What each control's rules find: of several rules that bind the one that more words decide. Reading asks for nothing.
fn hits<'a>(text: &'a [String], above: &[&'a [String]], words: &'a Words) -> BTreeMap<&'a str, Hit<'a>> {
    let mut hits: BTreeMap<&str, Hit<'_>> = BTreeMap::new();
    if above.iter().any(|tokens| is_reading(tokens, words)) {
        return hits;
    }
    let turns = turns(text, above, words);
    let tokens = text.iter().chain(above.iter().flat_map(|tokens| tokens.iter()));
    for rule in words.leading(tokens) {
        let Some(hit) = apply(rule, text, above) else {
            continue;
        };
        if turns.iter().any(|turn| turn.refuses(&hit)) {
            continue;
        }
        let known = hits.get(rule.control.as_str());
        if known.is_none_or(|known| hit.rank() > known.rank()) {
            hits.insert(&rule.control, hit);
        }
    }
    hits
}

/// What turns a line, and which of its words do.
struct Turned<'a> {
    turn: &'a Turn,
    at: BTreeSet<usize>,
}

impl Turned<'_> {
    /// A rule that knows of the words that turn the line has them for what it asks.
    fn refuses(&self, hit: &Hit<'_>) -> bool {
        !self.turn.allows(hit.control) && self.at.is_disjoint(&hit.at)
    }
}

fn turns<'a>(text: &[String], above: &[&[String]], words: &'a Words) -> Vec<Turned<'a>> {
    let turns = words.turns.iter().filter_map(|turn| {
        let at = placed(&turn.rule, text, above)?.at;
        Some(Turned { turn, at })
    });
    turns.collect()
}

fn apply<'a>(rule: &'a Rule, text: &[String], above: &[&[String]]) -> Option<Hit<'a>> {
    let mut hit = placed(rule, text, above)?;
    if hit.at.is_empty() && hit.under.is_empty() {
        return None;
    }
    if hit.under.is_empty() && text.len() > 10 && hit.at.len() * 5 < text.len() {
        let is_ahead = hit.at.len() > 1 && hit.at.iter().all(|at| *at < BEGINNING + hit.at.len());
        hit.confidence = hit.confidence.saturating_sub(if is_ahead { AHEAD } else { ASIDE });
    }
    Some(hit)
}

/// Where the words of all groups stand, if they do and nothing is there that excludes them.
fn placed<'a>(rule: &'a Rule, text: &[String], above: &[&[String]]) -> Option<Hit<'a>> {
    let mut hit = Hit {
        control: &rule.control,
        confidence: 95,
        at: BTreeSet::new(),
        under: Vec::new(),
    };
    for group in &rule.groups {
        match group.place {
            Place::Item => hit.at.extend(longest(group, text)?),
            Place::Ahead => hit.at.extend(ahead(group, text)?),
            Place::ItemOrAbove => match longest(group, text) {
                Some(at) => hit.at.extend(at),
                None if is_above(group, above) => {
                    hit.confidence = hit.confidence.saturating_sub(ABOVE);
                }
                None => return None,
            },
            Place::Under => {
                hit.under = under(group, above)?.to_vec();
                hit.confidence = hit.confidence.saturating_sub(ABOVE);
            }
        }
    }
    let is_refused = rule.never.iter().any(|group| match group.place {
        Place::Item => longest(group, text).is_some(),
        Place::Ahead => ahead(group, text).is_some(),
        Place::ItemOrAbove => longest(group, text).is_some() || is_above(group, above),
        Place::Under => under(group, above).is_some(),
    });
    (!is_refused).then_some(hit)
}

fn ahead(group: &Group, text: &[String]) -> Option<std::ops::Range<usize>> {
    let lengths = group.phrases.iter().filter_map(|phrase| phrase.leads(text));
    lengths.max().map(|length| 0..length)
}

fn is_above(group: &Group, above: &[&[String]]) -> bool {
    let mut phrases = group.phrases.iter();
    phrases.any(|phrase| above.iter().any(|tokens| phrase.find(tokens).is_some()))
}

fn under<'a>(group: &Group, above: &[&'a [String]]) -> Option<&'a [String]> {
    let mut above = above.iter();
    above
        .find(|tokens| group.phrases.iter().any(|phrase| phrase.is_whole(tokens)))
        .copied()
}

/// Where the longest of the group's phrases stands in the text, the first of several.
fn longest(group: &Group, text: &[String]) -> Option<std::ops::Range<usize>> {
    let found = group.phrases.iter().filter_map(|phrase| phrase.find(text));
    let (at, length) = found.max_by_key(|(at, length)| (*length, std::cmp::Reverse(*at)))?;
    Some(at..at + length)
}
