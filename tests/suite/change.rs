//! What a change to a repository comes to, with real check kinds from policy to verdict.

use readygate::cli::request::{Against, Level, Named, PolicyChoice, Request};
use readygate::cli::session::{self, NoReviews};
use readygate::model::{Date, FailOn, SourceKind};
use readygate::policy::Text;
use readygate::source::{Content, Memory, Revision};

type Files<'a> = &'a [(&'a str, &'a str)];

/// The gating regressions of head against base, as `CONTROL PATH:LINE MESSAGE`.
fn regressions(policy: &str, base: Files<'_>, head: Files<'_>) -> Vec<String> {
    let mut source = Memory::new();
    let base = commit(&mut source, &[], base);
    let head = commit(&mut source, &[&base], head);
    let request = Request {
        head: Revision::Commit(head.clone()),
        head_sha: Some(head),
        against: Against::Branch(base),
        policy: PolicyChoice::Given(Text {
            path: "given.toml".to_owned(),
            sha: None,
            content: policy.to_owned(),
            in_repository: false,
        }),
        level: Level::Override(FailOn::Regression),
        only: Vec::new(),
        skip: Vec::new(),
        checklists: Vec::new(),
        as_of: Date::from_ymd_opt(2026, 1, 1).unwrap(),
        named: Named {
            repository: None,
            reference: None,
            dirty: false,
            source: SourceKind::Local,
        },
        workflow: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let judged = runtime.block_on(session::judge(&mut source, &request, None, &mut NoReviews));
    let found = judged.unwrap().report.regressions.into_iter().filter(|one| one.gates);
    found
        .map(|one| {
            let line = one.line.map_or("-".to_owned(), |line| line.to_string());
            let path = one.path.as_deref().unwrap_or("-");
            format!(
                "{} {path}:{line} {}",
                one.control.as_deref().unwrap_or("-"),
                one.message
            )
        })
        .collect()
}

fn commit(source: &mut Memory, parents: &[&str], files: Files<'_>) -> String {
    let files: Vec<(&str, Content)> = files.iter().map(|(path, text)| (*path, Content::text(text))).collect();
    source.commit(parents, files.iter().map(|(path, content)| (path.as_bytes(), content)))
}

/// A policy of one control.
fn policy(condition: &str) -> String {
    format!(
        "version = 1\n\n[[control]]\nid = \"a.one\"\ntitle = \"One\"\nseverity = \"high\"\nrationale = \"It matters.\"\n\
         remediation = \"Mend it.\"\n{condition}\n"
    )
}

fn workflow(uses: &[&str]) -> String {
    let steps: String = uses.iter().map(|uses| format!("      - uses: {uses}\n")).collect();
    format!("on: pull_request\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
}

const CI: &str = ".github/workflows/ci.yml";

#[test]
fn another_version_of_an_action_that_was_open_before_is_no_regression() {
    let policy = policy("check.workflow = { pinned = true }");
    let open = workflow(&["a/b@v1", "docker://registry:5000/x:1"]);
    let bumped = workflow(&["a/b@v2", "docker://registry:5000/x:2"]);
    assert_eq!(regressions(&policy, &[(CI, &open)], &[(CI, &bumped)]), [""; 0]);
    // One more is one, as is one that was pinned.
    let more = workflow(&["a/b@v2", "docker://registry:5000/x:2", "c/d@v1"]);
    assert_eq!(
        regressions(&policy, &[(CI, &open)], &[(CI, &more)]),
        ["a.one .github/workflows/ci.yml:8 `c/d@v1` is not pinned to a full commit id"]
    );
    let closed = workflow(&["a/b@0123456789012345678901234567890123456789"]);
    let loosened = workflow(&["a/b@v3"]);
    assert_eq!(
        regressions(&policy, &[(CI, &closed)], &[(CI, &loosened)]),
        ["a.one .github/workflows/ci.yml:6 `a/b@v3` is not pinned to a full commit id"]
    );
}

#[test]
fn another_range_of_a_requirement_that_was_open_before_is_no_regression() {
    let policy = policy("check.dependency = { lockfile = true }");
    let file = "requirements.txt";
    let base = [(file, "flask>=2\nrich==13.0\n")];
    assert_eq!(
        regressions(&policy, &base, &[(file, "flask>=3\nrich==13.1\n")]),
        [""; 0]
    );
    assert_eq!(
        regressions(&policy, &base, &[(file, "flask>=2\nrich>=13\n")]),
        ["a.one requirements.txt:2 `rich>=13` does not name one version (`==`), and no lockfile does"]
    );
}

/// One of three ways: a file, a value in any manifest, a step.
const UPDATES: &str = "check.any = [{ path = \"renovate.json\" }, { value = { file = \"**/package.json\", at = \"renovate\" } }, \
                       { workflow = { runs = \"renovate\" } }]";

#[test]
fn what_was_missing_in_every_way_is_the_same_gap_when_a_file_comes_that_one_way_looks_at() {
    let policy = policy(UPDATES);
    let manifest = ("package.json", "{}\n");
    let other = ("web/package.json", "{}\n");
    let ci = workflow(&["actions/checkout@v4"]);
    let steps: [Files<'_>; 4] = [
        &[("README.md", "x\n")],
        &[("README.md", "x\n"), manifest],
        &[("README.md", "x\n"), manifest, other],
        &[("README.md", "x\n"), manifest, other, (CI, &ci)],
    ];
    for (base, head) in steps.iter().zip(&steps[1..]) {
        assert_eq!(regressions(&policy, base, head), [""; 0], "{head:?}");
        assert_eq!(regressions(&policy, head, base), [""; 0], "{head:?} and back");
    }
    // Losing the one way that there was is a regression.
    let met: Files<'_> = &[("README.md", "x\n"), ("renovate.json", "{}\n")];
    assert_eq!(regressions(&policy, met, steps[0]).len(), 1);
}

#[test]
fn a_first_workflow_that_lacks_what_was_lacking_is_no_regression() {
    let policy = policy("check.workflow = { on = [\"pull_request\"], runs = \"npm test\" }");
    let ci = workflow(&["actions/checkout@v4"]);
    let before = [("README.md", "x\n")];
    assert_eq!(
        regressions(&policy, &before, &[("README.md", "x\n"), (CI, &ci)]),
        [""; 0]
    );
}

#[test]
fn mending_one_component_is_no_licence_for_another() {
    let policy = policy(
        "scope = \"component\"\ncheck.any = [{ path = \"LICENSE\" }, { value = { file = \"package.json\", at = \"license\" } }]",
    );
    let locked = |folder: &str| (format!("{folder}/package.json"), "{\"name\":\"x\"}\n");
    let (a, b) = (locked("a"), locked("b"));
    let base = [(a.0.as_str(), a.1), (b.0.as_str(), b.1), ("a/LICENSE", "x\n")];
    let head = [(a.0.as_str(), a.1), (b.0.as_str(), b.1), ("b/LICENSE", "x\n")];
    assert_eq!(regressions(&policy, &base, &head).len(), 1);
}
