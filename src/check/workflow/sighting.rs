//! What a search through the workflows came upon, and what that comes to.

use crate::model::{Cause, Evidence, Examined, Gap, Place, Unread};

use super::super::View;
use super::super::late::Late;
use super::gathered::Gathered;
use super::{ActionNames, Filters, MOST_SHOWN};

/// What is looked for.
pub(super) enum Sought<'a> {
    /// A command, and what it is called.
    Command(&'a Late, Option<&'a str>),
    /// An action.
    Action(&'a ActionNames),
}

impl Sought<'_> {
    pub(super) fn subject(&self) -> String {
        match self {
            Self::Command(regex, called) => called.unwrap_or(regex.as_str()).to_owned(),
            Self::Action(names) => names.subject(),
        }
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Self::Command(_, Some(called)) => format!("a step that runs {called}"),
            Self::Command(regex, None) => format!("a step that runs `{}`", shortened(regex.as_str())),
            Self::Action(names) => format!("a step that uses `{}`", names.subject()),
        }
    }

    pub(super) fn takes_action(&self, uses: &str) -> bool {
        match self {
            Self::Command(regex, _) => regex.is_match(uses),
            Self::Action(names) => names.has(uses),
        }
    }
}

/// A pattern in one line, and not all of a long one.
fn shortened(pattern: &str) -> String {
    const LONGEST: usize = 60;
    let words = pattern.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= LONGEST {
        return words;
    }
    words.chars().take(LONGEST).collect::<String>() + "…"
}

/// What a place in a workflow tells of what is sought.
pub(super) enum Sighting {
    /// It is run there, and its failure counts.
    Certain(Evidence),
    /// It is run there, and its failure counts for nothing; why.
    Tolerated(Place, String, &'static str),
    /// It is called there, and proves nothing; why, in words that follow the command.
    Hollow(Place, String, String),
    /// It may be run there.
    Unclear(String),
    /// Something is run there whose content is not followed.
    Delegated(String),
}

/// What all sightings together come to: the best one counts, and what is unclear is never taken for absent.
pub(super) fn conclude(
    view: &View<'_>,
    gathered: &Gathered,
    filters: &Filters,
    sought: &Sought<'_>,
    sightings: Vec<Sighting>,
) -> Examined {
    let (mut evidence, mut tolerated, mut unclear, mut delegated) = (Vec::new(), Vec::new(), None, None);
    let mut hollow: Vec<(Place, String, String)> = Vec::new();
    for sighting in sightings {
        match sighting {
            Sighting::Certain(found) => {
                if !evidence.contains(&found) {
                    evidence.push(found);
                }
            }
            Sighting::Tolerated(place, words, why) => tolerated.push((place, words, why)),
            Sighting::Hollow(place, words, why) => hollow.push((place, words, why)),
            Sighting::Unclear(what) => {
                unclear.get_or_insert(what);
            }
            Sighting::Delegated(what) => {
                delegated.get_or_insert(what);
            }
        }
    }
    // A command and the script that it calls stand on one line.
    tolerated.dedup_by_key(|(place, ..)| (place.path.clone(), place.line));
    evidence.truncate(MOST_SHOWN);
    if let Some(first) = evidence.first() {
        let line = first.place.line.unwrap_or(1);
        return Examined::pass(format!("`{}:{line}` runs `{}`", first.place.path, first.text), evidence);
    }
    if let Some(what) = unclear {
        return Examined::unknown(Unread::new(
            Cause::Unmodelled,
            what,
            "run it in a step of its own, without a condition",
        ));
    }
    if let Some(unread) = gathered.unread.first() {
        return Examined::unknown(unread.clone());
    }
    if let Some(what) = delegated {
        let what = format!("{} was not found, and {what} may run it", sought.shown());
        return Examined::unknown(Unread::new(
            Cause::Unmodelled,
            what,
            "run it in the workflow itself, or attest it",
        ));
    }
    if let Some((first, words, why)) = hollow.first().filter(|_| tolerated.is_empty()) {
        let line = first.line.unwrap_or(1);
        let reason = format!("`{}` in {}:{line} {why}", crate::text::redact(words), first.path);
        let gaps = hollow.iter().take(MOST_SHOWN).map(|(place, words, why)| Gap {
            subject: sought.subject(),
            ..Gap::at(place.clone(), words, format!("this {why}"))
        });
        return Examined::fail(reason, gaps.collect());
    }
    if let Some((first, _, why)) = tolerated.first() {
        let subject = sought.subject();
        let what = match sought {
            Sought::Command(_, Some(called)) => (*called).to_owned(),
            Sought::Command(regex, None) => format!("`{}`", shortened(regex.as_str())),
            Sought::Action(names) => format!("`{}`", names.subject()),
        };
        let reason = format!("{what} is run only in a step that cannot fail ({}): {why}", first.path);
        let gaps = tolerated.iter().take(MOST_SHOWN).map(|(place, words, why)| Gap {
            subject: subject.clone(),
            ..Gap::at(
                place.clone(),
                words,
                format!("the failure of this command fails nothing: {why}"),
            )
        });
        return Examined::fail(reason, gaps.collect());
    }
    gathered.missing(view, filters, &sought.subject(), &sought.shown())
}
