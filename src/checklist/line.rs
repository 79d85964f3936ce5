//! One line: its list marker, its box, its words.

use std::ops::Range;

use super::State;
use super::marks::{self, Sign};

/// A line of a list, or a line that begins with a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Whether a list marker stands before it.
    pub has_marker: bool,
    /// What its box says.
    pub state: Option<State>,
    /// The sign that stands before its words.
    pub sign: Option<Sign>,
    /// Where its words begin, in bytes of the line.
    pub words: usize,
}

/// Reads a line; `None` if it is neither of a list nor begins with a box.
pub(super) fn entry(line: &str) -> Option<Entry> {
    let quoted = line.trim_start_matches(|character: char| character.is_whitespace() || character == '>');
    let marker = marker(quoted);
    let after = quoted[marker..].trim_start();
    let boxed = tick_box(after, marker > 0);
    if marker == 0 && boxed.is_none() {
        return None;
    }
    let rest = boxed.map_or(after, |(_, length)| after[length..].trim_start());
    let (sign, length) = marks::sign(rest);
    let words = rest[length..].trim_start();
    Some(Entry {
        has_marker: marker > 0,
        state: boxed.map(|(state, _)| state),
        sign,
        words: line.len() - words.len(),
    })
}

/// Where the box of a line stands that [`entry`] reads a state from, in bytes of the line.
pub(super) fn box_place(line: &str) -> Option<Range<usize>> {
    let quoted = line.trim_start_matches(|character: char| character.is_whitespace() || character == '>');
    let marker = marker(quoted);
    let after = quoted[marker..].trim_start();
    let (_, length) = tick_box(after, marker > 0)?;
    let start = line.len() - after.len();
    Some(start..start + length)
}

/// The length of a list marker with the space behind it; 0 if there is none.
fn marker(text: &str) -> usize {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let length = match text[digits..].chars().next() {
        Some('-' | '*' | '+' | '•' | '–') if digits == 0 => text.chars().next().map_or(0, char::len_utf8),
        Some('.' | ')') if (1..=9).contains(&digits) => digits + 1,
        Some(_) | None => return 0,
    };
    let rest = &text[length..];
    if rest.starts_with([' ', '\t']) { length + 1 } else { 0 }
}

/// What a box at the beginning says, and its length.
pub(super) fn tick_box(text: &str, has_marker: bool) -> Option<(State, usize)> {
    let mut characters = text.chars();
    match characters.next()? {
        '☐' | '⬜' | '◻' => return Some((State::Todo, text.chars().next()?.len_utf8())),
        '☑' | '🗹' => return Some((State::Done, text.chars().next()?.len_utf8())),
        '☒' => return Some((State::Dropped, text.chars().next()?.len_utf8())),
        '[' => {}
        _ => return None,
    }
    let inside = &text[1..];
    let close = inside
        .char_indices()
        .take(4)
        .find(|(_, character)| *character == ']')?
        .0;
    let state = match inside[..close].trim().trim_end_matches('\u{FE0F}') {
        // `[]` in prose is nothing.
        "" if close == 0 && !has_marker => return None,
        symbol => marks::state_of_symbol(symbol)?,
    };
    let length = close + 2;
    let rest = &text[length..];
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some((state, length))
}

/// A heading's or an item's words without emphasis, code marks, links' addresses and signs around them.
pub(super) fn plain(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(character) = rest.chars().next() {
        let length = character.len_utf8();
        match character {
            '*' | '`' => {}
            '~' if rest.starts_with("~~") => {
                rest = &rest[2..];
                continue;
            }
            '[' => {
                if let Some((label, length)) = link(rest) {
                    plain.push_str(label);
                    rest = &rest[length..];
                    continue;
                }
                plain.push(character);
            }
            '\u{FE0F}' => {}
            _ => plain.push(character),
        }
        rest = &rest[length..];
    }
    let is_edge = |character: char| character.is_whitespace() || marks::is_emoji(character);
    let text = plain.trim_matches(is_edge);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The most code spans of a line that are kept: more are an inventory.
const MOST_SPANS: usize = 8;

/// What stands between single backticks; nothing where these do not pair.
pub(super) fn code_spans(words: &str) -> Vec<String> {
    if words
        .bytes()
        .filter(|byte| *byte == b'`')
        .take(2 * MOST_SPANS + 1)
        .count()
        % 2
        == 1
    {
        return Vec::new();
    }
    let spans = words.split('`').skip(1).step_by(2);
    let spans = spans.map(str::trim).filter(|span| !span.is_empty());
    spans.take(MOST_SPANS).map(str::to_owned).collect()
}

/// The label and the whole length of a link `[label](address)` at the beginning. What is longer is no link: a
/// search for its end in each of many brackets would cost the square of the line.
fn link(text: &str) -> Option<(&str, usize)> {
    const MOST: usize = 400;
    let window = |text: &str, most: usize| text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    let head = &text[..window(text, MOST)];
    let close = head.find("](")?;
    let end = head[close..].find(')')? + close;
    Some((&head[1..close], end + 1))
}
