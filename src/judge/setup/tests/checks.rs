//! Required checks, jobs that are skipped, events that do not fire.

use super::*;

#[test]
fn the_wrong_required_check_is_found_out() {
    let required = |names: Value| Bench::new().fact("branch.required-checks", known(names));
    let end = "(.github/workflows/readiness.yml:9)";
    required(json!([])).says(
        "stops: the branch requires no check, so `gate` may fail and the merge goes on",
        end,
    );
    required(json!(["lint"])).says("stops: the branch requires `lint`, and not the gate's job `gate`", end);
    required(json!(["Readiness / gate"])).says(
        "stops: the branch requires `Readiness / gate`, and the gate's job is called `gate`",
        end,
    );
    let named = || Bench::new().edit("    runs-on", "    name: gate\n    runs-on");
    let run = named().fact("branch.required-checks", known(json!(["readiness"])));
    run.says(
        "weakens: the branch requires the check run `readiness` instead of the gate's job `gate`",
        end,
    );
    let run = named()
        .edit(SHA, &format!("{SHA}\n        with:\n          name: ready"))
        .fact("branch.required-checks", known(json!(["ready"])));
    run.says(
        "weakens: the branch requires the check run `ready` instead of the gate's job `gate`",
        end,
    );
    let lint = GOOD
        .replace("gate:", "lint:")
        .replace(&format!("readygate/readygate@{SHA}"), "a/b@v1");
    let alike = Bench::new()
        .edit("gate:", "link:")
        .file(".github/workflows/lint.yml", &lint);
    alike
        .fact("branch.required-checks", known(json!(["lint"])))
        .says("stops: the branch requires `lint`, and not the gate's job `link`", end);
    let rule = || Bench::new().fact("branch.required-checks", unread());
    rule().says(
        "unknown: whether the branch requires the gate's job is not known: the token may not read it (403)",
        "(403)",
    );
    let part = Fact::AtLeast {
        value: json!(["gate"]),
        from: "rulesets".to_owned(),
        unread: Unread::new(Cause::Permission, "classic", ""),
    };
    assert_eq!(Bench::new().fact("branch.required-checks", part).lines(), [""; 0]);
    let both = required(json!([])).fact("branch.required-workflows", known(json!(["x.yml"])));
    both.says(
        "unknown: whether the branch requires the gate's job is not known: a ruleset requires the workflow `x.yml`",
        "gate's",
    );
}

/// A rule knows a check by its name alone.
#[test]
fn a_job_that_is_called_as_its_check_run_is_told() {
    let both = |with: &str| {
        let bench = Bench::new().edit("    runs-on", "    name: readiness\n    runs-on");
        let bench = bench.edit(SHA, &format!("{SHA}{with}"));
        bench.fact("branch.required-checks", known(json!(["readiness"])))
    };
    both("").says(
        "notice: the gate's job and the check run that it writes have one name, `readiness`",
        "(.github/workflows/readiness.yml:9)",
    );
    assert_eq!(both("\n        with: { name: ready }").lines(), [""; 0]);
    assert_eq!(both("\n        with: { annotations: false }").lines(), [""; 0]);
}

#[test]
fn the_checks_of_matrices_and_called_workflows_have_their_own_names() {
    let matrix = |names: Value| {
        let edited = Bench::new().edit(
            "    runs-on",
            "    strategy: { matrix: { node: [20, 22] } }\n    runs-on",
        );
        edited.fact("branch.required-checks", known(names))
    };
    assert_eq!(matrix(json!(["gate (20)"])).lines(), [""; 0]);
    matrix(json!(["readiness"])).says(
        "weakens: the branch requires the check run `readiness` instead of the gate's job `gate (…)`",
        ":9)",
    );
    let called = |names: Value| {
        let inner = GOOD
            .replace(
                "  pull_request:\n  pull_request_review:\n    types: [submitted, dismissed]\n  merge_group:\n",
                "  workflow_call:\n",
            )
            .replace("  gate:\n", "  judge:\n");
        let rest = &GOOD[GOOD.find("    runs-on").unwrap()..];
        let rights = &rest[rest.find("    permissions").unwrap()..rest.find("    steps").unwrap()];
        let outer = Bench::new().edit(rest, &format!("{rights}    uses: ./.github/workflows/inner.yml\n"));
        let outer = outer.file(".github/workflows/inner.yml", &inner);
        outer.fact("branch.required-checks", known(names))
    };
    assert_eq!(called(json!(["gate / judge"])).lines(), [""; 0]);
    called(json!(["judge"])).says(
        "stops: the branch requires `judge`, and the gate's job is called `gate / judge`",
        "(.github/workflows/readiness.yml:9)",
    );
}

#[test]
fn a_job_that_can_be_skipped_is_found_out() {
    let job = |lines: &str| Bench::new().edit("    runs-on", &format!("{lines}\n    runs-on"));
    let counts = "and GitHub counts a skipped job as passed (.github/workflows/readiness.yml:10)";
    for condition in [
        "github.actor != 'dependabot[bot]'",
        "!github.event.pull_request.draft",
        "needs.x.outputs.y == 'true'",
    ] {
        let quoted = format!("    if: \"{condition}\"");
        job(&quoted).says(
            &format!("stops: the gate's job `gate` can be skipped (`if: {condition}`)"),
            counts,
        );
    }
    job("    if: github.event_name == 'pull_request'")
        .says("stops: the gate's job `gate` is skipped under `merge_group`", counts);
    job("    needs: [test]").says(
        "stops: the gate's job `gate` waits for `test`: where that fails or is skipped",
        "(.github/workflows/readiness.yml:9)",
    );
    job("    continue-on-error: true").says("stops: the gate's job `gate` has `continue-on-error`", ":9)");
    job("    continue-on-error: ${{ inputs.x }}")
        .says("stops: the gate's job `gate` may have `continue-on-error`", ":9)");
    let step = |line: &str| Bench::new().edit(SHA, &format!("{SHA}\n        {line}"));
    step("continue-on-error: true").says("stops: the step that runs the gate has `continue-on-error`", ":16)");
    step("if: github.event.pull_request.draft == false")
        .says("stops: the step that runs the gate can be skipped", ":17)");
    let run =
        |command: &str| Bench::new().edit(&format!("uses: readygate/readygate@{SHA}"), &format!("run: {command}"));
    run("readygate check --base main || true")
        .says("stops: the exit status of `readygate` is thrown away with `||`", ":16)");
    run("readygate check --base main | tee out")
        .says("stops: the exit status of `readygate` is lost in a pipe", ":16)");
    assert_eq!(run("readygate check --base main || exit 1").lines(), [""; 0]);
}

#[test]
fn an_event_that_does_not_fire_is_found_out() {
    let pull = |lines: &str| Bench::new().edit("  pull_request:\n", &format!("  pull_request:\n{lines}\n"));
    let end = "(.github/workflows/readiness.yml:3)";
    pull("    types: [opened]").says(
        "stops: `pull_request` does not fire when a pull request is pushed to",
        end,
    );
    pull("    types: [synchronize]").says("stops: `pull_request` does not fire when a pull request is opened", end);
    pull("    paths: ['src/**']").says("stops: `pull_request` is limited to some paths", end);
    pull("    paths-ignore: ['docs/**']").says("stops: `pull_request` is limited to some paths", end);
    pull("    branches: [develop]").says("stops: `pull_request` does not fire for the default branch `main`", end);
    pull("    branches: [develop]")
        .fact("repository.default-branch", unread())
        .says("unknown: whether `pull_request` fires for the default branch", end);
    assert_eq!(pull("    branches: ['ma*']").lines(), [""; 0]);
    let queue = || Bench::new().edit("  merge_group:\n", "");
    queue().says(
        "stops: the branch has a merge queue, and the gate does not run on `merge_group`",
        end,
    );
    queue()
        .fact("branch.merge-queue", unread())
        .says("unknown: whether a merge queue waits for the gate", end);
    assert_eq!(queue().fact("branch.merge-queue", known(json!(false))).lines(), [""; 0]);
    let review = "  pull_request_review:\n    types: [submitted, dismissed]\n";
    Bench::new()
        .edit(review, "")
        .says("notice: the gate does not run on `pull_request_review`", end);
    assert_eq!(
        Bench::new()
            .edit(review, "")
            .valid(|facts| facts.weakening = WeakeningRule::Report)
            .lines(),
        [""; 0]
    );
    Bench::new().edit(", dismissed", "").says(
        "weakens: `pull_request_review` does not fire when a review is dismissed",
        end,
    );
    Bench::new()
        .edit("  pull_request:\n", "")
        .says("stops: the gate runs in the merge queue alone", end);
}
