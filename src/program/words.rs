//! A command line as a shell reads it: words, quotes, and where one command ends.

/// The simple commands of a line or a script, in order, each as its words without quotes.
///
/// Comments are gone; what stands in parentheses is like the rest.
pub(crate) fn commands(text: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::default();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.next() {
                // A line that goes on.
                Some('\n') => reader.end_word(),
                Some(escaped) => reader.push(escaped),
                None => {}
            },
            quote @ ('"' | '\'') => {
                reader.begin();
                while let Some(inner) = rest.next() {
                    match inner {
                        inner if inner == quote => break,
                        '\\' if quote == '"' && rest.peek().is_some_and(|next| matches!(next, '"' | '\\')) => {
                            reader.word.extend(rest.next());
                        }
                        inner => reader.word.push(inner),
                    }
                }
            }
            '#' if !reader.is_open => while rest.next_if(|next| *next != '\n').is_some() {},
            '\n' | ';' | '&' | '|' | '(' | ')' | '`' => reader.end_command(),
            character if character.is_whitespace() => reader.end_word(),
            character => reader.push(character),
        }
    }
    reader.end_command();
    reader.commands
}

#[derive(Default)]
struct Reader {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: String,
    is_open: bool,
}

impl Reader {
    fn begin(&mut self) {
        self.is_open = true;
    }

    fn push(&mut self, character: char) {
        self.is_open = true;
        self.word.push(character);
    }

    fn end_word(&mut self) {
        if self.is_open {
            self.words.push(std::mem::take(&mut self.word));
            self.is_open = false;
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn quotes_hold_words_together_and_signs_end_commands() {
        let read = commands("a 'b c' \"d \\\"e\\\"\" && (cd x; f) # g\nh \\\n  i\n'' j#k");
        let expected: [&[&str]; 5] = [
            &["a", "b c", "d \"e\""],
            &["cd", "x"],
            &["f"],
            &["h", "i"],
            &["", "j#k"],
        ];
        assert_eq!(read, expected);
        assert_eq!(commands("echo 'open"), [["echo", "open"]]);
        assert!(commands(" && ;").is_empty());
    }
}
