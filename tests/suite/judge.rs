//! The judge room through its public functions: cases, the table of decisions, and the laws.

mod cases;
mod laws;
mod result;
mod stage;
mod table;
mod words;
