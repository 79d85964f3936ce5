//! Paths of addresses, as requested and as answered.

/// Stands for what is not known of a text; no source writes it.
pub(super) const HOLE: char = '\0';

/// Nobody writes an address of more parts; what follows is left out.
const MOST_PARTS: usize = 64;

/// A part of a path between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// This text, in small or large letters.
    Text(String),
    /// This text as it is written: the name of a file or folder, where those are told apart by their letters.
    Exact(String),
    /// This text and something more.
    Starts(String),
    /// Anything.
    Any,
    /// Any parts, also none.
    Rest,
}

/// The path of an address as code writes it, with holes; without what follows `?` and `#`.
pub(super) fn requested(text: &str) -> Vec<Part> {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let parts = text[..end].split('/').filter(|part| !part.is_empty()).take(MOST_PARTS);
    parts
        .map(|part| match part.split_once(HOLE) {
            None => Part::Text(part.to_owned()),
            Some(("", _)) => Part::Any,
            Some((start, _)) => Part::Starts(start.to_owned()),
        })
        .collect()
}

/// The path that a router answers: `:name` and `{}` are anything, `*` is any rest.
pub(super) fn answered(text: &str) -> Vec<Part> {
    let parts = text.split('/').filter(|part| !part.is_empty()).take(MOST_PARTS);
    parts
        .map(|part| {
            let wild = part.find([':', '{', '*', '(', '$', HOLE]);
            match (part, wild) {
                ("*" | "**", _) => Part::Rest,
                (part, _) if part.starts_with('*') || part.starts_with(':') && part.ends_with(['*', '+']) => Part::Rest,
                (part, None) => Part::Text(part.trim_end_matches('?').to_owned()),
                (_, Some(0)) => Part::Any,
                (part, Some(at)) => Part::Starts(part[..at].to_owned()),
            }
        })
        .collect()
}

/// The same with names that are taken as they are written.
pub(super) fn exact(answer: Vec<Part>) -> Vec<Part> {
    let each = answer.into_iter().map(|part| match part {
        Part::Text(text) => Part::Exact(text),
        other => other,
    });
    each.collect()
}

/// An answer in words, where a request would fit it if its letters were written otherwise.
pub(super) fn but_for_letters(request: &[Part], answer: &[Part]) -> Option<String> {
    let is_letters_alone = request.len() == answer.len()
        && request.iter().zip(answer).all(|pair| match pair {
            (Part::Text(left), Part::Exact(right)) => left.eq_ignore_ascii_case(right),
            (left, right) => is_same(left, right),
        });
    let words = |part: &Part| match part {
        Part::Text(text) | Part::Exact(text) => Some(format!("/{text}")),
        Part::Starts(_) | Part::Any | Part::Rest => None,
    };
    is_letters_alone
        .then(|| answer.iter().map(words).collect::<Option<String>>())
        .flatten()
}

/// Whether this answers whatever is asked: the page of a front end, or that nothing was found.
pub(super) fn is_catch_all(answer: &[Part]) -> bool {
    matches!(answer, [] | [Part::Rest])
}

/// Whether an answer may be meant by a request.
pub(super) fn fits(request: &[Part], answer: &[Part]) -> bool {
    match (request, answer) {
        (_, [Part::Rest, ..]) | ([], []) => true,
        // A last hole may hold a query, several parts, or nothing.
        ([Part::Any | Part::Rest], _) => true,
        ([Part::Starts(start)], [first, ..]) => begins(start, first),
        ([first, request @ ..], [second, answer @ ..]) => is_same(first, second) && fits(request, answer),
        ([], _) | (_, []) => false,
    }
}

/// The same where the request may lack what stands before the path (a base address), or have what a proxy takes away.
pub(super) fn fits_behind_a_base(request: &[Part], answer: &[Part]) -> bool {
    behind(request, answer).next().is_some() || cut(request).is_some_and(|rest| behind(rest, answer).next().is_some())
}

/// The heads that an answer has in front of a request that fits it, and whether the request's own first part is taken
/// away.
pub(super) fn heads_in_front<'a>(request: &'a [Part], answer: &'a [Part]) -> Vec<(bool, &'a [Part])> {
    let whole = behind(request, answer).map(|head| (false, head));
    let cut = cut(request).into_iter();
    let cut = cut.flat_map(|rest| behind(rest, answer).map(|head| (true, head)));
    whole.chain(cut).collect()
}

/// A request without what a proxy may take away.
fn cut(request: &[Part]) -> Option<&[Part]> {
    let [Part::Text(first), rest @ ..] = request else {
        return None;
    };
    let is_prefix = matches!(first.as_str(), "api" | "backend" | "server");
    (is_prefix && !rest.is_empty()).then_some(rest)
}

/// The heads of an answer behind which it fits a request.
fn behind<'a>(request: &'a [Part], answer: &'a [Part]) -> impl Iterator<Item = &'a [Part]> {
    // Behind a base that is not known the first part must be the same word: a parameter would take any.
    let is_word = |at: usize| {
        matches!(
            (request.first(), answer.get(at)),
            (
                Some(Part::Text(_) | Part::Starts(_)),
                Some(Part::Text(_) | Part::Exact(_))
            )
        )
    };
    let heads = (0..=answer.len()).filter(move |skipped| *skipped == 0 || is_word(*skipped));
    heads
        .filter(|skipped| fits(request, &answer[*skipped..]))
        .map(|skipped| &answer[..skipped])
}

fn is_same(left: &Part, right: &Part) -> bool {
    match (left, right) {
        (Part::Text(left), Part::Text(right)) => left.eq_ignore_ascii_case(right),
        (Part::Exact(left), Part::Text(right) | Part::Exact(right)) | (Part::Text(left), Part::Exact(right)) => {
            left == right
        }
        (Part::Starts(start), other) | (other, Part::Starts(start)) => begins(start, other),
        (Part::Any | Part::Rest, _) | (_, Part::Any | Part::Rest) => true,
    }
}

fn begins(start: &str, part: &Part) -> bool {
    match part {
        Part::Text(text) | Part::Exact(text) => text.starts_with(start),
        Part::Starts(other) => other.starts_with(start) || start.starts_with(other.as_str()),
        Part::Any | Part::Rest => true,
    }
}

/// An address as a person writes it: holes are stars.
pub(super) fn shown(text: &str) -> String {
    let end = text.find(['?', '#']).unwrap_or(text.len());
    text[..end].replace(HOLE, "*")
}
