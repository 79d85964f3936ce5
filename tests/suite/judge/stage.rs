//! Small repositories and three plain checks to judge them by.

use std::collections::BTreeMap;
use std::sync::Arc;

use readygate::check::{Check, Condition, Control, Leaf, Origin, Plan, View};
use readygate::judge::{Assessed, Assessment, Comparison, Material, Side, assess, compare, moves, report};
use readygate::model::{
    BlobId, Cause, Component, ControlInfo, Cost, Date, Entry, EntryKind, Evidence, Examined, Gap, Gate, Needs, Place,
    PolicyReport, Read, RepoPath, Report, Scope, Severity, Snapshot, SourceKind, Strength, Target, Tool, Tree, Unread,
};
use readygate::policy::{ChecklistRules, Policy};
use readygate::text::Document;
use sha2::{Digest, Sha256};

pub type Files = BTreeMap<String, String>;

pub fn files(list: &[(&str, &str)]) -> Files {
    list.iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

/// A repository with these files, all read. A folder with a `package.json` is a component; without any, `.`.
pub fn snapshot(files: &Files) -> Snapshot {
    let entry = |text: &String| Entry {
        kind: EntryKind::File,
        id: Some(BlobId(Sha256::digest(text)[..20].try_into().unwrap())),
        size: Some(text.len() as u64),
    };
    let entries = files
        .iter()
        .map(|(path, text)| (RepoPath::new(path), entry(text)))
        .collect();
    let mut snapshot = Snapshot::new(Arc::new(Tree::new(entries)));
    for (path, text) in files {
        snapshot.insert(
            RepoPath::new(path),
            Read::Here(Arc::new(Document::new(text.as_bytes()))),
        );
    }
    let manifests: Vec<RepoPath> = snapshot
        .tree
        .with_name("package.json")
        .map(|(path, _)| path.clone())
        .collect();
    let component = |manifest: Option<RepoPath>| Component {
        path: match manifest.as_ref().map(RepoPath::parent) {
            None | Some("") => RepoPath::new("."),
            Some(folder) => RepoPath::new(folder),
        },
        kinds: Vec::new(),
        entry: Vec::new(),
        manifest,
        is_bare: false,
        left_out: Vec::new(),
    };
    snapshot.components = manifests
        .into_iter()
        .map(|manifest| component(Some(manifest)))
        .collect();
    if snapshot.components.is_empty() {
        snapshot.components.push(component(None));
    }
    snapshot.components.sort_by(|left, right| left.path.cmp(&right.path));
    snapshot
}

/// The files that a view is about.
fn seen<'a>(view: &View<'a>) -> Vec<(RepoPath, Arc<Document>)> {
    let snapshot = view.snapshot;
    let mine = snapshot
        .tree
        .iter()
        .map(|(path, _)| path)
        .filter(|path| match view.component {
            None => true,
            Some(component) => {
                Component::of(&snapshot.components, path).is_some_and(|found| found.path == component.path)
            }
        });
    mine.filter_map(|path| match snapshot.read(path.as_str()) {
        Read::Here(document) => Some((path.clone(), document)),
        Read::Absent | Read::Unread(_) => None,
    })
    .collect()
}

fn lines(document: &Document) -> Vec<(u32, String)> {
    (1..=document.line_count())
        .map(|line| (line, document.words(&document.line_span(line).unwrap())))
        .collect()
}

/// No line may hold this word.
#[derive(Debug)]
pub struct Forbid(pub &'static str);

impl Check for Forbid {
    fn needs(&self, _view: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let mut gaps = Vec::new();
        for (path, document) in seen(view) {
            for (line, text) in lines(&document).into_iter().filter(|(_, text)| text.contains(self.0)) {
                gaps.push(Gap::at(
                    Place::line(&path, line),
                    &text,
                    format!("`{}` stands here", self.0),
                ));
            }
        }
        if gaps.is_empty() {
            Examined::pass(format!("no `{}` anywhere", self.0), Vec::new())
        } else {
            Examined::fail(format!("`{}` is used", self.0), gaps)
        }
    }
}

/// No file of this name may be there: a gap without words.
#[derive(Debug)]
pub struct NoFile(pub &'static str);

impl Check for NoFile {
    fn needs(&self, _view: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let found = seen(view).into_iter().filter(|(path, _)| path.file_name() == self.0);
        let gaps: Vec<Gap> = found
            .map(|(path, _)| Gap::at(Place::file(&path), "", format!("`{path}` is committed")))
            .collect();
        if gaps.is_empty() {
            Examined::pass("none is committed", Vec::new())
        } else {
            Examined::fail(format!("`{}` is committed", self.0), gaps)
        }
    }
}

/// Some line must hold this word, in a component that has `.ts` files; a broken file may hide it.
#[derive(Debug)]
pub struct Want(pub &'static str);

impl Check for Want {
    fn needs(&self, _view: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let files: Vec<_> = seen(view)
            .into_iter()
            .filter(|(path, _)| path.extension() == Some("ts"))
            .collect();
        if files.is_empty() {
            return Examined::not_applicable("there is no TypeScript");
        }
        for (path, document) in &files {
            if let Some((line, text)) = lines(document).into_iter().find(|(_, text)| text.contains(self.0)) {
                let evidence = Evidence::new(Place::line(path, line), &text, Strength::Wired, self.0);
                return Examined::pass(format!("`{}` is used", self.0), vec![evidence]);
            }
        }
        for (path, document) in &files {
            for (word, cause) in [
                ("<<<<", Cause::Parse),
                ("OUTAGE", Cause::Network),
                ("MAGIC", Cause::Unmodelled),
            ] {
                if lines(document).iter().any(|(_, text)| text.contains(word)) {
                    return Examined::unknown(Unread::new(cause, format!("`{path}` can't be read"), "mend it"));
                }
            }
        }
        Examined::fail(
            format!("`{}` is not found", self.0),
            vec![Gap::missing(
                self.0,
                format!("`{}` is not found in this repository", self.0),
            )],
        )
    }
}

/// The same, of things that need not be there.
#[derive(Debug)]
pub struct Agree(pub &'static str);

impl Check for Agree {
    fn asks_agreement(&self) -> bool {
        true
    }

    fn needs(&self, _view: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        Want(self.0).examine(view)
    }
}

pub fn origin(line: u32) -> Origin {
    Origin {
        path: ".github/readiness.toml".to_owned(),
        line,
        span: 0..1,
        in_repository: true,
    }
}

pub fn control(id: &str, severity: Severity, scope: Scope, check: Condition) -> Control {
    Control {
        info: ControlInfo {
            id: id.to_owned(),
            title: format!("Title of {id}"),
            severity,
            category: id.split('.').next().unwrap().to_owned(),
            rationale: "Because.".to_owned(),
            remediation: "Mend it.".to_owned(),
            scope,
            requires: Strength::Present,
        },
        applies_when: None,
        asked_when: None,
        check,
        definition: String::new(),
        origin: origin(7),
    }
}

pub fn one(check: impl Check + 'static) -> Condition {
    Condition::One(Leaf::new("stub", &format!("{check:?}"), Box::new(check)))
}

pub fn policy_of(controls: Vec<Control>) -> Policy {
    Policy {
        source: PolicyReport {
            path: ".github/readiness.toml".to_owned(),
            sha: None,
            packs: Vec::new(),
        },
        gate: Gate::default(),
        exclude: Vec::new(),
        components: Vec::new(),
        checklist: ChecklistRules::default(),
        plan: Plan::new(controls),
        waivers: Vec::new(),
        attestations: Vec::new(),
        places: readygate::policy::Places::default(),
    }
}

/// The three checks, for components and for the repository.
pub fn policy() -> Policy {
    policy_of(vec![
        control("code.no-bad", Severity::Critical, Scope::Component, one(Forbid("BAD"))),
        control("code.wants-good", Severity::High, Scope::Component, one(Want("GOOD"))),
        control("tree.no-env", Severity::Medium, Scope::Component, one(NoFile(".env"))),
        control(
            "tree.no-bad-at-all",
            Severity::Low,
            Scope::Repository,
            one(Forbid("BAD")),
        ),
        control(
            "tree.good-somewhere",
            Severity::Low,
            Scope::Repository,
            one(Want("GOOD")),
        ),
    ])
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn today() -> Date {
    day("2026-11-20")
}

/// Head and base of one policy, judged and compared.
pub struct Judged {
    pub head: Snapshot,
    pub assessed: Assessment,
    pub base: Assessment,
    pub comparison: Comparison,
}

pub fn judge(policy: &Policy, head: &Files, base: &Files) -> Judged {
    let (head, base) = (snapshot(head), snapshot(base));
    let (assessed, before) = (assess(policy, &head, today()), assess(policy, &base, today()));
    let comparison = compare(
        Side {
            snapshot: &head,
            items: &assessed.items,
        },
        Side {
            snapshot: &base,
            items: &before.items,
        },
        &moves(&head, &base),
    );
    Judged {
        head,
        assessed,
        base: before,
        comparison,
    }
}

impl Judged {
    /// Regressions in short: kind, control, where.
    pub fn regressions(&self) -> Vec<String> {
        let told = self.comparison.regressions.iter().map(|found| {
            let path = found.path.as_deref().unwrap_or("-");
            let line = found.line.map_or("-".to_owned(), |line| line.to_string());
            format!(
                "{:?} {} {path}:{line}",
                found.kind,
                found.control.as_deref().unwrap_or("-")
            )
        });
        told.collect()
    }
}

/// The result as it is told.
pub fn told(policy: &Policy, gate: &Gate, head: (&Snapshot, &[Assessed]), comparison: Option<Comparison>) -> Report {
    report(Material {
        tool: Tool {
            name: "readygate".to_owned(),
            version: "0".to_owned(),
        },
        as_of: today(),
        target: Target {
            repository: None,
            reference: None,
            sha: None,
            dirty: false,
            merge_base: None,
            base: None,
            source: SourceKind::Local,
        },
        policy: policy.source.clone(),
        gate,
        head: Side {
            snapshot: head.0,
            items: head.1,
        },
        comparison,
        charged: Vec::new(),
        checklists: Vec::new(),
        notices: Vec::new(),
        cost: Cost::default(),
    })
}
