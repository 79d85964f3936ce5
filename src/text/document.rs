//! One file's bytes, its lines, and the typed views parsed from it.

use std::any::{Any, TypeId};
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock};

use super::minified::Made;

/// A range of bytes in a document.
pub type Span = Range<usize>;

/// A place as a person counts: line and column from 1, the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

/// Why a document's bytes can't be read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotText {
    /// A NUL byte in the first 8,000 bytes: git's own test for binary.
    Binary,
    /// Not UTF-8.
    Encoding,
    /// A pointer that Git LFS left in place of the content.
    LfsPointer,
}

/// A typed view of a document, parsed once and kept beside its bytes.
///
/// Parsing never fails as a whole: a view that can't be parsed says so in its own type.
pub trait View: Send + Sync + Sized + 'static {
    /// Parses the document's bytes.
    fn parse(document: &Document) -> Self;
}

type Kept = Arc<dyn Any + Send + Sync>;

/// The bytes of one blob with its line index and its views.
///
/// A document has no path: the same blob may stand at several, in head and in base.
pub struct Document {
    content: Content,
    is_decoded: bool,
    /// No source reads a file of 4 GiB.
    line_starts: OnceLock<Box<[u32]>>,
    not_text: OnceLock<Option<NotText>>,
    pub(super) made: OnceLock<Made>,
    /// They are few: a row is quicker than a table.
    views: Mutex<Vec<(TypeId, Arc<OnceLock<Kept>>)>>,
}

/// The bytes, held as text where they are UTF-8: many ask, and that is looked at once.
enum Content {
    Text(String),
    Other(Vec<u8>),
}

impl Content {
    fn new(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes).map_or_else(|not| Self::Other(not.into_bytes()), Self::Text)
    }

    /// What stands behind the byte-order mark of UTF-16, which PowerShell's `>` and old editors write. Git calls it binary.
    fn decoded(bytes: &[u8]) -> Option<Self> {
        let unit: fn([u8; 2]) -> u16 = match bytes {
            [0xFF, 0xFE, ..] => u16::from_le_bytes,
            [0xFE, 0xFF, ..] => u16::from_be_bytes,
            _ => return None,
        };
        let (pairs, []) = bytes[2..].as_chunks() else {
            return None;
        };
        let letters = char::decode_utf16(pairs.iter().copied().map(unit));
        letters.collect::<Result<String, _>>().ok().map(Self::Text)
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Other(bytes) => bytes,
        }
    }
}

impl Document {
    /// A document over these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let decoded = Content::decoded(&bytes);
        Self {
            is_decoded: decoded.is_some(),
            content: decoded.unwrap_or_else(|| Content::new(bytes)),
            line_starts: OnceLock::new(),
            not_text: OnceLock::new(),
            made: OnceLock::new(),
            views: Mutex::new(Vec::new()),
        }
    }

    /// Whether the content is not in git as it is here: it is UTF-16 there.
    pub fn is_decoded(&self) -> bool {
        self.is_decoded
    }

    /// The text, also of UTF-16: for what people read, or a compiler does that reads it. Node, shells and Docker do not.
    ///
    /// # Errors
    /// As for `text`.
    pub fn decoded(&self) -> Result<&str, NotText> {
        match &self.content {
            Content::Text(text) if self.is_decoded => Ok(text),
            _ => self.text(),
        }
    }

    /// The bytes as stored in git; of UTF-16 with its mark, the text as UTF-8.
    pub fn bytes(&self) -> &[u8] {
        self.content.bytes()
    }

    /// The bytes as text, with its byte-order mark if it has one; UTF-16 is binary, as it is for what runs files.
    ///
    /// # Errors
    /// Says why when the bytes are binary, not UTF-8, or an LFS pointer.
    pub fn text(&self) -> Result<&str, NotText> {
        match (self.not_text(), &self.content) {
            (None, Content::Text(text)) => Ok(text),
            (Some(why), _) => Err(why),
            (None, Content::Other(_)) => Err(NotText::Encoding),
        }
    }

    /// Why this is not text, if it is not. Looked at once: every check that searches asks.
    pub fn not_text(&self) -> Option<NotText> {
        *self.not_text.get_or_init(|| {
            if self.is_decoded {
                return Some(NotText::Binary);
            }
            let bytes = self.bytes();
            let first = &bytes[..bytes.len().min(8_000)];
            if memchr::memchr(0, first).is_some() {
                return Some(NotText::Binary);
            }
            if bytes.starts_with(b"version https://git-lfs.github.com/spec/v1\n") {
                return Some(NotText::LfsPointer);
            }
            match self.content {
                Content::Text(_) => None,
                Content::Other(_) => Some(NotText::Encoding),
            }
        })
    }

    /// The view of type `T` if somebody asked for it before; nothing is parsed.
    pub fn known<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let views = self.views.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let (_, cell) = views.iter().find(|(known, _)| *known == TypeId::of::<T>())?;
        Arc::clone(cell.get()?).downcast::<T>().ok()
    }

    /// The view of type `T`, parsed at the first call.
    pub fn view<T: View>(&self) -> Arc<T> {
        self.derive(T::parse)
    }

    /// What `make` makes of the document, made at the first call for this type and kept.
    ///
    /// The first maker counts: whoever derives a type from more than the document (a set of patterns, say)
    /// must derive it from the same thing for the life of the document.
    pub fn derive<T: Send + Sync + 'static>(&self, make: impl FnOnce(&Document) -> T) -> Arc<T> {
        let cell = {
            let mut views = self.views.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let wanted = TypeId::of::<T>();
            match views.iter().find(|(known, _)| *known == wanted) {
                Some((_, cell)) => Arc::clone(cell),
                None => {
                    let cell = Arc::default();
                    views.push((wanted, Arc::clone(&cell)));
                    cell
                }
            }
        };
        // Outside the lock: a second thread waits for this type of this document alone.
        let made = cell.get_or_init(|| Arc::new(make(self)));
        match Arc::clone(made).downcast::<T>() {
            Ok(view) => view,
            Err(_) => unreachable!("views are keyed by their type"),
        }
    }

    /// The number of lines; a final line break opens no line of its own.
    pub fn line_count(&self) -> u32 {
        let starts = self.line_starts();
        let open = starts
            .last()
            .is_some_and(|start| (*start as usize) < self.bytes().len());
        let whole = starts.len().saturating_sub(1);
        u32::try_from(whole + usize::from(open)).unwrap_or(u32::MAX)
    }

    /// Where a byte offset stands. An offset past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes().len());
        let starts = self.line_starts();
        let index = starts
            .partition_point(|start| *start as usize <= offset)
            .saturating_sub(1);
        let before = &self.bytes()[starts[index] as usize..offset];
        // UTF-8 continuation bytes start no character; in other encodings each byte counts.
        let characters = before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        Position {
            line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            column: u32::try_from(characters + 1).unwrap_or(u32::MAX),
        }
    }

    /// The line (from 1) of a byte offset, without the column, which costs the length of the line.
    pub fn line_of(&self, offset: usize) -> u32 {
        let before = self.line_starts().partition_point(|start| *start as usize <= offset);
        u32::try_from(before.max(1)).unwrap_or(u32::MAX)
    }

    /// The bytes of a line (from 1), without its line break. `None` past the end.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let starts = self.line_starts();
        let start = *starts.get(index)? as usize;
        let next = starts.get(index + 1).map(|next| *next as usize);
        let mut end = next.unwrap_or(self.bytes().len());
        if end > start && self.bytes()[end - 1] == b'\n' {
            end -= 1;
        }
        if end > start && self.bytes()[end - 1] == b'\r' {
            end -= 1;
        }
        Some(start..end)
    }

    /// A span's text, with what is not UTF-8 replaced.
    pub fn words(&self, span: &Span) -> String {
        let start = span.start.min(self.bytes().len());
        let end = span.end.clamp(start, self.bytes().len());
        String::from_utf8_lossy(&self.bytes()[start..end]).into_owned()
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let breaks = memchr::memchr_iter(b'\n', self.bytes());
            let starts = breaks.map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
            std::iter::once(0).chain(starts).collect()
        })
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The content may hold a secret, so a debug log never carries it.
        write!(formatter, "Document({} bytes)", self.bytes().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_lines_from_one() {
        let document = Document::new("a\nüb\n".as_bytes());
        assert_eq!(document.position(0), Position { line: 1, column: 1 });
        assert_eq!(document.position(4), Position { line: 2, column: 2 });
        assert_eq!(document.line_count(), 2);
        assert_eq!(document.line_span(2), Some(2..5));
    }

    #[test]
    fn an_empty_document_has_no_line_and_a_first_position() {
        let document = Document::new(Vec::new());
        assert_eq!(document.line_count(), 0);
        assert_eq!(document.position(7), Position { line: 1, column: 1 });
    }

    #[test]
    fn utf_16_with_its_mark_is_text_for_those_who_ask() {
        let little = [0xFF, 0xFE, b'a', 0, b'\n', 0, 0xFC, 0];
        let big = [0xFE, 0xFF, 0, b'a', 0, b'\n', 0, 0xFC];
        for bytes in [little, big] {
            let document = Document::new(bytes.to_vec());
            assert_eq!(document.decoded(), Ok("a\nü"));
            assert_eq!(document.text(), Err(NotText::Binary));
            assert!(document.is_decoded() && document.line_count() == 2);
        }
        // Half a letter, and half a pair of surrogates.
        for bytes in [&little[..7], &[0xFF, 0xFE, 0x00, 0xD8][..]] {
            assert!(Document::new(bytes.to_vec()).decoded().is_err());
        }
    }

    #[test]
    fn binary_lfs_and_other_encodings_are_not_text() {
        assert_eq!(Document::new(vec![1, 0, 2]).text(), Err(NotText::Binary));
        assert_eq!(Document::new(vec![0xFF, 0xFE, 0x41]).text(), Err(NotText::Encoding));
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n".to_vec();
        assert_eq!(Document::new(pointer).text(), Err(NotText::LfsPointer));
    }
}
