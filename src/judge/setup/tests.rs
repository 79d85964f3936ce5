mod checks;
mod people;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::model::{BlobId, Cause, Entry, EntryKind, Fact, Read};
use crate::text::Document;

use super::*;

const PATH: &str = ".github/workflows/readiness.yml";
const SHA: &str = "1111111111111111111111111111111111111111";

/// A set-up with nothing wrong.
const GOOD: &str = "\
name: Readiness
on:
  pull_request:
  pull_request_review:
    types: [submitted, dismissed]
  merge_group:
permissions: {}
jobs:
  gate:
    runs-on: ubuntu-24.04
    permissions:
      contents: read
      checks: write
      pull-requests: write
    steps:
      - uses: readygate/readygate@1111111111111111111111111111111111111111
";

struct Bench {
    files: Vec<(String, String)>,
    facts: Vec<(&'static str, Fact)>,
    policy: PolicyState,
}

fn known(value: Value) -> Fact {
    let from = "GitHub".to_owned();
    Fact::Known { value, from }
}

fn unread() -> Fact {
    let what = "the token may not read it (403)";
    Fact::Unread(Unread::new(
        Cause::Permission,
        what,
        "give the token `administration=read`",
    ))
}

impl Bench {
    /// The good set-up.
    fn new() -> Self {
        Self {
            files: vec![
                (PATH.to_owned(), GOOD.to_owned()),
                (".github/CODEOWNERS".to_owned(), "/.github/ @ops\n".to_owned()),
                (".github/readiness.toml".to_owned(), "version = 1\n".to_owned()),
            ],
            facts: vec![
                ("branch.code-owner-review", known(json!(true))),
                ("branch.merge-queue", known(json!(true))),
                ("branch.required-checks", known(json!(["test", "gate"]))),
                ("branch.required-workflows", known(json!([]))),
                ("repository.default-branch", known(json!("main"))),
                ("repository.private", known(json!(true))),
            ],
            policy: PolicyState::Valid(PolicyFacts {
                path: RepoPath::new(".github/readiness.toml"),
                checklists: Vec::new(),
                fail_on: FailOn::Regression,
                weakening: WeakeningRule::Approve,
                admin_facts: BTreeSet::new(),
            }),
        }
    }

    /// With something of the workflow replaced.
    fn edit(mut self, from: &str, to: &str) -> Self {
        let text = &mut self.files[0].1;
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        self
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.retain(|(known, _)| known != path);
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.files.retain(|(known, _)| known != path);
        self
    }

    fn fact(mut self, key: &'static str, fact: Fact) -> Self {
        self.facts.retain(|(known, _)| *known != key);
        self.facts.push((key, fact));
        self
    }

    fn valid(mut self, change: impl FnOnce(&mut PolicyFacts)) -> Self {
        if let PolicyState::Valid(facts) = &mut self.policy {
            change(facts);
        }
        self
    }

    fn policy(mut self, policy: PolicyState) -> Self {
        self.policy = policy;
        self
    }

    fn snapshot(&self) -> Snapshot {
        let entry = || Entry {
            kind: EntryKind::File,
            size: Some(10),
            id: None::<BlobId>,
        };
        let entries = self.files.iter().map(|(path, _)| (RepoPath::new(path), entry()));
        let mut snapshot = Snapshot::new(Arc::new(Tree::new(entries.collect())));
        for (path, text) in &self.files {
            let read = Read::Here(Arc::new(Document::new(text.as_bytes())));
            snapshot.insert(RepoPath::new(path), read);
        }
        for (key, fact) in &self.facts {
            snapshot.facts.insert((*key).to_owned(), fact.clone());
        }
        snapshot
    }

    fn diagnose(&self) -> Vec<Diagnosis> {
        diagnose(&Setup {
            snapshot: &self.snapshot(),
            policy: &self.policy,
            features: &features(),
        })
    }

    /// `GRADE: WHAT (PATH:LINE)`.
    fn lines(&self) -> Vec<String> {
        let line = |found: &Diagnosis| {
            let place = found.place.as_ref();
            let place = place.map_or_else(String::new, |(path, line)| format!(" ({path}:{line})"));
            format!("{}: {}{place}", found.grade.as_str(), found.what)
        };
        self.diagnose().iter().map(line).collect()
    }

    /// Exactly one diagnosis, which begins and ends so.
    fn says(self, start: &str, end: &str) {
        let lines = self.lines();
        assert_eq!(lines.len(), 1, "{lines:#?}");
        assert!(lines[0].starts_with(start) && lines[0].ends_with(end), "{lines:#?}");
    }

    /// One of several that begins so.
    fn tells(self, start: &str) {
        let lines = self.lines();
        assert!(lines.iter().any(|line| line.starts_with(start)), "{lines:#?}");
    }
}

fn features() -> Vec<Feature> {
    let one = |kind, permissions: &[(&str, &str)], without: &str| Feature {
        kind,
        permissions: permissions
            .iter()
            .map(|(scope, level)| ((*scope).to_owned(), (*level).to_owned()))
            .collect(),
        without: without.to_owned(),
    };
    let both = [("issues", "write"), ("pull-requests", "write")];
    vec![
        one(FeatureKind::Reading, &[("contents", "read")], "no verdict"),
        one(FeatureKind::Reviews, &[("pull-requests", "read")], "not approved"),
        one(
            FeatureKind::CheckRun,
            &[("checks", "write")],
            "workflow commands instead",
        ),
        one(FeatureKind::Comment, &both, "no comment"),
        one(FeatureKind::Issue, &[("issues", "write")], "no issue"),
    ]
}

#[test]
fn a_good_set_up_is_told_nothing() {
    assert_eq!(Bench::new().lines(), [""; 0]);
    let target = Bench::new().edit("  pull_request:\n", "  pull_request_target:\n");
    assert_eq!(
        target.fact("branch.code-owner-review", known(json!(false))).lines(),
        [""; 0]
    );
    let named = Bench::new().edit("    runs-on", "    name: Ready?\n    runs-on");
    assert_eq!(
        named.fact("branch.required-checks", known(json!(["Ready?"]))).lines(),
        [""; 0]
    );
    let harmless = Bench::new().edit(
        "    runs-on",
        "    if: ${{ !cancelled() }}\n    needs: test\n    runs-on",
    );
    assert_eq!(harmless.lines(), [""; 0]);
    let own = Bench::new()
        .edit(&format!("readygate/readygate@{SHA}"), "./")
        .file("action.yml", "name: readygate\n");
    assert_eq!(own.lines(), [""; 0]);
    let public = Bench::new().edit("      contents: read\n", "");
    assert_eq!(public.fact("repository.private", known(json!(false))).lines(), [""; 0]);
}

#[test]
fn a_gate_that_no_workflow_runs_is_found_out() {
    let none = "stops: no workflow runs the gate";
    Bench::new().without(PATH).says(none, "gate");
    Bench::new()
        .edit("readygate/readygate@", "someone/other@")
        .says(none, "gate");
    let broken = Bench::new().edit("jobs:", "jobs: [");
    broken.tells("stops: the workflow that runs the gate can't be parsed");
    let deep = Bench::new()
        .without(PATH)
        .file("backend/.github/workflows/gate.yml", GOOD);
    deep.says(
        "stops: this workflow runs the gate and lies where GitHub looks for none",
        "(backend/.github/workflows/gate.yml:1)",
    );
    let push = Bench::new().edit(
        "  pull_request:\n  pull_request_review:\n    types: [submitted, dismissed]\n  merge_group:\n",
        "  push:\n",
    );
    push.tells("stops: the gate runs for no pull request");
    let called = GOOD.replace("  pull_request:\n", "  workflow_call:\n").replace(
        "  pull_request_review:\n    types: [submitted, dismissed]\n  merge_group:\n",
        "",
    );
    Bench::new()
        .file(PATH, &called)
        .tells("stops: this workflow runs the gate, and starts only when another one calls it");
    let elsewhere = Bench::new().edit(
        &GOOD[GOOD.find("    runs-on").unwrap()..],
        "    uses: acme/shared/.github/workflows/gate.yml@main\n",
    );
    elsewhere.says(
        "unknown: whether `acme/shared/.github/workflows/gate.yml@main` runs the gate is not known",
        "(.github/workflows/readiness.yml:10)",
    );
    let required = Bench::new().without(PATH).fact(
        "branch.required-workflows",
        known(json!([".github/workflows/gate.yml"])),
    );
    required.says(
        "unknown: whether the workflow `.github/workflows/gate.yml`, which a ruleset requires",
        "repository",
    );
}

#[test]
fn what_is_wrong_with_the_policy_is_told() {
    Bench::new()
        .policy(PolicyState::Missing)
        .tells("notice: there is no policy");
    let path = RepoPath::new(".github/readiness.toml");
    let mistakes = vec!["`.github/readiness.toml:3`: no such key".to_owned(), "b".to_owned()];
    let invalid = Bench::new().policy(PolicyState::Invalid { path, mistakes });
    invalid.tells("stops: the policy has mistakes, so every run fails without a verdict: `.github/readiness.toml:3`: no such key and 1 more (.github/readiness.toml:1)");
    let Fact::Unread(unread) = unread() else { return };
    Bench::new()
        .policy(PolicyState::Unread(unread))
        .tells("unknown: whether the policy is valid is not known");
    let list = Bench::new().valid(|facts| facts.checklists = vec![RepoPath::new("READY.md")]);
    list.says(
        "weakens: the checklist `READY.md` that the policy names does not exist",
        "(.github/readiness.toml:1)",
    );
    Bench::new().valid(|facts| facts.fail_on = FailOn::Never).says(
        "weakens: the policy says `fail-on = \"never\"`",
        "(.github/readiness.toml:1)",
    );
}

#[test]
fn what_could_not_be_read_is_never_fine() {
    let mut bench = Bench::new();
    for (_, fact) in &mut bench.facts {
        *fact = unread();
    }
    let lines = bench.lines();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines.iter().all(|line| line.starts_with("unknown: ")), "{lines:#?}");
    assert!(!is_stopped(&bench.diagnose()));
    let bench = Bench::new();
    let mut snapshot = bench.snapshot();
    let Fact::Unread(unread) = unread() else { return };
    snapshot.insert(RepoPath::new(PATH), Read::Unread(unread.clone()));
    snapshot.insert(RepoPath::new(".github/CODEOWNERS"), Read::Unread(unread));
    let features = features();
    let told = diagnose(&Setup {
        snapshot: &snapshot,
        policy: &bench.policy,
        features: &features,
    });
    let whats: Vec<&str> = told.iter().map(|found| found.what.as_str()).collect();
    assert!(told.iter().all(|found| found.grade == Grade::Unknown), "{told:#?}");
    assert!(
        whats.iter().any(|what| what.contains("runs the gate")) && whats.iter().any(|what| what.contains("owns")),
        "{whats:#?}"
    );
    let cut = Snapshot::new(Arc::new(Tree::new(Vec::new()).truncated("100,000 entries")));
    let told = diagnose(&Setup {
        snapshot: &cut,
        policy: &bench.policy,
        features: &features,
    });
    assert!(
        !told.iter().any(|found| found.what == "no workflow runs the gate"),
        "{told:#?}"
    );
}

#[test]
fn the_gravest_comes_first() {
    let bench = Bench::new()
        .edit("  pull_request:\n", "  pull_request:\n    paths: [a]\n")
        .edit("      checks: write\n", "")
        .fact("branch.code-owner-review", unread())
        .edit(SHA, "v1");
    let grades: Vec<Grade> = bench.diagnose().iter().map(|found| found.grade).collect();
    assert_eq!(grades, [Grade::Stops, Grade::Weakens, Grade::Unknown, Grade::Notice]);
}
