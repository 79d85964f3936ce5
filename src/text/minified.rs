//! Whether a text was written by a person.

use super::Document;

/// Whether a document is worth searching: minified text is not.
pub fn is_minified(document: &Document) -> bool {
    Made::of(document).is_minified
}

/// Whether a document is what Workbox makes for a service worker, whatever it is called: a loader of modules with a list
/// of addresses behind it, in one line. <https://developer.chrome.com/docs/workbox/modules/workbox-build>
pub fn is_workbox(document: &Document) -> bool {
    Made::of(document).is_workbox
}

/// What a document says of how it was made. Looked at once: every question that searches it asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Made {
    is_minified: bool,
    is_generated: bool,
    is_workbox: bool,
}

impl Made {
    fn of(document: &Document) -> Self {
        *document.made.get_or_init(|| Self {
            is_minified: has_long_lines(document),
            is_generated: has_mark(document),
            is_workbox: has_loader(document),
        })
    }
}

fn has_loader(document: &Document) -> bool {
    const BEGINNING: &[u8] = b"if(!self.define)";
    let bytes = document.bytes();
    let has = |words: &[u8]| memchr::memmem::find(bytes, words).is_some();
    let written = bytes
        .split(|byte| *byte == b'\n')
        .find(|line| !is_comment(line.trim_ascii()));
    written.is_some_and(|line| line.starts_with(BEGINNING)) && has(b"importScripts") && has(b"define([")
}

fn has_long_lines(document: &Document) -> bool {
    // One line of more than 5,000 bytes, and lines of more than 500 bytes on average. What is data in quotes makes no line
    // of code long.
    let lines = document.line_count().max(1);
    let is_made = |bytes: usize| bytes / lines as usize > 500;
    if !is_made(document.bytes().len()) {
        return false;
    }
    let data = Data::of(document.bytes());
    is_made(document.bytes().len() - data.within(0, document.bytes().len()))
        && (1..=lines.min(50))
            .filter_map(|line| document.line_span(line))
            .any(|span| span.len() - data.within(span.start, span.end).min(span.len()) > 5_000)
}

/// The least that data in quotes holds, in bytes.
const LEAST: usize = 500;

/// Where a text holds data in quotes: `"data:image/png;base64,…"`, or nothing but the letters of Base64.
struct Data(Vec<(usize, usize)>);

impl Data {
    fn of(bytes: &[u8]) -> Self {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(opened) = memchr::memchr3(b'"', b'\'', b'`', &bytes[at..]).map(|next| at + next) {
            let rest = &bytes[opened + 1..];
            let length = rest.iter().take_while(|byte| is_of_data(**byte)).count();
            let is_closed = rest.get(length) == Some(&bytes[opened]);
            let is_data =
                length >= LEAST && (rest.starts_with(b"data:") || rest[..length].iter().all(|byte| is_base64(*byte)));
            if is_closed && is_data {
                found.push((opened + 1, opened + 1 + length));
            }
            at = opened + 1 + length;
        }
        Self(found)
    }

    /// How many bytes of a part are data.
    fn within(&self, start: usize, end: usize) -> usize {
        let each = self
            .0
            .iter()
            .map(|(from, to)| to.min(&end).saturating_sub(*from.max(&start)));
        each.sum()
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// What a `data:` address is written with: no blank, no quotes, no brackets of code.
fn is_of_data(byte: u8) -> bool {
    is_base64(byte)
        || matches!(
            byte,
            b':' | b';' | b',' | b'.' | b'%' | b'~' | b'!' | b'*' | b'#' | b'?' | b'&' | b'@' | b'$'
        )
}

/// How much of a file may stand before the words that say a tool made it, in bytes.
const HEADER: usize = 2_048;

/// Whether a document says of itself that a tool made it: `@generated`, or Go's `Code generated … DO NOT EDIT.`, in a
/// comment among its first lines.
///
/// The two are the marks that tools agree on: <https://generated.at> and <https://go.dev/s/generatedcode>.
pub fn is_generated(document: &Document) -> bool {
    Made::of(document).is_generated
}

fn has_mark(document: &Document) -> bool {
    let first = &document.bytes()[..document.bytes().len().min(HEADER)];
    let lines = first.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.take_while(|line| is_comment(line)).any(|line| {
        let has = |words: &[u8]| memchr::memmem::find(line, words).is_some();
        has(b"@generated") || has(b"Code generated ") && has(b"DO NOT EDIT")
    })
}

/// Whether a line may stand in a file's first comment; an empty one may.
fn is_comment(line: &[u8]) -> bool {
    let opens: [&[u8]; 9] = [b"//", b"/*", b"*", b"#", b"--", b"<!--", b"\"use ", b"'use ", b";"];
    line.is_empty() || opens.iter().any(|open| line.starts_with(open))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated(text: &str) -> bool {
        is_generated(&Document::new(text.as_bytes().to_vec()))
    }

    fn minified(text: &str) -> bool {
        is_minified(&Document::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn data_in_quotes_makes_no_line_long() {
        let data = "iVBORw0KGgo+/".repeat(1_000);
        assert!(!minified(&format!(
            "export const logo = 'data:image/png;base64,{data}==';\n"
        )));
        assert!(!minified(&format!(
            "export const key = `{data}`;\nexport const other = \"{data}\";\n"
        )));
        let code = "a.b(c,function(){return 1});".repeat(400);
        assert!(minified(&code));
        assert!(minified(&format!("var logo='data:image/png;base64,{data}';{code}")));
        // Letters without quotes, and quotes that hold more than data, are no data.
        assert!(minified(&data));
        assert!(minified(&format!("const a = '{}';", "some words, ".repeat(1_000))));
    }

    #[test]
    fn what_workbox_makes_is_told_by_its_loader() {
        let is_made = |text: &str| is_workbox(&Document::new(text.as_bytes().to_vec()));
        let made = "if(!self.define){let e;importScripts(s)}define([\"./workbox-5b86407a\"],function(e){e.precacheAndRoute([])});";
        assert!(is_made(made));
        assert!(is_made(&format!("/* eslint-disable */\n\n{made}")));
        assert!(!is_made(&format!("const key = 1;\n{made}")));
        assert!(!is_made(
            "importScripts('workbox-sw.js');\nworkbox.precaching.precacheAndRoute(self.__WB_MANIFEST);\n"
        ));
    }

    #[test]
    fn a_mark_counts_in_the_first_comment_alone() {
        for text in [
            "// @generated by protoc-gen-es v2\nexport const a = 1;",
            "/* eslint-disable */\n/**\n * @generated SignedSource<<00>>\n */\n",
            "// Code generated by sqlc. DO NOT EDIT.\npackage db\n",
            "\n# @generated\na: 1\n",
            "'use strict';\n// @generated\n",
        ] {
            assert!(generated(text), "{text}");
        }
        for text in [
            "export const mark = '@generated';",
            "export const a = 1;\n// @generated\n",
            "// This code is not generated.\n",
            "// DO NOT EDIT\n",
            "",
        ] {
            assert!(!generated(text), "{text}");
        }
    }
}
