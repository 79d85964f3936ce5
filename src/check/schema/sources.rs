//! The files that say what the database holds.

use std::sync::Arc;

use crate::artifact::schema::{Prisma, PrismaSchema, Sql, SqlFile};
use crate::artifact::{read_manifest, unparsed};
use crate::check::View;
use crate::check::files::{LARGEST, not_whole};
use crate::model::{Class, Component, Needs, RepoPath, Unread};
use crate::text::Document;

/// Mappers that make tables of classes or of calls, which are not followed.
const MAPPERS: [&str; 12] = [
    "typeorm",
    "sequelize",
    "knex",
    "drizzle-orm",
    "mongoose",
    "objection",
    "@mikro-orm/core",
    "bookshelf",
    "node-pg-migrate",
    "sqlalchemy",
    "django",
    "kysely",
];

/// What was read of one component, or of all.
#[derive(Default)]
pub(super) struct Sources {
    /// Prisma's files.
    pub(super) prisma: Vec<(RepoPath, Arc<Document>, Arc<Prisma>)>,
    /// Migrations in SQL, in the order in which they run.
    pub(super) sql: Vec<(RepoPath, Arc<Document>, Arc<SqlFile>)>,
    /// The first file that could not be read.
    pub(super) unread: Option<Unread>,
}

impl Sources {
    /// The kind of database that Prisma's data source says.
    pub(super) fn provider(&self) -> Option<&str> {
        self.prisma.iter().find_map(|(_, _, schema)| schema.provider.as_deref())
    }

    pub(super) fn sql(&self) -> impl Iterator<Item = (&RepoPath, &Document, &Sql)> {
        self.sql
            .iter()
            .filter_map(|(path, document, file)| Some((path, &**document, file.0.as_ref().ok()?)))
    }
}

pub(super) fn needs(view: &View<'_>) -> Needs {
    let manifests = manifests(view).into_iter().cloned();
    Needs::files(paths(view).into_iter().chain(manifests))
}

/// The manifests of the asked components that tell of mappers.
fn manifests<'a>(view: &View<'a>) -> Vec<&'a RepoPath> {
    let tree = &view.snapshot.tree;
    let found = tree.those("manifests of mappers", |path, entry, class| {
        let is_manifest = || matches!(path.file_name(), "package.json" | "pyproject.toml" | "requirements.txt");
        class == Class::Source && entry.is_file() && is_manifest()
    });
    let found = found.into_iter().map(|(path, _)| path);
    found.filter(|path| is_asked(view, path)).collect()
}

fn paths(view: &View<'_>) -> Vec<RepoPath> {
    let tree = view.tree();
    let wanted = tree.those("schemas", |path, entry, class| {
        matches!(class, Class::Source | Class::Generated)
            && entry.is_file()
            && (path.extension() == Some("prisma") || is_migration(path))
            && !is_kept_aside(path)
            && entry.size.is_none_or(|size| size <= LARGEST)
    });
    let wanted = wanted.into_iter().filter(|(path, _)| is_asked(view, path));
    wanted.map(|(path, _)| path.clone()).collect()
}

/// `prisma/schema.backup.prisma`, `prisma-backup/migrations/1_init/migration.sql`: a copy of what was, which nothing reads.
/// A migration that adds codes for a backup is none, nor is a model of them.
fn is_kept_aside(path: &RepoPath) -> bool {
    const ASIDE: [&str; 5] = ["backup", "backups", "bak", "archive", "archived"];
    fn words(name: &str) -> impl DoubleEndedIterator<Item = &str> {
        let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()))
    }
    let is_aside = |word: &str| ASIDE.iter().any(|aside| word.eq_ignore_ascii_case(aside));
    let mut folders = path.parent().split('/').take_while(|name| !is_migrations_folder(name));
    let name = path.file_name();
    folders.any(|folder| words(folder).next_back().is_some_and(is_aside))
        || name.starts_with("schema.") && words(name).any(is_aside)
}

/// Whether a file belongs to the component that is asked about. What lies beside components belongs to each.
pub(super) fn is_asked(view: &View<'_>, path: &RepoPath) -> bool {
    let Some(asked) = view.component else { return true };
    Component::of(&view.snapshot.components, path).is_some_and(|of| of.path == asked.path)
}

/// SQL in a folder of migrations, and not what takes one back.
pub(super) fn is_migration(path: &RepoPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".sql") else {
        return false;
    };
    let mut words = stem.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_last_down = stem.rsplit(['.', '_', '-']).next() == Some("down");
    let is_back = is_last_down || words.any(|word| matches!(word, "rollback" | "undo"));
    !is_back && path.parent().split('/').any(is_migrations_folder)
}

/// What teams and tools call their folders of migrations in SQL.
pub(super) fn is_migrations_folder(name: &str) -> bool {
    matches!(name, "migrations" | "migration" | "migrate" | "drizzle")
}

pub(super) fn sources(view: &View<'_>) -> Sources {
    let mut sources = Sources {
        unread: not_whole(view.tree(), "the schema of the database"),
        ..Sources::default()
    };
    for path in paths(view) {
        let document = match view.snapshot.read(path.as_str()).text(path.as_str()) {
            Ok(Some(document)) => document,
            Ok(None) => continue,
            Err(unread) => {
                sources.unread.get_or_insert(unread);
                continue;
            }
        };
        if path.extension() == Some("prisma") {
            match &document.view::<PrismaSchema>().0 {
                Ok(schema) => sources.prisma.push((path, Arc::clone(&document), Arc::clone(schema))),
                Err(error) => {
                    sources.unread.get_or_insert(unparsed(&path, &document, error));
                }
            }
        } else {
            let file = document.view::<SqlFile>();
            sources.sql.push((path, document, file));
        }
    }
    sources
}

/// A mapper that the asked components depend on, whose tables are not followed.
pub(super) fn mapper(view: &View<'_>) -> Option<&'static str> {
    let mut found = None;
    for path in manifests(view) {
        let Ok(Some(declared)) = read_manifest(view.snapshot, path, None) else {
            continue;
        };
        let names: Vec<&str> = declared.dependencies().map(|(known, _)| known.name.as_str()).collect();
        found = found.or_else(|| MAPPERS.into_iter().find(|mapper| names.contains(mapper)));
    }
    found
}
