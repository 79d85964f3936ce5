use super::*;

const STARTED: &str = r#"{"name":"shop","scripts":{"start":"node dist/index.js"},"dependencies":{"express":"4"}}"#;

pub(super) fn server(files: Files<'_>) -> Vec<String> {
    entries(files, ".", Side::Server)
}

#[test]
fn start_beats_main_and_the_other_server_is_not_started() {
    let package = r#"{"main":"server.js","scripts":{"start":"node index.js","dev":"nodemon server.js"},"dependencies":{"express":"4"}}"#;
    let files = [("package.json", package), ("index.js", ""), ("server.js", "")];
    assert_eq!(server(&files), ["index.js"]);
}

#[test]
fn compiled_output_is_traced_to_its_source() {
    let tsconfig = |options: &str| format!(r#"{{"compilerOptions":{{{options}}} /* of tsc */, }}"#);
    for (start, options, source) in [
        ("node dist/index.js", "", "src/index.ts"),
        ("node dist/src/index.js", r#""outDir":"dist""#, "src/index.ts"),
        ("node dist", r#""outDir":"dist","rootDir":"src""#, "src/index.ts"),
        (
            "node build/out/index",
            r#""outDir":"./build/out","rootDir":"./source""#,
            "source/index.ts",
        ),
        (
            "node .bin-out/index.js",
            r#""outDir":".bin-out","rootDir":"server""#,
            "server/index.ts",
        ),
        ("node index.js", "", "index.ts"),
    ] {
        let package = STARTED.replace("node dist/index.js", start);
        let tsconfig = tsconfig(options);
        let files = [
            ("package.json", package.as_str()),
            ("tsconfig.json", &tsconfig),
            (source, ""),
        ];
        assert_eq!(server(&files), [source], "{start} with {options}");
    }
}

#[test]
fn an_output_folder_may_be_told_by_the_configuration_that_is_extended() {
    let files = [
        ("apps/api/package.json", STARTED),
        (
            "apps/api/tsconfig.json",
            r#"{"extends":"../../config/base.json","compilerOptions":{"rootDir":"code"}}"#,
        ),
        (
            "config/base.json",
            r#"{"compilerOptions":{"outDir":"../apps/api/dist"}}"#,
        ),
        ("apps/api/code/index.ts", ""),
    ];
    // `base.json` is no name that is read beforehand: the custom of `dist` still leads there through `rootDir`.
    assert_eq!(entries(&files, "apps/api", Side::Server), ["apps/api/code/index.ts"]);
}

#[test]
fn what_a_bundler_writes_is_traced_to_what_it_is_given() {
    for (build, start) in [
        (
            "esbuild server/main.ts --bundle --platform=node --outfile=dist/bundle.js",
            "node dist/bundle.js",
        ),
        (
            "vite build && esbuild server/main.ts --platform=node --packages=external --bundle --format=esm --outdir=dist",
            "NODE_ENV=production node dist/main.js",
        ),
        ("tsup server/main.ts --format cjs", "node dist/main.cjs"),
        ("tsup-node server/main.ts --out-dir out", "node out/main.js"),
        ("ncc build server/main.ts -o dist", "node dist/index.js"),
        ("rollup -i server/main.ts -o dist/all.js", "node dist/all.js"),
        (
            "bun build server/main.ts --outdir ./dist --target bun",
            "bun dist/main.js",
        ),
        ("swc server -d dist", "node dist/main.js"),
        ("babel server --out-dir lib", "node lib/main.js"),
    ] {
        let package =
            format!(r#"{{"scripts":{{"build":"{build}","start":"{start}"}},"dependencies":{{"express":"4"}}}}"#);
        let files = [
            ("package.json", package.as_str()),
            ("server/main.ts", ""),
            ("src/other.ts", ""),
        ];
        assert_eq!(server(&files), ["server/main.ts"], "{build}");
    }
    let configured = [
        ("package.json", STARTED),
        (
            "tsup.config.ts",
            "export default defineConfig({ entry: ['server/index.ts'], outDir: 'dist' })",
        ),
        ("server/index.ts", ""),
    ];
    assert_eq!(server(&configured), ["server/index.ts"]);
    let scripted = [
        ("package.json", STARTED),
        (
            "build.mjs",
            "await esbuild.build({ entryPoints: ['server/index.ts'], outfile: 'dist/index.js' })",
        ),
        ("server/index.ts", ""),
    ];
    assert_eq!(server(&scripted), ["server/index.ts"]);
}

#[test]
fn scripts_lead_to_scripts() {
    let package = r#"{"dependencies":{"express":"4"},"scripts":{
        "start":"npm run serve:prod -- --port 80",
        "serve:prod":"cross-env NODE_ENV=production dotenv -e .env -- node -r dotenv/config server.js",
        "loop":"npm run loop"}}"#;
    assert_eq!(server(&[("package.json", package), ("server.js", "")]), ["server.js"]);
    let looping = r#"{"scripts":{"start":"npm run start"},"dependencies":{"express":"4"}}"#;
    assert_eq!(
        server(&[("package.json", looping), ("server.js", "")]),
        Vec::<String>::new()
    );
    let several = r#"{"dependencies":{"express":"4"},"scripts":{"start":"concurrently \"npm:start:*\" 'node c.js'","start:a":"node a.js","start:b":"node b.js"}}"#;
    let files = [("package.json", several), ("a.js", ""), ("b.js", ""), ("c.js", "")];
    assert_eq!(server(&files), ["a.js", "b.js", "c.js"]);
}

#[test]
fn a_root_may_start_what_lies_in_another_folder() {
    for start in [
        "npm --prefix backend start",
        "npm start --prefix backend",
        "cd backend && npm start",
        "node backend/dist/index.js",
        "npm run start --workspace=@shop/api",
        "npm run start -w backend",
        "pnpm --filter @shop/api start",
        "yarn workspace @shop/api start",
        "(cd backend && node dist/index.js)",
    ] {
        let root = format!(r#"{{"scripts":{{"start":"{start}"}},"dependencies":{{"express":"4"}}}}"#);
        let api = STARTED.replace("shop", "@shop/api");
        let files = [
            ("package.json", root.as_str()),
            ("backend/package.json", &api),
            ("backend/src/index.ts", ""),
        ];
        assert_eq!(server(&files), ["backend/src/index.ts"], "{start}");
        assert_eq!(entries(&files, "backend", Side::Server), ["backend/src/index.ts"]);
    }
}

#[test]
fn next_serves_by_name() {
    let package = r#"{"scripts":{"dev":"next dev","start":"next start"},"dependencies":{"next":"15","react":"19"}}"#;
    let files = [
        ("package.json", package),
        ("src/app/layout.tsx", ""),
        ("src/app/shop/[id]/page.tsx", ""),
        ("src/app/api/pay/route.ts", ""),
        ("src/app/shop/button.tsx", ""),
        ("src/middleware.ts", ""),
        ("src/pages/api/old.ts", ""),
        ("src/pages/about.tsx", ""),
        ("src/instrumentation.ts", ""),
        ("src/lib/page.ts", ""),
        ("next.config.js", ""),
    ];
    let expected = [
        "next.config.js",
        "src/app/api/pay/route.ts",
        "src/app/layout.tsx",
        "src/app/shop/[id]/page.tsx",
        "src/instrumentation.ts",
        "src/middleware.ts",
        "src/pages/about.tsx",
        "src/pages/api/old.ts",
    ];
    assert_eq!(server(&files), expected);
    let browser = [
        "src/app/layout.tsx",
        "src/app/shop/[id]/page.tsx",
        "src/pages/about.tsx",
    ];
    assert_eq!(entries(&files, ".", Side::Browser), browser);
}

#[test]
fn nest_starts_its_main() {
    let package =
        r#"{"scripts":{"start":"nest start","start:prod":"node dist/main"},"dependencies":{"@nestjs/core":"10"}}"#;
    assert_eq!(
        server(&[("package.json", package), ("src/main.ts", ""), ("src/app.ts", "")]),
        ["src/main.ts"]
    );
    let several = [
        ("package.json", &*package.replace("nest start", "nest start mail")),
        (
            "nest-cli.json",
            r#"{"sourceRoot":"apps/api/src","projects":{"mail":{"sourceRoot":"apps/mail/src","entryFile":"begin"}}}"#,
        ),
        ("apps/api/src/main.ts", ""),
        ("apps/mail/src/begin.ts", ""),
    ];
    assert_eq!(server(&several), ["apps/mail/src/begin.ts"]);
}

#[test]
fn a_page_loads_its_scripts() {
    let package = r#"{"scripts":{"dev":"vite","build":"vite build"},"dependencies":{"react":"19"},"devDependencies":{"vite":"6"}}"#;
    let files = [
        ("package.json", package),
        (
            "index.html",
            "<!-- <script src=\"/src/old.tsx\"></script> -->\n<script type='module' src='/src/main.tsx'></script>",
        ),
        ("src/main.tsx", ""),
        ("src/old.tsx", ""),
        ("src/main.jsx", ""),
    ];
    assert_eq!(entries(&files, ".", Side::Browser), ["src/main.tsx"]);
    assert_eq!(server(&files), Vec::<String>::new());
    let created = r#"{"scripts":{"start":"react-scripts start"},"dependencies":{"react":"18"}}"#;
    let files = [
        ("package.json", created),
        ("public/index.html", ""),
        ("src/index.js", ""),
        ("src/App.js", ""),
    ];
    assert_eq!(entries(&files, ".", Side::Browser), ["src/index.js"]);
    assert_eq!(server(&files), Vec::<String>::new());
}

#[test]
fn a_telephone_loads_what_the_manifest_names_and_starts_no_server() {
    let package = r#"{"main":"index.js","scripts":{"start":"node scripts/offline.mjs"},"dependencies":{"expo":"52","react-native":"0.76","expo-router":"4"}}"#;
    let files = [
        ("package.json", package),
        ("index.js", ""),
        ("app/home.tsx", ""),
        ("scripts/offline.mjs", ""),
    ];
    assert_eq!(server(&files), Vec::<String>::new());
    assert_eq!(entries(&files, ".", Side::Browser), ["app/home.tsx", "index.js"]);
}

#[test]
fn a_server_and_a_page_in_one_folder_are_both_started() {
    let package = r#"{"scripts":{"start":"NODE_ENV=production node dist/index.js","dev":"tsx server/index.ts",
        "build":"vite build && esbuild server/index.ts --bundle --platform=node --outdir=dist"},
        "dependencies":{"express":"4","react":"18"},"devDependencies":{"vite":"6"}}"#;
    let files = [
        ("package.json", package),
        (
            "vite.config.ts",
            "export default { root: path.resolve(import.meta.dirname, 'client') }",
        ),
        (
            "client/index.html",
            "<script type=\"module\" src=\"/src/main.tsx\"></script>",
        ),
        ("client/src/main.tsx", ""),
        ("server/index.ts", ""),
    ];
    assert_eq!(server(&files), ["server/index.ts"]);
    assert_eq!(entries(&files, ".", Side::Browser), ["client/src/main.tsx"]);
}

#[test]
fn what_is_only_run_by_those_who_work_on_it_counts_where_nothing_else_does() {
    let package = r#"{"scripts":{"dev":"nodemon --exec ts-node src/app.ts"},"dependencies":{"express":"4"}}"#;
    assert_eq!(server(&[("package.json", package), ("src/app.ts", "")]), ["src/app.ts"]);
}

#[test]
fn where_nothing_says_what_is_started_there_is_no_entry() {
    let files = [
        ("package.json", r#"{"dependencies":{"express":"4"}}"#),
        ("src/app.ts", ""),
    ];
    let (snapshot, program) = of_files(&files);
    let known = component(&snapshot, ".");
    assert!(program.entries(known).is_empty());
    let reach = program.reach(known, Side::Server);
    assert!(!reach.has_entry());
    assert!(reach.nowhere().what.contains("nothing says what production starts"));
}

#[test]
fn the_policy_says_what_is_started() {
    let files = [("package.json", STARTED), ("src/index.ts", ""), ("src/real.ts", "")];
    let mut snapshot = snapshot_of(&files);
    snapshot.components[0].entry = vec![crate::model::RepoPath::new("src/real.ts")];
    let program = Program::of(&snapshot);
    let entries = program.entries(&snapshot.components[0]).iter();
    let paths: Vec<&str> = entries
        .map(|entry| program.linked(entry.module).path.as_str())
        .collect();
    assert_eq!(paths, ["src/real.ts"]);
}
