//! Models that code asks for, and models and fields that a policy asks for.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::check::View;
use crate::check::code::{bare, is_like, normal_path};
use crate::check::files::cut;
use crate::check::parameters::{alternatives, counted};
use crate::model::{Cause, Evidence, Examined, Gap, Needs, Place, Strength, Unread};
use crate::program::{Program, Reach, Side};

use super::Except;
use super::sources::{Sources, mapper, needs as sources_needs, sources};
use super::tables::tables;

/// What Prisma's client does with a model.
const METHODS: [&str; 18] = [
    "findUnique",
    "findUniqueOrThrow",
    "findFirst",
    "findFirstOrThrow",
    "findMany",
    "create",
    "createMany",
    "createManyAndReturn",
    "update",
    "updateMany",
    "updateManyAndReturn",
    "upsert",
    "delete",
    "deleteMany",
    "count",
    "aggregate",
    "groupBy",
    "fields",
];

pub(super) fn needs(view: &View<'_>) -> Needs {
    let mut needs = sources_needs(view);
    needs.unite(Program::needs(view.snapshot));
    needs
}

pub(super) fn examine(view: &View<'_>, except: &Except<'_>) -> Examined {
    let sources = sources(view);
    if sources.prisma.is_empty() {
        return match sources.unread {
            Some(unread) => Examined::unknown(unread),
            None => Examined::not_applicable("there is no Prisma schema here"),
        };
    }
    let program = Program::of(view.snapshot);
    let reaches = reaches(view, &program);
    let (compared, mut gaps) = compared(&sources, &program, &reaches, except);
    if let Some(unread) = sources.unread {
        return Examined::unknown(unread);
    }
    if let Some(first) = gaps.first() {
        let reason = match gaps.len() {
            1 => first.message.clone(),
            several => format!("{}, first: {}", counted(several, "call"), first.message),
        };
        cut(&mut gaps, "models");
        return Examined::fail(reason, gaps);
    }
    if compared > 0 {
        let calls = counted(compared, "call");
        return Examined::pass(
            format!("each of {calls} of the client asks for a model of the schema"),
            Vec::new(),
        );
    }
    match reaches.iter().find(|reach| reach.has_entry()) {
        Some(_) => Examined::unknown(Unread::new(
            Cause::Unmodelled,
            "no call of the Prisma client could be followed in what production starts",
            "attest it",
        )),
        None => match reaches.first() {
            Some(reach) => Examined::unknown(reach.nowhere()),
            None => Examined::not_applicable("no code here asks for a model"),
        },
    }
}

/// How many calls of the client were held against the schema, and those that ask for a model that it has not.
fn compared(sources: &Sources, program: &Program, reaches: &[Arc<Reach>], except: &Except<'_>) -> (usize, Vec<Gap>) {
    let models: BTreeSet<String> = sources
        .prisma
        .iter()
        .flat_map(|(_, _, schema)| &schema.models)
        .map(|model| first_small(&model.name))
        .collect();
    let mut compared = 0;
    let mut gaps = Vec::new();
    let clients = program
        .usage()
        .packages()
        .filter(|(package, _)| bare(package) == "@prisma/client");
    for known in clients.flat_map(|(_, uses)| uses) {
        let Some(name) = model_of(&normal_path(&known.path)).map(str::to_owned) else {
            continue;
        };
        let is_live = reaches.iter().any(|reach| reach.is_live(known.function));
        let Some(at) = known.at().filter(|_| is_live && !except.has(&name, "")) else {
            continue;
        };
        compared += 1;
        if !models.contains(&first_small(&name)) {
            let place = program.place(at.module, &program.module(at.module).span(at.expr));
            let why = format!("`prisma.{name}` is asked for here, and the Prisma schema has no such model");
            gaps.push(Gap::at(place, &name, why));
        }
    }
    (compared, gaps)
}

/// What the asked components run.
pub(super) fn reaches(view: &View<'_>, program: &Program) -> Vec<Arc<Reach>> {
    let components = view.snapshot.components.iter();
    let asked = components.filter(|component| view.component.is_none_or(|asked| asked.path == component.path));
    asked
        .flat_map(|component| [Side::Server, Side::Browser].map(|side| program.reach(component, side)))
        .collect()
}

/// The model of a call: `PrismaClient().user.findMany`, also behind extensions.
pub(super) fn model_of(path: &str) -> Option<&str> {
    let mut rest = path.strip_prefix("PrismaClient().")?;
    while let Some(more) = rest.strip_prefix("$extends().") {
        rest = more;
    }
    let (model, method) = rest.split_once('.')?;
    (!model.starts_with('$') && !model.contains('(') && METHODS.contains(&method)).then_some(model)
}

pub(super) fn first_small(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// What a model must have.
#[derive(Debug)]
pub(super) struct Wanted {
    /// Its name, one of these.
    pub(super) model: Vec<String>,
    /// A field, one of these; none is asked for where it is empty.
    pub(super) field: Vec<String>,
    /// The columns that an index of it begins with, in order; none is asked for where it is empty.
    pub(super) index: Vec<String>,
}

impl Wanted {
    fn shown(&self) -> String {
        let mut words = alternatives(&self.model);
        if !self.field.is_empty() {
            words.push_str(&format!(" with {}", alternatives(&self.field)));
        }
        if !self.index.is_empty() {
            words.push_str(&format!(" with an index that begins with `{}`", self.index.join(", ")));
        }
        words
    }

    fn subject(&self) -> String {
        let names = self
            .model
            .iter()
            .chain(&self.field)
            .cloned()
            .collect::<Vec<_>>()
            .join(" | ");
        match self.index.as_slice() {
            [] => names,
            index => format!("{names} ({})", index.join(", ")),
        }
    }

    fn is_indexed<'a>(&self, mut indexes: impl Iterator<Item = &'a [String]>) -> bool {
        let begins = |index: &[String]| {
            let pairs = self.index.iter().zip(index);
            index.len() >= self.index.len() && pairs.into_iter().all(|(wanted, known)| plain(wanted) == plain(known))
        };
        self.index.is_empty() || indexes.any(begins)
    }
}

/// Whether some model or table has what is wanted.
pub(super) fn has(view: &View<'_>, wanted: &Wanted) -> Examined {
    let sources = sources(view);
    let shown = wanted.shown();
    if let Some(evidence) = find(&sources, wanted) {
        return Examined::pass(format!("the schema has {shown}"), vec![evidence]);
    }
    if let Some(unread) = sources.unread {
        return Examined::unknown(unread);
    }
    let is_empty = sources.prisma.is_empty() && sources.sql.is_empty();
    match mapper(view) {
        Some(mapper) if sources.prisma.is_empty() => Examined::unknown(Unread::new(
            Cause::Unmodelled,
            format!("the tables that `{mapper}` makes are not followed"),
            "attest it",
        )),
        _ if is_empty => Examined::not_applicable("there is no database schema here"),
        _ => {
            let why = format!("no model or table of the schema is {shown}");
            Examined::fail(why.clone(), vec![Gap::missing(wanted.subject(), why)])
        }
    }
}

fn find(sources: &Sources, wanted: &Wanted) -> Option<Evidence> {
    let (model, field) = (wanted.model.as_slice(), wanted.field.as_slice());
    let is_any =
        |patterns: &[String], name: &str| patterns.iter().any(|pattern| is_like(&plain(pattern), &plain(name)));
    let tables = tables(sources);
    for (path, document, schema) in &sources.prisma {
        for known in &schema.models {
            let is_named = is_any(model, &known.name) || known.table.as_ref().is_some_and(|table| is_any(model, table));
            let held = known.fields.iter().find(|known| {
                is_any(field, &known.name) || known.column.as_ref().is_some_and(|column| is_any(field, column))
            });
            let own = known.indexes.iter().map(|index| index.fields.as_slice());
            // A migration by hand may make an index that the schema does not tell.
            let table = known.table.as_deref().unwrap_or(&known.name).to_ascii_lowercase();
            let by_hand = tables.by_name.get(&table).into_iter().flat_map(|table| &table.indexes);
            let is_indexed = wanted.is_indexed(own.chain(by_hand.map(Vec::as_slice)));
            if is_named && is_indexed && (field.is_empty() || held.is_some()) {
                let span = held.map_or(&known.span, |held| &held.span);
                let words = held.map_or_else(|| known.name.clone(), |held| format!("{}.{}", known.name, held.name));
                return Some(Evidence::new(
                    Place::span(path, document, span),
                    &words,
                    Strength::Present,
                    words.clone(),
                ));
            }
        }
    }
    let (path, _, _) = sources.sql.first()?;
    for (name, table) in &tables.by_name {
        let held = table.columns.iter().find(|column| is_any(field, column));
        let is_indexed = wanted.is_indexed(table.indexes.iter().map(Vec::as_slice));
        if is_any(model, name) && is_indexed && (field.is_empty() || held.is_some()) {
            let words = held.map_or_else(|| name.clone(), |held| format!("{name}.{held}"));
            return Some(Evidence::new(
                Place::file(path),
                &words,
                Strength::Present,
                words.clone(),
            ));
        }
    }
    None
}

/// A name without signs and case: `refresh_tokens` is `refreshtokens`.
fn plain(name: &str) -> String {
    let kept = name
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '*');
    kept.map(|letter| letter.to_ascii_lowercase()).collect()
}
