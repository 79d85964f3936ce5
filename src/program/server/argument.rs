//! What the arguments of a router's methods are: paths, middleware, and what a loop takes from a list.

use std::sync::Arc;

use super::Paths;
use super::collect::Collector;
use crate::program::linked::{At, FunctionAt, ModuleId};
use crate::program::module::{BindingKind, EACH, ExportName, Expr, ExprId};
use crate::program::values::{Literal, Value, path_of};

impl Collector<'_> {
    /// The paths that an argument means; `None` where it is no path.
    pub(super) fn paths(&self, module: ModuleId, expr: ExprId) -> Option<Paths> {
        self.paths_within(module, expr, 0)
    }

    fn paths_within(&self, module: ModuleId, expr: ExprId, depth: u32) -> Option<Paths> {
        let lowered = self.module(module);
        match lowered.expr(expr) {
            Expr::Regex(pattern) => return Some(vec![plain_pattern(pattern)]),
            Expr::List(items) if depth < 4 => {
                let parts: Vec<Paths> = items
                    .iter()
                    .filter_map(|item| self.paths_within(module, *item, depth + 1))
                    .collect();
                return (!parts.is_empty()).then(|| parts.concat());
            }
            _ => {}
        }
        let values = self.known_text(self.values(module, expr));
        let is_path = |value: &Value| self.path_text(value).is_some() || matches!(value, Value::Environment(_));
        if let Some(default) = default_text(&values) {
            return Some(vec![Some(default.to_string())]);
        }
        let has_path = values.iter().any(is_path);
        has_path.then(|| values.iter().map(|value| self.path_text(value)).collect())
    }

    /// Whether something that is no text may be a path all the same: nobody knows what it is.
    pub(super) fn may_be_path(&self, module: ModuleId, expr: ExprId) -> bool {
        let is_named = matches!(
            self.module(module).expr(expr),
            Expr::Name(_) | Expr::Member(..) | Expr::Index(..) | Expr::Template(..) | Expr::Binary(..)
        );
        is_named
            && self
                .known_text(self.values(module, expr))
                .iter()
                .all(|value| match value {
                    Value::Unknown(_) | Value::Parameter(..) | Value::Environment(_) | Value::Global(_) => true,
                    Value::Member(..) => path_of(value).is_none(),
                    _ => false,
                })
    }

    /// A path that a value is; what a template's holes hold is `{}` where it is not known.
    pub(super) fn path_text(&self, value: &Value) -> Option<String> {
        match value {
            Value::Literal(Literal::Text(text)) => Some(text.to_string()),
            Value::Unknown(at) => self.written(*at, 0),
            _ => None,
        }
    }

    pub(super) fn written(&self, at: At, depth: u32) -> Option<String> {
        let module = self.module(at.module);
        let hole = |expr: ExprId| {
            let values = self.known_text(self.values(at.module, expr));
            if let Some(default) = default_text(&values) {
                return default.to_string();
            }
            match values.as_slice() {
                [Value::Literal(Literal::Text(text))] => text.to_string(),
                [Value::Unknown(inner)] if depth < 4 => {
                    self.written(*inner, depth + 1).unwrap_or_else(|| "{}".to_owned())
                }
                _ => "{}".to_owned(),
            }
        };
        match module.expr(at.expr) {
            // Nobody writes an address of more parts, and each may hold such a text again.
            Expr::Template(_, holes) if holes.len() > 12 => None,
            Expr::Template(texts, holes) => {
                let mut written = String::new();
                for (index, text) in texts.iter().enumerate() {
                    written.push_str(text);
                    if let Some(expr) = holes.get(index) {
                        written.push_str(&hole(*expr));
                    }
                }
                Some(written)
            }
            Expr::Binary("+", left, right) => Some(format!("{}{}", hole(*left), hole(*right))),
            _ => None,
        }
    }

    /// The values of arguments; lists are taken apart, also those that are spread.
    pub(super) fn arguments(&self, module: ModuleId, arguments: &[ExprId]) -> Vec<Vec<Value>> {
        let mut found = Vec::new();
        self.gather(module, arguments, 0, &mut found);
        found
    }

    /// Lists may hold each other, or one another twice at every level.
    fn gather(&self, module: ModuleId, arguments: &[ExprId], depth: u32, found: &mut Vec<Vec<Value>>) {
        const DEEPEST: u32 = 8;
        const MOST: usize = 1_000;
        let lowered = self.module(module);
        for argument in arguments {
            if found.len() >= MOST || depth > DEEPEST {
                let expr = *argument;
                return found.push(vec![Value::Unknown(At { module, expr })]);
            }
            match lowered.expr(*argument) {
                Expr::List(items) => self.gather(module, items, depth + 1, found),
                Expr::Spread(inner) => match self.values(module, *inner).as_slice() {
                    [Value::List(list)] => {
                        if let Expr::List(items) = self.module(list.module).expr(list.expr) {
                            self.gather(list.module, items, depth + 1, found);
                        }
                    }
                    _ => found.push(vec![Value::Unknown(At {
                        module,
                        expr: *argument,
                    })]),
                },
                _ => match self.values(module, *argument).as_slice() {
                    // `const stack = [json, limiter]`, handed over as one.
                    [Value::List(list)] if self.written_whole(*list) => {
                        if let Expr::List(items) = self.module(list.module).expr(list.expr) {
                            self.gather(list.module, items, depth + 1, found);
                        }
                    }
                    values => found.push(self.whole(values.to_vec())),
                },
            }
        }
    }

    fn written_whole(&self, list: At) -> bool {
        matches!(self.module(list.module).expr(list.expr), Expr::List(_))
    }

    /// What arguments are for each item of the list that a loop takes them from: all that is taken comes from one list,
    /// and what is not taken is the same every time.
    pub(super) fn items(&self, module: ModuleId, arguments: &[ExprId]) -> Option<Vec<Vec<Vec<Value>>>> {
        let taken: Vec<Option<(ExprId, Vec<Arc<str>>)>> =
            arguments.iter().map(|argument| self.taken(module, *argument)).collect();
        let over = taken.iter().flatten().map(|(over, _)| *over).next()?;
        if taken.iter().flatten().any(|(other, _)| *other != over) {
            return None;
        }
        let same: Vec<Vec<Value>> = arguments
            .iter()
            .zip(&taken)
            .map(|(argument, taken)| match taken {
                Some(_) => Some(Vec::new()),
                None => self.same_each_time(module, *argument),
            })
            .collect::<Option<_>>()?;
        let list = self.looped(module, over)?;
        let Expr::List(items) = self.module(list.module).expr(list.expr) else {
            return None;
        };
        let each = items.iter().map(|item| {
            let item = self.values(list.module, *item);
            let parts = taken.iter().zip(&same).map(|(taken, same)| match taken {
                Some((_, path)) => self.program.parts_of(item.clone().into(), path, list).into_vec(),
                None => same.clone(),
            });
            parts.collect()
        });
        Some(each.collect())
    }

    /// The list that is looped over, also one that a function or a constructor is handed.
    fn looped(&self, module: ModuleId, over: ExprId) -> Option<At> {
        let lists = self.values(module, over);
        let told = match lists.as_slice() {
            [Value::Parameter(function, index)] => self.told(*function, *index, 0)?,
            _ => lists,
        };
        match told.as_slice() {
            [Value::List(list)] => Some(*list),
            _ => None,
        }
    }

    /// The values of an argument that has nothing of the loop's item: a path, a name of something to pass through.
    fn same_each_time(&self, module: ModuleId, argument: ExprId) -> Option<Vec<Value>> {
        let lowered = self.module(module);
        let is_plain = matches!(
            lowered.expr(argument),
            Expr::Text(_) | Expr::Name(_) | Expr::Member(..) | Expr::Call(..)
        );
        let values = is_plain.then(|| self.values(module, argument))?;
        let is_list = values.iter().any(|value| matches!(value, Value::List(_)));
        (!is_list).then_some(values)
    }

    /// The list that a loop takes an expression from, and what of each item it is.
    pub(super) fn taken(&self, module: ModuleId, expr: ExprId) -> Option<(ExprId, Vec<Arc<str>>)> {
        let lowered = self.module(module);
        match lowered.expr(expr) {
            Expr::Name(name) => {
                let binding = lowered.binding(*name);
                if let BindingKind::Parameter(0) = binding.kind {
                    let function = binding.function;
                    let over = self.lists.get(&FunctionAt { module, function })?;
                    let path = binding.given.first().map_or_else(Vec::new, |given| given.path.clone());
                    return Some((*over, path));
                }
                let given = binding.given.first()?;
                let (first, rest) = given.path.split_first()?;
                (first.as_ref() == EACH).then(|| Some((given.value?, rest.to_vec())))?
            }
            Expr::Member(object, name) => {
                let (over, mut path) = self.taken(module, *object)?;
                path.push(name.clone());
                Some((over, path))
            }
            _ => None,
        }
    }

    /// A module that is mounted is what it gives as a whole, and what a function is handed is what its callers hand over.
    pub(super) fn whole(&self, values: Vec<Value>) -> Vec<Value> {
        let each = values.into_iter().flat_map(|value| match value {
            Value::Module(id) => self.program.exported(id, &ExportName::Default),
            Value::Parameter(function, index) => {
                let told = self.told(function, index, 0).unwrap_or_default();
                // A router that is handed over is followed where it is handed.
                let is_plain = !told.is_empty() && told.iter().all(|value| self.router(value).is_none());
                if is_plain { told } else { vec![value] }
            }
            other => vec![other],
        });
        each.collect()
    }
}

/// The path that a regular expression stands for, where it stands for one: `/(.*)/`, which Express 5 has in place of `*`,
/// `/^\/api\/.*/`, `/^\/health$/`.
fn plain_pattern(pattern: &str) -> Option<String> {
    const ANYTHING: [&str; 6] = ["(.*)", ".*", "(.+)", ".+", "(.*)?", "*"];
    let starts = pattern.starts_with('^');
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let (body, ends) = body.strip_suffix('$').map_or((body, false), |body| (body, true));
    let body = body.replace("\\/", "/");
    let (fixed, rest) = match ANYTHING.iter().find_map(|any| body.strip_suffix(any)) {
        Some(fixed) => (fixed, "*"),
        None => (body.as_str(), ""),
    };
    let is_plain = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte))
    };
    match (fixed, rest) {
        ("" | "/", "*") => Some("*".to_owned()),
        // Without an anchor it may stand anywhere in the address.
        (fixed, "*") if starts && fixed.starts_with('/') && fixed.ends_with('/') && is_plain(fixed) => {
            Some(format!("{fixed}*"))
        }
        (fixed, "") if starts && ends && fixed.starts_with('/') && is_plain(fixed) => Some(fixed.to_owned()),
        _ => None,
    }
}

/// The text that is written for where the environment sets none: `process.env.PREFIX ?? "/api"`. What the
/// environment holds is not here to be read: the address is taken to be the one that is written.
pub(super) fn default_text(values: &[Value]) -> Option<&Arc<str>> {
    match values {
        [set, Value::Literal(Literal::Text(text))] if is_of_environment(set) => Some(text),
        _ => None,
    }
}

fn is_of_environment(value: &Value) -> bool {
    match value {
        Value::Environment(_) => true,
        Value::Member(of, _) | Value::Result(of, _) => is_of_environment(of),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::plain_pattern;

    #[test]
    fn a_pattern_stands_for_a_path_where_it_says_no_more() {
        let path = |pattern| plain_pattern(pattern);
        for all in ["(.*)", ".*", "^.*$", "^\\/(.*)$", "\\/.*"] {
            assert_eq!(path(all).as_deref(), Some("*"), "{all}");
        }
        assert_eq!(path("^\\/api\\/.*").as_deref(), Some("/api/*"));
        assert_eq!(path("^\\/health$").as_deref(), Some("/health"));
        for other in [
            "^(?!\\/api).*",
            "\\/api\\/.*",
            "^\\/health",
            "^\\/a|b$",
            "^\\/user\\/\\d+$",
            "fly$",
            "^\\/api.*",
        ] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
