//! Attestations and waivers.

use readygate::check::{Condition, Leaf, kind};
use readygate::judge::{assess, digest};
use readygate::model::{Cause, OutcomeKind, Scope, Severity, UnknownRule};
use readygate::policy::{Attestation, Policy, Waiver};

use super::stage::*;

fn word() -> Leaf {
    let parameters = serde_json::json!({ "statement": "A restore was tried", "max-days": 30 });
    let built = (kind("attestation").unwrap().build)(&parameters);
    let check = built.unwrap_or_else(|problems| panic!("{problems:?}"));
    Leaf::new("attestation", &parameters.to_string(), check)
}

fn repository(check: Condition) -> Policy {
    policy_of(vec![control("db.restore", Severity::High, Scope::Repository, check)])
}

fn attestation(on: &str, expires: &str) -> Attestation {
    Attestation {
        control: "db.restore".to_owned(),
        by: "@ana".to_owned(),
        on: day(on),
        expires: day(expires),
        evidence: "https://example.com/restore".to_owned(),
        paths: Vec::new(),
        digest: None,
        origin: origin(20),
    }
}

fn waiver(path: Option<&str>, expires: &str) -> Waiver {
    Waiver {
        control: "db.restore".to_owned(),
        path: path.map(str::to_owned),
        reason: "soon".to_owned(),
        owner: "@ops".to_owned(),
        expires: day(expires),
        origin: origin(30),
    }
}

fn told(policy: &Policy, tree: &Files) -> (OutcomeKind, String, Vec<String>) {
    let assessment = assess(policy, &snapshot(tree), today());
    let item = &assessment.items[0];
    let notices = assessment.notices.iter().map(|notice| notice.message.clone()).collect();
    (item.outcome, item.reason.clone(), notices)
}

#[test]
fn a_word_counts_from_its_day_to_its_last_and_no_longer_than_the_control_lets_it() {
    let cases = [
        ("2026-11-20", "2026-11-20", true, "attested by @ana until 2026-11-20"),
        ("2026-11-01", "2027-11-01", true, "attested by @ana until 2026-12-01"),
        (
            "2026-11-21",
            "2026-12-01",
            false,
            "is dated 2026-11-21, which is still to come",
        ),
        ("2026-11-01", "2026-11-19", false, "expired on 2026-11-19"),
        (
            "2026-10-01",
            "2027-10-01",
            false,
            "ended on 2026-10-31, the longest time",
        ),
    ];
    for (on, expires, counts, words) in cases {
        let mut policy = repository(Condition::One(word()));
        policy.attestations.push(attestation(on, expires));
        let (outcome, reason, notices) = told(&policy, &Files::new());
        assert_eq!(outcome == OutcomeKind::Pass, counts, "{on} {expires}: {reason}");
        assert!(reason.contains(words), "{reason}");
        // One that counts may be said to end soon, and nothing else.
        let against: Vec<&String> = notices.iter().filter(|notice| !notice.contains(" ends ")).collect();
        assert_eq!(against.is_empty(), counts, "{notices:?}");
    }
}

#[test]
fn what_ends_within_two_weeks_is_stale_and_what_no_gap_needs_is_unused() {
    use readygate::model::NoticeKind::{self, Expired, Refused, Stale, Unused, Void};
    let bad = files(&[("a.ts", "BAD\n")]);
    let kinds = |policy: &Policy, tree: &Files| -> Vec<NoticeKind> {
        let notices = assess(policy, &snapshot(tree), today()).notices;
        assert!(notices.iter().all(|notice| notice.control == "db.restore"));
        notices.into_iter().map(|notice| notice.kind).collect()
    };
    for (path, expires, expected) in [
        (None, "2026-11-20", vec![Stale]),
        (None, "2026-12-04", vec![Stale]),
        (None, "2026-12-05", vec![]),
        (None, "2026-11-19", vec![Expired]),
        (None, "2028-11-20", vec![Refused]),
        (Some("b/**"), "2026-12-04", vec![Unused]),
    ] {
        let mut policy = repository(one(Forbid("BAD")));
        policy.waivers.push(waiver(path, expires));
        assert_eq!(kinds(&policy, &bad), expected, "{path:?} {expires}");
        let passing = if expected == [Stale] || expected.is_empty() {
            vec![Unused]
        } else {
            expected
        };
        assert_eq!(kinds(&policy, &Files::new()), passing, "{path:?} {expires}");
    }
    let mut policy = repository(Condition::One(word()));
    policy.attestations.push(attestation("2026-11-10", "2026-12-04"));
    assert_eq!(kinds(&policy, &bad), [Stale]);
    policy.attestations[0].expires = day("2026-12-05");
    assert_eq!(kinds(&policy, &bad), []);
    policy.attestations[0].paths = vec!["*.ts".to_owned()];
    assert_eq!(kinds(&policy, &bad), [Void]);
    // A waiver of a path sees nothing where nothing was seen, and one of all keeps the unknown from gating.
    let unread = files(&[("a.ts", "<<<<\n")]);
    for (path, expected) in [(Some("a.ts"), vec![Unused]), (None, vec![])] {
        let mut policy = repository(one(Want("GOOD")));
        policy.waivers.push(waiver(path, "2026-12-20"));
        assert_eq!(kinds(&policy, &unread), expected);
    }
}

#[test]
fn another_digest_voids_it_and_what_has_no_ids_cannot_be_verified() {
    let tree = files(&[("infra/a.tf", "one\n"), ("other.txt", "x\n")]);
    let signed = digest(&snapshot(&tree).tree, &["infra/**".to_owned()]).unwrap();
    let mut policy = repository(Condition::One(word()));
    let mut with_paths = attestation("2026-11-10", "2026-12-01");
    with_paths.paths = vec!["infra/**".to_owned()];
    with_paths.digest = Some(signed);
    policy.attestations.push(with_paths);
    assert_eq!(told(&policy, &tree).0, OutcomeKind::Pass);

    let mut same = tree.clone();
    same.insert("other.txt".to_owned(), "changed\n".to_owned());
    assert_eq!(told(&policy, &same).0, OutcomeKind::Pass);
    for (path, text) in [("infra/a.tf", "two\n"), ("infra/b.tf", "new\n")] {
        let mut changed = tree.clone();
        changed.insert(path.to_owned(), text.to_owned());
        let (outcome, reason, _) = told(&policy, &changed);
        assert_eq!(outcome, OutcomeKind::Fail);
        assert!(
            reason.contains("is void: the files that it covers have changed"),
            "{reason}"
        );
    }
    let (_, reason, _) = told(&policy, &files(&[("other.txt", "x\n")]));
    assert!(reason.contains("its paths match no file"), "{reason}");
    policy.attestations[0].digest = None;
    assert!(told(&policy, &tree).1.contains("has no digest"));
}

#[test]
fn a_word_settles_what_no_machine_sees_and_nothing_beside() {
    let tree = files(&[("a.ts", "MAGIC\n")]);
    // Unknown by our own limit: attested in one line.
    let mut policy = repository(one(Want("GOOD")));
    assert_eq!(told(&policy, &tree).0, OutcomeKind::Unknown);
    policy.attestations.push(attestation("2026-11-10", "2026-12-01"));
    assert_eq!(told(&policy, &tree).0, OutcomeKind::Pass);
    // Joined with a check that asks for more than the word, the rest still has to hold.
    let mut both = repository(Condition::All(vec![one(Want("GOOD")), Condition::One(word())]));
    both.attestations.push(attestation("2026-11-10", "2026-12-01"));
    let (outcome, reason, _) = told(&both, &tree);
    assert_eq!(outcome, OutcomeKind::Unknown, "{reason}");
    assert_eq!(told(&both, &files(&[("a.ts", "x\n")])).0, OutcomeKind::Fail);
    assert_eq!(told(&both, &files(&[("a.ts", "GOOD\n")])).0, OutcomeKind::Pass);
    // One of two ways: the word will do.
    let mut either = repository(Condition::Any(vec![one(Want("GOOD")), Condition::One(word())]));
    either.attestations.push(attestation("2026-11-10", "2026-12-01"));
    assert_eq!(told(&either, &files(&[("a.ts", "x\n")])).0, OutcomeKind::Pass);
}

#[test]
fn a_word_about_one_component_says_nothing_of_another() {
    let tree = files(&[
        ("a/package.json", "{}"),
        ("a/x.ts", "x\n"),
        ("b/package.json", "{}"),
        ("b/y.ts", "y\n"),
    ]);
    let mut policy = policy_of(vec![control(
        "db.restore",
        Severity::High,
        Scope::Component,
        one(Want("GOOD")),
    )]);
    let mut word = attestation("2026-11-10", "2026-12-01");
    word.paths = vec!["a/**".to_owned()];
    word.digest = digest(&snapshot(&tree).tree, &word.paths).ok();
    policy.attestations.push(word);
    let assessment = assess(&policy, &snapshot(&tree), today());
    let outcomes: Vec<_> = assessment
        .items
        .iter()
        .map(|item| (item.folder().unwrap(), item.outcome))
        .collect();
    assert_eq!(outcomes, [("a", OutcomeKind::Pass), ("b", OutcomeKind::Fail)]);
}

#[test]
fn a_waiver_covers_its_paths_until_its_day_within_the_gates_limit() {
    let tree = files(&[("a/x.ts", "BAD\n"), ("b/y.ts", "BAD\n")]);
    let cases = [
        (
            None,
            "2026-11-20",
            OutcomeKind::Waived,
            "accepted by @ops until 2026-11-20: soon",
        ),
        (Some("{a,b}/**"), "2026-12-20", OutcomeKind::Waived, "accepted by @ops"),
        (
            Some("a/**"),
            "2026-12-20",
            OutcomeKind::Fail,
            "1 of 2 gaps accepted by @ops",
        ),
        (Some("c/**"), "2026-12-20", OutcomeKind::Fail, "`BAD` is used"),
        (
            None,
            "2026-11-19",
            OutcomeKind::Fail,
            "the waiver of @ops expired on 2026-11-19",
        ),
        (None, "2027-02-18", OutcomeKind::Waived, "accepted by @ops"),
        (None, "2027-02-19", OutcomeKind::Fail, "more than the 90 days"),
        (Some("a["), "2026-12-20", OutcomeKind::Fail, "its path can't be used"),
    ];
    for (path, expires, expected, words) in cases {
        let mut policy = repository(one(Forbid("BAD")));
        policy.waivers.push(waiver(path, expires));
        let (outcome, reason, _) = told(&policy, &tree);
        assert_eq!(outcome, expected, "{path:?} {expires}: {reason}");
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn what_passes_needs_neither_and_both_are_told() {
    let mut policy = repository(one(Forbid("BAD")));
    policy.waivers.push(waiver(None, "2026-12-20"));
    policy.attestations.push(attestation("2026-11-10", "2026-12-01"));
    let (outcome, reason, notices) = told(&policy, &Files::new());
    assert_eq!((outcome, reason.as_str()), (OutcomeKind::Pass, "no `BAD` anywhere"));
    let expected = [
        "the attestation of `db.restore` by @ana is not needed: there is no such gap",
        "the waiver of `db.restore` by @ops is not needed: there is no such gap",
    ];
    assert_eq!(notices, expected);
}

#[test]
fn a_waived_unknown_stays_unknown_and_does_not_gate() {
    let mut policy = repository(one(Want("GOOD")));
    policy.gate.unknown = [(Severity::High, UnknownRule::Fail)].into();
    let tree = files(&[("a.ts", "<<<<\n")]);
    let decide = |policy: &Policy| {
        let items = assess(policy, &snapshot(&tree), today()).items;
        assert_eq!(items[0].outcome, OutcomeKind::Unknown);
        assert_eq!(items[0].unread.as_ref().map(|unread| unread.cause), Some(Cause::Parse));
        readygate::judge::decide(&policy.gate, &items, &[], readygate::judge::Baseline::Known)
            .decision
            .as_str()
    };
    assert_eq!(decide(&policy), "no-go");
    policy.waivers.push(waiver(Some("a.ts"), "2026-12-20"));
    assert_eq!(decide(&policy), "no-go");
    policy.waivers.push(waiver(None, "2026-12-20"));
    assert_eq!(decide(&policy), "go");
}

#[test]
fn a_gap_waived_on_base_is_not_new_in_head() {
    let mut policy = repository(one(Forbid("BAD")));
    policy.waivers.push(waiver(Some("old/**"), "2026-12-20"));
    let (base, head) = (files(&[("old/x.ts", "BAD\n")]), files(&[("new/x.ts", "BAD\n")]));
    let judged = judge(&policy, &head, &base);
    assert_eq!(judged.base.items[0].outcome, OutcomeKind::Waived);
    assert_eq!(judged.assessed.items[0].outcome, OutcomeKind::Fail);
    assert!(judged.regressions().is_empty());
    // And a waived finding of head is none.
    assert!(judge(&policy, &base, &Files::new()).regressions().is_empty());
}

#[test]
fn of_two_new_gaps_the_waived_one_is_no_regression() {
    let mut policy = repository(one(Forbid("BAD")));
    policy.waivers.push(waiver(Some("a/**"), "2026-12-20"));
    let head = files(&[("a/x.ts", "BAD\n"), ("b/y.ts", "BAD\n")]);
    let judged = judge(&policy, &head, &Files::new());
    assert_eq!(judged.regressions(), ["Finding db.restore b/y.ts:1"]);
}
