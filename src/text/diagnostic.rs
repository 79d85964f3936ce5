//! What the user can mend: a title, the places it speaks of, and help.

use super::Span;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing goes on until it is mended.
    Error,
    /// Worth a look.
    Warning,
}

/// A place in a file with what is to be said there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The file, relative to the repository (or as the user named it).
    pub path: String,
    /// The bytes meant.
    pub span: Span,
    /// What is to be said of them.
    pub message: String,
}

/// One mistake with its place and its mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub level: Level,
    /// One sentence without a full stop: what is wrong.
    pub title: String,
    /// The places, the first one being where to mend it. Empty for a file as a whole.
    pub labels: Vec<Label>,
    /// What to do, one sentence.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(title: impl Into<String>, label: Label) -> Self {
        Self {
            level: Level::Error,
            title: title.into(),
            labels: vec![label],
            help: None,
        }
    }

    /// The same with help.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with one more place.
    #[must_use]
    pub fn with_label(mut self, label: Label) -> Self {
        self.labels.push(label);
        self
    }
}
