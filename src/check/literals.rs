//! The literals of which every match of a pattern holds one: what sorts lines out before a pattern looks at them.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// Literals shorter than this are on nearly every line, so they sort nothing out.
const SHORTEST_LITERAL: usize = 2;
/// Of a longer literal its beginning tells as much, and an automaton over beginnings is small.
const LONGEST_LITERAL: usize = 8;
/// Of too many literals so much still tells a line from most.
const SHORT_LITERAL: usize = 4;
/// More literals than this cost more than they save.
const MOST_LITERALS: usize = 128;

/// A literal as it is looked for, and what tells whether it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// Its beginning, in small letters.
    pub(super) beginning: Vec<u8>,
    /// What begins so, of which one must stand there; none where the beginning is enough.
    wholes: Vec<Vec<u8>>,
    /// Whether the case of their letters counts.
    case: Case,
}

/// Whether `process` is found in `PROCESS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Counts,
    Ignored,
}

impl Literal {
    /// Whether it stands at the beginning of a text that begins like it, whatever the case of the letters: of what is
    /// shortened much is the same, `process.env.A` and `process.exit`.
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        let is_it = |whole: &Vec<u8>| match self.case {
            Case::Counts => text.starts_with(whole),
            Case::Ignored => text
                .get(..whole.len())
                .is_some_and(|text| text.eq_ignore_ascii_case(whole)),
        };
        self.wholes.is_empty() || self.wholes.iter().any(is_it)
    }
}

/// Literals of which every match holds one; `None` where no such set is known.
pub(super) fn of(pattern: &Hir) -> Option<Vec<Literal>> {
    let case = if has_either_case(pattern) {
        Case::Ignored
    } else {
        Case::Counts
    };
    let set = required_literals(&in_small_letters(pattern), case)?;
    Some(shortened(set, case))
}

/// Whether any letter may be small or large: then all are taken to be so.
fn has_either_case(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(class) => either_case(class).is_some(),
        HirKind::Capture(capture) => has_either_case(&capture.sub),
        HirKind::Repetition(repetition) => has_either_case(&repetition.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(has_either_case),
        HirKind::Literal(_) | HirKind::Empty | HirKind::Look(_) => false,
    }
}

/// The same pattern with small letters for those that may be of either case: in small letters, what it matches is what
/// this one matches. `(?i)secret` is one literal then, and not sixty-four.
fn in_small_letters(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(class) => match either_case(class) {
            Some(letter) => Hir::literal([letter]),
            None => hir.clone(),
        },
        HirKind::Capture(capture) => in_small_letters(&capture.sub),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(in_small_letters(&repetition.sub)),
            ..repetition.clone()
        }),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(in_small_letters).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(in_small_letters).collect()),
        HirKind::Literal(_) | HirKind::Empty | HirKind::Look(_) => hir.clone(),
    }
}

/// The small letter of a class of a letter in either case.
fn either_case(class: &Class) -> Option<u8> {
    let (large, small) = match class {
        Class::Bytes(class) => match class.ranges() {
            [large, small] if large.len() == 1 && small.len() == 1 => (large.start(), small.start()),
            _ => return None,
        },
        Class::Unicode(class) => match class.ranges() {
            [large, small] if large.len() == 1 && small.len() == 1 => {
                (u8::try_from(large.start()).ok()?, u8::try_from(small.start()).ok()?)
            }
            _ => return None,
        },
    };
    (large.is_ascii_uppercase() && large.to_ascii_lowercase() == small).then_some(small)
}

/// The best set of literals of which every match holds at least one.
fn required_literals(hir: &Hir, case: Case) -> Option<Vec<Vec<u8>>> {
    let inner = match hir.kind() {
        HirKind::Capture(capture) => required_literals(&capture.sub, case),
        HirKind::Repetition(repetition) if repetition.min > 0 => required_literals(&repetition.sub, case),
        HirKind::Concat(parts) => {
            let sets = parts.iter().filter_map(|part| required_literals(part, case));
            sets.max_by_key(|set| worth(set))
        }
        HirKind::Alternation(parts) => {
            let sets: Option<Vec<_>> = parts.iter().map(|part| required_literals(part, case)).collect();
            sets.map(|sets| few(sets.into_iter().flatten().collect()))
        }
        HirKind::Repetition(_) | HirKind::Literal(_) | HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => None,
    };
    [prefixes(hir, case), inner]
        .into_iter()
        .flatten()
        .filter(|set| is_useful(set))
        .max_by_key(|set| worth(set))
}

/// Of too many literals the first letters, which are the same in many: `too_many`, `too-many` and `too many`.
fn few(mut set: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    if set.len() > MOST_LITERALS {
        set.iter_mut().for_each(|literal| literal.truncate(SHORT_LITERAL));
        set.sort();
        set.dedup();
    }
    set
}

fn prefixes(hir: &Hir, case: Case) -> Option<Vec<Vec<u8>>> {
    let sequence = Extractor::new().extract(hir);
    let literals = sequence.literals()?.iter().map(|literal| match case {
        Case::Counts => literal.as_bytes().to_vec(),
        Case::Ignored => literal.as_bytes().to_ascii_lowercase(),
    });
    let mut literals: Vec<Vec<u8>> = literals.collect();
    literals.sort();
    literals.dedup();
    Some(literals)
}

/// The beginnings of literals, without those that hold another of them.
fn shortened(set: Vec<Vec<u8>>, case: Case) -> Vec<Literal> {
    let beginning = |whole: &Vec<u8>| whole[..whole.len().min(LONGEST_LITERAL)].to_ascii_lowercase();
    let mut set: Vec<(Vec<u8>, Vec<u8>)> = set.into_iter().map(|whole| (beginning(&whole), whole)).collect();
    set.sort_by(|left, right| (left.0.len(), left).cmp(&(right.0.len(), right)));
    let mut kept: Vec<(Vec<u8>, Option<Vec<Vec<u8>>>)> = Vec::with_capacity(set.len());
    for (beginning, whole) in set {
        let place = |known: &[u8]| beginning.windows(known.len()).position(|part| part == known);
        let known = kept
            .iter_mut()
            .find_map(|(known, wholes)| Some((place(known)?, wholes)));
        match known {
            Some((0, wholes)) => wholes.iter_mut().for_each(|wholes| wholes.push(whole.clone())),
            // What it holds stands elsewhere in it.
            Some((_, wholes)) => *wholes = None,
            None => kept.push((beginning, Some(vec![whole]))),
        }
    }
    let each = kept.into_iter().map(|(beginning, wholes)| {
        let is_enough = |wholes: &Vec<Vec<u8>>| case == Case::Ignored && wholes.contains(&beginning);
        let wholes = wholes.filter(|wholes| !is_enough(wholes)).unwrap_or_default();
        Literal {
            beginning,
            wholes,
            case,
        }
    });
    each.collect()
}

fn is_useful(set: &[Vec<u8>]) -> bool {
    !set.is_empty() && set.len() <= MOST_LITERALS && worth(set) >= SHORTEST_LITERAL
}

fn worth(set: &[Vec<u8>]) -> usize {
    set.iter().map(Vec::len).min().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Vec<Literal> {
        let hir = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(source);
        super::of(&hir.expect("a pattern")).unwrap_or_default()
    }

    fn beginnings(found: Vec<Literal>) -> Vec<String> {
        let each = found.into_iter().map(|literal| literal.beginning);
        each.map(|beginning| String::from_utf8(beginning).expect("letters"))
            .collect()
    }

    #[test]
    fn of_literals_the_shortest_are_kept_and_of_long_ones_the_beginning() {
        let words = ["session secret", "secret", "secrets", "authorization", "authoriz"];
        let kept = shortened(words.map(|word| word.as_bytes().to_vec()).to_vec(), Case::Ignored);
        assert_eq!(beginnings(kept), ["secret", "authoriz", "session "]);
    }

    #[test]
    fn letters_of_either_case_are_one() {
        assert_eq!(beginnings(of("(?i)secret_key")), ["secret_k"]);
        assert_eq!(beginnings(of("(?i)se(?:cret|ll)+")), ["sell", "secret"]);
        assert_eq!(beginnings(of("[aA]pp|Map")), ["app", "map"]);
    }

    #[test]
    fn a_pattern_of_many_choices_has_literals() {
        let many = r"(?i)rate_?-?limit|too_?-?\s?many_?-?\s?(requests|attempts|tries)|throttl|\b429\b|failed_?(login)?_?attempts|lock(ed)?_?(out|until)|turnstile|captcha";
        let found = beginnings(of(many));
        assert!(found.iter().any(|beginning| beginning == "rate"), "{found:?}");
        assert!(found.iter().any(|beginning| beginning == "429"), "{found:?}");
    }

    #[test]
    fn what_only_begins_like_a_literal_is_none() {
        let begins = |source: &str, text: &str| of(source).iter().any(|literal| literal.begins(text.as_bytes()));
        assert!(begins(r"\bprocess\.env\.(VERCEL|RENDER)\b", "process.env.RENDER"));
        assert!(!begins(r"\bprocess\.env\.(VERCEL|RENDER)\b", "process.env.PORT"));
        assert!(begins("SELECT", "SELECT 1") && !begins("SELECT", "select 1") && begins("(?i)SELECT", "Select 1"));
        // What holds another literal, and doesn't begin with it, is found by that one.
        assert!(begins("APP|MyAPPLE", "APPLE") && begins("APP|MyAPPLE", "apple"));
        assert!(begins("secretary|secret of", "secretary") && !begins("secretary|secret of", "secretive"));
    }
}
