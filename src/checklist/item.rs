//! What a checklist holds.

use crate::model::Severity;
use crate::text::NotText;

use super::{Damage, Secret};

/// A checklist as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checklist {
    /// Its items, by place.
    pub items: Vec<Item>,
    /// Its headings, by line.
    pub sections: Vec<Section>,
    /// What it says of itself as a whole: `Status: READY`.
    pub statements: Vec<Statement>,
    /// What should not stand in it. Every word of the list has it masked.
    pub secrets: Vec<Secret>,
    /// How the text was damaged; lines and columns are those of the damaged text.
    pub damage: Option<Damage>,
    /// Whether items past [`super::MOST_ITEMS`] were left out.
    pub is_cut: bool,
}

impl Checklist {
    /// The headings above an item, outermost first.
    pub fn path(&self, item: &Item) -> Vec<&str> {
        let mut path = Vec::new();
        let mut next = item.section;
        while let Some(section) = next.and_then(|index| self.sections.get(index)) {
            path.push(section.text.as_str());
            next = section.parent;
        }
        path.reverse();
        path
    }
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its line, from 1.
    pub line: u32,
    /// How deep: 1 to 6.
    pub level: u8,
    /// Its words, without marks.
    pub text: String,
    /// The heading that it stands under.
    pub parent: Option<usize>,
    /// The priority that it or a line below it names.
    pub priority: Option<Severity>,
}

/// One thing that the team says is done or to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The line, from 1.
    pub line: u32,
    /// The column of its words in characters, from 1.
    pub column: u32,
    /// How it is written.
    pub kind: ItemKind,
    /// What the document says of it.
    pub state: State,
    /// What the document claims of it beside its box.
    pub claim: Option<Claim>,
    /// The heading that it stands under, an index of [`Checklist::sections`].
    pub section: Option<usize>,
    /// The team's own priority: of the item, else of what it stands under.
    pub priority: Option<Severity>,
    /// Its words, without marks and claim.
    pub text: String,
    /// What its first line has between backticks, in order: names, as the text alone does not tell.
    pub code: Vec<String>,
    /// The first lines of code that hang below it: commands, and what is to come of them.
    pub below: Vec<String>,
    /// The item that it is a part of, an index of [`Checklist::items`].
    pub parent: Option<usize>,
}

/// How an item is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A box in a list: `- [ ] words`.
    Box,
    /// A box without a list, or in a fence: `[ ] words`.
    Bare,
    /// A row of a table with a box or a state.
    Row,
    /// A heading with a status of its own.
    Heading,
    /// A line of a list with a sign or under a heading that says its state: `- ✅ words`.
    Sign,
    /// A variable that a fence lists.
    Variable,
    /// A DNS record that a fence lists.
    Record,
    /// A database index that a fence lists.
    Index,
}

impl ItemKind {
    /// Whether it has a box that can be ticked.
    pub fn has_box(self) -> bool {
        matches!(self, Self::Box | Self::Bare)
    }
}

/// What the document says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Ticked.
    Done,
    /// Open.
    Todo,
    /// Not ticked, yet said to be done.
    Claimed,
    /// Begun.
    Partial,
    /// Held up.
    Blocked,
    /// Not wanted any more.
    Dropped,
}

impl State {
    /// The word of the JSON result.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Todo => "todo",
            Self::Claimed => "claimed",
            Self::Partial => "partial",
            Self::Blocked => "blocked",
            Self::Dropped => "dropped",
        }
    }

    /// Whether the document says that it is done.
    pub fn is_claim(self) -> bool {
        matches!(self, Self::Done | Self::Claimed)
    }
}

/// What the document claims of an item beside its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The words, as they stand: `✅ already configured`.
    pub words: String,
    /// What they say.
    pub state: State,
}

/// What a document says of itself as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The line, from 1.
    pub line: u32,
    /// The words.
    pub text: String,
}

/// Why a document is no checklist that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// No text.
    #[error("{}; save it as UTF-8", no_text(*.0))]
    NotText(NotText),
    /// Larger than [`super::MOST_BYTES`].
    #[error("it has {0} bytes, and more than {most} are not read; split it", most = super::MOST_BYTES)]
    TooLarge(usize),
}

fn no_text(why: NotText) -> &'static str {
    match why {
        NotText::Binary => "it is no text, or damaged UTF-16: it has bytes that are zero",
        NotText::Encoding => "its bytes are not UTF-8",
        NotText::LfsPointer => "Git LFS left a pointer in its place",
    }
}
