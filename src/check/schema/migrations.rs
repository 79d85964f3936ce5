//! Whether there are migrations, and git tracks them.

use std::sync::Arc;

use crate::artifact::{Gitignore, Ignores, PathKind};
use crate::check::View;
use crate::check::files::not_whole;
use crate::check::parameters::counted;
use crate::model::{Cause, Class, Evidence, Examined, Gap, Needs, Place, Read, RepoPath, Strength, Unread};

use super::sources::{is_asked, is_migration, mapper, needs as sources_needs, sources};

pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = sources_needs(view);
    let told = view.tree().those("configurations of Prisma", |path, entry, class| {
        let is_told = || path.file_name() == ".gitignore" || is_configuration(path);
        !class.is_of_nobody() && entry.is_file() && is_told()
    });
    needs.files.extend(told.into_iter().map(|(path, _)| path.clone()));
    needs
}

fn is_configuration(path: &RepoPath) -> bool {
    path.file_name().starts_with("prisma.config.")
}

pub(super) fn examine(view: &View<'_>) -> Examined {
    let sources = sources(view);
    if let Some(unread) = not_whole(view.tree(), "migrations") {
        return Examined::unknown(unread);
    }
    let found = migrations(view);
    let Some((schema, _, _)) = sources.prisma.iter().find(|(_, _, schema)| schema.provider.is_some()) else {
        return match (sources.unread, found.first(), mapper(view)) {
            (Some(unread), _, _) => Examined::unknown(unread),
            (None, Some(first), _) => pass(first, found.len()),
            (None, None, Some(mapper)) => Examined::unknown(Unread::new(
                Cause::Unmodelled,
                format!("where `{mapper}` keeps its migrations is not known"),
                "keep them in a folder `migrations`",
            )),
            (None, None, None) => Examined::not_applicable("there is no database schema here"),
        };
    };
    // A database of documents has no migrations of Prisma's.
    if sources.provider() == Some("mongodb") {
        return Examined::not_applicable("this database has no migrations");
    }
    let folder = folder_of(schema);
    let path = folder.join("0_init/migration.sql");
    if let Some((file, line)) = ignored_by(view, &path) {
        let why = format!("`{folder}/` is ignored by git, so that a deployment finds no migration");
        return Examined::fail(
            why.clone(),
            vec![Gap::at(Place::line(&file, line), folder.as_str(), why)],
        );
    }
    let own: Vec<&RepoPath> = found
        .iter()
        .filter(|path| path.file_name() == "migration.sql")
        .collect();
    if let Some(first) = own.first() {
        return pass(first, own.len());
    }
    if let Some((path, _)) = view
        .tree()
        .iter()
        .find(|(path, _)| is_configuration(path) && is_asked(view, path))
    {
        let what = format!("`{path}` may keep the migrations elsewhere");
        return Examined::unknown(Unread::new(Cause::Unmodelled, what, "attest it"));
    }
    let why = format!("`{schema}` has no migrations: git tracks nothing in `{folder}/`");
    Examined::fail(why.clone(), vec![Gap::missing(folder.as_str(), why)])
}

fn pass(first: &RepoPath, number: usize) -> Examined {
    let evidence = Evidence::new(Place::file(first), first.as_str(), Strength::Present, "migrations");
    Examined::pass(format!("git tracks {}", counted(number, "migration")), vec![evidence])
}

/// Where Prisma looks for migrations: beside the schema, or beside the folder of a schema in several files.
fn folder_of(schema: &RepoPath) -> RepoPath {
    let beside = RepoPath::new(schema.parent());
    match beside.file_name() {
        "schema" | "models" => RepoPath::new(beside.parent()).join("migrations"),
        _ => beside.join("migrations"),
    }
}

/// The files of migrations: SQL, and code in a folder of that name.
fn migrations(view: &View<'_>) -> Vec<RepoPath> {
    let tree = view.tree();
    let found = tree.iter().filter(|(path, entry)| {
        let is_kind = matches!(
            path.extension(),
            Some("sql" | "js" | "ts" | "py" | "mjs" | "cjs" | "rb" | "go")
        );
        let is_own = || {
            !matches!(
                tree.class(path.as_str()),
                Class::Vendored | Class::Test | Class::Example | Class::Archived
            )
        };
        let is_helper = path.file_name() == "__init__.py" || path.file_name().starts_with("index.");
        entry.is_file()
            && is_kind
            && !is_helper
            && (is_migration(path) || is_code(path))
            && is_own()
            && is_asked(view, path)
    });
    found.map(|(path, _)| path.clone()).collect()
}

/// Code in a folder that can mean nothing else: `migration` may hold what moves a design to another library.
fn is_code(path: &RepoPath) -> bool {
    let mut folders = path.parent().split('/');
    path.extension() != Some("sql") && folders.any(|folder| matches!(folder, "migrations" | "alembic"))
}

/// A migration that is written in code.
pub(super) fn in_code(view: &View<'_>) -> Option<RepoPath> {
    migrations(view)
        .into_iter()
        .find(|path| path.extension() != Some("sql"))
}

fn ignored_by(view: &View<'_>, path: &RepoPath) -> Option<(RepoPath, u32)> {
    let files: Vec<(RepoPath, Arc<Gitignore>)> = view
        .tree()
        .with_name(".gitignore")
        .filter_map(|(path, _)| match view.snapshot.read(path.as_str()) {
            Read::Here(document) => Some((path.clone(), document.view::<Gitignore>())),
            Read::Absent | Read::Unread(_) => None,
        })
        .collect();
    let ignores = Ignores::new(files.iter().map(|(path, parsed)| (path.parent(), parsed.as_ref())));
    let (folder, line) = ignores.ignored_by(path.as_str(), PathKind::File)?;
    Some((RepoPath::new(&folder).join(".gitignore"), line))
}
