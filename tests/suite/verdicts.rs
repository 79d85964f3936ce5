//! What becomes of a checklist's lines: parts of the repository, exact words, words against boxes, secrets, thanks.

use serde_json::Value;

use crate::cli::program::{check, shop};
use crate::github::repo::GitRepo;

const POLICY: &str = r#"version = 1
[checklist]
files = ["docs/READY.md", "backend/READY.md"]
bind = [
  { item = "Dockerfile for the backend", controls = ["shop.dockerfile"] },
  { item = "Dockerfile for the frontend", controls = ["shop.dockerfile"] },
  { item = "A Dockerfile", controls = ["shop.dockerfile"] },
  { item = "Its Dockerfile", controls = ["shop.dockerfile"] },
  { item = "Nothing to fix in the backend", controls = ["shop.no-fixme"] },
  { item = "Nothing to fix in the frontend", controls = ["shop.no-fixme"] },
  { item = "It answers at /health", controls = ["shop.health"] },
  { item = "It answers at /readyz", controls = ["shop.health"] },
]

[[control]]
id = "shop.dockerfile"
title = "There is an image"
severity = "medium"
rationale = "What runs nowhere else runs nowhere."
remediation = "Write a Dockerfile."
check.path = { exists = ["**/Dockerfile"] }

[[control]]
id = "shop.no-fixme"
title = "Nothing is left to be fixed"
severity = "medium"
rationale = "What is known to be broken breaks."
remediation = "Mend it, or open an issue."
check.none = [{ text = { pattern = 'FIXME', in = ["**/*.js"] } }]

[[control]]
id = "shop.health"
title = "It says how it is"
severity = "medium"
rationale = "Who can't ask waits."
remediation = "Answer at `/health`."
check.text = { pattern = "get\\('/health'", in = ["**/*.js"] }
"#;

const LIST: &str = "# Ready\n\n- [ ] Dockerfile for the backend\n- [ ] Dockerfile for the frontend\n- [ ] A Dockerfile\n\
    - [x] Nothing to fix in the backend\n- [x] Nothing to fix in the frontend\n- [ ] It answers at /health\n\
    - [ ] It answers at /readyz\n- [ ] Buy a cake\n";

fn judged(list: &str) -> Value {
    let repo = repository(list);
    let ended = check(repo.path(), &["--format", "json", "--fail-on", "never"]).with(0);
    ended.json()
}

fn repository(list: &str) -> GitRepo {
    let package = "{\"name\":\"a\",\"dependencies\":{\"express\":\"4.18.0\"}}\n";
    shop(&[
        (".github/readiness.toml", POLICY),
        ("docs/READY.md", list),
        ("backend/READY.md", "- [ ] Its Dockerfile\n"),
        ("backend/package.json", package),
        ("backend/index.js", "app.get('/health', ok)\n"),
        ("frontend/package.json", package),
        ("frontend/index.js", "// FIXME: later\n"),
        ("frontend/Dockerfile", "FROM scratch\n"),
    ])
}

fn verdicts(report: &Value, list: usize) -> Vec<(u64, String)> {
    let items = report["checklists"][list]["items"].as_array().unwrap();
    let verdict = |item: &Value| {
        (
            item["line"].as_u64().unwrap(),
            item["verdict"].as_str().unwrap().to_owned(),
        )
    };
    items.iter().map(verdict).collect()
}

fn findings<'a>(report: &'a Value, control: &str) -> &'a Vec<Value> {
    let controls = report["controls"].as_array().unwrap();
    let found = controls.iter().find(|found| found["id"] == control).unwrap();
    found["findings"].as_array().unwrap()
}

#[test]
fn a_line_is_judged_by_the_part_that_it_speaks_of_and_by_what_it_states() {
    let report = judged(LIST);
    let expected = [
        (3, "unknown"),
        (4, "unticked-but-met"),
        (5, "unticked-but-met"),
        (6, "unknown"),
        (7, "contradicted"),
        (8, "unticked-but-met"),
        (9, "unknown"),
        (10, "unmapped"),
    ];
    let expected: Vec<(u64, String)> = expected.map(|(line, verdict)| (line, verdict.to_owned())).to_vec();
    assert_eq!(verdicts(&report, 0), expected);
    assert_eq!(
        verdicts(&report, 1),
        [(1, "unknown".to_owned())],
        "the document stands in the back end's folder"
    );
    let list = &report["checklists"][0];
    assert_eq!(
        (&list["progress"]["met"], &list["progress"]["controls"]),
        (&2.into(), &3.into())
    );
    assert_eq!(list["counts"]["unknown"], 3);
    let contradicted = &list["items"][4];
    assert_eq!(contradicted["evidence"]["path"], "frontend/index.js");
    assert_eq!(contradicted["newly_done"], Value::Null);
}

#[test]
fn a_word_that_says_the_opposite_of_its_box_is_inconsistent() {
    let told = |list: &str| findings(&judged(list), "checklist.inconsistent").len();
    assert_eq!(told("- [ ] A Dockerfile ✅ already there\n"), 1);
    assert_eq!(told("- [x] A Dockerfile ✅ already there\n- [ ] Buy a cake\n"), 0);
}

#[test]
fn secrets_and_personal_data_in_the_document_are_found_and_printed_nowhere() {
    let token = ["ghp", "x7Kq2mV9sLw4Tz8RbN1cYd6FhJ3pGa5QeUo0"].join("_");
    let list = format!("- [ ] A Dockerfile\n- [ ] Rotate {token}\n- [ ] Ask ana.lindqvist84@gmail.com\n");
    let report = judged(&list);
    let found = findings(&report, "checklist.secret");
    let lines: Vec<&Value> = found.iter().map(|finding| &finding["line"]).collect();
    assert_eq!(lines, [2, 3]);
    let text = report.to_string();
    assert!(!text.contains(&token[4..]) && !text.contains("lindqvist"), "{text}");
    let repo = repository(&list);
    for format in ["human", "markdown", "github", "sarif"] {
        let ended = check(repo.path(), &["--format", format, "--fail-on", "never"]);
        let told = ended.out + &ended.err;
        assert!(!told.contains(&token[4..]) && !told.contains("lindqvist"), "{told}");
    }
}
