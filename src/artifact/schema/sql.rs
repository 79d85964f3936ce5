//! SQL as migrations write it: what each statement does to tables.

use crate::text::{Document, Span, View};

use super::super::ParseError;
use super::super::source::text;
use super::needed::{Needed, needed};
use super::statement::statement;
use super::token::{Token, TokenKind, tokens};

/// A file of SQL, or why it can't be read.
pub struct SqlFile(pub Result<Sql, ParseError>);

/// What a file of SQL does, in order. What takes a migration back is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sql {
    /// What is done, with its place.
    pub changes: Vec<(Change, Span)>,
    /// The tables that have to be there.
    pub needed: Vec<Needed>,
    /// Whether it is written for MySQL or MariaDB.
    pub is_mysql: bool,
    /// Whether what it refers to has to be there: it is written for PostgreSQL, or for MySQL with its checks on.
    pub checks_references: bool,
}

/// What a statement does. Names are in small letters, without their schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A table is made.
    CreateTable {
        /// Its name.
        table: String,
        /// Its columns.
        columns: Vec<Column>,
        /// Its keys.
        keys: Vec<Key>,
    },
    /// A column is added.
    AddColumn {
        /// The table.
        table: String,
        /// The column, with the keys that it brings.
        column: Column,
        /// Those keys.
        keys: Vec<Key>,
    },
    /// A key or an index is added.
    AddKey {
        /// The table.
        table: String,
        /// The key.
        key: Key,
        /// Its name; without one the database makes one up.
        name: Option<String>,
    },
    /// An index or a constraint is dropped.
    DropKey {
        /// Its name.
        name: String,
    },
    /// An index or a constraint is given another name.
    RenameKey {
        /// Its name.
        name: String,
        /// Its new name.
        to: String,
    },
    /// A table is renamed.
    RenameTable {
        /// The table.
        table: String,
        /// Its new name.
        to: String,
    },
    /// A column is renamed.
    RenameColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Its new name.
        to: String,
    },
    /// A column's type is changed.
    ChangeType {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A column is dropped.
    DropColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A table is dropped.
    DropTable {
        /// The table.
        table: String,
    },
    /// All rows are taken out of a table.
    Empty {
        /// The table.
        table: String,
    },
    /// Something else, or something that is not understood.
    Other,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
}

/// A key or an index, by its columns in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// An index, unique or not, or the primary key: it finds rows by its first columns.
    Index(Vec<String>),
    /// A foreign key.
    Foreign(Vec<String>, Span),
}

impl View for SqlFile {
    fn parse(document: &Document) -> Self {
        Self(text(document).map(|(text, start)| read(text, start)))
    }
}

fn read(text: &str, start: usize) -> Sql {
    let text = &text[..down(text)];
    let tokens = tokens(text, start);
    let is_mysql = is_for_innodb(&tokens) || text.contains("CREATE TABLE `");
    let is_for_postgres = tokens
        .iter()
        .any(|token| token.kind == TokenKind::Word && OF_POSTGRES.contains(&token.text.as_str()));
    let has_checks_off = || tokens.iter().any(|token| token.text == "foreign_key_checks");
    let checks_references = is_for_postgres || is_for_innodb(&tokens) && !has_checks_off();
    let mut changes = Vec::new();
    for words in tokens.split(|token| token.kind == TokenKind::Sign && token.text == ";") {
        if !words.is_empty() {
            statement(words, &mut changes);
        }
    }
    Sql {
        changes,
        needed: needed(&tokens),
        is_mysql,
        checks_references,
    }
}

/// Types and functions that no other database has.
const OF_POSTGRES: [&str; 9] = [
    "bigserial",
    "bytea",
    "gen_random_uuid",
    "jsonb",
    "plpgsql",
    "serial",
    "timestamptz",
    "tsvector",
    "uuid_generate_v4",
];

fn is_for_innodb(tokens: &[Token]) -> bool {
    let words = ["auto_increment", "innodb"];
    tokens
        .iter()
        .any(|token| token.kind == TokenKind::Word && words.contains(&token.text.as_str()))
}

/// Where the part begins that takes a migration back.
fn down(text: &str) -> usize {
    const MARKS: [&str; 6] = [
        "+goose down",
        "migrate:down",
        "+migrate down",
        "dbmate:down",
        "rollback script",
        "@down",
    ];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let plain = line.trim().to_ascii_lowercase();
        let is_mark = plain
            .strip_prefix("--")
            .is_some_and(|comment| MARKS.contains(&comment.trim()));
        if is_mark || plain == "-- down" {
            return at;
        }
        at += line.len();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn changes(text: &str) -> Vec<Change> {
        let document = Document::new(text.as_bytes());
        let file = document.view::<SqlFile>();
        let sql = file.0.as_ref().expect("is text");
        sql.changes.iter().map(|(change, _)| change.clone()).collect()
    }

    fn index(columns: &[&str]) -> Key {
        Key::Index(columns.iter().map(|column| (*column).to_owned()).collect())
    }

    #[test]
    fn tables_columns_and_keys_are_read() {
        let text = r#"
-- CREATE TABLE none (id int);
CREATE TABLE IF NOT EXISTS "public"."Post" (
  id SERIAL PRIMARY KEY,
  "authorId" INT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  price NUMERIC(10, 2) DEFAULT 0 CHECK (price > 0),
  tags TEXT[] DEFAULT '{}', note TEXT DEFAULT 'a; b, c',
  CONSTRAINT x UNIQUE (price, note),
  FOREIGN KEY (price) REFERENCES y (z)
);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY post USING btree ("authorId" DESC, lower(note));
"#;
        let changes = changes(text);
        let [
            Change::CreateTable { table, columns, keys },
            Change::AddKey { table: on, key, name },
        ] = changes.as_slice()
        else {
            panic!("others")
        };
        assert_eq!((table.as_str(), on.as_str()), ("post", "post"));
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "authorid", "price", "tags", "note"]);
        assert_eq!(keys[0], index(&["id"]));
        assert!(matches!(&keys[1], Key::Foreign(of, _) if *of == ["authorid"]));
        assert_eq!(keys[2], index(&["price", "note"]));
        assert!(matches!(&keys[3], Key::Foreign(of, _) if *of == ["price"]));
        assert_eq!(*key, index(&["authorid", ""]));
        assert_eq!(name.as_deref(), Some("i"));
    }

    #[test]
    fn what_destroys_is_told_and_what_is_quoted_is_not() {
        let text = "
DROP TABLE IF EXISTS a, b CASCADE; ALTER TABLE c DROP COLUMN d, ALTER COLUMN e TYPE int, DROP CONSTRAINT f;
TRUNCATE TABLE g; DELETE FROM h; DELETE FROM i WHERE x = 1; ALTER TABLE j RENAME TO k; ALTER TABLE l RENAME COLUMN m TO n;
CREATE FUNCTION x() RETURNS void AS $body$ DROP TABLE z; $body$ LANGUAGE sql;
ALTER TABLE o MODIFY p bigint; ALTER TABLE q ADD COLUMN IF NOT EXISTS r int REFERENCES s(t), ADD CONSTRAINT u FOREIGN KEY (v) REFERENCES w(x);
DROP INDEX CONCURRENTLY IF EXISTS public.a1, a2; ALTER INDEX a3 RENAME TO a4; ALTER TABLE q RENAME INDEX a5 TO a6, DROP INDEX a7;
-- +goose Down
DROP TABLE y;";
        let told: Vec<String> = changes(text).iter().map(|change| format!("{change:?}")).collect();
        let starts = [
            "DropTable { table: \"a\" }",
            "DropTable { table: \"b\" }",
            "DropColumn { table: \"c\", column: \"d\" }",
            "ChangeType { table: \"c\", column: \"e\" }",
            "DropKey { name: \"f\" }",
            "Empty { table: \"g\" }",
            "Empty { table: \"h\" }",
            "Other",
            "RenameTable { table: \"j\", to: \"k\" }",
            "RenameColumn { table: \"l\", column: \"m\", to: \"n\" }",
            "Other",
            "ChangeType { table: \"o\", column: \"p\" }",
            "AddColumn { table: \"q\"",
            "AddKey { table: \"q\"",
            "DropKey { name: \"a1\" }",
            "DropKey { name: \"a2\" }",
            "RenameKey { name: \"a3\", to: \"a4\" }",
            "RenameKey { name: \"a5\", to: \"a6\" }",
            "DropKey { name: \"a7\" }",
        ];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told} is not {start}");
        }
    }

    #[test]
    fn tables_that_have_to_be_there() {
        let text = r#"
CREATE TABLE a (id jsonb REFERENCES b (id), FOREIGN KEY (c) REFERENCES public."C" (id), d uuid REFERENCES auth.users);
ALTER TABLE ONLY public.e ENABLE ROW LEVEL SECURITY; ALTER TABLE IF EXISTS f ADD g int; DROP TABLE IF EXISTS h; DROP TABLE i;
CREATE UNIQUE INDEX j ON k (l); CREATE POLICY "on m" ON n FOR ALL USING (true);
CREATE OR REPLACE TRIGGER o BEFORE UPDATE OF p ON q FOR EACH ROW EXECUTE FUNCTION r();
INSERT INTO s (t) SELECT extract(year FROM u) FROM v WHERE w IS DISTINCT FROM x;
INSERT INTO y SELECT * FROM regexp_split_to_table('a,b', ','); WITH z AS (SELECT 1) INSERT INTO a1 SELECT * FROM z;
UPDATE a2 SET a3 = 1; UPDATE a4 SET a5 = 1 FROM a6 AS a4; DELETE FROM a7; INSERT INTO schema_migrations VALUES (1);
CREATE FUNCTION a8() RETURNS void AS $$ BEGIN INSERT INTO a9 VALUES (1); END $$ LANGUAGE plpgsql; BEGIN; UPDATE b1 SET c = 1; COMMIT;
GRANT SELECT ON b2 TO b3; CREATE EVENT TRIGGER b4 ON ddl_command_end; SELECT * FROM b5; CREATE VIEW b6 AS SELECT 1;"#;
        let document = Document::new(text.as_bytes());
        let file = document.view::<SqlFile>();
        let sql = file.0.as_ref().expect("is text");
        let found: Vec<String> = sql
            .needed
            .iter()
            .map(|needed| format!("{:?} {}", needed.by, needed.table))
            .collect();
        let right = [
            "Reference b",
            "Reference c",
            "Alter e",
            "Drop i",
            "Index k",
            "Policy n",
            "Trigger q",
            "Write s",
            "Read v",
            "Write y",
            "Write a2",
            "Write a7",
            "Write b1",
        ];
        assert_eq!(found, right);
        assert!(sql.checks_references);
        let block = Document::new(b"CREATE TRIGGER a AFTER INSERT ON b BEGIN INSERT INTO c VALUES (1); END;");
        let block = block.view::<SqlFile>();
        assert!(block.0.as_ref().expect("is text").needed.is_empty());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(CREATE TABLE |ALTER TABLE |DROP |\\(|\\)|,|;|'|\"|`|\\[a|\\]|\\$a\\$|--|/\\*|\n| é |REFERENCES |INDEX |ON ){0,40}") {
            let _ = Document::new(bytes).view::<SqlFile>();
            let _ = changes(&text);
        }
    }
}
