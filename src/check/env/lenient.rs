//! Readings that a program does without: what asks first whether a variable is there.

use crate::program::module::{BindingId, BindingKind, EACH, Expr, ExprId, Property};

use super::names::is_variable;
use super::reads::{Look, Reading, Way};

impl Look<'_> {
    /// Whether a test is that a variable is there: who stops then does without it.
    pub(super) fn is_there(&self, test: ExprId) -> bool {
        let module = self.module;
        let is_variable = |expr: ExprId| self.variable(expr).is_some();
        match module.expr(test) {
            Expr::Logical(_, left, right) => self.is_there(*left) && self.is_there(*right),
            Expr::Name(binding) => {
                let mut given = module.binding(*binding).given.iter();
                given.any(|given| given.path.is_empty() && given.value.is_some_and(is_variable))
            }
            _ => is_variable(test),
        }
    }

    /// `{ password: process.env.REDIS_PASSWORD }`: a client of Redis does without who it is, where Redis asks nobody. And
    /// `{ appId: process.env.FACEBOOK_APP_ID }`: a page without what counts its visitors is a page.
    pub(super) fn optional(&mut self, properties: &[Property]) {
        const COUNTING: [&str; 8] = [
            "ANALYTICS",
            "FACEBOOK_APP_ID",
            "FB_APP_ID",
            "GTM_ID",
            "PIXEL",
            "SITE_VERIFICATION",
            "TAG_MANAGER",
            // A part of temporary credentials alone.
            "AWS_SESSION_TOKEN",
        ];
        const OPTIONAL: [&str; 6] = ["username", "password", "db", "database", "tls", "keyPrefix"];
        let module = self.module;
        let is_of_redis = |value: ExprId| self.variable(value).is_some_and(|name| name.contains("REDIS"));
        let is_read = |value: ExprId| match module.expr(value) {
            Expr::Name(binding) => {
                let mut given = module.binding(*binding).given.iter();
                given.any(|given| given.path.is_empty() && given.value.is_some_and(is_of_redis))
            }
            _ => is_of_redis(value),
        };
        let named = properties
            .iter()
            .filter(|property| property.key.as_deref().is_some_and(|key| OPTIONAL.contains(&key)));
        let counts = |value: &ExprId| {
            let name = self.variable(*value);
            name.is_some_and(|name| {
                // An address or a secret of such a name is asked for like any other.
                let is_more = ["URL", "URI", "DATABASE", "SECRET"]
                    .iter()
                    .any(|word| name.contains(word));
                !is_more && COUNTING.iter().any(|word| name.contains(word))
            })
        };
        let counting = properties.iter().map(|property| property.value).filter(counts);
        let read: Vec<ExprId> = named
            .map(|property| property.value)
            .filter(|value| is_read(*value))
            .chain(counting)
            .collect();
        read.into_iter().for_each(|value| self.test(value, Way::Lenient));
    }

    /// What a call makes of the variables that it is given: `Boolean(x)` and `["a", "b"].includes(x)` ask, and
    /// `[x, y].filter(…)` takes those that are there.
    pub(super) fn asked(&mut self, callee: ExprId, arguments: &[ExprId]) {
        let module = self.module;
        match module.expr(callee) {
            Expr::Global(name) if &**name == "Boolean" => {
                arguments.iter().for_each(|argument| self.test(*argument, Way::Lenient));
            }
            Expr::Member(_, name) if matches!(&**name, "includes" | "has" | "indexOf") => {
                arguments.iter().for_each(|argument| self.test(*argument, Way::Lenient));
            }
            // An answer is handed what is there.
            _ if self.called(callee) == "json" => {
                for argument in arguments {
                    if let Expr::Object(properties) = module.expr(*argument) {
                        let read = properties.iter().map(|property| property.value);
                        let read: Vec<ExprId> = read.filter(|value| self.variable(*value).is_some()).collect();
                        read.into_iter().for_each(|value| self.mark(value, Way::Hanging));
                    }
                }
            }
            Expr::Member(list, name) if matches!(&**name, "filter" | "find" | "some") => {
                if let Expr::List(items) = module.expr(*list) {
                    items.iter().for_each(|item| self.test(*item, Way::Lenient));
                }
            }
            _ => {}
        }
    }

    /// `positive(process.env.LIMIT, 60)`: what a function of the module does with what it is handed, and a number beside a
    /// variable, which stands for it where it is missing.
    pub(super) fn handed_over(&mut self) {
        let module = self.module;
        let mut found = Vec::new();
        for (expr, _) in &module.expressions {
            let Expr::Call(callee, arguments) = expr else { continue };
            let Expr::Name(name) = module.expr(*callee) else {
                continue;
            };
            for (index, argument) in arguments.iter().enumerate() {
                if self.variable(*argument).is_some()
                    && let Some(way) = self.made_of(*name, (index, arguments))
                {
                    found.push((*argument, way));
                }
            }
        }
        found.into_iter().for_each(|(argument, way)| self.mark(argument, way));
    }

    /// What becomes of an argument.
    fn made_of(&self, callee: BindingId, (index, arguments): (usize, &[ExprId])) -> Option<Way> {
        let module = self.module;
        let binding = module.binding(callee);
        let own = match &binding.kind {
            BindingKind::Function(function) => Some(*function),
            _ => binding.given.iter().find_map(|given| match module.expr(given.value?) {
                Expr::Function(function) => Some(*function),
                _ => None,
            }),
        };
        let Some(own) = own else {
            let is_number = |argument: &ExprId| matches!(module.expr(*argument), Expr::Number(_));
            return arguments[index + 1..].iter().any(is_number).then_some(Way::Lenient);
        };
        let parameters = &module.function(own).parameters;
        let parameter = parameters.get(index)?;
        let tested = parameter.bindings.iter().filter_map(|name| self.tested.get(name));
        let is_default = |name: &BindingId| {
            let name = module.binding(*name).name.to_ascii_lowercase();
            ["default", "fallback", "otherwise"]
                .iter()
                .any(|word| name.contains(word))
        };
        let others = parameters.iter().skip(index + 1).take(arguments.len() - index - 1);
        let mut others = others.flat_map(|parameter| &parameter.bindings);
        tested
            .max()
            .copied()
            .or_else(|| others.any(is_default).then_some(Way::Lenient))
    }

    /// `const { X, Y = 1 } = process.env`.
    pub(super) fn destructured(&mut self) {
        for (index, binding) in self.module.bindings.iter().enumerate() {
            let id = u32::try_from(index).ok().map(BindingId);
            let tested = id.and_then(|id| self.tested.get(&id).copied());
            for given in &binding.given {
                let (Some(value), [name]) = (given.value, given.path.as_slice()) else {
                    continue;
                };
                if &**name != EACH && is_variable(name) && self.is_environment(value) {
                    let default = given.default.map(|_| Way::Lenient);
                    let way = default.or(tested).unwrap_or(Way::Plain);
                    self.found.readings.push(Reading {
                        name: name.to_string(),
                        way,
                        function: given.function,
                        span: given.span.clone(),
                    });
                }
            }
        }
    }
}
