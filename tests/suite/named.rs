//! Lines of a checklist that no rule binds are judged by what they name: a file, a package, a script, a variable, a route.

use serde_json::Value;

use crate::cli::program::{check, end, readygate, shop};
use crate::github::repo::GitRepo;

const POLICY: &str = r#"version = 1
[scope]
exclude = ["legacy/**"]
[checklist]
files = ["READY.md"]
bind = [{ item = "Create docs/REFUSED.md", controls = [] }]

[[control]]
id = "shop.readme"
title = "There is a README"
severity = "low"
rationale = "Who can't read asks."
remediation = "Write one."
check.path = { exists = ["README.md"] }

[[attestation]]
control = "checklist.names.variable.courier-token"
by = "@ana"
on = 2026-11-01
expires = 2027-01-01
evidence = "https://example.com/courier"
"#;

/// Each line with what has to come of it.
const LINES: [(&str, &str); 49] = [
    ("- [x] `docs/SHIPPING.md` exists", "confirmed"),
    ("- [ ] Create docs/SHIPPING.md", "unticked-but-met"),
    ("- [x] Create docs/RETURNS.md", "contradicted"),
    ("- [ ] Create docs/RETURNS.md (2h)", "open"),
    // It is there with more than was asked, or under another name, or may be there and kept out of git.
    ("- [x] Created docs/SHIPPING.md and sent to all couriers", "unknown"),
    ("- [x] src/shelf.ts was added", "unknown"),
    ("- [x] Create notes/private.md", "unknown"),
    ("- [x] Delete `backend/old.sql`", "confirmed"),
    ("- [x] Delete `docs/SHIPPING.md`", "contradicted"),
    ("- [x] Install the `left-shelf` package", "confirmed"),
    ("- [x] Install the `right-shelf` package", "contradicted"),
    ("- [ ] Add the `npm run stock` script", "unticked-but-met"),
    ("- [x] `npm run stock` passes", "unknown"),
    ("- [x] `npm run restock` passes", "contradicted"),
    ("- [x] `SHELF_TOKEN` set", "unknown"),
    ("- [x] `COURIER_TOKEN` set", "attested"),
    ("- [x] `GET /shelves` responds", "confirmed"),
    ("- [x] `GET /crates` responds", "contradicted"),
    ("- [x] GET /shelves returns the shelves in order", "unknown"),
    ("- [x] No docs/RETURNS.md in git", "unmapped"),
    ("- [x] Create docs/REFUSED.md", "unmapped"),
    ("- [x] Shelves tidied by hand with left-shelf", "unmapped"),
    ("- [x] Add config.json to .gitignore", "unmapped"),
    ("- [x] Add package.json to the Dockerfile", "unmapped"),
    ("- [x] Check that .gitignore has config.json", "unmapped"),
    ("- [x] Add all environment variables to config.json", "unmapped"),
    ("- [x] Add new routes to src/server.js", "unmapped"),
    ("- [x] Ensure config.json has the API key", "unmapped"),
    ("- [x] Has config.json been added", "unmapped"),
    ("- [x] Created backup.sh on the server", "unmapped"),
    ("- [x] Added robots.txt to the CDN bucket", "unmapped"),
    ("- [x] Written report.txt and sent by mail", "unknown"),
    ("- [x] GET /status responds at api.stripe.com", "unknown"),
    ("- [x] Add compression to nginx.conf", "unmapped"),
    ("- [x] Installed playwright", "unknown"),
    ("- [x] Add npm run stock to .github/workflows/ci.yml", "unmapped"),
    // It is gone from the root, where it was asked for, and another of its name lies elsewhere.
    ("- [x] Removed config.json", "unknown"),
    ("- [x] Created config.json", "unknown"),
    ("- [x] Removed package.json", "contradicted"),
    ("- [x] Created index.js", "confirmed"),
    // Between backticks a package is known by its name alone.
    ("- [x] Add `helmet`", "contradicted"),
    ("- [x] Add helmet", "unmapped"),
    ("- [x] Install the `left-shelf` package in package.json", "confirmed"),
    // Another manifest has it, and may be the one that is meant.
    ("- [x] Install the `left-desk` package in package.json", "unknown"),
    // What the policy excludes may have what is named.
    ("- [x] Create docs/OLD.md", "unknown"),
    ("- [x] Delete docs/OLD.md", "unknown"),
    ("- [x] Delete docs/OLDER.md", "confirmed"),
    // A framework serves what a module gives under the name of a file that nobody writes.
    ("- [x] Create robots.txt", "confirmed"),
    ("- [x] Create sitemap.xml", "contradicted"),
];

fn repository() -> GitRepo {
    let list: String = LINES.iter().map(|(line, _)| format!("{line}\n")).collect();
    shop(&[
        (".github/readiness.toml", POLICY),
        ("README.md", "# Shop\n"),
        ("READY.md", &list),
        (".gitignore", "notes/\n"),
        ("docs/SHIPPING.md", "# Shipping\n"),
        ("legacy/docs/OLD.md", "# Old\n"),
        (
            "tools/package.json",
            "{\"name\":\"tools\",\"dependencies\":{\"left-desk\":\"1.0.0\"}}\n",
        ),
        ("tests/fixtures/config.json", "{}\n"),
        ("src/server.js", "module.exports = 2\n"),
        (
            "web/app/robots.ts",
            "export default () => ({ rules: { userAgent: '*' } })\n",
        ),
        ("src/shelf.js", "module.exports = 1\n"),
        (
            "package.json",
            "{\"name\":\"a\",\"main\":\"index.js\",\"scripts\":{\"start\":\"node index.js\",\"stock\":\"node stock.js\"},\
             \"dependencies\":{\"express\":\"4.18.0\",\"left-shelf\":\"1.0.0\",\"@playwright/test\":\"1.40.0\"}}\n",
        ),
        (
            "index.js",
            "const express = require('express')\nconst app = express()\n\
             app.get('/shelves', (request, response) => response.json(request.query))\napp.listen(80)\n",
        ),
    ])
}

fn report(repo: &GitRepo) -> Value {
    check(repo.path(), &["--format", "json", "--fail-on", "never"])
        .with(0)
        .json()
}

#[test]
fn a_line_is_judged_by_what_it_names() {
    let report = report(&repository());
    let items = report["checklists"][0]["items"].as_array().unwrap();
    for ((line, verdict), item) in LINES.iter().zip(items) {
        assert_eq!(item["verdict"], *verdict, "{line}: {item}");
    }
    assert_eq!(items.len(), LINES.len());
    assert_eq!(items[9]["controls"][0], "checklist.names.package.left-shelf");
    let seen = items[4]["reason"].as_str().unwrap();
    assert!(seen.contains("docs/SHIPPING.md"), "{seen}");
    let found = report["controls"].as_array().unwrap().iter();
    let contradicted = found.clone().find(|one| one["id"] == "checklist.contradicted").unwrap();
    let lines: Vec<u64> = contradicted["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [3, 9, 11, 14, 18, 39, 41, 49]);
    // They judge their own line, and count nowhere else.
    assert!(
        found
            .clone()
            .all(|one| !one["id"].as_str().unwrap().starts_with("checklist.names."))
    );
}

#[test]
fn coverage_tells_what_a_line_is_judged_by() {
    let repo = repository();
    let told = end(readygate(&["coverage", "READY.md"]).current_dir(repo.path()))
        .with(0)
        .out;
    assert!(told.contains("named in the item:\nREADY.md:1: "), "{told}");
    assert!(told.contains("(The package `left-shelf` is there)"), "{told}");
    assert!(told.contains("2 attested"), "{told}");
    assert!(told.contains("15 unmapped"), "{told}");
}

#[test]
fn a_document_without_items_says_what_an_item_is() {
    let repo = repository();
    let told = end(readygate(&["coverage", "README.md"]).current_dir(repo.path()))
        .with(0)
        .out;
    assert!(
        told.contains("README.md has no item. An item is a line such as `- [ ] "),
        "{told}"
    );
}

#[test]
fn what_is_past_the_most_is_said() {
    let list: String = (0..230).map(|at| format!("- [ ] Create docs/PAGE_{at}.md\n")).collect();
    let repo = shop(&[
        (
            ".github/readiness.toml",
            "version = 1\n[checklist]\nfiles = [\"READY.md\"]\n",
        ),
        ("READY.md", &list),
    ]);
    let report = report(&repo);
    let items = report["checklists"][0]["items"].as_array().unwrap();
    let of = |verdict: &str| items.iter().filter(|item| item["verdict"] == verdict).count();
    assert_eq!((of("open"), of("unmapped")), (200, 30));
    let reason = items[229]["reason"].as_str().unwrap();
    assert!(reason.contains("200 controls are made"), "{reason}");
    let told = end(readygate(&["coverage", "READY.md"]).current_dir(repo.path()))
        .with(0)
        .out;
    assert!(told.contains("30 items more name something"), "{told}");
}

#[test]
fn a_person_vouches_for_what_a_line_names() {
    let repo = shop(&[
        (
            ".github/readiness.toml",
            "version = 1\n[checklist]\nfiles = [\"READY.md\"]\n",
        ),
        ("READY.md", "- [ ] `SHELF_TOKEN` set\n"),
    ]);
    let attest = |id: &str| {
        let arguments = ["attest", id, "--by", "@ana", "--evidence", "https://example.com/token"];
        end(readygate(&arguments).current_dir(repo.path()))
    };
    attest("checklist.names.variable.shelf-token").with(0);
    let items = &report(&repo)["checklists"][0]["items"];
    assert_eq!(items[0]["verdict"], "attested", "{items}");
    let told = attest("checklist.names.variable.other").with(2).err;
    assert!(told.contains("no line of `READY.md` makes it"), "{told}");
}
