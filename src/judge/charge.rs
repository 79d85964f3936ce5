//! What head does to the gate itself: weakenings as regressions.

use crate::model::{Gate, Regression, RegressionKind, Severity, WeakeningRule};

/// Something by which head asks for less than base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weakening {
    /// `Weakening`, `Workflow` or `Policy`.
    pub kind: RegressionKind,
    /// The control, if it is about one.
    pub control: Option<String>,
    /// The control's severity in base; `critical` for the gate itself.
    pub severity: Severity,
    /// What head weakens, one sentence without a full stop.
    pub message: String,
    /// The file where it stands.
    pub path: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
}

/// Whether somebody who may do so has accepted what head weakens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Approval {
    /// An owner who is not the author has approved the current head.
    Given,
    /// Nobody has, or it could not be read.
    Missing,
}

/// The regressions that weakenings are. Approved ones, and all under `weakening = "report"`, are shown
/// and do not gate; an invalid policy in head is nothing that can be approved.
pub fn charge(weakenings: &[Weakening], gate: &Gate, approval: Approval) -> Vec<Regression> {
    let accepted = match (gate.weakening, approval) {
        (WeakeningRule::Report, _) => Some("a notice, as `weakening = \"report\"`"),
        (WeakeningRule::Approve, Approval::Given) => Some("approved by an owner"),
        (WeakeningRule::Approve, Approval::Missing) => None,
    };
    let charged = weakenings.iter().map(|weakening| {
        let accepted = accepted.filter(|_| weakening.kind != RegressionKind::Policy);
        let message = accepted.map_or_else(
            || weakening.message.clone(),
            |why| format!("{} ({why})", weakening.message),
        );
        Regression {
            kind: weakening.kind,
            control: weakening.control.clone(),
            component: None,
            severity: weakening.severity,
            path: weakening.path.clone(),
            line: weakening.line,
            message,
            fingerprint: None,
            gates: accepted.is_none(),
        }
    });
    charged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weakening(kind: RegressionKind) -> Weakening {
        Weakening {
            kind,
            control: Some("a.b".to_owned()),
            severity: Severity::High,
            message: "`a.b` is disabled".to_owned(),
            path: Some(".github/readiness.toml".to_owned()),
            line: Some(3),
        }
    }

    #[test]
    fn an_approval_or_the_rule_makes_it_a_notice_and_nothing_approves_an_invalid_policy() {
        let all = [weakening(RegressionKind::Weakening), weakening(RegressionKind::Policy)];
        let gates = |rule, approval| -> Vec<bool> {
            let gate = Gate {
                weakening: rule,
                ..Gate::default()
            };
            charge(&all, &gate, approval).iter().map(|found| found.gates).collect()
        };
        assert_eq!(gates(WeakeningRule::Approve, Approval::Missing), [true, true]);
        assert_eq!(gates(WeakeningRule::Approve, Approval::Given), [false, true]);
        assert_eq!(gates(WeakeningRule::Report, Approval::Missing), [false, true]);
    }
}
