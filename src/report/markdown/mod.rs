//! GitHub's Markdown, for the comment, the job summary and the check run.
//!
//! The first five lines say the verdict, why, where and what to do; the rest may be folded and is cut at whole
//! entries where the place that it is written to has a limit.

mod entries;
mod lists;
mod page;

use crate::model::{Cause, Change, ControlReport, Notice, Report, Verdict};

use super::Setting;
use super::escape::{clip, code, inline, visible};
use super::view::{Failing, View, Worse, settle};
use entries::Links;
use page::Page;

/// GitHub takes comments of 65,536 characters. All limits here are in bytes, which are never fewer.
pub const LONGEST_COMMENT: usize = 65_000;
/// GitHub takes check run summaries of 65,535 characters.
pub const LONGEST_CHECK_RUN: usize = 65_000;
/// A step's summary is dropped as a whole beyond 1 MiB; another tool's step may not write into ours.
pub const LONGEST_SUMMARY: usize = 1024 * 1024 - 16 * 1024;

/// The body of a pull request's comment; `None` when the change does nothing about readiness: no regression and
/// nothing fixed. Cost is left out, so that the same judgement gives the same text.
pub fn comment(report: &Report, setting: &Setting<'_>) -> Option<String> {
    let is_changed = report.controls.iter().any(|control| match control.change {
        Some(Change::Regressed | Change::Fixed) => true,
        Some(Change::Unchanged) | None => false,
    });
    if report.regressions.is_empty() && !is_changed {
        return None;
    }
    Some(write(report, setting, LONGEST_COMMENT))
}

/// The job summary, with what the run cost.
pub fn summary(report: &Report, setting: &Setting<'_>) -> String {
    let cost = &report.cost;
    let mut text = write(report, setting, LONGEST_SUMMARY);
    text.push_str(&format!(
        "\nCost: {} files listed, {} read ({} bytes), {} requests to GitHub, {} ms.\n",
        cost.files_listed, cost.files_read, cost.bytes_read, cost.api_requests, cost.elapsed_ms
    ));
    text
}

/// The summary of a check run.
pub fn check_run(report: &Report, setting: &Setting<'_>) -> String {
    write(report, setting, LONGEST_CHECK_RUN)
}

/// One plain line, for a check run's title: verdict and first reason.
pub fn title(report: &Report) -> String {
    let why = report.verdict.reasons.first().map_or("", String::as_str);
    clip(&visible(&format!("{}: {why}", report.verdict.decision.as_str())), 200)
}

/// What a comment says once the change does nothing about readiness any more.
pub fn resolved(report: &Report, setting: &Setting<'_>) -> String {
    let at = report
        .target
        .sha
        .as_deref()
        .map_or_else(String::new, |sha| format!(" (as of {})", code(&short(sha))));
    let decision = report.verdict.decision;
    let mut text = format!(
        "**{}: {}.** This pull request changes nothing about readiness{at}.\n",
        inline(setting.name),
        decision.as_str()
    );
    if decision == Verdict::NoGo {
        let why = clip(&report.verdict.reasons.join("; "), 600);
        text.push_str(&format!("\n- **Why:** {}\n", inline(&why)));
    }
    text
}

fn write(report: &Report, setting: &Setting<'_>, limit: usize) -> String {
    let view = View::new(report);
    let links = Links::new(report, setting);
    let mut page = Page::new(limit);
    page.push(&head(report, &view, setting, &links));
    let worse = |_, worse: &Worse<'_>| links.regression(report, worse);
    page.section("\n### Worse by this change\n\n", &view.regressions, worse, "");
    if !view.fixed.is_empty() {
        page.push(&fixed(&view));
    }
    page.push(&lists::praise(report));
    let before = if report.target.merge_base.is_some() {
        "Not met, before this change too"
    } else {
        "Not met"
    };
    let failing = |index, failing: &Failing<'_>| links.failing(report, index, failing);
    // Without a regression what fails is the news, and stands unfolded.
    if report.verdict.decision == Verdict::NoGo && view.regressions.is_empty() {
        page.section(&format!("\n### {before}\n\n"), &view.failing, failing, "");
    } else {
        page.folded(before, view.failing.len(), &view.failing, failing);
    }
    let unsettled = view.unknown.iter().map(|(_, controls)| controls.len()).sum();
    let unknown =
        |_, (cause, controls): &(Cause, Vec<&ControlReport>)| entries::unknown(*cause, settle(*cause), controls);
    page.folded(
        "Not settled, and what would settle it",
        unsettled,
        &view.unknown,
        unknown,
    );
    let accepted = |_, control: &&ControlReport| entries::waived(control);
    page.folded("Accepted gaps", view.waived.len(), &view.waived, accepted);
    let attested = |_, control: &&ControlReport| entries::attested(control);
    page.folded("Attested by a person", view.attested.len(), &view.attested, attested);
    let notice = |_, notice: &Notice| entries::notice(notice);
    page.folded(
        "Waivers, attestations and bindings to look at",
        report.notices.len(),
        &report.notices,
        notice,
    );
    for list in report.checklists.iter().take(lists::MOST) {
        let rows = lists::rows(list);
        page.folded(&lists::title(list), rows.len(), &rows, |_, item| {
            lists::item(&links, list, item)
        });
    }
    page.close(&foot(report));
    page.text()
}

/// The five lines above the fold.
fn head(report: &Report, view: &View<'_>, setting: &Setting<'_>, links: &Links) -> String {
    const LONGEST: usize = 600;
    let why = inline(&clip(&report.verdict.reasons.join("; "), LONGEST));
    let mut text = format!(
        "## {}: {}\n\n- **Why:** {why}\n",
        inline(setting.name),
        report.verdict.decision.as_str()
    );
    // What was there before a change that may go on is no task of that change.
    let is_task = report.verdict.decision == Verdict::NoGo || !view.regressions.is_empty();
    if let Some(first) = view.first().filter(|_| is_task) {
        let place = first.place.map(|(path, line)| links.place(path, line));
        let subject = first.control.map(|control| code(&control.id));
        let shown: Vec<String> = [place, subject].into_iter().flatten().collect();
        if !shown.is_empty() {
            text.push_str(&format!("- **Where:** {}\n", shown.join(", ")));
        }
        let remedy = inline(&clip(&first.remedy, LONGEST));
        text.push_str(&format!("- **What to do:** {remedy}\n"));
    }
    text
}

fn fixed(view: &View<'_>) -> String {
    const MOST: usize = 20;
    let names: Vec<String> = view
        .fixed
        .iter()
        .take(MOST)
        .map(|control| entries::name(control))
        .collect();
    let more = view.fixed.len().saturating_sub(MOST);
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("\nFixed by this change, thank you: {}{rest}.\n", names.join(", "))
}

fn foot(report: &Report) -> String {
    let target = &report.target;
    let mut judged = match &target.sha {
        Some(sha) => format!("Judged {}", code(&short(sha))),
        None => "Judged a folder without git".to_owned(),
    };
    if target.dirty {
        judged.push_str(" with uncommitted changes");
    }
    match &target.merge_base {
        Some(base) => judged.push_str(&format!(" against {}", code(&short(base)))),
        None => judged.push_str(" without a base to compare with"),
    }
    let at = report
        .policy
        .sha
        .as_deref()
        .map_or_else(String::new, |sha| format!(" at {}", code(&short(sha))));
    let counts = report.counts;
    let score = report
        .verdict
        .score
        .map_or_else(String::new, |score| format!("; score {score} of 100, for reading only"));
    format!(
        "\n{judged} by {}{at} on {}. {} pass, {} fail, {} unknown, {} waived, {} not applicable{score}.\n",
        code(&clip(&report.policy.path, 200)),
        report.as_of,
        counts.pass,
        counts.fail,
        counts.unknown,
        counts.waived,
        counts.not_applicable,
    )
}

fn short(sha: &str) -> String {
    visible(sha).chars().take(7).collect()
}
