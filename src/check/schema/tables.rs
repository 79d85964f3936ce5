//! Tables as migrations in SQL leave them.

use std::collections::BTreeMap;

use crate::artifact::schema::{Change, Key};
use crate::model::{Place, RepoPath};
use crate::text::Document;

use super::sources::Sources;

/// A table.
#[derive(Debug, Default, Clone)]
pub(super) struct Table {
    /// Its columns.
    pub(super) columns: Vec<String>,
    /// The columns of its indexes, in order.
    pub(super) indexes: Vec<Vec<String>>,
    /// Whether it is made here: of another one only what is added is known.
    pub(super) is_made: bool,
    /// Its foreign keys, and where they are made.
    pub(super) foreign: Vec<(Vec<String>, Place)>,
}

/// All tables, by name.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) by_name: BTreeMap<String, Table>,
    /// Whether a file is written for MySQL.
    pub(super) is_mysql: bool,
}

/// Runs all migrations in the order of their paths.
pub(super) fn tables(sources: &Sources) -> Tables {
    let mut tables = Tables::default();
    for (path, document, sql) in sources.sql() {
        tables.is_mysql |= sql.is_mysql;
        for (change, _) in &sql.changes {
            tables.apply(change, path, document);
        }
    }
    tables
}

impl Tables {
    fn apply(&mut self, change: &Change, path: &RepoPath, document: &Document) {
        let add = |table: &mut Table, key: &Key| match key {
            Key::Index(columns) => table.indexes.push(columns.clone()),
            Key::Foreign(columns, span) => table.foreign.push((columns.clone(), Place::span(path, document, span))),
        };
        match change {
            Change::CreateTable { table, columns, keys } => {
                // `IF NOT EXISTS` of a table that is there does nothing.
                if self.by_name.contains_key(table) {
                    return;
                }
                let mut made = Table {
                    is_made: true,
                    columns: columns.iter().map(|column| column.name.clone()).collect(),
                    ..Table::default()
                };
                keys.iter().for_each(|key| add(&mut made, key));
                self.by_name.insert(table.clone(), made);
            }
            Change::AddColumn { table, column, keys } => {
                let table = self.by_name.entry(table.clone()).or_default();
                table.columns.push(column.name.clone());
                keys.iter().for_each(|key| add(table, key));
            }
            Change::AddKey { table, key } => add(self.by_name.entry(table.clone()).or_default(), key),
            Change::RenameTable { table, to } => {
                if let Some(known) = self.by_name.remove(table) {
                    self.by_name.insert(to.clone(), known);
                }
            }
            Change::RenameColumn { table, column, to } => {
                if let Some(table) = self.by_name.get_mut(table) {
                    table.rename(column, to);
                }
            }
            Change::DropColumn { table, column } => {
                if let Some(table) = self.by_name.get_mut(table) {
                    table.columns.retain(|known| known != column);
                    table.indexes.retain(|columns| !columns.contains(column));
                    table.foreign.retain(|(columns, _)| !columns.contains(column));
                }
            }
            Change::DropTable { table } => {
                self.by_name.remove(table);
            }
            Change::ChangeType { .. } | Change::Empty { .. } | Change::Other => {}
        }
    }
}

impl Table {
    fn rename(&mut self, from: &str, to: &str) {
        let foreign = self.foreign.iter_mut().map(|(columns, _)| columns);
        for name in self
            .indexes
            .iter_mut()
            .chain(foreign)
            .flatten()
            .chain(&mut self.columns)
        {
            if name == from {
                to.clone_into(name);
            }
        }
    }
}

/// Whether an index finds rows by these columns: it begins with all of them, in any order.
pub(super) fn is_indexed<'a, S: AsRef<str>>(columns: &[S], indexes: impl IntoIterator<Item = &'a [String]>) -> bool {
    let is_in = |name: &String| columns.iter().any(|column| column.as_ref().eq_ignore_ascii_case(name));
    indexes.into_iter().any(|index| {
        // Of several columns, an index that begins with one of them finds few enough rows.
        index.first().is_some_and(is_in)
    })
}
