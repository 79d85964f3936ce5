//! Regular expressions that are compiled when they first meet a text: most of a policy's never meet one.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

/// A pattern of so few states compiles, whatever else it is: one takes some forty bytes.
const MOST_STATES: usize = 80_000;

/// What a regular expression of the policy may take, in bytes.
pub(super) const SIZE_LIMIT: usize = 4 << 20;

/// A regular expression over text. It is known to compile; that is done at its first use.
#[derive(Debug, Clone)]
pub(super) struct Late {
    source: Arc<str>,
    compiled: Arc<OnceLock<Regex>>,
}

impl Late {
    /// # Errors
    /// The pattern's mistake.
    pub(super) fn new(source: &str) -> Result<Self, regex::Error> {
        let late = Self {
            source: source.into(),
            compiled: Arc::default(),
        };
        let hir = regex_syntax::parse(source);
        if !hir.is_ok_and(|hir| is_small(&hir)) {
            let regex = compile(source)?;
            late.compiled.get_or_init(|| regex);
        }
        Ok(late)
    }

    /// The pattern as written.
    pub(super) fn as_str(&self) -> &str {
        &self.source
    }
}

impl Deref for Late {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        let compiled = || compile(&self.source).expect("what is parsed and small compiles");
        self.compiled.get_or_init(compiled)
    }
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(SIZE_LIMIT).build()
}

/// Whether a pattern that was parsed is sure to compile.
pub(super) fn is_small(hir: &Hir) -> bool {
    states(hir) <= MOST_STATES
}

/// No fewer states than the pattern's automaton has.
fn states(hir: &Hir) -> usize {
    let all = |parts: &[Hir]| parts.iter().map(states).fold(parts.len(), usize::saturating_add);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        // Each range of characters is some rows of bytes; each byte is a state at most, and so is each row.
        HirKind::Class(Class::Unicode(class)) => {
            let rows = class
                .ranges()
                .iter()
                .flat_map(|range| Utf8Sequences::new(range.start(), range.end()));
            rows.map(|row| row.len() + 1).sum()
        }
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Capture(capture) => states(&capture.sub).saturating_add(2),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            states(&repetition.sub).saturating_add(1).saturating_mul(times)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::Late;

    #[test]
    fn a_mistake_is_told_at_once_and_a_small_pattern_waits() {
        assert!(Late::new("a(").is_err());
        assert!(Late::new(r"(?:\w{200}){200}").is_err(), "too large");
        let late = Late::new(r"^\w+$").expect("a pattern");
        assert!(late.compiled.get().is_none());
        assert!(late.is_match("größe") && !late.is_match("a b"));
        assert_eq!(late.as_str(), r"^\w+$");
    }

    #[test]
    fn what_may_be_large_is_compiled_to_see() {
        let late = Late::new(r"\w{0,40}").expect("a pattern");
        assert!(late.compiled.get().is_some());
    }
}
