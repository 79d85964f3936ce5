//! `readygate action` as a job runs it, against the mock.

mod budget;
mod checklist;
mod container;
mod events;
pub mod job;
mod matrix;
mod network;
mod trouble;
mod trust;
