//! Every case under `tests/checks/<kind>/<case>/`: a small tree, a condition, and what must come of it.
//!
//! `case.toml` holds
//!
//! | key | meaning |
//! | --- | --- |
//! | `condition` | as in a policy: a table of kinds, `all`, `any` and `none` |
//! | `expect` | `pass`, `fail`, `unknown`, `not-applicable`; `invalid` when the parameters must be refused |
//! | `reason` | the whole reason (of `invalid`: the problems, joined by `; `) |
//! | `cause` | the cause of `unknown` |
//! | `gaps` | all gaps, each `SUBJECT: MESSAGE` with ` @ PATH:LINE:COLUMN` where there is a place |
//! | `evidence` | all evidence, each `PATH:LINE:COLUMN WORDS (STRENGTH)` |
//! | `never` | words that must not occur anywhere in what comes out |
//! | `component`, `components` | the folder asked about; all components (`path`, `kinds`, `entry`, `manifest`) |
//! | `truncated`, `untracked` | the listing is cut, and why; it is not git's |
//! | `symlinks`, `submodules`, `sizes` | further entries of the tree; sizes that its listing tells |
//! | `unread` | files that can't be read: `{ path, cause, what }` |
//! | `facts`, `unread-facts` | facts outside the tree by name; `{ name, cause, what }` |
//!
//! `tree/` holds the files. A name that starts with `_.` stands for one that starts with `.`, so that no file
//! in it acts on this repository itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use readygate::check::{Condition, Engine, KINDS, Leaf, Problem, View, kind};
use readygate::model::{
    Cause, Component, Entry, EntryKind, Evidence, Examined, Fact, Gap, Outcome, Place, Read, RepoPath, Snapshot, Tree,
    Unread,
};
use readygate::text::Document;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Case {
    condition: Value,
    expect: String,
    reason: Option<String>,
    cause: Option<Cause>,
    gaps: Option<Vec<String>>,
    evidence: Option<Vec<String>>,
    #[serde(default)]
    never: Vec<String>,
    component: Option<String>,
    #[serde(default)]
    components: Vec<ComponentCase>,
    truncated: Option<String>,
    #[serde(default)]
    untracked: bool,
    #[serde(default)]
    symlinks: Vec<String>,
    #[serde(default)]
    submodules: Vec<String>,
    #[serde(default)]
    sizes: BTreeMap<String, u64>,
    #[serde(default)]
    unread: Vec<UnreadCase>,
    #[serde(default)]
    facts: BTreeMap<String, Value>,
    #[serde(default)]
    unread_facts: Vec<UnreadFact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentCase {
    path: String,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    entry: Vec<String>,
    manifest: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnreadCase {
    path: String,
    cause: Cause,
    what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnreadFact {
    name: String,
    cause: Cause,
    what: String,
}

/// Outcomes that a kind can't have, whatever it is asked: the others must each have a case.
const IMPOSSIBLE: &[(&str, &[&str])] = &[
    // The check alone sees no word: whether somebody vouches is weighed in `judge`.
    ("attestation", &["pass", "unknown", "not-applicable"]),
    ("branch", &["not-applicable"]),
    ("gitignore", &["not-applicable"]),
    ("path", &["not-applicable"]),
    ("repository", &["not-applicable"]),
    ("text", &["not-applicable"]),
    ("value", &["not-applicable"]),
];

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(of)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn kinds() -> Vec<PathBuf> {
    folders(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks"))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn read_case(folder: &Path) -> Case {
    let text = fs::read_to_string(folder.join("case.toml")).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}/case.toml: {error}", folder.display()))
}

#[test]
fn every_case_comes_out_as_it_says() {
    let mut failures = Vec::new();
    for folder in kinds().iter().flat_map(|kind| folders(kind)) {
        let case = read_case(&folder);
        let wrong = run(&folder, &case);
        if !wrong.is_empty() {
            failures.push(format!("{}:\n{}", folder.display(), wrong.join("\n")));
        }
    }
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n\n"));
}

#[test]
fn every_kind_has_a_case_of_every_outcome() {
    let mut missing = Vec::new();
    let with_cases: Vec<String> = kinds().iter().map(|folder| name(folder)).collect();
    for known in KINDS {
        let folder = kinds().into_iter().find(|folder| name(folder) == known.name);
        let cases = folder.map(|folder| folders(&folder)).unwrap_or_default();
        let seen: Vec<String> = cases.iter().map(|folder| read_case(folder).expect).collect();
        let impossible = IMPOSSIBLE.iter().find(|(kind, _)| *kind == known.name);
        for outcome in ["pass", "fail", "unknown", "not-applicable"] {
            let is_impossible = impossible.is_some_and(|(_, outcomes)| outcomes.contains(&outcome));
            if !is_impossible && !seen.iter().any(|seen| seen == outcome) {
                missing.push(format!("{}: {outcome}", known.name));
            }
        }
    }
    assert!(missing.is_empty(), "no case under tests/checks for {missing:?}");
    let strangers: Vec<&String> = with_cases.iter().filter(|name| kind(name).is_none()).collect();
    assert!(strangers.is_empty(), "tests/checks has cases of no kind: {strangers:?}");
}

#[test]
fn every_kind_describes_its_parameters() {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    assert!(
        names.is_sorted_by(|left, right| left < right),
        "the kinds are not sorted, or one stands twice: {names:?}"
    );
    for known in KINDS {
        let mut generator = schemars::SchemaGenerator::default();
        let schema = (known.schema)(&mut generator).to_value();
        // A kind writes its words in place, or in a definition that it points at.
        let words = format!("{schema}{}", serde_json::to_string(&generator.definitions()).unwrap());
        assert!(schema.is_object(), "{}", known.name);
        assert!(words.contains("description"), "{} has no words: {words}", known.name);
        assert!(known.summary.ends_with('.'), "{}", known.name);
    }
}

/// Runs a case and says what is wrong.
fn run(folder: &Path, case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    let condition = match build(&case.condition) {
        Err(problems) => {
            let told: Vec<String> = problems.iter().map(told_problem).collect();
            differ(&mut wrong, "expect", &case.expect, &"invalid".to_owned());
            if let Some(reason) = &case.reason {
                differ(&mut wrong, "reason", reason, &told.join("; "));
            }
            return wrong;
        }
        Ok(condition) => condition,
    };
    let (tree, contents) = tree(folder, case);
    let mut snapshot = snapshot(case, tree);
    let asked = case.component.as_deref().map(|path| {
        let found = snapshot.components.iter().find(|known| known.path.as_str() == path);
        found.cloned().unwrap_or_else(|| component(path))
    });
    let engine = Engine::new(condition.patterns());
    gather(
        &mut wrong,
        &condition,
        &mut snapshot,
        asked.as_ref(),
        &engine,
        &contents,
        case,
    );
    let view = View {
        snapshot: &snapshot,
        component: asked.as_ref(),
        engine: &engine,
    };
    let examined = condition.examine(&view);
    if examined != condition.examine(&view) {
        wrong.push("two looks at one snapshot differ".to_owned());
    }
    judge(&mut wrong, case, &examined);
    wrong
}

fn build(value: &Value) -> Result<Condition, Vec<Problem>> {
    let table = value.as_object().unwrap();
    let parts = |value: &Value| {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(build)
            .collect::<Result<Vec<_>, _>>()
    };
    let mut conditions = Vec::new();
    for (key, value) in table {
        conditions.push(match key.as_str() {
            "all" => Condition::All(parts(value)?),
            "any" => Condition::Any(parts(value)?),
            "none" => Condition::None(parts(value)?),
            name => {
                let kind = kind(name).unwrap_or_else(|| panic!("there is no kind `{name}`"));
                Condition::One(Leaf::new(kind.name, &value.to_string(), (kind.build)(value)?))
            }
        });
    }
    if conditions.len() == 1 {
        return Ok(conditions.remove(0));
    }
    Ok(Condition::All(conditions))
}

type Contents = BTreeMap<RepoPath, Vec<u8>>;

fn tree(folder: &Path, case: &Case) -> (Tree, Contents) {
    let mut contents = Contents::new();
    let root = folder.join("tree");
    if root.is_dir() {
        collect(&root, "", &mut contents);
    }
    let entry = |kind, size| Entry { kind, id: None, size };
    let mut entries: Vec<(RepoPath, Entry)> = contents
        .keys()
        .map(|path| {
            (
                path.clone(),
                entry(EntryKind::File, case.sizes.get(path.as_str()).copied()),
            )
        })
        .collect();
    let others = case.symlinks.iter().map(|path| (path, EntryKind::Symlink));
    let others = others.chain(case.submodules.iter().map(|path| (path, EntryKind::Submodule)));
    let unread = case.unread.iter().map(|unread| (&unread.path, EntryKind::File));
    for (path, kind) in others.chain(unread) {
        entries.push((RepoPath::new(path), entry(kind, None)));
    }
    let mut tree = Tree::new(entries);
    if let Some(why) = &case.truncated {
        tree = tree.truncated(why);
    }
    if case.untracked {
        tree = tree.untracked();
    }
    (tree, contents)
}

fn collect(folder: &Path, prefix: &str, contents: &mut Contents) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stored = name(&path);
        let shown = match stored.strip_prefix("_.") {
            Some(rest) => format!(".{rest}"),
            None => stored,
        };
        let shown = if prefix.is_empty() {
            shown
        } else {
            format!("{prefix}/{shown}")
        };
        if path.is_dir() {
            collect(&path, &shown, contents);
        } else {
            contents.insert(RepoPath::new(&shown), fs::read(&path).unwrap());
        }
    }
}

fn component(path: &str) -> Component {
    Component {
        path: RepoPath::new(path),
        kinds: Vec::new(),
        entry: Vec::new(),
        manifest: None,
        is_bare: false,
        left_out: Vec::new(),
    }
}

fn snapshot(case: &Case, tree: Tree) -> Snapshot {
    let mut snapshot = Snapshot::new(Arc::new(tree));
    snapshot.components = case
        .components
        .iter()
        .map(|given| Component {
            kinds: given.kinds.clone(),
            entry: given.entry.iter().map(|path| RepoPath::new(path)).collect(),
            manifest: given.manifest.as_deref().map(RepoPath::new),
            is_bare: false,
            left_out: Vec::new(),
            ..component(&given.path)
        })
        .collect();
    if snapshot.components.is_empty() {
        snapshot
            .components
            .push(component(case.component.as_deref().unwrap_or(".")));
    }
    snapshot
}

/// Reads what the condition asks for, at most three times, as every source does.
fn gather(
    wrong: &mut Vec<String>,
    condition: &Condition,
    snapshot: &mut Snapshot,
    component: Option<&Component>,
    engine: &Engine,
    contents: &Contents,
    case: &Case,
) {
    for round in 0..=3 {
        let view = View {
            snapshot,
            component,
            engine,
        };
        let needs = condition.needs(&view);
        let files: Vec<RepoPath> = needs
            .files
            .into_iter()
            .filter(|path| !snapshot.has_read(path))
            .collect();
        let facts: Vec<String> = needs.facts.into_iter().filter(|key| !snapshot.facts.has(key)).collect();
        if files.is_empty() && facts.is_empty() {
            return;
        }
        if round == 3 {
            wrong.push(format!("a fourth round is asked for: {files:?} {facts:?}"));
        }
        for path in files {
            if snapshot.tree.get(path.as_str()).is_none() {
                wrong.push(format!("`{path}` is asked for, and the tree has no such path"));
            }
            let unread = case.unread.iter().find(|unread| unread.path == path.as_str());
            let read = match (unread, contents.get(&path)) {
                (Some(unread), _) => Read::Unread(Unread::new(unread.cause, unread.what.clone(), "")),
                (None, Some(bytes)) => Read::Here(Arc::new(Document::new(bytes.clone()))),
                (None, None) => continue,
            };
            snapshot.insert(path, read);
        }
        for key in facts {
            let fact = match case.unread_facts.iter().find(|unread| unread.name == key) {
                Some(unread) => Fact::Unread(Unread::new(unread.cause, unread.what.clone(), "")),
                None => Fact::Known {
                    value: case.facts.get(&key).cloned().unwrap_or(Value::Null),
                    from: "the case".to_owned(),
                },
            };
            snapshot.facts.insert(key, fact);
        }
    }
}

fn judge(wrong: &mut Vec<String>, case: &Case, examined: &Examined) {
    let (outcome, cause) = match &examined.outcome {
        Outcome::Pass => ("pass", None),
        Outcome::Fail => ("fail", None),
        Outcome::Unknown(unread) => ("unknown", Some(unread.cause)),
        Outcome::NotApplicable => ("not-applicable", None),
    };
    differ(wrong, "expect", &case.expect, &outcome.to_owned());
    if let Some(reason) = &case.reason {
        differ(wrong, "reason", reason, &examined.reason);
    }
    if case.cause.is_some() || cause.is_some() {
        differ(wrong, "cause", &case.cause, &cause);
    }
    if let Some(gaps) = &case.gaps {
        differ(wrong, "gaps", gaps, &examined.gaps.iter().map(told_gap).collect());
    }
    if let Some(evidence) = &case.evidence {
        differ(
            wrong,
            "evidence",
            evidence,
            &examined.evidence.iter().map(told_evidence).collect(),
        );
    }
    if examined.gaps.is_empty() == (outcome == "fail") {
        wrong.push(format!("{outcome} with {} gaps", examined.gaps.len()));
    }
    let all = format!("{examined:?}");
    for word in case.never.iter().map(String::as_str).chain(["was not asked for"]) {
        if all.contains(word) {
            wrong.push(format!("`{word}` occurs in what came out: {all}"));
        }
    }
}

fn differ<T: PartialEq + std::fmt::Debug>(wrong: &mut Vec<String>, what: &str, expected: &T, found: &T) {
    if expected != found {
        wrong.push(format!("{what} = {found:?}\n  and not {expected:?}"));
    }
}

fn told_place(place: &Place) -> String {
    let mut told = place.path.to_string();
    for number in [place.line, place.column].into_iter().flatten() {
        told += &format!(":{number}");
    }
    told
}

fn told_gap(gap: &Gap) -> String {
    let place = gap.place.as_ref().map(|place| format!(" @ {}", told_place(place)));
    format!("{}: {}{}", gap.subject, gap.message, place.unwrap_or_default())
}

fn told_evidence(evidence: &Evidence) -> String {
    let words = if evidence.text.is_empty() {
        String::new()
    } else {
        format!(" {}", evidence.text)
    };
    format!(
        "{}{words} ({})",
        told_place(&evidence.place),
        evidence.strength.as_str()
    )
}

fn told_problem(problem: &Problem) -> String {
    if problem.at.is_empty() {
        problem.message.clone()
    } else {
        format!("{}: {}", problem.at.join("."), problem.message)
    }
}
