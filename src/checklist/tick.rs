//! Boxes of a document ticked, every other byte as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::blocks::{Block, Standing, blocks};
use super::line::{box_place, plain, tick_box};
use super::marks::{Sign, sign};
use super::read::read;
use super::status::{STATUS_LABELS, field};
use super::whole::lone_returns_blanked;
use super::{Checklist, Damage, Item, ItemKind, State, table};

/// A document after its boxes were ticked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticked {
    /// The whole text.
    pub text: String,
    /// The items that are ticked now, by index.
    pub ticked: Vec<usize>,
    /// Those that were to be ticked and are as they were.
    pub left: Vec<(usize, Left)>,
}

/// Why an item is left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The document says it is done.
    Done,
    /// Its box says more than that it is open, and whoever wrote that knows why.
    Said(State),
    /// Its state is no box: a sign, a heading, a line of a fence.
    NoBox,
    /// Its state is an emoji, and the document has none, or more than one, for what is done.
    NoEmoji,
    /// An item that is a part of it, at this line, is open.
    PartOpen(u32),
    /// The document would not be read as it should be.
    Misread,
}

impl std::fmt::Display for Left {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Done => formatter.write_str("the document says already that it is done"),
            Self::Said(state) => write!(
                formatter,
                "its box says `{}`, which whoever wrote it has to take back",
                state.as_str()
            ),
            Self::NoBox => formatter.write_str("its state is no box"),
            Self::NoEmoji => formatter.write_str("its state is an emoji, and the document has no one emoji for done"),
            Self::PartOpen(line) => write!(formatter, "a part of it is open, on line {line}"),
            Self::Misread => formatter.write_str("with a tick the document would be read in another way"),
        }
    }
}

/// Ticks the boxes of these items (indices of what [`read`] gives of the text), as the document itself ticks.
///
/// Only empty boxes are ticked, and nothing is unticked. The result is read again: what does not come out as meant is
/// left as it was. Time is linear in the text.
///
/// # Errors
/// How the text is damaged: a tick would be written in another encoding than its neighbours were.
pub fn tick(text: &str, met: &BTreeSet<usize>) -> Result<Ticked, Damage> {
    let list = read(text);
    if let Some(damage) = list.damage {
        return Err(damage);
    }
    let page = Page::new(text);
    let style = page.style(&list);
    let mut left = BTreeMap::new();
    let mut edits = page.edits(&list, met, &style, &mut left);
    // Twice: once to see what goes wrong, once without that.
    for _ in 0..2 {
        let after = spliced(text, &edits);
        let wrong = misread(&list, &read(&after), &edits);
        if wrong.is_empty() {
            return Ok(Ticked {
                text: after,
                ticked: edits.into_keys().collect(),
                left: left.into_iter().collect(),
            });
        }
        for index in wrong {
            edits.remove(&index);
            left.insert(index, Left::Misread);
        }
    }
    left.extend(edits.into_keys().map(|index| (index, Left::Misread)));
    Ok(Ticked {
        text: text.to_owned(),
        ticked: Vec::new(),
        left: left.into_iter().collect(),
    })
}

/// By item, the bytes of the text to be replaced and what stands there instead.
type Edits = BTreeMap<usize, (Range<usize>, String)>;

/// The mark by which an item says its state.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    /// What stands between brackets, in bytes of the text.
    Inside(Range<usize>),
    /// An emoji alone.
    Emoji(Range<usize>),
}

/// How the document says that something is done.
struct Style {
    /// What it writes into boxes most often.
    symbol: String,
    /// Its one emoji.
    emoji: Option<String>,
}

struct Page<'a> {
    text: &'a str,
    /// The text as it was read, byte by byte at the same places.
    whole: String,
    /// Where each line begins and ends, in bytes of the text.
    lines: Vec<Range<usize>>,
    standing: Vec<Standing>,
    /// The columns that say a state, for each row of a table.
    columns: BTreeMap<usize, Vec<usize>>,
}

impl<'a> Page<'a> {
    fn new(text: &'a str) -> Self {
        // As the reader does it: without the mark, lone returns blanked, which moves nothing.
        let body = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mark = text.len() - body.len();
        let blanked = lone_returns_blanked(body);
        let mut lines = Vec::new();
        let mut start = mark;
        for line in blanked.split_inclusive('\n') {
            let words = line.strip_suffix('\n').unwrap_or(line);
            let words = words.strip_suffix('\r').unwrap_or(words);
            lines.push(start..start + words.len());
            start += line.len();
        }
        let standing = blocks(&blanked, lines.len());
        let whole = format!("{}{blanked}", &text[..mark]);
        let mut page = Self {
            text,
            whole,
            lines,
            standing,
            columns: BTreeMap::new(),
        };
        let mut header = Vec::new();
        for index in 0..page.lines.len() {
            match page.standing[index].block {
                Block::Header => header = table::state_columns(page.line(index)),
                Block::Row => {
                    page.columns.insert(index, header.clone());
                }
                Block::Text | Block::Heading(_) | Block::Code | Block::Comment => {}
            }
        }
        page
    }

    fn line(&self, index: usize) -> &str {
        self.lines
            .get(index)
            .and_then(|line| self.whole.get(line.clone()))
            .unwrap_or_default()
    }

    /// The mark of an item, where it has one that can be changed.
    fn mark(&self, item: &Item) -> Option<Mark> {
        let at = (item.line as usize).checked_sub(1)?;
        let (at, place) = match item.kind {
            ItemKind::Box | ItemKind::Bare => (at, box_place(self.line(at))?),
            ItemKind::Row => {
                let columns = self.columns.get(&at).map_or(&[][..], Vec::as_slice);
                (at, table::state_place(self.line(at), columns)?)
            }
            ItemKind::Heading => self.status_box(at)?,
            ItemKind::Sign => (at, self.sign_place(at)?),
            ItemKind::Variable | ItemKind::Record | ItemKind::Index => return None,
        };
        let start = self.lines.get(at)?.start;
        let words = self.line(at).get(place.clone())?;
        let place = start + place.start..start + place.end;
        if words.starts_with('[') {
            return words
                .ends_with(']')
                .then(|| Mark::Inside(place.start + 1..place.end - 1));
        }
        // A cell with words beside its sign says more than a tick can.
        let is_alone =
            words.chars().all(|character| !character.is_alphanumeric()) && words.split_whitespace().count() == 1;
        is_alone.then_some(Mark::Emoji(place))
    }

    /// The box of the status line below a heading: the first line there that is one.
    fn status_box(&self, heading: usize) -> Option<(usize, Range<usize>)> {
        for at in heading + 1..self.lines.len() {
            let line = self.line(at);
            let words = plain(line.trim_start().trim_start_matches(['#', '-', '*', ' ']));
            if field(&words, &STATUS_LABELS).is_some() {
                let colon = line.find(':')? + 1;
                let behind = line[colon..].trim_start_matches(['*', '_', ' ']);
                let start = line.len() - behind.len();
                let (_, length) = tick_box(behind.trim_end_matches(['*', '_', ' ']), true)?;
                return Some((at, start..start + length));
            }
            if matches!(self.standing[at].block, Block::Heading(_)) || box_place(line).is_some() {
                return None;
            }
        }
        None
    }

    /// The sign of a line that says that it is done.
    fn sign_place(&self, at: usize) -> Option<Range<usize>> {
        let line = self.line(at);
        let start = line.find(|character: char| sign(character.encode_utf8(&mut [0; 4])).0 == Some(Sign::Yes))?;
        let character = line[start..].chars().next()?;
        Some(start..start + character.len_utf8())
    }

    fn style(&self, list: &Checklist) -> Style {
        let mut symbols: BTreeMap<&str, usize> = BTreeMap::new();
        let mut emoji: BTreeSet<&str> = BTreeSet::new();
        for item in list.items.iter().filter(|item| item.state.is_claim()) {
            match self.mark(item) {
                Some(Mark::Inside(place)) => {
                    let symbol = self.text[place].trim();
                    if let Some(known) = TICKS.iter().find(|tick| **tick == symbol.trim_end_matches('\u{FE0F}')) {
                        *symbols.entry(known).or_default() += 1;
                    }
                }
                Some(Mark::Emoji(place)) => {
                    let text = &self.text[place];
                    if text.chars().next().is_some_and(|first| DONE.contains(&first)) {
                        emoji.insert(text);
                    }
                }
                None => {}
            }
        }
        let most = symbols.values().max().copied();
        let symbol = TICKS
            .iter()
            .find(|tick| most.is_some() && symbols.get(**tick).copied() == most);
        Style {
            symbol: (*symbol.unwrap_or(&TICKS[0])).to_owned(),
            emoji: match emoji.into_iter().collect::<Vec<_>>().as_slice() {
                [one] => Some((*one).to_owned()),
                [] | [..] => None,
            },
        }
    }

    fn edits(&self, list: &Checklist, met: &BTreeSet<usize>, style: &Style, left: &mut BTreeMap<usize, Left>) -> Edits {
        let mut edits = Edits::new();
        // The line of the last part that stays open, by the item that it is a part of. Parts come after their whole.
        let mut open: BTreeMap<usize, u32> = BTreeMap::new();
        for (index, item) in list.items.iter().enumerate().rev() {
            if met.contains(&index) {
                match self.edit(item, style, open.get(&index).copied()) {
                    Ok(edit) => {
                        edits.insert(index, edit);
                        continue;
                    }
                    Err(why) => {
                        left.insert(index, why);
                    }
                }
            }
            let is_open = matches!(item.state, State::Todo | State::Partial | State::Blocked);
            if let (true, true, Some(parent)) = (is_open, item.kind.has_box(), item.parent) {
                open.insert(parent, item.line);
            }
        }
        edits
    }

    fn edit(&self, item: &Item, style: &Style, open: Option<u32>) -> Result<(Range<usize>, String), Left> {
        match item.state {
            State::Done | State::Claimed => return Err(Left::Done),
            State::Partial | State::Blocked | State::Dropped => return Err(Left::Said(item.state)),
            State::Todo => {}
        }
        // A sign belongs to what the words say: `❌ No backups` with a tick would be a lie.
        if item.kind == ItemKind::Sign {
            return Err(Left::NoBox);
        }
        let edit = match self.mark(item).ok_or(Left::NoBox)? {
            Mark::Inside(place) => (place, style.symbol.clone()),
            Mark::Emoji(place) => (place, style.emoji.clone().ok_or(Left::NoEmoji)?),
        };
        open.map_or(Ok(edit), |line| Err(Left::PartOpen(line)))
    }
}

/// What people write into a box that is done, the commonest first.
const TICKS: [&str; 6] = ["x", "X", "✓", "✔", "✅", "☑"];

/// Emoji that say by themselves that something is done.
const DONE: [char; 6] = ['✅', '✓', '✔', '☑', '🗹', '🟩'];

fn spliced(text: &str, edits: &Edits) -> String {
    let mut places: Vec<&(Range<usize>, String)> = edits.values().collect();
    places.sort_by_key(|(place, _)| place.start);
    let mut out = String::with_capacity(text.len() + places.len() * 4);
    let mut at = 0;
    for (place, new) in places {
        out.push_str(&text[at..place.start]);
        out.push_str(new);
        at = place.end;
    }
    out.push_str(&text[at..]);
    out
}

/// The edits after which an item is not what it should be; all of them where the items can't be told apart.
fn misread(before: &Checklist, after: &Checklist, edits: &Edits) -> Vec<usize> {
    let is_same = |(index, (old, new)): (usize, (&Item, &Item))| {
        let is_state = if edits.contains_key(&index) {
            new.state.is_claim()
        } else {
            new.state == old.state
        };
        is_state && new.line == old.line && new.text == old.text
    };
    let pairs = || before.items.iter().zip(&after.items).enumerate();
    if before.items.len() != after.items.len() || pairs().any(|pair| !edits.contains_key(&pair.0) && !is_same(pair)) {
        return edits.keys().copied().collect();
    }
    pairs().filter(|pair| !is_same(*pair)).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests;
