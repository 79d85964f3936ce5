//! For a person at a terminal: the details first and one screen of summary last, where a terminal stops.

mod details;
mod diagnostics;
mod lists;
mod paint;
mod snippet;
mod summary;

use crate::model::Report;

use super::Setting;
use super::escape::{clip_words, for_log, visible};
use super::view::View;

use paint::{Ink, paint};

pub use diagnostics::diagnostics;

/// Snippets of what needs a look, then the summary.
pub fn render(report: &Report, setting: &Setting<'_>) -> String {
    let view = View::new(report);
    // A line of a document that holds what nobody should read is not shown, whatever is said of it.
    let secret = report
        .controls
        .iter()
        .filter(|control| control.id == "checklist.secret");
    let held: Vec<&str> = secret
        .flat_map(|control| control.findings.iter().filter_map(|finding| finding.path.as_deref()))
        .collect();
    let sources = |path: &str| {
        if held.contains(&path) {
            None
        } else {
            (setting.sources)(path)
        }
    };
    let shown = Setting {
        sources: &sources,
        ..*setting
    };
    let mut out = details::details(&view, &shown);
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&notices(report, setting));
    out.push_str(&lists::lists(report, setting));
    out.push_str(&summary::summary(report, &view, setting));
    for_log(&out)
}

/// What is to be said of waivers, attestations and bindings; nothing, where there is nothing.
fn notices(report: &Report, setting: &Setting<'_>) -> String {
    const MOST: usize = 10;
    const LONGEST: usize = 500;
    if report.notices.is_empty() {
        return String::new();
    }
    let mut out = paint(
        setting.colour,
        Ink::Strong,
        "Waivers, attestations and bindings to look at:",
    ) + "\n";
    for notice in report.notices.iter().take(MOST) {
        let place = format!("{}:{}", notice.path, notice.line);
        let line = clip_words(&visible(&format!("{place}: {}", notice.message)), LONGEST);
        out.push_str(&format!("  {line}\n"));
    }
    if let more @ 1.. = report.notices.len().saturating_sub(MOST) {
        out.push_str(&format!("  and {more} more (`--format json`)\n"));
    }
    out.push('\n');
    out
}

/// The text on lines of this width, broken between words; the last line is clipped.
pub(super) fn wrap(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let count = lines.len();
        let Some(last) = lines.last_mut() else {
            break;
        };
        let fits = last.is_empty() || last.chars().count() + 1 + word.chars().count() <= width;
        if fits || count == most {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.iter().map(|line| clip_words(line, width)).collect()
}
