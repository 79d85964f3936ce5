use proptest::prelude::*;

use super::*;

pub(super) const PACKAGE: (&str, &str) = (
    "package.json",
    r#"{"scripts":{"start":"node main.js"},"dependencies":{"express":"4"}}"#,
);

/// The live names of `main.js` and others.
fn of(files: Files<'_>) -> Vec<String> {
    let mut all = vec![PACKAGE];
    all.extend_from_slice(files);
    live(&all, ".").into_iter().collect()
}

#[test]
fn exported_and_imported_is_not_called() {
    let files = [
        ("main.js", "import { init, start } from './sentry.js'; start();"),
        (
            "sentry.js",
            "export function init() {} export function start() { inner(); } function inner() {} function dead() { init(); }",
        ),
    ];
    assert_eq!(of(&files), ["sentry.js:inner", "sentry.js:start"]);
}

#[test]
fn of_two_servers_the_one_that_is_not_started_is_dead() {
    let files = [
        PACKAGE,
        (
            "main.js",
            "import express from 'express'; import './routes/a.js'; express();",
        ),
        (
            "server.js",
            "import './limits.js'; export function listen() {} listen();",
        ),
        ("limits.js", "export const limit = () => {}; limit();"),
        ("routes/a.js", ""),
    ];
    assert_eq!(loaded(&files, "."), ["main.js", "routes/a.js"]);
}

#[test]
fn barrels_hand_on_what_is_asked_for() {
    let files = [
        (
            "main.js",
            "import { one, two as second, things } from './all.js'; one(); second(); things.deep();",
        ),
        (
            "all.js",
            "export * from './one.js'; export { default as two } from './two.js'; export * as things from './things.js';",
        ),
        ("one.js", "export const one = () => {}; export const other = () => {};"),
        (
            "two.js",
            "export default function second() {} export function third() {}",
        ),
        ("things.js", "export function deep() {} export function shallow() {}"),
    ];
    assert_eq!(of(&files), ["one.js:one", "things.js:deep", "two.js:second"]);
}

#[test]
fn modules_in_a_circle_end() {
    let files = [
        ("main.js", "import { a } from './a.js'; a();"),
        (
            "a.js",
            "import { b } from './b.js'; export function a() { b(); } export * from './b.js';",
        ),
        (
            "b.js",
            "import { a } from './a.js'; export function b() { a(); } export * from './a.js'; export function c() {}",
        ),
    ];
    assert_eq!(of(&files), ["a.js:a", "b.js:b"]);
}

#[test]
fn common_js_by_member_and_by_name() {
    let files = [
        (
            "main.js",
            "const { one, three: renamed } = require('./lib'); const lib = require('./lib'); const make = require('./make'); \
             one(); renamed(); lib.two(); make(); require('./other').used(); function never() { require('./late').late(); }",
        ),
        (
            "lib.js",
            "function one() {} function two() {} function three() {} function four() {} module.exports = { one, two, three, four };",
        ),
        (
            "make.js",
            "module.exports = function make() { helper(); }; function helper() {}",
        ),
        (
            "other.js",
            "exports.used = function used() {}; exports.unused = function unused() {};",
        ),
        ("late.js", "exports.late = function late() {};"),
    ];
    let expected = [
        "lib.js:one",
        "lib.js:three",
        "lib.js:two",
        "make.js:helper",
        "make.js:make",
        "other.js:used",
    ];
    assert_eq!(of(&files), expected);
    let mut all = vec![PACKAGE];
    all.extend(files);
    assert!(!loaded(&all, ".").contains(&"late.js".to_owned()));
}

/// `this` of an arrow is that of the top level, which CommonJS makes the module's own exports.
#[test]
fn a_module_asks_itself_by_its_exports() {
    let files = [
        (
            "main.js",
            "const { a } = require('./this'); const { b } = require('./exports'); const { c } = require('./whole'); a(); b(); c();",
        ),
        (
            "this.js",
            "exports.a = async () => { await this.first(); }; exports.first = function first() {}; exports.not = function not() {};",
        ),
        (
            "exports.js",
            "exports.b = function () { exports.second(); }; exports.second = function second() {}; exports.not = function not() {};",
        ),
        (
            "whole.js",
            "module.exports.c = () => module.exports.third(); module.exports.third = function third() {}; class C { m() { this.not(); } } \
             module.exports.not = function not() {};",
        ),
    ];
    let expected = [
        "exports.js:b",
        "exports.js:second",
        "this.js:a",
        "this.js:first",
        "whole.js:c",
        "whole.js:third",
    ];
    assert_eq!(of(&files), expected);
}

#[test]
fn what_is_registered_with_a_router_waits_for_the_router() {
    let files = [
        (
            "main.js",
            "const express = require('express'); const app = express(); app.use('/a', require('./used')); const never = require('./never'); \
             const { named } = require('./named'); app.use(named); app.listen(80);",
        ),
        (
            "used.js",
            "const { Router } = require('express'); const make = require('./make'); const router = Router(); \
             router.route('/a').get(make.used).post(() => inline()); module.exports = router; function inline() {}",
        ),
        (
            "never.js",
            "const router = require('express').Router(); const make = require('./make'); \
             router.get('/b', make.unused); router.post('/b', () => dead()); module.exports = router; function dead() {}",
        ),
        (
            "named.js",
            "const express = require('express'); const named = express.Router(); named.use(guard); function guard() {} exports.named = named;",
        ),
        (
            "make.js",
            "exports.used = function used() {}; exports.unused = function unused() {};",
        ),
    ];
    assert_eq!(of(&files), ["make.js:used", "named.js:guard", "used.js:inline"]);
}

/// Which of an object's functions is called, a name that is computed does not tell: each of them may be.
#[test]
fn what_a_computed_name_asks_for_may_be_any() {
    let files = [
        (
            "main.js",
            "import * as all from './all.js'; import { Service } from './service.js'; \
             const channels = { mail: () => mail(), text: () => text() }; const other = { dead: () => never() }; \
             function mail() {} function text() {} function never() {} \
             function notify(kind, name) { channels[kind](); all[name](); new Service().run(name); } notify('mail', 'a');",
        ),
        ("all.js", "export function a() {} export function b() {}"),
        (
            "service.js",
            "export class Service { run(name) { return this[name](); } first() { one(); } } function one() {}",
        ),
    ];
    let expected = [
        "all.js:a",
        "all.js:b",
        "main.js:mail",
        "main.js:notify",
        "main.js:text",
        "service.js:constructor",
        "service.js:first",
        "service.js:one",
        "service.js:run",
    ];
    assert_eq!(of(&files), expected);
}

#[test]
fn to_be_exported_is_not_to_be_asked_for() {
    let files = [
        (
            "main.js",
            "import './a.js'; import './b.js'; import './c.js'; import d from './d.js'; d.run(); require('./e');",
        ),
        ("a.js", "const handler = () => {}; export default handler;"),
        ("b.js", "export default () => { function inner() {} inner(); };"),
        ("c.js", "export default { run() {}, fetch: () => {} };"),
        (
            "d.js",
            "const run = () => {}; const stay = () => {}; export default { run, stay };",
        ),
        (
            "e.js",
            "class E { constructor() {} } function f() {} module.exports = E; module.exports.f = f; exports.g = () => {};",
        ),
    ];
    assert_eq!(of(&files), ["d.js:run"]);
}

#[test]
fn what_is_handed_over_is_called() {
    let files = [(
        "main.js",
        "import express from 'express'; const app = express(); app.get('/x', handler); app.use(wrap(inner)); \
         function handler() { [1].map(function each() {}); } function wrap(f) { return f; } function inner() {} \
         const kept = function kept() {}; (function now() {})(); setTimeout(() => tick(), 1); function tick() {} \
         const list = [first]; run(list); function run() {} function first() {} function last() {}",
    )];
    let expected =
        ["each", "first", "handler", "inner", "now", "run", "tick", "wrap"].map(|name| format!("main.js:{name}"));
    assert_eq!(of(&files), expected);
}

#[test]
fn methods_wait_to_be_asked_for() {
    let files = [
        (
            "main.js",
            "import { Service, Unused } from './service.js'; const service = new Service(); service.send(); const o = make(); o.go(); import './made.js'; import { make } from './made.js';",
        ),
        (
            "service.js",
            "export class Service { constructor() { this.setup(); } setup() {} send() {} drop() {} } \
             export class Unused { constructor() {} send() {} }",
        ),
        ("made.js", "export const make = () => ({ go() {}, stay() {} });"),
    ];
    let live = of(&files);
    for name in ["service.js:setup", "service.js:send", "made.js:go", "made.js:make"] {
        assert!(live.contains(&name.to_owned()), "{name} in {live:?}");
    }
    for name in ["service.js:drop", "made.js:stay"] {
        assert!(!live.contains(&name.to_owned()), "{name} in {live:?}");
    }
}

#[test]
fn dynamic_loading_is_followed_where_it_runs() {
    let files = [
        PACKAGE,
        (
            "main.js",
            "async function start() { const { go } = await import('./a.js'); go(); import('./b.js').then((b) => b.run()); } start(); async function never() { await import('./c.js'); }",
        ),
        ("a.js", "export function go() {} export function stay() {}"),
        ("b.js", "export function run() {}"),
        ("c.js", ""),
    ];
    assert_eq!(loaded(&files, "."), ["a.js", "b.js", "main.js"]);
    let live = live(&files, ".");
    assert!(
        live.contains("a.js:go") && live.contains("b.js:run") && !live.contains("a.js:stay"),
        "{live:?}"
    );
}

#[test]
fn what_is_computed_leaves_the_way_open_only_where_it_runs() {
    let open = |text: &str| {
        let (snapshot, program) = of_files(&[PACKAGE, ("main.js", text)]);
        let reach = program.reach(component(&snapshot, "."), Side::Server);
        reach
            .open_edge()
            .map(|edge| format!("{}: {}", edge.place.path, edge.why))
    };
    assert_eq!(
        open("for (const name of names) require(`./routes/${name}`);").as_deref(),
        Some("main.js: what it loads is computed")
    );
    assert_eq!(
        open("import(process.env.PLUGIN);").as_deref(),
        Some("main.js: what it loads is computed")
    );
    assert_eq!(open("function never(x) { require(x); } import './gone.js';"), None);
    assert_eq!(
        open("import './made/gone.js';").as_deref(),
        Some("main.js: `./made/gone.js` leads to no file")
    );
    assert_eq!(open("import './made/gone.css'; import(`./made/${name}.json`);"), None);
}

#[test]
fn what_is_ignored_and_missing_leaves_the_way_open() {
    let files = [
        PACKAGE,
        ("main.js", "import './bundle.js';"),
        (".gitignore", "bundle.*\n"),
    ];
    let (snapshot, program) = of_files(&files);
    let reach = program.reach(component(&snapshot, "."), Side::Server);
    assert!(reach.open_edge().is_some());
}

#[test]
fn every_live_function_has_a_way_from_an_entry() {
    let files = [
        PACKAGE,
        (
            "main.js",
            "import { a } from './a.js'; function start() { a(); } start();",
        ),
        ("a.js", "import { b } from './b.js'; export const a = () => b();"),
        ("b.js", "export function b() {}"),
    ];
    let (snapshot, program) = of_files(&files);
    let reach = program.reach(component(&snapshot, "."), Side::Server);
    let last = reach
        .live()
        .find(|at| name(&program, *at) == "b.js:b")
        .expect("b is live");
    let way: Vec<String> = reach.way_to(last).into_iter().map(|at| name(&program, at)).collect();
    assert_eq!(way, ["main.js:", "main.js:start", "a.js:a", "b.js:b"]);
}

proptest! {
    /// Another import never makes anything dead.
    #[test]
    fn reach_grows_with_imports(edges in prop::collection::vec((0_usize..5, 0_usize..5, prop::bool::ANY), 0..14), more in (0_usize..5, 0_usize..5)) {
        let tree = |edges: &[(usize, usize, bool)]| {
            let texts: Vec<(String, String)> = (0..5).map(|index| {
                let path = if index == 0 { "main.js".to_owned() } else { format!("m{index}.js") };
                let mut text = format!("export function f{index}() {{");
                for (_, to, is_called) in edges.iter().filter(|edge| edge.0 == index && edge.2) {
                    let _ = is_called;
                    text.push_str(&format!(" f{to}();"));
                }
                text.push('}');
                let targets: BTreeSet<usize> = edges.iter().filter(|edge| edge.0 == index && edge.1 != index).map(|edge| edge.1).collect();
                for to in targets {
                    let from = if to == 0 { "main".to_owned() } else { format!("m{to}") };
                    text.push_str(&format!("\nimport {{ f{to} }} from './{from}.js';"));
                }
                if index == 0 { text.push_str("\nf0();"); }
                (path, text)
            }).collect();
            let mut files = vec![PACKAGE];
            files.extend(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
            (live(&files, "."), loaded(&files, "."))
        };
        let (before, loaded_before) = tree(&edges);
        let mut grown = edges.clone();
        grown.push((more.0, more.1, true));
        let (after, loaded_after) = tree(&grown);
        prop_assert!(before.is_subset(&after));
        prop_assert!(loaded_before.iter().all(|path| loaded_after.contains(path)));
    }
}
