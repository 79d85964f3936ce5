//! Whether a text was written by a person.

use super::Document;

/// Whether a document is worth searching: minified or generated text is not.
pub fn is_minified(document: &Document) -> bool {
    // One line of more than 5,000 bytes, and lines of more than 500 bytes on average.
    let lines = document.line_count().max(1);
    let average = document.bytes().len() / lines as usize;
    average > 500
        && (1..=lines.min(50))
            .filter_map(|line| document.line_span(line))
            .any(|span| span.len() > 5_000)
}
