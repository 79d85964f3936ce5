//! GitHub: the client, the source and the facts, against a server that answers as GitHub does.

mod budget;
mod client;
mod contract;
mod fact;
pub mod fixture;
pub mod mock;
mod mock_git;
mod mock_talk;
mod permission;
mod protection;
pub mod proxy;
pub mod repo;
pub mod schema;
mod source;
pub mod tls;
