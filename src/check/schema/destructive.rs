//! Migrations that take data away.

use std::collections::BTreeSet;

use crate::artifact::schema::{Change, Sql};
use crate::check::View;
use crate::check::files::cut;
use crate::check::parameters::counted;
use crate::model::{Cause, Examined, Gap, Place, Unread};

use super::Except;
use super::migrations::in_code;
use super::sources::sources;

pub(super) fn examine(view: &View<'_>, except: &Except<'_>) -> Examined {
    let sources = sources(view);
    let mut gaps = Vec::new();
    for (path, document, sql) in sources.sql() {
        let own = made_here(sql);
        for (change, span) in &sql.changes {
            let Some((words, why, table, column)) = told(change) else {
                continue;
            };
            if own.contains(table) || except.has(table, column) {
                continue;
            }
            let why = format!("`{path}` {why}");
            gaps.push(Gap::at(Place::span(path, document, span), &words, why));
        }
    }
    if let Some(first) = gaps.first() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!(
                "{}, first: {}",
                counted(several, "destructive statement"),
                first.message
            ),
        };
        cut(&mut gaps, "migrations");
        return Examined::fail(reason, gaps);
    }
    if let Some(unread) = sources.unread {
        return Examined::unknown(unread);
    }
    if let Some(path) = in_code(view) {
        let what = format!("migrations in code are not followed: `{path}`");
        return Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest it"));
    }
    match sources.sql.len() {
        0 => Examined::not_applicable("there are no migrations in SQL here"),
        some => Examined::pass(format!("{} take no data away", counted(some, "migration")), Vec::new()),
    }
}

/// Tables that a migration makes itself, or puts another in the place of: what it drops of them is nobody's data.
fn made_here(sql: &Sql) -> BTreeSet<&str> {
    let mut made = BTreeSet::new();
    let mut dropped = BTreeSet::new();
    for (change, _) in &sql.changes {
        match change {
            // A table that is dropped first and then made anew loses its rows.
            Change::CreateTable { table, .. } if !dropped.contains(table.as_str()) => {
                made.insert(table.as_str());
            }
            Change::RenameTable { table, to } if made.contains(table.as_str()) => {
                made.insert(to.as_str());
            }
            Change::DropTable { table } => {
                dropped.insert(table.as_str());
            }
            Change::CreateTable { .. }
            | Change::RenameTable { .. }
            | Change::AddColumn { .. }
            | Change::AddKey { .. }
            | Change::DropKey { .. }
            | Change::RenameKey { .. }
            | Change::RenameColumn { .. }
            | Change::ChangeType { .. }
            | Change::DropColumn { .. }
            | Change::Empty { .. }
            | Change::Other => {}
        }
    }
    made
}

/// The words of a finding, what it says, and the table and column.
fn told(change: &Change) -> Option<(String, String, &str, &str)> {
    let of = |sign: &str, what: String, table, column| Some((format!("{sign} {table}.{column}"), what, table, column));
    match change {
        Change::DropTable { table } => of("drop", format!("drops the table `{table}`"), table.as_str(), ""),
        Change::Empty { table } => of("empty", format!("takes all rows out of `{table}`"), table.as_str(), ""),
        Change::DropColumn { table, column } => of(
            "drop",
            format!("drops the column `{table}.{column}`"),
            table.as_str(),
            column.as_str(),
        ),
        Change::RenameColumn { table, column, .. } => of(
            "rename",
            format!("renames the column `{table}.{column}`, which the running version still uses"),
            table.as_str(),
            column.as_str(),
        ),
        Change::RenameTable { table, .. } => of(
            "rename",
            format!("renames the table `{table}`, which the running version still uses"),
            table.as_str(),
            "",
        ),
        Change::ChangeType { table, column } => of(
            "type",
            format!("changes the type of `{table}.{column}`"),
            table.as_str(),
            column.as_str(),
        ),
        Change::CreateTable { .. }
        | Change::AddColumn { .. }
        | Change::AddKey { .. }
        | Change::DropKey { .. }
        | Change::RenameKey { .. }
        | Change::Other => None,
    }
}
