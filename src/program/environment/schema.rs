//! Schemas that the environment is held against: zod, joi, yup, valibot, envalid, envsafe, t3-env, Nest's `validationSchema`.

use std::collections::BTreeSet;

use super::super::module::{Expr, ExprId, Property};
use super::reader::Reader;
use super::{EnvCheck, EnvRead, EnvSource};
use crate::text::Span;

/// What has a schema look at a value.
const PARSES: [&str; 10] = [
    "parse",
    "safeParse",
    "parseAsync",
    "safeParseAsync",
    "validate",
    "validateSync",
    "validateAsync",
    "cast",
    "attempt",
    "assert",
];
/// What does so with the environment and an object of validators.
const CLEANERS: [&str; 5] = ["cleanEnv", "customCleanEnv", "envsafe", "createEnv", "parseEnv"];
/// What makes a schema of objects.
const OBJECTS: [&str; 10] = [
    "object",
    "strictObject",
    "looseObject",
    "extend",
    "safeExtend",
    "merge",
    "keys",
    "append",
    "shape",
    "concat",
];
/// A validator's chain is followed so far.
const STEPS: u32 = 24;
/// So deep do schemas hold schemas at most.
const DEEPEST: u32 = 100;
/// All schemas of a module together name no more than this.
const MOST: usize = 20_000;

/// The names of a schema, each part of it looked at once.
#[derive(Default)]
struct Fields {
    seen: BTreeSet<ExprId>,
    all: Vec<Field>,
}

/// One name of a schema.
struct Field {
    name: Box<str>,
    default: Option<ExprId>,
    is_optional: bool,
    span: Span,
}

impl Reader<'_> {
    /// Adds what schemas read.
    pub(super) fn schemas(&mut self) {
        let mut found = Vec::new();
        for index in (0_u32..).take(self.module.expressions.len()) {
            if found.len() < MOST {
                self.held_against(ExprId(index), &mut found);
            }
        }
        self.reads.extend(found);
    }

    fn held_against(&self, call: ExprId, found: &mut Vec<EnvRead>) {
        let Expr::Call(callee, arguments) = self.module.expr(call) else {
            return;
        };
        let name = self.last_name(*callee).unwrap_or_default();
        let source = arguments.iter().find_map(|argument| self.is_environment(*argument));
        let mut fields = Fields::default();
        let is_parse = PARSES.contains(&name) && source.is_some();
        if CLEANERS.contains(&name) {
            for argument in arguments {
                self.cleaned(*argument, &mut fields);
            }
        } else if is_parse {
            if let Expr::Member(schema, _) = self.module.expr(*callee) {
                self.fields(*schema, DEEPEST, &mut fields);
            }
            for argument in arguments
                .iter()
                .filter(|argument| self.is_environment(**argument).is_none())
            {
                self.fields(*argument, DEEPEST, &mut fields);
            }
        } else {
            for argument in arguments {
                self.configured(*argument, &mut fields);
            }
        }
        let function = self.owner(call);
        let read = |name, default, is_optional, span| EnvRead {
            name,
            source: source.unwrap_or(EnvSource::Process),
            default,
            is_optional,
            check: Some(EnvCheck::Schema(function)),
            function,
            span,
        };
        if fields.all.is_empty() && is_parse {
            found.push(read(None, None, false, self.module.span(call)));
        }
        let fields = fields.all.into_iter();
        found.extend(fields.map(|field| read(Some(field.name), field.default, field.is_optional, field.span)));
    }

    /// The whole environment, also as `{ ...process.env }`.
    fn is_environment(&self, expr: ExprId) -> Option<EnvSource> {
        match self.module.expr(expr) {
            Expr::Object(properties) => properties
                .iter()
                .find_map(|property| match self.module.expr(property.value) {
                    Expr::Spread(inner) => self.source(*inner),
                    _ => None,
                }),
            _ => self.source(expr),
        }
    }

    /// The validators of `cleanEnv(env, { … })`, and the groups of `createEnv({ server: { … }, client: { … } })`.
    fn cleaned(&self, argument: ExprId, fields: &mut Fields) {
        let argument = self.followed(argument);
        let Expr::Object(properties) = self.module.expr(argument) else {
            return;
        };
        let groups: Vec<ExprId> = properties
            .iter()
            .filter(|property| matches!(property.key.as_deref(), Some("server" | "client" | "shared")))
            .map(|property| property.value)
            .collect();
        if groups.is_empty() {
            self.fields(argument, DEEPEST, fields);
        }
        for group in groups {
            self.fields(group, DEEPEST, fields);
        }
    }

    /// `ConfigModule.forRoot({ validationSchema: … })`.
    fn configured(&self, argument: ExprId, fields: &mut Fields) {
        let Expr::Object(properties) = self.module.expr(argument) else {
            return;
        };
        for property in properties {
            if property.key.as_deref() == Some("validationSchema") {
                self.fields(property.value, DEEPEST, fields);
            }
        }
    }

    /// The names in a schema's objects.
    fn fields(&self, schema: ExprId, steps: u32, fields: &mut Fields) {
        let Some(steps) = steps.checked_sub(1) else { return };
        let schema = self.followed(schema);
        if !fields.seen.insert(schema) {
            return;
        }
        match self.module.expr(schema) {
            Expr::Object(properties) => {
                for property in properties {
                    self.field(property, steps, fields);
                }
            }
            Expr::Call(callee, arguments) => {
                if let Expr::Member(of, _) = self.module.expr(*callee) {
                    self.fields(*of, steps, fields);
                }
                if self.last_name(*callee).is_some_and(|name| OBJECTS.contains(&name)) {
                    for argument in arguments {
                        self.fields(*argument, steps, fields);
                    }
                }
            }
            Expr::Member(of, name) if name.as_ref() == "shape" => self.fields(*of, steps, fields),
            _ => {}
        }
    }

    fn field(&self, property: &Property, steps: u32, fields: &mut Fields) {
        match (&property.key, self.module.expr(property.value)) {
            (Some(name), _) => {
                let mut field = Field {
                    name: name.clone(),
                    default: None,
                    is_optional: false,
                    span: property.span.clone(),
                };
                self.told(property.value, &mut field);
                fields.all.push(field);
            }
            (None, Expr::Spread(inner)) => self.fields(*inner, steps, fields),
            (None, _) => {}
        }
    }

    /// What a validator says of what is missing.
    fn told(&self, validator: ExprId, field: &mut Field) {
        let mut is_required = false;
        let mut at = self.followed(validator);
        for _ in 0..STEPS {
            let Expr::Call(callee, arguments) = self.module.expr(at) else {
                break;
            };
            let first = arguments.first().copied();
            match (self.last_name(*callee).unwrap_or_default(), first) {
                ("default" | "catch" | "prefault" | "fallback", Some(default)) => field.default = Some(default),
                ("optional", Some(_)) => {
                    field.is_optional = true;
                    field.default = arguments.get(1).copied().or(field.default);
                }
                ("optional" | "nullish" | "notRequired", _) => field.is_optional = true,
                ("required", _) => is_required = true,
                (_, Some(options)) => field.default = self.default_in(options).or(field.default),
                (_, None) => {}
            }
            at = match self.module.expr(*callee) {
                Expr::Member(of, _) => self.followed(*of),
                _ => *callee,
            };
        }
        // In these two, what nobody says is optional.
        let root = self.last_name(at).unwrap_or_default();
        if matches!(root, "Joi" | "joi" | "yup" | "Yup") && !is_required && field.default.is_none() {
            field.is_optional = true;
        }
    }

    /// `str({ default: "x" })`.
    fn default_in(&self, options: ExprId) -> Option<ExprId> {
        let Expr::Object(properties) = self.module.expr(options) else {
            return None;
        };
        let default = properties
            .iter()
            .find(|property| property.key.as_deref() == Some("default"));
        default.map(|property| property.value)
    }
}
