//! The shipped packs: every control has a repository on which it passes and one on which it fails.
//!
//! `policies/examples/PACK/base.toml` is a whole repository (`[files]`, `[facts]`) on which no control fails.
//! `policies/examples/PACK/CONTROL.toml` edits it:
//!
//! | key | meaning |
//! | --- | --- |
//! | `[pass]`, `[fail]` | a repository on which the control passes, and one on which it fails |
//! | `[[case]]` | a further one, with `name` and `expect` (`pass`, `fail`, `unknown`, `not-applicable`) |
//! | `files` | files written over the base; a path that ends in `*` gives ten files |
//! | `remove` | paths taken away; one that ends in `/` is a folder; `["/"]` is all of them |
//! | `facts` | settings written over the base's |
//! | `attest` | a person's word is given for the control |
//! | `findings` | of a failing one: each finding's place (`PATH` or `PATH:LINE`), or its subject, of several alternatives the first with `| …` |
//! | `also` | other controls that are meant to fail on it as well; a comment says why |
//!
//! On each of them no other control fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use readygate::artifact::{component_needs, components};
use readygate::check::Control;
use readygate::judge::{Assessed, assess};
use readygate::model::{Date, Fact, OutcomeKind, Scope};
use readygate::policy::{BUILTIN, Loader, Policy, Step, Text};
use readygate::source::{Content, Detection, Memory, Revision, Source as _, Store, gather};
use serde::Deserialize;
use serde_json::Value;

use crate::contract::wait;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Base {
    #[serde(default)]
    facts: BTreeMap<String, Value>,
    files: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Examples {
    pass: Option<Example>,
    fail: Option<Example>,
    #[serde(default)]
    case: Vec<Example>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Example {
    name: String,
    expect: Option<Expected>,
    files: BTreeMap<String, String>,
    remove: Vec<String>,
    facts: BTreeMap<String, Value>,
    attest: bool,
    findings: Option<Vec<String>>,
    also: Vec<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Expected {
    Pass,
    Fail,
    Unknown,
    NotApplicable,
}

impl From<Expected> for OutcomeKind {
    fn from(expected: Expected) -> Self {
        match expected {
            Expected::Pass => Self::Pass,
            Expected::Fail => Self::Fail,
            Expected::Unknown => Self::Unknown,
            Expected::NotApplicable => Self::NotApplicable,
        }
    }
}

fn folder(pack: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("policies/examples")
        .join(pack)
}

fn read<T: serde::de::DeserializeOwned>(path: &PathBuf) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn policy(pack: &str, attested: Option<&str>) -> Policy {
    let mut content = format!("version = 1\nextends = [\"builtin:{pack}\"]\n");
    if let Some(control) = attested {
        content += &format!(
            "[[attestation]]\ncontrol = \"{control}\"\nby = \"@ana\"\non = 2026-11-01\nexpires = 2027-01-01\n\
             evidence = \"https://example.com/word\"\n"
        );
    }
    let text = Text {
        path: "readiness.toml".to_owned(),
        sha: None,
        content,
        in_repository: true,
    };
    match Loader::new(text).step() {
        Step::Ready(policy) => policy.unwrap(),
        Step::Wanted(packs) => panic!("{packs:?} are wanted"),
    }
}

fn day() -> Date {
    "2026-11-20".parse().unwrap()
}

/// What every control makes of a repository, as the program itself finds out.
fn judge(policy: &Policy, files: &BTreeMap<String, String>, facts: &BTreeMap<String, Value>) -> Vec<Assessed> {
    let mut memory = Memory::new();
    let contents: Vec<(&str, Content)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), Content::text(text.trim_start_matches('\n'))))
        .collect();
    memory.commit(&[], contents.iter().map(|(path, content)| (path.as_bytes(), content)));
    for (key, value) in facts {
        let from = "the example".to_owned();
        let value = value.clone();
        memory.set_fact(key.clone(), Fact::Known { value, from });
    }
    let detection = Detection {
        needs: component_needs,
        components,
    };
    let snapshot = wait(async {
        let head = memory.resolve("HEAD").await.unwrap();
        gather(
            &mut memory,
            &Revision::Commit(head),
            policy,
            &mut Store::new(),
            detection,
        )
        .await
    });
    assess(policy, &snapshot.unwrap(), day()).items
}

impl Example {
    fn over(&self, base: &Base) -> (BTreeMap<String, String>, BTreeMap<String, Value>) {
        let (mut files, mut facts) = (base.files.clone(), base.facts.clone());
        files.retain(|path, _| {
            !self
                .remove
                .iter()
                .any(|gone| gone == "/" || gone == path || gone.ends_with('/') && path.starts_with(gone.as_str()))
        });
        for (path, text) in &self.files {
            if path.contains('*') {
                files.extend((0..10).map(|number| (path.replace('*', &number.to_string()), text.clone())));
            } else {
                files.insert(path.clone(), text.clone());
            }
        }
        facts.extend(self.facts.clone());
        (files, facts)
    }
}

fn places(item: &Assessed) -> Vec<String> {
    let place = |finding: &readygate::judge::Finding| match &finding.gap.place {
        None => {
            // Of several things of which one would do, the first stands for all.
            let first = finding.gap.subject.split_once(" | ");
            first.map_or(finding.gap.subject.clone(), |(first, _)| format!("{first} | …"))
        }
        Some(place) => match place.line {
            None => place.path.to_string(),
            Some(line) => format!("{}:{line}", place.path),
        },
    };
    item.findings.iter().map(place).collect()
}

/// The control's outcome over its components: a failure counts before anything else, a pass before nothing.
fn outcome(items: &[Assessed], id: &str) -> OutcomeKind {
    let all: Vec<OutcomeKind> = items
        .iter()
        .filter(|item| item.info.id == id)
        .map(|item| item.outcome)
        .collect();
    [OutcomeKind::Fail, OutcomeKind::Unknown, OutcomeKind::Pass]
        .into_iter()
        .find(|kind| all.contains(kind))
        .unwrap_or(OutcomeKind::NotApplicable)
}

fn reasons(items: &[Assessed], id: &str) -> String {
    let told = items.iter().filter(|item| item.info.id == id).map(|item| {
        let of = item.folder().unwrap_or("the repository");
        format!("\n      {of}: {}: {}", item.outcome.as_str(), item.reason)
    });
    told.collect()
}

/// A pack, read once.
struct Policies<'a> {
    pack: &'a str,
    plain: Policy,
    base: Base,
}

/// What is wrong with one example of a control.
fn wrong(policies: &Policies<'_>, id: &str, name: &str, expect: OutcomeKind, example: &Example) -> Vec<String> {
    let vouched = example.attest.then(|| policy(policies.pack, Some(id)));
    let (files, facts) = example.over(&policies.base);
    let items = judge(vouched.as_ref().unwrap_or(&policies.plain), &files, &facts);
    let mut wrong = Vec::new();
    let found = outcome(&items, id);
    if found != expect {
        let told = reasons(&items, id);
        wrong.push(format!(
            "{id}, {name}: {} and not {}{told}",
            found.as_str(),
            expect.as_str()
        ));
    }
    if let Some(expected) = &example.findings {
        let of_it = items.iter().filter(|item| item.info.id == id);
        let found: Vec<String> = of_it.flat_map(places).collect();
        if found != *expected {
            wrong.push(format!("{id}, {name}: finds {found:?} and not {expected:?}"));
        }
    } else if expect == OutcomeKind::Fail {
        let of_it = items.iter().filter(|item| item.info.id == id);
        let found: Vec<String> = of_it.flat_map(places).collect();
        wrong.push(format!(
            "{id}, {name}: it does not say which findings it means: {found:?}"
        ));
    }
    let failing: BTreeSet<&str> = items
        .iter()
        .filter(|item| item.outcome == OutcomeKind::Fail && item.info.id != id)
        .map(|item| item.info.id.as_str())
        .collect();
    let also: BTreeSet<&str> = example.also.iter().map(String::as_str).collect();
    for other in failing.symmetric_difference(&also) {
        let told = reasons(&items, other);
        wrong.push(format!(
            "{id}, {name}: `{other}` fails, or does not although it is meant to{told}"
        ));
    }
    wrong
}

#[test]
fn every_control_passes_and_fails_on_its_examples_and_no_other_does() {
    let mut failures = Vec::new();
    for (pack, _) in BUILTIN {
        let policies = Policies {
            pack,
            plain: policy(pack, None),
            base: read(&folder(pack).join("base.toml")),
        };
        for control in policies.plain.plan.controls() {
            let id = control.info.id.as_str();
            let path = folder(pack).join(format!("{id}.toml"));
            if !path.exists() {
                failures.push(format!("{id}: there is no {}", path.display()));
                continue;
            }
            let examples: Examples = read(&path);
            let (Some(pass), Some(fail)) = (&examples.pass, &examples.fail) else {
                failures.push(format!("{id}: it has no `[pass]` or no `[fail]`"));
                continue;
            };
            let fails = fail.expect.map_or(OutcomeKind::Fail, OutcomeKind::from);
            failures.extend(wrong(&policies, id, "pass", OutcomeKind::Pass, pass));
            failures.extend(wrong(&policies, id, "fail", fails, fail));
            for case in &examples.case {
                let expect = case
                    .expect
                    .unwrap_or_else(|| panic!("{id}, {}: no `expect`", case.name));
                failures.extend(wrong(&policies, id, &case.name, expect.into(), case));
            }
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

#[test]
fn only_a_control_that_asks_for_a_word_may_fail_as_unknown() {
    for (pack, _) in BUILTIN {
        for control in policy(pack, None).plan.controls() {
            let examples: Examples = read(&folder(pack).join(format!("{}.toml", control.info.id)));
            let expect = examples.fail.and_then(|fail| fail.expect);
            assert_eq!(
                expect.is_some(),
                control.check.word_days().is_some(),
                "{}",
                control.info.id
            );
        }
    }
}

fn asks_for_a_word(policy: &Policy, id: &str) -> bool {
    let mut controls = policy.plan.controls().iter();
    controls.any(|control| control.info.id == id && control.check.word_days().is_some())
}

#[test]
fn the_base_of_the_examples_is_ready() {
    for (pack, _) in BUILTIN {
        let base: Base = read(&folder(pack).join("base.toml"));
        let ready = policy(pack, None);
        let items = judge(&ready, &base.files, &base.facts);
        let open: Vec<String> = items
            .iter()
            .filter(|item| !matches!(item.outcome, OutcomeKind::Pass | OutcomeKind::NotApplicable))
            // What nobody gave a word for is open without one.
            .filter(|item| !(item.outcome == OutcomeKind::Unknown && asks_for_a_word(&ready, &item.info.id)))
            .map(|item| format!("{}{}", item.info.id, reasons(&items, &item.info.id)))
            .collect();
        assert!(open.is_empty(), "\n{}\n", open.join("\n"));
    }
}

#[test]
fn examples_belong_to_controls() {
    for (pack, _) in BUILTIN {
        let policy = policy(pack, None);
        for entry in fs::read_dir(folder(pack)).unwrap() {
            let name = entry.unwrap().file_name().to_string_lossy().into_owned();
            let id = name.trim_end_matches(".toml");
            assert!(
                id == "base" || policy.plan.ids().contains(id),
                "{name} belongs to no control"
            );
        }
    }
}

#[test]
fn controls_are_written_as_people_read_them() {
    for (pack, text) in BUILTIN {
        let policy = policy(pack, None);
        let written: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"'))
            .collect();
        assert!(
            written.is_sorted(),
            "{pack}: the controls do not stand in the order of their ids"
        );
        assert_eq!(written.len(), policy.plan.controls().len());
        assert!(*pack != "default" || written.len() >= 27, "{pack}");
        let mut titles = BTreeSet::new();
        for control in policy.plan.controls() {
            let info = &control.info;
            let starts = info.title.chars().next().is_some_and(char::is_uppercase);
            assert!(starts && !info.title.ends_with('.'), "{}: {}", info.id, info.title);
            assert!(
                titles.insert(info.title.clone()),
                "{}: another one has this title",
                info.id
            );
            assert!(info.title.chars().count() <= 60, "{}: {}", info.id, info.title);
            for text in [&info.rationale, &info.remediation] {
                assert!(
                    text.ends_with('.') && text.chars().count() <= 240,
                    "{}: {text}",
                    info.id
                );
            }
        }
    }
}

/// Words that speak of one language's files: a control with one of them has to say when it applies.
const LANGUAGES: [&str; 8] = [
    "package.json",
    "tsconfig",
    "pyproject",
    "Cargo.toml",
    "go.mod",
    "eslint",
    "Dockerfile",
    "dependency",
];

#[test]
fn a_control_about_a_language_says_when_it_applies() {
    for (pack, _) in BUILTIN {
        let speaks = |control: &&Control| {
            let check = control
                .definition
                .split_once("\"check\"")
                .map_or("", |(_, check)| check);
            control.applies_when.is_none() && LANGUAGES.iter().any(|word| check.contains(word))
        };
        let policy = policy(pack, None);
        let found: Vec<&str> = policy
            .plan
            .controls()
            .iter()
            .filter(speaks)
            .map(|control| control.info.id.as_str())
            .collect();
        assert!(found.is_empty(), "{found:?}");
    }
}

fn failing(policy: &Policy, files: &[(&str, &str)]) -> Vec<String> {
    let files = Example {
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect(),
        ..Example::default()
    };
    let empty = Base {
        facts: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    let (files, facts) = files.over(&empty);
    let items = judge(policy, &files, &facts);
    let failing = items.iter().filter(|item| item.outcome == OutcomeKind::Fail);
    failing
        .map(|item| format!("{}: {}", item.info.id, item.reason))
        .collect()
}

#[test]
fn odd_repositories_are_asked_only_what_concerns_them() {
    let cases: [(&str, &[(&str, &str)]); 8] = [
        ("empty", &[]),
        (
            "documents",
            &[
                ("README.md", "# Handbook\n"),
                ("guide/start.md", "# Start\n"),
                ("guide/env.md", "Use .env\n"),
            ],
        ),
        (
            "a static site",
            &[
                ("README.md", "# Site\n"),
                ("index.html", "<p>\n"),
                ("style.css", ""),
                ("app.js", "1\n"),
            ],
        ),
        (
            "a Rust program",
            &[
                ("README.md", "# Tool\n"),
                (
                    "Cargo.toml",
                    "[package]\nname = \"tool\"\n[dependencies]\nserde = \"1\"\n",
                ),
                ("Cargo.lock", "version = 4\n"),
                ("src/main.rs", "fn main() {}\n"),
                (".gitignore", "target\n"),
            ],
        ),
        (
            "a Go service",
            &[
                ("README.md", "# Service\n## Install\n"),
                (
                    "go.mod",
                    "module example.com/service\ngo 1.24\nrequire github.com/lib/pq v1.10.0\n",
                ),
                ("go.sum", ""),
                ("main.go", "package main\n"),
                ("internal/*.go", "package internal\n"),
                ("internal/a_test.go", "package internal\n"),
                ("vendor/github.com/lib/pq/pq.go", "package pq\n"),
                (
                    "Dockerfile",
                    "FROM golang:1.24 AS build\nCOPY . .\nFROM scratch\nCOPY --from=build /service /service\n",
                ),
            ],
        ),
        (
            "a Python library",
            &[
                ("README.rst", "Library\n"),
                (
                    "pyproject.toml",
                    "[project]\nname = \"library\"\ndependencies = [\"httpx>=0.27\"]\n[build-system]\nrequires = [\"hatchling\"]\n",
                ),
                ("src/library/*.py", ""),
                ("tests/test_a.py", ""),
            ],
        ),
        (
            "a JavaScript library",
            &[
                ("readme.md", "# Library\n"),
                (
                    "package.json",
                    "{\"name\": \"library\", \"exports\": \"./index.js\", \"files\": [\"index.js\"], \"scripts\": {\"test\": \"ava\"}, \"peerDependencies\": {\"express\": \"*\"}, \"devDependencies\": {\"ava\": \"^6.0.0\"}}\n",
                ),
                ("index.js", "export default 1;\n"),
                ("test.js", ""),
            ],
        ),
        (
            "a pnpm workspace",
            &[
                ("README.md", "# Shop\n"),
                (
                    "package.json",
                    "{\"private\": true, \"scripts\": {\"build\": \"turbo build\", \"test\": \"turbo test\"}, \"devDependencies\": {\"turbo\": \"^2.0.0\", \"typescript\": \"^5.0.0\"}}\n",
                ),
                ("pnpm-workspace.yaml", "packages: [\"apps/*\", \"packages/*\"]\n"),
                ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n"),
                (".gitignore", "node_modules\n.env*\n"),
                (".nvmrc", "22\n"),
                (
                    "apps/web/package.json",
                    "{\"name\": \"web\", \"scripts\": {\"build\": \"next build\"}, \"dependencies\": {\"next\": \"15.0.0\"}}\n",
                ),
                (
                    "apps/web/tsconfig.json",
                    "{\"extends\": \"../../tsconfig.base.json\"}\n",
                ),
                (
                    "packages/ui/package.json",
                    "{\"name\": \"ui\", \"dependencies\": {\"react\": \"19.0.0\"}}\n",
                ),
                (
                    "packages/ui/tsconfig.json",
                    "{\"extends\": \"../../tsconfig.base.json\"}\n",
                ),
                ("tsconfig.base.json", "{\"compilerOptions\": {\"strict\": true}}\n"),
            ],
        ),
    ];
    let policy = policy("default", None);
    let told: Vec<String> = cases
        .iter()
        .map(|(name, files)| {
            format!(
                "{name}\n{}",
                failing(&policy, files)
                    .iter()
                    .map(|line| format!("  {line}\n"))
                    .collect::<String>()
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// The page of the packs' controls, as `docs/controls.md` has it.
fn page() -> String {
    let mut page = "# The controls of the built-in packs\n\n\
        What the packs ask, in the order of ids. This page is made from `policies/*.toml`: a test compares them, \
        and `READYGATE_BLESS=1 cargo test controls_page` writes it anew. Each control has a repository on which it passes and \
        one on which it fails in `policies/examples/PACK/`.\n"
        .to_owned();
    for (pack, _) in BUILTIN {
        page += &section(pack);
    }
    page
}

fn section(pack: &str) -> String {
    let mut page = format!(
        "\n# `builtin:{pack}`\n\n| control | severity | asked of | what holds when it is met |\n| --- | --- | --- | --- |\n"
    );
    let policy = policy(pack, None);
    for control in policy.plan.controls() {
        let info = &control.info;
        let of = match info.scope {
            Scope::Repository => "the repository",
            Scope::Component => "each component",
        };
        page += &format!(
            "| `{}` | {} | {of} | {} |\n",
            info.id,
            info.severity.as_str(),
            info.title
        );
    }
    for control in policy.plan.controls() {
        let info = &control.info;
        page += &format!(
            "\n## {}\n\n{}. {} {}\n",
            info.id, info.title, info.rationale, info.remediation
        );
    }
    page
}

#[test]
fn the_controls_page_is_what_the_pack_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/controls.md");
    let page = page();
    if std::env::var_os("READYGATE_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/controls.md is stale: READYGATE_BLESS=1 cargo test controls_page"
    );
}
