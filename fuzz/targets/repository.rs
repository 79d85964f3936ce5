//! `fuzz/bodies/repository.rs`, driven by libFuzzer.

#![no_main]

#[path = "../bodies/repository.rs"]
mod body;

libfuzzer_sys::fuzz_target!(|input: &[u8]| body::run(input));
