//! Typed views of files that keep their spans: data files, manifests, lockfiles, workflows.
//!
//! Law: a view is parsed from one document's bytes and says what it is, not whether that is good. What
//! can't be parsed is an error with its place, never an empty view. May use `model` and `text`.

mod codeowners;
mod component;
pub mod container;
mod data;

mod dotenv;
mod gitignore;
mod json;
mod lockfile;
mod manifest;
mod node;
mod pep440;
pub mod schema;
mod source;
mod toml;
mod version;
pub mod workflow;
mod workspace;
mod yaml;

pub use codeowners::{CODEOWNERS_PATHS, CodeOwners};
pub(crate) use component::without_major;
pub use component::{component_needs, components, is_cargo_program};
pub use data::{Format, data};
pub use dotenv::Dotenv;
pub use gitignore::{Gitignore, IgnoreLine, Ignores, PathKind, Verdict};
pub use json::Json;
pub use lockfile::{
    Governing, Lock, Locked, Unresolved, governing, holder_above, is_built_alone, lock, lockfile_needs, lockfiles_of,
    unresolved, workspace_needs,
};
pub use manifest::{
    Declared, Dependency, Ecosystem, Group, Manifest, Requirement, Role, Script, Tells, declared, manifest_folders,
    manifest_paths,
};
pub(crate) use manifest::{above, in_folder, manifests_of, read as read_manifest, resolve, unparsed};
pub use node::{Key, Node, ParseError, Value};
pub use toml::Toml;
pub use version::{check_range, is_within, satisfies};
pub use workspace::{Brought, BroughtAlong, brought_along, brought_along_needs};
pub use yaml::Yaml;
