//! What an item names, and what it says of it: a file, a package, a script, a variable, a route or a record that is
//! to be there.
//!
//! It is read only where the item's own words make the claim: a verb that governs the name, or the name alone under a
//! heading of such names. What could mean another thing stays unmapped.

use super::words::{Names, Words, tokens};
use super::{Checklist, Item, ItemKind};

use word::{Word, is_example};

mod said;
mod word;

#[cfg(test)]
mod tests;

/// Longer items are prose, which names things in passing.
const LONGEST: usize = 240;

/// More names than these in one item are an inventory.
const MOST_NAMES: usize = 5;

/// How many items above an item are asked for the folder that they name.
const MOST_PARENTS: usize = 4;

/// What kind of thing is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    /// A file by its name or path; a folder, where it ends in `/`.
    File,
    /// A package of a registry.
    Package,
    /// A script of `package.json`.
    Script,
    /// A variable that is set where production runs.
    Variable,
    /// A variable that an example file declares.
    Declared,
    /// A route: `GET /health`, or the path alone.
    Route,
    /// A DNS record.
    Record,
}

/// What an item says of what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Says {
    /// That it is there, and nothing more.
    Present,
    /// That it is there and works, which its presence does not show: what is not there does not work either.
    Works,
    /// That it is there, and more: what is missing may be asked for elsewhere than in the repository.
    More,
    /// That it is gone.
    Gone,
}

/// What an item names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Naming {
    /// What kind of thing.
    pub thing: Thing,
    /// Its name, as the item has it.
    pub name: String,
    /// What is said of it.
    pub says: Says,
    /// The file that it is to stand in, where the item says so.
    pub place: Option<String>,
}

/// What an item names and says to be there, or to be gone; nothing where that is not clear.
pub(super) fn namings(list: &Checklist, item: &Item, words: &Words) -> Vec<Naming> {
    let text = item.text.as_str();
    if text.len() > LONGEST
        || text.contains(['→', '⇒'])
        || text.contains("->")
        || text.contains("&&")
        || text.contains(" = ")
        || text.trim_end().ends_with('?')
    {
        return Vec::new();
    }
    let reader = Reader {
        names: &words.names,
        list,
        item,
    };
    if item.kind == ItemKind::Record {
        return vec![reader.naming(Thing::Record, text.to_owned(), Says::Present, None)];
    }
    reader.read().unwrap_or_default()
}

struct Reader<'a> {
    names: &'a Names,
    list: &'a Checklist,
    item: &'a Item,
}

impl Reader<'_> {
    fn naming(&self, thing: Thing, name: String, says: Says, place: Option<String>) -> Naming {
        Naming {
            thing,
            name,
            says,
            place,
        }
    }

    fn read(&self) -> Option<Vec<Naming>> {
        let first = tokens(&self.item.text).into_iter().next();
        if first.is_some_and(|first| self.names.has("questions", &first)) {
            return None;
        }
        let (head, tail) = halves(&self.item.text);
        let mut words = word::words(self.names, head, &self.item.code);
        // The negation of a part of the line may be that of all of it.
        let is_never = |word: &str| self.names.has("never", word);
        let denies = |word: &Word| matches!(word, Word::Plain(word) if is_never(word));
        let tail_words = tokens(tail.unwrap_or_default());
        if words.iter().any(denies) || tail_words.iter().any(|word| is_never(word)) || self.item.text.contains("n't ") {
            return None;
        }
        let place = self.take_place(&mut words);
        if self.is_led_to_file(&words) {
            return None;
        }
        by_themselves(&mut words);
        let mut named: Vec<(Thing, String)> = Vec::new();
        for word in &words {
            if let Word::Name(thing, name) = word {
                named.push((*thing, name.clone()));
            }
        }
        named.dedup();
        let thing = named.first()?.0;
        if named.len() > MOST_NAMES || named.iter().any(|(other, _)| *other != thing) {
            return None;
        }
        let has_more = tail.is_some_and(|tail| !self.is_neutral(tail, thing));
        if !has_more {
            // `limits.ts (created)`
            let verbs = tail_words.into_iter().filter(|word| self.is_verb(thing, word));
            words.extend(verbs.map(Word::Plain));
        }
        let says = self.says(&words, thing, has_more)?;
        let (thing, place) = match (thing, place) {
            (Thing::Variable, Some(place)) if is_example(&place) => (Thing::Declared, Some(place)),
            // Any other file is no place where a machine would look for it.
            (Thing::Variable, Some(_)) if !self.is_set(&words) => return None,
            // The manifest says what is declared, and of no other file what it does with it.
            (Thing::Package | Thing::Script, Some(place)) if place.trim_start_matches("./") != "package.json" => {
                return None;
            }
            (thing, place) => (thing, place),
        };
        if thing == Thing::Declared && says == Says::More {
            return None;
        }
        let folder = match thing {
            Thing::File => self.folder()?,
            Thing::Package | Thing::Script | Thing::Variable | Thing::Declared | Thing::Route | Thing::Record => {
                String::new()
            }
        };
        let namings = named
            .into_iter()
            .map(|(_, name)| self.naming(thing, format!("{folder}{name}"), says, place.clone()));
        Some(namings.collect())
    }

    /// The folder that the item stands under, with its slash: of the item that it is a part of. `None` where a folder is
    /// named above and which files are its own is not clear.
    fn folder(&self) -> Option<String> {
        let mut folder = String::new();
        let parents = std::iter::successors(self.item.parent, |index| self.list.items.get(*index)?.parent);
        for parent in parents
            .take(MOST_PARENTS)
            .filter_map(|index| self.list.items.get(index))
        {
            let folders = self.folders(&parent.text, &parent.code);
            let [one] = folders.as_slice() else {
                if folders.is_empty() {
                    continue;
                }
                return None;
            };
            folder = format!("{one}{folder}");
        }
        let mut headings = self.list.path(self.item).into_iter();
        let is_clear = headings.all(|heading| self.folders(heading, &[]).is_empty());
        is_clear.then_some(folder)
    }

    fn folders(&self, text: &str, code: &[String]) -> Vec<String> {
        let text = text.get(..LONGEST).unwrap_or(text);
        let words = word::words(self.names, text, code).into_iter();
        let folders = words.filter_map(|word| match word {
            Word::Name(Thing::File, name) if name.ends_with('/') => Some(name),
            Word::Name(..) | Word::Plain(_) => None,
        });
        folders.collect()
    }

    fn is_set(&self, words: &[Word]) -> bool {
        words
            .iter()
            .any(|word| matches!(word, Word::Plain(word) if self.names.has("set", word)))
    }

    fn is_verb(&self, thing: Thing, word: &str) -> bool {
        let lists: &[&str] = match thing {
            Thing::File => &["made", "there"],
            Thing::Package => &["installed", "there"],
            Thing::Script => &["made", "there", "run"],
            Thing::Variable | Thing::Declared => &["set", "declared"],
            Thing::Route => &["answers"],
            Thing::Record => &["made", "there", "set"],
        };
        lists.iter().any(|list| self.names.has(list, word))
    }

    /// Whether a word is what a thing of this kind is called.
    fn is_kind(&self, thing: Thing, word: &str) -> bool {
        let list = match thing {
            Thing::File => "files",
            Thing::Package => "kinds",
            Thing::Script => "commands",
            Thing::Variable | Thing::Declared => "variable-kinds",
            Thing::Route => "route-kinds",
            Thing::Record => "records",
        };
        self.names.has(list, word)
    }

    /// Whether a word says nothing of its own beside a name.
    fn is_small(&self, thing: Thing, word: &str) -> bool {
        let lists = ["articles", "auxiliaries", "openers"];
        self.is_kind(thing, word) || lists.iter().any(|list| self.names.has(list, word))
    }

    /// Whether a file is where something is done, or has something in it: `Add the key to config.json`.
    fn is_led_to_file(&self, words: &[Word]) -> bool {
        let is_article = |word: &&Word| matches!(word, Word::Plain(word) if self.names.has("articles", word) || self.is_kind(Thing::File, word));
        let leads = |word: Option<&Word>| matches!(word, Some(Word::Plain(word)) if self.names.has("leads", word));
        words.iter().enumerate().any(|(at, word)| {
            matches!(word, Word::Name(Thing::File, _))
                && (leads(words[..at].iter().rev().find(|word| !is_article(word)))
                    || leads(words[at + 1..].iter().find(|word| !is_article(word))))
        })
    }

    /// Whether what stands in brackets, or behind a dash, adds nothing.
    fn is_neutral(&self, text: &str, thing: Thing) -> bool {
        let mut words = tokens(text).into_iter();
        words.all(|word| {
            let is_small = word.len() <= 3 && word.starts_with(|first: char| first.is_ascii_digit() || first == 'p');
            self.is_verb(thing, &word) || self.is_small(thing, &word) || is_small
        })
    }

    /// The file in which a package, a script or a variable is to stand, taken out of the words with what leads to it.
    fn take_place(&self, words: &mut Vec<Word>) -> Option<String> {
        let is_other = |word: &Word| matches!(word, Word::Name(thing, _) if *thing != Thing::File);
        if !words.iter().any(is_other) {
            return None;
        }
        let leads = |word: &Word| matches!(word, Word::Plain(word) if matches!(word.as_str(), "in" | "to" | "em" | "en" | "dans" | "into"));
        let at = words
            .windows(2)
            .position(|pair| leads(&pair[0]) && matches!(&pair[1], Word::Name(Thing::File, _)))?;
        let Word::Name(_, place) = words.remove(at + 1) else {
            return None;
        };
        words.remove(at);
        Some(place)
    }
}

/// What something is done with is not what is said to be there: `Create env.ts with zod`.
fn by_themselves(words: &mut [Word]) {
    let with = words.iter().position(|word| {
        matches!(word, Word::Plain(word) if matches!(word.as_str(), "with" | "using" | "via" | "com" | "con" | "avec" | "mit"))
    });
    for word in words.iter_mut().skip(with.unwrap_or(usize::MAX)) {
        if let Word::Name(_, name) = word {
            *word = Word::Plain(name.to_lowercase());
        }
    }
}

/// What stands before a remark, and the remark: in brackets at the end, or behind a dash.
fn halves(text: &str) -> (&str, Option<&str>) {
    for dash in [" - ", " – ", " — "] {
        if let Some((head, tail)) = text.split_once(dash) {
            return (head, Some(tail));
        }
    }
    match text.trim_end().strip_suffix(')').and_then(|text| text.rsplit_once('(')) {
        Some((head, tail)) if !head.trim().is_empty() && !head.contains('(') => (head, Some(tail)),
        Some(_) | None => (text, None),
    }
}
