//! GitHub's official OpenAPI description and GraphQL schema, held against what is asked and what the mock tells.
//!
//! `.ci/run` puts them into `target/contract` (see `.ci/contract.mjs`). Without them these tests say that they are skipped.
//! A request must fit as a whole. The mock tells a part of what GitHub tells: whatever it tells must fit, and what it leaves
//! out is not missed.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once};

use readygate::github::needed;
use serde_json::Value;

use super::mock::Exchange;

/// Members that the mock keeps for itself.
const OF_THE_MOCK: [&str; 2] = ["issue", "annotations"];

/// Where `.ci/run` puts GitHub's descriptions; `None`, said once, if it has not.
#[expect(clippy::print_stdout, reason = "a test says what it skipped")]
pub fn folder() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/contract");
    if folder.join("operations/repos__get.json").exists() {
        return Some(folder);
    }
    SAID.call_once(|| {
        println!(
            "skipped: GitHub's description of its API is not in target/contract (`.ci/run contract` puts it there)"
        );
    });
    None
}

/// What does not fit GitHub's description.
pub fn violations(exchanges: &[Exchange]) -> Vec<String> {
    let Some(folder) = folder() else { return Vec::new() };
    let mut found = Vec::new();
    for exchange in exchanges {
        let asked = &exchange.asked;
        let path = format!(
            "/{}",
            asked
                .path
                .iter()
                .map(|part| part.replace('/', "%2F"))
                .collect::<Vec<_>>()
                .join("/")
        );
        let Some(endpoint) = needed(&asked.method, &path).filter(|endpoint| !endpoint.operation.is_empty()) else {
            continue;
        };
        let operation = operation(&folder, endpoint.operation);
        let schema = Schema {
            root: &operation["components"],
        };
        let mut wrong = schema.query(&operation["operation"], &asked.query);
        schema.body(&operation["operation"], &asked.body, &mut wrong);
        schema.answer(&operation["operation"], exchange, &mut wrong);
        found.extend(wrong.into_iter().map(|why| format!("{} {path}: {why}", asked.method)));
    }
    found.sort();
    found.dedup();
    found
}

fn operation(folder: &Path, name: &str) -> Arc<Value> {
    static READ: Mutex<BTreeMap<String, Arc<Value>>> = Mutex::new(BTreeMap::new());
    let mut read = READ.lock().unwrap();
    let load = || {
        let file = folder
            .join("operations")
            .join(format!("{}.json", name.replace('/', "__")));
        let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Arc::new(serde_json::from_slice(&text).unwrap())
    };
    Arc::clone(read.entry(name.to_owned()).or_insert_with(load))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// All that is required.
    Whole,
    /// What is there.
    Part,
    /// What is there, among members that another schema describes (`allOf`).
    Share,
}

struct Schema<'a> {
    root: &'a Value,
}

impl<'a> Schema<'a> {
    fn follow(&self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(pointer) => &self.root[pointer],
            None => schema,
        }
    }

    fn query(&self, operation: &'a Value, query: &BTreeMap<String, String>) -> Vec<String> {
        let all = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let known: HashMap<&str, &Value> = all
            .iter()
            .map(|parameter| self.follow(parameter))
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| Some((parameter["name"].as_str()?, &parameter["schema"])))
            .collect();
        let mut wrong = Vec::new();
        for (key, text) in query {
            let Some(schema) = known.get(key.as_str()) else {
                wrong.push(format!("the query has no parameter `{key}`"));
                continue;
            };
            let schema = self.follow(schema);
            let value = match schema["type"].as_str() {
                Some("integer") => text.parse::<i64>().map_or(Value::Null, Value::from),
                Some("boolean") => text.parse::<bool>().map_or(Value::Null, Value::from),
                _ => Value::from(text.as_str()),
            };
            self.fit(schema, &value, Wants::Whole, key, &mut wrong);
        }
        wrong
    }

    fn body(&self, operation: &'a Value, body: &Value, wrong: &mut Vec<String>) {
        let described = self.follow(&operation["requestBody"]);
        let schema = &described["content"]["application/json"]["schema"];
        match (schema.is_null(), body.is_null()) {
            (true, true) => {}
            (true, false) => wrong.push("a body where none is taken".to_owned()),
            (false, true) if described["required"] == true => wrong.push("the body is missing".to_owned()),
            (false, true) => {}
            (false, false) => self.fit(schema, body, Wants::Whole, "body", wrong),
        }
    }

    fn answer(&self, operation: &'a Value, exchange: &Exchange, wrong: &mut Vec<String>) {
        let status = exchange.status;
        let described = self.follow(&operation["responses"][status.to_string()]);
        if described.is_null() {
            // Any endpoint may refuse; what it does when it works is described.
            if status < 400 {
                wrong.push(format!("it never answers {status}"));
            }
            return;
        }
        let schema = &described["content"]["application/json"]["schema"];
        if status >= 300 || schema.is_null() || exchange.asked.accept.contains("raw") {
            return;
        }
        let told: Value = serde_json::from_slice(&exchange.told).unwrap_or_default();
        self.fit(schema, &told, Wants::Part, "answer", wrong);
    }

    fn fit(&self, schema: &'a Value, value: &Value, wants: Wants, at: &str, wrong: &mut Vec<String>) {
        let schema = self.follow(schema);
        if value.is_null() && (schema["nullable"] == true || is_of_type(schema, "null")) {
            return;
        }
        // GitHub adds words; that we take them is tested with one that says so.
        if wants == Wants::Part
            && value["type"]
                .as_str()
                .is_some_and(|word| word.ends_with("_of_tomorrow"))
        {
            return;
        }
        for every in schema["allOf"].as_array().into_iter().flatten() {
            let wants = if wants == Wants::Part { Wants::Share } else { wants };
            self.fit(every, value, wants, at, wrong);
        }
        for key in ["anyOf", "oneOf"] {
            let Some(ways) = schema[key].as_array() else { continue };
            let tries = ways.iter().map(|way| {
                let mut misfits = Vec::new();
                self.fit(way, value, wants, at, &mut misfits);
                misfits
            });
            let least = tries.min_by_key(Vec::len).unwrap_or_default();
            wrong.extend(least);
        }
        if let Some(known) = schema["enum"].as_array()
            && !known.contains(value)
        {
            wrong.push(format!("{at} is {value}, and not one of {}", schema["enum"]));
        }
        if !schema["type"].is_null() && !is_a(schema, value) {
            wrong.push(format!("{at} is {value}, and no {}", schema["type"]));
            return;
        }
        match value {
            Value::Object(members) => self.members(schema, members, wants, at, wrong),
            Value::Array(items) => {
                if schema["maxItems"]
                    .as_u64()
                    .is_some_and(|most| items.len() as u64 > most)
                {
                    wrong.push(format!("{at} has {} items", items.len()));
                }
                for item in items.iter().filter(|_| !schema["items"].is_null()) {
                    self.fit(&schema["items"], item, wants, &format!("{at}[]"), wrong);
                }
            }
            Value::String(text) => {
                if schema["maxLength"]
                    .as_u64()
                    .is_some_and(|most| text.chars().count() as u64 > most)
                {
                    wrong.push(format!("{at} is longer than {}", schema["maxLength"]));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn members(
        &self,
        schema: &'a Value,
        members: &serde_json::Map<String, Value>,
        wants: Wants,
        at: &str,
        wrong: &mut Vec<String>,
    ) {
        let Some(known) = schema["properties"].as_object() else {
            return;
        };
        for (key, value) in members {
            match known.get(key) {
                Some(described) => {
                    let wants = if wants == Wants::Share { Wants::Part } else { wants };
                    self.fit(described, value, wants, &format!("{at}.{key}"), wrong);
                }
                None if wants == Wants::Share => {}
                None if OF_THE_MOCK.contains(&key.as_str()) && wants == Wants::Part => {}
                None if schema["additionalProperties"].is_object() || schema["additionalProperties"] == true => {}
                None => wrong.push(format!("{at} has no member `{key}`")),
            }
        }
        if wants != Wants::Whole {
            return;
        }
        for key in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if !members.contains_key(key) {
                wrong.push(format!("{at}.{key} is missing"));
            }
        }
    }
}

fn is_of_type(schema: &Value, name: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == name,
        Value::Array(several) => several.iter().any(|one| one == name),
        _ => false,
    }
}

fn is_a(schema: &Value, value: &Value) -> bool {
    match value {
        Value::Null => is_of_type(schema, "null"),
        Value::Bool(_) => is_of_type(schema, "boolean"),
        Value::Number(number) => {
            is_of_type(schema, "number") || is_of_type(schema, "integer") && (number.is_i64() || number.is_u64())
        }
        Value::String(_) => is_of_type(schema, "string"),
        Value::Array(_) => is_of_type(schema, "array"),
        Value::Object(_) => is_of_type(schema, "object"),
    }
}

/// Every query that the program can make, with what the mock answers, by GitHub's own schema and the reference
/// implementation of GraphQL.
#[test]
fn every_query_and_its_answer_fit_githubs_schema() {
    let Some(folder) = folder() else { return };
    let repo = super::repo::GitRepo::new();
    repo.commit(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let mut fixture = super::fixture::Fixture::of(repo.path());
    fixture.graphql = serde_json::json!({
        "deleteBranchOnMerge": true, "mergeCommitAllowed": true, "squashMergeAllowed": false, "rebaseMergeAllowed": true,
        "autoMergeAllowed": false, "isSecurityPolicyEnabled": true,
        "mergeQueue": {"id": "MQ_1"}, "refUpdateRule": {"requiredApprovingReviewCount": 1, "requiresCodeOwnerReviews": false,
            "requiredStatusCheckContexts": ["a"], "requiresSignatures": false, "requiresLinearHistory": false,
            "allowsForcePushes": false, "allowsDeletions": false, "requiresConversationResolution": true},
    });
    fixture.protection = Some(serde_json::json!({"enforce_admins": {"enabled": true}}));
    let mock = super::mock::Mock::start(fixture);
    let settings = readygate::check::repository::SETTINGS
        .iter()
        .map(|(name, _)| format!("repository.{name}"));
    let rules = readygate::check::branch::SETTINGS
        .iter()
        .map(|(name, _, _)| format!("branch.{name}"));
    let keys = settings.chain(rules).collect();
    super::client::run(async {
        use readygate::source::Source;
        let client = mock.client(super::fixture::DEFAULT);
        readygate::github::facts(&client, "o", "n", None, &keys).await;
        let mut source = readygate::source::Github::new(client, "o", "n");
        let id = source.resolve("main").await.unwrap();
        super::source::contents(&mut source, &readygate::source::Revision::Commit(id)).await;
    });
    let asked = mock.look(|state| {
        let queries = state.exchanges.iter().filter(|one| one.asked.path == ["graphql"]);
        let asked: Vec<Value> = queries
            .map(|one| {
                let told: Value = serde_json::from_slice(&one.told).unwrap();
                serde_json::json!({"query": one.asked.body["query"], "variables": one.asked.body["variables"], "data": told["data"]})
            })
            .collect();
        asked
    });
    assert!(
        asked.len() >= 3,
        "settings, the branch and blobs are asked for: {asked:#?}"
    );
    let mut node = std::process::Command::new("node")
        .args([".ci/contract.mjs", "graphql"])
        .arg(&folder)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(
        &mut node.stdin.take().unwrap(),
        Value::from(asked).to_string().as_bytes(),
    )
    .unwrap();
    let out = node.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(out.stdout).unwrap().trim(), "[]");
}

#[test]
fn a_request_that_github_would_not_take_is_found_out() {
    let Some(folder) = folder() else { return };
    let create = operation(&folder, "checks/create");
    let schema = Schema {
        root: &create["components"],
    };
    let wrong = |body: Value| {
        let mut wrong = Vec::new();
        schema.body(&create["operation"], &body, &mut wrong);
        wrong
    };
    let good = serde_json::json!({"name": "a", "head_sha": "b", "status": "completed", "conclusion": "success"});
    assert_eq!(wrong(good.clone()), [""; 0]);
    for (key, value) in [
        ("conclusion", "fine".into()),
        ("head_sha", 1.into()),
        ("status", Value::Null),
        ("colour", "red".into()),
    ] {
        let mut body = good.clone();
        body[key] = value;
        assert!(!wrong(body).is_empty(), "{key}");
    }
    assert!(!wrong(serde_json::json!({"name": "a"})).is_empty());
    assert!(!wrong(Value::Null).is_empty());
    let query = BTreeMap::from([("recursiv".to_owned(), "1".to_owned())]);
    let tree = operation(&folder, "git/get-tree");
    assert_eq!(
        Schema {
            root: &tree["components"]
        }
        .query(&tree["operation"], &query)
        .len(),
        1
    );
}
