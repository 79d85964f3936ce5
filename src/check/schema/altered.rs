//! Tables that migrations alter, index, refer to or write to and that nothing makes: on an empty database the first of them stops the deployment.
//!
//! Only where all migrations are SQL in one folder and are understood, and no mapper, no other file of SQL and no code of the
//! repository may make the table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::artifact::schema::{Needed, NeededBy};
use crate::artifact::unparsed;
use crate::check::View;
use crate::check::files::{LARGEST, cut, not_whole};
use crate::check::parameters::counted;
use crate::model::{Examined, Gap, Needs, Place, RepoPath};
use crate::program::Program;
use crate::text::Document;

use super::Except;
use super::migrations::in_code;
use super::sources::{Sources, is_migrations_folder, mapper, needs as sources_needs, sources};

/// A statement that is a text of another: `EXECUTE 'CREATE TABLE …'`, `EXECUTE format('create table %I', …)`.
static EXECUTED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?is)\b(?:execute|exec|prepare)\b[^;]{0,200}?'[^;]{0,60}?\bcreate\b")
        .expect("the pattern is constant and tested")
});

/// What makes tables, in SQL or by a call: `CREATE TABLE`, `create temp table`, `createTable(…)`, `create_table`. That both
/// words stand somewhere, as in a page that makes a client and shows a table, says nothing.
static CREATES: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"(?i-u)create_?table|create(\s+[\w${}]+){0,3}?\s+table|new\s+table\(|(pg|mysql|sqlite)table\(";
    Regex::new(pattern).expect("the pattern is constant and tested")
});

/// Of what stands before a name so much is looked at: long seeds hold a name thousands of times.
const NEAR: usize = 400;

pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = sources_needs(view);
    needs.unite(Program::needs(view.snapshot));
    needs.files.extend(others(view));
    needs
}

/// All SQL of the repository, and all scripts of a shell: a dump or a set-up may make what migrations alter.
fn others(view: &View<'_>) -> Vec<RepoPath> {
    let tree = view.tree();
    let found = tree.those("all SQL", |path, entry, class| {
        !class.is_of_nobody()
            && entry.is_file()
            && matches!(path.extension(), Some("sql" | "sh" | "bash"))
            && entry.size.is_none_or(|size| size <= LARGEST)
    });
    found.into_iter().map(|(path, _)| path.clone()).collect()
}

pub(super) fn examine(view: &View<'_>, except: &Except<'_>) -> Examined {
    let sources = sources(view);
    if sources.sql.is_empty() {
        return match sources.unread {
            Some(unread) => Examined::unknown(unread),
            None => Examined::not_applicable("there are no migrations in SQL here"),
        };
    }
    if let Some(why) = elsewhere(view, &sources) {
        return Examined::not_applicable(why);
    }
    if let Some(unread) = sources.unread.clone().or_else(|| not_whole(view.tree(), "SQL")) {
        return Examined::unknown(unread);
    }
    for (path, document, file) in &sources.sql {
        if let Err(error) = &file.0 {
            return Examined::unknown(unparsed(path, document, error));
        }
    }
    let altered = altered(&sources);
    if altered.is_empty() {
        return Examined::not_applicable("no migration here needs a table for certain");
    }
    let mut gaps = Vec::new();
    let makers = Makers::of(view);
    let models = sources.prisma.iter();
    let models: Vec<String> = models
        .map(|(_, document, _)| document.text().unwrap_or_default().to_lowercase())
        .collect();
    for (table, (path, document, needed)) in &altered {
        let (model, quoted) = (format!("model {table}"), format!("\"{table}\""));
        // What Prisma runs by itself makes nothing of what its schema says.
        let is_of_a_model = !is_of_prisma(path)
            && models
                .iter()
                .any(|text| text.contains(&model) || text.contains(&quoted));
        if !except.has(table, "") && !is_of_a_model && !makers.may_make(table) {
            let verb = verb(needed.by);
            let why = format!("`{path}` {verb} the table `{table}`, and nothing in the repository makes it");
            gaps.push(Gap::at(
                Place::span(path, document, &needed.span),
                &format!("table {table}"),
                why,
            ));
        }
    }
    if let Some(first) = gaps.first() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!("{}, first: {}", counted(several, "table"), first.message),
        };
        cut(&mut gaps, "tables");
        return Examined::fail(reason, gaps);
    }
    let what = counted(altered.len(), "table");
    Examined::pass(format!("what migrations need is made: {what}"), Vec::new())
}

/// Whether a migration is one of those that `prisma migrate` runs: `migrations/NAME/migration.sql`.
fn is_of_prisma(path: &RepoPath) -> bool {
    let folder = path.parent().rsplit('/').nth(1);
    path.file_name() == "migration.sql" && folder == Some("migrations")
}

/// What makes tables in another way, or in another place.
fn elsewhere(view: &View<'_>, sources: &Sources) -> Option<String> {
    if let Some(mapper) = mapper(view) {
        return Some(format!("`{mapper}` may make the tables"));
    }
    if let Some(path) = in_code(view) {
        return Some(format!("`{path}` may make the tables"));
    }
    let asked = view.snapshot.components.iter();
    let mut asked = asked.filter(|component| view.component.is_none_or(|one| one.path == component.path));
    if asked.any(|component| !component.kinds.is_empty() && !component.kinds.iter().any(|kind| kind == "node")) {
        return Some("code of another language may make the tables".to_owned());
    }
    let folder = |path: &RepoPath| {
        let parts: Vec<&str> = path.parent().split('/').collect();
        let last = parts.iter().rposition(|part| is_migrations_folder(part));
        parts[..last.map_or(parts.len(), |last| last + 1)].join("/")
    };
    let mut folders = sources.sql.iter().map(|(path, ..)| folder(path));
    let first = folders.next()?;
    if folders.any(|folder| folder != first) {
        return Some("there are migrations in several folders".to_owned());
    }
    let is_dump = |path: &RepoPath, size: Option<u64>| {
        let name = path.file_name();
        let is_long = path.extension() == Some("sql") && size.is_some_and(|size| size > LARGEST);
        is_long
            || matches!(path.extension(), Some("dump" | "dacpac"))
            || name.ends_with(".sql.gz")
            || name.ends_with(".sql.bak")
    };
    let mut dumps = view
        .tree()
        .iter()
        .filter(|(path, entry)| entry.is_file() && is_dump(path, entry.size));
    dumps.next().map(|(path, _)| format!("`{path}` may hold the tables"))
}

/// The tables that statements need, each with the first of them. Of what is only referred to, a database has to say no.
fn altered(sources: &Sources) -> BTreeMap<&str, (&RepoPath, &Document, &Needed)> {
    let checks_references = sources.sql().any(|(_, _, sql)| sql.checks_references);
    let mut found = BTreeMap::new();
    for (path, document, sql) in sources.sql() {
        for needed in &sql.needed {
            if needed.by != NeededBy::Reference || checks_references {
                found.entry(needed.table.as_str()).or_insert((path, document, needed));
            }
        }
    }
    found
}

/// What a migration does with the table, as a sentence says it.
fn verb(by: NeededBy) -> &'static str {
    match by {
        NeededBy::Alter => "alters",
        NeededBy::Drop => "drops",
        NeededBy::Index => "indexes",
        NeededBy::Policy => "sets a policy on",
        NeededBy::Read => "reads",
        NeededBy::Reference => "refers to",
        NeededBy::Trigger => "sets a trigger on",
        NeededBy::Write => "writes to",
    }
}

/// What may make tables: the text of all SQL, and what code says.
struct Makers {
    sql: Vec<String>,
    /// Texts of code that make a table.
    said: Vec<String>,
    /// Whether in one of these a name is put in by code.
    is_put_in: bool,
}

impl Makers {
    fn of(view: &View<'_>) -> Self {
        let program = Program::of(view.snapshot);
        let is_making = |text: &str| CREATES.is_match(text);
        let mut said = Vec::new();
        for (_, linked) in program.modules() {
            let text = linked.document.text().unwrap_or_default();
            if is_making(text) {
                said.push(text.to_lowercase());
            }
        }
        let read = |path: RepoPath| view.snapshot.read(path.as_str()).text(path.as_str()).ok().flatten();
        let mut sql = Vec::new();
        for path in others(view) {
            let Some(text) = read(path.clone()).and_then(|document| document.text().ok().map(str::to_lowercase)) else {
                continue;
            };
            // What a shell hands on, or SQL puts together, is not taken apart: a name in it may be one that is made.
            let is_taken_apart = path.extension() == Some("sql") && !EXECUTED.is_match(&text);
            if !is_taken_apart && is_making(&text) {
                said.push(text.clone());
            }
            sql.push(text);
        }
        let is_put_in = |text: &String| text.contains("table ${") || text.contains("exists ${");
        Self {
            is_put_in: said.iter().any(is_put_in),
            sql,
            said,
        }
    }

    /// Whether something makes a table, or a view, of this name, or renames one to it. Where a name is put in by code, it
    /// may be this one.
    fn may_make(&self, table: &str) -> bool {
        let finder = memchr::memmem::Finder::new(table);
        let says = |text: &String| finder.find(text.as_bytes()).is_some();
        self.is_put_in || self.said.iter().any(says) || self.sql.iter().any(|text| makes(text, table))
    }
}

fn makes(text: &str, table: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let bytes = text.as_bytes();
    memchr::memmem::find_iter(bytes, table).any(|at| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let is_whole = !is_part(before) && !is_part(bytes.get(at + table.len()));
        if !is_whole {
            return false;
        }
        let mut first = at.saturating_sub(NEAR);
        while !text.is_char_boundary(first) {
            first += 1;
        }
        let start = bytes[first..at]
            .iter()
            .rposition(|byte| *byte == b';')
            .map_or(first, |end| first + end + 1);
        let statement = without_comments(text.get(start..at).unwrap_or_default());
        let before: Vec<&str> = statement.split_whitespace().rev().collect();
        let is_renamed = matches!(before.as_slice(), ["to", ..] | [_, "to", ..]) && statement.contains("rename");
        let is_taken = before.first() == Some(&"into") && statement.contains("select");
        let is_made = is_made_by(&before) || is_taken;
        is_made || is_renamed
    })
}

/// Whether the words before a name, the last first, make a table or a view of this name: `create … table`, with what
/// databases put between them, and a schema.
fn is_made_by(before: &[&str]) -> bool {
    const MOST_BETWEEN: usize = 4;
    let is_of_a_schema = |word: &str| word == "." || word.ends_with('.') || word.ends_with(['"', '`', '[']);
    let mut words = before.iter().copied().peekable();
    while let Some(quote) = words.next_if(|word| is_of_a_schema(word)) {
        if quote == "." {
            words.next();
        }
    }
    let mut words = words.skip_while(|word| matches!(*word, "if" | "not" | "exists"));
    matches!(words.next(), Some("table" | "view")) && words.take(MOST_BETWEEN).any(|word| word == "create")
}

/// A statement without what its lines say after `--`, and without `/* … */`.
fn without_comments(statement: &str) -> String {
    let lines = statement
        .lines()
        .map(|line| line.split_once("--").map_or(line, |(before, _)| before));
    let mut rest = lines.collect::<Vec<_>>().join("\n");
    while let Some(start) = rest.find("/*") {
        let end = rest[start..].find("*/").map_or(rest.len(), |end| start + end + 2);
        rest.replace_range(start..end, " ");
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::{EXECUTED, makes};

    #[test]
    fn a_long_seed_is_looked_through_at_once() {
        let rows = "('a', 'orders', 'é'),".repeat(60_000);
        assert!(!makes(&format!("insert into b values {rows}"), "orders"));
    }

    #[test]
    fn a_text_that_is_executed() {
        assert!(EXECUTED.is_match("do $$ begin\n execute 'CREATE TABLE orders (id int)';\nend $$;"));
        assert!(EXECUTED.is_match("execute format('create table %I', name);"));
        assert!(!EXECUTED.is_match("create trigger t before insert on a for each row execute function f();"));
    }

    #[test]
    fn a_name_that_is_made() {
        assert!(makes(
            "create table if not exists \"public\".\"orders\" (id int);",
            "orders"
        ));
        assert!(
            makes("x; alter table a rename to orders;", "orders") && makes("create view orders as select 1", "orders")
        );
        assert!(makes(
            "create /* all */ table -- of the shop\n orders (id int);",
            "orders"
        ));
        assert!(makes("create unlogged table public.orders (id int);", "orders"));
        assert!(makes(
            "create or replace transient table public . orders (id int);",
            "orders"
        ));
        assert!(makes("select * into orders from old_orders;", "orders"));
        assert!(!makes(
            "-- create type for orders\nalter table orders add a int;",
            "orders"
        ));
        assert!(!makes("create view v as\nselect id from orders;", "orders"));
        assert!(!makes("create function f() returns void as $$ update orders", "orders"));
        assert!(!makes("create type orders as enum ('a');", "orders"));
        assert!(!makes("create table a (id int references orders (id));", "orders"));
        assert!(
            !makes("create index i on orders (id);", "orders") && !makes("create table my_orders (id int)", "orders")
        );
    }
}
