//! `branch`: how the branch that is merged into is protected, as GitHub enforces it.
//!
//! `branch = { required-approvals = { min = 1 } }`, `branch = { required-checks = ["readiness"] }`,
//! `branch = { force-push-blocked = true }`: one setting a condition. Classic protection and rulesets count
//! together, the stricter one for each question.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::model::{Examined, Needs};
use crate::text::nearest;

use super::setting::{Setting, Shape, Wish};
use super::{Check, Kind, Problem, View};

/// The settings that can be asked for; each is the fact `branch.NAME`, with what it says in the schema.
pub const SETTINGS: [(&str, Shape, &str); 17] = [
    (
        "protected",
        Shape::Flag,
        "Some protection or ruleset holds for the branch.",
    ),
    (
        "pull-request-required",
        Shape::Flag,
        "Changes reach it through a pull request alone.",
    ),
    (
        "required-approvals",
        Shape::Count,
        "At least so many approving reviews are required.",
    ),
    (
        "dismiss-stale-reviews",
        Shape::Flag,
        "A push takes earlier approvals back.",
    ),
    (
        "code-owner-review",
        Shape::Flag,
        "A code owner of what is changed must approve.",
    ),
    (
        "last-push-approval",
        Shape::Flag,
        "Someone other than the last to push must approve.",
    ),
    (
        "required-checks",
        Shape::List,
        r#"Which checks must succeed: some names, or `"any"` for at least one."#,
    ),
    (
        "required-checks-of-actions",
        Shape::List,
        r#"Which of the required checks GitHub Actions alone may answer, and no other application: some names, or `"any"` for at least one."#,
    ),
    (
        "required-workflows",
        Shape::List,
        r#"Which workflows a ruleset requires, by their paths where they are kept: some, or `"any"` for at least one."#,
    ),
    (
        "strict-checks",
        Shape::Flag,
        "The head must be up to date with the branch before it is merged.",
    ),
    ("signed-commits", Shape::Flag, "Commits must be signed."),
    ("linear-history", Shape::Flag, "Merge commits are refused."),
    ("force-push-blocked", Shape::Flag, "Nobody may rewrite its history."),
    ("deletion-blocked", Shape::Flag, "Nobody may delete it."),
    (
        "admins-included",
        Shape::Flag,
        "Administrators are held to the same rules.",
    ),
    (
        "conversation-resolution",
        Shape::Flag,
        "Every conversation must be resolved.",
    ),
    ("merge-queue", Shape::Flag, "Merges go through a merge queue."),
];

/// The kind.
pub const KIND: Kind = Kind {
    name: "branch",
    summary: "How GitHub protects the branch that is merged into.",
    schema,
    build,
};

#[derive(Debug)]
struct Branch(Setting);

impl Check for Branch {
    fn needs(&self, _view: &View<'_>) -> Needs {
        Needs::facts([self.0.key.clone()])
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        self.0.examine(view.snapshot.facts.get(&self.0.key))
    }
}

fn schema(_generator: &mut SchemaGenerator) -> Schema {
    let mut properties = Map::new();
    for (name, shape, words) in SETTINGS {
        let mut value = match shape {
            Shape::Flag => json!({"type": "boolean"}),
            Shape::Count => json!({
                "type": "object", "properties": {"min": {"type": "integer", "minimum": 1}},
                "required": ["min"], "additionalProperties": false,
            }),
            Shape::List => json!({
                "anyOf": [{"const": "any"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
            }),
            Shape::Text => json!({"type": "string"}),
        };
        value["description"] = json!(words);
        properties.insert(name.to_owned(), value);
    }
    json_schema!({
        "description": "How GitHub protects the branch that is merged into: exactly one setting, such as `{ required-approvals = { min = 1 } }` or `{ protected = true }`. Classic protection and rulesets count together; what the token may not see is unknown.",
        "type": "object", "properties": properties, "additionalProperties": false,
        "minProperties": 1, "maxProperties": 1,
    })
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let entries: Vec<(&String, &Value)> = value.as_object().into_iter().flatten().collect();
    let [(name, wished)] = entries.as_slice() else {
        let mut problem = Problem::at(&[], "`branch` asks for one setting");
        problem.help = Some("write `{ protected = true }`, and join several with `all`".to_owned());
        return Err(vec![problem]);
    };
    let Some((_, shape, _)) = SETTINGS.iter().find(|(known, _, _)| known == name) else {
        let mut problem = Problem::at(
            &[name],
            format!("GitHub's branches have no setting `{name}` that is known"),
        );
        let near = nearest(name, SETTINGS.iter().map(|(known, _, _)| *known));
        problem.help = near.map(|near| format!("did you mean `{near}`?"));
        return Err(vec![problem]);
    };
    let wish = wish_of(*shape, wished).map_err(|message| vec![Problem::at(&[name], message)])?;
    let key = format!("branch.{name}");
    Ok(Box::new(Branch(Setting { key, wish })))
}

fn wish_of(shape: Shape, wished: &Value) -> Result<Wish, &'static str> {
    match shape {
        Shape::Flag if wished.is_boolean() => Ok(Wish::Equals(wished.clone())),
        Shape::Flag => Err("this is `true` or `false`"),
        Shape::Text if wished.is_string() => Ok(Wish::Equals(wished.clone())),
        Shape::Text => Err("this is a text"),
        Shape::Count => match wished["min"].as_u64().filter(|least| *least > 0) {
            Some(least) => Ok(Wish::AtLeast(least)),
            None => Err("this is `{ min = N }`, with N from 1"),
        },
        Shape::List if wished == "any" => Ok(Wish::Any),
        Shape::List => {
            let names = wished.as_array().into_iter().flatten();
            let names: Option<Vec<String>> = names.map(|name| name.as_str().map(str::to_owned)).collect();
            match names {
                Some(names) if !names.is_empty() => Ok(Wish::Has(names)),
                Some(_) | None => Err("this is `\"any\"` or a list of names"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::Engine;
    use crate::model::{Cause, Fact, Outcome, Snapshot, Unread};

    use super::*;

    fn examine(parameters: &Value, key: &str, fact: Fact) -> Examined {
        let check = build(parameters).expect("builds");
        let mut snapshot = Snapshot::default();
        snapshot.facts.insert(key.to_owned(), fact);
        let engine = Engine::new([]);
        let view = View {
            snapshot: &snapshot,
            component: None,
            engine: &engine,
        };
        assert!(check.needs(&view).facts.contains(key));
        check.examine(&view)
    }

    fn known(value: Value) -> Fact {
        let from = "branch protection of `main`".to_owned();
        Fact::Known { value, from }
    }

    fn at_least(value: Value) -> Fact {
        Fact::AtLeast {
            value,
            from: "a ruleset".to_owned(),
            unread: unread(),
        }
    }

    fn unread() -> Unread {
        Unread::new(Cause::Permission, "branch protection could not be read", "give it")
    }

    #[test]
    fn every_shape_passes_fails_and_is_unknown() {
        let approvals = json!({"required-approvals": {"min": 2}});
        let checks = json!({"required-checks": ["a", "b"]});
        let any = json!({"required-checks": "any"});
        let flag = json!({"protected": true});
        let table = [
            (&approvals, known(json!(2)), Some(true)),
            (&approvals, known(json!(1)), Some(false)),
            (&approvals, at_least(json!(2)), Some(true)),
            (&approvals, at_least(json!(1)), None),
            (&approvals, Fact::Unread(unread()), None),
            (&approvals, known(json!("x")), None),
            (&checks, known(json!(["a", "b", "c"])), Some(true)),
            (&checks, known(json!(["a"])), Some(false)),
            (&checks, at_least(json!(["b", "a"])), Some(true)),
            (&checks, at_least(json!(["a"])), None),
            (&any, known(json!(["x"])), Some(true)),
            (&any, known(json!([])), Some(false)),
            (&any, at_least(json!(["x"])), Some(true)),
            (&flag, known(json!(true)), Some(true)),
            (&flag, known(json!(false)), Some(false)),
            (&flag, known(json!(1)), None),
        ];
        for (parameters, fact, expected) in table {
            let name = parameters
                .as_object()
                .and_then(|map| map.keys().next())
                .expect("a name");
            let examined = examine(parameters, &format!("branch.{name}"), fact.clone());
            let outcome = match examined.outcome {
                Outcome::Pass => Some(true),
                Outcome::Fail => Some(false),
                Outcome::Unknown(_) | Outcome::NotApplicable => None,
            };
            assert_eq!(outcome, expected, "{parameters} {fact:?}");
        }
    }

    #[test]
    fn a_failure_says_what_is_and_what_should_be_and_names_what_lacks() {
        let examined = examine(
            &json!({"required-approvals": {"min": 2}}),
            "branch.required-approvals",
            known(json!(0)),
        );
        assert_eq!(
            examined.reason,
            "`branch.required-approvals` is 0, and 2 or more is asked for (branch protection of `main`)"
        );
        let examined = examine(
            &json!({"required-checks": ["a", "b"]}),
            "branch.required-checks",
            known(json!(["c"])),
        );
        let subjects: Vec<&str> = examined.gaps.iter().map(|gap| gap.subject.as_str()).collect();
        assert_eq!(subjects, ["branch.required-checks: a", "branch.required-checks: b"]);
    }

    #[test]
    fn what_nobody_gathered_is_unknown() {
        let check = build(&json!({"protected": true})).expect("builds");
        let (snapshot, engine) = (Snapshot::default(), Engine::new([]));
        let view = View {
            snapshot: &snapshot,
            component: None,
            engine: &engine,
        };
        assert!(matches!(check.examine(&view).outcome, Outcome::Unknown(_)));
    }

    #[test]
    fn mistakes_are_placed_and_helped() {
        let problems = |value: Value| build(&value).map(|_| ()).expect_err("a mistake");
        let slip = problems(json!({"required-aprovals": {"min": 1}}));
        assert_eq!(slip[0].at, ["required-aprovals"]);
        assert_eq!(slip[0].help.as_deref(), Some("did you mean `required-approvals`?"));
        assert!(problems(json!({})).len() == 1 && problems(json!({"protected": true, "merge-queue": true})).len() == 1);
        for wrong in [
            json!({"protected": 1}),
            json!({"required-approvals": {"min": 0}}),
            json!({"required-checks": []}),
            json!({"required-checks": [1]}),
        ] {
            assert_eq!(problems(wrong).len(), 1);
        }
    }
}
