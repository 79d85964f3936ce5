//! Regular expressions that are compiled when they first meet a text: most of a policy's never meet one.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder, bytes};
use regex_automata::{meta, util::syntax};
use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

/// A pattern of so few states compiles, whatever else it is: one takes some forty bytes.
const MOST_STATES: usize = 80_000;

/// What a regular expression of the policy may take, in bytes.
const SIZE_LIMIT: usize = 4 << 20;

/// A regular expression over text. It is known to compile; that is done at its first use.
#[derive(Debug, Clone)]
pub(super) struct Late {
    source: Arc<str>,
    /// For texts of ASCII alone, which most are: a class is a few ranges of bytes then, and not hundreds of characters.
    /// `None` where this pattern may mean something else without Unicode.
    ascii: Arc<OnceLock<Option<bytes::Regex>>>,
    unicode: Arc<OnceLock<Regex>>,
}

thread_local! {
    static SHIPPED: Cell<bool> = const { Cell::new(false) };
}

/// Does this with patterns that a test has shown to be right: those of shipped packs are not parsed when a run starts.
pub(crate) fn shipped<T>(work: impl FnOnce() -> T) -> T {
    let before = SHIPPED.replace(true);
    let done = work();
    SHIPPED.set(before);
    done
}

/// Whether the pattern that is read now is one of a shipped pack.
pub(super) fn is_shipped() -> bool {
    SHIPPED.get()
}

impl Late {
    /// # Errors
    /// The pattern's mistake.
    pub(super) fn new(source: &str) -> Result<Self, regex::Error> {
        let late = Self {
            source: source.into(),
            ascii: Arc::default(),
            unicode: Arc::default(),
        };
        if is_shipped() {
            return Ok(late);
        }
        let hir = regex_syntax::parse(source);
        if !hir.is_ok_and(|hir| is_small(&hir)) {
            let regex = compile(source)?;
            late.unicode.get_or_init(|| regex);
        }
        Ok(late)
    }

    /// The pattern as written.
    pub(super) fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether it matches somewhere in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        match self.for_ascii(text) {
            Some(ascii) => ascii.is_match(text.as_bytes()),
            None => self.unicode().is_match(text),
        }
    }

    /// Where its matches in a text start, in order.
    pub(super) fn starts(&self, text: &str) -> Vec<usize> {
        match self.for_ascii(text) {
            Some(ascii) => ascii.find_iter(text.as_bytes()).map(|found| found.start()).collect(),
            None => self.unicode().find_iter(text).map(|found| found.start()).collect(),
        }
    }

    fn for_ascii(&self, text: &str) -> Option<&bytes::Regex> {
        // Where a text needed that one already, no second is compiled.
        if self.unicode.get().is_some() || !text.is_ascii() {
            return None;
        }
        let compiled = || {
            let mut builder = bytes::RegexBuilder::new(&self.source);
            let builder = builder.unicode(false).size_limit(SIZE_LIMIT);
            is_alike_in_ascii(&self.source).then(|| builder.build().ok()).flatten()
        };
        self.ascii.get_or_init(compiled).as_ref()
    }

    fn unicode(&self) -> &Regex {
        let compiled = || compile(&self.source).expect("what is parsed and small compiles");
        self.unicode.get_or_init(compiled)
    }
}

/// Whether a pattern matches in texts of ASCII the same without Unicode. A letter beyond ASCII may stand for one in it
/// where case is ignored (`ſ` for `s`), and may be written as a number.
fn is_alike_in_ascii(source: &str) -> bool {
    source.is_ascii()
        && !["\\x", "\\u", "\\U", "\\p", "\\P"]
            .iter()
            .any(|escape| source.contains(escape))
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source).size_limit(SIZE_LIMIT).build()
}

/// A regular expression over the bytes of lines, ASCII alone unless it says otherwise. What looks for its literals first is
/// left out: lines that have none are not looked at, and to make it takes a quarter of the time.
///
/// # Errors
/// The pattern's mistake in words.
pub(super) fn over_lines(source: &str) -> Result<meta::Regex, String> {
    let config = meta::Config::new()
        .auto_prefilter(false)
        .utf8_empty(false)
        .nfa_size_limit(Some(SIZE_LIMIT));
    let mut builder = meta::Regex::builder();
    let builder = builder.syntax(syntax::Config::new().unicode(false).utf8(false));
    builder
        .configure(config)
        .build(source)
        .map_err(|error| match error.size_limit() {
            Some(limit) => format!("Compiled regex exceeds size limit of {limit} bytes."),
            None => error.to_string(),
        })
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
    use proptest::prelude::*;

    use super::Late;

    #[test]
    fn a_mistake_is_told_at_once_and_a_small_pattern_waits() {
        assert!(Late::new("a(").is_err());
        assert!(Late::new(r"(?:\w{200}){200}").is_err(), "too large");
        let late = Late::new(r"^\w+$").expect("a pattern");
        assert!(late.unicode.get().is_none());
        assert!(late.is_match("grosse") && !late.is_match("a b"));
        assert!(late.unicode.get().is_none(), "ASCII needs no Unicode");
        assert!(late.is_match("größe") && !late.is_match("ä b"));
        assert_eq!(late.as_str(), r"^\w+$");
    }

    #[test]
    fn what_may_be_large_is_compiled_to_see() {
        let late = Late::new(r"\w{0,40}").expect("a pattern");
        assert!(late.unicode.get().is_some());
    }

    #[test]
    fn a_letter_beyond_ascii_may_stand_for_one_in_it() {
        for source in ["(?i)\u{17F}", r"(?i)\x{17F}", r"(?i)\u017F"] {
            assert!(Late::new(source).expect("a pattern").is_match("s"), "{source}");
        }
    }

    #[test]
    fn what_is_shipped_is_not_parsed() {
        let late = super::shipped(|| Late::new("a(")).expect("not looked at");
        assert_eq!(late.as_str(), "a(");
        assert!(Late::new("a(").is_err());
    }

    proptest! {
        #[test]
        fn texts_of_ascii_match_the_same_without_unicode(
            case in prop::sample::select(vec!["", "(?i)", "(?x)", "(?s)"]),
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "k", "S", r"\w+", r"\W", r"\b", r"\B", r"\s", r"\S*", r"\d", ".", "[^a]", "[^ks]", "[a-z]", "^", "$",
                    "(?:k|ss)", "(?i:k)", "(?-u:k)", "(?u:s)", "{2}", "ü", r"\x41", r"\p{L}", " ", "#",
                ]),
                1..6,
            ),
            text in "[akS_ 1#\n\t.-]{0,20}",
        ) {
            let source = case.to_owned() + &pieces.concat();
            let (Ok(late), Ok(plain)) = (Late::new(&source), regex::Regex::new(&source)) else {
                return Ok(());
            };
            prop_assert_eq!(late.is_match(&text), plain.is_match(&text));
            let starts: Vec<usize> = plain.find_iter(&text).map(|found| found.start()).collect();
            prop_assert_eq!(late.starts(&text), starts);
        }
    }
}
