//! The team's own checklist: Markdown → items, items → controls, claims against evidence.
//!
//! Law: a document is read as it is and never tuned to; an item that no rule knows stays unmapped rather than
//! guessed; no IO. May use `policy`, `check`, `artifact`, `model` and `text`.

mod blocks;
mod encoding;
mod fence;
mod item;
mod line;
mod marks;
mod priority;
mod read;
mod table;

pub use encoding::{Damage, restore};
pub use item::{Checklist, Claim, Item, ItemKind, NotRead, Section, State, Statement};
pub use read::{MOST_BYTES, MOST_ITEMS, read, read_document};

#[cfg(test)]
mod tests;
