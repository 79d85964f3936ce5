//! GitHub's workflow commands, which become annotations of the job.

use std::fmt::Write;

use crate::model::{Report, Verdict};

use super::escape::{command_data, command_property};
use super::remark::{Loudness, Remark, remarks};

/// The runner keeps ten commands of each level of a step and drops the rest silently
/// (actions/runner, `_maxCountPerIssueType`).
const MOST: usize = 10;

/// The report as workflow commands, the gravest first: at most ten of each level, the last of them saying how
/// many more there are. A no-go that no single place explains is an error of its own.
///
/// `name` is the gate's: it is the title of what is said of the gate itself.
pub fn commands(report: &Report, name: &str) -> String {
    let name = command_property(name);
    let all = remarks(report);
    let mut out = String::new();
    let has_error = all.iter().any(|remark| remark.loudness == Loudness::Error);
    if report.verdict.decision == Verdict::NoGo && !has_error {
        let why = report.verdict.reasons.join("; ");
        line(
            &mut out,
            format_args!("::error title={name}::no-go: {}", command_data(&why)),
        );
    }
    for (loudness, word) in [
        (Loudness::Error, "error"),
        (Loudness::Warning, "warning"),
        (Loudness::Notice, "notice"),
    ] {
        let these: Vec<&Remark> = all.iter().filter(|remark| remark.loudness == loudness).collect();
        let shown = if these.len() > MOST { MOST - 1 } else { these.len() };
        for remark in &these[..shown] {
            command(&mut out, word, remark);
        }
        if let more @ 1.. = these.len() - shown {
            line(
                &mut out,
                format_args!("::{word} title={name}::and {more} more: they are all in the job summary"),
            );
        }
    }
    out
}

fn command(out: &mut String, word: &str, remark: &Remark) {
    let mut properties = Vec::new();
    if let Some(path) = &remark.path {
        properties.push(format!("file={}", command_property(path)));
        properties.push(format!("line={},endLine={}", remark.lines.0, remark.lines.1));
        if let Some((first, after)) = remark.columns {
            properties.push(format!("col={first},endColumn={after}"));
        }
    }
    properties.push(format!("title={}", command_property(&remark.title)));
    let message = command_data(&remark.message);
    line(out, format_args!("::{word} {}::{message}", properties.join(",")));
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = writeln!(out, "{text}");
}
