//! SARIF 2.1.0, for code scanning and for other viewers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::model::{ControlReport, FindingReport, OutcomeKind, RegressionKind, Report, Severity};

use super::Setting;
use super::escape::{self, clip, visible};
use super::remark::is_file;
use super::view::{Failing, View, Worse};

/// GitHub rejects a run with more results (docs.github.com, "SARIF support for code scanning").
const MOST_RESULTS: usize = 25_000;
/// And keeps at most this many places of a result.
const MOST_RELATED: usize = 100;
/// GitHub's limit for a rule's descriptions, in characters.
const LONGEST_TEXT: usize = 1_000;

/// The report as SARIF, ending in a line break: one rule a control, one result a finding, the gravest first.
pub fn sarif(report: &Report, setting: &Setting<'_>) -> String {
    let view = View::new(report);
    let mut rules = Rules::new(report);
    let mut results = Vec::new();
    for worse in &view.regressions {
        results.push(of_regression(report, worse, &mut rules));
    }
    for failing in &view.failing {
        results.extend(of_failing(report, failing, &mut rules));
    }
    for control in &view.waived {
        results.extend(of_waived(report, control, &mut rules));
    }
    let more = results.len().saturating_sub(MOST_RESULTS);
    results.truncate(MOST_RESULTS);
    let mut invocation = json!({ "executionSuccessful": true });
    if more > 0 {
        let text = format!("{more} more results are left out: GitHub takes {MOST_RESULTS}");
        invocation["toolExecutionNotifications"] = json!([{ "level": "warning", "message": { "text": text } }]);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": report.tool.name,
                "version": report.tool.version,
                "semanticVersion": report.tool.version,
                "informationUri": "https://github.com/readygate/readygate",
                "rules": rules.list,
            } },
            // What follows the last slash is the run, what stands before it the category.
            "automationDetails": { "id": format!("readygate/{}/", escape::uri(setting.name)) },
            "columnKind": "unicodeCodePoints",
            "invocations": [invocation],
            "results": results,
        }],
    });
    // The invariant: a value made of strings and numbers is always JSON.
    let text = serde_json::to_string_pretty(&log).expect("a value is always JSON");
    escape::json(&text) + "\n"
}

/// The rules by id, each written once however many components have the control.
struct Rules {
    list: Vec<Value>,
    index: BTreeMap<String, usize>,
}

impl Rules {
    fn new(report: &Report) -> Self {
        let mut rules = Self {
            list: Vec::new(),
            index: BTreeMap::new(),
        };
        for control in &report.controls {
            rules.add(&control.id, || rule(control));
        }
        rules
    }

    fn add(&mut self, id: &str, make: impl FnOnce() -> Value) -> usize {
        if let Some(index) = self.index.get(id) {
            return *index;
        }
        self.list.push(make());
        self.index.insert(id.to_owned(), self.list.len() - 1);
        self.list.len() - 1
    }
}

fn rule(control: &ControlReport) -> Value {
    let markdown = format!(
        "**{}**\n\n{}\n\n**What to do:** {}\n",
        escape::inline(&control.title),
        escape::inline(&control.rationale),
        escape::inline(&control.remediation)
    );
    let title = clip(&visible(&control.title), LONGEST_TEXT);
    let why = clip(&visible(&control.rationale), LONGEST_TEXT);
    // GitHub takes no rule with an empty help.
    let remedy = visible(&control.remediation);
    let help = if remedy.is_empty() { title.clone() } else { remedy };
    json!({
        "id": control.id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": if why.is_empty() { title.clone() } else { why } },
        "help": { "text": help, "markdown": markdown },
        "defaultConfiguration": { "level": level(control.severity) },
        "properties": {
            "tags": ["readiness", control.category],
            "problem.severity": problem(control.severity),
            "precision": "high",
        },
    })
}

fn of_regression(report: &Report, worse: &Worse<'_>, rules: &mut Rules) -> Value {
    let regression = worse.regression;
    let kind = match regression.kind {
        RegressionKind::Finding | RegressionKind::Unknown | RegressionKind::NotApplicable => "regression",
        RegressionKind::Weakening => "weakening",
        RegressionKind::Workflow => "workflow",
        RegressionKind::Policy => "policy",
    };
    let id = match (&regression.control, worse.control) {
        (Some(id), Some(_)) => id.clone(),
        (Some(_) | None, _) => format!("readygate.{kind}"),
    };
    let index = rules.add(&id, || {
        let text = format!("The gate itself is not weakened ({kind})");
        json!({
            "id": id,
            "shortDescription": { "text": text },
            "fullDescription": { "text": text },
            "help": { "text": worse.remedy(), "markdown": escape::inline(&worse.remedy()) },
            "defaultConfiguration": { "level": level(regression.severity) },
            "properties": { "tags": ["readiness"], "precision": "high" },
        })
    });
    let fingerprint = regression.fingerprint.clone().unwrap_or_else(|| {
        digest(&[
            kind,
            &id,
            regression.component.as_deref().unwrap_or(""),
            &regression.message,
        ])
    });
    let place = worse.place();
    let mut result = result(Parts {
        rule: (&id, index),
        severity: regression.severity,
        message: &regression.message,
        location: location(report, place, worse.finding),
        fingerprint: &fingerprint,
        component: regression.component.as_deref(),
    });
    result.insert("baselineState".to_owned(), json!("new"));
    relate(&mut result, worse.finding);
    Value::Object(result)
}

fn of_failing(report: &Report, failing: &Failing<'_>, rules: &mut Rules) -> Vec<Value> {
    let control = failing.control;
    let mut all: Vec<Value> = failing
        .findings
        .iter()
        .map(|finding| Value::Object(of_finding(report, control, finding, rules)))
        .collect();
    if all.is_empty() {
        let index = rules.add(&control.id, || rule(control));
        all.push(Value::Object(result(Parts {
            rule: (&control.id, index),
            severity: control.severity,
            message: &control.reason,
            location: location(report, None, None),
            fingerprint: &digest(&[&control.id, control.component.as_deref().unwrap_or("")]),
            component: control.component.as_deref(),
        })));
    }
    all
}

fn of_waived(report: &Report, control: &ControlReport, rules: &mut Rules) -> Vec<Value> {
    debug_assert!(control.outcome == OutcomeKind::Waived);
    let why = control.waiver.as_ref().map(|waiver| {
        let words = format!(
            "{} (accepted by {} until {})",
            waiver.reason, waiver.owner, waiver.expires
        );
        clip(&visible(&words), LONGEST_TEXT)
    });
    let suppressed = |finding| {
        let mut result = of_finding(report, control, finding, rules);
        let justification = why.clone().unwrap_or_default();
        let suppression = json!({ "kind": "external", "status": "accepted", "justification": justification });
        result.insert("suppressions".to_owned(), json!([suppression]));
        Value::Object(result)
    };
    control.findings.iter().map(suppressed).collect()
}

fn of_finding(
    report: &Report,
    control: &ControlReport,
    finding: &FindingReport,
    rules: &mut Rules,
) -> Map<String, Value> {
    let index = rules.add(&control.id, || rule(control));
    let place = super::view::place(finding);
    let mut result = result(Parts {
        rule: (&control.id, index),
        severity: control.severity,
        message: &finding.message,
        location: location(report, place, Some(finding)),
        fingerprint: &finding.fingerprint,
        component: control.component.as_deref(),
    });
    if let Some(introduced) = finding.introduced {
        let state = if introduced { "new" } else { "unchanged" };
        result.insert("baselineState".to_owned(), json!(state));
    }
    relate(&mut result, Some(finding));
    result
}

struct Parts<'a> {
    rule: (&'a str, usize),
    severity: Severity,
    message: &'a str,
    location: Value,
    fingerprint: &'a str,
    component: Option<&'a str>,
}

fn result(parts: Parts<'_>) -> Map<String, Value> {
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), json!(parts.rule.0));
    result.insert("ruleIndex".to_owned(), json!(parts.rule.1));
    result.insert("level".to_owned(), json!(level(parts.severity)));
    let message = clip(&visible(parts.message), LONGEST_TEXT);
    result.insert("message".to_owned(), json!({ "text": plain(&message) }));
    result.insert("locations".to_owned(), json!([parts.location]));
    result.insert(
        "partialFingerprints".to_owned(),
        json!({ "readygate/v1": parts.fingerprint }),
    );
    result.insert(
        "properties".to_owned(),
        json!({ "severity": parts.severity.as_str(), "component": parts.component }),
    );
    result
}

fn location(report: &Report, place: Option<(&str, Option<u32>)>, finding: Option<&FindingReport>) -> Value {
    let known = place.filter(|(path, _)| is_file(path));
    // Code scanning takes no result without a place. What has none is shown where the policy asks for it.
    let policy = report.policy.path.as_str();
    let asked = if is_file(policy) {
        policy
    } else {
        ".github/readiness.toml"
    };
    let (path, line) = known.unwrap_or((asked, None));
    let mut region = Map::new();
    region.insert("startLine".to_owned(), json!(line.unwrap_or(1).max(1)));
    if let Some(finding) = finding.filter(|finding| known.is_some() && finding.line == line) {
        let last = finding.end_line.filter(|end| Some(*end) >= line);
        let columns = [
            ("startColumn", finding.column),
            ("endLine", last),
            ("endColumn", finding.end_column),
        ];
        for (name, value) in columns {
            // An end column is worth something only with a start column before it.
            if let Some(value) = value.filter(|_| finding.column.is_some() || name == "endLine") {
                region.insert(name.to_owned(), json!(value.max(1)));
            }
        }
    }
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": escape::uri(path), "uriBaseId": "%SRCROOT%" },
        "region": region,
    } })
}

fn relate(result: &mut Map<String, Value>, finding: Option<&FindingReport>) {
    let related = finding.map_or(&[][..], |finding| &finding.related);
    let places: Vec<Value> = related
        .iter()
        .filter(|related| is_file(&related.path))
        .take(MOST_RELATED)
        .enumerate()
        .map(|(id, related)| {
            json!({
                "id": id,
                "physicalLocation": {
                    "artifactLocation": { "uri": escape::uri(&related.path), "uriBaseId": "%SRCROOT%" },
                    "region": { "startLine": related.line.unwrap_or(1).max(1) },
                },
                "message": { "text": plain(&clip(&visible(&related.message), LONGEST_TEXT)) },
            })
        })
        .collect();
    if !places.is_empty() {
        result.insert("relatedLocations".to_owned(), Value::Array(places));
    }
}

/// In a SARIF message `[text](0)` is a link and `{0}` a placeholder, and a backslash keeps a bracket as it is.
fn plain(text: &str) -> String {
    text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}

fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}
