//! What is known of a control without its check.

use serde::{Deserialize, Serialize};

use super::Strength;

/// How grave a gap is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nice to have.
    Low,
    /// Costs time when it is missing.
    Medium,
    /// Costs an incident.
    High,
    /// Costs customers, money or data.
    Critical,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Its weight in the score.
    pub fn weight(self) -> u64 {
        match self {
            Self::Low => 1,
            Self::Medium => 2,
            Self::High => 4,
            Self::Critical => 8,
        }
    }
}

/// What a control is judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Once for the whole repository.
    #[default]
    Repository,
    /// Once for each component.
    Component,
}

/// One requirement, without its check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlInfo {
    /// The stable dotted id: `secrets.env-files-ignored`.
    pub id: String,
    /// A short sentence that is true when the control is met.
    pub title: String,
    /// How grave a gap is.
    pub severity: Severity,
    /// The id's first part unless the policy says otherwise.
    pub category: String,
    /// What happens without it, one sentence.
    pub rationale: String,
    /// What to do, one sentence or two.
    pub remediation: String,
    /// What it is judged for.
    pub scope: Scope,
    /// The strength that its evidence must reach.
    pub requires: Strength,
}
