//! The report room from outside: golden reports, the contract's shape, limits, and hostile text.

mod golden;
mod hostile;
mod limits;
pub mod samples;
mod sarif;
mod shape;
