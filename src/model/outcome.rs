//! What looking at a condition gives: an outcome, the evidence for it, and the gaps.

use serde::{Deserialize, Serialize};

use crate::text::{Document, Span, mask};

use super::RepoPath;

/// Why an outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The environment: the token may not read it.
    Permission,
    /// The environment: a rate, count or size limit of this run was reached.
    Limit,
    /// The environment: an outage.
    Network,
    /// The content: too large to be read.
    Size,
    /// The content: it can't be parsed.
    Parse,
    /// The content: it is not text in a known encoding.
    Encoding,
    /// The content: generated or minified.
    Generated,
    /// Our own limit: a language, a framework, an edge that can't be resolved.
    Unmodelled,
}

impl Cause {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permission => "permission",
            Self::Limit => "limit",
            Self::Network => "network",
            Self::Size => "size",
            Self::Parse => "parse",
            Self::Encoding => "encoding",
            Self::Generated => "generated",
            Self::Unmodelled => "unmodelled",
        }
    }

    /// Whether the repository's own content is the cause: only then may turning unknown be a regression.
    pub fn is_content(self) -> bool {
        match self {
            Self::Size | Self::Parse | Self::Encoding | Self::Generated => true,
            Self::Permission | Self::Limit | Self::Network | Self::Unmodelled => false,
        }
    }
}

/// What could not be read or judged, why, and what would settle it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Why.
    pub cause: Cause,
    /// What: a sentence without a full stop, "`package.json` is not valid JSON (line 3)".
    pub what: String,
    /// What would settle it, a sentence without a full stop; empty where nothing is known.
    pub settle: String,
}

impl Unread {
    /// An unread thing.
    pub fn new(cause: Cause, what: impl Into<String>, settle: impl Into<String>) -> Self {
        Self {
            cause,
            what: what.into(),
            settle: settle.into(),
        }
    }
}

/// How strong a piece of evidence is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// A file, a package, a pattern.
    #[default]
    Present,
    /// Reachable from what production starts, and used there; or in force by the tool's own rules.
    Wired,
    /// Seen working: a live answer, a setting read from GitHub.
    Proven,
}

impl Strength {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Wired => "wired",
            Self::Proven => "proven",
        }
    }
}

/// A file and, where one is meant, a place in it. Lines and columns count from 1, columns in characters;
/// the end column is the one after the last character.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub path: RepoPath,
    /// The first line; `None` for the file as a whole.
    pub line: Option<u32>,
    /// The first column.
    pub column: Option<u32>,
    /// The last line.
    pub end_line: Option<u32>,
    /// The column after the last character.
    pub end_column: Option<u32>,
}

impl Place {
    /// A file as a whole.
    pub fn file(path: &RepoPath) -> Self {
        Self {
            path: path.clone(),
            line: None,
            column: None,
            end_line: None,
            end_column: None,
        }
    }

    /// One line of a file.
    pub fn line(path: &RepoPath, line: u32) -> Self {
        Self {
            line: Some(line),
            end_line: Some(line),
            ..Self::file(path)
        }
    }

    /// A span of a document at a path.
    pub fn span(path: &RepoPath, document: &Document, span: &Span) -> Self {
        let start = document.position(span.start);
        let end = document.position(span.end.max(span.start));
        Self {
            path: path.clone(),
            line: Some(start.line),
            column: Some(start.column),
            end_line: Some(end.line),
            end_column: Some(end.column),
        }
    }
}

/// What was looked at and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Where.
    pub place: Place,
    /// The words found, with secrets masked.
    pub text: String,
    /// How strong it is.
    pub strength: Strength,
    /// The name of the thing found (a path, a package, a pattern): ties it to the gap that its loss would be.
    pub subject: String,
}

impl Evidence {
    /// Evidence; the words are masked here, so that no later room can leak a secret.
    pub fn new(place: Place, words: &str, strength: Strength, subject: impl Into<String>) -> Self {
        const LONGEST: usize = 160;
        let mut text = mask(place.path.as_str(), words.trim());
        if text.chars().count() > LONGEST {
            text = text.chars().take(LONGEST).collect::<String>() + "…";
        }
        Self {
            place,
            text,
            strength,
            subject: subject.into(),
        }
    }
}

/// A second place that a finding speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is to be said of it.
    pub message: String,
}

/// One place where a condition falls short: what becomes a finding once the control is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is wrong, one sentence without a full stop, secrets masked: "`.env` is not ignored".
    pub message: String,
    /// What the gap is about: the path it stands in, or the path or name that is expected and missing.
    /// A path here is what a renaming maps.
    pub subject: String,
    /// Words that tell it from others on the same subject (a matched text), never a secret and never a line number.
    pub words: String,
    /// Where it stands; `None` for a thing that is missing.
    pub place: Option<Place>,
    /// Further places.
    pub related: Vec<Related>,
}

impl Gap {
    /// Something expected that is missing.
    pub fn missing(subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            subject: subject.into(),
            words: String::new(),
            place: None,
            related: Vec::new(),
        }
    }

    /// Something that stands where it should not, or is not as it should be. `words` are masked here.
    pub fn at(place: Place, words: &str, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            subject: place.path.as_str().to_owned(),
            words: mask(place.path.as_str(), words),
            place: Some(place),
            related: Vec::new(),
        }
    }
}

/// The outcome of a condition, and of a control before waivers and attestations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not; there is at least one gap.
    Fail,
    /// It could not be settled.
    Unknown(Unread),
    /// There is nothing here that it speaks of.
    NotApplicable,
}

/// What examining a condition gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// The outcome.
    pub outcome: Outcome,
    /// One sentence that a person understands, without a full stop.
    pub reason: String,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// Where it falls short; empty unless it fails.
    pub gaps: Vec<Gap>,
}

impl Examined {
    /// It holds, and this is why.
    pub fn pass(reason: impl Into<String>, evidence: Vec<Evidence>) -> Self {
        Self {
            outcome: Outcome::Pass,
            reason: reason.into(),
            evidence,
            gaps: Vec::new(),
        }
    }

    /// It does not hold. Without a gap there would be nothing to show, so one is made from the reason.
    pub fn fail(reason: impl Into<String>, mut gaps: Vec<Gap>) -> Self {
        let reason = reason.into();
        if gaps.is_empty() {
            gaps.push(Gap::missing(reason.clone(), reason.clone()));
        }
        Self {
            outcome: Outcome::Fail,
            reason,
            evidence: Vec::new(),
            gaps,
        }
    }

    /// It could not be settled.
    pub fn unknown(unread: Unread) -> Self {
        let reason = unread.what.clone();
        Self {
            outcome: Outcome::Unknown(unread),
            reason,
            evidence: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// There is nothing here that it speaks of.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::NotApplicable,
            reason: reason.into(),
            evidence: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// The same with evidence.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Vec<Evidence>) -> Self {
        self.evidence = evidence;
        self
    }
}
