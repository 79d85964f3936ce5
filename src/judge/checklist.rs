//! The document's own controls: what is contradicted, what contradicts itself, and what was taken out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::checklist::{Checklist, Item, ItemKind, State};
use crate::model::{ControlInfo, Examined, Gap, Outcome, Place, RegressionKind, Related, Scope, Severity, Strength};
use crate::text::redact;

use super::claims::{Held, ItemVerdict, contradicted, gap};
use super::{Assessed, Weakening, normalise};

/// A document that says it is ready this many points above what is ticked contradicts itself.
const POINTS: u32 = 25;

/// The controls of the checklists themselves, judged; none without a checklist.
pub fn checklist_items(all: &[Held]) -> Vec<Assessed> {
    if all.is_empty() {
        return Vec::new();
    }
    let contradictions = all.iter().flat_map(contradicted).collect();
    let inconsistencies = all.iter().flat_map(inconsistent).collect();
    let secrets = all.iter().flat_map(secrets).collect();
    let unread = all.iter().find_map(|held| held.unread.clone());
    let judged = |info: ControlInfo, gaps: Vec<Gap>, met: Examined, missed: &str| {
        let examined = match (&unread, gaps.len()) {
            (_, 1..) => Examined {
                outcome: Outcome::Fail,
                reason: missed.replace("{}", &gaps.len().to_string()),
                evidence: Vec::new(),
                gaps,
            },
            (Some(unread), 0) => Examined {
                outcome: Outcome::Unknown(unread.clone()),
                reason: unread.what.clone(),
                evidence: Vec::new(),
                gaps,
            },
            (None, 0) => met,
        };
        Assessed::new(Arc::new(info), None, None, examined)
    };
    vec![
        judged(
            contradicted_info(),
            contradictions,
            uncontradicted(all),
            "{} lines of the checklists are contradicted by the evidence",
        ),
        judged(
            inconsistent_info(),
            inconsistencies,
            Examined::pass("no checklist contradicts itself", Vec::new()),
            "{} lines of the checklists contradict others",
        ),
        judged(
            secret_info(),
            secrets,
            Examined::pass("no checklist holds a secret or personal data", Vec::new()),
            "{} secrets or personal data stand in the checklists",
        ),
    ]
}

/// What to say where nothing contradicts a line: of how many that is known.
fn uncontradicted(all: &[Held]) -> Examined {
    let rows = all.iter().flat_map(|held| held.list.items.iter().zip(&held.items));
    let said: Vec<_> = rows
        .filter(|(item, _)| matches!(item.state, State::Done | State::Claimed))
        .map(|(_, judged)| judged.verdict)
        .collect();
    let confirmed = said
        .iter()
        .filter(|verdict| **verdict == ItemVerdict::Confirmed)
        .count();
    match said.len() {
        0 => Examined::not_applicable("no line says that something is done"),
        lines => Examined::pass(
            format!("of {lines} lines that say something is done {confirmed} are confirmed and none is contradicted"),
            Vec::new(),
        ),
    }
}

fn contradicted_info() -> ControlInfo {
    ControlInfo {
        id: "checklist.contradicted".to_owned(),
        title: "No line that says it is done is contradicted".to_owned(),
        severity: Severity::High,
        category: "checklist".to_owned(),
        rationale: "People release on the strength of a tick.".to_owned(),
        remediation: "Do what the line says, or untick it. Where it means another thing, correct its binding with \
                      `[[checklist.bind]]`."
            .to_owned(),
        scope: Scope::Repository,
        requires: Strength::Present,
    }
}

fn inconsistent_info() -> ControlInfo {
    ControlInfo {
        id: "checklist.inconsistent".to_owned(),
        title: "The checklist does not contradict itself".to_owned(),
        severity: Severity::Low,
        category: "checklist".to_owned(),
        rationale: "Of two lines that disagree one is believed, and it may be the wrong one.".to_owned(),
        remediation: "Correct the line that is wrong.".to_owned(),
        scope: Scope::Repository,
        requires: Strength::Present,
    }
}

fn secret_info() -> ControlInfo {
    ControlInfo {
        id: "checklist.secret".to_owned(),
        title: "The checklist holds no secret and no personal data".to_owned(),
        severity: Severity::High,
        category: "checklist".to_owned(),
        rationale: "A document is copied, forwarded and searched by people who should not have what stands in it."
            .to_owned(),
        remediation: "Take it out and, where it is a secret, replace it at its provider: the history keeps it."
            .to_owned(),
        scope: Scope::Repository,
        requires: Strength::Present,
    }
}

/// What should not stand in a document, at its place and without its value.
fn secrets(held: &Held) -> Vec<Gap> {
    let gaps = held.list.secrets.iter().map(|secret| {
        let mut place = Place::line(&held.path, secret.line);
        place.column = Some(secret.column);
        Gap::at(place, &secret.words, format!("`{}` holds {}", held.path, secret.what))
    });
    gaps.collect()
}

fn inconsistent(held: &Held) -> Vec<Gap> {
    let mut gaps = done_over_open(held);
    gaps.extend(summaries(held));
    gaps.extend(statements(held));
    gaps.extend(claims(held));
    gaps
}

/// Boxes beside which a word says the opposite: `- [ ] Backups ✅ configured`, `- [x] Backups (to do)`.
fn claims(held: &Held) -> Vec<Gap> {
    let boxes = held.list.items.iter().filter(|item| item.kind.has_box());
    let gaps = boxes.filter_map(|item| {
        let claim = item.claim.as_ref()?;
        // An open box with a claim takes the claim's state, a ticked one stays ticked.
        let which = match item.state {
            State::Claimed => "open",
            State::Done if is_open(claim.state) => "ticked",
            State::Done | State::Todo | State::Partial | State::Blocked | State::Dropped => return None,
        };
        let (text, words) = (redact(&item.text), redact(&claim.words));
        Some(gap(
            held,
            item,
            format!("the box of `{text}` is {which}, and the words beside it say `{words}`"),
        ))
    });
    gaps.collect()
}

/// Items that are done while a part of them is open.
fn done_over_open(held: &Held) -> Vec<Gap> {
    let mut open: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
    let parts = held
        .list
        .items
        .iter()
        .filter(|item| item.kind.has_box() && is_open(item.state));
    for part in parts {
        if let Some(parent) = part.parent {
            open.entry(parent).or_default().push(part);
        }
    }
    let done = open
        .into_iter()
        .filter_map(|(parent, parts)| Some((held.list.items.get(parent)?, parts)));
    let done = done.filter(|(parent, _)| parent.state == State::Done);
    let gaps = done.map(|(parent, parts)| {
        let message = format!(
            "`{}` is ticked while {} of its parts are open",
            redact(&parent.text),
            parts.len()
        );
        let related = parts.iter().take(5).map(|part| second(held, part, "is open"));
        Gap {
            related: related.collect(),
            ..gap(held, parent, message)
        }
    });
    gaps.collect()
}

fn is_open(state: State) -> bool {
    matches!(state, State::Todo | State::Partial | State::Blocked)
}

fn second(held: &Held, item: &Item, says: &str) -> Related {
    Related {
        place: Place::line(&held.path, item.line),
        message: format!("`{}` {says}", redact(&item.text)),
    }
}

/// Lines of a summary that restate a numbered heading with another state.
fn summaries(held: &Held) -> Vec<Gap> {
    let number = |text: &str| {
        let mut words = text.split(|character: char| character.is_whitespace() || character == ':');
        let found = words.find(|word| {
            let is_number = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            is_number && word.trim_matches('.').contains('.')
        });
        found.map(|word| word.trim_matches('.').to_owned())
    };
    let mut headings: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    for item in held.list.items.iter().filter(|item| item.kind == ItemKind::Heading) {
        if let Some(number) = number(&item.text) {
            headings.entry(number).or_default().push(item);
        }
    }
    let lines = held.list.items.iter().filter(|item| item.kind.has_box());
    let gaps = lines.filter_map(|item| {
        let number = number(&item.text).filter(|number| item.text.starts_with(number.as_str()))?;
        let [heading] = headings.get(&number)?.as_slice() else {
            return None;
        };
        let disagree =
            heading.state.is_claim() && is_open(item.state) || item.state.is_claim() && is_open(heading.state);
        disagree.then(|| {
            let (here, there) = (item.state.as_str(), heading.state.as_str());
            let message = format!("`{}` is `{here}` here and `{there}` at its heading", redact(&item.text));
            Gap {
                related: vec![second(held, heading, &format!("is `{there}`"))],
                ..gap(held, item, message)
            }
        })
    });
    gaps.collect()
}

/// What the document says of itself as a whole over boxes that say otherwise.
fn statements(held: &Held) -> Vec<Gap> {
    let (ticked, all) = ticked(&held.list);
    if all == 0 || ticked == all {
        return Vec::new();
    }
    let share = u32::try_from(ticked * 100 / all).unwrap_or(100);
    let gaps = held.list.statements.iter().filter_map(|statement| {
        let said = said_percent(&statement.text)?;
        (said >= share + POINTS).then(|| Gap {
            message: format!(
                "the document says `{}`, and {ticked} of {all} boxes are ticked ({share} %)",
                redact(&statement.text)
            ),
            subject: held.path.as_str().to_owned(),
            words: statement.text.clone(),
            place: Some(Place::line(&held.path, statement.line)),
            related: Vec::new(),
        })
    });
    gaps.collect()
}

fn ticked(list: &Checklist) -> (usize, usize) {
    let boxes = list
        .items
        .iter()
        .filter(|item| item.kind.has_box() && item.state != State::Dropped);
    let done = boxes.clone().filter(|item| item.state.is_claim()).count();
    (done, boxes.count())
}

/// How ready a document says it is: `90 %`, or 100 for `READY` in capitals and "production ready".
fn said_percent(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    if ["not ", "almost", "nearly", "development", "mvp", "until", "to be"]
        .iter()
        .any(|word| lower.contains(word))
    {
        return None;
    }
    if let Some(at) = text.find('%') {
        let digits: String = text[..at]
            .trim_end()
            .chars()
            .rev()
            .take_while(char::is_ascii_digit)
            .collect();
        return digits
            .chars()
            .rev()
            .collect::<String>()
            .parse()
            .ok()
            .filter(|percent| *percent <= 100);
    }
    let is_ready = text
        .split(|character: char| !character.is_alphanumeric())
        .any(|word| word == "READY");
    (is_ready || lower.contains("production ready") || lower.contains("ready for production")).then_some(100)
}

/// Lines of the base's checklists that were open or contradicted, whose words are gone from head, and whose
/// controls bind nowhere in head any more: what nobody would be reminded of. An owner may accept that.
pub fn lost_items(head: &[Held], base: &[Held]) -> Vec<Weakening> {
    let texts: BTreeSet<String> = head.iter().flat_map(|held| held.list.items.iter().map(words)).collect();
    let bound: BTreeSet<&str> = head
        .iter()
        .flat_map(|held| held.bindings.iter().flatten().map(|binding| binding.control.as_str()))
        .collect();
    // What can't be read now is not known to be lost; that it can't be read is told by its own outcome.
    let is_unread = |path| head.iter().any(|held| &held.path == path && held.unread.is_some());
    let mut lost = Vec::new();
    for held in base.iter().filter(|held| !is_unread(&held.path)) {
        let rows = held.list.items.iter().zip(&held.items).zip(&held.bindings);
        for ((item, judged), bindings) in rows {
            let is_owed = matches!(judged.verdict, ItemVerdict::Open | ItemVerdict::Contradicted);
            let is_elsewhere = bindings.iter().any(|binding| bound.contains(binding.control.as_str()));
            if !is_owed || texts.contains(&words(item)) || is_elsewhere {
                continue;
            }
            let path = held.path.as_str().to_owned();
            let is_there = head.iter().any(|held| held.path.as_str() == path);
            lost.push(Weakening {
                kind: RegressionKind::Weakening,
                control: bindings.first().map(|binding| binding.control.clone()),
                severity: item.priority.max(judged.severity).unwrap_or(Severity::Medium),
                message: format!(
                    "`{}` was {} in `{path}` and is gone, and no other line asks for it",
                    redact(&item.text),
                    judged.verdict.as_str()
                ),
                line: is_there.then_some(item.line),
                path: is_there.then_some(path),
            });
        }
    }
    lost
}

fn words(item: &Item) -> String {
    normalise(&item.text.to_lowercase())
}
