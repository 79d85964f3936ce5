//! Finds the reads of one module.

use std::collections::BTreeMap;

use super::super::module::{
    BindingId, BindingKind, EACH, Expr, ExprId, FunctionId, Imported, Logical, Module, RequestId, TOP_LEVEL,
};
use super::names::Names;
use super::{EnvCheck, EnvRead, EnvSource};
use crate::text::Span;

/// A function that reads what it is told to.
#[derive(Debug, Clone)]
pub(super) struct Helper {
    /// Which.
    pub(super) function: FunctionId,
    /// The parameter that is the name.
    pub(super) parameter: u32,
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
    aliases: BTreeMap<BindingId, EnvSource>,
    pub(super) reads: Vec<EnvRead>,
    /// The reads that an expression is.
    pub(super) by_expr: BTreeMap<ExprId, Vec<usize>>,
    /// The reads whose value a name has.
    pub(super) by_binding: BTreeMap<BindingId, Vec<usize>>,
    /// The reads whose name is a parameter.
    by_parameter: Vec<(usize, FunctionId, u32)>,
}

impl<'a> Reader<'a> {
    /// Looks through a module.
    pub(super) fn of(module: &'a Module) -> Self {
        let mut reader = Self::new(module);
        // An alias may be made of one that stands before it.
        for _ in 0..2 {
            reader.find_aliases();
        }
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
        let mut functions = BTreeMap::new();
        for (index, (expr, _)) in (0_u32..).zip(&module.expressions) {
            expr.parts(&mut |part: ExprId| parents[part.0 as usize] = Some(ExprId(index)));
            if let Expr::Function(function) = expr {
                functions.insert(*function, ExprId(index));
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
            reads: Vec::new(),
            by_expr: BTreeMap::new(),
            by_binding: BTreeMap::new(),
            by_parameter: Vec::new(),
        }
    }

    /// The reads, and the functions that read what they are told to and may be called from elsewhere.
    pub(super) fn finish(mut self) -> (Vec<EnvRead>, Vec<Helper>) {
        self.spread_checks();
        let mut helpers: Vec<Helper> = Vec::new();
        for entry in &self.by_parameter {
            let helper = self.helper(*entry);
            let is_same =
                |known: &&mut Helper| (known.function, known.parameter) == (helper.function, helper.parameter);
            match helpers.iter_mut().find(is_same) {
                // What it does at one place it does for all.
                Some(known) => {
                    known.default = known.default.or(helper.default);
                    known.read.default = known.read.default.or(helper.read.default);
                    known.read.check = known.read.check.or(helper.read.check);
                    known.read.is_optional |= helper.read.is_optional;
                    known.spans.extend(helper.spans);
                }
                None => helpers.push(helper),
            }
        }
        let mut called = Vec::new();
        let mut found = Vec::new();
        for index in (0_u32..).take(self.module.expressions.len()) {
            let Expr::Call(callee, arguments) = self.module.expr(ExprId(index)) else {
                continue;
            };
            let Some(function) = self.function_of(*callee) else {
                continue;
            };
            for helper in helpers.iter().filter(|helper| helper.function == function) {
                called.extend(helper.spans.iter().cloned());
                found.extend(self.asked(helper, ExprId(index), arguments));
            }
        }
        let mut reads = std::mem::take(&mut self.reads);
        reads.retain(|read| read.name.is_some() || !called.contains(&read.span));
        reads.extend(found);
        reads.sort_by(|left, right| (left.span.start, &left.name).cmp(&(right.span.start, &right.name)));
        reads.dedup();
        (reads, helpers)
    }

    /// The reads that a call of a helper makes.
    pub(super) fn asked(&self, helper: &Helper, call: ExprId, arguments: &[ExprId]) -> Vec<EnvRead> {
        let argument = |index: u32| arguments.get(index as usize).copied();
        let names = match argument(helper.parameter).map(|expr| self.names(expr)) {
            Some(Names::Known(names)) => names.into_iter().map(Some).collect(),
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

    fn helper(&self, (read, function, parameter): (usize, FunctionId, u32)) -> Helper {
        let read = self.reads[read].clone();
        let default = read.default.and_then(|default| match self.module.expr(default) {
            Expr::Name(binding) => match self.module.binding(*binding).kind {
                BindingKind::Parameter(index) => Some(index),
                _ => None,
            },
            _ => None,
        });
        Helper {
            function,
            parameter,
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

    /// Through what an expression is the whole environment, if it is.
    pub(super) fn source(&self, expr: ExprId) -> Option<EnvSource> {
        match self.module.expr(expr) {
            Expr::Name(binding) => self.aliases.get(binding).copied(),
            Expr::Member(object, name) if name.as_ref() == "env" => match self.module.expr(*object) {
                Expr::Meta(_) => Some(EnvSource::ImportMeta),
                Expr::Global(name) if name.as_ref() == "Deno" => Some(EnvSource::Deno),
                Expr::Global(name) if name.as_ref() == "Bun" => Some(EnvSource::Bun),
                _ => self.is_process(*object).then_some(EnvSource::Process),
            },
            Expr::Logical(Logical::Or | Logical::Coalesce, left, _) => self.source(*left),
            Expr::Conditional(_, then, otherwise) => self.source(*then).or_else(|| self.source(*otherwise)),
            Expr::Call(callee, arguments) if arguments.is_empty() => match self.module.expr(*callee) {
                Expr::Member(object, name) if name.as_ref() == "toObject" => self.source(*object),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_process(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Global(name) => name.as_ref() == "process",
            Expr::Load(request) => self.is_process_module(*request),
            Expr::Name(binding) => {
                let binding = self.module.binding(*binding);
                let is_loaded = |value: ExprId| matches!(self.module.expr(value), Expr::Load(request) if self.is_process_module(*request));
                match &binding.kind {
                    BindingKind::Import(request, Imported::Default | Imported::Namespace) => {
                        self.is_process_module(*request)
                    }
                    _ => binding
                        .given
                        .iter()
                        .any(|given| given.path.is_empty() && given.value.is_some_and(is_loaded)),
                }
            }
            Expr::Member(object, name) if name.as_ref() == "process" => {
                matches!(self.module.expr(*object), Expr::Global(name) if matches!(name.as_ref(), "globalThis" | "global"))
            }
            _ => false,
        }
    }

    fn is_process_module(&self, request: RequestId) -> bool {
        matches!(
            self.module.request(request).specifier.as_deref(),
            Some("process" | "node:process")
        )
    }

    fn find_aliases(&mut self) {
        for (index, binding) in (0_u32..).zip(&self.module.bindings) {
            let imported = match &binding.kind {
                BindingKind::Import(request, Imported::Named(name)) if name.as_ref() == "env" => {
                    self.is_process_module(*request).then_some(EnvSource::Process)
                }
                _ => None,
            };
            let given = binding.given.iter().find_map(|given| {
                let value = given.value.and_then(|value| match given.path.as_slice() {
                    [] => self.source(value),
                    [name] if name.as_ref() == "env" && self.is_process(value) => Some(EnvSource::Process),
                    _ => None,
                });
                value.or_else(|| {
                    given
                        .default
                        .filter(|_| given.path.is_empty())
                        .and_then(|default| self.source(default))
                })
            });
            if let Some(source) = imported.or(given) {
                self.aliases.insert(BindingId(index), source);
            }
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
            Names::Known(names) => names.into_iter().map(Some).collect(),
            Names::Parameter(helper, index) => {
                self.by_parameter.push((self.reads.len(), helper, index));
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
