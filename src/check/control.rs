//! A control with its check, as a policy builds it.

use crate::model::ControlInfo;
use crate::text::Span;

use super::Condition;

/// Where a control, a waiver or an attestation is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The policy file, or `builtin:NAME`.
    pub path: String,
    /// The line in it.
    pub line: u32,
    /// The bytes in it.
    pub span: Span,
    /// Whether it is the repository's own policy file, so that a finding can point at it.
    pub in_repository: bool,
}

impl Origin {
    /// Whether the team wrote it: not a shipped pack, not one of another repository, and not a line of a checklist.
    pub fn is_own(&self) -> bool {
        !self.path.is_empty() && !self.path.starts_with("builtin:") && !self.path.starts_with("github:")
    }
}

/// One requirement with its test.
#[derive(Debug)]
pub struct Control {
    /// What is known of it without its check.
    pub info: ControlInfo,
    /// Whether it is about this component at all; `None` for always.
    pub applies_when: Option<Condition>,
    /// Where it does not apply: whether a checklist's line that asks for it is judged by its check nevertheless; `None`
    /// for never.
    pub asked_when: Option<Condition>,
    /// Its test.
    pub check: Condition,
    /// The check as a canonical text, by which two policies' controls are told apart.
    pub definition: String,
    /// Where it is written.
    pub origin: Origin,
}
