//! Lines whose controls look at nothing here, and lines that say more than that something is there.

use crate::cli::program::{check, shop};

const PACKAGE: &str = "{\"name\":\"shop\",\"scripts\":{\"build\":\"vite build\"},\"dependencies\":{\"react\":\"18.2.0\"},\
     \"devDependencies\":{\"vite\":\"5.0.0\"}}\n";

const POLICY: &str = r#"version = 1
extends = ["builtin:default", "builtin:server"]

[checklist]
files = ["READY.md"]
bind = [
  { item = "Too many guesses are stopped", controls = ["security.rate-limit.auth"] },
  { item = "The shop is open", controls = ["shop.open"] },
]

[[control]]
id = "shop.open"
title = "The shop is open"
severity = "low"
rationale = "A closed shop sells nothing."
remediation = "Open it."
applies-when.path = "shop.conf"
check.path = { exists = "open.conf" }
"#;

const PYTHON: [(&str, &str); 2] = [
    ("requirements.txt", "fastapi==0.110.0\n"),
    ("main.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
];

fn told(policy: &str, list: &str, files: &[(&str, &str)]) -> (Vec<(String, String)>, serde_json::Value) {
    let mut all = vec![(".github/readiness.toml", policy), ("READY.md", list)];
    all.extend(files);
    let repo = shop(&all);
    let report = check(
        repo.path(),
        &["--format", "json", "--fail-on", "never", "--as-of", "2026-11-20"],
    );
    let report = report.with(0).json();
    let items = report["checklists"][0]["items"].as_array().unwrap();
    let told = items.iter().map(|item| {
        let word = |key: &str| item[key].as_str().unwrap().to_owned();
        (word("verdict"), word("reason"))
    });
    (told.collect(), report)
}

const LIMITS: &str = "- [x] Rate limiting enabled\n- [x] Too many guesses are stopped\n- [ ] The shop is open\n";

#[test]
fn what_no_pack_looks_at_here_is_unknown_and_what_the_team_says_does_not_apply_does_not() {
    let (told, _) = told(POLICY, LIMITS, &PYTHON);
    let verdicts: Vec<&str> = told.iter().map(|(verdict, _)| verdict.as_str()).collect();
    assert_eq!(verdicts, ["unknown", "unknown", "not-applicable"], "{told:?}");
    for (_, reason) in &told[..2] {
        assert!(reason.contains("so nothing shows the line: "), "{reason}");
    }
}

fn attested(expires: &str) -> String {
    format!(
        "{POLICY}\n[[attestation]]\ncontrol = \"security.rate-limit.enabled\"\nby = \"@ana\"\non = 2026-11-01\n\
         expires = {expires}\nevidence = \"https://example.com/edge\"\n"
    )
}

#[test]
fn a_word_counts_where_no_pack_looks() {
    let (lines, report) = told(&attested("2027-02-01"), LIMITS, &PYTHON);
    assert_eq!(lines[0].0, "attested", "{lines:?}");
    let controls = report["controls"].as_array().unwrap();
    let control = controls
        .iter()
        .find(|control| control["id"] == "security.rate-limit.enabled");
    assert_eq!(control.unwrap()["outcome"], "pass");
    assert_eq!(report["notices"].as_array().unwrap().len(), 0, "{}", report["notices"]);
    let (lines, _) = told(&attested("2026-11-10"), LIMITS, &PYTHON);
    assert_eq!(lines[0].0, "unknown", "{lines:?}");
    assert!(lines[0].1.contains("expired on 2026-11-10"), "{}", lines[0].1);
}

#[test]
fn that_a_script_is_there_does_not_show_how_it_ends() {
    let list = "- [ ] Production build\n- [ ] Production build completes without errors\n- [ ] Production build, clean build\n\
                - [ ] **Production build**\n  ```\n  npm run build\n  Expected: clean build\n  ```\n";
    let (told, _) = told(
        POLICY,
        list,
        &[
            ("package.json", PACKAGE),
            ("vite.config.js", "export default {}\n"),
            ("index.html", "<p>\n"),
        ],
    );
    let verdicts: Vec<&str> = told.iter().map(|(verdict, _)| verdict.as_str()).collect();
    assert_eq!(
        verdicts,
        ["unticked-but-met", "unknown", "unknown", "unknown"],
        "{told:?}"
    );
    assert!(told[1].1.contains("does not show `completes`"), "{told:?}");
}

#[test]
fn the_roots_script_is_not_another_components() {
    let list =
        "- [ ] Production build: `npm run build`\n- [ ] Production build\n  ```\n  cd web\n  npm run build\n  ```\n";
    let server =
        "{\"name\":\"server\",\"scripts\":{\"start\":\"node index.js\"},\"dependencies\":{\"express\":\"4.18.0\"}}\n";
    let (told, _) = told(
        POLICY,
        list,
        &[
            ("package.json", server),
            ("index.js", "require('express')().listen(80)\n"),
            ("web/package.json", PACKAGE),
            ("web/vite.config.js", "export default {}\n"),
            ("web/index.html", "<p>\n"),
        ],
    );
    assert_eq!(told[0].0, "unknown", "{told:?}");
    assert!(told[0].1.contains("does not show `run build`"), "{told:?}");
    assert_eq!(told[1].0, "unticked-but-met", "{told:?}");
}

#[test]
fn that_nothing_bad_was_found_is_no_protection() {
    let list = "- [x] XSS protection\n- [ ] No XSS\n";
    let page = "export const Page = () => <p>Hello</p>\n";
    let (told, _) = told(
        POLICY,
        list,
        &[
            ("package.json", PACKAGE),
            ("index.html", "<p>\n"),
            ("src/page.jsx", page),
        ],
    );
    assert_eq!(told[0].0, "unknown", "{told:?}");
    assert!(told[0].1.contains("does not show `protection`"), "{told:?}");
}

#[test]
fn a_line_asks_for_what_is_not_demanded_of_everyone() {
    let policy = "version = 1\nextends = [\"builtin:server\"]\n[checklist]\nfiles = [\"READY.md\"]\n";
    let lines = "- [x] Prometheus metrics\n- [ ] Application metrics collection\n";
    let server = |packages: &str, code: &'static str| {
        let manifest = format!(
            "{{\"name\":\"shop\",\"scripts\":{{\"start\":\"node index.js\"}},\"dependencies\":{{\"express\":\"4.19.2\"{packages}}}}}\n"
        );
        let files = [("package.json", manifest.as_str()), ("index.js", code)];
        let (told, report) = told(policy, lines, &files);
        let controls = report["controls"].as_array().unwrap();
        let control = controls
            .iter()
            .find(|control| control["id"] == "observability.metrics")
            .unwrap();
        assert_eq!(control["outcome"], "not-applicable", "nobody else is asked: {control}");
        let verdicts: Vec<String> = told.into_iter().map(|(verdict, _)| verdict).collect();
        (verdicts.join(" "), control["asked"].clone())
    };
    let app = "const app = require('express')();\napp.get('/', (q, r) => r.json(load()));\napp.listen(3000);\n";
    let (verdicts, asked) = server("", app);
    assert_eq!((verdicts.as_str(), asked.as_str()), ("contradicted open", Some("fail")));
    let own = "const app = require('express')();\napp.get('/metrics', (q, r) => r.json(load()));\napp.listen(3000);\n";
    assert_eq!(server("", own).0, "unknown unknown", "figures of its own");
    let (verdicts, asked) = server(",\"dd-trace\":\"5.0.0\"", app);
    assert_eq!(verdicts, "unknown unknown", "an agent that is not looked into");
    assert!(asked.is_null());
    let (told, _) = told(policy, lines, &PYTHON);
    assert!(told.iter().all(|(verdict, _)| verdict == "unknown"), "{told:?}");
}

#[test]
fn what_is_asked_and_only_a_person_can_say_is_unknown() {
    let policy = r#"version = 1

[checklist]
files = ["READY.md"]
bind = [{ item = "Doors are locked at night", controls = ["shop.locked"] }]

[[control]]
id = "shop.locked"
title = "Doors are locked"
severity = "low"
rationale = "An open door invites."
remediation = "Lock them."
applies-when.path = "doors.conf"
asked-when.path = "package.json"
check.all = [
  { path = { exists = "package.json" } },
  { attestation = { statement = "Somebody went round.", max-days = 30 } },
]
"#;
    let (told, report) = told(
        policy,
        "- [x] Doors are locked at night\n",
        &[("package.json", PACKAGE)],
    );
    assert_eq!(told[0].0, "unknown", "{told:?}");
    let controls = report["controls"].as_array().unwrap();
    let control = controls.iter().find(|control| control["id"] == "shop.locked").unwrap();
    assert_eq!(
        (control["outcome"].as_str(), control["asked"].as_str()),
        (Some("not-applicable"), Some("unknown"))
    );
}

const FORMS: &str = "- [x] CSRF protection\n";

/// An API of one route behind what stands in `before`, and other files.
fn forms(before: &str, files: &[(&str, &str)]) -> Vec<(String, String)> {
    let manifest =
        "{\"name\":\"api\",\"scripts\":{\"start\":\"node index.js\"},\"dependencies\":{\"express\":\"4.18.0\"}}\n";
    let server = format!(
        "const express = require('express');\nconst {{ kept }} = require('./orders');\nconst app = express();\n{before}\n\
         app.post('/orders', async (req, res) => {{ res.json(await kept(req.body.sum)); }});\napp.listen(80);\n"
    );
    let mut all = vec![
        ("package.json", manifest),
        ("index.js", server.as_str()),
        (
            "orders.js",
            "exports.kept = async (sum) => fetch('https://orders.example.com/' + sum);\n",
        ),
    ];
    all.extend(files);
    told(POLICY, FORMS, &all).0
}

#[test]
fn a_form_of_another_site_comes_from_nobody_where_nobody_is_known_by_a_cookie() {
    let bearer = "app.use((req, res, next) => {\n  if (req.headers.authorization !== `Bearer ${process.env.TOKEN}`) \
                  return res.status(401).end();\n  next();\n});";
    assert_eq!(forms(bearer, &[])[0].0, "confirmed");
    // A token that a browser hands along by itself may stand in a cookie as well.
    let either = bearer.replace(
        "req.headers.authorization",
        "(req.headers.authorization || req.cookies.token)",
    );
    assert_ne!(forms(&either, &[])[0].0, "confirmed");
}

#[test]
fn what_was_written_against_forms_of_other_sites_and_never_runs_is_nothing() {
    let cookies = "app.use((req, res, next) => (req.cookies.session ? next() : res.status(401).end()));";
    let protection =
        "exports.csrfProtection = (req, res, next) => (req.get('x-csrf') ? next() : res.status(403).end());\n";
    let told = forms(cookies, &[("middleware/csrf.js", protection)]);
    assert_eq!(told[0].0, "contradicted", "{told:?}");
    let runs = format!("{cookies}\napp.use(require('./middleware/csrf').csrfProtection);");
    assert_eq!(forms(&runs, &[("middleware/csrf.js", protection)])[0].0, "unknown");
}

const ORIGINS: &str = "- [x] CORS configured\n";

/// A Next.js application with a route that answers with these headers.
fn origins(headers: &str) -> Vec<(String, String)> {
    let manifest = "{\"name\":\"shop\",\"scripts\":{\"build\":\"next build\",\"start\":\"next start\"},\
                    \"dependencies\":{\"next\":\"15.0.0\",\"react\":\"19.0.0\"}}\n";
    let route = format!(
        "export async function GET() {{\n  return Response.json({{ ok: true }}, {{ headers: {{ {headers} }} }});\n}}\n"
    );
    let page = "export default function Page() {\n  return <p>Hello</p>;\n}\n";
    told(
        POLICY,
        ORIGINS,
        &[
            ("package.json", manifest),
            ("app/page.jsx", page),
            ("app/api/orders/route.js", &route),
        ],
    )
    .0
}

#[test]
fn a_next_application_that_names_no_other_origin_is_closed_to_all_others() {
    let told = origins("'cache-control': 'no-store'");
    assert_eq!(told[0].0, "confirmed", "{told:?}");
    let told = origins("'Access-Control-Allow-Origin': '*'");
    assert_ne!(told[0].0, "confirmed", "{told:?}");
}

#[test]
fn a_package_beside_an_application_says_nothing_of_its_origins() {
    let root = "{\"name\":\"shop\",\"workspaces\":[\"apps/*\",\"packages/*\"]}\n";
    let application = "{\"name\":\"web\",\"scripts\":{\"build\":\"next build\",\"start\":\"next start\"},\
                       \"dependencies\":{\"next\":\"15.0.0\",\"react\":\"19.0.0\"}}\n";
    let library = "{\"name\":\"auth\",\"main\":\"index.js\",\"dependencies\":{\"next\":\"15.0.0\"}}\n";
    let middleware = "import { NextResponse } from 'next/server';\nexport function middleware(request) {\n  \
                      return handleCORS(request, NextResponse.next());\n}\nfunction handleCORS(request, response) {\n  \
                      response.headers.set('Access-Control-Allow-Origin', request.headers.get('origin'));\n  return response;\n}\n";
    let (told, _) = told(
        POLICY,
        ORIGINS,
        &[
            ("package.json", root),
            ("apps/web/package.json", application),
            ("apps/web/middleware.js", middleware),
            (
                "apps/web/app/page.jsx",
                "export default function Page() {\n  return <p>Hello</p>;\n}\n",
            ),
            ("packages/auth/package.json", library),
            ("packages/auth/index.js", "export const known = () => null;\n"),
        ],
    );
    assert_eq!(told[0].0, "unknown", "{told:?}");
}
