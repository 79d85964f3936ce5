//! `readygate import`: a policy from the team's own document, and what a second run leaves alone.

use crate::cli::program::{self, Ended, end, readygate};
use crate::github::repo::GitRepo;

const LIST: &str = "docs/PRODUCTION.md";

const ITEMS: &str = "# Going live\n\n## P0: critical\n\n- [ ] Rate limiting on the login route\n- [x] `.env` is in .gitignore\n\
    - [ ] Uptime monitoring set up\n\n## Low priority\n\n- [ ] CORS restricted to our domains\n- [ ] Buy a cake\n";

const PACKAGE: &str =
    "{\"name\":\"shop\",\"scripts\":{\"start\":\"node index.js\"},\"dependencies\":{\"express\":\"4.18.0\"}}\n";

fn shop(list: &str) -> GitRepo {
    let server = "require('express')().listen(80);\n";
    program::shop(&[(LIST, list), ("package.json", PACKAGE), ("index.js", server)])
}

fn import(repo: &GitRepo, arguments: &[&str]) -> Ended {
    let arguments: Vec<&str> = ["import", LIST].iter().chain(arguments).copied().collect();
    end(readygate(&arguments).current_dir(repo.path()))
}

fn policy(repo: &GitRepo) -> String {
    std::fs::read_to_string(repo.path().join(".github/readiness.toml")).unwrap()
}

#[test]
fn a_checklist_becomes_a_policy_without_mistakes() {
    let repo = shop(ITEMS);
    let ended = import(&repo, &[]).with(0);
    assert!(
        ended.out.contains(".github/readiness.toml was written"),
        "{}",
        ended.out
    );
    let policy = policy(&repo);
    for words in [
        "\"builtin:server\"",
        "\"builtin:launch\"",
        "files = [\"docs/PRODUCTION.md\"]",
        "observability.uptime-monitoring (7)",
        "\"security.rate-limit.auth\".severity = \"critical\" # was high; line 5: Rate limiting on the login route",
        "\"security.cors-restricted\".severity = \"low\" # was high; line 11",
    ] {
        assert!(policy.contains(words), "`{words}` is not in:\n{policy}");
    }
    assert!(policy.lines().count() < 60, "{policy}");
    let checked = end(readygate(&["policy", "check"]).current_dir(repo.path())).with(0);
    assert!(checked.out.contains("no mistake"), "{}", checked.out);
}

#[test]
fn a_second_run_keeps_every_byte_that_a_person_wrote() {
    let repo = shop(ITEMS);
    import(&repo, &[]).with(0);
    let again = import(&repo, &[]).with(0);
    assert!(again.out.contains("nothing was changed"), "{}", again.out);
    let edited = policy(&repo)
        .replace(
            "severity = \"low\" # was high; line 11",
            "severity = 'medium'   # we agreed; line 11",
        )
        .replace("fail-on = \"regression\"", "fail-on   = \"high\"")
        + "\n# a last word\n";
    let file = repo.path().join(".github/readiness.toml");
    std::fs::write(&file, &edited).unwrap();
    let more = format!("{ITEMS}\n## P0\n\n- [ ] JWT secret is strong\n- [ ] Helmet is mounted\n");
    std::fs::write(repo.path().join(LIST), more).unwrap();
    let shown = import(&repo, &[]).with(0);
    assert!(
        shown.out.contains("+\"") && shown.out.contains("Nothing was written"),
        "{}",
        shown.out
    );
    assert_eq!(policy(&repo), edited, "it was shown, and written already");
    import(&repo, &["--yes"]).with(0);
    let after = policy(&repo);
    let mut left = after.lines();
    for line in edited.lines() {
        assert!(
            left.any(|other| other == line),
            "`{line}` is gone, or elsewhere, in:\n{after}"
        );
    }
    assert!(after.lines().count() > edited.lines().count());
    import(&repo, &["--yes"]).with(0);
    assert_eq!(policy(&repo), after);
}

#[test]
fn what_can_be_no_policy_is_refused() {
    let repo = shop("# Nothing to tick\n");
    import(&repo, &[]).with(2).saying("has no item");
    end(readygate(&["import", "no.md"]).current_dir(repo.path()))
        .with(3)
        .saying("no.md");
    let repo = shop(ITEMS);
    std::fs::create_dir_all(repo.path().join(".github")).unwrap();
    std::fs::write(repo.path().join(".github/readiness.toml"), "version = 1\nextend = []\n").unwrap();
    import(&repo, &["--yes"]).with(2).saying("extend");
    assert_eq!(policy(&repo), "version = 1\nextend = []\n");
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(outside.path(), ITEMS).unwrap();
    let path = outside.path().display().to_string();
    end(readygate(&["import", &path]).current_dir(repo.path()))
        .with(2)
        .saying("not in this repository");
}

#[test]
fn hostile_words_stay_words() {
    let items = "# P0\n\n- [ ] Rate limiting \"\u{202e}x\\ = [\n- [ ] CORS \u{1b}[31m restricted ''' # \u{0}\n"
        .replace('\u{0}', "");
    let repo = shop(&items);
    import(&repo, &[]).with(0);
    let policy = policy(&repo);
    assert!(!policy.contains(['\u{202e}', '\u{1b}']), "{policy:?}");
    end(readygate(&["policy", "check"]).current_dir(repo.path())).with(0);
}

#[test]
fn line_ends_and_the_mark_of_bytes_stay() {
    let repo = shop(ITEMS);
    let file = repo.path().join(".github/readiness.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(
        &file,
        "\u{FEFF}version = 1\r\nextends = [\"builtin:default\"] # ours\r\n",
    )
    .unwrap();
    import(&repo, &["--yes"]).with(0);
    let after = policy(&repo);
    assert!(
        after.starts_with("\u{FEFF}version = 1\r\nextends = [\"builtin:default\"] # ours\r\n"),
        "{after:?}"
    );
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    assert!(after.contains("docs/PRODUCTION.md"));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let repo = shop(ITEMS);
    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    std::fs::create_dir_all(repo.path().join(".github")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), repo.path().join(".github/readiness.toml")).unwrap();
    import(&repo, &["--yes"]).with(2).saying("is a link");
    assert_eq!(std::fs::read(elsewhere.path()).unwrap(), b"");
}
