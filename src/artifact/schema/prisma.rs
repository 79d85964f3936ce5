//! `schema.prisma`: models with their fields, relations and indexes.

use std::sync::Arc;

use crate::text::{Document, Span, View};

use super::super::ParseError;
use super::super::source::{mistake, text};

/// A file of Prisma's schema language, or why it can't be read.
pub struct PrismaSchema(pub Result<Arc<Prisma>, ParseError>);

/// What a file of a Prisma schema holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prisma {
    /// The database's kind, as its data source says: `postgresql`.
    pub provider: Option<String>,
    /// Whether relations are kept by Prisma alone, so that the database knows no foreign keys.
    pub emulates_relations: bool,
    /// The variable of the environment that holds the database's address, and where it is named.
    pub url: Option<(String, Span)>,
    /// The models and views.
    pub models: Vec<Model>,
}

/// A model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Its table, where that is called differently.
    pub table: Option<String>,
    /// The database's schema that it lies in, where it says one.
    pub schema: Option<String>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// What is indexed, by attributes of fields and of the model.
    pub indexes: Vec<ModelIndex>,
}

/// A field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type without `?` and `[]`.
    pub kind: String,
    /// Its column, where that is called differently.
    pub column: Option<String>,
    /// The fields of this model that hold the relation, of a relation that stands here.
    pub relation: Vec<String>,
    /// The whole line.
    pub span: Span,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelIndex {
    /// What kind.
    pub kind: IndexKind,
    /// The fields, in order.
    pub fields: Vec<String>,
}

/// What kind of index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexKind {
    /// `@id`, `@@id`.
    Primary,
    /// `@unique`, `@@unique`.
    Unique,
    /// `@@index`.
    Plain,
}

impl View for PrismaSchema {
    fn parse(document: &Document) -> Self {
        Self(match text(document) {
            Ok((text, start)) => read(text, start).map(Arc::new),
            Err(error) => Err(error),
        })
    }
}

/// Which block a line lies in.
enum Block {
    None,
    Model,
    DataSource,
    Other,
}

fn read(text: &str, start: usize) -> Result<Prisma, ParseError> {
    let mut schema = Prisma::default();
    let mut block = Block::None;
    let mut opened = 0..0;
    for (line, span) in lines(text, start) {
        let words = line.trim();
        match block {
            _ if words.is_empty() => {}
            Block::None => {
                let Some(head) = words.strip_suffix('{').or_else(|| words.strip_suffix("{}")) else {
                    return Err(mistake("this is no block of a Prisma schema", span));
                };
                let mut parts = head.split_whitespace();
                let (kind, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                opened = span.clone();
                let is_whole = words.ends_with("{}");
                block = match kind {
                    _ if is_whole => Block::None,
                    "model" | "view" | "type" => Block::Model,
                    "datasource" => Block::DataSource,
                    "enum" | "generator" => Block::Other,
                    _ => return Err(mistake("this is no block of a Prisma schema", span)),
                };
                if matches!(kind, "model" | "view") {
                    let name = name.to_owned();
                    schema.models.push(Model {
                        name,
                        span,
                        ..Model::default()
                    });
                } else if kind == "type" {
                    // Part of a document of another model: never asked for by name.
                    block = Block::Other;
                }
            }
            _ if words == "}" => block = Block::None,
            Block::Model => {
                if let Some(model) = schema.models.last_mut() {
                    member(model, words, span);
                }
            }
            Block::DataSource => source(&mut schema, words, span),
            Block::Other => {}
        }
    }
    match block {
        Block::None => Ok(schema),
        Block::Model | Block::DataSource | Block::Other => Err(mistake("this block is not closed", opened)),
    }
}

/// The lines without comments; a line that ends within brackets goes on in the next one.
fn lines(text: &str, start: usize) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    let mut open = 0_i32;
    let mut at = start;
    for line in text.split_inclusive('\n') {
        let plain = without_comment(line);
        let lead = plain.len() - plain.trim_start().len();
        let span = at + lead..at + plain.trim_end().len().max(lead);
        match found.last_mut().filter(|_| open > 0) {
            Some((whole, known)) => {
                whole.push(' ');
                whole.push_str(plain.trim());
                known.end = span.end;
            }
            None => found.push((plain.to_owned(), span)),
        }
        open = (open + depth(plain)).max(0);
        at += line.len();
    }
    found
}

fn depth(line: &str) -> i32 {
    let mut is_quoted = false;
    line.chars().fold(0, |depth, letter| {
        is_quoted ^= letter == '"';
        match letter {
            '(' | '[' if !is_quoted => depth + 1,
            ')' | ']' if !is_quoted => depth - 1,
            _ => depth,
        }
    })
}

fn without_comment(line: &str) -> &str {
    let mut is_quoted = false;
    let mut is_escaped = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' if !is_escaped => is_quoted = !is_quoted,
            '/' if !is_quoted && line[at..].starts_with("//") => return &line[..at],
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    line
}

fn source(schema: &mut Prisma, words: &str, span: Span) {
    let Some((key, value)) = words.split_once('=') else {
        return;
    };
    let value = value.trim().trim_matches('"');
    match key.trim() {
        "provider" if !value.contains('(') => schema.provider = Some(value.to_owned()),
        "url" => {
            let name = value.strip_prefix("env(").and_then(|rest| rest.strip_suffix(')'));
            let name = name.map(|name| name.trim().trim_matches('"'));
            schema.url = name.map(|name| (name.to_owned(), span));
        }
        "relationMode" => schema.emulates_relations = value == "prisma",
        _ => {}
    }
}

fn member(model: &mut Model, words: &str, span: Span) {
    if let Some(attribute) = words.strip_prefix("@@") {
        let kind = attribute.split(['(', ' ']).next().unwrap_or_default();
        match kind {
            "id" => model.indexes.push(index(IndexKind::Primary, attribute)),
            "unique" => model.indexes.push(index(IndexKind::Unique, attribute)),
            "index" | "fulltext" => model.indexes.push(index(IndexKind::Plain, attribute)),
            "map" => model.table = quoted(attribute),
            "schema" => model.schema = quoted(attribute),
            _ => {}
        }
        return;
    }
    let mut parts = words.split_whitespace();
    let (Some(name), Some(kind)) = (parts.next(), parts.next()) else {
        return;
    };
    let attributes = words[name.len()..].trim_start();
    let has = |attribute: &str| {
        let found = attributes.split(attribute).nth(1);
        found.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_alphanumeric()))
    };
    if has(" @id") {
        model.indexes.push(ModelIndex {
            kind: IndexKind::Primary,
            fields: vec![name.to_owned()],
        });
    }
    if has(" @unique") {
        model.indexes.push(ModelIndex {
            kind: IndexKind::Unique,
            fields: vec![name.to_owned()],
        });
    }
    let relation = attributes
        .split_once("@relation")
        .and_then(|(_, rest)| rest.split_once("fields:"))
        .map_or_else(Vec::new, |(_, rest)| names(rest));
    model.fields.push(Field {
        name: name.to_owned(),
        kind: kind.trim_end_matches(['?', '[', ']']).to_owned(),
        column: attributes.split_once("@map(").and_then(|(_, rest)| quoted(rest)),
        relation,
        span,
    });
}

fn index(kind: IndexKind, attribute: &str) -> ModelIndex {
    ModelIndex {
        kind,
        fields: names(attribute),
    }
}

/// The names in the first brackets, without what is asked of them (`name(sort: Desc)`).
fn names(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once('[') else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut depth = 0_i32;
    let mut name = String::new();
    for letter in rest.chars() {
        match letter {
            ']' if depth == 0 => break,
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => found.push(std::mem::take(&mut name)),
            letter if depth == 0 && !letter.is_whitespace() => name.push(letter),
            _ => {}
        }
    }
    found.push(name);
    found.retain(|name| !name.is_empty());
    found
}

fn quoted(text: &str) -> Option<String> {
    text.split('"').nth(1).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Result<Arc<Prisma>, ParseError> {
        Document::new(text.as_bytes()).view::<PrismaSchema>().0.clone()
    }

    #[test]
    fn models_fields_relations_and_indexes_are_read() {
        let schema = parse(
            r#"// x { y
datasource db {
  provider = "postgresql" // or "mysql"
  url      = env("DATABASE_URL")
}
enum Role { 
  ADMIN
}
model User {
  id    String @id @default(cuid())
  email String @unique
  posts Post[]
  @@map("users")
}
model Post {
  id       Int
  authorId String @map("author_id") /// whose
  author   User   @relation("a", fields: [authorId], references: [id],
                            onDelete: Cascade)
  @@id([id, authorId])
  @@index([authorId(sort: Desc), id], map: "x")
}
"#,
        )
        .expect("parses");
        assert_eq!(schema.provider.as_deref(), Some("postgresql"));
        let [user, post] = schema.models.as_slice() else {
            panic!("{:?}", schema.models)
        };
        assert_eq!(user.table.as_deref(), Some("users"));
        assert_eq!(
            user.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            ["id", "email", "posts"]
        );
        assert_eq!(
            user.indexes.iter().map(|index| index.kind).collect::<Vec<_>>(),
            [IndexKind::Primary, IndexKind::Unique]
        );
        assert_eq!(post.fields[1].column.as_deref(), Some("author_id"));
        assert_eq!(post.fields[2].relation, ["authorId"]);
        assert_eq!(post.indexes[1].fields, ["authorId", "id"]);
    }

    #[test]
    fn what_is_no_schema_is_an_error() {
        assert!(parse("model A {\n").is_err());
        assert!(parse("hello\n").is_err());
        assert!(parse("").is_ok());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(model |\\{|\\}|@@index\\(\\[|\\]|\"|//|@relation\\(fields: \\[| é|\n|,|\\)){0,40}") {
            let _ = Document::new(bytes).view::<PrismaSchema>();
            let _ = parse(&text);
        }
    }
}
