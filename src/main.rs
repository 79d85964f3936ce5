//! The program: see `readygate::cli`.

use std::process::ExitCode;

/// The image's binary is linked with musl, whose own allocator takes one lock for all threads.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    readygate::cli::run(std::env::args_os())
}
