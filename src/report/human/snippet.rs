//! One line of source with what is meant in it underlined.

use annotate_snippets::{Annotation, AnnotationKind, Element, Origin, Snippet};

use crate::text::{Document, Span};

use super::super::escape::{source_line, visible};
use super::super::{Sources, mask};

/// A longer line is minified or data: its place is named, and the line is not shown.
const LONGEST_LINE: usize = 400;

/// What is to be shown: a line of a file, and which characters of it.
pub(super) struct Spot<'a> {
    pub(super) path: &'a str,
    pub(super) line: u32,
    /// First column and the one after the last, from 1; `None` for the whole line.
    pub(super) columns: Option<(u32, u32)>,
}

impl<'a> Spot<'a> {
    /// The first line of a span; the rest of a longer one is left to the reader.
    pub(super) fn of(path: &'a str, document: &Document, span: &Span) -> Self {
        let start = document.position(span.start);
        let end = document.position(span.end.max(span.start));
        let after = if end.line == start.line { end.column } else { u32::MAX };
        Self {
            path,
            line: start.line,
            columns: Some((start.column, after)),
        }
    }
}

/// The spot as a snippet, or its place alone where the line is not at hand or not to be shown.
pub(super) fn element(sources: Sources<'_>, spot: &Spot<'_>, kind: AnnotationKind, label: &str) -> Element<'static> {
    if let Some(snippet) = shown(sources, spot, kind, label) {
        return snippet.into();
    }
    let mut origin = Origin::path(visible(spot.path)).line(usize::try_from(spot.line).unwrap_or(usize::MAX));
    if let Some((first, _)) = spot.columns {
        origin = origin.char_column(usize::try_from(first).unwrap_or(usize::MAX));
    }
    origin.into()
}

fn shown(
    sources: Sources<'_>,
    spot: &Spot<'_>,
    kind: AnnotationKind,
    label: &str,
) -> Option<Snippet<'static, Annotation<'static>>> {
    let document = sources(spot.path)?;
    document.text().ok()?;
    let raw = document.words(&document.line_span(spot.line)?);
    // A line that only holds a bracket, the anchor of something missing, shows nothing.
    let is_telling = spot.columns.is_some() || raw.contains(char::is_alphanumeric);
    if raw.chars().count() > LONGEST_LINE || !is_telling {
        return None;
    }
    let masked = mask(spot.path, &raw);
    // Where something was masked the columns are no longer those of the file.
    let columns = spot.columns.filter(|_| masked == raw);
    let (line, span) = underline(&masked, columns);
    let mut annotation = kind.span(span);
    if !label.is_empty() {
        annotation = annotation.label(visible(label));
    }
    Some(
        Snippet::source(line)
            .line_start(usize::try_from(spot.line).unwrap_or(usize::MAX))
            .path(visible(spot.path))
            .annotation(annotation),
    )
}

/// The line with nothing hidden in it, and the bytes of it that are meant.
fn underline(line: &str, columns: Option<(u32, u32)>) -> (String, std::ops::Range<usize>) {
    let whole = source_line(line);
    if let Some((first, after)) = columns {
        let count = line.chars().count();
        let at = |column: u32| usize::try_from(column).map_or(count, |column| column.saturating_sub(1).min(count));
        let (start, end) = (at(first), at(after).max(at(first)));
        let part = |from: usize, to: usize| source_line(&line.chars().skip(from).take(to - from).collect::<String>());
        let (before, meant, rest) = (part(0, start), part(start, end), part(end, count));
        // What is escaped as a whole only (`##[`) moves the columns; then the whole line is meant.
        if format!("{before}{meant}{rest}") == whole {
            return (whole, before.len()..before.len() + meant.len());
        }
    }
    let start = whole.len() - whole.trim_start().len();
    let end = whole.trim_end().len().max(start);
    (whole, start..end)
}

#[cfg(test)]
mod tests {
    use super::underline;

    #[test]
    fn the_meant_characters_are_found_after_escaping() {
        assert_eq!(underline("\ta = b", Some((6, 7))), ("\ta = b".to_owned(), 5..6));
        assert_eq!(underline("ü = b", Some((5, 6))), ("ü = b".to_owned(), 5..6));
        let (line, span) = underline("\u{202e}x y", Some((2, 3)));
        assert_eq!(&line[span], "x");
        assert_eq!(underline("  all  ", None), ("  all  ".to_owned(), 2..5));
        assert_eq!(underline("ab", Some((9, 12))), ("ab".to_owned(), 2..2));
        assert_eq!(underline("", Some((1, 1))), (String::new(), 0..0));
    }
}
