//! The table of decisions, every row of it.

use std::sync::Arc;

use readygate::judge::{Assessed, Baseline, Conclusion, Ending, decide, score};
use readygate::model::{
    Cause, Examined, FailOn, Gap, Gate, Regression, RegressionKind, Severity, UnknownRule, Unread, Verdict, Waived,
};

use super::stage::{Forbid, control, day, one};

const LEVELS: [FailOn; 6] = [
    FailOn::Never,
    FailOn::Regression,
    FailOn::Critical,
    FailOn::High,
    FailOn::Medium,
    FailOn::Low,
];
const SEVERITIES: [Severity; 4] = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Clean,
    Failing,
    Preview,
    Waived,
    Unknown,
    UnknownWaived,
}
const STATES: [State; 6] = [
    State::Clean,
    State::Failing,
    State::Preview,
    State::Waived,
    State::Unknown,
    State::UnknownWaived,
];

fn item(state: State, severity: Severity) -> Assessed {
    let info = control("a.b", severity, Default::default(), one(Forbid("x"))).info;
    let examined = match state {
        State::Clean => Examined::pass("fine", Vec::new()),
        State::Failing | State::Preview | State::Waived => Examined::fail("bad", vec![Gap::missing("x", "no x")]),
        State::Unknown | State::UnknownWaived => Examined::unknown(Unread::new(Cause::Network, "no answer", "try")),
    };
    let mut item = Assessed::new(Arc::new(info), None, None, examined);
    if matches!(state, State::Waived | State::UnknownWaived) {
        item.waiver = Some(Waived {
            reason: "soon".to_owned(),
            owner: "@ops".to_owned(),
            expires: day("2026-12-01"),
            path: None,
        });
    }
    match state {
        State::Waived => item.outcome = readygate::model::OutcomeKind::Waived,
        State::Preview => item = item.preview(),
        State::Clean | State::Failing | State::Unknown | State::UnknownWaived => {}
    }
    item
}

fn regression(severity: Severity, gates: bool) -> Regression {
    Regression {
        kind: RegressionKind::Finding,
        control: Some("a.b".to_owned()),
        component: None,
        severity,
        path: None,
        line: None,
        message: "worse".to_owned(),
        fingerprint: None,
        gates,
    }
}

/// The contract's table once more, written as differently as it can be.
fn expected(
    level: FailOn,
    baseline: Baseline,
    state: State,
    severity: Severity,
    unknown: UnknownRule,
    worse: Option<(Severity, bool)>,
) -> (Verdict, bool) {
    let bad = state == State::Failing || state == State::Unknown && unknown == UnknownRule::Fail;
    let worse = worse.filter(|(_, gates)| *gates).map(|(severity, _)| severity);
    let rank = match level {
        FailOn::Never => return (Verdict::Go, bad || worse.is_some()),
        FailOn::Regression if baseline == Baseline::Known => {
            let unsettled = state == State::Unknown && unknown == UnknownRule::Fail;
            let no_go = worse.is_some() || unsettled;
            return (if no_go { Verdict::NoGo } else { Verdict::Go }, false);
        }
        FailOn::Regression | FailOn::Critical => 0,
        FailOn::High => 1,
        FailOn::Medium => 2,
        FailOn::Low => 3,
    };
    let gates = |severity: Severity| SEVERITIES.iter().position(|known| *known == severity).unwrap() <= rank;
    let no_go = bad && gates(severity) || worse.is_some_and(gates);
    (if no_go { Verdict::NoGo } else { Verdict::Go }, false)
}

#[test]
fn every_row() {
    let mut worses = vec![None];
    for severity in SEVERITIES {
        worses.extend([Some((severity, true)), Some((severity, false))]);
    }
    let mut rows = 0;
    for level in LEVELS {
        for baseline in [Baseline::Known, Baseline::Absent] {
            for unknown in [UnknownRule::Report, UnknownRule::Fail] {
                for (state, severity) in STATES
                    .iter()
                    .flat_map(|state| SEVERITIES.map(|severity| (*state, severity)))
                {
                    for worse in &worses {
                        let gate = Gate {
                            fail_on: level,
                            unknown: [(severity, unknown)].into(),
                            ..Gate::default()
                        };
                        let regressions: Vec<Regression> = worse
                            .iter()
                            .map(|(severity, gates)| regression(*severity, *gates))
                            .collect();
                        let verdict = decide(&gate, &[item(state, severity)], &regressions, baseline);
                        let row = format!("{level:?} {baseline:?} {unknown:?} {state:?} {severity:?} {worse:?}");
                        let wanted = expected(level, baseline, state, severity, unknown, *worse);
                        assert_eq!(
                            (verdict.decision, verdict.neutral),
                            wanted,
                            "{row}: {:?}",
                            verdict.reasons
                        );
                        assert!(!verdict.reasons.is_empty(), "{row}");
                        let said = verdict.reasons[0].contains("no base to compare with");
                        assert_eq!(
                            said,
                            level == FailOn::Regression && baseline == Baseline::Absent,
                            "{row}"
                        );
                        rows += 1;
                    }
                }
            }
        }
    }
    assert_eq!(rows, 6 * 2 * 2 * 24 * 9);
}

#[test]
fn each_ending_has_its_status_and_conclusion() {
    let verdict = |fail_on, state| {
        let gate = Gate {
            fail_on,
            ..Gate::default()
        };
        decide(&gate, &[item(state, Severity::Critical)], &[], Baseline::Known)
    };
    let (go, no_go, never) = (
        verdict(FailOn::Critical, State::Clean),
        verdict(FailOn::Critical, State::Failing),
        verdict(FailOn::Never, State::Failing),
    );
    let told = [
        Ending::Judged(&go),
        Ending::Judged(&no_go),
        Ending::Judged(&never),
        Ending::Misused,
        Ending::Unreadable,
    ]
    .map(|ending| (ending.exit_status(), ending.conclusion()));
    let expected = [
        (0, Conclusion::Success),
        (1, Conclusion::Failure),
        (0, Conclusion::Neutral),
        (2, Conclusion::Failure),
        (3, Conclusion::Failure),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_reasons_are_sentences_that_name_what_gates() {
    let gate = Gate {
        fail_on: FailOn::High,
        ..Gate::default()
    };
    let items = [
        item(State::Failing, Severity::Critical),
        item(State::Failing, Severity::Low),
    ];
    let verdict = decide(&gate, &items, &[regression(Severity::High, true)], Baseline::Known);
    let expected = [
        "1 regression of severity high or above against the merge base: `a.b` (high)",
        "1 control of severity high or above fails: `a.b` (critical)",
    ];
    assert_eq!(verdict.reasons, expected);
    let alone = decide(&Gate::default(), &items, &[], Baseline::Absent);
    let expected = [
        "there is no base to compare with, so `regression` is judged as `critical`",
        "1 control of severity critical fails: `a.b` (critical)",
    ];
    assert_eq!(alone.reasons, expected);
    let clean = decide(&Gate::default(), &items, &[], Baseline::Known);
    assert_eq!(clean.reasons, ["nothing got worse against the merge base"]);
}

#[test]
fn the_score_weighs_passes_among_what_applies() {
    let of = |states: &[(State, Severity)]| {
        let items: Vec<Assessed> = states.iter().map(|(state, severity)| item(*state, *severity)).collect();
        score(&items)
    };
    assert_eq!(of(&[]), None);
    assert_eq!(
        of(&[(State::Clean, Severity::Critical), (State::Unknown, Severity::Low)]),
        Some(88)
    );
    assert_eq!(
        of(&[(State::Waived, Severity::High), (State::Clean, Severity::High)]),
        Some(50)
    );
    assert_eq!(
        of(&[(State::Preview, Severity::High), (State::Clean, Severity::Low)]),
        Some(100)
    );
}
