//! How deep a syntax tree of a text could be, before anything recursive looks at it.

use super::Language;

/// What walking a text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Any stack will do.
    Usual,
    /// A large stack is needed.
    Deep,
    /// It is not to be walked.
    Hostile,
}

/// So many levels fit on any stack: that of a test's or a pool's thread is 2 MiB.
const USUAL: usize = 100;
/// So many levels fit on the stack of `on_deep_stack`; a file of 500 KiB written by hand has fewer signs than that.
const MOST: usize = 60_000;

/// An expression before `<` may be given types: the parser tries, at each anew up to the end of the expression, so
/// that time grows with the square of their number. So many take less than a second.
const MOST_ANGLES: usize = 3_000;

impl Depth {
    /// Whether a text could be hostile, told without looking at its words: a level takes a byte at least.
    pub(super) fn may_be_hostile(text: &str) -> bool {
        text.len() > MOST || memchr::memchr_iter(b'<', text.as_bytes()).count() > MOST_ANGLES
    }

    /// Counts without parsing. Every level of a tree takes at least one sign or one of the words below, so their
    /// number is a bound that no trick with quotes, comments or elements gets below.
    pub(super) fn of(text: &str, language: Language) -> Self {
        let has_types = match language {
            Language::JavaScript => false,
            Language::TypeScript | Language::Tsx => true,
        };
        if has_types && angles(text.as_bytes()) > MOST_ANGLES {
            return Self::Hostile;
        }
        match levels(text.as_bytes()) {
            0..=USUAL => Self::Usual,
            levels if levels <= MOST => Self::Deep,
            _ => Self::Hostile,
        }
    }
}

/// A sign within a word, a text or a list, or one that only closes, opens no level.
fn opens(byte: u8) -> bool {
    byte.is_ascii_punctuation()
        && !matches!(
            byte,
            b'_' | b'$' | b'"' | b'\'' | b',' | b';' | b')' | b']' | b'}' | b'#' | b'\\'
        )
}

fn levels(bytes: &[u8]) -> usize {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii();
    let (mut levels, mut word) = (0, 0..0);
    let mut last = b' ';
    for (index, byte) in bytes.iter().copied().enumerate() {
        if is_letter(byte) {
            if word.end != index {
                word = index..index;
            }
            word.end = index + 1;
        } else {
            if word.end == index {
                levels += usize::from(opens_level(&bytes[word.clone()]));
            }
            // A run such as `===`, `//////` or `>>>=` is one operator, a comment or a text; brackets, `!`, `-` and the
            // like stand one within the other.
            let is_run = byte == last && matches!(byte, b'=' | b'*' | b'/' | b'&' | b'|' | b'.' | b'%' | b'^');
            levels += usize::from(opens(byte) && !is_run);
        }
        last = byte;
    }
    levels
}

/// How many `<` stand after what could end an expression.
fn angles(bytes: &[u8]) -> usize {
    let (mut angles, mut last) = (0, b'>');
    for (index, byte) in bytes.iter().copied().enumerate() {
        if byte == b'<' && bytes.get(index + 1) != Some(&b'/') {
            let ends = last.is_ascii_alphanumeric() || !last.is_ascii() || b"_$)]}\"'`".contains(&last);
            angles += usize::from(ends);
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    angles
}

/// Words that may follow each other without a sign, each a level deeper.
fn opens_level(word: &[u8]) -> bool {
    matches!(
        word,
        b"typeof"
            | b"void"
            | b"delete"
            | b"await"
            | b"yield"
            | b"new"
            | b"do"
            | b"else"
            | b"in"
            | b"instanceof"
            | b"as"
            | b"satisfies"
            | b"extends"
            | b"keyof"
            | b"readonly"
            | b"unique"
            | b"infer"
            | b"is"
            | b"asserts"
    )
}
