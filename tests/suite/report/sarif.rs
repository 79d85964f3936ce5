//! SARIF by the parts of the specification and of GitHub's documentation that an upload depends on.

use std::collections::HashSet;

use readygate::model::{Report, Severity};
use readygate::report::{Setting, sarif};
use serde_json::Value;

use super::samples;

fn log(report: &Report) -> Value {
    serde_json::from_str(&sarif(report, &Setting::default())).unwrap()
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

fn is_uri(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                let hex = bytes.get(at + 1..at + 3);
                if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
                    return false;
                }
                at += 3;
            }
            byte if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) => at += 1,
            _ => return false,
        }
    }
    !text.is_empty() && !text.starts_with('/')
}

#[test]
fn the_log_has_what_a_reader_needs() {
    for report in [samples::go(), samples::no_go(), samples::many(), samples::hostile()] {
        let log = log(&report);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert_eq!(log["runs"].as_array().unwrap().len(), 1);
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        assert_eq!(run["automationDetails"]["id"], "readygate/readiness/");
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: HashSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), rules.len(), "rules are written once");
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!(rule[text]["text"].is_string(), "{rule}");
            }
            assert!(rule["help"]["markdown"].is_string(), "{rule}");
            assert!(rule["shortDescription"]["text"].as_str().unwrap().chars().count() <= 1024);
        }
        for result in results(&log) {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap()));
            assert!(result["message"]["text"].is_string());
            assert!(result["partialFingerprints"]["readygate/v1"].as_str().unwrap().len() >= 64);
            let locations = result["locations"].as_array().unwrap();
            assert_eq!(locations.len(), 1);
            let place = &locations[0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(is_uri(uri), "{uri}");
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        }
    }
}

#[test]
fn new_old_and_waived_are_told_apart() {
    let log = log(&samples::no_go());
    let of = |rule: &str| -> Vec<&Value> { results(&log).iter().filter(|result| result["ruleId"] == rule).collect() };
    let new = of("secrets.env-files-ignored");
    assert_eq!(new.len(), 1, "a regression and its finding are one result");
    assert_eq!(new[0]["baselineState"], "new");
    assert_eq!(new[0]["locations"][0]["physicalLocation"]["region"]["startColumn"], 1);
    assert_eq!(new[0]["locations"][0]["physicalLocation"]["region"]["endColumn"], 11);
    assert_eq!(
        new[0]["relatedLocations"][0]["physicalLocation"]["region"]["startLine"],
        2
    );
    let old = of("security.rate-limit");
    assert_eq!(old.len(), 2);
    assert!(old.iter().all(|result| result["baselineState"] == "unchanged"));
    let waived = of("ops.runbook");
    assert_eq!(waived[0]["suppressions"][0]["status"], "accepted");
    assert!(
        waived[0]["suppressions"][0]["justification"]
            .as_str()
            .unwrap()
            .contains("@ops")
    );
    let weakening = of("readygate.weakening");
    assert_eq!(weakening.len(), 1);
    assert_eq!(weakening[0]["baselineState"], "new");
}

#[test]
fn without_a_base_there_is_no_state() {
    let log = log(&samples::many());
    assert!(results(&log).iter().all(|result| result.get("baselineState").is_none()));
}

#[test]
fn more_results_than_github_takes_are_cut_and_told() {
    let mut report = samples::empty();
    let mut control = samples::control("a.b", "A", Severity::Low, readygate::model::OutcomeKind::Fail);
    let one = samples::finding("x", Some("a"), Some(1), "1");
    control.findings = (0..25_010)
        .map(|number| {
            let mut finding = one.clone();
            finding.fingerprint = format!("{number:0>64}");
            finding
        })
        .collect();
    report.controls = vec![control];
    let log = log(&samples::counted(report));
    assert_eq!(results(&log).len(), 25_000);
    let notice = log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert!(notice.unwrap().starts_with("10 more results"), "{notice:?}");
}
