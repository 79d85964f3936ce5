//! `schema`: what the database holds, by Prisma's schema and by SQL: indexes, migrations, models.
//!
//! Both are replayed into tables. What makes tables in other ways (a mapper's classes, migrations in code) is not
//! followed, and makes the answer unknown where it could change it.

mod destructive;
mod indexes;
mod migrations;
mod models;
mod sources;
mod tables;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Examined, Needs};

use super::parameters::{OneOrMany, read};
use super::{Check, Kind, Problem, View};

/// The kind.
pub const KIND: Kind = Kind {
    name: "schema",
    summary: "What the database holds: indexes behind foreign keys, migrations, models and fields.",
    schema: |generator| generator.subschema_for::<Parameters>(),
    build,
};

/// What is asked of the database's schema. Exactly one of `asks` and `model` is given.
///
/// `{ asks = "foreign-keys-indexed" }`: each foreign key has an index that begins with it, unless the database makes one.
/// `{ asks = "migrations-tracked" }`: there are migrations, and git tracks them.
/// `{ asks = "no-destructive-migration" }`: no migration drops or empties a table, drops or renames a column, or changes
/// its type. `{ asks = "models-exist" }`: each `prisma.model` of code that runs is a model of the schema.
/// `{ model = "RefreshToken", field = "revokedAt" }`: this model has this field.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "SchemaParameters")]
struct Parameters {
    /// What must hold of the whole.
    asks: Option<Ask>,
    /// A model or table that must be there, or several of which one will do; signs and case don't count, `*` stands for
    /// any letters.
    model: Option<OneOrMany>,
    /// A field or column that it must have, or several of which one will do.
    field: Option<OneOrMany>,
    /// Of `foreign-keys-indexed`, `no-destructive-migration` and `models-exist`: names that are not asked about, as
    /// `Model` or `Model.field`; `*` stands for any letters.
    except: Option<OneOrMany>,
}

/// What must hold of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SchemaAsk")]
enum Ask {
    /// Each foreign key has an index that begins with it.
    ForeignKeysIndexed,
    /// There are migrations, and git tracks them.
    MigrationsTracked,
    /// No migration takes data away.
    NoDestructiveMigration,
    /// Each model that running code asks Prisma for is in the schema.
    ModelsExist,
}

#[derive(Debug)]
enum Question {
    Whole(Ask),
    Has { model: Vec<String>, field: Vec<String> },
}

#[derive(Debug)]
struct SchemaCheck {
    question: Question,
    except: Vec<String>,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let list = |names: Option<OneOrMany>| names.map_or_else(Vec::new, |names| names.as_slice().to_vec());
    let (model, field, except) = (list(parameters.model), list(parameters.field), list(parameters.except));
    let question = match (parameters.asks, model.is_empty()) {
        (Some(ask), true) if field.is_empty() => Question::Whole(ask),
        (None, false) => Question::Has { model, field },
        (Some(_), _) => {
            return Err(vec![Problem::at(
                &["asks"],
                "this is asked alone, without `model` and `field`",
            )]);
        }
        (None, true) => return Err(vec![Problem::at(&[], "this asks for nothing: give `asks` or `model`")]),
    };
    Ok(Box::new(SchemaCheck { question, except }))
}

impl Check for SchemaCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        match self.question {
            Question::Whole(Ask::ModelsExist) => models::needs(view),
            Question::Whole(Ask::MigrationsTracked) => migrations::needs(view),
            Question::Whole(Ask::ForeignKeysIndexed | Ask::NoDestructiveMigration) | Question::Has { .. } => {
                sources::needs(view)
            }
        }
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let except = Except(&self.except);
        match &self.question {
            Question::Whole(Ask::ForeignKeysIndexed) => indexes::examine(view, &except),
            Question::Whole(Ask::MigrationsTracked) => migrations::examine(view),
            Question::Whole(Ask::NoDestructiveMigration) => destructive::examine(view, &except),
            Question::Whole(Ask::ModelsExist) => models::examine(view, &except),
            Question::Has { model, field } => models::has(view, model, field),
        }
    }
}

/// Names that are not asked about.
struct Except<'a>(&'a [String]);

impl Except<'_> {
    fn has(&self, table: &str, column: &str) -> bool {
        let whole = format!("{table}.{column}");
        let is_like = |name: &str| self.0.iter().any(|pattern| super::code::is_like(pattern, name));
        is_like(table) || is_like(&whole)
    }
}
