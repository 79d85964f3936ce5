//! The program: see `readygate::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    readygate::cli::run(std::env::args_os())
}
