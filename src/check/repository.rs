//! `repository`: a setting of the repository on GitHub.
//!
//! `repository = { setting = "delete-branch-on-merge", equals = true }`. `equals` is `true` when it is left out.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::model::{Examined, Needs};
use crate::text::nearest;

use super::setting::{Setting, Shape, Wish};
use super::{Check, Kind, Problem, View};

/// The settings that can be asked for; each is the fact `repository.NAME`.
pub const SETTINGS: [(&str, Shape); 18] = [
    ("default-branch", Shape::Text),
    ("visibility", Shape::Text),
    ("private", Shape::Flag),
    ("archived", Shape::Flag),
    ("fork", Shape::Flag),
    ("has-issues", Shape::Flag),
    ("has-license", Shape::Flag),
    ("delete-branch-on-merge", Shape::Flag),
    ("allow-auto-merge", Shape::Flag),
    ("allow-merge-commit", Shape::Flag),
    ("allow-squash-merge", Shape::Flag),
    ("allow-rebase-merge", Shape::Flag),
    ("security-policy", Shape::Flag),
    ("vulnerability-alerts", Shape::Flag),
    ("dependabot-security-updates", Shape::Flag),
    ("secret-scanning", Shape::Flag),
    ("secret-scanning-push-protection", Shape::Flag),
    ("private-vulnerability-reporting", Shape::Flag),
];

/// The kind.
pub const KIND: Kind = Kind {
    name: "repository",
    summary: "A setting of the repository on GitHub.",
    schema,
    build,
};

#[derive(Debug)]
struct Repository(Setting);

impl Check for Repository {
    fn needs(&self, _view: &View<'_>) -> Needs {
        Needs::facts([self.0.key.clone()])
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        self.0.examine(view.snapshot.facts.get(&self.0.key))
    }
}

fn schema(_generator: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
    json_schema!({
        "description": "A setting of the repository on GitHub: `{ setting = \"delete-branch-on-merge\", equals = true }`. What the token may not see is unknown.",
        "type": "object",
        "properties": {
            "setting": {"description": "The setting's name.", "enum": names},
            "equals": {"description": "The value that it should have.", "type": ["boolean", "string"], "default": true},
        },
        "required": ["setting"], "additionalProperties": false,
    })
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let names = || SETTINGS.iter().map(|(name, _)| *name);
    let mut problems = Vec::new();
    for key in value.as_object().into_iter().flat_map(|map| map.keys()) {
        if key != "setting" && key != "equals" {
            let mut problem = Problem::at(&[key], format!("`repository` has no parameter `{key}`"));
            problem.help = Some("it has `setting` and `equals`".to_owned());
            problems.push(problem);
        }
    }
    let setting = value["setting"].as_str().unwrap_or_default();
    let Some((_, shape)) = SETTINGS.iter().find(|(name, _)| *name == setting) else {
        let mut problem = Problem::at(&["setting"], format!("GitHub has no setting `{setting}` that is known"));
        let near = nearest(setting, names()).map(|near| format!("did you mean `{near}`?"));
        let all = || format!("known are {}", names().collect::<Vec<_>>().join(", "));
        problem.help = Some(near.unwrap_or_else(all));
        problems.push(problem);
        return Err(problems);
    };
    let wished = value.get("equals").cloned().unwrap_or(Value::Bool(true));
    let has_shape = match shape {
        Shape::Text => wished.is_string(),
        Shape::Flag | Shape::Count | Shape::List => wished.is_boolean(),
    };
    if !has_shape {
        let kind = if *shape == Shape::Text {
            "a text"
        } else {
            "`true` or `false`"
        };
        problems.push(Problem::at(&["equals"], format!("`{setting}` is {kind}")));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let key = format!("repository.{setting}");
    let wish = Wish::Equals(wished);
    Ok(Box::new(Repository(Setting { key, wish })))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::Engine;
    use crate::model::{Cause, Fact, Outcome, Snapshot, Unread};

    use super::*;

    fn outcome(parameters: &Value, fact: Fact) -> Outcome {
        let check = build(parameters).expect("builds");
        let mut snapshot = Snapshot::default();
        let name = parameters["setting"].as_str().expect("a name");
        snapshot.facts.insert(format!("repository.{name}"), fact);
        let engine = Engine::new([]);
        let view = View {
            snapshot: &snapshot,
            component: None,
            engine: &engine,
        };
        check.examine(&view).outcome
    }

    fn known(value: Value) -> Fact {
        let from = "the settings of the repository".to_owned();
        Fact::Known { value, from }
    }

    #[test]
    fn a_setting_passes_fails_and_is_unknown() {
        let flag = json!({"setting": "secret-scanning"});
        assert_eq!(outcome(&flag, known(json!(true))), Outcome::Pass);
        assert_eq!(outcome(&flag, known(json!(false))), Outcome::Fail);
        let unread = Unread::new(Cause::Permission, "no", "give it");
        assert_eq!(outcome(&flag, Fact::Unread(unread.clone())), Outcome::Unknown(unread));
        let text = json!({"setting": "visibility", "equals": "private"});
        assert_eq!(outcome(&text, known(json!("private"))), Outcome::Pass);
        assert_eq!(outcome(&text, known(json!("public"))), Outcome::Fail);
        assert!(matches!(outcome(&text, known(json!(true))), Outcome::Unknown(_)));
    }

    #[test]
    fn mistakes_are_placed_and_helped() {
        let problems = |value: Value| build(&value).map(|_| ()).expect_err("a mistake");
        let slip = problems(json!({"setting": "secret-scaning"}));
        assert_eq!(slip[0].help.as_deref(), Some("did you mean `secret-scanning`?"));
        assert_eq!(
            problems(json!({"setting": "private", "equals": "yes"}))[0].at,
            ["equals"]
        );
        assert_eq!(problems(json!({"setting": "visibility"}))[0].at, ["equals"]);
        assert_eq!(problems(json!({"settings": "private"})).len(), 2);
    }
}
