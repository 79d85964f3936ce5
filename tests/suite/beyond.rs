//! What a line says beyond its controls, or of another part of the repository, no evidence shows and nothing missing denies.

use crate::cli::program::{check, shop};

const POLICY: &str =
    "version = 1\nextends = [\"builtin:default\", \"builtin:server\"]\n[checklist]\nfiles = [\"READY.md\"]\n";

const SERVER: &str = "const express = require('express')\nconst Sentry = require('@sentry/node')\nSentry.init({ dsn: process.env.DSN })\n\
     const app = express()\napp.get('/shelves', (request, response) => response.json([]))\n\
     Sentry.setupExpressErrorHandler(app)\napp.listen(80)\n";

const BARE: &str = "const express = require('express')\nconst app = express()\n\
     app.get('/shelves', (request, response) => response.json([]))\napp.listen(80)\n";

const MANIFEST: &str = "{\"name\":\"a\",\"main\":\"index.js\",\"scripts\":{\"start\":\"node index.js\"},\
     \"dependencies\":{\"express\":\"4.18.0\",\"@sentry/node\":\"8.0.0\"}}\n";

/// The verdicts of the items of a checklist, beside these files.
fn verdicts(list: &str, files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = vec![(".github/readiness.toml", POLICY), ("READY.md", list)];
    all.extend(files);
    let repo = shop(&all);
    let report = check(repo.path(), &["--format", "json", "--fail-on", "never"])
        .with(0)
        .json();
    let items = report["checklists"][0]["items"].as_array().unwrap().clone();
    let told = items.iter().map(|item| {
        let word = |key: &str| item[key].as_str().unwrap().to_owned();
        (word("verdict"), word("reason"))
    });
    told.collect()
}

#[test]
fn evidence_shows_a_line_that_says_no_more_than_its_control() {
    let list = "- [x] Set up Sentry error tracking\n- [x] Sentry organization created\n- [x] No errors in Sentry\n\
         - [x] Monitor Sentry for errors\n- [x] Sentry on all services\n- [ ] Sentry errors reported\n";
    let told = verdicts(list, &[("package.json", MANIFEST), ("index.js", SERVER)]);
    let verdicts: Vec<&str> = told.iter().map(|(verdict, _)| verdict.as_str()).collect();
    assert_eq!(
        verdicts,
        ["confirmed", "unknown", "unknown", "unmapped", "unknown", "unknown"],
        "to look into it is another control's, which the policy has not: {told:?}"
    );
    assert!(told[1].1.contains("does not show `organization`"), "{}", told[1].1);
}

#[test]
fn what_one_part_lacks_another_may_have() {
    let list = "- [x] Set up Sentry error tracking\n- [x] Sentry error tracking in apps/web\n";
    let web = [("apps/web/package.json", MANIFEST), ("apps/web/index.js", BARE)];
    let python = [
        ("apps/data/requirements.txt", "fastapi==0.110.0\n"),
        ("apps/data/main.py", "from fastapi import FastAPI\napp = FastAPI()\n"),
    ];
    let alone = verdicts(list, &web);
    assert_eq!(
        (alone[0].0.as_str(), alone[1].0.as_str()),
        ("contradicted", "contradicted"),
        "{alone:?}"
    );
    let both = verdicts(list, &[web, python].concat());
    assert_eq!(
        (both[0].0.as_str(), both[1].0.as_str()),
        ("unknown", "contradicted"),
        "{both:?}"
    );
    assert!(both[0].1.contains("may have"), "{}", both[0].1);
    let other = [("apps/desk/package.json", MANIFEST), ("apps/desk/index.js", SERVER)];
    let both = verdicts(list, &[web, other].concat());
    assert_eq!(
        (both[0].0.as_str(), both[1].0.as_str()),
        ("unknown", "contradicted"),
        "{both:?}"
    );
}

#[test]
fn what_stands_before_an_application_is_not_missing_in_it() {
    let list = "# Launch\n\n## Cloudflare\n\n- [x] Rate limiting enabled\n\n## API\n\n- [x] Rate limiting enabled\n";
    let told = verdicts(list, &[("package.json", MANIFEST), ("index.js", BARE)]);
    assert_eq!(
        (told[0].0.as_str(), told[1].0.as_str()),
        ("unknown", "contradicted"),
        "{told:?}"
    );
}

#[test]
fn what_another_name_lacks_denies_no_line() {
    let list = "- [x] Environment variables validated at startup: JWT_SECRET\n\
         - [x] Environment variables validated at startup: MAIL_PASS\n- [x] Environment variables validated at startup\n";
    let server = SERVER.to_owned()
        + "if (!process.env.JWT_SECRET) process.exit(1)\n\
           console.log(process.env.JWT_SECRET.length, process.env.MAIL_PASS.length, process.env.MAIL_USER.length)\n";
    let told = verdicts(list, &[("package.json", MANIFEST), ("index.js", &server)]);
    let verdicts: Vec<&str> = told.iter().map(|(verdict, _)| verdict.as_str()).collect();
    assert_eq!(verdicts, ["unknown", "contradicted", "contradicted"], "{told:#?}");
    assert!(
        told[0].1.contains("names `JWT_SECRET`, and what is missing is `DSN`"),
        "{}",
        told[0].1
    );
}
