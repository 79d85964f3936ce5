//! From a source to a snapshot: rounds, sharing, exclusion, and what is never read.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use readygate::artifact::Yaml;
use readygate::check::{Check, Condition, Control, Leaf, Origin, Plan, View};
use readygate::model::{
    Cause, Component, ControlInfo, Entry, EntryKind, Examined, Fact, FactKey, Gate, Needs, Outcome, PathGlob,
    PolicyReport, Read, RepoPath, Scope, Severity, Snapshot, Strength, Tree,
};
use readygate::policy::{ComponentRule, Policy};
use readygate::source::{
    Content, Detection, Memory, Revision, Source, SourceError, Store, Together, Wanted, gather, read_one,
};

use crate::contract::wait;

/// Wants files by their names, and of each that is read, the file that its text names.
#[derive(Debug)]
struct Chain(Vec<&'static str>);

impl Check for Chain {
    fn needs(&self, view: &View<'_>) -> Needs {
        let mut needs = Needs::files(self.0.iter().map(|path| RepoPath::new(path)));
        needs.unite(Needs::facts(["repository.private"]));
        for path in view.snapshot.read_paths() {
            if let Ok(Some(document)) = view.snapshot.read(path.as_str()).text(path.as_str())
                && let Some(next) = document.text().ok().and_then(|text| text.strip_prefix("next "))
            {
                needs.files.insert(RepoPath::new(next));
            }
        }
        needs
    }

    fn examine(&self, _: &View<'_>) -> Examined {
        Examined::pass("it holds", Vec::new())
    }
}

fn policy(wanted: Vec<&'static str>) -> Policy {
    let control = Control {
        info: ControlInfo {
            id: "a.b".to_owned(),
            title: String::new(),
            severity: Severity::Low,
            category: "a".to_owned(),
            rationale: String::new(),
            remediation: String::new(),
            scope: Scope::Repository,
            requires: Strength::Present,
        },
        applies_when: None,
        asked_when: None,
        check: Condition::One(Leaf::new("chain", &wanted.join(" "), Box::new(Chain(wanted)))),
        definition: String::new(),
        origin: Origin {
            path: "builtin:test".to_owned(),
            line: 1,
            span: 0..0,
            in_repository: false,
        },
    };
    Policy {
        source: PolicyReport {
            path: "builtin:test".to_owned(),
            sha: None,
            packs: Vec::new(),
        },
        gate: Gate::default(),
        exclude: Vec::new(),
        components: Vec::new(),
        checklist: Default::default(),
        plan: Plan::new(vec![control]),
        waivers: Vec::new(),
        attestations: Vec::new(),
        places: readygate::policy::Places::default(),
    }
}

fn component(path: &str) -> Component {
    Component {
        path: RepoPath::new(path),
        kinds: vec!["node".to_owned()],
        entry: Vec::new(),
        manifest: Some(RepoPath::new(path).join("package.json")),
        is_bare: false,
        left_out: Vec::new(),
    }
}

/// A component for each `package.json` that was read.
fn detection() -> Detection {
    Detection {
        needs: |tree: &Tree| Needs::files(tree.with_name("package.json").map(|(path, _)| path.clone())),
        components: |snapshot: &Snapshot| {
            let manifests = snapshot.tree.with_name("package.json");
            let read = manifests.filter(|(path, _)| matches!(snapshot.read(path.as_str()), Read::Here(_)));
            read.map(|(path, _)| component(path.parent())).collect()
        },
    }
}

/// Counts what is read and asked.
struct Counting {
    inner: Memory,
    read: Vec<String>,
    facts: usize,
}

impl Source for Counting {
    async fn resolve(&mut self, name: &str) -> Result<String, SourceError> {
        self.inner.resolve(name).await
    }
    async fn merge_base(&mut self, left: &str, right: &str) -> Result<Option<String>, SourceError> {
        self.inner.merge_base(left, right).await
    }
    async fn tree(&mut self, revision: &Revision) -> Result<Tree, SourceError> {
        self.inner.tree(revision).await
    }
    async fn read(&mut self, revision: &Revision, wanted: &[Wanted]) -> Vec<Read> {
        self.read.extend(wanted.iter().map(|one| one.path.to_string()));
        self.inner.read(revision, wanted).await
    }
    async fn facts(&mut self, keys: &BTreeSet<FactKey>) -> Vec<(FactKey, Fact)> {
        self.facts += 1;
        self.inner.facts(keys).await
    }
    fn requests(&self) -> u64 {
        0
    }
}

fn repository(commits: &[&[(&str, Content)]]) -> (Counting, Vec<Revision>) {
    let mut inner = Memory::new();
    let mut revisions = Vec::new();
    for files in commits {
        let id = inner.commit(&[], files.iter().map(|(path, content)| (path.as_bytes(), content)));
        revisions.push(Revision::Commit(id));
    }
    let counting = Counting {
        inner,
        read: Vec::new(),
        facts: 0,
    };
    (counting, revisions)
}

fn cause(read: Read) -> Cause {
    match read {
        Read::Unread(unread) => unread.cause,
        Read::Absent | Read::Here(_) => panic!("{read:?}"),
    }
}

#[test]
fn checks_get_three_rounds_and_a_fourth_is_unknown() {
    let files = [
        ("a", Content::text("next b")),
        ("b", Content::text("next c")),
        ("c", Content::text("next d")),
        ("d", Content::text("next e")),
        ("e", Content::text("")),
    ];
    let (mut source, revisions) = repository(&[&files]);
    let policy = policy(vec!["a", "nowhere"]);
    let mut store = Store::new();
    let snapshot = wait(gather(&mut source, &revisions[0], &policy, &mut store, detection())).unwrap();
    assert_eq!(source.read, ["a", "b", "c"]);
    let fourth = snapshot.read("d");
    assert!(matches!(&fourth, Read::Unread(unread) if unread.what.contains("fourth round")));
    assert_eq!(cause(fourth), Cause::Unmodelled);
    assert!(matches!(snapshot.read("nowhere"), Read::Absent));
    assert!(policy.plan.needs(&snapshot).is_empty());
}

#[test]
fn head_and_base_share_what_is_the_same() {
    let base = [
        ("a", Content::text("same")),
        ("b", Content::text("old")),
        ("copy", Content::text("same")),
    ];
    let head = [("a2", Content::text("same")), ("b", Content::text("new"))];
    let (mut source, revisions) = repository(&[&base, &head]);
    let policy = policy(vec!["a", "a2", "b", "copy"]);
    let mut store = Store::new();
    let before = wait(gather(&mut source, &revisions[0], &policy, &mut store, detection())).unwrap();
    let after = wait(gather(&mut source, &revisions[1], &policy, &mut store, detection())).unwrap();
    assert_eq!(source.read, ["a", "b", "b"]);
    assert_eq!(source.facts, 1, "a setting is read once for both");
    assert_eq!(before.facts, after.facts);
    let (Read::Here(left), Read::Here(right)) = (before.read("copy"), after.read("a2")) else {
        panic!("both are read");
    };
    assert!(Arc::ptr_eq(&left, &right));
    let cost = store.cost(&after, 7);
    assert_eq!((cost.files_listed, cost.files_read, cost.bytes_read), (2, 3, 10));
    assert_eq!((cost.api_requests, cost.elapsed_ms), (7, 0));
}

#[test]
fn what_is_not_to_be_read_is_not_and_says_why() {
    let files = [
        ("node_modules/x/index.js", Content::text("x")),
        ("link", Content::Symlink(b"/etc/passwd".to_vec())),
        ("large", Content::File(vec![b'x'; (1 << 20) + 1])),
        ("legacy/a", Content::text("a")),
        ("tests/a", Content::text("a")),
        ("docs/read.md", Content::text("read")),
    ];
    let (mut source, revisions) = repository(&[&files]);
    let mut policy = policy(vec![
        "node_modules/x/index.js",
        "link",
        "large",
        "legacy/a",
        "docs/read.md",
    ]);
    policy.exclude = vec![PathGlob::new("legacy/**").unwrap()];
    let mut store = Store::new();
    let snapshot = wait(gather(&mut source, &revisions[0], &policy, &mut store, detection())).unwrap();
    assert_eq!(source.read, ["docs/read.md"]);
    assert_eq!(cause(snapshot.read("node_modules/x/index.js")), Cause::Unmodelled);
    assert_eq!(cause(snapshot.read("link")), Cause::Unmodelled);
    assert_eq!(cause(snapshot.read("large")), Cause::Size);
    assert!(snapshot.tree.get("legacy/a").is_none());
    let skipped: Vec<(String, u64)> = store.cost(&snapshot, 0).skipped.into_iter().collect();
    let expected = [("large", 1), ("test", 1), ("vendored", 1)];
    assert_eq!(skipped, expected.map(|(why, count)| (why.to_owned(), count)));
}

#[test]
fn what_was_read_and_is_no_evidence_is_counted_by_why() {
    let files = [
        ("picture.png", Content::File(b"\x89PNG\0".to_vec())),
        ("latin.txt", Content::File(b"caf\xe9".to_vec())),
        ("bundle.js", Content::text(&"a();".repeat(2_000))),
        (
            "client.ts",
            Content::text("// @generated by a tool\nexport const a = 1;\n"),
        ),
        ("broken.yml", Content::text("a: [1\n")),
        ("whole.yml", Content::text("a: 1\n")),
        ("never-asked.yml", Content::text("a: [1\n")),
    ];
    let (mut source, revisions) = repository(&[&files]);
    let policy = policy(files[..6].iter().map(|(path, _)| *path).collect());
    let mut store = Store::new();
    let snapshot = wait(gather(&mut source, &revisions[0], &policy, &mut store, detection())).unwrap();
    for path in ["broken.yml", "whole.yml"] {
        let Read::Here(document) = snapshot.read(path) else {
            panic!("{path} is read")
        };
        document.view::<Yaml>();
    }
    let skipped: Vec<(String, u64)> = store.cost(&snapshot, 0).skipped.into_iter().collect();
    let expected = ["binary", "encoding", "generated", "minified", "unparsed"];
    assert_eq!(skipped, expected.map(|why| (why.to_owned(), 1)));
}

#[test]
fn components_are_found_and_corrected_and_never_none() {
    let files = [
        ("web/package.json", Content::text("{}")),
        ("api/package.json", Content::text("{}")),
        ("node_modules/x/package.json", Content::text("{}")),
    ];
    let (mut source, revisions) = repository(&[&files, &[]]);
    let mut policy = policy(vec![]);
    let rule = |path: &str, entry: &[&str]| ComponentRule {
        path: RepoPath::new(path),
        entry: entry.iter().map(|path| RepoPath::new(path)).collect(),
    };
    policy.components = vec![
        rule("web", &["web/main.ts"]),
        rule("api", &[]),
        rule("tools", &["tools/run.py"]),
    ];
    let mut store = Store::new();
    let snapshot = wait(gather(&mut source, &revisions[0], &policy, &mut store, detection())).unwrap();
    let found: Vec<(&str, usize, usize)> = snapshot
        .components
        .iter()
        .map(|found| (found.path.as_str(), found.kinds.len(), found.entry.len()))
        .collect();
    assert_eq!(found, [("api", 1, 0), ("tools", 0, 1), ("web", 1, 1)]);
    policy.components.clear();
    let empty = wait(gather(&mut source, &revisions[1], &policy, &mut store, detection())).unwrap();
    assert_eq!(empty.components.len(), 1);
    assert_eq!(
        (empty.components[0].path.as_str(), empty.components[0].kinds.len()),
        (".", 0)
    );
}

#[test]
fn a_listing_that_is_not_whole_stays_so_without_the_excluded() {
    let (mut source, revisions) = repository(&[&[("a", Content::text("a"))]]);
    source.inner.set_truncated("it is too long");
    let mut policy = policy(vec!["b"]);
    policy.exclude = vec![PathGlob::new("legacy/**").unwrap()];
    let mut store = Store::new();
    let snapshot = wait(gather(&mut source, &revisions[0], &policy, &mut store, detection())).unwrap();
    assert_eq!(cause(snapshot.read("b")), Cause::Limit);
    assert!(snapshot.tree.is_tracked());
}

#[test]
fn files_and_facts_may_come_from_two_sources() {
    let (files, revisions) = repository(&[&[("a", Content::text("a"))]]);
    let mut facts = Memory::new();
    let known = Fact::Known {
        value: true.into(),
        from: "the repository's settings".to_owned(),
    };
    facts.set_fact("repository.private", known.clone());
    let mut source = Together { files, facts };
    let mut store = Store::new();
    let policy = policy(vec!["a"]);
    let snapshot = wait(gather(&mut source, &revisions[0], &policy, &mut store, detection())).unwrap();
    assert_eq!(snapshot.facts.get("repository.private"), known);
    assert!(matches!(snapshot.read("a"), Read::Here(_)));
    assert_eq!(source.files.facts, 0);
}

#[test]
fn a_single_file_is_read_by_the_same_rules() {
    let files = [("a", Content::text("a")), ("link", Content::Symlink(b"a".to_vec()))];
    let (mut source, revisions) = repository(&[&files]);
    let tree = Arc::new(wait(source.tree(&revisions[0])).unwrap());
    let mut read = |path: &str| wait(read_one(&mut source, &revisions[0], &tree, path));
    assert!(matches!(read("a"), Read::Here(document) if document.bytes() == b"a"));
    assert!(matches!(read("b"), Read::Absent));
    assert_eq!(cause(read("link")), Cause::Unmodelled);
}

/// Counts how often it is asked.
#[derive(Debug)]
struct Counted(Arc<AtomicUsize>);

impl Check for Counted {
    fn needs(&self, _: &View<'_>) -> Needs {
        Needs::files([RepoPath::new("a.txt")])
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        self.0.fetch_add(1, Ordering::Relaxed);
        match view.snapshot.read("a.txt").text("a.txt") {
            Ok(_) => Examined::pass("it is read", Vec::new()),
            Err(unread) => Examined::unknown(unread),
        }
    }
}

/// Before everything is read an answer is not kept; afterwards two controls that ask the same are answered once.
#[test]
fn one_question_is_answered_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let leaf = || Condition::One(Leaf::new("counted", "{}", Box::new(Counted(Arc::clone(&asked)))));
    let control = |id: &str| {
        let mut control = policy(Vec::new()).plan.into_controls().remove(0);
        control.info.id = id.to_owned();
        control.applies_when = Some(leaf());
        control.check = leaf();
        control
    };
    let plan = Plan::new(vec![control("a.b"), control("a.c")]);
    let entry = Entry {
        kind: EntryKind::File,
        id: None,
        size: None,
    };
    let tree = Tree::new(vec![(RepoPath::new("a.txt"), entry)]);
    let mut snapshot = Snapshot::new(Arc::new(tree));
    assert_eq!(plan.needs(&snapshot), Needs::files([RepoPath::new("a.txt")]));
    let unread = plan.examine(&snapshot);
    assert!(unread.iter().all(|judged| judged.examined.outcome != Outcome::Pass));
    snapshot.insert(RepoPath::new("a.txt"), Read::Absent);
    asked.store(0, Ordering::Relaxed);
    assert!(plan.needs(&snapshot).is_empty());
    let read = plan.examine(&snapshot);
    assert!(read.iter().all(|judged| judged.examined.outcome == Outcome::Pass));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
