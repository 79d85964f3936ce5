//! What blocks a merge, as the policy says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Severity;

/// The level at which the gate says no-go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Never: report alone.
    Never,
    /// What this change made worse, and nothing else.
    #[default]
    Regression,
    /// Every failing control of this severity, and regressions of it.
    Critical,
    /// As `critical`, from high up.
    High,
    /// As `critical`, from medium up.
    Medium,
    /// As `critical`, from low up.
    Low,
}

impl FailOn {
    /// The severity that it names, if it names one.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Never | Self::Regression => None,
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Regression => "regression",
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// Whether it stops all that another level stops. `regression` and `critical`, `high` or `medium` are neither
    /// of them as strict as the other: the one stops lesser regressions, the other what was inherited.
    pub fn is_as_strict_as(self, other: Self) -> bool {
        match (self.severity(), other.severity()) {
            (_, None) if other == Self::Never => true,
            (Some(own), Some(other)) => own <= other,
            (Some(own), None) => own == Severity::Low,
            (None, _) => self == other,
        }
    }
}

/// What an `unknown` outcome does to the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnknownRule {
    /// It is reported.
    #[default]
    Report,
    /// It counts as failing.
    Fail,
}

/// What a weakening of the policy needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WeakeningRule {
    /// An owner's approval, else it is a regression.
    #[default]
    Approve,
    /// Nothing: it is a notice. For people who work alone.
    Report,
}

/// The `[gate]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The level.
    pub fail_on: FailOn,
    /// A second level, where an input asks for one that neither contains the policy's nor is contained in it:
    /// what either of them stops is stopped.
    pub tightened: Option<FailOn>,
    /// What unknown does, by severity; a severity that is absent reports.
    pub unknown: BTreeMap<Severity, UnknownRule>,
    /// What a weakening needs.
    pub weakening: WeakeningRule,
    /// The longest time, in days from today, for which a gap can be waived.
    pub max_waiver_days: u32,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            fail_on: FailOn::default(),
            tightened: None,
            unknown: BTreeMap::new(),
            weakening: WeakeningRule::default(),
            max_waiver_days: 90,
        }
    }
}

impl Gate {
    /// Whether any regression blocks, whatever its severity: by the policy, or because an input asks for it beside the
    /// policy's severity.
    pub fn stops_regressions(&self) -> bool {
        self.fail_on == FailOn::Regression || self.tightened == Some(FailOn::Regression)
    }

    /// What unknown does at this severity.
    pub fn unknown_at(&self, severity: Severity) -> UnknownRule {
        self.unknown.get(&severity).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_above_low_is_not_as_strict_as_regression() {
        use FailOn::{Critical, High, Low, Medium, Never, Regression};
        for level in [Never, Regression, Critical, High, Medium, Low] {
            assert!(level.is_as_strict_as(level) && level.is_as_strict_as(Never) && Low.is_as_strict_as(level));
        }
        assert!(High.is_as_strict_as(Critical) && !Critical.is_as_strict_as(High));
        for severity in [Critical, High, Medium] {
            // A low regression passes there.
            assert!(!severity.is_as_strict_as(Regression) && !Regression.is_as_strict_as(severity));
        }
        assert!(!Never.is_as_strict_as(Regression) && !Regression.is_as_strict_as(Low));
    }
}
