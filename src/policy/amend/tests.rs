use proptest::prelude::*;

use super::*;
use crate::check::Origin;

fn date(text: &str) -> Date {
    text.parse().expect("a day")
}

fn origin() -> Origin {
    Origin {
        path: String::new(),
        line: 1,
        span: 0..0,
        in_repository: true,
    }
}

fn word(control: &str, paths: &[&str], expires: &str) -> Attestation {
    Attestation {
        control: control.to_owned(),
        by: "@ana".to_owned(),
        on: date("2026-11-01"),
        expires: date(expires),
        evidence: "https://example.com/restore".to_owned(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        digest: (!paths.is_empty()).then(|| "sha256:00".to_owned()),
        origin: origin(),
    }
}

fn gap(control: &str, path: Option<&str>, reason: &str) -> Waiver {
    Waiver {
        control: control.to_owned(),
        path: path.map(str::to_owned),
        reason: reason.to_owned(),
        owner: "@ops".to_owned(),
        expires: date("2027-01-31"),
        origin: origin(),
    }
}

#[test]
fn the_first_table_stands_at_the_end_and_the_next_below_it() {
    let text = "version = 1 # ours\n";
    let first = write_attestation(text, &word("db.restore", &["infra/**"], "2027-02-01")).expect("TOML");
    assert_eq!(first.amendment, Amendment::Added);
    let table = "[[attestation]]\ncontrol = \"db.restore\"\nby = \"@ana\"\non = 2026-11-01\nexpires = 2027-02-01\n\
                 evidence = \"https://example.com/restore\"\npaths = [\"infra/**\"]\ndigest = \"sha256:00\"\n";
    assert_eq!(first.text, format!("{text}\n{table}"));
    let more = format!("{}\n[gate]\nfail-on = \"high\"\n", first.text);
    let second = write_attestation(&more, &word("db.backups", &[], "2027-02-01")).expect("TOML");
    let own = table.replace("db.restore", "db.backups");
    let own = own.split("paths").next().expect("the keys before");
    assert_eq!(
        second.text,
        format!("{text}\n{table}\n{own}\n[gate]\nfail-on = \"high\"\n")
    );
}

#[test]
fn a_renewed_table_keeps_its_comments_its_order_and_its_place() {
    let text = "version = 1\n\n# who looked\n[[attestation]]\nby = '@bo'   # he left\nexpires = 2026-12-01\n\
                control = \"db.restore\"\non = 2026-09-01\npaths = [\n  \"b/**\", # there\n  \"a/**\",\n]\n\
                evidence = \"https://example.com/restore\" # the same\n\n[gate]\n";
    let word = word("db.restore", &["a/**", "b/**"], "2027-02-01");
    let after = write_attestation(text, &word).expect("TOML");
    assert_eq!(after.amendment, Amendment::Renewed);
    let expected = text
        .replace("'@bo'", "\"@ana\"")
        .replace("2026-12-01", "2027-02-01")
        .replace("2026-09-01", "2026-11-01")
        .replace("# the same\n", "# the same\ndigest = \"sha256:00\"\n");
    assert_eq!(after.text, expected);
    assert_eq!(write_attestation(&after.text, &word).expect("TOML").text, expected);
    // Other paths are another thing that is vouched for.
    let other = Attestation {
        paths: vec!["a/**".to_owned()],
        ..word
    };
    let other = write_attestation(text, &other).expect("TOML");
    assert_eq!(other.amendment, Amendment::Added);
}

#[test]
fn windows_lines_a_mark_and_a_missing_last_line_end_stay() {
    let text = "\u{FEFF}version = 1\r\n[[waiver]]\r\ncontrol = \"a.b\"\r\nreason = \"r\"\r\nowner = \"@o\"\r\nexpires = 2026-12-01";
    let renewed = write_waiver(text, &gap("a.b", None, "still")).expect("TOML");
    let expected = text
        .replace("\"r\"", "\"still\"")
        .replace("@o\"", "@ops\"")
        .replace("2026-12-01", "2027-01-31");
    assert_eq!(renewed.text, expected);
    let added = write_waiver(text, &gap("a.b", Some("x/**"), "new")).expect("TOML");
    let table = "\r\n\r\n[[waiver]]\r\ncontrol = \"a.b\"\r\npath = \"x/**\"\r\nreason = \"new\"\r\nowner = \"@ops\"\r\nexpires = 2027-01-31\r\n";
    assert_eq!(added.text, format!("{text}{table}"));
}

#[test]
fn tables_written_in_a_list_stay_in_their_list() {
    let one = "waiver = [{ control = \"a.b\", reason = \"r\", owner = \"@o\", expires = 2026-12-01 }]\nversion = 1\n";
    for (text, amendment) in [
        ("waiver = []\nversion = 1\n", Amendment::Added),
        (one, Amendment::Renewed),
        (&one.replace("a.b", "c.d"), Amendment::Added),
    ] {
        let after = write_waiver(text, &gap("a.b", None, "why \"so\"")).expect("TOML");
        assert_eq!(after.amendment, amendment, "{text}");
        let table: toml::Table = after.text.parse().expect("is TOML");
        let list = table["waiver"].as_array().expect("a list");
        let last = list.last().and_then(|last| last.as_table()).expect("a table");
        assert_eq!(last["reason"].as_str(), Some("why \"so\""), "{}", after.text);
    }
    assert!(write_waiver("a = = 1\n", &gap("a.b", None, "r")).is_err());
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_again_once_and_nothing_else_changes(
        reason in "[ -~äß✅]{1,20}",
        path in proptest::option::of("[a-z*/\"'\\\\]{1,8}"),
        before in "(# [a-z]{0,6}\n|\n){0,4}",
        between in "(# [a-z]{0,6}\n|\n){0,3}",
    ) {
        let text = format!(
            "{before}version = 1\n[[waiver]] # first\ncontrol = \"c.d\"\nreason = \"r\"\nowner = \"@o\"\nexpires = 2026-12-01\n{between}[gate]\nfail-on = \"high\"\n"
        );
        let waiver = gap("a.b", path.as_deref(), &reason);
        let once = write_waiver(&text, &waiver).expect("TOML");
        let twice = write_waiver(&once.text, &waiver).expect("TOML");
        prop_assert_eq!(&once.text, &twice.text);
        prop_assert_eq!(twice.amendment, Amendment::Renewed);
        let table: toml::Table = once.text.parse().expect("is TOML");
        let list = table["waiver"].as_array().expect("a list");
        prop_assert_eq!(list.len(), 2);
        prop_assert_eq!(list[1]["reason"].as_str(), Some(reason.as_str()));
        // What was there is there, around one block.
        let start = text.bytes().zip(once.text.bytes()).take_while(|(old, new)| old == new).count();
        let grown = once.text.len() - text.len();
        let mut without = once.text.clone();
        without.replace_range(start..start + grown, "");
        prop_assert_eq!(without, text);
    }
}
