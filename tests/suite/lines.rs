//! What people are told of a checklist's lines: in the terminal, of bindings that bind nothing, by `coverage`, and what
//! `import` brings in.

use serde_json::Value;

use crate::cli::program::{Ended, check, end, readygate, shop};
use crate::github::repo::GitRepo;

const POLICY: &str = r#"version = 1
extends = ["builtin:server"]

[checklist]
files = ["READY.md"]
bind = [
  { item = "Too many guesses", controls = ["security.rate-limit.auth"] },
  { item = "A README says what this shop is and how it is run by those who keep it open", controls = ["shop.readme"] },
  { item = "Nothing is left to be mended", controls = ["shop.no-fixme"] },
  { item = "A licence", controls = ["shop.licence"] },
]

[[control]]
id = "shop.readme"
title = "There is a README"
severity = "low"
rationale = "Nobody knows what it is."
remediation = "Write one."
check.path = { exists = "README.md" }

[[control]]
id = "shop.licence"
title = "There is a licence"
severity = "low"
rationale = "Nobody may use it."
remediation = "Write one."
check.path = { exists = ["LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE", "LICENCE.md", "COPYING", "COPYING.md"] }

[[control]]
id = "shop.no-fixme"
title = "Nothing is left to be fixed"
severity = "medium"
rationale = "What is known to be broken breaks."
remediation = "Mend it, or open an issue."
check.none = [{ text = { pattern = 'FIXME', in = ["**/*.py"] } }]
"#;

const LIST: &str = "# Ready\n\n- [x] Nothing is left to be mended\n\
    - [ ] A README says what this shop is and how it is run by those who keep it open\n- [ ] A licence\n\
    - [x] Rate limiting enabled\n- [x] Too many guesses at the login\n- [ ] Buy a cake\n";

fn repo() -> GitRepo {
    shop(&[
        (".github/readiness.toml", POLICY),
        ("READY.md", LIST),
        ("README.md", "# Shop\n"),
        ("requirements.txt", "fastapi==0.110.0\n"),
        ("main.py", "from fastapi import FastAPI\napp = FastAPI()  # FIXME\n"),
    ])
}

fn human(repo: &GitRepo, arguments: &[&str], columns: Option<&str>) -> String {
    let mut command = readygate(&[&["check", "--fail-on", "never"], arguments].concat());
    if let Some(columns) = columns {
        command.env("COLUMNS", columns);
    }
    end(command.current_dir(repo.path())).with(0).out
}

#[test]
fn the_lines_that_want_something_done_are_told_with_reason_and_place() {
    let told = human(&repo(), &[], None);
    for words in [
        "READY.md: 1 of 3 controls met:",
        "  contradicted (1): ",
        "    line 3: Nothing is left to be mended\n",
        "(`shop.no-fixme`, main.py:2)",
        "  unticked-but-met (1): ",
        "    line 4: A README says what this shop is and how it is run by those who keep it open\n",
        "  open (1): ",
        "    line 5: A licence\n",
        "  unknown (1): no control looks at such a thing here: 1\n",
        "  2 unmapped",
    ] {
        assert!(told.contains(words), "`{words}` is not in:\n{told}");
    }
    assert!(!told.contains("line 6"), "{told}");
    assert!(
        !told.contains('…'),
        "nothing is cut where nobody has a terminal:\n{told}"
    );
}

#[test]
fn every_line_is_told_when_asked_for() {
    let told = human(&repo(), &["-v"], None);
    for words in [
        "line 6: Rate limiting enabled\n",
        "so nothing shows the line: ",
        "line 8: Buy a cake\n",
    ] {
        assert!(told.contains(words), "`{words}` is not in:\n{told}");
    }
}

#[test]
fn the_columns_that_there_are_are_kept() {
    let told = human(&repo(), &["-v"], Some("70"));
    let summary = told.split("READY.md: 1 of").nth(1).unwrap();
    for line in summary.lines() {
        assert!(line.chars().count() <= 70, "{line}");
    }
}

#[test]
fn a_binding_that_binds_no_line_is_told_and_the_nearest_line_with_it() {
    let repo = repo();
    let words = "the binding of `Too many guesses` binds nothing";
    let report = check(repo.path(), &["--format", "json", "--fail-on", "never"])
        .with(0)
        .json();
    let notices = report["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 1, "{notices:?}");
    let message = notices[0]["message"].as_str().unwrap();
    assert!(
        message.contains(words) && message.contains("line 7 comes nearest"),
        "{message}"
    );
    assert!(human(&repo, &[], None).contains(words));
    let run = |arguments: &[&str]| -> Ended { end(readygate(arguments).current_dir(repo.path())).with(0) };
    assert!(run(&["coverage", "READY.md"]).out.contains(words));
    run(&["policy", "check"]).saying(words);
}

#[test]
fn coverage_does_not_count_what_does_not_apply() {
    let repo = repo();
    let told = end(readygate(&["coverage", "READY.md"]).current_dir(repo.path()))
        .with(0)
        .out;
    assert!(told.contains("3 of 6 items are decided by something"), "{told}");
    assert!(told.contains("1 with controls that do not apply here"), "{told}");
    assert!(
        told.contains("READY.md:6: Rate limiting enabled  (security.rate-limit.enabled)"),
        "{told}"
    );
}

const GOING: &str =
    "# Going live\n\n- [ ] Uptime monitoring set up\n- [ ] Rollback plan\n- [ ] Database migrations run\n";

#[test]
fn import_brings_in_what_the_document_asks_for_and_no_more() {
    let files = [
        ("GOING.md", GOING),
        ("requirements.txt", "fastapi==0.110.0\n"),
        ("main.py", "import fastapi\n"),
    ];
    let repo = shop(&files);
    let score = |repo: &GitRepo| -> Value {
        let report = check(repo.path(), &["--format", "json", "--fail-on", "never"])
            .with(0)
            .json();
        report["counts"]["unknown"].clone()
    };
    let before = score(&repo).as_u64().unwrap();
    end(readygate(&["import", "GOING.md"]).current_dir(repo.path())).with(0);
    let policy = std::fs::read_to_string(repo.path().join(".github/readiness.toml")).unwrap();
    assert!(policy.contains("{ pack = \"builtin:launch\", only = ["), "{policy}");
    assert!(policy.contains("observability.uptime-monitoring (3)"), "{policy}");
    assert!(policy.lines().count() < 60, "{policy}");
    end(readygate(&["policy", "check"]).current_dir(repo.path())).with(0);
    let after = score(&repo).as_u64().unwrap();
    assert!(after <= before + 4, "{before} and then {after}:\n{policy}");
}

fn mistakes(policy: &str) -> Ended {
    let repo = shop(&[(".github/readiness.toml", policy), ("README.md", "# Shop\n")]);
    end(readygate(&["controls"]).current_dir(repo.path()))
}

#[test]
fn a_part_of_a_pack_has_those_controls_alone() {
    let part = "version = 1\nextends = [{ pack = \"builtin:launch\", only = [\"observability.uptime-monitoring\"] }]\n";
    let told = mistakes(part).with(0).out;
    assert!(
        told.contains("observability.uptime-monitoring") && told.lines().count() == 1,
        "{told}"
    );
    let more = format!("{part}[controls.\"db.archiving\"]\nenabled = true\n");
    let ids = |text: &str| text.lines().count();
    assert_eq!(
        ids(&mistakes(&more).with(0).out),
        2,
        "what is left out can be let in by its id"
    );
    let whole = part.replace("] }]", "] }, \"builtin:launch\"]");
    assert!(ids(&mistakes(&whole).with(0).out) > 20);
    mistakes(&part.replace("uptime-monitoring", "uptime-monitorin"))
        .with(2)
        .saying("did you mean `observability.uptime-monitoring`?");
    mistakes(&part.replace("[\"observability.uptime-monitoring\"]", "[]")).with(2);
}
