//! One pass over a document for all text patterns of a run.
//!
//! Every pattern gives literals of which one must occur in any match. One Aho-Corasick over all
//! literals of all patterns finds the lines worth looking at; the single regex looks at those lines
//! alone. A match never spans lines, and time is linear in the text.

use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

use crate::text::{Document, Span};

/// A line-wise regular expression.
#[derive(Debug, Clone)]
pub struct Pattern {
    source: Arc<str>,
    regex: Regex,
    /// Lower-case literals of which a match must hold one; `None` where no such set is known.
    literals: Option<Vec<Vec<u8>>>,
}

/// A match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The line, from 1.
    pub line: u32,
    /// The bytes in the document.
    pub span: Span,
}

/// Literals shorter than this are on nearly every line, so they sort nothing out.
const SHORTEST_LITERAL: usize = 2;
/// More literals than this cost more than they save.
const MOST_LITERALS: usize = 128;

impl Pattern {
    /// Compiles a pattern. Classes such as `\w` and `\b` are ASCII (a Unicode `\b` is 44 times slower);
    /// `(?u)` in the pattern asks for Unicode. `(?i)` ignores case.
    ///
    /// # Errors
    /// The pattern's mistake in words.
    pub fn new(source: &str) -> Result<Self, String> {
        let hir = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(source)
            .map_err(|error| first_words(&error.to_string()))?;
        if needs_line_break(&hir) {
            return Err("a pattern is matched line by line, so `\\n` can never match".to_owned());
        }
        let regex = RegexBuilder::new(source)
            .unicode(false)
            .size_limit(4 << 20)
            .build()
            .map_err(|error| first_words(&error.to_string()))?;
        Ok(Self {
            source: Arc::from(source),
            regex,
            literals: required_literals(&hir),
        })
    }

    /// The pattern as written.
    pub fn source(&self) -> &str {
        &self.source
    }
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

/// The best set of literals of which every match holds at least one.
fn required_literals(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let inner = match hir.kind() {
        HirKind::Capture(capture) => required_literals(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required_literals(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(required_literals).max_by_key(|set| worth(set)),
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<_>> = parts.iter().map(required_literals).collect();
            sets.map(|sets| sets.into_iter().flatten().collect())
        }
        HirKind::Repetition(_) | HirKind::Literal(_) | HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => None,
    };
    [prefixes(hir), inner]
        .into_iter()
        .flatten()
        .filter(|set| is_useful(set))
        .max_by_key(|set| worth(set))
}

fn prefixes(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let sequence = Extractor::new().extract(hir);
    let mut literals: Vec<Vec<u8>> = sequence
        .literals()?
        .iter()
        .map(|literal| literal.as_bytes().to_ascii_lowercase())
        .collect();
    literals.sort();
    literals.dedup();
    Some(literals)
}

fn is_useful(set: &[Vec<u8>]) -> bool {
    !set.is_empty() && set.len() <= MOST_LITERALS && worth(set) >= SHORTEST_LITERAL
}

fn worth(set: &[Vec<u8>]) -> usize {
    set.iter().map(Vec::len).min().unwrap_or(0)
}

/// All patterns of a run.
#[derive(Debug)]
pub struct Engine {
    by_source: HashMap<Arc<str>, usize>,
    patterns: Vec<Pattern>,
    literals: Option<AhoCorasick>,
    /// For each literal of the automaton, the patterns that it belongs to.
    owners: Vec<Vec<usize>>,
    /// Tells this engine from others: documents outlive an engine, and what was derived with another is of no use.
    identity: Arc<()>,
}

/// For each pattern of one engine, the lines that hold one of its literals.
struct Candidates {
    engine: Arc<()>,
    lines: Vec<Vec<u32>>,
}

impl Engine {
    /// Compiles the patterns; the same pattern twice costs once.
    pub fn new(patterns: impl IntoIterator<Item = Pattern>) -> Self {
        let mut engine = Self {
            by_source: HashMap::new(),
            patterns: Vec::new(),
            literals: None,
            owners: Vec::new(),
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
        let mut ids: HashMap<&[u8], usize> = HashMap::new();
        for (index, pattern) in engine.patterns.iter().enumerate() {
            for literal in pattern.literals.iter().flatten() {
                let next = ids.len();
                let id = *ids.entry(literal).or_insert(next);
                engine.owners.resize(engine.owners.len().max(id + 1), Vec::new());
                engine.owners[id].push(index);
            }
        }
        let mut ordered: Vec<(&[u8], usize)> = ids.into_iter().collect();
        ordered.sort_by_key(|(_, id)| *id);
        if !ordered.is_empty() {
            engine.literals = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::Standard)
                .build(ordered.iter().map(|(literal, _)| literal))
                .ok();
        }
        engine
    }

    /// All matches of a pattern in a document, in order. The pattern should be one that the engine was made with.
    pub fn hits(&self, pattern: &Pattern, document: &Document) -> Vec<Hit> {
        let known = self.by_source.get(&pattern.source).copied();
        if let (Some(index), Some(automaton), Some(_)) = (known, &self.literals, &pattern.literals) {
            let candidates = document.derive(|document| self.candidates(automaton, document));
            if Arc::ptr_eq(&candidates.engine, &self.identity) {
                let lines = candidates.lines.get(index).map_or(&[][..], Vec::as_slice);
                return lines
                    .iter()
                    .flat_map(|line| hits_in_line(pattern, document, *line))
                    .collect();
            }
        }
        (1..=document.line_count())
            .flat_map(|line| hits_in_line(pattern, document, line))
            .collect()
    }

    fn candidates(&self, automaton: &AhoCorasick, document: &Document) -> Candidates {
        let mut lines: Vec<Vec<u32>> = vec![Vec::new(); self.patterns.len()];
        for found in automaton.find_overlapping_iter(document.bytes()) {
            let line = document.line_of(found.start());
            for owner in &self.owners[found.pattern().as_usize()] {
                if lines[*owner].last() != Some(&line) {
                    lines[*owner].push(line);
                }
            }
        }
        for found in &mut lines {
            found.sort_unstable();
            found.dedup();
        }
        Candidates {
            engine: Arc::clone(&self.identity),
            lines,
        }
    }
}

fn hits_in_line(pattern: &Pattern, document: &Document, line: u32) -> Vec<Hit> {
    let Some(span) = document.line_span(line) else {
        return Vec::new();
    };
    let bytes = &document.bytes()[span.clone()];
    let found = pattern.regex.find_iter(bytes);
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
        engine.hits(&pattern, &document).iter().map(|hit| hit.line).collect()
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
            assert_eq!(engine.hits(pattern, &document).len(), 1, "{}", pattern.source());
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
            let gated = engine.hits(&pattern, &document);
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
