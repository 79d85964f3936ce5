//! The lines that are worth looking at: those that hold a literal of a pattern.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::check::literals::Literal;
use crate::check::secret::{self, Openings};
use crate::text::{Document, HashMap};

use super::Pattern;

/// An automaton over so many bytes of literals is a table of a few megabytes, which takes each byte in one step; of more
/// it is kept small.
const LARGEST_TABLE: usize = 16 << 10;

/// What lets lines through that may match.
#[derive(Debug)]
pub(super) struct Gate {
    literals: AhoCorasick,
    /// For each beginning of the automaton, the patterns that it belongs to, with what has to begin so. Those behind them
    /// are what secrets begin with: both are looked for in nearly every document, and so in one pass.
    owners: Vec<Vec<(u32, Literal)>>,
    /// How many patterns there are.
    patterns: usize,
}

/// The lines that hold a literal of a pattern of one engine: pattern and line, in order, each once.
pub(super) struct Candidates {
    pub(super) engine: Arc<()>,
    lines: Box<[(u32, u32)]>,
    /// A bit for each pattern that has one, by the remainder of its index: most patterns have none in most documents.
    marks: [u64; 4],
}

impl Gate {
    /// `None` where no pattern has literals.
    pub(super) fn new(patterns: &[Pattern]) -> Option<Self> {
        let mut ids: HashMap<&[u8], usize> = HashMap::default();
        let mut literals: Vec<&[u8]> = Vec::new();
        let mut owners: Vec<Vec<(u32, Literal)>> = Vec::new();
        for (pattern, index) in patterns.iter().zip(0_u32..) {
            for literal in pattern.literals().into_iter().flatten() {
                let id = *ids.entry(&literal.beginning).or_insert_with(|| {
                    literals.push(&literal.beginning);
                    owners.push(Vec::new());
                    literals.len() - 1
                });
                owners[id].push((index, literal.clone()));
            }
        }
        if literals.is_empty() {
            return None;
        }
        secret::literals().for_each(|literal| literals.push(literal.as_bytes()));
        let size: usize = literals.iter().map(|literal| literal.len()).sum();
        let kind = (size <= LARGEST_TABLE).then_some(AhoCorasickKind::DFA);
        let literals = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(kind)
            .build(literals)
            .ok()?;
        Some(Self {
            literals,
            owners,
            patterns: patterns.len(),
        })
    }

    pub(super) fn lines(&self, document: &Document) -> (Box<[(u32, u32)]>, Openings) {
        let mut openings = Openings::default();
        let mut lines: Vec<(u32, u32)> = Vec::new();
        // What is found comes in order, and most of it on the line of the last; many a pattern has more than one literal there.
        let (mut line, mut span) = (0, 0..0);
        let mut latest = vec![0; self.patterns];
        let bytes = document.bytes();
        for found in self.literals.find_overlapping_iter(bytes) {
            let text = &bytes[found.start()..];
            let Some(owners) = self.owners.get(found.pattern().as_usize()) else {
                let literal = found.pattern().as_usize() - self.owners.len();
                let place = |place| u32::try_from(place).unwrap_or(u32::MAX);
                openings.0.push((place(found.start()), place(literal)));
                continue;
            };
            let mut owners = owners.iter().filter(|(_, literal)| literal.begins(text)).peekable();
            if owners.peek().is_some() && !span.contains(&found.start()) {
                line = document.line_of(found.start());
                span = document.line_span(line).unwrap_or_default();
            }
            lines.extend(owners.filter_map(|(owner, _)| {
                let before = std::mem::replace(&mut latest[*owner as usize], line);
                (before != line).then_some((*owner, line))
            }));
        }
        openings.0.shrink_to_fit();
        (self.by_owner(&lines), openings)
    }

    /// Patterns and lines in order of the patterns, where the lines are in order: each is put behind those before it.
    fn by_owner(&self, lines: &[(u32, u32)]) -> Box<[(u32, u32)]> {
        let mut places = vec![0; self.patterns + 1];
        for (owner, _) in lines {
            places[*owner as usize + 1] += 1;
        }
        for index in 1..places.len() {
            places[index] += places[index - 1];
        }
        let mut sorted = vec![(0, 0); lines.len()].into_boxed_slice();
        for found in lines {
            let place = &mut places[found.0 as usize];
            sorted[*place] = *found;
            *place += 1;
        }
        sorted
    }
}

impl Candidates {
    pub(super) fn new(engine: &Arc<()>, lines: Box<[(u32, u32)]>) -> Self {
        let mut marks = [0; 4];
        for (owner, _) in lines.iter() {
            let (word, bit) = mark_of(*owner);
            marks[word] |= bit;
        }
        Self {
            engine: Arc::clone(engine),
            lines,
            marks,
        }
    }

    /// The lines for a pattern, by its index.
    pub(super) fn of(&self, pattern: u32) -> &[(u32, u32)] {
        let (word, bit) = mark_of(pattern);
        if self.marks[word] & bit == 0 {
            return &[];
        }
        let start = self.lines.partition_point(|(owner, _)| *owner < pattern);
        let more = &self.lines[start..];
        &more[..more.partition_point(|(owner, _)| *owner == pattern)]
    }
}

/// The word and the bit in it that stand for a pattern.
fn mark_of(pattern: u32) -> (usize, u64) {
    let place = pattern % 256;
    (place as usize / 64, 1 << (place % 64))
}
