//! The program as people start it: arguments, standard output, exit status.

mod field;
pub mod program;
mod regressions;
mod same;
mod shown;
mod usage;
