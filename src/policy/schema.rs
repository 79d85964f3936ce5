//! The JSON Schema of a policy: what editors complete by, and what its shape is checked against.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json, json};

use crate::check::{KINDS, Kind};

use super::shape::PolicyShape;

/// Where the schema is published.
const ID: &str = "https://raw.githubusercontent.com/readygate/readygate/main/policies/readiness.schema.json";

/// The dialect that it is written in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The JSON Schema (draft 2020-12) of a policy, with the parameters of all check kinds.
pub fn schema() -> Json {
    schema_of(KINDS)
}

/// The schema for these check kinds.
pub(super) fn schema_of(kinds: &[Kind]) -> Json {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut properties = joins();
    for kind in kinds {
        let mut parameters = (kind.schema)(&mut generator).to_value();
        if let Some(parameters) = parameters.as_object_mut() {
            parameters.insert("description".to_owned(), Json::from(kind.summary));
        }
        properties.insert(kind.name.to_owned(), parameters);
    }
    let condition = json!({
        "title": "Condition",
        "description": "One check kind with its parameters, or several conditions joined; several keys must all hold.",
        "type": "object",
        "minProperties": 1,
        "properties": properties,
        "additionalProperties": false,
    });
    let made = generator.into_root_schema_for::<PolicyShape>().to_value();
    let mut root = Map::new();
    root.insert("$schema".to_owned(), Json::from(DIALECT));
    root.insert("$id".to_owned(), Json::from(ID));
    root.insert("title".to_owned(), Json::from("readygate policy"));
    if let Json::Object(made) = made {
        for (key, value) in made {
            root.entry(key).or_insert(value);
        }
    }
    let definitions = root.entry("$defs").or_insert_with(|| Json::Object(Map::new()));
    if let Some(definitions) = definitions.as_object_mut() {
        definitions.insert("Condition".to_owned(), condition);
        definitions.sort_keys();
    }
    let mut root = Json::Object(root);
    drop_null(&mut root);
    root
}

fn joins() -> Map<String, Json> {
    [
        ("all", "All of these must hold."),
        ("any", "One of these must hold."),
        ("none", "None of these may hold."),
    ]
    .into_iter()
    .map(|(name, description)| {
        let join = json!({
            "description": description,
            "type": "array",
            "minItems": 1,
            "items": { "$ref": "#/$defs/Condition" },
        });
        (name.to_owned(), join)
    })
    .collect()
}

/// TOML has no null: what may be left out is left out.
fn drop_null(schema: &mut Json) {
    match schema {
        Json::Array(items) => items.iter_mut().for_each(drop_null),
        Json::Object(rules) => {
            rules.values_mut().for_each(drop_null);
            if rules.get("default") == Some(&Json::Null) {
                rules.remove("default");
            }
            if let Some(Json::Array(types)) = rules.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    rules.insert("type".to_owned(), only);
                }
            }
            if let Some(Json::Array(words)) = rules.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            let Some(Json::Array(branches)) = rules.get_mut("anyOf") else {
                return;
            };
            branches.retain(|branch| branch.get("type").is_none_or(|name| name != "null"));
            if let [Json::Object(only)] = branches.as_slice() {
                let only = only.clone();
                rules.remove("anyOf");
                for (key, value) in only {
                    rules.entry(key).or_insert(value);
                }
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::schema;

    #[test]
    fn nothing_in_it_is_null() {
        let text = schema().to_string();
        assert!(!text.contains("\"null\"") && !text.contains(":null"), "{text}");
    }
}
