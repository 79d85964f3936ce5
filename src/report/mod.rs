//! `Report` → bytes, in every format.
//!
//! Law: no format changes the verdict, counts outcomes or decides anything; each only tells what `judge` made.
//! Text from the repository is hostile: every word passes the escaping of its sink (`escape`), and a line of
//! source is shown only with its secrets masked (`mask`). Pure: no IO, no clock, no environment; the same
//! report gives the same bytes. May use `judge` (a set-up's diagnoses, settings that changed), `model` and `text`.

mod annotation;
mod commands;
mod drift;
pub mod escape;
mod format;
pub mod human;
mod json;
mod lists;
pub mod markdown;
mod remark;
mod sarif;
mod setup;
mod view;
mod waiver;

use std::sync::Arc;

use crate::model::Report;
use crate::text::Document;

pub use crate::text::mask;
pub use annotation::{Annotation, AnnotationLevel, annotations};
pub use commands::commands;
pub use drift::{
    drift_lines, hidden_record, in_order, issue_body, issue_marker, issue_title, read_record, settings_summary,
};
pub use format::Format;
pub use json::json;
pub use sarif::sarif;
pub use setup::{diagnoses, diagnoses_json};
pub use waiver::waiver;

/// Whether the human format is coloured. The caller decides: it alone knows the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// With ANSI colours.
    Always,
    /// Plain text.
    #[default]
    Never,
}

/// How much the human format tells of the lines of checklists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lines {
    /// Those that want something done; the others are counted.
    #[default]
    Worst,
    /// All.
    All,
}

/// Where the lines of a snippet come from: a path's document, where it is at hand.
pub type Sources<'a> = &'a dyn Fn(&str) -> Option<Arc<Document>>;

/// The columns of the smallest common terminal.
pub const TERMINAL: usize = 80;

/// What the report itself does not know and a format needs.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The gate's name: the input `name`. It keeps two gates in one repository apart.
    pub name: &'a str,
    /// The server's address, `https://github.com`, for links to lines; `None` for no links.
    pub server: Option<&'a str>,
    /// Colours of the human format.
    pub colour: Colour,
    /// The columns of the human format; `None` where nobody looks at it on a terminal: then nothing is cut.
    pub width: Option<usize>,
    /// How much the human format tells of checklists.
    pub lines: Lines,
    /// Lines for the human format's snippets.
    pub sources: Sources<'a>,
}

fn no_sources(_path: &str) -> Option<Arc<Document>> {
    None
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            name: "readiness",
            server: None,
            colour: Colour::default(),
            width: Some(TERMINAL),
            lines: Lines::default(),
            sources: &no_sources,
        }
    }
}

impl std::fmt::Debug for Setting<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Setting")
            .field("name", &self.name)
            .field("server", &self.server)
            .field("colour", &self.colour)
            .field("width", &self.width)
            .field("lines", &self.lines)
            .finish_non_exhaustive()
    }
}

/// The report in a format, ending in a line break.
pub fn render(report: &Report, format: Format, setting: &Setting<'_>) -> String {
    match format {
        Format::Human => human::render(report, setting),
        Format::Json => json(report),
        Format::Sarif => sarif(report, setting),
        Format::Markdown => markdown::summary(report, setting),
        Format::Github => commands(report, setting.name),
    }
}
