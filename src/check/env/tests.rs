//! What a module reads, and what a file declares.

use crate::model::RepoPath;
use crate::program::module::{Language, Module};
use crate::text::Document;

use super::declared::Declared;
use super::names::{is_like, is_public_secret};
use super::reads::{Reads, Way};

fn reads(text: &str) -> (Vec<(String, Way)>, usize) {
    let document = Document::new(text.as_bytes());
    let module = Module::parse(&document, Language::of("a.ts").expect("is known"));
    let reads = Reads::of(&module);
    let mut found: Vec<(String, Way)> = reads
        .readings
        .into_iter()
        .map(|reading| (reading.name, reading.way))
        .collect();
    found.sort();
    (found, reads.validating.len())
}

fn one(text: &str) -> Vec<(String, Way)> {
    reads(text).0
}

#[test]
fn what_must_not_be_set_is_needed_by_nobody() {
    let list = "const bad = ['NEXT_PUBLIC_KEY', 'NEXT_PUBLIC_SECRET'];";
    let each = format!("{list} for (const name of bad) {{ if (process.env[name]) throw new Error(name) }}");
    assert_eq!(reads(&each), (vec![], 0));
    let found =
        format!("{list} const set = bad.filter((name) => process.env[name]); if (set.length) throw new Error()");
    assert_eq!(reads(&found), (vec![], 0));
    assert_eq!(one("if (process.env.NEXT_PUBLIC_KEY) throw new Error()"), []);
    // The other way round each is needed.
    let needed = each.replace("if (process", "if (!process");
    assert_eq!(reads(&needed).0.len(), 2);
    assert_eq!(reads(&needed).1, 1);
    let needed = found.replace("=> process", "=> !process");
    assert_eq!(reads(&needed).1, 1);
}

#[test]
fn what_hangs_on_another_variable_is_needed_only_with_it() {
    let way = |text: &str| {
        one(text)
            .into_iter()
            .find(|(name, _)| name == "X_TOKEN")
            .map(|(_, way)| way)
    };
    let sent = "await fetch(to, { headers: { a: `Bearer ${process.env.X_TOKEN}` } });";
    let silent = "async function f() { const to = process.env.X_URL; if (!to) return;";
    assert_eq!(
        way(&format!("{silent} try {{ {sent} }} catch {{}} }}")),
        Some(Way::Hanging)
    );
    let named = format!("async function f() {{ const to = process.env.X_URL; if (to) {{ {sent} }} }}");
    assert_eq!(way(&named), Some(Way::Hanging));
    // Who says that something is missing needs what comes after it.
    let said = format!("async function f() {{ const to = process.env.X_URL; if (!to) return fail(); {sent} }}");
    assert_eq!(way(&said), Some(Way::Plain));
    assert_eq!(
        one("export const seo = { id: process.env.FACEBOOK_APP_ID, address: process.env.SITE_URL }"),
        [
            ("FACEBOOK_APP_ID".to_owned(), Way::Lenient),
            ("SITE_URL".to_owned(), Way::Plain)
        ]
    );
    let other = format!("async function f(user) {{ if (!user) return; {sent} }}");
    assert_eq!(way(&other), Some(Way::Plain));
}

#[test]
fn what_a_function_does_with_a_variable_is_what_becomes_of_it() {
    let x = |way| vec![("X_KEY".to_owned(), way)];
    let limit = "function limit(value) { if (!value) return 0; return Number(value) }";
    assert_eq!(one(&format!("{limit} f(limit(process.env.X_KEY))")), x(Way::Lenient));
    let number = "const number = (value, fallback) => pick(Number(value), fallback);";
    let given = format!("{number} f(number(process.env.X_KEY, DAY))");
    assert_eq!(one(&given), x(Way::Lenient));
    // Without what stands for it, it stands alone.
    assert_eq!(one(&format!("{number} f(number(process.env.X_KEY))")), x(Way::Plain));
    let positive = "import { positive } from './numbers'; f(positive(process.env.X_KEY, 60))";
    assert_eq!(one(positive), x(Way::Lenient));
    assert_eq!(one("f(parseInt(process.env.X_KEY, 10))"), x(Way::Plain));
    let needed = "const needed = (value, name) => { if (!value) throw new Error(name); return value };";
    let given = format!("{needed} f(needed(process.env.X_KEY, 'X_KEY'))");
    assert_eq!(one(&given), x(Way::Demanding));
}

#[test]
fn a_variable_is_read_plainly_with_a_default_or_not_at_all() {
    let x = |way| vec![("X_KEY".to_owned(), way)];
    assert_eq!(one("f(process.env.X_KEY)"), x(Way::Plain));
    assert_eq!(one("f(process.env['X_KEY']!)"), x(Way::Plain));
    assert_eq!(one("f(import.meta.env.X_KEY)"), x(Way::Plain));
    assert_eq!(one("f(Deno.env.get('X_KEY'))"), x(Way::Plain));
    assert_eq!(one("const { X_KEY } = process.env"), x(Way::Plain));
    assert_eq!(one("const env = process.env; f(env.X_KEY)"), x(Way::Plain));
    assert_eq!(one("const { X_KEY = 'd' } = process.env"), x(Way::Lenient));
    assert_eq!(one("f(process.env.X_KEY || 'd')"), x(Way::Lenient));
    assert_eq!(one("f(Number(process.env.X_KEY) ?? 3)"), x(Way::Lenient));
    assert_eq!(one("if (process.env.X_KEY === 'true') f()"), x(Way::Lenient));
    assert_eq!(one("if (process.env.X_KEY) f()"), x(Way::Lenient));
    assert_eq!(
        one("const k = process.env.X_KEY; function g() { if (!k) return; f(k) }"),
        x(Way::Lenient)
    );
    assert_eq!(
        one("const k = process.env.X_KEY; if (!k) throw new Error()"),
        x(Way::Demanding)
    );
    assert_eq!(
        one("const { X_KEY } = process.env; if (!X_KEY) throw new Error()"),
        x(Way::Demanding)
    );
    assert_eq!(one("if (!process.env.X_KEY) throw new Error()"), x(Way::Demanding));
    assert_eq!(
        one("if (!process.env.X_KEY) { console.log(1); process.exit(1) }"),
        x(Way::Demanding)
    );
    assert_eq!(one("f(config.X_KEY, other.env.X_KEY)"), []);
}

#[test]
fn who_asks_whether_a_variable_is_there_does_without_it() {
    let lenient = [
        "f(process.env.X_KEY?.split(','))",
        "f(process.env.X_KEY?.split(',').map(Number))",
        "f(process.env['X_KEY']?.[0])",
        "f(Boolean(process.env.X_KEY))",
        "f(!!process.env.X_KEY)",
        "f(typeof process.env.X_KEY)",
        "f(['a', 'b'].includes(process.env.X_KEY))",
        "f([process.env.X_KEY, 'b'].filter(Boolean))",
        "switch (process.env.X_KEY) { case 'a': f() }",
        "f({ ...(process.env.X_KEY && { a: 1 }) })",
        "if (process.env.X_KEY) { process.exit(0) }",
        "const k = process.env.X_KEY; if (k) throw new Error(k)",
    ];
    // What is read only with another variable, and what is handed on, says nothing of other places.
    let hanging = [
        "if (process.env.NAMED) f({ a: process.env.X_KEY })",
        "if (process.env.NAMED === 's3') f(process.env.X_KEY)",
        "if (!process.env.NAMED) { console.warn('off') } else { f(process.env.X_KEY) }",
        "const on = Boolean(process.env.NAMED); if (on) f(process.env.X_KEY)",
        "const isOn = () => !!process.env.NAMED; if (isOn()) f(process.env.X_KEY)",
        "function isOn() { return Boolean(process.env.NAMED && process.env.OTHER) } const c = isOn() ? f(process.env.X_KEY) : null",
        "const off = !process.env.NAMED; const c = off ? null : f(process.env.X_KEY)",
        "function mail() { if (!process.env.NAMED) return { sent: false }; f(process.env.X_KEY) }",
        "f(process.env.NAMED && g(process.env.X_KEY))",
        "export default { env: { x: process.env.X_KEY } }",
        "Response.json({ x: process.env.X_KEY })",
    ];
    for (texts, way) in [(&lenient[..], Way::Lenient), (&hanging[..], Way::Hanging)] {
        for text in texts {
            let mut found = one(text);
            found.retain(|(name, _)| name == "X_KEY");
            assert_eq!(found, [("X_KEY".to_owned(), way)], "{text}");
        }
    }
    let plain = [
        "f(process.env.X_KEY.split(','))",
        "f(g?.(process.env.X_KEY))",
        "if (process.env.NODE_ENV === 'production') f(process.env.X_KEY)",
        "if (process.env.NODE_ENV) f(process.env.X_KEY)",
        "f({ x: process.env.X_KEY })",
        "if (process.env.NAMED !== 'off') f(process.env.X_KEY)",
        "if (process.env.STAGE === 'production') f(process.env.X_KEY)",
        "if (!process.env.NAMED) f(process.env.X_KEY)",
        "if (process.env.NAMED || isLocal()) f(process.env.X_KEY)",
        "function mail() { if (!process.env.NAMED) throw new Error('no'); f(process.env.X_KEY) }",
        "function mail() { if (!process.env.NAMED) return Promise.reject(no); f(process.env.X_KEY) }",
    ];
    for text in plain {
        assert!(one(text).contains(&("X_KEY".to_owned(), Way::Plain)), "{text}");
    }
}

#[test]
fn rules_of_schemas_may_have_names_and_be_given_each_variable() {
    let by_name = "import { createEnv } from '@t3-oss/env-nextjs';\nconst needed = z.string();\nconst spare = z.string().optional();\n\
        createEnv({ server: { A_KEY: needed, B_KEY: spare }, runtimeEnv: { A_KEY: process.env.A_KEY, B_KEY: Number(process.env.B_KEY) } })";
    let (found, validating) = reads(by_name);
    assert_eq!(validating, 1);
    assert!(found.contains(&("A_KEY".to_owned(), Way::Demanding)));
    assert!(found.contains(&("B_KEY".to_owned(), Way::Lenient)));
    assert!(!found.contains(&("B_KEY".to_owned(), Way::Demanding)));
    let other_name =
        "createEnv({ server: { TEAM: z.string().optional() }, runtimeEnv: { TEAM: process.env.OLD_TEAM } })";
    let (found, _) = reads(&format!("import {{ createEnv }} from 'env';\n{other_name}"));
    assert!(found.contains(&("OLD_TEAM".to_owned(), Way::Lenient)));
    let made = "const on = (d) => z.string().default(d);\nz.object({ A_KEY: on('true') }).parse(process.env)";
    assert_eq!(one(made), [("A_KEY".to_owned(), Way::Lenient)]);
    let made = "import { on } from './rules';\nimport { str } from 'envalid';\ncleanEnv(process.env, { A_KEY: on(), B_KEY: str() })";
    let (found, _) = reads(&format!("import {{ cleanEnv }} from 'envalid';\n{made}"));
    assert_eq!(
        found,
        [("A_KEY".to_owned(), Way::Lenient), ("B_KEY".to_owned(), Way::Demanding)]
    );
    let chosen = "createEnv({ server: { A_KEY: process.env.NODE_ENV === 'production' ? z.string() : z.string().optional() }, runtimeEnv: { A_KEY: process.env.A_KEY } })";
    let (found, _) = reads(&format!("import {{ createEnv }} from 'env';\n{chosen}"));
    assert!(found.contains(&("A_KEY".to_owned(), Way::Demanding)));
    assert_eq!(reads("schema.parse({ A_KEY: process.env.A_KEY })").1, 1);
    assert_eq!(reads("schema.parse({ body, user, key: process.env.A_KEY })").1, 0);
    assert_eq!(reads("schema.safeParse({ A_KEY: process.env.A_KEY })").1, 0);
}

#[test]
fn lists_and_schemas_demand_what_they_name() {
    let (found, validating) = reads(
        "const required = ['A_KEY', 'B_KEY'];\nfor (const name of required) { if (!process.env[name]) throw new Error(name) }",
    );
    assert_eq!(
        found,
        [
            ("A_KEY".to_owned(), Way::Demanding),
            ("B_KEY".to_owned(), Way::Demanding)
        ]
    );
    assert_eq!(validating, 1);
    let (found, validating) = reads(
        "import { z } from 'zod';\nexport const env = z.object({ A_KEY: z.string(), B_KEY: z.string().optional() }).parse(process.env)",
    );
    assert_eq!(
        found,
        [("A_KEY".to_owned(), Way::Demanding), ("B_KEY".to_owned(), Way::Lenient)]
    );
    assert_eq!(validating, 1);
    // A list of something else beside it is none of its business.
    let (found, _) = reads(
        "const codes = ['ENOTFOUND'];\nconst missing = Object.keys({ A_KEY: 1 }).filter((name) => !process.env[name]); if (missing.length) process.exit(1)",
    );
    assert_eq!(found, [("A_KEY".to_owned(), Way::Demanding)]);
    // A list that nobody stops for, and an answer that nobody looks at.
    assert_eq!(
        reads("const l = ['A_KEY']; for (const n of l) console.warn(process.env[n])").1,
        0
    );
    assert_eq!(reads("schema.safeParse(process.env)").1, 0);
    assert_eq!(
        reads("const r = schema.safeParse(process.env); if (!r.success) process.exit(1)").1,
        1
    );
}

fn declared(path: &str, text: &str) -> Vec<String> {
    let mut declared = Declared::default();
    declared
        .take(&RepoPath::new(path), &Document::new(text.as_bytes()))
        .expect("parses");
    declared.names.into_iter().collect()
}

#[test]
fn every_kind_of_file_declares() {
    assert_eq!(
        declared(".env.example", "A=1\n# B=2\nexport C=\n# prose only\n"),
        ["A", "B", "C"]
    );
    let compose = "services:\n  a:\n    environment:\n      - A=1\n      - B\n  b:\n    environment:\n      C: x\n";
    assert_eq!(declared("compose.yml", compose), ["A", "B", "C"]);
    assert_eq!(
        declared(
            "render.yaml",
            "services:\n  - envVars:\n      - key: A\n        sync: false\n"
        ),
        ["A"]
    );
    assert_eq!(
        declared(
            "k8s.yaml",
            "spec:\n  containers:\n    - env:\n        - name: A\n          value: x\n"
        ),
        ["A"]
    );
    assert_eq!(declared("fly.toml", "[env]\nA = \"1\"\n"), ["A"]);
    assert_eq!(
        declared("Dockerfile", "FROM x\nARG A\nENV B=1 C=2\nENV D some words\n"),
        ["A", "B", "C", "D"]
    );
}

#[test]
fn names_for_browsers_and_patterns() {
    assert!(is_public_secret("VITE_JWT_SECRET") && is_public_secret("NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY"));
    assert!(!is_public_secret("NEXT_PUBLIC_DISABLE_EMAIL_PASSWORD_SIGNIN"));
    assert!(is_public_secret("NEXT_PUBLIC_GEMINI_API_KEY") && !is_public_secret("VITE_OPENAI_MODEL"));
    assert!(!is_public_secret("VITE_CLAUDE_STORAGE_KEY") && !is_public_secret("VITE_OPENAI_PUBLIC_KEY"));
    assert!(!is_public_secret("NEXT_PUBLIC_MAPBOX_TOKEN") && !is_public_secret("JWT_SECRET"));
    assert!(is_like("AWS_*", "AWS_REGION") && is_like("*", "A") && is_like("A*C", "ABC") && is_like("A", "A"));
    assert!(!is_like("AWS_*", "GAWS_REGION") && !is_like("A*BB", "AB") && !is_like("A", "AB"));
}
