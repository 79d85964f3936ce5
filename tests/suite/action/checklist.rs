//! The team's checklist in a pull request: what is ticked without being done, and what is taken out.

use serde_json::{Value, json};

use super::job::{Job, annotations, branches, serve};
use crate::cli::program::{BASE, POLICY};
use crate::github::fixture::Fixture;
use crate::github::mock::Mock;
use crate::github::repo::GitRepo;

const LIST: &str = "docs/READINESS.md";

const OPEN: &str = "# Ready\n\n## Critical\n\n- [ ] Nothing is left to mend\n- [x] Env files ignored\n";

/// The policy with a checklist, whose first item is bound by hand.
fn policy() -> String {
    format!(
        "{POLICY}\n[checklist]\nfiles = [\"{LIST}\"]\n\n[[checklist.bind]]\nitem = \"Nothing is left to mend\"\n\
         controls = [\"shop.no-fixme\"]\n\n[[checklist.bind]]\nitem = \"Env files ignored\"\n\
         controls = [\"shop.env-ignored\"]\n"
    )
}

fn pull(head_list: &str) -> (GitRepo, String) {
    let policy = policy();
    let mut base = BASE.to_vec();
    base[0].1 = &policy;
    base.push((LIST, OPEN));
    branches(&base, &[(LIST, head_list)])
}

fn approved(repo: &GitRepo, head: &str) -> Mock {
    let mut fixture = Fixture::of(repo.path());
    let review = json!({"user": {"login": "ops"}, "state": "APPROVED", "commit_id": head});
    fixture.reviews.insert(7, vec![review]);
    fixture.collaborators.insert("ops".to_owned(), "write".to_owned());
    Mock::start(fixture)
}

fn item(report: &Value, line: u64) -> &Value {
    let items = report["checklists"][0]["items"].as_array().unwrap();
    items.iter().find(|item| item["line"] == line).unwrap()
}

#[test]
fn a_false_tick_blocks_on_its_own_line_with_the_code_beside_it() {
    let (repo, head) = pull(&OPEN.replace("- [ ] Nothing", "- [x] Nothing"));
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(1);
    assert_eq!(left.kinds(), ["finding"]);
    let failures: Vec<String> = annotations(&mock)
        .into_iter()
        .filter(|one| one.ends_with("failure"))
        .collect();
    assert_eq!(failures, [format!("{LIST}:5 failure")]);
    let told = mock.check_runs()[0]["annotations"].to_string();
    assert!(told.contains("backend/index.js:2"), "{told}");
    assert_eq!(mock.comments().len(), 1);
    let verdicts = [5, 6].map(|line| item(&left.report, line)["verdict"].as_str().unwrap().to_owned());
    assert_eq!(verdicts, ["contradicted", "confirmed"]);
    // An approval accepts what is asked for less, never what is false.
    Job::pull(&approved(&repo, &head), &head).ends(1);
}

#[test]
fn an_open_item_that_is_deleted_blocks_until_an_owner_approves() {
    let (repo, head) = pull(&OPEN.replace("- [ ] Nothing is left to mend\n", ""));
    let left = Job::pull(&serve(&repo), &head).ends(1);
    assert_eq!(left.kinds(), ["weakening"]);
    assert_eq!(left.report["regressions"][0]["severity"], "critical");
    Job::pull(&approved(&repo, &head), &head).ends(0);
}

#[test]
fn an_open_item_that_moves_or_changes_its_box_is_nothing() {
    let moved = "# Ready\n\n- [x] Env files ignored\n\n## Critical\n\n* [~] Nothing is left to mend\n";
    let (repo, head) = pull(moved);
    let left = Job::pull(&serve(&repo), &head).ends(0);
    assert_eq!(left.kinds(), Vec::<&str>::new());
    assert_eq!(item(&left.report, 7)["verdict"], "open");
}
