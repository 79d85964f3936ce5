//! Policies: what is loaded, every mistake with its place, and what one policy asks less than another.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;
use readygate::check::{Check, Kind, Problem, View};
use readygate::model::{Examined, FailOn, Needs, Severity, Strength, UnknownRule, WeakeningRule};
use readygate::policy::{Loader, PackRef, Policy, Step, Text, Weakening, WeakeningKind, compare};
use readygate::text::{Diagnostic, Document};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

/// A check kind that asks for nothing: what is tested is the policy.
#[derive(Debug)]
struct Nothing;

impl Check for Nothing {
    fn needs(&self, _: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, _: &View<'_>) -> Examined {
        Examined::not_applicable("a test kind".to_owned())
    }
}

/// A file, by a pattern or with more to say.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
enum FileParameters {
    /// A pattern.
    Short(String),
    /// A pattern and how many.
    Long(LongParameters),
}

/// A file and how often.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct LongParameters {
    /// The pattern.
    exists: String,
    /// How many at least.
    #[schemars(range(min = 1))]
    min_count: Option<u32>,
    /// In which manner.
    mode: Option<Mode>,
}

/// A manner.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    /// With case.
    Exact,
    /// Without case.
    IgnoreCase,
}

/// A list of words.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[allow(dead_code, reason = "only its schema is used")]
struct WordsParameters {
    /// The words.
    words: Vec<String>,
}

fn file_schema(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<FileParameters>()
}

fn words_schema(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<WordsParameters>()
}

fn build_file(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let _: FileParameters = serde_json::from_value(value.clone()).expect("the shape was checked");
    Ok(Box::new(Nothing))
}

/// Refuses every word that begins with `bad`, each at its place.
fn build_words(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: WordsParameters = serde_json::from_value(value.clone()).expect("the shape was checked");
    let bad = parameters
        .words
        .iter()
        .enumerate()
        .filter(|(_, word)| word.starts_with("bad"));
    let problems: Vec<Problem> = bad
        .map(|(index, word)| Problem::at(&["words", &index.to_string()], format!("`{word}` is a bad word")))
        .collect();
    if problems.is_empty() {
        Ok(Box::new(Nothing))
    } else {
        Err(problems)
    }
}

static KINDS: [Kind; 2] = [
    Kind {
        name: "file",
        summary: "A file.",
        schema: file_schema,
        build: build_file,
    },
    Kind {
        name: "words",
        summary: "Some words.",
        schema: words_schema,
        build: build_words,
    },
];

const OWN: &str = ".github/readiness.toml";

fn load_with(own: &str, packs: &[(&str, &str)]) -> Result<Policy, Vec<Diagnostic>> {
    let packs: BTreeMap<&str, &str> = packs.iter().copied().collect();
    let mut loader = Loader::with_kinds(
        Text {
            path: OWN.to_owned(),
            sha: Some("0".repeat(40)),
            content: own.to_owned(),
            in_repository: true,
        },
        &KINDS,
    );
    for _ in 0..8 {
        match loader.step() {
            Step::Ready(result) => return result,
            Step::Wanted(wanted) => {
                for pack in wanted {
                    let content = packs.get(pack.to_string().as_str()).map(|text| (*text).to_owned());
                    loader.supply(pack, content.ok_or_else(|| "there is no such file".to_owned()));
                }
            }
        }
    }
    panic!("the loader is never ready");
}

fn load(own: &str) -> Result<Policy, Vec<Diagnostic>> {
    load_with(own, &[])
}

fn valid(own: &str) -> Policy {
    load(own).unwrap_or_else(|mistakes| panic!("{}", told(&mistakes, own, &[])))
}

/// The mistakes as plain text: what is wrong, each place with its line, the words there, and the help.
fn told(mistakes: &[Diagnostic], own: &str, packs: &[(&str, &str)]) -> String {
    let mut texts: BTreeMap<&str, Document> = BTreeMap::new();
    texts.insert(OWN, Document::new(own.as_bytes()));
    texts.extend(packs.iter().map(|(name, text)| (*name, Document::new(text.as_bytes()))));
    let mut out = String::new();
    for mistake in mistakes {
        writeln!(out, "{}", mistake.title).unwrap();
        for label in &mistake.labels {
            let document = &texts[label.path.as_str()];
            let at = document.position(label.span.start);
            let mut words = document.words(&label.span);
            if words.chars().count() > 60 {
                words = words.chars().take(60).chain(['…']).collect();
            }
            let words = words.replace('\n', "⏎").replace('\0', "␀");
            writeln!(
                out,
                "  {}:{}:{} `{words}`: {}",
                label.path, at.line, at.column, label.message
            )
            .unwrap();
        }
        if let Some(help) = &mistake.help {
            writeln!(out, "  = {help}").unwrap();
        }
    }
    out
}

fn mistakes(own: &str) -> String {
    mistakes_with(own, &[])
}

fn mistakes_with(own: &str, packs: &[(&str, &str)]) -> String {
    match load_with(own, packs) {
        Ok(_) => "no mistake\n".to_owned(),
        Err(found) => told(&found, own, packs),
    }
}

const WHOLE: &str = include_str!("policy/whole.toml");

#[test]
fn the_whole_of_the_contract_is_understood() {
    let policy = load_with(WHOLE, &[("packs/base.toml", "version = 1\n")]).unwrap();
    assert_eq!(policy.gate.fail_on, FailOn::High);
    assert_eq!(policy.gate.unknown_at(Severity::Critical), UnknownRule::Fail);
    assert_eq!(policy.gate.unknown_at(Severity::Low), UnknownRule::Report);
    assert_eq!(
        (policy.gate.weakening, policy.gate.max_waiver_days),
        (WeakeningRule::Report, 30)
    );
    assert_eq!(policy.source.packs, ["packs/base.toml"]);
    let control = &policy.plan.controls()[1];
    assert_eq!(control.info.id, "shop.cart-persisted");
    assert_eq!(
        (control.info.category.as_str(), control.info.requires),
        ("shop", Strength::Wired)
    );
    assert_eq!((control.origin.line, control.origin.in_repository), (29, true));
    assert_eq!(
        control.definition,
        r#"{"applies-when":{"file":"pg"},"check":{"any":[{"file":{"exists":"*cart*"}}]},"requires":"wired","scope":"repository"}"#
    );
    let ids: Vec<&str> = policy.plan.ids().into_iter().collect();
    assert_eq!(
        ids,
        ["db.backups", "shop.cart-persisted"],
        "the disabled one is left out"
    );
    assert_eq!(policy.plan.controls()[0].info.severity, Severity::Critical, "tuned");
    assert_eq!(policy.waivers[0].expires.to_string(), "2027-01-31");
    assert_eq!(policy.attestations[0].expires.to_string(), "2027-02-01");
    assert_eq!(policy.exclude[0].source(), "legacy/**");
    assert_eq!(policy.components[0].entry[0].as_str(), "backend/src/index.ts");
    assert_eq!(policy.checklist.binds[0].controls, ["db.backups"]);
}

#[test]
fn every_mistake_is_told_at_once() {
    insta::assert_snapshot!(mistakes(include_str!("policy/mistakes.toml")));
}

#[test]
fn syntax_errors_are_told_with_what_else_is_wrong() {
    insta::assert_snapshot!(mistakes(include_str!("policy/syntax.toml")));
}

#[test]
fn what_is_no_policy_says_so() {
    let texts = [
        "",
        "# nothing but words\n",
        "version = 2\n[gat]\n",
        "version = \"1\"\n",
        "[gate]\nfail-on = \"low\"\n",
        "version: 1\n",
        "{\"version\": 1}",
        "\u{0}\u{1}",
        "version = 1\nversion = 1\n",
    ];
    let told: Vec<String> = texts
        .iter()
        .map(|text| format!("{text:?}\n{}", mistakes(text)))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_byte_order_mark_windows_line_breaks_and_a_schema_line_are_accepted() {
    valid(
        "\u{feff}#:schema https://example.com/readiness.schema.json\r\nversion = 1\r\n\r\n[gate]\r\nfail-on = \"low\"\r\n",
    );
}

#[test]
fn a_text_that_is_too_large_is_not_parsed() {
    let text = format!("version = 1\n# {}\n", "x".repeat(1 << 20));
    let found = load(&text).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].title.contains("1048576 are the most"), "{}", found[0].title);
}

#[test]
fn deep_nesting_is_a_mistake_and_no_crash() {
    let lists = format!("version = 1\nx = {}{}\n", "[".repeat(50_000), "]".repeat(50_000));
    let tables = format!("version = 1\nx = {}1{}\n", "{a = ".repeat(50_000), "}".repeat(50_000));
    let dotted = format!(
        "version = 1\nx = {}1{}\n",
        format!("{{{}a = ", "a.".repeat(75)).repeat(78),
        "}".repeat(78)
    );
    let header = format!("version = 1\n[{}a]\n", "a.".repeat(200_000));
    let nodes = format!(
        "version = 1\n[[control]]\nid = \"a.b\"\ntitle = \"t\"\nseverity = \"low\"\nrationale = \"r\"\nremediation = \"r\"\ncheck = {}{{file = \"x\"}}{}\n",
        "{all = [".repeat(17),
        "]}".repeat(17)
    );
    for (text, words) in [
        (lists, "nested more than"),
        (tables, "nested more than"),
        (dotted, "nested more than"),
        (header, "nested more than"),
        (nodes, "more than 16 deep"),
    ] {
        let found = load(&text).unwrap_err();
        assert!(
            found.iter().any(|mistake| mistake.title.contains(words)),
            "{words}: {:?}",
            found[0].title
        );
    }
}

#[test]
fn of_thousands_of_mistakes_the_first_hundred_are_told() {
    let mut text = "version = 1\n".to_owned();
    for index in 0..2_000 {
        writeln!(text, "[[waiver]]\ncontrl = \"a.b{index}\"").unwrap();
    }
    let found = load(&text).unwrap_err();
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].title, "and 3900 more mistakes");
    assert_eq!(found[0].labels[0].span.start, 12, "the first ones, by place");
}

#[test]
fn a_thousand_unknown_controls_cost_no_time() {
    let mut text = "version = 1\n".to_owned();
    for index in 0..1_000 {
        let check =
            "check = { file = \"a\" }\nseverity = \"low\"\ntitle = \"t\"\nrationale = \"r\"\nremediation = \"r\"";
        writeln!(text, "[[control]]\nid = \"known.control-number-{index}\"\n{check}").unwrap();
    }
    let waived = "reason = \"r\"\nowner = \"@o\"\nexpires = 2027-01-31";
    for index in 0..2_000 {
        writeln!(
            text,
            "[[waiver]]\ncontrol = \"unknown.control-number-{index}\"\n{waived}"
        )
        .unwrap();
    }
    assert_eq!(load(&text).unwrap_err().len(), 101);
}

const CONTROL: &str =
    "title = \"t\"\nseverity = \"high\"\nrationale = \"r\"\nremediation = \"r\"\ncheck.file = \"a\"\n";

fn pack(id: &str, rest: &str) -> String {
    format!("version = 1\n{rest}\n[[control]]\nid = \"{id}\"\n{CONTROL}")
}

#[test]
fn packs_come_first_and_later_words_win() {
    let first = pack(
        "a.one",
        "[gate]\nfail-on = \"low\"\nmax-waiver-days = 10\n[controls.\"a.one\"]\nseverity = \"low\"\n[scope]\nexclude = [\"x/**\"]",
    );
    let second = pack(
        "b.two",
        "[gate]\nfail-on = \"high\"\n[controls.\"a.one\"]\nseverity = \"medium\"\nenabled = false",
    );
    let own = "version = 1\nextends = [\"packs/a.toml\", \"packs/b.toml\"]\n[controls.\"a.one\"]\nenabled = true\n[scope]\nexclude = [\"y/**\", \"x/**\"]\n";
    let policy = load_with(own, &[("packs/a.toml", &first), ("packs/b.toml", &second)]).unwrap();
    assert_eq!((policy.gate.fail_on, policy.gate.max_waiver_days), (FailOn::High, 10));
    let one = &policy.plan.controls()[0];
    assert_eq!((one.info.id.as_str(), one.info.severity), ("a.one", Severity::Medium));
    assert_eq!(
        (one.origin.path.as_str(), one.origin.in_repository),
        ("packs/a.toml", true)
    );
    assert_eq!(
        policy.exclude.iter().map(|glob| glob.source()).collect::<Vec<_>>(),
        ["x/**", "y/**"]
    );
    assert_eq!(policy.source.packs, ["packs/a.toml", "packs/b.toml"]);
}

#[test]
fn a_pack_of_two_packs_is_taken_in_once_and_before_both() {
    let below = pack("d.four", "");
    let left = pack(
        "b.two",
        "extends = [\"d.toml\"]\n[controls.\"d.four\"]\nseverity = \"low\"",
    );
    let right = pack("c.three", "extends = [\"d.toml\"]");
    let own = "version = 1\nextends = [\"b.toml\", \"c.toml\"]\n";
    let policy = load_with(own, &[("b.toml", &left), ("c.toml", &right), ("d.toml", &below)]).unwrap();
    assert_eq!(policy.source.packs, ["d.toml", "b.toml", "c.toml"]);
    assert_eq!(policy.plan.controls()[2].info.severity, Severity::Low);
}

#[test]
fn a_pack_of_another_repository_reads_its_own_packs_there() {
    let sha = "a".repeat(40);
    let own = format!("version = 1\nextends = [\"github:o/r/x/a.toml@{sha}\"]\n");
    let (first, second) = (format!("github:o/r/x/a.toml@{sha}"), format!("github:o/r/b.toml@{sha}"));
    let policy = load_with(
        &own,
        &[
            (&first, &pack("a.one", "extends = [\"b.toml\"]")),
            (&second, &pack("b.two", "")),
        ],
    );
    let policy = policy.unwrap();
    assert_eq!(policy.source.packs, [second, first]);
    assert!(!policy.plan.controls()[0].origin.in_repository);
}

#[test]
fn the_loader_asks_for_all_packs_of_a_round_together() {
    let content = "version = 1\nextends = [\"b.toml\", \"a.toml\", \"b.toml\"]\n".to_owned();
    let path = "readiness.toml".to_owned();
    let text = Text {
        path,
        sha: None,
        content,
        in_repository: true,
    };
    let Step::Wanted(wanted) = Loader::new(text).step() else {
        panic!("two packs are wanted");
    };
    assert_eq!(wanted, [PackRef::Path("a.toml".into()), PackRef::Path("b.toml".into())]);
}

#[test]
fn extends_mistakes_stand_at_the_line_that_makes_them() {
    let sha = "a".repeat(40);
    let foreign = format!("github:o/r/p.toml@{sha}");
    let own = format!(
        "version = 1\nextends = [\n  \"builtin:defualt\",\n  \"missing.toml\",\n  \"circle.toml\",\n  \"github:o/r/p.toml@main\",\n  \"../p.toml\",\n  \"{foreign}\",\n  \"one.toml\",\n]\n[[waiver]]\ncontrol = \"not.known\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-01\n"
    );
    let circle = "version = 1\nextends = [\".github/readiness.toml\"]\n";
    let waiving = pack(
        "x.one",
        "[[waiver]]\ncontrol = \"x.one\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-01\n",
    );
    let chain: Vec<(String, String)> = (1..7)
        .map(|n| (word(n), format!("version = 1\nextends = [\"{}\"]\n", word(n + 1))))
        .collect();
    let mut packs = vec![("circle.toml", circle), (foreign.as_str(), waiving.as_str())];
    packs.extend(chain.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    insta::assert_snapshot!(mistakes_with(&own, &packs));
}

fn word(number: usize) -> String {
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven"];
    format!("{}.toml", words[number])
}

#[test]
fn packs_are_limited_in_number_and_size() {
    let names: Vec<String> = (0..25).map(|index| format!("p{index}.toml")).collect();
    let listed: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    let own = format!("version = 1\nextends = [{}]\n", listed.join(", "));
    let small = "version = 1\n";
    let packs: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), small)).collect();
    let found = load_with(&own, &packs).unwrap_err();
    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|mistake| mistake.title.contains("more than 20 packs")));

    let large = format!("version = 1\n#{}\n", "x".repeat(1_000_000));
    let own = format!("version = 1\nextends = [{}]\n", listed[..5].join(", "));
    let packs: Vec<(&str, &str)> = names[..5].iter().map(|name| (name.as_str(), large.as_str())).collect();
    let found = load_with(&own, &packs).unwrap_err();
    assert_eq!((found.len(), found[0].labels[0].path.as_str()), (1, OWN));
    assert!(found[0].title.contains("`p4.toml`"), "{}", found[0].title);
}

#[test]
fn a_mistake_in_a_pack_is_told_with_the_packs_name() {
    let own = "version = 1\nextends = [\"p.toml\"]\n[[control]]\nid = \"a.one\"\n".to_owned() + CONTROL;
    let found = mistakes_with(&own, &[("p.toml", &pack("a.one", "[gate]\nfail_on = \"low\""))]);
    insta::assert_snapshot!(found);
}

#[test]
fn a_shipped_pack_is_a_policy_of_its_own() {
    let policy = Policy::builtin("default").unwrap();
    assert_eq!(
        (policy.source.path.as_str(), policy.source.packs.len()),
        ("builtin:default", 0)
    );
}

fn weakenings(base: &str, head: &str) -> String {
    let told = |found: &Weakening| {
        let line = found.origin.as_ref().map_or(0, |origin| origin.line);
        format!(
            "{:?} {} line {line}: {}\n",
            found.kind,
            found.severity.as_str(),
            found.message
        )
    };
    compare(&valid(base), &valid(head)).iter().map(told).collect()
}

#[test]
fn the_committed_schema_is_the_one_that_is_made() {
    let committed = include_str!("../../policies/readiness.schema.json");
    let made = serde_json::to_string_pretty(&readygate::policy::schema()).unwrap() + "\n";
    if committed != made {
        let kept = concat!(env!("CARGO_TARGET_TMPDIR"), "/readiness.schema.json");
        std::fs::write(kept, made).unwrap();
        panic!(
            "policies/readiness.schema.json is stale: run `readygate policy schema > policies/readiness.schema.json`, or copy {kept}"
        );
    }
}

#[test]
fn every_kind_of_weakening_is_seen() {
    insta::assert_snapshot!(weakenings(
        include_str!("policy/base.toml"),
        include_str!("policy/weaker.toml")
    ));
}

#[test]
fn what_is_stricter_or_only_worded_otherwise_is_no_weakening() {
    let base = include_str!("policy/base.toml");
    assert_eq!(weakenings(base, include_str!("policy/stricter.toml")), "");
    let back = compare(&valid(include_str!("policy/stricter.toml")), &valid(base));
    assert!(
        back.iter().any(|found| found.kind == WeakeningKind::Gate),
        "and the way back is one"
    );
}

#[test]
fn a_waiver_of_what_base_does_not_judge_weakens_nothing() {
    let base = "version = 1\n";
    let head = pack(
        "a.one",
        "[[waiver]]\ncontrol = \"a.one\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-01",
    );
    assert_eq!(weakenings(base, &head), "");
}

/// Policies of a few tables, each of which may be there or not.
fn any_policy() -> impl Strategy<Value = String> {
    let gate = prop_oneof![
        Just(String::new()),
        ("low|high|regression|never", 1..99u32).prop_map(|(level, days)| format!(
            "[gate]\nfail-on = \"{level}\"\nmax-waiver-days = {days}\nunknown = {{ high = \"fail\" }}\n"
        )),
    ];
    let exclude = prop::collection::vec("[a-c]{1,2}/(\\*\\*|x)", 0..3)
        .prop_map(|globs| format!("[scope]\nexclude = {globs:?}\n"));
    let controls = prop::collection::btree_map(
        "[a-c]\\.[a-c]{1,2}",
        ("low|high|critical", "[a-c]", any::<bool>()),
        0..4,
    );
    (gate, exclude, controls).prop_map(|(gate, exclude, controls)| {
        let mut text = format!("version = 1\n{gate}{exclude}");
        for (id, (severity, file, is_waived)) in controls {
            let check = format!("check = {{ all = [{{ file = \"{file}\" }}] }}");
            write!(text, "[[control]]\nid = \"{id}\"\ntitle = \"t\"\nseverity = \"{severity}\"\nrationale = \"r\"\nremediation = \"r\"\n{check}\n").unwrap();
            if is_waived {
                write!(text, "[[waiver]]\ncontrol = \"{id}\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-01\n").unwrap();
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_policy_is_no_weaker_than_itself(text in any_policy()) {
        prop_assert_eq!(compare(&valid(&text), &valid(&text)), vec![]);
    }

    #[test]
    fn whatever_weakens_is_not_made_good_by_the_way_back(base in any_policy(), head in any_policy()) {
        let there = compare(&valid(&base), &valid(&head));
        prop_assert_eq!(&there, &compare(&valid(&base), &valid(&head)), "the same each time");
        if there.is_empty() && compare(&valid(&head), &valid(&base)).is_empty() {
            let (base, head) = (valid(&base), valid(&head));
            prop_assert_eq!(base.gate, head.gate);
            prop_assert_eq!(base.plan.ids(), head.plan.ids());
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,60}|([\\[\\]{}=\".,a-c \n]|version = 1\n|\\[\\[control\\]\\]\n|check|extends){0,40}") {
        let _ = mistakes(&text);
        let _ = mistakes(&format!("version = 1\n{text}"));
    }
}
