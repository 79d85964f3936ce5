//! What parts that speak of nothing mean, by what a condition is asked for.

use std::sync::Arc;

use super::*;
use crate::check::Engine;
use crate::model::{Cause, Snapshot, Tree, Unread};

#[derive(Debug)]
struct Says(Examined);

impl Check for Says {
    fn needs(&self, _: &View<'_>) -> Needs {
        Needs::none()
    }

    fn examine(&self, _: &View<'_>) -> Examined {
        self.0.clone()
    }
}

fn part(examined: &Examined) -> Condition {
    let words = examined.reason.clone();
    Condition::One(Leaf::new("says", &words, Box::new(Says(examined.clone()))))
}

fn nothing() -> Examined {
    Examined::not_applicable("there is no server here")
}

fn holds() -> Examined {
    Examined::pass("`pg` is declared", Vec::new())
}

fn unknown() -> Examined {
    Examined::unknown(Unread::new(Cause::Size, "it is too large", "attest it"))
}

fn both(parts: [Examined; 2]) -> Condition {
    Condition::All(parts.iter().map(part).collect())
}

/// What comes of a condition as `applies-when`, and as a check.
fn asked(condition: &Condition) -> [Outcome; 2] {
    let snapshot = Snapshot::new(Arc::new(Tree::default()));
    let engine = Engine::new(Vec::new());
    let view = View {
        snapshot: &snapshot,
        component: None,
        engine: &engine,
    };
    [condition.applies(&view).outcome, condition.examine(&view).outcome]
}

#[test]
fn a_control_does_not_apply_where_a_part_of_all_speaks_of_nothing() {
    for parts in [[nothing(), holds()], [holds(), nothing()]] {
        let [applies, check] = asked(&both(parts));
        assert_eq!(applies, Outcome::NotApplicable);
        assert_eq!(check, Outcome::Pass, "of a check the other parts count");
    }
    assert_eq!(asked(&both([unknown(), nothing()]))[0], Outcome::NotApplicable);
    assert_eq!(asked(&both([holds(), holds()]))[0], Outcome::Pass);
    let within = Condition::Any(vec![both([nothing(), holds()]), part(&holds())]);
    assert_eq!(asked(&within)[0], Outcome::Pass);
}
