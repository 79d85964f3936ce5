//! The contract with scripts: the report as it is.

use crate::model::Report;

use super::escape;

/// The report as JSON, ending in a line break.
pub fn json(report: &Report) -> String {
    // The invariant: a report has string keys alone and no value of its own that refuses to be serialised.
    let text = serde_json::to_string_pretty(report).expect("a report is always JSON");
    escape::json(&text) + "\n"
}
