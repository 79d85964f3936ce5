use super::*;
use crate::program::module::{Branch, ExportName, Exported, Step};

/// A module in a few words: what each function does, and what is exported.
fn shown(text: &str, language: Language) -> String {
    let module = Module::parse(&Document::new(text.as_bytes().to_vec()), language);
    if let Some(why) = &module.unread {
        return format!("unread: {why}");
    }
    let mut out = String::new();
    for (index, function) in module.functions.iter().enumerate() {
        let name = function.name.as_deref().unwrap_or("");
        out.push_str(&format!("f{index} {name}: "));
        steps(&module, &function.steps, &mut out);
        out.push('\n');
    }
    for export in &module.exports {
        let name = match &export.name {
            ExportName::Default => "default".to_owned(),
            ExportName::Named(name) => name.to_string(),
            ExportName::Star => "*".to_owned(),
            ExportName::Whole => "=".to_owned(),
        };
        let what = match &export.what {
            Exported::Binding(binding) => module.binding(*binding).name.to_string(),
            Exported::Value(value) => expr(&module, *value),
            Exported::From(request, imported) => format!("{} {imported:?}", specifier(&module, *request)),
        };
        out.push_str(&format!("export {name} = {what}\n"));
    }
    out
}

fn specifier(module: &Module, request: RequestId) -> String {
    format!("{:?}", module.request(request).specifier.as_deref().unwrap_or("?"))
}

fn steps(module: &Module, steps_of: &[Step], out: &mut String) {
    for step in steps_of {
        match step {
            Step::Do(value) => out.push_str(&format!("{}; ", expr(module, *value))),
            Step::Bind(names, value) => {
                let names: Vec<&str> = names.iter().map(|name| module.binding(*name).name.as_ref()).collect();
                out.push_str(&format!("{} = {}; ", names.join(","), expr(module, *value)));
            }
            Step::Return(value) => {
                let value = value.map_or_else(String::new, |value| expr(module, value));
                out.push_str(&format!("return {value}; "));
            }
            Step::Throw(value) => out.push_str(&format!("throw {}; ", expr(module, *value))),
            Step::Jump => out.push_str("jump; "),
            Step::Branch(branch) => {
                let Branch { kind, test, arms, .. } = branch.as_ref();
                let test = test.map_or_else(String::new, |test| expr(module, test));
                out.push_str(&format!("{kind:?}({test})"));
                for arm in arms {
                    out.push_str("{ ");
                    steps(module, arm, out);
                    out.push('}');
                }
                out.push(' ');
            }
        }
    }
}

fn expr(module: &Module, id: ExprId) -> String {
    let list = |ids: &[ExprId]| ids.iter().map(|id| expr(module, *id)).collect::<Vec<_>>().join(", ");
    match module.expr(id) {
        Expr::Text(text) => format!("'{text}'"),
        Expr::Number(number) => number.to_string(),
        Expr::Name(name) => module.binding(*name).name.to_string(),
        Expr::Global(name) => format!("@{name}"),
        Expr::Member(object, name) => format!("{}.{name}", expr(module, *object)),
        Expr::Call(callee, arguments) => format!("{}({})", expr(module, *callee), list(arguments)),
        Expr::New(callee, arguments) => format!("new {}({})", expr(module, *callee), list(arguments)),
        Expr::Load(request) => format!("load {}", specifier(module, *request)),
        Expr::Function(function) => format!("f{}", function.0),
        Expr::Class(class) => format!("class{}", class.0),
        Expr::Object(properties) => {
            let parts = properties.iter().map(|property| {
                let key = property.key.as_deref().unwrap_or("…");
                format!("{key}: {}", expr(module, property.value))
            });
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
        Expr::Await(value) => format!("await {}", expr(module, *value)),
        Expr::Assign(operator, target, value) => {
            format!("{} {operator} {}", expr(module, *target), expr(module, *value))
        }
        Expr::Jsx(tag, attributes, children) => {
            let parts = attributes.iter().map(|attribute| {
                format!(
                    "{}={}",
                    attribute.key.as_deref().unwrap_or("…"),
                    expr(module, attribute.value)
                )
            });
            format!(
                "<{} {}>[{}]",
                expr(module, *tag),
                parts.collect::<Vec<_>>().join(" "),
                list(children)
            )
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn calls_keep_their_order_and_names_their_meaning() {
    let text = "import express, { Router as R } from 'express'\nconst app = express()\napp.use(R())\nif (x) { app?.listen(process.env.PORT as string) } else throw new Error('no')";
    insta::assert_snapshot!(shown(text, Language::TypeScript));
}

#[test]
fn common_js_is_bound_and_exported() {
    let text = "const { a, b: { c } } = require('./x');\nexports.f = function () { return a(c) };\nmodule.exports = { g: () => 1, h };\nfunction h() {}\nmodule.exports.k = h;";
    insta::assert_snapshot!(shown(text, Language::JavaScript));
}

#[test]
fn every_way_to_export() {
    let text = "export default class A { x = make(); m() { this.x.run() } }\nexport { q as r } from './q'\nexport * from './s'\nexport * as t from './t'\nexport const u = 1, { v } = w\nexport type T = string\nexport function y() {}";
    insta::assert_snapshot!(shown(text, Language::TypeScript));
}

#[test]
fn elements_are_calls_with_attributes() {
    let text = "import Image from 'next/image'\nexport const P = () => <Image src={u} alt=\"x\" {...rest}><p>hi {name}</p></Image>";
    insta::assert_snapshot!(shown(text, Language::Tsx));
}

#[test]
fn types_and_parentheses_are_gone() {
    let text = "import type { T } from './t'\nimport { type U } from './u'\nconst x = (y as T)!.z\nconstructorOf(class { constructor(private readonly users: U, other: T) {} })";
    insta::assert_snapshot!(shown(text, Language::TypeScript));
    let module = Module::parse(&Document::new(text.as_bytes().to_vec()), Language::TypeScript);
    assert!(module.requests.iter().all(|request| request.kind == RequestKind::Type));
}

#[test]
fn what_nobody_writes_is_not_walked() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("!", "x"),
        ("a+", "b"),
        ("a.", "b"),
        ("-", "1"),
        ("if(a){}else ", ";"),
        ("f(", ")"),
        ("<a>", "</a>"),
    ] {
        for depth in [30, 300, 30_000] {
            let text = format!("x = {}1{}", open.repeat(depth), close.repeat(depth));
            Module::parse(&Document::new(text.into_bytes()), Language::JavaScript);
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_text_gives_spans_within_it(text in "(import|export|const|[a-z]{1,2}|\\(|\\)|\\{|\\}|=>|=|'|`|\\$\\{|;|\n|<|>|/|é|\\.|,|class|function|await|async|return|:|\\[|\\]| ){0,60}") {
        let document = Document::new(text.clone().into_bytes());
        for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
            let module = Module::parse(&document, language);
            for (index, (expr, span)) in module.expressions.iter().enumerate() {
                let span = span.start as usize..span.end as usize;
                assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
                expr.parts(&mut |part| assert!((part.0 as usize) < index));
            }
        }
    }
}

/// Reads all files below the folder that `READYGATE_SOURCES` names, and tells what could not be read.
#[test]
#[allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it is told to whoever runs it"
)]
fn real_sources_are_read() {
    let Ok(folder) = std::env::var("READYGATE_SOURCES") else {
        return;
    };
    let (mut files, mut unread, mut bytes, mut kept) = (0, 0, 0, 0);
    let mut folders = vec![std::path::PathBuf::from(folder)];
    let start = std::time::Instant::now();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() && !name.ends_with("node_modules") && !name.ends_with(".git") {
                folders.push(path);
            } else if let Some(language) = Language::of(&name)
                && let Ok(content) = std::fs::read(&path)
            {
                files += 1;
                bytes += content.len();
                let module = Module::parse(&Document::new(content), language);
                kept += module.expressions.len() * size_of::<(Expr, std::ops::Range<u32>)>();
                if let Some(why) = &module.unread {
                    unread += 1;
                    println!("{name}: {why}");
                }
            }
        }
    }
    println!(
        "{files} files, {unread} unread, {bytes} bytes, {kept} kept, {:?}, {} an expression",
        start.elapsed(),
        size_of::<(Expr, std::ops::Range<u32>)>()
    );
}

#[test]
fn what_void_throws_away_is_still_done() {
    assert_eq!(
        shown("void start(); x = void 0", Language::JavaScript),
        "f0 : Unary(\"void\", ExprId(1)); @x = Undefined; \n"
    );
    let module = Module::parse(&Document::new("void start()".as_bytes().to_vec()), Language::JavaScript);
    let mut calls = 0;
    module.each_expr(TOP_LEVEL, &mut |id| {
        calls += usize::from(matches!(module.expr(id), Expr::Call(..)))
    });
    assert_eq!(calls, 1);
}

#[test]
fn a_loop_over_keys_gives_keys_not_values() {
    let text = "for (const key in all) use(key); for (const each of all) use(each)";
    let module = Module::parse(&Document::new(text.as_bytes().to_vec()), Language::JavaScript);
    let given: Vec<_> = module
        .bindings
        .iter()
        .map(|binding| (binding.name.as_ref(), &binding.given[0]))
        .collect();
    assert!(given[0].1.value.is_none() && given[0].1.path.is_empty());
    assert!(given[1].1.value.is_some() && given[1].1.path[0].as_ref() == crate::program::module::EACH);
}

#[test]
fn a_class_is_made_where_it_stands() {
    let text =
        "a();\nclass C { static x = b(); static { c(); } accessor y = d(); }\ne(class { static z = f() }, () => g());";
    assert_eq!(
        shown(text, Language::TypeScript),
        "f0 : @a(); @b(); @c(); class0; @f(); @e(class1, f3); \nf1 constructor: @d(); \nf2 constructor: \nf3 : return @g(); \n"
    );
}

#[test]
fn compiled_modules_and_merged_exports() {
    let text = "__exportStar(require('./a'), exports);\nObject.assign(module.exports, { b }, require('./c'));\nmodule.exports = exports = { ...require('./d'), e };\nenum F { G = 'g', H }";
    let shown = shown(text, Language::TypeScript);
    let exports: Vec<&str> = shown.lines().filter(|line| line.starts_with("export")).collect();
    assert_eq!(
        exports,
        [
            "export * = \"./a\" Namespace",
            "export b = @b",
            "export * = \"./c\" Namespace",
            "export = = @exports = {…: Spread(ExprId(15)), e: @e}",
            "export * = \"./d\" Namespace",
            "export e = @e",
        ]
    );
    assert!(shown.contains("F = {G: 'g', H: Other([])}"), "{shown}");
}

#[test]
fn a_require_of_ones_own_making_is_one() {
    let text = "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nconst x = require('x')";
    assert!(shown(text, Language::TypeScript).contains("x = load \"x\""));
    let own = "function f(require) { return require('x') }";
    assert!(!shown(own, Language::JavaScript).contains("load"));
}

#[test]
fn a_row_of_operators_is_flat_and_what_is_too_deep_is_unread() {
    let row = format!("x = a{}", " + f(b, c)\n".repeat(5_000));
    let module = Module::parse(&Document::new(row.into_bytes()), Language::TypeScript);
    assert_eq!(module.unread, None);
    let calls = module
        .expressions
        .iter()
        .filter(|(expr, _)| matches!(expr, Expr::Call(..)))
        .count();
    assert_eq!(calls, 5_000);
    let deep = format!("x = {}1{}", "[".repeat(500), "]".repeat(500));
    let module = Module::parse(&Document::new(deep.into_bytes()), Language::TypeScript);
    assert_eq!(module.unread.as_deref(), Some(TOO_DEEP));
    assert!(module.expressions.is_empty());
}

/// Quotes, commas and semicolons between levels must not hide how many there are.
#[test]
fn no_pattern_runs_out_of_stack_or_time() {
    let patterns = [
        "[\")\",",
        "(",
        "<>,",
        "<a>,",
        "{;",
        "if(a){b;}else ",
        "a?b,c:",
        "a.f(b,c).",
        "f(b,c)+",
        "typeof ",
        "new ",
        "do ",
        "!",
        "class extends class extends ",
        "a=>",
        "async(a)=>",
        "a?(",
        "a<",
        "(a,b,",
        "(a:b<",
        "`${",
        "x:",
        "A extends B?",
        "[]",
        "a as ",
        "function f(a=",
        "{a:",
        "...[",
        "@a(",
        "await ",
        "yield ",
        "a??",
        "a**",
        "((a)=>",
        "a?.[",
        "import(",
        "<a b={",
        "a||b&&",
        "{get a(){",
        "switch(a){case ",
        "try{",
        "for(a of ",
        "a!",
        "a[",
        "let a=",
        "a=",
    ];
    #[expect(
        clippy::disallowed_methods,
        reason = "what is asked is whether it ends before anybody gives up"
    )]
    let parsed = |text: String, language: Language| {
        let start = std::time::Instant::now();
        Module::parse(&Document::new(text.into_bytes()), language);
        start.elapsed()
    };
    for pattern in patterns {
        // In lines, so that it is not minified.
        let line = format!("{}\n", pattern.repeat(20));
        for prefix in ["x = ", "type X = ", ""] {
            for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
                for lines in [1, 3, 5] {
                    let took = parsed(format!("{prefix}{}", line.repeat(lines)), language);
                    assert!(took.as_secs() < 5, "{pattern} {prefix} {language:?} {lines}: {took:?}");
                }
            }
        }
        let took = parsed(format!("x = {}", line.repeat(2_500)), Language::Tsx);
        assert!(took.as_secs() < 30, "{pattern}: {took:?}");
    }
}

#[test]
fn imports_of_types_alone_are_unused_in_typescript() {
    let kinds = |text: &str, language: Language| {
        let module = Module::parse(&Document::new(text.as_bytes().to_vec()), language);
        let kinds = module.requests.iter().map(|request| format!("{:?}", request.kind));
        kinds.collect::<Vec<_>>().join(" ")
    };
    let text = "import { A, B } from 'a'; import c, * as d from 'c'; import 'e';
        import { F } from 'f'; import G from 'g'; import { H } from 'h'; import { I } from 'i';
        export const x = (a: A): typeof c => d.y as B; export { F }; export type { G }; class Z extends H implements I {}";
    assert_eq!(
        kinds(text, Language::TypeScript),
        "Unused Import Import Import Unused Import Unused"
    );
    assert_eq!(
        kinds(
            text.replace(": A", "")
                .replace(": typeof c", "")
                .replace(" as B", "")
                .split("export type")
                .next()
                .unwrap_or_default(),
            Language::JavaScript
        ),
        "Import Import Import Import Import Import Import"
    );
    let described = "import { A } from 'a'; import { B } from 'b'; import { C } from 'c'; import { D } from 'd';
        @E() class X { constructor(private a: A, b: string | B) {} @E() m(c: C): Promise<D> {} }";
    assert_eq!(kinds(described, Language::TypeScript), "Import Import Import Unused");
    let handed =
        "import * as a from 'a'; import { B } from 'b'; class X { constructor(@C() private x: a.Y) { new Z<B>(); } }";
    assert_eq!(kinds(handed, Language::TypeScript), "Import Unused");
    let elements = "import React from 'react'; import { A } from 'a'; export const x = () => <A />;";
    assert_eq!(kinds(elements, Language::Tsx), "Import Import");
}
