//! The tokens of a shell script. No text makes it fail; what never ends goes on to the script's end.

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    Newline,
    Semicolon,
    /// `;;` and its relatives, which end an arm of `case`.
    DoubleSemicolon,
    Background,
    And,
    Or,
    Pipe,
    Open,
    Close,
}

/// A word as it is written, quotes and all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word {
    pub(super) text: String,
    /// From 0.
    pub(super) line: usize,
    /// The lines that it hands to its command, where it begins a here document.
    pub(super) document: Option<String>,
}

/// The tokens of a script, and whether all that is opened in it is closed.
pub(super) fn tokens(script: &str) -> (Vec<Token>, bool) {
    let mut lexer = Lexer {
        bytes: script.as_bytes(),
        script,
        at: 0,
        line: 0,
        found: Vec::new(),
        waiting: Vec::new(),
        is_sound: true,
    };
    lexer.run();
    (lexer.found, lexer.is_sound)
}

struct Lexer<'a> {
    script: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    found: Vec<Token>,
    /// Here documents that begin after this line: the token, the last line, and whether tabs before it count for nothing.
    waiting: Vec<(usize, String, bool)>,
    is_sound: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn starts(&self, text: &str) -> bool {
        self.bytes[self.at..].starts_with(text.as_bytes())
    }

    fn run(&mut self) {
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b' ' | b'\t' | b'\r', _) => self.at += 1,
                (b'\\', b'\n') => {
                    self.at += 2;
                    self.line += 1;
                }
                (b'\n', _) => self.newline(),
                (b'#', _) => {
                    while self.at < self.bytes.len() && self.peek(0) != b'\n' {
                        self.at += 1;
                    }
                }
                (b';', b';') => {
                    let length = if self.peek(2) == b'&' { 3 } else { 2 };
                    self.push(Token::DoubleSemicolon, length);
                }
                (b';', b'&') => self.push(Token::DoubleSemicolon, 2),
                (b';', _) => self.push(Token::Semicolon, 1),
                (b'&', b'&') => self.push(Token::And, 2),
                (b'&', b'>') => self.word(),
                (b'&', _) => self.push(Token::Background, 1),
                (b'|', b'|') => self.push(Token::Or, 2),
                (b'|', b'&') => self.push(Token::Pipe, 2),
                (b'|', _) => self.push(Token::Pipe, 1),
                (b'(', b'(') if self.is_arithmetic() => self.word(),
                (b'(', _) => self.push(Token::Open, 1),
                (b')', _) => self.push(Token::Close, 1),
                _ => self.word(),
            }
        }
        self.is_sound &= self.waiting.is_empty();
    }

    fn push(&mut self, token: Token, length: usize) {
        self.found.push(token);
        self.at += length;
    }

    fn newline(&mut self) {
        self.push(Token::Newline, 1);
        self.line += 1;
        for (token, last, is_indented) in std::mem::take(&mut self.waiting) {
            let mut body = String::new();
            let mut is_closed = false;
            while self.at < self.bytes.len() && !is_closed {
                let rest = &self.script[self.at..];
                let line = rest.split('\n').next().unwrap_or(rest);
                self.at = (self.at + line.len() + 1).min(self.bytes.len());
                self.line += 1;
                let seen = if is_indented {
                    line.trim_start_matches('\t')
                } else {
                    line
                };
                is_closed = seen.trim_end_matches('\r') == last;
                if !is_closed {
                    body.push_str(seen);
                    body.push('\n');
                }
            }
            self.is_sound &= is_closed;
            if let Some(Token::Word(word)) = self.found.get_mut(token) {
                word.document = Some(body);
            }
        }
    }

    /// Whether `((` is closed by `))` on its line, and so opens no subshell.
    fn is_arithmetic(&self) -> bool {
        let mut depth = 0_usize;
        let rest = &self.bytes[self.at..];
        // Longer ones are not written by hand; the bound keeps the time linear.
        for (index, byte) in rest.iter().take(400).enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 2 => return rest.get(index + 1) == Some(&b')'),
                b')' => depth = depth.saturating_sub(1),
                b'\n' => return false,
                _ => {}
            }
        }
        false
    }

    fn word(&mut self) {
        let mut word = Word {
            line: self.line,
            ..Word::default()
        };
        let start = self.at;
        let mut here = None;
        if self.starts("[[") && matches!(self.peek(2), b' ' | b'\t' | b'\n') {
            self.test(&mut word.text);
        } else {
            self.parts(&mut word.text, &mut here);
        }
        if self.at == start {
            // Nothing that begins a word: it is passed over.
            self.at += 1;
            while !self.script.is_char_boundary(self.at) {
                self.at += 1;
            }
        }
        if let Some((last, is_indented)) = here {
            self.waiting.push((self.found.len(), last, is_indented));
        }
        self.found.push(Token::Word(word));
    }

    /// `[[ … ]]`, whose signs are its own.
    fn test(&mut self, text: &mut String) {
        let rest = &self.script[self.at..];
        let end = rest.find(" ]]").map_or(rest.len(), |end| end + 3);
        self.is_sound &= end < rest.len() || rest.ends_with(" ]]");
        self.line += rest[..end].matches('\n').count();
        text.push_str(&rest[..end]);
        self.at += end;
    }

    /// Takes a word's bytes up to where it ends. What is open is kept as the byte that closes it.
    fn parts(&mut self, text: &mut String, here: &mut Option<(String, bool)>) {
        let mut open: Vec<u8> = Vec::new();
        let mut from = self.at;
        while self.at < self.bytes.len() {
            // A line that goes on below; between single quotes it is what it says.
            if self.peek(0) == b'\\' && self.peek(1) == b'\n' && open.last() != Some(&b'\'') {
                text.push_str(&self.script[from..self.at]);
                self.at += 2;
                self.line += 1;
                from = self.at;
                continue;
            }
            let is_first = self.at == from && text.is_empty();
            let Some(length) = self.unit(is_first, &mut open, here) else {
                break;
            };
            let end = (self.at + length).min(self.bytes.len());
            self.line += self.bytes[self.at..end].iter().filter(|byte| **byte == b'\n').count();
            self.at = end;
        }
        while !self.script.is_char_boundary(self.at) {
            self.at += 1;
        }
        text.push_str(&self.script[from..self.at]);
        self.is_sound &= open.is_empty();
    }

    /// How many bytes belong together here, and what they open or close; `None` where the word ends.
    fn unit(&self, is_first: bool, open: &mut Vec<u8>, here: &mut Option<(String, bool)>) -> Option<usize> {
        let byte = self.peek(0);
        let length = match (open.last().copied(), byte) {
            (None, b'\n') => return None,
            (Some(b'\''), b'\'') => {
                open.pop();
                1
            }
            (Some(b'\''), _) => 1,
            (_, b'\\') => 2,
            (Some(close), _) if close == byte => {
                open.pop();
                1
            }
            (_, b'$') if self.starts("${{") => self.script[self.at..].find("}}").map_or(3, |end| end + 2),
            (_, b'$') if matches!(self.peek(1), b'(' | b'{') => {
                open.push(if self.peek(1) == b'(' { b')' } else { b'}' });
                2
            }
            (_, b'`') => {
                open.push(b'`');
                1
            }
            (Some(b'"'), _) => 1,
            (_, b'"' | b'\'') => {
                open.push(byte);
                1
            }
            (Some(b')'), b'(') => {
                open.push(b')');
                1
            }
            (Some(_), _) => 1,
            (None, _) => return self.bare(byte, is_first, open, here),
        };
        Some(length)
    }

    /// Outside of quotes and brackets: how many bytes belong together here; `None` where the word ends.
    fn bare(&self, byte: u8, is_first: bool, open: &mut Vec<u8>, here: &mut Option<(String, bool)>) -> Option<usize> {
        match byte {
            b' ' | b'\t' | b'\r' | b';' | b'|' | b')' => None,
            b'&' if self.peek(1) == b'>' || matches!(self.before(), b'>' | b'<') => Some(1),
            b'&' => None,
            b'(' if is_first => {
                open.extend([b')', b')']);
                Some(2)
            }
            b'(' if b"=<>@*?+!".contains(&self.before()) => {
                open.push(b')');
                Some(1)
            }
            b'(' => None,
            b'<' if self.starts("<<<") => Some(3),
            b'<' if self.starts("<<") => {
                let (length, last, is_indented) = self.document_end();
                if !last.is_empty() {
                    *here = Some((last, is_indented));
                }
                Some(length)
            }
            _ => Some(1),
        }
    }

    fn before(&self) -> u8 {
        self.at
            .checked_sub(1)
            .and_then(|at| self.bytes.get(at))
            .copied()
            .unwrap_or(0)
    }

    /// Behind `<<`: how long it is with its word, that word without quotes, and whether it was `<<-`.
    fn document_end(&self) -> (usize, String, bool) {
        let rest = &self.script[self.at + 2..];
        let (rest, is_indented) = rest.strip_prefix('-').map_or((rest, false), |rest| (rest, true));
        let trimmed = rest.trim_start_matches([' ', '\t']);
        let quote = trimmed.chars().next().filter(|first| matches!(first, '"' | '\''));
        let (last, length) = match quote {
            Some(quote) => {
                let inner = trimmed[1..].split([quote, '\n']).next().unwrap_or("");
                (inner.to_owned(), inner.len() + 2)
            }
            None => {
                let ends = |letter: char| letter.is_whitespace() || "<>&|;()".contains(letter);
                let word = trimmed.split(ends).next().unwrap_or("");
                (word.replace('\\', ""), word.len())
            }
        };
        let before = (rest.len() - trimmed.len()) + if is_indented { 3 } else { 2 };
        (before + length, last, is_indented)
    }
}

/// The scripts that stand in a text as `$(…)` or between backticks, with where each begins and ends.
pub(super) fn substitutions(text: &str) -> Vec<(std::ops::Range<usize>, &str)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    let mut is_double = false;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => {
                is_double = !is_double;
                at += 1;
            }
            b'\'' if !is_double => {
                at += 1 + text[at + 1..].find('\'').map_or(text.len(), |end| end + 1);
            }
            b'`' => {
                let end = text[at + 1..].find('`').map_or(text.len(), |end| at + 1 + end);
                found.push((at..(end + 1).min(text.len()), &text[at + 1..end]));
                at = end + 1;
            }
            b'$' if bytes.get(at + 1) == Some(&b'(') => {
                let end = closing(bytes, at + 1).unwrap_or(text.len());
                let is_arithmetic = bytes.get(at + 2) == Some(&b'(');
                if !is_arithmetic {
                    found.push((at..(end + 1).min(text.len()), &text[at + 2..end]));
                }
                at = end + 1;
            }
            _ => at += 1,
        }
    }
    found
}

/// Where the bracket that opens here is closed, quotes taken in.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut at = open;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(b'\''), b'\'') => quote = None,
            (Some(b'\''), _) => {}
            (_, b'\\') => at += 1,
            (Some(b'"'), b'"') => quote = None,
            (None, b'"' | b'\'') => quote = Some(bytes[at]),
            (_, b'(') => depth += 1,
            (_, b')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where quoted strings stand in a text.
pub(super) fn quoted(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut open: Option<(usize, u8)> = None;
    let mut at = 0;
    while at < bytes.len() {
        match (open, bytes[at]) {
            (Some((_, b'\'')), b'\\') => {}
            (_, b'\\') => at += 1,
            (Some((from, quote)), byte) if byte == quote => {
                found.push(from..at + 1);
                open = None;
            }
            (None, byte @ (b'"' | b'\'')) => open = Some((at, byte)),
            _ => {}
        }
        at += 1;
    }
    found.extend(open.map(|(from, _)| from..text.len()));
    found
}
