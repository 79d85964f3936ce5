//! The rules by which words are bound to controls, as data: `policies/words.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// All rules, by control.
#[derive(Debug, Clone, Default)]
pub struct Words {
    pub(super) rules: Vec<Rule>,
    /// Which rules a word may lead to.
    leads: Leads,
    /// Headings whose items name what to read or what must not happen, and ask for nothing.
    pub(super) reading: Vec<Phrase>,
    /// What turns a line to some controls alone.
    pub(super) turns: Vec<Turn>,
    /// By which words an item says that something which it names is there.
    pub(super) names: Names,
    /// What an item may say beside the words of its controls.
    pub(super) beyond: Names,
    /// By control, the words that ask for what it wants beyond its name.
    pub(super) stricter: Names,
}

/// Rules by the first words of one of their groups: a rule of which no such word is there can't apply, and of two thousand
/// rules a line leads to some dozen.
#[derive(Debug, Clone, Default)]
struct Leads {
    whole: BTreeMap<String, Vec<usize>>,
    beginnings: BTreeMap<String, Vec<usize>>,
    names: Vec<usize>,
}

impl Leads {
    fn new(rules: &[Rule]) -> Self {
        let mut leads = Self::default();
        for (index, rule) in rules.iter().enumerate() {
            // The fewer alternatives, the fewer lines lead there.
            let group = rule.groups.iter().min_by_key(|group| group.phrases.len());
            let first = group.into_iter().flat_map(|group| &group.phrases);
            for word in first.filter_map(|phrase| phrase.0.first()) {
                let list = match word {
                    Word::Whole(word) => leads.whole.entry(word.clone()).or_default(),
                    Word::Beginning(word) => leads.beginnings.entry(word.clone()).or_default(),
                    Word::Name => &mut leads.names,
                };
                list.push(index);
            }
        }
        leads
    }

    fn of(&self, token: &str) -> impl Iterator<Item = usize> {
        let beginnings = token
            .char_indices()
            .map(|(at, character)| &token[..at + character.len_utf8()]);
        // A rule's beginnings are no longer than a word.
        let beginnings = beginnings.take(40).filter_map(|begins| self.beginnings.get(begins));
        let names = token.trim_matches('_').contains('_').then_some(&self.names);
        let lists = self.whole.get(token).into_iter().chain(beginnings).chain(names);
        lists.flatten().copied()
    }
}

/// Lists of words and names, by what they say.
#[derive(Debug, Clone, Default)]
pub(super) struct Names(BTreeMap<String, Listed>);

/// One list.
#[derive(Debug, Clone, Default)]
struct Listed {
    whole: BTreeSet<String>,
    beginnings: Vec<String>,
}

impl Names {
    fn new(lists: BTreeMap<String, String>) -> Self {
        Self(lists.into_iter().map(|(list, text)| (list, single(&text))).collect())
    }

    /// Whether there is such a list.
    pub fn knows(&self, list: &str) -> bool {
        self.0.contains_key(list)
    }

    /// Whether a list holds a word, in lower case, or a beginning of it (`fix*`).
    pub fn has(&self, list: &str, word: &str) -> bool {
        self.0.get(list).is_some_and(|list| list.has(word))
    }
}

impl Listed {
    fn has(&self, word: &str) -> bool {
        self.whole.contains(word) || self.beginnings.iter().any(|begins| word.starts_with(begins))
    }
}

fn single(text: &str) -> Listed {
    let mut listed = Listed::default();
    for word in text.split('|').map(|word| word.trim().to_lowercase()) {
        match word.strip_suffix('*') {
            Some(beginning) => listed.beginnings.push(beginning.to_owned()),
            None => {
                listed.whole.insert(word);
            }
        }
    }
    listed
}

/// Words that say what a line is about, whatever else it names: under `Create alerts for:` nothing but alerts is asked
/// for, and `Error codes documented` asks for a document.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    /// When it applies; its control says nothing.
    pub rule: Rule,
    /// The controls that such a line may still be bound to, by id or its beginning.
    controls: Listed,
}

impl Turn {
    /// Whether such a line may be bound to a control whatever words lead there.
    pub fn allows(&self, control: &str) -> bool {
        self.controls.has(control)
    }
}

/// One rule: what an item must hold to be bound to a control.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// The control.
    pub control: String,
    /// All of these must be there.
    pub groups: Vec<Group>,
    /// None of these may be there.
    pub never: Vec<Group>,
}

/// Alternatives, one of which must be there.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The alternatives.
    pub phrases: Vec<Phrase>,
    /// Where they may stand.
    pub place: Place,
}

/// Where a group's words may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the item itself.
    Item,
    /// At the item's beginning.
    Ahead,
    /// In the item, or in what it stands under.
    ItemOrAbove,
    /// They are the whole of a heading, or of an item, that the item stands under: it is a part of that subject,
    /// whatever its own words.
    Under,
}

/// Words that stand one after the other.
#[derive(Debug, Clone)]
pub(super) struct Phrase(Vec<Word>);

#[derive(Debug, Clone)]
enum Word {
    /// This word.
    Whole(String),
    /// A word that begins so.
    Beginning(String),
    /// Any name with an underscore, as variables have: `$name`.
    Name,
}

/// A word of a control's rules.
#[derive(Debug, Clone, Copy)]
pub(super) enum Spoken<'a> {
    /// This word.
    Whole(&'a str),
    /// Any that begins so.
    Beginning(&'a str),
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    reading: String,
    #[serde(default)]
    turns: BTreeMap<String, String>,
    #[serde(default)]
    names: BTreeMap<String, String>,
    #[serde(default)]
    beyond: BTreeMap<String, String>,
    #[serde(default)]
    stricter: BTreeMap<String, String>,
    controls: BTreeMap<String, Vec<String>>,
}

static BUILTIN: LazyLock<Words> = LazyLock::new(|| {
    // A test holds that the file is sound; without it nothing would be bound, and that is told.
    Words::parse(include_str!("../../policies/words.toml")).unwrap_or_default()
});

impl Words {
    /// The rules that are shipped.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Rules from their text.
    ///
    /// # Errors
    /// It is no TOML, or has not the shape of the rules.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let rules = file.controls.iter();
        let rules: Vec<Rule> = rules.flat_map(|(control, rules)| rules_of(control, rules)).collect();
        let turns = file.turns.iter().map(|(when, controls)| Turn {
            rule: rule("", when),
            controls: single(controls),
        });
        Ok(Self {
            leads: Leads::new(&rules),
            rules,
            reading: phrases(&file.reading),
            turns: turns.collect(),
            names: Names::new(file.names),
            beyond: Names::new(file.beyond),
            stricter: Names::new(file.stricter),
        })
    }

    /// The rules that may apply where these words stand, in order.
    pub(super) fn leading<'a>(&'a self, tokens: impl Iterator<Item = &'a String>) -> impl Iterator<Item = &'a Rule> {
        let found: BTreeSet<usize> = tokens.flat_map(|token| self.leads.of(token)).collect();
        found.into_iter().filter_map(|index| self.rules.get(index))
    }

    /// The words by which items speak of a control, those of headings aside: whole ones, and beginnings.
    pub(super) fn spoken<'a>(&'a self, control: &str) -> Vec<Spoken<'a>> {
        // The rules stand in the order of their controls.
        let first = self.rules.partition_point(|rule| rule.control.as_str() < control);
        let rules = self.rules[first..].iter().take_while(|rule| rule.control == control);
        let groups = rules.flat_map(|rule| &rule.groups);
        let groups = groups.filter(|group| group.place != Place::Under);
        let words = groups.flat_map(|group| group.phrases.iter().flat_map(|phrase| &phrase.0));
        let spoken = words.filter_map(|word| match word {
            Word::Whole(word) => Some(Spoken::Whole(word)),
            Word::Beginning(word) => Some(Spoken::Beginning(word)),
            Word::Name => None,
        });
        spoken.collect()
    }

    /// The controls that rules know, in order.
    pub fn controls(&self) -> impl Iterator<Item = &str> {
        let mut last = None;
        self.rules
            .iter()
            .map(|rule| rule.control.as_str())
            .filter(move |control| {
                let is_new = last != Some(*control);
                last = Some(*control);
                is_new
            })
    }
}

/// The rules of a control; what one that begins with `-` excludes is excluded of all of them.
fn rules_of(control: &str, texts: &[String]) -> Vec<Rule> {
    let (never, wanted): (Vec<&String>, Vec<&String>) = texts.iter().partition(|text| text.starts_with("- "));
    let never: Vec<Group> = never
        .iter()
        .flat_map(|text| excluded(text.trim_start_matches("- ")))
        .collect();
    let rules = wanted.iter().map(|text| {
        let mut rule = rule(control, text);
        rule.never.extend(never.iter().cloned());
        rule
    });
    rules.collect()
}

fn rule(control: &str, text: &str) -> Rule {
    let (wanted, never) = text.split_once(" - ").unwrap_or((text, ""));
    Rule {
        control: control.to_owned(),
        groups: wanted.split(" + ").map(group).collect(),
        never: excluded(never),
    }
}

/// What is excluded: words of the item, and of what it stands under where they follow an `@`.
fn excluded(text: &str) -> Vec<Group> {
    text.split(" + ").map(group).collect()
}

fn group(text: &str) -> Group {
    let text = text.trim();
    let places = [('@', Place::ItemOrAbove), ('#', Place::Under), ('^', Place::Ahead)];
    let placed = places
        .iter()
        .find_map(|(sign, place)| Some((*place, text.strip_prefix(*sign)?)));
    let (place, text) = placed.unwrap_or((Place::Item, text));
    Group {
        phrases: phrases(text),
        place,
    }
}

fn phrases(text: &str) -> Vec<Phrase> {
    let phrases = text
        .split('|')
        .map(|phrase| Phrase(phrase.split_whitespace().flat_map(words).collect()));
    phrases.filter(|phrase| !phrase.0.is_empty()).collect()
}

fn words(text: &str) -> Vec<Word> {
    if text == "$name" {
        return vec![Word::Name];
    }
    let is_small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    // Most are one word already.
    if !text.is_empty() && text.bytes().all(is_small) {
        return vec![Word::Whole(text.to_owned())];
    }
    let mut parts = tokens(text);
    let last = if text.ends_with('*') { parts.pop() } else { None };
    let parts = parts.into_iter().map(Word::Whole);
    parts.chain(last.map(Word::Beginning)).collect()
}

impl Word {
    fn is(&self, token: &str) -> bool {
        match self {
            Self::Whole(text) => token == text,
            Self::Beginning(text) => token.starts_with(text),
            Self::Name => token.trim_matches('_').contains('_'),
        }
    }
}

impl Phrase {
    /// Where the phrase stands among tokens: its first place, and how many tokens it takes.
    pub fn find(&self, tokens: &[String]) -> Option<(usize, usize)> {
        let length = self.0.len();
        let at = tokens
            .windows(length)
            .position(|window| window.iter().zip(&self.0).all(|(token, word)| word.is(token)))?;
        Some((at, length))
    }

    /// How many tokens it takes where it stands first.
    pub fn leads(&self, tokens: &[String]) -> Option<usize> {
        let first = tokens.get(..self.0.len())?;
        self.find(first).map(|(_, length)| length)
    }

    /// Whether the phrase is all that these tokens say.
    pub fn is_whole(&self, tokens: &[String]) -> bool {
        self.0.len() == tokens.len() && self.find(tokens).is_some()
    }
}

/// Words in lower case without punctuation. A name with underscores is one: `FRONTEND_URL` speaks of no front end.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|character: char| !character.is_alphanumeric() && character != '_');
    words
        .filter(|word| word.contains(char::is_alphanumeric))
        .map(str::to_lowercase)
        .collect()
}
