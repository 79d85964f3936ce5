//! Which controllers an application of Nest's is made of: by its modules, from the one that is started.

use std::collections::BTreeSet;

use super::nest::is_common;
use crate::program::linked::{At, ModuleId, Program, Target};
use crate::program::module::{ClassId, Expr, ExprId, Logical, Property};
use crate::program::values::{Literal, Value, path_of};

/// Lists within lists, and modules that are made by calls within each other.
const DEEPEST: u32 = 12;

/// A class of the program.
type ClassAt = (ModuleId, ClassId);

/// The controllers of the modules that the application is made of; `None` where not all modules are known.
pub(super) fn controllers(program: &Program, loaded: &[ModuleId]) -> Option<BTreeSet<ClassAt>> {
    let mut finder = Finder {
        program,
        todo: roots(program, loaded),
        controllers: BTreeSet::new(),
    };
    if finder.todo.is_empty() {
        return None;
    }
    let mut seen = BTreeSet::new();
    while let Some(class) = finder.todo.pop() {
        if seen.insert(class) {
            finder.module(class)?;
        }
    }
    Some(finder.controllers)
}

/// Whether all that an application answers is answered by controllers: with GraphQL there are others.
pub(super) fn serves_by_controllers(program: &Program, loaded: &[ModuleId]) -> bool {
    let is_other = |target: &Target| {
        matches!(target, Target::Package(name, _)
            if matches!(name.as_ref(), "@nestjs/graphql" | "@nestjs/websockets" | "@nestjs/microservices"))
    };
    let mut modules = loaded.iter().map(|id| program.linked(*id));
    !modules.any(|linked| linked.targets.iter().any(is_other))
}

/// The classes that `NestFactory.create(…)` is given.
fn roots(program: &Program, loaded: &[ModuleId]) -> Vec<ClassAt> {
    let mut found = Vec::new();
    for id in loaded {
        let at = |expr: ExprId| At { module: *id, expr };
        for (expr, _) in &program.module(*id).expressions {
            let Expr::Call(callee, arguments) = expr else { continue };
            let Expr::Member(_, name) = program.module(*id).expr(*callee) else {
                continue;
            };
            if !name.starts_with("create") {
                continue;
            }
            let is_factory = program.values(at(*callee)).iter().any(|value| {
                path_of(value).is_some_and(|(package, path)| {
                    package.as_ref() == "@nestjs/core" && path.starts_with("NestFactory")
                })
            });
            if let (true, Some(first)) = (is_factory, arguments.first()) {
                let given = program.values(at(*first)).into_iter();
                found.extend(given.filter_map(|value| match value {
                    Value::Class(id, class) => Some((id, class)),
                    _ => None,
                }));
            }
        }
    }
    found
}

/// What is found on the way; where something of it is not known, each step says `None`.
struct Finder<'a> {
    program: &'a Program,
    todo: Vec<ClassAt>,
    controllers: BTreeSet<ClassAt>,
}

impl Finder<'_> {
    /// A module, by its decorator.
    fn module(&mut self, (id, class): ClassAt) -> Option<()> {
        let program = self.program;
        let described = program.module(id).class(class).decorators.iter().find_map(|decorator| {
            let Expr::Call(callee, arguments) = program.module(id).expr(*decorator) else {
                return None;
            };
            let values = program.values(At {
                module: id,
                expr: *callee,
            });
            values
                .iter()
                .any(|value| is_common(value, "Module"))
                .then_some(arguments)
        });
        let Some(first) = described?.first() else {
            return Some(());
        };
        let values = program.values(At {
            module: id,
            expr: *first,
        });
        values.iter().try_for_each(|value| match value {
            Value::Object(at) => self.object(*at, 0),
            _ => None,
        })
    }

    /// `{ imports, controllers }`, also as what makes a module: `{ module, imports, controllers }`.
    fn object(&mut self, object: At, depth: u32) -> Option<()> {
        let Expr::Object(properties) = self.program.module(object.module).expr(object.expr) else {
            return None;
        };
        let each = |finder: &mut Self, property: &Property| match property.key.as_deref() {
            Some("controllers") => {
                let mut found = Vec::new();
                finder.list(object.module, property.value, depth + 1, &mut found)?;
                finder.controllers.extend(found);
                Some(())
            }
            Some("imports" | "module") => {
                let mut found = Vec::new();
                finder.list(object.module, property.value, depth + 1, &mut found)?;
                finder.todo.extend(found);
                Some(())
            }
            Some(_) => Some(()),
            None => None,
        };
        properties.iter().try_for_each(|property| each(self, property))
    }

    /// The classes of the program in a list of modules or controllers; what packages give has none.
    fn list(&mut self, id: ModuleId, expr: ExprId, depth: u32, found: &mut Vec<ClassAt>) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let program = self.program;
        match program.module(id).expr(expr) {
            Expr::List(items) => items.iter().try_for_each(|item| self.list(id, *item, depth + 1, found)),
            Expr::Spread(inner) | Expr::Await(inner) | Expr::Logical(Logical::And, _, inner) => {
                self.list(id, *inner, depth + 1, found)
            }
            Expr::Conditional(_, yes, no) => {
                self.list(id, *yes, depth + 1, found)?;
                self.list(id, *no, depth + 1, found)
            }
            Expr::Call(callee, arguments) => self.call(At { module: id, expr }, *callee, arguments, depth, found),
            _ => {
                let values = program.values(At { module: id, expr });
                self.values(values, depth, found)
            }
        }
    }

    fn values(&mut self, values: Vec<Value>, depth: u32, found: &mut Vec<ClassAt>) -> Option<()> {
        values.into_iter().try_for_each(|value| match value {
            Value::Class(at, class) => {
                found.push((at, class));
                Some(())
            }
            Value::List(list) => self.list(list.module, list.expr, depth + 1, found),
            // What makes a module at run time.
            Value::Object(object) => self.object(object, depth + 1),
            Value::Literal(Literal::Null | Literal::Undefined | Literal::Bool(false)) => Some(()),
            other => path_of(&other).map(|_| ()),
        })
    }

    /// `ThrottlerModule.forRoot(…)` of a package, `forwardRef(() => UsersModule)`, `MailModule.register(…)` of our own.
    fn call(
        &mut self,
        call: At,
        callee: ExprId,
        arguments: &[ExprId],
        depth: u32,
        found: &mut Vec<ClassAt>,
    ) -> Option<()> {
        let program = self.program;
        let at = |expr: ExprId| At {
            module: call.module,
            expr,
        };
        let callees = program.values(at(callee));
        if let Some(paths) = callees.iter().map(path_of).collect::<Option<Vec<_>>>() {
            let ends_as = |name: &str| paths.iter().any(|(_, path)| path.ends_with(name));
            let Some(first) = arguments
                .first()
                .filter(|_| ends_as("forwardRef") || ends_as("registerWhen"))
            else {
                return Some(());
            };
            let given = program.values(at(*first)).into_iter().flat_map(|value| match value {
                Value::Function(function) => program.returned_by(function),
                other => vec![other],
            });
            return self.values(given.collect(), depth, found);
        }
        if let Expr::Member(object, _) = program.module(call.module).expr(callee) {
            let classes = program.values(at(*object));
            if !classes.iter().all(|value| matches!(value, Value::Class(..))) {
                return None;
            }
            // Its own decorator counts beside what the method gives.
            self.values(classes, depth, found)?;
        }
        self.values(program.values(call), depth, found)
    }
}
