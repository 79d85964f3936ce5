//! What production reads: the readings of all modules, weighed by what the entries reach.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check::View;
use crate::model::{Cause, Class, Component, Place, Unread};
use crate::program::module::{Expr, ExprId, FunctionId};
use crate::program::{Asks, At, FunctionAt, ModuleId, Program, Reach, Side, Target, Value};

use super::early::loaded_early;
use super::names::{is_set_by_platforms, is_variable};
use super::reads::{Reading, Reads, Way};

/// What every module of the program does with its environment, found once for a snapshot.
pub(super) struct AllReads(BTreeMap<ModuleId, Reads>);

impl AllReads {
    /// Those of the snapshot's program.
    pub(super) fn of(view: &View<'_>) -> Arc<Self> {
        view.snapshot.derive(|snapshot| {
            let program = Program::of(snapshot);
            let all = program.modules().map(|(id, linked)| (id, Reads::of(&linked.module)));
            let mut all: BTreeMap<ModuleId, Reads> = all.collect();
            let asked = asked_of_getters(&program, &all);
            for (id, reading) in asked {
                if let Some(reads) = all.get_mut(&id) {
                    reads.readings.push(reading);
                }
            }
            for (id, function, rules) in given_schemas(&program, &all) {
                if let Some(reads) = all.get_mut(&id) {
                    let span = reads.validating.first().map_or(0..0, |(_, span)| span.clone());
                    for (name, way) in rules {
                        reads.held.push((function, name.clone()));
                        let span = span.clone();
                        reads.readings.push(Reading {
                            name,
                            way,
                            function,
                            span,
                        });
                    }
                }
            }
            for asked in super::getters::asked_by_name(&program, &all) {
                if let Some(reads) = all.get_mut(&asked.module) {
                    reads.handing.retain(|(function, _)| *function != asked.function);
                }
            }
            Self(all)
        })
    }
}

/// What a schema says of each variable that it names.
type Rules = Vec<(String, Way)>;

/// What the schemas say that stand elsewhere than what validates by them.
fn given_schemas(program: &Program, all: &BTreeMap<ModuleId, Reads>) -> Vec<(ModuleId, FunctionId, Rules)> {
    let mut found = Vec::new();
    for (&id, reads) in all {
        for &(function, expr) in &reads.schemas {
            for value in program.values(At { module: id, expr }) {
                // `Joi.object({ … })`, and what is called on it.
                if let Value::Result(_, at) = value
                    && at.module != id
                {
                    let rules = super::schema::rules_of(program.module(at.module), at.expr);
                    found.push((id, function, rules));
                }
            }
        }
    }
    found
}

/// The functions that read what they are given the name of: which argument is the name, and what they do where it is not
/// set.
type Getters = BTreeMap<FunctionAt, (u32, Way)>;

/// What is read by functions that are given a name: `required("DATABASE_URL")`.
fn asked_of_getters(program: &Program, all: &BTreeMap<ModuleId, Reads>) -> Vec<(ModuleId, Reading)> {
    let mut getters = Getters::new();
    for (&module, reads) in all {
        for &(function, index, way) in &reads.getters {
            getters.insert(FunctionAt { module, function }, (index, way));
        }
    }
    let mut found = Vec::new();
    if getters.is_empty() {
        return found;
    }
    for (id, linked) in program.modules() {
        let module = &linked.module;
        // In most modules no variable is named at all.
        let mut expressions = module.expressions.iter();
        if !expressions.any(|(expr, _)| matches!(expr, Expr::Text(text) if is_variable(text))) {
            continue;
        }
        for index in 0..module.functions.len() {
            let Ok(function) = u32::try_from(index).map(FunctionId) else {
                break;
            };
            module.each_expr(function, &mut |expr| {
                let named = named_in(program, &getters, At { module: id, expr });
                let readings = named.into_iter().map(|(name, way)| Reading {
                    name,
                    way,
                    function,
                    span: module.span(expr),
                });
                found.extend(readings.map(|reading| (id, reading)));
            });
        }
    }
    found
}

/// The variables that an expression asks getters for, if it is a call of some.
fn named_in(program: &Program, getters: &Getters, at: At) -> Vec<(String, Way)> {
    let module = program.module(at.module);
    let Expr::Call(callee, arguments) = module.expr(at.expr) else {
        return Vec::new();
    };
    let is_named = |one: &ExprId| matches!(module.expr(*one), Expr::Text(text) if is_variable(text));
    if !arguments.iter().any(is_named) {
        return Vec::new();
    }
    let called = program.values(At { expr: *callee, ..at });
    let named = called.iter().filter_map(|value| {
        let Value::Function(called) = value else { return None };
        let (index, way) = getters.get(called)?;
        let argument = arguments.get(usize::try_from(*index).ok()?)?;
        let Expr::Text(name) = module.expr(*argument) else {
            return None;
        };
        // What is given beside the name is a default.
        let way = if arguments.len() > 1 && *way != Way::Demanding {
            Way::Lenient
        } else {
            *way
        };
        Some((name.to_string(), way))
    });
    named.collect()
}

/// What the components that are asked about do with their environment.
#[derive(Default)]
pub(super) struct Production {
    /// The variables that they read, by name, where first and whether they can do without.
    pub(super) required: BTreeMap<String, Place>,
    /// What Prisma's client asks for by itself.
    pub(super) by_schema: BTreeMap<String, Place>,
    /// All that they read.
    pub(super) read: BTreeMap<String, Place>,
    /// What the program stops without, somewhere, or what a validation is given.
    pub(super) demanded: BTreeSet<String>,
    /// What it stops without as soon as a module of it is loaded.
    pub(super) demanded_at_start: BTreeSet<String>,
    /// What code reads that may be out of reach.
    pub(super) doubtful: BTreeMap<String, Place>,
    /// What a module stops without that is loaded with the first request for a route of Next.js's.
    pub(super) demanded_late: BTreeSet<String>,
    /// Where the environment is held against a list or a schema.
    pub(super) validating: Vec<Place>,
    /// The same where only such modules do.
    pub(super) validating_late: Vec<Place>,
    /// Where that is done out of reach.
    pub(super) idle: Vec<Place>,
    /// Where the environment is handed to something that was not followed.
    pub(super) handing: Vec<Place>,
    /// What was not read or followed and may read more.
    pub(super) unread: Option<Unread>,
    /// An edge that was not followed.
    pub(super) open: Option<String>,
}

impl Production {
    /// What the components that a view asks about do; `Err` where nothing is known, or there is no such code.
    ///
    /// # Errors
    /// `None` where there is no program; else why nothing is known.
    pub(super) fn of(view: &View<'_>) -> Result<Self, Option<Unread>> {
        let asked: Vec<&Component> = match view.component {
            Some(component) => vec![component],
            None => view.snapshot.components.iter().collect(),
        };
        let node: Vec<&Component> = asked
            .iter()
            .copied()
            .filter(|one| one.kinds.iter().any(|kind| kind == "node"))
            .collect();
        if node.is_empty() {
            let kind = asked.iter().find_map(|component| component.kinds.first());
            return Err(kind.map(|kind| {
                let what = format!("which variables {kind} code reads is not followed yet");
                Unread::new(Cause::Unmodelled, what, "attest it")
            }));
        }
        let program = Program::of(view.snapshot);
        let reaches: Vec<Arc<Reach>> = node
            .iter()
            .flat_map(|component| [Side::Server, Side::Browser].map(|side| program.reach(component, side)))
            .collect();
        if !reaches.iter().any(|reach| reach.has_entry()) {
            return Err(reaches.first().map(|reach| reach.nowhere()));
        }
        Ok(Self::gather(view, &program, &node, &reaches))
    }

    fn gather(view: &View<'_>, program: &Program, components: &[&Component], reaches: &[Arc<Reach>]) -> Self {
        let words = ["process.env", "import.meta.env"].map(str::to_owned);
        let mut found = Self {
            unread: reaches.iter().find_map(|reach| reach.unread(program, &words)),
            open: open_edge(reaches),
            by_schema: super::prisma::asked_for(view, program, reaches),
            ..Self::default()
        };
        let mut ways: BTreeMap<String, Vec<Way>> = BTreeMap::new();
        let scripts = scripts(program, components);
        let early = loaded_early(program, components);
        let is_early = |id: &ModuleId| early.as_ref().is_none_or(|early| early.contains(id));
        let at_start = super::started::at_start(program, &AllReads::of(view).0, reaches);
        for (id, reads) in &AllReads::of(view).0 {
            let is_live = |function| {
                reaches
                    .iter()
                    .any(|reach| reach.is_live(FunctionAt { module: *id, function }))
            };
            let here = |function| FunctionAt { module: *id, function };
            let linked = program.linked(*id);
            let is_own_source = LazyCell::new(|| {
                let owner = Component::of(&view.snapshot.components, &linked.path);
                owner.is_none_or(|owner| components.iter().any(|one| one.path == owner.path))
                    && view.snapshot.tree.class(linked.path.as_str()) == Class::Source
            });
            for reading in &reads.readings {
                let place = program.place(*id, &reading.span);
                if is_live(reading.function) {
                    if reading.way == Way::Demanding {
                        found.demanded.insert(reading.name.clone());
                        if at_start.contains(&here(reading.function)) || scripts.contains(id) {
                            match is_early(id) {
                                true => found.demanded_at_start.insert(reading.name.clone()),
                                false => found.demanded_late.insert(reading.name.clone()),
                            };
                        }
                    }
                    ways.entry(reading.name.clone()).or_default().push(reading.way);
                    found.read.entry(reading.name.clone()).or_insert(place);
                } else if matches!(reading.way, Way::Plain | Way::Demanding) && *is_own_source {
                    found.doubtful.entry(reading.name.clone()).or_insert(place);
                }
            }
            for (function, span) in &reads.validating {
                let place = program.place(*id, span);
                match is_live(*function) {
                    true if is_early(id) => found.validating.push(place),
                    true => found.validating_late.push(place),
                    false if *is_own_source => found.idle.push(place),
                    false => {}
                }
            }
            let held = reads.held.iter().filter(|(function, _)| is_live(*function));
            found.demanded.extend(held.map(|(_, name)| name.clone()));
            let handing = reads.handing.iter().filter(|(function, _)| is_live(*function));
            found.handing.extend(handing.map(|(_, span)| program.place(*id, span)));
        }
        found.required = ways
            .into_iter()
            .filter(|(name, ways)| is_required(ways) && !is_set_by_platforms(name))
            .filter_map(|(name, _)| Some((name.clone(), found.read.get(&name)?.clone())))
            .collect();
        found
    }
}

fn open_edge(reaches: &[Arc<Reach>]) -> Option<String> {
    let edge = reaches.iter().find_map(|reach| reach.open_edge())?;
    Some(format!("an edge in {} was not followed: {}", at(&edge.place), edge.why))
}

/// The modules that are run from one end to the other before, or beside, what serves: a check of the database in front of
/// the server. What their functions stop for stops the start.
fn scripts(program: &Program, components: &[&Component]) -> BTreeSet<ModuleId> {
    const SERVING: [&str; 8] = [
        "express",
        "fastify",
        "koa",
        "hono",
        "next",
        "@nestjs/core",
        "http",
        "https",
    ];
    let serves = |module: ModuleId| {
        program.linked(module).targets.iter().any(|target| match target {
            Target::Package(name, _) | Target::Builtin(name) => SERVING.contains(&name.as_ref()),
            // What it loads may serve.
            Target::Module(_) => true,
            Target::File(_) | Target::Unresolved(_) | Target::Erased | Target::Missing(_) => false,
        })
    };
    let entries = components.iter().flat_map(|component| program.entries(component));
    let run = entries.filter(|entry| entry.side == Side::Server && entry.asks == Asks::Run);
    run.map(|entry| entry.module)
        .filter(|module| !serves(*module))
        .collect()
}

/// A variable is required where the program stops without it, or where nothing that reads it can do without.
fn is_required(ways: &[Way]) -> bool {
    ways.contains(&Way::Demanding) || ways.contains(&Way::Plain) && !ways.contains(&Way::Lenient)
}

/// A place in words.
pub(super) fn at(place: &Place) -> String {
    match place.line {
        Some(line) => format!("`{}`, line {line}", place.path),
        None => format!("`{}`", place.path),
    }
}
