//! The rules by which words are bound to controls, as data: `policies/words.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use telling::Telling;

mod telling;

/// All rules, by control.
#[derive(Debug, Clone, Default)]
pub struct Words {
    pub(super) rules: Vec<Rule>,
    telling: Telling,
    /// Headings whose items name what to read or what must not happen, and ask for nothing.
    pub(super) reading: Vec<Phrase>,
    /// By which words an item says that something which it names is there.
    pub(super) names: Names,
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
    /// Whether a list holds a word, in lower case, or a beginning of it (`fix*`).
    pub fn has(&self, list: &str, word: &str) -> bool {
        self.0.get(list).is_some_and(|list| {
            list.whole.contains(word) || list.beginnings.iter().any(|begins| word.starts_with(begins))
        })
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

/// One rule: what an item must hold to be bound to a control.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// The control.
    pub control: String,
    /// All of these must be there.
    pub groups: Vec<Group>,
    /// None of these may be there.
    pub never: Vec<Phrase>,
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

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    reading: String,
    #[serde(default)]
    names: BTreeMap<String, String>,
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
        let rules = file.controls.into_iter().flat_map(|(control, rules)| {
            let rules: Vec<Rule> = rules.iter().map(|text| rule(&control, text)).collect();
            rules
        });
        let rules: Vec<Rule> = rules.collect();
        Ok(Self {
            telling: Telling::of(&rules),
            rules,
            reading: phrases(&file.reading),
            names: Names(
                file.names
                    .into_iter()
                    .map(|(list, text)| (list, single(&text)))
                    .collect(),
            ),
        })
    }

    /// The rules that may bind an item of these tokens, in order: each of the others asks for a word that is not there.
    pub(super) fn rules_for(&self, tokens: &[String]) -> impl Iterator<Item = &Rule> {
        let found = self.telling.rules(tokens).into_iter();
        found.filter_map(|index| self.rules.get(index))
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

fn rule(control: &str, text: &str) -> Rule {
    let (wanted, never) = text.split_once(" - ").unwrap_or((text, ""));
    let groups = wanted.split(" + ").map(|group| {
        let group = group.trim();
        let (place, group) = if let Some(rest) = group.strip_prefix('@') {
            (Place::ItemOrAbove, rest)
        } else if let Some(rest) = group.strip_prefix('#') {
            (Place::Under, rest)
        } else {
            (Place::Item, group)
        };
        Group {
            phrases: phrases(group),
            place,
        }
    });
    Rule {
        control: control.to_owned(),
        groups: groups.collect(),
        never: phrases(never),
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
