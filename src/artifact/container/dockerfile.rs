//! Dockerfiles, as the builder reads them: stages and their instructions.
//!
//! A reader of our own: the grammar is small, and what meets hostile bytes should be no larger than it must be.

use std::collections::BTreeMap;

use crate::artifact::ParseError;
use crate::artifact::source::{self, mistake};
use crate::text::{Document, Span, View};

/// A Dockerfile, or why it is none.
#[derive(Debug, Clone)]
pub struct Dockerfile(pub Result<Vec<Stage>, ParseError>);

/// A stage: an image to start from, and what is done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its name (`AS name`), in lower case as the builder compares it.
    pub name: Option<String>,
    /// What it starts from, as written.
    pub image: String,
    /// `image` with the variables above the first stage put in; `None` where one of them has no default.
    pub base: Option<String>,
    /// The bytes of its `FROM`.
    pub span: Span,
    /// Its instructions, in their order.
    pub instructions: Vec<Instruction>,
}

/// An instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Its name in capitals: `RUN`, `COPY`.
    pub keyword: String,
    /// Its flags: `--from=builder` is `from` and `builder`.
    pub flags: Vec<(String, String)>,
    /// What follows the flags, lines joined, comments left out.
    pub rest: String,
    /// The content of its here-documents.
    pub heredoc: String,
    /// Its bytes.
    pub span: Span,
}

/// Variables with their values; `None` is one whose value only the build knows.
pub type Variables = BTreeMap<String, Option<String>>;

impl Instruction {
    /// The value of a flag.
    pub fn flag(&self, name: &str) -> Option<&str> {
        self.flags
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Its words: those of the list form, or those that spaces part.
    pub fn words(&self) -> Vec<String> {
        match serde_json::from_str::<Vec<String>>(&self.rest) {
            Ok(words) => words,
            Err(_) => self
                .rest
                .split_whitespace()
                .map(|word| word.trim_matches(['"', '\'']).to_owned())
                .collect(),
        }
    }

    /// The names and values that `ENV` and `ARG` set; no value for an `ARG` without default.
    pub fn settings(&self) -> Vec<(String, Option<String>)> {
        let is_argument = self.keyword == "ARG";
        let words = quoted_words(&self.rest);
        let first = words.first().cloned().unwrap_or_default();
        if !is_argument && !first.contains('=') {
            let value = self.rest.trim_start().strip_prefix(&first).unwrap_or("").trim();
            return vec![(first, Some(value.trim_matches(['"', '\'']).to_owned()))];
        }
        words
            .iter()
            .map(|word| match word.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (word.clone(), None),
            })
            .collect()
    }
}

/// Words, with quotes taken off and spaces inside them kept.
fn quoted_words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (Vec::new(), String::new(), None, false);
    for letter in text.chars() {
        match (quote, letter) {
            (Some(mark), letter) if mark == letter => quote = None,
            (None, '"' | '\'') => (quote, open) = (Some(letter), true),
            (None, letter) if letter.is_whitespace() => {
                if open {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            (Some(_) | None, letter) => {
                word.push(letter);
                open = true;
            }
        }
    }
    if open {
        words.push(word);
    }
    words
}

/// A text with its variables put in; `None` where one has no known value, or its form is not modelled.
pub fn expand(text: &str, variables: &Variables) -> Option<String> {
    let mut found = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        found.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (name, default) = if let Some(inner) = rest.strip_prefix('{') {
            let end = inner.find('}')?;
            let inside = &inner[..end];
            rest = &inner[end + 1..];
            match inside.split_once(":-").or_else(|| inside.split_once('-')) {
                Some((name, default)) => (name, Some(default)),
                None => (inside, None),
            }
        } else {
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
            let name = &rest[..end];
            rest = &rest[end..];
            (name, None)
        };
        let known = variables.get(name).cloned().flatten();
        found.push_str(&known.filter(|value| !value.is_empty()).or(default.map(str::to_owned))?);
    }
    found.push_str(rest);
    Some(found)
}

impl View for Dockerfile {
    fn parse(document: &Document) -> Self {
        Self(source::text(document).and_then(|(text, start)| parse(text, start)))
    }
}

const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

fn parse(text: &str, start: usize) -> Result<Vec<Stage>, ParseError> {
    let mut lines = Lines { text, at: 0 };
    let escape = escape(text);
    let mut above = Variables::new();
    let mut stages: Vec<Stage> = Vec::new();
    while let Some((from, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let whole = lines.continued(line, escape);
        let mut instruction = instruction(&whole, start + from..start + lines.end())?;
        if matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD") {
            for mark in marks(&instruction.rest) {
                let body = lines
                    .until(&mark)
                    .ok_or_else(|| mistake("a here-document is not closed", instruction.span.clone()))?;
                instruction.heredoc.push_str(&body);
            }
            instruction.span.end = start + lines.end();
        }
        match (instruction.keyword.as_str(), stages.last_mut()) {
            ("FROM", _) => stages.push(stage(&instruction, &above)?),
            ("ARG", None) => {
                for (name, value) in instruction.settings() {
                    let value = value.and_then(|value| expand(&value, &above));
                    above.insert(name, value);
                }
            }
            (_, None) => return Err(mistake("this stands before the first `FROM`", instruction.span)),
            (_, Some(stage)) => stage.instructions.push(instruction),
        }
    }
    if stages.is_empty() {
        return Err(mistake("there is no `FROM`", start..start + text.len()));
    }
    Ok(stages)
}

/// What ends a line that goes on: a backslash, unless the first lines say otherwise.
fn escape(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#'));
    let found = directives
        .filter_map(|line| line.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("escape"));
    if found.is_some_and(|(_, value)| value.trim() == "`") {
        '`'
    } else {
        '\\'
    }
}

fn instruction(whole: &str, span: Span) -> Result<Instruction, ParseError> {
    let (word, mut rest) = whole.split_once(char::is_whitespace).unwrap_or((whole, ""));
    let keyword = word.to_ascii_uppercase();
    if !KEYWORDS.contains(&keyword.as_str()) {
        return Err(mistake("a Dockerfile has no such instruction", span));
    }
    let mut flags = Vec::new();
    rest = rest.trim_start();
    while let Some(flag) = rest.strip_prefix("--") {
        let end = flag.find(char::is_whitespace).unwrap_or(flag.len());
        let (name, value) = flag[..end].split_once('=').unwrap_or((&flag[..end], ""));
        flags.push((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()));
        rest = flag[end..].trim_start();
    }
    Ok(Instruction {
        keyword,
        flags,
        rest: rest.trim_end().to_owned(),
        heredoc: String::new(),
        span,
    })
}

fn stage(instruction: &Instruction, above: &Variables) -> Result<Stage, ParseError> {
    let words: Vec<&str> = instruction.rest.split_whitespace().collect();
    let (image, name) = match words.as_slice() {
        [image] => (*image, None),
        [image, word, name] if word.eq_ignore_ascii_case("as") => (*image, Some(name.to_ascii_lowercase())),
        _ => {
            return Err(mistake(
                "`FROM` wants an image, and `AS` a name",
                instruction.span.clone(),
            ));
        }
    };
    Ok(Stage {
        name,
        image: image.to_owned(),
        base: expand(image, above),
        span: instruction.span.clone(),
        instructions: Vec::new(),
    })
}

/// The words that close the here-documents of a line.
fn marks(rest: &str) -> Vec<String> {
    const MOST: usize = 8;
    rest.match_indices("<<")
        .filter(|(at, _)| !rest[..*at].ends_with('<'))
        .filter_map(|(at, _)| {
            let mark = rest[at + 2..].strip_prefix('-').unwrap_or(&rest[at + 2..]);
            let quote = mark.chars().next().filter(|letter| matches!(letter, '"' | '\''));
            let mark = quote.map_or(mark, |quote| &mark[quote.len_utf8()..]);
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let end = mark.find(|letter| !is_name(letter)).unwrap_or(mark.len());
            let is_word = mark.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
            is_word.then(|| mark[..end].to_owned())
        })
        .take(MOST)
        .collect()
}

/// The lines of a text with where they start.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let from = self.at;
        let rest = self.text.get(from..).filter(|rest| !rest.is_empty())?;
        let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        self.at = from + end;
        Some((from, &rest[..end]))
    }

    /// Where the last line ended, without its line break.
    fn end(&self) -> usize {
        self.text[..self.at].trim_end_matches(['\n', '\r']).len()
    }

    /// A line with those that it goes on with; comments and empty lines between them are left out.
    fn continued(&mut self, first: &str, escape: char) -> String {
        let mut whole = String::new();
        let mut line = first;
        loop {
            match line.strip_suffix(escape) {
                Some(part) => {
                    whole.push_str(part);
                    whole.push(' ');
                }
                None => {
                    whole.push_str(line);
                    return whole;
                }
            }
            line = loop {
                let Some((_, next)) = self.next() else {
                    return whole;
                };
                let next = next.trim();
                if !next.is_empty() && !next.starts_with('#') {
                    break next;
                }
            };
        }
    }

    fn until(&mut self, mark: &str) -> Option<String> {
        let mut body = String::new();
        while let Some((_, line)) = self.next() {
            if line.trim() == mark {
                return Some(body);
            }
            body.push_str(line);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(text: &str) -> Vec<Stage> {
        Dockerfile::parse(&Document::new(text.as_bytes())).0.unwrap()
    }

    #[test]
    fn stages_flags_and_joined_lines_are_read() {
        let found = stages(
            "# escape=\\\nARG V=20\nFROM --platform=$BUILDPLATFORM node:${V}-alpine AS Base\nRUN a \\\n  # no\n\n  && b\n\
             copy --from=x --chown=a:b /a \"./b\"\nFROM base\nENV A=1 B=\"two words\"\nENV C three words\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].base.as_deref(), Some("node:20-alpine"));
        assert_eq!(found[0].name.as_deref(), Some("base"));
        assert_eq!(found[0].instructions[0].rest, "a    && b".replace("    ", "  "));
        assert_eq!(found[0].instructions[1].flag("from"), Some("x"));
        assert_eq!(found[0].instructions[1].words(), ["/a", "./b"]);
        let value = |text: &str| Some(text.to_owned());
        assert_eq!(
            found[1].instructions[0].settings(),
            [("A".to_owned(), value("1")), ("B".to_owned(), value("two words"))]
        );
        assert_eq!(
            found[1].instructions[1].settings(),
            [("C".to_owned(), value("three words"))]
        );
    }

    #[test]
    fn here_documents_are_no_instructions() {
        let found = stages("FROM a\nRUN <<EOF\nUSER nobody\nEOF\nCOPY <<-\"X\" /a\nFROM b\nX\nUSER me\n");
        assert_eq!(found.len(), 1);
        let words: Vec<&str> = found[0].instructions.iter().map(|one| one.keyword.as_str()).collect();
        assert_eq!(words, ["RUN", "COPY", "USER"]);
        assert_eq!(found[0].instructions[0].heredoc, "USER nobody\n");
    }

    #[test]
    fn what_is_no_dockerfile_is_refused() {
        for text in ["", "RUN a", "FROM a\n{{ template }}", "FROM a b", "FROM a\nRUN <<EOF\n"] {
            assert!(Dockerfile::parse(&Document::new(text.as_bytes())).0.is_err(), "{text}");
        }
    }

    #[test]
    fn variables_without_a_value_leave_it_open() {
        let known = Variables::from([("A".to_owned(), Some("1".to_owned())), ("B".to_owned(), None)]);
        assert_eq!(expand("x$A-${A}${C:-2}", &known).as_deref(), Some("x1-12"));
        assert_eq!(expand("$B", &known), None);
        assert_eq!(expand("${", &known), None);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..120)) {
            let _ = Dockerfile::parse(&Document::new(bytes));
        }

        #[test]
        fn no_text_panics(text in "(FROM a|RUN |COPY |ENV |ARG |<<E|<<-\"|\\$\\{|\\$|\\\\|\n|E|`|#|é|--x=| ){0,40}") {
            if let Ok(stages) = Dockerfile::parse(&Document::new(format!("FROM a\n{text}").as_bytes())).0 {
                for found in stages.iter().flat_map(|stage| &stage.instructions) {
                    let _ = (found.words(), found.settings(), expand(&found.rest, &Variables::new()));
                }
            }
        }
    }
}
