//! One screen: 24 lines of 80 columns, however many controls there are.

use std::fmt::Write;

use crate::model::{ControlReport, Report, Severity, Target, Verdict};

use super::super::escape::{clip, clip_words, visible};
use super::super::view::{Failing, View, Worse, headline, place, settle};
use super::super::{Colour, Setting, lists};
use super::paint::{Ink, paint};
use super::wrap;

/// Where nothing is cut, a text of the repository still has an end.
const UNCUT: usize = 2000;
/// A narrower terminal is written to as if it had so many columns.
const NARROWEST: usize = 60;
/// Rows that the three lists share; the rest of the 24 lines is fixed.
const ROWS: usize = 10;
/// At most this many rows for what is not settled, and at most so many for regressions while others wait.
const UNKNOWN_ROWS: usize = 3;
const REGRESSION_ROWS: usize = 5;
/// At most so many checklists have a line.
const LIST_ROWS: usize = 2;

pub(super) fn summary(report: &Report, view: &View<'_>, setting: &Setting<'_>) -> String {
    let mut page = Page {
        out: String::new(),
        colour: setting.colour,
        width: setting.width.map_or(UNCUT, |width| width.max(NARROWEST)),
    };
    page.verdict(report);
    page.line(&format!("  {}", clip_words(&judged(report), page.width - 2)));
    let unknown = view.unknown.len().min(UNKNOWN_ROWS);
    let left = ROWS - unknown;
    let worse = if view.failing.is_empty() {
        left
    } else {
        view.regressions.len().min(REGRESSION_ROWS)
    };
    page.regressions(view, worse);
    page.failing(report, view, left - worse.min(view.regressions.len()));
    page.unknown(view, unknown);
    page.counts(report, view);
    page.next(report, view);
    page.out
}

struct Page {
    out: String,
    colour: Colour,
    width: usize,
}

impl Page {
    fn line(&mut self, text: &str) {
        // Writing to a string can't fail.
        let _ = writeln!(self.out, "{text}");
    }

    fn head(&mut self, text: &str) {
        let painted = paint(self.colour, Ink::Strong, text);
        self.line(&painted);
    }

    fn verdict(&mut self, report: &Report) {
        let word = report.verdict.decision.as_str();
        let ink = match report.verdict.decision {
            Verdict::Go => Ink::Good,
            Verdict::NoGo => Ink::Bad,
        };
        let why = visible(&report.verdict.reasons.join("; "));
        let lines = wrap(&why, self.width - word.len() - 2, 2);
        let indent = " ".repeat(word.len() + 2);
        for (index, line) in lines.iter().enumerate() {
            let text = if index == 0 {
                format!("{}: {line}", paint(self.colour, ink, word))
            } else {
                format!("{indent}{line}")
            };
            self.line(&text);
        }
    }

    fn regressions(&mut self, view: &View<'_>, most: usize) {
        if view.regressions.is_empty() {
            return;
        }
        self.line("");
        self.head("Worse by this change:");
        let (shown, more) = fold(&view.regressions, most);
        for worse in shown {
            self.row(&worse_row(worse), Ink::Bad);
        }
        if more > 0 {
            self.line(&format!("  and {more} more, shown above"));
        }
    }

    fn failing(&mut self, report: &Report, view: &View<'_>, most: usize) {
        if view.failing.is_empty() {
            return;
        }
        if view.regressions.is_empty() {
            self.line("");
        }
        let has_base = report.target.merge_base.is_some();
        self.head(if has_base {
            "Not met, before this change too:"
        } else {
            "Not met:"
        });
        let (shown, more) = fold(&view.failing, most);
        for failing in shown {
            self.row(&failing_row(failing), Ink::Warn);
        }
        if more > 0 {
            let rest = by_severity(&view.failing[shown.len()..]);
            let line = format!("  and {more} more: {rest} (`--format json`)");
            self.line(&clip_words(&line, self.width));
        }
    }

    fn row(&mut self, row: &Row, ink: Ink) {
        const ID: usize = 30;
        let id = if self.width == UNCUT {
            row.id.clone()
        } else {
            clip(&row.id, ID)
        };
        let room = self.width.saturating_sub(2 + 8 + 2 + id.chars().count() + 2 + 2);
        // What is wrong says more than where: a place may have two fifths of the room, or what the words leave.
        let spare = room.saturating_sub(row.text.chars().count());
        let place = clip_left(&row.place, spare.max(room * 2 / 5));
        let text = clip_words(&row.text, room.saturating_sub(place.chars().count()));
        let severity = paint(self.colour, ink, &format!("{:<8}", row.severity.as_str()));
        let place = paint(self.colour, Ink::Faint, &place);
        let line = format!("  {severity}  {id}  {text}  {place}");
        self.line(line.trim_end());
    }

    fn unknown(&mut self, view: &View<'_>, most: usize) {
        if view.unknown.is_empty() {
            return;
        }
        if view.regressions.is_empty() && view.failing.is_empty() {
            self.line("");
        }
        self.head("Not settled, and what would settle it:");
        let (shown, more) = fold(&view.unknown, most);
        for (cause, controls) in shown {
            let word = format!("{} ({})", cause.as_str(), controls.len());
            self.line(&clip_words(&format!("  {word:<18}{}", settle(*cause)), self.width));
        }
        if more > 0 {
            self.line(&format!("  and {more} more causes"));
        }
    }

    fn counts(&mut self, report: &Report, view: &View<'_>) {
        let counts = report.counts;
        let mut parts = vec![format!("{} pass", counts.pass), format!("{} fail", counts.fail)];
        for (count, word) in [
            (counts.unknown, "unknown"),
            (counts.waived, "waived"),
            (counts.not_applicable, "not applicable"),
        ] {
            if count > 0 {
                parts.push(format!("{count} {word}"));
            }
        }
        if !view.fixed.is_empty() {
            parts.push(format!("{} fixed by this change", view.fixed.len()));
        }
        let score = report
            .verdict
            .score
            .map_or_else(String::new, |score| format!("; score {score}"));
        self.line("");
        self.line(&clip_words(&format!("{}{score}", parts.join(", ")), self.width));
        let (shown, more) = fold(&report.checklists, LIST_ROWS);
        for list in shown {
            self.line(&clip_words(&lists::progress(list), self.width));
        }
        if more > 0 {
            self.line(&format!("and {more} more checklists"));
        }
        if let [first, rest @ ..] = lists::praised(report).as_slice() {
            let more = if rest.is_empty() {
                String::new()
            } else {
                format!(" and {} more", rest.len())
            };
            let line = format!(
                "Ticked by this change and confirmed, thank you: {}{more}",
                lists::words(first.1)
            );
            self.line(&clip_words(&line, self.width));
        }
    }

    fn next(&mut self, report: &Report, view: &View<'_>) {
        let Some(first) = view.first() else {
            return;
        };
        self.line("");
        self.head(match report.verdict.decision {
            Verdict::Go => "What to do next:",
            Verdict::NoGo => "What to do first:",
        });
        let place = first
            .place
            .map_or_else(String::new, |(path, line)| format!(" ({})", at(path, line)));
        let remedy = visible(&format!("{}{place}", first.remedy.trim_end_matches('.')));
        for line in wrap(&remedy, self.width - 2, 2) {
            self.line(&format!("  {line}"));
        }
        if let Some(control) = first.control {
            let more = format!("  `--only {} --format json` tells all of it", visible(&control.id));
            self.line(&clip_words(&more, self.width));
        }
    }
}

struct Row {
    severity: Severity,
    id: String,
    text: String,
    place: String,
}

fn worse_row(worse: &Worse<'_>) -> Row {
    let regression = worse.regression;
    Row {
        severity: regression.severity,
        id: visible(regression.control.as_deref().unwrap_or("policy")),
        text: visible(&headline(worse.missed(), worse.finding, &regression.message).0),
        place: worse
            .place()
            .map_or_else(String::new, |(path, line)| visible(&at(path, line))),
    }
}

fn failing_row(failing: &Failing<'_>) -> Row {
    let control: &ControlReport = failing.control;
    let more = failing.findings.len().saturating_sub(1);
    let first = failing.findings.first();
    let says = first.map_or(control.reason.as_str(), |finding| finding.message.as_str());
    let mut shown = first.and_then(|finding| place(finding)).map_or_else(
        || control.component.clone().unwrap_or_default(),
        |(path, line)| at(path, line),
    );
    if more > 0 {
        shown.push_str(&format!(" +{more} more"));
    }
    Row {
        severity: control.severity,
        id: visible(&control.id),
        text: visible(&headline(Some(control), first.copied(), says).0),
        place: visible(&shown),
    }
}

/// "of o/n heads/feature@1a2b3c4, against 9f8e7d6, by .github/readiness.toml".
fn judged(report: &Report) -> String {
    let target: &Target = &report.target;
    let mut what: Vec<String> = target.repository.as_deref().map(visible).into_iter().collect();
    let reference = target.reference.as_deref().unwrap_or_default();
    let reference = visible(reference.strip_prefix("refs/").unwrap_or(reference));
    let sha = target
        .sha
        .as_deref()
        .map_or_else(String::new, |sha| format!("@{}", short(sha)));
    what.push(format!("{reference}{sha}"));
    if target.dirty {
        what.push("with uncommitted changes".to_owned());
    }
    let base = match &target.merge_base {
        Some(base) => format!("against {}", short(base)),
        None => "no base".to_owned(),
    };
    let what = what.join(" ");
    let policy = visible(&report.policy.path);
    format!("of {}, {base}, by {policy}", what.trim())
}

fn short(sha: &str) -> String {
    visible(sha).chars().take(7).collect()
}

fn at(path: &str, line: Option<u32>) -> String {
    line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
}

/// The first items and how many more there are; the row that says so takes one item's place.
fn fold<T>(all: &[T], most: usize) -> (&[T], usize) {
    if all.len() <= most {
        return (all, 0);
    }
    let shown = most.saturating_sub(1);
    (&all[..shown], all.len() - shown)
}

fn by_severity(rest: &[Failing<'_>]) -> String {
    let parts: Vec<String> = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low]
        .into_iter()
        .map(|severity| {
            (
                severity,
                rest.iter()
                    .filter(|failing| failing.control.severity == severity)
                    .count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", severity.as_str()))
        .collect();
    parts.join(", ")
}

/// The end of a text that is too long: of a path the file name says most.
fn clip_left(text: &str, longest: usize) -> String {
    let count = text.chars().count();
    if count <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().skip(count - longest + 1).collect();
    format!("…{kept}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_the_last_is_clipped() {
        assert_eq!(wrap("one two three", 7, 3), ["one two", "three"]);
        assert_eq!(wrap("one two three four", 7, 2), ["one two", "three…"]);
        assert_eq!(clip_left("a/b/c.ts:12", 8), "…c.ts:12");
        assert_eq!(fold(&[1, 2, 3], 2), (&[1][..], 2));
    }
}
