//! The contract's shape of `--format json`, checked by a reader that knows nothing of our types.

use readygate::model::RegressionKind;
use readygate::report::json;
use serde_json::Value;

use super::samples;

/// What the contract says of a value.
enum Shape {
    Text,
    Number,
    Truth,
    Words(&'static [&'static str]),
    Nullable(&'static Shape),
    List(&'static Shape),
    Table(&'static [(&'static str, Shape)]),
    /// Any keys with values of this shape.
    Map(&'static Shape),
}

use Shape::{List, Map, Nullable, Number, Table, Text, Truth, Words};

const RESULT: Shape = Table(&[
    ("version", Number),
    ("tool", Table(&[("name", Words(&["readygate"])), ("version", Text)])),
    ("as_of", Text),
    (
        "target",
        Table(&[
            ("repository", Nullable(&Text)),
            ("ref", Nullable(&Text)),
            ("sha", Nullable(&Text)),
            ("dirty", Truth),
            ("merge_base", Nullable(&Text)),
            ("base", Nullable(&Text)),
            ("source", Words(&["local", "github"])),
        ]),
    ),
    (
        "policy",
        Table(&[("path", Text), ("sha", Nullable(&Text)), ("packs", List(&Text))]),
    ),
    (
        "verdict",
        Table(&[
            ("decision", Words(&["go", "no-go"])),
            ("reasons", List(&Text)),
            ("score", Nullable(&Number)),
        ]),
    ),
    (
        "counts",
        Table(&[
            ("pass", Number),
            ("fail", Number),
            ("unknown", Number),
            ("not-applicable", Number),
            ("waived", Number),
        ]),
    ),
    (
        "components",
        List(&Table(&[
            ("path", Text),
            ("kinds", List(&Text)),
            ("entry", List(&Text)),
        ])),
    ),
    ("controls", List(&CONTROL)),
    (
        "checklists",
        List(&Table(&[
            ("path", Text),
            (
                "items",
                List(&Table(&[
                    ("line", Number),
                    ("text", Text),
                    ("state", Text),
                    ("controls", List(&Text)),
                    ("verdict", Text),
                    ("reason", Text),
                ])),
            ),
        ])),
    ),
    (
        "regressions",
        List(&Table(&[
            (
                "kind",
                Words(&[
                    "finding",
                    "unknown",
                    "not-applicable",
                    "weakening",
                    "workflow",
                    "policy",
                ]),
            ),
            ("control", Nullable(&Text)),
            ("path", Nullable(&Text)),
            ("line", Nullable(&Number)),
            ("message", Text),
            ("fingerprint", Nullable(&Text)),
        ])),
    ),
    (
        "notices",
        List(&Table(&[
            ("path", Text),
            ("line", Number),
            ("kind", Words(&["expired", "void", "refused", "stale", "unused"])),
            ("control", Text),
            ("message", Text),
        ])),
    ),
    (
        "cost",
        Table(&[
            ("files_listed", Number),
            ("files_read", Number),
            ("bytes_read", Number),
            ("skipped", Map(&Number)),
            ("api_requests", Number),
            ("elapsed_ms", Number),
        ]),
    ),
]);

const CONTROL: Shape = Table(&[
    ("id", Text),
    ("title", Text),
    ("severity", Words(&["critical", "high", "medium", "low"])),
    ("category", Text),
    ("component", Nullable(&Text)),
    (
        "outcome",
        Words(&["pass", "fail", "unknown", "not-applicable", "waived"]),
    ),
    (
        "cause",
        Nullable(&Words(&[
            "permission",
            "limit",
            "network",
            "size",
            "parse",
            "encoding",
            "generated",
            "unmodelled",
        ])),
    ),
    ("change", Nullable(&Words(&["regressed", "fixed", "unchanged"]))),
    ("reason", Text),
    (
        "evidence",
        List(&Table(&[
            ("path", Text),
            ("line", Nullable(&Number)),
            ("column", Nullable(&Number)),
            ("text", Text),
            ("strength", Words(&["present", "wired", "proven"])),
        ])),
    ),
    (
        "findings",
        List(&Table(&[
            ("message", Text),
            ("path", Nullable(&Text)),
            ("line", Nullable(&Number)),
            ("column", Nullable(&Number)),
            ("end_line", Nullable(&Number)),
            ("fingerprint", Text),
            (
                "related",
                List(&Table(&[
                    ("path", Text),
                    ("line", Nullable(&Number)),
                    ("message", Text),
                ])),
            ),
        ])),
    ),
    ("remediation", Text),
    (
        "waiver",
        Nullable(&Table(&[("reason", Text), ("owner", Text), ("expires", Text)])),
    ),
    (
        "attestation",
        Nullable(&Table(&[
            ("by", Text),
            ("on", Text),
            ("expires", Text),
            ("evidence", Text),
        ])),
    ),
]);

fn check(value: &Value, shape: &Shape, at: &str, wrong: &mut Vec<String>) {
    let is_right = match (shape, value) {
        (Text, Value::String(_)) | (Truth, Value::Bool(_)) | (Nullable(_), Value::Null) => true,
        (Number, Value::Number(number)) => number.is_u64(),
        (Words(words), Value::String(word)) => words.contains(&word.as_str()),
        (Nullable(inner), other) => return check(other, inner, at, wrong),
        (List(inner), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check(item, inner, &format!("{at}[{index}]"), wrong);
            }
            true
        }
        (Map(inner), Value::Object(entries)) => {
            for (key, entry) in entries {
                check(entry, inner, &format!("{at}.{key}"), wrong);
            }
            true
        }
        (Table(keys), Value::Object(entries)) => {
            for (key, inner) in *keys {
                match entries.get(*key) {
                    Some(entry) => check(entry, inner, &format!("{at}.{key}"), wrong),
                    None => wrong.push(format!("{at}.{key} is missing")),
                }
            }
            true
        }
        (Text | Number | Truth | Words(_) | List(_) | Table(_) | Map(_), _) => false,
    };
    if !is_right {
        wrong.push(format!("{at} is {value}"));
    }
}

fn mistakes(value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(value, &RESULT, "", &mut wrong);
    wrong
}

#[test]
fn every_field_of_the_contract_is_there_with_its_type() {
    for report in [samples::go(), samples::no_go(), samples::many(), samples::hostile()] {
        let value: Value = serde_json::from_str(&json(&report)).unwrap();
        assert_eq!(mistakes(&value), Vec::<String>::new());
        assert_eq!(value["version"], 1);
    }
}

#[test]
fn the_reader_sees_a_missing_field_and_a_wrong_word() {
    let mut value: Value = serde_json::from_str(&json(&samples::no_go())).unwrap();
    value["controls"][0].as_object_mut().unwrap().remove("outcome");
    value["regressions"][0]["kind"] = "regression".into();
    value["target"]["dirty"] = "no".into();
    assert_eq!(
        mistakes(&value),
        [
            ".target.dirty is \"no\"",
            ".controls[0].outcome is missing",
            ".regressions[0].kind is \"regression\"",
        ]
    );
}

#[test]
fn every_kind_of_regression_has_the_contracts_word() {
    let kinds = [
        RegressionKind::Finding,
        RegressionKind::Unknown,
        RegressionKind::NotApplicable,
        RegressionKind::Weakening,
        RegressionKind::Workflow,
        RegressionKind::Policy,
    ];
    let mut report = samples::no_go();
    let one = report.regressions[0].clone();
    report.regressions = kinds
        .map(|kind| readygate::model::Regression { kind, ..one.clone() })
        .to_vec();
    let value: Value = serde_json::from_str(&json(&report)).unwrap();
    assert_eq!(mistakes(&value), Vec::<String>::new());
}

#[test]
fn the_order_of_keys_is_the_contracts() {
    let text = json(&samples::go());
    let keys = [
        "version",
        "tool",
        "as_of",
        "target",
        "policy",
        "verdict",
        "counts",
        "components",
        "controls",
        "checklists",
        "regressions",
        "cost",
    ];
    let places: Vec<usize> = keys
        .iter()
        .map(|key| text.find(&format!("\n  \"{key}\"")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}
