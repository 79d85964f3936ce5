//! One pass over a document for all text patterns of a run.
//!
//! Every pattern gives literals of which one must occur in any match. One Aho-Corasick over all
//! literals of all patterns finds the lines worth looking at; the single regex looks at those lines
//! alone. A match never spans lines, and time is linear in the text.

mod gate;

use std::sync::{Arc, OnceLock};

use crate::text::HashMap;
use regex_automata::meta::Regex;
use regex_syntax::hir::{Hir, HirKind};

use crate::text::{Document, Span};

use super::late::{is_shipped, is_small, over_lines};
use super::literals::{self, Literal};
use gate::{Candidates, Gate};

/// A line-wise regular expression.
#[derive(Debug, Clone)]
pub struct Pattern {
    source: Arc<str>,
    /// Compiled when a line is first to be matched.
    regex: Arc<OnceLock<Regex>>,
    /// Literals of which a match must hold one; `None` where no such set is known. Found when a document is first searched.
    literals: Arc<OnceLock<Option<Vec<Literal>>>>,
}

/// A match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The line, from 1.
    pub line: u32,
    /// The bytes in the document.
    pub span: Span,
}

impl Pattern {
    /// Compiles a pattern. Classes such as `\w` and `\b` are ASCII (a Unicode `\b` is 44 times slower);
    /// `(?u)` in the pattern asks for Unicode. `(?i)` ignores case.
    ///
    /// # Errors
    /// The pattern's mistake in words.
    pub fn new(source: &str) -> Result<Self, String> {
        let regex = OnceLock::new();
        let hir = if is_shipped() {
            None
        } else {
            Some(parsed(source).map_err(|error| first_words(&error.to_string()))?)
        };
        if hir.as_ref().is_some_and(needs_line_break) {
            return Err("a pattern is matched line by line, so `\\n` can never match".to_owned());
        }
        if hir.is_some_and(|hir| !is_small(&hir)) {
            let compiled = over_lines(source)?;
            regex.get_or_init(|| compiled);
        }
        Ok(Self {
            source: Arc::from(source),
            regex: Arc::new(regex),
            literals: Arc::default(),
        })
    }

    fn literals(&self) -> Option<&[Literal]> {
        let found = self.literals.get_or_init(|| {
            let hir = parsed(&self.source).expect("it was parsed before");
            literals::of(&hir)
        });
        found.as_deref()
    }

    fn regex(&self) -> &Regex {
        let compiled = || over_lines(&self.source).expect("what is parsed and small compiles");
        self.regex.get_or_init(compiled)
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }
}

fn parsed(source: &str) -> Result<Hir, regex_syntax::Error> {
    let mut parser = regex_syntax::ParserBuilder::new();
    parser.unicode(false).utf8(false).build().parse(source)
}

fn first_words(error: &str) -> String {
    let last = error.lines().last().unwrap_or(error);
    last.trim_start_matches("error: ").to_owned()
}

fn needs_line_break(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.contains(&b'\n'),
        HirKind::Capture(capture) => needs_line_break(&capture.sub),
        HirKind::Repetition(repetition) => repetition.min > 0 && needs_line_break(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().any(needs_line_break),
        HirKind::Alternation(parts) => parts.iter().all(needs_line_break),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// All patterns of a run.
#[derive(Debug)]
pub struct Engine {
    by_source: HashMap<Arc<str>, usize>,
    patterns: Vec<Pattern>,
    /// Made when a document is first searched: many an engine never searches one.
    gate: OnceLock<Option<Gate>>,
    /// Tells this engine from others: documents outlive an engine, and what was derived with another is of no use.
    identity: Arc<()>,
}

impl Engine {
    /// Compiles the patterns; the same pattern twice costs once.
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        let mut engine = Self {
            by_source: HashMap::default(),
            patterns: Vec::new(),
            gate: OnceLock::new(),
            identity: Arc::new(()),
        };
        for pattern in patterns {
            if !engine.by_source.contains_key(&pattern.source) {
                engine
                    .by_source
                    .insert(Arc::clone(&pattern.source), engine.patterns.len());
                engine.patterns.push(pattern);
            }
        }
        engine
    }

    /// Looks through a document that will be searched for secrets, too.
    pub fn look_through(&self, document: &Document) {
        self.candidates(document);
    }

    /// The lines of a document that are worth looking at; `None` where no pattern has literals.
    fn candidates(&self, document: &Document) -> Option<Arc<Candidates>> {
        let gate = self.gate.get_or_init(|| Gate::new(&self.patterns)).as_ref()?;
        let candidates = document.derive(|document| {
            let (lines, openings) = gate.lines(document);
            document.derive(|_| openings);
            Candidates::new(&self.identity, lines)
        });
        Some(candidates)
    }

    /// A search for a pattern, which should be one that the engine was made with.
    pub fn search<'a>(&'a self, pattern: &'a Pattern) -> Search<'a> {
        let known = self.by_source.get(&pattern.source);
        // The engine's own has been looked at already.
        let has_literals = |index: &&usize| self.patterns[**index].literals().is_some();
        let index = known.filter(has_literals);
        Search {
            engine: self,
            pattern,
            index: index.and_then(|index| u32::try_from(*index).ok()),
        }
    }
}

/// A search for one pattern, document by document.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    engine: &'a Engine,
    pattern: &'a Pattern,
    /// Which of the engine's it is, if lines without its literals can be passed over.
    index: Option<u32>,
}

impl Search<'_> {
    /// All matches in a document, in order.
    pub fn hits(&self, document: &Document) -> Vec<Hit> {
        let engine = self.engine;
        if let Some(index) = self.index
            && let Some(candidates) = engine.candidates(document)
            && Arc::ptr_eq(&candidates.engine, &engine.identity)
        {
            let lines = candidates.of(index).iter();
            return lines
                .flat_map(|(_, line)| hits_in_line(self.pattern, document, *line))
                .collect();
        }
        (1..=document.line_count())
            .flat_map(|line| hits_in_line(self.pattern, document, line))
            .collect()
    }
}

fn hits_in_line(pattern: &Pattern, document: &Document, line: u32) -> Vec<Hit> {
    let Some(span) = document.line_span(line) else {
        return Vec::new();
    };
    let bytes = &document.bytes()[span.clone()];
    let found = pattern.regex().find_iter(bytes);
    found
        .map(|hit| Hit {
            line,
            span: span.start + hit.start()..span.start + hit.end(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(source: &str, text: &str) -> Vec<u32> {
        let pattern = Pattern::new(source).expect("compiles");
        let engine = Engine::new([pattern.clone(), Pattern::new("unrelated").expect("compiles")]);
        let document = Document::new(text.as_bytes());
        engine
            .search(&pattern)
            .hits(&document)
            .iter()
            .map(|hit| hit.line)
            .collect()
    }

    #[test]
    fn the_gate_loses_no_match() {
        let text = "Foo bar\nnothing\nfoo(1)\nFOOBAR\nbar foo bar foo\n";
        for source in [
            "foo",
            "(?i)foo",
            "fo+",
            "(foo|nothing)",
            "b[ao]r$",
            "^Foo",
            r"\bfoo\b",
            "o.*b",
            ".*",
        ] {
            let plain = Regex::new(source).expect("compiles");
            let mut expected = Vec::new();
            for (index, line) in text.lines().enumerate() {
                expected.extend(plain.find_iter(line.as_bytes()).map(|_| index as u32 + 1));
            }
            assert_eq!(lines(source, text), expected, "{source}");
        }
    }

    #[test]
    fn what_one_engine_derived_does_not_mislead_another() {
        let document = Document::new(b"alpha\nbeta\n".as_slice());
        let (alpha, beta) = (Pattern::new("alpha").expect("ok"), Pattern::new("beta").expect("ok"));
        for pattern in [&alpha, &beta] {
            let engine = Engine::new([pattern.clone()]);
            assert_eq!(engine.search(pattern).hits(&document).len(), 1, "{}", pattern.source());
        }
    }

    proptest! {
        #[test]
        fn no_gate_loses_a_match_of_any_pattern(
            case in prop::sample::select(vec!["", "(?i)", "(?iu)"]),
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "b", "ab", "foo", "(fo|ba)", "(foo|ab|ba)", "[ab]o", "[a-f]", "o+", "a{2}", "b*", "^", "$", ".",
                    r"\b", r"\s", "(fo|)", "(fo|ba)?", "K", "ü",
                ]),
                1..6,
            ),
            text in "[abfoOFAK .\r\n\u{212A}ü]{0,60}",
        ) {
            let Ok(pattern) = Pattern::new(&(case.to_owned() + &pieces.concat())) else {
                return Ok(());
            };
            let others = ["foo", "bar", "ab"].map(|other| Pattern::new(other).expect("compiles"));
            let engine = Engine::new([pattern.clone()].into_iter().chain(others));
            let document = Document::new(text.as_bytes());
            let gated = engine.search(&pattern).hits(&document);
            let ungated: Vec<Hit> = (1..=document.line_count())
                .flat_map(|line| hits_in_line(&pattern, &document, line))
                .collect();
            prop_assert_eq!(gated, ungated);
        }
    }

    #[test]
    fn a_pattern_over_lines_is_refused_with_a_reason() {
        assert!(Pattern::new("a\\nb").is_err_and(|why| why.contains("line by line")));
        assert!(Pattern::new("a(").is_err_and(|why| why.contains("unclosed group")));
    }

    #[test]
    fn a_match_does_not_span_lines() {
        assert_eq!(lines(r"a\s+b", "a\nb\na b\n"), [3]);
    }
}
