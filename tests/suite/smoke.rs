//! `docs/smoke-test.sh` against a `gh` that answers as GitHub is taken to: nothing differs, and what does is printed.

use std::path::Path;
use std::process::Command;

use crate::cli::program::Ended;

/// Answers as the script expects of GitHub. What was changed is remembered in files of `$STUB`.
const GH: &str = r#"#!/usr/bin/env bash
args="$*"
say() {
  [[ $args != *--include* ]] || printf 'HTTP/2.0 %s x\r\nserver: stub\r\n\r\n' "$1"
  printf '%s\n' "$2"
}
is() { [ -e "$STUB/$1" ]; }
make() { touch "$STUB/$1"; say 200 '{}'; }
echo "$args" >>"$STUB/asked"
case $args in
  "run view "*) cat "$STUB/log-$3" ;;
  *"--method PUT"*vulnerability-alerts* | *"vulnerability-alerts --method PUT"*) make alerts ;;
  *"vulnerability-alerts --method DELETE"*) rm -f "$STUB/alerts"; say 204 '' ;;
  *"--method DELETE"*) say 204 '' ;;
  *graphql*mergeQueue*) say 200 '{"data":{"repository":{"mergeQueue":null}}}' ;;
  *graphql*refUpdateRule*) say 200 '{"data":{"repository":{"ref":{"refUpdateRule":{"requiredApprovingReviewCount":1}}}}}' ;;
  *graphql*"rules(first"*) say 200 '{"data":{"repository":{"ref":{"rules":{"nodes":[{"type":"DELETION"}]}}}}}' ;;
  *graphql*rateLimit*) say 200 "{\"data\":{\"rateLimit\":{\"cost\":${COST:-1}}}}" ;;
  *graphql*) say 200 '{"data":{"repository":{"object":{"text":"node_modules\n"}}}}' ;;
  *"orgs/o/repos --method POST"*) make made ;;
  *"rulesets --method POST"*) cat >/dev/null; say 201 '{"id":5}' ;;
  *"rulesets/5 --method PUT"*) make active ;;
  *"main/protection --method PUT"*) cat >/dev/null; make classic ;;
  *main/protection*)
    if is classic; then say 200 '{"required_pull_request_reviews":{"required_approving_review_count":1}}'
    else say 404 '{"message":"Branch not protected"}'; fi ;;
  *private/rules/branches/main*) say 403 '{"message":"Upgrade to GitHub Pro or make this repository public to enable this feature."}' ;;
  *rules/branches/main*)
    if is active; then say 200 '[{"type":"deletion","ruleset_source_type":"Repository","ruleset_id":5}]'; else say 200 '[]'; fi ;;
  *rulesets/5*) say 200 '{"bypass_actors":[]}' ;;
  *vulnerability-alerts*) if is alerts; then say 204 ''; else say 404 '{"message":"Vulnerability alerts are disabled."}'; fi ;;
  *private/private-vulnerability-reporting*) say 422 '{}' ;;
  *private-vulnerability-reporting*) say 200 '{"enabled":false}' ;;
  *"forks --method POST"*) make forked ;;
  "api --include repos/me/readygate-smoke" | "api --include repos/me/readygate-smoke-private")
    if [ -n "${MINE:-}" ]; then say 200 '{}'; else say 404 '{"message":"Not Found"}'; fi ;;
  *repos/me/*branches/main*) if is forked; then say 200 '{}'; else say 404 '{}'; fi ;;
  *git/trees*) say 200 '{"tree":[{"path":".gitignore","type":"blob","sha":"b"}]}' ;;
  *git/blobs* | *compare/*) say 200 '{}' ;;
  *"pulls --method POST"*) say 201 '{"number":1}' ;;
  *pulls/1*) say 200 '{"head":{"sha":"h"}}' ;;
  *"--method PUT"*contents* | *contents/*"--method PUT"*) say 201 '{}' ;;
  *contents/*) say 200 '{"sha":"c"}' ;;
  *dispatches*) say 204 '' ;;
  *event=workflow_dispatch*) say 200 '{"workflow_runs":[{"status":"completed","id":11}]}' ;;
  *event=pull_request_target*) say 200 '{"workflow_runs":[{"status":"completed","id":13}]}' ;;
  *event=pull_request*) say 200 '{"workflow_runs":[{"status":"completed","id":12,"conclusion":"failure"}]}' ;;
  *actions/workflows/smoke.yml*) say 200 '{"state":"active"}' ;;
  *actions/runs/11/jobs*) say 200 '{"jobs":[{"name":"told","id":21},{"name":"sixty","id":22}]}' ;;
  *check-runs/21/annotations*) jq -nc '[range(10)|{message:tostring}] + [{message:"Node 12 is old"}]' ;;
  *check-runs/22/annotations*) jq -nc '[range(50)|{message:"a\(.)"}]' ;;
  *issues/1/comments*) say 200 '[{"body":"<!-- readygate:readiness -->\nno"},{"body":"hello"}]' ;;
  *git/refs*) say 201 '{}' ;;
  *commits/loses/check-runs*) say 200 '{"check_runs":[{"name":"readiness"},{"name":"gate"}]}' ;;
  "api user") say 200 '{"login":"me"}' ;;
  *branches/main*)
    if is classic; then say 200 '{"protected":true,"protection":{"enabled":true},"commit":{"sha":"m"}}'
    elif is active; then say 200 '{"protected":true,"protection":{"enabled":false},"commit":{"sha":"m"}}'
    else say 200 '{"protected":false,"protection":{"enabled":false},"commit":{"sha":"m"}}'; fi ;;
  *repos/o/*) if is made || [ -n "${THERE:-}" ]; then say 200 '{"security_and_analysis":{}}'; else say 404 '{"message":"Not Found"}'; fi ;;
  *) echo "the stub has no answer: $args" >>"$STUB/strange"; exit 1 ;;
esac
"#;

/// What the workflow's log says, each line after the runner's own columns.
const TOLD: &str = "branch 200;rules 200;ruleset 200;bypass false;protection 403;protection-wants administration=read;\
    protection-says Resource not accessible by integration;alerts 403;reporting 200;actions-permissions 403;\
    collaborators 403;permission 200;runs 200;user 403;analysis false;hint 1;ref-rules 1;merging \"boolean\";\
    alerts-by-graphql \"boolean\";keys-by-graphql \"object\";viewer \"github-actions\";check-run-51 422;check-run 201;\
    check-run-by github-actions kept;report report by root";

fn log(lines: &str) -> String {
    let lines = lines.split(';').map(str::trim);
    lines
        .map(|line| format!("told\task\t2026-11-21T00:00:00Z SMOKE {line}\n"))
        .collect()
}

/// Runs the script with the stub for `gh`; `None`, said, where it can't run.
#[expect(clippy::print_stdout, reason = "a test says what it skipped")]
fn smoke(told: &str, variables: &[(&str, &str)]) -> Option<(Ended, Vec<String>)> {
    for tool in ["bash", "jq"] {
        if Command::new(tool).arg("--version").output().is_err() {
            println!("skipped: there is no {tool}");
            return None;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::write(file("gh"), GH).unwrap();
    let mut mode = std::fs::metadata(file("gh")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(file("gh"), mode).unwrap();
    std::fs::write(file("log-11"), log(told)).unwrap();
    std::fs::write(file("log-12"), log("branch 200;check-run 403;comment-by null null")).unwrap();
    std::fs::write(file("log-13"), log("check-run 201;comment-by github-actions[bot] Bot")).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/smoke-test.sh");
    let output = Command::new("bash")
        .arg(script)
        .env("PATH", path)
        .env("STUB", folder.path())
        .envs([("ORG", "o"), ("PAUSE", "0"), ("LOOKS", "3")])
        .envs(variables.iter().copied())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let strange = std::fs::read_to_string(file("strange")).unwrap_or_default();
    assert_eq!(strange, "");
    let asked = std::fs::read_to_string(file("asked")).unwrap_or_default();
    let ended = Ended {
        status: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    Some((ended, asked.lines().map(str::to_owned).collect()))
}

#[test]
fn the_smoke_test_finds_nothing_where_github_is_as_it_is_taken_to_be() {
    let gate = [("GATE", "readygate/readygate@0123456789abcdef0123456789abcdef01234567")];
    let Some((ended, asked)) = smoke(TOLD, &gate) else {
        return;
    };
    let ended = ended.with(0);
    assert!(!ended.out.contains("DIFFERS"), "{}", ended.out);
    // Only a person can tick a box on a page.
    let skipped: Vec<&str> = ended.out.lines().filter(|line| line.starts_with("skipped")).collect();
    assert_eq!(skipped.len(), 1, "{skipped:?}");
    let same = ended.out.lines().filter(|line| line.starts_with("same")).count();
    assert!(same >= 60, "{same}: {}", ended.out);
    assert!(
        ended.out.ends_with(&format!("{same} same, 0 differ, 1 skipped\n")),
        "{}",
        ended.out
    );
    for repository in ["o/readygate-smoke", "o/readygate-smoke-private", "me/readygate-smoke"] {
        let line = format!("api repos/{repository} --method DELETE");
        assert!(asked.contains(&line), "{repository} is left behind");
    }
}

#[test]
fn the_smoke_test_prints_what_differs() {
    let told = TOLD
        .replace("protection 403", "protection 404")
        .replace("bypass false", "bypass true");
    let Some((ended, _)) = smoke(&told, &[("COST", "100")]) else {
        return;
    };
    let ended = ended.with(1);
    for line in [
        "DIFFERS  a batch of a hundred blobs costs one point: expected 1, got 100",
        "DIFFERS  classic protection is refused: expected 403, got 404",
        "DIFFERS  which does not tell it who may bypass: expected false, got true",
    ] {
        assert!(ended.out.lines().any(|said| said == line), "{}", ended.out);
    }
    assert!(ended.out.contains(" 3 differ, "), "{}", ended.out);
}

#[test]
fn the_smoke_test_touches_no_repository_that_is_there_already() {
    // The organisation's, and those of the person who runs it, which forks would be.
    for there in ["THERE", "MINE"] {
        let Some((ended, asked)) = smoke(TOLD, &[(there, "yes")]) else {
            return;
        };
        ended.with(2).saying("is there already");
        assert!(asked.iter().all(|line| !line.contains("--method")), "{asked:#?}");
    }
}

#[test]
fn the_smoke_tests_workflow_is_one() {
    let script = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/smoke-test.sh")).unwrap();
    let (_, rest) = script.split_once("cat <<'YAML'\n").unwrap();
    let (workflow, _) = rest.split_once("\nYAML\n").unwrap();
    let workflow: serde_json::Value = serde_saphyr::from_str(workflow).unwrap();
    assert_eq!(workflow["permissions"], serde_json::json!({}));
    let asks = workflow["jobs"]["told"]["steps"][0]["run"].as_str().unwrap();
    // Each fact that the script looks for is one that the workflow says.
    for name in script
        .split("$(heard ")
        .skip(1)
        .map(|rest| rest.split(')').next().unwrap())
    {
        let is_said = ["say", "code", "wants", "graph"]
            .iter()
            .any(|word| asks.contains(&format!("{word} {name} ")));
        assert!(is_said || name == "report", "nobody says `{name}`");
    }
}
