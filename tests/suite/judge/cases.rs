//! What is a regression and what is not, case by case.

use readygate::judge::Finding;
use readygate::model::{Change, OutcomeKind, Scope, Severity};

use super::stage::*;

const MANIFEST: &str =
    "{\n  \"name\": \"x\",\n  \"private\": true,\n  \"version\": \"1.0.0\",\n  \"type\": \"module\"\n}\n";

/// A component's worth of text in which each file has its own lines.
fn text(name: &str, extra: &str) -> String {
    let lines: String = (1..=6).map(|line| format!("const {name}{line} = {line};\n")).collect();
    lines + extra
}

fn only(id: &str) -> readygate::policy::Policy {
    let check = match id {
        "no-bad" => one(Forbid("BAD")),
        "good" => one(Want("GOOD")),
        "agree" => one(Agree("GOOD")),
        "env" => one(NoFile(".env")),
        other => panic!("no control {other}"),
    };
    policy_of(vec![control(
        &format!("a.{id}"),
        Severity::High,
        Scope::Component,
        check,
    )])
}

#[test]
fn a_new_finding_is_one_and_an_old_one_is_not_wherever_it_stands() {
    let base = files(&[("a.ts", "one\nBAD x\n")]);
    let head = files(&[("a.ts", "new\nnew\none\n   BAD   x\nBAD y\n")]);
    let judged = judge(&only("no-bad"), &head, &base);
    assert_eq!(judged.regressions(), ["Finding a.no-bad a.ts:5"]);
    assert_eq!(judged.comparison.changes, [Some(Change::Regressed)]);
    assert_eq!(judged.comparison.introduced, [[Some(false), Some(true)]]);
}

#[test]
fn of_equal_findings_only_the_surplus_is_new() {
    let base = files(&[("a.ts", "BAD x\nBAD x\n")]);
    let head = files(&[("a.ts", "BAD x\nBAD x\nBAD x\n")]);
    assert_eq!(
        judge(&only("no-bad"), &head, &base).regressions(),
        ["Finding a.no-bad a.ts:3"]
    );
    assert!(judge(&only("no-bad"), &base, &head).regressions().is_empty());
}

#[test]
fn moved_and_edited_files_carry_their_findings() {
    let base = files(&[("src/a.ts", &text("a", "BAD x\n")), ("src/.env", "K=1\nL=2\nM=3\n")]);
    let head = files(&[
        ("lib/b.ts", &text("a", "BAD x\nmore\n")),
        ("lib/.env", "K=1\nL=2\nM=3\nN=4\n"),
    ]);
    for id in ["no-bad", "env"] {
        let judged = judge(&only(id), &head, &base);
        assert!(judged.regressions().is_empty(), "{id}: {:?}", judged.regressions());
    }
    // What is another file altogether is a new finding.
    let other = files(&[
        ("lib/b.ts", &text("a", "BAD x\n")),
        ("lib/.env", "other\nwords\nhere\n"),
    ]);
    assert_eq!(
        judge(&only("env"), &other, &base).regressions(),
        ["Finding a.env lib/.env:-"]
    );
}

#[test]
fn a_file_split_in_two_has_nothing_new() {
    let base = files(&[("a.ts", "BAD x\nBAD y\nBAD x\n")]);
    let head = files(&[
        ("a.ts", "BAD x\n"),
        ("b.ts", "if (y) {\n  BAD y\n}\n"),
        ("c.ts", "BAD x\n"),
    ]);
    assert!(judge(&only("no-bad"), &head, &base).regressions().is_empty());
    let more = files(&[("a.ts", "BAD x\n"), ("b.ts", "BAD y\nBAD x\n"), ("c.ts", "BAD x\n")]);
    assert_eq!(judge(&only("no-bad"), &more, &base).regressions().len(), 1);
}

#[test]
fn a_component_that_moves_keeps_its_past() {
    for (from, to) in [("api", "apps/server"), (".", "backend"), ("backend", ".")] {
        let at = |folder: &str, path: &str| match folder {
            "." => path.to_owned(),
            _ => format!("{folder}/{path}"),
        };
        let side = |folder: &str| -> Files {
            let mut files = Files::new();
            files.insert(at(folder, "package.json"), MANIFEST.to_owned());
            files.insert(at(folder, "src/a.ts"), text("a", "BAD x\n"));
            files.insert(at(folder, ".env"), "K=1\n".to_owned());
            files
        };
        let judged = judge(&policy(), &side(to), &side(from));
        assert!(
            judged.regressions().is_empty(),
            "{from} to {to}: {:?}",
            judged.regressions()
        );
        assert!(
            judged
                .assessed
                .items
                .iter()
                .any(|item| item.outcome == OutcomeKind::Fail)
        );
    }
}

#[test]
fn a_root_split_into_two_components_regresses_nothing() {
    let base = files(&[
        ("package.json", MANIFEST),
        ("server/a.ts", &text("a", "BAD x\n")),
        ("web/b.ts", &text("b", "\n")),
        ("readme.txt", "x\n"),
    ]);
    let mut head = base.clone();
    head.insert(
        "server/package.json".to_owned(),
        "{ \"name\": \"server\" }\n".to_owned(),
    );
    head.insert("web/package.json".to_owned(), "{ \"name\": \"web\" }\n".to_owned());
    let judged = judge(&policy(), &head, &base);
    assert!(judged.regressions().is_empty(), "{:?}", judged.regressions());
    // `GOOD` is missing in both, as it was in the root.
    let missing = |item: &&readygate::judge::Assessed| item.info.id == "code.wants-good";
    let outcomes: Vec<_> = judged
        .assessed
        .items
        .iter()
        .filter(missing)
        .map(|item| item.outcome)
        .collect();
    assert_eq!(
        outcomes,
        [OutcomeKind::NotApplicable, OutcomeKind::Fail, OutcomeKind::Fail]
    );
}

#[test]
fn a_new_component_with_a_gap_is_a_regression() {
    let base = files(&[("api/package.json", MANIFEST), ("api/a.ts", "GOOD\n")]);
    let mut head = base.clone();
    head.insert("web/package.json".to_owned(), "{}\n".to_owned());
    head.insert("web/b.ts".to_owned(), "nothing\n".to_owned());
    // A missing thing is shown at line 1 of the component's manifest.
    let judged = judge(&only("good"), &head, &base);
    assert_eq!(judged.regressions(), ["Finding a.good web/package.json:1"]);
}

#[test]
fn what_was_unknown_before_cannot_be_proven_worse() {
    for word in ["<<<<", "OUTAGE", "MAGIC"] {
        let base = files(&[("a.ts", word)]);
        let judged = judge(&only("good"), &files(&[("a.ts", "x\n")]), &base);
        assert!(judged.regressions().is_empty());
        assert_eq!(judged.comparison.introduced, [[None]]);
    }
}

#[test]
fn turning_unknown_counts_for_a_content_cause_alone() {
    for before in ["GOOD\n", "x\n"] {
        let base = files(&[("a.ts", before)]);
        let regressions = |word: &str| judge(&only("good"), &files(&[("a.ts", word)]), &base).regressions();
        assert_eq!(regressions("<<<<\n").len(), 1);
        assert!(regressions("OUTAGE\n").is_empty());
        assert!(regressions("MAGIC\n").is_empty());
    }
}

#[test]
fn turning_not_applicable_counts_unless_it_went_elsewhere() {
    let base = files(&[
        ("a/package.json", MANIFEST),
        ("a/x.ts", "GOOD\n"),
        ("b/package.json", "{}\n"),
    ]);
    let gone = files(&[
        ("a/package.json", MANIFEST),
        ("a/x.js", "other\n"),
        ("b/package.json", "{}\n"),
    ]);
    let judged = judge(&only("good"), &gone, &base);
    assert_eq!(judged.regressions(), ["NotApplicable a.good a/package.json:1"]);
    // What asks only that things agree has nothing to ask.
    assert!(judge(&only("agree"), &gone, &base).regressions().is_empty());
    let moved = files(&[
        ("a/package.json", MANIFEST),
        ("b/x.ts", "GOOD\n"),
        ("b/package.json", "{}\n"),
    ]);
    assert!(judge(&only("good"), &moved, &base).regressions().is_empty());
    // The component itself is no more: nothing is left to speak of.
    let removed = files(&[("b/package.json", "{}\n")]);
    assert!(judge(&only("good"), &removed, &base).regressions().is_empty());
}

#[test]
fn a_lost_line_is_shown_where_it_stood() {
    let base = files(&[("package.json", MANIFEST), ("a.ts", "1\n2\nGOOD\n4\n5\n")]);
    let head = files(&[("package.json", MANIFEST), ("a.ts", "0\n1\n2\n4\n5\n")]);
    assert_eq!(
        judge(&only("good"), &head, &base).regressions(),
        ["Finding a.good a.ts:4"]
    );
    let renamed = files(&[("package.json", MANIFEST), ("b.ts", "1\n2\n4\n5\n")]);
    assert_eq!(
        judge(&only("good"), &renamed, &base).regressions(),
        ["Finding a.good b.ts:3"]
    );
}

#[test]
fn without_a_manifest_the_policy_line_is_shown() {
    let judged = judge(&only("good"), &files(&[("a.ts", "x\n")]), &files(&[("a.js", "x\n")]));
    assert_eq!(judged.regressions(), ["Finding a.good .github/readiness.toml:7"]);
}

#[test]
fn what_is_mended_is_said_to_be() {
    let judged = judge(&only("good"), &files(&[("a.ts", "GOOD\n")]), &files(&[("a.ts", "x\n")]));
    assert_eq!(judged.comparison.changes, [Some(Change::Fixed)]);
}

#[test]
fn a_fingerprint_outlives_edits_around_it() {
    let prints = |text: &str| -> Vec<String> {
        let judged = judge(&only("no-bad"), &files(&[("a.ts", text)]), &Files::new());
        let findings = judged.assessed.items.into_iter().flat_map(|item| item.findings);
        findings.map(|Finding { fingerprint, .. }| fingerprint).collect()
    };
    assert_eq!(prints("BAD x\nBAD x\n"), prints("new\n\n  BAD  x\nnew\n\tBAD x\n"));
    assert_ne!(prints("BAD x\n"), prints("BAD y\n"));
}

#[test]
fn a_big_tree_is_compared_in_no_time() {
    let paths = |folder: &str| -> Files {
        (0..20_000)
            .map(|at| (format!("{folder}/{}/f{at}.ts", at % 97), format!("line {at}\n")))
            .collect()
    };
    let (head, base) = (snapshot(&paths("b")), snapshot(&paths("a")));
    let start = std::time::Instant::now();
    let moves = readygate::judge::moves(&head, &base);
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    assert_eq!(moves.path("a/0/f97.ts").as_str(), "b/0/f97.ts");
    assert_eq!(moves.expected("a/5/never-there").as_str(), "b/5/never-there");
}

#[test]
fn of_equal_blobs_the_one_of_the_same_name_is_the_same_file() {
    let base = snapshot(&files(&[("a/.env", "K\n"), ("a/one.txt", "K\n"), ("a/zz.txt", "K\n")]));
    let head = snapshot(&files(&[
        ("b/.a/zz.txt", "K\n"),
        ("b/.env", "K\n"),
        ("b/two.txt", "K\n"),
    ]));
    let moves = readygate::judge::moves(&head, &base);
    let pairs = [
        ("a/.env", "b/.env"),
        ("a/zz.txt", "b/.a/zz.txt"),
        ("a/one.txt", "b/two.txt"),
    ];
    for (old, new) in pairs {
        assert_eq!(moves.path(old).as_str(), new);
        assert_eq!(moves.path_in_base(&new.into()).as_str(), old);
    }
}

#[test]
fn a_finding_in_a_file_that_base_could_not_read_is_not_called_new() {
    use readygate::judge::{Side, assess, compare, moves};
    use readygate::model::{Cause, Read, RepoPath, Unread};
    let tree = files(&[("a.ts", "BAD x\n"), ("b.ts", "BAD y\n")]);
    let (head, mut base) = (snapshot(&tree), snapshot(&tree));
    let unread = Unread::new(Cause::Network, "`b.ts` could not be fetched", "run again");
    base.insert(RepoPath::new("b.ts"), Read::Unread(unread));
    let policy = only("no-bad");
    let (now, before) = (assess(&policy, &head, today()), assess(&policy, &base, today()));
    let side = |snapshot, items| Side { snapshot, items };
    let found = compare(
        side(&head, &now.items),
        side(&base, &before.items),
        &moves(&head, &base),
    );
    assert!(found.regressions.is_empty());
    assert_eq!(found.introduced, [[Some(false), None]]);
}

#[test]
fn only_files_that_may_be_one_are_asked_for() {
    let policy = only("env");
    let text = |extra: &str| format!("A=1\nB=2\nC=3\n{extra}");
    let base = snapshot(&files(&[("old/.env", &text("")), ("old/b.ts", "x\n")]));
    let mut head = snapshot(&files(&[("new/.env", &text("D=4\n")), ("new/c.ts", "y\n")]));
    let known = readygate::judge::assess(&policy, &head, today());
    // The same head of which nothing was read yet, but judged by its paths.
    head = readygate::model::Snapshot::new(head.tree);
    let before = readygate::judge::assess(&policy, &base, today());
    let wanted = readygate::judge::moves_wanted((&head, &known.items), (&base, &before.items));
    let names: Vec<&str> = wanted.head.files.iter().map(|path| path.as_str()).collect();
    assert_eq!(names, ["new/.env"]);
    assert!(wanted.base.is_empty());
}

/// What is charged where base has one bad call in `a.ts`.
fn charged(a: &str, b: &str) -> Vec<String> {
    let base = files(&[("a.ts", "BAD call.it('one')\n"), ("b.ts", "x\n")]);
    judge(&only("no-bad"), &files(&[("a.ts", a), ("b.ts", b)]), &base).regressions()
}

#[test]
fn a_call_that_was_edited_where_it_stands_is_no_new_one() {
    assert_eq!(charged("BAD call.it('two')\n", "x\n"), [""; 0]);
    assert_eq!(charged("y\nBAD call.it('two', {\n  x,\n})\n", "x\n"), [""; 0]);
    // What else is called is no edit of it.
    assert_eq!(charged("BAD call.that('one')\n", "x\n"), ["Finding a.no-bad a.ts:1"]);
}

#[test]
fn a_call_beside_the_one_that_base_has_is_one_more() {
    // Whichever of them comes first, the one that base has is not the new one.
    assert_eq!(
        charged("BAD call.it('one')\nBAD call.it('two')\n", "x\n"),
        ["Finding a.no-bad a.ts:2"]
    );
    assert_eq!(
        charged("BAD call.it('two')\nBAD call.it('one')\n", "x\n"),
        ["Finding a.no-bad a.ts:1"]
    );
    // One of them is the edited one.
    let both = charged("BAD call.it('two')\nBAD call.it('three')\n", "x\n");
    assert_eq!(both.len(), 1, "{both:?}");
}

#[test]
fn an_edited_call_in_another_file_is_a_new_one() {
    assert_eq!(charged("y\n", "x\nBAD call.it('two')\n"), ["Finding a.no-bad b.ts:2"]);
}
