//! GitHub's workflow commands: `::error file=…,line=…::message`.
//!
//! The runner decodes `%25`, `%0D` and `%0A` in the message, and `%3A` and `%2C` in properties as well
//! (actions/runner, `ActionCommand.cs`).

/// A command's message. Line breaks stay line breaks; nothing of it can begin a command of its own.
pub fn command_data(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push_str("%0A");
        }
        for character in super::visible(line).chars() {
            match character {
                '%' => out.push_str("%25"),
                other => out.push(other),
            }
        }
    }
    out
}

/// The value of a command's property, on one line.
pub fn command_property(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in super::visible(text).chars() {
        match character {
            '%' => out.push_str("%25"),
            ':' => out.push_str("%3A"),
            ',' => out.push_str("%2C"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_can_not_leave_its_command() {
        assert_eq!(command_data("50%\r\n::error::gotcha"), "50%25%0A::error::gotcha");
        assert_eq!(command_property("a:b,c=d%0A::x"), "a%3Ab%2Cc=d%250A%3A%3Ax");
    }

    proptest! {
        #[test]
        fn escaped_text_has_no_line_break_and_no_separator(text in any::<String>()) {
            let data = command_data(&text);
            prop_assert!(!data.contains(['\n', '\r']));
            let property = command_property(&text);
            prop_assert!(!property.contains(['\n', '\r', ':', ',']));
            // Every `%` is one of ours: undoing the escaping never meets a sequence that the text brought.
            for escaped in [&data, &property] {
                for part in escaped.split('%').skip(1) {
                    prop_assert!(["25", "0A", "3A", "2C"].iter().any(|known| part.starts_with(known)));
                }
            }
        }
    }
}
