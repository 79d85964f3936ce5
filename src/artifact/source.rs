//! A document's text as the parsers want it, and what they share.

use crate::text::{Document, NotText, Span};

use super::ParseError;

/// Data nested deeper than this is refused: no hand-written file comes near, and every level costs stack.
pub(super) const DEEPEST: usize = 200;

/// The text without its byte-order mark, and where it starts in the document.
pub(super) fn text(document: &Document) -> Result<(&str, usize), ParseError> {
    let text = document.text().map_err(|why| {
        let message = match why {
            NotText::Binary => "this is binary",
            NotText::Encoding => "this is not UTF-8",
            NotText::LfsPointer => "this is a Git LFS pointer, not the file itself",
        };
        ParseError {
            message: message.to_owned(),
            span: None,
        }
    })?;
    const MARK: &str = "\u{FEFF}";
    Ok(text.strip_prefix(MARK).map_or((text, 0), |rest| (rest, MARK.len())))
}

/// A mistake at a place.
pub(super) fn mistake(message: impl Into<String>, span: Span) -> ParseError {
    ParseError {
        message: message.into(),
        span: Some(span),
    }
}

/// The mistake of data that is nested too deep.
pub(super) fn too_deep(span: Span) -> ParseError {
    mistake(format!("this is nested deeper than {DEEPEST} levels"), span)
}
