//! Headings, the fields below them, and what they say of the items that follow.

use crate::checklist::line::{self, plain};
use crate::checklist::marks::{self, Sign};
use crate::checklist::status::{STATUS_LABELS, field, heading_state, not_ticked};
use crate::checklist::{ItemKind, Section, Statement, priority, table};
use crate::model::Severity;

use super::{Found, Reader, line_number};

impl Reader<'_> {
    /// A section and those that it stands in, from the innermost.
    pub(super) fn around(&self, section: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(section, |section| self.list.sections[*section].parent)
    }

    pub(super) fn heading(&mut self, index: usize, line: &str, level: u8) {
        let words = line.trim_start_matches(|character: char| character == '#' || character.is_whitespace());
        let text = plain(words.trim_end_matches(['#', ' ']));
        if text.is_empty() || words.bytes().all(|byte| byte == b'=' || byte == b'-') {
            return;
        }
        let parent = self.above(level);
        if let Some(value) = field(&text, &STATUS_LABELS) {
            // `### Current status: PARTIAL` says something of the heading above.
            self.open = parent;
            self.status(index, line, value);
            return;
        }
        self.states.push(heading_state(words, &text));
        self.headings.push(None);
        self.open = Some(self.list.sections.len());
        self.is_fresh = true;
        self.list.sections.push(Section {
            line: line_number(index),
            level,
            priority: priority::of_heading(words),
            text,
            parent,
        });
    }

    /// Opens the section of what a row belongs to, for that row alone: an area is told once, below the heading that its
    /// table stands under.
    pub(super) fn enter_area(&mut self, index: usize, line: &str) {
        let text = table::area(line, self.said).map(plain).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        let known = self.areas.get(&text).copied();
        let area = known.unwrap_or_else(|| {
            let section = Section {
                line: line_number(index),
                level: self
                    .open
                    .map_or(1, |open| self.list.sections[open].level.saturating_add(1)),
                priority: None,
                text: text.clone(),
                parent: self.open,
            };
            self.states.push(None);
            self.headings.push(None);
            self.list.sections.push(section);
            self.list.sections.len() - 1
        });
        self.areas.insert(text, area);
        self.open = Some(area);
    }

    /// The innermost open section that a heading of this level stands under.
    fn above(&self, level: u8) -> Option<usize> {
        self.around(self.open)
            .find(|section| self.list.sections[*section].level < level)
    }

    /// Reads a field of the open section; whether the line is one.
    pub(super) fn field(&mut self, index: usize, line: &str) -> bool {
        let words = plain(line.trim_start().trim_start_matches(['-', '*', ' ']));
        if let Some(value) = field(&words, &STATUS_LABELS) {
            self.status(index, line, value);
            return true;
        }
        if field(
            &words,
            &["priority", "priorität", "prioridade", "prioridad", "priorité"],
        )
        .is_some()
        {
            if let Some(section) = self.open.and_then(|open| self.list.sections.get_mut(open)) {
                section.priority = priority::of_value(line).or(section.priority);
            }
            return true;
        }
        false
    }

    /// A status: of the open heading, if nothing but fields stands between, else of the document.
    fn status(&mut self, index: usize, line: &str, value: &str) {
        let open = self
            .open
            .filter(|open| self.is_fresh && self.list.sections[*open].level > 1);
        let Some(open) = open else {
            self.list.statements.push(Statement {
                line: line_number(index),
                text: value.to_owned(),
            });
            return;
        };
        let behind = line.split_once(':').map_or(value, |(_, behind)| behind);
        let behind = behind.trim_start_matches(['*', '_', ' ']);
        let state = line::tick_box(behind.trim_end_matches(['*', '_', ' ']), true)
            .map(|(state, _)| state)
            .or_else(|| marks::state_of_words(behind).map(not_ticked))
            .or_else(|| marks::sign(behind).0.and_then(Sign::state));
        let (Some(state), None) = (state, self.headings[open]) else {
            return;
        };
        let section = &self.list.sections[open];
        let (at, text) = (section.line as usize - 1, section.text.clone());
        let line = self.lines[at];
        let words = line.trim_start_matches(|character: char| character == '#' || character.is_whitespace());
        let found = Found {
            kind: ItemKind::Heading,
            state,
            words,
            at: line.len() - words.len(),
        };
        self.headings[open] = self.keep_as(at, &found, text, None);
    }

    /// Whether the open section is of a plan, or stands in one that is.
    pub(super) fn is_planned(&self) -> bool {
        self.around(self.open)
            .any(|section| marks::is_plan(&self.list.sections[section].text))
    }

    /// The priority that the open section, or one that it stands in, gives to its items.
    pub(super) fn inherited_priority(&self) -> Option<Severity> {
        self.around(self.open)
            .find_map(|section| self.list.sections[section].priority)
    }
}
