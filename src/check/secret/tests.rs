//! What is a secret, what is none, and that no value is ever told.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use crate::check::{Engine, View};
use crate::model::{Component, Entry, EntryKind, Examined, Outcome, Read, RepoPath, Snapshot, Tree};
use crate::text::Document;

fn examine_with(parameters: &serde_json::Value, files: &[(&str, &str)]) -> Examined {
    let check = super::build(parameters).expect("the parameters are right");
    let entry = |text: &str| Entry {
        kind: EntryKind::File,
        id: None,
        size: u64::try_from(text.len()).ok(),
    };
    let entries = files
        .iter()
        .map(|(path, text)| (RepoPath::new(path), entry(text)))
        .collect();
    let mut snapshot = Snapshot::new(Arc::new(Tree::new(entries)));
    for (path, text) in files {
        let document = Document::new(text.as_bytes());
        snapshot.insert(RepoPath::new(path), Read::Here(Arc::new(document)));
    }
    let engine = Engine::new([]);
    let view = View {
        snapshot: &snapshot,
        component: None::<&Component>,
        engine: &engine,
    };
    check.examine(&view)
}

fn examine(path: &str, text: &str) -> Examined {
    examine_with(&json!({}), &[(path, text)])
}

fn messages(path: &str, text: &str) -> Vec<String> {
    examine(path, text).gaps.into_iter().map(|gap| gap.message).collect()
}

/// Letters and digits as chance makes them, the same for a seed.
fn chance(length: usize, seed: u64, alphabet: &[u8]) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(alphabet[usize::try_from((state >> 33) % alphabet.len() as u64).expect("is small")])
        })
        .collect()
}

const ANY: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX: &[u8] = b"0123456789abcdef";

/// Every format that is put together from a prefix and chance, as text that holds it.
fn tokens(seed: u64) -> Vec<(String, String)> {
    let one = |prefix: &str, length, alphabet| (prefix.to_owned(), chance(length, seed, alphabet));
    vec![
        one("AKIA", 16, UPPER),
        one("ghp_", 36, ANY),
        one("glpat-", 20, ANY),
        one("sk_live_", 32, ANY),
        one("whsec_", 32, ANY),
        one("AIza", 35, ANY),
        one("GOCSPX-", 28, ANY),
        one("sk-proj-", 60, ANY),
        one("npm_", 36, ANY),
        one("key-", 32, HEX),
        one("dop_v1_", 64, HEX),
        one("shpat_", 32, HEX),
        one("gsk_", 52, ANY),
    ]
}

#[test]
fn every_format_is_found_in_code_in_configuration_and_in_prose() {
    for (prefix, body) in tokens(7) {
        for (path, text) in [
            ("src/a.ts", format!("const x = \"{prefix}{body}\";\n")),
            ("deploy.yml", format!("  value: {prefix}{body}\n")),
            ("NOTES.md", format!("We use `{prefix}{body}` for it.\n")),
            ("a.env", format!("X={prefix}{body}\n")),
        ] {
            assert_eq!(messages(path, &text).len(), 1, "{prefix} in {path}");
        }
    }
}

#[test]
fn in_minified_files_tokens_alone_count_and_none_that_browsers_are_given() {
    let code = "var a=function(b){return b+1};".repeat(400);
    let found = |text: String| messages("public/index-4f3a.js", &format!("{code}{text}")).len();
    let token = chance(32, 5, ANY);
    assert_eq!(found(format!("k=\"sk_live_{token}\";")), 1);
    assert_eq!(found(format!("k=\"AIza{}\";", chance(35, 5, ANY))), 0);
    assert_eq!(found(format!("k={{apiSecret:\"{token}\"}};")), 0);
}

#[test]
fn of_what_is_built_and_tracked_tokens_alone_count() {
    let outcome = |path: &str, text: &str| {
        let found = examine_with(&json!({}), &[(path, text), ("src/a.ts", "export {};\n")]);
        found.outcome
    };
    let token = chance(32, 5, ANY);
    let live = format!("const key = \"sk_live_{token}\";\n");
    for path in [
        "dist/app.js",
        "web/static/js/main.1a2b3c4d.chunk.js",
        "public/build/index.html",
    ] {
        assert_eq!(outcome(path, &live), Outcome::Fail, "{path}");
    }
    // Keys that browsers are given, values by chance, and reports on tests.
    let map = format!("const key = \"AIza{}\";\n", chance(35, 5, ANY));
    assert_eq!(outcome("dist/app.js", &map), Outcome::Pass);
    assert_eq!(
        outcome("dist/app.js", &format!("const apiSecret = \"{token}\";\n")),
        Outcome::Pass
    );
    assert_eq!(outcome("coverage/app.js.html", &live), Outcome::Pass);
    let left = examine_with(
        &json!({ "except": "dist/**" }),
        &[("dist/app.js", &live), ("src/a.ts", "export {};\n")],
    );
    assert_eq!(left.outcome, Outcome::Pass);
}

#[test]
fn the_key_of_a_firebase_configuration_is_for_everybody() {
    let key = format!("AIza{}", chance(35, 5, ANY));
    let config =
        format!("firebase.initializeApp({{\n  apiKey: '{key}',\n  authDomain: 'shop.firebaseapp.com',\n}});\n");
    assert_eq!(messages("public/firebase-sw.js", &config), Vec::<String>::new());
    assert_eq!(messages("src/geo.ts", &format!("const apiKey = '{key}';\n")).len(), 2);
}

#[test]
fn a_token_in_a_test_leaves_it_open() {
    let token = format!("const key = \"ghp_{}\";\n", chance(36, 9, ANY));
    for path in ["src/a.spec.ts", "tests/a.test.ts"] {
        let found = examine_with(&json!({}), &[(path, &token), ("src/a.ts", "export {};\n")]);
        assert!(matches!(found.outcome, Outcome::Unknown(_)), "{path}");
        let none = examine_with(
            &json!({ "except": path }),
            &[(path, &token), ("src/a.ts", "export {};\n")],
        );
        assert_eq!(none.outcome, Outcome::Pass, "{path}");
        let other = examine_with(
            &json!({}),
            &[(path, "const key = \"ghp_x\";\n"), ("src/a.ts", "export {};\n")],
        );
        assert_eq!(other.outcome, Outcome::Pass, "{path}");
    }
    // Where a pattern names tests, they are searched as anything else.
    let named = examine_with(&json!({ "in": "**/*.spec.ts" }), &[("src/a.spec.ts", &token)]);
    assert_eq!(named.outcome, Outcome::Fail);
}

#[test]
fn a_large_dump_is_not_passed_over() {
    let size = "-- a row\n".repeat(150_000);
    let of = |path: &str| examine_with(&json!({}), &[(path, &size), ("src/a.ts", "export {};\n")]).outcome;
    assert!(matches!(of("backup.sql"), Outcome::Unknown(_)));
    assert_eq!(of("data.json"), Outcome::Pass);
}

#[test]
fn a_format_with_nothing_random_in_it_is_an_example() {
    for text in [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk_live_your_key_here_1234567890",
        "sk_live_000000000000000000000000",
        "whsec_abcdefghijklmnopqrstuvwxyz123456",
        "postgres://user:password@db.host.net/app",
        "postgres://app:${DB_PASSWORD}@db.prod-cloud.net/app",
        "postgres://postgres:Vk2pLq91xZ@localhost:5432/app",
        "postgres://app:Vk2pLq91xZ@db.example.com/app",
        "-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----",
        "if (key.startsWith('-----BEGIN PRIVATE KEY-----')) {",
        "JWT_SECRET=your-secret-key-at-least-32-characters",
        "const apiKey = process.env.API_KEY ?? '';",
        "const passwordResetTokenKey = \"password_reset_token_v2_key\";",
        "secretName: \"projects/k3Jd82nVq0sLmZx91aQw/secrets\"",
    ] {
        for path in ["src/a.ts", "NOTES.md", ".env", "deploy.yml"] {
            assert_eq!(
                messages(path, &format!("{text}\n")),
                Vec::<String>::new(),
                "{text} in {path}"
            );
        }
    }
}

#[test]
fn values_count_where_the_file_makes_them_values() {
    let value = chance(32, 3, ANY);
    let found = |path: &str, text: String| messages(path, &text).len();
    assert_eq!(found("src/a.ts", format!("const API_SECRET = \"{value}\";")), 1);
    assert_eq!(
        found("src/a.ts", format!("api_secret: process.env.API_SECRET || '{value}',")),
        1
    );
    assert_eq!(
        found("app.py", format!("KEY = os.getenv(\"SECRET_KEY\", \"{value}\")")),
        1
    );
    assert_eq!(found("docker-compose.yml", format!("      - JWT_SECRET={value}")), 1);
    assert_eq!(found("env.production", format!("JWT_SECRET={value}")), 1);
    assert_eq!(found("backend/.env.backup", "DB_PASSWORD=Tr0ub4dor&3".to_owned()), 1);
    assert_eq!(found("PLAN.md", format!("SMTP_PASS={value}")), 1);
    assert_eq!(found("PLAN.md", "SMTP_PASS=wqxz plmk rtyu kjvb".to_owned()), 1);
    // Without quotes, code names something; in prose, `token` is what an answer looks like.
    assert_eq!(found("src/a.ts", format!("API_SECRET: {value}")), 0);
    assert_eq!(found("API.md", format!("\"token\": \"{value}\"")), 0);
    assert_eq!(found("MAIL.md", "The password: some such word here".to_owned()), 0);
    assert_eq!(found("src/a.ts", format!("const contentHash = \"{value}\";")), 0);
    assert_eq!(found("src/a.ts", "password: string = \"\";".to_owned()), 0);
    assert_eq!(found("src/a.test.ts", format!("const API_SECRET = \"{value}\";")), 0);
    assert_eq!(found("src/mock-data.ts", format!("const API_SECRET = \"{value}\";")), 0);
    assert_eq!(found(".env.example", "DB_PASSWORD=Tr0ub4dor&3".to_owned()), 0);
}

#[test]
fn addresses_keys_tokens_and_cookies_are_found() {
    let body = chance(64, 5, ANY);
    let found = |path: &str, text: String| messages(path, &text);
    let address = "const u = 'postgresql://app:Vk2pLq91xZ@db.prod-cloud.net:5432/app'";
    assert_eq!(
        found("src/a.js", address.to_owned()),
        ["`src/a.js` holds an address with a password (`postgresql://…`)"]
    );
    // What people choose for a database that a provider made is one; what a guide shows in its place is none.
    let atlas = |password: &str| {
        format!(
            "const u = 'mongodb{}{password}@cluster0.5ttc1.mongodb.net/shop'",
            "+srv://shop:"
        )
    };
    for password in ["mariaStore123", "202512345678"] {
        assert_eq!(
            found("src/a.js", atlas(password)),
            ["`src/a.js` holds an address with a password (`mongodb+srv://…`)"]
        );
    }
    assert_eq!(found("src/a.js", atlas("password123")), [""; 0]);
    for text in [
        format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n"),
        format!("{{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\n{body}\\n\"}}"),
    ] {
        assert_eq!(
            found("config/account.json", text),
            ["`config/account.json` holds a private key"]
        );
    }
    let cookie = format!("#HttpOnly_app.host.net\tFALSE\t/\tTRUE\t1790000000\tsession\t{body}\n");
    assert_eq!(
        found("cookies.txt", cookie),
        ["`cookies.txt` holds a cookie jar with sessions in it"]
    );
    assert_eq!(
        found("certs/site.p12", String::new()),
        ["`certs/site.p12` is a file that holds a private key"]
    );
}

#[test]
fn a_test_modes_key_is_asked_for_by_name() {
    let text = format!(
        "const k = \"{}{}\"; // STRIPE_SECRET_KEY",
        concat!("sk_", "test_"),
        chance(40, 9, ANY)
    );
    let asked = |parameters| examine_with(&parameters, &[("src/a.ts", &text)]).outcome;
    assert_eq!(asked(json!({})), Outcome::Pass);
    assert_eq!(asked(json!({ "kinds": ["test-token"] })), Outcome::Fail);
}

#[test]
fn the_same_secret_twice_in_a_file_is_one_finding_that_no_edit_above_changes() {
    let text = format!("const API_SECRET = \"{}\";\n", chance(32, 3, ANY));
    let once = examine("src/a.ts", &text).gaps;
    let twice = examine("src/a.ts", &format!("\n\n// moved\n    {text}{text}")).gaps;
    let identity = |gaps: &[crate::model::Gap]| -> Vec<(String, String)> {
        gaps.iter()
            .map(|gap| (gap.subject.clone(), gap.words.clone()))
            .collect()
    };
    assert_eq!(identity(&once), identity(&twice));
    // Another value under the same name is the same finding: the words hold nothing of it.
    let other = examine("src/a.ts", &format!("const API_SECRET = \"{}\";\n", chance(32, 4, ANY))).gaps;
    assert_eq!(identity(&once), identity(&other));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_value_is_told(seed in 1_u64.., path in prop::sample::select(vec![
        "src/a.ts", "deploy.yml", ".env", "env.production", "PLAN.md", "app.py", "x.json", ".env.example", "key.pem",
    ])) {
        let mut values: Vec<String> = tokens(seed).into_iter().map(|(_, body)| body).collect();
        let mut text = String::new();
        for (prefix, body) in tokens(seed) {
            text += &format!("SECRET_X=\"{prefix}{body}\"\n\"{body}9x8y7_TOKEN\": \"{body}\"\n");
        }
        let (assigned, password) = (chance(30, seed ^ 21, ANY), chance(12, seed ^ 22, ANY));
        text += &format!("API_SECRET={assigned}\nJWT_SECRET: \"{assigned}\"\nU=postgres://app:{password}@db.host-cloud.net/x\n");
        text += &format!("-----BEGIN PRIVATE KEY-----\n{assigned}{assigned}\n");
        values.extend([assigned, password]);
        let examined = examine(path, &text);
        prop_assert_eq!(&examined.outcome, &Outcome::Fail);
        let told = format!("{examined:?}");
        for value in values {
            // Eight characters in a row are more than chance lets two texts share.
            for at in 0..value.len() - 8 {
                prop_assert!(!told.contains(&value[at..at + 8]), "{}", path);
            }
        }
    }

    #[test]
    fn chance_is_never_taken_for_typed(seed in 1_u64..) {
        // Without vowels there is no word in it that stands for a value.
        let letters = b"BCDFGHJKLMNPQRSTVWZbcdfghjklmnpqrstvwz0123456789".as_slice();
        for (alphabet, end) in [(letters, "7k3"), (HEX, "")] {
            // A key has digits in two places: of those without, the kind makes no claim, and four times the same
            // character, which chance makes now and then, stands for a value.
            let value = format!("{}{end}", chance(32, seed, alphabet));
            let is_same = |four: &[u8]| four.iter().all(|byte| *byte == four[0]);
            prop_assume!(!value.as_bytes().windows(4).any(is_same));
            prop_assert_eq!(messages("src/a.ts", &format!("const API_SECRET = \"{value}\";\n")).len(), 1, "{}", value);
        }
    }

    #[test]
    fn hostile_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "(eyJ|AKIA|postgres://|-----BEGIN |[a:@/=\"\\n .-]){0,60}") {
        for document in [Document::new(bytes.clone()), Document::new(text.as_bytes())] {
            let _ = document.view::<super::found::Found>();
        }
    }
}

#[test]
fn names_of_products_may_be_written_as_one_word() {
    for name in ["RAPIDAPI_KEY", "RAPIDAPIKEY", "OPENAI_KEY"] {
        assert!(super::assigned::names_secret(name), "{name}");
    }
    for name in ["MAP_KEY", "SORT_KEY", "PUBLIC_RAPIDAPI_KEY"] {
        assert!(!super::assigned::names_secret(name), "{name}");
    }
}

#[test]
fn a_password_for_mail_is_one_without_its_spaces_too() {
    let value = concat!("xkqv", "rtzb", "mwhd", "pfls");
    let lines = [
        format!("SMTP_PASS={value}\n"),
        format!("pass: configService.get('SMTP_PASS', '{value}'),\n"),
        format!("const EMAIL_PASSWORD = process.env.EMAIL_PASSWORD || '{value}';\n"),
    ];
    for line in &lines {
        assert_eq!(messages("src/mail.ts", line).len(), 1, "{line}");
    }
    for line in [
        "SMTP_PASS=yourgmailapppass\n".to_owned(),
        "SMTP_PASS=abcdefghijklmnop\n".to_owned(),
        "EMAIL_PASS=changethisplease\n".to_owned(),
        format!("CITY={value}\n"),
        format!("SMTP_PASS={value}more\n"),
    ] {
        assert!(messages("src/mail.ts", &line).is_empty(), "{line}");
    }
}
