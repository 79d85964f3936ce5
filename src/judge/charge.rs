//! What head does to the gate itself: weakenings as regressions.

use crate::model::{Gate, Regression, RegressionKind, Severity, WeakeningRule};

use super::Approval;

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

/// The regressions that weakenings are. Approved ones, and all under `weakening = "report"`, are shown
/// and do not gate; an invalid policy in head is nothing that can be approved.
pub fn charge(weakenings: &[Weakening], gate: &Gate, approval: &Approval) -> Vec<Regression> {
    let (accepted, note) = match (gate.weakening, approval) {
        (WeakeningRule::Report, _) => (true, "a notice, as `weakening = \"report\"`".to_owned()),
        (WeakeningRule::Approve, Approval::Given(by)) => (true, format!("approved by @{by}")),
        (WeakeningRule::Approve, Approval::Missing(how)) => (false, how.clone()),
    };
    let charged = weakenings.iter().map(|weakening| {
        let can_be_accepted = weakening.kind != RegressionKind::Policy;
        let message = if can_be_accepted && !note.is_empty() {
            format!("{} ({note})", weakening.message)
        } else {
            weakening.message.clone()
        };
        Regression {
            kind: weakening.kind,
            control: weakening.control.clone(),
            component: None,
            severity: weakening.severity,
            path: weakening.path.clone(),
            line: weakening.line,
            message,
            fingerprint: None,
            gates: !(accepted && can_be_accepted),
        }
    });
    charged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing() -> Approval {
        Approval::Missing("an owner's review accepts it".to_owned())
    }

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
            charge(&all, &gate, &approval).iter().map(|found| found.gates).collect()
        };
        assert_eq!(gates(WeakeningRule::Approve, missing()), [true, true]);
        assert_eq!(
            gates(WeakeningRule::Approve, Approval::Given("ana".to_owned())),
            [false, true]
        );
        assert_eq!(gates(WeakeningRule::Report, missing()), [false, true]);
    }
}
