use super::*;

const STEP: Shell<'static> = Shell::Step(None);

fn seen(script: &str) -> Vec<(String, usize, Option<String>, bool)> {
    let found = commands(script, STEP);
    found
        .iter()
        .map(|found| (found.text.clone(), found.line, found.folder.clone(), found.is_lost()))
        .collect()
}

fn one(text: &str, line: usize, folder: &str, is_lost: bool) -> (String, usize, Option<String>, bool) {
    (text.to_owned(), line, Some(folder.to_owned()), is_lost)
}

/// What becomes of the first `npm test` of a script.
fn of(script: &str, shell: Shell<'_>) -> (Failure, When) {
    let found = commands(script, shell);
    let found = found.iter().find(|command| command.text.starts_with("npm test"));
    found.map_or((Failure::Open, When::Never), |found| {
        (found.failure, found.when.clone())
    })
}

#[test]
fn folders_lines_and_joined_lines_are_followed() {
    assert_eq!(
        seen("npm ci\ncd backend && npm test -- \\\n  --ci\ncd ../frontend\nnpm run lint # all\n"),
        [
            one("npm ci", 0, "", false),
            one("npm test -- --ci", 1, "backend", false),
            one("npm run lint", 4, "frontend", false)
        ]
    );
    assert_eq!(
        seen("(cd a && x)\npushd b\ny\npopd\nz"),
        [one("x", 0, "a", false), one("y", 2, "b", false), one("z", 4, "", false)]
    );
}

#[test]
fn what_cannot_fail_is_said_to() {
    for script in [
        "npm test || true",
        "npm test || echo failed",
        "npm test && echo ok || echo failed",
        "npm test || curl -X POST $HOOK",
        "npm test || [ $? -eq 124 ] || true",
        "{ npm test; } || true",
        "( npm test ) || :",
        "{ npm ci; npm test; x; } || echo no",
        "npm test | tee log",
        "npm test &",
        "set +e\nnpm test\necho x",
        "set +e\nnpm test\nexit 0",
        "set +e\nnpm test\nif [ -f x ]; then exit 1; fi",
        "set +e\nnpm test\nrc=$?\necho $rc",
        "npm test && echo ok\necho done",
        "npm test; true && set +e; npm test || exit 0",
        "if npm test; then echo ok; else echo failed; fi",
        "if npm test; then echo ok; fi",
        "while npm test; do sleep 1; done",
        "! npm test",
        "trap 'exit 0' EXIT\nnpm test",
        "end() { exit 0; }\ntrap end EXIT\nnpm test",
        "echo \"$(npm test)\"",
        "for d in a b; do npm test || true; done",
        "run() { npm test; }\nrun || true",
        "bash -c 'npm test || true'",
        "bash <<EOF\nnpm test\necho x\nEOF",
        "npm test || failed=1\necho over",
    ] {
        let found = commands(script, STEP);
        let is_lost = |found: &Command| found.text.starts_with("npm test") && found.is_lost();
        assert!(found.iter().any(is_lost), "{script}: {found:?}");
    }
}

#[test]
fn what_can_fail_is_said_to() {
    for script in [
        "npm test || exit 1",
        "npm test || { echo failed; exit 1; }",
        "npm test || (echo failed && exit 1)",
        "npm test || false",
        "npm test || npm test",
        "die() { echo \"$1\"; exit 1; }\nnpm test || die no",
        "set -o pipefail\nnpm test | tee log",
        "npm test 2>&1",
        "npm test && true",
        "echo 'a || true'; npm test",
        "if ! npm test; then echo failed; exit 1; fi",
        "if npm test; then echo ok; else echo no; exit 1; fi",
        "set +e\nnpm test\nrc=$?\necho over\nexit $rc",
        "set +e\nnpm test\nif [ $? -ne 0 ]; then exit 1; fi",
        "rc=0\nnpm test || rc=$?\nif [ $rc -ne 0 ]; then echo x; exit 1; fi",
        "trap 'rm -rf x' EXIT\nnpm test",
        "for d in a b; do (cd $d && npm test); done",
        "for d in a b; do npm test; done\necho over",
        "x=$(npm test)",
        "run() { npm test; }\nrun",
        "bash -ec 'npm test; echo over'",
        "{ npm test; }\necho over",
        "npm test; exit 0",
        "case x in\n  a) echo a ;;\nesac\nnpm test",
        "while read line; do echo $line; done < file\nnpm test",
        "cat <<'EOF' > x\nif it's\nEOF\nnpm test",
        "[[ a == b || c == d ]] || echo x\nnpm test",
        "echo $((1 + 2)) ${x:-a;b} ${{ a || b }}\nnpm test",
        "(( x > 1 )) && echo y\nnpm test",
    ] {
        let (failure, when) = of(script, STEP);
        let nested = commands(script, STEP);
        assert_eq!(failure, Failure::Counts, "{script}: {nested:?}");
        assert_eq!(when, When::Always, "{script}: {nested:?}");
    }
}

#[test]
fn what_only_a_run_tells_is_open() {
    for script in [
        "npm test || ./report.sh",
        "npm test || failed=1\nif [ -n \"$failed\" ]; then ./report.sh; fi",
        "npm test || echo failed=1 >> $GITHUB_OUTPUT",
        "if true; then npm test",
        "echo 'open\nnpm test",
    ] {
        assert_eq!(of(script, STEP).0, Failure::Open, "{script}");
    }
    let (failure, _) = of("npm test\nWrite-Host over", Shell::Step(Some("pwsh")));
    assert_eq!(failure, Failure::Open);
    assert_eq!(of("npm test", Shell::Step(Some("pwsh"))).0, Failure::Counts);
}

#[test]
fn what_is_run_only_sometimes_is_under_its_condition() {
    for (script, condition) in [
        ("if [ -f x ]; then npm test; fi", "[ -f x ]"),
        ("[ -f x ] && npm test", "[ -f x ]"),
        ("[ -n \"$CI\" ] || npm test", "the failure of [ -n \"$CI\" ]"),
        ("if git diff --quiet; then exit 0; fi\nnpm test", "git diff --quiet"),
        ("case $x in\n a) npm test ;;\nesac", "case $x"),
    ] {
        assert_eq!(of(script, STEP).1, When::Under(condition.to_owned()), "{script}");
    }
    for script in [
        "exit 0\nnpm test",
        "if false; then npm test; fi",
        "run() { npm test; }\necho over",
        "true || npm test",
        "if true; then echo x; else npm test; fi",
    ] {
        assert_eq!(of(script, STEP).1, When::Never, "{script}");
    }
}

#[test]
fn a_shell_decides_what_stops_it() {
    let twice = "npm test\necho over";
    for (shell, is_lost) in [
        (STEP, false),
        (Shell::Line, true),
        (Shell::Step(Some("bash")), false),
        (Shell::Step(Some("sh")), false),
        (Shell::Step(Some("bash {0}")), true),
        (Shell::Step(Some("bash -eu {0}")), false),
        (Shell::Step(Some("/bin/bash -o errexit {0}")), false),
    ] {
        assert_eq!(matches!(of(twice, shell).0, Failure::Lost(_)), is_lost, "{shell:?}");
    }
    let piped = "npm test | tee x";
    assert_eq!(of(piped, Shell::Step(Some("bash"))).0, Failure::Counts);
    assert_eq!(of(piped, STEP).0, Failure::Lost(Loss::Piped));
    assert_eq!(of("npm test; exit 0", Shell::Line).0, Failure::Lost(Loss::Unwatched));
}

#[test]
fn text_that_a_command_is_handed_is_not_run() {
    for script in [
        "node -e \"console.log('npm test')\"",
        "git commit -m 'npm test'",
        "foo $(npm test)",
        "bash -c 'npm test'",
    ] {
        let found = commands(script, STEP);
        let outer = &found[0];
        let at = outer.text.find("npm test").expect("is there");
        assert!(outer.is_data(at), "{script}");
    }
    let found = commands("concurrently 'npm test' 'npm run x'", STEP);
    assert!(!found[0].is_data(15));
    assert!(
        commands("cat > x <<EOF\nnpm test\nEOF", STEP)
            .iter()
            .all(|found| !found.text.contains("npm test"))
    );
}

#[test]
fn a_folder_that_a_variable_names_is_not_known() {
    assert_eq!(commands("cd $X && make", STEP)[0].folder, None);
}

#[test]
fn functions_that_call_each_other_come_to_an_end() {
    let script = "a() { b; b; b; b; }\nb() { a; a; a; a; }\na; b; a; b";
    assert!(commands(script, STEP).len() < 5000);
    let deep = "( ".repeat(300) + "x" + &" )".repeat(300);
    assert!(commands(&deep, STEP).len() < 5000);
}

proptest::proptest! {
    #[test]
    fn no_script_panics(script in "\\PC{0,80}|[a-z&|;#()'\"\\\\\n $<>{}=!]{0,80}") {
        let _ = commands(&script, STEP);
        let _ = may_exit_with_failure(&script);
    }

    #[test]
    fn no_words_of_shell_panic(words in proptest::collection::vec(
        "if|then|else|elif|fi|for|do|done|case|in|esac|while|\\{|\\}|\\(|\\)|;|;;|&&|\\|\\||\\||&|!|\n|x|x=1|f\\(\\)|<<E|E|exit 0|set -e|trap f EXIT|\"|'|\\$\\(|`|\\[\\[|\\]\\]",
        0..30,
    )) {
        for found in commands(&words.join(" "), STEP).iter() {
            let _ = found.is_data(0);
        }
    }
}
