//! Checklists against evidence, in words: for a terminal and for a page.

use crate::model::{ChecklistReport, ItemReport, Progress, Report};

use super::escape::{clip_words, visible};

/// Characters of an item that are shown.
const SHOWN: usize = 100;

/// "PRODUCTION.md: 12 of 40 controls met; 3 contradicted, 20 open, 9 unmapped".
pub(super) fn progress(list: &ChecklistReport) -> String {
    let name = visible(&list.path);
    if let Some(why) = &list.unread {
        return format!("{name} was not read: {}", visible(why));
    }
    if list.items.is_empty() {
        return format!("{name} has no item; an item is a line such as `- [ ] Rate limiting on the login route`");
    }
    let order = [
        "contradicted",
        "confirmed",
        "open",
        "unticked-but-met",
        "unknown",
        "attested",
        "waived",
    ];
    let rest = ["not-applicable", "unmapped"];
    let counts = order.iter().chain(&rest).filter_map(|verdict| {
        let count = list.counts.get(*verdict)?;
        Some(format!("{count} {verdict}"))
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    format!("{}; {counts}", progress_alone(list))
}

/// "PRODUCTION.md: 12 of 40 controls met".
pub(super) fn progress_alone(list: &ChecklistReport) -> String {
    let Progress { met, controls } = list.progress;
    format!("{}: {met} of {controls} controls met", visible(&list.path))
}

/// What this change newly says is done, and the evidence confirms: path and item.
pub(super) fn praised(report: &Report) -> Vec<(&str, &ItemReport)> {
    with_verdict(report, "confirmed")
        .filter(|(_, item)| item.newly_done == Some(true))
        .collect()
}

/// Items with this verdict, by document and line.
pub(super) fn with_verdict<'a>(
    report: &'a Report,
    verdict: &'a str,
) -> impl Iterator<Item = (&'a str, &'a ItemReport)> {
    let all = report
        .checklists
        .iter()
        .flat_map(|list| list.items.iter().map(|item| (list.path.as_str(), item)));
    all.filter(move |(_, item)| item.verdict == verdict)
}

/// An item's words, so many that one knows which it is.
pub(super) fn words(item: &ItemReport) -> String {
    clip_words(&visible(&item.text), SHOWN)
}
