//! Text that is made to keep whoever follows it busy for ever.

use super::{component, of_files};
use crate::program::{Side, jobs};

const PACKAGE: (&str, &str) = (
    "package.json",
    r#"{"scripts":{"start":"node main.js"},"dependencies":{"express":"4"}}"#,
);

/// Everything that is asked of a program; that it ends is what is tested.
fn asked(text: &str) -> (usize, usize) {
    let (snapshot, program) = of_files(&[PACKAGE, ("main.js", text)]);
    let component = component(&snapshot, ".");
    let reach = program.reach(component, Side::Server);
    let routes = program.routes(component);
    let _ = jobs(&program);
    (
        reach.live().count() + program.usage().packages().count(),
        routes.routes.len(),
    )
}

#[test]
fn lists_may_hold_themselves() {
    let text = "const app = require('express')();\nlet a = [...b], b = [...a];\na = [a, a]; b = [b, ...b];\n\
                app.use(...a); app.use([a]); app.get(a, ...b, f); for (const x of a) app.use(x, ...x);\n\
                function f() { a.some(f); f(...a); }\n";
    asked(text);
}

#[test]
fn lists_that_hold_each_other_twice_are_cut() {
    let mut text = "const app = require('express')();\nconst l0 = [f, f];\nfunction f() {}\n".to_owned();
    for index in 1..40 {
        let before = index - 1;
        text.push_str(&format!("const l{index} = [...l{before}, ...l{before}, l{before}];\n"));
    }
    text.push_str("app.get('/a', ...l39, f);\napp.use(l39);\n");
    asked(&text);
}

#[test]
fn routers_that_are_mounted_twice_at_every_level_are_cut_and_said_to_be() {
    let mut text = "const express = require('express');\nconst r0 = express();\n".to_owned();
    for index in 1..12 {
        let before = index - 1;
        text.push_str(&format!("const r{index} = express.Router();\n"));
        for mount in 0..12 {
            text.push_str(&format!("r{before}.use('/{mount}', r{index});\n"));
        }
    }
    text.push_str("r11.get('/end', (q, s) => s.json(q.body));\nr0.listen(1);\n");
    let (snapshot, program) = of_files(&[PACKAGE, ("main.js", &text)]);
    let routes = program.routes(component(&snapshot, "."));
    assert!(routes.routes.len() <= 20_000);
    assert!(
        routes.edges.iter().any(|edge| edge.why.contains("more often")),
        "{:?}",
        routes.edges
    );
}

#[test]
fn a_row_of_names_does_not_grow() {
    let mut text = "const a0 = require('express')();\n".to_owned();
    for index in 1..8_000 {
        let before = index - 1;
        text.push_str(&format!("const a{index} = a{before}.use();\n"));
    }
    asked(&text);
}

#[test]
fn an_object_that_is_spread_into_itself_ends() {
    asked(
        "const { run } = require('express');\nlet where = { a: 1 };\n\
         where = process.env.ALL ? { ...where, b: 2 } : { ...where, c: 3 };\n\
         const more = { ...where.and };\nrun(where.d, more.e);\nrun({ ...where, where: where.where });\n",
    );
}
