//! The environment held as a whole against a schema, and asked for through a framework.

use std::collections::BTreeSet;

use crate::program::module::{BindingKind, Expr, ExprId, FunctionId, Module, TOP_LEVEL};

use super::names::{is_set_by_platforms, is_variable};
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

    /// What stands in decorators is done where the module is loaded: `@Module({ imports: [ConfigModule.forRoot({ … })] })`.
    pub(super) fn decorated(&mut self) {
        let module = self.module;
        let mut all = Vec::new();
        for class in &module.classes {
            for decorator in &class.decorators {
                module.each_part(*decorator, &mut |part| all.push(part));
            }
        }
        for &expr in &all {
            self.around(expr);
        }
        for &expr in &all {
            self.expr(expr, TOP_LEVEL);
        }
    }

    /// The name of the schema that a validation is given: `forRoot({ validationSchema: schema })`.
    fn given_schema(&self, call: ExprId) -> Option<ExprId> {
        let module = self.module;
        let Expr::Call(_, arguments) = module.expr(call) else {
            return None;
        };
        let Expr::Object(properties) = module.expr(*arguments.first()?) else {
            return None;
        };
        let mut keyed = properties.iter();
        let schema = keyed.find(|property| property.key.as_deref() == Some("validationSchema"))?;
        matches!(module.expr(schema.value), Expr::Name(_)).then_some(schema.value)
    }

    /// `config.get("X")`, `config.getOrThrow("X")` of Nest's service.
    pub(super) fn asked_of_nest(&mut self, call: ExprId, callee: ExprId, arguments: &[ExprId], function: FunctionId) {
        let Some((first, rest)) = arguments.split_first() else {
            return;
        };
        let Expr::Text(name) = self.module.expr(*first) else {
            return;
        };
        // `{ infer: true }` is for the compiler, and no default.
        let is_for_types = |expr: &ExprId| {
            matches!(self.module.expr(*expr), Expr::Object(options)
                if options.iter().any(|one| one.key.as_deref() == Some("infer")))
        };
        let rest = match rest {
            [before @ .., last] if is_for_types(last) => before,
            all => all,
        };
        let way = match (self.called(callee), rest) {
            ("getOrThrow", _) => Way::Demanding,
            // `config.get("X") || ""` does without it.
            ("get", []) if self.is_lenient(call) => Way::Lenient,
            ("get", []) => Way::Plain,
            ("get", _) => Way::Lenient,
            _ => return,
        };
        if is_variable(name) {
            let name = name.to_string();
            self.push(name, way, function, *first);
        }
    }

    /// `schema.parse({ A: process.env.A, B: process.env.B })` holds what it is given.
    pub(super) fn chosen(&mut self, callee: ExprId, arguments: &[ExprId], function: FunctionId, call: ExprId) {
        let called = self.called(callee);
        let is_rule = throws(called) || answers(called) && self.module_stops(function);
        if !is_rule {
            return;
        }
        let given: Vec<String> = arguments.iter().flat_map(|argument| self.given_in(*argument)).collect();
        if given.is_empty() || !self.may_look() {
            return;
        }
        self.by_schema(function);
        self.found.held.extend(given.into_iter().map(|name| (function, name)));
        self.found.validating.push((function, self.module.span(call)));
    }

    /// The variables that an object is made of, where most of what it holds is one; also by the object's name.
    fn given_in(&self, expr: ExprId) -> Vec<String> {
        let module = self.module;
        let properties = match module.expr(expr) {
            Expr::Object(properties) => properties,
            Expr::Name(binding) => match module.binding(*binding).given.as_slice() {
                [given] if given.path.is_empty() => match given.value.map(|value| module.expr(value)) {
                    Some(Expr::Object(properties)) => properties,
                    _ => return Vec::new(),
                },
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let read = properties.iter().filter_map(|property| self.read_in(property.value));
        let read: Vec<String> = read.filter(|name| is_variable(name)).map(str::to_owned).collect();
        if read.len() * 2 < properties.len() {
            return Vec::new();
        }
        read
    }

    /// The variable that an expression is, whatever is made of it.
    fn read_in(&self, expr: ExprId) -> Option<&str> {
        let mut found = None;
        self.module
            .each_part(expr, &mut |part| found = found.or_else(|| self.variable(part)));
        found
    }

    /// What the schemas of this module say of the variables that they name, and of those that are given to them under
    /// another name: `runtimeEnv: { TEAM: process.env.DEFAULT_TEAM }`.
    fn by_schema(&mut self, function: FunctionId) {
        let module = self.module;
        let rules = self.schema();
        for (expr, _) in &module.expressions {
            let Expr::Object(properties) = expr else { continue };
            for property in properties {
                let Some(name) = self.read_in(property.value).filter(|name| is_variable(name)) else {
                    continue;
                };
                let name = name.to_owned();
                let rule = rules.iter().find(|(key, ..)| property.key.as_deref() == Some(key));
                if let Some((_, way, _)) = rule.filter(|(key, ..)| *key != name) {
                    self.found.held.push((function, name.clone()));
                    self.push(name, *way, function, property.value);
                }
            }
        }
        for (name, way, item) in rules {
            self.found.held.push((function, name.clone()));
            self.push(name, way, function, item);
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
        if !self.may_look() {
            self.found.handing.push((function, span));
            return;
        }
        if throws(&called) || answers(&called) && self.module_stops(function) {
            self.by_schema(function);
            let schema = self.given_schema(expr);
            self.found.schemas.extend(schema.map(|name| (function, name)));
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
            // What holds the variable itself is no rule for it: `runtimeEnv: { PORT: Number(process.env.PORT) }`.
            let entries: Vec<_> = named
                .filter(|(key, value)| is_variable(key) && self.read_in(*value).is_none_or(is_set_by_platforms))
                .collect();
            for (key, value) in entries {
                if let Some(way) = self.rule(value, 0) {
                    found.push((key.to_owned(), way, value));
                }
            }
        }
        found
    }

    /// What a schema's rule asks: a call, one of several, or one by its name. Of a rule that stands in another module it
    /// is not known whether it lets the variable be missing, so that nothing is required by it.
    fn rule(&self, rule: ExprId, depth: u32) -> Option<Way> {
        const DEEPEST: u32 = 3;
        let module = self.module;
        match module.expr(rule) {
            Expr::Call(..) | Expr::Conditional(..) if self.is_lenient_rule(rule) => Some(Way::Lenient),
            Expr::Call(..) | Expr::Conditional(..) => Some(Way::Demanding),
            // Which of two it is was known before: the last part is taken.
            Expr::Sequence(parts) => self.rule(*parts.last()?, depth),
            Expr::Name(binding) => {
                let binding = module.binding(*binding);
                match binding.given.as_slice() {
                    [given] if given.path.is_empty() && depth < DEEPEST => self.rule(given.value?, depth + 1),
                    _ => matches!(binding.kind, BindingKind::Import(..)).then_some(Way::Lenient),
                }
            }
            _ => None,
        }
    }

    /// Whether what makes a rule makes one that lets the variable be missing: a function of this module that does, or
    /// one of another module, of which it is not known.
    fn makes_lenient(&self, callee: ExprId) -> bool {
        let module = self.module;
        let Expr::Name(name) = module.expr(callee) else {
            return false;
        };
        let binding = module.binding(*name);
        let made = match &binding.kind {
            BindingKind::Function(function) => Some(*function),
            BindingKind::Import(request, _) => {
                let specifier = module.request(*request).specifier.as_deref().unwrap_or(".");
                return specifier.starts_with(['.', '~', '#']) || specifier.starts_with("@/");
            }
            _ => binding.given.iter().find_map(|given| match module.expr(given.value?) {
                Expr::Function(function) => Some(*function),
                _ => None,
            }),
        };
        let mut is_lenient = false;
        if let Some(function) = made {
            let is = |expr: ExprId| matches!(module.expr(expr), Expr::Member(_, name) if lets_be_missing(name));
            module.each_expr(function, &mut |expr| is_lenient |= is(expr));
        }
        is_lenient
    }

    /// Whether a schema's rule lets a variable be missing: `.optional()`, `.default(…)`, `{ default: … }`.
    fn is_lenient_rule(&self, rule: ExprId) -> bool {
        let mut is_lenient = false;
        self.module.each_part(rule, &mut |part| match self.module.expr(part) {
            Expr::Member(_, name) => is_lenient |= lets_be_missing(name),
            Expr::Call(callee, _) => is_lenient |= self.makes_lenient(*callee),
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

/// What a schema says of the variables that it names.
pub(super) fn rules_of(module: &Module, schema: ExprId) -> Vec<(String, Way)> {
    let mut parts = BTreeSet::new();
    module.each_part(schema, &mut |part| {
        parts.insert(part);
    });
    let rules = Look::new(module, false).schema().into_iter();
    let own = rules.filter(|(_, _, item)| parts.contains(item));
    own.map(|(name, way, _)| (name, way)).collect()
}

/// Functions that stop by themselves where what they are given falls short.
fn throws(called: &str) -> bool {
    matches!(
        called,
        "parse"
            | "parseAsync"
            | "cleanEnv"
            | "assert"
            | "attempt"
            | "validateSync"
            | "parseEnv"
            | "createEnv"
            | "forRoot"
    )
}

/// Functions whose answer must be looked at.
fn answers(called: &str) -> bool {
    matches!(called, "safeParse" | "validate" | "safeParseAsync")
}

/// Methods of rules by which a variable may be missing.
fn lets_be_missing(name: &str) -> bool {
    matches!(
        name,
        "optional" | "default" | "nullish" | "catch" | "nullable" | "prefault" | "exactOptional"
    )
}
