//! Whether git would store a file with other line breaks than it has on disk (gitattributes(5), `text`).
//!
//! Only configuration is read: no filter is ever run.

use gix::attrs::State;
use gix::bstr::BStr;
use gix::worktree::stack::state::attributes::Source;

use super::objects::Objects;
use crate::model::BlobId;

/// The attributes of a checkout.
pub(super) struct Lines<'a> {
    objects: &'a Objects,
    index: &'a gix::index::State,
    /// Looked for when first asked, since most checkouts have the bytes that git stores.
    stack: Option<gix::AttributeStack<'a>>,
}

enum Rule {
    AsIs,
    Text,
    /// Text by its looks, and only where git does not store it with CRLF already.
    Auto,
}

/// Up to this size a stored blob is looked at for the line breaks that it has.
const LARGEST_STORED: u64 = 16 << 20;

impl<'a> Lines<'a> {
    pub(super) fn new(objects: &'a Objects, index: &'a gix::index::State) -> Self {
        Self {
            objects,
            index,
            stack: None,
        }
    }

    /// Whether CRLF becomes LF when this content of this path is stored.
    pub(super) fn convert(&mut self, path: &BStr, stored: Option<BlobId>, looks: Looks) -> bool {
        match self.rule(path) {
            Rule::AsIs => false,
            Rule::Text => true,
            Rule::Auto => looks == Looks::Text && !self.has_carriage_returns(stored),
        }
    }

    fn has_carriage_returns(&self, stored: Option<BlobId>) -> bool {
        stored
            .and_then(|id| self.objects.small_blob(id, LARGEST_STORED))
            .is_some_and(|bytes| memchr::memmem::find(&bytes, b"\r\n").is_some())
    }

    /// Whether a filter or `$Id$` may have made the bytes on disk from those stored.
    pub(super) fn is_filtered(&mut self, path: &BStr) -> bool {
        let [filter, ident] = self.states(path, ["filter", "ident"]);
        matches!(filter, State::Value(_)) || matches!(ident, State::Set)
    }

    fn states<const N: usize>(&mut self, path: &BStr, names: [&str; N]) -> [State; N] {
        let found = self.look_up(path, names).unwrap_or_default();
        let mut found = found.into_iter();
        std::array::from_fn(|_| found.next().unwrap_or(State::Unspecified))
    }

    fn look_up<const N: usize>(&mut self, path: &BStr, names: [&str; N]) -> Option<Vec<State>> {
        if self.stack.is_none() {
            let repository = self.objects.repository();
            let stack = repository.attributes_only(self.index, Source::WorktreeThenIdMapping);
            self.stack = Some(stack.ok()?);
        }
        let stack = self.stack.as_mut()?;
        let mut outcome = stack.selected_attribute_matches(names);
        stack.at_entry(path, None).ok()?.matching_attributes(&mut outcome);
        let states = outcome.iter_selected().map(|found| found.assignment.state.to_owned());
        Some(states.collect())
    }

    fn rule(&mut self, path: &BStr) -> Rule {
        let [text, crlf, eol] = self.states(path, ["text", "crlf", "eol"]);
        let by_text = rule_of(&text).or_else(|| rule_of(&crlf));
        let by_eol = matches!(eol, State::Value(_)).then_some(Rule::Text);
        by_text.or(by_eol).unwrap_or_else(|| {
            let repository = self.objects.repository();
            let auto = repository.config_snapshot().string("core.autocrlf");
            match auto.as_ref().map(|value| value.to_ascii_lowercase()) {
                Some(value) if [&b"true"[..], b"input", b"yes", b"on", b"1"].contains(&value.as_slice()) => Rule::Auto,
                Some(_) | None => Rule::AsIs,
            }
        })
    }
}

fn rule_of(state: &State) -> Option<Rule> {
    match state {
        State::Set => Some(Rule::Text),
        State::Unset => Some(Rule::AsIs),
        State::Value(value) if value.as_ref().as_bstr() == "auto" => Some(Rule::Auto),
        State::Value(value) if value.as_ref().as_bstr() == "input" => Some(Rule::Text),
        State::Value(_) | State::Unspecified => None,
    }
}

/// What a content looks like to git.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    Text,
    Binary,
}

impl Looks {
    /// Git's own test: no NUL, no carriage return that stands alone, and fewer than one unprintable byte in 128.
    pub(super) fn of(content: &[u8]) -> Self {
        let lone = content
            .iter()
            .enumerate()
            .any(|(at, byte)| *byte == b'\r' && content.get(at + 1) != Some(&b'\n'));
        let unprintable = content
            .iter()
            .filter(|byte| matches!(byte, 0..=7 | 11 | 14..=26 | 28..=31 | 127))
            .count();
        let printable = content.len() - unprintable;
        if lone || content.contains(&0) || unprintable >> 7 > printable {
            Self::Binary
        } else {
            Self::Text
        }
    }
}
