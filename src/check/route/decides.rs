//! Whether what a handler does depends on something that is called so: `if (user.twoFactorEnabled)`.

use std::collections::BTreeSet;

use super::answer::functions_of;
use super::effect::Effect;
use super::judged::{Asked, at};
use crate::check::code::Truth;
use crate::check::late::Late;
use crate::program::module::{Expr, ExprId, FunctionId, Module};
use crate::program::{At, FunctionAt, Route, Value, path_of};

/// Names that are given each other.
const DEEPEST: u32 = 4;

/// Packages whose middleware calls functions of the program's own that it was handed elsewhere.
const CALLING: [&str; 4] = ["passport", "@nestjs/passport", "koa-passport", "@fastify/passport"];

impl Asked<'_> {
    /// Whether something that a handler reaches depends on what is called so. Where it is named and nothing depends on
    /// it, or where something else that runs depends on it, that is not known.
    pub(super) fn depends_on(&self, route: &Route, pattern: &Late) -> Truth {
        let mut functions: Vec<FunctionAt> = self.own(route).collect();
        for value in &route.handler {
            let own = functions_of(self.program, value);
            if own.is_empty() {
                return Truth::Unknown("what its handler does could not be followed".to_owned());
            }
            functions.extend(own);
        }
        let mut named = None;
        for function in &functions {
            let reach = self.program.reach_from(*function);
            for live in reach.live() {
                if self.depends(live, pattern) {
                    return Truth::Yes;
                }
                named = named.or_else(|| self.names(live, pattern));
            }
            if let Some(edge) = reach.open_edge() {
                return Truth::Unknown(format!("an edge in {} was not followed: {}", at(&edge.place), edge.why));
            }
        }
        if let Some(expr) = named {
            return Truth::Unknown(format!(
                "{} names it, and nothing was seen to depend on it",
                self.shown(expr)
            ));
        }
        if let Some(package) = self.calling(route) {
            return Truth::Unknown(format!("what `{package}` calls before it is not followed"));
        }
        match self.elsewhere(pattern) {
            Some(expr) => Truth::Unknown(format!("something else depends on it, in {}", self.shown(expr))),
            None => Truth::No("nothing that it reaches depends on such a name".to_owned()),
        }
    }

    /// A package on the way of a request that calls functions which it was handed elsewhere.
    fn calling(&self, route: &Route) -> Option<&'static str> {
        let mut values = route.chain.iter().flat_map(|one| &one.values);
        values.find_map(|value| {
            let package = match value {
                Value::Class(module, class) | Value::Instance(module, class) => {
                    let extends = self.program.module(*module).class(*class).extends?;
                    let bases = self.program.values(At {
                        module: *module,
                        expr: extends,
                    });
                    bases.iter().find_map(path_of)?.0
                }
                other => path_of(other)?.0,
            };
            CALLING.into_iter().find(|calling| *package == **calling)
        })
    }

    /// Something that runs and depends on what is called so, although no route that is called so itself reaches it: a
    /// guard of all routes, what is handed to a package.
    fn elsewhere(&self, pattern: &Late) -> Option<At> {
        let is_called_so = |route: &&&Route| route.path.as_ref().is_some_and(|path| pattern.is_match(path));
        let called_so: Vec<&&Route> = self.routes.iter().filter(is_called_so).collect();
        let handlers = called_so.iter().flat_map(|route| &route.handler);
        let handlers = handlers.flat_map(|value| functions_of(self.program, value));
        let before = called_so.iter().flat_map(|route| self.own(route));
        let functions = handlers.chain(before);
        let own: BTreeSet<FunctionAt> = functions
            .flat_map(|function| self.program.reach_from(function).live().collect::<Vec<_>>())
            .collect();
        let mut live = self.started.iter().flat_map(|reach| reach.live());
        live.find_map(|function| match own.contains(&function) {
            true => None,
            false => self.deciding(function, pattern, Deciding::AnyTest),
        })
    }

    fn depends(&self, function: FunctionAt, pattern: &Late) -> bool {
        self.deciding(function, pattern, Deciding::Acts).is_some()
    }

    /// The test of a function that names it.
    fn deciding(&self, function: FunctionAt, pattern: &Late, deciding: Deciding) -> Option<At> {
        let module = self.program.module(function.module);
        let effect = Effect {
            program: self.program,
            at: function,
            depth: 0,
        };
        let mut tests = Vec::new();
        effect.tested(&module.function(function.function).steps, deciding, &mut tests);
        let acts = |arms: &[ExprId]| deciding == Deciding::AnyTest || arms.iter().any(|arm| effect.calls(*arm));
        module.each_expr(function.function, &mut |expr| match module.expr(expr) {
            Expr::Conditional(test, yes, no) if acts(&[*yes, *no]) => tests.push(*test),
            Expr::Logical(_, test, right) if acts(&[*right]) => tests.push(*test),
            _ => {}
        });
        let test = tests
            .into_iter()
            .find(|test| says(module, function.function, *test, pattern, 0))?;
        Some(At {
            module: function.module,
            expr: test,
        })
    }

    /// An expression of a function that names it.
    fn names(&self, function: FunctionAt, pattern: &Late) -> Option<At> {
        let module = self.program.module(function.module);
        let mut named = None;
        module.each_expr(function.function, &mut |expr| {
            if named.is_none() && is_called(module, expr, pattern) {
                named = Some(expr);
            }
        });
        named.map(|expr| At {
            module: function.module,
            expr,
        })
    }

    fn shown(&self, spot: At) -> String {
        let span = self.program.module(spot.module).span(spot.expr);
        at(&self.program.place(spot.module, &span))
    }
}

/// Which tests are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deciding {
    /// Those on which it depends what is done; `enabled: user.twoFactorEnabled || false` tells, and decides nothing.
    Acts,
    AnyTest,
}

/// Whether an expression names it, or a name that was given something which does.
fn says(module: &Module, function: FunctionId, expr: ExprId, pattern: &Late, depth: u32) -> bool {
    let mut parts = Vec::new();
    module.each_part(expr, &mut |part| parts.push(part));
    parts.into_iter().any(|part| {
        if is_called(module, part, pattern) {
            return true;
        }
        let Expr::Name(name) = module.expr(part) else {
            return false;
        };
        let binding = module.binding(*name);
        let mut given = binding.given.iter().filter_map(|given| given.value);
        depth < DEEPEST
            && binding.function == function
            && given.any(|value| says(module, function, value, pattern, depth + 1))
    })
}

fn is_called(module: &Module, expr: ExprId, pattern: &Late) -> bool {
    match module.expr(expr) {
        Expr::Member(_, name) => pattern.is_match(name),
        Expr::Name(name) => pattern.is_match(&module.binding(*name).name),
        Expr::Text(text) => pattern.is_match(text),
        _ => false,
    }
}
