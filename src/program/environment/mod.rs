//! What modules read of their environment, under which names, and whether they look at what they got.

mod alias;
mod guard;
mod names;
mod reader;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use super::linked::{At, FunctionAt, ModuleId, Program};
use super::module::{BindingKind, Expr, ExprId, FunctionId, Module};
use super::values::Value;
use crate::text::Span;
use reader::{Helper, Reader};

/// Through what the environment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvSource {
    /// `process.env`.
    Process,
    /// `import.meta.env`: put in when the front end is built.
    ImportMeta,
    /// `Deno.env`.
    Deno,
    /// `Bun.env`.
    Bun,
}

/// How it is made sure that a value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EnvCheck {
    /// This function throws or ends the process without it.
    Guard(FunctionId),
    /// This function has a schema look at it.
    Schema(FunctionId),
}

/// One read of the environment.
#[derive(Debug, Clone, PartialEq)]
pub struct EnvRead {
    /// Under which name; `None` where that is computed, or stands in a schema that is not in the same file.
    pub name: Option<Box<str>>,
    /// Through what.
    pub source: EnvSource,
    /// What is taken where nothing is set.
    pub default: Option<ExprId>,
    /// Whether the code says that it may be missing: `?? null`, `.optional()`.
    pub is_optional: bool,
    /// How it is made sure, anywhere in the module, that it is there.
    pub check: Option<EnvCheck>,
    /// The function that reads it.
    pub function: FunctionId,
    /// Where.
    pub span: Span,
}

impl EnvRead {
    /// Whether the code says what happens without it.
    pub fn has_default(&self) -> bool {
        self.default.is_some() || self.is_optional
    }

    /// Whether something throws, or ends the process, where it is missing.
    pub fn is_checked(&self) -> bool {
        matches!(self.check, Some(EnvCheck::Guard(_)))
    }

    /// Whether a schema looks at it.
    pub fn is_validated(&self) -> bool {
        matches!(self.check, Some(EnvCheck::Schema(_)))
    }
}

/// What a module reads of its environment, in the order of the file. Calls of its own functions that read what they
/// are told to (`required("DATABASE_URL")`) are reads where they are called.
pub fn env_reads(module: &Module) -> Vec<EnvRead> {
    Reader::of(module).finish().0
}

/// What a program reads of its environment: each module's reads, with calls of other modules' functions that read
/// what they are told to. In the order of the modules; `default` and `function` are the module's own.
pub fn environment(program: &Program) -> Vec<(ModuleId, EnvRead)> {
    let mut reads = Vec::new();
    let mut helpers: BTreeMap<FunctionAt, Vec<Helper>> = BTreeMap::new();
    for (id, linked) in program.modules() {
        let (own, asking) = Reader::of(&linked.module).finish();
        reads.extend(own.into_iter().map(|read| (id, read)));
        for mut helper in asking {
            let function = helper.function;
            // An expression of its module says nothing elsewhere.
            let default = helper.read.default.take();
            helper.read.is_optional |= helper.default.is_none() && default.is_some();
            helpers
                .entry(FunctionAt { module: id, function })
                .or_default()
                .push(helper);
        }
    }
    if !helpers.is_empty() {
        let mut asked = Vec::new();
        for (id, linked) in program.modules() {
            calls_of_helpers(program, id, &linked.module, &helpers, &mut asked);
        }
        // What a helper reads is known from its calls.
        let called: BTreeSet<FunctionAt> = asked.iter().map(|(helper, _, _)| *helper).collect();
        let known: BTreeSet<(ModuleId, usize)> = called
            .iter()
            .flat_map(|at| helpers.get(at).into_iter().flatten().map(|helper| (at.module, helper)))
            .flat_map(|(id, helper)| helper.spans.iter().map(move |span| (id, span.start)))
            .collect();
        reads.retain(|(id, read)| read.name.is_some() || !known.contains(&(*id, read.span.start)));
        reads.extend(asked.into_iter().map(|(_, id, read)| (id, read)));
    }
    reads.sort_by(|(left_id, left), (right_id, right)| {
        (left_id, left.span.start, &left.name).cmp(&(right_id, right.span.start, &right.name))
    });
    reads
}

/// Calls of helpers that other modules give.
fn calls_of_helpers(
    program: &Program,
    id: ModuleId,
    module: &Module,
    helpers: &BTreeMap<FunctionAt, Vec<Helper>>,
    asked: &mut Vec<(FunctionAt, ModuleId, EnvRead)>,
) {
    let mut reader = None;
    for (index, (expr, _)) in (0_u32..).zip(&module.expressions) {
        let Expr::Call(callee, arguments) = expr else { continue };
        if arguments.is_empty() || !is_imported(module, *callee) {
            continue;
        }
        let values = program.values(At {
            module: id,
            expr: *callee,
        });
        for value in values {
            let Value::Function(function) = value else { continue };
            let known = helpers.get(&function).filter(|_| function.module != id);
            for helper in known.into_iter().flatten() {
                let reader = reader.get_or_insert_with(|| Reader::of(module));
                let found = reader.asked(helper, ExprId(index), arguments);
                asked.extend(found.into_iter().map(|mut read| {
                    // The function that checks it is its own module's: here it is whoever calls it.
                    read.check = match helper.read.check {
                        Some(EnvCheck::Guard(_)) => Some(EnvCheck::Guard(read.function)),
                        Some(EnvCheck::Schema(_)) => Some(EnvCheck::Schema(read.function)),
                        None => read.check,
                    };
                    (function, id, read)
                }));
            }
        }
    }
}

fn is_imported(module: &Module, callee: ExprId) -> bool {
    match module.expr(callee) {
        Expr::Name(binding) => {
            let binding = module.binding(*binding);
            let is_loaded = |value: ExprId| matches!(module.expr(value), Expr::Load(_));
            matches!(binding.kind, BindingKind::Import(..))
                || binding.given.iter().any(|given| given.value.is_some_and(is_loaded))
        }
        Expr::Member(object, _) => matches!(module.expr(*object), Expr::Name(_)) && is_imported(module, *object),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
