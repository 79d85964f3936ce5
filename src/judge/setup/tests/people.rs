//! Rights of tokens, owners, pins.

use super::*;

#[test]
fn a_token_that_lacks_a_right_is_found_out() {
    let end = "(.github/workflows/readiness.yml:9)";
    Bench::new().edit("      contents: read\n", "").says(
        "stops: the token of the gate's job `gate` may not read the repository, which is private",
        end,
    );
    Bench::new().edit("      checks: write\n", "").says("notice: the token of the gate's job `gate` may not write the check run with its annotations: workflow commands instead", end);
    Bench::new()
        .edit("      pull-requests: write\n", "      pull-requests: read\n")
        .says(
            "notice: the token of the gate's job `gate` may not write the pull request's comment",
            end,
        );
    let quiet = Bench::new()
        .edit("      pull-requests: write\n", "")
        .edit(SHA, &format!("{SHA}\n        with: {{ comment: false }}"));
    quiet.says(
        "notice: the token of the gate's job `gate` may not read the reviews that accept a weakening",
        end,
    );
    let silent = Bench::new().edit("permissions: {}\n", "").edit(
        "    permissions:\n      contents: read\n      checks: write\n      pull-requests: write\n",
        "",
    );
    let told = silent.diagnose();
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(
        (told[0].grade, told[0].remedy.as_str()),
        (
            Grade::Unknown,
            "write `permissions: { checks: write, contents: read, pull-requests: write }` at the job"
        )
    );
    let scheduled = Bench::new().edit(
        "  merge_group:\n",
        "  merge_group:\n  schedule: [{ cron: '0 5 * * *' }]\n",
    );
    scheduled.says(
        "notice: the token of the gate's job `gate` may not open the issue about settings that changed",
        ":10)",
    );
    assert_eq!(
        Bench::new()
            .edit("      checks: write\n", "")
            .edit(SHA, &format!("{SHA}\n        with: {{ token: x }}"))
            .lines(),
        [""; 0]
    );
}

#[test]
fn who_can_change_the_gate_is_told() {
    let none = Bench::new().without(".github/CODEOWNERS").lines();
    assert_eq!(
        none,
        [
            "weakens: there is no CODEOWNERS file, and nobody owns the gate's workflow `.github/workflows/readiness.yml`, so that no owner has to approve its change (.github/workflows/readiness.yml:1)",
            "weakens: there is no CODEOWNERS file, and nobody owns the policy `.github/readiness.toml`, so that everybody with write access can accept its weakening (.github/readiness.toml:1)",
        ]
    );
    let half = Bench::new().file(".github/CODEOWNERS", "/.github/workflows/ @ops\n");
    half.says(
        "weakens: no line of `.github/CODEOWNERS` names an owner of the policy",
        "(.github/readiness.toml:1)",
    );
    let end = "(.github/workflows/readiness.yml:3)";
    let review = |fact| Bench::new().fact("branch.code-owner-review", fact);
    review(known(json!(false))).says(
        "weakens: the author of a pull request can change the gate's workflow in it (level 1 of 3)",
        end,
    );
    review(unread()).says(
        "unknown: whether an owner has to approve when the author of a pull request changes",
        end,
    );
    for uses in [
        "readygate/readygate@v1",
        "readygate/readygate@main",
        "docker://ghcr.io/readygate/readygate:1",
    ] {
        let pinned = Bench::new().edit(&format!("readygate/readygate@{SHA}"), uses);
        pinned.says(&format!("weakens: the gate is `{uses}`: a tag or branch"), ":16)");
    }
    let image = Bench::new().edit(
        &format!("readygate/readygate@{SHA}"),
        "docker://ghcr.io/readygate/readygate@sha256:00",
    );
    assert_eq!(image.lines(), [""; 0]);
    let checkout = "    steps:\n      - uses: actions/checkout@v4\n        with: { ref: '${{ github.event.pull_request.head.sha }}' }\n";
    let target = Bench::new()
        .edit("  pull_request:\n", "  pull_request_target:\n")
        .edit("    steps:\n", checkout);
    target.says(
        "stops: the pull request's code is checked out under `pull_request_target`",
        ":16)",
    );
    assert_eq!(Bench::new().edit("    steps:\n", checkout).lines(), [""; 0]);
    let admin = |bench: Bench| {
        bench.valid(|facts| facts.admin_facts = BTreeSet::from(["repository.secret-scanning".to_owned()]))
    };
    admin(Bench::new()).says(
        "notice: the policy asks about `repository.secret-scanning`, which only an administrator's token is told",
        ":16)",
    );
    let with = |inputs: &str| admin(Bench::new().edit(SHA, &format!("{SHA}\n        with: {{ {inputs} }}")));
    for (given, why) in [
        (
            "token: '${{ secrets.GITHUB_TOKEN }}'",
            "and the step has no `settings-token`",
        ),
        (
            "token: '${{ steps.app.outputs.token }}'",
            "counts for that as `settings-token` alone",
        ),
    ] {
        let lines = with(given).lines();
        assert!(lines.len() == 1 && lines[0].contains(why), "{lines:#?}");
    }
    // A secret may be a person's token, which is told them.
    for given in ["settings-token: x", "token: '${{ secrets.READINESS }}'"] {
        assert_eq!(with(given).lines(), [""; 0], "{given}");
    }
}

/// Who is in a team is told to `settings-token` alone.
#[test]
fn owners_whose_approval_nobody_can_see_are_told() {
    let owned = |owners: &str| Bench::new().file(".github/CODEOWNERS", &format!("/.github/ {owners}\n"));
    let start = "notice: only teams or mail addresses own the policy `.github/readiness.toml`";
    owned("@acme/ops").says(start, "(.github/readiness.toml:1)");
    owned("ops@example.com @acme/ops").says(start, "(.github/readiness.toml:1)");
    assert_eq!(owned("@acme/ops @lead").lines(), [""; 0]);
    let token = format!("{SHA}\n        with: {{ settings-token: x }}");
    assert_eq!(owned("@acme/ops").edit(SHA, &token).lines(), [""; 0]);
    // No token tells whose address it is.
    owned("ops@example.com")
        .edit(SHA, &token)
        .says(start, "(.github/readiness.toml:1)");
    let alone = owned("@acme/ops").valid(|facts| facts.weakening = WeakeningRule::Report);
    assert_eq!(alone.lines(), [""; 0]);
}
