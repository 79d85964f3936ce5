//! What stands between a line and the outcomes of its controls: where it stands, what it says beside them, and which part
//! of the repository it may mean.

use crate::check::Origin;
use crate::checklist::{Beyond, Binding, Checklist, Item, Written};
use crate::model::{Cause, Component, OutcomeKind};
use crate::policy::NAMED;

use super::about::Seen;
use super::exact;

/// The components that a line speaks of, none where it speaks of all; and all there are.
pub(super) struct Parts<'a> {
    /// The components that it speaks of.
    pub about: Vec<&'a Component>,
    /// All components.
    pub all: &'a [Component],
    /// The headings and items that the line stands under.
    pub above: Vec<&'a str>,
}

/// What an item stands under, the document's own title aside.
pub(super) fn above<'a>(list: &'a Checklist, item: &Item) -> Vec<&'a str> {
    const MOST_PARENTS: usize = 4;
    let mut above = list.path(item);
    if above.len() > 1 {
        above.remove(0);
    }
    let parents = std::iter::successors(item.parent, |index| list.items.get(*index)?.parent);
    let parents = parents.take(MOST_PARENTS).filter_map(|index| list.items.get(index));
    above.extend(parents.map(|parent| parent.text.as_str()));
    above
}

/// Who wrote the controls of a line.
pub(super) fn written(all: &[Seen<'_>]) -> Written {
    let is_packed = |seen: &Seen<'_>| {
        let origin = seen.found.origin.as_ref();
        origin.is_none_or(|origin| !origin.in_repository || origin.path.starts_with("builtin:"))
    };
    if all.iter().any(is_packed) {
        Written::ByPack
    } else {
        Written::ByTeam
    }
}

/// A control of a line that looks at nothing here.
pub(super) struct Silent<'a, 'b> {
    /// It, where it says so.
    pub seen: &'b Seen<'a>,
    /// Whether no control of the line looks at anything here.
    pub is_all: bool,
}

/// The first control of a line that does not apply, by another's word than the team's. The team wrote the line, so it
/// wants it: that a pack looks at other things is a limit of the pack. Of its own controls the team said itself when they
/// apply.
pub(super) fn silent<'a, 'b>(bindings: &[Binding], all: &'b [Seen<'a>]) -> Option<Silent<'a, 'b>> {
    let is_out = |seen: &&Seen<'_>| seen.outcome == OutcomeKind::NotApplicable;
    let is_own = |seen: &Seen<'_>| seen.found.origin.as_ref().is_some_and(Origin::is_own);
    let mut silent = bindings.iter().filter_map(|binding| {
        let mut seen = all
            .iter()
            .filter(|seen| seen.found.info.id == binding.control)
            .peekable();
        let first = *seen.peek()?;
        (seen.all(|seen| is_out(&seen)) && !is_own(first)).then_some(first)
    });
    Some(Silent {
        seen: silent.next()?,
        is_all: all.iter().all(|seen| is_out(&seen)),
    })
}

/// What evidence says in words: the titles of its controls and what was found.
pub(super) fn shown<'a>(all: &[Seen<'a>]) -> Vec<&'a str> {
    let titles = all.iter().map(|seen| seen.found.info.title.as_str());
    let found = all.iter().flat_map(|seen| seen.all_evidence());
    let found = found.flat_map(|found| [found.text.as_str(), found.place.path.as_str(), found.subject.as_str()]);
    titles.chain(found).collect()
}

/// Why a control that fails does not speak against the line. What one part lacks another part may have, where the line
/// speaks of none.
pub(super) fn not_denied(
    beyond: &Beyond<'_>,
    failing: &Seen<'_>,
    all: &[Seen<'_>],
    parts: &Parts<'_>,
) -> Option<String> {
    let info = &failing.found.info;
    if info.id.starts_with(NAMED) {
        return None;
    }
    let places = failing.findings().filter_map(|finding| finding.gap.place.as_ref());
    let mut shown: Vec<&str> = places.map(|place| place.path.as_str()).collect();
    shown.push(&info.title);
    if let Some(why) = beyond.not_denied(&info.id, &info.title, &shown) {
        return Some(why);
    }
    if !beyond.is_told()
        && let Some(why) = exact::missed_another(&beyond.item.text, failing)
    {
        return Some(why);
    }
    let here = failing.found.component.as_ref()?;
    if !parts.about.is_empty() || !failing.is_missing() {
        return None;
    }
    let others = all.iter().filter(|seen| seen.found.info.id == info.id);
    let mut others = others.filter_map(|seen| Some((seen, seen.found.component.as_ref()?)));
    let may_have = |seen: &Seen<'_>| match seen.outcome {
        OutcomeKind::Unknown => {
            let unread = seen.found.unread.as_ref();
            unread.is_some_and(|unread| unread.cause == Cause::Unmodelled)
        }
        OutcomeKind::Pass => true,
        OutcomeKind::Fail | OutcomeKind::NotApplicable | OutcomeKind::Waived => false,
    };
    let (_, there) = others.find(|(seen, _)| may_have(seen))?;
    Some(format!(
        "what `{}` lacks `{}` may have, and the line speaks of neither",
        here.path, there.path
    ))
}
