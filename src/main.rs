//! The command line of readygate.

fn main() {}
