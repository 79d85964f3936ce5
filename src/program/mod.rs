//! What runs: the modules of a component's JavaScript and TypeScript, from what production starts to what it calls.
//!
//! Law: defined is not used, and not found is not absent. What this room says is reachable is reachable by edges
//! that it followed; where an edge can't be resolved it says so, and whoever asks must answer `unknown`, never `fail`.
//! It is pure, built once for a snapshot and shared by all checks. May use `artifact`, `model` and `text`.

mod alias;
mod assigned;
mod autoload;
mod build;
mod builtins;
mod bundle;
mod by_node;
mod called;
mod compiled;
mod disk;
mod emitted;
mod entry;
mod erasing;
mod given;
mod handed;
mod inward;
mod jobs;
mod lead;
mod linked;
mod mentions;
mod missing;
pub mod module;
mod providers;
mod reach;
mod refused;
mod resolve;
mod server;
mod usage;
mod values;
mod words;

pub use assigned::Filled;
#[cfg(test)]
pub(crate) use build::of_files;
pub use build::{known_unread, module_of, read_modules};
pub(crate) use builtins::is_builtin;
pub use by_node::run_by_node;
pub use emitted::{Emitted, Selected, emitted};
pub use entry::{Asks, Entry, Side, Written};
pub use given::Ungiven;
pub use handed::{Handed, Untold};
pub use jobs::{JobRole, JobSite, Jobs, Schedule, jobs};
pub use lead::Lead;
pub use linked::{At, Callers, FunctionAt, Linked, ModuleId, Program, Site, Target};
pub use mentions::Mentions;
pub use module::{Language, Module};
pub use reach::{Edge, Reach};
pub use server::{Deed, ErrorHandler, Foreign, Middleware, Nature, Route, Routes};
pub use usage::{Lost, Usage, Use, UseKind, handed_to_called, is_registration, is_used_by_mention, only_makes};
pub use values::{Literal, Value, path_of};
pub(crate) use words::commands;
