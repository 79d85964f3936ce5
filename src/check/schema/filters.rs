//! Columns that running code often filters by, and the indexes behind them.
//!
//! A query counts where what it filters by is written out: the `where` of Prisma's client, or SQL over one table. One that
//! an index serves by any of its columns asks for no other. What has few values (truth values, enums) is left out: an
//! index finds too many rows by it to help.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::artifact::schema::Model;
use crate::check::View;
use crate::check::code::{bare, normal_path};
use crate::check::files::cut;
use crate::check::parameters::counted;
use crate::model::{Cause, Examined, Gap, Place, Related, Unread};
use crate::program::module::Expr;
use crate::program::{At, FunctionAt, Program, Reach, UseKind, Value};

use super::Except;
use super::indexes::is_indexed_by_hand;
use super::models::{first_small, model_of, reaches};
use super::sources::{Sources, mapper, sources};
use super::tables::{Tables, is_indexed, tables};

/// In so many places a filter is frequent where the policy says nothing else: one query may be rare, three are a habit.
pub(super) const LEAST: u32 = 3;

/// The methods that look for rows by more than a unique key.
const LOOKING: [&str; 8] = [
    "findFirst",
    "findFirstOrThrow",
    "findMany",
    "updateMany",
    "deleteMany",
    "count",
    "aggregate",
    "groupBy",
];
/// Comparisons that an index serves.
const SERVED: [&str; 7] = ["equals", "in", "gt", "gte", "lt", "lte", "startsWith"];
/// `where` may hold `AND` within `AND` this deep.
const DEEPEST: u32 = 4;

/// The places of queries that no index serves, by table and column; in order.
#[derive(Default)]
struct Tally {
    queries: usize,
    unserved: BTreeMap<(String, String), Vec<Place>>,
}

impl Tally {
    fn add(&mut self, table: &str, columns: &[String], is_served: bool, place: &Place) {
        self.queries += 1;
        if is_served {
            return;
        }
        for column in columns {
            let places = self.unserved.entry((table.to_owned(), column.clone())).or_default();
            if !places.contains(place) {
                places.push(place.clone());
            }
        }
    }
}

pub(super) fn examine(view: &View<'_>, except: &Except<'_>, least: u32) -> Examined {
    let sources = sources(view);
    if sources.prisma.is_empty() && sources.sql.is_empty() {
        return match (sources.unread, mapper(view)) {
            (Some(unread), _) => Examined::unknown(unread),
            (None, Some(mapper)) => {
                Examined::unknown(unmodelled(format!("the tables that `{mapper}` makes are not followed")))
            }
            (None, None) => Examined::not_applicable("there is no database schema here"),
        };
    }
    let program = Program::of(view.snapshot);
    let reaches = reaches(view, &program);
    let tables = tables(&sources);
    let mut tally = Tally::default();
    of_prisma(&program, &reaches, &sources, &tables, &mut tally);
    of_sql(&program, &reaches, &tables, &mut tally);
    if let Some(unread) = sources.unread {
        return Examined::unknown(unread);
    }
    let mut gaps = gaps(&sources, &tally, except, least);
    if let Some(first) = gaps.first() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!("{}, first: {}", counted(several, "column"), first.message),
        };
        cut(&mut gaps, "columns");
        return Examined::fail(reason, gaps);
    }
    if let Some(lost) = lost(&program, &reaches) {
        return Examined::unknown(lost);
    }
    match (tally.queries, reaches.iter().any(|reach| reach.has_entry())) {
        (0, true) => Examined::unknown(unmodelled(
            "no query of what production starts could be followed".to_owned(),
        )),
        (0, false) => reaches.first().map_or_else(
            || Examined::not_applicable("no code here asks a database"),
            |reach| Examined::unknown(reach.nowhere()),
        ),
        (queries, _) => {
            let all = counted(queries, "call");
            Examined::pass(
                format!(
                    "no column without an index is filtered by in {least} places or more, of {all} that were followed"
                ),
                Vec::new(),
            )
        }
    }
}

fn unmodelled(what: String) -> Unread {
    Unread::new(Cause::Unmodelled, what, "attest it")
}

fn gaps(sources: &Sources, tally: &Tally, except: &Except<'_>, least: u32) -> Vec<Gap> {
    let least = usize::try_from(least).unwrap_or(usize::MAX);
    let frequent = tally
        .unserved
        .iter()
        .filter(|((table, column), places)| places.len() >= least && !except.has(table, column));
    frequent
        .map(|((table, column), places)| {
            let words = format!("{table}.{column}");
            let why = format!("`{words}` is filtered by in {} places, and has no index", places.len());
            let mut gap = match declared(sources, table, column) {
                Some(place) => Gap::at(place, &words, why),
                None => Gap::missing(words.clone(), why),
            };
            // How many places there are changes without the gap being another one.
            gap.subject.clone_from(&words);
            gap.words = words;
            gap.related = places.iter().take(3).map(related).collect();
            gap
        })
        .collect()
}

fn related(place: &Place) -> Related {
    Related {
        place: place.clone(),
        message: "it is filtered by here".to_owned(),
    }
}

/// Where a field of Prisma's schema is declared.
fn declared(sources: &Sources, model: &str, field: &str) -> Option<Place> {
    sources.prisma.iter().find_map(|(path, document, schema)| {
        let model = schema.models.iter().find(|known| known.name == model)?;
        let field = model.fields.iter().find(|known| known.name == field)?;
        Some(Place::span(path, document, &field.span))
    })
}

fn is_live(reaches: &[Arc<Reach>], function: FunctionAt) -> bool {
    reaches.iter().any(|reach| reach.is_live(function))
}

/// A live query of something that could not be traced: it may be the client.
fn lost(program: &Program, reaches: &[Arc<Reach>]) -> Option<Unread> {
    let mut lost = program.usage().lost().iter();
    let lost = lost.find(|lost| LOOKING[..3].contains(&&*lost.name) && is_live(reaches, lost.function))?;
    let module = lost.function.module;
    let place = program.place(module, &program.module(module).span(lost.expr));
    Some(unmodelled(format!(
        "`{}` is called in `{}`, of something that could not be traced",
        lost.name, place.path
    )))
}

fn of_prisma(program: &Program, reaches: &[Arc<Reach>], sources: &Sources, tables: &Tables, tally: &mut Tally) {
    let models: Vec<&Model> = sources
        .prisma
        .iter()
        .flat_map(|(_, _, schema)| &schema.models)
        .collect();
    let by_name: BTreeMap<String, &Model> = models.iter().map(|model| (first_small(&model.name), *model)).collect();
    let packages = program.usage().packages();
    let clients = packages.filter(|(package, _)| bare(package) == "@prisma/client");
    let calls = clients
        .flat_map(|(_, uses)| uses)
        .filter(|known| known.kind == UseKind::Call && is_live(reaches, known.function));
    for known in calls {
        let path = normal_path(&known.path);
        let method = path.rsplit('.').next().unwrap_or_default();
        let Some((name, at)) = model_of(&path).zip(known.at()).filter(|_| LOOKING.contains(&method)) else {
            continue;
        };
        let Some(model) = by_name.get(&first_small(name)) else {
            continue;
        };
        let Some(fields) = filtered(program, at) else { continue };
        let wanted: Vec<String> = fields
            .iter()
            .filter(|name| has_many_values(model, name, &models))
            .cloned()
            .collect();
        if wanted.is_empty() {
            continue;
        }
        let own = model.indexes.iter().map(|index| index.fields.as_slice());
        let is_served = is_indexed(&fields, own) || is_indexed_by_hand(model, &fields, tables);
        let place = program.place(at.module, &program.module(at.module).span(at.expr));
        tally.add(&model.name, &wanted, is_served, &place);
    }
}

/// Whether a field is a column that may hold many values.
fn has_many_values(model: &Model, name: &str, models: &[&Model]) -> bool {
    const PLAIN: [&str; 6] = ["String", "Int", "BigInt", "Float", "Decimal", "DateTime"];
    let field = model.fields.iter().find(|field| field.name == name);
    field.is_some_and(|field| {
        PLAIN.contains(&field.kind.as_str()) && !models.iter().any(|model| model.name == field.kind)
    })
}

/// The fields that a call of the client filters by; `None` where its `where` is not written out.
fn filtered(program: &Program, call: At) -> Option<Vec<String>> {
    let module = program.module(call.module);
    let Expr::Call(_, arguments) = module.expr(call.expr) else {
        return None;
    };
    let options = At {
        module: call.module,
        expr: *arguments.first()?,
    };
    let options = only_object(program, options)?;
    let mut fields = Vec::new();
    for (key, at) in properties(program, options)? {
        if key == "where" {
            conditions(program, only_object(program, at)?, 0, &mut fields)?;
        }
    }
    (!fields.is_empty()).then_some(fields)
}

fn conditions(program: &Program, object: At, depth: u32, fields: &mut Vec<String>) -> Option<()> {
    for (key, at) in properties(program, object)? {
        match key {
            "AND" if depth < DEEPEST => {
                let module = program.module(at.module);
                match module.expr(at.expr) {
                    Expr::List(items) => {
                        for item in items {
                            let item = At {
                                module: at.module,
                                expr: *item,
                            };
                            conditions(program, only_object(program, item)?, depth + 1, fields)?;
                        }
                    }
                    _ => conditions(program, only_object(program, at)?, depth + 1, fields)?,
                }
            }
            "AND" => return None,
            // Of alternatives, and of what is refused, nothing is found by an index alone.
            "OR" | "NOT" => {}
            field if is_served(program, at) => fields.push(field.to_owned()),
            _ => {}
        }
    }
    Some(())
}

/// Whether what a field is compared with is something that an index serves.
fn is_served(program: &Program, at: At) -> bool {
    let module = program.module(at.module);
    match module.expr(at.expr) {
        Expr::Object(operators) => operators
            .iter()
            .any(|operator| operator.key.as_deref().is_some_and(|key| SERVED.contains(&key))),
        Expr::Null | Expr::Undefined | Expr::Bool(_) => false,
        _ => true,
    }
}

/// The object that an expression is, if it can be one alone.
fn only_object(program: &Program, at: At) -> Option<At> {
    match program.values(at).as_slice() {
        [Value::Object(object)] => Some(*object),
        _ => None,
    }
}

/// The keys of an object with their values; `None` where something is spread into it or a key is computed.
fn properties(program: &Program, object: At) -> Option<Vec<(&str, At)>> {
    let module = program.module(object.module);
    let Expr::Object(properties) = module.expr(object.expr) else {
        return None;
    };
    let each = properties.iter().map(|property| {
        let value = At {
            module: object.module,
            expr: property.value,
        };
        Some((property.key.as_deref()?, value))
    });
    each.collect()
}

fn of_sql(program: &Program, reaches: &[Arc<Reach>], tables: &Tables, tally: &mut Tally) {
    let mut queries = Vec::new();
    for (text, sites) in program.texts() {
        let Some((name, columns)) = simple_query(text) else {
            continue;
        };
        let live = sites.iter().filter(|(function, _)| is_live(reaches, *function));
        queries.extend(live.map(|site| (*site, name.clone(), columns.clone())));
    }
    // In the order of the code.
    queries.sort();
    for ((function, expr), name, columns) in queries {
        let Some(table) = tables.by_name.get(&name).filter(|table| table.is_made) else {
            continue;
        };
        let known: Vec<String> = columns
            .into_iter()
            .filter(|column| table.columns.contains(column))
            .collect();
        if known.is_empty() {
            continue;
        }
        let is_served = is_indexed(&known, table.indexes.iter().map(Vec::as_slice));
        let span = program.module(function.module).span(expr);
        let place = program.place(function.module, &span);
        tally.add(&name, &known, is_served, &place);
    }
}

/// The table of a query over one table, and the columns that all its rows are compared by.
fn simple_query(text: &str) -> Option<(String, Vec<String>)> {
    /// Queries are short; what is longer is no query that is followed.
    const LONGEST: usize = 4096;
    if text.len() > LONGEST {
        return None;
    }
    let mut spaced = String::with_capacity(text.len() + 16);
    for letter in text.chars().map(|letter| letter.to_ascii_lowercase()) {
        match letter {
            '"' | '`' => {}
            '=' | '<' | '>' | '!' | '(' | ')' | ',' | ';' => {
                spaced.push(' ');
                spaced.push(letter);
                spaced.push(' ');
            }
            other => spaced.push(other),
        }
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let is_start = matches!(words.first(), Some(&("select" | "update" | "delete")));
    let refused = ["join", "or", "union", "with", "exists", "using", "having"];
    let selects = words.iter().filter(|word| **word == "select").count();
    if !is_start || selects > 1 || words.iter().any(|word| refused.contains(word)) {
        return None;
    }
    let at = |word: &str| words.iter().position(|known| *known == word);
    let from = if words[0] == "update" { Some(0) } else { at("from") }?;
    let condition = at("where").filter(|condition| *condition > from)?;
    // A comma names a second table.
    if words[from + 1..condition].contains(&",") && words[0] != "update" {
        return None;
    }
    let table = words.get(from + 1)?.rsplit('.').next()?.to_owned();
    let ends = ["order", "group", "limit", "returning", "for", "offset", ";"];
    let end = words[condition..].iter().position(|word| ends.contains(word));
    let clause = &words[condition + 1..end.map_or(words.len(), |end| condition + end)];
    let mut columns = Vec::new();
    for part in clause.split(|word| *word == "and") {
        let part: Vec<&str> = part.iter().copied().filter(|word| *word != "(").collect();
        let [left, sign, right, ..] = part.as_slice() else {
            continue;
        };
        let compares =
            matches!(*sign, "=" | "<" | ">" | "in" | "between") && !matches!(*right, "true" | "false" | "null");
        let name = left.rsplit('.').next().unwrap_or(left);
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let is_flag = name.starts_with("is_") || name.starts_with("has_");
        if compares && is_name && !is_flag && !columns.iter().any(|known| known == name) {
            columns.push(name.to_owned());
        }
    }
    (!columns.is_empty()).then_some((table, columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_queries_over_one_table_are_read() {
        let read = |text: &str| simple_query(text).map(|(table, columns)| format!("{table}: {}", columns.join(" ")));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            read("SELECT * FROM \"bets\" WHERE user_id = $1 AND placed_at>=$2 AND is_open = $3 ORDER BY id"),
            some("bets: user_id placed_at")
        );
        assert_eq!(
            read("update public.bets set a = 1, b = 2 where state in ($1)"),
            some("bets: state")
        );
        for text in [
            "SELECT * FROM bets b JOIN users u ON u.id = b.user_id WHERE u.email = $1",
            "SELECT * FROM bets WHERE a = 1 OR b = 2",
            "SELECT * FROM bets, users WHERE a = 1",
            "SELECT * FROM bets WHERE id IN (SELECT x FROM y WHERE z = 1)",
            "where did it go = 1",
            "SELECT * FROM bets WHERE closed IS NULL",
            "SELECT",
            "update",
            "delete from where",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(?i)(select|update|delete)? ?[a-z =,;()'\"$]{0,60}( where )?[a-z =<>,()]{0,40}") {
            let _ = simple_query(&text);
        }
    }
}
