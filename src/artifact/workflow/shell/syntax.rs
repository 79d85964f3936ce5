//! How a shell script is built: lists, pipelines, groups and compound commands.

use super::token::{Token, Word, tokens};

/// Commands one after the other.
pub(super) type List = Vec<Chain>;

/// Pipelines joined by `&&` and `||`.
#[derive(Debug, Default)]
pub(super) struct Chain {
    pub(super) first: Pipeline,
    pub(super) rest: Vec<(Joint, Pipeline)>,
    /// Whether it ends in `&`.
    pub(super) is_background: bool,
}

/// How a pipeline is joined to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    And,
    Or,
}

/// Commands of which each reads what the one before it writes.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    /// Whether `!` stands before it.
    pub(super) is_negated: bool,
    pub(super) nodes: Vec<Node>,
}

/// A command.
#[derive(Debug)]
pub(super) enum Node {
    Simple(Vec<Word>),
    /// `{ …; }`
    Group(List),
    /// `( … )`
    Subshell(List),
    If {
        /// Conditions, each with what is run where it holds.
        clauses: Vec<(List, List)>,
        otherwise: Option<List>,
    },
    /// `for` and `select` have no condition.
    Loop {
        condition: Option<List>,
        body: List,
    },
    Case {
        subject: String,
        arms: Vec<List>,
    },
    Function {
        name: String,
        body: Box<Node>,
    },
}

impl Chain {
    /// Its pipelines, in order.
    pub(super) fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, pipeline)| pipeline))
    }

    /// The words of its first command, or of the first condition in it.
    pub(super) fn first_words(&self) -> &[Word] {
        match self.first.nodes.first() {
            Some(Node::Simple(words)) => words,
            Some(Node::If { clauses, .. }) => clauses
                .first()
                .and_then(|(condition, _)| condition.first())
                .map_or(&[], Chain::first_words),
            Some(Node::Group(list) | Node::Subshell(list)) => list.first().map_or(&[], Chain::first_words),
            Some(Node::Loop { .. } | Node::Case { .. } | Node::Function { .. }) | None => &[],
        }
    }
}

/// Compound commands stand in each other at most this deep.
const DEEPEST: usize = 24;
/// Words that mean something only where a command begins, and begin none.
const CLOSING: [&str; 8] = ["then", "elif", "else", "fi", "do", "done", "esac", "}"];

/// A script's commands, and whether the whole of it was understood.
pub(super) fn parse(script: &str) -> (List, bool) {
    let (tokens, is_sound) = tokens(script);
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        is_sound,
    };
    let mut list = parser.list(&[]);
    // What closes nothing is passed over.
    while parser.at < parser.tokens.len() {
        parser.is_sound = false;
        parser.at += 1;
        list.extend(parser.list(&[]));
    }
    (list, parser.is_sound)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    is_sound: bool,
}

impl Parser {
    fn word(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => Some(&word.text),
            _ => None,
        }
    }

    fn is(&self, token: &Token) -> bool {
        self.tokens.get(self.at) == Some(token)
    }

    fn skip(&mut self, taken: &[Token]) {
        while self.tokens.get(self.at).is_some_and(|token| taken.contains(token)) {
            self.at += 1;
        }
    }

    /// Takes a word that has to stand here.
    fn expect(&mut self, text: &str) {
        if self.word() == Some(text) {
            self.at += 1;
        } else {
            self.is_sound = false;
        }
    }

    /// The commands up to one of these words, or to what closes something.
    fn list(&mut self, ends: &[&str]) -> List {
        let mut found = Vec::new();
        loop {
            self.skip(&[Token::Newline, Token::Semicolon]);
            let is_end = match self.tokens.get(self.at) {
                None | Some(Token::Close | Token::DoubleSemicolon) => true,
                Some(Token::Word(word)) => ends.contains(&word.text.as_str()) || CLOSING.contains(&word.text.as_str()),
                Some(_) => false,
            };
            if is_end {
                return found;
            }
            let before = self.at;
            let mut chain = self.chain();
            if self.is(&Token::Background) {
                chain.is_background = true;
                self.at += 1;
            }
            if self.at == before {
                self.is_sound = false;
                self.at += 1;
            } else {
                found.push(chain);
            }
        }
    }

    fn chain(&mut self) -> Chain {
        let mut chain = Chain {
            first: self.pipeline(),
            ..Chain::default()
        };
        loop {
            let joint = match self.tokens.get(self.at) {
                Some(Token::And) => Joint::And,
                Some(Token::Or) => Joint::Or,
                _ => return chain,
            };
            self.at += 1;
            self.skip(&[Token::Newline]);
            chain.rest.push((joint, self.pipeline()));
        }
    }

    fn pipeline(&mut self) -> Pipeline {
        let mut pipeline = Pipeline::default();
        while self.word() == Some("!") {
            pipeline.is_negated = !pipeline.is_negated;
            self.at += 1;
        }
        loop {
            match self.node() {
                Some(node) => pipeline.nodes.push(node),
                None => self.is_sound = false,
            }
            if !self.is(&Token::Pipe) {
                return pipeline;
            }
            self.at += 1;
            self.skip(&[Token::Newline]);
        }
    }

    fn node(&mut self) -> Option<Node> {
        if self.depth >= DEEPEST {
            self.is_sound = false;
            return None;
        }
        self.depth += 1;
        let node = self.compound();
        self.depth -= 1;
        if !matches!(node, Some(Node::Simple(_) | Node::Function { .. }) | None) {
            self.redirections();
        }
        node
    }

    fn compound(&mut self) -> Option<Node> {
        if self.is(&Token::Open) {
            self.at += 1;
            let list = self.list(&[]);
            self.close();
            return Some(Node::Subshell(list));
        }
        let word = self.word()?.to_owned();
        match word.as_str() {
            "{" => {
                self.at += 1;
                let list = self.list(&["}"]);
                self.expect("}");
                Some(Node::Group(list))
            }
            "if" => Some(self.branches()),
            "while" | "until" => {
                self.at += 1;
                let condition = self.list(&["do"]);
                Some(self.body(Some(condition)))
            }
            "for" | "select" => {
                self.at += 1;
                while !matches!(self.tokens.get(self.at), None | Some(Token::Newline | Token::Semicolon)) {
                    self.at += 1;
                }
                self.skip(&[Token::Newline, Token::Semicolon]);
                Some(self.body(None))
            }
            "case" => Some(self.case()),
            "function" => {
                self.at += 1;
                let name = self.word()?.to_owned();
                self.at += 1;
                self.function(name)
            }
            closing if CLOSING.contains(&closing) => None,
            _ => {
                let is_function = matches!(
                    self.tokens.get(self.at + 1..self.at + 3),
                    Some([Token::Open, Token::Close])
                );
                if is_function {
                    self.at += 1;
                    return self.function(word);
                }
                Some(self.simple())
            }
        }
    }

    fn simple(&mut self) -> Node {
        let mut words = Vec::new();
        while let Some(Token::Word(word)) = self.tokens.get_mut(self.at) {
            words.push(std::mem::take(word));
            self.at += 1;
        }
        Node::Simple(words)
    }

    fn close(&mut self) {
        if self.is(&Token::Close) {
            self.at += 1;
        } else {
            self.is_sound = false;
        }
    }

    /// Words behind a compound command say where its output goes.
    fn redirections(&mut self) {
        while let Some(word) = self.word().filter(|word| word.contains(['<', '>'])) {
            let is_bare = word.ends_with(['<', '>']);
            self.at += 1;
            if is_bare && self.word().is_some() {
                self.at += 1;
            }
        }
    }

    fn function(&mut self, name: String) -> Option<Node> {
        if self.is(&Token::Open) {
            self.at += 1;
            self.close();
        }
        self.skip(&[Token::Newline]);
        let body = Box::new(self.node()?);
        Some(Node::Function { name, body })
    }

    fn branches(&mut self) -> Node {
        let mut clauses = Vec::new();
        let mut otherwise = None;
        while matches!(self.word(), Some("if" | "elif")) && (clauses.is_empty() || self.word() == Some("elif")) {
            self.at += 1;
            let condition = self.list(&["then"]);
            self.expect("then");
            let body = self.list(&["elif", "else", "fi"]);
            clauses.push((condition, body));
        }
        if self.word() == Some("else") {
            self.at += 1;
            otherwise = Some(self.list(&["fi"]));
        }
        self.expect("fi");
        Node::If { clauses, otherwise }
    }

    fn body(&mut self, condition: Option<List>) -> Node {
        self.expect("do");
        let body = self.list(&["done"]);
        self.expect("done");
        Node::Loop { condition, body }
    }

    fn case(&mut self) -> Node {
        self.at += 1;
        let subject = self.word().unwrap_or("").to_owned();
        self.at += 1;
        self.skip(&[Token::Newline]);
        self.expect("in");
        let mut arms = Vec::new();
        loop {
            self.skip(&[Token::Newline, Token::Semicolon, Token::DoubleSemicolon]);
            if self.word() == Some("esac") || self.at >= self.tokens.len() {
                break;
            }
            self.skip(&[Token::Open]);
            while matches!(self.tokens.get(self.at), Some(Token::Word(_) | Token::Pipe)) {
                self.at += 1;
            }
            let before = self.at;
            self.close();
            arms.push(self.list(&["esac"]));
            if self.at == before {
                self.at += 1;
            }
        }
        self.expect("esac");
        Node::Case { subject, arms }
    }
}
