use super::super::build::of_files;
use super::super::module::{Language, Module};
use super::*;
use crate::text::Document;

/// Each read in a few words: name, `?` where computed, then what is known of it.
fn shown(text: &str) -> Vec<String> {
    let module = Module::parse(&Document::new(text.as_bytes().to_vec()), Language::TypeScript);
    assert_eq!(module.unread, None);
    env_reads(&module).iter().map(|read| words(&module, read)).collect()
}

fn words(module: &Module, read: &EnvRead) -> String {
    let mut words = read.name.as_deref().unwrap_or("?").to_owned();
    if let Some(default) = read.default {
        words.push_str(
            &match module.expressions.get(default.0 as usize).map(|(expr, _)| expr) {
                Some(Expr::Text(text)) => format!("={text}"),
                Some(Expr::Number(number)) => format!("={number}"),
                _ => "=…".to_owned(),
            },
        );
    }
    let is_optional = if read.is_optional { " optional" } else { "" };
    let check = if read.is_checked() {
        " checked"
    } else if read.is_validated() {
        " validated"
    } else {
        ""
    };
    format!("{words}{is_optional}{check}")
}

#[test]
fn every_way_to_ask_for_one() {
    let text = "
        use(process.env.A, process.env['B'], process.env[`C`], process?.env?.D);
        const { E, F = 'f', G: g } = process.env;
        const env = process.env; use(env.H);
        const { env: other } = process; use(other.I);
        use(import.meta.env.VITE_J, Deno.env.get('K'), Bun.env.L, globalThis.process.env.M);
        if ('N' in process.env) use();
        process.env.WRITTEN = '1'; delete process.env.GONE;
        const name = 'O'; use(process.env[name]);
        use(process.env[computed()]);";
    assert_eq!(
        shown(text),
        [
            "A", "B", "C", "D", "E", "F=f", "G", "H", "I", "VITE_J", "K", "L", "M", "N", "O", "?"
        ]
    );
    assert_eq!(shown("import { env } from 'node:process'; use(env.A)"), ["A"]);
    assert_eq!(shown("import p from 'process'; use(p.env.A)"), ["A"]);
    assert_eq!(shown("const p = require('node:process'); use(p.env.A)"), ["A"]);
    assert_eq!(
        shown("function f(process) { return process.env.A }"),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_taken_where_nothing_is_set() {
    let text = "
        a(process.env.A || 'a'); b(process.env.B ?? 1); c(Number(process.env.C) || 2); d(parseInt(process.env.D ?? '3', 10));
        e(process.env.E ? process.env.E : 'e'); f(process.env.F ?? undefined); g(process.env.G || process.env.H || 'h');
        i(process.env.I?.split(',') ?? 'i'); process.env.J ||= 'j'; k(process.env.K === 'k' ? 1 : 2);
        l(!process.env.L || other); m(!!process.env.M || 'm');";
    assert_eq!(
        shown(text),
        [
            "A=a",
            "B=1",
            "C=2",
            "D=3",
            "E=e",
            "E=e",
            "F optional",
            "G=…",
            "H=h",
            "I=i",
            "J=j",
            "K",
            "L",
            "M=m"
        ]
    );
}

#[test]
fn what_ends_without_it_is_checked() {
    for text in [
        "if (!process.env.A) throw new Error('A')",
        "if (!process.env.A || x) { log(); process.exit(1) }",
        "const a = process.env.A; if (a === undefined) throw new Error()",
        "const { A } = process.env; if (!A) { fail() } function fail() { throw new Error() }",
        "if (process.env.A) { run() } else { throw new Error() }",
        "import assert from 'node:assert'; assert(process.env.A)",
        "const a = process.env.A ?? stop(); function stop() { throw new Error() }",
        "const a = process.env.A ?? (() => { throw new Error() })()",
        "if (typeof process.env.A === 'undefined') throw 1",
        "for (const name of ['A']) { if (!process.env[name]) throw new Error(name) }",
        "const all = ['A']; all.forEach((name) => { if (!process.env[name]) process.exit(1) })",
        "const missing = ['A'].filter((name) => !process.env[name]); if (missing.length > 0) { throw new Error() }",
        "const missing = []; for (const name of ['A']) if (!process.env[name]) missing.push(name); if (missing.length) throw 1",
        "for (const { name } of [{ name: 'A' }]) { if (!process.env[name]) throw 1 }",
        "const all = []; all.push('A'); for (const name of all) { if (!process.env[name]) throw 1 }",
        "if (['A'].some((name) => !process.env[name])) throw 1",
        "for (const name of Object.keys({ A: 1 })) { if (!process.env[name]) throw 1 }",
        "const required = (name) => { const value = process.env[name]; if (!value) throw 1; return value }; use(required('A'))",
    ] {
        let mut shown = shown(text);
        shown.dedup();
        assert_eq!(shown, ["A checked"], "{text}");
    }
}

#[test]
fn what_goes_on_without_it_is_not_checked() {
    for text in [
        "if (!process.env.A) console.warn('A')",
        "if (process.env.A === 'production') throw new Error()",
        "if (process.env.A) throw new Error()",
        "if (process.env.A === 'x' && y) { process.exit(1) }",
        "for (const name of ['A']) { if (!process.env[name]) console.log(name) }",
        "const missing = ['A'].filter((name) => !process.env[name]); if (missing.length) console.log(missing)",
    ] {
        assert_eq!(shown(text), ["A"], "{text}");
    }
}

#[test]
fn a_list_that_grows_by_what_is_computed_is_not_known() {
    let text = "const all = ['A']; all.push(more()); for (const name of all) { if (!process.env[name]) throw 1 }";
    assert_eq!(shown(text), ["? checked"]);
}

#[test]
fn schemas_name_what_they_read() {
    let zod = "const base = z.object({ A: z.string(), B: z.coerce.number().default(3) });
        const schema = base.extend({ C: z.string().optional(), ...more }).refine(ok); const more = { D: z.string() };
        export const env = schema.parse(process.env);";
    assert_eq!(
        shown(zod),
        ["A validated", "B=3 validated", "C optional validated", "D validated"]
    );
    let envalid = "const env = cleanEnv(process.env, { A: str(), B: port({ default: 3 }) })";
    assert_eq!(shown(envalid), ["A validated", "B=3 validated"]);
    let joi =
        "const { error } = Joi.object({ A: Joi.string().required(), B: Joi.string() }).unknown().validate(process.env)";
    assert_eq!(shown(joi), ["A validated", "B optional validated"]);
    let t3 = "export const env = createEnv({ server: { A: z.string() }, client: { B: z.string() }, runtimeEnv: { A: process.env.A, B: process.env.B } })";
    assert_eq!(shown(t3), ["A validated", "B validated", "A validated", "B validated"]);
    let valibot = "const env = v.parse(v.object({ A: v.string(), B: v.optional(v.string(), 'b') }), process.env)";
    assert_eq!(shown(valibot), ["A validated", "B=b optional validated"]);
    let nest = "ConfigModule.forRoot({ validationSchema: Joi.object({ A: Joi.string().required() }) })";
    assert_eq!(shown(nest), ["A validated"]);
    let elsewhere = "import { schema } from './schema'; export const env = schema.parse(process.env)";
    assert_eq!(shown(elsewhere), ["? validated"]);
    assert_eq!(shown("spawn('x', { env: process.env })"), Vec::<String>::new());
}

#[test]
fn what_goes_in_circles_or_grows_comes_to_an_end() {
    let mut text = "const f = () => all.some(f); const g = () => all.every(g); const all = [...all]; let s0 = z.object({ A: z.string() });\n".to_owned();
    text.push_str("if (all.some(f)) throw 1\nif (!all.every(g)) throw 1\nfunction h() { h() }\nif (!process.env.X) h()\nconst l0 = [];\n");
    for step in 1..20 {
        let before = step - 1;
        text.push_str(&format!(
            "const s{step} = s{before}.merge(s{before}).merge(s{before});\n"
        ));
        text.push_str(&format!(
            "const l{step} = [{}];\n",
            format!("...l{before}, ").repeat(50)
        ));
    }
    text.push_str("s19.parse(process.env); for (const name of l7) use(process.env[name]); for (const name of all) use(process.env[name])");
    let start = std::time::Instant::now();
    assert_eq!(shown(&text), ["A validated", "X", "?", "?"]);
    assert!(start.elapsed().as_secs() < 5);
}

#[test]
fn helpers_read_what_they_are_told_to() {
    let own = "function get(name: string, other?: string) { return process.env[name] ?? other } a(get('A')); b(get('B', 'b')); c(get(x))";
    assert_eq!(shown(own), ["A", "B=b", "?"]);
    let affixed = "const get = (key) => { const name = `VITE_${key}`; return import.meta.env[name] ?? process.env[`X_${key}`] }; a(get('A'))";
    assert_eq!(shown(affixed), ["VITE_A=…", "X_A"]);
    let files = [
        ("package.json", r#"{ "name": "x", "main": "src/index.ts" }"#),
        (
            "src/env.ts",
            "export function need(name: string) { const value = process.env[name]; if (!value) throw 1; return value }",
        ),
        (
            "src/index.ts",
            "import { need } from './env'\nimport * as env from './env'\nuse(need('A'), env.need('B'))",
        ),
    ];
    let (_, program) = of_files(&files);
    let reads: Vec<String> = environment(&program)
        .iter()
        .map(|(id, read)| format!("{} {}", program.linked(*id).path, words(program.module(*id), read)))
        .collect();
    assert_eq!(reads, ["src/index.ts A checked", "src/index.ts B checked"]);
}
