//! What becomes of a failure, by what stands behind it, and what the words of a command say of it.

use super::flow::Around;
use super::outcome::Outcome;
use super::syntax::{Chain, Joint, List, Node, Pipeline};
use super::token::Word;
use super::{Failure, Loss};

/// What a failure comes to by what may become of the code behind it.
pub(super) fn fate(after: Outcome, why: Loss, around: &Around) -> Failure {
    if after.may(Outcome::KEPT) {
        return Failure::Counts;
    }
    if after.may(Outcome::NOTED) {
        return Failure::Open;
    }
    let ends = [
        (Outcome::ZERO | Outcome::EXIT_ZERO, Failure::Lost(why)),
        (Outcome::NONZERO, around.quiet),
        (Outcome::EXIT_NONZERO, around.exit),
    ];
    let mut fates = ends
        .into_iter()
        .filter(|(outcome, _)| after.may(*outcome))
        .map(|(_, fate)| fate);
    let first = fates.next().unwrap_or(Failure::Open);
    fates.fold(first, |left, right| match (left, right) {
        (Failure::Lost(why), Failure::Lost(_)) => Failure::Lost(why),
        (Failure::Counts, Failure::Counts) => Failure::Counts,
        _ => Failure::Open,
    })
}

/// Why the failure of a pipeline is lost, if it is.
pub(super) fn why(chain: &Chain, index: usize) -> Loss {
    let mut rest = chain.rest[index..].iter();
    let Some((_, pipeline)) = rest.find(|(joint, _)| *joint == Joint::Or) else {
        return Loss::Unwatched;
    };
    match pipeline.nodes.as_slice() {
        [Node::Simple(words)] if words.len() == 1 && matches!(words[0].text.as_str(), "true" | ":") => Loss::OrTrue,
        _ => Loss::Or,
    }
}

pub(super) fn is_same(left: &Pipeline, right: &Pipeline) -> bool {
    match (left.nodes.as_slice(), right.nodes.as_slice()) {
        ([Node::Simple(left)], [Node::Simple(right)]) => text_of(left) == text_of(right),
        _ => false,
    }
}

/// A command that only asks.
pub(super) fn is_test(words: &[Word]) -> bool {
    let mut words = words.iter().map(|word| word.text.as_str());
    let first = words.next().unwrap_or("");
    let second = words.next().unwrap_or("");
    matches!(first, "[" | "test" | "grep" | "which" | "type" | "hash") && second != "-v"
        || first.starts_with("[[")
        || first.starts_with("((")
        || first == "command" && second == "-v"
}

pub(super) fn is_constant(condition: &List) -> bool {
    match condition.as_slice() {
        [chain] => matches!(text_of(chain.first_words()).as_str(), "true" | ":") && chain.rest.is_empty(),
        _ => false,
    }
}

/// A command in one line.
pub(super) fn text_of(words: &[Word]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}
