//! For a person at a terminal: the details first and one screen of summary last, where a terminal stops.

mod details;
mod diagnostics;
mod paint;
mod snippet;
mod summary;

use crate::model::Report;

use super::Setting;
use super::escape::for_log;
use super::view::View;

pub use diagnostics::diagnostics;

/// Snippets of what needs a look, then the summary.
pub fn render(report: &Report, setting: &Setting<'_>) -> String {
    let view = View::new(report);
    let mut out = details::details(&view, setting);
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&summary::summary(report, &view, setting.colour));
    for_log(&out)
}
