//! Variables that are read out of lists of their names.

use std::collections::BTreeMap;

use crate::program::module::{BindingId, BindingKind, BranchKind, EACH, Expr, ExprId, FunctionId, Module, Step};

use super::names::is_variable;
use super::reads::{Look, Way};

impl Look<'_> {
    /// `process.env[name]`, where the name comes out of a list.
    pub(super) fn listed(&mut self, function: FunctionId, expr: ExprId, name: ExprId) {
        if !self.may_look() {
            self.found.handing.push((function, self.module.span(expr)));
            return;
        }
        let mut names = BTreeMap::new();
        for list in self.lists_behind(name) {
            self.texts_of(list, 0, &mut names);
        }
        let span = self.module.span(expr);
        let stops = self.module_stops(function);
        // A list of what must not be set: nobody needs any of it, and nothing is validated.
        if stops && self.is_forbidden(function, expr) || self.is_only_told(function, expr) {
            return;
        }
        if names.is_empty() {
            // Which names these are is not known; whoever stops may do so for all that matter.
            if stops {
                self.found.handing.push((function, span));
            }
            return;
        }
        let way = if stops { Way::Demanding } else { Way::Lenient };
        for (name, item) in names {
            self.push(name, way, function, item);
        }
        if stops {
            self.found.validating.push((function, span));
        }
    }

    /// Whether the program stops where a variable is there: `if (process.env[name]) throw …`, and
    /// `list.filter((name) => process.env[name])` before a throw.
    fn is_forbidden(&self, function: FunctionId, expr: ExprId) -> bool {
        let module = self.module;
        let own = module.function(function);
        if let [Step::Return(Some(given))] = own.steps.as_slice()
            && *given == expr
        {
            return module.expressions.iter().any(|(one, _)| {
                let Expr::Call(callee, arguments) = one else { return false };
                let is_handed = arguments
                    .first()
                    .is_some_and(|argument| matches!(module.expr(*argument), Expr::Function(id) if *id == function));
                is_handed
                    && matches!(module.expr(*callee), Expr::Member(_, name) if matches!(&**name, "filter" | "find" | "some"))
            });
        }
        does_where_set(&own.steps, expr, &|arms| {
            arms.first().is_some_and(|arm| self.stops(arm))
        })
    }

    /// Whether all that comes of a variable that is there is a line that says so: `if (process.env[name]) console.warn(…)`.
    fn is_only_told(&self, function: FunctionId, expr: ExprId) -> bool {
        let module = self.module;
        does_where_set(&module.function(function).steps, expr, &|arms| match arms {
            [told, rest @ ..] => {
                !told.is_empty()
                    && told.iter().all(|step| is_telling(module, step))
                    && rest.iter().all(|arm| arm.is_empty())
            }
            [] => false,
        })
    }

    /// The lists that a name walks through: `for (const name of list)`, `list.filter((name) => …)`.
    fn lists_behind(&self, name: ExprId) -> Vec<ExprId> {
        let module = self.module;
        let Expr::Name(binding) = module.expr(name) else {
            return Vec::new();
        };
        let binding = module.binding(*binding);
        let walked = binding
            .given
            .iter()
            .filter(|given| given.path.iter().any(|part| &**part == EACH));
        let mut lists: Vec<ExprId> = walked.filter_map(|given| given.value).collect();
        if let BindingKind::Parameter(0) = binding.kind {
            let own =
                |argument: &ExprId| matches!(module.expr(*argument), Expr::Function(id) if *id == binding.function);
            lists.extend(module.expressions.iter().filter_map(|(expr, _)| match expr {
                Expr::Call(callee, arguments) if arguments.first().is_some_and(own) => match module.expr(*callee) {
                    Expr::Member(list, _) => Some(*list),
                    _ => None,
                },
                _ => None,
            }));
        }
        lists
    }

    /// The names of variables that a list is made of, through names, spreads, `Object.keys` and `filter`.
    fn texts_of(&self, list: ExprId, depth: u32, names: &mut BTreeMap<String, ExprId>) {
        const DEEPEST: u32 = 4;
        if depth > DEEPEST {
            return;
        }
        let module = self.module;
        match module.expr(list) {
            Expr::List(items) => {
                for item in items {
                    match module.expr(*item) {
                        Expr::Text(text) if is_variable(text) => {
                            names.insert(text.to_string(), *item);
                        }
                        Expr::Spread(inner) => self.texts_of(*inner, depth + 1, names),
                        _ => {}
                    }
                }
            }
            Expr::Object(properties) => {
                let keys = properties
                    .iter()
                    .filter_map(|one| Some((one.key.as_deref()?, one.value)));
                names.extend(
                    keys.filter(|(key, _)| is_variable(key))
                        .map(|(key, value)| (key.to_owned(), value)),
                );
            }
            Expr::Name(binding) => {
                if let [given] = module.binding(*binding).given.as_slice()
                    && let (Some(value), true) = (given.value, given.path.is_empty())
                {
                    self.texts_of(value, depth + 1, names);
                    let function = module.binding(*binding).function;
                    self.texts_pushed(&module.function(function).steps, *binding, names);
                }
            }
            // `required.all`; of `required[stage]` what production needs.
            Expr::Member(of, name) => self.texts_under(*of, name, depth, names),
            Expr::Index(of, _) => self.texts_under(*of, "production", depth, names),
            Expr::Call(callee, arguments) => match (module.expr(*callee), arguments.first()) {
                (Expr::Member(of, keys), Some(argument)) if matches!(&**keys, "keys" | "entries") => {
                    if matches!(module.expr(*of), Expr::Global(global) if &**global == "Object") {
                        self.texts_of(*argument, depth + 1, names);
                    }
                }
                (Expr::Member(of, _), _) => self.texts_of(*of, depth + 1, names),
                _ => {}
            },
            _ => {}
        }
    }

    /// What a list is given after it was made, wherever production runs: `required.push("A", "B")`.
    fn texts_pushed(&self, steps: &[Step], list: BindingId, names: &mut BTreeMap<String, ExprId>) {
        let module = self.module;
        for step in steps {
            let call = match step {
                Step::Do(call) => module.expr(*call),
                Step::Branch(branch) if branch.kind == BranchKind::If => {
                    let is_done = branch.test.and_then(|test| module.in_production(test)) == Some(true);
                    if let (true, Some(arm)) = (is_done, branch.arms.first()) {
                        self.texts_pushed(arm, list, names);
                    }
                    continue;
                }
                _ => continue,
            };
            let Expr::Call(callee, arguments) = call else { continue };
            let Expr::Member(object, method) = module.expr(*callee) else {
                continue;
            };
            if &**method != "push" || !matches!(module.expr(*object), Expr::Name(id) if *id == list) {
                continue;
            }
            for argument in arguments {
                if let Expr::Text(text) = module.expr(*argument)
                    && is_variable(text)
                {
                    names.insert(text.to_string(), *argument);
                }
            }
        }
    }

    /// The same of a list that an object of this module holds under a name.
    fn texts_under(&self, object: ExprId, name: &str, depth: u32, names: &mut BTreeMap<String, ExprId>) {
        let module = self.module;
        let Expr::Name(binding) = module.expr(object) else {
            return;
        };
        let [given] = module.binding(*binding).given.as_slice() else {
            return;
        };
        let Some(Expr::Object(properties)) = given.value.map(|value| module.expr(value)) else {
            return;
        };
        let mut properties = properties.iter();
        if let Some(property) = properties.find(|property| property.key.as_deref() == Some(name)) {
            self.texts_of(property.value, depth + 1, names);
        }
    }
}

/// Whether code does so with the arms of a condition that asks for nothing but a value.
fn does_where_set(steps: &[Step], expr: ExprId, does: &dyn Fn(&[Vec<Step>]) -> bool) -> bool {
    steps.iter().any(|step| {
        let Step::Branch(branch) = step else { return false };
        let is_asked = branch.kind == BranchKind::If && branch.test == Some(expr);
        is_asked && does(&branch.arms) || branch.arms.iter().any(|arm| does_where_set(arm, expr, does))
    })
}

/// `console.warn(…)`, `logger.info(…)`.
fn is_telling(module: &Module, step: &Step) -> bool {
    let Step::Do(done) = step else { return false };
    let Expr::Call(callee, _) = module.expr(*done) else {
        return false;
    };
    let Expr::Member(object, _) = module.expr(*callee) else {
        return false;
    };
    match module.expr(*object) {
        Expr::Global(name) => &**name == "console",
        Expr::Name(id) => matches!(&*module.binding(*id).name, "log" | "logger"),
        _ => false,
    }
}
