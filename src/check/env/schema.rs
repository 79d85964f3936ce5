//! The environment held as a whole against a schema, and asked for through a framework.

use crate::program::module::{Expr, ExprId, FunctionId};

use super::names::is_variable;
use super::reads::{Look, Way};

impl Look<'_> {
    /// `createEnv({ server, runtimeEnv })` and `ConfigModule.forRoot({ validationSchema })` validate what they are given.
    pub(super) fn is_configured(&self, callee: ExprId, arguments: &[ExprId]) -> bool {
        let keys: &[&str] = match self.called(callee) {
            "createEnv" => &["runtimeEnv", "runtimeEnvStrict", "experimental__runtimeEnv"],
            "forRoot" => &["validationSchema", "validate"],
            _ => return false,
        };
        arguments.iter().any(|argument| match self.module.expr(*argument) {
            Expr::Object(properties) => properties
                .iter()
                .any(|property| property.key.as_deref().is_some_and(|key| keys.contains(&key))),
            _ => false,
        })
    }

    /// `config.get("X")`, `config.getOrThrow("X")` of Nest's service.
    pub(super) fn asked_of_nest(&mut self, callee: ExprId, arguments: &[ExprId], function: FunctionId) {
        let Some((first, rest)) = arguments.split_first() else {
            return;
        };
        let Expr::Text(name) = self.module.expr(*first) else {
            return;
        };
        let way = match (self.called(callee), rest) {
            ("getOrThrow", _) => Way::Demanding,
            ("get", []) => Way::Plain,
            ("get", _) => Way::Lenient,
            _ => return,
        };
        if is_variable(name) {
            let name = name.to_string();
            self.push(name, way, function, *first);
        }
    }

    /// The environment is handed on as a whole: to a schema of this module, or to something that is not followed.
    pub(super) fn handed(&mut self, function: FunctionId, expr: ExprId) {
        let module = self.module;
        let span = module.span(expr);
        let Expr::Call(callee, _) = module.expr(expr) else {
            self.found.handing.push((function, span));
            return;
        };
        if let Expr::Member(of, _) = module.expr(*callee)
            && matches!(module.expr(*of), Expr::Global(global) if &**global == "Object")
        {
            return;
        }
        let called = self.called(*callee).to_owned();
        // These throw by themselves; of `safeParse` and `validate` the answer must be looked at.
        let throws = matches!(
            called.as_str(),
            "parse"
                | "parseAsync"
                | "cleanEnv"
                | "assert"
                | "attempt"
                | "validateSync"
                | "parseEnv"
                | "createEnv"
                | "forRoot"
        );
        let answers = matches!(called.as_str(), "safeParse" | "validate" | "safeParseAsync");
        if !self.may_look() {
            self.found.handing.push((function, span));
            return;
        }
        let schema = self.schema();
        if throws || answers && self.module_stops(function) {
            for (name, way, item) in schema {
                self.push(name, way, function, item);
            }
            self.found.validating.push((function, span));
        } else {
            self.found.handing.push((function, span));
        }
    }

    /// The names of the schemas that this module writes down: objects whose keys are variables and whose values are calls.
    fn schema(&self) -> Vec<(String, Way, ExprId)> {
        let module = self.module;
        let mut found = Vec::new();
        for (expr, _) in &module.expressions {
            let Expr::Object(properties) = expr else { continue };
            let named = properties
                .iter()
                .filter_map(|property| Some((property.key.as_deref()?, property.value)));
            let entries: Vec<_> = named
                .filter(|(key, value)| is_variable(key) && matches!(module.expr(*value), Expr::Call(..)))
                .collect();
            for (key, value) in entries {
                let way = if self.is_lenient_rule(value) {
                    Way::Lenient
                } else {
                    Way::Demanding
                };
                found.push((key.to_owned(), way, value));
            }
        }
        found
    }

    /// Whether a schema's rule lets a variable be missing: `.optional()`, `.default(…)`, `{ default: … }`.
    fn is_lenient_rule(&self, rule: ExprId) -> bool {
        let mut is_lenient = false;
        self.module.each_part(rule, &mut |part| match self.module.expr(part) {
            Expr::Member(_, name) => {
                is_lenient |= matches!(&**name, "optional" | "default" | "nullish" | "catch" | "nullable")
            }
            Expr::Object(properties) => {
                is_lenient |= properties
                    .iter()
                    .any(|property| matches!(property.key.as_deref(), Some("default" | "devDefault")));
            }
            _ => {}
        });
        is_lenient
    }
}
