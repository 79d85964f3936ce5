//! Whether a route looks at what was sent before something keeps it.

use std::collections::BTreeSet;

use super::answer::{Answer, Passes, functions_of};
use super::judged::Asked;
use super::parameters::Thing;
use super::taken::{Found, Taking};
use crate::program::module::{Expr, FunctionId, FunctionKind};
use crate::program::{FunctionAt, Middleware, Route, Value, path_of};

/// Packages that look at what was sent; `*` stands for any letters.
pub(super) const CHECKERS: [&str; 31] = [
    "*joi*",
    "*openapi*",
    "*schema*",
    "*typebox*",
    "*valid*",
    "*yup*",
    "*zod*",
    "@apollo/*",
    "@effect/*",
    "@nestjs/graphql",
    "@orpc/*",
    "@trpc/*",
    "@ts-rest/*",
    "@vinejs/*",
    "ajv",
    "ajv-*",
    "arktype",
    "better-auth",
    "celebrate",
    "class-transformer",
    "effect",
    "envalid",
    "graphql",
    "io-ts",
    "next-safe-action",
    "runtypes",
    "superstruct",
    "svix",
    "valibot",
    "vine",
    "vest",
];

/// Packages that keep what they are handed.
pub(super) const STORES: [&str; 18] = [
    "@nestjs/mongoose",
    "@nestjs/sequelize",
    "@nestjs/typeorm",
    "@prisma/client",
    "@supabase/auth-helpers-nextjs",
    "@supabase/ssr",
    "@supabase/supabase-js",
    "drizzle-orm",
    "firebase",
    "firebase-admin",
    "knex",
    "kysely",
    "mongodb",
    "mongoose",
    "objection",
    "sequelize",
    "sequelize-typescript",
    "typeorm",
];

/// Packages that wrap a handler and hand it the request as it came.
const WRAPPERS: [&str; 4] = [
    "@sentry/nextjs",
    "express-async-handler",
    "express-async-errors",
    "next-auth",
];

impl Asked<'_> {
    /// Whether a route looks at the body before something keeps it.
    pub(super) fn checks_input(&self, route: &Route) -> Answer {
        let Some(checking) = &self.question.checking else {
            return Answer::Holds;
        };
        let doubt = match self.passes(route, &checking.checker) {
            Passes::By(_) | Passes::Unfit(..) => return Answer::Holds,
            Passes::Unknown(why) => Some(why),
            Passes::No => route.chain.iter().find_map(|one| self.may_look(one)),
        };
        let mut found = Found::default();
        let wrappers: Vec<FunctionAt> = route.handler.iter().filter_map(wrapper).collect();
        for handler in &route.handler {
            // What a wrapper makes is looked at with the wrapper.
            if let Value::Function(made) = handler
                && self.is_made_by(*made, &wrappers)
            {
                Taking::wrapper(self, *made, &mut found);
                continue;
            }
            let functions = functions_of(self.program, handler);
            if functions.is_empty() {
                return Answer::Unknown("what its handler does could not be followed".to_owned());
            }
            if functions
                .iter()
                .any(|function| self.reaches(*function, &checking.checker))
            {
                return Answer::Holds;
            }
            match self.wrapped(handler, &functions, &checking.checker) {
                Wrapped::Looks => return Answer::Holds,
                Wrapped::Unknown(why) => return Answer::Unknown(why),
                Wrapped::Plainly => {}
            }
            for function in functions {
                Taking::handler(self, function, &mut found);
            }
        }
        if found.is_looked_at {
            return Answer::Holds;
        }
        let looks = match found.is_asked_for {
            true => "asks more of it than whether it is there",
            false => "looks at it",
        };
        match (doubt.or(found.doubt), found.kept, found.kept_parts) {
            (Some(why), ..) => Answer::Unknown(why),
            (None, Some(kept), _) => Answer::Lacks(
                format!("takes the body as it comes: {kept}, and nothing on its way {looks}"),
                None,
            ),
            (None, None, Some(kept)) => Answer::Lacks(format!("{kept}, and nothing on its way {looks}"), None),
            (None, None, None) if found.is_asked_for => Answer::Holds,
            (None, None, None) if found.is_taken => {
                Answer::Unknown("where what it takes of the body goes is not followed".to_owned())
            }
            (None, None, None) => Answer::Holds,
        }
    }

    /// Why something that stands before a handler may look at the body.
    fn may_look(&self, middleware: &Middleware) -> Option<String> {
        let why = |what: &str| {
            let place = super::judged::at(&middleware.place);
            format!("{what} ({place})")
        };
        middleware.values.iter().find_map(|value| match value {
            Value::Class(module, class) | Value::Instance(module, class) => {
                let class = self.program.module(*module).class(*class);
                let mut members = class.members.iter();
                // A pipe of Nest's, which is handed what was sent.
                members
                    .any(|member| member.name.as_deref() == Some("transform"))
                    .then(|| why("a pipe of its own stands before it"))
            }
            other => {
                let mut functions = functions_of(self.program, other).into_iter();
                functions
                    .any(|function| self.reads_the_body(function, &BTreeSet::new()))
                    .then(|| why("something before it reads the body"))
            }
        })
    }

    /// Whether a function reads what was sent, or something that it reaches and that is none of these.
    fn reads_the_body(&self, function: FunctionAt, except: &BTreeSet<FunctionAt>) -> bool {
        let reads = |function: FunctionAt| {
            let reach = self.program.reach_from(function);
            reach
                .live()
                .any(|live| !except.contains(&live) && self.names_the_body(live))
        };
        if !except.is_empty() {
            return reads(function);
        }
        *self
            .reading
            .borrow_mut()
            .entry(function)
            .or_insert_with(|| reads(function))
    }

    fn names_the_body(&self, at: FunctionAt) -> bool {
        let module = self.program.module(at.module);
        let own = module.function(at.function);
        let is_taken_out = module.bindings.iter().any(|binding| {
            binding.function == at.function
                && binding
                    .given
                    .iter()
                    .any(|given| given.path.first().is_some_and(|name| &**name == "body"))
        });
        if is_taken_out {
            return true;
        }
        let is_named = |name: &str| own.members.iter().any(|member| &**member == name);
        if !is_named("body") && !is_named("json") {
            return false;
        }
        let mut found = false;
        module.each_expr(at.function, &mut |expr| match module.expr(expr) {
            Expr::Member(object, name) if &**name == "body" => {
                found |= !matches!(module.expr(*object), Expr::Name(name)
                    if module.binding(*name).name.starts_with("res"));
            }
            Expr::Call(callee, arguments) if arguments.is_empty() => {
                found |= matches!(module.expr(*callee), Expr::Member(_, name) if &**name == "json");
            }
            _ => {}
        });
        found
    }

    fn is_made_by(&self, made: FunctionAt, wrappers: &[FunctionAt]) -> bool {
        let parent = self.program.module(made.module).function(made.function).parent;
        let parent = FunctionAt {
            function: parent,
            ..made
        };
        wrappers.contains(&parent)
    }

    /// What a helper does that wraps the handler.
    fn wrapped(&self, handler: &Value, inner: &[FunctionAt], checker: &Thing) -> Wrapped {
        let Value::Result(of, _) = handler else {
            return Wrapped::Plainly;
        };
        match of.as_ref() {
            Value::Function(wrapper) if self.reaches(*wrapper, checker) => Wrapped::Looks,
            Value::Function(wrapper) => {
                let own = inner
                    .iter()
                    .flat_map(|function| self.program.reach_from(*function).live().collect::<Vec<_>>());
                let own: BTreeSet<FunctionAt> = own.chain(inner.iter().copied()).collect();
                match self.reads_the_body(*wrapper, &own) {
                    true => Wrapped::Unknown("what wraps its handler reads the body".to_owned()),
                    false => Wrapped::Plainly,
                }
            }
            other => match path_of(other) {
                Some((package, _)) if WRAPPERS.contains(&&*package) => Wrapped::Plainly,
                _ => Wrapped::Unknown("what wraps its handler could not be followed".to_owned()),
            },
        }
    }

    /// The functions that are written in a function, and itself; not what production never comes to there.
    pub(super) fn within(&self, at: FunctionAt) -> Vec<FunctionId> {
        let module = self.program.module(at.module);
        let count = u32::try_from(module.functions.len()).unwrap_or(u32::MAX);
        (0..count)
            .map(FunctionId)
            .filter(|inner| {
                let is_done = |outer: &FunctionId| module.function(*outer).kind != FunctionKind::Never;
                let mut outwards = module.around(*inner).take_while(is_done);
                outwards.any(|outer| outer == at.function)
            })
            .collect()
    }
}

/// The function of the program that wraps a handler.
fn wrapper(value: &Value) -> Option<FunctionAt> {
    match value {
        Value::Result(of, _) => match of.as_ref() {
            Value::Function(wrapper) => Some(*wrapper),
            _ => None,
        },
        _ => None,
    }
}

/// What is known of a helper that wraps a handler.
enum Wrapped {
    Looks,
    Plainly,
    Unknown(String),
}
