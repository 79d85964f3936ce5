//! readygate judges whether a repository is ready for production: **gather → judge → tell**.
//!
//! An asynchronous shell gathers facts, a pure core judges them, a shell tells the world. The core has
//! no IO, no clock and no environment, so that what blocks a merge can be proven by tests.
//! A room uses only rooms below it; `tests/architecture.rs` holds the direction.
//!
//! | room | what it is |
//! | --- | --- |
//! | `cli` | arguments, one file a command, wiring; the only room that knows all |
//! | `publish` | check run, comment, job summary, files |
//! | `source` | a repository from disk, through GitHub's API, or from memory → `Snapshot` |
//! | `github` | the only room that imports octocrab: calls, token, retry, limits |
//! | `report` | `Report` → bytes in every format |
//! | `judge` | outcomes, fingerprints, head against base, the verdict |
//! | `checklist` | the team's Markdown → items, bound to controls, claims against evidence |
//! | `policy` | TOML → `Policy`, or the list of all its mistakes with places |
//! | `check` | the `Check` trait, the registry, one file a kind |
//! | `artifact` | typed views that keep spans: manifests, lockfiles, workflows |
//! | `model` | the nouns that every room shares |
//! | `text` | documents, spans, lines, diagnostics |

pub mod artifact;
pub mod check;
pub mod checklist;
#[cfg(feature = "shell")]
pub mod cli;
#[cfg(feature = "shell")]
pub mod github;
pub mod judge;
pub mod model;
pub mod policy;
pub mod program;
#[cfg(feature = "shell")]
pub mod publish;
pub mod report;
#[cfg(feature = "shell")]
pub mod source;
pub mod text;
