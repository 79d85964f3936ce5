//! Typed views of files that keep their spans: data files, manifests, lockfiles, workflows.
//!
//! Law: a view is parsed from one document's bytes and says what it is, not whether that is good. What
//! can't be parsed is an error with its place, never an empty view. May use `model` and `text`.

mod data;
mod dotenv;
mod gitignore;
mod json;
mod node;
mod source;
mod toml;
mod yaml;

pub use data::{Format, data};
pub use dotenv::Dotenv;
pub use gitignore::{Gitignore, IgnoreLine, Ignores, PathKind, Verdict};
pub use json::Json;
pub use node::{Key, Node, ParseError, Value};
pub use toml::Toml;
pub use yaml::Yaml;
