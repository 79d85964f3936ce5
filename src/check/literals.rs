//! The literals of which every match of a pattern holds one: what sorts lines out before a pattern looks at them.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// Literals shorter than this are on nearly every line, so they sort nothing out.
const SHORTEST_LITERAL: usize = 2;
/// Of a longer literal its beginning tells as much, and an automaton over beginnings is small.
const LONGEST_LITERAL: usize = 8;
/// More literals than this cost more than they save.
const MOST_LITERALS: usize = 128;

/// Literals in small letters of which every match, in small letters, holds one; `None` where no such set is known.
pub(super) fn of(pattern: &Hir) -> Option<Vec<Vec<u8>>> {
    required_literals(&in_small_letters(pattern)).map(shortened)
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

/// The beginnings of literals, without those that hold another of them.
fn shortened(mut set: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    set.iter_mut().for_each(|literal| literal.truncate(LONGEST_LITERAL));
    set.sort_by(|left, right| (left.len(), left).cmp(&(right.len(), right)));
    let mut kept: Vec<Vec<u8>> = Vec::with_capacity(set.len());
    for literal in set {
        let holds = |known: &Vec<u8>| literal.windows(known.len()).any(|part| part == known.as_slice());
        if !kept.iter().any(holds) {
            kept.push(literal);
        }
    }
    kept
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

    #[test]
    fn of_literals_the_shortest_are_kept_and_of_long_ones_the_beginning() {
        let literals = |words: &[&str]| words.iter().map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>();
        let kept = shortened(literals(&[
            "session secret",
            "secret",
            "secrets",
            "authorization",
            "authoriz",
        ]));
        assert_eq!(kept, literals(&["secret", "authoriz", "session "]));
    }

    #[test]
    fn letters_of_either_case_are_one() {
        let of = |source: &str| {
            let hir = regex_syntax::ParserBuilder::new()
                .unicode(false)
                .utf8(false)
                .build()
                .parse(source);
            super::of(&hir.expect("a pattern"))
        };
        assert_eq!(of("(?i)secret_key"), Some(vec![b"secret_k".to_vec()]));
        assert_eq!(
            of("(?i)se(?:cret|ll)+"),
            Some(vec![b"sell".to_vec(), b"secret".to_vec()])
        );
        assert_eq!(of("[aA]pp|Map"), Some(vec![b"app".to_vec(), b"map".to_vec()]));
    }
}
