//! The team's own checklist: Markdown → items, items → controls, claims against evidence.
//!
//! Law: a document is read as it is and never tuned to; an item that no rule knows stays unmapped rather than
//! guessed; no IO. May use `policy`, `check`, `artifact`, `model` and `text`.

mod beyond;
mod bind;
mod blocks;
mod coverage;
mod doubted;
mod draft;
mod encoding;
mod ending;
mod fence;
mod hang;
mod item;
mod line;
mod marks;
mod named;
mod names;
mod priority;
mod read;
mod secret;
mod status;
mod table;
mod tick;
mod whole;
mod words;

pub use beyond::{Beyond, Written};
pub use bind::{Binding, Stray, THRESHOLD, bind, nearest, strays};
pub use coverage::{Coverage, Means, coverage, means};
pub use draft::{Draft, Extended, Priority, Proposal};
pub use encoding::{Damage, restore};
pub use ending::{ending, protection, scripts_run};
pub use item::{Checklist, Claim, Item, ItemKind, NotRead, Section, State, Statement};
pub use named::{MOST_NAMED, Made, name, past_most};
pub use read::{MOST_BYTES, MOST_ITEMS, read, read_document};
pub use secret::Secret;
pub use tick::{Left, Ticked, tick};
pub use words::Words;

#[cfg(test)]
mod tests;
