//! `schema`: what the database holds, by Prisma's schema and by SQL: indexes, migrations, models.
//!
//! Both are replayed into tables. What makes tables in other ways (a mapper's classes, migrations in code) is not
//! followed, and makes the answer unknown where it could change it.

mod altered;
mod destructive;
mod filters;
mod indexes;
mod migrations;
mod models;
mod one_off;
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
/// `{ asks = "frequent-filters-indexed" }`: each column that running code filters by in several places, in queries that no
/// index serves otherwise, has an index; `least` says in how many. `{ asks = "migrations-tracked" }`: there are migrations, and git tracks them.
/// `{ asks = "no-destructive-migration" }`: no migration drops or empties a table, drops or renames a column, or changes
/// its type. `{ asks = "no-one-off-sql" }`: no file of SQL beside the migrations changes what no migration changes.
/// `{ asks = "altered-tables-made" }`: each table that migrations alter is made by something in the repository.
/// `{ asks = "models-exist" }`: each `prisma.model` of code that runs is a model of the schema.
/// `{ model = "RefreshToken", field = "revokedAt" }`: this model has this field.
/// `{ model = "Order", index = ["shopId", "createdAt"] }`: an index of this model begins with these columns.
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
    /// The columns that an index of the model must begin with, in this order; unique and primary keys count.
    index: Option<OneOrMany>,
    /// Of `frequent-filters-indexed`: in how many places a column must be filtered by to count. Default: 3.
    least: Option<u32>,
    /// Of `foreign-keys-indexed`, `frequent-filters-indexed`, `no-destructive-migration`, `no-one-off-sql`, `altered-tables-made` and `models-exist`: names that are not asked about, as
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
    /// Each column that running code often filters by has an index.
    FrequentFiltersIndexed,
    /// There are migrations, and git tracks them.
    MigrationsTracked,
    /// No migration takes data away.
    NoDestructiveMigration,
    /// What SQL beside the migrations changes, a migration changes, too.
    NoOneOffSql,
    /// Each table that migrations in SQL alter is made.
    AlteredTablesMade,
    /// Each model that running code asks Prisma for is in the schema.
    ModelsExist,
}

#[derive(Debug)]
enum Question {
    Whole(Ask),
    Has(models::Wanted),
}

#[derive(Debug)]
struct SchemaCheck {
    question: Question,
    except: Vec<String>,
    least: u32,
}

fn build(value: &Value) -> Result<Box<dyn Check>, Vec<Problem>> {
    let parameters: Parameters = read(value)?;
    let list = |names: Option<OneOrMany>| names.map_or_else(Vec::new, |names| names.as_slice().to_vec());
    let wanted = models::Wanted {
        model: list(parameters.model),
        field: list(parameters.field),
        index: list(parameters.index),
    };
    let except = list(parameters.except);
    let least = parameters.least.unwrap_or(filters::LEAST);
    if parameters.least == Some(0) || parameters.least.is_some() && parameters.asks != Some(Ask::FrequentFiltersIndexed)
    {
        return Err(vec![Problem::at(
            &["least"],
            "`least` belongs to `asks = \"frequent-filters-indexed\"`, and is 1 or more",
        )]);
    }
    let question = match (parameters.asks, wanted.model.is_empty()) {
        (Some(ask), true) if wanted.field.is_empty() && wanted.index.is_empty() => Question::Whole(ask),
        (None, false) => Question::Has(wanted),
        (Some(_), _) => {
            return Err(vec![Problem::at(
                &["asks"],
                "this is asked alone, without `model`, `field` and `index`",
            )]);
        }
        (None, true) => return Err(vec![Problem::at(&[], "this asks for nothing: give `asks` or `model`")]),
    };
    Ok(Box::new(SchemaCheck {
        question,
        except,
        least,
    }))
}

impl Check for SchemaCheck {
    fn needs(&self, view: &View<'_>) -> Needs {
        match self.question {
            Question::Whole(Ask::ModelsExist | Ask::FrequentFiltersIndexed) => models::needs(view),
            Question::Whole(Ask::MigrationsTracked) => migrations::needs(view),
            Question::Whole(Ask::NoOneOffSql) => one_off::needs(view),
            Question::Whole(Ask::AlteredTablesMade) => altered::needs(view),
            Question::Whole(Ask::ForeignKeysIndexed | Ask::NoDestructiveMigration) | Question::Has(_) => {
                sources::needs(view)
            }
        }
    }

    fn examine(&self, view: &View<'_>) -> Examined {
        let except = Except(&self.except);
        match &self.question {
            Question::Whole(Ask::ForeignKeysIndexed) => indexes::examine(view, &except),
            Question::Whole(Ask::FrequentFiltersIndexed) => filters::examine(view, &except, self.least),
            Question::Whole(Ask::MigrationsTracked) => migrations::examine(view),
            Question::Whole(Ask::NoDestructiveMigration) => destructive::examine(view, &except),
            Question::Whole(Ask::NoOneOffSql) => one_off::examine(view, &except),
            Question::Whole(Ask::AlteredTablesMade) => altered::examine(view, &except),
            Question::Whole(Ask::ModelsExist) => models::examine(view, &except),
            Question::Has(wanted) => models::has(view, wanted),
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
