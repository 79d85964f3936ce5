//! One escaping for each sink. What is not known to be harmless is made visible, never passed through.

mod command;
mod markdown;
mod web;

pub use command::{command_data, command_property};
pub use markdown::{code, fence, inline, link};
pub use web::{json, uri};

pub use crate::text::is_hidden;

/// One line of text in which nothing is hidden: line breaks and tabs become one space, and every character
/// that a reader can't see or that moves others (control characters, ESC, C1, bidirectional overrides,
/// zero-width characters, tags) is shown as `\u{…}`.
///
/// `##[`, by which old workflow commands begin anywhere in a line, is broken, too: what is printed in a
/// job's log is read by the runner.
pub fn visible(text: &str) -> String {
    show(text, Tabs::Fold)
}

/// A line of source for a terminal: as `visible`, but tabs and runs of spaces stay, because columns count them.
pub fn source_line(text: &str) -> String {
    show(text, Tabs::Keep)
}

/// A whole text for a job's log, in which no line is a workflow command: wherever a line begins with `::`
/// (a wrapped sentence may), the first colon is shown as `\u{3a}`.
///
/// `:::`, by which a snippet names its second file, begins no command: no command's name begins with a colon.
pub fn for_log(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let rest = line.trim_start();
        if rest.starts_with("::") && !rest.starts_with(":::") {
            out.push_str(&line[..line.len() - rest.len()]);
            out.push_str("\\u{3a}");
            out.push_str(&rest[1..]);
        } else {
            out.push_str(line);
        }
    }
    out
}

/// At most this many characters, the last being `…` where something was cut.
pub fn clip(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest.saturating_sub(1)).collect();
    kept + "…"
}

/// Characters of a piece of code among words: a pattern says no more to a reader than its beginning.
const LONGEST_CODE: usize = 48;

/// The text with its long pieces of code (between backticks) cut.
pub fn short_code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts: Vec<String> = parts
        .map(|(index, part)| match index % 2 {
            1 => clip(part, LONGEST_CODE),
            _ => part.to_owned(),
        })
        .collect();
    parts.join("`")
}

/// Whether a piece of code in the text is longer than `short_code` leaves it.
pub fn has_long_code(text: &str) -> bool {
    let mut codes = text.split('`').skip(1).step_by(2);
    codes.any(|code| code.chars().count() > LONGEST_CODE)
}

/// As `clip`, but cut between words where there is a space in the second half; the last character is `…` where something was
/// cut.
pub fn clip_words(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest.saturating_sub(1)).collect();
    let next = text.chars().nth(longest.saturating_sub(1));
    let at = match next {
        Some(' ') => Some(kept.len()),
        _ => kept.rfind(' ').filter(|at| at * 2 >= kept.len()),
    };
    let kept = at.map_or(kept.as_str(), |at| &kept[..at]);
    kept.trim_end_matches([' ', ',', ';', ':']).to_owned() + "…"
}

#[derive(Clone, Copy, PartialEq)]
enum Tabs {
    Fold,
    Keep,
}

fn show(text: &str, tabs: Tabs) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' if tabs == Tabs::Keep => out.push('\t'),
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '[' if out.ends_with("##") => out.push_str("\\u{5b}"),
            hidden if is_hidden(hidden) => out.extend(hidden.escape_unicode()),
            seen => out.push(seen),
        }
    }
    match tabs {
        Tabs::Fold => out.trim().to_owned(),
        Tabs::Keep => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("x\u{202e}y\u{200b}"), "x\\u{202e}y\\u{200b}");
        assert_eq!(visible("one\r\ntwo\tthree"), "one two three");
        assert_eq!(visible("##[error]x"), "##\\u{5b}error]x");
        assert_eq!(source_line("\ta  b"), "\ta  b");
    }

    #[test]
    fn no_line_of_a_log_is_a_command() {
        assert_eq!(for_log("a\n  ::error::x\n::: b\n"), "a\n  \\u{3a}:error::x\n::: b\n");
    }

    #[test]
    fn clipping_counts_characters_and_says_so() {
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("äöüß", 3), "äö…");
        assert_eq!(clip("ab", 0), "…");
        assert_eq!(clip_words("two long words", 12), "two long…");
        assert_eq!(clip_words("two long, words", 10), "two long…");
        assert_eq!(clip_words("onelongword", 5), "onel…");
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left(text in any::<String>()) {
            let shown = visible(&text);
            prop_assert!(!shown.chars().any(is_hidden), "{shown:?}");
            prop_assert!(!shown.contains("##["));
            let line = source_line(&text);
            prop_assert!(!line.chars().any(|character| character != '\t' && is_hidden(character)));
            prop_assert!(!line.contains("##["));
        }
    }
}
