//! What comes out of a schema that the environment was put into: `schema.parse(process.env).PORT` is what the environment
//! sets, or the default that the schema names.

use smallvec::smallvec;
use std::sync::Arc;

use super::search::Search;
use super::{Literal, Value, Values};
use crate::program::linked::At;
use crate::program::module::{Expr, ExprId};

/// Packages whose schemas give back what they are given, under the same names.
const SCHEMAS: [&str; 7] = ["@hapi/joi", "joi", "yup", "zod", "zod/mini", "zod/v3", "zod/v4"];

/// Methods of a schema that leave its names as they are.
const SAME: [&str; 23] = [
    "and",
    "catchall",
    "concat",
    "describe",
    "extend",
    "keys",
    "label",
    "loose",
    "merge",
    "noUnknown",
    "options",
    "or",
    "partial",
    "passthrough",
    "prefs",
    "readonly",
    "refine",
    "required",
    "strict",
    "strip",
    "superRefine",
    "unknown",
    "with",
];

/// What a schema says of a name.
enum Told {
    /// It is what is put in, or one of these where nothing is.
    Default(Values),
    /// It is made of what is put in.
    Made(At),
    /// The schema does not name it.
    Nothing,
}

impl Search<'_> {
    /// The property of what a schema gives back, where the environment was put into it; `None` where it is no such thing.
    pub(super) fn parsed(&mut self, of: &Value, name: &Arc<str>, at: At) -> Option<Values> {
        let (schema, call, index) = parse_of(of)?;
        let given = self.argument(call, index);
        if given.is_empty() || !given.iter().all(|value| self.is_environment(value)) {
            return None;
        }
        let set = self.members(given, name, at);
        if !set.iter().all(|value| matches!(value, Value::Environment(_))) {
            return None;
        }
        let told = match &schema {
            // `cleanEnv(process.env, { PORT: port({ default: 3000 }) })`.
            None => {
                let described = self.argument(call, 1);
                self.described(&described, name)
            }
            Some(schema) => self.schema(schema, name),
        };
        let mut found = match told {
            Some(Told::Made(made)) => set
                .into_iter()
                .map(|value| Value::Result(Arc::new(value), made))
                .collect(),
            _ => set,
        };
        match told {
            Some(Told::Default(defaults)) => found.extend(defaults),
            Some(Told::Made(_)) => {}
            Some(Told::Nothing) | None => found.push(Value::Unknown(at)),
        }
        Some(found)
    }

    /// `process.env`, and an object that only it is spread into.
    fn is_environment(&mut self, value: &Value) -> bool {
        match value {
            Value::Member(of, name) => {
                name.as_ref() == "env"
                    && matches!(of.as_ref(), Value::Global(global) if matches!(global.as_ref(), "process" | "import.meta" | "Bun"))
            }
            Value::Object(_) => true,
            _ => false,
        }
    }

    /// What a schema says of a name; `None` where it could not be followed.
    fn schema(&mut self, schema: &Value, name: &Arc<str>) -> Option<Told> {
        let Value::Result(of, call) = schema else { return None };
        match of.as_ref() {
            Value::Package(package, path)
                if is_schema(package) && matches!(path.last()?.as_ref(), "object" | "strictObject" | "looseObject") =>
            {
                let described = self.argument(*call, 0);
                self.described(&described, name)
            }
            Value::Member(inner, method) if SAME.contains(&method.as_ref()) => {
                if matches!(method.as_ref(), "extend" | "keys" | "merge" | "and" | "concat") {
                    let more = self.argument(*call, 0);
                    let told = match more.as_slice() {
                        [Value::Object(_)] => self.described(&more, name),
                        [other] => self.schema(&other.clone(), name),
                        _ => None,
                    }?;
                    if !matches!(told, Told::Nothing) {
                        return Some(told);
                    }
                }
                self.schema(inner, name)
            }
            _ => None,
        }
    }

    /// What an object of rules says of a name.
    fn described(&mut self, described: &Values, name: &Arc<str>) -> Option<Told> {
        let [Value::Object(object)] = described.as_slice() else {
            return None;
        };
        let Expr::Object(properties) = self.module(object.module).expr(object.expr) else {
            return None;
        };
        if properties.iter().any(|property| property.key.is_none()) {
            return None;
        }
        match properties.iter().find(|property| property.key.as_ref() == Some(name)) {
            Some(property) => Some(self.rule(At {
                module: object.module,
                expr: property.value,
            })),
            None => Some(Told::Nothing),
        }
    }

    /// `z.string().min(32).default("x")`, `str({ default: "x" })`.
    fn rule(&mut self, rule: At) -> Told {
        let module = self.module(rule.module);
        let here = |expr: ExprId| At {
            module: rule.module,
            expr,
        };
        let mut defaults = Values::new();
        let mut at = rule.expr;
        while let Expr::Call(callee, arguments) = module.expr(at) {
            match (module.expr(*callee), arguments.first()) {
                (Expr::Member(_, method), Some(first))
                    if matches!(method.as_ref(), "default" | "catch" | "prefault" | "failover") =>
                {
                    defaults.extend(self.expr(here(*first)));
                }
                // What is made of a default that stands in the code is not followed: it counts as what it is made of.
                (Expr::Member(_, method), Some(_))
                    if matches!(method.as_ref(), "transform" | "pipe" | "preprocess")
                        && defaults.is_empty()
                        && !self.has_default(here(*callee)) =>
                {
                    return Told::Made(here(at));
                }
                (Expr::Name(_), Some(first)) => {
                    if let Expr::Object(options) = module.expr(*first) {
                        let given = options.iter().find(|option| option.key.as_deref() == Some("default"));
                        defaults.extend(given.map(|option| self.expr(here(option.value))).into_iter().flatten());
                    }
                }
                _ => {}
            }
            match module.expr(*callee) {
                Expr::Member(object, _) => at = *object,
                _ => break,
            }
        }
        if defaults.is_empty() && !matches!(module.expr(rule.expr), Expr::Call(..)) {
            // A rule by a name of its own.
            defaults = smallvec![Value::Unknown(rule)];
        }
        defaults.retain(|value| !matches!(value, Value::Literal(Literal::Undefined)));
        Told::Default(defaults)
    }

    /// Whether a chain of calls names a default on the way.
    fn has_default(&self, mut at: At) -> bool {
        let module = self.module(at.module);
        loop {
            match module.expr(at.expr) {
                Expr::Member(_, name) if name.as_ref() == "default" => return true,
                Expr::Member(object, _) => at.expr = *object,
                Expr::Call(callee, _) => at.expr = *callee,
                _ => return false,
            }
        }
    }
}

/// The schema, the call that puts something into it, and which argument that is, where a value is what comes out.
fn parse_of(of: &Value) -> Option<(Option<Value>, At, usize)> {
    match of {
        Value::Result(callee, call) => match callee.as_ref() {
            Value::Member(schema, method)
                if matches!(
                    method.as_ref(),
                    "parse" | "parseAsync" | "validateSync" | "cast" | "validateAsync"
                ) && is_of_schema(schema) =>
            {
                Some((Some(schema.as_ref().clone()), *call, 0))
            }
            Value::Package(package, path)
                if package.as_ref() == "envalid"
                    && path
                        .last()
                        .is_some_and(|name| matches!(name.as_ref(), "cleanEnv" | "customCleanEnv")) =>
            {
                Some((None, *call, 0))
            }
            _ => None,
        },
        Value::Member(result, part) => {
            let Value::Result(callee, call) = result.as_ref() else {
                return None;
            };
            let Value::Member(schema, method) = callee.as_ref() else {
                return None;
            };
            let is_part = matches!(
                (method.as_ref(), part.as_ref()),
                ("safeParse" | "safeParseAsync", "data") | ("validate", "value")
            );
            (is_part && is_of_schema(schema)).then(|| (Some(schema.as_ref().clone()), *call, 0))
        }
        _ => None,
    }
}

fn is_of_schema(value: &Value) -> bool {
    match value {
        Value::Result(of, _) | Value::Member(of, _) => is_of_schema(of),
        Value::Package(package, _) => is_schema(package),
        _ => false,
    }
}

fn is_schema(package: &str) -> bool {
    SCHEMAS.contains(&package)
}
