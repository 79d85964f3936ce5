//! Foreign keys and the indexes behind them.

use std::collections::BTreeSet;

use crate::artifact::schema::{Model, Prisma};
use crate::check::View;
use crate::check::files::cut;
use crate::check::parameters::counted;
use crate::model::{Cause, Examined, Gap, Place, Unread};

use super::Except;
use super::sources::{Sources, mapper, sources};
use super::tables::{Tables, is_indexed, tables};

pub(super) fn examine(view: &View<'_>, except: &Except<'_>) -> Examined {
    let sources = sources(view);
    let tables = tables(&sources);
    let mut compared = 0;
    let mut gaps = Vec::new();
    let mut unread = sources.unread.clone();
    if sources.prisma.is_empty() {
        of_tables(&tables, except, &mut compared, &mut gaps);
    } else {
        match needs_indexes(&sources) {
            Ok(true) => of_models(&sources, &tables, except, &mut compared, &mut gaps),
            Ok(false) => return Examined::pass("this database makes the index of each foreign key itself", Vec::new()),
            Err(why) => unread = unread.or(Some(why)),
        }
    }
    if let Some(first) = gaps.first() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!("{several} of {}: {}", counted(compared, "foreign key"), first.message),
        };
        cut(&mut gaps, "foreign keys");
        return Examined::fail(reason, gaps);
    }
    if let Some(unread) = unread {
        return Examined::unknown(unread);
    }
    if tables.is_mysql && sources.prisma.is_empty() {
        return Examined::pass("this database makes the index of each foreign key itself", Vec::new());
    }
    match (compared, mapper(view)) {
        (0, Some(mapper)) => Examined::unknown(Unread::new(
            Cause::Unmodelled,
            format!("the tables that `{mapper}` makes are not followed"),
            "attest it",
        )),
        (0, None) => Examined::not_applicable("no schema here has a foreign key"),
        (some, _) => Examined::pass(
            format!(
                "each of {} has an index that begins with it",
                counted(some, "foreign key")
            ),
            Vec::new(),
        ),
    }
}

/// Whether foreign keys of this database need an index of their own.
fn needs_indexes(sources: &Sources) -> Result<bool, Unread> {
    let emulates = sources.prisma.iter().any(|(_, _, schema)| schema.emulates_relations);
    match sources.provider() {
        Some("mysql") => Ok(emulates),
        Some("postgresql" | "postgres" | "sqlite" | "sqlserver" | "cockroachdb" | "mongodb") => Ok(true),
        Some(other) => Err(Unread::new(
            Cause::Unmodelled,
            format!("whether `{other}` makes indexes of foreign keys itself is not known"),
            "attest it",
        )),
        None => Err(Unread::new(
            Cause::Unmodelled,
            "no data source of the Prisma schema says which database it is",
            "write `provider` as a constant",
        )),
    }
}

fn of_models(sources: &Sources, tables: &Tables, except: &Except<'_>, compared: &mut usize, gaps: &mut Vec<Gap>) {
    for (path, document, schema) in &sources.prisma {
        let is_lent = |model: &&Model| model.schema.as_deref() == Some(GOTRUE) && is_gotrue(schema);
        for model in schema.models.iter().filter(|model| !is_lent(model)) {
            let mut seen = BTreeSet::new();
            for field in model.fields.iter().filter(|field| !field.relation.is_empty()) {
                let name = field.relation.join(", ");
                if except.has(&model.name, &name) || !seen.insert(name.clone()) {
                    continue;
                }
                *compared += 1;
                let own = model.indexes.iter().map(|index| index.fields.as_slice());
                if is_indexed(&field.relation, own) || is_indexed_by_hand(model, &field.relation, tables) {
                    continue;
                }
                let held = model
                    .fields
                    .iter()
                    .find(|known| field.relation.first() == Some(&known.name));
                let place = Place::span(path, document, &held.unwrap_or(field).span);
                let words = format!("{}.{name}", model.name);
                let why = format!("`{words}` is a foreign key without an index");
                gaps.push(Gap::at(place, &words, why));
            }
        }
    }
}

/// The schema in which Supabase's service for signing in keeps its own tables, which it makes and indexes itself.
/// <https://github.com/supabase/auth/tree/master/migrations>
const GOTRUE: &str = "auth";

/// Whether the schema `auth` of the database is that of Supabase's service.
fn is_gotrue(schema: &Prisma) -> bool {
    const ITS_OWN: [&str; 4] = ["audit_log_entries", "flow_state", "mfa_amr_claims", "saml_relay_states"];
    schema.models.iter().any(|model| {
        let table = model.table.as_deref().unwrap_or(&model.name);
        model.schema.as_deref() == Some(GOTRUE) && ITS_OWN.contains(&table)
    })
}

/// An index that a migration makes and the schema does not tell.
pub(super) fn is_indexed_by_hand(model: &Model, fields: &[String], tables: &Tables) -> bool {
    let table = model.table.as_deref().unwrap_or(&model.name).to_ascii_lowercase();
    let column = |name: &String| {
        let field = model.fields.iter().find(|field| field.name == *name);
        field
            .and_then(|field| field.column.clone())
            .unwrap_or_else(|| name.clone())
    };
    let columns: Vec<String> = fields.iter().map(column).collect();
    let known = tables.by_name.get(&table);
    known.is_some_and(|table| is_indexed(&columns, table.indexes.iter().map(Vec::as_slice)))
}

fn of_tables(tables: &Tables, except: &Except<'_>, compared: &mut usize, gaps: &mut Vec<Gap>) {
    if tables.is_mysql {
        return;
    }
    for (name, table) in &tables.by_name {
        for (columns, place) in &table.foreign {
            let column = columns.join(", ");
            if except.has(name, &column) {
                continue;
            }
            *compared += 1;
            if !is_indexed(columns, table.indexes.iter().map(Vec::as_slice)) {
                let words = format!("{name}.{column}");
                let why = format!("`{words}` is a foreign key without an index");
                gaps.push(Gap::at(place.clone(), &words, why));
            }
        }
    }
}
