//! The rules by which words are bound to controls, as data: `policies/words.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// All rules, by control.
#[derive(Debug, Clone, Default)]
pub struct Words {
    pub(super) rules: Vec<Rule>,
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
    /// Whether the headings above may hold it, too.
    pub may_be_above: bool,
}

/// Words that stand one after the other.
#[derive(Debug, Clone)]
pub(super) struct Phrase(Vec<Word>);

#[derive(Debug, Clone)]
struct Word {
    text: String,
    is_beginning: bool,
}

#[derive(Deserialize)]
struct File {
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
        Ok(Self { rules: rules.collect() })
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
        Group {
            phrases: phrases(group.trim_start_matches('@')),
            may_be_above: group.starts_with('@'),
        }
    });
    Rule {
        control: control.to_owned(),
        groups: groups.collect(),
        never: phrases(never),
    }
}

fn phrases(text: &str) -> Vec<Phrase> {
    let phrases = text.split('|').map(|phrase| {
        let words = phrase.split_whitespace().flat_map(|word| {
            let is_beginning = word.ends_with('*');
            let parts = tokens(word);
            let last = parts.len().saturating_sub(1);
            let words = parts.into_iter().enumerate().map(move |(index, text)| Word {
                text,
                is_beginning: is_beginning && index == last,
            });
            words.collect::<Vec<_>>()
        });
        Phrase(words.collect())
    });
    phrases.filter(|phrase| !phrase.0.is_empty()).collect()
}

impl Phrase {
    /// Where the phrase stands among tokens: its first place, and how many tokens it takes.
    pub fn find(&self, tokens: &[String]) -> Option<(usize, usize)> {
        let length = self.0.len();
        let at = tokens.windows(length).position(|window| {
            window.iter().zip(&self.0).all(|(token, word)| {
                if word.is_beginning {
                    token.starts_with(&word.text)
                } else {
                    *token == word.text
                }
            })
        })?;
        Some((at, length))
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
