use super::*;

const PACKAGE: (&str, &str) = ("package.json", r#"{"name":"shop","dependencies":{"express":"4"}}"#);

#[test]
fn paths_lead_to_files_by_their_endings_and_folders() {
    let text = "import './a'; import './b.js'; import './c'; import '../top.mjs'; import './d.vue'; import './e.json'; \
                import './gone'; import './f.js'; import '.'; import './a?raw'; import type { X } from './types'; import './c/';";
    let files = [
        PACKAGE,
        ("src/main.ts", text),
        ("src/a.ts", ""),
        ("src/b.ts", ""),
        ("src/c/index.tsx", ""),
        ("top.mts", ""),
        ("src/d.vue", ""),
        ("src/e.json", ""),
        ("src/f.js", ""),
        ("src/f.ts", ""),
        ("src/index.ts", ""),
        ("src/types.ts", ""),
    ];
    let expected = [
        "src/a.ts",
        "src/b.ts",
        "src/c/index.tsx",
        "top.mts",
        "file src/d.vue",
        "file src/e.json",
        "missing: `./gone` leads to no file",
        "src/f.js",
        "src/index.ts",
        "src/a.ts",
        "types",
        "src/c/index.tsx",
    ];
    assert_eq!(requests(&files, "src/main.ts"), expected);
}

#[test]
fn what_plain_node_requires_is_javascript_where_there_is_some() {
    let text = "require('./auth'); require('./only'); require('./dir'); require('./both'); import('./auth');";
    let files = |manifest: &'static str| {
        [
            ("package.json", manifest),
            ("index.js", text),
            ("auth.js", ""),
            ("auth.ts", ""),
            ("only.ts", ""),
            ("dir/index.js", ""),
            ("dir/index.ts", ""),
            ("both.ts", ""),
            ("both/index.js", ""),
        ]
    };
    let by_node = ["auth.js", "only.ts", "dir/index.js", "both/index.js", "auth.ts"];
    let by_another = ["auth.ts", "only.ts", "dir/index.ts", "both.ts", "auth.ts"];
    for manifest in [
        r#"{"name":"shop","scripts":{"start":"NODE_ENV=production node --enable-source-maps index.js","dev":"tsx index.js"}}"#,
        r#"{"name":"shop","scripts":{"start:prod":"node index"}}"#,
    ] {
        assert_eq!(requests(&files(manifest), "index.js"), by_node, "{manifest}");
    }
    for manifest in [
        r#"{"name":"shop","scripts":{"start":"node -r ts-node/register index.js"}}"#,
        r#"{"name":"shop","scripts":{"start":"tsx index.js"}}"#,
        r#"{"name":"shop","scripts":{"start":"node dist/index.js"}}"#,
        r#"{"name":"shop","scripts":{"start":"node index.js","build":"tsc"}}"#,
        r#"{"name":"shop","main":"index.js"}"#,
    ] {
        assert_eq!(requests(&files(manifest), "index.js"), by_another, "{manifest}");
    }
}

#[test]
fn names_lead_to_packages_and_to_what_node_brings() {
    let text = "import 'express'; import '@a/b/c/d'; import 'next/headers'; import 'node:fs'; import 'fs/promises'; require('path');\
                import '@/gone'; require(x); import 'events';";
    let files = [PACKAGE, ("main.js", text)];
    let expected = [
        "package express",
        "package @a/b c/d",
        "package next headers",
        "builtin fs",
        "builtin fs/promises",
        "builtin path",
        "unresolved: `@/gone` is an alias that leads to no file",
        "unresolved: what it loads is computed",
        "builtin events",
    ];
    assert_eq!(requests(&files, "main.js"), expected);
}

#[test]
fn a_configuration_of_typescript_gives_names_to_folders() {
    let text = "import '@/a'; import '@lib/b'; import 'c'; import '~one'; import 'express';";
    let files = [
        PACKAGE,
        ("app/package.json", r#"{"name":"app"}"#),
        (
            "app/tsconfig.json",
            "{ // the application's\n \"extends\": \"./tsconfig.base.json\", \"compilerOptions\": {\"strict\": true,}, }",
        ),
        (
            "app/tsconfig.base.json",
            r#"{"compilerOptions":{"baseUrl":"src","paths":{"@/*":["*"],"@lib/*":["gone/*","../lib/*"],"~one":["one.ts"]}}}"#,
        ),
        ("app/src/deep/main.ts", text),
        ("app/src/a.ts", ""),
        ("app/lib/b.ts", ""),
        ("app/src/c.ts", ""),
        ("app/src/one.ts", ""),
        ("src/a.ts", ""),
    ];
    let expected = [
        "app/src/a.ts",
        "app/lib/b.ts",
        "app/src/c.ts",
        "app/src/one.ts",
        "package express",
    ];
    assert_eq!(requests(&files, "app/src/deep/main.ts"), expected);
}

#[test]
fn references_and_missing_bases_do_not_hide_the_names() {
    let text = "import '@/a'; import '@ui/b';";
    let files = [
        PACKAGE,
        (
            "tsconfig.json",
            r#"{"files":[],"references":[{"path":"./tsconfig.app.json"},{"path":"./tsconfig.node.json"}]}"#,
        ),
        (
            "tsconfig.app.json",
            r#"{"extends":"@tsconfig/gone/tsconfig.json","compilerOptions":{"baseUrl":".","paths":{"@/*":["./src/*"],"@ui/*":["./ui/*"]}},"include":["src"]}"#,
        ),
        ("tsconfig.node.json", r#"{"include":["vite.config.ts"]}"#),
        ("src/main.tsx", text),
        ("src/a.ts", ""),
        ("ui/b.tsx", ""),
    ];
    assert_eq!(requests(&files, "src/main.tsx"), ["src/a.ts", "ui/b.tsx"]);
}

#[test]
fn javascript_may_have_a_configuration_and_a_bundler_its_aliases() {
    let files = [
        PACKAGE,
        (
            "jsconfig.json",
            r#"{"compilerOptions":{"baseUrl":".","paths":{"$x/*":["code/*"]}}}"#,
        ),
        ("code/main.js", "import '$x/a';"),
        ("code/a.js", ""),
    ];
    assert_eq!(requests(&files, "code/main.js"), ["code/a.js"]);
    let files = [
        PACKAGE,
        (
            "vite.config.js",
            "export default { resolve: { alias: { '@': path.resolve(__dirname, './client/src'), '~ui': '/ui', '@shared': path.resolve(import.meta.dirname, 'shared') } } }",
        ),
        (
            "client/src/main.jsx",
            "import '@/a'; import '~ui/b'; import '@shared/c'; import '@shared'; import '@scope/package';",
        ),
        ("client/src/a.jsx", ""),
        ("ui/b.js", ""),
        ("shared/c.js", ""),
        ("shared/index.js", ""),
    ];
    let expected = [
        "client/src/a.jsx",
        "ui/b.js",
        "shared/c.js",
        "shared/index.js",
        "package @scope/package",
    ];
    assert_eq!(requests(&files, "client/src/main.jsx"), expected);
}

#[test]
fn a_configured_name_that_leads_to_no_file_could_lead_anywhere() {
    let files = [
        PACKAGE,
        ("tsconfig.json", r#"{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}"#),
        ("src/main.ts", "import '@/generated/client';"),
    ];
    assert_eq!(
        requests(&files, "src/main.ts"),
        ["unresolved: `@/generated/client` leads to no file"]
    );
}

#[test]
fn a_configured_name_that_leads_among_the_installed_packages_is_a_package() {
    let paths = r#"{"compilerOptions":{"paths":{
        "@prisma/client": ["./node_modules/.prisma/client"], "react": ["./node_modules/@types/react"],
        "ui/*": ["./node_modules/@shop/ui/lib/*"], "@/made/*": ["./my_node_modules/*"]}}}"#;
    let text = "import '@prisma/client'; import 'react'; import 'ui/button'; import '@/made/x';";
    let files = [PACKAGE, ("tsconfig.json", paths), ("src/main.ts", text)];
    let expected = [
        "package @prisma/client",
        "package react",
        "package @shop/ui lib/button",
        "unresolved: `@/made/x` leads to no file",
    ];
    assert_eq!(requests(&files, "src/main.ts"), expected);
}

#[test]
fn packages_of_the_repository_lead_to_their_sources() {
    let files = [
        ("package.json", r#"{"private":true,"workspaces":["packages/*"]}"#),
        (
            "packages/app/package.json",
            r##"{"name":"app","dependencies":{"express":"4"},"imports":{"#db":"./src/db.ts","#lib/*":"./src/lib/*.js"}}"##,
        ),
        (
            "packages/app/src/main.ts",
            "import '@shop/built'; import '@shop/plain/deep'; import '@shop/exported/tools'; import '#db'; import '#lib/x'; \
             import '@shop/exported'; import '@shop/empty'; import '@shop/built/package.json'; import '@shop/source';",
        ),
        ("packages/app/src/db.ts", ""),
        ("packages/app/src/lib/x.ts", ""),
        (
            "packages/built/package.json",
            r#"{"name":"@shop/built","main":"dist/entry.js","types":"dist/entry.d.ts"}"#,
        ),
        (
            "packages/built/tsconfig.json",
            r#"{"compilerOptions":{"outDir":"dist","rootDir":"code"}}"#,
        ),
        ("packages/built/code/entry.ts", ""),
        ("packages/plain/package.json", r#"{"name":"@shop/plain"}"#),
        ("packages/plain/deep.ts", ""),
        (
            "packages/exported/package.json",
            r#"{"name":"@shop/exported","exports":{".":{"import":"./dist/a.mjs","require":"./dist/a.js"},"./*":{"types":"./dist/*.d.ts","default":"./dist/*.js"}}}"#,
        ),
        ("packages/exported/src/a.ts", ""),
        ("packages/exported/src/tools.ts", ""),
        (
            "packages/empty/package.json",
            r#"{"name":"@shop/empty","main":"dist/index.js"}"#,
        ),
        (
            "packages/source/package.json",
            r#"{"name":"@shop/source","exports":{".":"./src/only.ts"}}"#,
        ),
        ("packages/source/src/only.ts", ""),
    ];
    let expected = [
        "packages/built/code/entry.ts",
        "packages/plain/deep.ts",
        "packages/exported/src/tools.ts",
        "packages/app/src/db.ts",
        "packages/app/src/lib/x.ts",
        "packages/exported/src/a.ts",
        "unresolved: `@shop/empty` is a package of this repository whose sources were not found",
        "file packages/built/package.json",
        "packages/source/src/only.ts",
    ];
    assert_eq!(requests(&files, "packages/app/src/main.ts"), expected);
}
