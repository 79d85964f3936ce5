//! Typed views of files that keep their spans: data files, manifests, lockfiles, workflows.
//!
//! Law: a view is parsed from one document's bytes and says what it is, not whether that is good. What
//! can't be parsed is an error with its place, never an empty view. May use `model` and `text`.

mod node;

pub use node::{Key, Node, ParseError, Value};
