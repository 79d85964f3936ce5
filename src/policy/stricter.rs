//! Whether one definition of a control asks at least what another asks.
//!
//! Only what holds whatever the checks find is believed: the same definition, or one to which conditions
//! were added where all must hold or none may. Where alternatives differ, a part that does not apply could
//! turn a failure into something else, so that is a change.

use serde_json::{Map, Value as Json};

/// Whether head's definition (as `Control.definition`) fails wherever base's does, the required strength aside.
pub(super) fn is_at_least(base: &str, head: &str) -> bool {
    if base == head {
        return true;
    }
    let (Ok(base), Ok(head)) = (serde_json::from_str::<Json>(base), serde_json::from_str::<Json>(head)) else {
        return false;
    };
    let applies = &head["applies-when"];
    // Judged everywhere is more than judged somewhere.
    (applies.is_null() || *applies == base["applies-when"])
        && base["scope"] == head["scope"]
        && base["asked-when"] == head["asked-when"]
        && asks_at_least(&base["check"], &head["check"])
}

/// A condition's table asks what all its keys ask together.
fn asks_at_least(base: &Json, head: &Json) -> bool {
    if base == head {
        return true;
    }
    let (Some(base), Some(head)) = (base.as_object(), head.as_object()) else {
        return false;
    };
    base.iter().all(|(key, asked)| key_asks_at_least(key, asked, head))
}

fn key_asks_at_least(key: &str, asked: &Json, head: &Map<String, Json>) -> bool {
    let Some(asks) = head.get(key) else {
        return false;
    };
    match (key, asked.as_array(), asks.as_array()) {
        ("all", Some(base), Some(head)) => base
            .iter()
            .all(|asked| head.contains(asked) || head.iter().any(|asks| asks_at_least(asked, asks))),
        ("none", Some(base), Some(head)) => base.iter().all(|refused| head.contains(refused)),
        _ => asks == asked,
    }
}

#[cfg(test)]
mod tests {
    use super::is_at_least;

    fn definition(check: &str) -> String {
        format!(r#"{{"applies-when":null,"check":{check},"requires":"present","scope":"repository"}}"#)
    }

    #[test]
    fn what_is_added_where_all_must_hold_is_stricter() {
        for (base, head) in [
            (r#"{"path":"a"}"#, r#"{"path":"a","text":"b"}"#),
            (
                r#"{"all":[{"path":"a"}]}"#,
                r#"{"all":[{"path":"b"},{"path":"a","text":"x"}]}"#,
            ),
            (r#"{"none":[{"path":"a"}]}"#, r#"{"none":[{"path":"a"},{"path":"b"}]}"#),
            (r#"{"any":[{"path":"a"}]}"#, r#"{"any":[{"path":"a"}],"path":"b"}"#),
        ] {
            assert!(is_at_least(&definition(base), &definition(head)), "{base} {head}");
            assert!(!is_at_least(&definition(head), &definition(base)), "{head} {base}");
        }
    }

    #[test]
    fn what_can_not_be_shown_is_a_change() {
        for (base, head) in [
            (r#"{"path":"a"}"#, r#"{"path":"b"}"#),
            (r#"{"path":"a"}"#, r#"{"any":[{"path":"a"},{"path":"b"}]}"#),
            (r#"{"any":[{"path":"a"}]}"#, r#"{"any":[{"path":"a"},{"path":"b"}]}"#),
            (r#"{"any":[{"path":"a"},{"path":"b"}]}"#, r#"{"any":[{"path":"a"}]}"#),
            (r#"{"none":[{"path":"a"}]}"#, r#"{"none":[{"path":"a","text":"x"}]}"#),
            (
                r#"{"any":[{"all":[{"path":"a"}]}]}"#,
                r#"{"any":[{"all":[{"path":"a"},{"path":"b"}]}]}"#,
            ),
        ] {
            assert!(!is_at_least(&definition(base), &definition(head)), "{base} {head}");
        }
    }

    #[test]
    fn a_control_judged_somewhere_is_less_than_one_judged_everywhere() {
        let everywhere = definition(r#"{"path":"a"}"#);
        let somewhere = everywhere.replace("null", r#"{"path":"b"}"#);
        assert!(!is_at_least(&everywhere, &somewhere));
        assert!(is_at_least(&somewhere, &everywhere));
        let by_component = everywhere.replace("repository", "component");
        assert!(!is_at_least(&everywhere, &by_component) && !is_at_least(&by_component, &everywhere));
    }
}
