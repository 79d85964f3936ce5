//! What a person sees, whole.

use crate::cli::program::{BASE, LOST_LINE, check, shop, written};

const DAY: [&str; 2] = ["--as-of", "2026-11-20"];

#[test]
fn a_first_look_at_a_repository() {
    let repo = shop(&BASE);
    insta::assert_snapshot!(check(repo.path(), &DAY).with(0).out);
}

#[test]
fn a_branch_that_loses_a_line_and_a_control() {
    let repo = shop(&BASE);
    repo.branch("feature");
    let policy = BASE[0].1.replace("severity = \"high\"", "severity = \"low\"");
    repo.commit(&[
        LOST_LINE,
        (".github/readiness.toml", &policy),
        ("backend/index.js", "app.listen(80);\n"),
    ]);
    written(&repo);
    let mut arguments = vec!["--base", "main"];
    arguments.extend(DAY);
    insta::assert_snapshot!(check(repo.path(), &arguments).with(1).out);
}
