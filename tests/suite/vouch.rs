//! `attest`, `waive`, `fix --checklist`, and what `check` says of what they write.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use readygate::checklist::{read, tick};
use readygate::model::Date;
use serde_json::Value;

use crate::cli::program::{Ended, check, end, readygate};
use crate::github::repo::GitRepo;

const PATH: &str = ".github/readiness.toml";

const POLICY: &str = r#"version = 1 # ours

[gate]
fail-on = "high"
max-waiver-days = 30

[scope]
exclude = ["infra/skip/**"]

[[control]]
id = "db.restore-tested"
title = "A restore was tried"
severity = "high"
rationale = "A backup that nobody restored is a hope."
remediation = "Restore one."
check.attestation = { statement = "A restore was tried", max-days = 60 }

[[control]]
id = "edge.rate-limit"
title = "Requests are limited"
severity = "high"
rationale = "One client takes the server down."
remediation = "Limit requests."
check.path = { exists = "limits.conf" }

[[control]]
id = "shop.readme"
title = "There is a README"
severity = "low"
rationale = "Nobody knows what it is."
remediation = "Write one."
check.path = { exists = "README.md" }

[checklist]
files = ["READY.md"]

[[checklist.bind]]
item = "A README says what it is"
controls = ["shop.readme"]

[[checklist.bind]]
item = "Requests are limited"
controls = ["edge.rate-limit"]

[[checklist.bind]]
item = "Somebody restored a backup"
controls = ["db.restore-tested"]
"#;

const READY: &str = "\u{FEFF}# Ready\r\n\r\n- [X] Something else\r\n- [ ] A README says what it is   \r\n- [ ] Requests are limited\r\n- [ ] Somebody restored a backup\r\n";

fn shop() -> GitRepo {
    let repo = GitRepo::new();
    repo.commit(&[
        (PATH, POLICY),
        ("READY.md", READY),
        ("README.md", "# Shop\n"),
        ("infra/backup/a.tf", "one\n"),
        ("infra/skip/b.tf", "two\n"),
    ]);
    repo.git(&["reset", "-q", "--hard"]);
    repo
}

/// A day from today in UTC, as the program knows it.
fn day(from_today: i64) -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 86_400;
    let days = i64::try_from(days).unwrap() + from_today;
    (Date::default() + chrono::Duration::days(days)).to_string()
}

fn run(folder: &Path, arguments: &[&str]) -> Ended {
    end(readygate(arguments).current_dir(folder))
}

fn policy(repo: &GitRepo) -> String {
    std::fs::read_to_string(repo.path().join(PATH)).unwrap()
}

fn control(report: &Value, id: &str) -> Value {
    let all = report["controls"].as_array().unwrap();
    all.iter().find(|control| control["id"] == id).unwrap().clone()
}

fn json(repo: &GitRepo, arguments: &[&str], status: i32) -> Value {
    let all = [&["--format", "json"], arguments].concat();
    check(repo.path(), &all).with(status).json()
}

const ATTEST: [&str; 6] = [
    "attest",
    "db.restore-tested",
    "--by",
    "@ana",
    "--evidence",
    "https://example.com/r",
];
const WAIVE: [&str; 6] = [
    "waive",
    "edge.rate-limit",
    "--reason",
    "The edge does it",
    "--owner",
    "@ops",
];

#[test]
fn a_word_counts_until_a_file_that_it_covers_changes_and_is_renewed_in_its_place() {
    let repo = shop();
    let covering = [&ATTEST[..], &["--path", "infra/**"]].concat();
    let shown = run(repo.path(), &[&covering[..], &["--dry-run"]].concat()).with(0);
    assert!(shown.out.contains("+control = \"db.restore-tested\""), "{}", shown.out);
    assert_eq!(policy(&repo), POLICY);
    let written = run(repo.path(), &covering).with(0);
    assert!(
        written.out.contains(&format!("+expires = {}", day(60))),
        "{}",
        written.out
    );
    let after = policy(&repo);
    assert!(
        after.starts_with(POLICY) && after.contains("digest = \"sha256:"),
        "{after}"
    );

    let report = json(&repo, &["--only", "db.*"], 0);
    let attested = control(&report, "db.restore-tested");
    assert_eq!(
        (&attested["outcome"], &attested["attestation"]["by"]),
        (&"pass".into(), &"@ana".into())
    );
    assert_eq!(report["notices"], Value::Array(Vec::new()));

    // What the policy excludes is not looked at, and not covered.
    std::fs::write(repo.path().join("infra/skip/b.tf"), "other\n").unwrap();
    json(&repo, &["--only", "db.*"], 0);
    std::fs::write(repo.path().join("infra/backup/a.tf"), "other\n").unwrap();
    let report = json(&repo, &["--only", "db.*"], 1);
    assert_eq!(control(&report, "db.restore-tested")["outcome"], "fail");
    let notice = &report["notices"][0];
    assert_eq!(
        (&notice["kind"], &notice["control"]),
        (&"void".into(), &"db.restore-tested".into())
    );
    for format in ["human", "markdown", "github"] {
        let told = check(repo.path(), &["--only", "db.*", "--format", format]).with(1);
        let all = told.out + &told.err;
        assert!(all.contains("Waivers") || format == "github", "{all}");
        assert!(all.contains("is void: the files that it covers have changed"), "{all}");
        assert!(all.contains("infra"), "{all}");
    }

    let renewed = run(repo.path(), &[&covering[..], &["--by", "@bo"]].concat());
    renewed.with(2).saying("--by");
    let again = [&["attest", "db.restore-tested", "--by", "@bo"], &covering[4..]].concat();
    let renewed = run(repo.path(), &again).with(0);
    assert!(renewed.out.contains("renewed"), "{}", renewed.out);
    let text = policy(&repo);
    assert_eq!(text.matches("[[attestation]]").count(), 1);
    assert_eq!(
        control(&json(&repo, &["--only", "db.*"], 0), "db.restore-tested")["attestation"]["by"],
        "@bo"
    );
    let same = run(repo.path(), &again).with(0);
    assert!(same.out.contains("nothing was changed"), "{}", same.out);
    assert_eq!(policy(&repo), text);
}

#[test]
fn what_can_not_be_attested_is_refused_in_a_sentence() {
    let repo = shop();
    let (past, soon, late) = (day(-1), day(3), day(61));
    let more = |arguments: &[&str], words: &str| {
        let ended = run(repo.path(), &[&ATTEST[..], arguments].concat());
        ended.with(2).saying(words);
    };
    more(&["--on", &soon], "still to come");
    more(&["--expires", &past], "before the day on which it is given");
    more(&["--on", &day(-9), "--expires", &past], "look again");
    more(&["--expires", &late], "lets a word count for 60 days");
    more(&["--path", "nowhere/**"], "matches no file");
    more(&["--path", "infra/skip/**"], "matches no file");
    more(&["--path", "infra/**", "--path", "a["], "can't be used");
    more(&["--path", "infra/**", "--path", ".github/**"], "void at once");
    more(&["--policy", "nowhere.toml"], "there is no policy `nowhere.toml`");
    for (id, words) in [
        ("db.restore-testd", "did you mean `db.restore-tested`?"),
        ("site.rate-limit", "did you mean `edge.rate-limit`?"),
        ("no.such-thing", "`readygate controls`"),
        ("checklist.contradicted", "the checklist's own lines"),
    ] {
        run(repo.path(), &[&["attest", id], &ATTEST[2..]].concat())
            .with(2)
            .saying(words);
    }
    let empty = ["attest", "db.restore-tested", "--by", " ", "--evidence", "x"];
    run(repo.path(), &empty).with(2).saying("--by needs words");
    let secret = [
        "attest",
        "db.restore-tested",
        "--by",
        "@a",
        "--evidence",
        "https://a:b@example.com",
    ];
    run(repo.path(), &secret).with(2).saying("password");
    assert_eq!(policy(&repo), POLICY);

    std::fs::write(
        repo.path().join(PATH),
        POLICY.replace("severity = \"low\"", "severity = \"lw\""),
    )
    .unwrap();
    run(repo.path(), &ATTEST).with(2).saying("lw");
    std::fs::remove_file(repo.path().join(PATH)).unwrap();
    run(repo.path(), &ATTEST).with(2).saying("version = 1");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("readiness.toml"), POLICY).unwrap();
    std::fs::write(folder.path().join("a.tf"), "").unwrap();
    let covering = [&ATTEST[..], &["--path", "*.tf"]].concat();
    run(folder.path(), &covering).with(2).saying("without git");
    run(folder.path(), &ATTEST).with(0);
}

#[test]
fn a_waiver_accepts_a_gap_for_as_long_as_the_gate_lets_it() {
    let repo = shop();
    let (past, late) = (day(-1), day(31));
    let more = |arguments: &[&str]| run(repo.path(), &[&WAIVE[..], arguments].concat());
    more(&[]).with(2).saying("--days");
    more(&["--expires", &past]).with(2).saying("is past");
    more(&["--expires", &late]).with(2).saying("`max-waiver-days`");
    more(&["--days", "31"]).with(2).saying("30 days");
    more(&["--days", "4294967295"]).with(2).saying("30 days");
    let unknown = [&["waive", "edge.rate-limits"], &WAIVE[2..], &["--days", "9"]].concat();
    run(repo.path(), &unknown)
        .with(2)
        .saying("did you mean `edge.rate-limit`?");
    assert_eq!(policy(&repo), POLICY);
    json(&repo, &["--only", "edge.*"], 1);

    more(&["--days", "30"]).with(0);
    let text = policy(&repo);
    assert!(
        text.starts_with(POLICY) && text.contains(&format!("expires = {}\n", day(30))),
        "{text}"
    );
    let report = json(&repo, &["--only", "edge.*"], 0);
    assert_eq!(control(&report, "edge.rate-limit")["outcome"], "waived");
    more(&["--days", "9"]).with(0);
    let renewed = policy(&repo);
    assert_eq!(renewed, text.replace(&day(30), &day(9)));
    more(&["--days", "9", "--path", "edge/**"])
        .with(0)
        .saying("what is missing there");
    assert_eq!(policy(&repo).matches("[[waiver]]").count(), 2);

    // Nine days are left: it says so. What is limited to a path is of no use beside the other.
    let report = json(&repo, &["--only", "edge.*"], 0);
    let notices = report["notices"].as_array().unwrap();
    let kinds: Vec<&str> = notices.iter().map(|notice| notice["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["stale", "unused"], "{notices:?}");
    let later = day(10);
    let report = json(&repo, &["--only", "edge.*", "--as-of", &later], 1);
    assert_eq!(report["notices"][0]["kind"], "expired");
    let told = check(
        repo.path(),
        &["--only", "edge.*", "--as-of", &later, "--format", "markdown"],
    )
    .with(1);
    assert!(told.out.contains("expired on"), "{}", told.out);
    // Of a control that is not asked for nothing is said.
    let report = json(&repo, &["--only", "db.*"], 0);
    assert_eq!(report["notices"], Value::Array(Vec::new()));
}

#[test]
fn fix_ticks_what_is_met_and_no_other_byte_changes() {
    let repo = shop();
    let file = repo.path().join("READY.md");
    let read = || std::fs::read_to_string(&file).unwrap();
    let ticked = READY.replace("[ ] A README", "[X] A README");
    let shown = run(repo.path(), &["fix", "--checklist", "--dry-run"]).with(0);
    assert!(
        shown
            .out
            .contains("READY.md:4: would be ticked: A README says what it is (`shop.readme`"),
        "{}",
        shown.out
    );
    assert!(shown.out.contains("1 box would be ticked"), "{}", shown.out);
    assert_eq!(read(), READY);
    run(repo.path(), &["fix", "--checklist", "READY.md"]).with(0);
    assert_eq!(read(), ticked);
    let again = run(repo.path(), &["fix", "--checklist"]).with(0);
    assert!(again.out.contains("Nothing to tick"), "{}", again.out);
    assert_eq!(read(), ticked);
    let report = json(&repo, &["--only", "shop.*"], 0);
    assert_eq!(report["checklists"][0]["items"][1]["verdict"], "confirmed");

    // What a person vouches for is attested, and not ticked by machine; a sign and a box with a word in it are left.
    run(repo.path(), &ATTEST).with(0);
    let signs = "# Ready\n- [~] A README says what it is\n- [ ] Somebody restored a backup\n";
    std::fs::write(&file, signs).unwrap();
    let left = run(repo.path(), &["fix", "--checklist"]).with(0);
    assert!(
        left.out.contains("READY.md:2: left: A README says what it is"),
        "{}",
        left.out
    );
    assert_eq!(read(), signs);
}

#[test]
fn fix_refuses_what_it_can_not_write_and_writes_nothing_then() {
    let repo = shop();
    run(repo.path(), &["fix"]).with(2).saying("fix --checklist");
    run(repo.path(), &["check", "--offline", "--checklist", "NOWHERE.md"])
        .with(2)
        .saying("the checklist `NOWHERE.md` is no file that git tracks here");
    run(repo.path(), &["fix", "--checklist", "NOWHERE.md"])
        .with(2)
        .saying("NOWHERE.md");
    repo.commit(&[("OLD.md", "# √úber\n- [ ] open\n- [x] \u{201a}\u{00fa}\u{00d6} done\n")]);
    repo.git(&["reset", "-q", "--hard"]);
    let both = ["fix", "--checklist", "READY.md", "OLD.md"];
    run(repo.path(), &both).with(2).saying("OLD.md").saying("damaged");
    std::fs::write(repo.path().join("OLD.md"), b"- [ ] \xff\xfe").unwrap();
    run(repo.path(), &both).with(2).saying("OLD.md");
    assert_eq!(std::fs::read_to_string(repo.path().join("READY.md")).unwrap(), READY);
    let bare = GitRepo::new();
    std::fs::write(
        bare.path().join("readiness.toml"),
        "version = 1\nextends = [\"builtin:default\"]\n",
    )
    .unwrap();
    run(bare.path(), &["fix", "--checklist"])
        .with(2)
        .saying("there is no checklist");
}

/// Every open item of the field's documents is ticked, as if it were met: nothing but marks changes, and what is not
/// ticked says why. The documents lie in `shared/` beside the project; where that is missing this passes.
#[test]
fn documents_of_the_field_keep_every_other_byte() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["seeds", "corpus/documents"].map(|folder| {
        let mut all = root.ancestors().map(|above| above.join("shared").join(folder));
        all.find(|path| path.is_dir())
    });
    let (mut ticked, mut left) = (0, std::collections::BTreeMap::new());
    for folder in folders.into_iter().flatten() {
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for path in files.filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
            let text = std::fs::read_to_string(&path).unwrap();
            let list = read(&text);
            let met = (0..list.items.len())
                .filter(|index| !list.items[*index].state.is_claim())
                .collect();
            let Ok(done) = tick(&text, &met) else { continue };
            let marks = " []xX✓✔✅☑🟩☐⬜❌\u{FE0F}_";
            let bare = |text: &str| -> String { text.chars().filter(|one| !marks.contains(*one)).collect() };
            assert!(bare(&text) == bare(&done.text), "{}", path.display());
            let lines = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
            assert_eq!(lines(&text), lines(&done.text), "{}", path.display());
            let again = tick(&done.text, &met).unwrap();
            assert_eq!(
                (again.text, again.ticked),
                (done.text, Vec::new()),
                "{}",
                path.display()
            );
            ticked += done.ticked.len();
            for (_, why) in done.left {
                let why = format!("{why:?}");
                let kind = why.split('(').next().unwrap().to_owned();
                *left.entry(kind).or_insert(0) += 1;
            }
        }
    }
    assert!(
        left.get("Misread").is_none_or(|count| count * 20 <= ticked),
        "{ticked} {left:?}"
    );
    println!("{ticked} ticked, left: {left:?}");
}
