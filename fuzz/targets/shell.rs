//! `fuzz/bodies/shell.rs`, driven by libFuzzer.

#![no_main]

#[path = "../bodies/shell.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|input: &[u8]| body::run(input));
