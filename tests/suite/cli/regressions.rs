//! The promises about head against base, in a checkout.

use crate::cli::program::{BASE, LOST_LINE, changes, check, regressions, shop, written};
use crate::github::repo::Change;

const JSON: [&str; 4] = ["--base", "main", "--format", "json"];

#[test]
fn one_lost_line_is_one_regression_where_the_line_stood() {
    let repo = shop(&BASE);
    repo.branch("feature");
    repo.commit(&[LOST_LINE]);
    written(&repo);
    let report = check(repo.path(), &JSON).with(1).json();
    assert_eq!(changes(&report), ["shop.env-ignored regressed"]);
    let all = report["regressions"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:#?}");
    assert_eq!(
        (all[0]["path"].as_str(), all[0]["line"].as_u64()),
        (Some(".gitignore"), Some(2))
    );
    assert_eq!(report["verdict"]["decision"], "no-go");
    let commands = check(repo.path(), &["--base", "main", "--format", "github"])
        .with(1)
        .out;
    let errors: Vec<&str> = commands.lines().filter(|line| line.starts_with("::error")).collect();
    assert_eq!(errors.len(), 1, "{commands}");
    assert!(errors[0].starts_with("::error file=.gitignore,line=2,"), "{commands}");
}

#[test]
fn the_reverse_is_one_fixed() {
    let mut base = BASE;
    base[1] = LOST_LINE;
    let repo = shop(&base);
    repo.branch("feature");
    repo.commit(&[BASE[1]]);
    written(&repo);
    let report = check(repo.path(), &JSON).with(0).json();
    assert_eq!(changes(&report), ["shop.env-ignored fixed"]);
    assert_eq!(regressions(&report), [""; 0]);
}

#[test]
fn head_against_itself_is_nothing() {
    let repo = shop(&BASE);
    for base in ["main", "HEAD", &repo.git(&["rev-parse", "HEAD"])] {
        let report = check(repo.path(), &["--base", base, "--format", "json"]).with(0).json();
        assert_eq!((changes(&report), regressions(&report)), (vec![], vec![]));
        assert_eq!(report["counts"]["fail"], 2, "what was wrong is told and blocks nothing");
    }
}

#[test]
fn a_renamed_folder_is_nothing() {
    let repo = shop(&BASE);
    repo.branch("feature");
    repo.change(&[
        Change::Remove("backend/package.json"),
        Change::Remove("backend/index.js"),
        Change::Write("server/package.json", BASE[2].1.as_bytes()),
        Change::Write("server/index.js", BASE[3].1.as_bytes()),
    ]);
    written(&repo);
    let report = check(repo.path(), &JSON).with(0).json();
    assert_eq!((changes(&report), regressions(&report)), (vec![], vec![]));
    assert_eq!(report["counts"]["fail"], 2);
}

#[test]
fn the_working_tree_counts_before_it_is_committed() {
    let repo = shop(&BASE);
    std::fs::write(repo.path().join(".gitignore"), LOST_LINE.1).unwrap();
    let report = check(repo.path(), &JSON).with(1).json();
    assert_eq!(changes(&report), ["shop.env-ignored regressed"]);
    assert_eq!(report["target"]["dirty"], true);
}

#[test]
fn main_that_went_on_is_not_charged_to_the_branch() {
    let repo = shop(&BASE);
    let old = repo.git(&["rev-parse", "HEAD"]);
    repo.commit(&[("backend/index.js", "app.listen(80);\n")]);
    let tip = repo.git(&["rev-parse", "HEAD"]);
    repo.branch_at("feature", &old);
    repo.commit(&[("README.md", "# The shop\n")]);
    written(&repo);
    let report = check(repo.path(), &JSON).with(0).json();
    assert_eq!((changes(&report), regressions(&report)), (vec![], vec![]));
    assert_eq!(report["target"]["merge_base"], *old);
    assert_eq!(report["target"]["base"], *tip);
}

#[test]
fn a_base_that_only_the_remote_has_is_found() {
    let repo = shop(&BASE);
    repo.branch("feature");
    repo.commit(&[LOST_LINE]);
    written(&repo);
    repo.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    repo.git(&["branch", "-q", "-D", "main"]);
    check(repo.path(), &["--base", "origin/main"]).with(1);
    check(repo.path(), &["--base", "main"]).with(1);
}

#[test]
fn a_base_that_is_not_there_is_unreadable_and_named() {
    let repo = shop(&BASE);
    check(repo.path(), &["--base", "no-such-branch"])
        .with(3)
        .saying("no-such-branch");
}

#[test]
fn a_path_that_is_called_like_a_setting_hides_nothing() {
    let repo = shop(&BASE);
    repo.branch("feature");
    repo.commit(&[("branch.protected: x/server.js", "// FIXME: nobody sees it\n")]);
    written(&repo);
    let report = check(repo.path(), &["--base", "main", "--format", "json"])
        .with(1)
        .json();
    assert_eq!(report["regressions"][0]["control"], "shop.no-fixme");
}

/// Uploads that nothing bounds may stand nowhere that production reaches.
const NO_UPLOADS: &str = r#"version = 1

[[control]]
id = "shop.no-uploads"
title = "Nothing takes files"
severity = "high"
scope = "component"
rationale = "What takes files of any size fills the disk."
remediation = "Take the files elsewhere."
check.none = [{ code = { package = "multer", call = "default" } }]
"#;

/// The bad line in a file that parses, and what `other.js` holds.
fn uploads(other: &'static str) -> [(&'static str, &'static str); 5] {
    [
        (".github/readiness.toml", NO_UPLOADS),
        (
            "package.json",
            "{ \"name\": \"shop\", \"type\": \"module\", \"scripts\": { \"start\": \"node index.js\" },\n  \
             \"dependencies\": { \"express\": \"4.19.2\", \"multer\": \"2.0.0\" } }\n",
        ),
        ("index.js", "import './good.js';\nimport './other.js';\n"),
        (
            "good.js",
            "import multer from 'multer';\nexport const small = multer({ dest: 'small' });\n",
        ),
        ("other.js", other),
    ]
}

/// The places of the regressions that a change of `other.js` brings.
fn brought(before: &'static str, after: &str) -> Vec<String> {
    let repo = shop(&uploads(before));
    let report = check(repo.path(), &["--format", "json"]).json();
    assert_eq!(report["counts"]["fail"], 1, "base itself falls short: {report:#}");
    repo.branch("feature");
    repo.commit(&[("other.js", after)]);
    written(&repo);
    let report = check(repo.path(), &JSON).json();
    let all = report["regressions"].as_array().unwrap();
    all.iter()
        .map(|one| format!("{}:{}", one["path"].as_str().unwrap(), one["line"]))
        .collect()
}

/// No parser accepts it.
const BROKEN: &str =
    "import multer from 'multer';\nexport const large = multer({ dest: 'large' });\nexport const = (;\n";

#[test]
fn who_mends_a_file_that_did_not_parse_only_shows_what_was_there() {
    let mended =
        "import multer from 'multer';\nexport const one = 1;\n  export const large = multer({ dest: 'large' });\n";
    assert_eq!(brought(BROKEN, mended), [""; 0]);
}

#[test]
fn what_is_new_in_a_file_that_did_not_parse_is_a_regression() {
    let more = "import multer from 'multer';\nexport const large = multer({ dest: 'large' });\n\
                export const huge = multer({ dest: 'huge' });\n";
    assert_eq!(brought(BROKEN, more), ["other.js:3"]);
}

#[test]
fn a_line_that_base_had_in_a_comment_is_new_once_it_runs() {
    let hidden = "import multer from 'multer';\n/*\nexport const large = multer({ dest: 'large' });\n*/\n";
    let shown = "import multer from 'multer';\nexport const large = multer({ dest: 'large' });\n";
    assert_eq!(brought(hidden, shown), ["other.js:2"]);
}
