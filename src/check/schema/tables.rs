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
    /// The keys whose names are known: an index's columns, or a foreign key's.
    named: Vec<(String, Key)>,
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
            Change::AddKey { table, key, name } => {
                let name = name.clone().unwrap_or_else(|| given_name(table, key));
                let table = self.by_name.entry(table.clone()).or_default();
                add(table, key);
                table.named.push((name, key.clone()));
            }
            Change::DropKey { name } => self.by_name.iter_mut().for_each(|(of, table)| table.drop_key(of, name)),
            Change::RenameKey { name, to } => {
                let named = self.by_name.values_mut().flat_map(|table| &mut table.named);
                named
                    .filter(|(known, _)| known == name)
                    .for_each(|(known, _)| to.clone_into(known));
            }
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

/// The name that PostgreSQL gives to a key without one.
/// <https://www.postgresql.org/docs/current/sql-createindex.html>
fn given_name(table: &str, key: &Key) -> String {
    match key {
        Key::Index(columns) => format!("{table}_{}_idx", columns.join("_")),
        Key::Foreign(columns, _) => format!("{table}_{}_fkey", columns.join("_")),
    }
}

impl Table {
    /// Takes away the index or the foreign key of this name, or the one that has none and would be called so.
    fn drop_key(&mut self, table: &str, name: &str) {
        let at = self.named.iter().position(|(known, _)| known == name);
        if let Some((_, key)) = at.map(|at| self.named.remove(at)) {
            match key {
                Key::Index(columns) => {
                    if let Some(at) = self.indexes.iter().rposition(|known| *known == columns) {
                        self.indexes.remove(at);
                    }
                }
                Key::Foreign(columns, _) => self.foreign.retain(|(known, _)| *known != columns),
            }
            return;
        }
        let is_called = |columns: &[String], ending: &str| name == format!("{table}_{}_{ending}", columns.join("_"));
        self.foreign.retain(|(columns, _)| !is_called(columns, "fkey"));
        self.indexes.retain(|columns| !is_called(columns, "key"));
    }

    fn rename(&mut self, from: &str, to: &str) {
        let named = self.named.iter_mut().map(|(_, key)| match key {
            Key::Index(columns) | Key::Foreign(columns, _) => columns,
        });
        for name in named.flatten().filter(|name| *name == from) {
            to.clone_into(name);
        }
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
