//! Finds the reads of one module.

use std::collections::{BTreeMap, BTreeSet};

use super::super::module::{BindingId, BindingKind, EACH, Expr, ExprId, FunctionId, Module, TOP_LEVEL};
use super::names::{Names, Told};
use super::{EnvCheck, EnvRead, EnvSource};
use crate::text::Span;

/// A module's reads beyond this many are not followed to their names: nobody writes so many, and lists in loops within
/// lists in loops would make them.
const MOST: usize = 20_000;
/// Names that one function makes of one that it is told.
const MOST_OF_A_HELPER: usize = 8;

/// A function that reads what it is told to.
#[derive(Debug, Clone)]
pub(super) struct Helper {
    /// Which.
    pub(super) function: FunctionId,
    /// The parameter that is the name, and what is put around it.
    pub(super) told: Told,
    /// The parameter that is taken where nothing is set.
    pub(super) default: Option<u32>,
    /// The read within it.
    pub(super) read: EnvRead,
    /// All places in it that read so.
    pub(super) spans: Vec<Span>,
}

/// What is known while a module is looked through.
pub(super) struct Reader<'a> {
    pub(super) module: &'a Module,
    parents: Vec<Option<ExprId>>,
    owners: Vec<Option<FunctionId>>,
    /// Functions in the order of where they begin, for what is in no function's steps.
    starts: Vec<(usize, FunctionId)>,
    /// Where each function stands as an expression.
    pub(super) functions: BTreeMap<FunctionId, ExprId>,
    pub(super) aliases: BTreeMap<BindingId, EnvSource>,
    /// The functions that end the process or throw.
    pub(super) ending: BTreeSet<FunctionId>,
    pub(super) reads: Vec<EnvRead>,
    /// What is added to a list after it was made.
    pub(super) pushed: BTreeMap<BindingId, Vec<ExprId>>,
    /// The reads that an expression is.
    pub(super) by_expr: BTreeMap<ExprId, Vec<usize>>,
    /// The reads whose value a name has.
    pub(super) by_binding: BTreeMap<BindingId, Vec<usize>>,
    /// The reads whose name is a parameter.
    by_parameter: Vec<(usize, Told)>,
}

impl<'a> Reader<'a> {
    /// Looks through a module.
    pub(super) fn of(module: &'a Module) -> Self {
        let mut reader = Self::new(module);
        // An alias may be made of one that stands before it.
        for _ in 0..2 {
            reader.find_aliases();
        }
        reader.endings();
        reader.destructured();
        for index in (0_u32..).take(module.expressions.len()) {
            reader.expression(ExprId(index));
        }
        reader.named();
        reader.guards();
        reader.schemas();
        reader
    }

    fn new(module: &'a Module) -> Self {
        let count = module.expressions.len();
        let (mut parents, mut owners) = (vec![None; count], vec![None; count]);
        let (mut functions, mut pushed) = (BTreeMap::new(), BTreeMap::new());
        for (index, (expr, _)) in (0_u32..).zip(&module.expressions) {
            expr.parts(&mut |part: ExprId| parents[part.0 as usize] = Some(ExprId(index)));
            match expr {
                Expr::Function(function) => {
                    functions.insert(*function, ExprId(index));
                }
                Expr::Call(callee, arguments) => {
                    if let Expr::Member(list, method) = module.expr(*callee)
                        && let ("push" | "unshift", Expr::Name(list)) = (method.as_ref(), module.expr(*list))
                    {
                        pushed.entry(*list).or_insert_with(Vec::new).extend(arguments);
                    }
                }
                _ => {}
            }
        }
        let mut starts = Vec::new();
        for (index, function) in (0_u32..).zip(&module.functions) {
            module.each_expr(FunctionId(index), &mut |expr| {
                owners[expr.0 as usize] = Some(FunctionId(index));
            });
            starts.push((function.span.start, FunctionId(index)));
        }
        starts.sort_unstable();
        Self {
            module,
            parents,
            owners,
            starts,
            functions,
            aliases: BTreeMap::new(),
            ending: BTreeSet::new(),
            reads: Vec::new(),
            pushed,
            by_expr: BTreeMap::new(),
            by_binding: BTreeMap::new(),
            by_parameter: Vec::new(),
        }
    }

    /// The reads, and the functions that read what they are told to and may be called from elsewhere.
    pub(super) fn finish(mut self) -> (Vec<EnvRead>, Vec<Helper>) {
        self.spread_checks();
        let mut helpers: BTreeMap<FunctionId, Vec<Helper>> = BTreeMap::new();
        for entry in &self.by_parameter {
            self.add_helper(self.helper(entry), &mut helpers);
        }
        let mut called = BTreeSet::new();
        let mut found = Vec::new();
        for index in (0_u32..).take(self.module.expressions.len()) {
            let Expr::Call(callee, arguments) = self.module.expr(ExprId(index)) else {
                continue;
            };
            let function = self.function_of(*callee);
            for helper in function
                .and_then(|function| helpers.get(&function))
                .into_iter()
                .flatten()
            {
                if found.len() < MOST {
                    called.extend(helper.spans.iter().map(|span| span.start));
                    found.extend(self.asked(helper, ExprId(index), arguments));
                }
            }
        }
        // What was too much to follow is not known.
        if found.len() >= MOST {
            called.clear();
        }
        let mut reads = std::mem::take(&mut self.reads);
        reads.retain(|read| read.name.is_some() || !called.contains(&read.span.start));
        reads.extend(found);
        reads.sort_by(|left, right| (left.span.start, &left.name).cmp(&(right.span.start, &right.name)));
        reads.dedup();
        (reads, helpers.into_values().flatten().collect())
    }

    fn add_helper(&self, helper: Helper, helpers: &mut BTreeMap<FunctionId, Vec<Helper>>) {
        let known = helpers.entry(helper.function).or_default();
        match known.iter_mut().find(|known| known.told == helper.told) {
            // What it does at one place it does for all.
            Some(known) => {
                known.default = known.default.or(helper.default);
                known.read.default = known.read.default.or(helper.read.default);
                known.read.check = known.read.check.or(helper.read.check);
                known.read.is_optional |= helper.read.is_optional;
                known.spans.extend(helper.spans);
            }
            None if known.len() < MOST_OF_A_HELPER => known.push(helper),
            None => {}
        }
    }

    /// The reads that a call of a helper makes.
    pub(super) fn asked(&self, helper: &Helper, call: ExprId, arguments: &[ExprId]) -> Vec<EnvRead> {
        let argument = |index: u32| arguments.get(index as usize).copied();
        let names = match argument(helper.told.parameter).map(|expr| self.names(expr)) {
            Some(Names::Known(names)) => names.iter().map(|name| Some(helper.told.name(name))).collect(),
            _ => vec![None],
        };
        let function = self.owner(call);
        let each = names.into_iter().map(|name| {
            let mut read = EnvRead {
                name,
                function,
                span: self.module.span(call),
                ..helper.read.clone()
            };
            read.default = match helper.default {
                Some(index) => argument(index),
                None => helper.read.default,
            };
            self.context(call, &mut read);
            read
        });
        each.collect()
    }

    fn helper(&self, (read, told): &(usize, Told)) -> Helper {
        let read = self.reads[*read].clone();
        let default = read.default.and_then(|default| match self.module.expr(default) {
            Expr::Name(binding) => match self.module.binding(*binding).kind {
                BindingKind::Parameter(index) => Some(index),
                _ => None,
            },
            _ => None,
        });
        Helper {
            function: told.function,
            told: told.clone(),
            default,
            spans: vec![read.span.clone()],
            read,
        }
    }

    /// The expression that one is a part of.
    pub(super) fn parent(&self, expr: ExprId) -> Option<ExprId> {
        self.parents[expr.0 as usize]
    }

    /// The function that evaluates an expression.
    pub(super) fn owner(&self, expr: ExprId) -> FunctionId {
        if let Some(owner) = self.owners[expr.0 as usize] {
            return owner;
        }
        let span = self.module.span(expr);
        let before = self.starts.partition_point(|(start, _)| *start <= span.start);
        let mut at = before.checked_sub(1).map_or(TOP_LEVEL, |index| self.starts[index].1);
        while at != TOP_LEVEL && self.module.function(at).span.end < span.end {
            at = self.module.function(at).parent;
        }
        at
    }

    /// The function of this module that a callee is.
    pub(super) fn function_of(&self, callee: ExprId) -> Option<FunctionId> {
        match self.module.expr(self.followed(callee)) {
            Expr::Function(function) => Some(*function),
            Expr::Name(binding) => match self.module.binding(*binding).kind {
                BindingKind::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }

    /// `const { X, Y = 1 } = process.env`.
    fn destructured(&mut self) {
        for (index, binding) in (0_u32..).zip(&self.module.bindings) {
            for given in &binding.given {
                let Some(value) = given.value else { continue };
                let (source, path) = match (self.source(value), given.path.as_slice()) {
                    (Some(source), path) => (source, path),
                    (None, [first, rest @ ..]) if first.as_ref() == "env" && self.is_process(value) => {
                        (EnvSource::Process, rest)
                    }
                    _ => continue,
                };
                let [name] = path else { continue };
                if name.as_ref() == EACH {
                    continue;
                }
                let read = self.read(
                    Some(name.clone()),
                    source,
                    given.function,
                    given.span.clone(),
                    given.default,
                );
                self.by_binding.entry(BindingId(index)).or_default().push(read);
            }
        }
    }

    fn read(
        &mut self,
        name: Option<Box<str>>,
        source: EnvSource,
        function: FunctionId,
        span: Span,
        default: Option<ExprId>,
    ) -> usize {
        self.reads.push(EnvRead {
            name,
            source,
            default,
            is_optional: false,
            check: None,
            function,
            span,
        });
        self.reads.len() - 1
    }

    fn expression(&mut self, id: ExprId) {
        let module = self.module;
        let found = match module.expr(id) {
            Expr::Member(object, name) => {
                let is_method = || {
                    self.parent(id)
                        .is_some_and(|parent| matches!(module.expr(parent), Expr::Call(callee, _) if *callee == id))
                };
                self.source(*object)
                    .filter(|source| {
                        !(matches!(source, EnvSource::Deno) || name.as_ref() == "hasOwnProperty") || !is_method()
                    })
                    .map(|source| (source, Names::Known(vec![name.clone()])))
            }
            Expr::Index(object, index) => self.source(*object).map(|source| (source, self.names(*index))),
            Expr::Binary("in", name, object) => self.source(*object).map(|source| (source, self.names(*name))),
            Expr::Call(callee, arguments) => match (module.expr(*callee), arguments.as_slice()) {
                (Expr::Member(object, method), [name])
                    if matches!(method.as_ref(), "get" | "has" | "hasOwnProperty") =>
                {
                    let is_asked =
                        |source: &EnvSource| *source == EnvSource::Deno || method.as_ref() == "hasOwnProperty";
                    self.source(*object)
                        .filter(is_asked)
                        .map(|source| (source, self.names(*name)))
                }
                _ => None,
            },
            _ => None,
        };
        let Some((source, names)) = found else { return };
        if self.is_written(id) {
            return;
        }
        let (function, span) = (self.owner(id), module.span(id));
        let names = match names {
            Names::Known(names) if self.reads.len() + names.len() <= MOST => names.into_iter().map(Some).collect(),
            Names::Known(_) => vec![None],
            Names::Told(told) => {
                self.by_parameter.push((self.reads.len(), told));
                vec![None]
            }
            Names::Unknown => vec![None],
        };
        for name in names {
            let read = self.read(name, source, function, span.clone(), None);
            self.by_expr.entry(id).or_default().push(read);
            let mut changed = self.reads[read].clone();
            self.context(id, &mut changed);
            self.reads[read] = changed;
        }
    }

    /// Whether it is only set or taken away.
    fn is_written(&self, id: ExprId) -> bool {
        let Some(parent) = self.parent(id) else { return false };
        match self.module.expr(parent) {
            Expr::Assign("=", target, _) => *target == id,
            Expr::Unary("delete", _) => true,
            _ => false,
        }
    }

    /// The names whose value is a read: `const port = Number(process.env.PORT)`.
    fn named(&mut self) {
        for (index, binding) in (0_u32..).zip(&self.module.bindings) {
            for given in binding.given.iter().filter(|given| given.path.is_empty()) {
                let reads = given.value.map(|value| self.reads_at(value)).unwrap_or_default();
                if !reads.is_empty() {
                    self.by_binding.entry(BindingId(index)).or_default().extend(reads);
                }
            }
        }
    }

    /// What is made sure of a name counts for all reads of it in the module.
    fn spread_checks(&mut self) {
        let mut checks: BTreeMap<Box<str>, EnvCheck> = BTreeMap::new();
        for read in &self.reads {
            if let (Some(name), Some(check)) = (&read.name, read.check) {
                let known = checks.entry(name.clone()).or_insert(check);
                *known = (*known).max(check);
            }
        }
        for read in &mut self.reads {
            let known = read.name.as_ref().and_then(|name| checks.get(name));
            read.check = known.copied().or(read.check);
        }
    }
}
