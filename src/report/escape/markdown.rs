//! GitHub's Markdown. There is no list of dangerous things: a word is written as it is only if all its
//! characters are known to be harmless, and stands in a code span otherwise, where GitHub sees no mention,
//! reference, link, image, HTML, formula or emoji.

use super::visible;

/// Text within a line. What stands in backticks becomes a code span, other words stay words if they are harmless.
///
/// Outside code spans the result has only letters, digits, spaces, other harmless punctuation and characters
/// beyond ASCII that can be seen; so it needs, and has, no backslash escapes.
pub fn inline(text: &str) -> String {
    let text = visible(text);
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::with_capacity(text.len());
    for (index, part) in parts.iter().enumerate() {
        let opens = index % 2 == 1;
        let closes = index + 1 < parts.len();
        if opens && closes {
            push_code(&mut out, part);
        } else if opens {
            // A lone backtick is shown with the words that it clings to.
            push_words(&mut out, &format!("`{part}"));
        } else {
            push_words(&mut out, part);
        }
    }
    out.trim().to_owned()
}

/// Text as a code span, whatever backticks it has.
pub fn code(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A block of code that can hold any fence. The body is ours: its lines are written as they are.
pub fn fence(language: &str, body: &str) -> String {
    let fence = "`".repeat((longest_run(body) + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}\n", body.trim_end())
}

/// A link whose text is code. The address must be percent-encoded already (`escape::uri`).
pub fn link(text: &str, address: &str) -> String {
    format!("[{}]({address})", code(text))
}

fn push_code(out: &mut String, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    // Two code spans that touch would read as one fence.
    if out.ends_with('`') {
        out.push(' ');
    }
    out.push_str(&code(text));
}

fn push_words(out: &mut String, text: &str) {
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 && !out.ends_with(' ') {
            out.push(' ');
        }
        if is_harmless(word) && !(out.trim().is_empty() && is_list_marker(word)) {
            out.push_str(word);
        } else {
            push_code(out, word);
        }
    }
}

/// At the start of an entry `-`, `+`, `=` and `1.` would make lists and headings.
fn is_list_marker(word: &str) -> bool {
    let starts_well = word.starts_with(|first: char| first.is_alphanumeric() || matches!(first, '(' | '"' | '\''));
    let is_number = word.starts_with(|first: char| first.is_ascii_digit()) && word.ends_with(['.', ')']);
    !word.is_empty() && (!starts_well || is_number)
}

fn is_harmless(word: &str) -> bool {
    let seen = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(
                character,
                '.' | ',' | ';' | ':' | '\'' | '"' | '(' | ')' | '/' | '%' | '?' | '!' | '+' | '=' | '-'
            )
            || !character.is_ascii()
    };
    let lower = word.to_ascii_lowercase();
    let is_link = lower.contains("://") || lower.contains("www.");
    // `GH-12` is a reference to an issue, `:tada:` an emoji, and seven or more hexadecimal digits a commit.
    let is_reference = lower.contains("gh-") || lower.matches(':').count() > 1;
    let is_commit = lower
        .split(|character: char| !character.is_ascii_hexdigit())
        .any(|run| run.len() >= 7 && run.bytes().any(|byte| byte.is_ascii_digit()));
    word.chars().all(seen) && !is_link && !is_reference && !is_commit
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sentences_stay_sentences_and_mischief_becomes_code() {
        let cases = [
            ("`.env` is not ignored", "`.env` is not ignored"),
            ("ping @ana, see #12", "ping `@ana,` see `#12`"),
            ("<img src=x> ![a](b)", "`<img` `src=x>`"),
            ("<!-- readygate -->", "`<!--` readygate `-->`"),
            ("go to https://x.y now", "go to `https://x.y` now"),
            ("- a", "`-` a"),
            ("1. a", "`1.` a"),
            ("3 files", "3 files"),
            ("a|b *c* _d_ $e$", "`a|b` `*c*` `_d_` `$e$`"),
            ("lone ` tick", "lone `` ` `` tick"),
            ("@a`b`@c", "`@a` `b` `@c`"),
            ("```\nx", "`` ` `` x"),
        ];
        for (text, expected) in cases {
            let escaped = inline(text);
            assert!(escaped.starts_with(expected), "{text:?} became {escaped:?}");
        }
    }

    #[test]
    fn a_code_span_holds_any_backticks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(fence("toml", "x = '````'\n"), "`````toml\nx = '````'\n`````\n");
    }

    /// What CommonMark sees outside code spans: an own reader, so that the test does not trust the writer.
    fn outside_code(markdown: &str) -> String {
        let mut out = String::new();
        let mut rest = markdown;
        while let Some(at) = rest.find('`') {
            out.push_str(&rest[..at]);
            let run = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
            let after = &rest[at + run..];
            let mut from = 0;
            let mut end = None;
            while let Some(next) = after[from..].find('`') {
                let start = from + next;
                let length = after[start..].bytes().take_while(|byte| *byte == b'`').count();
                if length == run {
                    end = Some(start + length);
                    break;
                }
                from = start + length;
            }
            match end {
                Some(end) => rest = &after[end..],
                None => {
                    out.push_str(&rest[at..at + run]);
                    rest = after;
                }
            }
        }
        out + rest
    }

    proptest! {
        #[test]
        fn nothing_breaks_out(text in "[-a-z0-9@#`*_<>&|\\[\\]()!:/ .+=~$\\\\\n\r\u{202e}\u{200b}]{0,60}") {
            let escaped = inline(&text);
            let outside = outside_code(&escaped);
            prop_assert!(!outside.contains(['@', '#', '`', '*', '_', '<', '>', '&', '|', '[', ']', '~', '$', '\\', '\n']),
                "{escaped:?} leaves {outside:?}");
            prop_assert!(!outside.contains("://"));
        }

        #[test]
        fn any_text_is_safe(text in any::<String>()) {
            let outside = outside_code(&inline(&text));
            prop_assert!(!outside.contains(['@', '#', '`', '<', '[', '\n']));
            let outside = outside_code(&code(&text));
            prop_assert!(outside.is_empty(), "{outside:?}");
        }

        #[test]
        fn no_word_is_lost(words in proptest::collection::vec("[a-z@#<`]{1,8}", 0..8)) {
            let text = words.join(" ");
            let letters = |text: &str| text.chars().filter(char::is_ascii_alphabetic).collect::<String>();
            prop_assert_eq!(letters(&inline(&text)), letters(&text));
        }
    }
}
