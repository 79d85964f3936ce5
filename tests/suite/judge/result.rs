//! The result as it is put together.

use readygate::model::{Change, Counts, FailOn, Gate, OutcomeKind, Severity};
use readygate::policy::Waiver;

use super::stage::*;

fn waiver(control: &str, path: Option<&str>) -> Waiver {
    Waiver {
        control: control.to_owned(),
        path: path.map(str::to_owned),
        reason: "soon".to_owned(),
        owner: "@ops".to_owned(),
        expires: day("2026-12-20"),
        origin: origin(30),
    }
}

#[test]
fn every_pair_is_told_counted_and_placed() {
    let base = files(&[("a/package.json", "{}"), ("a/x.ts", "GOOD\n"), ("a/y.ts", "BAD\n")]);
    let head = files(&[
        ("a/package.json", "{}"),
        ("a/x.ts", "GOOD\n"),
        ("a/y.ts", "BAD\nBAD z\n"),
        ("a/.env", "K=1\n"),
    ]);
    let mut policy = policy();
    policy.waivers.push(waiver("tree.no-env", None));
    let judged = judge(&policy, &head, &base);
    let gate = Gate::default();
    let report = told(
        &policy,
        &gate,
        (&judged.head, &judged.assessed.items),
        Some(judged.comparison),
    );

    let ids: Vec<&str> = report.controls.iter().map(|control| control.id.as_str()).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    assert_eq!(ids, sorted);
    let expected = Counts {
        pass: 2,
        fail: 2,
        waived: 1,
        ..Counts::default()
    };
    assert_eq!(report.counts, expected);
    // 4 + 1 of 8 + 4 + 2 + 1 + 1.
    assert_eq!(report.verdict.score, Some(31));
    assert_eq!(report.verdict.decision.as_str(), "no-go");
    let names = "`code.no-bad` in `a` (critical), `tree.no-bad-at-all` (low)";
    assert_eq!(
        report.verdict.reasons,
        [format!("2 regressions against the merge base: {names}")]
    );

    let bad = &report.controls[0];
    assert_eq!(
        (bad.component.as_deref(), bad.change),
        (Some("a"), Some(Change::Regressed))
    );
    assert_eq!(bad.demanded_by, Some((".github/readiness.toml".to_owned(), 7)));
    let lines: Vec<_> = bad
        .findings
        .iter()
        .map(|found| (found.line, found.introduced))
        .collect();
    assert_eq!(lines, [(Some(1), Some(false)), (Some(2), Some(true))]);
    assert_eq!(
        report.regressions[0].fingerprint.as_ref(),
        Some(&bad.findings[1].fingerprint)
    );
    assert_eq!(report.regressions[0].severity, Severity::Critical);

    let env = report
        .controls
        .iter()
        .find(|control| control.id == "tree.no-env")
        .unwrap();
    assert_eq!((env.outcome, env.findings.len()), (OutcomeKind::Waived, 1));
    assert_eq!(env.waiver.as_ref().map(|waiver| waiver.owner.as_str()), Some("@ops"));
    let good = report
        .controls
        .iter()
        .find(|control| control.id == "code.wants-good")
        .unwrap();
    assert_eq!(
        (good.evidence[0].path.as_str(), good.evidence[0].line),
        ("a/x.ts", Some(1))
    );
}

#[test]
fn of_a_control_that_still_fails_only_the_open_gaps_are_shown() {
    let mut policy = policy();
    policy.waivers.push(waiver("tree.no-bad-at-all", Some("a/**")));
    let head = files(&[("a/x.ts", "BAD\n"), ("b/x.ts", "BAD\n")]);
    let judged = judge(&policy, &head, &head);
    let report = told(&policy, &Gate::default(), (&judged.head, &judged.assessed.items), None);
    let control = report
        .controls
        .iter()
        .find(|control| control.id == "tree.no-bad-at-all")
        .unwrap();
    let paths: Vec<_> = control.findings.iter().map(|found| found.path.as_deref()).collect();
    assert_eq!((control.outcome, paths), (OutcomeKind::Fail, vec![Some("b/x.ts")]));
    // Without a base nothing is said of changes.
    assert_eq!((control.change, control.findings[0].introduced), (None, None));
    assert!(report.verdict.reasons[0].contains("no base to compare with"));
}

#[test]
fn an_unknown_says_what_would_settle_it_and_a_preview_that_it_does_not_gate() {
    let policy = policy();
    let head = files(&[("x.ts", "<<<<\nBAD\n")]);
    let judged = judge(&policy, &head, &Files::new());
    let items: Vec<_> = judged
        .assessed
        .items
        .iter()
        .cloned()
        .map(|item| item.preview())
        .collect();
    let base = judge(&policy, &head, &head).comparison;
    let gate = Gate {
        fail_on: FailOn::Low,
        ..Gate::default()
    };
    let report = told(&policy, &gate, (&judged.head, &items), Some(base));
    let reason = |id: &str| &report.controls.iter().find(|control| control.id == id).unwrap().reason;
    let settle =
        "only head's policy asks for this, so it does not gate yet: `x.ts` can't be read; to settle it, mend it";
    assert_eq!(reason("code.wants-good"), settle);
    assert_eq!(report.verdict.decision.as_str(), "go");
    assert_eq!(report.verdict.score, None);
}
