//! GitHub's API: calls, token, retry, limits.
//!
//! Law: the only room that names octocrab, which is the transport and nothing more: no typed model of it
//! decides anything, its cache and its retry are not used. An answer that is not there is an error with
//! its cause, never an empty value. What changes something on GitHub is sent once. The token goes to the
//! API's own host alone, and is never printed. May use `check`, `model` and `text`.
#![allow(
    clippy::disallowed_methods,
    reason = "this room waits for a server, and reads the clock to know how long"
)]

mod allowance;
mod answer;
mod client;
mod clock;
mod download;
mod exchange;
mod facts;
mod failure;
mod part;
mod permission;
mod protection;
mod proxy;
mod retry;
mod route;
mod sides;
mod token;
mod transport;

pub use client::{Client, GraphqlAnswer, Settings};
pub use download::Download;
pub use facts::{facts, is_administration};
pub use failure::{GithubError, Kind};
pub use permission::{Endpoint, May, TokenKind, endpoints, may, needed, permissions_page};
pub use protection::{Answer, Protection, merge_protection};
pub use proxy::Proxies;
pub use route::Route;
pub use token::Token;
