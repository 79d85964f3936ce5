//! SQL that changes the database and that no migration holds: on the next database it is missing, or run twice.

use crate::artifact::schema::{Change, Key, SqlFile};
use crate::check::View;
use crate::check::files::{LARGEST, cut, not_whole, open};
use crate::check::parameters::counted;
use crate::model::{Cause, Class, Entry, Examined, Gap, Needs, Place, RepoPath, Unread};

use super::Except;
use super::migrations::in_code;
use super::sources::{is_asked, is_migrations_folder, needs as sources_needs, sources};
use super::tables::{Tables, is_indexed, tables};

/// Words in the names of files and folders whose SQL makes a database from nothing, fills it, or only asks it.
const OTHER_PURPOSE: [&str; 30] = [
    "backup",
    "bench",
    "demo",
    "down",
    "dump",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "function",
    "functions",
    "init",
    "initdb",
    "procedures",
    "queries",
    "query",
    "rollback",
    "sample",
    "samples",
    "schema",
    "schemas",
    "seed",
    "seeders",
    "seeds",
    "setup",
    "snapshot",
    "structure",
    "test",
    "tests",
    "views",
];

pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = sources_needs(view);
    needs
        .files
        .extend(files(view).into_iter().map(|(path, _)| path.clone()));
    needs
}

/// The files of SQL beside the migrations that are there to be run.
fn files<'a>(view: &View<'a>) -> Vec<(&'a RepoPath, &'a Entry)> {
    let tree = &view.snapshot.tree;
    let is_meant = |path: &RepoPath| {
        let name = path.as_str().to_ascii_lowercase();
        let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
        !words.any(|word| OTHER_PURPOSE.contains(&word)) && !path.parent().split('/').any(is_migrations_folder)
    };
    let found = tree.iter().filter(|(path, entry)| {
        entry.is_file()
            && path.extension() == Some("sql")
            && entry.size.is_none_or(|size| size <= LARGEST)
            && tree.class(path.as_str()) == Class::Source
            && is_meant(path)
            && is_asked(view, path)
    });
    found.collect()
}

pub(super) fn examine(view: &View<'_>, except: &Except<'_>) -> Examined {
    let sources = sources(view);
    let tables = tables(&sources);
    let in_code = in_code(view);
    if sources.sql.is_empty() && in_code.is_none() {
        return match sources.unread {
            Some(unread) => Examined::unknown(unread),
            None => Examined::not_applicable("there are no migrations here that could hold it"),
        };
    }
    let files = files(view);
    let (mut gaps, mut unread) = (Vec::new(), sources.unread.clone());
    for (path, entry) in &files {
        let document = match open(view.snapshot, (path, entry)) {
            Ok(document) => document,
            Err(why) => {
                unread.get_or_insert(why);
                continue;
            }
        };
        let file = document.view::<SqlFile>();
        let Ok(sql) = &file.0 else { continue };
        let loose = sql.changes.iter().find_map(|(change, span)| {
            let (table, what) = loose(change, &tables)?;
            (!except.has(table, "")).then_some((span, what))
        });
        if let Some((span, what)) = loose {
            let why = format!("`{path}` {what}, and no migration does");
            gaps.push(Gap::at(Place::span(path, &document, span), "one-off", why));
        }
    }
    if let (Some(first), Some(path)) = (gaps.first(), &in_code) {
        let what = format!(
            "{}, unless `{path}` or another one in code does, which is not followed",
            first.message
        );
        return Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest it"));
    }
    if let Some(first) = gaps.first() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!("{}, first: {}", counted(several, "one-off script"), first.message),
        };
        cut(&mut gaps, "SQL");
        return Examined::fail(reason, gaps);
    }
    match unread.or_else(|| not_whole(view.tree(), "SQL beside the migrations")) {
        Some(unread) => Examined::unknown(unread),
        None => Examined::pass("what SQL changes here, a migration changes", Vec::new()),
    }
}

/// What a statement does that the migrations together do not, and to which table.
fn loose<'a>(change: &'a Change, tables: &Tables) -> Option<(&'a str, String)> {
    let known = |table: &str| tables.by_name.get(table);
    let (table, what, is_held) = match change {
        Change::CreateTable { table, .. } => (table, format!("makes the table `{table}`"), known(table).is_some()),
        Change::AddColumn { table, column, .. } => {
            let is_held = known(table).is_some_and(|known| known.columns.contains(&column.name));
            (table, format!("adds the column `{table}.{}`", column.name), is_held)
        }
        Change::AddKey { table, key, .. } => {
            let is_held = known(table).is_some_and(|known| match key {
                Key::Index(columns) => is_indexed(columns, known.indexes.iter().map(Vec::as_slice)),
                Key::Foreign(columns, _) => known.foreign.iter().any(|(of, _)| of == columns),
            });
            (table, format!("adds a key or an index to `{table}`"), is_held)
        }
        Change::RenameTable { table, to } => (table, format!("renames the table `{table}`"), known(to).is_some()),
        Change::RenameColumn { table, column, to } => {
            let is_held = known(table).is_some_and(|known| known.columns.contains(to));
            (table, format!("renames the column `{table}.{column}`"), is_held)
        }
        Change::ChangeType { table, column } => (table, format!("changes the type of `{table}.{column}`"), false),
        Change::DropColumn { table, column } => {
            let is_held = known(table).is_some_and(|known| !known.columns.contains(column));
            (table, format!("drops the column `{table}.{column}`"), is_held)
        }
        Change::DropTable { table } => (table, format!("drops the table `{table}`"), known(table).is_none()),
        Change::Empty { table } => (table, format!("takes all rows out of `{table}`"), false),
        Change::DropKey { .. } | Change::RenameKey { .. } | Change::Other => return None,
    };
    (!is_held).then_some((table.as_str(), what))
}
