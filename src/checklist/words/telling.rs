//! Which rules may bind an item, by the words that they can't do without.

use std::collections::{BTreeSet, HashMap};

use super::{Phrase, Place, Rule, Word};

/// Rules by a word of each of their alternatives: a rule of which none of these is in an item does not bind it.
#[derive(Debug, Clone, Default)]
pub(super) struct Telling {
    whole: HashMap<String, Vec<usize>>,
    beginnings: HashMap<String, Vec<usize>>,
    /// How many bytes the beginnings have.
    lengths: BTreeSet<usize>,
    /// Rules that ask for any name with an underscore.
    names: Vec<usize>,
    /// Rules that ask for nothing in the item itself.
    always: Vec<usize>,
}

impl Telling {
    pub(super) fn of(rules: &[Rule]) -> Self {
        let mut telling = Self::default();
        for (index, rule) in rules.iter().enumerate() {
            match rule.groups.iter().find(|group| group.place == Place::Item) {
                Some(group) => group.phrases.iter().for_each(|phrase| telling.add(index, phrase)),
                None => telling.always.push(index),
            }
        }
        telling
    }

    fn add(&mut self, rule: usize, phrase: &Phrase) {
        // A long word is rare; the beginning of one is in several.
        let worth = |word: &&Word| match word {
            Word::Whole(text) => (1, text.len()),
            Word::Beginning(text) => (0, text.len()),
            Word::Name => (0, 0),
        };
        let list = match phrase.0.iter().max_by_key(worth) {
            Some(Word::Whole(text)) => self.whole.entry(text.clone()).or_default(),
            Some(Word::Beginning(text)) => {
                self.lengths.insert(text.len());
                self.beginnings.entry(text.clone()).or_default()
            }
            Some(Word::Name) => &mut self.names,
            None => &mut self.always,
        };
        list.push(rule);
    }

    /// The rules that may bind an item of these tokens, in order.
    pub(super) fn rules(&self, tokens: &[String]) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = self.always.iter().copied().collect();
        for token in tokens {
            found.extend(self.whole.get(token).into_iter().flatten());
            let beginnings = self.lengths.iter().filter_map(|length| token.get(..*length));
            found.extend(beginnings.filter_map(|text| self.beginnings.get(text)).flatten());
            if Word::Name.is(token) {
                found.extend(&self.names);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Place, Word, Words};

    #[test]
    fn no_rule_is_left_out_whose_words_are_there() {
        let words = Words::builtin();
        for (index, rule) in words.rules.iter().enumerate() {
            let own = rule.groups.iter().filter(|group| group.place == Place::Item);
            for phrase in own.flat_map(|group| &group.phrases) {
                let mut tokens: Vec<String> = phrase
                    .0
                    .iter()
                    .map(|word| match word {
                        Word::Whole(text) => text.clone(),
                        Word::Beginning(text) => format!("{text}ending"),
                        Word::Name => "SOME_NAME".to_owned(),
                    })
                    .collect();
                // What another group asks for may stand before or after it.
                let others = rule.groups.iter().filter_map(|group| group.phrases.first());
                for word in others.flat_map(|phrase| &phrase.0) {
                    match word {
                        Word::Whole(text) | Word::Beginning(text) => tokens.push(text.clone()),
                        Word::Name => tokens.push("A_NAME".to_owned()),
                    }
                }
                assert!(
                    words.telling.rules(&tokens).contains(&index),
                    "{} {tokens:?}",
                    rule.control
                );
            }
        }
    }

    #[test]
    fn most_rules_are_left_out_of_most_items() {
        let words = Words::builtin();
        let tokens = super::super::tokens("buy a cake for the party");
        assert!(words.telling.rules(&tokens).len() * 4 < words.rules.len());
    }
}
