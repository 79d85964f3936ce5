//! The variables that a module reads: by name, out of a list of names, and by a schema over the whole environment.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::module::{BindingId, BindingKind, BranchKind, Expr, ExprId, FunctionId, Logical, Module, Step};
use crate::text::Span;

use super::names::is_variable;

/// How a place reads a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// It is needed only with another variable, or handed on to who says whether it is: that speaks for no other place.
    Hanging,
    /// It takes what it is given.
    Plain,
    /// It has a default, or only asks whether the variable is there.
    Lenient,
    /// It stops the program where the variable is missing.
    Demanding,
}

/// One reading of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) name: String,
    pub(super) way: Way,
    pub(super) function: FunctionId,
    pub(super) span: Span,
}

/// What a module does with its environment.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// What it reads, in the order of its functions.
    pub(super) readings: Vec<Reading>,
    /// The functions that hold the environment against a list or a schema, and stop where it falls short.
    pub(super) validating: Vec<(FunctionId, Span)>,
    /// The functions that hand the environment as a whole to something that was not followed.
    pub(super) handing: Vec<(FunctionId, Span)>,
    /// Functions that read the variable of which they are given the name, as which parameter, and how.
    pub(super) getters: Vec<(FunctionId, u32, Way)>,
    /// What a validation is given by name, whatever the rule for it says.
    pub(super) held: Vec<(FunctionId, String)>,
    /// The schemas that a validation is given by their names.
    pub(super) schemas: Vec<(FunctionId, ExprId)>,
}

impl Reads {
    /// What a module does with its environment.
    pub(super) fn of(module: &Module) -> Self {
        let functions = 0..u32::try_from(module.functions.len()).unwrap_or(u32::MAX);
        let is_nest = module
            .requests
            .iter()
            .any(|request| request.specifier.as_deref() == Some("@nestjs/config"));
        let has_env = module
            .expressions
            .iter()
            .any(|(expr, _)| matches!(expr, Expr::Member(_, name) if &**name == "env"))
            || module
                .expressions
                .iter()
                .any(|(expr, _)| matches!(expr, Expr::Global(name) if &**name == "Deno"));
        let has_env = has_env || is_nest;
        let mut look = Look::new(module, is_nest);
        if has_env {
            look.weigh_all(functions.clone().map(FunctionId));
            look.decorated();
            functions.map(FunctionId).for_each(|function| look.function(function));
            look.destructured();
        }
        look.found
    }
}

pub(super) struct Look<'a> {
    pub(super) module: &'a Module,
    pub(super) found: Reads,
    hanging: BTreeSet<ExprId>,
    lenient: BTreeSet<ExprId>,
    demanding: BTreeSet<ExprId>,
    /// Variables with which the program stops: nobody is given them.
    forbidden: BTreeSet<ExprId>,
    /// Names that are tested, and what comes of it.
    pub(super) tested: BTreeMap<BindingId, Way>,
    /// How often the whole module was looked through.
    looks: usize,
    /// Whether the module knows Nest's service for configuration.
    is_nest: bool,
}

impl<'a> Look<'a> {
    pub(super) fn new(module: &'a Module, is_nest: bool) -> Self {
        Self {
            module,
            found: Reads::default(),
            hanging: BTreeSet::new(),
            lenient: BTreeSet::new(),
            demanding: BTreeSet::new(),
            forbidden: BTreeSet::new(),
            tested: BTreeMap::new(),
            looks: 0,
            is_nest,
        }
    }
}

impl Look<'_> {
    /// What is made of the variables, in every function: a name may be tested far from where it is given its value.
    fn weigh_all(&mut self, functions: impl Iterator<Item = FunctionId>) {
        let module = self.module;
        for function in functions {
            self.weigh(&module.function(function).steps);
            let mut all = Vec::new();
            module.each_expr(function, &mut |expr| all.push(expr));
            for expr in all {
                self.around(expr);
            }
        }
        self.handed_over();
    }

    fn function(&mut self, function: FunctionId) {
        let mut all = Vec::new();
        self.module.each_expr(function, &mut |expr| all.push(expr));
        for expr in all {
            self.expr(expr, function);
        }
    }

    /// What the steps of a function do where a variable is missing.
    fn weigh(&mut self, steps: &[Step]) {
        for (index, step) in steps.iter().enumerate() {
            let Step::Branch(branch) = step else { continue };
            match (branch.kind, branch.test) {
                (BranchKind::If, Some(test)) => {
                    let stops = branch.arms.first().is_some_and(|arm| self.stops(arm));
                    let is_demanded = stops && !self.is_there(test);
                    let throws = |arm: &Vec<Step>| arm.iter().any(|step| matches!(step, Step::Throw(_)));
                    if branch.arms.first().is_some_and(throws) && self.variable(test).is_some() {
                        self.forbidden.insert(test);
                    }
                    self.test(test, if is_demanded { Way::Demanding } else { Way::Lenient });
                    if let Some(then) = branch.arms.first().filter(|_| !stops && self.depends(test)) {
                        self.only_then(then);
                    }
                    if branch.arms.first().is_some_and(|then| self.leaves_without(test, then)) {
                        self.only_then(&steps[index + 1..]);
                    }
                    if let Some(otherwise) = branch.arms.get(1).filter(|_| !stops && self.is_without(test)) {
                        self.only_then(otherwise);
                    }
                }
                // Each case is an alternative, and what is missing is none of them.
                (BranchKind::Switch, Some(test)) => self.test(test, Way::Lenient),
                (BranchKind::If | BranchKind::Switch | BranchKind::Loop | BranchKind::Try, _) => {}
            }
            branch.arms.iter().for_each(|arm| self.weigh(arm));
        }
    }

    /// Whether steps end the program: `throw`, `process.exit(…)`.
    pub(super) fn stops(&self, steps: &[Step]) -> bool {
        steps.iter().any(|step| match step {
            Step::Throw(_) => true,
            Step::Do(expr) => self.module.ends_all(*expr),
            Step::Return(Some(expr)) => self.module.ends_all(*expr),
            Step::Branch(branch) => branch.arms.iter().any(|arm| self.stops(arm)),
            Step::Bind(..) | Step::Return(None) | Step::Jump => false,
        })
    }

    pub(super) fn test(&mut self, test: ExprId, way: Way) {
        // What is tested is a variable, or little around it; in a larger expression it is one part of many.
        const MOST_PARTS: usize = 64;
        let module = self.module;
        let mut open = vec![test];
        let mut seen = 0;
        while let Some(part) = open.pop() {
            seen += 1;
            if seen > MOST_PARTS {
                return;
            }
            if self.variable(part).is_some() {
                self.mark(part, way);
            } else if let Expr::Name(binding) = module.expr(part) {
                // `const x = process.env.X; if (!x) …`
                let names = module.binding(*binding);
                let values = names.given.iter().filter(|given| given.path.is_empty());
                values
                    .filter_map(|given| given.value)
                    .for_each(|value| self.mark(value, way));
                let known = self.tested.entry(*binding).or_insert(way);
                // Who stops somewhere stops, whatever is asked elsewhere.
                *known = way.max(*known);
            } else {
                module.expr(part).parts(&mut |inner| open.push(inner));
            }
        }
    }

    /// Whether the module may be looked through once more: a module that asks for that often was not written by hand,
    /// and time must stay linear.
    pub(super) fn may_look(&mut self) -> bool {
        const MOST: usize = 64;
        self.looks += 1;
        self.looks <= MOST
    }

    pub(super) fn mark(&mut self, expr: ExprId, way: Way) {
        match way {
            Way::Demanding => self.demanding.insert(expr),
            Way::Plain | Way::Lenient => self.lenient.insert(expr),
            Way::Hanging => self.hanging.insert(expr),
        };
    }

    /// Whether what surrounds an expression does without it.
    pub(super) fn is_lenient(&self, expr: ExprId) -> bool {
        self.lenient.contains(&expr)
    }

    /// What an expression makes of the variables that are its parts.
    pub(super) fn around(&mut self, expr: ExprId) {
        match self.module.expr(expr) {
            Expr::Logical(Logical::Or | Logical::Coalesce, left, right) => {
                self.test(*left, Way::Lenient);
                if self.is_nest && matches!(self.module.expr(*left), Expr::Call(..)) {
                    self.mark(*left, Way::Lenient);
                }
                // Of two variables either will do.
                if self.variable(*right).is_some() {
                    self.mark(*right, Way::Lenient);
                }
            }
            Expr::Logical(Logical::And, left, then) => {
                self.test(*left, Way::Lenient);
                if self.depends(*left) {
                    self.all_hanging(*then);
                }
            }
            Expr::Conditional(test, then, otherwise) => {
                self.test(*test, Way::Lenient);
                if self.depends(*test) {
                    self.all_hanging(*then);
                } else if self.is_without(*test) {
                    self.all_hanging(*otherwise);
                }
            }
            Expr::Object(properties) => {
                self.handed_down(properties);
                self.optional(properties);
            }
            Expr::Binary("===" | "!==" | "==" | "!=", left, right) => {
                self.test(*left, Way::Lenient);
                self.test(*right, Way::Lenient);
            }
            Expr::Unary("!" | "typeof", of) => self.test(*of, Way::Lenient),
            // `process.env.X?.split(",")` does without it.
            Expr::Member(of, _) | Expr::Index(of, _) if self.module.is_optional(*of) => self.test(*of, Way::Lenient),
            Expr::Call(callee, arguments) => self.asked(*callee, arguments),
            // A long row of operators is kept without them: they may all be alternatives.
            Expr::Other(operands) => {
                for operand in operands {
                    if self.variable(*operand).is_some() {
                        self.mark(*operand, Way::Lenient);
                    }
                }
            }
            // Writing to a variable requires nothing.
            Expr::Assign(_, target, _) => {
                self.lenient.insert(*target);
            }
            _ => {}
        }
    }

    /// `process.env`, `import.meta.env`, `Bun.env`.
    pub(super) fn is_environment(&self, expr: ExprId) -> bool {
        match self.module.expr(expr) {
            Expr::Member(of, name) if &**name == "env" => match self.module.expr(*of) {
                Expr::Global(global) => matches!(&**global, "process" | "Bun"),
                Expr::Meta(meta) => &**meta == "import.meta",
                Expr::Member(_, name) => &**name == "process",
                Expr::Name(binding) => &*self.module.binding(*binding).name == "process",
                _ => false,
            },
            Expr::Name(binding) => match self.module.binding(*binding).given.as_slice() {
                // `const env = process.env`: a name of a name is not looked through.
                [given] if given.path.is_empty() => given.value.is_some_and(|value| {
                    !matches!(self.module.expr(value), Expr::Name(_)) && self.is_environment(value)
                }),
                _ => false,
            },
            _ => false,
        }
    }

    /// The variable that an expression reads.
    pub(super) fn variable(&self, expr: ExprId) -> Option<&str> {
        match self.module.expr(expr) {
            Expr::Member(of, name) if self.is_environment(*of) => Some(&**name),
            Expr::Call(callee, arguments) => match (self.module.expr(*callee), arguments.first()) {
                (Expr::Member(of, get), Some(name)) if &**get == "get" && self.is_deno(*of) => {
                    match self.module.expr(*name) {
                        Expr::Text(text) => Some(&**text),
                        _ => None,
                    }
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn is_deno(&self, expr: ExprId) -> bool {
        matches!(self.module.expr(expr), Expr::Member(of, name) if &**name == "env"
            && matches!(self.module.expr(*of), Expr::Global(global) if &**global == "Deno"))
    }

    pub(super) fn expr(&mut self, expr: ExprId, function: FunctionId) {
        if self.forbidden.contains(&expr) {
            return;
        }
        if let Some(name) = self.variable(expr).filter(|name| is_variable(name)) {
            let way = if self.demanding.contains(&expr) {
                Way::Demanding
            } else if self.lenient.contains(&expr) {
                Way::Lenient
            } else if self.hanging.contains(&expr) {
                Way::Hanging
            } else {
                Way::Plain
            };
            let name = name.to_owned();
            self.push(name, way, function, expr);
            return;
        }
        match self.module.expr(expr) {
            // `process.env[name]`: the name is given to the function, or stands in a list of this module.
            Expr::Index(of, name) if self.is_environment(*of) => match self.parameter(*name) {
                Some(index) => {
                    let way = if self.stops(&self.module.function(function).steps) {
                        Way::Demanding
                    } else {
                        Way::Plain
                    };
                    self.found.getters.push((function, index, way));
                    self.listed(function, expr, *name);
                }
                None => self.listed(function, expr, *name),
            },
            Expr::Call(callee, arguments) if self.is_configured(*callee, arguments) => {
                self.handed(function, expr);
            }
            Expr::Call(callee, arguments) if self.is_nest => self.asked_of_nest(expr, *callee, arguments, function),
            Expr::Call(_, arguments) | Expr::New(_, arguments)
                if arguments.iter().any(|one| self.is_environment(*one)) =>
            {
                self.handed(function, expr);
            }
            Expr::Call(callee, arguments) => self.chosen(*callee, arguments, function, expr),
            _ => {}
        }
    }

    /// The index of the parameter that an expression is.
    fn parameter(&self, expr: ExprId) -> Option<u32> {
        let Expr::Name(binding) = self.module.expr(expr) else {
            return None;
        };
        match self.module.binding(*binding).kind {
            BindingKind::Parameter(index) => Some(index),
            _ => None,
        }
    }

    pub(super) fn called(&self, callee: ExprId) -> &str {
        match self.module.expr(callee) {
            Expr::Member(_, name) => name,
            Expr::Name(binding) => &self.module.binding(*binding).name,
            _ => "",
        }
    }

    pub(super) fn push(&mut self, name: String, way: Way, function: FunctionId, expr: ExprId) {
        let span = self.module.span(expr);
        self.found.readings.push(Reading {
            name,
            way,
            function,
            span,
        });
    }

    /// Whether the function, or one around it, ends the program in some case.
    pub(super) fn module_stops(&self, function: FunctionId) -> bool {
        let mut around = self.module.around(function);
        around.any(|at| self.stops(&self.module.function(at).steps))
    }
}
