//! Checklists of real teams, bad input, and places that hold.
//!
//! The documents lie in `shared/` beside the project. Where that is missing these tests say so and pass.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use readygate::checklist::{Checklist, Item, ItemKind, MOST_BYTES, Made, NotRead, Words, bind, read, read_document};
use readygate::text::{Document, NotText};

/// The folder of shared documents, looked for upwards.
#[expect(clippy::print_stderr, reason = "a test says what it skipped")]
pub fn shared(folder: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = root
        .ancestors()
        .map(|above| above.join("shared").join(folder))
        .find(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: there is no shared/{folder} beside the project");
    }
    found
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a readable document")
}

fn documents(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

/// The seeds: name, document, the copy of it that was damaged.
fn seeds() -> Option<Vec<(String, String, String)>> {
    let folder = shared("seeds")?;
    let copies = documents(&folder, ".txt");
    let seeds = documents(&folder, ".md").into_iter().filter_map(|path| {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        let copy = copies.iter().find(|copy| {
            copy.file_name()
                .is_some_and(|file| file.to_string_lossy().starts_with(&name))
        })?;
        Some((name, text(&path), text(copy)))
    });
    Some(seeds.collect())
}

#[test]
fn every_box_of_the_seeds_is_found_at_its_line_and_nothing_else_is_a_box() {
    let (Some(seeds), Some(folder)) = (seeds(), shared("seeds")) else {
        return;
    };
    let mut expected: BTreeMap<(String, u32), &str> = BTreeMap::new();
    for row in text(&folder.join("catalogue.jsonl")).lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("a row");
        let kind = match row["kind"].as_str() {
            Some("task") => "Box",
            Some("fenced-task") => "Bare",
            _ => continue,
        };
        let line = u32::try_from(row["line"].as_u64().expect("a line")).expect("a line");
        expected.insert((row["seed"].as_str().expect("a seed").to_owned(), line), kind);
    }
    assert_eq!(expected.len(), 641);
    let mut found = BTreeMap::new();
    for (name, document, _) in &seeds {
        for item in read(document).items.iter().filter(|item| item.kind.has_box()) {
            let kind = if item.kind == ItemKind::Box { "Box" } else { "Bare" };
            found.insert((name.clone(), item.line), kind);
        }
    }
    assert_eq!(found, expected);
}

#[test]
fn a_damaged_copy_gives_the_same_items() {
    let Some(seeds) = seeds() else { return };
    assert_eq!(seeds.len(), 5);
    for (name, document, copy) in &seeds {
        let (whole, damaged) = (read(document), read(copy));
        assert_eq!(whole.damage, None, "{name}");
        assert!(damaged.damage.is_some(), "{name}");
        let lines: Vec<&str> = copy.lines().collect();
        assert_eq!(whole.items.len(), damaged.items.len(), "{name}");
        for (item, other) in whole.items.iter().zip(&damaged.items) {
            let same_place = Item {
                column: item.column,
                ..other.clone()
            };
            assert_eq!(item, &same_place, "{name}");
            let ascii = item
                .text
                .split(|character: char| !character.is_ascii_alphanumeric())
                .next()
                .unwrap_or("");
            let rest: String = lines[other.line as usize - 1]
                .chars()
                .skip(other.column as usize - 1)
                .collect();
            assert!(
                rest.starts_with(ascii),
                "{name}:{}:{}: {ascii:?} is not at {rest:?}",
                other.line,
                other.column
            );
        }
        assert_eq!(whole.sections, damaged.sections, "{name}");
    }
}

#[test]
fn documents_of_the_field_by_state() {
    let Some(folder) = shared("corpus/documents") else {
        return;
    };
    let mut shown = String::new();
    let seeds = seeds().unwrap_or_default();
    let seeds = seeds
        .iter()
        .map(|(name, document, _)| (format!("seed {name}"), document.clone()));
    let corpus = documents(&folder, ".md").into_iter().map(|path| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        (name, text(&path))
    });
    for (name, document) in seeds.chain(corpus) {
        let list = read(&document);
        places_hold(&document, &list);
        let _ = writeln!(shown, "{name}: {}", counts(&list));
    }
    insta::assert_snapshot!("field_documents_by_state", shown);
}

/// The controls that the shipped packs have.
fn shipped() -> BTreeSet<String> {
    let packs = documents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies"), ".toml");
    let packs = packs.into_iter().map(|path| {
        let pack: toml::Table = toml::from_str(&text(&path)).expect("TOML");
        pack.get("control")
            .and_then(toml::Value::as_array)
            .cloned()
            .unwrap_or_default()
    });
    packs
        .flatten()
        .map(|control| control["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// What the field's items are bound to: how many are bound, and how many of them to a control that is shipped.
#[test]
fn items_of_the_field_are_bound() {
    let Some(folder) = shared("corpus/documents") else {
        return;
    };
    let shipped = shipped();
    let seeds = seeds().unwrap_or_default();
    let of_seeds: BTreeSet<&str> = seeds.iter().flat_map(|(_, document, _)| document.lines()).collect();
    let (mut shown, mut others) = (String::new(), [0; 3]);
    let mut five = [0; 3];
    let mut count = |name: &str, document: &str, sum: &mut [usize; 3], is_wanted: fn(ItemKind) -> bool| {
        let list = read(document);
        let mut bindings = bind(&list, Words::builtin(), &[]);
        let known = shipped.iter().map(String::as_str).collect();
        readygate::checklist::name(
            &list,
            Words::builtin(),
            &[],
            &known,
            &mut bindings,
            &mut Made::default(),
        );
        let is_decided = |control: &String| shipped.contains(control) || control.starts_with(readygate::policy::NAMED);
        let mut counts = [0; 3];
        for bindings in list
            .items
            .iter()
            .zip(&bindings)
            .filter_map(|(item, bindings)| is_wanted(item.kind).then_some(bindings))
        {
            counts[0] += 1;
            counts[1] += usize::from(!bindings.is_empty());
            counts[2] += usize::from(bindings.iter().any(|binding| is_decided(&binding.control)));
        }
        for (sum, count) in sum.iter_mut().zip(counts) {
            *sum += count;
        }
        let [items, bound, decided] = counts;
        let _ = writeln!(
            shown,
            "{name}: {items} items, {bound} bound, {decided} to a shipped control"
        );
    };
    for (name, document, _) in &seeds {
        count(&format!("seed {name}"), document, &mut five, ItemKind::has_box);
    }
    for path in documents(&folder, ".md") {
        let document = text(&path);
        let known = document.lines().filter(|line| of_seeds.contains(line)).count();
        // A copy of one of the five documents says nothing new.
        if known * 10 < document.lines().count() * 9 {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            count(&name.unwrap_or_default(), &document, &mut others, |_| true);
        }
    }
    for (name, [items, bound, decided]) in [("five documents", five), ("other documents", others)] {
        let _ = writeln!(
            shown,
            "{name}: {items} items, {bound} bound, {decided} to a shipped control"
        );
    }
    insta::assert_snapshot!("field_documents_by_binding", shown);
    assert!(five[1] * 100 >= five[0] * 60, "{five:?}");
    assert!(others[1] * 100 >= others[0] * 50, "{others:?}");
}

fn counts(list: &Checklist) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for item in &list.items {
        let kind = format!("{:?}", item.kind).to_lowercase();
        *counts.entry(format!("{kind} {}", item.state.as_str())).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(state, count)| format!("{state} {count}"))
        .collect();
    if counts.is_empty() {
        "no item".to_owned()
    } else {
        counts.join(", ")
    }
}

/// How many letters and digits a text begins with.
fn alphanumeric(text: &str) -> usize {
    text.chars().take_while(|character| character.is_alphanumeric()).count()
}

/// Every line and column points at the first word of the item.
fn places_hold(text: &str, list: &Checklist) {
    let lines: Vec<&str> = text.split('\n').collect();
    for item in &list.items {
        let line = lines[item.line as usize - 1];
        let rest: String = line.chars().skip(item.column as usize - 1).collect();
        // A link, code or emphasis inside a word is part of the source and not of the text: what stands first must be
        // the same, and the rest of the first word must follow in its order; a link may end on a later line.
        let run = rest.chars().take_while(|character| character.is_alphanumeric());
        let later = lines[item.line as usize..].iter().flat_map(|line| line.chars());
        let mut following = rest.chars().chain(later);
        assert!(
            item.text.chars().next() == rest.chars().next()
                && run.eq(item.text.chars().take(alphanumeric(&rest)))
                && item
                    .text
                    .chars()
                    .take(alphanumeric(&item.text))
                    .all(|character| following.any(|other| other == character)),
            "{}:{}: {:?} is not at {rest:?} in {line:?}",
            item.line,
            item.column,
            item.text
        );
        assert!(item.parent.is_none_or(|parent| parent < list.items.len()));
        assert!(item.section.is_none_or(|section| section < list.sections.len()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_place_points_at_the_words_it_names(parts in prop::collection::vec(part(), 0..40), ends in "\n|\r\n") {
        let text = parts.join(&ends);
        places_hold(&text, &read(&text));
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}", returns in prop::collection::vec(0usize..200, 0..8)) {
        let mut text: Vec<char> = text.chars().collect();
        for at in returns {
            let at = at.min(text.len());
            text.insert(at, ['\n', '\r', '|', '`'][at % 4]);
        }
        let text: String = text.into_iter().collect();
        read(&text);
    }
}

/// A line as people write them.
fn part() -> impl Strategy<Value = String> {
    let before = prop::sample::select(vec![
        "- [ ] ",
        "- [x] ",
        "  - [~] ",
        "1. [✓] ",
        "[ ] ",
        "> - [x] ",
        "- ✅ ",
        "# ",
        "### ",
        "**Status:** ",
        "| ",
        "- ",
        "\t* [X] ",
        "☐ ",
        "",
        "```",
        "    ",
        "- [ ] ✅ ",
        "<!-- ",
        "- [ ] **",
        "- [ ] ~~",
        "**Priority:** ",
    ]);
    let words = "[a-zé✅(*`~\\[\\]| )A-Z_=]{0,24}";
    (before, words).prop_map(|(before, words)| format!("{before}{words}"))
}

#[test]
fn bad_input_has_an_answer() {
    assert_eq!(read("").items.len(), 0);
    assert_eq!(read("no list at all\n\njust prose").items.len(), 0);
    let marked = read("\u{FEFF}- [ ] first\r\n- [x] second\r- [x] not a line\n- [ ] third\n");
    let places: Vec<(u32, u32)> = marked.items.iter().map(|item| (item.line, item.column)).collect();
    assert_eq!(places, [(1, 8), (2, 7), (3, 7)]);
    let read_bytes = |bytes: &[u8]| read_document(&Document::new(bytes));
    assert_eq!(
        read_bytes(b"- [ ] a \xff\xfe\n"),
        Err(NotRead::NotText(NotText::Encoding))
    );
    assert_eq!(read_bytes(b"- [ ] a \0\n"), Err(NotRead::NotText(NotText::Binary)));
    let large = vec![b'x'; 10 << 20];
    assert_eq!(read_bytes(&large), Err(NotRead::TooLarge(large.len())));
}

#[test]
fn large_and_deep_documents_are_read_in_bounded_time() {
    let one_line = format!("- [ ] {}\n", "word ".repeat(MOST_BYTES / 10));
    assert_eq!(read(&one_line).items.len(), 1);
    let many = "- [ ] item\n".repeat(10_000);
    assert_eq!(read(&many).items.len(), 10_000);
    let deep: String = (0..1_000)
        .map(|depth| format!("{}- [ ] item\n", "  ".repeat(depth)))
        .collect();
    assert!(!read(&deep).items.is_empty());
    read(&format!("{}\n{}", "- ".repeat(20_000), "x\n".repeat(20_000)));
    read(&"[".repeat(200_000));
    read(&"| a ".repeat(100_000));
    read(&"(✅ ".repeat(50_000));
}

#[test]
fn large_documents_are_bound_in_bounded_time() {
    let begun = std::time::Instant::now();
    let bound = |text: &str| {
        let list = read(text);
        let mut bindings = bind(&list, Words::builtin(), &[]);
        readygate::checklist::name(
            &list,
            Words::builtin(),
            &[],
            &BTreeSet::new(),
            &mut bindings,
            &mut Made::default(),
        );
        bindings.iter().filter(|bindings| !bindings.is_empty()).count()
    };
    // A megabyte in one line says what it is about at once.
    assert_eq!(
        bound(&format!("- [ ] Rate limiting {}\n", "of words ".repeat(110_000))),
        1
    );
    let headings = "# Rate limiting of words\n\n- [ ] cake\n\n".repeat(1_000);
    assert_eq!(bound(&headings), 0);
    // A heading of a hundred kilobytes over many items is split into words once.
    bound(&format!(
        "# {}\n\n{}",
        "words of it ".repeat(9_000),
        "- [ ] cake\n".repeat(500)
    ));
    // A debug build on a busy machine: what grows with the square takes minutes.
    assert!(begun.elapsed().as_secs() < 120, "{:?}", begun.elapsed());
}

/// What the rules bind, measured against the catalogue: the control of each line is one reader's choice, and the
/// rules were written by someone who had read these lines.
#[test]
fn bindings_of_the_seeds_against_the_catalogue() {
    let (Some(seeds), Some(folder)) = (seeds(), shared("seeds")) else {
        return;
    };
    let mut meant: BTreeMap<(String, u32), String> = BTreeMap::new();
    for row in text(&folder.join("catalogue.jsonl")).lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect("a row");
        let line = u32::try_from(row["line"].as_u64().expect("a line")).expect("a line");
        let word = |key: &str| row[key].as_str().expect("a word").to_owned();
        meant.insert((word("seed"), line), word("control"));
    }
    let (mut all, mut bound, mut right) = (0, 0, 0);
    for (name, document, _) in &seeds {
        let list = read(document);
        let bindings = readygate::checklist::bind(&list, readygate::checklist::Words::builtin(), &[]);
        for (item, bindings) in list.items.iter().zip(&bindings).filter(|(item, _)| item.kind.has_box()) {
            all += 1;
            let control = &meant[&(name.clone(), item.line)];
            bound += usize::from(!bindings.is_empty());
            right += usize::from(bindings.iter().any(|binding| &binding.control == control));
        }
    }
    eprintln!("{all} boxes, {bound} bound, {right} of them to the catalogue's control");
    assert!(bound * 100 >= all * 60, "{bound} of {all} bound");
    assert!(right * 100 >= bound * 95, "{right} of {bound} right");
}
