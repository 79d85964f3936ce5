//! What is around the code keeps its promises: the action's surface, and workflows that we would pass ourselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

const INPUTS: [&str; 10] = [
    "name",
    "policy",
    "fail-on",
    "base",
    "token",
    "settings-token",
    "comment",
    "annotations",
    "sarif",
    "probe-url",
];
const OUTPUTS: [&str; 5] = ["verdict", "score", "failed", "regressions", "report"];

fn text(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn workflows() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 3, "{names:?}");
    names
        .into_iter()
        .map(|name| {
            let path = format!(".github/workflows/{name}");
            let value = yaml(&path);
            (path, value)
        })
        .collect()
}

#[test]
fn the_action_has_the_inputs_and_outputs_that_people_rely_on() {
    let action = yaml("action.yml");
    assert_eq!(keys(&action["inputs"]), BTreeSet::from(INPUTS));
    assert_eq!(keys(&action["outputs"]), BTreeSet::from(OUTPUTS));
    assert_eq!(action["inputs"]["name"]["default"], "readiness");
    assert_eq!(action["inputs"]["token"]["default"], "${{ github.token }}");
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert_eq!(
            input["required"], false,
            "{name}: every input has a default or does without"
        );
    }
    assert_eq!(action["runs"]["using"], "docker");
    assert_eq!(action["runs"]["args"], serde_json::json!(["action"]));
    let image = action["runs"]["image"].as_str().unwrap();
    assert!(image == "Dockerfile" || is_digest(image), "{image}");
}

#[test]
fn the_image_is_from_scratch_and_built_from_a_pinned_base() {
    let file = text("Dockerfile");
    let stages: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix("FROM ")).collect();
    let (last, before) = stages.split_last().unwrap();
    assert_eq!(*last, "scratch");
    for stage in before {
        assert!(
            is_digest(stage.split(' ').next().unwrap()),
            "not pinned by digest: {stage}"
        );
    }
    let toolchain: toml::Table = text("rust-toolchain.toml").parse().unwrap();
    let channel = toolchain["toolchain"]["channel"].as_str().unwrap();
    assert!(
        before[0].contains(&format!("rust:{channel}-")),
        "the image builds with {channel}, as everyone does"
    );
    let last_stage = file.rsplit("\nFROM ").next().unwrap();
    for word in ["USER ", "WORKDIR ", "RUN "] {
        assert!(
            !last_stage.lines().any(|line| line.starts_with(word)),
            "GitHub's containers have no {word}"
        );
    }
    assert!(last_stage.contains("ENTRYPOINT [\"/readygate\"]"));
}

#[test]
fn the_image_is_built_from_all_that_the_sources_include() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignores = text(".dockerignore");
    let sent: Vec<&str> = ignores.lines().filter_map(|line| line.strip_prefix('!')).collect();
    let mut left = vec![root.join("src")];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        for part in fs::read_to_string(&path)
            .unwrap_or_default()
            .split("include_str!(\"")
            .skip(1)
        {
            let included = path.parent().unwrap().join(part.split('"').next().unwrap());
            let included = included
                .canonicalize()
                .unwrap_or_else(|error| panic!("{}: {error}", included.display()));
            let relative = included.strip_prefix(root.canonicalize().unwrap()).unwrap();
            let first = relative.iter().next().unwrap().to_str().unwrap();
            assert!(
                sent.contains(&first),
                "{}: .dockerignore leaves {first} out",
                path.display()
            );
        }
    }
}

#[test]
fn workflows_pin_what_they_use_and_say_what_they_may() {
    for (path, workflow) in workflows() {
        assert_eq!(
            workflow["permissions"],
            serde_json::json!({}),
            "{path}: nothing is granted to all jobs"
        );
        assert!(workflow["concurrency"].is_object(), "{path}: no concurrency");
        for (id, job) in workflow["jobs"].as_object().unwrap() {
            assert!(
                job["permissions"].is_object(),
                "{path}: {id}: no permissions of its own"
            );
            assert!(job["timeout-minutes"].is_u64(), "{path}: {id}: no timeout-minutes");
            for step in job["steps"].as_array().unwrap() {
                let Some(uses) = step["uses"].as_str() else { continue };
                assert!(
                    uses.starts_with("./") || is_commit(uses),
                    "{path}: {id}: not pinned: {uses}"
                );
                if uses.starts_with("actions/checkout@") {
                    assert_eq!(
                        step["with"]["persist-credentials"], false,
                        "{path}: {id}: the token stays in .git"
                    );
                }
            }
        }
    }
}

#[test]
fn a_script_takes_no_expression() {
    // `${{ }}` in a script is text that a stranger may write; an environment variable is data.
    for (path, workflow) in workflows() {
        for (id, job) in workflow["jobs"].as_object().unwrap() {
            for step in job["steps"].as_array().unwrap() {
                let run = step["run"].as_str().unwrap_or_default();
                assert!(!run.contains("${{"), "{path}: {id}: an expression in a script: {run}");
            }
        }
    }
}

#[test]
fn the_release_writes_the_line_that_the_action_has() {
    let release = text(".github/workflows/release.yml");
    assert!(release.contains("s|^  image: Dockerfile$|  image: docker://"));
    assert!(
        text("action.yml")
            .lines()
            .any(|line| line == "  image: Dockerfile" || is_digest(line))
    );
}

#[test]
fn the_release_attests_signs_and_lists_what_it_ships() {
    let release = yaml(".github/workflows/release.yml");
    let steps: Vec<&Value> = release["jobs"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|job| job["steps"].as_array().unwrap())
        .collect();
    let uses = |action: &str| -> Vec<&Value> {
        let is_it = |step: &&&Value| step["uses"].as_str().is_some_and(|uses| uses.starts_with(action));
        steps.iter().filter(is_it).copied().collect()
    };
    let attested = uses("actions/attest@");
    assert!(
        attested.iter().any(|step| step["with"]["subject-digest"].is_string()),
        "the image"
    );
    assert!(
        attested.iter().any(|step| step["with"]["subject-path"].is_string()),
        "the binaries"
    );
    let built = uses("docker/build-push-action@");
    assert!(!built.is_empty());
    for step in built {
        assert_eq!(
            (&step["with"]["sbom"], &step["with"]["provenance"]),
            (&true.into(), &"mode=max".into())
        );
    }
    let signs = |step: &&&Value| {
        step["run"]
            .as_str()
            .is_some_and(|run| run.contains("cosign sign --yes"))
    };
    assert!(steps.iter().any(|step| signs(&step)), "nobody signs");
    let platforms: BTreeSet<&str> = release["jobs"]["build"]["strategy"]["matrix"]["include"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["platform"].as_str().unwrap())
        .collect();
    assert_eq!(platforms, BTreeSet::from(["amd64", "arm64"]));
}

/// What `docs/security.md` says a test shows is a test's name.
#[test]
fn what_the_threat_model_names_is_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    let mut left = vec![root.join("src"), root.join("tests/suite")];
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
    let (mut rows, mut named) = (0, BTreeSet::new());
    let page = text("docs/security.md");
    let mut is_shown = false;
    for line in page.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        if !line.starts_with('|') {
            is_shown = false;
            continue;
        }
        if cells.iter().all(|cell| cell.chars().all(|one| one == '-')) {
            continue;
        }
        let last = *cells.last().unwrap();
        if cells.contains(&"shown by") || cells.contains(&"what is left") {
            is_shown = last == "shown by";
            continue;
        }
        if !is_shown {
            continue;
        }
        rows += 1;
        let names: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test shows this: {line}");
        named.extend(names.into_iter().map(str::to_owned));
    }
    assert!(rows >= 35, "{rows}");
    let missing: Vec<&String> = named
        .iter()
        .filter(|name| !sources.contains(&format!("fn {name}(")))
        .collect();
    assert!(missing.is_empty(), "no such test: {missing:#?}");
}

#[test]
fn pins_are_told_from_tags() {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert!(is_commit(&format!("owner/action/path@{commit}")));
    assert!(!is_commit("owner/action@v4"));
    assert!(!is_commit(&format!("owner/action@{commit}0")));
    assert!(is_digest(&format!("docker://host/image@sha256:{}", "0".repeat(64))));
    assert!(!is_digest("rust:1.95-alpine"));
}

fn is_commit(uses: &str) -> bool {
    uses.split_once('@').is_some_and(|(_, reference)| is_hex(reference, 40))
}

fn is_digest(image: &str) -> bool {
    image
        .split_once("@sha256:")
        .is_some_and(|(_, digest)| is_hex(digest, 64))
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
