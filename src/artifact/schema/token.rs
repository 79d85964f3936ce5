//! The words of SQL: names, signs, and texts that are passed over.

use crate::text::Span;

/// A word of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// As compared: a name in small letters without quotes, a sign.
    pub(super) text: String,
    /// Where it stands.
    pub(super) span: Span,
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A word without quotes: a keyword or a name.
    Word,
    /// A name in quotes.
    Quoted,
    /// A text, a number.
    Value,
    /// Any other sign.
    Sign,
}

/// All words of a text that starts at this byte. Comments are gone.
pub(super) fn tokens(text: &str, start: usize) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (kind, length) = match rest[0] {
            byte if byte.is_ascii_whitespace() => (None, 1),
            b'-' if rest.starts_with(b"--") => (None, until(rest, b"\n")),
            b'/' if rest.starts_with(b"/*") => (None, until(rest, b"*/")),
            b'#' if is_at_line_start(bytes, at) => (None, until(rest, b"\n")),
            quote @ (b'\'' | b'"' | b'`') => {
                let kind = if quote == b'\'' {
                    TokenKind::Value
                } else {
                    TokenKind::Quoted
                };
                (Some(kind), quoted(rest, quote))
            }
            b'[' if bracketed(rest).is_some() => (Some(TokenKind::Quoted), bracketed(rest).unwrap_or(1)),
            b'$' => match dollar(rest) {
                Some(length) => (Some(TokenKind::Value), length),
                None => (Some(TokenKind::Sign), 1),
            },
            byte if byte.is_ascii_digit() => (Some(TokenKind::Value), run(rest)),
            byte if byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii() => {
                (Some(TokenKind::Word), run(rest))
            }
            _ => (Some(TokenKind::Sign), 1),
        };
        if let Some(kind) = kind {
            let span = at..at + length;
            let raw = text.get(span.clone()).unwrap_or_default();
            let plain = match kind {
                TokenKind::Quoted => raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default(),
                TokenKind::Word | TokenKind::Value | TokenKind::Sign => raw,
            };
            // What a text says is never kept.
            let text = match kind {
                TokenKind::Value => String::new(),
                TokenKind::Word | TokenKind::Quoted | TokenKind::Sign => plain.to_ascii_lowercase(),
            };
            let span = start + span.start..start + span.end;
            found.push(Token { kind, text, span });
        }
        at += length;
    }
    found
}

fn is_at_line_start(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
    before.is_none_or(|byte| *byte == b'\n')
}

/// The length up to and with an end, or all.
fn until(rest: &[u8], end: &[u8]) -> usize {
    let found = rest.windows(end.len()).skip(1).position(|window| window == end);
    found.map_or(rest.len(), |at| at + 1 + end.len())
}

/// The length of a text in quotes, in which a doubled quote, or one after a backslash, is none.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        let next = rest.get(at + 1);
        let is_doubled = rest[at] == quote && next == Some(&quote);
        let goes_on = || rest.get(at + 2).is_some_and(u8::is_ascii_alphanumeric);
        let is_escaped = rest[at] == b'\\' && quote == b'\'' && next == Some(&quote) && goes_on();
        if is_doubled || is_escaped {
            at += 2;
        } else if rest[at] == quote {
            return at + 1;
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// A name in square brackets, as one dialect writes it; `[]` and `[3]` belong to a type.
fn bracketed(rest: &[u8]) -> Option<usize> {
    let end = rest.iter().take(130).position(|byte| *byte == b']')?;
    let is_name = rest
        .get(1)
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    is_name.then_some(end + 1)
}

/// `$tag$ … $tag$`.
fn dollar(rest: &[u8]) -> Option<usize> {
    let end = rest.iter().skip(1).take(64).position(|byte| *byte == b'$')? + 2;
    let tag = &rest[..end];
    let is_tag = tag[1..end - 1]
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let is_number = tag.get(1).is_some_and(u8::is_ascii_digit);
    if !is_tag || is_number {
        return None;
    }
    let body = rest[end..].windows(tag.len()).position(|window| window == tag);
    Some(body.map_or(rest.len(), |at| end + at + tag.len()))
}

fn run(rest: &[u8]) -> usize {
    let end = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_' || *byte == b'$' || !byte.is_ascii()));
    end.unwrap_or(rest.len())
}
