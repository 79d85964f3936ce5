//! What the words around names say of them: that they are there, that they are gone, or nothing.

use crate::checklist::ItemKind;
use crate::checklist::words::tokens;

use super::word::Word;
use super::{Reader, Says, Thing};

impl Reader<'_> {
    /// What the words around the names say of them.
    pub(super) fn says(&self, words: &[Word], thing: Thing, has_more: bool) -> Option<Says> {
        let plain: Vec<&str> = words
            .iter()
            .filter_map(|word| match word {
                Word::Plain(word) => Some(word.as_str()),
                Word::Name(..) => None,
            })
            .collect();
        let is_gone = |word: &&str| self.names.has("gone", word);
        if plain.iter().any(is_gone) {
            let is_all = plain.iter().all(|word| is_gone(word) || self.is_small(thing, word));
            return (thing == Thing::File && is_all && !has_more).then_some(Says::Gone);
        }
        let is_verb = |word: &str| self.is_verb(thing, word);
        let is_bare = |word: &&str| is_verb(word) || self.is_small(thing, word);
        let says = if !has_more && plain.iter().all(is_bare) {
            Says::Present
        } else {
            Says::More
        };
        let works = |word: &&str| {
            let is_own = ["works", "run"].iter().any(|list| self.names.has(list, word));
            is_own || self.is_small(thing, word)
        };
        let says = match thing {
            Thing::Script if !has_more && plain.iter().all(works) => Says::Works,
            Thing::Script if !self.is_there_alone(&plain) => Says::More,
            Thing::File
            | Thing::Package
            | Thing::Script
            | Thing::Variable
            | Thing::Declared
            | Thing::Route
            | Thing::Record => says,
        };
        if plain.iter().any(|word| is_verb(word)) {
            return self.is_governed(words, thing).then_some(says);
        }
        match thing {
            // A route with its method, or a command, at the beginning is what the line is about.
            Thing::Route | Thing::Script => self.begins_with_name(words).then_some(says),
            Thing::File | Thing::Package | Thing::Variable | Thing::Declared | Thing::Record => {
                let is_alone = plain.iter().all(|word| self.is_small(thing, word));
                (is_alone && self.stands_among(words, thing)).then_some(says)
            }
        }
    }

    /// A command is more than its script: that it passes is not to be seen.
    fn is_there_alone(&self, plain: &[&str]) -> bool {
        plain.iter().any(|word| matches!(*word, "script" | "scripts"))
            && plain.iter().any(|word| {
                self.names.has("there", word) || self.names.has("made", word) || self.names.has("declared", word)
            })
    }

    /// Whether a verb stands before the names or behind them with nothing of its own between: `Create the file a.md`,
    /// `a.md was added`.
    fn is_governed(&self, words: &[Word], thing: Thing) -> bool {
        let names: Vec<usize> = words
            .iter()
            .enumerate()
            .filter_map(|(at, word)| matches!(word, Word::Name(..)).then_some(at))
            .collect();
        let (Some(first), Some(last)) = (names.first(), names.last()) else {
            return false;
        };
        let reaches = |word: Option<&Word>| match word {
            Some(Word::Plain(word)) => Some(self.is_verb(thing, word)),
            Some(Word::Name(..)) | None => None,
        };
        let is_article = |word: &&Word| matches!(word, Word::Plain(word) if self.names.has("articles", word) || self.is_kind(thing, word));
        let is_passed =
            |word: &&Word| is_article(word) || matches!(word, Word::Plain(word) if self.names.has("auxiliaries", word));
        let is_opener = |word: &Word| matches!(word, Word::Plain(word) if self.is_small(thing, word));
        // Between the names themselves stand `and` and commas alone.
        let is_list = words[*first..=*last].iter().all(|word| {
            is_article(&word) || matches!(word, Word::Name(..)) || matches!(word, Word::Plain(word) if word == "and")
        });
        let before: Vec<&Word> = words[..*first].iter().rev().skip_while(is_article).collect();
        let after = words[last + 1..].iter().find(|word| !is_passed(word));
        // What comes before the verb would be its subject, another one.
        let is_led = reaches(before.first().copied()) == Some(true) && before.len() == 1;
        let is_followed = before.iter().all(|word| is_opener(word)) && reaches(after) == Some(true);
        is_list && (is_led || is_followed)
    }

    fn begins_with_name(&self, words: &[Word]) -> bool {
        let mut words = words
            .iter()
            .skip_while(|word| matches!(word, Word::Plain(word) if self.names.has("run", word)));
        matches!(words.next(), Some(Word::Name(_, name)) if !name.starts_with('/'))
    }

    /// Whether names alone are asked for where the item stands.
    fn stands_among(&self, words: &[Word], thing: Thing) -> bool {
        let mut above = self.list.path(self.item);
        above.extend(
            self.item
                .parent
                .and_then(|parent| self.list.items.get(parent))
                .map(|parent| parent.text.as_str()),
        );
        let is_changed = |text: &&str| tokens(text).iter().any(|word| self.names.has("changed", word));
        if above.iter().any(is_changed) {
            return false;
        }
        let list = match thing {
            Thing::File => "under-files",
            Thing::Package => "under-packages",
            Thing::Variable | Thing::Declared => "under-variables",
            Thing::Route => "under-routes",
            Thing::Script | Thing::Record => return false,
        };
        let is_subject = |text: &&str| {
            let mut words = tokens(text);
            words.retain(|word| word.contains(char::is_alphabetic));
            self.names.has(list, &words.join(" "))
        };
        let is_under = above.iter().any(is_subject) || self.item.kind == ItemKind::Variable;
        let is_plain_file = |word: &Word| match word {
            Word::Name(Thing::File, name) => !name.ends_with('/') && !self.is_source(name),
            Word::Name(..) | Word::Plain(_) => false,
        };
        // A document or a configuration that is a line of its own is asked for; a source is work on that source.
        let mut names = words.iter().filter(|word| matches!(word, Word::Name(..)));
        is_under || thing == Thing::File && names.all(is_plain_file)
    }

    fn is_source(&self, name: &str) -> bool {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        self.names.has("sources", &extension.to_lowercase())
    }
}
