//! Annotations of a check run.

use crate::model::Report;

use super::escape::clip;
use super::remark::{Loudness, Remark, remarks};

/// How an annotation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnnotationLevel {
    /// It blocks the merge.
    Failure,
    /// It fails.
    Warning,
    /// It failed before, too.
    Notice,
}

impl AnnotationLevel {
    /// GitHub's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// One annotation, within the limits of GitHub's API: title 255 characters, message and details 64 KB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// A path of the repository.
    pub path: String,
    /// The first line, from 1.
    pub start_line: u32,
    /// The last line.
    pub end_line: u32,
    /// The first column; only where first and last line are one.
    pub start_column: Option<u32>,
    /// The column after the last character; as `start_column`.
    pub end_column: Option<u32>,
    /// How it is shown.
    pub level: AnnotationLevel,
    /// Severity and control.
    pub title: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The waiver that would accept it, as TOML.
    pub raw_details: Option<String>,
}

/// The annotations of a report, the gravest first. What has no place in a file is in the summary alone.
pub fn annotations(report: &Report) -> Vec<Annotation> {
    remarks(report).into_iter().filter_map(annotation).collect()
}

fn annotation(remark: Remark) -> Option<Annotation> {
    // In bytes, so that the limit holds whatever the characters are.
    const LONGEST_DETAILS: usize = 16_000;
    Some(Annotation {
        path: remark.path?,
        start_line: remark.lines.0,
        end_line: remark.lines.1,
        start_column: remark.columns.map(|columns| columns.0),
        end_column: remark.columns.map(|columns| columns.1),
        level: match remark.loudness {
            Loudness::Error => AnnotationLevel::Failure,
            Loudness::Warning => AnnotationLevel::Warning,
            Loudness::Notice => AnnotationLevel::Notice,
        },
        title: remark.title,
        message: remark.message,
        raw_details: remark.waiver.map(|toml| {
            clip(
                &format!("To accept the gap for a while, in the policy:\n\n{toml}"),
                LONGEST_DETAILS,
            )
        }),
    })
}
