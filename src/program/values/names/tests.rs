//! What a name may be does not depend on who asked before.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::program::build::of_files;
use crate::program::linked::{ModuleId, Program};
use crate::program::module::BindingId;
use crate::program::values::{Literal, Value};

fn program(text: &str) -> Arc<Program> {
    let (_, program) = of_files(&[
        ("package.json", r#"{"scripts":{"start":"node main.js"}}"#),
        ("main.js", text),
    ]);
    program
}

/// What the names of a program's only module are, asked for in an order.
fn asked(text: &str, order: impl Fn(&mut Vec<u32>)) -> Vec<Vec<Value>> {
    let program = program(text);
    let module = ModuleId(0);
    let names = u32::try_from(program.module(module).bindings.len()).expect("few");
    let mut ids: Vec<u32> = (0..names).collect();
    order(&mut ids);
    for id in &ids {
        program.binding_values(module, BindingId(*id));
    }
    (0..names)
        .map(|id| program.binding_values(module, BindingId(id)))
        .collect()
}

fn named(text: &str, name: &str, order: impl Fn(&mut Vec<u32>)) -> Vec<Value> {
    let bindings = program(text).module(ModuleId(0)).bindings.clone();
    let index = bindings.iter().position(|binding| binding.name.as_ref() == name);
    asked(text, order).swap_remove(index.expect("declared"))
}

fn literal(text: &str) -> Value {
    Value::Literal(Literal::Text(text.into()))
}

/// Programs of names that are given to one another, called, taken apart and put together.
fn texts() -> impl Strategy<Value = String> {
    let name = || (0..9_usize).prop_map(|index| format!("n{index}"));
    let value = prop_oneof![
        3 => name(),
        2 => (0..5_usize).prop_map(|index| format!("'t{index}'")),
        1 => (name(), name()).prop_map(|(a, b)| format!("{a} || {b}")),
        1 => (name(), name()).prop_map(|(a, b)| format!("{{ a: {a}, ...{b} }}")),
        1 => name().prop_map(|a| format!("{a}.a")),
        1 => (name(), name()).prop_map(|(a, b)| format!("pick({a}, {b})")),
        1 => name().prop_map(|a| format!("require('pg').Pool({a})")),
    ];
    prop::collection::vec((name(), value), 4..24).prop_map(|given| {
        let mut text =
            String::from("function pick(x, y) { return n1 ? x : y.a; }\nlet n0, n1, n2, n3, n4, n5, n6, n7, n8;\n");
        for (name, value) in given {
            text.push_str(&format!("{name} = {value};\n"));
        }
        text
    })
}

proptest! {
    #![proptest_config(Config { cases: 192, ..Config::default() })]

    #[test]
    fn names_are_the_same_whoever_is_asked_for_first(text in texts(), turn in 0..9_usize) {
        let forward = asked(&text, |_| {});
        prop_assert_eq!(&forward, &asked(&text, |ids| ids.reverse()));
        prop_assert_eq!(&forward, &asked(&text, |ids| ids.rotate_left(turn)));
    }
}

#[test]
fn a_row_of_names_is_followed_to_its_end_from_wherever_it_is_asked_for() {
    let mut text = String::from("const n0 = 'end';\n");
    for index in 1..2_000 {
        text.push_str(&format!("const n{index} = [n{}][0];\n", index - 1));
    }
    for name in ["n1", "n70", "n1999"] {
        assert_eq!(named(&text, name, |_| {}), [literal("end")], "{name}");
        assert_eq!(
            named(&text, name, |ids| ids.reverse()),
            [literal("end")],
            "{name}, asked for from the end"
        );
    }
}

#[test]
fn names_that_need_one_another_keep_what_each_is_given_itself() {
    let text = "let a = 'one', b = 'two', c;\na = b;\nb = a;\nc = a;\n";
    let of = |name| named(text, name, |_| {});
    assert_eq!(of("a").first(), Some(&literal("one")));
    assert_eq!(of("b").first(), Some(&literal("two")));
    assert_eq!(of("c"), of("a"));
    let is_unknown = |value: &Value| matches!(value, Value::Unknown(_));
    assert!(of("a").iter().any(is_unknown) && of("b").iter().any(is_unknown));
}
