//! What a line says beyond what its controls ask for: "Sentry *organization* created", "*all* endpoints", "*50* users".
//!
//! A control's evidence shows a line only where the line's words are the control's words, those of what was found, or
//! words that add nothing. What the team itself binds is taken at its word.

use std::collections::BTreeSet;

use super::words::{Spoken, Words, tokens};
use super::{Binding, Item};

/// How many words of a line are looked at.
const MOST_WORDS: usize = 200;

/// How many words of what was found are looked at.
const MOST_SHOWN: usize = 4000;

/// The confidence of what the policy binds.
const TOLD: u8 = 100;

/// Who wrote the controls that a line is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The team, for its own lines: what they are called they are called after these.
    ByTeam,
    /// Somebody for everybody, one of them at least.
    ByPack,
}

/// What stands between a line and the evidence for its controls, or against them.
#[derive(Debug, Clone, Copy)]
pub struct Beyond<'a> {
    /// The line.
    pub item: &'a Item,
    /// What it is bound to.
    pub bindings: &'a [Binding],
    /// The headings and items that it stands under.
    pub above: &'a [&'a str],
    /// The rules.
    pub words: &'a Words,
}

impl Beyond<'_> {
    /// A word of the line that evidence for its controls does not show; `shown` are the controls' titles and what was
    /// found.
    pub fn not_shown(&self, shown: &[&str], written: Written) -> Option<String> {
        if self.is_told() {
            return None;
        }
        let lists = &self.words.beyond;
        let said = self.said();
        let looks_at_all = |binding: &Binding| lists.has("whole", &binding.control);
        let is_every = |word: &&String| lists.has("every", word);
        if !self.bindings.iter().all(looks_at_all)
            && let Some(word) = said.iter().find(is_every)
        {
            return Some(word.clone());
        }
        let first = said.first().filter(|word| lists.has("first", word));
        let act = first.or_else(|| said.iter().find(|word| lists.has("acts", word)));
        if let Some(word) = act {
            return Some(word.clone());
        }
        // That a name is written down does not say that it is given a value where production runs.
        let is_written = |binding: &Binding| lists.has("written-down", &binding.control);
        if self.bindings.iter().any(is_written)
            && let Some(word) = said.iter().find(|word| self.words.beyond.has("given", word))
        {
            return Some(word.clone());
        }
        if written == Written::ByTeam {
            return None;
        }
        let known = Known::new(self.bindings, self.words, shown);
        let is_new = |word: &&String| !lists.has("every", word) && !known.has(word);
        said.iter().find(is_new).cloned().or_else(|| self.elsewhere(&known))
    }

    /// What stands before an application, of which the line speaks by its own words or by where it stands.
    fn elsewhere(&self, known: &Known<'_>) -> Option<String> {
        let above = self
            .above
            .iter()
            .flat_map(|text| tokens(text).into_iter().take(MOST_WORDS));
        let mut words = self.said().into_iter().chain(above);
        let is_elsewhere = |word: &String| self.words.beyond.has("elsewhere", word);
        words.find(|word| is_elsewhere(word) && !known.has(word))
    }

    /// Why what falls short of a control does not speak against the line.
    pub fn not_denied(&self, control: &str, title: &str, shown: &[&str]) -> Option<String> {
        if self.is_told() {
            return None;
        }
        let lists = &self.words.beyond;
        let said = self.said();
        let known = Known::new(self.bindings, self.words, &[title]);
        let by_hand = said.iter().find(|word| lists.has("by-hand", word) && !known.has(word));
        if let Some(word) = by_hand {
            return Some(format!(
                "the line asks for something to be done (`{word}`), not for what is missing"
            ));
        }
        let denied = said.iter().find(|word| lists.has("denies", word) && !known.has(word));
        if let Some(word) = denied.filter(|_| self.item.state.is_claim()) {
            return Some(format!("the line denies something (`{word}`)"));
        }
        let known = Known::new(self.bindings, self.words, shown);
        if let Some(word) = self.elsewhere(&known) {
            return Some(format!(
                "the line speaks of what stands before the application (`{word}`)"
            ));
        }
        let asks = |word: &String| self.words.stricter.has(control, word);
        (self.words.stricter.knows(control) && !said.iter().any(asks))
            .then(|| "the control asks for more than the line says".to_owned())
    }

    /// Whether the policy itself binds the line.
    pub fn is_told(&self) -> bool {
        self.bindings.iter().any(|binding| binding.confidence >= TOLD)
    }

    /// The line's words without its number.
    fn said(&self) -> Vec<String> {
        let mut said = tokens(&self.item.text);
        let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
        let numbered = said.first().is_some_and(|word| self.words.beyond.has("numbered", word));
        let start = usize::from(numbered && said.get(1).is_some_and(is_number));
        let digits = said[start..].iter().take_while(|word| is_number(word)).count();
        said.drain(..start + digits);
        said.truncate(MOST_WORDS);
        said
    }
}

/// The words that say nothing beyond some controls and what was found of them.
struct Known<'a> {
    words: &'a Words,
    whole: BTreeSet<String>,
    beginnings: Vec<&'a str>,
    shown: BTreeSet<String>,
}

impl<'a> Known<'a> {
    fn new(bindings: &[Binding], words: &'a Words, shown: &[&str]) -> Self {
        let mut known = Self {
            words,
            whole: BTreeSet::new(),
            beginnings: Vec::new(),
            shown: BTreeSet::new(),
        };
        for binding in bindings {
            for spoken in words.spoken(&binding.control) {
                match spoken {
                    Spoken::Whole(word) => {
                        known.whole.insert(stem(word).to_owned());
                    }
                    Spoken::Beginning(word) => known.beginnings.push(word),
                }
            }
            known
                .whole
                .extend(tokens(&binding.control).iter().map(|word| stem(word).to_owned()));
        }
        let shown = shown.iter().flat_map(|text| tokens(text)).take(MOST_SHOWN);
        known.shown.extend(shown.map(|word| stem(&word).to_owned()));
        known
    }

    fn has(&self, word: &str) -> bool {
        let stem = stem(word);
        if self.shown.contains(stem) {
            return true;
        }
        // An amount is a matter of what was found, not of the words that people use.
        if is_amount(word) {
            return false;
        }
        let is_spoken = || self.whole.contains(stem) || self.beginnings.iter().any(|begins| word.starts_with(begins));
        word.chars().nth(1).is_none() || is_plain(word, self.words) || is_spoken()
    }
}

/// Whether a word adds nothing: words of presence, articles, what leads from one word to another.
fn is_plain(word: &str, words: &Words) -> bool {
    const NAMES: [&str; 9] = [
        "made",
        "there",
        "installed",
        "set",
        "declared",
        "articles",
        "auxiliaries",
        "openers",
        "files",
    ];
    let is_priority = word.len() == 2 && word.starts_with('p') && word.ends_with(|last: char| last.is_ascii_digit());
    let is_leading = || words.names.has("leads", word) && !words.beyond.has("denies", word);
    is_priority
        || words.beyond.has("plain", word)
        || NAMES.iter().any(|list| words.names.has(list, word))
        || is_leading()
}

/// `50`, `500kb`, `30s`.
fn is_amount(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let unit = &word[digits..];
    digits > 0
        && [
            "", "kb", "mb", "gb", "tb", "ms", "s", "m", "h", "d", "x", "k", "px", "rpm", "rps",
        ]
        .contains(&unit)
}

/// A word without its ending, so that `limits`, `limited` and `limiting` are one.
fn stem(word: &str) -> &str {
    let endings = ["ing", "ed", "es", "s", "e"];
    let cut = endings.iter().find_map(|ending| {
        let stem = word.strip_suffix(ending)?;
        (stem.chars().count() > 3).then_some(stem)
    });
    cut.unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::super::{bind, read};
    use super::*;

    fn beyond(text: &str, shown: &[&str]) -> Option<String> {
        let list = read(&format!("- [ ] {text}\n"));
        let words = Words::builtin();
        let bindings = bind(&list, words, &[]);
        assert!(!bindings[0].is_empty(), "{text} is bound to nothing");
        let beyond = Beyond {
            item: &list.items[0],
            bindings: &bindings[0],
            above: &[],
            words,
        };
        beyond.not_shown(shown, Written::ByPack)
    }

    #[test]
    fn a_line_of_its_controls_words_says_no_more() {
        for text in [
            "Sentry error tracking configured",
            "Set up Sentry",
            "Task 2.1: Rate limiting enabled",
            "1.4 Rate limiting",
            "Rate limiting on all endpoints",
            "TypeScript strict mode enabled",
            "HSTS header enabled",
            "Rate limiting implementado",
        ] {
            assert_eq!(beyond(text, &[]), None, "{text}");
        }
        assert_eq!(
            beyond("Winston logging configured", &["createLogger of `winston`"]),
            None
        );
    }

    #[test]
    fn what_is_written_down_is_not_set() {
        let shown = ["It is written down that `JWT_SECRET` must be set"];
        assert_eq!(beyond("JWT_SECRET documented", &shown), None);
        assert_eq!(beyond("JWT_SECRET set, documented", &shown).as_deref(), Some("set"));
    }

    #[test]
    fn what_is_done_counted_or_made_elsewhere_is_more() {
        for (text, word) in [
            ("Sentry organization created", "organization"),
            ("Sentry project created", "project"),
            ("Rate limiting at Cloudflare", "cloudflare"),
            ("Rate limiting at the proxy", "proxy"),
            ("Load test with 1000 concurrent users", "concurrent"),
            ("Sentry release created", "release"),
            ("Sentry errors reported", "reported"),
            ("No errors in Sentry", "no"),
            ("Monitor Sentry for errors", "monitor"),
            ("Health check failure alert", "failure"),
            ("Health checks passing", "passing"),
            ("Log rotation: 30 days", "30"),
            ("Database migrations executed", "executed"),
            ("Audit logging comprehensive", "comprehensive"),
            ("Validate all user inputs", "all"),
            ("Bundle size <500KB", "500kb"),
        ] {
            assert_eq!(beyond(text, &[]).as_deref(), Some(word), "{text}");
        }
    }
}
