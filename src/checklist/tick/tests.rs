use proptest::prelude::*;

use super::*;

/// All items that are open, as if the evidence said that each is met.
fn all(text: &str) -> BTreeSet<usize> {
    let items = read(text).items.into_iter().enumerate();
    items
        .filter(|(_, item)| !item.state.is_claim())
        .map(|(index, _)| index)
        .collect()
}

fn ticked(text: &str) -> String {
    tick(text, &all(text)).expect("undamaged").text
}

fn left(text: &str) -> Vec<(usize, Left)> {
    tick(text, &all(text)).expect("undamaged").left
}

#[test]
fn boxes_of_every_kind_are_ticked_as_the_document_ticks() {
    for (before, after) in [
        ("- [ ] a\n", "- [x] a\n"),
        ("- [X] a\n* [ ] b\n", "- [X] a\n* [X] b\n"),
        (
            "- [✅] a\n- [ ] b\n- [x] c\n- [✅] d\n",
            "- [✅] a\n- [✅] b\n- [x] c\n- [✅] d\n",
        ),
        ("1. [] a\n2) [ ] b\n", "1. [x] a\n2) [x] b\n"),
        ("> - [ ] quoted\n", "> - [x] quoted\n"),
        (
            "```\n[ ] fenced\n```\n\n[ ] bare\n",
            "```\n[x] fenced\n```\n\n[x] bare\n",
        ),
        ("- ☑ a\n- ☐ b\n", "- ☑ a\n- ☑ b\n"),
        ("- ✅ a\n- ⬜ b\n", "- ✅ a\n- ✅ b\n"),
        (
            "### Task 1: Carts\n**Status:** [ ]\n",
            "### Task 1: Carts\n**Status:** [x]\n",
        ),
        ("- [ ] whole\n  - [ ] part\n", "- [x] whole\n  - [x] part\n"),
        (
            "\u{FEFF}- [ ] a\r\n- [ ] b\r\n\tindented [ ] words  \r\n",
            "\u{FEFF}- [x] a\r\n- [x] b\r\n\tindented [ ] words  \r\n",
        ),
    ] {
        assert_eq!(ticked(before), after, "{before:?}");
        assert_eq!(ticked(after), after, "{after:?}");
    }
}

#[test]
fn tables_are_ticked_in_their_cell() {
    let table = |first: &str, second: &str| {
        format!("| Task | Done |\n| --- | --- |\n| Backups run | {first} |\n| Alerts ring | {second} |\n")
    };
    assert_eq!(ticked(&table("[ ]", "[x]")), table("[x]", "[x]"));
    assert_eq!(ticked(&table("❌", "✅")), table("✅", "✅"));
    assert_eq!(left(&table("❌", "❌")), [(0, Left::NoEmoji), (1, Left::NoEmoji)]);
    assert_eq!(left(&table("❌ Missing", "✅")), [(0, Left::NoBox)]);
}

#[test]
fn what_says_more_than_open_is_left_and_named() {
    for (text, expected) in [
        ("- [~] a\n", Left::Said(State::Partial)),
        ("- [!] a\n", Left::Said(State::Blocked)),
        ("- [-] a\n", Left::Said(State::Dropped)),
        ("- [ ] ~~not wanted~~\n", Left::Said(State::Dropped)),
        ("## Status now\n- ❌ No backups\n- ✅ linting\n", Left::NoBox),
        ("```\nexport API_KEY=\n```\n", Left::NoBox),
        ("- ☐ a\n", Left::NoEmoji),
        ("- ☐ a\n- ✅ b\n- ☑ c\n", Left::NoEmoji),
    ] {
        assert_eq!(left(text), [(0, expected)], "{text:?}");
        assert_eq!(ticked(text), text);
    }
}

#[test]
fn a_whole_with_an_open_part_is_left_and_nothing_is_unticked() {
    let text = "- [ ] whole\n  - [ ] met\n  - [ ] open\n- [x] done\n";
    let some = tick(text, &BTreeSet::from([0, 1, 3])).expect("undamaged");
    assert_eq!(some.text, "- [ ] whole\n  - [x] met\n  - [ ] open\n- [x] done\n");
    assert_eq!(some.ticked, [1]);
    assert_eq!(some.left, [(0, Left::PartOpen(3)), (3, Left::Done)]);
}

#[test]
fn a_damaged_document_is_refused() {
    let text = "# √úber\n- [ ] open\n- [x] \u{201a}\u{00fa}\u{00d6} done\n";
    assert_eq!(tick(text, &BTreeSet::from([0])), Err(Damage::MacRoman));
}

fn line() -> impl Strategy<Value = String> {
    let marker = prop_oneof![
        Just(""),
        Just("- "),
        Just("* "),
        Just("1. "),
        Just("  - "),
        Just("| "),
        Just("> - "),
        Just("### ")
    ];
    let mark = prop_oneof![
        Just(""),
        Just("[ ] "),
        Just("[x] "),
        Just("[X] "),
        Just("[] "),
        Just("[~] "),
        Just("[✅] "),
        Just("☐ "),
        Just("☑ "),
        Just("✅ "),
        Just("❌ "),
        Just("**Status:** [ ] "),
        Just("[ ] [ ] ")
    ];
    let words = prop_oneof![
        Just("Rate limits"),
        Just("`x` [ ] y"),
        Just("a | [ ] |"),
        Just("| --- | --- |"),
        Just("Task | Done |"),
        Just("```"),
        Just("<!--"),
        Just("-->"),
        Just("[x](y)"),
        Just("(✅ done) a"),
        Just(""),
        Just("\r"),
        Just("a\rb"),
        Just("é | ❌ |")
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n"), Just("")];
    (marker, mark, words, end).prop_map(|(marker, mark, words, end)| format!("{marker}{mark}{words}{end}"))
}

proptest! {
    #[test]
    fn only_bytes_inside_boxes_of_these_items_change_and_a_second_run_changes_nothing(
        lines in prop::collection::vec(line(), 0..12),
        chosen in prop::collection::btree_set(0_usize..12, 0..12),
        has_mark in any::<bool>(),
    ) {
        let text = format!("{}{}", if has_mark { "\u{FEFF}" } else { "" }, lines.concat());
        let list = read(&text);
        let Ok(done) = tick(&text, &chosen) else { return Ok(()) };
        let again = tick(&done.text, &chosen).expect("undamaged");
        prop_assert_eq!(&again.text, &done.text);
        prop_assert!(again.ticked.is_empty());
        let after = read(&done.text);
        prop_assert_eq!(list.items.len(), after.items.len());
        for (index, (old, new)) in list.items.iter().zip(&after.items).enumerate() {
            if done.ticked.contains(&index) {
                prop_assert!(chosen.contains(&index) && old.state == State::Todo && new.state.is_claim());
            } else {
                prop_assert_eq!(old.state, new.state);
            }
        }
        // With every mark of a box or emoji taken out, both are the same; and lines without a ticked item are equal.
        let bare = |text: &str| -> String {
            let kept = text.chars().filter(|character| !" []xX✓✔✅☑🗹🟩☐⬜❌".contains(*character));
            kept.collect()
        };
        prop_assert_eq!(bare(&text), bare(&done.text));
        let is_heading = |index: &usize| list.items[*index].kind == ItemKind::Heading;
        let changed = text.split('\n').zip(done.text.split('\n')).filter(|(old, new)| old != new).count();
        prop_assert!(changed <= done.ticked.len());
        for (at, (old, new)) in text.split('\n').zip(done.text.split('\n')).enumerate() {
            let is_ticked = done.ticked.iter().any(|index| list.items[*index].line as usize == at + 1);
            prop_assert!(old == new || is_ticked || done.ticked.iter().any(is_heading), "{}", old);
        }
    }
}
