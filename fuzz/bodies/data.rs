//! Data files of any bytes: no panic, and every span lies in the file. The first byte chooses the format.

use readygate::artifact::{Node, data};
use readygate::text::Document;

const NAMES: [&str; 5] = ["any.json", "any.yaml", "any.toml", ".env", "Cargo.lock"];

/// Tries one input.
pub fn run(input: &[u8]) {
    let Some((first, bytes)) = input.split_first() else {
        return;
    };
    let document = Document::new(bytes);
    if let Some(Ok(node)) = data(NAMES[usize::from(*first) % NAMES.len()], &document) {
        check_spans(&node, bytes.len());
    }
}

fn check_spans(node: &Node, length: usize) {
    let mut left = vec![node];
    while let Some(node) = left.pop() {
        assert!(
            node.span.start <= node.span.end && node.span.end <= length,
            "{:?} of {length}",
            node.span
        );
        left.extend(node.items());
        for (key, value) in node.entries() {
            assert!(key.span.end <= length, "{:?} of {length}", key.span);
            left.push(value);
        }
    }
}
