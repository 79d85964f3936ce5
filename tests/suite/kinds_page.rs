//! `docs/kinds.md`: every check kind with what it asks, its parameters, and examples that are run.
//!
//! The words stand in `docs/kinds.toml`, the parameters in the policy's schema, and each example is a case under
//! `tests/checks/KIND`, which `checks.rs` runs: what the page shows is what comes out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use readygate::check::KINDS;
use readygate::policy::{Loader, Step, Text};
use serde::Deserialize;
use serde_json::Value;

/// What is written by hand of a kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    asks: String,
    unknown: String,
    passes: Option<String>,
    fails: String,
    unknowns: Option<String>,
}

/// Trees of more lines than this are not shown with their contents.
const LONGEST_TREE: usize = 60;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn words() -> BTreeMap<String, Words> {
    toml::from_str(&fs::read_to_string(root().join("docs/kinds.toml")).unwrap()).unwrap()
}

fn page() -> String {
    let words = words();
    let schema: Value =
        serde_json::from_str(&fs::read_to_string(root().join("policies/readiness.schema.json")).unwrap()).unwrap();
    let mut page = "# The check kinds\n\n\
        A control's `check` is a tree of conditions, joined by `all`, `any` and `none`; each condition is of one kind. \
        This page is made from `docs/kinds.toml`, the policy's schema and cases that the tests run: \
        `READYGATE_BLESS=1 cargo test kinds_page` writes it anew.\n\n"
        .to_owned();
    for kind in KINDS {
        page += &format!("- [`{}`](#{}): {}\n", kind.name, kind.name, kind.summary);
    }
    for kind in KINDS {
        let words = words
            .get(kind.name)
            .unwrap_or_else(|| panic!("docs/kinds.toml says nothing of `{}`", kind.name));
        page += &format!("\n## {}\n\n{}\n", kind.name, words.asks);
        page += &parameters(&schema, kind.name);
        let examples = [
            ("Passes", words.passes.as_ref()),
            ("Fails", Some(&words.fails)),
            ("Unknown", words.unknowns.as_ref()),
        ];
        for (heading, case) in examples {
            if let Some(case) = case {
                page += &example(kind.name, heading, case);
            }
        }
        page += &format!("\n**When it says unknown.** {}\n", words.unknown);
    }
    page
}

/// The tables of a kind's parameters.
fn parameters(schema: &Value, kind: &str) -> String {
    let mut seen = BTreeSet::new();
    let mut open = vec![(String::new(), schema["$defs"]["Condition"]["properties"][kind].clone())];
    let mut told = String::new();
    while let Some((name, node)) = open.pop() {
        let node = resolved(schema, &node);
        let Some(properties) = node["properties"].as_object() else {
            let variants = ["anyOf", "oneOf"].iter().find_map(|key| node[*key].as_array());
            let tables = variants.into_iter().flatten().map(|one| (name.clone(), one.clone()));
            open.extend(tables.filter(|(_, one)| resolved(schema, one)["properties"].is_object()));
            continue;
        };
        let names: Vec<&String> = properties.keys().collect();
        if !seen.insert(format!("{names:?}")) {
            continue;
        }
        let heading = if name.is_empty() {
            "parameter".to_owned()
        } else {
            format!("in `{name}`")
        };
        told += &format!("\n| {heading} | value | meaning |\n| --- | --- | --- |\n");
        for (key, property) in properties {
            let meaning = property["description"].as_str().unwrap_or_default();
            let (value, tables) = value(schema, property);
            told += &format!("| `{key}` | {value} | {} |\n", cell(meaning));
            open.extend(tables.into_iter().map(|table| (key.clone(), table)));
        }
    }
    told
}

fn resolved(schema: &Value, node: &Value) -> Value {
    match node["$ref"].as_str() {
        Some(path) => schema
            .pointer(path.trim_start_matches('#'))
            .cloned()
            .unwrap_or_default(),
        None => node.clone(),
    }
}

/// What a parameter may be, in words, and the tables within.
fn value(schema: &Value, node: &Value) -> (String, Vec<Value>) {
    let node = resolved(schema, node);
    if let Some(constant) = node.get("const") {
        return (format!("`{constant}`"), Vec::new());
    }
    if let Some(names) = node["enum"].as_array() {
        return (
            alternatives(names.iter().map(|name| format!("`{name}`")).collect()),
            Vec::new(),
        );
    }
    if let Some(variants) = ["anyOf", "oneOf"].iter().find_map(|key| node[*key].as_array()) {
        let (mut told, mut tables) = (Vec::new(), Vec::new());
        for variant in variants.iter().filter(|variant| variant["type"] != "null") {
            let (words, within) = value(schema, variant);
            told.push(words);
            tables.extend(within);
        }
        return (alternatives(told), tables);
    }
    let kinds = match &node["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect::<Vec<_>>(),
    };
    let mut tables = Vec::new();
    let told = kinds.iter().filter(|kind| **kind != "null").map(|kind| match *kind {
        "string" => "a text".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" | "number" => "a number".to_owned(),
        "array" => {
            let (words, within) = value(schema, &node["items"]);
            tables.extend(within);
            format!("a list: {words}")
        }
        _ => {
            tables.push(node.clone());
            "a table".to_owned()
        }
    });
    let told = told.collect();
    (alternatives(told), tables)
}

fn alternatives(mut told: Vec<String>) -> String {
    told.dedup();
    if told.is_empty() {
        "any value".to_owned()
    } else {
        told.join(" or ")
    }
}

fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

/// A case as an example: its condition as a control has it, what is known from GitHub, and its files.
fn example(kind: &str, heading: &str, name: &str) -> String {
    let folder = root().join("tests/checks").join(kind).join(name);
    let text =
        fs::read_to_string(folder.join("case.toml")).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let case: toml::Table = toml::from_str(&text).unwrap();
    let expected = match heading {
        "Passes" => "pass",
        "Fails" => "fail",
        _ => "unknown",
    };
    assert_eq!(case["expect"].as_str(), Some(expected), "{kind}/{name}");
    let condition = inline(&case["condition"]);
    let mut told = format!("\n**{heading}** (`tests/checks/{kind}/{name}`):\n\n```toml\ncheck = {condition}\n```\n");
    if let Some(facts) = case.get("facts") {
        told += &format!("\nwhere GitHub says `{}`.\n", inline(facts));
    }
    if let Some(facts) = case.get("unread-facts").and_then(toml::Value::as_array) {
        let facts: Vec<&str> = facts.iter().filter_map(|fact| fact["name"].as_str()).collect();
        told += &format!("\nwhere `{}` could not be read.\n", facts.join("`, `"));
    }
    if let Some(files) = case.get("unread").and_then(toml::Value::as_array) {
        let files: Vec<&str> = files.iter().filter_map(|file| file["path"].as_str()).collect();
        told += &format!("\nwhere `{}` could not be read.\n", files.join("`, `"));
    }
    if let Some(component) = case.get("component").and_then(toml::Value::as_str) {
        told += &format!("\nasked of the component `{component}`.\n");
    }
    told + &files(kind, &folder.join("tree"))
}

/// A value in one line.
fn inline(value: &toml::Value) -> String {
    match value {
        toml::Value::Table(table) => {
            let entries: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{} = {}", bare(key), inline(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        toml::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        toml::Value::String(text) if text.contains('\\') && !text.contains(['\'', '\n']) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn bare(key: &str) -> String {
    let is_plain = key
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_plain { key.to_owned() } else { format!("\"{key}\"") }
}

fn files(kind: &str, tree: &Path) -> String {
    let mut found = BTreeMap::new();
    if tree.is_dir() {
        collect(tree, "", &mut found);
    }
    let lines: usize = found.values().map(|text| text.lines().count()).sum();
    let mut told = String::new();
    if found.is_empty() {
        return told;
    }
    // What looks like a secret is not written down a second time.
    if lines > LONGEST_TREE || kind == "secret" {
        let names: Vec<String> = found.keys().map(|name| format!("`{name}`")).collect();
        return format!("\nwith {}.\n", names.join(", "));
    }
    told += "\nwith\n\n````text\n";
    for (name, text) in &found {
        told += &format!("--- {name}\n{}", text);
        if !text.ends_with('\n') && !text.is_empty() {
            told.push('\n');
        }
    }
    told + "````\n"
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stored = path.file_name().unwrap().to_string_lossy().into_owned();
        let shown = stored
            .strip_prefix("_.")
            .map_or(stored.clone(), |rest| format!(".{rest}"));
        if path.is_dir() {
            collect(&path, &format!("{prefix}{shown}/"), found);
        } else {
            let text = String::from_utf8(fs::read(&path).unwrap()).unwrap_or_else(|_| "(no text)".to_owned());
            found.insert(format!("{prefix}{shown}"), text);
        }
    }
}

#[test]
fn the_kinds_page_is_what_the_kinds_are() {
    let path = root().join("docs/kinds.md");
    let page = page();
    if std::env::var_os("READYGATE_BLESS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/kinds.md is stale: READYGATE_BLESS=1 cargo test kinds_page"
    );
    let strangers: Vec<String> = words()
        .into_keys()
        .filter(|name| !KINDS.iter().any(|kind| kind.name == name))
        .collect();
    assert!(strangers.is_empty(), "docs/kinds.toml speaks of no kind: {strangers:?}");
}

#[test]
fn each_kinds_page_example_is_a_control() {
    let page = page();
    let blocks: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .collect();
    // All but `attestation` have one that passes, and each has one that fails.
    assert!(blocks.len() >= 2 * KINDS.len() - 1, "{}", blocks.len());
    for block in blocks {
        let policy = format!(
            "version = 1\n[[control]]\nid = \"example.control\"\ntitle = \"An example\"\nseverity = \"low\"\n\
             rationale = \"It shows.\"\nremediation = \"Nothing.\"\n{block}\n"
        );
        let text = Text {
            path: "readiness.toml".to_owned(),
            sha: None,
            content: policy,
            in_repository: true,
        };
        match Loader::new(text).step() {
            Step::Ready(policy) => assert!(policy.is_ok(), "{block}\n{:?}", policy.err()),
            Step::Wanted(packs) => panic!("{block} wants {packs:?}"),
        }
    }
}
