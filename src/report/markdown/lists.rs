//! The team's checklists, item by item.

use crate::model::{ChecklistReport, ItemReport, Report};

use super::super::escape::{clip, code, inline};
use super::super::lists::{praised, progress, words};
use super::entries::Links;

/// The most checklists that have a section.
pub(super) const MOST: usize = 5;
/// The most ticks that are named with thanks.
const MOST_PRAISED: usize = 5;
/// Characters of a reason.
const LONGEST: usize = 300;

/// One line for what this change ticked and the evidence confirms; nothing where there is none.
pub(super) fn praise(report: &Report) -> String {
    let all = praised(report);
    if all.is_empty() {
        return String::new();
    }
    let names: Vec<String> = all
        .iter()
        .take(MOST_PRAISED)
        .map(|(_, item)| code(&words(item)))
        .collect();
    let more = match all.len().saturating_sub(MOST_PRAISED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "\nTicked by this change and confirmed by the evidence, thank you: {}{more}.\n",
        names.join(", ")
    )
}

/// A section's title. It stands in HTML, in which the words of `inline` are words, too.
pub(super) fn title(list: &ChecklistReport) -> String {
    inline(&progress(list))
}

/// The items that something is said of, worst first, then by line.
pub(super) fn rows(list: &ChecklistReport) -> Vec<&ItemReport> {
    let order = [
        "contradicted",
        "unticked-but-met",
        "open",
        "unknown",
        "confirmed",
        "attested",
        "waived",
    ];
    let mut rows: Vec<(usize, &ItemReport)> = list
        .items
        .iter()
        .filter_map(|item| Some((order.iter().position(|verdict| item.verdict == *verdict)?, item)))
        .collect();
    rows.sort_by_key(|(rank, item)| (*rank, item.line));
    rows.into_iter().map(|(_, item)| item).collect()
}

/// An item: its verdict, where it stands, why, and the place that decides.
pub(super) fn item(links: &Links, list: &ChecklistReport, item: &ItemReport) -> String {
    let decides = item.evidence.as_ref().filter(|place| place.line.is_some());
    let decides = decides.map_or_else(String::new, |place| {
        format!(" ({})", links.place(&place.path, place.line))
    });
    format!(
        "- **{}** {} {}: {}{decides}\n",
        inline(&item.verdict),
        links.place(&list.path, Some(item.line)),
        code(&words(item)),
        inline(&clip(&item.reason, LONGEST))
    )
}
