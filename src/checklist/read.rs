//! Markdown → items: comrak says what each line is part of, the rules here say what it means.

use std::collections::BTreeMap;

use crate::text::Document;

use super::blocks::{Block, Standing, blocks};
use super::fence::{self, Listed};
use super::line::{Entry, code_spans, entry, plain};
use super::marks::{self, Sign, has_word, normal};
use super::status::{is_break, struck};
use super::whole::{damaged_columns, lone_returns_blanked};
use super::{Checklist, Claim, Item, ItemKind, NotRead, State, encoding, hang, priority, secret, table};

mod section;

/// The largest checklist that is read, in bytes, as of any file: twenty times the largest of the field's.
pub const MOST_BYTES: usize = 1 << 20;

/// The most items of one checklist that are read; the field's longest has about 350.
pub const MOST_ITEMS: usize = 20_000;

/// Reads a checklist, and masks what should not stand in it.
///
/// # Errors
/// It is no text, or too large. A text without any item is read, and has none.
pub fn read_document(document: &Document) -> Result<Checklist, NotRead> {
    if document.bytes().len() > MOST_BYTES {
        return Err(NotRead::TooLarge(document.bytes().len()));
    }
    let mut list = document.decoded().map(read).map_err(NotRead::NotText)?;
    secret::conceal(&mut list, document);
    Ok(list)
}

/// Reads a text as it is, secrets too. Lines and columns are those of the text as it is, even where it is damaged.
pub fn read(text: &str) -> Checklist {
    let body = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let restored = encoding::restore(body);
    let whole = restored.as_ref().map_or(body, |(restored, _)| restored);
    let whole = lone_returns_blanked(whole);
    let lines: Vec<&str> = whole.lines().collect();
    let standing = blocks(&whole, lines.len());
    let mut reader = Reader {
        lines: &lines,
        standing: &standing,
        list: Checklist::default(),
        states: Vec::new(),
        headings: Vec::new(),
        open: None,
        is_fresh: true,
        columns: Vec::new(),
        ids: Vec::new(),
        said: table::Said::default(),
        areas: BTreeMap::new(),
        at_line: BTreeMap::new(),
        variables: BTreeMap::new(),
    };
    for index in 0..lines.len() {
        reader.line(index);
    }
    let mut list = reader.list;
    if let Some((_, damage)) = restored {
        damaged_columns(&mut list, body, &lines, damage);
        list.damage = Some(damage);
    }
    if text.len() != body.len() {
        let first = list.items.iter_mut().filter(|item| item.line == 1);
        first.for_each(|item| item.column += 1);
    }
    list
}

struct Reader<'a> {
    lines: &'a [&'a str],
    standing: &'a [Standing],
    list: Checklist,
    /// What each section's heading says of the lines below it.
    states: Vec<Option<State>>,
    /// The item that each section's heading is.
    headings: Vec<Option<usize>>,
    /// The section that is open.
    open: Option<usize>,
    /// Whether nothing but fields has stood below the open heading.
    is_fresh: bool,
    /// The columns of the open table that say a state.
    columns: Vec<usize>,
    /// Those that number its rows.
    ids: Vec<usize>,
    /// Where its rows say what they ask for.
    said: table::Said,
    /// The sections that its areas are.
    areas: BTreeMap<String, usize>,
    /// The item that begins at a line.
    at_line: BTreeMap<u32, usize>,
    /// The variables listed so far.
    variables: BTreeMap<String, usize>,
}

/// An item before its place in the document is known.
struct Found<'a> {
    kind: ItemKind,
    state: State,
    /// The words as they stand.
    words: &'a str,
    /// Where they begin, in bytes of the line.
    at: usize,
}

impl<'a> Reader<'a> {
    fn line(&mut self, index: usize) {
        let line = self.lines[index];
        match self.standing[index].block {
            Block::Comment => {}
            Block::Heading(level) => self.heading(index, line, level),
            Block::Code => self.code(index, line),
            Block::Header => {
                self.columns = table::state_columns(line);
                // The second line of a table only draws it.
                let below = self.standing.iter().zip(self.lines).skip(index + 2);
                let rows = below.take_while(|(standing, _)| standing.block == Block::Row);
                let rows = rows.map(|(_, line)| *line);
                self.ids = table::id_columns(line, rows.clone());
                self.said = table::said(line, rows, (&self.columns, &self.ids));
                self.areas.clear();
            }
            Block::Row => {
                if let Some(row) = table::row(line, &self.columns, &self.ids, self.said) {
                    let found = Found {
                        kind: ItemKind::Row,
                        state: row.state,
                        words: &line[row.words.clone()],
                        at: row.words.start,
                    };
                    let open = self.open;
                    self.enter_area(index, line);
                    self.keep(index, &found);
                    self.open = open;
                }
            }
            Block::Text => self.prose(index, line),
        }
    }

    fn prose(&mut self, index: usize, line: &'a str) {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            return;
        }
        if is_break(trimmed) {
            self.is_fresh = false;
            return;
        }
        let found = entry(line);
        if found.as_ref().is_none_or(|found| found.state.is_none()) && self.field(index, line) {
            return;
        }
        if let Some(found) = found {
            self.entry(index, line, &found);
        }
    }

    fn entry(&mut self, index: usize, line: &'a str, found: &Entry) {
        let words = &line[found.words..];
        let kind = match (found.state, found.has_marker) {
            (Some(_), true) => ItemKind::Box,
            (Some(_), false) => ItemKind::Bare,
            (None, _) => ItemKind::Sign,
        };
        let state = match found.state {
            Some(state) => Some(state),
            None => self.state_of_sign(index, line, found.sign),
        };
        if self.is_legend(words, kind) {
            return;
        }
        if let Some(state) = state {
            let found = Found {
                kind,
                state,
                words,
                at: found.words,
            };
            self.keep(index, &found);
        }
    }

    /// What a line without a box says of itself: by its own sign, else by its heading.
    fn state_of_sign(&self, index: usize, line: &str, sign: Option<Sign>) -> Option<State> {
        let own = sign.and_then(Sign::state);
        let is_numbered = line
            .trim_start()
            .starts_with(|character: char| character.is_ascii_digit());
        if own.is_some() && is_numbered && self.is_planned() {
            return Some(State::Todo);
        }
        let is_outermost = self.standing[index].outer.is_none();
        own.or_else(|| self.open.and_then(|open| self.states[open]).filter(|_| is_outermost))
    }

    /// Whether the line explains signs or is a field, and asks for nothing.
    fn is_legend(&self, words: &str, kind: ItemKind) -> bool {
        let text = normal(words);
        let is_sign = kind == ItemKind::Sign;
        let is_status_alone = || {
            let rest = marks::state_of_words(words).is_some();
            rest && text.split_whitespace().count() <= 2 && !words.contains(['`', '.'])
        };
        let heading = self
            .open
            .map(|open| normal(&self.list.sections[open].text))
            .unwrap_or_default();
        let is_explained = words.trim_start().starts_with(['=', '→']) || is_sign && words.starts_with(':');
        let is_legend = ["legend", "legende", "leyenda", "légende", "status key"]
            .iter()
            .any(|word| has_word(&heading, word));
        is_explained || is_legend || is_sign && is_status_alone()
    }

    fn code(&mut self, index: usize, line: &'a str) {
        if let Some(found) = entry(line).filter(|found| found.state.is_some()) {
            self.entry(index, line, &found);
            return;
        }
        let Some(listed) = fence::listed(line) else { return };
        let (kind, range) = match listed {
            Listed::Variable(range) => (ItemKind::Variable, range),
            Listed::Record(range) => (ItemKind::Record, range),
            Listed::Index(range) => (ItemKind::Index, range),
        };
        let words = &line[range.clone()];
        if kind == ItemKind::Variable && self.variables.insert(words.to_owned(), index).is_some() {
            return;
        }
        let found = Found {
            kind,
            state: State::Todo,
            words,
            at: range.start,
        };
        self.keep_as(
            index,
            &found,
            words.split_whitespace().collect::<Vec<_>>().join(" "),
            None,
        );
    }

    fn keep(&mut self, index: usize, found: &Found<'a>) {
        self.is_fresh = false;
        if plain(found.words).is_empty() {
            return;
        }
        let words = self.with_hanging(index, found);
        // A claim before the words (`(✅ done) words`) is none of them, unless nothing else stands on the line.
        let before = |range: &std::ops::Range<usize>| {
            if plain(&words[..range.start]).is_empty() {
                range.end
            } else {
                0
            }
        };
        let claim = marks::claim(&words).map(|(range, state)| (before(&range), range, state));
        let claim = claim.filter(|(skip, _, _)| found.words.get(*skip..).is_some_and(|rest| !plain(rest).is_empty()));
        let (text, claim, skip) = match claim {
            None => (plain(&words), None, 0),
            Some((skip, range, state)) => {
                let claimed = words[range.clone()].trim_matches(['(', ')', ' ']).to_owned();
                let rest = format!("{} {}", &words[..range.start], &words[range.end..]);
                (plain(&rest), Some(Claim { words: claimed, state }), skip)
            }
        };
        if text.is_empty() || found.kind != ItemKind::Row && marks::is_label(&plain(&words)) {
            return;
        }
        let found = &Found {
            words: &found.words[skip..],
            at: found.at + skip,
            ..*found
        };
        self.keep_as(index, found, text, claim);
    }

    /// The words with the prose that hangs below them.
    fn with_hanging(&self, index: usize, found: &Found<'a>) -> String {
        if !matches!(found.kind, ItemKind::Box | ItemKind::Sign) {
            return found.words.trim_end().to_owned();
        }
        hang::with_prose(self.lines, self.standing, index, found.words)
    }

    fn keep_as(&mut self, index: usize, found: &Found<'_>, text: String, claim: Option<Claim>) -> Option<usize> {
        if self.list.items.len() >= MOST_ITEMS {
            self.list.is_cut = true;
            return None;
        }
        let line = self.lines[index];
        let first = text.chars().next()?;
        let at = found.at + found.words.find(first).unwrap_or(0);
        let state = match (&claim, found.state) {
            (Some(claim), State::Todo) if found.kind != ItemKind::Sign => claim.state,
            (_, state) => struck(found.words, state),
        };
        let number = line_number(index);
        let item = Item {
            line: number,
            column: u32::try_from(line[..at].chars().count() + 1).unwrap_or(u32::MAX),
            kind: found.kind,
            state,
            claim,
            section: self.open,
            priority: priority::of_item(found.words).or_else(|| self.inherited_priority()),
            text,
            code: code_spans(found.words),
            below: hang::code(self.lines, self.standing, index),
            parent: self.parent(index),
        };
        self.list.items.push(item);
        let kept = self.list.items.len() - 1;
        self.at_line.insert(number, kept);
        Some(kept)
    }

    fn parent(&self, index: usize) -> Option<usize> {
        let standing = self.standing[index];
        let begins = standing.item == Some(line_number(index));
        let around = if begins { standing.outer } else { standing.item };
        let listed = around.and_then(|line| self.at_line.get(&line).copied());
        listed.or_else(|| self.around(self.open).find_map(|section| self.headings[section]))
    }
}

fn line_number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}
