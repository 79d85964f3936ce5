//! What a pull request costs in requests: a workflow's token has 1,000 an hour for a whole repository.

use super::job::{Job, branches, serve};
use crate::cli::program::{BASE, LOST_LINE};
use crate::github::fixture::Fixture;
use crate::github::mock::Mock;

#[test]
fn a_small_pull_request_costs_at_most_ten_requests_with_everything_told() {
    let mut base = BASE.to_vec();
    base[0].1 = "version = 1\nextends = [\"builtin:default\"]\n";
    base.push((
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n",
    ));
    base[1].1 = "node_modules\n.env\n.env.local\n.env.production\n";
    base.push(("backend/.env.example", "PORT=\n"));
    base.push(("SECURITY.md", "Write to security@example.com\n"));
    let lost = (".gitignore", "node_modules\n.env.local\n.env.production\n");
    let (repo, head) = branches(&base, &[lost]);
    let mock = serve(&repo);
    let left = Job::pull(&mock, &head).ends(1);
    assert_eq!((mock.check_runs().len(), mock.comments().len()), (1, 1));
    let requests = mock.requests();
    assert!(requests.len() <= 10, "{} requests: {requests:#?}", requests.len());
    assert_eq!(left.report["cost"]["api_requests"], requests.len());
    mock.forget_requests();
    Job::pull(&mock, &head).ends(1);
    assert!(mock.requests().len() <= 9, "again: {:#?}", mock.requests());
}

#[test]
fn a_change_that_does_nothing_costs_less() {
    let (repo, head) = branches(&BASE[1..], &[("docs/a.md", "x\n")]);
    let mock = serve(&repo);
    Job::pull(&mock, &head).ends(0);
    let requests = mock.requests();
    assert!(requests.len() <= 10, "{} requests: {requests:#?}", requests.len());
}

#[test]
fn a_base_branch_that_went_on_costs_one_listing_more() {
    let (repo, head) = branches(&BASE, &[LOST_LINE]);
    repo.branch("main");
    repo.commit(&[("README.md", "# Later\n")]);
    let mock = Mock::start(Fixture::of(repo.path()));
    Job::pull(&mock, &head).ends(1);
    let requests = mock.requests();
    assert!(requests.len() <= 11, "{} requests: {requests:#?}", requests.len());
}
