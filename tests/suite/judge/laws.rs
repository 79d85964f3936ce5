//! The laws of judging, on generated repositories.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use readygate::judge::{Assessed, Baseline, Comparison, Side, assess, compare, decide, moves};
use readygate::model::{
    Cause, Change, FailOn, Gate, OutcomeKind, RegressionKind, Severity, Snapshot, UnknownRule, Unread, Verdict,
};
use readygate::policy::Waiver;

use super::stage::*;

const PATHS: [&str; 12] = [
    "x.ts",
    "a/x.ts",
    "a/y.ts",
    "a/.env",
    "a/in/z.ts",
    "b/x.ts",
    "b/w.ts",
    "b/.env",
    ".env",
    "c/x.ts",
    "c/deep/er/q.ts",
    "a/readme.txt",
];
const MANIFESTS: [&str; 4] = ["package.json", "a/package.json", "b/package.json", "c/package.json"];
const LINES: [&str; 12] = [
    "BAD one",
    "BAD  two",
    "\tBAD one",
    "GOOD",
    "<<<<",
    "OUTAGE",
    "MAGIC",
    "let p = 1;",
    "let q = 2;",
    "let r = 3;",
    "let s = 4;",
    "}",
];

fn any_files() -> impl Strategy<Value = Files> {
    let text = vec(select(&LINES[..]), 0..8).prop_map(|lines| lines.concat_lines());
    let sources = vec((select(&PATHS[..]), text), 0..9);
    let manifests = vec(select(&MANIFESTS[..]), 0..4);
    (sources, manifests).prop_map(|(sources, manifests)| {
        let mut files: Files = sources
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text))
            .collect();
        for path in manifests {
            files.insert(path.to_owned(), format!("{{ \"name\": \"{path}\" }}\n"));
        }
        files
    })
}

trait Lines {
    fn concat_lines(&self) -> String;
}

impl Lines for Vec<&str> {
    fn concat_lines(&self) -> String {
        self.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn any_gate() -> impl Strategy<Value = Gate> {
    let levels = [
        FailOn::Never,
        FailOn::Regression,
        FailOn::Critical,
        FailOn::High,
        FailOn::Medium,
        FailOn::Low,
    ];
    let severities = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    (select(levels.to_vec()), vec(select(severities.to_vec()), 0..3)).prop_map(|(fail_on, unknown)| Gate {
        fail_on,
        unknown: unknown
            .into_iter()
            .map(|severity| (severity, UnknownRule::Fail))
            .collect(),
        ..Gate::default()
    })
}

fn verdict(gate: &Gate, items: &[Assessed], comparison: &Comparison) -> Verdict {
    decide(gate, items, &comparison.regressions, Baseline::Known).decision
}

fn compared(head: (&Snapshot, &[Assessed]), base: (&Snapshot, &[Assessed])) -> Comparison {
    let side = |(snapshot, items)| Side { snapshot, items };
    compare(side(head), side(base), &moves(head.0, base.0))
}

/// The same list in another order, by a number that stands for one.
fn shuffled<T: Clone>(list: &[T], mut seed: u64) -> Vec<T> {
    let mut rest = list.to_vec();
    let mut out = Vec::new();
    while !rest.is_empty() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        out.push(rest.remove((seed >> 33) as usize % rest.len()));
    }
    out
}

/// Where every file goes when top folders get other names, a component at the root among them.
fn renamed(files: &Files) -> Files {
    let moved = |path: &str| match path.split_once('/') {
        Some(("a", rest)) => format!("apps/first/{rest}"),
        Some(("b", rest)) => format!("second/{rest}"),
        Some(("c", rest)) => format!("apps/third/{rest}"),
        _ => path.to_owned(),
    };
    files.iter().map(|(path, text)| (moved(path), text.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn head_against_itself_finds_nothing(files in any_files()) {
        let judged = judge(&policy(), &files, &files);
        prop_assert!(judged.regressions().is_empty(), "{:?}", judged.regressions());
        prop_assert!(judged.comparison.changes.iter().all(|change| *change == Some(Change::Unchanged)));
    }

    #[test]
    fn the_order_of_the_input_is_not_that_of_the_output(head in any_files(), base in any_files(), gate in any_gate(), seed: u64) {
        let policy = policy();
        let judged = judge(&policy, &head, &base);
        let straight = told(&policy, &gate, (&judged.head, &judged.assessed.items), Some(judged.comparison.clone()));
        let before = snapshot(&base);
        let mixed = (shuffled(&judged.assessed.items, seed), shuffled(&judged.base.items, seed ^ 77));
        let comparison = compared((&judged.head, &mixed.0), (&before, &mixed.1));
        prop_assert_eq!(straight, told(&policy, &gate, (&judged.head, &mixed.0), Some(comparison)));
    }

    #[test]
    fn removing_a_finding_never_turns_go_into_no_go(
        head in any_files(), base in any_files(), gate in any_gate(), which: prop::sample::Index,
    ) {
        let judged = judge(&policy(), &head, &base);
        let items = &judged.assessed.items;
        let all: Vec<(usize, usize)> = items.iter().enumerate()
            .flat_map(|(at, item)| (0..item.findings.len()).map(move |finding| (at, finding)))
            .collect();
        if all.is_empty() {
            return Ok(());
        }
        let (at, finding) = all[which.index(all.len())];
        let mut less = items.clone();
        less[at].findings.remove(finding);
        if less[at].findings.is_empty() {
            less[at].outcome = OutcomeKind::Pass;
        }
        let base = snapshot(&base);
        let after = compared((&judged.head, &less), (&base, &judged.base.items));
        if verdict(&gate, items, &judged.comparison) == Verdict::Go {
            prop_assert_eq!(verdict(&gate, &less, &after), Verdict::Go);
        }
        prop_assert!(after.regressions.len() <= judged.comparison.regressions.len());
    }

    #[test]
    fn removing_a_bad_line_never_turns_go_into_no_go(
        head in any_files(), base in any_files(), gate in any_gate(), which: prop::sample::Index,
    ) {
        let policy = policy_of(vec![control("code.no-bad", Severity::Critical, readygate::model::Scope::Component, one(Forbid("BAD")))]);
        let bad: Vec<String> = head.iter().filter(|(_, text)| text.contains("BAD")).map(|(path, _)| path.clone()).collect();
        if bad.is_empty() {
            return Ok(());
        }
        let path = &bad[which.index(bad.len())];
        let mut less = head.clone();
        let mut lines: Vec<&str> = head[path].lines().collect();
        let at = lines.iter().position(|line| line.contains("BAD")).unwrap();
        lines.remove(at);
        less.insert(path.clone(), lines.concat_lines());
        let (before, after) = (judge(&policy, &head, &base), judge(&policy, &less, &base));
        if verdict(&gate, &before.assessed.items, &before.comparison) == Verdict::Go {
            prop_assert_eq!(verdict(&gate, &after.assessed.items, &after.comparison), Verdict::Go);
        }
    }

    #[test]
    fn renaming_folders_regresses_nothing(files in any_files()) {
        for (head, base) in [(renamed(&files), files.clone()), (files.clone(), renamed(&files))] {
            let judged = judge(&policy(), &head, &base);
            prop_assert!(judged.regressions().is_empty(), "{:?}", judged.regressions());
            prop_assert!(judged.comparison.introduced.iter().flatten().all(|new| *new != Some(true)));
        }
    }

    #[test]
    fn splitting_and_indenting_files_regresses_nothing(files in any_files(), at in 0usize..6) {
        let mut head = Files::new();
        for (path, text) in &files {
            let Some(stem) = path.strip_suffix(".ts") else {
                head.insert(path.clone(), text.clone());
                continue;
            };
            let lines: Vec<String> = text.lines().map(|line| format!("    {}", line.trim())).collect();
            let (first, second) = lines.split_at(at.min(lines.len()));
            for (name, part) in [(format!("{stem}.first.ts"), first), (format!("{stem}.second.ts"), second)] {
                head.insert(name, part.iter().map(|line| format!("{line}\n")).collect());
            }
        }
        for (head, base) in [(&head, &files), (&files, &head)] {
            let judged = judge(&policy(), head, base);
            prop_assert!(judged.regressions().is_empty(), "{:?}", judged.regressions());
        }
    }

    #[test]
    fn adding_a_waiver_never_turns_go_into_no_go(
        head in any_files(), base in any_files(), gate in any_gate(),
        which in select(vec!["code.no-bad", "code.wants-good", "tree.no-env", "tree.no-bad-at-all", "tree.good-somewhere"]),
        path in select(vec![None, Some("a/**"), Some("**/.env"), Some("x.ts")]),
    ) {
        let mut policy = policy();
        let before = judge(&policy, &head, &base);
        policy.waivers.push(Waiver {
            control: which.to_owned(),
            path: path.map(str::to_owned),
            reason: "soon".to_owned(),
            owner: "@ops".to_owned(),
            expires: day("2026-12-01"),
            origin: origin(9),
        });
        let after = judge(&policy, &head, &base);
        if verdict(&gate, &before.assessed.items, &before.comparison) == Verdict::Go {
            prop_assert_eq!(verdict(&gate, &after.assessed.items, &after.comparison), Verdict::Go);
        }
        prop_assert!(after.comparison.regressions.len() <= before.comparison.regressions.len());
    }

    #[test]
    fn only_a_content_cause_regresses(files in any_files(), cause in select(vec![
        Cause::Permission, Cause::Limit, Cause::Network, Cause::Size, Cause::Parse, Cause::Encoding, Cause::Generated,
        Cause::Unmodelled,
    ])) {
        let (head, base) = (snapshot(&files), snapshot(&files));
        let before = assess(&policy(), &base, today()).items;
        let unknown: Vec<Assessed> = before.iter().cloned().map(|mut item| {
            item.outcome = OutcomeKind::Unknown;
            item.unread = Some(Unread::new(cause, "it can't be read", "try again"));
            item.findings.clear();
            item
        }).collect();
        let settled = before.iter().filter(|item| matches!(item.outcome, OutcomeKind::Pass | OutcomeKind::Fail)).count();
        let found = compared((&head, &unknown), (&base, &before)).regressions;
        prop_assert_eq!(found.len(), if cause.is_content() { settled } else { 0 });
        prop_assert!(found.iter().all(|found| found.kind == RegressionKind::Unknown));
        // And the other way round nothing is charged at all: what was unknown cannot be proven better.
        prop_assert!(compared((&head, &before), (&base, &unknown)).regressions.is_empty());
    }

    #[test]
    fn nothing_but_places_depends_on_line_numbers(head in any_files(), base in any_files(), gate in any_gate(), blank in 1usize..9) {
        let policy = policy();
        let pushed = |files: &Files| -> Files {
            files.iter().map(|(path, text)| (path.clone(), "\n".repeat(blank) + text)).collect()
        };
        let tell = |head: &Files, base: &Files| {
            let judged = judge(&policy, head, base);
            // Files paired by their similarity may differ: the blank lines count, too.
            let mut told = told(&policy, &gate, (&judged.head, &judged.assessed.items), Some(judged.comparison));
            for control in &mut told.controls {
                for found in &mut control.findings {
                    (found.line, found.column, found.end_line) = (None, None, None);
                }
                control.evidence.iter_mut().for_each(|found| found.line = None);
            }
            told.regressions.iter_mut().for_each(|found| found.line = None);
            told
        };
        let same_paths: Files = base.iter().filter(|(path, _)| head.contains_key(*path)).map(|(path, text)| (path.clone(), text.clone())).collect();
        let (plain, moved) = (tell(&head, &same_paths), tell(&pushed(&head), &same_paths));
        prop_assert_eq!(plain, moved);
    }
}
