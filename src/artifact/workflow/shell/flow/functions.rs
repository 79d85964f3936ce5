//! Functions of a script: run where they are called, and not where they stand.

use super::super::syntax::Node;
use super::super::token::Word;
use super::super::weigh::text_of;
use super::super::{Failure, When};
use super::{Around, DEEPEST, Walk};

impl<'a> Walk<'a> {
    /// Functions that nothing calls by name: never run, unless something else may.
    pub(super) fn uncalled(&mut self, around: &Around) {
        let rest: Vec<(&str, &Node)> = self.functions.iter().map(|(name, body)| (*name, *body)).collect();
        for (name, body) in rest {
            if self.called.contains(name) {
                continue;
            }
            let is_named = self.words.contains(name);
            let around = Around {
                when: if is_named {
                    When::Under(name.to_owned())
                } else {
                    When::Never
                },
                ..around.clone()
            };
            self.node(body, &around);
        }
    }

    pub(super) fn function(&mut self, name: &str, words: &[Word], failure: Failure, around: &Around) {
        /// Functions call each other, and themselves: so many calls are followed.
        const MOST_CALLS: usize = 64;
        let Some((name, body)) = self.functions.get_key_value(name).map(|(name, body)| (*name, *body)) else {
            return;
        };
        self.called.insert(name);
        let line = words.first().map_or(0, |word| word.line);
        if self.calls >= MOST_CALLS || self.depth > DEEPEST {
            self.push(&text_of(words), line, failure, &around.when);
            return;
        }
        self.calls += 1;
        self.depth += 1;
        self.node(body, around);
        self.depth -= 1;
    }
}
