//! Calls of Prisma's client that it refuses each time: one row is asked for by what is not unique.
//!
//! `findUnique({ where: { email } })` needs a field with `@id` or `@unique`, or the name of several that are so together.
//! <https://www.prisma.io/docs/orm/reference/prisma-client-reference#findunique>

use std::collections::{BTreeMap, BTreeSet};

use crate::artifact::schema::{IndexKind, Model, PrismaSchema};
use crate::model::{Class, RepoPath, Snapshot};

use super::linked::{At, FunctionAt, Program};
use super::module::{Expr, ExprId, Step};
use super::values::Value;

/// The methods that ask for one row.
const OF_ONE: [&str; 5] = ["delete", "findUnique", "findUniqueOrThrow", "update", "upsert"];
/// Functions within functions that are looked at.
const DEEPEST: usize = 6;

/// The models of a repository whose schemas could all be read; none otherwise.
pub(super) fn models(snapshot: &Snapshot) -> Vec<Model> {
    let mut models = Vec::new();
    let schemas = snapshot.tree.those("schemas of Prisma", |path, entry, class| {
        class == Class::Source && entry.is_file() && tells(path)
    });
    for (path, _) in schemas {
        let Ok(Some(document)) = snapshot.read(path.as_str()).text(path.as_str()) else {
            return Vec::new();
        };
        match &document.view::<PrismaSchema>().0 {
            Ok(schema) => models.extend(schema.models.iter().cloned()),
            Err(_) => return Vec::new(),
        }
    }
    models
}

/// Whether a file is read for this.
pub(super) fn tells(path: &RepoPath) -> bool {
    path.extension() == Some("prisma")
}

impl Program {
    /// The first call of Prisma's client in some steps, or in what they call, that it refuses each time.
    pub fn refused_in_steps(&self, at: FunctionAt, steps: &[Step]) -> Option<At> {
        let mut exprs = Vec::new();
        expressions(steps, &mut exprs);
        exprs.into_iter().find_map(|expr| self.refused_in(at, expr))
    }

    /// The same of an expression.
    pub fn refused_in(&self, at: FunctionAt, expr: ExprId) -> Option<At> {
        let refused = self.refused();
        (!refused.is_empty()).then(|| self.refused_below(refused, at, expr, &mut vec![at]))?
    }

    /// The same of what a value does when it is called.
    pub fn refused_in_value(&self, value: &Value) -> Option<At> {
        let Value::Function(function) = value else { return None };
        let steps = &self.module(function.module).function(function.function).steps;
        self.refused_in_steps(*function, steps)
    }

    fn refused_below(
        &self,
        refused: &BTreeSet<At>,
        at: FunctionAt,
        expr: ExprId,
        open: &mut Vec<FunctionAt>,
    ) -> Option<At> {
        let module = self.module(at.module);
        let mut parts = Vec::new();
        module.each_part(expr, &mut |part| parts.push(part));
        for part in parts {
            let here = At {
                module: at.module,
                expr: part,
            };
            if refused.contains(&here) {
                return Some(here);
            }
            let functions = match module.expr(part) {
                Expr::Function(function) => vec![FunctionAt {
                    module: at.module,
                    function: *function,
                }],
                Expr::Call(callee, _) => self.functions_of(At {
                    module: at.module,
                    expr: *callee,
                }),
                _ => continue,
            };
            for function in functions {
                if open.len() >= DEEPEST || open.contains(&function) {
                    continue;
                }
                open.push(function);
                let mut exprs = Vec::new();
                let steps = &self.module(function.module).function(function.function).steps;
                expressions(steps, &mut exprs);
                let mut exprs = exprs.into_iter();
                let found = exprs.find_map(|expr| self.refused_below(refused, function, expr, open));
                open.pop();
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    fn functions_of(&self, callee: At) -> Vec<FunctionAt> {
        let values = self.values(callee).into_iter();
        let functions = values.filter_map(|value| match value {
            Value::Function(function) => Some(function),
            _ => None,
        });
        functions.collect()
    }

    fn refused(&self) -> &BTreeSet<At> {
        self.refused.get_or_init(|| match self.models.is_empty() {
            true => BTreeSet::new(),
            false => found(self),
        })
    }
}

fn expressions(steps: &[Step], found: &mut Vec<ExprId>) {
    for step in steps {
        match step {
            Step::Bind(_, expr) | Step::Do(expr) | Step::Return(Some(expr)) | Step::Throw(expr) => found.push(*expr),
            Step::Return(None) | Step::Jump => {}
            Step::Branch(branch) => {
                found.extend(branch.test);
                branch.arms.iter().for_each(|arm| expressions(arm, found));
            }
        }
    }
}

fn found(program: &Program) -> BTreeSet<At> {
    let mut models: BTreeMap<String, Vec<&Model>> = BTreeMap::new();
    for model in &program.models {
        models.entry(model.name.to_lowercase()).or_default().push(model);
    }
    let uses = program.usage().of_packages(&["@prisma/client"]);
    let calls = uses.flat_map(|(_, uses)| uses).filter_map(|known| {
        let path = known.path.strip_prefix("PrismaClient().")?;
        let (model, method) = path.split_once('.')?;
        let models = models.get(&model.to_lowercase()).filter(|_| OF_ONE.contains(&method))?;
        let at = known.at()?;
        let asked = asked(program, at)?;
        models.iter().all(|model| refuses(model, &asked)).then_some(at)
    });
    calls.collect()
}

/// The keys of the `where` of a call; `None` where they are not all written there.
fn asked(program: &Program, call: At) -> Option<Vec<&str>> {
    let module = program.module(call.module);
    let Expr::Call(_, arguments) = module.expr(call.expr) else {
        return None;
    };
    let Expr::Object(properties) = module.expr(*arguments.first()?) else {
        return None;
    };
    let filter = properties
        .iter()
        .find(|property| property.key.as_deref() == Some("where"))?;
    let Expr::Object(keys) = module.expr(filter.value) else {
        return None;
    };
    keys.iter().map(|property| property.key.as_deref()).collect()
}

/// Whether none of these alone tells one row: each is a field, and no field is unique. A name that is no field may be
/// that of several together.
fn refuses(model: &Model, asked: &[&str]) -> bool {
    let is_field = |name: &str| model.fields.iter().any(|field| field.name == name);
    let is_unique = |name: &str| {
        let mut keys = model.indexes.iter().filter(|index| index.kind != IndexKind::Plain);
        keys.any(|index| matches!(index.fields.as_slice(), [field] if field == name))
    };
    !asked.is_empty() && asked.iter().all(|name| is_field(name) && !is_unique(name))
}
