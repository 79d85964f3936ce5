//! Which findings of head are findings of base: by fingerprint once names are mapped, then as what was
//! moved, split off or put together.

use std::collections::{BTreeMap, VecDeque};

use crate::model::{Gap, RepoPath};

use super::fingerprint::normalise;
use super::{Moves, Side, Standing, waive};

/// What two findings must have in common in one pass: component, subject, words.
type Key = (String, String, String);

/// A finding of either side, with its names made comparable.
struct Candidate {
    /// Its item and its index there.
    at: (usize, usize),
    /// The component's folder as its own side names it; empty for the repository.
    component: String,
    /// The components that it may be known by on the other side.
    known_as: Vec<String>,
    /// The subject as head names it.
    subject: String,
    /// The subject as its own side names it.
    own_subject: String,
    /// The subject seen from the component's folder.
    relative: String,
    words: String,
    is_placed: bool,
    is_matched: bool,
}

/// For every finding of head whether base has it, failing or waived.
pub(super) fn matched(head: Side<'_>, base: Side<'_>, moves: &Moves) -> Vec<Vec<bool>> {
    let mut result: Vec<Vec<bool>> = head.items.iter().map(|item| vec![false; item.findings.len()]).collect();
    let mut old = by_control(
        base,
        |folder| moves.component(folder).into_iter().cloned().collect(),
        |gap| moves.subject(gap),
    );
    for (control, mut new) in by_control(head, |folder| moves.sources(folder).to_vec(), |gap| gap.subject.clone()) {
        let Some(old) = old.get_mut(control) else { continue };
        match_control(&mut new, old);
        for found in new.iter().filter(|found| found.is_matched) {
            result[found.at.0][found.at.1] = true;
        }
    }
    result
}

fn by_control<'a>(
    side: Side<'a>,
    known_as: impl Fn(&str) -> Vec<RepoPath>,
    subject: impl Fn(&Gap) -> String,
) -> BTreeMap<&'a str, Vec<Candidate>> {
    let mut controls: BTreeMap<&str, Vec<Candidate>> = BTreeMap::new();
    let mut items: Vec<_> = side.items.iter().enumerate().collect();
    items.sort_by_key(|(_, item)| item.folder());
    for (index, item) in items {
        if item.standing == Standing::Preview {
            continue;
        }
        let component = item.folder().unwrap_or_default();
        let known_as: Vec<String> = match item.folder() {
            None => vec![String::new()],
            Some(folder) => known_as(folder).iter().map(|path| path.as_str().to_owned()).collect(),
        };
        let found = item.findings.iter().enumerate().map(|(at, finding)| Candidate {
            at: (index, at),
            component: component.to_owned(),
            known_as: known_as.clone(),
            subject: subject(&finding.gap),
            own_subject: finding.gap.subject.clone(),
            relative: relative(&finding.gap.subject, component),
            words: normalise(&finding.gap.words),
            is_placed: finding.gap.place.is_some(),
            is_matched: false,
        });
        controls.entry(&item.info.id).or_default().extend(found);
    }
    controls
}

/// The passes, from the surest to the most lenient. In each, a finding of base stands for one of head.
fn match_control(new: &mut [Candidate], old: &mut [Candidate]) {
    let at = |component: &String, subject: &String, found: &Candidate| -> Key {
        (component.clone(), subject.clone(), found.words.clone())
    };
    let own = |found: &Candidate| vec![at(&found.component, &found.subject, found)];
    // 1. The fingerprint, with base's names mapped. Equal findings are told apart by their number, which is
    //    what pairing them off one by one comes to.
    pass(new, old, own, |found| {
        found
            .known_as
            .iter()
            .map(|component| at(component, &found.subject, found))
            .collect()
    });
    // 2. A subject that only looks like a path that moved.
    pass(new, old, own, |found| {
        found
            .known_as
            .iter()
            .map(|component| at(component, &found.own_subject, found))
            .collect()
    });
    // 3. A file that moved to another component, or whose component changed around it.
    let anywhere = |found: &Candidate| {
        let key = || at(&String::new(), &found.subject, found);
        found.is_placed.then(key).into_iter().collect()
    };
    pass(new, old, anywhere, anywhere);
    // 4. The same place in a component that moved, or that was split off.
    pass(
        new,
        old,
        |found| {
            found
                .known_as
                .iter()
                .map(|component| at(component, &found.relative, found))
                .collect()
        },
        |found| vec![at(&found.component, &found.relative, found)],
    );
    // 5. The same words elsewhere, in the component first: a file that was split, text that was moved.
    let squeezed = |component: &String, found: &Candidate| {
        let words = plain(&found.words);
        (!words.is_empty()).then(|| (component.clone(), String::new(), words))
    };
    let in_component = |found: &Candidate| found.known_as.iter().filter_map(|name| squeezed(name, found)).collect();
    pass(
        new,
        old,
        |found| squeezed(&found.component, found).into_iter().collect(),
        in_component,
    );
    // What is missing in one component is no answer for what is missing in another.
    let by_words = |found: &Candidate| {
        let key = squeezed(&String::new(), found);
        key.filter(|_| found.is_placed).into_iter().collect()
    };
    pass(new, old, by_words, by_words);
    // 6. The same call in the same file, with other arguments or other line ends: it was edited, and falls short still.
    let called = |found: &Candidate| {
        let call = call_of(&found.words).filter(|_| found.is_placed);
        call.map(|call| (String::new(), found.subject.clone(), call))
            .into_iter()
            .collect()
    };
    pass(new, old, called, called);
    // 7. What was missing altogether is there and falls short: that is no worse.
    let named = |component: &String, subject: &str| (component.clone(), subject.to_owned(), String::new());
    pass(
        new,
        old,
        |found| {
            let is_there = found.is_placed.then(|| named(&found.component, &found.subject));
            is_there.into_iter().collect()
        },
        |found| {
            let components = found.known_as.iter().filter(|_| !found.is_placed);
            components
                .flat_map(|name| waive::subjects(&found.subject).map(|subject| named(name, subject)))
                .collect()
        },
    );
    split_off(new, old);
}

/// Words as they are however they are laid out: without white space, with one kind of quotation mark, and without the
/// comma or semicolon that a formatter adds.
fn plain(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    for letter in words.chars().filter(|letter| !letter.is_whitespace()) {
        if matches!(letter, ')' | ']' | '}') && plain.ends_with([',', ';']) {
            plain.pop();
        }
        plain.push(if matches!(letter, '\'' | '`') { '"' } else { letter });
    }
    plain.truncate(plain.trim_end_matches([',', ';']).len());
    plain
}

/// What is called, of words that are a call.
fn call_of(words: &str) -> Option<String> {
    // Shorter names are no more than a way to write.
    const SHORTEST: usize = 6;
    let plain = plain(words);
    let (name, _) = plain.split_once('(')?;
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '$');
    (name.len() >= SHORTEST && name.chars().all(is_name)).then(|| name.to_owned())
}

/// Pairs what is not matched yet where the keys are equal, one to one, in order.
fn pass(
    new: &mut [Candidate],
    old: &mut [Candidate],
    of_new: impl Fn(&Candidate) -> Vec<Key>,
    of_old: impl Fn(&Candidate) -> Vec<Key>,
) {
    let mut waiting: BTreeMap<Key, VecDeque<usize>> = BTreeMap::new();
    for (index, found) in old.iter().enumerate().filter(|(_, found)| !found.is_matched) {
        for key in of_old(found) {
            waiting.entry(key).or_default().push_back(index);
        }
    }
    if waiting.is_empty() {
        return;
    }
    for found in new.iter_mut().filter(|found| !found.is_matched) {
        for key in of_new(found) {
            let Some(queue) = waiting.get_mut(&key) else { continue };
            let free = std::iter::from_fn(|| queue.pop_front()).find(|index| !old[*index].is_matched);
            if let Some(index) = free {
                old[index].is_matched = true;
                found.is_matched = true;
                break;
            }
        }
    }
}

/// What was missing in a component is missing in each one that was split off it: nothing got worse.
fn split_off(new: &mut [Candidate], old: &[Candidate]) {
    for found in new.iter_mut().filter(|found| !found.is_matched && !found.is_placed) {
        let is_split_off = !found.known_as.contains(&found.component);
        found.is_matched = is_split_off
            && old.iter().any(|was| {
                !was.is_placed
                    && found.known_as.contains(&was.component)
                    && was.relative == found.relative
                    && was.words == found.words
            });
    }
}

/// A subject with its paths seen from a component's folder.
fn relative(subject: &str, component: &str) -> String {
    let parts = waive::subjects(subject).map(|part| {
        let path = RepoPath::new(part);
        path.relative_to(component)
            .map_or_else(|| part.to_owned(), str::to_owned)
    });
    parts.collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::{call_of, plain};

    #[test]
    fn layout_says_nothing() {
        let one = plain("new File({ filename: 'a.log' })");
        assert_eq!(one, plain("new File({\n  filename: \"a.log\",\n});"));
        assert_ne!(one, plain("new File({ filename: 'b.log' })"));
    }

    #[test]
    fn a_call_is_known_by_its_name() {
        assert_eq!(
            call_of("new transports.File({ filename").as_deref(),
            Some("newtransports.File")
        );
        assert_eq!(call_of("query('select')"), None);
        assert_eq!(call_of("JWT_SECRET=k3"), None);
        assert_eq!(call_of("`<img` stands (here)"), None);
    }
}
