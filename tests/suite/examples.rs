//! The example policies: without a mistake, and every line of the checklists that they were made for is decided.
//!
//! The checklists lie in `shared/` beside the project. Where that is missing these tests say so and look at the policies
//! alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use readygate::checklist::{Means, Words, bind, means, read_document};
use readygate::policy::{Loader, Policy, Step, Text};
use readygate::text::Document;

use crate::checklist::shared;

/// Each policy, and the document that it was made for.
const POLICIES: [(&str, &str); 5] = [
    ("raffles", "000"),
    ("affiliates", "001"),
    ("gift-cards", "002"),
    ("creators", "003"),
    ("pet-care", "004"),
];

fn policy(name: &str) -> Policy {
    let path = format!("examples/policies/{name}.toml");
    let content = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&path)).unwrap();
    let text = Text {
        path,
        sha: None,
        content,
        in_repository: false,
    };
    match Loader::new(text).step() {
        Step::Ready(policy) => policy.unwrap_or_else(|mistakes| panic!("{name}: {mistakes:#?}")),
        Step::Wanted(packs) => panic!("{name} wants {packs:?}"),
    }
}

#[test]
fn example_policies_have_no_mistake_and_say_why() {
    for (name, _) in POLICIES {
        let policy = policy(name);
        assert!(policy.plan.controls().len() > 100, "{name}");
        for control in policy.plan.controls() {
            let info = &control.info;
            assert!(
                !info.rationale.is_empty() && !info.remediation.is_empty(),
                "{name}: {}",
                info.id
            );
        }
    }
}

#[test]
fn every_requirement_of_a_team_is_a_control_of_its_policy() {
    let Some(folder) = shared("seeds") else { return };
    let rows = std::fs::read_to_string(folder.join("catalogue.jsonl")).unwrap();
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut lines = 0;
    for row in rows.lines() {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let word = |key: &str| row[key].as_str().unwrap().to_owned();
        asked.entry(word("seed")).or_default().insert(word("control"));
        lines += 1;
    }
    assert_eq!(lines, 1178);
    for (name, seed) in POLICIES {
        let policy = policy(name);
        let known: BTreeSet<&str> = policy
            .plan
            .controls()
            .iter()
            .map(|control| control.info.id.as_str())
            .collect();
        let missing: Vec<&String> = asked[seed].iter().filter(|id| !known.contains(id.as_str())).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}

#[test]
fn every_line_of_a_team_is_decided_by_something() {
    let Some(folder) = shared("seeds") else { return };
    for (name, seed) in POLICIES {
        let policy = policy(name);
        let bytes = std::fs::read(folder.join(format!("{seed}.md"))).unwrap();
        let list = read_document(&Document::new(bytes)).unwrap();
        let bindings = bind(&list, Words::builtin(), &policy.checklist.binds);
        let means = means(&bindings, policy.plan.controls(), &BTreeSet::new());
        let rows = list.items.iter().zip(&means);
        let left: Vec<String> = rows
            .filter(|(_, means)| **means == Means::Nothing)
            .map(|(item, _)| format!("{}: {}", item.line, item.text))
            .collect();
        assert!(left.is_empty(), "{name}: {left:#?}");
    }
}
